package android

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"appraise/internal/limits"
	"appraise/inventory"
)

// pack makes an archive of files, stored.
func pack(tb testing.TB, files map[string][]byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, b := range files {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			tb.Fatal(err)
		}
		f.Write(b)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// manifestWriter writes binary XML as compactly as a hostile file would: one string pool, no namespaces,
// ids for the attributes that the tests use.
type manifestWriter struct {
	pool  []string
	index map[string]uint32
	nodes bytes.Buffer
}

var writerIDs = []struct {
	name string
	id   uint32
}{{"name", 0x01010003}, {"permission", 0x01010006}, {"resource", 0x01010025}}

func newManifestWriter() *manifestWriter {
	w := &manifestWriter{index: map[string]uint32{}}
	for _, a := range writerIDs {
		w.text(a.name)
	}
	return w
}

func (w *manifestWriter) text(s string) uint32 {
	if i, ok := w.index[s]; ok {
		return i
	}
	w.index[s] = uint32(len(w.pool))
	w.pool = append(w.pool, s)
	return w.index[s]
}

func (w *manifestWriter) put(values ...any) {
	for _, v := range values {
		binary.Write(&w.nodes, binary.LittleEndian, v)
	}
}

// open starts an element; attrs are name and string value in turn.
func (w *manifestWriter) open(name string, attrs ...string) {
	n := uint16(len(attrs) / 2)
	none := ^uint32(0)
	w.put(uint16(0x102), uint16(16), uint32(36+20*int(n)), uint32(1), none, none, w.text(name), uint16(20), uint16(20), n, uint16(0), uint16(0), uint16(0))
	for i := 0; i < len(attrs); i += 2 {
		value := w.text(attrs[i+1])
		w.put(none, w.text(attrs[i]), value, uint16(8), uint8(0), uint8(3), value)
	}
}

func (w *manifestWriter) close(name string) {
	w.put(uint16(0x103), uint16(16), uint32(24), uint32(1), ^uint32(0), ^uint32(0), w.text(name))
}

func (w *manifestWriter) empty(name string, attrs ...string) {
	w.open(name, attrs...)
	w.close(name)
}

func (w *manifestWriter) bytes() []byte {
	var offsets, data bytes.Buffer
	for _, s := range w.pool {
		binary.Write(&offsets, binary.LittleEndian, uint32(data.Len()))
		data.Write([]byte{byte(len(s)), byte(len(s))})
		data.WriteString(s + "\x00")
	}
	for data.Len()%4 != 0 {
		data.WriteByte(0)
	}
	var out bytes.Buffer
	le := func(values ...any) {
		for _, v := range values {
			binary.Write(&out, binary.LittleEndian, v)
		}
	}
	poolSize := 28 + offsets.Len() + data.Len()
	mapSize := 8 + 4*len(writerIDs)
	le(uint16(3), uint16(8), uint32(8+poolSize+mapSize+w.nodes.Len()))
	le(uint16(1), uint16(28), uint32(poolSize), uint32(len(w.pool)), uint32(0), uint32(0x100), uint32(28+offsets.Len()), uint32(0))
	out.Write(offsets.Bytes())
	out.Write(data.Bytes())
	le(uint16(0x180), uint16(8), uint32(mapSize))
	for _, a := range writerIDs {
		le(a.id)
	}
	out.Write(w.nodes.Bytes())
	return out.Bytes()
}

// TestManyOfEverything: what grows with a manifest's size must not grow with its square.
func TestManyOfEverything(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(*manifestWriter, int)
	}{
		{"permissions", func(w *manifestWriter, i int) { w.empty("uses-permission", "name", fmt.Sprintf("com.example.P%d", i)) }},
		{"one permission", func(w *manifestWriter, _ int) {
			w.empty("uses-permission", "name", "android.permission.READ_SMS")
		}},
		{"declared permissions", func(w *manifestWriter, i int) {
			w.empty("permission", "name", fmt.Sprintf("android.permission.P%d", i))
		}},
		{"applications", func(w *manifestWriter, _ int) { w.empty("application") }},
		{"queries", func(w *manifestWriter, i int) {
			w.open("queries")
			w.empty("package", "name", fmt.Sprintf("com.example.P%d", i))
			w.close("queries")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newManifestWriter()
			w.open("manifest", "package", "com.example.many")
			for i := range 30_000 {
				test.write(w, i)
			}
			w.close("manifest")
			checkBounded(t, w)
		})
	}
	t.Run("components", func(t *testing.T) {
		w := newManifestWriter()
		w.open("manifest", "package", "com.example.many")
		w.empty("permission", "name", "com.example.WEAK")
		w.open("application")
		for i := range 10_000 {
			w.open("service", "name", fmt.Sprintf(".S%d", i), "permission", bindAccessibility)
			w.empty("meta-data", "name", "android.accessibilityservice", "resource", fmt.Sprintf("res/%d.xml", i))
			w.close("service")
			w.open("activity", "name", fmt.Sprintf(".A%d", i), "permission", "com.example.WEAK")
			w.empty("intent-filter")
			w.close("activity")
		}
		w.close("application")
		w.close("manifest")
		checkBounded(t, w)
	})
}

