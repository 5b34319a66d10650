package axml

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"appraise/internal/limits"
)

// The bombs of binary XML and of resource tables: files that make androidbinary ask for gigabytes or never
// return.

func bombB4(count uint32) []byte {
	return makeXML(makeChunk(resStringPoolType, words(count, 0, poolUTF8, 44, 0), make([]byte, 16)))
}

func bombB5() []byte {
	return makeXML(makeChunk(resStringPoolType, words(1, 0, 0, 32, 0), words(0), halves(0xffff, 0xffff), make([]byte, 4)))
}

// bombB6 has n references to one string of l units. With elements it is a document that uses them.
func bombB6(n, l int, elements ...[]byte) []byte {
	text := join(halves(uint16(l)), []byte(strings.Repeat("a\x00", l)), halves(0))
	return makeXML(rawPool(uint32(n), 0, make([]byte, 4*n), text), join(elements...))
}

func bombB7() []byte {
	return makeChunk(resTableType, words(1), halves(0x0999, 8), words(0), make([]byte, 44))
}

// uses writes an element whose attributes refer to the strings from 0 to n.
func uses(n int) []byte {
	var attrs [][]byte
	for i := range n {
		attrs = append(attrs, makeAttr(noString, uint32(i), uint32(i), TypeString, uint32(i)))
	}
	return join(makeStart(0, attrs...), makeEnd(0))
}

// cost runs read and tells what it allocated and how long it took.
func cost(read func()) (bytes uint64, took time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	read()
	took = time.Since(start)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, took
}

// refused checks that the bytes are refused in little time and memory.
func refused(t *testing.T, limit bool, parse func() (bool, error)) {
	t.Helper()
	var read bool
	var err error
	bytes, took := cost(func() { read, err = parse() })
	var format *FormatError
	if read || !errors.As(err, &format) || format.Limit != limit {
		t.Errorf("got %t, %v, want an error with limit %t", read, err, limit)
	}
	// 50 ms are the goal; a busy machine gets some slack.
	if bytes >= 16<<20 || took > 500*time.Millisecond {
		t.Errorf("took %d bytes, %v", bytes, took)
	}
	t.Logf("%v: %d bytes allocated, %v", err, bytes, took)
}

func parsesXML(b []byte) func() (bool, error) {
	return func() (bool, error) {
		doc, err := ParseXML(b)
		return doc != nil, err
	}
}

func parsesTable(b []byte) func() (bool, error) {
	return func() (bool, error) {
		table, err := ParseTable(b)
		return table != nil, err
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
			refused(t, test.limit, parsesXML(test.b))
		})
	}
}

func TestS04_Bombs(t *testing.T) {
	if b := bombB7(); len(b) != 64 {
		t.Errorf("bomb of %d bytes, want 64", len(b))
	}
	refused(t, false, parsesTable(bombB7()))
}

