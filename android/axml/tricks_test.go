package axml

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appraise/android/axml/axmltest"
	"appraise/android/axml/res"
)

const (
	readSMS      = "android.permission.READ_SMS"
	readContacts = "android.permission.READ_CONTACTS"
)

// edit changes a copy of a real manifest at the places where its parts are.
type edit struct {
	t   *testing.T
	b   []byte
	doc *Document
}

// permission is the name attribute of the first uses-permission element.
func (e *edit) permission() Attr {
	a, ok := find(e.doc.Root, "uses-permission").AttrID(AttrIDName)
	if !ok {
		e.t.Fatal("fixture without a permission")
	}
	return a
}

// chunk is the first chunk of a type.
func (e *edit) chunk(typ uint16) res.Chunk {
	for off := res.ChunkHeaderSize; off < len(e.b); {
		c, err := res.ReadChunk(e.b, off, len(e.b))
		if err != nil {
			e.t.Fatal(err)
		}
		if c.Type == typ {
			return c
		}
		off = c.End()
	}
	e.t.Fatalf("no chunk 0x%04x", typ)
	return res.Chunk{}
}

// text finds the bytes of string i.
func (e *edit) text(i uint32) (start, size int) {
	p, err := res.ReadPool(e.b, e.chunk(res.StringPoolType))
	if err != nil {
		e.t.Fatal(err)
	}
	start, size, _, _ = p.Span(int(i))
	return start, size
}

func (e *edit) index(text string) uint32 {
	p, err := res.ReadPool(e.b, e.chunk(res.StringPoolType))
	if err != nil {
		e.t.Fatal(err)
	}
	for i := range p.Count {
		if got, _ := p.At(i); got == text {
			return uint32(i)
		}
	}
	e.t.Fatalf("no string %q", text)
	return 0
}

func (e *edit) put32(off int, v uint32) { copy(e.b[off:], words(v)) }
func (e *edit) put16(off int, v uint16) { copy(e.b[off:], halves(v)) }

// insert puts bytes at off and corrects the size of the file.
func (e *edit) insert(off int, part []byte) {
	e.b = slices.Insert(e.b, off, part...)
	e.put32(4, uint32(len(e.b)))
}

const (
	traitRenamed      = "axml-renamed-attribute"
	traitMismatch     = "axml-value-mismatch"
	traitUnterminated = "axml-unterminated-string"
	traitMalformed    = "axml-malformed"
	traitNoID         = "axml-attribute-without-id"
)

