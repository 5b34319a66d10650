package plistsafe

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want map[string]any
	}{
		{"empty dictionary", xmlList(""), map[string]any{}},
		{"every type", xmlList(`<key>s</key><string>x</string><key>i</key><integer>7</integer><key>n</key><integer>-7</integer><key>h</key><integer>0x1F</integer><key>r</key><real>1.5</real><key>t</key><true/><key>f</key><false/><key>d</key><date>2025-03-01T12:00:00Z</date><key>b</key><data>AQI=</data><key>a</key><array><string>1</string><array/></array>`),
			map[string]any{"s": "x", "i": uint64(7), "n": int64(-7), "h": uint64(31), "r": 1.5, "t": true, "f": false, "d": time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC), "b": []byte{1, 2}, "a": []any{"1", []any{}}}},
		{"no plist element", []byte(`<dict><key>a</key><string>b</string></dict>`), map[string]any{"a": "b"}},
		{"byte order mark", append([]byte(bomUTF8), xmlList("")...), map[string]any{}},
		{"byte order mark beats the declaration", []byte(bomUTF8 + `<?xml version="1.0" encoding="ISO-8859-1"?><plist><dict><key>ä</key><true/></dict></plist>`), map[string]any{"ä": true}},
		{"leading space", append([]byte(" \n\t"), xmlList("")...), map[string]any{}},
		{"UTF-16LE", utf16Bytes(xmlList("<key>a</key><string>b</string>"), binary.LittleEndian, bomUTF16LE), map[string]any{"a": "b"}},
		{"UTF-16BE", utf16Bytes(xmlList("<key>a</key><string>b</string>"), binary.BigEndian, bomUTF16BE), map[string]any{"a": "b"}},
		{"CDATA", xmlList(`<key><![CDATA[a<]]></key><string>b<![CDATA[&]]>c</string>`), map[string]any{"a<": "b&c"}},
		{"comment in a string", xmlList(`<key>a</key><string>b<!-- x -->c</string>`), map[string]any{"a": "bc"}},
		{"comment in place of a key", xmlList(`<!-- <key>x</key> --><key>a</key><!-- y --><true/>`), map[string]any{"a": true}},
		{"bracket in an attribute", xmlList(`<key>a</key><array x="/>"><true/></array>`), map[string]any{"a": []any{true}}},
		{"space around numbers", xmlList(`<key>a</key><integer> 7 </integer><key>b</key><integer>
	0x10</integer><key>c</key><real> 2.5</real><key>d</key><date> 2025-03-01T12:00:00Z </date>`),
			map[string]any{"a": uint64(7), "b": uint64(16), "c": 2.5, "d": time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)}},
		{"comment in a number", xmlList(`<key>a</key><integer>1<!-- x --> 2 </integer><key>b</key><integer> 3<!-- x --></integer >`), map[string]any{"a": uint64(12), "b": uint64(3)}},
		{"stray characters in data", xmlList("<key>a</key><data>\u00a0AQ\u2028I=-</data>"), map[string]any{"a": []byte{1, 2}}},
		{"binary", bplist(1, 1, []byte{0xD2, 1, 2, 3, 4}, str("a"), wide("b"), []byte{0x09}, []byte{0x11, 1, 0}), map[string]any{"a": true, "b": uint64(256)}},
		{"binary with references of 3 bytes", bplist(3, 3, []byte{0xD1, 0, 0, 1, 0, 0, 2}, str("a"), []byte{0x08}), map[string]any{"a": false}},
		{"binary with long length", bplist(1, 1, []byte{0xDF, 0x11, 0, 1, 1, 2}, str("a"), []byte{0x5F, 0x10, 2, 'h', 'i'}), map[string]any{"a": "hi"}},
		{"binary shared value", bplist(1, 1, []byte{0xD2, 1, 2, 3, 3}, str("a"), str("b"), []byte{0xA1, 1}), map[string]any{"a": []any{"a"}, "b": []any{"a"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := Decode(test.in, InfoPlist)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(doc.Root, test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
			if doc.TrailingOffset != 0 || doc.Duplicates != nil || doc.Binary != strings.HasPrefix(test.name, "binary") {
				t.Errorf("got trailing %d, duplicates %v, binary %v", doc.TrailingOffset, doc.Duplicates, doc.Binary)
			}
		})
	}
}

