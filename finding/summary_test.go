package finding_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
)

func TestSummarise(t *testing.T) {
	got := finding.Summarise([]finding.Assessment{
		{Attention: finding.Act, NotChecked: []string{"b", "a"}, Findings: []finding.Finding{{Severity: finding.High}, {Severity: finding.Low, Status: finding.Waived}}},
		{Attention: finding.Incomplete, NotChecked: []string{"a"}},
		{}, {Attention: finding.Check, Findings: []finding.Finding{{Severity: finding.Medium}}},
	})
	want := finding.Summary{Items: 4, Act: 1, Check: 1, None: 1, Incomplete: 1, Findings: finding.SeverityCounts{High: 1, Medium: 1}, NotChecked: []string{"a", "b"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if finding.Summarise(nil).NotChecked == nil {
		t.Error("got no list of what was not checked, want an empty one")
	}
}
