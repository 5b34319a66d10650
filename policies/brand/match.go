package brand

import (
	"slices"
	"strings"
	"unicode"
)

// Likeness says how a name stands to a pack. R1 to R9 number the rules for
// look-alikes; those for edit distance and for hosts (R4 to R6, R8) have no code yet.
type Likeness uint8

// The likenesses.
const (
	Unlike   Likeness = iota
	Word              // a label holds the brand's name among other words: unaffiliated, no look-alike
	Label             // R9: the whole label is the brand's name, or looks like it
	Keyword           // R7: the brand's name, alone or joined with a keyword, is a segment of the id
	Shape             // R3: the id looks like a listed one and is spelled otherwise
	CaseOnly          // R2: the id differs from a listed one in case only
	Exact             // R1: the id is listed
)

// Listed is one app of a pack on either platform.
type Listed struct {
	ID      string
	Name    string
	Role    string
	Signers []Signer // Android
	Android bool
}

// Family reports whether the entry is another product of the brand's group.
func (l Listed) Family() bool { return l.Role == "family" }

// listed returns the apps of a platform.
func (p *Pack) listed(android bool) []Listed {
	var out []Listed
	if android {
		for _, a := range p.Android.Apps {
			out = append(out, Listed{ID: a.Package, Name: a.Name, Role: a.Role, Signers: a.Signers, Android: true})
		}
		return out
	}
	for _, b := range p.IOS.Apps {
		out = append(out, Listed{ID: b.BundleID, Name: b.Name, Role: b.Role})
	}
	return out
}

// App finds a package name or bundle id in the pack by rules R1, R2, R3 and R7, in that order. The entry
// is the one that the id equals or resembles; it is empty for R7, which needs none.
func (p *Pack) App(id string, android bool) (Listed, Likeness) {
	list, shape := p.listed(android), skeleton(id)
	for _, rule := range []struct {
		like  Likeness
		holds func(entry string) bool
	}{
		{Exact, func(entry string) bool { return entry == id }},
		{CaseOnly, func(entry string) bool { return strings.EqualFold(entry, id) && isASCII(id) }},
		{Shape, func(entry string) bool { return skeleton(entry) == shape }},
	} {
		if i := slices.IndexFunc(list, func(l Listed) bool { return rule.holds(l.ID) }); i >= 0 {
			return list[i], rule.like
		}
	}
	if slices.ContainsFunc(strings.Split(id, "."), p.keyword) {
		return Listed{}, Keyword
	}
	return Listed{}, Unlike
}

// isASCII keeps R2 to plain letters: EqualFold takes the Kelvin sign for a k, and that is R3.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// keywords are what look-alikes join with a brand's name (R7). Digits do as well.
var keywords = []string{"track", "tracking", "deals", "sale", "coupon", "gift", "login", "pay", "refund", "help", "support", "shop",
	"cn", "ru", "eu", "hd", "lite", "pro", "app", "official"}

// keyword reports whether a segment of an id is the brand's name, alone or joined with one keyword or with digits.
func (p *Pack) keyword(segment string) bool {
	name, got := skeleton(p.Brand), skeleton(segment)
	if !strings.Contains(got, name) {
		return false
	}
	if got == name || skeleton(strings.TrimLeft(segment, "0123456789")) == name || skeleton(strings.TrimRight(segment, "0123456789")) == name {
		return true
	}
	return slices.ContainsFunc(keywords, func(k string) bool { return got == skeleton(name+k) || got == skeleton(k+name) })
}

// MatchLabel tells whether a name shown to people is the brand's (R9) or holds it among other words.
// Case, separators and blanks between the words never count.
func (p *Pack) MatchLabel(label string) Likeness {
	names := []string{skeleton(p.Brand), strings.Join(labelWords(p.DisplayName), "")}
	words := labelWords(label)
	if slices.Contains(names, strings.Join(words, "")) {
		return Label
	}
	for i := range words {
		for j := i + 1; j <= len(words) && j <= i+3; j++ {
			if slices.Contains(names, strings.Join(words[i:j], "")) {
				return Word
			}
		}
	}
	return Unlike
}

// marks would become letters (™ is tm to NFKC).
var marks = strings.NewReplacer("™", " ", "℠", " ")

// labelWords cuts a label into the skeletons of its words.
func labelWords(label string) []string {
	fields := strings.FieldsFunc(fold(marks.Replace(label)), func(r rune) bool {
		return r != '-' && r != '_' && r != '|' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	var out []string
	for _, f := range fields {
		if s := skeleton(f); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Pinned returns the pin for a certificate, nil when there is none. sha256 is lower-case hex.
func (l Listed) Pinned(sha256 string) *Signer {
	for i := range l.Signers {
		if l.Signers[i].SHA256 == sha256 {
			return &l.Signers[i]
		}
	}
	return nil
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
