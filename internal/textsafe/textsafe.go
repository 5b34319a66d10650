package textsafe

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"appraise/internal/limits"
)

const (
	ellipsis = "…"
	maxMarks = 4 // combining marks kept in a row
)

// Line returns s as one safe line of at most limits.CellRunes runes, the last one "…" where it was cut.
func Line(s string) string { return LineMax(s, limits.CellRunes) }

// LineMax is Line with a limit of its own. No escape and no emoji is cut in two.
func LineMax(s string, runes int) string {
	w := writer{max: runes, cost: utf8.RuneCountInString}
	w.text(s)
	return string(w.out)
}

// Message returns s as safe lines: "\n" stays a line break. At most limits.MessageBytes bytes, with "…"
// at the end where it was cut.
func Message(s string) string {
	w := writer{max: limits.MessageBytes, cost: func(s string) int { return len(s) }, multiline: true}
	w.text(s)
	return string(w.out)
}

// writer collects safe units up to its limit.
type writer struct {
	out       []byte
	keep      int // length of out after which an ellipsis still fits
	used, max int // by cost
	cost      func(string) int
	multiline bool
}

func (w *writer) text(s string) {
	marks := 0
	for len(s) > 0 {
		n := emoji(s)
		unit := s[:n]
		if n == 0 {
			unit, n = w.next(s)
		}
		if r, _ := utf8.DecodeRuneInString(unit); unicode.Is(unicode.M, r) {
			marks++
		} else {
			marks = 0
		}
		s = s[n:]
		if marks > maxMarks+1 {
			continue
		}
		if marks == maxMarks+1 {
			unit = ellipsis
		}
		if !w.put(unit) {
			return
		}
	}
}

// put appends unit, or ends the text where it doesn't fit.
func (w *writer) put(unit string) bool {
	if w.used+w.cost(unit) > w.max {
		w.out = w.out[:w.keep]
		if w.cost(ellipsis) <= w.max {
			w.out = append(w.out, ellipsis...)
		}
		return false
	}
	w.out = append(w.out, unit...)
	w.used += w.cost(unit)
	if w.used+w.cost(ellipsis) <= w.max {
		w.keep = len(w.out)
	}
	return true
}

// next returns the safe form of the rune or byte that s starts with, and its length in s.
func (w *writer) next(s string) (string, int) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		return fmt.Sprintf(`\x%02x`, s[0]), 1
	case r == '\n' && w.multiline:
		return "\n", 1
	}
	return escape(r, s[:n]), n
}

// escape returns the safe form of r, whose UTF-8 is raw.
func escape(r rune, raw string) string {
	switch {
	case r == '\\':
		return `\\`
	case ' ' <= r && r < 0x7f:
		return raw
	case '\a' <= r && r <= '\r':
		return `\` + "abtnvfr"[r-'\a':][:1] // \a to \r in the order of their codes
	case unicode.IsControl(r):
		return fmt.Sprintf(`\x%02x`, r)
	case unicode.Is(hidden, r) && r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	case unicode.Is(hidden, r) || !shown(r):
		return fmt.Sprintf(`\u{%x}`, r)
	}
	return raw
}

// Raw reports whether r may reach a terminal as it is: it is neither a control nor a character that
// reorders, breaks or hides text. Encoders with escapes of their own use it instead of Line.
func Raw(r rune) bool { return !unicode.IsControl(r) && !unicode.Is(hidden, r) && shown(r) }

// shown reports whether r has a form of its own: letters, marks, numbers, punctuation, symbols, spaces,
// and the format characters that are drawn.
func shown(r rune) bool {
	return unicode.IsGraphic(r) || unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// hidden are the characters that reorder text, break lines or can't be seen. U+200D and U+FE0F are
// among them: they are shown as escapes outside emoji sequences.
var hidden = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00ad, Hi: 0x00ad, Stride: 1}, // soft hyphen
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, // grapheme joiner
		{Lo: 0x061c, Hi: 0x061c, Stride: 1}, // bidi
		{Lo: 0x115f, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, // Mongolian selectors
		{Lo: 0x200b, Hi: 0x200f, Stride: 1}, // zero width, bidi
		{Lo: 0x2028, Hi: 0x202e, Stride: 1}, // separators, bidi
		{Lo: 0x2060, Hi: 0x206f, Stride: 1}, // invisible operators, bidi
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}, // variation selectors
		{Lo: 0xfeff, Hi: 0xfeff, Stride: 1}, // byte order mark
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, // halfwidth Hangul filler
	},
	R32: []unicode.Range32{
		{Lo: 0xe0000, Hi: 0xe0fff, Stride: 1}, // tags, more variation selectors
	},
	LatinOffset: 1,
}

// Emoji sequence parts (UTS #51, 1.4).
const (
	joiner       = "\u200d"
	presentation = "\ufe0f"
	keycap       = "\ufe0f\u20e3"
)

// emoji returns the length of the emoji sequence that s starts with, 0 where there is none: elements
// with an optional presentation selector or skin tone, joined by U+200D, or a keycap.
func emoji(s string) int {
	n := element(s)
	for n > 0 && strings.HasPrefix(s[n:], joiner) {
		next := element(s[n+len(joiner):])
		if next == 0 {
			break
		}
		n += len(joiner) + next
	}
	return n
}

func element(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r < utf8.RuneSelf:
		if strings.ContainsRune("0123456789#*", r) && strings.HasPrefix(s[n:], keycap) {
			return n + len(keycap)
		}
		return 0
	case !unicode.Is(pictographs, r) || !unicode.IsGraphic(r):
		return 0
	}
	if strings.HasPrefix(s[n:], presentation) {
		return n + len(presentation)
	}
	if tone, size := utf8.DecodeRuneInString(s[n:]); unicode.Is(skinTones, tone) {
		return n + size
	}
	return n
}

// pictographs are the blocks that hold emoji, wider than the property Extended_Pictographic where a
// block has little else.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00a9, Hi: 0x00a9, Stride: 1},
		{Lo: 0x00ae, Hi: 0x00ae, Stride: 1},
		{Lo: 0x203c, Hi: 0x203c, Stride: 1},
		{Lo: 0x2049, Hi: 0x2049, Stride: 1},
		{Lo: 0x2122, Hi: 0x2122, Stride: 1},
		{Lo: 0x2139, Hi: 0x2139, Stride: 1},
		{Lo: 0x2190, Hi: 0x21ff, Stride: 1}, // arrows
		{Lo: 0x2300, Hi: 0x23ff, Stride: 1}, // technical
		{Lo: 0x24c2, Hi: 0x24c2, Stride: 1},
		{Lo: 0x25a0, Hi: 0x27bf, Stride: 1}, // shapes, symbols, dingbats
		{Lo: 0x2934, Hi: 0x2935, Stride: 1},
		{Lo: 0x2b00, Hi: 0x2bff, Stride: 1}, // arrows, stars
		{Lo: 0x3030, Hi: 0x3030, Stride: 1},
		{Lo: 0x303d, Hi: 0x303d, Stride: 1},
		{Lo: 0x3297, Hi: 0x3297, Stride: 1},
		{Lo: 0x3299, Hi: 0x3299, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f000, Hi: 0x1faff, Stride: 1},
	},
	LatinOffset: 2,
}

var skinTones = &unicode.RangeTable{R32: []unicode.Range32{{Lo: 0x1f3fb, Hi: 0x1f3ff, Stride: 1}}}