func TestS05_Refused(t *testing.T) {
	declared := func(encoding string) []byte {
		return []byte(`<?xml version="1.0" encoding="` + encoding + `"?><plist><dict/></plist>`)
	}
	tests := []struct {
		name string
		in   []byte
		want string // part of the message
		at   int64
	}{
		{"empty", nil, "empty", 0},
		{"white space", []byte(" \n"), "empty", 0},
		{"byte order mark alone", []byte(bomUTF8), "empty", 0},
		{"text", []byte("hello"), "neither", 0},
		{"JSON", []byte(`{"CFBundleIdentifier": "x"}`), "neither", 0},
		{"OpenStep", []byte(`{ CFBundleIdentifier = x; }`), "neither", 0},
		{"OpenStep data", []byte(`<abab>`), "unknown element", 0},
		{"UTF-16 without mark", utf16Bytes(xmlList(""), binary.BigEndian, ""), "byte order mark", 0},
		{"UTF-16 cut", []byte(bomUTF16LE + "<"), "inside a character", 2},
		{"UTF-32", []byte(bomUTF32LE + "<\x00\x00\x00"), "UTF-32", 0},
		{"Latin-1", declared("ISO-8859-1"), `"ISO-8859-1"`, 0},
		{"UTF-16 declared in UTF-8", declared("UTF-16"), `"UTF-16"`, 0},
		{"bad UTF-8", xmlList("<key>\xff</key><true/>"), "UTF-8", 0},
		{"NUL", xmlList("<key>\x00</key><true/>"), "malformed XML", 0},
		{"unknown element", xmlList("<key>a</key><uid>1</uid>"), `unknown element "uid"`, 0},
		{"prefixed element", xmlList("<key>a</key><x:true/>"), "unknown element", 0},
		{"value without key", xmlList("<true/>"), "value without a key", 0},
		{"key without value", xmlList("<key>a</key>"), "key without a value", 0},
		{"two keys", xmlList("<key>a</key><key>b</key><true/>"), "key without a value", 0},
		{"key in an array", xmlList("<key>a</key><array><key>b</key></array>"), "outside a dictionary", 0},
		{"element in a string", xmlList("<key>a</key><string>x<true/></string>"), "<true> inside <string>", 0},
		{"plist in a dictionary", xmlList("<key>a</key><plist><true/></plist>"), "<plist> inside <dict>", 0},
		{"wrong end", []byte("<plist><dict></array></plist>"), "isn't open", 13},
		{"entity", []byte(`<!DOCTYPE plist [<!ENTITY a "x">]><plist><dict/></plist>`), "declarations of its own", 0},
		{"entity use", xmlList("<key>&a;</key><true/>"), "malformed XML", 0},
		{"other doctype", []byte(`<!DOCTYPE html><plist><dict/></plist>`), "DOCTYPE plist", 0},
		{"ENTITY inside", []byte(`<plist><!ENTITY a "x"><dict/></plist>`), "DOCTYPE plist", 7},
		{"root array", []byte("<plist><array/></plist>"), "no dictionary", 7},
		{"root string", []byte("<plist><string>x</string></plist>"), "no dictionary", 7},
		{"no root", []byte("<plist></plist>"), "no value", 15},
		{"only a comment", []byte("<!-- x -->"), "no value", 10},
		{"bad integer", xmlList("<key>a</key><integer>seven</integer>"), "not readable", 0},
		{"empty integer", xmlList("<key>a</key><integer></integer>"), "not readable", 0},
		{"bad date", xmlList("<key>a</key><date>tomorrow</date>"), "not readable", 0},
		{"root uid", xmlList("<key>CF$UID</key><integer>1</integer>"), "no dictionary", 0},
		{"binary too short", []byte("bplist00"), "too short", 8},
		{"binary version 01", append([]byte("bplist01"), make([]byte, 40)...), `version "01"`, 6},
		{"binary version 1x", append([]byte("bplist16"), make([]byte, 40)...), `version "16"`, 6},
		{"binary with zero sizes", append([]byte("bplist00"), make([]byte, 40)...), "integers of 0 and 0", 22},
		{"binary root array", bplist(1, 1, []byte{0xA0}), "no dictionary", 8},
		{"binary cycle", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0xA1, 2}), "contains itself", 14},
		{"binary cycle by offset", finish([]byte("bplist00\xD1\x01\x02\x51a\xA1\x03"), 1, 1, []int{8, 11, 13, 13}), "contains itself", 14},
		{"binary key no string", bplist(1, 1, []byte{0xD1, 1, 1}, []byte{0x09}), "no string", 9},
		{"binary reference outside", bplist(1, 1, []byte{0xD1, 1, 9}, str("a")), "object 9 of 2", 10},
		{"binary key reference outside", bplist(1, 1, []byte{0xD1, 9, 1}, str("a")), "object 9 of 2", 9},
		{"binary 8-byte references", bplist(1, 8, append([]byte{0xD1}, append(be(1, 8), be(1, 8)...)...), str("a")), "8 bytes", 0},
		{"binary date past the end", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0x33, 0}), "past the objects", 13},
		{"binary date of another size", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0x32, 0, 0, 0, 0}), "unknown size", 13},
		{"binary uid past the end", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0x8F, 0}), "past the objects", 13},
		{"binary integer past the end", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0x13, 0}), "past the objects", 13},
		{"binary integer of 32 bytes", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), append([]byte{0x15}, make([]byte, 32)...)), "unknown size", 13},
		{"binary huge array", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), append([]byte{0xAF, 0x13}, be(1<<62, 8)...)), "past the objects", 13},
		{"binary huge dictionary", bplist(1, 1, append([]byte{0xDF, 0x12}, be(1<<31, 4)...)), "past the objects", 8},
		{"binary huge data", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), append([]byte{0x4F, 0x13}, be(1<<63, 8)...)), "past the objects", 13},
		{"binary huge UTF-16", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), append([]byte{0x6F, 0x12}, be(1<<31, 4)...)), "past the objects", 13},
		{"binary length cut", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0x5F}), "without a length", 13},
		{"binary length no integer", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0x5F, 0x22, 0, 0, 0, 0}), "without a length", 13},
		{"binary null", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0x00}), "unknown kind", 13},
		{"binary set", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0xC0}), "set in", 13},
		{"binary unknown object", bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), []byte{0x70}), "unknown kind", 13},
		{"binary unused offset outside", finish([]byte("bplist00\xD0"), 1, 1, []int{8, 7}), "outside the objects", 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := Decode(test.in, InfoPlist)
			var format *FormatError
			if !errors.As(err, &format) {
				t.Fatalf("got %v, %v, want a *FormatError", doc, err)
			}
			if !strings.Contains(format.Message, test.want) || test.at != 0 && format.Offset != test.at || format.Limit {
				t.Errorf("got %v (limit %v), want a message with %q at %d", err, format.Limit, test.want, test.at)
			}
		})
	}
}

