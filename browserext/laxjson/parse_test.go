package laxjson

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"appraise/internal/limits"
)

func TestParseJSONAsBrowsersDo(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // of the member "a"
		lenient    bool
	}{
		{"strict", `{"a": "x"}`, "x", false},
		{"byte order mark", "\ufeff{\"a\": \"x\"}", "x", false},
		{"line comment", "// \"a\": \"no\"\n{\"a\": \"x\"} // end", "x", true},
		{"block comment", `{/* "a": "no" */ "a" /**/ : /* { */ "x"}`, "x", true},
		{"comment ends at a carriage return", "{//\r\"a\": \"x\"}", "x", true},
		{"trailing comma", `{"a": "x",}`, "x", true},
		{"slashes in a string", `{"a": "http://x//y/*z*/"}`, "http://x//y/*z*/", false},
		{"escaped quote", `{"a": "\"// x"}`, `"// x`, false},
		{"control characters", "{\"a\": \"x\ny\x00\\tz\x1b\"}", "x\ny\x00\tz\x1b", true},
		{"last one wins", `{"a": "first", "b": 1, "a": "x"}`, "x", false},
		{"exact names", `{"a": "x", "A": "no"}`, "x", false},
		{"exact names, other order", `{"A": "no", "a": "x"}`, "x", false},
		{"escaped name", `{"\u0061": "x"}`, "x", false},
		{"lone surrogate", `{"a": "x\ud800"}`, "x\ufffd", false},
		{"invalid UTF-8", "{\"a\": \"x\xff\"}", "x\ufffd", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := Parse([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			got, _ := doc.Root.Get("a")
			if got.Text != test.want || got.Kind != String {
				t.Errorf("got %s %q, want %q", got.Kind, got.Text, test.want)
			}
			if doc.Lenient != test.lenient {
				t.Errorf("lenient: got %v, want %v", doc.Lenient, test.lenient)
			}
			if test.text[got.Offset] != '"' {
				t.Errorf("offset %d is not where the value starts", got.Offset)
			}
		})
	}
}

func TestParseJSONRefuses(t *testing.T) {
	tests := []struct {
		name, text string
		offset     int
	}{
		{"nothing", " \n", 3},
		{"bare name", `{a: 1}`, 1},
		{"single quotes", "{\"b\": 1,\n\"a\": 'x'}", 14},
		{"two values", `{} {}`, 3},
		{"text behind", `{}x`, 2},
		{"open comment", `{} /* `, 3},
		{"open string", `{"a": "x`, 9},
		{"open list", `[1, 2`, 6},
		{"leading zero", `[01]`, 1},
		{"two commas", `[1,,2]`, 3},
		{"hash comment", "# x\n{}", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.text))
			var format *FormatError
			if !errors.As(err, &format) || format.Limit {
				t.Fatalf("got %v, want a format error", err)
			}
			if format.Offset != int64(test.offset) {
				t.Errorf("offset: got %d, want %d", format.Offset, test.offset)
			}
		})
	}
}

// Each bomb stops at its limit without being parsed, and one step before the limit is read.
func TestS06_Bombs(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	pad := func(n int) string { return "{" + strings.Repeat(" ", n-2) + "}" }
	tests := []struct {
		name, text string
		limit      bool
	}{
		{"100 deep", nested(limits.JSONDepth), false},
		{"101 deep", nested(limits.JSONDepth + 1), true},
		{"101 deep objects", strings.Repeat(`{"a":`, 101) + "1" + strings.Repeat("}", 101), true},
		{"200,000 brackets", strings.Repeat("[", 200_000), true},
		{"4 MiB", pad(limits.JSONBytes), false},
		{"4 MiB and 1", pad(limits.JSONBytes + 1), true},
		{"values at the limit", "[" + strings.Repeat("1,", limits.JSONNodes-2) + "1]", false},
		{"one value more", "[" + strings.Repeat("1,", limits.JSONNodes-1) + "1]", true},
		{"empty lists", "[" + strings.Repeat("[],", limits.JSONNodes) + "[]]", true},
		{"brackets in a string", `["` + strings.Repeat("[", 200_000) + `"]`, false},
		{"brackets in a comment", "[] //" + strings.Repeat("[", 200_000), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.text))
			var format *FormatError
			if got := errors.As(err, &format) && format.Limit; got != test.limit || !test.limit && err != nil {
				t.Errorf("got %v, want a limit: %v", err, test.limit)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	p := Places{File: "f", Text: []byte("ab\ncd\r\n\nx")}
	for _, test := range []struct{ offset, line, column int }{{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {7, 3, 1}, {8, 4, 1}, {9, 4, 2}, {4, 2, 2}} {
		e := p.At(test.offset, "x")
		if got, want := fmt.Sprint(e.Line, e.Column, e.Offset), fmt.Sprint(test.line, test.column, test.offset); got != want {
			t.Errorf("offset %d: got %s, want %s", test.offset, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"\ufeff{\"a\": [1, true, null, \"x\\u0041\"], \"a\": {}}", "// c\r{\"a\":\"\x00\x01\",}/* */", "[[],[{}]]", "\"\\", "{\"a\"", "\xff\xfe[\x00", "[1.5e9, -0]",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		doc, err := Parse(text)
		if err != nil {
			var format *FormatError
			if !errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(text))+1 {
				t.Errorf("error %v", err)
			}
			return
		}
		check(t, text, doc.Root)
	})
}

// check holds each value to the first byte it is said to start with.
func check(t *testing.T, text []byte, v Value) {
	first := map[Kind]string{Null: "n", Bool: "tf", Number: "-0123456789", String: `"`, Array: "[", Object: "{"}[v.Kind]
	if v.Offset >= len(text) || !strings.ContainsRune(first, rune(text[v.Offset])) {
		t.Errorf("%s at %d of %q", v.Kind, v.Offset, text)
	}
	for _, item := range v.Items {
		check(t, text, item)
	}
	for _, m := range v.Members {
		check(t, text, m.Value)
	}
}
