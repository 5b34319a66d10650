package bundle

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// entry is one file of an archive made by a test.
type entry struct {
	name   string
	body   []byte
	packed bool
}

func pack(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Store}
		if e.packed {
			h.Method = zip.Deflate
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(e.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, b []byte) *zipsafe.Reader {
	t.Helper()
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// lines tells items in lines that can be compared: kind, package, version code, state, and what is odd.
func lines(items []*inventory.Item) []string {
	var out []string
	for _, item := range items {
		out = append(out, fmt.Sprintf("%s %s %d %s", item.Kind, item.ID, item.VersionCode, item.Signature.State))
		for _, tr := range item.Traits {
			if tr.ID == inventory.TraitSplitDiffers || tr.ID == inventory.TraitSplitsMissing || strings.HasPrefix(string(tr.ID), "zip-") {
				for _, e := range tr.Evidence {
					out = append(out, fmt.Sprintf("%s: %s: %s", tr.ID, e.File, shorten(e.Detail)))
				}
			}
		}
		for _, p := range item.Signature.Problems {
			out = append(out, shorten(p.ID+": "+p.Message))
		}
		for _, p := range item.Problems {
			mark := "not checked"
			if p.Matters {
				mark = "unread"
			}
			out = append(out, fmt.Sprintf("%s: %s: %s", mark, p.File, p.Message))
		}
	}
	return out
}

// shorten replaces certificate digests, which differ in every build of the fixtures.
func shorten(s string) string {
	fields := strings.FieldsFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) })
	for _, f := range fields {
		if len(f) == 64 {
			s = strings.Replace(s, f, "HASH", 1)
		}
	}
	return s
}

// The forms of a set, with the same three parts.
var forms = []struct {
	name  string
	build func(t testing.TB, parts map[string][]byte, packed bool) []byte
}{
	{"bundletool", func(t testing.TB, parts map[string][]byte, packed bool) []byte {
		return pack(t, append([]entry{{"toc.pb", []byte{0x22, 0}, false}}, under("splits/", parts, packed)...)...)
	}},
	{"sai", func(t testing.TB, parts map[string][]byte, packed bool) []byte {
		return pack(t, append([]entry{{"meta.sai_v2.json", []byte(`{"meta_version":2,"package":"com.example.parts","version_code":7}`), true}}, under("", parts, packed)...)...)
	}},
	{"xapk", func(t testing.TB, parts map[string][]byte, packed bool) []byte {
		return pack(t, append([]entry{{"manifest.json", []byte(`{"xapk_version":2,"package_name":"com.example.parts","version_code":"7","split_apks":[{"file":"base.apk","id":"base"}]}`), true}}, under("", parts, packed)...)...)
	}},
	{"apkm", func(t testing.TB, parts map[string][]byte, packed bool) []byte {
		return pack(t, append([]entry{{"info.json", []byte(`{"apkm_version":5,"pname":"com.example.parts","versioncode":"7"}`), true}}, under("", parts, packed)...)...)
	}},
	{"zip", func(t testing.TB, parts map[string][]byte, packed bool) []byte {
		return pack(t, under("", parts, packed)...)
	}},
}

func under(dir string, parts map[string][]byte, packed bool) []entry {
	var entries []entry
	for name, body := range parts {
		entries = append(entries, entry{dir + name, body, packed})
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.name, b.name) })
	return entries
}

// good is the app in its parts.
func good(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"base.apk": fixture(t, "base.apk"), "split_config.de.apk": fixture(t, "split_config.de.apk"),
		"split_maps.apk": fixture(t, "split_maps.apk"), "split_maps.config.de.apk": fixture(t, "split_maps.config.de.apk"),
	}
}

// with returns the good parts with one changed, or taken away where body is nil.
func with(t testing.TB, name string, body []byte) map[string][]byte {
	parts := good(t)
	if parts[name] = body; body == nil {
		delete(parts, name)
	}
	return parts
}

// tampered changes one byte of the manifest's data, which no directory knows of.
func tampered(t testing.TB, name string) []byte {
	b := bytes.Clone(fixture(t, name))
	z := open(t, b)
	e, ok := z.Lookup("AndroidManifest.xml")
	if !ok {
		t.Fatal("no manifest")
	}
	b[e.HeaderOffset+10] ^= 1 // the local header's time
	return b
}