func TestS05_Duplicates(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want any // of the key a
		dups []Duplicate
	}{
		{"XML, last wins", []byte("<plist><dict><key>a</key><integer>1</integer><key>a</key><integer>2</integer></dict></plist>"), uint64(2), []Duplicate{{"a", 45}}},
		{"XML, by reference", []byte("<plist><dict><key>a</key><integer>1</integer><key>&#97;</key><integer>2</integer></dict></plist>"), uint64(2), []Duplicate{{"a", 45}}},
		{"XML in UTF-16", utf16Bytes([]byte("<plist><dict><key>a</key><true/><key>a</key><false/></dict></plist>"), binary.LittleEndian, bomUTF16LE), false, []Duplicate{{"a", 2 + 2*32}}},
		{"XML, inner dictionaries apart", []byte("<plist><dict><key>a</key><dict><key>a</key><true/></dict></dict></plist>"), map[string]any{"a": true}, nil},
		{"binary, first wins", bplist(1, 1, []byte{0xD2, 1, 1, 2, 3}, str("a"), []byte{0x10, 1}, []byte{0x10, 2}), uint64(1), []Duplicate{{"a", 12}}},
		{"binary, two strings", bplist(1, 1, []byte{0xD2, 1, 4, 2, 3}, str("a"), []byte{0x10, 1}, []byte{0x10, 2}, str("a")), uint64(1), []Duplicate{{"a", 12}}},
		{"binary, two encodings", bplist(1, 1, []byte{0xD2, 4, 1, 2, 3}, str("a"), []byte{0x10, 1}, []byte{0x10, 2}, wide("a")), uint64(1), []Duplicate{{"a", 12}}},
		{"binary, three times", bplist(1, 2, append([]byte{0xD3}, 0, 1, 0, 1, 0, 1, 0, 2, 0, 3, 0, 4), str("a"), []byte{0x10, 1}, []byte{0x10, 2}, []byte{0x10, 3}), uint64(1), []Duplicate{{"a", 17}, {"a", 19}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := Decode(test.in, InfoPlist)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(doc.Root["a"], test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
			if diff := cmp.Diff(doc.Duplicates, test.dups); diff != "" {
				t.Errorf("duplicates: got (-), want (+):\n%s", diff)
			}
		})
	}
}

