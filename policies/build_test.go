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

const (
	aliexpress = "com.alibaba.aliexpresshd"
	pinned     = "4fc3b267393ea2351c4716b37e6910517f197eb479bc43d9c9a5a46d49dd700e"
)

var (
	other = strings.Repeat("ab", 32)
	play  = inventory.Arrival{Installer: "com.android.vending", Initiator: "com.android.vending"}

	sideloaded = inventory.Arrival{Installer: "com.google.android.packageinstaller"}
	confused   = inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: signed(inventory.Verified, pinned), Traits: []inventory.Trait{{ID: inventory.TraitSignerConfusion}}}
)

// testkey is the AOSP testkey, whose private key is public.
const testkey = "a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc"

// forVersions is a signature by the pinned signer that holds for some Android versions.
func forVersions(platforms ...inventory.PlatformSignature) inventory.Signature {
	s := signed(inventory.Partial, pinned)
	s.Platforms = platforms
	return s
}

func signed(state inventory.SignatureState, sha string, lineage ...string) inventory.Signature {
	return inventory.Signature{State: state, Signers: []inventory.Signer{{SHA256: sha, Lineage: lineage}}}
}

func TestBuild(t *testing.T) {
	p := load(t, policies.Options{})
	for _, tt := range []struct {
		name string
		item inventory.Item
		want finding.Match
		why  string
	}{
		{"pinned signer", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: signed(inventory.Verified, pinned)}, finding.Official,
			"official: signer pinned by 1 source, newest of 2026-05-30"},
		{"pinned signer, content not compared", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: signed(inventory.Partial, pinned)}, finding.Official,
			"official: signer pinned by 1 source, newest of 2026-05-30 (signer read; content not recomputed)"},
		{"pinned signer in the lineage", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: signed(inventory.Verified, other, pinned, other)}, finding.Official,
			"official: signer pinned by 1 source, newest of 2026-05-30; rotated: the pinned certificate is an older one of its history"},
		{"other signer", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: signed(inventory.Verified, other)}, finding.Mismatch,
			"differs from the only pinned (Google Play) signer we know; one source, 2026-05-30"},
		{"other signer, claims the pinned channel", inventory.Item{Platform: inventory.Android, ID: aliexpress, Arrival: play, Signature: signed(inventory.Verified, other)}, finding.Mismatch,
			"signer differs from the pinned Google Play signer"},
		{"public key", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: signed(inventory.Verified, testkey)}, finding.Mismatch,
			"signed with the AOSP testkey, which anyone can use"},
		{"public key of an unlisted app", inventory.Item{Platform: inventory.Android, ID: "org.example.app", Signature: signed(inventory.Verified, testkey)}, finding.Unclaimed, ""},
		{"pinned signer, certificates of somebody else", confused, finding.Mismatch, "signer-confusion: certificates of somebody else stand beside the pinned signer's"},
		{"pinned signer for newer systems only", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: forVersions(
			inventory.PlatformSignature{MinSDK: 21, MaxSDK: 23, State: inventory.Unsigned}, inventory.PlatformSignature{MinSDK: 24, MaxSDK: 27, State: inventory.Verified},
			inventory.PlatformSignature{MinSDK: 28, State: inventory.Verified})}, finding.Official,
			"official: signer pinned by 1 source, newest of 2026-05-30 (verified for Android 7.0 and newer only)"},
		{"pinned signer for some systems only", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: forVersions(
			inventory.PlatformSignature{MinSDK: 1, MaxSDK: 27, State: inventory.Verified}, inventory.PlatformSignature{MinSDK: 28, MaxSDK: 32, State: inventory.Invalid},
			inventory.PlatformSignature{MinSDK: 33, State: inventory.Verified})}, finding.Official,
			"official: signer pinned by 1 source, newest of 2026-05-30 (verified for Android 8.1 and older, Android 13 and newer only)"},
		{"verified, no certificate", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: inventory.Signature{State: inventory.Verified}}, finding.Unverifiable,
			"its id is on the list with a signer pinned by 1 source, newest of 2026-05-30; its signature names no certificate"},
		{"not checked", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: signed(inventory.Unverifiable, pinned)}, finding.Unverifiable,
			"its id is on the list with a signer pinned by 1 source, newest of 2026-05-30; its signature was not checked"},
		{"unsigned", inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: inventory.Signature{State: inventory.Unsigned}}, finding.Unverifiable,
			"its id is on the list with a signer pinned by 1 source, newest of 2026-05-30; it carries no signature"},
		{"listed without a signer", inventory.Item{Platform: inventory.Android, ID: "ru.aliexpress.buyer", Signature: signed(inventory.Verified, other)}, finding.NameOnly,
			"its id is on the list as AliExpress Russia (AER joint venture), and the pack knows no signer for it: who signed it is not proven"},
		{"family app", inventory.Item{Platform: inventory.Android, ID: "com.lazada.android"}, finding.NameOnly, ""},
		{"case", inventory.Item{Platform: inventory.Android, ID: "com.alibaba.aliexpressHD", Signature: signed(inventory.Verified, pinned)}, finding.Lookalike,
			"its id differs from com.alibaba.aliexpresshd in upper and lower case only"},
		{"keyword", inventory.Item{Platform: inventory.Android, ID: "com.aliexpress.hd"}, finding.Lookalike, "its id holds the name AliExpress and is not on the pack's list"},
		{"label", inventory.Item{Platform: inventory.Android, ID: "com.shop.coupons", Name: "\u0410liExpress"}, finding.Lookalike,
			"its name is AliExpress's or looks like it, and its id is not on the pack's list; a word of it mixes letters of several alphabets"},
		{"label with what is not seen", inventory.Item{Platform: inventory.Android, ID: "com.shop.coupons", Name: "Ali\u200bExpress"}, finding.Lookalike,
			"its name is AliExpress's or looks like it, and its id is not on the pack's list; it holds characters that are not seen"},
		{"label, one letter missing", inventory.Item{Platform: inventory.Android, ID: "com.shop.coupons", Name: "AliExpres"}, finding.Lookalike,
			"its name is one letter away from AliExpress, and its id is not on the pack's list"},
		{"id, one letter missing, whoever signed it", inventory.Item{Platform: inventory.Android, ID: "com.alibaba.aliexpreshd", Signature: signed(inventory.Verified, pinned)}, finding.Lookalike,
			"its id is one letter away from com.alibaba.aliexpresshd"},
		{"id, a part near the name", inventory.Item{Platform: inventory.Android, ID: "net.example.aliexpres"}, finding.Lookalike,
			"a part of its id is one letter away from the name AliExpress or its id com.alibaba.aliexpresshd"},
		{"id two letters away", inventory.Item{Platform: inventory.Android, ID: "net.example.alipress"}, finding.Unclaimed, ""},
		{"id two letters away, from outside a store", inventory.Item{Platform: inventory.Android, ID: "net.example.alipress", Arrival: sideloaded}, finding.Lookalike,
			"its id is two letters away from com.alibaba.aliexpresshd or its name, and it came from outside a store"},
		{"id two letters away, from a store", inventory.Item{Platform: inventory.Android, ID: "net.example.alipress", Arrival: play}, finding.Unclaimed, ""},
		{"id two letters away, the name in the label", inventory.Item{Platform: inventory.Android, ID: "net.example.alipress", Name: "AliExpress Coupons"}, finding.Lookalike,
			"its id is two letters away from com.alibaba.aliexpresshd or its name, and its name holds the brand's"},
		{"id two letters away, a keyword", inventory.Item{Platform: inventory.Android, ID: "net.alipress.shop"}, finding.Lookalike, ""},
		{"label two letters away", inventory.Item{Platform: inventory.Android, ID: "net.example.app1", Name: "Alipress"}, finding.Unclaimed, ""},
		{"label two letters away, from outside a store", inventory.Item{Platform: inventory.Android, ID: "net.example.app1", Name: "Alipress", Arrival: sideloaded}, finding.Lookalike, ""},
		{"name among other words", inventory.Item{Platform: inventory.Android, ID: "com.shop.coupons", Name: "Coupons for AliExpress"}, finding.Unclaimed,
			"unaffiliated: its name holds AliExpress among other words"},
		{"ordinary", inventory.Item{Platform: inventory.Android, ID: "org.example.messenger", Name: "Messenger"}, finding.Unclaimed, "no brand pack names it and it resembles none"},
		{"bundle", inventory.Item{Platform: inventory.IOS, ID: "com.alibaba.iAliexpress", Signature: signed(inventory.Verified, other)}, finding.NameOnly, ""},
		{"bundle, case", inventory.Item{Platform: inventory.IOS, ID: "com.alibaba.iAliExpress"}, finding.Lookalike, ""},
		{"legacy bundle", inventory.Item{Platform: inventory.IOS, ID: "com.alibaba.iAliExpressHD"}, finding.NameOnly, ""},
		{"plugin of a listed bundle", inventory.Item{Platform: inventory.IOS, Kind: inventory.KindPlugin, ID: "com.alibaba.iAliexpress.keys.more"}, finding.NameOnly, ""},
		{"the same id as an app", inventory.Item{Platform: inventory.IOS, Kind: inventory.KindApp, ID: "com.alibaba.iAliexpress.keys"}, finding.Unclaimed, ""},
		{"extension of the brand's name", inventory.Item{Platform: inventory.Extension, ID: "x@example.org", Name: "AliExpress"}, finding.Lookalike, ""},
		{"known third party", inventory.Item{Platform: inventory.Extension, ID: "bmnlcjabgnpnenekpadlanbbkooimhnj", Name: "Honey"}, finding.Unclaimed,
			"its id is that of Honey (PayPal), a known product of somebody else; anyone can copy an id"},
		{"extension", inventory.Item{Platform: inventory.Extension, ID: strings.Repeat("a", 32), Name: "Tabs"}, finding.Unclaimed, "no brand pack names it and it resembles none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := assess(p, tt.item, false).Build
			if got.Match != tt.want {
				t.Errorf("got %s, want %s", got.Match, tt.want)
			}
			if tt.why != "" && got.Why != tt.why {
				t.Errorf("why:\ngot  %s\nwant %s", got.Why, tt.why)
			}
			if pinnedWord := got.Match == finding.Official || got.Match == finding.Mismatch; pinnedWord && (got.Pin == nil || got.PinSources != 1 || got.PinDate != "2026-05-30") {
				t.Errorf("pin: got %+v, %d sources, %s", got.Pin, got.PinSources, got.PinDate)
			}
		})
	}
}

