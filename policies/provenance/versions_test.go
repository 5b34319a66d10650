package provenance_test

import (
	"testing"

	"appraise/inventory"
	"appraise/policies/provenance"
)

func TestCoverage(t *testing.T) {
	class := func(low, high int, state inventory.SignatureState) inventory.PlatformSignature {
		return inventory.PlatformSignature{MinSDK: low, MaxSDK: high, State: state}
	}
	const yes, no = inventory.Verified, inventory.Invalid
	for _, tt := range []struct {
		name        string
		state       inventory.SignatureState
		platforms   []inventory.PlatformSignature
		holds, rest string
	}{
		{"no platforms", inventory.Partial, nil, "", ""},
		{"all hold", inventory.Partial, []inventory.PlatformSignature{class(21, 23, yes), class(24, 0, yes)}, "", ""},
		{"none holds", inventory.Partial, []inventory.PlatformSignature{class(21, 0, no)}, "", ""},
		{"verified as a whole", inventory.Verified, []inventory.PlatformSignature{class(21, 23, no), class(24, 0, yes)}, "", ""},
		{"newer", inventory.Partial, []inventory.PlatformSignature{class(21, 23, no), class(24, 27, yes), class(28, 0, yes)}, "Android 7.0 and newer", "Android 5.0 to 6.0"},
		{"in any order", inventory.Partial, []inventory.PlatformSignature{class(28, 0, yes), class(21, 23, no), class(24, 27, yes)}, "Android 7.0 and newer", "Android 5.0 to 6.0"},
		{"older", inventory.Partial, []inventory.PlatformSignature{class(1, 23, yes), class(24, 0, no)}, "Android 6.0 and older", "Android 7.0 and newer"},
		{"one level", inventory.Partial, []inventory.PlatformSignature{class(33, 33, yes), class(34, 0, no)}, "Android 13", "Android 14 and newer"},
		{"a level without a name", inventory.Partial, []inventory.PlatformSignature{class(99, 0, yes), class(1, 98, no)}, "Android (API level 99) and newer", "Android (API level 98) and older"},
		{"apart", inventory.Partial, []inventory.PlatformSignature{class(24, 27, yes), class(28, 32, no), class(33, 0, yes)}, "Android 7.0 to 8.1, Android 13 and newer", "Android 9 to 12L"},
	} {
		item := &inventory.Item{Platform: inventory.Android, Signature: inventory.Signature{State: tt.state, Platforms: tt.platforms}}
		if holds, rest := provenance.Coverage(item); holds != tt.holds || rest != tt.rest {
			t.Errorf("%s: got %q and %q, want %q and %q", tt.name, holds, rest, tt.holds, tt.rest)
		}
	}
}

func TestLoadStoresErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"schema", "schema: 2", "schema 2 is unknown: write schema: 1"},
		{"test key", "schema: 1\ntest_keys: [{sha256: abc}]", `test_keys: sha256 "abc": write 64 lower-case hex digits`},
		{"test key's source", "schema: 1\ntest_keys: [{sha256: a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc, name: x, sources: [y]}]", `test_keys x: unknown source "y": add it under sources`},
		{"stamp", "schema: 1\nstamps: [{sha256: abc}]", `stamps: sha256 "abc": write 64 lower-case hex digits`},
		{"stamp's kind", "schema: 1\nstamps: [{sha256: a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc, kind: frostin}]", `stamps: unknown kind "frostin": did you mean frosting?`},
	} {
		if _, err := provenance.LoadStores([]byte(tt.text)); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}
