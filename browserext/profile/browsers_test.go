package profile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	home, config := t.TempDir(), t.TempDir()
	for _, dir := range []string{
		filepath.Join(home, ".config/google-chrome"), filepath.Join(home, ".mozilla/firefox"), filepath.Join(home, "snap/chromium/common/chromium"),
		filepath.Join(home, "Library/Application Support/Arc/User Data"), filepath.Join(home, "AppData/Local/Vivaldi/User Data"), filepath.Join(config, "vivaldi"),
	} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name, system, configHome string
		want                     []Found
	}{
		{"linux", "linux", "", []Found{{"Chrome", home + "/.config/google-chrome"}, {"Chromium", home + "/snap/chromium/common/chromium"}, {"Firefox", home + "/.mozilla/firefox"}}},
		{"linux with another configuration folder", "linux", config, []Found{{"Chromium", home + "/snap/chromium/common/chromium"}, {"Vivaldi", config + "/vivaldi"}, {"Firefox", home + "/.mozilla/firefox"}}},
		{"macos", "darwin", config, []Found{{"Arc", home + "/Library/Application Support/Arc/User Data"}}},
		{"windows", "windows", "", []Found{{"Vivaldi", home + "/AppData/Local/Vivaldi/User Data"}}},
	} {
		for i := range test.want {
			test.want[i].Dir = filepath.FromSlash(test.want[i].Dir)
		}
		if diff := cmp.Diff(test.want, find(test.system, home, test.configHome)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}