func TestTampered(t *testing.T) {
	p := load(t, policies.Options{})
	a := assess(p, inventory.Item{Platform: inventory.Android, ID: aliexpress, Signature: signed(inventory.Invalid, pinned)}, false)
	if !a.Build.Tampered || a.Build.Match != finding.Unverifiable || a.Attention != finding.Act {
		t.Errorf("got tampered %v, %s, attention %s, want true, unverifiable, act", a.Build.Tampered, a.Build.Match, a.Attention)
	}
}

func number(n int) *int { return &n }

func TestRoute(t *testing.T) {
	p := load(t, policies.Options{})
	android := func(a inventory.Arrival) inventory.Item {
		return inventory.Item{Platform: inventory.Android, ID: "org.example.app", Arrival: a}
	}
	system := func(installer string) inventory.Item {
		item := android(inventory.Arrival{Installer: installer})
		item.System = true
		return item
	}
	testKey := android(play)
	testKey.Signature = signed(inventory.Verified, testkey)
	unchecked := android(inventory.Arrival{})
	unchecked.Signature = signed(inventory.Unverifiable, testkey)
	stamped := func(state inventory.SignatureState, a inventory.Arrival, stamps ...inventory.Stamp) inventory.Item {
		item := android(a)
		item.Signature = inventory.Signature{State: state, Stamps: stamps}
		return item
	}
	stamp := inventory.Stamp{Kind: "source-stamp", State: inventory.Verified, SHA256: "3257d599a49d2c961a471ca9843f59d341a405884583fc087df4237b733bbd6d"}
	frosting := inventory.Stamp{Kind: "frosting", State: inventory.Verified, SHA256: "7c5ce2a4a6c14d78aa8ff605d0bfd7fc8be6855104a256a3a3cc9f80bd565188"}
	broken, foreign := stamp, stamp
	broken.State, foreign.SHA256 = inventory.Invalid, other
	ios := func(state inventory.SignatureState, a inventory.Arrival) inventory.Item {
		return inventory.Item{Platform: inventory.IOS, ID: "org.example.app", Arrival: a, Signature: inventory.Signature{State: state}}
	}
	ext := func(location string, traits ...inventory.TraitID) inventory.Item {
		item := inventory.Item{Platform: inventory.Extension, ID: "x", Arrival: inventory.Arrival{InstallLocation: location, UpdateURL: "https://updates.example/u.xml"}}
		for _, id := range traits {
			item.AddTrait(id)
		}
		return item
	}
	for _, tt := range []struct {
		name string
		item inventory.Item
		want string // verdict detail strength
	}{
		{"a file", android(inventory.Arrival{}), "unknown  claimed"},
		{"Play", android(play), "store play claimed"},
		{"Play without initiator", android(inventory.Arrival{Installer: "com.android.vending"}), "store play claimed"},
		{"Play by its alias", android(inventory.Arrival{Installer: "com.google.android.feedback", Initiator: "com.android.vending"}), "store play claimed"},
		{"Play named, another initiator", android(inventory.Arrival{Installer: "com.android.vending", Initiator: "com.android.chrome"}), "unknown  claimed"},
		{"Play named, source other", android(inventory.Arrival{Installer: "com.android.vending", Initiator: "com.android.vending", PackageSource: number(1)}), "unknown  claimed"},
		{"Play, source unspecified", android(inventory.Arrival{Installer: "com.android.vending", Initiator: "com.android.vending", PackageSource: number(0)}), "store play claimed"},
		{"adb that names Play", android(inventory.Arrival{Installer: "com.android.vending", Initiator: "com.android.shell"}), "sideload adb proved"},
		{"package installer", android(inventory.Arrival{Installer: "com.google.android.packageinstaller", Initiator: "com.google.android.packageinstaller"}), "sideload file claimed"},
		{"Aurora", android(inventory.Arrival{Installer: "com.aurora.store"}), "sideload play-proxy claimed"},
		{"Obtainium", android(inventory.Arrival{Installer: "dev.imranr.obtainium"}), "sideload release-fetcher claimed"},
		{"Aptoide", android(inventory.Arrival{Installer: "cm.aptoide.pt"}), "sideload third-party-store claimed"},
		{"F-Droid", android(inventory.Arrival{Installer: "org.fdroid.fdroid", Initiator: "org.fdroid.fdroid"}), "store foss-store claimed"},
		{"phone maker's store", android(inventory.Arrival{Installer: "com.xiaomi.mipicks", Initiator: "com.xiaomi.mipicks"}), "store oem-store claimed"},
		{"RuStore", android(inventory.Arrival{Installer: "ru.vk.store"}), "store other-official-store claimed"},
		{"unknown installer", android(inventory.Arrival{Installer: "com.example.\x1b[31mstore"}), "unknown  claimed"},
		{"preload", system(""), "system preload proved"},
		{"updated preload", system("com.android.vending"), "system updated preload claimed"},
		{"public test key", testKey, "development test-key proved"},
		{"public test key, not checked", unchecked, "unknown  claimed"},
		{"Play's stamp", stamped(inventory.Verified, inventory.Arrival{}, stamp), "unknown play-build claimed"},
		{"Play's frosting", stamped(inventory.Verified, inventory.Arrival{}, frosting), "unknown play-build claimed"},
		{"Play's stamp, installed from a file", stamped(inventory.Verified, sideloaded, stamp), "sideload file claimed"},
		{"Play's stamp, installed by Play", stamped(inventory.Verified, play, stamp), "store play claimed"},
		{"Play's stamp, unknown installer", stamped(inventory.Verified, inventory.Arrival{Installer: "com.example.store"}, stamp), "unknown play-build claimed"},
		{"Play's stamp, broken", stamped(inventory.Verified, inventory.Arrival{}, broken), "unknown  claimed"},
		{"another's stamp", stamped(inventory.Verified, inventory.Arrival{}, foreign), "unknown  claimed"},
		{"Play's stamp, content changed", stamped(inventory.Invalid, inventory.Arrival{}, stamp), "unknown  claimed"},
		{"store leaf, verified", ios(inventory.Verified, inventory.Arrival{LeafPolicy: "1.2.840.113635.100.6.1.3"}), "store appstore proved"},
		{"store leaf, not verified", ios(inventory.Unverifiable, inventory.Arrival{LeafPolicy: "1.2.840.113635.100.6.1.3"}), "unknown  claimed"},
		{"TestFlight leaf", ios(inventory.Verified, inventory.Arrival{LeafPolicy: "1.2.840.113635.100.6.1.25.1"}), "store testflight proved"},
		{"enterprise profile", ios(inventory.Verified, inventory.Arrival{ProfileType: "enterprise"}), "sideload enterprise proved"},
		{"ad-hoc profile, signature not checked", ios(inventory.Unverifiable, inventory.Arrival{ProfileType: "ad-hoc"}), "sideload ad-hoc claimed"},
		{"development profile", ios(inventory.Verified, inventory.Arrival{ProfileType: "development"}), "development  proved"},
		{"profile of an invalid signature", ios(inventory.Invalid, inventory.Arrival{ProfileType: "enterprise"}), "unknown  claimed"},
		{"an IPA", ios(inventory.Unverifiable, inventory.Arrival{}), "unknown  claimed"},
		{"a folder", ext(""), "unknown  claimed"},
		{"updates off the store", ext("", inventory.TraitOffStoreUpdate), "sideload off-store claimed"},
		{"unpacked", ext("unpacked"), "development unpacked claimed"},
		{"forced", ext("forced", inventory.TraitOffStoreUpdate), "policy forced claimed"},
		{"component", ext("component"), "system component claimed"},
	} {
		got := assess(p, tt.item, false).Route
		if text := got.Verdict.String() + " " + got.Detail + " " + got.Strength.String(); text != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, text, tt.want)
		}
		if got.Why == "" || strings.ContainsRune(got.Why, '\x1b') {
			t.Errorf("%s: why %q", tt.name, got.Why)
		}
	}
}

