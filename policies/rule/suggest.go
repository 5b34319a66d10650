package rule

import (
	"fmt"
	"strings"

	"appraise/policies/lookalike"
)

// maxSuggest bounds the words for which a suggestion is sought, in bytes.
const maxSuggest = 100

// Suggest returns the known word nearest to got, or "" when none is near: at most one edit in three
// characters, and never a word that shares nothing with it. Words equally near: the first.
func Suggest(got string, known []string) string {
	best, word := len(got)/3+1, ""
	if len(got) > maxSuggest {
		return ""
	}
	for _, k := range known {
		if d := lookalike.Within(got, k, best); d <= best && d < len(got) && (word == "" || d < best) {
			best, word = d, k
		}
	}
	return word
}

// Unknown is the error about a word outside a closed list: where it stands, what it is, and which one was
// probably meant.
func Unknown(where, what, got string, known []string) error {
	if near := Suggest(got, known); near != "" {
		return fmt.Errorf("%s: unknown %s %q: did you mean %s?", where, what, got, near)
	}
	return fmt.Errorf("%s: unknown %s %q: write one of %s", where, what, got, strings.Join(known, ", "))
}
