package bundle

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// set is an archive that holds the APKs of an app: bundletool's .apks (toc.pb, splits/, standalones/), the sets of
// Split APKs Installer, APKPure's .xapk, APKMirror's .apkm, or any ZIP with APKs in it. They are told apart by
// what they hold.
type set struct {
	zip        *zipsafe.Reader
	opt        Options
	claims     []claims
	bad        map[string]error // metadata files that can't be read
	members    []*zipsafe.Entry // in directory order, duplicates included
	expansions map[string]bool  // files that a packer names as expansions
	// variants: the set holds the same app for several kinds of phone, as bundletool builds it.
	variants bool
	memory   memory
	kept     int64 // inflated for the members read so far, against limits.ZipInflated
	cut      bool  // that limit was hit
}

// folders are where the tools put APKs; "." is the archive's own.
var folders = []string{".", "splits", "standalones", "instant", "asset-slices", "system", "archive"}

func newSet(z *zipsafe.Reader, opt Options) *set {
	s := &set{zip: z, opt: opt, expansions: map[string]bool{}}
	s.claims, s.bad = readClaims(z)
	named := map[string]bool{}
	for _, c := range s.claims {
		for _, name := range c.apks {
			named[name] = true
		}
		for _, name := range c.expansions {
			s.expansions[name] = true
		}
	}
	_, isAPK := z.Lookup("AndroidManifest.xml")
	_, s.variants = z.Lookup("toc.pb")
	for i := range z.Entries {
		e := &z.Entries[i]
		if apk := strings.EqualFold(path.Ext(e.Name), ".apk"); !apk && !named[e.Name] {
			continue
		}
		dir := path.Dir(e.Name)
		if !isAPK || named[e.Name] || slices.Contains(folders, dir) {
			s.members = append(s.members, e)
			s.variants = s.variants || dir == "splits" || dir == "standalones"
		}
	}
	return s
}

// declared reports whether something says that all the APKs are one app.
func (s *set) declared() bool { return s.variants || len(s.claims) > 0 }

// IsSet reports whether an archive holds APKs as a set does. An APK with another one among its assets is none.
func IsSet(z *zipsafe.Reader) bool { return len(newSet(z, Options{}).members) > 0 }

// ReadSet reads an archive that holds APKs: one item for one app. All APKs are verified, standalone ones and
// those for other phones too. An archive of several unrelated apps gives an item for each.
//
// Archives inside the APKs are not opened. APKs that are stored are read in place, packed ones in memory, one at
// a time (limits.NestedAPKBytes); limits.SetMembers of them are read. What can't be read becomes a problem.
func ReadSet(z *zipsafe.Reader, opt Options) []*inventory.Item {
	s := newSet(z, opt)
	parts := s.read()
	if len(parts) == 0 {
		return []*inventory.Item{unreadMember(errors.New("no APK in it"))}
	}
	var items []*inventory.Item
	for i, group := range s.groups(parts) {
		m := newMerger(group, opt)
		m.variants = s.variants
		if i == 0 {
			s.check(m, parts)
		}
		item := m.merge()
		if i == 0 {
			s.about(item)
		}
		item.Sort()
		items = append(items, item)
	}
	return items
}

// read reads every member.
func (s *set) read() []Part {
	var parts []Part
	for i, e := range s.members {
		if s.cut = s.kept > limits.ZipInflated; s.cut || i == limits.SetMembers {
			break
		}
		parts = append(parts, Part{
			Name: label(e.Name), Item: s.readMember(e, s.opt),
			Again: func(opt Options) *inventory.Item { return s.readMember(e, opt) },
		})
	}
	return parts
}

func (s *set) readMember(e *zipsafe.Entry, opt Options) *inventory.Item {
	z, err := s.openMember(e)
	if err != nil {
		return unreadMember(err)
	}
	defer func() { s.kept += z.Inflated() }()
	var idsig []byte
	var idsigErr error
	if beside, ok := s.zip.Lookup(e.Name + ".idsig"); ok {
		idsig, idsigErr = s.zip.ReadFile(beside, limits.V4SignatureBytes)
	}
	item := ReadAPK(z, idsig, opt)
	if idsigErr != nil {
		p := problem(outside(idsigErr))
		p.File = label(e.Name) + ".idsig"
		item.AddProblem(p)
	}
	return item
}

