package policies_test

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

// with gives an item capabilities of one exposure.
func with(item inventory.Item, e inventory.Exposure, reach string, ids ...inventory.CapabilityID) inventory.Item {
	for _, id := range ids {
		c := inventory.Capability{ID: id, Exposure: e, Confidence: inventory.Proved, Evidence: []inventory.Evidence{{Detail: string(id)}}}
		if reach != "" {
			c.Reach = []string{reach}
		}
		if id == inventory.CapKeystrokes && item.Platform == inventory.Extension {
			c.Grade, c.Confidence = inventory.Possible, inventory.Inferred
		}
		item.AddCapability(c)
	}
	return item
}

func androidApp(id, name string, arrival inventory.Arrival, system bool) inventory.Item {
	return inventory.Item{Key: id, Platform: inventory.Android, Kind: inventory.KindApp, ID: id, Name: name, Arrival: arrival, System: system}
}

// messengerCaps are what an ordinary messenger asks for.
var messengerCaps = []inventory.CapabilityID{inventory.CapContacts, inventory.CapCamera, inventory.CapMicrophone, inventory.CapPhotos, inventory.CapPhoneState,
	inventory.CapNotificationsPost, inventory.CapLocation, inventory.CapReadCodes, inventory.CapCallMake, inventory.CapCallLog, inventory.CapInstallApps, inventory.CapFiles,
	inventory.CapOverlay, inventory.CapNearby, inventory.CapListApps, inventory.CapTracking, inventory.CapNetworkCleartext}

// ordinaryPhone is a phone with nothing wrong on it.
func ordinaryPhone() []inventory.Item {
	none := inventory.Arrival{}
	return []inventory.Item{
		with(androidApp("com.whatsapp", "WhatsApp", play, false), inventory.Granted, "", messengerCaps...),
		with(androidApp("com.google.android.apps.maps", "Maps", none, true), inventory.Granted, "", inventory.CapLocation, inventory.CapLocationBackground, inventory.CapContacts),
		with(androidApp("com.example.bank", "Bank", play, false), inventory.Granted, "", inventory.CapCamera, inventory.CapPhoneState, inventory.CapListApps),
		with(androidApp("com.example.passwords", "Passwords", play, false), inventory.Active, "", inventory.CapAutofill, inventory.CapAccessibility, inventory.CapScreenRead, inventory.CapOverlay),
		with(androidApp("com.google.android.inputmethod.latin", "Gboard", none, true), inventory.Active, "", inventory.CapKeystrokes, inventory.CapMicrophone),
		with(androidApp("com.google.android.marvin.talkback", "TalkBack", play, true), inventory.Active, "", inventory.CapAccessibility, inventory.CapScreenRead, inventory.CapKeystrokes),
		with(androidApp("com.example.launcher", "Launcher", none, true), inventory.Active, "", inventory.CapNotificationsRead, inventory.CapListApps),
	}
}

// Golden: an ordinary phone has nothing critical and at most two items to look at.
func TestOrdinaryPhone(t *testing.T) {
	p := load(t, policies.Options{})
	attention := 0
	for _, a := range p.Assess(ordinaryPhone(), policies.Expect{}) {
		if a.Attention >= finding.Check {
			attention++
			t.Errorf("%s: %s: %+v", a.Item, a.Attention, a.Findings)
		}
	}
	if attention > 2 {
		t.Errorf("items under attention: got %d, want at most 2", attention)
	}
}

