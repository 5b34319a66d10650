package scan

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/gate"
	"appraise/internal/limits"
	"appraise/inventory"
)

// part is one APK of the app in parts.
func part(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../android/bundle/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// stored packs files as they stand.
func stored(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// found tells each item: where, kind, package, version code, signature, and what doesn't belong together.
func found(items []inventory.Item) []string {
	var out []string
	for _, item := range items {
		where := item.Key[strings.LastIndex(item.Key, ":")+1:]
		out = append(out, fmt.Sprintf("%s: %s %s %d %s digest=%v", where, item.Kind, item.ID, item.VersionCode, item.Signature.State, item.SHA256 != ""))
		for _, tr := range item.Traits {
			if tr.ID == inventory.TraitSplitDiffers {
				out = append(out, fmt.Sprintf("%s %s", tr.ID, tr.Evidence[0].File))
			}
		}
	}
	return out
}

func TestFolderOfSplits(t *testing.T) {
	base, split, maps := part(t, "base.apk"), part(t, "split_config.de.apk"), part(t, "split_maps.apk")
	messenger := sample(t, "android/messenger.apk")
	tests := []struct {
		name  string
		files map[string][]byte
		want  []string
	}{
		{"an app as a phone keeps it", map[string][]byte{"base.apk": base, "split_config.de.apk": split, "split_maps.apk": maps},
			[]string{"base.apk: app com.example.parts 7 verified digest=false"}},
		{"told by content", map[string][]byte{"a.bin": split, "z.dat": base}, []string{"z.dat: app com.example.parts 7 verified digest=false"}},
		{"an unrelated app beside it", map[string][]byte{"base.apk": base, "split.apk": split, "chat.apk": messenger},
			[]string{"chat.apk: app com.example.chat 3050 verified digest=true", "base.apk: app com.example.parts 7 verified digest=false"}},
		{"two versions", map[string][]byte{"a.apk": part(t, "whole-older.apk"), "b.apk": base, "split.apk": split},
			[]string{"a.apk: app com.example.parts 6 verified digest=true", "b.apk: app com.example.parts 7 verified digest=false"}},
		{"two versions and no split", map[string][]byte{"a.apk": part(t, "whole-older.apk"), "b.apk": base},
			[]string{"a.apk: app com.example.parts 6 verified digest=true", "b.apk: app com.example.parts 7 verified digest=true"}},
		{"two folders", map[string][]byte{"a/base.apk": base, "b/split.apk": split},
			[]string{"a/base.apk: app com.example.parts 7 verified digest=true", "b/split.apk: split com.example.parts 7 partial digest=true"}},
		{"splits without their base", map[string][]byte{"a.apk": split, "b.apk": maps}, []string{"a.apk: split com.example.parts 7 verified digest=false"}},
		{"a split signed again", map[string][]byte{"base.apk": base, "split.apk": part(t, "resigned.apk")},
			[]string{"base.apk: app com.example.parts 7 invalid digest=false", "split-differs split.apk"}},
		{"a split of another version", map[string][]byte{"base.apk": base, "split.apk": part(t, "version-8.apk")},
			[]string{"base.apk: app com.example.parts 7 verified digest=false", "split-differs split.apk!AndroidManifest.xml"}},
		{"a split of another package", map[string][]byte{"base.apk": base, "split.apk": part(t, "package-other.apk")},
			[]string{"base.apk: app com.example.parts 7 verified digest=true", "split.apk: split com.example.other 7 partial digest=true"}},
		{"the same split twice", map[string][]byte{"base.apk": base, "s.apk": split, "t.apk": split},
			[]string{"base.apk: app com.example.parts 7 verified digest=false", "split-differs t.apk!AndroidManifest.xml"}},
		{"an archive beside parts", map[string][]byte{"all.apks": stored(t, map[string][]byte{"base.apk": base}), "split.apk": split},
			[]string{"all.apks: app com.example.parts 7 verified digest=true", "split.apk: split com.example.parts 7 partial digest=true"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := run(t, Options{}, folder(t, tt.files))
			if diff := cmp.Diff(found(got.Items), tt.want); diff != "" || !got.Complete {
				t.Errorf("got - want +\n%s\nproblems: %s", diff, problems(got))
			}
		})
	}
}

// A base that can't be read hides nothing: its splits are told, and so is that it wasn't read.
func TestFolderWithABrokenBase(t *testing.T) {
	got := run(t, Options{}, folder(t, map[string][]byte{"base.apk": part(t, "base.apk")[:3000], "split.apk": part(t, "split_maps.apk")}))
	if got.Complete || !strings.Contains(ids(got), "split com.example.parts") || !strings.Contains(problems(got), "base.apk: ") {
		t.Errorf("got %s, problems %s", ids(got), problems(got))
	}
}

// The parts may be named one by one; a folder that is named twice is not its own double.
func TestPartsAreNamedOneByOne(t *testing.T) {
	dir := folder(t, map[string][]byte{"base.apk": part(t, "base.apk"), "split.apk": part(t, "split_config.de.apk")})
	one := "base.apk: app com.example.parts 7 verified digest=false"
	if diff := cmp.Diff(found(run(t, Options{}, filepath.Join(dir, "split.apk"), filepath.Join(dir, "base.apk")).Items), []string{one}); diff != "" {
		t.Errorf("named one by one: got - want +\n%s", diff)
	}
	want := []string{one, strings.Replace(one, ".apk", ".apk (2)", 1)}
	if diff := cmp.Diff(found(run(t, Options{}, dir, dir).Items), want); diff != "" {
		t.Errorf("named twice: got - want +\n%s", diff)
	}
}

func TestSetsAreOneItem(t *testing.T) {
	base, split := part(t, "base.apk"), part(t, "split_config.de.apk")
	xapk := []byte(`{"xapk_version":2,"package_name":"com.example.parts","version_code":"7"}`)
	tests := []struct {
		name, file string
		content    []byte
		want       []string
	}{
		{"stored", "x.apks", stored(t, map[string][]byte{"toc.pb": nil, "splits/base-master.apk": base, "splits/base-de.apk": split}), []string{"x.apks: app com.example.parts 7 verified digest=true"}},
		{"packed, under another name", "x.jpg", archive(t, map[string]string{"base.apk": string(base), "split.apk": string(split)}), []string{"x.jpg: app com.example.parts 7 verified digest=true"}},
		{"an .xapk", "x.xapk", stored(t, map[string][]byte{"manifest.json": xapk, "base.apk": base, "split.apk": split}), []string{"x.xapk: app com.example.parts 7 verified digest=true"}},
		{"an app bundle", "x.aab", stored(t, map[string][]byte{"BundleConfig.pb": nil, "base/manifest/AndroidManifest.xml": part(t, "bundle-manifest.pb")}), []string{"x.aab: aab com.example.uploaded 300 unverifiable digest=true"}},
	}
	for _, tt := range tests {
		got := run(t, Options{}, folder(t, map[string][]byte{tt.file: tt.content}))
		if diff := cmp.Diff(found(got.Items), tt.want); diff != "" || !got.Complete {
			t.Errorf("%s: got - want +\n%s\nproblems: %s", tt.name, diff, problems(got))
		}
	}
}

func TestUnreadSets(t *testing.T) {
	base := part(t, "base.apk")
	for _, test := range []struct {
		name, file, want string
		content          []byte
	}{
		{"an encrypted .apkm", "x.apkm", "x.apkm: no ZIP: APKMirror's older .apkm files are encrypted", bytes.Repeat([]byte{7, 1, 250}, 1000)},
		{"an app bundle that is cut", "x.aab", "base/manifest/AndroidManifest.xml: protobuf field is cut",
			stored(t, map[string][]byte{"BundleConfig.pb": nil, "base/manifest/AndroidManifest.xml": part(t, "bundle-manifest.pb")[:500]})},
		{"a set in a set", "x.apks", "y.xapk: a set of APKs inside a set", stored(t, map[string][]byte{"base.apk": base, "y.xapk": base})},
		{"a set with a broken part", "x.apks", "split.apk: ", stored(t, map[string][]byte{"base.apk": base, "split.apk": base[:100]})},
	} {
		got := run(t, Options{}, folder(t, map[string][]byte{test.file: test.content}))
		if got.Complete || got.Gate.Exit == gate.ExitPass || !strings.Contains(problems(got), test.want) {
			t.Errorf("%s: got complete %v, exit %d, problems %q, want one with %q", test.name, got.Complete, got.Gate.Exit, problems(got), test.want)
		}
	}
}

// A set that is also an app of another system is told as both.
func TestSetBesideOtherForms(t *testing.T) {
	b := stored(t, map[string][]byte{"base.apk": part(t, "base.apk"), "manifest.json": sample(t, "extensions/reading-mode/manifest.json"),
		"Payload/A.app/Info.plist": sample(t, "ios/AliExpress.app/Info.plist")})
	got := ids(run(t, Options{}, folder(t, map[string][]byte{"x.zip": b})))
	for _, want := range []string{"app com.example.parts", "app com.alibaba.iAliExpress", "crx "} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q among them", got, want)
		}
	}
}

