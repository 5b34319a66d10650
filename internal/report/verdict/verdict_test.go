package verdict

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/internal/gate"
	"appraise/internal/report/page"
	"appraise/inventory"
)

var (
	newKey = strings.Repeat("0123456789abcdef", 4)
	oldKey = strings.Repeat("fedcba9876543210", 4)
)

// verified is a report of one signed app, changed.
func verified(change func(*finding.Report, *inventory.Item)) *finding.Report {
	r := &finding.Report{
		Complete: true,
		Items: []inventory.Item{{
			Platform: inventory.Android, Kind: inventory.KindApp, ID: "com.example.shop", Version: "1.2", VersionCode: 12, Location: "shop.apk",
			Signature: inventory.Signature{
				State: inventory.Verified, Schemes: []inventory.Scheme{{Name: "v2", State: inventory.Verified}, {Name: "v3", State: inventory.Verified}},
				Signers:   []inventory.Signer{{SHA256: newKey, Subject: "CN=Shop, O=Example", Key: "RSA-2048"}},
				Platforms: []inventory.PlatformSignature{{MinSDK: 24, MaxSDK: 27, Scheme: "v2", State: inventory.Verified, Signers: []string{newKey}}, {MinSDK: 28, Scheme: "v3", State: inventory.Verified, Signers: []string{newKey}}},
			},
		}},
		Assessments: []finding.Assessment{{}},
	}
	if change != nil {
		change(r, &r.Items[0])
	}
	official := r.Gate.FailOn == gate.ByVerifyOfficial
	r.Gate = gate.Verify(r, official)
	return r
}

