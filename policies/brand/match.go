package brand

import (
	"slices"
	"strings"
	"unicode"

	"appraise/policies/lookalike"
)

// Likeness says how a name stands to a pack. R1 to R9 number the rules for look-alikes; those for hosts
// alone (R6, R8, R10) are Host's.
type Likeness uint8

// The likenesses.
const (
	Unlike    Likeness = iota
	Far                // R5: two edits away; says nothing without another sign
	Word               // a label holds the brand's name among other words: unaffiliated, no look-alike
	NearLabel          // R4: the whole label is one edit away from the brand's name
	Label              // R9: the whole label is the brand's name, or looks like it
	Keyword            // R7: the brand's name, alone or joined with a keyword, is a segment of the id
	NearPart           // R4: a segment of the id is one edit away from the brand's name or from its part of a listed id
	Near               // R4: the id is one edit away from a listed one
	Shape              // R3: the id looks like a listed one and is spelled otherwise
	CaseOnly           // R2: the id differs from a listed one in case only
	Exact              // R1: the id is listed
)

// Listed is one app of a pack on either platform.
type Listed struct {
	ID      string
	Name    string
	Role    string
	Signers []Signer // Android
	Icons   []string // SHA-256 of icon files of known builds
	// Expected and MinimumVersion are what is known of the official builds; nil where nothing is.
	Expected       *ExpectedPerms
	MinimumVersion *int64
}

// Family reports whether the entry is another product of the brand's group.
func (l Listed) Family() bool { return l.Role == "family" }

// listed returns the apps of a platform.
func (p *Pack) listed(android bool) []Listed {
	var out []Listed
	if android {
		for _, a := range p.Android.Apps {
			out = append(out, Listed{ID: a.Package, Name: a.Name, Role: a.Role, Signers: a.Signers, Icons: a.IconSHA256,
				Expected: a.ExpectedPermissions, MinimumVersion: a.MinimumVersionCode})
		}
		return out
	}
	for _, b := range p.IOS.Apps {
		out = append(out, Listed{ID: b.BundleID, Name: b.Name, Role: b.Role})
	}
	return out
}

// App finds a package name or bundle id in the pack by rules R1, R2, R3, R4, R7, R4 for parts of the id, and
// R5, in that order. The entry is the one that the id equals or resembles; it is empty for R7, which needs none.
func (p *Pack) App(id string, android bool) (Listed, Likeness) {
	list, shape := p.listed(android), lookalike.Shape(id)
	for _, rule := range []struct {
		like  Likeness
		holds func(entry string) bool
	}{
		{Exact, func(entry string) bool { return entry == id }},
		{CaseOnly, func(entry string) bool { return strings.EqualFold(entry, id) && lookalike.IsASCII(id) }},
		{Shape, func(entry string) bool { return lookalike.Shape(entry) == shape }},
	} {
		if i := slices.IndexFunc(list, func(l Listed) bool { return rule.holds(l.ID) }); i >= 0 {
			return list[i], rule.like
		}
	}
	entry, like := p.nearest(list, id, android)
	if like == Near {
		return entry, like
	}
	segments := strings.Split(id, ".")
	if slices.ContainsFunc(segments, p.keyword) {
		return Listed{}, Keyword
	}
	if slices.ContainsFunc(list, func(l Listed) bool { return strings.HasPrefix(id, l.ID+".") }) {
		return Listed{}, Unlike // it belongs to the listed app, such as its watch app
	}
	if part, partLike := p.parts(list, segments); partLike > like {
		return part, partLike
	}
	return entry, like
}

// nearest finds the listed id that is one edit away (R4), else one that is two away (R5).
func (p *Pack) nearest(list []Listed, id string, android bool) (Listed, Likeness) {
	best, entry := Unlike, Listed{}
	for _, l := range list {
		switch d := p.idNear(l.ID, id, android); {
		case d == 1:
			return l, Near
		case d == 2 && lookalike.Long(l.ID, lookalike.FarFrom) && best == Unlike:
			best, entry = Far, l
		}
	}
	return entry, best
}

// parts compares the segments of an id with what stands for the brand in the listed ones.
func (p *Pack) parts(list []Listed, segments []string) (Listed, Likeness) {
	best, entry := Unlike, Listed{}
	var asked []string
	for _, l := range list {
		for _, name := range p.brandParts(l.ID) {
			if slices.Contains(asked, name) {
				continue
			}
			asked = append(asked, name)
			for _, segment := range segments {
				if like := partLikeness(name, segment); like > best {
					best, entry = like, l
				}
			}
		}
	}
	return entry, best
}

// partLikeness compares one segment of an id, without keywords around it, with a name.
func partLikeness(name, segment string) Likeness {
	if !lookalike.Long(name, lookalike.FarFrom) {
		return Unlike
	}
	switch d, _ := lookalike.Nearest(segment, name); d {
	case 0, 1:
		return NearPart
	case 2:
		return Far
	}
	return Unlike
}

// brandParts are what stands for the brand in an id: its name, and the segments of a listed id that hold it.
func (p *Pack) brandParts(entry string) []string {
	out := []string{p.Brand}
	for _, segment := range strings.Split(entry, ".") {
		if strings.Contains(lookalike.Shape(segment), lookalike.Shape(p.Brand)) {
			out = append(out, segment)
		}
	}
	return out
}