// tricks are those of evasive apps, played on a manifest of the real compiler.
var tricks = []struct {
	name      string
	play      func(e *edit)
	trait     string // "" = no note
	want      string // the permission, "" = none
	truncated bool
}{
	{"nothing", func(e *edit) {}, "", readSMS, false},
	{"attribute name blank", func(e *edit) {
		start, size := e.text(res.U32(e.b, int(e.permission().Offset)+4))
		clear(e.b[start-2 : start+size])
	}, traitRenamed, readSMS, false},
	{"attribute name changed", func(e *edit) {
		start, _ := e.text(res.U32(e.b, int(e.permission().Offset)+4))
		e.b[start] = 'g'
	}, traitRenamed, readSMS, false},
	{"attribute in another namespace", func(e *edit) {
		e.put32(int(e.permission().Offset), e.index("manifest"))
	}, traitRenamed, readSMS, false},
	{"attribute without its namespace", func(e *edit) {
		e.put32(int(e.permission().Offset), noString)
	}, "", readSMS, false},
	{"raw text says another permission", func(e *edit) {
		e.put32(int(e.permission().Offset)+8, e.index(readContacts))
	}, traitMismatch, readSMS, false},
	{"typed value says another permission", func(e *edit) {
		e.put32(int(e.permission().Offset)+16, e.index(readContacts))
	}, traitMismatch, readContacts, false},
	{"raw text beside a reference", func(e *edit) {
		e.b[e.permission().Offset+15] = res.TypeReference
		e.put32(int(e.permission().Offset)+16, 0x7f010000)
	}, traitMismatch, "@0x7f010000", false},
	{"no raw text", func(e *edit) {
		e.put32(int(e.permission().Offset)+8, noString)
	}, "", readSMS, false},
	{"attribute without an id", func(e *edit) {
		ids := e.chunk(resXMLResourceMap)
		e.put32(ids.Body()+4*int(res.U32(e.b, int(e.permission().Offset)+4)), 0)
	}, traitNoID, "", false},
	{"string without its end", func(e *edit) {
		start, size := e.text(e.index(readSMS))
		e.b[start+size] = 'x'
	}, traitUnterminated, readSMS, false},
	{"string outside its pool", func(e *edit) {
		start, _ := e.text(e.index(readSMS))
		e.put16(start-2, 0x7fff)
	}, traitMalformed, "", false},
	{"string index outside the pool", func(e *edit) {
		e.put32(int(e.permission().Offset)+16, 100000)
	}, traitMalformed, "", false},
	{"attributes out of order", func(e *edit) {
		element := find(e.doc.Root, "application")
		first, second := element.Attrs[0].Offset, element.Attrs[1].Offset
		a, b := slices.Clone(e.b[first:first+20]), slices.Clone(e.b[second:second+20])
		copy(e.b[first:], b)
		copy(e.b[second:], a)
	}, traitMalformed, readSMS, false},
	{"file of another type", func(e *edit) { e.b[0] = 0 }, traitMalformed, readSMS, false},
	{"file header of 28 bytes, chunks at 8", func(e *edit) { e.put16(2, 28) }, traitMalformed, readSMS, false},
	{"file header of 28 bytes, chunks at 28", func(e *edit) {
		e.put16(2, 28)
		e.insert(8, make([]byte, 20))
	}, traitMalformed, readSMS, false},
	{"file says 8 bytes more", func(e *edit) { e.put32(4, uint32(len(e.b)+8)) }, traitMalformed, readSMS, true},
	{"file says 0 bytes", func(e *edit) { e.put32(4, 0) }, traitMalformed, readSMS, false},
	{"trailing bytes", func(e *edit) { e.b = append(e.b, 1, 2, 3, 4) }, traitMalformed, readSMS, false},
	{"end of namespace with size 0", func(e *edit) {
		e.put32(e.chunk(resXMLEndNamespace).Off+4, 0)
	}, traitMalformed, readSMS, true},
	{"unknown chunk at the start", func(e *edit) { e.insert(8, makeChunk(0x0999, nil, words(1, 2))) }, traitMalformed, readSMS, false},
	{"unknown chunk between elements", func(e *edit) {
		e.insert(int(find(e.doc.Root, "uses-permission").Offset), makeChunk(0x0999, nil, words(1, 2)))
	}, traitMalformed, readSMS, false},
	{"unknown node between elements", func(e *edit) {
		e.insert(int(find(e.doc.Root, "uses-permission").Offset), makeNode(0x0177, words(1, 2)))
	}, traitMalformed, readSMS, false},
	{"string pool between elements", func(e *edit) {
		e.insert(int(find(e.doc.Root, "uses-permission").Offset), makePool("a", "b"))
	}, traitMalformed, readSMS, false},
	{"resource map between elements", func(e *edit) {
		e.insert(int(find(e.doc.Root, "uses-permission").Offset), makeChunk(resXMLResourceMap, nil, words(1, 2)))
	}, traitMalformed, readSMS, false},
	{"second string pool", func(e *edit) {
		c := e.chunk(res.StringPoolType)
		e.insert(8, slices.Clone(e.b[c.Off:c.End()]))
	}, traitMalformed, readSMS, false},
	{"junk text between elements", func(e *edit) {
		e.insert(int(find(e.doc.Root, "uses-permission").Offset), makeNode(resXMLCData, words(e.index("manifest")), halves(8, 0), words(0)))
	}, "", readSMS, false},
	{"string count too large", func(e *edit) {
		off := e.chunk(res.StringPoolType).Off + 8
		e.put32(off, res.U32(e.b, off)+50)
	}, traitMalformed, readSMS, false},
	{"string count of 4 billion", func(e *edit) {
		e.put32(e.chunk(res.StringPoolType).Off+8, 0xfffffff0)
	}, traitMalformed, readSMS, false},
	{"string count too small", func(e *edit) { e.put32(e.chunk(res.StringPoolType).Off+8, 1) }, traitMalformed, readSMS, false},
	{"string data from the start of the pool", func(e *edit) {
		c := e.chunk(res.StringPoolType)
		start := res.U32(e.b, c.Off+20)
		for i := range int(res.U32(e.b, c.Off+8)) {
			e.put32(c.Body()+4*i, res.U32(e.b, c.Body()+4*i)+start)
		}
		e.put32(c.Off+20, 0)
	}, traitMalformed, readSMS, false},
	{"attributes 24 bytes apart", func(e *edit) {
		off := int(find(e.doc.Root, "uses-permission").Offset)
		e.insert(off+36+20, make([]byte, 4))
		e.put32(off+4, res.U32(e.b, off+4)+4)
		e.put16(off+26, 24)
	}, traitMalformed, readSMS, false},
	{"attributes start later", func(e *edit) {
		off := int(find(e.doc.Root, "uses-permission").Offset)
		e.insert(off+36, make([]byte, 8))
		e.put32(off+4, res.U32(e.b, off+4)+8)
		e.put16(off+24, 28)
	}, traitMalformed, readSMS, false},
	{"attributes on top of each other", func(e *edit) {
		off := int(find(e.doc.Root, "uses-permission").Offset)
		e.put16(off+26, 0)
		e.put16(off+28, 4000)
	}, traitMalformed, readSMS, false},
	{"more attributes than bytes", func(e *edit) {
		e.put16(int(find(e.doc.Root, "application").Offset)+28, 4000)
	}, traitMalformed, readSMS, true},
	{"element that ends another", func(e *edit) {
		e.put32(e.chunk(resXMLEndElement).Body()+4, e.index("manifest"))
	}, traitMalformed, readSMS, false},
	{"end without a start", func(e *edit) { e.insert(e.chunk(resXMLStartElement).Off, makeEnd(1)) }, traitMalformed, readSMS, false},
	{"element without an end", func(e *edit) {
		last := e.chunk(resXMLEndNamespace).Off - 24
		e.b = slices.Delete(e.b, last, last+24)
		e.put32(4, uint32(len(e.b)))
	}, traitMalformed, readSMS, true},
	{"second root element", func(e *edit) {
		e.insert(e.chunk(resXMLEndNamespace).Off, join(makeStart(1), makeEnd(1)))
	}, traitMalformed, readSMS, false},
	{"second resource map", func(e *edit) {
		c := e.chunk(resXMLResourceMap)
		e.insert(c.Off, makeChunk(resXMLResourceMap, nil, words(AttrIDLabel, AttrIDLabel)))
	}, traitMalformed, readSMS, false},
	{"node with a header of 8 bytes", func(e *edit) {
		e.put16(e.chunk(resXMLEndNamespace).Off+2, 8)
	}, traitMalformed, readSMS, true},
	{"node without its body", func(e *edit) {
		off := e.chunk(resXMLEndNamespace).Off
		e.b = e.b[:off+16]
		e.put32(off+4, 16)
		e.put32(4, uint32(len(e.b)))
	}, traitMalformed, readSMS, true},
	{"chunk with a header of 4 bytes", func(e *edit) {
		e.put16(e.chunk(resXMLEndNamespace).Off+2, 4)
	}, traitMalformed, readSMS, true},
	{"chunk smaller than its header", func(e *edit) {
		e.put32(e.chunk(resXMLEndNamespace).Off+4, 12)
	}, traitMalformed, readSMS, true},
	{"unaligned chunk", func(e *edit) {
		e.insert(int(find(e.doc.Root, "uses-permission").Offset), append(makeNode(0x0177), 0))
		off := int(find(e.doc.Root, "uses-permission").Offset)
		e.put32(off+4, 17)
	}, traitMalformed, readSMS, false},
}

