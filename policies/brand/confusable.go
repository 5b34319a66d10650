package brand

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

// fold lowers the text, maps compatibility forms (NFKC) and drops code points that are not seen.
func fold(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Mn, unicode.Variation_Selector) || r == '\u115f' || r == '\u1160' || r == '\u3164' {
			return -1
		}
		return r
	}, s)
}

// skeleton is the one form of all texts that look alike, separators inside words dropped. Two texts
// look alike when their skeletons are equal.
func skeleton(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' {
			return -1
		}
		if to, ok := confusables[r]; ok {
			return to
		}
		return r
	}, fold(s))
	return digraphs.Replace(s)
}