// groups sorts the members into apps, the set's own first. A set has one base: where its packer says that it is
// one, or where at most one member is a whole app, what else is in it must belong to that. A whole APK of
// another package is another app all the same.
func (s *set) groups(parts []Part) [][]Part {
	wholes := 0
	for _, p := range parts {
		if p.whole() {
			wholes++
		}
	}
	if !s.declared() && wholes > 1 {
		return withUnread(Groups(parts), parts)
	}
	base := s.base(parts)
	own := []Part{parts[base]}
	var others []Part
	for i, p := range parts {
		switch {
		case i == base:
		case p.whole() && p.Item.ID != parts[base].Item.ID:
			others = append(others, p)
		default:
			own = append(own, p)
		}
	}
	groups := [][]Part{own}
	for _, p := range others {
		groups = append(groups, []Part{p})
	}
	return groups
}

// withUnread puts the members that can't be read to the first app, so that none is lost.
func withUnread(groups [][]Part, parts []Part) [][]Part {
	for _, p := range parts {
		if p.Item.ID == "" {
			groups[0] = append(groups[0], p)
		}
	}
	return groups
}

// base finds the member that the others belong to: a whole APK, of the package that the packer names or that a
// split has, and rather not one of the standalone ones.
func (s *set) base(parts []Part) int {
	split := map[string]bool{}
	for _, p := range parts {
		if p.Item.Kind == inventory.KindSplit {
			split[p.Item.ID] = true
		}
	}
	best, most := 0, -1
	for i, p := range parts {
		score := 0
		if p.Item.ID != "" {
			score++
		}
		if p.whole() {
			score += 2
			if slices.ContainsFunc(s.claims, func(c claims) bool { return c.pkg == p.Item.ID }) {
				score += 8
			}
			if split[p.Item.ID] {
				score += 4
			}
			if !strings.HasPrefix(p.Name, "standalones/") && !strings.HasPrefix(p.Name, "instant/") {
				score += 2
			}
		}
		if score > most {
			best, most = i, score
		}
	}
	return best
}

// check compares what the packer says with the set.
func (s *set) check(m *merger, parts []Part) {
	base := m.base
	for _, c := range s.claims {
		if base.Item.ID != "" && c.pkg != "" && c.pkg != base.Item.ID {
			m.differs(c.file, "%s says package %q, %s is of %q", c.file, label(c.pkg), base.Name, label(base.Item.ID))
		}
		if base.Item.ID != "" && !c.sameVersion(base.Item.VersionCode) {
			m.differs(c.file, "%s says version code %s, %s has %d", c.file, label(c.version), base.Name, base.Item.VersionCode)
		}
		for _, name := range c.apks {
			if _, ok := s.zip.Lookup(name); !ok {
				m.trait(inventory.TraitSplitsMissing, inventory.Evidence{File: c.file, Detail: fmt.Sprintf("%s names %q, which is not in the archive", c.file, label(name))})
			}
		}
	}
	for _, p := range parts {
		if s.declared() && p.whole() && p.Item.ID != base.Item.ID {
			m.differs(p.Name, "%s is another app, %q; %s is of %q", p.Name, label(p.Item.ID), base.Name, label(base.Item.ID))
		}
	}
}

// about adds what belongs to the archive as a whole.
func (s *set) about(item *inventory.Item) {
	for _, t := range s.zip.Traits() {
		item.AddTrait(t.ID, t.Evidence...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.bad)) {
		p := problem(outside(s.bad[name]))
		p.File = name
		item.AddProblem(p)
	}
	if len(s.members) > limits.SetMembers {
		item.AddProblem(inventory.Problem{Message: fmt.Sprintf("%d APKs, over the limit of %d; the rest was not read", len(s.members), limits.SetMembers), Limit: true, Matters: true})
	} else if s.cut {
		item.AddProblem(inventory.Problem{Message: fmt.Sprintf("more than %d bytes of manifests and resources; the rest was not read", int64(limits.ZipInflated)), Limit: true, Matters: true})
	}
	s.notOpened(item)
}

// notOpened tells of expansion files, which hold an app's data, and of sets inside the set.
func (s *set) notOpened(item *inventory.Item) {
	expansions, sets := 0, 0
	for i := range s.zip.Entries {
		name := s.zip.Entries[i].Name
		switch {
		case s.expansions[name] || strings.EqualFold(path.Ext(name), ".obb"):
			if expansions++; expansions <= limits.AppEvidence {
				item.AddProblem(inventory.Problem{File: label(name), Message: "expansion file was not read"})
			}
		case isSetName(name):
			if sets++; sets <= limits.AppEvidence {
				item.AddProblem(inventory.Problem{File: label(name), Message: "a set of APKs inside a set; not opened", Matters: true})
			}
		}
	}
}

func isSetName(name string) bool {
	return slices.Contains([]string{".apks", ".xapk", ".apkm", ".aab"}, strings.ToLower(path.Ext(name)))
}

// label is a name from an archive, cut to what is shown.
func label(name string) string {
	if r := []rune(name); len(r) > limits.CellRunes {
		return string(r[:limits.CellRunes])
	}
	return name
}
