package zipsafe

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestFS(t *testing.T) {
	z := open(t, craft{}.build(t,
		part{name: "manifest.json", body: "{}"},
		part{name: "js/"},
		part{name: "js/deep/a.js", body: "var a", method: Deflate},
		part{name: "js/b.js", body: ""},
		part{name: "link", body: "js/b.js", mode: 0xa1ff},
	))
	view := z.FS()
	if err := fstest.TestFS(view, "manifest.json", "js/deep/a.js", "js/b.js", "js/deep"); err != nil {
		t.Error(err)
	}
	info, err := fs.Stat(view, "link")
	if err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("got %v, %v, want a symbolic link", info, err)
	}
	if got, err := fs.ReadFile(view, "link"); err != nil || string(got) != "js/b.js" {
		t.Errorf("got %q, %v, want the link's own data", got, err)
	}
}

func TestFSEmpty(t *testing.T) {
	if err := fstest.TestFS(open(t, craft{}.build(t)).FS()); err != nil {
		t.Error(err)
	}
}

// Hostile names: nothing is outside, nothing is hidden.
func TestS09_FS(t *testing.T) {
	z := open(t, craft{}.build(t,
		part{name: "../up", body: "1"}, part{name: "/abs", body: "2"}, part{name: `back\slash`, body: "3"}, part{name: "C:/x", body: "4"},
		part{name: "a\x00b", body: "5"}, part{name: "", body: "6"},
		part{name: "twice", body: "first"}, part{name: "twice", body: "second"},
		part{name: "both", body: "file"}, part{name: "both/inner", body: "below"},
		part{name: "js", body: "file"}, part{name: "js/"},
	))
	view := z.FS()
	got := map[string]string{}
	err := fs.WalkDir(view, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(view, path)
		got[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"twice": "first", "both": "file", "both/inner": "below", "js": "file"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got - want +\n%s", diff)
	}
	for _, name := range []string{"../up", "/abs", `back\slash`, "C:/x", "a\x00b", "", "js/", "none"} {
		for what, err := range map[string]error{"open": errOf(view.Open(name)), "stat": errOf(fs.Stat(view, name)), "read": errOf(fs.ReadFile(view, name))} {
			if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
				t.Errorf("%s %q: got %v", what, name, err)
			}
		}
	}
}

// A link as Info-ZIP stores it: shown as one, never followed.
func TestS08_LinkOfInfoZip(t *testing.T) {
	if _, err := exec.LookPath("zip"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "manifest.json")); err != nil {
		t.Skip(err)
	}
	cmd := exec.Command("zip", "-q", "-y", "out.zip", "manifest.json")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "out.zip"))
	if err != nil {
		t.Fatal(err)
	}
	view := open(t, b).FS()
	list, err := fs.ReadDir(view, ".")
	if err != nil || len(list) != 1 || list[0].Type() != fs.ModeSymlink {
		t.Errorf("got %v, %v, want one symbolic link", list, err)
	}
	if got, err := fs.ReadFile(view, "manifest.json"); err != nil || string(got) != "/etc/passwd" {
		t.Errorf("got %q, %v, want the link's own data", got, err)
	}
}

func errOf[T any](_ T, err error) error { return err }