func TestVerifyView(t *testing.T) {
	const signer = "              v2, v3 by CN=Shop, O=Example (RSA-2048)\n"
	digest := "              " + newKey + "\n"
	head := "shop.apk: com.example.shop 1.2 (12)\n"
	const holds, failed, open = "\nexit 0: every signature holds\n", "\nexit 1: an item failed\n", "\nexit 3: nothing failed, and not everything is proved\n"
	for _, test := range []struct {
		name   string
		change func(*finding.Report, *inventory.Item)
		want   string
	}{
		{"plain", nil, "verified      " + head + signer + digest + holds},
		{"official", func(r *finding.Report, _ *inventory.Item) {
			r.Assessments[0].Build = finding.Build{Match: finding.Official, Why: "official: signer pinned by 1 source, newest of 2026-05-30"}
		}, "verified      " + head + signer + digest + "              official: signer pinned by 1 source, newest of 2026-05-30\n" + holds},
		{"mismatch", func(r *finding.Report, _ *inventory.Item) {
			r.Assessments[0].Build = finding.Build{Match: finding.Mismatch, Why: "differs from the only pinned signer we know"}
		}, "mismatch      " + head + signer + digest + "              mismatch: differs from the only pinned signer we know\n" + failed},
		{"not official", func(r *finding.Report, _ *inventory.Item) { r.Gate.FailOn = gate.ByVerifyOfficial },
			"not official  " + head + "              official is required, and no brand pack names it\n" + signer + digest + failed},
		{"invalid", func(_ *finding.Report, item *inventory.Item) {
			item.Signature = inventory.Signature{State: inventory.Invalid, Problems: []inventory.SignatureProblem{
				{ID: "V2_SIG_APK_DIGEST_DID_NOT_VERIFY", Message: "digest of the content is another"}, {ID: "W", Message: "w", Warning: true}, {ID: "W", Message: "x", Warning: true}}}
		}, "invalid       " + head + "              V2_SIG_APK_DIGEST_DID_NOT_VERIFY: digest of the content is another\n              2 warnings: W\n" + failed},
		{"unsigned", func(_ *finding.Report, item *inventory.Item) {
			item.Signature = inventory.Signature{State: inventory.Unsigned}
		},
			"unsigned      " + head + failed},
		{"for newer versions only", func(_ *finding.Report, item *inventory.Item) {
			s := &item.Signature
			s.State = inventory.Partial
			s.Platforms = append([]inventory.PlatformSignature{{MinSDK: 9, MaxSDK: 23, State: inventory.Unsigned}}, s.Platforms...)
			s.Problems = []inventory.SignatureProblem{{ID: "JAR_SIG_NO_MANIFEST", Message: "no META-INF/MANIFEST.MF"}}
		}, "partial       " + head + "              verified for Android 7.0 and newer only\n              JAR_SIG_NO_MANIFEST: no META-INF/MANIFEST.MF\n" +
			"              v3 by CN=Shop, O=Example (RSA-2048)\n" + digest +
			"              Android 2.3 to 6.0: unsigned\n              Android 7.0 to 8.1: accepted by v2, signer 01234567…\n              Android 9 and newer: accepted by v3, signer 01234567…\n" + failed},
		{"rotated", func(_ *finding.Report, item *inventory.Item) {
			item.Signature.Signers[0].Lineage = []string{oldKey, newKey}
			item.Signature.Platforms[0].Signers = []string{oldKey}
		}, "verified      " + head + "              v3 by CN=Shop, O=Example (RSA-2048)\n" + digest +
			"              Android 7.0 to 8.1: accepted by v2, signer fedcba98…\n              Android 9 and newer: accepted by v3, signer 01234567…\n" +
			"              key changed once, each proved by the one before; first fedcba98…\n" + holds},
		{"stamped by Play", func(r *finding.Report, item *inventory.Item) {
			item.Signature.Stamps = []inventory.Stamp{{Kind: "source-stamp", State: inventory.Verified, SHA256: oldKey}}
			r.Assessments[0].Route.Detail = "play-build"
		}, "verified      " + head + signer + digest + "              built by Google Play, which does not say that it came from there\n" + holds},
		{"another stamp, broken", func(_ *finding.Report, item *inventory.Item) {
			item.Signature.Stamps = []inventory.Stamp{{Kind: "source-stamp", State: inventory.Invalid, SHA256: oldKey, Problems: []inventory.SignatureProblem{{ID: "SOURCE_STAMP_DID_NOT_VERIFY"}}}}
		}, "verified      " + head + signer + digest + "              source stamp invalid, by fedcba98…; SOURCE_STAMP_DID_NOT_VERIFY\n" + holds},
		{"a debug certificate", func(_ *finding.Report, item *inventory.Item) { item.AddTrait(inventory.TraitDebugCertificate) },
			"verified      " + head + signer + digest + "              note: it is signed with a debug certificate, which every\n                developer's computer makes for itself\n" + holds},
		{"not read", func(r *finding.Report, item *inventory.Item) {
			*item = inventory.Item{Platform: inventory.Android, Location: "shop.apk", Problems: []inventory.Problem{{File: "shop.apk", Offset: 7, Message: "cut short", Matters: true}}}
			r.Complete = false
		}, "not read      shop.apk\n              cut short (at byte 7)\n" + open},
		{"content not compared", func(_ *finding.Report, item *inventory.Item) {
			item.Signature.State, item.Signature.Platforms = inventory.Partial, nil
		},
			"not compared  " + head + "              signer read; content not compared\n" + signer + digest + open},
		{"an input without items", func(r *finding.Report, _ *inventory.Item) {
			r.Items, r.Assessments, r.Complete = nil, nil, false
			r.Sources = []finding.Source{{Problems: []inventory.Problem{{File: "empty", Message: "no app or extension found here", Matters: true}}}}
		}, "not read      empty: no app or extension found here\n" + open},
	} {
		var out bytes.Buffer
		if err := Write(page.New(&out, 80, false), verified(test.change)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, out.String()); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

// A word stands for a person who wants to check an iOS app, too.
func TestVerifyViewOfOtherPlatforms(t *testing.T) {
	for _, platform := range []inventory.Platform{inventory.IOS, inventory.Extension} {
		r := verified(func(_ *finding.Report, item *inventory.Item) {
			*item = inventory.Item{Platform: platform, Location: "a"}
		})
		var out bytes.Buffer
		if err := Write(page.New(&out, 0, false), r); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.HasPrefix(got, "not checked   a\n") || !strings.Contains(got, "Android apps only") || !strings.Contains(got, "exit 3") {
			t.Errorf("%s: got\n%s", platform, got)
		}
	}
}

func TestAndroidRange(t *testing.T) {
	for _, test := range []struct {
		from, to int
		want     string
	}{
		{1, 23, "Android 6.0 and older"}, {0, 23, "Android 6.0 and older"}, {24, 27, "Android 7.0 to 8.1"}, {28, 32, "Android 9 to 12L"},
		{33, 0, "Android 13 and newer"}, {1, 0, "every Android"}, {28, 28, "Android 9"}, {40, 10000, "API level 40 to API level 10000"}, {-5, -1, "API level -1 and older"},
	} {
		if got := androidRange(test.from, test.to); got != test.want {
			t.Errorf("%d to %d: got %q, want %q", test.from, test.to, got, test.want)
		}
	}
	verified := inventory.Verified
	list := []inventory.PlatformSignature{{MinSDK: 9, MaxSDK: 17, State: verified}, {MinSDK: 18, MaxSDK: 23, State: verified}, {MinSDK: 24, MaxSDK: 27, State: inventory.Invalid}, {MinSDK: 28, MaxSDK: 32, State: verified}, {MinSDK: 33, State: verified}}
	if got, want := acceptedBy(list), "Android 2.3 to 6.0, and for Android 9 and newer"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