func TestReadDoesNotJudge(t *testing.T) {
	dir := folder(t, map[string][]byte{"base.apk": part(t, "base.apk"), "bad.apk": []byte("x")})
	got, err := Read(context.Background(), Options{Paths: []string{dir}, NoDigest: true, MinSDK: 26, MaxSDK: 30})
	if err != nil {
		t.Fatal(err)
	}
	if got.Complete || len(got.Assessments) != 0 || len(got.Sources) != 1 || len(got.Items) != 2 {
		t.Fatalf("got complete %v, %d assessments, %d items", got.Complete, len(got.Assessments), len(got.Items))
	}
	item := got.Items[1]
	if item.ID != "com.example.parts" || item.SHA256 != "" {
		t.Errorf("got %s with digest %q", item.ID, item.SHA256)
	}
	for _, p := range item.Signature.Platforms {
		if p.MinSDK < 26 || p.MaxSDK > 30 || p.MaxSDK == 0 {
			t.Errorf("judged for API %d to %d, asked was 26 to 30", p.MinSDK, p.MaxSDK)
		}
	}
}

// An .idsig file beside an APK goes with it; one that can't be read is told.
func TestIDSig(t *testing.T) {
	dir := folder(t, map[string][]byte{"a.apk": part(t, "base.apk")})
	if err := os.Mkdir(filepath.Join(dir, "a.apk.idsig"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got := run(t, Options{}, dir); got.Complete || !strings.Contains(problems(got), "a.apk.idsig: ") {
		t.Errorf("a folder: got complete %v, problems %q", got.Complete, problems(got))
	}
	dir = folder(t, map[string][]byte{"a.apk": part(t, "base.apk"), "a.apk.idsig": nil})
	if err := os.Truncate(filepath.Join(dir, "a.apk.idsig"), limits.V4SignatureBytes+1); err != nil {
		t.Fatal(err)
	}
	if got := run(t, Options{}, dir); got.Complete || !strings.Contains(problems(got), "a.apk.idsig: longer than 67108864 bytes") {
		t.Errorf("a long one: got complete %v, problems %q", got.Complete, problems(got))
	}
}

// What is given up is closed, so that its reader ends.
func TestGivenUpReadingEnds(t *testing.T) {
	file, err := os.Open(filepath.Join(samples, "android", "messenger.apk"))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	endless := func(w *watch) result {
		w.reads(file, 1)
		r := w.count(file)
		for b := make([]byte, 1); ; {
			if _, err := r.ReadAt(b, 0); err != nil {
				ended <- err
				return result{}
			}
		}
	}
	got := guard(context.Background(), new(runner), candidate{name: "x.apk", where: "x.apk"}, Options{ParseTime: time.Millisecond}, endless)
	if err := <-ended; !errors.Is(err, os.ErrClosed) {
		t.Errorf("the reader ended with %v", err)
	}
	if len(got.items) != 1 || !strings.Contains(got.items[0].Problems[0].Message, "not read within 1ms") {
		t.Errorf("got %+v", got.items)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if got := guard(ctx, new(runner), candidate{where: "x.apk"}, Options{}, func(*watch) result { select {} }); len(got.items[0].Problems) != 1 {
		t.Errorf("an ended run: got %+v", got.items)
	}
	if _, err := Read(ctx, Options{Paths: []string{samples}}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended run: got %v", err)
	}
}

// A second is added for each limits.ReadRate bytes that were read, and no more than for limits.ReadPasses readings.
func TestTimeGrowsWithWhatIsRead(t *testing.T) {
	const length = 3 * limits.ReadRate
	w := &watch{}
	w.length.Store(length)
	for _, test := range []struct {
		taken int64
		want  time.Duration
	}{{0, 20}, {limits.ReadRate - 1, 20}, {limits.ReadRate, 21}, {length, 23}, {100 * length, 20 + 3*limits.ReadPasses}} {
		w.taken.Store(test.taken)
		if got := w.allowed(20 * time.Second); got != test.want*time.Second {
			t.Errorf("%d bytes: got %s, want %ds", test.taken, got, test.want)
		}
	}
	r := w.count(bytes.NewReader(make([]byte, 10)))
	w.taken.Store(0)
	if n, err := r.ReadAt(make([]byte, 20), 2); n != 8 || err != io.EOF || w.taken.Load() != 8 {
		t.Errorf("got %d, %v, %d counted", n, err, w.taken.Load())
	}
}
