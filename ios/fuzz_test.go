package ios

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"appraise/inventory"
)

// fixtures returns every Info.plist of the samples.
func fixtures(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, dir := range []string{"testdata", "../testdata/samples/ios"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.Name() != "Info.plist" {
				return err
			}
			out[name], err = os.ReadFile(name)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Every prefix of every sample is refused, and the refusal matters.
func TestTruncated(t *testing.T) {
	for name, list := range fixtures(t) {
		if item := ReadInfoPlist(list); len(item.Problems) > 0 {
			t.Errorf("%s: %v", name, item.Problems)
		}
		end := len(list)
		if list[end-1] == '\n' {
			end-- // of an XML list; the list is whole without it
		}
		for n := range end {
			item := ReadInfoPlist(list[:n])
			if len(item.Problems) != 1 || !item.Problems[0].Matters || item.ID != "" {
				t.Fatalf("%s cut at %d: got %q, %v", name, n, item.ID, item.Problems)
			}
		}
	}
}

func FuzzReadInfoPlist(f *testing.F) {
	for _, list := range fixtures(f) {
		f.Add(list)
	}
	f.Add(xmlList(app(values{"NSCameraUsageDescription~ipad": 1, "NSExtension": values{"NSExtensionAttributes": []any{}}, "UIBackgroundModes": "location"})))
	f.Add([]byte("hello"))
	f.Fuzz(func(t *testing.T, b []byte) {
		item := ReadInfoPlist(b)
		if item.Platform != inventory.IOS || item.Kind != inventory.KindPlist || item.Detail.IOS == nil {
			t.Errorf("got %+v", item)
		}
		if item.ID == "" && len(item.Problems) == 0 {
			t.Error("no id and no problem")
		}
		for _, c := range item.Capabilities {
			if len(c.Evidence) == 0 {
				t.Errorf("%s without evidence", c.ID)
			}
		}
	})
}