// A stamp never says that the store installed it.
func TestPlayBuildWhy(t *testing.T) {
	p := load(t, policies.Options{})
	stamp := inventory.Stamp{Kind: "source-stamp", State: inventory.Verified, SHA256: "3257d599a49d2c961a471ca9843f59d341a405884583fc087df4237b733bbd6d"}
	a := assess(p, inventory.Item{Platform: inventory.Android, ID: "org.example.app", Signature: inventory.Signature{State: inventory.Verified, Stamps: []inventory.Stamp{stamp}}}, false)
	const want = "built by Google Play; mirrors carry the same builds, so that does not say who installed it"
	if a.Route.Why != want {
		t.Errorf("why: got %q, want %q", a.Route.Why, want)
	}
	if a.NotChecked[0] != "how it arrived: "+want {
		t.Errorf("not checked: got %q", a.NotChecked)
	}
}

// sha1Pack pins a SHA-1 alone, and a SHA-256 in another spelling.
const sha1Pack = `schema: 1
brand: acme
display_name: Acme
gathered: "2026-11-22"
sources: {web: {what: a page, licence: facts, attribute: false}}
android:
  apps:
    - {package: com.acme.shop, name: Acme, role: official, package_confidence: high, independent: 2, sources: [web], minimum_version_code: 7,
       expected_permissions: {status: learned, known_requested: [android.permission.CAMERA]},
       signers: [{sha1: "3C:1E:9E:84:03:77:92:80:B4:65:C7:BA:25:D1:FF:2A:E4:56:77:F1", channel: google-play, confidence: high, independent: 1, sources: [web]},
                 {sha256: "T8OyZzk-ojUcRxazfmkQUX8ZfrR5vEPZyaWkbUndcA4", channel: google-play, confidence: high, independent: 3, sources: [web], seen_in: [{apk_sha256: 036e33c2e0862d526045b57f5aeb69250e96cd47435c64d45a0ae95eab4e0a64, date: "2026-05-30"}]}]}
`