// idNear counts the edits between a listed id and another. Ids that the pack lists for the other platform are not
// compared, and neither are last segments of up to three letters, which tell products of one maker apart
// (com.google.android.gm and com.google.android.gms).
func (p *Pack) idNear(entry, id string, android bool) int {
	last := entry[strings.LastIndexByte(entry, '.')+1:]
	if !lookalike.Long(entry, lookalike.NearFrom) || len(last) < 4 && !strings.HasSuffix(id, "."+last) {
		return lookalike.TooFar
	}
	d := lookalike.Edits(entry, id)
	if d < lookalike.TooFar && slices.ContainsFunc(p.listed(!android), func(l Listed) bool { return l.ID == id }) {
		return lookalike.TooFar
	}
	return d
}

// keyword reports whether a segment of an id is the brand's name, alone or joined with keywords or with digits.
func (p *Pack) keyword(segment string) bool {
	name := lookalike.Shape(p.Brand)
	if name == "" || !strings.Contains(lookalike.Shape(segment), name) {
		return false
	}
	return slices.Contains(lookalike.Stems(segment, p.Brand), name)
}

// MatchLabel tells whether a name shown to people is the brand's (R9), holds it among other words, or is one
// edit (R4) or two (R5) away from it. Case, separators and blanks between the words never count.
func (p *Pack) MatchLabel(label string) Likeness {
	names := []string{lookalike.Shape(p.Brand), strings.Join(labelWords(p.DisplayName), "")}
	words := labelWords(label)
	whole := strings.Join(words, "")
	if slices.Contains(names, whole) {
		return Label
	}
	for i := range words {
		for j := i + 1; j <= len(words) && j <= i+3; j++ {
			if slices.Contains(names, strings.Join(words[i:j], "")) {
				return Word
			}
		}
	}
	like := Unlike
	for _, name := range []string{p.Brand, p.DisplayName} {
		switch d := min(lookalike.Edits(joined(name), joined(label)), lookalike.Distance(lookalike.Shape(joined(name)), whole)); {
		case d == 1 && lookalike.Long(name, lookalike.NearFrom):
			return NearLabel
		case d == 2 && lookalike.Long(name, lookalike.FarFrom):
			like = Far
		}
	}
	return like
}

// joined is a label without anything but its letters and digits.
func joined(label string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, lookalike.Fold(marks.Replace(label)))
}

// KnownIcon reports whether an icon file is that of a known build of the brand.
func (p *Pack) KnownIcon(sha256 string) bool {
	return sha256 != "" && slices.ContainsFunc(p.Android.Apps, func(a App) bool { return slices.Contains(a.IconSHA256, sha256) })
}

// marks would become letters (™ is tm to NFKC).
var marks = strings.NewReplacer("™", " ", "℠", " ")

// labelWords cuts a label into the skeletons of its words.
func labelWords(label string) []string {
	fields := strings.FieldsFunc(lookalike.Fold(marks.Replace(label)), func(r rune) bool {
		return r != '-' && r != '_' && r != '|' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	var out []string
	for _, f := range fields {
		if s := lookalike.Shape(f); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Pinned returns the pin for a certificate, nil when there is none. sha256 is lower-case hex.
func (l Listed) Pinned(sha256 string) *Signer {
	return l.pin(func(s Signer) bool { return s.SHA256 != "" && string(s.SHA256) == sha256 })
}

// PinnedSHA1 is Pinned for pins that know a SHA-1 alone. A SHA-1 can be forged, so what is said of the match says so.
func (l Listed) PinnedSHA1(sha1 string) *Signer {
	return l.pin(func(s Signer) bool { return s.SHA256 == "" && s.SHA1 != nil && sha1 != "" && string(*s.SHA1) == sha1 })
}

func (l Listed) pin(is func(Signer) bool) *Signer {
	i := slices.IndexFunc(l.Signers, is)
	if i < 0 {
		return nil
	}
	return &l.Signers[i]
}

// Date returns the newest day on which the pin was seen, "" when none is recorded.
func (s Signer) Date() string {
	var newest string
	for _, seen := range s.SeenIn {
		newest = max(newest, seen.Date)
	}
	return newest
}

// CoreDomains lists the brand's own registrable domains.
func (p *Pack) CoreDomains() []string {
	var out []string
	for _, d := range p.Domains.Core {
		out = append(out, d.Domain)
	}
	return out
}

// Own reports whether a registrable domain is the brand's or its group's.
func (p *Pack) Own(domain string) bool {
	is := func(d Domain) bool { return d.Domain == domain }
	return slices.ContainsFunc(p.Domains.Core, is) || slices.ContainsFunc(p.Domains.Family, is)
}

// ReportedExtension returns the entry of an extension id on the public lists.
func (p *Pack) ReportedExtension(id string) (Reported, bool) {
	for _, list := range p.Extensions.Reported {
		for _, e := range list {
			if e.ID == id {
				return e, true
			}
		}
	}
	return Reported{}, false
}

// KnownThirdParty returns the entry of a known product of somebody else.
func (p *Pack) KnownThirdParty(id string) (KnownExtension, bool) {
	i := slices.IndexFunc(p.Extensions.ThirdPartyKnown, func(e KnownExtension) bool { return e.ID == id })
	if i < 0 {
		return KnownExtension{}, false
	}
	return p.Extensions.ThirdPartyKnown[i], true
}

// OfficialExtension returns the entry of an extension of the brand itself.
func (p *Pack) OfficialExtension(id string) (OfficialExtension, bool) {
	i := slices.IndexFunc(p.Extensions.Official, func(e OfficialExtension) bool { return e.ID == id })
	if i < 0 {
		return OfficialExtension{}, false
	}
	return p.Extensions.Official[i], true
}

// ReportedPackage returns the entry of a package on the public lists.
func (p *Pack) ReportedPackage(id string) (Fake, bool) {
	for _, fakes := range p.KnownFakes {
		for _, f := range fakes {
			if f.Package == id {
				return f, true
			}
		}
	}
	return Fake{}, false
}
