package android

import (
	"archive/zip"
	"bytes"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"appraise/inventory"
)

var update = flag.Bool("update", false, "build testdata/*.apk from testdata/src with aapt")

// framework is what aapt compiles against; Debian's package android-framework-res holds it.
const framework = "/usr/share/android-framework-res/framework-res.apk"

// build compiles one source of testdata/src with the platform's own tool.
func build(t *testing.T, source string) []byte {
	t.Helper()
	archive, err := txtar.ParseFile(source)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	args := []string{"package", "-f", "-M", filepath.Join(dir, manifestName), "-I", framework, "-F", filepath.Join(dir, "out.apk")}
	for _, f := range archive.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, "res/") && !strings.Contains(strings.Join(args, " "), " -S ") {
			args = append(args, "-S", filepath.Join(dir, "res"))
		}
	}
	if out, err := exec.Command("aapt", args...).CombinedOutput(); err != nil {
		t.Fatalf("aapt: %v\n%s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "out.apk"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestFixturesAreCurrent builds every fixture again and compares what is in it with the copy in testdata.
func TestFixturesAreCurrent(t *testing.T) {
	if _, err := exec.LookPath("aapt"); err != nil {
		t.Skip("aapt is not installed")
	}
	if _, err := os.Stat(framework); err != nil {
		t.Skip("android-framework-res is not installed")
	}
	sources, _ := filepath.Glob("testdata/src/*.txtar")
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".txtar")
		t.Run(name, func(t *testing.T) {
			want := build(t, source)
			path := filepath.Join("testdata", name+".apk")
			if *update {
				if err := os.WriteFile(path, want, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(entries(t, want), entries(t, fixture(t, name))); diff != "" {
				t.Errorf("%s is out of date: run go test -run TestFixturesAreCurrent -update (-source +testdata):\n%s", path, diff)
			}
		})
	}
}

// fixture returns one APK of testdata.
func fixture(tb testing.TB, name string) []byte {
	tb.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".apk"))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func entries(tb testing.TB, apk []byte) map[string][]byte {
	tb.Helper()
	z, err := zip.NewReader(bytes.NewReader(apk), int64(len(apk)))
	if err != nil {
		tb.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range z.File {
		rc, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		b, err := io.ReadAll(rc)
		if err != nil {
			tb.Fatal(err)
		}
		all[f.Name] = b
	}
	return all
}

// edit returns the fixture with entries changed: change returns nil to drop one.
func edit(tb testing.TB, name string, change func(name string, b []byte) []byte) []byte {
	tb.Helper()
	apk := fixture(tb, name)
	z, err := zip.NewReader(bytes.NewReader(apk), int64(len(apk)))
	if err != nil {
		tb.Fatal(err)
	}
	all := entries(tb, apk)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		b := change(f.Name, all[f.Name])
		if b == nil {
			continue
		}
		entry, err := w.Create(f.Name)
		if err != nil {
			tb.Fatal(err)
		}
		entry.Write(b)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// without drops entries.
func without(names ...string) func(string, []byte) []byte {
	return func(name string, b []byte) []byte {
		for _, n := range names {
			if n == name {
				return nil
			}
		}
		return b
	}
}

// respell replaces UTF-16 text in the manifest by text of the same length.
func respell(from, to string) func(string, []byte) []byte {
	wide := func(s string) []byte { return []byte(strings.Join(strings.Split(s, ""), "\x00") + "\x00") }
	return func(name string, b []byte) []byte {
		if name == manifestName {
			return bytes.ReplaceAll(b, wide(from), wide(to))
		}
		return b
	}
}

func read(b []byte) *inventory.Item { return Read(bytes.NewReader(b), int64(len(b))) }