// The bombs as parts of files that are read: the library is not given them.
func TestS03_BombsAreKeptFromTheLibrary(t *testing.T) {
	bomb := func(b []byte) []byte { return b[chunkHeaderSize:] }
	tests := []struct {
		name string
		b    []byte
	}{
		{"string count", makeXML(bomb(bombB4(4e9)), makeStart(noString), makeEnd(noString))},
		{"style count", makeXML(makeChunk(resStringPoolType, words(0, 4e9, 0, 28, 0)), makeStart(noString), makeEnd(noString))},
		{"string length", makeXML(bomb(bombB5()), makeStart(noString), makeEnd(noString))},
		{"second pool", makeXML(makePool("a"), makeStart(0), makeEnd(0), bomb(bombB5()))},
		{"misaligned string", makeXML(rawPool(1, 0, words(1), []byte{1, 0, 0x40, 0, 0, 0, 0, 0}), makeStart(noString), makeEnd(noString))},
		{"long names", makeXML(makePool(strings.Repeat("a", 30000)), join(repeat(1200, makeStart(0), makeEnd(0))...))},
		{"quotes", makeXML(makePool("a", strings.Repeat(`"`, 30000)), makeStart(0, repeat(250, makeAttr(noString, 0, 1, TypeNull, 0))...), makeEnd(0))},
		{"long prefix", makeXML(makePool("a", strings.Repeat("p", 30000)), makeNode(resXMLStartNamespace, words(1, 0)),
			makeStart(0, repeat(1200, makeAttr(0, 0, noString, TypeNull, 0))...), makeEnd(0))},
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

func repeat(n int, parts ...[]byte) [][]byte {
	var out [][]byte
	for range n {
		out = append(out, parts...)
	}
	return out
}

func TestS04_BombsAreKeptFromTheLibrary(t *testing.T) {
	typ := func(count int, offsets []byte) []byte {
		return makeType(1, 0, count, defaultConfig, offsets, makeEntry(TypeIntDec, 1))
	}
	spec := makeChunk(resTableTypeSpecType, join([]byte{1, 0, 0, 0}, words(4e9)))
	names := makeTable(makePool("x"), typ(1, words(0)))
	copy(names[12+len(makePool("x"))+268:], words(0xfffffff0))
	bomb := bombB5()[chunkHeaderSize:]
	tests := []struct {
		name string
		b    []byte
	}{
		{"string length", makeTable(bomb, typ(1, words(0)))},
		{"string length in a second pool", makeTable(join(makePool("x"), bomb), typ(1, words(0)))},
		{"4e9 entries", makeTable(makePool("x"), typ(4e9, words(0)))},
		{"4e9 flags", makeTable(makePool("x"), spec)},
		{"offset outside the chunk", makeTable(makePool("x"), typ(1, words(0x7fffffff)))},
		{"type names outside the package", names},
		{"long strings", makeTable(rawPool(2000, 0, make([]byte, 8000), join(halves(30000), make([]byte, 60004))), typ(1, words(0)))},
		{"many empty strings", makeTable(rawPool(1_500_000, poolUTF8, make([]byte, 6_000_000), make([]byte, 4)), typ(1, words(0)))},
		{"many entries", makeTable(makePool("x"), typ(limits.ARSCLibraryEntries+1, []byte(strings.Repeat("\xff", 4*limits.ARSCLibraryEntries+4))))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if table := mustParseTable(t, test.b); table.Library {
				t.Error("offered to the library")
			}
		})
	}
	good := makeTable(makePool("x"), typ(limits.ARSCLibraryEntries, []byte(strings.Repeat("\xff", 4*limits.ARSCLibraryEntries))))
	if table := mustParseTable(t, good); !table.Library {
		t.Errorf("at the limit of entries: not offered to the library, notes %v", table.Notes)
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
		return makeXML(makePool("a"), makeStart(0, repeat(n, makeAttr(noString, 0, noString, TypeNull, 0))...), makeEnd(0))
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
			var format *FormatError
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
	if err := r.push(chunk{}, &Element{}, 0, 0); err != nil {
		t.Errorf("at the limit of elements: %v", err)
	}
	if err := r.push(chunk{}, &Element{}, 0, 0); err == nil || !err.Limit {
		t.Errorf("past the limit of elements: %v", err)
	}
}

// Each limit of resource tables.
func TestS04_Limits(t *testing.T) {
	packages := func(n int) []byte {
		return makePackages(makePool("x"), repeat(n, makePackage(0x7f))...)
	}
	spec := makeChunk(resTableTypeSpecType, join([]byte{1, 0, 0, 0}, words(0)))
	specs := func(n int) []byte { return makeTable(makePool("x"), repeat(n, spec)...) }
	typ := makeType(1, 0, 1, nil, words(0), makeEntry(TypeIntDec, 1))
	types := func(n int) []byte { return makeTable(makePool("x"), repeat(n, typ)...) }
	padded := func(n int) []byte {
		b := types(1)
		return append(b, make([]byte, n-len(b))...)
	}
	tests := []struct {
		name     string
		at, past []byte
	}{
		{"bytes", padded(limits.ResourcesBytes), padded(limits.ResourcesBytes + 1)},
		{"packages", packages(limits.ARSCPackages), packages(limits.ARSCPackages + 1)},
		{"type specs", specs(limits.ARSCTypes), specs(limits.ARSCTypes + 1)},
		{"configurations", types(limits.ARSCConfigurations), types(limits.ARSCConfigurations + 1)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ParseTable(test.at); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			table, err := ParseTable(test.past)
			var format *FormatError
			if table != nil || !errors.As(err, &format) || !format.Limit {
				t.Errorf("past the limit: got %v", err)
			}
		})
	}
}

// chain writes a table whose entry i refers to entry i+1; the last one holds 7, or leads back to the first.
func chain(t *testing.T, n int, cycle bool) *Table {
	var offsets, entries []byte
	for i := range n {
		offsets = append(offsets, words(uint32(16*i))...)
		if i < n-1 {
			entries = append(entries, makeEntry(TypeReference, 0x7f010000+uint32(i)+1)...)
		}
	}
	if cycle {
		entries = append(entries, makeEntry(TypeReference, 0x7f010000)...)
	} else {
		entries = append(entries, makeEntry(TypeIntDec, 7)...)
	}
	return mustParseTable(t, makeTable(makePool("x"), makeType(1, 0, n, defaultConfig, offsets, entries)))
}

func TestS04_ReferenceHops(t *testing.T) {
	first := Value{Type: TypeReference, Data: 0x7f010000}
	tests := []struct {
		name  string
		table *Table
		ok    bool
	}{
		{"at the limit", chain(t, limits.ARSCReferenceHops, false), true},
		{"past the limit", chain(t, limits.ARSCReferenceHops+1, false), false},
		{"self", chain(t, 1, true), false},
		{"cycle of two", chain(t, 2, true), false},
		{"long cycle", chain(t, 1000, true), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v, ok := test.table.Resolve(first)
			if ok != test.ok || ok && v.Data != 7 {
				t.Errorf("Resolve: got %v, %t", v, ok)
			}
			found := false
			for _, c := range test.table.Candidates(first.Data) {
				found = found || !c.Value.IsReference()
			}
			if found != test.ok {
				t.Errorf("Candidates: got %v", test.table.Candidates(first.Data))
			}
		})
	}
}

