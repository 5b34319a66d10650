//go:build unix

package browserext

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"appraise/inventory"
)

// Opening a named pipe would block for ever.
func TestS08_FIFONamedManifest(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "manifest.json"), 0o644); err != nil {
		t.Skip("this system makes no named pipes: ", err)
	}
	done := make(chan *inventory.Item, 1)
	go func() { done <- ReadFolder(os.DirFS(dir), "x") }()
	select {
	case item := <-done:
		diff(t, "problems", item.Problems, []inventory.Problem{{File: "manifest.json", Message: "no regular file", Matters: true}})
	case <-time.After(10 * time.Second):
		t.Fatal("reading a named pipe blocks")
	}
}
