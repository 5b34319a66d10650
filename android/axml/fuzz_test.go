package axml

import (
	"bytes"
	"errors"
	"runtime"
	"testing"

	"github.com/shogo82148/androidbinary"

	"appraise/internal/limits"
)

// libraryAllocates is what the library may allocate on a file that it is offered: its text grows by
// doubling, and each of its structures is read through a buffer of its own.
const libraryAllocates = 16 * limits.AXMLStringBytes

// offered gives a file to the library and checks that it keeps within bounds. It may return an error, and
// panic in a way that recover catches.
func offered(t *testing.T, read func() error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	func() {
		defer func() {
			if p := recover(); p != nil {
				t.Logf("library panics: %v", p)
			}
		}()
		if err := read(); err != nil {
			t.Logf("library: %v", err)
		}
	}()
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > libraryAllocates {
		t.Errorf("library allocated %d bytes on a file it was offered", grown)
	}
}

func checkNotes(t *testing.T, notes []Note) {
	t.Helper()
	count := map[string]int{}
	for _, n := range notes {
		if count[string(n.Trait)]++; count[string(n.Trait)] > limits.AXMLNotes {
			t.Errorf("more than %d notes of %s", limits.AXMLNotes, n.Trait)
		}
	}
}

func checkElement(t *testing.T, e *Element, depth int) {
	t.Helper()
	if depth > limits.AXMLDepth || len(e.Attrs) > limits.AXMLAttributes {
		t.Fatalf("element at depth %d with %d attributes", depth, len(e.Attrs))
	}
	for _, a := range e.Attrs {
		_, _ = a.Value.Int()
		_, _ = a.Text(), a.Value.Bool()
	}
	for _, child := range e.Children {
		checkElement(t, child, depth+1)
	}
}

func FuzzParseXML(f *testing.F) {
	for _, name := range append(fixtures(f, "manifest.bin"), fixtures(f, "network.bin")...) {
		f.Add(load(f, name))
	}
	for _, bomb := range [][]byte{bombB4(1e6), bombB4(4e9), bombB5(), bombB6(10, 30, uses(10)), makeXML(makePool8("a", "b"), uses(2))} {
		f.Add(bomb)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := ParseXML(b)
		if err != nil {
			var format *FormatError
			if !errors.As(err, &format) || doc != nil {
				t.Fatalf("got %v, %v", doc, err)
			}
			return
		}
		checkElement(t, doc.Root, 1)
		checkNotes(t, doc.Notes)
		if doc.Library {
			offered(t, func() error {
				_, err := androidbinary.NewXMLFile(bytes.NewReader(b))
				return err
			})
		}
	})
}

func FuzzParseTable(f *testing.F) {
	for _, name := range fixtures(f, "resources.bin") {
		f.Add(load(f, name))
	}
	f.Add(bombB7())
	f.Add(makeTable(makePool8("x"), makeType(1, typeOffset16, 1, deConfig, halves(0), makeEntry(TypeString, 0))))
	f.Fuzz(func(t *testing.T, b []byte) {
		table, err := ParseTable(b)
		if err != nil {
			var format *FormatError
			if !errors.As(err, &format) || table != nil {
				t.Fatalf("got %v, %v", table, err)
			}
			return
		}
		checkNotes(t, table.Notes)
		for _, p := range table.packages {
			for typ := range p.types {
				id := p.id<<24 | (uint32(typ)+p.offset)<<16
				table.Candidates(id)
				table.Resolve(Value{Type: TypeReference, Data: id + 1})
			}
		}
		if table.Library {
			offered(t, func() error {
				_, err := androidbinary.NewTableFile(bytes.NewReader(b))
				return err
			})
		}
	})
}
