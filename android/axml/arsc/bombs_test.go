package arsc

import (
	"errors"
	"strings"
	"testing"

	"appraise/android/axml/axmltest"
	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/inventory"
)

// The bombs of resource tables: files that make androidbinary ask for gigabytes or never return.

func bombB7() []byte {
	return makeChunk(resTableType, words(1), halves(0x0999, 8), words(0), make([]byte, 44))
}

func parsesTable(b []byte) func() (bool, error) {
	return func() (bool, error) {
		table, err := Parse(b)
		return table != nil, err
	}
}

func TestS04_Bombs(t *testing.T) {
	if b := bombB7(); len(b) != 64 {
		t.Errorf("bomb of %d bytes, want 64", len(b))
	}
	axmltest.Refused(t, false, parsesTable(bombB7()))
}

func TestS04_BombsAreKeptFromTheLibrary(t *testing.T) {
	typ := func(count int, offsets []byte) []byte {
		return makeType(1, 0, count, defaultConfig, offsets, makeEntry(res.TypeIntDec, 1))
	}
	spec := makeChunk(resTableTypeSpecType, join([]byte{1, 0, 0, 0}, words(4e9)))
	names := makeTable(makePool("x"), typ(1, words(0)))
	copy(names[12+len(makePool("x"))+268:], words(0xfffffff0))
	bomb := makeChunk(res.StringPoolType, words(1, 0, 0, 32, 0), words(0), halves(0xffff, 0xffff), make([]byte, 4)) // a string of 2 GiB
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
		{"many empty strings", makeTable(rawPool(1_500_000, axmltest.UTF8, make([]byte, 6_000_000), make([]byte, 4)), typ(1, words(0)))},
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

// Each limit of resource tables.
func TestS04_Limits(t *testing.T) {
	packages := func(n int) []byte {
		return makePackages(makePool("x"), repeat(n, makePackage(0x7f))...)
	}
	spec := makeChunk(resTableTypeSpecType, join([]byte{1, 0, 0, 0}, words(0)))
	specs := func(n int) []byte { return makeTable(makePool("x"), repeat(n, spec)...) }
	typ := makeType(1, 0, 1, nil, words(0), makeEntry(res.TypeIntDec, 1))
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
			if _, err := Parse(test.at); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			table, err := Parse(test.past)
			var format *inventory.FormatError
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
			entries = append(entries, makeEntry(res.TypeReference, 0x7f010000+uint32(i)+1)...)
		}
	}
	if cycle {
		entries = append(entries, makeEntry(res.TypeReference, 0x7f010000)...)
	} else {
		entries = append(entries, makeEntry(res.TypeIntDec, 7)...)
	}
	return mustParseTable(t, makeTable(makePool("x"), makeType(1, 0, n, defaultConfig, offsets, entries)))
}

func TestS04_ReferenceHops(t *testing.T) {
	first := res.Value{Type: res.TypeReference, Data: 0x7f010000}
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
	typ := makeType(1, 0, 1, nil, words(0), makeEntry(res.TypeIntDec, 1))
	table := mustParseTable(t, makeTable(makePool("x"), repeat(10000, typ)...))
	bytes, took := axmltest.Cost(func() {
		for range 2000 {
			table.Resolve(res.Value{Type: res.TypeReference, Data: 0x7f010005})
		}
	})
	if !table.Exhausted() {
		t.Error("20,000,000 lookups went through")
	}
	t.Logf("%d bytes, %v", bytes, took)

	long := makePool(strings.Repeat("a", 1<<20))
	table = mustParseTable(t, makeTable(long, repeat(100, makeType(1, 0, 1, nil, words(0), makeEntry(res.TypeString, 0)))...))
	bytes, _ = axmltest.Cost(func() { table.Candidates(0x7f010000) })
	if !table.Exhausted() || bytes > 3*limits.AXMLStringBytes {
		t.Errorf("100 MiB of text: exhausted %t, %d bytes", table.Exhausted(), bytes)
	}
}

// References that fan out: 1,000 configurations of one resource refer to 1,000 others of as many configurations.
func TestS04_CandidatesAreBounded(t *testing.T) {
	const n = 1000
	var types [][]byte
	for i := range n {
		entries := join(makeEntry(res.TypeReference, 0x7f010001+uint32(i)), makeEntry(res.TypeIntDec, 7))
		offsets := join(halves(0), []byte(strings.Repeat("\x04\x00", n)))
		types = append(types, makeType(1, typeOffset16, n+1, defaultConfig, offsets, entries))
	}
	table := mustParseTable(t, makeTable(makePool("x"), types...))
	var got []Candidate
	bytes, took := axmltest.Cost(func() { got = table.Candidates(0x7f010000) })
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
	typ := makeType(1, 0, 60_000, defaultConfig, make([]byte, 240_000), makeEntry(res.TypeString, 99_999))
	b := makeTable(makePool(texts...), repeat(10, typ)...)
	var table *Table
	bytes, took := axmltest.Cost(func() { table = mustParseTable(t, b) })
	t.Logf("%d bytes of table: %d bytes, %v", len(b), bytes, took)
	if bytes > 64<<10 {
		t.Errorf("%d bytes allocated", bytes)
	}
	if v, ok := table.Resolve(res.Value{Type: res.TypeReference, Data: 0x7f010005}); !ok || v.String != texts[0] {
		t.Errorf("got %v, %t", v, ok)
	}
}