func checkBounded(t *testing.T, w *manifestWriter) {
	t.Helper()
	apk := pack(t, map[string][]byte{manifestName: w.bytes()})
	start := time.Now()
	item := read(apk)
	if spent := time.Since(start); spent > 5*time.Second {
		t.Errorf("%s for %d bytes", spent, len(apk))
	}
	if item.ID != "com.example.many" {
		t.Errorf("not read: %+v", item.Problems)
	}
	for _, c := range item.Capabilities {
		if len(c.Evidence) > limits.AppEvidence {
			t.Errorf("%s: %d pieces of evidence", c.ID, len(c.Evidence))
		}
	}
	if len(item.Problems) > limits.AppEvidence {
		t.Errorf("%d problems", len(item.Problems))
	}
	for _, trait := range item.Traits {
		if len(trait.Evidence) > limits.AppEvidence {
			t.Errorf("%s: %d pieces of evidence", trait.ID, len(trait.Evidence))
		}
	}
}

// TestS01_ManifestBomb is B8: a manifest that inflates without end is refused at its limit and makes the
// item incomplete, whatever size it declares.
func TestS01_ManifestBomb(t *testing.T) {
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestCompression)
	w.Write(make([]byte, 64<<20))
	w.Close()
	for _, declared := range []uint64{1000, 64 << 20} {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		f, err := z.CreateRaw(&zip.FileHeader{Name: manifestName, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: declared})
		if err != nil {
			t.Fatal(err)
		}
		f.Write(packed.Bytes())
		z.Close()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		item := read(out.Bytes())
		runtime.ReadMemStats(&after)
		if !slices.ContainsFunc(item.Problems, func(p inventory.Problem) bool { return p.Matters && p.Limit && p.File == manifestName }) {
			t.Errorf("declared %d: %+v", declared, item.Problems)
		}
		if grown := (after.TotalAlloc - before.TotalAlloc) >> 20; grown > 64 {
			t.Errorf("declared %d: %d MiB allocated", declared, grown)
		}
	}
}

// TestS03_Bombs gives the reader the bombs of the binary formats inside an archive.
func TestS03_Bombs(t *testing.T) {
	le := func(values ...any) []byte {
		var b bytes.Buffer
		for _, v := range values {
			binary.Write(&b, binary.LittleEndian, v)
		}
		return b.Bytes()
	}
	pool := []any{uint16(3), uint16(8), uint32(52), uint16(1), uint16(28), uint32(44)}
	b4 := le(append(pool, uint32(4_000_000_000), uint32(0), uint32(0x100), uint32(44), uint32(0), [16]byte{})...)
	b7 := le(uint16(2), uint16(12), uint32(64), uint32(1), uint16(0x999), uint16(8), uint32(0), [44]byte{})
	manifest := entries(t, fixture(t, "permissions"))[manifestName]
	for _, test := range []struct {
		name  string
		files map[string][]byte
		id    string
	}{
		{"B4 string count", map[string][]byte{manifestName: b4}, ""},
		{"B7 zero-size chunk in the table", map[string][]byte{manifestName: manifest, tableName: b7}, "com.example.permissions"},
		{"garbage", map[string][]byte{manifestName: []byte("<manifest/>")}, ""},
		{"empty", map[string][]byte{manifestName: {}}, ""},
		{"garbage table", map[string][]byte{manifestName: manifest, tableName: []byte("hello")}, "com.example.permissions"},
		{"another root", map[string][]byte{manifestName: func() []byte { w := newManifestWriter(); w.empty("manifesto"); return w.bytes() }()}, ""},
		{"no manifest", map[string][]byte{"classes.dex": {}}, ""},
	} {
		start := time.Now()
		item := read(pack(t, test.files))
		if spent := time.Since(start); spent > time.Second {
			t.Errorf("%s: %s", test.name, spent)
		}
		if item.ID != test.id {
			t.Errorf("%s: id %q, want %q", test.name, item.ID, test.id)
		}
		if !slices.ContainsFunc(item.Problems, func(p inventory.Problem) bool { return p.Matters }) {
			t.Errorf("%s: no problem that matters: %+v", test.name, item.Problems)
		}
	}
}

func TestNotAnArchive(t *testing.T) {
	item := read([]byte("hello"))
	if item.Platform != inventory.Android || item.Kind != inventory.KindApp || len(item.Problems) != 1 || !item.Problems[0].Matters {
		t.Errorf("%+v", item)
	}
}