func TestOneAppFromItsParts(t *testing.T) {
	const app = "app com.example.parts 7 "
	tests := []struct {
		name  string
		parts map[string][]byte
		want  []string // DIR stands for the folder of the form
	}{
		{"good", good(t), []string{app + "verified"}},
		{"a split signed again", with(t, "split_config.de.apk", fixture(t, "resigned.apk")), []string{app + "invalid",
			"split-differs: DIRsplit_config.de.apk: DIRsplit_config.de.apk is signed by HASH, DIRbase.apk by HASH",
			"SPLIT_SIGNER_DIFFERS: DIRsplit_config.de.apk is signed by HASH, DIRbase.apk by HASH"}},
		{"a split of another version", with(t, "split_config.de.apk", fixture(t, "version-8.apk")), []string{app + "verified",
			"split-differs: DIRsplit_config.de.apk!AndroidManifest.xml: DIRsplit_config.de.apk has version code 8, DIRbase.apk has 7"}},
		{"a split of another package", with(t, "split_config.de.apk", fixture(t, "package-other.apk")), []string{app + "verified",
			`split-differs: DIRsplit_config.de.apk!AndroidManifest.xml: DIRsplit_config.de.apk is of package "com.example.other", DIRbase.apk is of "com.example.parts"`}},
		{"a split without its feature", with(t, "split_maps.apk", nil), []string{app + "verified",
			`splits-missing: DIRsplit_maps.config.de.apk!AndroidManifest.xml: DIRsplit_maps.config.de.apk belongs to the split "maps", which is not here`}},
		{"a split that is no APK", with(t, "split_maps.config.de.apk", []byte("PK\x03\x04")), []string{app + "unverifiable",
			"SPLIT_STATE_DIFFERS: DIRsplit_maps.config.de.apk: unverifiable, DIRbase.apk: verified",
			"unread: DIRsplit_maps.config.de.apk: no end of central directory that fits: not a ZIP archive"}},
		{"an empty split", with(t, "split_maps.config.de.apk", []byte{}), []string{app + "unverifiable",
			"SPLIT_STATE_DIFFERS: DIRsplit_maps.config.de.apk: unverifiable, DIRbase.apk: verified",
			"unread: DIRsplit_maps.config.de.apk: empty"}},
	}
	for _, form := range forms {
		for _, tt := range tests {
			for _, packed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/packed=%v", form.name, tt.name, packed), func(t *testing.T) {
					z := open(t, form.build(t, tt.parts, packed))
					if !IsSet(z) {
						t.Fatal("not told to be a set")
					}
					dir := ""
					if form.name == "bundletool" {
						dir = "splits/"
					}
					var want []string
					for _, line := range tt.want {
						want = append(want, strings.ReplaceAll(line, "DIR", dir))
					}
					if diff := cmp.Diff(lines(ReadSet(z, Options{})), want); diff != "" {
						t.Errorf("got - want +\n%s", diff)
					}
				})
			}
		}
	}
}

// What one part asks for is told of the app, with the part named; the base keeps plain names.
func TestPartsAddUp(t *testing.T) {
	item := ReadSet(open(t, pack(t, under("", good(t), false)...)), Options{})[0]
	want := map[inventory.CapabilityID]string{inventory.CapCamera: "AndroidManifest.xml", inventory.CapLocation: "split_maps.apk!AndroidManifest.xml"}
	for _, c := range item.Capabilities {
		if file, ok := want[c.ID]; ok && c.Evidence[0].File == file {
			delete(want, c.ID)
		}
	}
	if len(want) > 0 {
		t.Errorf("not found with that evidence: %v, in %+v", want, item.Capabilities)
	}
	var names []string
	for _, p := range item.Permissions {
		if p.ImpliedBy == "" {
			names = append(names, p.Name)
		}
	}
	if diff := cmp.Diff(names, []string{"android.permission.ACCESS_FINE_LOCATION", "android.permission.CAMERA"}); diff != "" {
		t.Errorf("permissions: got - want +\n%s", diff)
	}
	app := item.Detail.Android
	if item.Name != "Parts" || item.Version != "1.7" || app.MinSDK != 24 || app.TargetSDK != 34 || len(app.Components) != 2 {
		t.Errorf("got %q %q, API %d to %d, %d components", item.Name, item.Version, app.MinSDK, app.TargetSDK, len(app.Components))
	}
}

