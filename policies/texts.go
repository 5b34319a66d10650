package policies

import (
	"cmp"
	"strconv"
	"strings"

	"appraise/internal/textsafe"
	"appraise/inventory"
	"appraise/policies/rule"
)

// values are what the placeholders of a rule's texts stand for, in pairs. Every text of an artifact is made safe and quoted.
func (p *Policy) values(hit rule.Hit, j judged) []string {
	year := j.list.date
	if len(year) > 4 {
		year = year[:4]
	}
	pages, targetsOf := "pages", j.sent.pages
	if j.sent.checkout {
		pages = "checkout"
	}
	if len(targetsOf) == 0 {
		targetsOf = j.sent.parts
	}
	sdk := 0
	if a := j.item.Detail.Android; a != nil {
		sdk = a.TargetSDK
	}
	return []string{
		"{name}", quoted(cmp.Or(j.item.Name, j.item.ID)), "{id}", quoted(j.item.ID), "{brand}", p.brandName(j),
		"{can}", p.power(hit.Capability), "{may}", may(hit, j.item), "{trait}", traitMeaning(hit.Trait), "{hosts}", j.reach.sites(), "{why}", j.id.Why,
		"{like}", cmp.Or(j.id.Listed.ID, j.id.Listed.Name), "{pages}", pages, "{targets}", someOf(targets(targetsOf)),
		"{source}", j.list.source, "{date}", j.list.date, "{year}", year, "{sdk}", strconv.Itoa(sdk),
	}
}

// brandName is the name of the brand that the judgement is about.
func (p *Policy) brandName(j judged) string {
	switch {
	case j.id.Pack != nil:
		return j.id.Pack.DisplayName
	case j.reach.pack != nil:
		return j.reach.pack.DisplayName
	case len(p.packs) > 0:
		return p.packs[0].DisplayName
	}
	return "the shop"
}

// power is what a capability lets software do, without the examples and consequences that its meaning adds.
func (p *Policy) power(id inventory.CapabilityID) string {
	text := string(id)
	for _, c := range p.capabilities {
		if c.ID == id {
			text = c.Meaning
		}
	}
	for _, tail := range []string{": ", ", so that ", ", which "} {
		text, _, _ = strings.Cut(text, tail)
	}
	return text
}

// may says whether the item still has to ask. An extension that is installed has what it requested.
func may(hit rule.Hit, item *inventory.Item) string {
	if hit.Exposure >= inventory.Granted || item.Platform == inventory.Extension && hit.Exposure == inventory.Requested {
		return "can"
	}
	return "may ask to"
}

func traitMeaning(id inventory.TraitID) string {
	for _, t := range inventory.Traits() {
		if t.ID == id {
			return t.Meaning
		}
	}
	return string(id)
}

// shownRunes is how much of a name from an artifact stands in one of our sentences.
const shownRunes = 80

// quoted makes a text of an artifact fit for one of our sentences.
func quoted(s string) string { return `"` + textsafe.LineMax(s, shownRunes) + `"` }
