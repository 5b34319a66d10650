package policies_test

import (
	"testing"

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