func TestTamperedPart(t *testing.T) {
	for _, name := range []string{"base.apk", "split_config.de.apk"} {
		item := ReadSet(open(t, pack(t, under("", with(t, name, tampered(t, name)), false)...)), Options{})[0]
		text := strings.Join(lines([]*inventory.Item{item}), "\n")
		if item.Signature.State != inventory.Invalid || !strings.Contains(text, ": "+name+": ") {
			t.Errorf("%s: got\n%s", name, text)
		}
	}
}

func TestSetsWithSomethingOdd(t *testing.T) {
	base, split, whole := fixture(t, "base.apk"), fixture(t, "split_config.de.apk"), fixture(t, "whole-older.apk")
	other, err := os.ReadFile("../../testdata/samples/android/messenger.apk")
	if err != nil {
		t.Fatal(err)
	}
	xapk := func(text string) entry { return entry{"manifest.json", []byte(text), true} }
	const app = "app com.example.parts 7 verified"
	tests := []struct {
		name    string
		entries []entry
		want    []string
	}{
		{"splits without their base", []entry{{"a.apk", split, false}, {"b.apk", fixture(t, "split_maps.apk"), false}},
			[]string{"split com.example.parts 7 verified"}},
		{"the same split twice", []entry{{"base.apk", base, false}, {"a.apk", split, false}, {"b.apk", split, false}},
			[]string{app, `split-differs: b.apk!AndroidManifest.xml: b.apk is another split "config.de" beside a.apk`}},
		{"the same name twice", []entry{{"base.apk", base, false}, {"a.apk", split, false}, {"a.apk", fixture(t, "resigned.apk"), false}},
			[]string{"app com.example.parts 7 invalid", `split-differs: a.apk: a.apk is signed by HASH, base.apk by HASH`, `split-differs: a.apk!AndroidManifest.xml: a.apk is another split "config.de" beside a.apk`,
				`zip-duplicate-name: : "a.apk" stands in the directory again; the first entry is used`, "SPLIT_SIGNER_DIFFERS: a.apk is signed by HASH, base.apk by HASH"}},
		{"two apps in a plain ZIP", []entry{{"x.apk", base, false}, {"s.apk", split, false}, {"y.apk", other, true}},
			[]string{app, "app com.example.chat 3050 verified"}},
		{"two versions in a plain ZIP", []entry{{"x.apk", base, false}, {"y.apk", whole, true}, {"z.apk", fixture(t, "version-8.apk"), true}},
			[]string{app, "split-differs: z.apk!AndroidManifest.xml: z.apk has version code 8, x.apk has 7", "app com.example.parts 6 verified"}},
		{"standalone APKs", []entry{{"splits/base-master.apk", base, false}, {"standalones/standalone-x86.apk", base, false}, {"standalones/standalone-arm.apk", base, true}},
			[]string{app}},
		{"a standalone APK of another version", []entry{{"splits/base-master.apk", base, false}, {"standalones/standalone-x86.apk", whole, false}},
			[]string{app, "split-differs: standalones/standalone-x86.apk!AndroidManifest.xml: standalones/standalone-x86.apk has version code 6, splits/base-master.apk has 7"}},
		{"another app among the standalone ones", []entry{{"toc.pb", nil, false}, {"splits/base-master.apk", base, false}, {"standalones/standalone-x86.apk", other, false}},
			[]string{app, `split-differs: standalones/standalone-x86.apk: standalones/standalone-x86.apk is another app, "com.example.chat"; splits/base-master.apk is of "com.example.parts"`,
				"app com.example.chat 3050 verified"}},
		{"two bases in an .xapk", []entry{xapk(`{"xapk_version":1,"package_name":"com.example.parts"}`), {"base.apk", base, false}, {"more.apk", base, false}},
			[]string{app, "split-differs: more.apk!AndroidManifest.xml: more.apk is another base beside base.apk"}},
		{"an .xapk that says something else", []entry{xapk(`{"package_name":"com.example.official","version_code":9,"split_apks":[{"file":"base.apk"},{"file":"config.en.apk"}]}`), {"base.apk", base, false}},
			[]string{app, `split-differs: manifest.json: manifest.json says package "com.example.official", base.apk is of "com.example.parts"`,
				"split-differs: manifest.json: manifest.json says version code 9, base.apk has 7",
				`splits-missing: manifest.json: manifest.json names "config.en.apk", which is not in the archive`}},
		{"an .xapk with an APK of another name", []entry{xapk(`{"xapk_version":2,"package_name":"com.example.parts","split_apks":[{"file":"one.bin"}]}`), {"one.bin", base, true}},
			[]string{app}},
		{"an .xapk with expansion files", []entry{xapk(`{"xapk_version":2,"package_name":"com.example.parts","expansions":[{"file":"Android/data.zip"}]}`), {"base.apk", base, false},
			{"Android/obb/com.example.parts/main.7.com.example.parts.obb", []byte("x"), false}, {"Android/data.zip", []byte("x"), false}},
			[]string{app, "not checked: Android/data.zip: expansion file was not read", "not checked: Android/obb/com.example.parts/main.7.com.example.parts.obb: expansion file was not read"}},
		{"a manifest.json that is cut", []entry{xapk(`{"package_name":"com.ex`), {"base.apk", base, false}},
			[]string{app, "unread: manifest.json: no JSON that could be compared with the APKs"}},
		{"a manifest.json of something else", []entry{xapk(`[1,2]`), {"base.apk", base, false}}, []string{app}},
		{"a set in a set", []entry{{"base.apk", base, false}, {"more.apks", pack(t, entry{"base.apk", base, false}), false}},
			[]string{app, "unread: more.apks: a set of APKs inside a set; not opened"}},
		{"a set called an APK", []entry{{"base.apk", base, false}, {"split.apk", pack(t, entry{"base.apk", base, false}), false}},
			[]string{"app com.example.parts 7 unverifiable", "SPLIT_STATE_DIFFERS: split.apk: unverifiable, base.apk: verified",
				"unread: split.apk!AndroidManifest.xml: its signature can't be judged: the manifest can't be read", "unread: split.apk!AndroidManifest.xml: not in the archive"}},
		{"nothing that can be read", []entry{{"base.apk", []byte("hello"), false}, {"split.apk", []byte("hello"), true}},
			[]string{"app  0 unverifiable", "unread: base.apk: no end of central directory that fits: not a ZIP archive", "unread: split.apk: no end of central directory that fits: not a ZIP archive"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(lines(ReadSet(open(t, pack(t, tt.entries...)), Options{})), tt.want); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
		})
	}
}

