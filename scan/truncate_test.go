package scan

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appraise/internal/gate"
)

// cuts is how many prefixes of each file are tried; the readers' own tests try every byte.
const cuts = 60

// Every artifact file of the samples, cut short, is told as unread: never passed over, never fine.
func TestTruncatedSamples(t *testing.T) {
	err := filepath.WalkDir(samples, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".apk", ".plist", ".json":
			truncate(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func truncate(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.TrimRight(string(text), "\n"))
	root, rel := artifact(path)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(root)); err != nil {
		t.Fatal(err)
	}
	for i := range cuts {
		size := len(text) * i / cuts
		if err := os.WriteFile(filepath.Join(dir, rel), text[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if got := run(t, Options{}, dir); got.Complete || got.Gate.Exit == gate.ExitPass || problems(got) == "" {
			t.Errorf("%s cut to %d of %d bytes: got complete %v, exit %d, problems %q", path, size, len(text), got.Complete, got.Gate.Exit, problems(got))
		}
	}
}

// artifact splits a sample's path into the folder of its artifact and the rest.
func artifact(path string) (root, rel string) {
	rel, err := filepath.Rel(samples, path)
	if err != nil {
		panic(err)
	}
	parts := strings.SplitN(filepath.ToSlash(rel), "/", 3)
	if len(parts) == 2 {
		return filepath.Join(samples, parts[0]), parts[1]
	}
	return filepath.Join(samples, parts[0], parts[1]), filepath.FromSlash(parts[2])
}
