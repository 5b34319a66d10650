package policies

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/internal/limits"
	"appraise/internal/textsafe"
	"appraise/inventory"
	"appraise/policies/brand"
	"appraise/policies/provenance"
	"appraise/policies/rule"
)

// Expect is what the user says about items beforehand.
type Expect struct {
	Shopping []string // ids of items to judge as shopping software
}

// Info names the policy, for the report.
func (p *Policy) Info() finding.PolicyInfo { return p.info }

// Rules lists the rules by id.
func (p *Policy) Rules() []rule.Rule {
	out := make([]rule.Rule, len(p.rules))
	for i, r := range p.rules {
		out[i] = *r
	}
	return out
}

// Capabilities lists the capabilities in display order.
func (p *Policy) Capabilities() []CapabilityInfo { return slices.Clone(p.capabilities) }

// Advice lists the advice rows, those that no scanner can check included.
func (p *Policy) Advice() []AdviceRow { return slices.Clone(p.advice) }

// Brands lists the brand packs in use. They must not be changed.
func (p *Policy) Brands() []*brand.Pack { return slices.Clone(p.packs) }

// Assess judges the items, one assessment each, in their order.
func (p *Policy) Assess(items []inventory.Item, expect Expect) []finding.Assessment {
	out := make([]finding.Assessment, len(items))
	phones := p.stores.Phones(items)
	for i := range items {
		out[i] = p.assess(&items[i], phones, expect)
	}
	return out
}

// judged is one item with everything that was decided about it before the rules are asked.
type judged struct {
	item  *inventory.Item
	id    provenance.Identity
	route provenance.Arrival
	reach *brandReach
	sent  redirects
	list  listing
	// testKey names the publicly known key that signed the item.
	testKey string
}

func (p *Policy) assess(item *inventory.Item, phones provenance.Phones, expect Expect) finding.Assessment {
	j := judged{item: item, route: p.stores.Route(item, phones)}
	j.id = provenance.Identify(p.packs, p.stores, item, j.route)
	j.testKey = p.stores.TestKey(item)
	j.reach = p.reachOf(item)
	j.sent = p.redirectsOf(item, j.reach)
	j.list = p.listed(item)
	facts := j.facts(p.inScope(j, expect))
	a := finding.Assessment{Item: item.Key, Build: j.id.Build, Route: j.route.Route, Findings: []finding.Finding{}, NotChecked: notChecked(j)}
	unread := slices.ContainsFunc(item.Problems, func(p inventory.Problem) bool { return p.Matters })
	for _, r := range p.rules {
		hits, err := r.Apply(facts)
		if err != nil { // an unasked rule is an unread part
			unread = true
			a.NotChecked = append(a.NotChecked, err.Error())
		}
		for _, hit := range hits {
			a.Findings = append(a.Findings, p.finding(r, hit, j))
		}
	}
	slices.SortStableFunc(a.Findings, func(x, y finding.Finding) int {
		return cmp.Or(cmp.Compare(y.Severity, x.Severity), strings.Compare(x.Rule, y.Rule),
			cmp.Compare(slices.Index(inventory.Capabilities, x.Capability), slices.Index(inventory.Capabilities, y.Capability)),
			strings.Compare(x.Fingerprint, y.Fingerprint))
	})
	a.Attention = Attention(a.Findings, unread)
	return a
}

// inScope reports whether the shopping table judges the item.
func (p *Policy) inScope(j judged, expect Expect) bool {
	switch {
	case slices.Contains(expect.Shopping, j.item.ID):
		return true
	case j.item.Platform == inventory.Extension && j.reach.best == rule.ReachNamed:
		return true
	case p.preset.Apps == "every" && j.item.Platform != inventory.Extension && !j.item.System:
		return true
	}
	family := j.id.Listed.Family() && j.id.Likeness == rule.LikenessNone
	return j.id.Match != finding.Unclaimed && !family
}

func (j judged) facts(inScope bool) *rule.Facts {
	return &rule.Facts{
		Item: j.item, InScope: inScope, Reach: j.reach.of,
		Build: j.id.Match, Tampered: j.id.Tampered, PinStrong: j.id.PinStrong, SignerConfused: j.id.Confused, PublicKey: j.testKey != "", Unaffiliated: j.id.Unaffiliated, Likeness: j.id.Likeness,
		Route:          j.route.Verdict,
		RedirectsPages: len(j.sent.pages) > 0, RedirectsParts: len(j.sent.parts) > 0,
		Listing: j.list.Listing, ListingConfidence: j.list.sure,
	}
}

// finding words one hit of a rule.
func (p *Policy) finding(r *rule.Rule, hit rule.Hit, j judged) finding.Finding {
	fill := strings.NewReplacer(p.values(hit, j)...).Replace
	f := finding.Finding{
		Rule: r.ID, Severity: hit.Severity, Confidence: hit.Confidence, Capability: hit.Capability, Grade: hit.Grade,
		Title: fill(r.Title), Why: fill(r.Why), Do: fill(r.Do), Undo: fill(r.Undo), Peers: r.Peers,
		Evidence: slices.Clone(hit.Evidence), References: r.References, Advice: r.Advice,
	}
	if len(f.Evidence) == 0 {
		f.Evidence = j.evidence()
	}
	inventory.SortEvidence(f.Evidence)
	f.Evidence = slices.Compact(f.Evidence)
	f.Fingerprint = fingerprint(f, j.item.ID)
	return f
}

// evidence of a finding about the item as a whole: the request rules, the listing or the identity that it rests on.
func (j judged) evidence() []inventory.Evidence {
	var out []inventory.Evidence
	for _, one := range slices.Concat(j.sent.pages, j.sent.parts) {
		out = append(out, one.Evidence)
	}
	if j.list.Listing != rule.ListingNone {
		out = append(out, inventory.Evidence{Detail: fmt.Sprintf("id %s, listed by %s on %s as %q", j.item.ID, j.list.source, j.list.date, j.list.name)})
	}
	if j.testKey != "" {
		out = append(out, inventory.Evidence{Detail: "signed with the " + j.testKey})
	}
	if j.id.Tampered {
		out = append(out, signatureDefects(j.item)...)
	}
	for _, d := range j.id.Differences {
		out = append(out, inventory.Evidence{Detail: d})
	}
	if len(out) == 0 {
		out = []inventory.Evidence{{Detail: fmt.Sprintf("id %s, name %s", quoted(j.item.ID), quoted(j.item.Name))}}
	}
	return out
}

// signatureDefects are what is wrong with a signature, a few of them.
func signatureDefects(item *inventory.Item) []inventory.Evidence {
	var out []inventory.Evidence
	for _, p := range item.Signature.Problems {
		if !p.Warning && len(out) < shownDefects {
			out = append(out, inventory.Evidence{Detail: p.ID + ": " + textsafe.LineMax(p.Message, limits.CellRunes)})
		}
	}
	return out
}

// shownDefects is how many defects of a signature a finding shows.
const shownDefects = 3

// fingerprint identifies a finding over runs and versions: the rule, its subject, the item's id and what was seen,
// never where.
func fingerprint(f finding.Finding, item string) string {
	var details []string
	for _, e := range f.Evidence {
		details = append(details, e.Detail)
	}
	slices.Sort(details)
	h := sha256.New()
	for _, part := range append([]string{f.Rule, string(f.Capability), item}, slices.Compact(details)...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
