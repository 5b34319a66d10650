package policies_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/policies"
)

func TestLintPack(t *testing.T) {
	for _, tt := range []struct {
		name, file, text string
		want             []policies.PackError
	}{
		{"fine", "acme", ownPack, nil},
		{"called otherwise", "acne", ownPack, []policies.PackError{{Line: 2, Message: `brand: brand "acme" differs from the file name: write brand: acne, or rename the file to acme.yaml`}}},
		{"called anything", "", ownPack, nil},
		{"not YAML", "", "a: [", []policies.PackError{{Line: 1, Message: "did not find expected node content"}}},
		{"empty", "", "", []policies.PackError{{Message: "the file is empty"}}},
		{"two unknown keys", "", "schema: 1\nbrnd: acme\ndomans: {}\n", []policies.PackError{
			{Line: 2, Message: `unknown key "brnd": did you mean brand?`}, {Line: 3, Message: `unknown key "domans": did you mean domains?`}}},
		{"a list", "", "[]", []policies.PackError{{Line: 1, Message: "cannot unmarshal !!seq into brand.Pack"}}},
		{"missing", "", "schema: 1\nbrand: acme\n", []policies.PackError{{Message: "display_name: is missing: write the brand's name as people know it"},
			{Message: `gathered: date "": write a date such as 2026-05-30`}}},
	} {
		_, got := policies.LintPack(tt.file, []byte(tt.text))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func FuzzLintPack(f *testing.F) {
	f.Add([]byte(ownPack))
	f.Add([]byte(sha1Pack))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, b []byte) {
		pack, bad := policies.LintPack("", b)
		if pack == nil && len(bad) == 0 {
			t.Errorf("%q: no pack and no error", b)
		}
		if _, err := policies.ReadPack(b); (err == nil) != (len(bad) == 0) {
			t.Errorf("%q: ReadPack says %v, LintPack %v", b, err, bad)
		}
	})
}
