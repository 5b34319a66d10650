package policies

import (
	"slices"
	"strings"

	"appraise/inventory"
	"appraise/policies/brand"
	"appraise/policies/rule"
)

// listing is how an item's id stands on the public lists of the packs.
type listing struct {
	rule.Listing
	sure   rule.Sureness
	source string // "by" whom
	date   string
	name   string // as reported; unreliable
}

// listed looks an id up in every pack; the strongest entry counts.
func (p *Policy) listed(item *inventory.Item) listing {
	var worst listing
	for _, pack := range p.packs {
		one := listing{}
		switch item.Platform {
		case inventory.Extension:
			if e, ok := pack.ReportedExtension(item.ID); ok {
				one = listing{listingOf(e, item.Version), sureness(e.Confidence), reporters(e.Sources, e.Independent), e.Reported, e.ReportedName}
			}
		case inventory.Android:
			if f, ok := pack.ReportedPackage(item.ID); ok {
				one = listing{rule.ListingReported, sureness(f.Confidence), reporters(f.Sources, 0), f.Reported, f.Label}
			}
		}
		if one.Listing > worst.Listing || one.Listing == worst.Listing && one.sure > worst.sure {
			worst = one
		}
	}
	return worst
}

// listingOf weighs an entry. Where single builds were reported, only such a build counts as reported.
func listingOf(e brand.Reported, version string) rule.Listing {
	if e.Match == "id+version" && !slices.Contains(e.Versions, version) {
		return rule.ListingCompromised
	}
	switch e.Grade {
	case brand.GradeListed:
		return rule.ListingListed
	case brand.GradeReportedOld:
		return rule.ListingOld
	}
	return rule.ListingReported
}

func sureness(word string) rule.Sureness {
	switch word {
	case "high":
		return rule.SureHigh
	case "medium":
		return rule.SureMedium
	}
	return rule.SureLow
}

// reporters names the sources. Lists that copy each other are one source, and it is said.
func reporters(ids []string, independent int) string {
	text := strings.Join(ids, ", ")
	if independent == 1 && len(ids) > 1 {
		text += " (one independent source)"
	}
	return text
}