func TestPinForms(t *testing.T) {
	p := load(t, policies.Options{Dir: dir(map[string]string{"brands/acme.yaml": sha1Pack})})
	app := func(s inventory.Signature) inventory.Item {
		return inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: "com.acme.shop", Name: "Acme", VersionCode: 6, Signature: s,
			Permissions: []inventory.Permission{{Name: "android.permission.READ_SMS", States: []inventory.PermissionState{inventory.StateRequested}},
				{Name: "android.permission.CAMERA", States: []inventory.PermissionState{inventory.StateRequested}}}}
	}
	bySHA1 := signed(inventory.Verified, other)
	bySHA1.Signers[0].SHA1 = "3c1e9e8403779280b465c7ba25d1ff2ae45677f1"
	unknown := signed(inventory.Verified, other)
	unknown.Signers[0].SHA1, unknown.Signers[0].Subject = "021448d2c09f5ce644ce508c027215ab39e0a69a", "CN=\x1b[31mAcme"
	for _, tt := range []struct {
		name string
		sig  inventory.Signature
		want finding.Match
		why  string
	}{
		{"SHA-1 alone", bySHA1, finding.Official, "official: signer pinned by 1 source, newest of 2026-11-22; compared by SHA-1 alone, which can be forged"},
		{"base64", signed(inventory.Verified, pinned), finding.Official, "official: signer pinned by 3 sources, newest of 2026-05-30"},
		{"none of both", unknown, finding.Mismatch, "signer differs from the pinned signer (google-play)"},
	} {
		a := assess(p, app(tt.sig), false)
		if a.Build.Match != tt.want || a.Build.Why != tt.why {
			t.Errorf("%s: got %s: %s\nwant %s: %s", tt.name, a.Build.Match, a.Build.Why, tt.want, tt.why)
		}
	}
	a := assess(p, app(unknown), false)
	if len(a.Findings) == 0 || a.Findings[0].Rule != "signer-mismatch" || a.Findings[0].Severity != finding.High {
		t.Fatalf("got %+v, want signer-mismatch, high", a.Findings)
	}
	var got []string
	for _, e := range a.Findings[0].Evidence {
		got = append(got, e.Detail)
	}
	want := []string{"asks for what known builds don't: android.permission.READ_SMS", "signer's own name for itself: CN=\x1b[31mAcme",
		"signing certificate " + other + "; pinned: " + pinned, "version code 6; lowest known: 7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
}

// Certificates beside the pinned signer are told once, and nothing says that another signed it.
func TestSignerConfusion(t *testing.T) {
	a := assess(load(t, policies.Options{}), confused, false)
	var rules []string
	for _, f := range a.Findings {
		rules = append(rules, f.Rule)
	}
	if !slices.Equal(rules, []string{"signer-confusion"}) || a.Findings[0].Severity != finding.High {
		t.Errorf("got %q, want signer-confusion alone, high", rules)
	}
}