// The same software scanned as files has no finding above low.
func TestOrdinaryFiles(t *testing.T) {
	p := load(t, policies.Options{})
	items := []inventory.Item{
		with(androidApp("org.example.messenger", "Messenger", inventory.Arrival{}, false), inventory.Requested, "", messengerCaps...),
		with(androidApp("org.example.keyboard", "Keyboard", inventory.Arrival{}, false), inventory.Requested, "", inventory.CapKeystrokes, inventory.CapMicrophone, inventory.CapContacts),
		with(androidApp("org.example.bank", "Bank", inventory.Arrival{}, false), inventory.Requested, "", inventory.CapCamera, inventory.CapReadCodes, inventory.CapListApps, inventory.CapPhoneState),
		extension("Blocker", inventory.CapPageRead, inventory.CapPageModify, inventory.CapKeystrokes, inventory.CapRequestsRedirect, inventory.CapCookies, inventory.CapHistory, inventory.CapNetworkCleartext),
		extension("Passwords", inventory.CapPageRead, inventory.CapPageModify, inventory.CapKeystrokes, inventory.CapCookies, inventory.CapAutofill, inventory.CapNativeBridge,
			inventory.CapClipboard, inventory.CapClipboardWrite, inventory.CapSettingsTakeover, inventory.CapHistory, inventory.CapNotificationsPost),
		extension("Dark", inventory.CapPageRead, inventory.CapPageModify, inventory.CapKeystrokes),
		extension("Tunnel", inventory.CapVPN, inventory.CapRequestsRedirect),
		extension("Tabs", inventory.CapHistory, inventory.CapExtControl, inventory.CapDownloads, inventory.CapSettingsTakeover),
	}
	for i := range items {
		if items[i].Platform == inventory.Android {
			items[i].AddTrait(inventory.TraitHiddenLauncher)
			items[i].AddTrait(inventory.TraitDebuggable)
			items[i].AddTrait(inventory.TraitZipCaseDuplicate)
			for _, id := range []inventory.TraitID{inventory.TraitDebugCertificate, inventory.TraitLeftoverSignature, inventory.TraitWeakSigningKey, inventory.TraitWeakSigningDigest,
				inventory.TraitUnprotectedEntries, inventory.TraitUnsignedBytes, inventory.TraitUnknownSigningBlock, inventory.TraitKeyRotated, inventory.TraitSplitsMissing} {
				items[i].AddTrait(id)
			}
			items[i].Signature = signed(inventory.Verified, other)
		}
		items[i].AddTrait(inventory.TraitScriptsNotRead)
	}
	for _, a := range p.Assess(items, policies.Expect{}) {
		for _, f := range a.Findings {
			if f.Severity > finding.Low {
				t.Errorf("%s: %s, %s: %q", a.Item, f.Rule, f.Severity, f.Title)
			}
		}
		if a.Attention != finding.None {
			t.Errorf("%s: got attention %s, want none", a.Item, a.Attention)
		}
	}
}

func extension(name string, ids ...inventory.CapabilityID) inventory.Item {
	return with(inventory.Item{Key: name, Platform: inventory.Extension, Kind: inventory.KindFolder, ID: name, Name: name}, inventory.Requested, everySite, ids...)
}