// played returns the manifest with a trick played on it.
func played(t *testing.T, play func(e *edit)) []byte {
	b := load(t, "aapt-manifest.bin")
	e := &edit{t: t, b: b, doc: mustParse(t, bytes.Clone(b))}
	play(e)
	return e.b
}

// What Android reads is read, and the
// trick is named.
func TestTricks(t *testing.T) {
	for _, test := range tricks {
		t.Run(test.name, func(t *testing.T) {
			doc := mustParse(t, played(t, test.play))
			if got := strings.Fields(traits(doc.Notes)); test.trait == "" && len(got) > 0 || test.trait != "" && !slices.Contains(got, test.trait) {
				t.Errorf("got notes %v, want %q", doc.Notes, test.trait)
			}
			a, _ := find(doc.Root, "uses-permission").AttrID(AttrIDName)
			if got := a.Value.Text(); got != test.want {
				t.Errorf("got permission %q, want %q", got, test.want)
			}
			if doc.Truncated != test.truncated {
				t.Errorf("got truncated %t, want %t", doc.Truncated, test.truncated)
			}
			if doc.Library && test.trait == traitMalformed {
				t.Error("a malformed file is offered to the library")
			}
		})
	}
}

// aapt reads binary XML with Android's own parser. What it prints of a trick is what is read, where it reads it
// at all; it may stop earlier.
func TestTricksAgreeWithAapt(t *testing.T) {
	aapt := needAapt(t)
	shown := map[string]string{ // differently, for a reason
		"attribute in another namespace":  "aapt prints a namespace without a prefix as it stands",
		"attributes on top of each other": "4,000 equal attributes are kept once",
		"second root element":             "aapt goes on behind the end of the manifest, Android's package parser doesn't",
	}
	for _, test := range tricks {
		t.Run(test.name, func(t *testing.T) {
			if why := shown[test.name]; why != "" {
				t.Skip(why)
			}
			b := played(t, test.play)
			out, err := exec.Command(aapt, "dump", "xmltree", zipped(t, b), "AndroidManifest.xml").Output()
			want := aaptLines(string(out))
			if err != nil || len(want) == 0 {
				t.Skip("aapt refuses the file or crashes")
			}
			got := treeLines(mustParse(t, b).Root, 0)
			axmltest.Diff(t, test.name, got[:min(len(got), len(want))], want)
		})
	}
}

