package access

import (
	"os"
	"path/filepath"
	"testing"
)

// eras are the folders of testdata that hold one imaginary phone each.
var eras = []string{"sdk25", "sdk28", "sdk30", "sdk33", "sdk34", "sdk36", "samsung-sdk33"}

// fixture reads an output of an era. Golden files, and texts that are cut anywhere, are tested in package dump for all
// readers at once.
func fixture(t testing.TB, era, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", era, name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
