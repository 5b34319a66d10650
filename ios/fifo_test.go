//go:build unix

package ios

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A FIFO in place of a list is told and doesn't block.
func TestS08_Fifo(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "Info.plist"), 0o600); err != nil {
		t.Skipf("no FIFOs here: %v", err)
	}
	wantProblem(t, ReadBundle(os.DirFS(dir)), "Info.plist", "neither a regular file nor a folder", false)
}