// zipped puts a manifest into an archive.
func zipped(t *testing.T, manifest []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.apk")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "AndroidManifest.xml", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(manifest); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// What compilers write beside a value is no mismatch; what they can't write is one.
func TestAgrees(t *testing.T) {
	text := func(s string) res.Value { return res.Value{Type: res.TypeString, String: s} }
	tests := []struct {
		name  string
		raw   string
		value res.Value
		want  bool
	}{
		{"same", "a", text("a"), true},
		{"escapes", `Don\'t \u0041\n\t\@x \\`, text("Don't A\n\t@x \\"), true},
		{"other text", "a", text("b"), false},
		{"escape cut off", `a\u00`, text("b"), false},
		{"escape that is none", `a\uzzzz`, text("b"), false},
		{"backslash at the end", `a\`, text("a"), true},
		{"reference", "@string/x", res.Value{Type: res.TypeReference, Data: 1}, true},
		{"null", "@null", res.Value{}, true},
		{"empty", "@empty", res.Value{Data: 1}, true},
		{"text for a reference", readSMS, res.Value{Type: res.TypeReference, Data: 1}, false},
		{"text for null", readSMS, res.Value{}, false},
		{"theme attribute", "?attr/x", res.Value{Type: res.TypeAttribute, Data: 1}, true},
		{"text for a theme attribute", "x", res.Value{Type: res.TypeAttribute, Data: 1}, false},
		{"true", " true ", res.Value{Type: res.TypeIntBoolean, Data: 0xffffffff}, true},
		{"false for true", "false", res.Value{Type: res.TypeIntBoolean, Data: 0xffffffff}, false},
		{"number", "010", res.Value{Type: res.TypeIntDec, Data: 10}, true},
		{"negative", "-1", res.Value{Type: res.TypeIntDec, Data: 0xffffffff}, true},
		{"unsigned", "4294967295", res.Value{Type: res.TypeIntDec, Data: 0xffffffff}, true},
		{"other number", "3", res.Value{Type: res.TypeIntDec, Data: 30}, false},
		{"enumeration", "singleTask", res.Value{Type: res.TypeIntDec, Data: 2}, true},
		{"flags", "a|b", res.Value{Type: res.TypeIntHex, Data: 3}, true},
		{"float", "1.0", res.Value{Type: res.TypeFloat, Data: 0x3f800000}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := agrees(test.raw, test.value); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// A file full of tricks doesn't fill a report.
func TestNotesAreCapped(t *testing.T) {
	var attrs [][]byte
	for range 1000 {
		attrs = append(attrs, makeAttr(noString, 5000, noString, res.TypeString, 5000))
	}
	doc := mustParse(t, makeXML(makePool("a"), makeStart(0, attrs...), makeEnd(0)))
	if got := len(doc.Notes); got == 0 || got > 40 {
		t.Errorf("got %d notes", got)
	}
}
