package axml

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fixtures lists the files of testdata whose names end so.
func fixtures(t testing.TB, ending string) []string {
	t.Helper()
	found, err := filepath.Glob("testdata/*" + ending)
	if err != nil || len(found) == 0 {
		t.Fatalf("no fixtures *%s: %v", ending, err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

func mustParse(t testing.TB, b []byte) *Document {
	t.Helper()
	doc, err := ParseXML(b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func mustParseTable(t testing.TB, b []byte) *Table {
	t.Helper()
	table, err := ParseTable(b)
	if err != nil {
		t.Fatal(err)
	}
	return table
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

// The functions below write files chunk by chunk.

func words(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func halves(values ...uint16) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// makeChunk writes a chunk: header holds what follows the first 8 bytes of the chunk header.
func makeChunk(typ uint16, header []byte, body ...[]byte) []byte {
	content := join(body...)
	size := chunkHeaderSize + len(header) + len(content)
	return join(halves(typ, uint16(chunkHeaderSize+len(header))), words(uint32(size)), header, content)
}

func makeXML(chunks ...[]byte) []byte { return makeChunk(resXMLType, nil, chunks...) }

// makePool writes a string pool in UTF-16.
func makePool(texts ...string) []byte {
	var offsets, data []byte
	for _, text := range texts {
		units := utf16.Encode([]rune(text))
		offsets = append(offsets, words(uint32(len(data)))...)
		if len(units) > 0x7fff {
			data = append(data, halves(uint16(len(units)>>16)|0x8000)...)
		}
		data = append(data, halves(uint16(len(units)))...)
		data = append(data, halves(units...)...)
		data = append(data, 0, 0)
	}
	return rawPool(uint32(len(texts)), 0, offsets, data)
}

// makePool8 writes a string pool in UTF-8.
func makePool8(texts ...string) []byte {
	length := func(n int) []byte {
		if n > 0x7f {
			return []byte{byte(n>>8) | 0x80, byte(n)}
		}
		return []byte{byte(n)}
	}
	var offsets, data []byte
	for _, text := range texts {
		offsets = append(offsets, words(uint32(len(data)))...)
		data = join(data, length(len(utf16.Encode([]rune(text)))), length(len(text)), []byte(text), []byte{0})
	}
	return rawPool(uint32(len(texts)), poolUTF8, offsets, data)
}

func rawPool(count, flags uint32, offsets, data []byte) []byte {
	for len(data)%4 != 0 {
		data = append(data, 0)
	}
	return makeChunk(resStringPoolType, words(count, 0, flags, uint32(poolHeaderSize+len(offsets)), 0), offsets, data)
}

func makeNode(typ uint16, ext ...[]byte) []byte { return makeChunk(typ, words(1, noString), ext...) }

// makeStart writes a start element without a namespace; each attribute is made by makeAttr.
func makeStart(name uint32, attrs ...[]byte) []byte {
	return makeNode(resXMLStartElement, words(noString, name), halves(20, 20, uint16(len(attrs)), 0, 0, 0), join(attrs...))
}

func makeEnd(name uint32) []byte { return makeNode(resXMLEndElement, words(noString, name)) }

func makeAttr(ns, name, raw uint32, typ uint8, data uint32) []byte {
	return join(words(ns, name, raw), halves(8), []byte{0, typ}, words(data))
}

// makeTable writes a resource table of one package 0x7f with the given chunks behind its name pools.
func makeTable(values []byte, inner ...[]byte) []byte {
	return makePackages(values, makePackage(0x7f, inner...))
}

func makePackages(values []byte, packages ...[]byte) []byte {
	return makeChunk(resTableType, words(uint32(len(packages))), values, join(packages...))
}

func makePackage(id uint32, inner ...[]byte) []byte {
	types, keys := makePool("string"), makePool("key")
	header := join(words(id), make([]byte, 256), words(288, 0, uint32(288+len(types)), 0, 0))
	return makeChunk(resTablePackageType, header, types, keys, join(inner...))
}

// makeType writes a type chunk; offsets is its offset table, config what follows the size field.
func makeType(id, flags uint8, count int, config, offsets, entries []byte) []byte {
	for len(offsets)%4 != 0 {
		offsets = append(offsets, 0xff)
	}
	config = join(words(uint32(4+len(config))), config)
	start := 20 + len(config) + len(offsets)
	return makeChunk(resTableTypeType, join([]byte{id, flags, 0, 0}, words(uint32(count), uint32(start)), config), offsets, entries)
}

// makeEntry writes a simple entry.
func makeEntry(typ uint8, data uint32) []byte {
	return join(halves(8, 0), words(0), halves(8), []byte{0, typ}, words(data))
}

// deConfig is the configuration of German, defaultConfig the default one, both without their sizes.
var (
	defaultConfig = make([]byte, 24)
	deConfig      = join(make([]byte, 4), []byte("de"), make([]byte, 18))
)

func traits(notes []Note) string {
	var ids []string
	for _, n := range notes {
		ids = append(ids, string(n.Trait))
	}
	return strings.Join(ids, " ")
}
