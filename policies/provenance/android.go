package provenance

import (
	"fmt"
	"slices"

	"appraise/finding"
	"appraise/inventory"
)

// sourceOther is PackageInstaller.PACKAGE_SOURCE_OTHER: whoever installed named no store.
const sourceOther = 1

// playBuilt is all that a stamp of Google Play's proves.
const playBuilt = "built by Google Play; mirrors carry the same builds, so that does not say who installed it"

// android adds to an unknown route what a store's stamp says.
func (s *Stores) android(item *inventory.Item, ph *phone) Arrival {
	to := s.installation(item, ph)
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

// installation takes the word of the phone's records only where they agree: a store and a policy are what a forged
// record would name.
func (s *Stores) installation(item *inventory.Item, ph *phone) Arrival {
	to := s.recorded(item, ph)
	if (to.Verdict == finding.Store || to.Verdict == finding.Policy) && item.HasTrait(inventory.TraitRecordsDisagree) {
		return unknownRoute("the phone's records of it disagree or may be forged, so that they don't say how it arrived")
	}
	return to
}

// recorded goes by the evidence that is hardest to forge first.
func (s *Stores) recorded(item *inventory.Item, ph *phone) Arrival {
	if key := s.TestKey(item); key != "" {
		return arrowRow{"development", "test-key"}.arrival(finding.Proved, "signed with the "+key+", which anyone can use")
	}
	for _, i := range s.Initiators {
		if i.Package == item.Arrival.Initiator {
			strength := finding.Claimed
			if i.Strength == "proved" {
				strength = finding.Proved
			}
			return arrowRow{i.Route, i.Detail}.arrival(strength, "the system records that "+i.Package+" started the installation")
		}
	}
	if item.System {
		return s.preload(item, ph)
	}
	to := s.brought(item, ph)
	if s.managed(item, ph, to) {
		return arrowRow{"policy", "mdm"}.arrival(finding.Claimed, "the phone's management installed it, or it is the management's own")
	}
	return to
}

func onPhone(item *inventory.Item) *inventory.OnPhone {
	if item.Detail.Android == nil {
		return nil
	}
	return item.Detail.Android.On
}

// brought decides for an app that did not come with the phone, by who brought it.
func (s *Stores) brought(item *inventory.Item, ph *phone) Arrival {
	a := item.Arrival
	switch {
	case a.Installer == "" && onPhone(item) == nil:
		return unknownRoute(fileAlone)
	case a.Installer != "":
		return s.installed(item, ph)
	case a.Initiator != "":
		return s.orphaned(a.Initiator, ph)
	case owns(item):
		return arrowRow{Route: "sideload"}.arrival(finding.Claimed, "it manages the phone, and the phone records no installer: a set-up by a management leaves one")
	}
	return unknownRoute("the phone records no installer: it came over adb, or in a way that leaves no trace")
}

// orphaned decides for an app whose installer the phone no longer names, but still who started the installation: Android
// forgets an installer that was removed.
func (s *Stores) orphaned(initiator string, ph *phone) Arrival {
	i := s.find(initiator)
	switch {
	case i == nil && !ph.delivered(initiator):
		return outsider(initiator)
	case i != nil && s.row(i).Route == "sideload":
		to := s.row(i).arrival(finding.Claimed, "the phone records that "+i.Name+" started the installation")
		to.Store = i.Name
		return to
	}
	return unknownRoute("the phone records no installer, only that " + quoted(initiator) + " started the installation")
}

// outsider is the route of what another app of the user's installed, by a session of its own.
func outsider(pkg string) Arrival {
	return arrowRow{"sideload", "off-store"}.arrival(finding.Claimed, "installed by another app, "+quoted(pkg)+", which is no store we know")
}

// updatedPreload is the detail of what came with the phone and was replaced since.
const updatedPreload = "updated preload"

// preload decides for what came with the phone. Only what still lies where the phone was delivered with it, and names no
// installer, proves that; an update from outside a store counts as such.
func (s *Stores) preload(item *inventory.Item, ph *phone) Arrival {
	a := item.Arrival
	updated := replaced(item)
	switch {
	case a.Installer == "" && !updated:
		return arrowRow{"system", "preload"}.arrival(finding.Proved, "came with the phone; not verified by us")
	case a.Installer == "" && a.Initiator == "":
		return arrowRow{"system", updatedPreload}.arrival(finding.Claimed, "came with the phone, and was updated; the phone doesn't record by whom; not verified by us")
	}
	if to := s.brought(item, ph); updated && to.Verdict == finding.Sideload {
		to.Why = "came with the phone, and was updated from outside a store: " + to.Why
		return to
	}
	by := a.Installer
	if by == "" {
		by = a.Initiator
	}
	return arrowRow{"system", updatedPreload}.arrival(finding.Claimed, "came with the phone, updated by "+quoted(s.name(by))+"; not verified by us")
}

// writable are the partitions that apps are installed on; /mnt holds cards that were made a part of the storage.
var writable = []string{"data", "mnt"}

// replaced reports whether a preload no longer is what the phone was delivered with.
func replaced(item *inventory.Item) bool {
	on := onPhone(item)
	return on != nil && on.Updated || slices.Contains(writable, item.Arrival.InstallLocation)
}

// installed decides by the installer's class. A store counts where it also started the installation
// itself, as far as the phone records that.
func (s *Stores) installed(item *inventory.Item, ph *phone) Arrival {
	a := item.Arrival
	i := s.find(a.Installer)
	if i == nil {
		return s.unlisted(item, ph)
	}
	if by := s.handedOver(a); by != nil {
		to := s.row(by).arrival(finding.Claimed, by.Name+" handed it to the phone's installer screen")
		to.Store, to.Channel = by.Name, by.Channel
		return to
	}
	to := s.row(i).arrival(finding.Claimed, "the installer name is that of "+i.Name)
	switch to.Verdict {
	case finding.Store:
	case finding.RouteUnknown:
		return unknownRoute("copied by " + i.Name + " from another phone, which doesn't say how it came there")
	default:
		to.Store = i.Name
		return to
	}
	switch {
	case a.Initiator == "" && recordsInitiators(a):
		return unknownRoute("the installer name is that of " + i.Name + ", but the phone doesn't record that it started the installation")
	case a.Initiator != "" && !s.same(a.Initiator, a.Installer):
		return unknownRoute(fmt.Sprintf("the installer name is that of %s, but %s started the installation", i.Name, quoted(a.Initiator)))
	case a.PackageSource != nil && *a.PackageSource == sourceOther:
		return unknownRoute("the installer name is that of " + i.Name + ", but the installation wasn't marked as a store's")
	}
	to.Store, to.Channel = i.Name, i.Channel
	return to
}

// recordsInitiators reports whether the phone's dump tells who starts an installation. Android records it since 11 and
// prints it since 14 (API level 34). An item doesn't carry the level, but facts that older dumps don't print either;
// the package source is none of them, as Android 13 prints it.
func recordsInitiators(a inventory.Arrival) bool { return a.Originator != "" || a.UpdateOwner != "" }

// unlisted decides for an installer that no table names: a part of the phone, or another app.
func (s *Stores) unlisted(item *inventory.Item, ph *phone) Arrival {
	a := item.Arrival
	if onPhone(item) != nil {
		for _, pkg := range []string{a.Initiator, a.Installer} {
			if pkg != "" && s.find(pkg) == nil && !ph.mayBeDelivered(pkg) {
				return outsider(pkg)
			}
		}
	}
	return unknownRoute("installed by " + quoted(a.Installer) + ", which is no store we know")
}

// handedOver returns the store that opened the file in the phone's installer screen, nil where none did. Android says who
// opened it, and the screen is what started the installation.
func (s *Stores) handedOver(a inventory.Arrival) *installer {
	screen, by := s.find(a.Initiator), s.find(a.Originator)
	if screen == nil || screen.Class != "sideload" || by == nil || !by.ByScreen {
		return nil
	}
	if a.Installer != a.Initiator && !s.same(a.Installer, by.Package) {
		return nil
	}
	return by
}

// row is the route of an installer: its class's, with its own detail.
func (s *Stores) row(i *installer) arrowRow {
	row := s.Routes[i.Class]
	if i.Detail != "" {
		row.Detail = i.Detail
	}
	return row
}

func (s *Stores) find(pkg string) *installer {
	for i := range s.Installers {
		if s.Installers[i].Package == pkg {
			return &s.Installers[i]
		}
	}
	return nil
}

// same reports whether two packages are one store, by their channel: Google Play has an old alias, F-Droid a second package.
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