// TestUnreadParts: each part of an APK that is gone or broken is told, and the rest is still read.
func TestUnreadParts(t *testing.T) {
	broken := func(name string) func(string, []byte) []byte {
		return func(n string, b []byte) []byte {
			if n == name {
				return []byte("broken")
			}
			return b
		}
	}
	for _, test := range []struct {
		name, problem, capabilities, traits string
		apk                                 []byte
	}{
		{"accessibility configuration gone", "res/xml/access.xml", "accessibility proved", "",
			edit(t, "accessibility-plain", without("res/xml/access.xml"))},
		{"accessibility configuration broken", "res/xml/access.xml", "accessibility proved", "",
			edit(t, "accessibility-plain", broken("res/xml/access.xml"))},
		{"accessibility configuration without a table", manifestName, "accessibility proved", "axml-unresolved-reference",
			edit(t, "accessibility-plain", without(tableName))},
		{"network configuration gone", "res/xml/network.xml", "", "",
			edit(t, "network-file", without("res/xml/network.xml"))},
		{"table broken", tableName, "accessibility proved", "",
			edit(t, "accessibility-plain", broken(tableName))},
	} {
		item := read(test.apk)
		capabilities, traits := summary(item)
		if capabilities != test.capabilities || traits != test.traits {
			t.Errorf("%s: %s; %s", test.name, capabilities, traits)
		}
		if !slices.ContainsFunc(item.Problems, func(p inventory.Problem) bool { return p.Matters && p.File == test.problem }) {
			t.Errorf("%s: no problem of %s: %+v", test.name, test.problem, item.Problems)
		}
	}
}

// TestTricks: a trick that hides a permission from androidbinary is named by itself, not as a disagreement.
func TestTricks(t *testing.T) {
	renamed := edit(t, "permissions", respell("name", "nome"))
	item := read(renamed)
	if capabilities, traits := summary(item); traits != "axml-renamed-attribute" || !strings.Contains(capabilities, "contacts proved") {
		t.Errorf("renamed attribute: %s; %s", capabilities, traits)
	}
	unresolved := edit(t, "odd", without(tableName))
	if item := read(unresolved); !item.HasTrait(inventory.TraitAXMLUnresolved) || item.Version != "@0x7f020000" {
		t.Errorf("unresolved reference: version %q, %+v", item.Version, item.Traits)
	}
}

// TestTruncations reads every prefix of real and built APKs: each gives an item with a problem, none panics.
func TestTruncations(t *testing.T) {
	for _, name := range []string{"special", "configurations"} {
		apk := fixture(t, name)
		for n := range len(apk) {
			if item := read(apk[:n]); len(item.Problems) == 0 {
				t.Fatalf("%s cut at %d: no problem", name, n)
			}
		}
		all := entries(t, apk)
		for _, entry := range []string{manifestName, tableName} {
			whole := all[entry]
			for n := 0; n < len(whole); n += 7 {
				all[entry] = whole[:n]
				if item := read(pack(t, all)); len(item.Problems) == 0 && len(item.Traits) == 0 {
					t.Fatalf("%s with %s cut at %d: no problem", name, entry, n)
				}
			}
			all[entry] = whole
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range fixtureNames(f) {
		f.Add(fixture(f, name))
	}
	f.Fuzz(func(t *testing.T, apk []byte) {
		item := read(apk)
		if item == nil || item.Platform != inventory.Android {
			t.Fatal("no item")
		}
	})
}

// FuzzManifest fuzzes the parts inside an archive, which FuzzRead rarely gets past.
func FuzzManifest(f *testing.F) {
	for _, name := range fixtureNames(f) {
		all := entries(f, fixture(f, name))
		f.Add(all[manifestName], all[tableName], all["res/xml/access.xml"])
	}
	f.Fuzz(func(t *testing.T, manifest, table, config []byte) {
		files := map[string][]byte{manifestName: manifest, tableName: table, "res/xml/access.xml": config}
		read(pack(t, files))
	})
}

// TestRealAPKs reads whatever real APKs are at hand without a panic, and tells their figures.
func TestRealAPKs(t *testing.T) {
	var problems, disagree int
	var spent time.Duration
	list := realAPKs(t)
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		item := read(b)
		spent += time.Since(start)
		checkEvidence(t, item)
		if item.HasTrait(inventory.TraitReadersDisagree) {
			disagree++
			t.Logf("%s: %+v", path, item.Traits)
		}
		if len(item.Problems) > 0 {
			problems++
		}
	}
	t.Logf("%d APKs in %s: %d with problems, %d read differently by androidbinary", len(list), spent, problems, disagree)
}
