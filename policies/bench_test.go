package policies_test

import (
	"fmt"
	"testing"
	"time"

	"appraise/finding"
	"appraise/internal/limits"
	"appraise/inventory"
	"appraise/policies"
)

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load(b, policies.Options{})
	}
}

func BenchmarkAssess(b *testing.B) {
	p := load(b, policies.Options{})
	var items []inventory.Item
	for _, r := range p.Rules() {
		for _, e := range r.Examples {
			items = append(items, e.Item)
		}
	}
	for b.Loop() {
		p.Assess(items, policies.Expect{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(items)), "ns/item")
}

// An extension at the limits, with as many hosts and request rules as a reader keeps, is judged in a blink.
func TestManyHostsAndRules(t *testing.T) {
	p := load(t, policies.Options{})
	item := inventory.Item{Platform: inventory.Extension, ID: "x", Name: "x", Detail: inventory.Detail{Extension: &inventory.ExtensionDetail{}}}
	var hosts []string
	for i := range limits.MatchPatterns {
		hosts = append(hosts, fmt.Sprintf("*://*.h%d.example/*", i))
	}
	for _, id := range inventory.Capabilities {
		item.AddCapability(inventory.Capability{ID: id, Exposure: inventory.Requested, Reach: hosts, Evidence: []inventory.Evidence{{Detail: "x"}}})
	}
	set := inventory.Ruleset{}
	for i := range limits.RedirectRules {
		set.Redirects = append(set.Redirects, inventory.RedirectRule{RuleID: i, From: hosts[i%len(hosts) : i%len(hosts)+1], To: "pay.example", MainFrame: true})
	}
	item.Detail.Extension.Rulesets = []inventory.Ruleset{set}
	start := time.Now()
	a := assess(p, item, false)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %s, want less than 2 s", took)
	}
	if a.Attention != finding.None {
		t.Errorf("got %s, want none: no host is a brand's", a.Attention)
	}
}
