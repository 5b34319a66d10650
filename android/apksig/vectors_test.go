package apksig_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appraise/inventory"
)

// Debian's apksigner made the files of testdata; apksigner.tsv is what it says of them itself.
func TestOwnVectors(t *testing.T) {
	file, err := os.Open("testdata/apksigner.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = '\t', true, -1
	lines, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range lines[1:] {
		t.Run(c[0]+" "+c[1], func(t *testing.T) {
			s := readAPK(t, filepath.Join("testdata", c[0]), apiLevel(c[1]), 0).Signature
			if got, want := s.State == inventory.Verified, c[2] == "ok"; got != want {
				t.Fatalf("got %s, want %s: %+v", s.State, c[2], s.Problems)
			}
			if c[2] != "ok" {
				return
			}
			if got, want := stamped(s), c[8] == "1"; got != want {
				t.Errorf("stamp: got %v, want %v: %+v", got, want, s.Stamps)
			}
			for name, column := range map[string]int{"v1": 3, "v2": 4, "v3": 5, "v4": 7} {
				got := slices.Contains(s.Schemes, inventory.Scheme{Name: name, State: inventory.Verified})
				if want := c[column] == "1"; got != want {
					t.Errorf("%s: got %v, want %v", name, got, want)
				}
			}
			var got []string
			for _, signer := range s.Signers {
				got = append(got, signer.SHA256)
			}
			want := strings.Split(c[6], ",")
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("signers: got %q, want %q", got, want)
			}
		})
	}
}
