package brand_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
	"appraise/policies/brand"
	"appraise/policies/rule"
)

var (
	keyA, keyB = strings.Repeat("a1", 32), strings.Repeat("b2", 32)
	lesson     = brand.Lesson{Brand: "acme", Date: "2026-11-22"}
)

func build(edit func(*inventory.Item)) inventory.Item {
	item := inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: "com.acme.shop", Name: "Acme Shop", VersionCode: 7, SHA256: strings.Repeat("c3", 32), Location: "shop.apk",
		Signature:   inventory.Signature{State: inventory.Verified, Signers: []inventory.Signer{{SHA256: keyA, SHA1: keyA[:40], JavaHash: "12345678"}}},
		Permissions: []inventory.Permission{{Name: "android.permission.CAMERA", States: []inventory.PermissionState{inventory.StateRequested}}}}
	if edit != nil {
		edit(&item)
	}
	return item
}

func TestLearn(t *testing.T) {
	older := build(func(i *inventory.Item) {
		i.VersionCode, i.SHA256 = 5, strings.Repeat("d4", 32)
		i.Permissions = []inventory.Permission{{Name: "android.permission.INTERNET", States: []inventory.PermissionState{inventory.StateRequested}},
			{Name: "android.permission.READ_PHONE_STATE", States: []inventory.PermissionState{inventory.StateRequested}, ImpliedBy: "target"}}
	})
	rotated := build(func(i *inventory.Item) {
		i.ID, i.Signature.Signers[0] = "com.acme.pay", inventory.Signer{SHA256: keyB, Lineage: []string{keyA, keyB}}
		i.Detail.Android = &inventory.AndroidDetail{Application: inventory.AndroidApplication{IconSHA256: strings.Repeat("e5", 32)}}
	})
	p, err := brand.Learn([]inventory.Item{build(nil), older, rotated, build(nil)}, lesson)
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again := new(brand.Pack)
	if err := rule.Decode(b, again); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Errorf("written and read again (-learned +read):\n%s", diff)
	}
	shop := p.Android.Apps[0]
	if *shop.MinimumVersionCode != 5 || !cmp.Equal(shop.ExpectedPermissions.KnownRequested, []string{"android.permission.CAMERA", "android.permission.INTERNET"}) ||
		len(shop.Signers) != 1 || len(shop.Signers[0].SeenIn) != 2 || *shop.Signers[0].JavaHash != "12345678" {
		t.Errorf("shop: got %+v", shop)
	}
	pay, like := p.App("com.acme.pay", android)
	if like != brand.Exact || len(pay.Signers) != 2 || pay.Pinned(keyA) == nil || pay.Pinned(keyB) == nil || pay.Pinned(keyB).Confidence != "high" {
		t.Errorf("pay: got %+v", pay)
	}
	if !p.KnownIcon(strings.Repeat("e5", 32)) || p.KnownIcon("") {
		t.Error("the icon was not learned, or no icon counts as one")
	}
}

// A label is somebody else's text.
func TestLearnHostileLabel(t *testing.T) {
	p, err := brand.Learn([]inventory.Item{build(func(i *inventory.Item) { i.Name = "A\x1b[31m\u202e: {x" + strings.Repeat("y", 1000) })}, lesson)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(p.DisplayName, "\x1b\u202e") || len(p.DisplayName) > 400 {
		t.Errorf("got %q", p.DisplayName)
	}
	b, err := p.YAML()
	if err == nil {
		err = rule.Decode(b, new(brand.Pack))
	}
	if err != nil {
		t.Error(err)
	}
}

func TestLearnRefuses(t *testing.T) {
	state := func(s inventory.SignatureState) func(*inventory.Item) {
		return func(i *inventory.Item) { i.Signature.State = s }
	}
	for _, tt := range []struct {
		name string
		edit func(*inventory.Item)
		want string
	}{
		{"invalid", func(i *inventory.Item) {
			i.Signature.State = inventory.Invalid
			i.Signature.Problems = []inventory.SignatureProblem{{ID: "W", Message: "worth knowing", Warning: true}, {ID: "V2_SIG_DID_NOT_VERIFY", Message: "the digest differs"}}
		}, "shop.apk: its signature is invalid: the digest differs (V2_SIG_DID_NOT_VERIFY)"},
		{"unsigned", state(inventory.Unsigned), "shop.apk: it carries no signature"},
		{"not checked", state(inventory.Unverifiable), "shop.apk: its signature was not checked"},
		{"partial", state(inventory.Partial), "shop.apk: its signature does not hold for every Android version that it runs on"},
		{"other platform", func(i *inventory.Item) { i.Platform = inventory.IOS }, "shop.apk: is no Android app"},
		{"split", func(i *inventory.Item) { i.Kind = inventory.KindSplit }, "shop.apk: is a part of an app without its base"},
		{"no certificate", func(i *inventory.Item) { i.Signature.Signers = nil }, "shop.apk: its signature names no certificate"},
		{"confusion", func(i *inventory.Item) { i.AddTrait(inventory.TraitSignerConfusion) }, "shop.apk: it carries certificates of somebody else than its signer"},
		{"public key", func(i *inventory.Item) { i.AddTrait(inventory.TraitPublicSigningKey) }, "shop.apk: it is signed with a key that is public"},
		{"unread", func(i *inventory.Item) { i.AddProblem(inventory.Problem{Message: "chunk size 0", Matters: true}) }, "shop.apk: a part could not be read: chunk size 0"},
	} {
		_, err := brand.Learn([]inventory.Item{build(tt.edit), build(nil)}, lesson)
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
	for _, l := range []brand.Lesson{{Brand: "", Date: lesson.Date}, {Brand: "Acme", Date: lesson.Date}, {Brand: "../x", Date: lesson.Date}, {Brand: "shop", Date: lesson.Date}} {
		if _, err := brand.Learn([]inventory.Item{build(nil)}, l); err == nil {
			t.Errorf("name %q is taken", l.Brand)
		}
	}
	if _, err := brand.Learn(nil, lesson); err == nil {
		t.Error("a pack was learned from nothing")
	}
}

func BenchmarkApp(b *testing.B) {
	p := pack(b)
	for b.Loop() {
		for _, id := range ordinaryApps {
			p.App(id, android)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(ordinaryApps)), "µs/id")
}
