package rule

import (
	"fmt"
	"strings"
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
		if d := distance([]rune(got), []rune(k)); d <= best && d < len(got) && (word == "" || d < best) {
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

// distance is the Damerau-Levenshtein distance in its restricted form (optimal string alignment):
// insertions, deletions, replacements and exchanges of two neighbours count one each.
func distance(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