// The cases of the project's attention table.
func TestAttentionCases(t *testing.T) {
	p := load(t, policies.Options{})
	official := func(a inventory.Arrival) inventory.Item {
		item := androidApp(aliexpress, "AliExpress", a, false)
		item.Signature = signed(inventory.Verified, pinned)
		return with(with(item, inventory.Requested, "", inventory.CapMicrophone), inventory.Granted, "", inventory.CapNotificationsPost)
	}
	approximate := official(play)
	approximate.AddCapability(inventory.Capability{ID: inventory.CapLocation, Exposure: inventory.Granted, Qualifier: "approximate", Evidence: []inventory.Evidence{{Detail: "x"}}})
	mismatch := func(a inventory.Arrival) inventory.Item {
		item := androidApp(aliexpress, "AliExpress", a, false)
		item.Signature = signed(inventory.Verified, other)
		return item
	}
	graded := func(g inventory.Grade) inventory.Item {
		item := extension("Keys", inventory.CapPageRead)
		item.AddCapability(inventory.Capability{ID: inventory.CapKeystrokes, Exposure: inventory.Active, Grade: g, Reach: []string{everySite}, Evidence: []inventory.Evidence{{Detail: "x"}}})
		return item
	}
	splitless := androidApp("org.example.app", "App", inventory.Arrival{}, false)
	splitless.Kind = inventory.KindSplit
	splitless.AddProblem(inventory.Problem{Message: "base APK missing", Matters: true})
	sideloaded := inventory.Arrival{Installer: "com.google.android.packageinstaller"}
	for _, tt := range []struct {
		name string
		item inventory.Item
		want finding.Attention
	}{
		{"official app: location while using, microphone requested, notifications", with(official(play), inventory.Granted, "", inventory.CapLocation), finding.Check},
		{"the same, location approximate", approximate, finding.None},
		{"the same, contacts granted", with(approximate, inventory.Granted, "", inventory.CapContacts), finding.Act},
		{"signer mismatch, the pin's own channel", mismatch(play), finding.Act},
		{"signer mismatch, pin from one source, other channel", mismatch(inventory.Arrival{Installer: "com.xiaomi.mipicks"}), finding.Check},
		{"sideloaded accessibility service, switched on", with(androidApp("org.example.tool", "Tool", sideloaded, false), inventory.Active, "", inventory.CapAccessibility), finding.Act},
		{"TalkBack as delivered, switched on", with(androidApp("com.google.android.marvin.talkback", "TalkBack", inventory.Arrival{}, true), inventory.Active, "", inventory.CapAccessibility), finding.None},
		{"extension, egress", graded(inventory.Egress), finding.Act},
		{"the same, wired only", graded(inventory.Wired), finding.Act},
		{"keys only inferred", graded(inventory.Possible), finding.None},
		{"base APK missing, rest without finding", splitless, finding.Incomplete},
	} {
		a := assess(p, tt.item, false)
		if a.Attention != tt.want {
			t.Errorf("%s: got %s, want %s; findings %+v", tt.name, a.Attention, tt.want, a.Findings)
		}
	}
}

// The preset fleet judges every app that did not come with the system.
func TestFleetPreset(t *testing.T) {
	messenger := with(androidApp("org.example.messenger", "Messenger", inventory.Arrival{}, false), inventory.Granted, "", inventory.CapContacts)
	maps := with(androidApp("org.example.maps", "Maps", inventory.Arrival{}, true), inventory.Granted, "", inventory.CapContacts)
	blocker := extension("Blocker", inventory.CapPageRead, inventory.CapCookies, inventory.CapKeystrokes)
	for _, tt := range []struct {
		preset string
		want   []finding.Attention // messenger, maps, blocker
	}{
		{"default", []finding.Attention{finding.None, finding.None, finding.None}},
		{"fleet", []finding.Attention{finding.Act, finding.None, finding.None}},
	} {
		p := load(t, policies.Options{Preset: tt.preset})
		for i, a := range p.Assess([]inventory.Item{messenger, maps, blocker}, policies.Expect{}) {
			if a.Attention != tt.want[i] {
				t.Errorf("%s, %s: got %s, want %s", tt.preset, a.Item, a.Attention, tt.want[i])
			}
		}
		if got := p.Info().Preset; got != tt.preset {
			t.Errorf("preset: got %q, want %q", got, tt.preset)
		}
	}
}

// A listed app of the brand's group is recognised and not judged as the shop, unless the user names it.
func TestFamilyIsNotInScope(t *testing.T) {
	p := load(t, policies.Options{})
	item := with(androidApp("com.eg.android.AlipayGphone", "Alipay", inventory.Arrival{}, false), inventory.Granted, "", inventory.CapContacts)
	if got := assess(p, item, false); got.Attention != finding.None || got.Build.Match != finding.NameOnly {
		t.Errorf("got %s, attention %s, want name-only, none", got.Build.Match, got.Attention)
	}
	if got := assess(p, item, true); got.Attention != finding.Act {
		t.Errorf("named: got attention %s, want act", got.Attention)
	}
}
