package axml

import (
	"strings"
	"testing"

	"appraise/android/axml/axmltest"
	"appraise/android/axml/res"
)

const (
	folder = "testdata"
	shared = "../../../shared" // beside the project
)

func load(t testing.TB, name string) []byte {
	t.Helper()
	return axmltest.Load(t, folder, name)
}

// fixtures lists the files of testdata whose names end so.
func fixtures(t testing.TB, ending string) []string {
	t.Helper()
	return axmltest.Fixtures(t, folder, ending)
}

func mustParse(t testing.TB, b []byte) *Document {
	t.Helper()
	doc, err := ParseXML(b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// find returns the first element of that name, depth first.
func find(e *Element, name string) *Element {
	if e.Name == name {
		return e
	}
	for _, child := range e.Children {
		if found := find(child, name); found != nil {
			return found
		}
	}
	return nil
}

// Short names for what the tests write with.
var (
	words     = axmltest.Words
	halves    = axmltest.Halves
	join      = axmltest.Join
	repeat    = axmltest.Repeat
	makeChunk = axmltest.Chunk
	makePool  = axmltest.Pool
	makePool8 = axmltest.Pool8
	rawPool   = axmltest.RawPool
)

func makeXML(chunks ...[]byte) []byte { return makeChunk(resXMLType, nil, chunks...) }

func makeNode(typ uint16, ext ...[]byte) []byte { return makeChunk(typ, words(1, noString), ext...) }

// makeStart writes a start element without a namespace; each attribute is made by makeAttr.
func makeStart(name uint32, attrs ...[]byte) []byte {
	return makeNode(resXMLStartElement, words(noString, name), halves(20, 20, uint16(len(attrs)), 0, 0, 0), join(attrs...))
}

func makeEnd(name uint32) []byte { return makeNode(resXMLEndElement, words(noString, name)) }

func makeAttr(ns, name, raw uint32, typ uint8, data uint32) []byte {
	return join(words(ns, name, raw), halves(8), []byte{0, typ}, words(data))
}

func traits(notes []res.Note) string {
	var ids []string
	for _, n := range notes {
		ids = append(ids, string(n.Trait))
	}
	return strings.Join(ids, " ")
}
