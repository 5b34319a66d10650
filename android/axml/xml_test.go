package axml

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What aapt printed of the fixtures when they were made is what is read of them.
func TestParseXMLFixtures(t *testing.T) {
	for _, name := range append(fixtures(t, "manifest.bin"), fixtures(t, "network.bin")...) {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, load(t, name))
			if len(doc.Notes) > 0 || doc.Truncated || !doc.Library {
				t.Errorf("got notes %v, truncated %t, library %t", doc.Notes, doc.Truncated, doc.Library)
			}
			want := aaptLines(string(load(t, strings.Replace(name, ".bin", ".txt", 1))))
			if d := cmp.Diff(want, treeLines(doc.Root, 0)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestElementText(t *testing.T) {
	doc := mustParse(t, load(t, "aapt2-network.bin"))
	domain := find(doc.Root, "domain")
	if got, want := domain.Text, "example.com"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	a, ok := domain.AttrName("includeSubdomains")
	if !ok || a.ID != 0 || a.Text() != "true" {
		t.Errorf("got %+v, %t", a, ok)
	}
}

func TestAttr(t *testing.T) {
	doc := mustParse(t, load(t, "aapt2-manifest.bin"))
	name, ok := find(doc.Root, "uses-permission").AttrID(AttrIDName)
	if !ok || name.Value.String != "android.permission.READ_SMS" || name.Namespace != androidNamespace {
		t.Errorf("got %+v, %t", name, ok)
	}
	if _, ok := doc.Root.AttrID(AttrIDName); ok {
		t.Error("got a name on the manifest element")
	}
	if a, ok := doc.Root.AttrName("package"); !ok || a.Text() != "com.example.reader" {
		t.Errorf("got %+v, %t", a, ok)
	}
	if _, ok := doc.Root.AttrName("versionCode"); ok {
		t.Error("got versionCode without its namespace")
	}
	if none, _ := find(doc.Root, "meta-data").AttrID(AttrIDValue); none.Value.String != "a\nb\\c é @home 'q' 日本 😀" {
		t.Errorf("got %q", none.Value.String)
	}
}

// Android ignores an attribute that follows a higher id.
func TestAttrIDIsSorted(t *testing.T) {
	e := &Element{Attrs: []Attr{{ID: 0}, {ID: AttrIDName}, {ID: AttrIDExported}, {ID: AttrIDPermission}}}
	if _, ok := e.AttrID(AttrIDExported); !ok {
		t.Error("exported: not found")
	}
	if _, ok := e.AttrID(AttrIDPermission); ok {
		t.Error("permission after exported: found, but Android doesn't")
	}
}

func TestValue(t *testing.T) {
	type reading struct {
		Text string
		Int  int64
		OK   bool
		Bool bool
	}
	tests := []struct {
		name  string
		value Value
		want  reading
	}{
		{"null", Value{}, reading{}},
		{"null reference", newValue(TypeReference, 0), reading{}},
		{"reference", Value{Type: TypeReference, Data: 0x7f010001}, reading{Text: "@0x7f010001"}},
		{"dynamic reference", Value{Type: TypeDynamicReference, Data: 0x00030000}, reading{Text: "@0x00030000"}},
		{"theme attribute", Value{Type: TypeAttribute, Data: 0x7f010001}, reading{Text: "?0x7f010001"}},
		{"string", Value{Type: TypeString, String: "x"}, reading{Text: "x"}},
		{"true as text", Value{Type: TypeString, String: "true"}, reading{Text: "true", Bool: true}},
		{"number as text", Value{Type: TypeString, String: "21"}, reading{Text: "21", Int: 21, OK: true}},
		{"hexadecimal as text", Value{Type: TypeString, String: "0x1f"}, reading{Text: "0x1f", Int: 31, OK: true}},
		{"codename", Value{Type: TypeString, String: "Q"}, reading{Text: "Q"}},
		{"underscores", Value{Type: TypeString, String: "0x1_0"}, reading{Text: "0x1_0"}},
		{"float", Value{Type: TypeFloat, Data: 0x3fc00000}, reading{Text: "1.5"}},
		{"negative", Value{Type: TypeIntDec, Data: 0xfffffffd}, reading{Text: "-3", Int: -3, OK: true, Bool: true}},
		{"flags", Value{Type: TypeIntHex, Data: 0x12}, reading{Text: "0x12", Int: 18, OK: true, Bool: true}},
		{"true", Value{Type: TypeIntBoolean, Data: 0xffffffff}, reading{Text: "true", Int: -1, OK: true, Bool: true}},
		{"true as 1", Value{Type: TypeIntBoolean, Data: 1}, reading{Text: "true", Int: 1, OK: true, Bool: true}},
		{"false", Value{Type: TypeIntBoolean}, reading{Text: "false", OK: true}},
		{"colour", Value{Type: TypeIntColorRGB4, Data: 0xffff0000}, reading{Text: "#ffff0000", Int: -65536, OK: true, Bool: true}},
		{"dimension", Value{Type: TypeDimension, Data: 0x401}, reading{Text: "0x401"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, ok := test.value.Int()
			got := reading{test.value.Text(), n, ok, test.value.Bool()}
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestStrings(t *testing.T) {
	long := strings.Repeat("a", 0x8123)
	texts := []string{"plain", "", "é日本😀", strings.Repeat("ab", 100), "nul\x00inside", long}
	for _, pool := range []struct {
		name string
		b    []byte
	}{{"UTF-16", makePool(texts...)}, {"UTF-8", makePool8(texts...)}} {
		t.Run(pool.name, func(t *testing.T) {
			c, err := readChunk(pool.b, 0, len(pool.b))
			if err != nil {
				t.Fatal(err)
			}
			p, err := readPool(pool.b, c)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range texts {
				// aapt cuts the length of a string this long to 15 bits in UTF-8, as makePool8 does.
				got, defect := p.at(i)
				if got != want || defect != intact {
					t.Errorf("string %d: got %d bytes %.20q, defect %d, want %d bytes", i, len(got), got, defect, len(want))
				}
			}
		})
	}
}

func TestStringDefects(t *testing.T) {
	tests := []struct {
		name string
		b    []byte
		text string
		want defect
	}{
		{"UTF-8 without its end", rawPool(1, poolUTF8, words(0), []byte{2, 2, 'a', 'b'}), "ab", unterminated},
		{"UTF-16 without its end", rawPool(1, 0, words(0), []byte{1, 0, 'a', 0}), "a", unterminated},
		{"UTF-8 with another length", rawPool(1, poolUTF8, words(0), []byte{1, 2, 'a', 'b', 0}), "ab", wrongLength},
		{"UTF-8 with a character cut off", rawPool(1, poolUTF8, words(0), []byte{1, 1, 0xe6, 0}), "\xe6", wrongLength},
		{"surrogates in UTF-8", rawPool(1, poolUTF8, words(0), []byte{2, 6, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0}), "\xed\xa0\xbd\xed\xb8\x80", intact},
		{"lone surrogate in UTF-16", rawPool(1, 0, words(0), []byte{1, 0, 0x3d, 0xd8, 0, 0}), "\ufffd", intact},
		{"offset outside", rawPool(1, poolUTF8, words(4), []byte{0, 0, 0}), "", outside},
		{"no second length in UTF-8", rawPool(1, poolUTF8, words(3), []byte{0, 0, 0, 5}), "", outside},
		{"half a length in UTF-8", rawPool(1, poolUTF8, words(3), []byte{0, 0, 0, 0x80}), "", outside},
		{"half a length in UTF-16", rawPool(1, 0, words(2), []byte{0, 0, 0, 0x80}), "", outside},
		{"length beyond the pool", rawPool(1, poolUTF8, words(0), []byte{9, 9, 'a', 0}), "", outside},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := readChunk(test.b, 0, len(test.b))
			if err != nil {
				t.Fatal(err)
			}
			p, err := readPool(test.b, c)
			if err != nil {
				t.Fatal(err)
			}
			if text, got := p.at(0); got != test.want || text != test.text {
				t.Errorf("got %q, %d, want %q, %d", text, got, test.text, test.want)
			}
		})
	}
}

func TestReadPool(t *testing.T) {
	tests := []struct {
		name  string
		b     []byte
		count int // -1 = an error
	}{
		{"empty", makePool(), 0},
		{"empty, string data nowhere", makeChunk(resStringPoolType, words(0, 0, 0, 4e9, 0)), 0},
		{"string data nowhere", makeChunk(resStringPoolType, words(1, 0, 0, 4e9, 0), words(0)), -1},
		{"short header", makeChunk(resStringPoolType, words(1, 0, 0, 24), words(0)), -1},
		{"styles", makeChunk(resStringPoolType, words(1, 1, 0, 36, 40), words(0, 0), words(0), words(noString)), 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := readChunk(test.b, 0, len(test.b))
			if err != nil {
				t.Fatal(err)
			}
			p, err := readPool(test.b, c)
			if (err != nil) != (test.count < 0) || err == nil && (p.count != test.count || p.oversold()) {
				t.Errorf("got %+v, %v, want %d strings", p, err, test.count)
			}
		})
	}
}

// Every prefix of a file gives an error or says that it stopped early.
func TestParseXMLTruncated(t *testing.T) {
	for _, name := range append(fixtures(t, "manifest.bin"), fixtures(t, "network.bin")...) {
		b := load(t, name)
		for n := range b {
			doc, err := ParseXML(b[:n])
			var format *FormatError
			switch {
			case err != nil && (!errors.As(err, &format) || format.Limit || doc != nil):
				t.Fatalf("%s cut to %d: got %v, %v", name, n, doc, err)
			case err == nil && (!doc.Truncated || doc.Library || len(doc.Notes) == 0):
				t.Fatalf("%s cut to %d: truncated %t, library %t, notes %v", name, n, doc.Truncated, doc.Library, doc.Notes)
			}
		}
	}
}
