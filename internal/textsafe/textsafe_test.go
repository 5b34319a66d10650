package textsafe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"appraise/internal/limits"

	"github.com/clipperhouse/displaywidth"
)

const family = "👨\u200d👩\u200d👧\u200d👦"

// The strings of the Terminal and Unicode groups, and the ways around the rules.
func TestS14_Line(t *testing.T) {
	tests := []struct {
		name, in, want string
	}{
		{"clear screen, set title", "evil\x1b[2J\x1b]0;pwn\x07", `evil\x1b[2J\x1b]0;pwn\a`},
		{"hyperlink", "\x1b]8;;http://x\x07name\x1b]8;;\x07", `\x1b]8;;http://x\aname\x1b]8;;\a`},
		{"clipboard", "\x1b]52;c;aGk=\x07", `\x1b]52;c;aGk=\a`},
		{"one-rune CSI", "\u009b2J", `\x9b2J`},
		{"termcap query", "\x1bP+q\x1b\\", `\x1bP+q\x1b\\`},
		{"carriage return", "HIGH\rLOW ", `HIGH\rLOW `},
		{"backspaces", "ok\b\b", `ok\b\b`},
		{"NUL", "a\x00b", `a\x00b`},
		{"newline", "multi\nline", `multi\nline`},
		{"colour", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"other controls", "\a\v\f\x7f", `\a\v\f\x7f`},
		{"tab", "a\tb", `a\tb`},
		{"next line", "a\u0085b", `a\x85b`},

		{"right to left", "rtl\u202Egnp.exe\u202C", `rtl\u202egnp.exe\u202c`},
		{"isolates", "\u2066x\u2069", `\u2066x\u2069`},
		{"bidi marks", "\u061c\u200e\u200f", `\u061c\u200e\u200f`},
		{"zero width space", "Ali\u200bExpress", `Ali\u200bExpress`},
		{"byte order mark", "\ufeffAliExpress", `\ufeffAliExpress`},
		{"soft hyphen", "AliE\u00adxpress", `AliE\u00adxpress`},
		{"Cyrillic stays", "АliЕxpress", "АliЕxpress"},
		{"marks", "e" + strings.Repeat("\u0301", 500), "e" + strings.Repeat("\u0301", 4) + "…"},
		{"four marks", "e\u0301\u0302\u0303\u0304x", "e\u0301\u0302\u0303\u0304x"},
		{"mixed marks, then text", "e" + strings.Repeat("\u0301\u20dd", 9) + "x", "e\u0301\u20dd\u0301\u20dd…x"},
		{"no UTF-8", "\xff\xfe\xc0\xaf", `\xff\xfe\xc0\xaf`},
		{"encoded surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"noncharacters", "\ufffe\uffff", `\u{fffe}\u{ffff}`},
		{"tag", "\U000E0041", `\u{e0041}`},
		{"private use", "\ue000\U000f0000", `\u{e000}\u{f0000}`},
		{"unassigned", "\u0378", `\u{378}`},
		{"separators", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"fillers", "\u115f\u1160\u3164\uffa0\u17b4\u180e\u034f", `\u115f\u1160\u3164\uffa0\u17b4\u180e\u034f`},
		{"CJK", "日本語", "日本語"},
		{"replacement character", "\ufffd", "\ufffd"},
		{"long", strings.Repeat("A", 10_000), strings.Repeat("A", limits.CellRunes-1) + "…"},
		{"empty", "", ""},
		{"blank", " ", " "},

		{"forged escape", `\x1b`, `\\x1b`},
		{"family", family, family},
		{"heart", "\u2764\ufe0f", "\u2764\ufe0f"},
		{"skin tone", "👍🏽", "👍🏽"},
		{"keycap", "1\ufe0f\u20e3", "1\ufe0f\u20e3"},
		{"flag", "🇩🇪", "🇩🇪"},
		{"rainbow flag", "🏳\ufe0f\u200d🌈", "🏳\ufe0f\u200d🌈"},
		{"joiner between letters", "a\u200db", `a\u200db`},
		{"joiner after emoji", "👩\u200d", `👩\u200d`},
		{"joiner before emoji", "\u200d👩", `\u200d👩`},
		{"two joiners", "👩\u200d\u200d👧", `👩\u200d\u200d👧`},
		{"selector after a letter", "a\ufe0f", `a\ufe0f`},
		{"selector after a digit", "1\ufe0f2", `1\ufe0f2`},
		{"two selectors", "\u2764\ufe0f\ufe0f", "\u2764\ufe0f" + `\ufe0f`},
		{"text selector", "\u2764\ufe0e", "\u2764" + `\ufe0e`},
		{"tags of a flag", "🏴\U000e0067\U000e007f", `🏴\u{e0067}\u{e007f}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Line(tt.in); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if got, want := Message(tt.in), strings.ReplaceAll(tt.want, `\n`, "\n"); tt.name != "long" && got != want {
				t.Errorf("Message: got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestLineMax(t *testing.T) {
	tests := []struct {
		name, in string
		runes    int
		want     string
	}{
		{"fits", "abc", 3, "abc"},
		{"one over", "abcd", 3, "ab…"},
		{"escape not cut", "ab\x1bcd", 5, "ab…"},
		{"escape at the end", "ab\x1b", 6, `ab\x1b`},
		{"escape then more", "a\x1bb", 5, `a…`},
		{"escape and room for the ellipsis", "a\x1bbb", 6, `a\x1b…`},
		{"emoji not cut", "ab" + family, 8, "ab…"},
		{"emoji fits", "ab" + family, 9, "ab" + family},
		{"one", "ab", 1, "…"},
		{"none", "ab", 0, ""},
		{"none of none", "", 0, ""},
		{"negative", "ab", -1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := LineMax(tt.in, tt.runes); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestS14_MessageLimit(t *testing.T) {
	at := strings.Repeat("é\n", limits.MessageBytes/3) + "x"
	if got := Message(at); got != at {
		t.Errorf("at the limit: got %d bytes of %d", len(got), len(at))
	}
	got := Message(at + "x")
	if len(got) > limits.MessageBytes || !strings.HasSuffix(got, "…") || !strings.HasPrefix(at, strings.TrimSuffix(got, "…")) {
		t.Errorf("past the limit: got %d bytes", len(got))
	}
}

// unsafeRune tells what may never come out, whatever goes in. Ranges are given by property here and by
// number in the package, so that one checks the other.
func unsafeRune(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp, unicode.Bidi_Control,
		unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point) ||
		unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r) ||
		!unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs, unicode.Cf)
}

// Every code point alone; those of the first two planes also between letters, after an emoji and before one.
func TestS14_EveryCodePoint(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		c := string(r)
		if r >= 0xd800 && r <= 0xdfff {
			c = string([]byte{0xe0 | byte(r>>12), 0x80 | byte(r>>6)&0x3f, 0x80 | byte(r)&0x3f})
		}
		contexts := []string{c, "a" + c + "b", "❤" + c, c + "❤", "👩\u200d" + c, "👩" + c + "👩"}
		if r >= 0x20000 {
			contexts = contexts[:1] // no emoji there
		}
		for _, in := range contexts {
			if bad := checkSafe(in, Line(in)); bad != "" {
				t.Fatalf("%U in %q: %s in %q", r, in, bad, Line(in))
			}
		}
	}
}

// checkSafe says what is wrong with out, the safe line of in.
func checkSafe(in, out string) string {
	if !utf8.ValidString(out) {
		return "invalid UTF-8"
	}
	for i, r := range out {
		if !unsafeRune(r) {
			continue
		}
		before, after := out[:i], out[i+utf8.RuneLen(r):]
		switch {
		case r == 0x200d && endsInSymbol(before) && startsWithSymbol(after):
		case r == 0xfe0f && (endsInSymbol(before) || strings.HasPrefix(after, "\u20e3")):
		default:
			return strings.ToUpper(string(r))
		}
	}
	return ""
}

func endsInSymbol(s string) bool {
	s = strings.TrimSuffix(s, "\ufe0f")
	r, _ := utf8.DecodeLastRuneInString(s)
	return symbol(r)
}

func startsWithSymbol(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return symbol(r)
}

func symbol(r rune) bool {
	return unicode.In(r, unicode.S, unicode.P, unicode.No) && r >= 0x80 || r == 'ℹ'
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{"", "a\x1b[2J", family, "1\ufe0f\u20e3", "e\u0301\u0301\u0301\u0301\u0301\u0301", "\xff\u202e", strings.Repeat("日", 600)} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, runes int) {
		got := LineMax(s, runes)
		if bad := checkSafe(s, got); bad != "" {
			t.Errorf("%s in %q", bad, got)
		}
		if n := utf8.RuneCountInString(got); n > max(runes, 0) {
			t.Errorf("got %d runes, want %d at most", n, runes)
		}
		if bad := checkSafe(s, strings.ReplaceAll(Message(s), "\n", "")); bad != "" {
			t.Errorf("%s in Message(%q)", bad, s)
		}
		if Width(got) > 2*utf8.RuneCountInString(got) {
			t.Errorf("width %d of %q", Width(got), got)
		}
	})
}

func TestWidth(t *testing.T) {
	tests := []struct {
		in   string
		want int
	}{
		{"", 0}, {"abc", 3}, {"日本語", 6}, {"ｆｕｌｌ", 8}, {"e\u0301\u0302", 1}, {"한국", 4}, {"Ünïcödé", 7},
		{"👍", 2}, {"👍🏽", 2}, {family, 2}, {"\u2764\ufe0f", 2}, {"\u2764", 1}, {"1\ufe0f\u20e3", 2}, {"🇩🇪", 2}, {"…", 1}, {`\u202e`, 6},
	}
	for _, tt := range tests {
		if got := Width(tt.in); got != tt.want {
			t.Errorf("%q: got %d, want %d", tt.in, got, tt.want)
		}
	}
}

// The table is approximate; it may differ from the library that lays out tables in rare characters only.
func TestWidthAgainstDisplaywidth(t *testing.T) {
	differ, all := 0, 0
	for r := rune(' '); r <= 0x3ffff; r++ {
		if unsafeRune(r) {
			continue
		}
		all++
		if Width(string(r)) != displaywidth.String(string(r)) {
			differ++
		}
	}
	t.Logf("%d of %d characters differ", differ, all)
	if differ > all/100 {
		t.Errorf("%d of %d characters differ", differ, all)
	}
}

func BenchmarkLine(b *testing.B) {
	for _, s := range []string{"com.example.shopping.app", strings.Repeat("日本語 text ", 100)} {
		b.Run(s[:6], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Line(s)
			}
		})
	}
}
