package lookalike

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// keywords are what look-alikes join with a brand's name (R7). Digits do as well.
var keywords = []string{"track", "tracking", "deals", "sale", "coupon", "gift", "login", "pay", "refund", "help", "support", "shop",
	"cn", "ru", "eu", "hd", "lite", "pro", "app", "official"}

// keywordShapes are the keywords as they look, the longest first.
var keywordShapes = func() []string {
	out := make([]string, len(keywords))
	for i, k := range keywords {
		out[i] = Shape(k)
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}()

// IsKeyword reports whether a word is one that look-alikes join with a name.
func IsKeyword(word string) bool { return slices.Contains(keywords, word) }

// HasKeyword reports whether a segment of an id is one of the keywords.
func HasKeyword(id string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToLower(id), "."), func(s string) bool { return slices.Contains(keywords, s) })
}

// maxKeywords is how many keywords are taken off a name.
const maxKeywords = 2

// Stems are the shapes of a name, whole and without digits and keywords around it, that are long enough to
// resemble another name.
func Stems(text, name string) []string {
	const digits = "0123456789"
	shortest := utf8.RuneCountInString(Shape(name)) - TooFar + 1
	longest := shortest + 2*TooFar + maxKeywords*len(keywordShapes[0])
	var out []string
	var strip func(shape string, left int)
	strip = func(shape string, left int) {
		if n := utf8.RuneCountInString(shape); n < shortest || n > longest || slices.Contains(out, shape) {
			return
		}
		out = append(out, shape)
		if left == 0 {
			return
		}
		for _, k := range keywordShapes {
			if rest, ok := strings.CutPrefix(shape, k); ok {
				strip(rest, left-1)
			}
			if rest, ok := strings.CutSuffix(shape, k); ok {
				strip(rest, left-1)
			}
		}
	}
	for _, form := range []string{text, strings.TrimLeft(text, digits), strings.TrimRight(text, digits), strings.Trim(text, digits)} {
		strip(Shape(form), maxKeywords)
	}
	return out
}
