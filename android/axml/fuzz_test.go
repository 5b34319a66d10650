package axml

import (
	"bytes"
	"errors"
	"testing"

	"github.com/shogo82148/androidbinary"

	"appraise/android/axml/axmltest"
	"appraise/internal/limits"
	"appraise/inventory"
)

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
			var format *inventory.FormatError
			if !errors.As(err, &format) || doc != nil {
				t.Fatalf("got %v, %v", doc, err)
			}
			return
		}
		checkElement(t, doc.Root, 1)
		axmltest.CheckNotes(t, doc.Notes)
		if doc.Library {
			axmltest.Offered(t, func() error {
				_, err := androidbinary.NewXMLFile(bytes.NewReader(b))
				return err
			})
		}
	})
}
