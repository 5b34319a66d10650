package arsc

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/axml/axmltest"
	"appraise/android/axml/res"
	"appraise/inventory"
)

// What aapt printed of the fixtures when they were made is what is read of them.
func TestParseFixtures(t *testing.T) {
	for _, name := range fixtures(t, "resources.bin") {
		t.Run(name, func(t *testing.T) {
			table := mustParseTable(t, load(t, name))
			if len(table.Notes) > 0 {
				t.Errorf("got notes %v", table.Notes)
			}
			// aapt shows a shared library, package 0, under the first free id.
			text := strings.ReplaceAll(string(load(t, strings.Replace(name, ".bin", ".txt", 1))), "resource 0x02", "resource 0x00")
			if d := cmp.Diff(aaptTable(text), tableLines(table)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestTableLibrary(t *testing.T) {
	for name, want := range map[string]bool{
		"aapt-resources.bin": true, "aapt2-resources.bin": true, "aapt2-library-resources.bin": true,
		"aapt2-sparse-resources.bin": false, // the library takes the pairs for offsets
	} {
		if got := mustParseTable(t, load(t, name)).Library; got != want {
			t.Errorf("%s: got %t, want %t", name, got, want)
		}
	}
}

// Resources of the fixtures, by aapt2's ids.
const (
	idBag       = 0x7f010000
	idBackup    = 0x7f020000
	idExported  = 0x7f020001 // -> inner
	idColour    = 0x7f030000
	idDimension = 0x7f040000
	idAlias2    = 0x7f060001 // -> alias -> label
	idLabel     = 0x7f060020
	idPlatform  = 0x7f060022 // -> Android's own
)

func TestCandidates(t *testing.T) {
	table := mustParseTable(t, load(t, "aapt2-resources.bin"))
	standard := Config{Default: true}
	text := func(s string, data uint32) res.Value { return res.Value{Type: res.TypeString, Data: data, String: s} }
	labels := []Candidate{
		{standard, text("Reader", 1)}, {Config{Text: "fil"}, text("Mambabasa", 0x25)},
		{Config{Text: "de"}, text("Leser", 0x26)}, {Config{Text: "de-AT"}, text("Leser AT", 0x27)},
	}
	tests := []struct {
		name string
		id   uint32
		want []Candidate
	}{
		{"languages", idLabel, labels},
		{"through two references", idAlias2, labels},
		{"version", idBackup, []Candidate{{standard, res.Value{Type: res.TypeIntBoolean, Data: 0xffffffff}}, {Config{Text: "v24"}, res.Value{Type: res.TypeIntBoolean}}}},
		{"through a reference", idExported, []Candidate{{standard, res.Value{Type: res.TypeIntBoolean}}, {Config{Text: "v24"}, res.Value{Type: res.TypeIntBoolean, Data: 0xffffffff}}}},
		{"density", idDimension, []Candidate{{standard, res.Value{Type: res.TypeDimension, Data: 0x401}}, {Config{Text: "density"}, res.Value{Type: res.TypeDimension, Data: 0x501}}}},
		{"night", idColour, []Candidate{{standard, res.Value{Type: res.TypeIntColorRGB4, Data: 0xffff0000}}, {Config{Text: "night"}, res.Value{Type: res.TypeIntColorRGB4, Data: 0xff880000}}}},
		{"leads out of the table", idPlatform, []Candidate{{standard, res.Value{Type: res.TypeReference, Data: 0x0104000a}}}},
		{"bag", idBag, nil},
		{"no such entry", 0x7f06ffff, nil},
		{"no such type", 0x7f550000, nil},
		{"no such package", 0x01040000, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, table.Candidates(test.id)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
	if got := (*Table)(nil).Candidates(idLabel); got != nil {
		t.Errorf("nil table: got %v", got)
	}
}

func TestResolve(t *testing.T) {
	table := mustParseTable(t, load(t, "aapt2-resources.bin"))
	reference := func(id uint32) res.Value { return res.Value{Type: res.TypeReference, Data: id} }
	tests := []struct {
		name  string
		table *Table
		value res.Value
		want  string
		ok    bool
	}{
		{"string", table, reference(idLabel), "Reader", true},
		{"two references", table, reference(idAlias2), "Reader", true},
		{"boolean", table, reference(idExported), "false", true},
		{"Android's own", table, reference(idPlatform), "@0x0104000a", false},
		{"unknown", table, reference(0x7f0f0000), "@0x7f0f0000", false},
		{"bag", table, reference(idBag), "@0x7f010000", false},
		{"plain", table, res.Value{Type: res.TypeString, String: "x"}, "x", true},
		{"null", table, res.NewValue(res.TypeReference, 0), "", true},
		{"theme attribute", table, res.Value{Type: res.TypeAttribute, Data: 0x7f010000}, "?0x7f010000", false},
		{"no table", nil, reference(idLabel), "@0x7f060020", false},
		{"plain, no table", nil, res.Value{Type: res.TypeIntDec, Data: 4}, "4", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := test.table.Resolve(test.value)
			if got.Text() != test.want || ok != test.ok {
				t.Errorf("got %q, %t, want %q, %t", got.Text(), ok, test.want, test.ok)
			}
		})
	}
}

// Without a value in the default configuration the first one stands.
func TestResolveWithoutDefault(t *testing.T) {
	german := makeType(1, 0, 1, deConfig, words(0), makeEntry(res.TypeIntDec, 5))
	table := mustParseTable(t, makeTable(makePool("x"), german))
	if got, ok := table.Resolve(res.Value{Type: res.TypeReference, Data: 0x7f010000}); !ok || got.Data != 5 {
		t.Errorf("got %v, %t", got, ok)
	}
}

// The forms of offset tables and entries; aapt2's own SPARSE tables are among the fixtures.
func TestEntryForms(t *testing.T) {
	compact := join(halves(0, uint16(res.TypeIntDec)<<8|entryCompact), words(7))
	wide := join(halves(16, 0), words(0), make([]byte, 8), halves(8), []byte{0, res.TypeIntDec}, words(7))
	plain := makeEntry(res.TypeIntDec, 7)
	bag := join(halves(16, entryComplex), words(0), words(0, 0))
	tests := []struct {
		name    string
		flags   uint8
		count   int
		offsets []byte
		entries []byte
		found   bool
	}{
		{"plain", 0, 4, words(noEntry, noEntry, noEntry, 0), plain, true},
		{"absent", 0, 4, words(0, 0, 0, noEntry), plain, false},
		{"beyond the count", 0, 3, words(0, 0, 0), plain, false},
		{"16-bit offsets", typeOffset16, 4, halves(0xffff, 0, 0xffff, 2), join(make([]byte, 8), plain), true},
		{"16-bit absent", typeOffset16, 4, halves(0, 0, 0, 0xffff), plain, false},
		{"sparse", typeSparse, 2, halves(1, 0, 3, 2), join(make([]byte, 8), plain), true},
		{"sparse absent", typeSparse, 2, halves(1, 0, 5, 0), plain, false},
		{"sparse wins over 16-bit", typeSparse | typeOffset16, 1, halves(3, 0), plain, true},
		{"compact", 0, 4, words(0, 0, 0, 0), compact, true},
		{"compact with 16-bit offsets", typeOffset16, 4, halves(0, 0, 0, 0), compact, true},
		{"entry with more fields", 0, 4, words(0, 0, 0, 0), wide, true},
		{"bag", 0, 4, words(0, 0, 0, 0), bag, false},
		{"outside the chunk", 0, 4, words(0, 0, 0, 16), plain, false},
		{"far outside", 0, 4, words(0, 0, 0, 0xfffffff0), plain, false},
		{"cut value", 0, 4, words(0, 0, 0, 0), plain[:12], false},
		{"size below 8", 0, 4, words(0, 0, 0, 0), join(halves(4, 0), plain[4:]), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			typ := makeType(2, test.flags, test.count, defaultConfig, test.offsets, test.entries)
			table := mustParseTable(t, makeTable(makePool("x"), typ))
			if len(table.Notes) > 0 {
				t.Errorf("got notes %v", table.Notes)
			}
			got := table.Candidates(0x7f020003)
			if test.found != (len(got) == 1 && got[0].Value == res.Value{Type: res.TypeIntDec, Data: 7}) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestConfig(t *testing.T) {
	at := func(i int, bytes ...byte) []byte {
		b := make([]byte, 60)
		copy(b[i-4:], bytes)
		return b
	}
	tests := []struct {
		name   string
		config []byte
		want   Config
	}{
		{"default", defaultConfig, Config{Default: true}},
		{"no fields", nil, Config{Default: true}},
		{"language", deConfig, Config{Text: "de"}},
		{"region", at(8, 'd', 'e', 'A', 'T'), Config{Text: "de-AT"}},
		{"three letters", at(8, 0xad, 0x05), Config{Text: "fil"}},
		{"three digits", at(8, 'e', 's', 0xa4, 0x24), Config{Text: "es-419"}},
		{"version", at(24, 24, 0), Config{Text: "v24"}},
		{"density", at(14, 0xf0, 0), Config{Text: "density"}},
		{"night", at(29, 0x20), Config{Text: "night"}},
		{"not night", at(29, 0x10), Config{Text: "other"}},
		{"operator", at(4, 1), Config{Text: "other"}},
		{"script", at(36, 'L', 'a', 't', 'n'), Config{Text: "other"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			typ := makeType(1, 0, 1, test.config, words(0), makeEntry(res.TypeIntDec, 1))
			got := mustParseTable(t, makeTable(makePool("x"), typ)).Candidates(0x7f010000)
			if d := cmp.Diff([]Candidate{{test.want, res.Value{Type: res.TypeIntDec, Data: 1}}}, got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// A value reached through a reference holds where both configurations do.
func TestConfigWithin(t *testing.T) {
	de, v24, standard := Config{Text: "de"}, Config{Text: "v24"}, Config{Default: true}
	tests := []struct{ inner, outer, want Config }{
		{de, standard, de},
		{standard, de, de},
		{standard, standard, standard},
		{de, de, de},
		{v24, de, Config{Text: "de-v24"}},
	}
	for _, test := range tests {
		if got := test.inner.within(test.outer); got != test.want {
			t.Errorf("%v within %v: got %v, want %v", test.inner, test.outer, got, test.want)
		}
	}
}

func TestPackages(t *testing.T) {
	typ := func(v uint32) []byte { return makeType(1, 0, 1, defaultConfig, words(0), makeEntry(res.TypeIntDec, v)) }
	feature := makePackage(0x80, typ(3))
	copy(feature[284:], words(4)) // typeIdOffset
	table := mustParseTable(t, makePackages(makePool("x"), makePackage(0x7f, typ(1)), makePackage(0x7e, typ(2)), feature))
	for id, want := range map[uint32]uint32{0x7f010000: 1, 0x7e010000: 2, 0x80050000: 3} {
		if got := table.Candidates(id); len(got) != 1 || got[0].Value.Data != want {
			t.Errorf("0x%08x: got %v, want %d", id, got, want)
		}
	}
	if got := table.Candidates(0x80010000); got != nil {
		t.Errorf("below the type id offset: got %v", got)
	}
}

func TestTableMalformed(t *testing.T) {
	good := makeTable(makePool("x"), makeType(1, 0, 1, defaultConfig, words(0), makeEntry(res.TypeIntDec, 1)))
	change := func(edit func(b []byte) []byte) []byte { return edit(append([]byte(nil), good...)) }
	entries := 0
	for i := range good {
		if i+8 < len(good) && res.U16(good, i) == resTableTypeType && res.U16(good, i+2) == 48 {
			entries = i
		}
	}
	tests := []struct {
		name string
		b    []byte
		read bool
	}{
		{"trailing bytes", append(change(func(b []byte) []byte { return b }), 0, 0, 0, 0), true},
		{"size beyond the file", change(func(b []byte) []byte { b[5]++; return b }), true},
		{"two packages declared", change(func(b []byte) []byte { b[8] = 2; return b }), true},
		{"package id above 255", change(func(b []byte) []byte { b[12+int(res.U32(b, 16))+10] = 1; return b }), false},
		{"type id 0", change(func(b []byte) []byte { b[entries+8] = 0; return b }), false},
		{"more entries than bytes", change(func(b []byte) []byte { b[entries+15] = 0x7f; return b }), false},
		{"entries beyond the chunk", change(func(b []byte) []byte { b[entries+18] = 1; return b }), false},
		{"chunk of size 0", change(func(b []byte) []byte { copy(b[entries+4:], words(0)); return b }), false},
		{"unknown chunk", change(func(b []byte) []byte { b[entries+1] = 9; return b }), false},
		{"unaligned", makeTable(makePool("x"), makeType(1, 0, 1, defaultConfig, words(0), append(makeEntry(res.TypeIntDec, 1), 0))), true},
		{"package with a short header", makePackages(makePool("x"), makeChunk(resTablePackageType, words(0x7f))), false},
		{"type with a short header", makeTable(makePool("x"), makeChunk(resTableTypeType, words(1))), false},
		{"type spec with a short header", makeTable(makePool("x"), makeChunk(resTableTypeSpecType, nil, words(1))), false},
		{"unknown chunk beside the packages", makePackages(makePool("x"), makeChunk(0x0999, nil), makePackage(0x7f)), false},
		{"string pool with a short header", makePackages(makePool("x"), makePackage(0x7f), makeChunk(res.StringPoolType, nil)), false},
		{"string count", change(func(b []byte) []byte { b[20] = 200; return b }), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table := mustParseTable(t, test.b)
			if len(table.Notes) == 0 || table.Library {
				t.Errorf("got notes %v, library %t", table.Notes, table.Library)
			}
			if got := table.Candidates(0x7f010000); (len(got) > 0) != test.read {
				t.Errorf("got %v, notes %v", got, table.Notes)
			}
		})
	}
}

func TestParseTruncated(t *testing.T) {
	for _, name := range fixtures(t, "resources.bin") {
		b := load(t, name)
		for n := range b {
			table, err := Parse(b[:n])
			var format *inventory.FormatError
			switch {
			case err != nil && (!errors.As(err, &format) || table != nil):
				t.Fatalf("%s cut to %d: got %v, %v", name, n, table, err)
			case err == nil && (table.Library || len(table.Notes) == 0):
				t.Fatalf("%s cut to %d: library %t, notes %v", name, n, table.Library, table.Notes)
			case err == nil:
				table.Candidates(idLabel)
			}
		}
	}
}

// Real tables in the forms that the compilers at hand don't write.
func TestRealTableForms(t *testing.T) {
	const folder = "../../../../shared/corpus/apktool/"
	for _, test := range []struct {
		name, apk string
		id        uint32
		want      string
	}{
		{"compact entries", "issue3705.apk", 0x7f010000, "CompactEntries"},
		{"16-bit offsets", "library.apk", 0x00020000, "Racoon"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := os.Stat(folder + test.apk); err != nil {
				t.Skip("the corpus is not beside the project")
			}
			table := mustParseTable(t, axmltest.Entry(t, folder+test.apk, "resources.arsc"))
			if got, ok := table.Resolve(res.Value{Type: res.TypeReference, Data: test.id}); !ok || got.String != test.want {
				t.Errorf("got %+v, %t, want %q", got, ok, test.want)
			}
		})
	}
}
