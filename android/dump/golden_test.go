package dump_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/dump"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What each fixture gives stands in testdata/golden, a file an era. Read a change of it before it lands.
func TestGolden(t *testing.T) {
	for _, era := range eras {
		t.Run(era, func(t *testing.T) {
			all := map[string]any{}
			for _, p := range parsers {
				all[p.name] = p.read(fixture(t, era, p.name))
			}
			got, err := json.MarshalIndent(all, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "golden", era+".json")
			if *update {
				if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Settings say the same in every era.
func TestSameSettings(t *testing.T) {
	const watcher = "com.example.coupons/com.example.coupons.Watcher"
	for _, era := range eras {
		t.Run(era, func(t *testing.T) {
			secure, _ := dump.SettingsList(fixture(t, era, "settings-secure"))
			if got := dump.Components(secure["enabled_accessibility_services"]); len(got) != 2 || got[1] != watcher {
				t.Errorf("enabled services %v", got)
			}
			if secure["lock_screen_owner_info"] != "if found\nplease call the desk, ext=7" {
				t.Errorf("value of two lines: %q", secure["lock_screen_owner_info"])
			}
		})
	}
}
