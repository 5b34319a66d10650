package policies_test

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
	"appraise/policies/rule"
)

func load(t testing.TB, opt policies.Options) *policies.Policy {
	t.Helper()
	p, err := policies.Load(opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// assess judges one item.
func assess(p *policies.Policy, item inventory.Item, shopping bool) finding.Assessment {
	var expect policies.Expect
	if shopping {
		expect.Shopping = []string{item.ID}
	}
	return p.Assess([]inventory.Item{item}, expect)[0]
}

// Every rule does on its own examples what they say, in the whole policy.
func TestExamples(t *testing.T) {
	p := load(t, policies.Options{})
	for _, r := range p.Rules() {
		for i, e := range r.Examples {
			checkExample(t, p, r, i+1, e)
		}
	}
}

func checkExample(t *testing.T, p *policies.Policy, r rule.Rule, n int, e rule.Example) {
	t.Helper()
	fired := false
	for _, f := range assess(p, e.Item, e.Shopping).Findings {
		if f.Rule != r.ID {
			continue
		}
		fired = true
		if e.Severity != nil && f.Severity != *e.Severity {
			t.Errorf("rules/%s.yaml, example %d: severity: got %s, want %s", r.ID, n, f.Severity, *e.Severity)
		}
	}
	if fired != e.Fires {
		t.Errorf("rules/%s.yaml, example %d (%s): got fires %v, want %v", r.ID, n, e.Note, fired, e.Fires)
	}
}
