package policies

import (
	"cmp"
	"strconv"

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
		"{can}", p.meaning(hit.Capability), "{trait}", traitMeaning(hit.Trait), "{hosts}", j.reach.sites(), "{why}", j.id.Why,
		"{like}", cmp.Or(j.id.listed.ID, j.id.listed.Name), "{pages}", pages, "{targets}", someOf(targets(targetsOf)),
		"{source}", j.list.source, "{date}", j.list.date, "{year}", year, "{sdk}", strconv.Itoa(sdk),
	}
}

// brandName is the name of the brand that the judgement is about.
func (p *Policy) brandName(j judged) string {
	switch {
	case j.id.pack != nil:
		return j.id.pack.DisplayName
	case j.reach.pack != nil:
		return j.reach.pack.DisplayName
	case len(p.packs) > 0:
		return p.packs[0].DisplayName
	}
	return "the shop"
}

func (p *Policy) meaning(id inventory.CapabilityID) string {
	for _, c := range p.capabilities {
		if c.ID == id {
			return c.Meaning
		}
	}
	return string(id)
}

func traitMeaning(id inventory.TraitID) string {
	for _, t := range inventory.Traits() {
		if t.ID == id {
			return t.Meaning
		}
	}
	return string(id)
}
