package remedy

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/dump"
)

var update = flag.Bool("update", false, "write the golden files")

// Every package of every era, for each of its users.
func TestGolden(t *testing.T) {
	for _, name := range eras {
		t.Run(name, func(t *testing.T) {
			c := era(t, name)
			users, _ := dump.Users(c.Outputs["users"].Text)
			var out strings.Builder
			for _, u := range users {
				s := FromCapture(c, u.ID)
				for _, pkg := range s.names() {
					out.WriteString("== " + pkg + ", user " + (&planner{state: s}).user() + "\n")
					p, err := For(s, pkg, "")
					if err != nil {
						out.WriteString("refused: " + err.Error() + "\n")
						continue
					}
					out.WriteString(text(p))
				}
			}
			golden(t, filepath.Join("testdata", "golden", name+".txt"), out.String())
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, string(want)); diff != "" {
		t.Errorf("(-got +want)\n%s", diff)
	}
}
