package policies

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What LoadBrands leaves out of the built-in packs is the list of reported extensions and nothing else.
func TestPacksWithoutReports(t *testing.T) {
	files, err := gather(identities, nil)
	if err != nil {
		t.Fatal(err)
	}
	short := withoutReports(files)
	for _, name := range below(files, "brands") {
		file := "brands/" + name + ".yaml"
		want, err := loadPack(name, files[file])
		if err != nil {
			t.Fatal(err)
		}
		got, err := loadPack(name, short[file])
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if len(want.Extensions.Reported) > 0 && len(got.Extensions.Reported) > 0 {
			t.Errorf("%s: the list of reports is still there", file)
		}
		want.Extensions.Reported = nil
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", file, diff)
		}
	}
}