// A table made to be slow to look things up in stops answering, and says so.
func TestS04_LookupsAreBounded(t *testing.T) {
	typ := makeType(1, 0, 1, nil, words(0), makeEntry(TypeIntDec, 1))
	table := mustParseTable(t, makeTable(makePool("x"), repeat(10000, typ)...))
	bytes, took := cost(func() {
		for range 2000 {
			table.Resolve(Value{Type: TypeReference, Data: 0x7f010005})
		}
	})
	if !table.Exhausted() {
		t.Error("20,000,000 lookups went through")
	}
	t.Logf("%d bytes, %v", bytes, took)

	long := makePool(strings.Repeat("a", 1<<20))
	table = mustParseTable(t, makeTable(long, repeat(100, makeType(1, 0, 1, nil, words(0), makeEntry(TypeString, 0)))...))
	bytes, _ = cost(func() { table.Candidates(0x7f010000) })
	if !table.Exhausted() || bytes > 3*limits.AXMLStringBytes {
		t.Errorf("100 MiB of text: exhausted %t, %d bytes", table.Exhausted(), bytes)
	}
}

// References that fan out: 1,000 configurations of one resource refer to 1,000 others of as many configurations.
func TestS04_CandidatesAreBounded(t *testing.T) {
	const n = 1000
	var types [][]byte
	for i := range n {
		entries := join(makeEntry(TypeReference, 0x7f010001+uint32(i)), makeEntry(TypeIntDec, 7))
		offsets := join(halves(0), []byte(strings.Repeat("\x04\x00", n)))
		types = append(types, makeType(1, typeOffset16, n+1, defaultConfig, offsets, entries))
	}
	table := mustParseTable(t, makeTable(makePool("x"), types...))
	var got []Candidate
	bytes, took := cost(func() { got = table.Candidates(0x7f010000) })
	if len(got) != limits.ARSCConfigurations || !table.Exhausted() || bytes > 16<<20 {
		t.Errorf("%d candidates, exhausted %t, %d bytes, %v", len(got), table.Exhausted(), bytes, took)
	}
}

// An index over a large table is small, and made in little time: nothing is decoded before it is asked for.
func TestTableIsLazy(t *testing.T) {
	texts := make([]string, 100_000)
	for i := range texts {
		texts[i] = strings.Repeat("x", 50)
	}
	typ := makeType(1, 0, 60_000, defaultConfig, make([]byte, 240_000), makeEntry(TypeString, 99_999))
	b := makeTable(makePool(texts...), repeat(10, typ)...)
	var table *Table
	bytes, took := cost(func() { table = mustParseTable(t, b) })
	t.Logf("%d bytes of table: %d bytes, %v", len(b), bytes, took)
	if bytes > 64<<10 {
		t.Errorf("%d bytes allocated", bytes)
	}
	if v, ok := table.Resolve(Value{Type: TypeReference, Data: 0x7f010005}); !ok || v.String != texts[0] {
		t.Errorf("got %v, %t", v, ok)
	}
}
