package bundle

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"appraise/internal/limits"
	"appraise/inventory"
)

// sdkLollipop is the first API level that installs splits.
const sdkLollipop = 21

// Merge makes one item of the APKs of one app, as Groups gives them. Its identity is the first part's; its
// permissions, capabilities, components and traits are those of all, with the part named before the file
// ("split_config.de.apk!AndroidManifest.xml") unless it is the first. Android takes a set only where package,
// version and signers are the same in every part (PackageInstallerSession.java): what differs is told as a
// trait, and other signers make the signature invalid. No part is trusted more than the worst.
func Merge(group []Part, opt Options) *inventory.Item {
	item := newMerger(group, opt).merge()
	item.Sort()
	return item
}

// merger gathers the parts of one app.
type merger struct {
	group    []Part
	base     Part // the first part
	opt      Options
	variants bool // several wholes, and several splits of a name, are for different phones

	item         *inventory.Item
	permissions  map[[3]string]int
	capabilities map[capabilityKey]int
	traits       map[inventory.TraitID]int
	components   map[[2]string]inventory.AndroidComponent // the base's
	problems     int
}

type capabilityKey struct {
	id        inventory.CapabilityID
	exposure  inventory.Exposure
	qualifier string
}

func newMerger(group []Part, opt Options) *merger {
	m := &merger{
		group: group, base: group[0], opt: opt,
		permissions: map[[3]string]int{}, capabilities: map[capabilityKey]int{},
		traits: map[inventory.TraitID]int{}, components: map[[2]string]inventory.AndroidComponent{},
	}
	base := m.base.Item
	m.item = &inventory.Item{
		Platform: base.Platform, Kind: base.Kind, ID: base.ID, Name: base.Name, Version: base.Version,
		VersionCode: base.VersionCode, Signature: base.Signature, Detail: base.Detail,
	}
	if app := base.Detail.Android; app != nil {
		detail := *app
		detail.Components = nil
		m.item.Detail.Android = &detail
	}
	return m
}

// merge adds up the parts. Of more than limits.SetMembers the rest is left out, and told.
func (m *merger) merge() *inventory.Item {
	if len(m.group) > limits.SetMembers {
		m.problem(inventory.Problem{File: m.base.Name, Message: fmt.Sprintf("%d APKs of one app, over the limit of %d; the rest was not compared", len(m.group), limits.SetMembers), Limit: true, Matters: true})
		m.group = m.group[:limits.SetMembers]
	}
	m.readAgain()
	for i := range m.group {
		m.add(&m.group[i], i == 0)
	}
	m.compare()
	m.sign()
	if m.problems > limits.AppEvidence {
		m.item.Problems = append(m.item.Problems, inventory.Problem{File: m.base.Name, Message: fmt.Sprintf("%d more problems of this kind in the parts", m.problems-limits.AppEvidence), Matters: true})
	}
	return m.item
}

// readAgain judges splits for the platforms on which they can run: those of the base, or without one those on which
// all of them do.
func (m *merger) readAgain() {
	if m.opt.MinSDK != 0 {
		return
	}
	lowest := max(minSDK(m.base.Item), sdkLollipop)
	if m.base.split() {
		for _, p := range m.group {
			lowest = max(lowest, minSDK(p.Item))
		}
	}
	m.group = slices.Clone(m.group)
	for i, p := range m.group {
		if p.split() && p.Again != nil && p.Item.Signature.State != inventory.Verified && minSDK(p.Item) < lowest {
			if item := p.Again(Options{MinSDK: lowest, MaxSDK: m.opt.MaxSDK}); item.ID == p.Item.ID {
				m.group[i].Item = item
			}
		}
	}
	m.base = m.group[0]
	m.item.Signature = m.base.Item.Signature
}

func minSDK(item *inventory.Item) int {
	if item.Detail.Android == nil {
		return 0
	}
	return item.Detail.Android.MinSDK
}

// add takes over what one part says. A further whole APK is the same app again: only what the first doesn't say
// is worth telling.
func (m *merger) add(p *Part, first bool) {
	place := func(file string) string { return p.place(file, first) }
	copied := !first && p.whole()
	for _, q := range p.Item.Permissions {
		m.permission(q)
	}
	for _, c := range p.Item.Capabilities {
		m.capability(c, place, copied)
	}
	for _, t := range p.Item.Traits {
		for _, e := range t.Evidence {
			if copied && m.says(m.base.Item.Traits, t.ID, e) || e.Detail == asksForSplits && m.hasSplits() {
				continue
			}
			e.File = place(e.File)
			m.trait(t.ID, e)
		}
		if len(t.Evidence) == 0 {
			m.item.AddTrait(t.ID)
		}
	}
	if app := p.Item.Detail.Android; app != nil {
		m.addComponents(app.Components, first, copied)
	}
	for _, q := range p.Item.Problems {
		q.File = place(q.File)
		m.problem(q)
	}
}

func (m *merger) hasSplits() bool {
	return slices.ContainsFunc(m.group, func(p Part) bool { return p.split() })
}

// place names a file of the part. What counts from the start of the APK itself has no file; what is called like the
// APK lies beside it.
func (p *Part) place(file string, first bool) string {
	switch {
	case file == "":
		return p.Name
	case first, strings.HasPrefix(file, p.Name):
		return file
	}
	return p.Name + "!" + file
}

