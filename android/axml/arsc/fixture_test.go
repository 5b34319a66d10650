package arsc

import (
	"testing"

	"appraise/android/axml/axmltest"
)

const (
	folder = "../testdata"
	shared = "../../../../shared" // beside the project
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

func mustParseTable(t testing.TB, b []byte) *Table {
	t.Helper()
	table, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return table
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
