package provenance

import (
	"appraise/finding"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// Arrival is a route with the channel whose builds the store carries, as brand packs name it; "" where the
// route names no store that a pack could have a pin of.
type Arrival struct {
	finding.Route
	Channel string
}

// FileAlone reports whether nothing at all says how the item arrived.
func (a Arrival) FileAlone() bool { return a.Verdict == finding.RouteUnknown && a.Why == fileAlone }

func (r arrowRow) arrival(strength finding.Strength, why string) Arrival {
	var v finding.RouteVerdict
	_ = v.UnmarshalText([]byte(r.Route)) // checked when it was loaded
	return Arrival{Route: finding.Route{Verdict: v, Detail: r.Detail, Strength: strength, Why: why}}
}

func unknownRoute(why string) Arrival { return Arrival{Route: finding.Route{Why: why}} }

// fileAlone is the reason of every file that came without facts of arrival.
const fileAlone = "a file alone does not say how it arrived"

// Route decides how an item got where it is, from the recorded facts of its arrival. Of the other items of the same phone
// it asks who may have installed it.
func (s *Stores) Route(item *inventory.Item, phones Phones) Arrival {
	switch item.Platform {
	case inventory.Android:
		return s.android(item, phones[item.Source])
	case inventory.IOS:
		return s.ios(item)
	case inventory.Extension:
		return s.extension(item)
	}
	return unknownRoute(fileAlone)
}

// ios believes a marker of the leaf certificate only where the signature that it belongs to holds.
func (s *Stores) ios(item *inventory.Item) Arrival {
	state := item.Signature.State
	if row, ok := s.LeafPolicies[item.Arrival.LeafPolicy]; ok && state == inventory.Verified {
		return row.arrival(finding.Proved, "signed by Apple for this route")
	}
	if row, ok := s.Profiles[item.Arrival.ProfileType]; ok && state != inventory.Invalid {
		strength := finding.Claimed
		if proves(item) {
			strength = finding.Proved
		}
		return row.arrival(strength, "it carries a provisioning profile of type "+item.Arrival.ProfileType)
	}
	return unknownRoute(fileAlone)
}

func (s *Stores) extension(item *inventory.Item) Arrival {
	if item.Signature.State == inventory.Invalid {
		return unknownRoute("its signature is invalid, so its own word doesn't count")
	}
	if row, ok := s.Locations[item.Arrival.InstallLocation]; ok {
		return row.arrival(finding.Claimed, "the browser records it as "+item.Arrival.InstallLocation)
	}
	if item.HasTrait(inventory.TraitOffStoreUpdate) {
		return arrowRow{"sideload", "off-store"}.arrival(finding.Claimed, "its updates come from "+quoted(item.Arrival.UpdateURL)+", which is no extension store")
	}
	return unknownRoute(fileAlone)
}

// shownRunes is how much of a name from an artifact stands in one of our sentences.
const shownRunes = 80

// quoted makes a text of an artifact fit for one of our sentences.
func quoted(s string) string { return `"` + textsafe.LineMax(s, shownRunes) + `"` }
