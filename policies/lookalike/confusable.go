package lookalike

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// confusables maps letters that look like a Latin letter or like another Latin letter to one form. The
// table is small, reviewed by hand and partial: it holds what is drawn alike in common fonts, lower
// case only. Full-width and mathematical letters need no row; NFKC maps them.
var confusables = map[rune]rune{
	// Latin and digits among themselves
	'0': 'o', '1': 'l', 'i': 'l', '|': 'l', '5': 's', '3': 'e', 'ı': 'l', 'ɩ': 'l', 'ɑ': 'a', 'ɡ': 'g', 'ƽ': 's',
	// Cyrillic
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'і': 'l', 'ј': 'j', 'ѕ': 's',
	'ԁ': 'd', 'һ': 'h', 'ӏ': 'l', 'ԛ': 'q', 'ԝ': 'w', 'ѵ': 'v', 'к': 'k', 'ь': 'b',
	// Greek
	'ο': 'o', 'α': 'a', 'ν': 'v', 'ρ': 'p', 'ι': 'l', 'κ': 'k', 'χ': 'x', 'υ': 'u', 'γ': 'y', 'ϲ': 'c', 'ϳ': 'j',
	// Armenian
	'օ': 'o', 'ս': 'u', 'հ': 'h', 'ց': 'g', 'զ': 'q',
}

// digraphs are two letters that look like one.
var digraphs = strings.NewReplacer("rn", "m", "vv", "w")

// Fold lowers the text, maps compatibility forms (NFKC) and drops code points that are not seen.
func Fold(s string) string {
	if IsASCII(s) && !strings.ContainsFunc(s, unicode.IsControl) {
		return strings.ToLower(s)
	}
	s = strings.ToLower(norm.NFKC.String(s))
	return strings.Map(func(r rune) rune {
		if unseen(r) || unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
}

// Shape is the one form of all texts that look alike, separators inside words dropped. Two texts
// look alike when their shapes are equal.
func Shape(s string) string {
	s = strings.Map(letter, Fold(s))
	if strings.Contains(s, "rn") || strings.Contains(s, "vv") {
		return digraphs.Replace(s)
	}
	return s
}

// letter is the form of one letter; a separator has none. The letters that have no look-alike row are the rule.
func letter(r rune) rune {
	switch {
	case r == '-' || r == '_':
		return -1
	case r == '.' || r == 'i' || r < '0' || r > '9' && r < '|':
		if r == 'i' {
			return 'l'
		}
		return r
	}
	if to, ok := confusables[r]; ok {
		return to
	}
	return r
}

// Spelling tells how a name is written, apart from what it is like. Each is a remark, no verdict.
type Spelling struct {
	Invisible bool // it holds code points that are not seen
	Mixed     bool // a word of it mixes letters of several alphabets
	Unusual   bool // it holds compatibility forms, such as full-width letters, or another dot than "."
}

// Odd reports whether anything is remarkable.
func (s Spelling) Odd() bool { return s != Spelling{} }

// SpellingOf looks at a name as it stands.
func SpellingOf(name string) Spelling {
	s := Spelling{Invisible: strings.ContainsFunc(name, unseen), Unusual: strings.ContainsFunc(name, compatibility)}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unseen(r) }) {
		s.Mixed = s.Mixed || mixed(word)
	}
	return s
}

// unseen reports code points that leave no mark of their own. An accent is seen: it is dropped for
// comparing only.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector) || r == '\u115f' || r == '\u1160' || r == '\u3164'
}

// compatibility reports letters, digits and dots that stand for ordinary ones.
func compatibility(r rune) bool {
	return strings.ContainsRune(dots, r) || r > unicode.MaxASCII && unicode.In(r, fullWidth, unicode.Other_Math) && norm.NFKC.String(string(r)) != string(r)
}

// dots are what IDNA takes for a dot (UTS #46, section 4.5).
const dots = "\u3002\uff0e\uff61"

// fullWidth are the full-width forms of ASCII.
var fullWidth = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0xff01, Hi: 0xff5e, Stride: 1}}}

// alphabets are those whose letters are drawn alike. Chinese, Japanese and Korean texts mix their scripts
// with Latin words, so they are not among these (UTS #39, section 5.2).
var alphabets = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee, unicode.Coptic, unicode.Lisu}

func mixed(word string) bool {
	var first *unicode.RangeTable
	for _, r := range norm.NFKC.String(word) {
		for _, a := range alphabets {
			if !unicode.Is(a, r) {
				continue
			}
			if first != nil && first != a {
				return true
			}
			first = a
		}
	}
	return false
}

// IsASCII reports whether a text holds plain letters and signs only.
func IsASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