// permission merges as Item.AddPermission does, by an index: parts can ask for many.
func (m *merger) permission(p inventory.Permission) {
	implied := ""
	if p.ImpliedBy != "" {
		implied = "implied"
	}
	key := [3]string{p.Name, p.Type, implied}
	i, ok := m.permissions[key]
	if !ok {
		m.permissions[key] = len(m.item.Permissions)
		p.States = slices.Clone(p.States)
		m.item.Permissions = append(m.item.Permissions, p)
		return
	}
	one := inventory.Item{Permissions: m.item.Permissions[i : i+1 : i+1]}
	one.AddPermission(p)
}

func (m *merger) capability(c inventory.Capability, place func(string) string, copied bool) {
	key := capabilityKey{c.ID, c.Exposure, c.Qualifier}
	i, ok := m.capabilities[key]
	if !ok {
		i = len(m.item.Capabilities)
		m.capabilities[key] = i
		m.item.Capabilities = append(m.item.Capabilities, inventory.Capability{ID: c.ID, Exposure: c.Exposure, Qualifier: c.Qualifier})
	}
	to := &m.item.Capabilities[i]
	to.Confidence, to.Grade = max(to.Confidence, c.Confidence), max(to.Grade, c.Grade)
	for _, r := range c.Reach {
		if !slices.Contains(to.Reach, r) {
			to.Reach = append(to.Reach, r)
		}
	}
	had := to.Evidence
	for _, e := range c.Evidence {
		if len(to.Evidence) == limits.AppEvidence {
			return
		}
		if copied && slices.ContainsFunc(had, func(h inventory.Evidence) bool { return h.File == e.File && h.Detail == e.Detail }) {
			continue
		}
		e.File = place(e.File)
		to.Evidence = append(to.Evidence, e)
	}
}

// says reports whether a part's trait has evidence of the same words.
func (m *merger) says(traits []inventory.Trait, id inventory.TraitID, e inventory.Evidence) bool {
	return slices.ContainsFunc(traits, func(t inventory.Trait) bool {
		return t.ID == id && slices.ContainsFunc(t.Evidence, func(h inventory.Evidence) bool { return h.File == e.File && h.Detail == e.Detail })
	})
}

// trait records a trait; limits.AppEvidence places are kept of each.
func (m *merger) trait(id inventory.TraitID, e inventory.Evidence) {
	if m.traits[id]++; m.traits[id] <= limits.AppEvidence {
		m.item.AddTrait(id, e)
	}
}

func (m *merger) addComponents(list []inventory.AndroidComponent, first, copied bool) {
	to := m.item.Detail.Android
	if to == nil {
		return
	}
	for _, c := range list {
		key := [2]string{c.Type, c.Name}
		if first {
			m.components[key] = c
		} else if same, ok := m.components[key]; copied && ok && reflect.DeepEqual(same, c) {
			continue
		}
		to.Components = append(to.Components, c)
	}
}

// problem keeps limits.AppEvidence problems that matter and counts the rest.
func (m *merger) problem(p inventory.Problem) {
	if p.Matters {
		m.problems++
	}
	if m.problems <= limits.AppEvidence && len(m.item.Problems) < 2*limits.AppEvidence {
		m.item.Problems = append(m.item.Problems, p)
	}
}

// differs records that the parts don't belong together.
func (m *merger) differs(file, format string, args ...any) {
	m.trait(inventory.TraitSplitDiffers, inventory.Evidence{File: file, Detail: fmt.Sprintf(format, args...)})
}

// compare demands one package, one version, and each split once.
func (m *merger) compare() {
	base, names := m.base, map[string]string{}
	for i, p := range m.group {
		if p.Item.ID == "" || base.Item.ID == "" {
			continue
		}
		file := p.place("AndroidManifest.xml", i == 0)
		if p.Item.ID != base.Item.ID {
			m.differs(file, "%s is of package %q, %s is of %q", p.Name, label(p.Item.ID), base.Name, label(base.Item.ID))
		}
		if p.Item.VersionCode != base.Item.VersionCode {
			m.differs(file, "%s has version code %d, %s has %d", p.Name, p.Item.VersionCode, base.Name, base.Item.VersionCode)
		}
		m.once(names, p, file)
	}
	for i, p := range m.group {
		m.needs(names, p, p.place("AndroidManifest.xml", i == 0))
	}
}

// once tells of a second base, and of a second split of a name: Android refuses both.
func (m *merger) once(names map[string]string, p Part, file string) {
	name := splitName(p)
	if other, ok := names[name]; ok && !m.variants {
		what := "another base"
		if name != "" {
			what = fmt.Sprintf("another split %q", label(name))
		}
		m.differs(file, "%s is %s beside %s", p.Name, what, other)
		return
	}
	names[name] = p.Name
}

// needs tells of a split for another one that isn't there.
func (m *merger) needs(names map[string]string, p Part, file string) {
	app := p.Item.Detail.Android
	if !p.split() || app == nil || app.ConfigForSplit == "" {
		return
	}
	if _, ok := names[app.ConfigForSplit]; !ok {
		m.trait(inventory.TraitSplitsMissing, inventory.Evidence{File: file, Detail: fmt.Sprintf("%s belongs to the split %q, which is not here", p.Name, label(app.ConfigForSplit))})
	}
}

func splitName(p Part) string {
	if p.Item.Detail.Android == nil {
		return ""
	}
	return strings.TrimSpace(p.Item.Detail.Android.Split)
}
