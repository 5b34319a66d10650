package policies_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

// trials of each property of the word itself; whole assessments are tried judgedTrials times.
const (
	trials       = 200_000
	judgedTrials = 1_000
)

func randomFindings(r *rand.Rand) []finding.Finding {
	out := make([]finding.Finding, r.IntN(6))
	for i := range out {
		out[i] = finding.Finding{Severity: finding.Severity(r.IntN(5)), Status: finding.Status(r.IntN(3)),
			Confidence: inventory.Confidence(r.IntN(3)), Grade: inventory.Grade(r.IntN(5))}
	}
	return out
}

// The properties of the word: bad news never improves it.
func TestAttentionProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range trials {
		list, unread := randomFindings(r), r.IntN(2) == 0
		before := policies.Attention(list, unread)
		check := func(property string, ok bool) {
			if !ok {
				t.Fatalf("%s: %+v, unread %v, was %s", property, list, unread, before)
			}
		}
		one := finding.Finding{Severity: finding.Severity(r.IntN(5)), Status: finding.Status(r.IntN(3))}
		check("(1) a finding more lowers it", policies.Attention(append(slices.Clone(list), one), unread) >= before)
		check("(1) an unread part lowers it", policies.Attention(list, true) >= before)
		shuffled := slices.Clone(list)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		check("(4) the order matters", policies.Attention(shuffled, unread) == before)
		if len(list) == 0 {
			continue
		}
		i := r.IntN(len(list))
		worse := slices.Clone(list)
		worse[i].Severity = min(worse[i].Severity+1, finding.Critical)
		check("(2) raising a severity lowers it", policies.Attention(worse, unread) >= before)
		surer := slices.Clone(list)
		surer[i].Confidence, surer[i].Grade = inventory.Proved, inventory.Egress
		check("(3) raising confidence or grade lowers it", policies.Attention(surer, unread) >= before)
		waived, without := slices.Clone(list), slices.Delete(slices.Clone(list), i, i+1)
		waived[i].Status = finding.Waived
		check("(6) waiving changes more than its own part", policies.Attention(waived, unread) == policies.Attention(without, unread))
	}
}

// randomItem is an item in or out of scope with random capabilities, traits and arrival.
func randomItem(r *rand.Rand) inventory.Item {
	item := inventory.Item{Key: "k", Platform: []inventory.Platform{inventory.Android, inventory.IOS, inventory.Extension}[r.IntN(3)]}
	item.ID = []string{aliexpress, "com.alibaba.iAliexpress", "com.aliexpress.hd", "org.example.app", "bmnlcjabgnpnenekpadlanbbkooimhnj"}[r.IntN(5)]
	item.Name = []string{"AliExpress", "App", "AliExpress Tools"}[r.IntN(3)]
	item.Arrival = []inventory.Arrival{{}, play, {Installer: "com.google.android.packageinstaller"}}[r.IntN(3)]
	for range r.IntN(6) {
		item.AddCapability(randomCapability(r))
	}
	for range r.IntN(3) {
		all := inventory.Traits()
		item.AddTrait(all[r.IntN(len(all))].ID, inventory.Evidence{Detail: "t"})
	}
	if r.IntN(4) == 0 {
		item.AddProblem(inventory.Problem{Message: "unread", Matters: true})
	}
	item.Sort()
	return item
}

func randomCapability(r *rand.Rand) inventory.Capability {
	return inventory.Capability{ID: inventory.Capabilities[r.IntN(len(inventory.Capabilities))], Exposure: inventory.Exposure(1 + r.IntN(4)),
		Confidence: inventory.Confidence(r.IntN(3)), Grade: inventory.Grade(r.IntN(5)), Qualifier: []string{"", "", "approximate"}[r.IntN(3)],
		Reach: [][]string{nil, {everySite}, {"*://*.aliexpress.com/*"}}[r.IntN(3)], Evidence: []inventory.Evidence{{Detail: string(rune('a' + r.IntN(26)))}}}
}

// The same properties of whole assessments, in the policy as it is.
func TestAssessmentProperties(t *testing.T) {
	p := load(t, policies.Options{})
	r := rand.New(rand.NewPCG(3, 4))
	for range judgedTrials {
		item := randomItem(r)
		before := assess(p, item, false)
		check := func(property string, ok bool) {
			if !ok {
				t.Fatalf("%s: %+v, was %s", property, item, before.Attention)
			}
		}
		shuffled := item
		shuffled.Capabilities, shuffled.Traits = slices.Clone(item.Capabilities), slices.Clone(item.Traits)
		r.Shuffle(len(shuffled.Capabilities), func(i, j int) {
			shuffled.Capabilities[i], shuffled.Capabilities[j] = shuffled.Capabilities[j], shuffled.Capabilities[i]
		})
		r.Shuffle(len(shuffled.Traits), func(i, j int) { shuffled.Traits[i], shuffled.Traits[j] = shuffled.Traits[j], shuffled.Traits[i] })
		check("(4) the order of facts matters", bytesOf(t, before) == bytesOf(t, assess(p, shuffled, false)))
		if len(item.Capabilities) == 0 {
			continue
		}
		i := r.IntN(len(item.Capabilities))
		change := func(edit func(*inventory.Capability)) finding.Attention {
			other := item
			other.Capabilities = slices.Clone(item.Capabilities)
			edit(&other.Capabilities[i])
			return assess(p, other, false).Attention
		}
		check("(2) raising an exposure lowers it", change(func(c *inventory.Capability) { c.Exposure = min(c.Exposure+1, inventory.Active) }) >= before.Attention)
		check("(3) raising a confidence lowers it", change(func(c *inventory.Capability) { c.Confidence = inventory.Proved }) >= before.Attention)
		check("(3) raising a grade lowers it", change(func(c *inventory.Capability) { c.Grade = min(c.Grade+1, inventory.Egress) }) >= before.Attention)
		fewer := item
		fewer.Capabilities = slices.Delete(slices.Clone(item.Capabilities), i, i+1)
		check("(5) removing a capability worsens it", assess(p, fewer, false).Attention <= before.Attention)
	}
}

func bytesOf(t *testing.T, a finding.Assessment) string {
	t.Helper()
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
