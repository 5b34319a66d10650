package policies_test

import (
	"strings"
	"testing"

	"appraise/policies"
)

func TestPinned(t *testing.T) {
	p := load(t, policies.Options{})
	var pinned string
	for _, pack := range p.Brands() {
		for _, app := range pack.Android.Apps {
			for _, s := range app.Signers {
				pinned = string(s.SHA256)
			}
		}
	}
	for _, test := range []struct {
		name, digest string
		want         bool
	}{
		{"a pin", pinned, true},
		{"upper case", strings.ToUpper(pinned), true},
		{"another certificate", strings.Repeat("ab", 32), false},
		{"nothing", "", false},
		{"a SHA-1", strings.Repeat("ab", 20), false},
		{"no digest", "pinned", false},
	} {
		if got := p.Pinned(test.digest); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
