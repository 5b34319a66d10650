package policies_test

import (
	"strings"
	"testing"

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
)

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
			"its name is AliExpress's or looks like it, and its id is not on the pack's list"},
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
	testKey.Signature = signed(inventory.Verified, "a40da80a59d170caa950cf15c18c454d47a39b26989d8b640ecd745ba71bf5dc")
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
