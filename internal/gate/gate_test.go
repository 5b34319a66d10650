package gate

import (
	"testing"

	"appraise/finding"
)

func TestJudge(t *testing.T) {
	report := func(status finding.Status, severities ...finding.Severity) []finding.Assessment {
		var a finding.Assessment
		for _, s := range severities {
			a.Findings = append(a.Findings, finding.Finding{Severity: s, Status: status})
		}
		return []finding.Assessment{a}
	}
	for _, test := range []struct {
		name        string
		assessments []finding.Assessment
		complete    bool
		failOn      string
		want        int
	}{
		{"nothing found", nil, true, "low", ExitPass},
		{"nothing found, something unread", nil, false, "low", ExitIncomplete},
		{"at the threshold", report(finding.Open, finding.High), true, "high", ExitFailed},
		{"below the threshold", report(finding.Open, finding.Medium), true, "high", ExitPass},
		{"below the threshold, something unread", report(finding.Open, finding.Medium), false, "high", ExitIncomplete},
		{"a failed gate wins over unread", report(finding.Open, finding.Critical), false, "high", ExitFailed},
		{"none never fails", report(finding.Open, finding.Critical), true, "none", ExitPass},
		{"information never fails", report(finding.Open, finding.Info), true, "low", ExitPass},
		{"known findings don't count", report(finding.Baseline, finding.Critical), true, "low", ExitPass},
		{"waived findings don't count", report(finding.Waived, finding.Critical), true, "low", ExitPass},
	} {
		threshold, err := ParseThreshold(test.failOn)
		if err != nil {
			t.Fatal(err)
		}
		got := Judge(test.assessments, test.complete, threshold)
		if got.Exit != test.want || got.Failed != (test.want == ExitFailed) {
			t.Errorf("%s: got exit %d, failed %v, want exit %d", test.name, got.Exit, got.Failed, test.want)
		}
	}
}

func TestParseThreshold(t *testing.T) {
	for _, word := range []string{"", "info", "High", "severe"} {
		if _, err := ParseThreshold(word); err == nil {
			t.Errorf("%q: got a threshold, want an error", word)
		}
	}
	if got := Judge(nil, true, Threshold{}).FailOn; got != "none" {
		t.Errorf("zero threshold: got %q, want none", got)
	}
}
