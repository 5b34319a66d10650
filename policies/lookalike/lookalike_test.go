package lookalike_test

import (
	"strings"
	"testing"

	"appraise/policies/lookalike"
)

func TestSpellingOf(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       lookalike.Spelling
	}{
		{"plain", "AliExpress", lookalike.Spelling{}},
		{"accents", "Café São Paulo", lookalike.Spelling{}},
		{"one alphabet", "Алиэкспресс", lookalike.Spelling{}},
		{"two words of two alphabets", "AliExpress Россия", lookalike.Spelling{}},
		{"Japanese with Latin", "LINEマンガ", lookalike.Spelling{}},
		{"Korean with Latin", "KB국민은행", lookalike.Spelling{}},
		{"Cyrillic in Latin", "\u0410liExpress", lookalike.Spelling{Mixed: true}},
		{"Greek in Latin", "Ali\u03b5xpress", lookalike.Spelling{Mixed: true}},
		{"zero-width space", "Ali\u200bExpress", lookalike.Spelling{Invisible: true}},
		{"Hangul filler", "Ali\u3164", lookalike.Spelling{Invisible: true}},
		{"full width", "\uff21liExpress", lookalike.Spelling{Unusual: true}},
	} {
		if got := lookalike.SpellingOf(tt.text); got != tt.want {
			t.Errorf("%s: got %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"aliexpress", "aliexpress", 0},
		{"aliexpress", "AliExpress", 0},
		{"aliexpress", "a1iexpre55", 0},
		{"aliexpress", "ali-ex_press", 0},
		{"aliexpress", "aliexpres", 1},
		{"aliexpress", "ailexpress", 0}, // exchanged letters that look alike
		{"aliexpress", "aliexrpess", 1},
		{"aliexpress", "aliexprnss", 1}, // r and n look like m, and are one edit as well
		{"aliexpress", "alipress", 2},
		{"aliexpress", "aliexpert", 3},
		{"aliexpress", "express", 3},
		{"aliexpress", "", 3},
		{"aliexpress", strings.Repeat("aliexpress", 100_000), 3},
	} {
		if got := lookalike.Edits(tt.a, tt.b); got != tt.want {
			t.Errorf("Edits(%q, %.20q): got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, tt := range []struct {
		text   string
		want   int
		joined bool
	}{
		{"aliexpress", 0, false},
		{"aliexpress24", 0, true},
		{"trackaliexpress", 0, true},
		{"aliexpress-track-login", 0, true},
		{"aliexpres-deals", 1, true},
		{"alipresspro", 2, true},
		{"express", 3, false},
	} {
		if got, joined := lookalike.Nearest(tt.text, "aliexpress"); got != tt.want || joined != tt.joined {
			t.Errorf("Nearest(%q): got %d, %v, want %d, %v", tt.text, got, joined, tt.want, tt.joined)
		}
	}
}

func FuzzEdits(f *testing.F) {
	f.Add("aliexpress", "a1iexpre55")
	f.Add("rnvv\u0301", "\xff\u202e")
	f.Fuzz(func(t *testing.T, a, b string) {
		there, back := lookalike.Edits(a, b), lookalike.Edits(b, a)
		if there != back || there < 0 || there > lookalike.TooFar {
			t.Errorf("%q and %q: %d there, %d back", a, b, there, back)
		}
		if a == b && there != 0 {
			t.Errorf("%q is %d away from itself", a, there)
		}
		lookalike.SpellingOf(a)
		lookalike.Stems(a, b)
	})
}
