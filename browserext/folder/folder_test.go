package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"appraise/internal/limits"
)

func TestClean(t *testing.T) {
	tests := []struct{ declared, want string }{
		{"a.js", "a.js"},
		{"/a.js", "a.js"},
		{"//a//b.js", "a/b.js"},
		{"./a.js?x=1#y", "a.js"},
		{"a/../b.js", "b.js"},
		{"../a.js", "../a.js"},
		{"/../a.js", "../a.js"},
		{"", "."},
	}
	for _, test := range tests {
		t.Run(test.declared, func(t *testing.T) {
			if got := Clean(test.declared); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRead(t *testing.T) {
	f := Open(fstest.MapFS{
		"Dir/A.js": {Data: []byte("four")},
		"dir/b.js": {Data: []byte("b")},
		"pipe":     {Mode: fs.ModeNamedPipe},
		"link":     {Mode: fs.ModeSymlink, Data: []byte("../out")},
	})
	tests := []struct {
		name string
		max  int64
		want error
	}{
		{"Dir/A.js", 4, nil},
		{"Dir/A.js", 3, ErrLimit},
		{"dir/a.JS", 4, nil},
		{"dir", 4, ErrIrregular},
		{"pipe", 4, ErrIrregular},
		{"link", 4, ErrLeaves},
		{"none", 4, fs.ErrNotExist},
		{"../x", 4, ErrLeaves},
		{"/x", 4, ErrLeaves},
		{"", 4, ErrLeaves},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, err := f.Read(test.name, test.max)
			if !errors.Is(err, test.want) || test.want == nil && string(text) != "four" {
				t.Errorf("got %q, %v, want %v", text, err, test.want)
			}
		})
	}
}

func TestS08_LinkLoopsAndChains(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "l0"), []byte("end"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i := range limits.LinkHops + 1 {
		if err := os.Symlink(fmt.Sprintf("l%d", i), filepath.Join(dir, fmt.Sprintf("l%d", i+1))); err != nil {
			t.Skip("this system makes no links: ", err)
		}
	}
	for name, target := range map[string]string{"x": "y", "y": "x", "self": "self/self"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	f := Open(os.DirFS(dir))
	if text, err := f.Read(fmt.Sprintf("l%d", limits.LinkHops), 9); err != nil || string(text) != "end" {
		t.Errorf("at the limit: %q, %v", text, err)
	}
	for _, name := range []string{fmt.Sprintf("l%d", limits.LinkHops+1), "x", "self"} {
		if _, err := f.Read(name, 9); !errors.Is(err, ErrLeaves) {
			t.Errorf("%s: got %v, want %v", name, err, ErrLeaves)
		}
	}
	if len(f.Stopped) > 0 {
		t.Errorf("stopped: %v", f.Stopped)
	}
}

// wide is a folder with n files, made without n allocations in a map.
type wide int

func (w wide) Open(name string) (fs.File, error) { return nil, fs.ErrNotExist }

func (w wide) Stat(name string) (fs.FileInfo, error) {
	return fstest.MapFS{"d/x": {}}.Stat("d")
}

func (w wide) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fstest.MapFS{"a.js": {}}.ReadDir(".")
	out := make([]fs.DirEntry, w)
	for i := range out {
		out[i] = entries[0]
	}
	return out, err
}

func TestS08_EntryLimit(t *testing.T) {
	if f := Open(wide(limits.FolderEntries - 1)); len(f.Stopped) > 0 || f.Scripts != limits.FolderEntries-1 {
		t.Errorf("at the limit: %d scripts, %v", f.Scripts, f.Stopped)
	}
	f := Open(wide(limits.FolderEntries))
	if len(f.Stopped) != 1 || !errors.Is(f.Stopped[0].Err, ErrLimit) || !strings.Contains(f.Stopped[0].Err.Error(), "entries") {
		t.Errorf("past the limit: %v", f.Stopped)
	}
}
