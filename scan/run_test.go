package scan

import (
	"archive/zip"
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"appraise/finding"
	"appraise/internal/gate"
	"appraise/inventory"
	"appraise/policies"
)

const samples = "../testdata/samples"

var defaultPolicy = sync.OnceValues(func() (*policies.Policy, error) { return policies.Load(policies.Options{}) })

// run scans paths with the default policy.
func run(t testing.TB, opt Options, paths ...string) *finding.Report {
	t.Helper()
	policy, err := defaultPolicy()
	if err != nil {
		t.Fatal(err)
	}
	failOn, err := gate.ParseThreshold("high")
	if err != nil {
		t.Fatal(err)
	}
	opt.Paths, opt.Policy, opt.FailOn, opt.Started = paths, policy, failOn, time.Unix(0, 0)
	report, err := Run(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// folder makes a folder of files; a nil content makes a folder.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(samples, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func archive(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// problems joins every problem of the report into lines that can be searched.
func problems(r *finding.Report) string {
	var lines []string
	add := func(list []inventory.Problem) {
		for _, p := range list {
			lines = append(lines, p.File+": "+p.Message)
		}
	}
	for _, s := range r.Sources {
		add(s.Problems)
	}
	for _, item := range r.Items {
		add(item.Problems)
	}
	return strings.Join(lines, "\n")
}

func ids(r *finding.Report) string {
	var list []string
	for _, item := range r.Items {
		list = append(list, string(item.Kind)+" "+item.ID)
	}
	return strings.Join(list, ", ")
}

func TestKindsAreToldByContent(t *testing.T) {
	apk := sample(t, "android/messenger.apk")
	plist := sample(t, "ios/PlainKeyboard.app/Info.plist")
	extension := string(sample(t, "extensions/reading-mode/manifest.json"))
	for _, test := range []struct {
		name, file string
		content    []byte
		want       string
	}{
		{"an APK under another name", "photo.jpg", apk, "app com.example.chat"},
		{"an Info.plist under another name", "x.bin", plist, "plist com.example.plainkeyboard"},
		{"an extension in a plain ZIP", "x.dat", archive(t, map[string]string{"manifest.json": extension}), "crx"},
		{"an APK behind other data", "y.dat", append([]byte("dex\n035\x00"), apk...), "app com.example.chat"},
		{"an ordinary ZIP", "z.zip", archive(t, map[string]string{"a.txt": "a"}), ""},
		{"a manifest.json of a web page", "manifest.json", []byte("\ufeff{\"name\":\"x\",\"icons\":[]}"), ""},
		{"a property list of something else", "c.plist", []byte(`<?xml version="1.0"?><!DOCTYPE plist><plist version="1.0"><dict><key>a</key><true/></dict></plist>`), ""},
		{"a picture", "p.png", []byte("\x89PNG\r\n\x1a\n"), ""},
	} {
		got := run(t, Options{}, folder(t, map[string][]byte{"d/" + test.file: test.content}))
		if !strings.HasPrefix(ids(got), test.want) || (test.want == "") != (len(got.Items) == 0) {
			t.Errorf("%s: got %q, want %q; problems: %s", test.name, ids(got), test.want, problems(got))
		}
	}
}

// Whatever is wrong with one file is named, the other item is reported, and the run is incomplete.
func TestUnreadIsNeverClean(t *testing.T) {
	apk := sample(t, "android/messenger.apk")
	for _, test := range []struct {
		name, file, want string
		content          []byte
	}{
		{"an empty APK", "x.apk", "the file is empty", nil},
		{"an empty Info.plist", "Info.plist", "empty", nil},
		{"an empty manifest.json beside a script", "e/manifest.json", "empty", nil},
		{"half an APK", "x.apk", "", apk[:len(apk)/2]},
		{"an APK that is text", "x.apk", "", []byte("hello")},
		{"an Info.plist that is JSON", "A.app/Info.plist", "", []byte("{}")},
		{"a CRX without a body", "x.crx", "", []byte("Cr24\x03\x00\x00\x00\xff\xff\xff\xff")},
		{"a set of APKs", "x.apks", "base.apk: ", archive(t, map[string]string{"base.apk": "PK"})},
		{"an IPA without an app", "x.ipa", "", archive(t, map[string]string{"Payload/a.txt": "a"})},
	} {
		got := run(t, Options{}, folder(t, map[string][]byte{"good.apk": apk, "d/" + test.file: test.content}))
		if !strings.Contains(ids(got), "com.example.chat") {
			t.Errorf("%s: the good item is missing: %q", test.name, ids(got))
		}
		text := problems(got)
		if text == "" || !strings.Contains(text, test.want) {
			t.Errorf("%s: got problems %q, want one with %q", test.name, text, test.want)
		}
		if got.Complete || got.Gate.Exit != gate.ExitIncomplete {
			t.Errorf("%s: got complete %v, exit %d, want an incomplete run", test.name, got.Complete, got.Gate.Exit)
		}
	}
}

// One manifest in a folder, or one more in an archive, must not hide what else is there.
func TestNothingHidesBehindAManifest(t *testing.T) {
	fake := sample(t, "android/fake-aliexpress.apk")
	plist, keyboard := sample(t, "ios/AliExpress.app/Info.plist"), sample(t, "ios/PlainKeyboard.app/Info.plist")
	extension := sample(t, "extensions/reading-mode/manifest.json")
	apk, err := zip.NewReader(bytes.NewReader(fake), int64(len(fake)))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := fs.ReadFile(apk, "AndroidManifest.xml")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		files map[string][]byte
		want  []string
	}{
		{"an APK beside an extension's manifest", map[string][]byte{"manifest.json": extension, "x.apk": fake}, []string{"folder ", "com.alibaba.aliexpressHD"}},
		{"an APK beside an Info.plist", map[string][]byte{"Info.plist": keyboard, "x.apk": fake}, []string{"com.example.plainkeyboard", "com.alibaba.aliexpressHD"}},
		{"an app below an app", map[string][]byte{"Info.plist": keyboard, "a/B.app/Info.plist": plist}, []string{"com.example.plainkeyboard", "com.alibaba.iAliExpress"}},
		{"an extension below an extension", map[string][]byte{"manifest.json": extension, "a/manifest.json": extension}, []string{"folder ", "folder a"}},
		{"an extension inside a bundle", map[string][]byte{"A.app/Info.plist": plist, "A.app/manifest.json": extension}, []string{"com.alibaba.iAliExpress"}},
		{"an IPA with an extension's manifest", map[string][]byte{"x.ipa": archive(t, map[string]string{"manifest.json": string(extension), "Payload/A.app/Info.plist": string(plist)})}, []string{"com.alibaba.iAliExpress", "crx "}},
		{"an IPA with an APK's manifest", map[string][]byte{"x.zip": archive(t, map[string]string{"AndroidManifest.xml": string(manifest), "Payload/A.app/Info.plist": string(plist)})}, []string{"com.alibaba.iAliExpress", "com.alibaba.aliexpressHD"}},
	} {
		got := run(t, Options{}, folder(t, test.files))
		for _, want := range test.want {
			if !strings.Contains(ids(got), want) {
				t.Errorf("%s: got items %q, problems %q, want %q among them", test.name, ids(got), problems(got), want)
			}
		}
	}
	got := run(t, Options{}, filepath.Join(samples, "ios", "AliExpress.app"))
	if ids(got) != "app com.alibaba.iAliExpress" {
		t.Errorf("a bundle's own parts are no items of their own: got %q", ids(got))
	}
}

func TestNothingToScanIsIncomplete(t *testing.T) {
	got := run(t, Options{}, folder(t, map[string][]byte{"a.txt": []byte("a")}))
	if got.Gate.Exit != gate.ExitIncomplete || !strings.Contains(problems(got), "no app or extension found") {
		t.Errorf("got exit %d, problems %q", got.Gate.Exit, problems(got))
	}
}

func TestMissingPathIsTheUsersError(t *testing.T) {
	if _, err := Run(context.Background(), Options{Paths: []string{"no/such/path"}}); err == nil {
		t.Error("got no error for a path that doesn't exist")
	}
}

// A reader that takes too long gives a problem, and the run ends.
func TestS10_ReadingIsBoundedInTime(t *testing.T) {
	got := run(t, Options{ParseTime: time.Nanosecond}, filepath.Join(samples, "android"))
	if !strings.Contains(problems(got), "not read within 1ns") || got.Gate.Exit == gate.ExitPass {
		t.Errorf("got exit %d, problems %q", got.Gate.Exit, problems(got))
	}
}

func TestPanicBecomesAProblem(t *testing.T) {
	item := read(context.Background(), new(runner), candidate{name: "x.apk", where: "x.apk"}, Options{}).items[0] // no tree: opening it panics
	if len(item.Problems) != 1 || !strings.Contains(item.Problems[0].Message, "internal error") || !item.Problems[0].Matters {
		t.Errorf("got %+v", item.Problems)
	}
}

func TestKeysAreUniqueAndStable(t *testing.T) {
	apk := sample(t, "android/messenger.apk")
	dir := folder(t, map[string][]byte{"a/x.apk": apk, "b/x.apk": apk})
	got := run(t, Options{}, filepath.Join(dir, "a", "x.apk"), filepath.Join(dir, "b", "x.apk"))
	want := []string{"android:app:com.example.chat:x.apk", "android:app:com.example.chat:x.apk (2)"}
	for i, item := range got.Items {
		if item.Key != want[i] || got.Assessments[i].Item != want[i] {
			t.Errorf("item %d: got key %q, assessment of %q, want %q", i, item.Key, got.Assessments[i].Item, want[i])
		}
	}
}

func TestHomesAreHidden(t *testing.T) {
	r := &redactor{home: "/home/ann"}
	for in, want := range map[string]string{
		"/home/ann/x.apk":              "~/x.apk",
		"/home/ann":                    "~",
		"/home/anna/x.apk":             "/home/user-1/x.apk",
		"/mnt/Users/bob/x.apk":         "/mnt/Users/user-2/x.apk",
		`C:\Users\bob\x.apk`:           `C:\Users\user-2\x.apk`,
		"open /home/ann/x: permission": "open ~/x: permission",
		"apps/x.apk":                   "apps/x.apk",
	} {
		if in == "/home/anna/x.apk" {
			r.users = nil
		}
		if strings.Contains(in, "bob") {
			r.users = []string{"anna"}
		}
		if got := r.text(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
