package provenance

import (
	"fmt"
	"slices"

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

// Route decides how an item got where it is, from the recorded facts of its arrival.
func (s *Stores) Route(item *inventory.Item) Arrival {
	switch item.Platform {
	case inventory.Android:
		return s.android(item)
	case inventory.IOS:
		return s.ios(item)
	case inventory.Extension:
		return s.extension(item)
	}
	return unknownRoute(fileAlone)
}

// sourceOther is PackageInstaller.PACKAGE_SOURCE_OTHER: whoever installed named no store.
const sourceOther = 1

// playBuilt is all that a stamp of Google Play's proves.
const playBuilt = "built by Google Play; mirrors carry the same builds, so that does not say who installed it"

// android adds to an unknown route what a store's stamp says.
func (s *Stores) android(item *inventory.Item) Arrival {
	to := s.installation(item)
	if to.Verdict != finding.RouteUnknown || item.Signature.State == inventory.Invalid || !s.stamped(item) {
		return to
	}
	to.Detail = "play-build"
	if to.FileAlone() {
		to.Why = playBuilt
		return to
	}
	to.Why += "; " + playBuilt
	return to
}

// stamped reports whether a stamp that verified is one of the stores'.
func (s *Stores) stamped(item *inventory.Item) bool {
	return slices.ContainsFunc(item.Signature.Stamps, func(have inventory.Stamp) bool {
		return have.State == inventory.Verified && slices.ContainsFunc(s.Stamps, func(k stamp) bool { return k.Kind == have.Kind && k.SHA256 == have.SHA256 })
	})
}

// TestKey returns the name of the publicly known key that signed an item whose signature holds, "" where
// there is none.
func (s *Stores) TestKey(item *inventory.Item) string {
	if !proves(item) {
		return ""
	}
	for _, signer := range item.Signature.Signers {
		if i := slices.IndexFunc(s.TestKeys, func(k testKey) bool { return k.SHA256 == signer.SHA256 }); i >= 0 {
			return s.TestKeys[i].Name
		}
	}
	return ""
}

// proves reports whether the signature was checked and holds, for a part of the content at least.
func proves(item *inventory.Item) bool {
	return item.Signature.State == inventory.Verified || item.Signature.State == inventory.Partial
}

// installation goes by the evidence that is hardest to forge first.
func (s *Stores) installation(item *inventory.Item) Arrival {
	a := item.Arrival
	if key := s.TestKey(item); key != "" {
		return arrowRow{"development", "test-key"}.arrival(finding.Proved, "signed with the "+key+", which anyone can use")
	}
	for _, i := range s.Initiators {
		if i.Package == a.Initiator {
			strength := finding.Claimed
			if i.Strength == "proved" {
				strength = finding.Proved
			}
			return arrowRow{i.Route, i.Detail}.arrival(strength, "the system records that "+i.Package+" started the installation")
		}
	}
	if managed(item) {
		return arrowRow{"policy", "mdm"}.arrival(finding.Claimed, "the phone's management installed it, or it is the management's own")
	}
	if item.System {
		return s.preload(a)
	}
	if a.Installer == "" && onPhone(item) != nil {
		return unknownRoute("the phone records no installer: it came over adb, or in a way that leaves no trace")
	}
	if a.Installer == "" {
		return unknownRoute(fileAlone)
	}
	return s.installed(a)
}

func onPhone(item *inventory.Item) *inventory.OnPhone {
	if item.Detail.Android == nil {
		return nil
	}
	return item.Detail.Android.On
}

// managed reports an app that a device or profile owner installed, or that is one.
func managed(item *inventory.Item) bool {
	if item.Arrival.InstallReason == "policy" {
		return true
	}
	on := onPhone(item)
	return on != nil && slices.ContainsFunc(on.Access, func(a inventory.SpecialAccess) bool {
		return a.Kind == inventory.AccessDeviceOwner || a.Kind == inventory.AccessProfileOwner
	})
}

func (s *Stores) preload(a inventory.Arrival) Arrival {
	if a.Installer == "" {
		return arrowRow{"system", "preload"}.arrival(finding.Proved, "came with the phone; not verified by us")
	}
	return arrowRow{"system", "updated preload"}.arrival(finding.Claimed, "came with the phone, updated by "+quoted(s.name(a.Installer))+"; not verified by us")
}

// installed decides by the installer's class. A store counts where it also started the installation
// itself, as far as the phone records that.
func (s *Stores) installed(a inventory.Arrival) Arrival {
	i := s.find(a.Installer)
	if i == nil {
		return unknownRoute("installed by " + quoted(a.Installer) + ", which is no store we know")
	}
	row := s.Routes[i.Class]
	if i.Detail != "" {
		row.Detail = i.Detail
	}
	to := row.arrival(finding.Claimed, "the installer name is that of "+i.Name)
	if to.Verdict != finding.Store {
		to.Store = i.Name
		return to
	}
	switch {
	case a.Initiator != "" && !s.same(a.Initiator, a.Installer):
		return unknownRoute(fmt.Sprintf("the installer name is that of %s, but %s started the installation", i.Name, quoted(a.Initiator)))
	case a.PackageSource != nil && *a.PackageSource == sourceOther:
		return unknownRoute("the installer name is that of " + i.Name + ", but the installation wasn't marked as a store's")
	}
	to.Store, to.Channel = i.Name, i.Channel
	return to
}

func (s *Stores) find(pkg string) *installer {
	for i := range s.Installers {
		if s.Installers[i].Package == pkg {
			return &s.Installers[i]
		}
	}
	return nil
}

// same reports whether two packages are one store; Google Play has an old alias.
func (s *Stores) same(a, b string) bool {
	x, y := s.find(a), s.find(b)
	return a == b || x != nil && y != nil && x.Channel != "" && x.Channel == y.Channel
}

func (s *Stores) name(pkg string) string {
	if i := s.find(pkg); i != nil {
		return i.Name
	}
	return pkg
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