func TestWhatIsASet(t *testing.T) {
	apk := fixture(t, "base.apk")
	tests := []struct {
		name    string
		entries []entry
		want    bool
	}{
		{"APKs in a ZIP", []entry{{"some/where/A.APK", apk, false}}, true},
		{"an APK with another among its assets", []entry{{"AndroidManifest.xml", nil, false}, {"assets/plugin.apk", apk, false}}, false},
		{"an APK's manifest beside a set", []entry{{"AndroidManifest.xml", nil, false}, {"base.apk", apk, false}}, true},
		{"a ZIP of texts", []entry{{"a.txt", nil, false}}, false},
		{"a folder called like an APK", []entry{{"a.apk/", nil, false}}, false},
	}
	for _, tt := range tests {
		if got := IsSet(open(t, pack(t, tt.entries...))); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

// limits.SetMembers APKs are read; one more is told.
func TestS01_SetOfTooMany(t *testing.T) {
	for _, n := range []int{limits.SetMembers, limits.SetMembers + 1} {
		var entries []entry
		for i := range n {
			entries = append(entries, entry{fmt.Sprintf("%04d.apk", i), []byte("x"), false})
		}
		text := strings.Join(lines(ReadSet(open(t, pack(t, entries...)), Options{})), "\n")
		told := strings.Contains(text, fmt.Sprintf("%d APKs, over the limit of %d; the rest was not read", n, limits.SetMembers))
		if told != (n > limits.SetMembers) || !strings.Contains(text, fmt.Sprintf("%d more problems", limits.SetMembers-limits.AppEvidence)) {
			t.Errorf("%d members: got\n%s", n, text)
		}
	}
}

// A member whose data inflate to more than they may, or to something else than they say.
func TestS01_BombsInASet(t *testing.T) {
	base := fixture(t, "base.apk")
	zeros := bytes.Repeat([]byte{0}, 64<<20)
	text := strings.Join(lines(ReadSet(open(t, pack(t, entry{"base.apk", base, false}, entry{"bomb.apk", zeros, true})), Options{})), "\n")
	if !strings.Contains(text, "unread: bomb.apk: ") || !strings.Contains(text, "inflates to more than 1000 times its size") {
		t.Errorf("got\n%s", text)
	}
	lying := pack(t, entry{"base.apk", base, true})
	at := bytes.LastIndex(lying, []byte("PK\x01\x02"))
	for _, size := range []byte{lying[at+25] - 1, lying[at+25] + 1} { // 256 bytes less, and more, than there are
		b := bytes.Clone(lying)
		b[at+25] = size
		text := strings.Join(lines(ReadSet(open(t, b), Options{})), "\n")
		if !strings.Contains(text, "unread: base.apk: ") || !strings.Contains(text, "declared") {
			t.Errorf("lying about its size: got\n%s", text)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const limit = 2*blockBytes + 1
	var m memory
	if err := m.fill(bytes.NewReader(make([]byte, limit)), limit); err != nil || m.size != limit {
		t.Errorf("at the limit: got %d bytes, %v", m.size, err)
	}
	r := bytes.NewReader(make([]byte, 20*blockBytes))
	err := m.fill(r, limit)
	if err == nil || !strings.Contains(err.Error(), "inflates to more than 2097153 bytes") || r.Len() < 16*blockBytes {
		t.Errorf("over it: got %v, %d bytes left", err, r.Len())
	}
	if got := problem(err); !got.Limit || !got.Matters {
		t.Errorf("got %+v", got)
	}
}

func TestMemoryReads(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789"), 250_000)
	var m memory
	for _, want := range [][]byte{text, text[:blockBytes], text[:5], nil, text} {
		if err := m.fill(bytes.NewReader(want), limits.NestedAPKBytes); err != nil {
			t.Fatal(err)
		}
		r := bytes.NewReader(want)
		for _, off := range []int64{0, 3, blockBytes - 2, blockBytes, int64(len(want)) - 1, int64(len(want)), int64(len(want)) + 5} {
			a, b := make([]byte, 2*blockBytes), make([]byte, 2*blockBytes)
			if off < 0 {
				continue
			}
			n, err := m.ReadAt(a, off)
			wantN, wantErr := r.ReadAt(b, off)
			if n != wantN || err != wantErr || !bytes.Equal(a[:n], b[:n]) {
				t.Errorf("%d bytes at %d: got %d, %v, want %d, %v", len(want), off, n, err, wantN, wantErr)
			}
		}
	}
}

// Each prefix of a set is told as unread or can't be opened; none is taken for the whole.
func TestTruncatedSet(t *testing.T) {
	whole := pack(t, under("", good(t), true)...)
	step := max(len(whole)/200, 1)
	for n := 0; n < len(whole); n += step {
		z, err := zipsafe.Open(bytes.NewReader(whole[:n]), int64(n))
		if err != nil {
			continue
		}
		for _, item := range ReadSet(z, Options{}) {
			if len(item.Problems) == 0 {
				t.Errorf("%d of %d bytes: got %q", n, len(whole), lines([]*inventory.Item{item}))
			}
		}
	}
}

func FuzzReadSet(f *testing.F) {
	for _, form := range forms {
		f.Add(form.build(f, good(f), false))
		f.Add(form.build(f, map[string][]byte{"base.apk": fixture(f, "base.apk")}, true))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		for _, item := range ReadSet(z, Options{}) {
			if item.ID == "" && len(item.Problems) == 0 {
				t.Errorf("an item without a name and without a problem")
			}
		}
		if IsBundle(z) {
			ReadBundle(z)
		}
	})
}
