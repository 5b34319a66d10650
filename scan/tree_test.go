//go:build unix

package scan

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"appraise/internal/gate"
)

// What must not be opened or followed is named, never blocks, and doesn't stop the others.
func TestS08_FoldersCanNeitherBlockNorLead(t *testing.T) {
	for _, test := range []struct {
		name, want string
		spoil      func(dir string) error
		incomplete bool
	}{
		{"a FIFO under an artifact's name", "not a regular file", func(dir string) error { return syscall.Mkfifo(filepath.Join(dir, "manifest.json"), 0o600) }, true},
		{"a link that loops back", "stands in", func(dir string) error { return os.Symlink(".", filepath.Join(dir, "loop")) }, true},
		{"two links round in a circle", "out of the folder", func(dir string) error {
			return cmpErr(os.Symlink("b", filepath.Join(dir, "a")), os.Symlink("a", filepath.Join(dir, "b")))
		}, true},
		{"a link out of the folder", "out of the folder", func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "x.apk")) }, true},
		{"a link to a neighbour", "", func(dir string) error { return os.Symlink("good.apk", filepath.Join(dir, "again.apk")) }, false},
		{"a link to nowhere", "", func(dir string) error { return os.Symlink("gone", filepath.Join(dir, "old")) }, false},
	} {
		dir := folder(t, map[string][]byte{"good.apk": sample(t, "android/messenger.apk")})
		if err := test.spoil(dir); err != nil {
			t.Fatal(err)
		}
		got := run(t, Options{}, dir)
		if ids(got) != "app com.example.chat" {
			t.Errorf("%s: got items %q, want the good one once", test.name, ids(got))
		}
		if text := problems(got); !strings.Contains(text, test.want) || (test.want == "") != (text == "") {
			t.Errorf("%s: got problems %q, want %q", test.name, text, test.want)
		}
		if want := map[bool]int{true: gate.ExitIncomplete, false: gate.ExitPass}[test.incomplete]; got.Gate.Exit != want {
			t.Errorf("%s: got exit %d, want %d", test.name, got.Gate.Exit, want)
		}
	}
}

func cmpErr(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestS08_NamedFIFO(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe.apk")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, Options{}, name)
	if !strings.Contains(problems(got), "not a regular file") || got.Gate.Exit != gate.ExitIncomplete {
		t.Errorf("got exit %d, problems %q", got.Gate.Exit, problems(got))
	}
}

// A link that the person names is theirs to follow.
func TestNamedLinkIsFollowed(t *testing.T) {
	target, err := filepath.Abs(filepath.Join(samples, "android", "messenger.apk"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "link.apk")
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
	if got := run(t, Options{}, name); ids(got) != "app com.example.chat" || got.Items[0].Key != "android:app:com.example.chat:link.apk" {
		t.Errorf("got items %q, problems %q", ids(got), problems(got))
	}
}

func TestRunStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, Options{Paths: []string{samples}}); err == nil {
		t.Error("a cancelled run gave a report")
	}
}
