package bundle

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/inventory"
)

// apk is a part as ReadAPK would give it, made up; signers by their digests.
func apk(kind inventory.Kind, state inventory.SignatureState, signers ...string) *inventory.Item {
	item := &inventory.Item{Platform: inventory.Android, Kind: kind, ID: "com.example", VersionCode: 1, Detail: inventory.Detail{Android: &inventory.AndroidDetail{}}}
	if kind == inventory.KindSplit {
		item.Detail.Android.Split = "config.de"
	}
	item.Signature.State = state
	for _, s := range signers {
		item.Signature.Signers = append(item.Signature.Signers, inventory.Signer{SHA256: s})
	}
	return item
}

// A set is what its worst part is.
func TestWorstStateCounts(t *testing.T) {
	order := []inventory.SignatureState{inventory.Verified, inventory.Partial, inventory.Unsigned, inventory.Unverifiable, inventory.Invalid}
	for i, base := range order {
		for j, split := range order {
			group := []Part{{Name: "base.apk", Item: apk(inventory.KindApp, base, "a")}, {Name: "split.apk", Item: apk(inventory.KindSplit, split, "a")}}
			got := Merge(group, Options{}).Signature
			if want := order[max(i, j)]; got.State != want {
				t.Errorf("%s and %s: got %s, want %s", base, split, got.State, want)
			}
			if told := len(got.Problems) > 0 && got.Problems[0].ID == problemState; told != (j > i) {
				t.Errorf("%s and %s: got %v", base, split, got.Problems)
			}
		}
	}
}

// The whole set of signers counts, in any order, on every class of platforms.
func TestSignersOfAllParts(t *testing.T) {
	class := func(low, high int, signers ...string) inventory.PlatformSignature {
		return inventory.PlatformSignature{MinSDK: low, MaxSDK: high, State: inventory.Verified, Signers: signers}
	}
	tests := []struct {
		name         string
		base, split  []string
		baseClasses  []inventory.PlatformSignature
		splitClasses []inventory.PlatformSignature
		want         string // the problem; "" for none
	}{
		{"two signers in another order", []string{"a", "b"}, []string{"b", "a"}, nil, nil, ""},
		{"one signer of two", []string{"a", "b"}, []string{"a"}, nil, nil, "split.apk is signed by a, base.apk by a and b"},
		{"another signer on old platforms", []string{"b"}, []string{"b"},
			[]inventory.PlatformSignature{class(21, 27, "a"), class(28, 0, "b")}, []inventory.PlatformSignature{class(21, 27, "c"), class(28, 0, "b")},
			"split.apk is signed by c on API level 21, base.apk by a"},
		{"the same rotation", []string{"b"}, []string{"b"},
			[]inventory.PlatformSignature{class(21, 27, "a"), class(28, 0, "b")}, []inventory.PlatformSignature{class(24, 27, "a"), class(28, 0, "b")}, ""},
		{"a split without a signer", []string{"a"}, nil, nil, nil, ""},
	}
	for _, tt := range tests {
		base, split := apk(inventory.KindApp, inventory.Verified, tt.base...), apk(inventory.KindSplit, inventory.Verified, tt.split...)
		base.Signature.Platforms, split.Signature.Platforms = tt.baseClasses, tt.splitClasses
		got := Merge([]Part{{Name: "base.apk", Item: base}, {Name: "split.apk", Item: split}}, Options{})
		var texts []string
		for _, p := range got.Signature.Problems {
			texts = append(texts, p.ID+": "+p.Message)
		}
		want, state := []string(nil), inventory.Verified
		if tt.want != "" {
			want, state = []string{problemSigner + ": " + tt.want}, inventory.Invalid
		}
		if diff := cmp.Diff(texts, want); diff != "" || got.Signature.State != state || got.HasTrait(inventory.TraitSplitDiffers) != (tt.want != "") {
			t.Errorf("%s: got %s, traits %v; problems got - want +\n%s", tt.name, got.Signature.State, got.Traits, diff)
		}
	}
}

// A split is judged again for the platforms of its base where it was judged for older ones, and only then.
func TestSplitIsJudgedForItsBase(t *testing.T) {
	tests := []struct {
		name   string
		state  inventory.SignatureState
		min    int // of the split
		opt    Options
		wantTo int // API level that it is read again for, 0 for not at all
	}{
		{"older platforms don't verify", inventory.Partial, 0, Options{}, 26},
		{"verified anyway", inventory.Verified, 0, Options{}, 0},
		{"the same platforms", inventory.Invalid, 26, Options{}, 0},
		{"platforms that were asked for", inventory.Partial, 0, Options{MinSDK: 24}, 0},
	}
	for _, tt := range tests {
		base, split := apk(inventory.KindApp, inventory.Verified, "a"), apk(inventory.KindSplit, tt.state, "a")
		base.Detail.Android.MinSDK, split.Detail.Android.MinSDK = 26, tt.min
		to := 0
		again := func(opt Options) *inventory.Item {
			to = opt.MinSDK
			return apk(inventory.KindSplit, inventory.Verified, "a")
		}
		got := Merge([]Part{{Name: "base.apk", Item: base}, {Name: "split.apk", Item: split, Again: again}}, tt.opt)
		want := tt.state
		if tt.wantTo > 0 {
			want = inventory.Verified
		}
		if to != tt.wantTo || got.Signature.State != want {
			t.Errorf("%s: got read for %d, %s, want %d, %s", tt.name, to, got.Signature.State, tt.wantTo, want)
		}
	}
}

func TestS01_MergeOfTooMany(t *testing.T) {
	for _, n := range []int{limits.SetMembers, limits.SetMembers + 1} {
		group := []Part{{Name: "base.apk", Item: apk(inventory.KindApp, inventory.Verified, "a")}}
		for i := 1; i < n; i++ {
			split := apk(inventory.KindSplit, inventory.Verified, "b")
			split.Detail.Android.Split = fmt.Sprint("s", i)
			group = append(group, Part{Name: fmt.Sprint(i, ".apk"), Item: split})
		}
		got := Merge(group, Options{})
		if told := len(got.Problems) == 1 && got.Problems[0].Limit && got.Problems[0].Matters; told != (n > limits.SetMembers) {
			t.Errorf("%d parts: got %v", n, got.Problems)
		}
		if len(got.Signature.Problems) != limits.SignatureIssues || len(got.Traits[0].Evidence) != limits.AppEvidence {
			t.Errorf("%d parts: got %d problems of the signature, %d places", n, len(got.Signature.Problems), len(got.Traits[0].Evidence))
		}
	}
}

// Metadata is bounded as any JSON.
func TestS06_LongMetadata(t *testing.T) {
	long := []byte(`{"package_name":"` + strings.Repeat("x", limits.JSONBytes) + `"}`)
	items := ReadSet(open(t, pack(t, entry{"base.apk", fixture(t, "base.apk"), false}, entry{"manifest.json", long, false})), Options{})
	text := strings.Join(lines(items), "\n")
	if !strings.Contains(text, "unread: manifest.json: ") || !strings.Contains(text, "inflates to more than 4194304 bytes") {
		t.Errorf("got\n%s", text)
	}
	names := []byte(`{"xapk_version":2,"split_apks":[` + strings.Repeat(`{"file":"gone.apk"},`, 100_000) + `{}]}`)
	all, bad := readClaims(open(t, pack(t, entry{"manifest.json", names, true})))
	if len(bad) != 0 || len(all) != 1 || len(all[0].apks) != limits.SetMembers+1 {
		t.Errorf("got %d claims, %v", len(all), bad)
	}
}
