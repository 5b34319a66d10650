package inventory

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAddCapability(t *testing.T) {
	seen := func(detail string) []Evidence { return []Evidence{{Detail: detail}} }
	var it Item
	it.AddCapability(Capability{ID: CapPageRead, Exposure: Requested, Reach: []string{"a"}, Evidence: seen("1")})
	it.AddCapability(Capability{ID: CapPageRead, Exposure: Requested, Confidence: Proved, Reach: []string{"a", "b"}, Evidence: seen("2")})
	it.AddCapability(Capability{ID: CapPageRead, Exposure: Optional, Reach: []string{"<all_urls>"}, Evidence: seen("3")})
	it.AddCapability(Capability{ID: CapKeystrokes, Exposure: Requested, Qualifier: "full-access", Evidence: seen("4")})
	it.AddCapability(Capability{ID: CapContacts, Exposure: Granted})
	it.Sort()
	want := []Capability{
		{ID: CapKeystrokes, Exposure: Requested, Qualifier: "full-access", Evidence: seen("4")},
		{ID: CapPageRead, Exposure: Requested, Confidence: Proved, Reach: []string{"a", "b"}, Evidence: []Evidence{{Detail: "1"}, {Detail: "2"}}},
		{ID: CapPageRead, Exposure: Optional, Reach: []string{"<all_urls>"}, Evidence: seen("3")},
	}
	if diff := cmp.Diff(want, it.Capabilities); diff != "" {
		t.Errorf("one id with two reaches stays apart, no evidence is no capability: (-want +got)\n%s", diff)
	}
	if got := it.Exposure(CapPageRead); got != Requested {
		t.Errorf("strongest exposure: got %s, want requested", got)
	}
	if got := it.Exposure(CapContacts); got != ExposureUnknown {
		t.Errorf("missing capability: got %s, want unknown", got)
	}
}

func TestAddPermission(t *testing.T) {
	for _, test := range []struct {
		name string
		add  []Permission
		want []Permission
	}{
		{"states are joined, never merged into one", []Permission{{Name: "p", States: []PermissionState{StateGranted}}, {Name: "p", States: []PermissionState{StateRequested}}},
			[]Permission{{Name: "p", States: []PermissionState{StateRequested, StateGranted}}}},
		{"the widest range wins", []Permission{{Name: "p", MaxSDK: 22, MinSDK: 5}, {Name: "p", MaxSDK: 32}}, []Permission{{Name: "p", MaxSDK: 32}}},
		{"no upper end is widest", []Permission{{Name: "p", MaxSDK: 22}, {Name: "p"}}, []Permission{{Name: "p"}}},
		{"an implied one stays apart", []Permission{{Name: "p", ImpliedBy: "q"}, {Name: "p"}}, []Permission{{Name: "p"}, {Name: "p", ImpliedBy: "q"}}},
		{"a host pattern is no permission of that name", []Permission{{Name: "p", Type: "host"}, {Name: "p"}}, []Permission{{Name: "p"}, {Name: "p", Type: "host"}}},
	} {
		var it Item
		for _, p := range test.add {
			it.AddPermission(p)
		}
		it.Sort()
		if diff := cmp.Diff(test.want, it.Permissions); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

// The zero value of every verdict must be the one that claims nothing.
func TestZeroValuesClaimNothing(t *testing.T) {
	var it Item
	text, err := json.Marshal(it)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `"signature":{"state":"unverifiable"}`) {
		t.Errorf("an empty item: got %s, want an unverifiable signature", text)
	}
	if got := (Capability{}).Confidence.String() + " " + (Capability{}).Exposure.String(); got != "inferred unknown" {
		t.Errorf("an empty capability: got %s, want inferred unknown", got)
	}
}

func TestEnumsReadTheirOwnWords(t *testing.T) {
	for value := range Exposure(len(exposureNames)) {
		var back Exposure
		if err := back.UnmarshalText([]byte(value.String())); err != nil || back != value {
			t.Errorf("exposure %s: got %s, %v", value, back, err)
		}
	}
	var s SignatureState
	if err := s.UnmarshalText([]byte("fine")); err == nil {
		t.Error(`"fine" was read as a signature state`)
	}
	if got := Exposure(200).String(); got != "(200)" {
		t.Errorf("value outside the table: got %s", got)
	}
}

func TestTraitsAreUniqueAndTold(t *testing.T) {
	seen := map[TraitID]bool{}
	for _, trait := range Traits() {
		if seen[trait.ID] || trait.Meaning == "" {
			t.Errorf("trait %q: ids are unique and meanings written", trait.ID)
		}
		seen[trait.ID] = true
	}
}

func TestCapabilitiesAreUnique(t *testing.T) {
	seen := map[CapabilityID]bool{}
	for _, id := range Capabilities {
		if seen[id] {
			t.Errorf("%q stands twice", id)
		}
		seen[id] = true
	}
	if len(seen) != 44 {
		t.Errorf("got %d capabilities, want 44: the list is fixed by policies/capabilities.tsv", len(seen))
	}
}