// A reference that is patched must not be part of another object: here it is also the text of a string.
func TestS05_DuplicateInOverlap(t *testing.T) {
	overlap := finish([]byte("bplist00\xD2\x01\x01\x02\x53\x51a\x5A0123456789"), 1, 1, append([]int{8, 13, 15}, make([]int, 0x51)...))
	for i := range 0x51 {
		overlap[len(overlap)-trailerSize-0x51+i] = 12 // object 0x53 is a string over the reference and the key
	}
	_, err := Decode(overlap, InfoPlist)
	if err == nil || !strings.Contains(err.Error(), "overlaps") {
		t.Errorf("got %v, want an error that names the overlap", err)
	}
}

func TestS05_Trailing(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want int64
	}{
		{"nothing", []byte("<plist><dict/></plist>\n"), 0},
		{"comment", []byte("<plist><dict/></plist><!-- x -->\n"), 0},
		{"text", []byte("<plist><dict/></plist>\nx"), 22},
		{"second root", []byte("<plist><dict/></plist><plist><dict/></plist>"), 22},
		{"unknown element", []byte("<plist><dict/></plist><html>"), 22},
		{"end", []byte("<plist><dict/></plist></dict>"), 22},
		{"directive", []byte("<plist><dict/></plist><!x>"), 22},
		{"broken XML", []byte("<plist><dict/></plist><"), 22},
		{"second value", []byte("<plist><dict/><dict><key>a</key><true/></dict></plist>"), 14},
		{"UTF-16", utf16Bytes([]byte("<plist><dict/></plist>x"), binary.BigEndian, bomUTF16BE), 46},
		{"binary, before the trailer", append(bplist(1, 1, []byte{0xD0})[:10], append([]byte("hidden"), bplist(1, 1, []byte{0xD0})[10:]...)...), 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := Decode(test.in, InfoPlist)
			if err != nil {
				t.Fatal(err)
			}
			if doc.TrailingOffset != test.want || len(doc.Root) != 0 {
				t.Errorf("got %d and %v, want %d and an empty dictionary", doc.TrailingOffset, doc.Root, test.want)
			}
		})
	}
}

func TestSniff(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want bool
	}{
		{"XML", xmlList(""), true},
		{"XML with mark", append([]byte(bomUTF8), xmlList("")...), true},
		{"UTF-16LE", utf16Bytes(xmlList(""), binary.LittleEndian, bomUTF16LE), true},
		{"UTF-16BE, cut", utf16Bytes(xmlList(""), binary.BigEndian, bomUTF16BE)[:21], true},
		{"no declaration", []byte("\n<plist version='1.0'>"), true},
		{"binary", bplist(1, 1, []byte{0xD0}), true},
		{"empty", nil, false},
		{"JSON", []byte("{}"), false},
		{"HTML", []byte("<!DOCTYPE html>"), false},
		{"ZIP", []byte("PK\x03\x04"), false},
	}
	for _, test := range tests {
		if got := Sniff(test.in); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
