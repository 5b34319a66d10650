package axml

import (
	"errors"
	"strings"
	"testing"

	"appraise/android/axml/axmltest"
	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/inventory"
)

// The bombs of binary XML: files that make androidbinary ask for gigabytes or never return.

func bombB4(count uint32) []byte {
	return makeXML(makeChunk(res.StringPoolType, words(count, 0, axmltest.UTF8, 44, 0), make([]byte, 16)))
}

func bombB5() []byte {
	return makeXML(makeChunk(res.StringPoolType, words(1, 0, 0, 32, 0), words(0), halves(0xffff, 0xffff), make([]byte, 4)))
}

// bombB6 has n references to one string of l units. With elements it is a document that uses them.
func bombB6(n, l int, elements ...[]byte) []byte {
	text := join(halves(uint16(l)), []byte(strings.Repeat("a\x00", l)), halves(0))
	return makeXML(rawPool(uint32(n), 0, make([]byte, 4*n), text), join(elements...))
}

// uses writes an element whose attributes refer to the strings from 0 to n.
func uses(n int) []byte {
	var attrs [][]byte
	for i := range n {
		attrs = append(attrs, makeAttr(noString, uint32(i), uint32(i), res.TypeString, uint32(i)))
	}
	return join(makeStart(0, attrs...), makeEnd(0))
}

func parsesXML(b []byte) func() (bool, error) {
	return func() (bool, error) {
		doc, err := ParseXML(b)
		return doc != nil, err
	}
}

func TestS03_Bombs(t *testing.T) {
	tests := []struct {
		name  string
		b     []byte
		size  int // as the description of the bomb says
		limit bool
	}{
		{"B4 1e6 strings", bombB4(1e6), 52, false},
		{"B4 4e9 strings", bombB4(4e9), 52, false},
		{"B5 string of 2 GiB", bombB5(), 48, false},
		{"B6 1,000 references", bombB6(1000, 30000), 64040, true},
		{"B6 20,000 references", bombB6(20000, 30000), 140040, true},
		{"B6 used by an element", bombB6(1000, 30000, uses(1000)), 0, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.size != 0 && len(test.b) != test.size {
				t.Errorf("bomb of %d bytes, want %d", len(test.b), test.size)
			}
			axmltest.Refused(t, test.limit, parsesXML(test.b))
		})
	}
}

// The bombs as parts of files that are read: the library is not given them.
func TestS03_BombsAreKeptFromTheLibrary(t *testing.T) {
	bomb := func(b []byte) []byte { return b[res.ChunkHeaderSize:] }
	tests := []struct {
		name string
		b    []byte
	}{
		{"string count", makeXML(bomb(bombB4(4e9)), makeStart(noString), makeEnd(noString))},
		{"style count", makeXML(makeChunk(res.StringPoolType, words(0, 4e9, 0, 28, 0)), makeStart(noString), makeEnd(noString))},
		{"string length", makeXML(bomb(bombB5()), makeStart(noString), makeEnd(noString))},
		{"second pool", makeXML(makePool("a"), makeStart(0), makeEnd(0), bomb(bombB5()))},
		{"misaligned string", makeXML(rawPool(1, 0, words(1), []byte{1, 0, 0x40, 0, 0, 0, 0, 0}), makeStart(noString), makeEnd(noString))},
		{"long names", makeXML(makePool(strings.Repeat("a", 30000)), join(repeat(1200, makeStart(0), makeEnd(0))...))},
		{"quotes", makeXML(makePool("a", strings.Repeat(`"`, 30000)), makeStart(0, repeat(250, makeAttr(noString, 0, 1, res.TypeNull, 0))...), makeEnd(0))},
		{"long prefix", makeXML(makePool("a", strings.Repeat("p", 30000)), makeNode(resXMLStartNamespace, words(1, 0)),
			makeStart(0, repeat(1200, makeAttr(0, 0, noString, res.TypeNull, 0))...), makeEnd(0))},
		{"namespaces", makeXML(makePool("a"), join(repeat(300, makeNode(resXMLStartNamespace, words(0, 0)))...), makeStart(0), makeEnd(0))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := ParseXML(test.b)
			if err == nil && doc.Library {
				t.Error("offered to the library")
			}
			if err != nil && !strings.Contains(err.Error(), "limit") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Each limit of binary XML: read at the limit, refused one past it.
func TestS03_Limits(t *testing.T) {
	element := join(makeStart(0), makeEnd(0))
	nested := func(n int) []byte {
		return makeXML(makePool("a"), join(repeat(n, makeStart(0))...), join(repeat(n, makeEnd(0))...))
	}
	elements := func(n int) []byte {
		// One element holds the others; an end element of 24 and a start of 36 bytes keep the file at its limit.
		return makeXML(makePool("a"), makeStart(0), []byte(strings.Repeat(string(element), n-1)), makeEnd(0))
	}
	attributes := func(n int) []byte {
		return makeXML(makePool("a"), makeStart(0, repeat(n, makeAttr(noString, 0, noString, res.TypeNull, 0))...), makeEnd(0))
	}
	// The attributes of an element overlap, 4 bytes apart.
	overlapping := func(n int) []byte {
		start := makeNode(resXMLStartElement, words(noString, 0), halves(20, 4, uint16(n), 0, 0, 0), make([]byte, 4*n+16))
		return makeXML(makePool("a"), start, makeEnd(0))
	}
	text := func(n int) []byte {
		return makeXML(makePool("a", strings.Repeat("b", 1<<14)), makeStart(0), join(repeat(n, makeNode(resXMLCData, words(1), halves(8, 0), words(0)))...), makeEnd(0))
	}
	// n strings of 1 MiB that share their bytes.
	shared := func(n, units int) []byte {
		return makeXML(rawPool(uint32(n), 0, make([]byte, 4*n), join(halves(0x8000|uint16(units>>16), uint16(units)), []byte(strings.Repeat("a\x00", units)), halves(0))), element)
	}
	padded := func(n int) []byte {
		b := makeXML(makePool("a"), element)
		return append(b, make([]byte, n-len(b))...)
	}
	tests := []struct {
		name     string
		at, past []byte
	}{
		{"bytes", padded(limits.ManifestBytes), padded(limits.ManifestBytes + 1)},
		{"depth", nested(limits.AXMLDepth), nested(limits.AXMLDepth + 1)},
		{"attributes of an element", attributes(limits.AXMLAttributes), attributes(limits.AXMLAttributes + 1)},
		{"overlapping attributes", overlapping(5), overlapping(100)},
		{"text", text(limits.AXMLStringBytes>>14 - 1), text(limits.AXMLStringBytes >> 14)},
		{"strings of the pool", shared(32, 1<<19), shared(33, 1<<19)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ParseXML(test.at); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			doc, err := ParseXML(test.past)
			var format *inventory.FormatError
			if doc != nil || !errors.As(err, &format) || !format.Limit {
				t.Errorf("past the limit: got %v", err)
			}
		})
	}
	// 200,000 elements take 12 MB, more than a file may have: the reader's own count is tested.
	if _, err := ParseXML(elements(limits.ManifestBytes/60 - 10)); err != nil {
		t.Errorf("as many elements as fit a file: %v", err)
	}
	r := &xmlReader{doc: &Document{}, elements: limits.AXMLElements - 1}
	if err := r.push(res.Chunk{}, &Element{}, 0, 0); err != nil {
		t.Errorf("at the limit of elements: %v", err)
	}
	if err := r.push(res.Chunk{}, &Element{}, 0, 0); err == nil || !err.Limit {
		t.Errorf("past the limit of elements: %v", err)
	}
}
