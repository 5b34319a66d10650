package policies

import (
	"fmt"
	"slices"

	"appraise/finding"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// sourceOther is PackageInstaller.PACKAGE_SOURCE_OTHER: whoever installed named no store.
const sourceOther = 1

// android goes by the evidence that is hardest to forge first.
func (s *stores) android(item *inventory.Item) arrival {
	a := item.Arrival
	for _, signer := range item.Signature.Signers {
		if i := slices.IndexFunc(s.TestKeys, func(k testKey) bool { return k.SHA256 == signer.SHA256 }); i >= 0 {
			return arrowRow{"development", "test-key"}.arrival(finding.Proved, "signed with the "+s.TestKeys[i].Name+", which anyone can use")
		}
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
	if item.System {
		return s.preload(a)
	}
	if a.Installer == "" {
		return unknownRoute(fileAlone)
	}
	return s.installed(a)
}

func (s *stores) preload(a inventory.Arrival) arrival {
	if a.Installer == "" {
		return arrowRow{"system", "preload"}.arrival(finding.Proved, "came with the phone; not verified by us")
	}
	return arrowRow{"system", "updated preload"}.arrival(finding.Claimed, "came with the phone, updated by "+quoted(s.name(a.Installer))+"; not verified by us")
}

// installed decides by the installer's class. A store counts where it also started the installation
// itself, as far as the phone records that.
func (s *stores) installed(a inventory.Arrival) arrival {
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
	to.Store, to.channel = i.Name, i.Channel
	return to
}

func (s *stores) find(pkg string) *installer {
	for i := range s.Installers {
		if s.Installers[i].Package == pkg {
			return &s.Installers[i]
		}
	}
	return nil
}

// same reports whether two packages are one store; Google Play has an old alias.
func (s *stores) same(a, b string) bool {
	x, y := s.find(a), s.find(b)
	return a == b || x != nil && y != nil && x.Channel != "" && x.Channel == y.Channel
}

func (s *stores) name(pkg string) string {
	if i := s.find(pkg); i != nil {
		return i.Name
	}
	return pkg
}

// ios believes a marker of the leaf certificate only where the signature that it belongs to holds.
func (s *stores) ios(item *inventory.Item) arrival {
	state := item.Signature.State
	if row, ok := s.LeafPolicies[item.Arrival.LeafPolicy]; ok && state == inventory.Verified {
		return row.arrival(finding.Proved, "signed by Apple for this route")
	}
	if row, ok := s.Profiles[item.Arrival.ProfileType]; ok && state != inventory.Invalid {
		strength := finding.Claimed
		if state == inventory.Verified || state == inventory.Partial {
			strength = finding.Proved
		}
		return row.arrival(strength, "it carries a provisioning profile of type "+item.Arrival.ProfileType)
	}
	return unknownRoute(fileAlone)
}

func (s *stores) extension(item *inventory.Item) arrival {
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
