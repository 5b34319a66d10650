package policies_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

func loadBrands(t *testing.T, opt policies.Options) *policies.Policy {
	t.Helper()
	p, err := policies.LoadBrands(opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// identifiable are items of every kind of build and of some routes.
func identifiable() []inventory.Item {
	item := func(platform inventory.Platform, id string, state inventory.SignatureState, signers ...string) inventory.Item {
		it := inventory.Item{Key: id, Platform: platform, Kind: inventory.KindApp, ID: id, Signature: inventory.Signature{State: state}}
		for _, sha := range signers {
			it.Signature.Signers = append(it.Signature.Signers, inventory.Signer{SHA256: sha})
		}
		return it
	}
	unread := item(inventory.Android, "com.example", inventory.Verified)
	unread.AddProblem(inventory.Problem{File: "resources.arsc", Message: "cut short", Matters: true})
	stored := item(inventory.Android, "com.alibaba.aliexpresshd", inventory.Unverifiable)
	stored.Arrival = inventory.Arrival{Installer: "com.android.vending", Initiator: "com.android.vending"}
	return []inventory.Item{
		item(inventory.Android, "com.example", inventory.Verified, strings.Repeat("1", 64)),
		item(inventory.Android, "com.alibaba.aliexpresshd", inventory.Verified, strings.Repeat("1", 64)),
		item(inventory.Android, "com.alibaba.aliexpressHD", inventory.Invalid),
		item(inventory.IOS, "com.alibaba.iAliexpress", inventory.Unverifiable),
		item(inventory.Extension, "coupons", inventory.Unverifiable),
		unread, stored,
	}
}

func TestIdentifyIsAssessWithoutRules(t *testing.T) {
	items := identifiable()
	got := loadBrands(t, policies.Options{}).Identify(items)
	whole := load(t, policies.Options{}).Assess(items, policies.Expect{})
	for i := range whole {
		want := whole[i]
		want.Findings, want.Attention = []finding.Finding{}, finding.None
		if slices.ContainsFunc(items[i].Problems, func(p inventory.Problem) bool { return p.Matters }) {
			want.Attention = finding.Incomplete
		}
		if diff := cmp.Diff(want, got[i]); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", items[i].ID, diff)
		}
	}
}

func TestLoadBrands(t *testing.T) {
	p := loadBrands(t, policies.Options{})
	if info := p.Info(); info.Rules != 0 || info.Preset != policies.DefaultPreset || !slices.Equal(info.Brands, []string{"aliexpress"}) || !strings.HasPrefix(info.Digest, "sha256:") {
		t.Errorf("got %+v, want the built-in packs and no rule", info)
	}
	if len(p.Capabilities()) == 0 {
		t.Error("got no capabilities, want the words for them")
	}
	withOwn := loadBrands(t, policies.Options{Dir: dir(map[string]string{"brands/acme.yaml": ownPack, "rules/broken.yaml": "]"}), Brand: "acme"})
	if got, want := withOwn.Info().Brands, []string{"acme"}; !slices.Equal(got, want) {
		t.Errorf("brands: got %q, want %q", got, want)
	}
	for name, opt := range map[string]policies.Options{
		"did you mean aliexpress":     {Brand: "aliexpres"},
		`unknown preset "fleeet"`:     {Preset: "fleeet"},
		"schema 2 is unknown":         {Dir: dir(map[string]string{"stores.yaml": "schema: 2\n"})},
		"brands/acme.yaml":            {Dir: dir(map[string]string{"brands/acme.yaml": "schema: 1\n"})},
		"unknown file \"notes.yaml\"": {Dir: dir(map[string]string{"notes.yaml": ""})},
		"brand pack":                  {Pack: []byte("schema: 1\n")},
	} {
		if _, err := policies.LoadBrands(opt); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want an error with %q", err, name)
		}
	}
}

func TestOwnPackStandsAlone(t *testing.T) {
	opt := policies.Options{Pack: []byte(ownPack), Brand: "no-such-brand"}
	for _, p := range []*policies.Policy{loadBrands(t, opt), load(t, opt)} {
		if got, want := p.Info().Brands, []string{"acme"}; !slices.Equal(got, want) {
			t.Errorf("brands: got %q, want %q", got, want)
		}
		builds := p.Identify([]inventory.Item{{Platform: inventory.Android, ID: "com.acme.shop"}, {Platform: inventory.Android, ID: "com.alibaba.aliexpressHD"}})
		if builds[0].Build.Match != finding.NameOnly || builds[1].Build.Match != finding.Unclaimed {
			t.Errorf("got %s and %s, want name-only and unclaimed", builds[0].Build.Match, builds[1].Build.Match)
		}
	}
	other := []byte(strings.Replace(ownPack, "Acme", "Acme Shop", 1))
	if a, b := loadBrands(t, opt).Info().Digest, loadBrands(t, policies.Options{Pack: other}).Info().Digest; a == b {
		t.Error("two packs have one digest")
	}
}
