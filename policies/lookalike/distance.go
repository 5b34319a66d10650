package lookalike

import (
	"slices"
	"unicode/utf8"
)

// Bounds of rules R4 and R5. A short name has honest neighbours (signal, signals), so that one edit
// counts from six characters on, and two edits, or one in a part of an id only, from eight.
const (
	NearFrom = 6
	FarFrom  = 8
	TooFar   = 3
)

// Distance counts the edits between two texts: characters added, dropped, replaced, or two neighbours
// exchanged (the restricted Damerau-Levenshtein distance). It counts to two; TooFar means more. Its cost
// is bounded by the shorter text, since texts whose lengths differ by more are not compared.
func Distance(a, b string) int { return Within(a, b, TooFar-1) }

// Within is Distance up to most; most+1 means more.
func Within(a, b string, most int) int {
	x, y := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	if max(x, y)-min(x, y) > most {
		return most + 1
	}
	return min(count([]rune(a), []rune(b), most), most+1)
}

func count(a, b []rune, most int) int {
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
		if slices.Min(row) > most {
			return most + 1
		}
		before, last = last, row
	}
	return last[len(b)]
}

// shrinks is by how many characters a shape can be shorter than its text here: separators and pairs of letters that
// look like one. Texts whose lengths differ by more are not near each other, and are not compared letter by letter.
const shrinks = 6

// Edits is the distance of two names as they are written or as they look, whichever is less: an edit can
// make or break a pair of letters that looks like one.
func Edits(a, b string) int {
	x, y := Fold(a), Fold(b)
	if n := len(x) - len(y); IsASCII(x) && IsASCII(y) && max(n, -n) >= TooFar+shrinks {
		return TooFar
	}
	d := Distance(x, y)
	if d > 0 {
		d = min(d, Distance(Shape(a), Shape(b)))
	}
	return d
}

// Long reports whether a name has at least n characters.
func Long(name string, n int) bool { return utf8.RuneCountInString(name) >= n }

// Nearest is the distance of a text from a name, whole or without digits and keywords around it. joined: the
// whole text is farther than what is left of it.
func Nearest(text, name string) (d int, joined bool) {
	d = Edits(text, name)
	for _, stem := range Stems(text, name) {
		if next := Edits(stem, name); next < d {
			d, joined = next, true
		}
	}
	return d, joined
}
