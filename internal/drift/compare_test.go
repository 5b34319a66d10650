package drift

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/inventory"
)

var (
	keyA = strings.Repeat("a", 64)
	keyB = strings.Repeat("b", 64)
	keyC = strings.Repeat("c", 64)
)

// app is a small signed app at a place.
func app(id, where string, change ...func(*inventory.Item)) inventory.Item {
	item := inventory.Item{
		Platform: inventory.Android, Kind: inventory.KindApp, ID: id, Name: "App", Version: "1.0", VersionCode: 10, SHA256: keyA,
		Signature: inventory.Signature{State: inventory.Verified, Signers: []inventory.Signer{{SHA256: keyA}}},
		Detail:    inventory.Detail{Android: &inventory.AndroidDetail{MinSDK: 24, TargetSDK: 34}},
	}
	for _, f := range change {
		f(&item)
	}
	item.SetKey(where)
	return item
}

func extension(change ...func(*inventory.Item)) inventory.Item {
	item := inventory.Item{Platform: inventory.Extension, Kind: inventory.KindCRX, ID: "ext", Version: "1.9", Detail: inventory.Detail{Extension: &inventory.ExtensionDetail{}}}
	for _, f := range change {
		f(&item)
	}
	item.SetKey("ext.crx")
	return item
}

// unpacked is an extension whose id is its folder's name.
func unpacked(folder, name string) inventory.Item {
	item := extension(func(i *inventory.Item) {
		i.Kind, i.ID, i.Name, i.Detail.Extension.IDSource = inventory.KindFolder, folder, name, "name"
	})
	item.SetKey(folder)
	return item
}

func signedBy(sha string, lineage ...string) func(*inventory.Item) {
	return func(item *inventory.Item) {
		item.Signature.Signers = []inventory.Signer{{SHA256: sha, Lineage: lineage}}
	}
}

func state(s inventory.SignatureState) func(*inventory.Item) {
	return func(item *inventory.Item) { item.Signature = inventory.Signature{State: s} }
}

func asks(name string, states ...inventory.PermissionState) func(*inventory.Item) {
	return func(item *inventory.Item) {
		item.Permissions = append(item.Permissions, inventory.Permission{Name: name, States: append(states, inventory.StateRequested)})
	}
}

func reaches(pattern string) func(*inventory.Item) {
	return func(item *inventory.Item) {
		item.Permissions = append(item.Permissions, inventory.Permission{Name: pattern, Type: "host", States: []inventory.PermissionState{inventory.StateRequested}})
	}
}

func can(id inventory.CapabilityID, exposure inventory.Exposure, qualifier, detail string) func(*inventory.Item) {
	return func(item *inventory.Item) {
		item.Capabilities = append(item.Capabilities, inventory.Capability{ID: id, Exposure: exposure, Qualifier: qualifier, Evidence: []inventory.Evidence{{Detail: detail}}})
	}
}

func has(id inventory.TraitID) func(*inventory.Item) {
	return func(item *inventory.Item) { item.AddTrait(id) }
}

func part(name string, exported bool, permission string) func(*inventory.Item) {
	return func(item *inventory.Item) {
		detail := *item.Detail.Android
		detail.Components = append(slices.Clone(detail.Components), inventory.AndroidComponent{Type: "service", Name: name, Exported: exported, Enabled: true, Permission: permission})
		item.Detail.Android = &detail
	}
}

func levels(lowest, target int) func(*inventory.Item) {
	return func(item *inventory.Item) {
		item.Detail.Android = &inventory.AndroidDetail{MinSDK: lowest, TargetSDK: target}
	}
}

func version(text string, code int64) func(*inventory.Item) {
	return func(item *inventory.Item) { item.Version, item.VersionCode = text, code }
}

func bytesOf(sha string) func(*inventory.Item) {
	return func(item *inventory.Item) { item.SHA256 = sha }
}

// said is a change without its item, as a person would say it.
func said(changes []finding.Change) []string {
	var out []string
	for _, c := range changes {
		out = append(out, strings.TrimSpace(strings.Join([]string{c.Severity.String(), c.Kind, c.Name, c.From + ">" + c.To}, " ")))
	}
	return out
}

func TestCompareOne(t *testing.T) {
	const contacts, sms = "android.permission.READ_CONTACTS", "android.permission.READ_SMS"
	plain := app("a", "a.apk")
	for _, test := range []struct {
		name          string
		before, after inventory.Item
		want          []string
	}{
		{"nothing", plain, app("a", "a.apk"), nil},
		{"another file name", plain, app("a", "b.apk"), nil},
		{"a newer version", plain, app("a", "", version("1.1", 11), bytesOf(keyB)), []string{"info version  1.0 (10)>1.1 (11)"}},
		{"an older version", plain, app("a", "", version("1.1", 9)), []string{"medium downgrade  1.0 (10)>1.1 (9)"}},
		{"another content", plain, app("a", "", bytesOf(keyB)), []string{"low content  " + keyA + ">" + keyB}},
		{"a digest on one side only", plain, app("a", "", bytesOf("")), nil},
		{"another name", plain, app("a", "", func(i *inventory.Item) { i.Name = "Shop" }), []string{"info name  App>Shop"}},
		{"another signer", plain, app("a", "", signedBy(keyB)), []string{"high signer  " + keyA + ">" + keyB}},
		{"a rotated signer", plain, app("a", "", signedBy(keyB, keyA, keyB)), []string{"low signer-rotated  " + keyA + ">" + keyB}},
		{"a lineage of others", plain, app("a", "", signedBy(keyB, keyC, keyB)), []string{"high signer  " + keyA + ">" + keyB}},
		{"back to the older key", app("a", "", signedBy(keyB, keyA, keyB)), plain, []string{"high signer  " + keyB + ">" + keyA}},
		{"back to the older key, as the newer one allows", app("a", "", signedBy(keyB, keyA, keyB), has(inventory.TraitRollbackAllowed)), app("a", "", has(inventory.TraitRollbackAllowed)),
			[]string{"medium signer-rolled-back  " + keyB + ">" + keyA}},
		{"a second signer", plain, app("a", "", func(i *inventory.Item) {
			i.Signature.Signers = append(slices.Clone(i.Signature.Signers), inventory.Signer{SHA256: keyB, Lineage: []string{keyA, keyB}})
		}), []string{"high signer  " + keyA + ">" + keyA + " " + keyB}},
		{"signers in another order", app("a", "", func(i *inventory.Item) {
			i.Signature.Signers = []inventory.Signer{{SHA256: keyA}, {SHA256: keyB}}
		}), app("a", "", func(i *inventory.Item) {
			i.Signature.Signers = []inventory.Signer{{SHA256: keyB}, {SHA256: keyA}}
		}), nil},
		{"spoiled", plain, app("a", "", state(inventory.Invalid)), []string{"critical signature-state  verified>invalid"}},
		{"signature taken off", plain, app("a", "", state(inventory.Unsigned)), []string{"high signature-state  verified>unsigned"}},
		{"verified in part", plain, app("a", "", state(inventory.Partial)), []string{"medium signature-state  verified>partial"}},
		{"signature not checked", plain, app("a", "", state(inventory.Unverifiable)), []string{"medium signature-state  verified>unverifiable"}},
		{"signature mended", app("a", "", state(inventory.Invalid)), plain, []string{"info signature-state  invalid>verified"}},
		{"a permission that gives nothing of note", plain, app("a", "", asks("x.P")), []string{"low permission-added x.P >requested"}},
		{"a permission and its power", plain, app("a", "", asks(contacts), can(inventory.CapContacts, inventory.Requested, "", "uses-permission "+contacts)),
			[]string{"medium capability-added contacts >requested", "medium permission-added " + contacts + " >requested"}},
		{"one that reads text messages", plain, app("a", "", asks(sms), can(inventory.CapReadCodes, inventory.Requested, "", "uses-permission "+sms)),
			[]string{"high capability-added read-codes >requested", "high permission-added " + sms + " >requested"}},
		{"permission and power gone", app("a", "", asks(contacts), can(inventory.CapContacts, inventory.Requested, "", "uses-permission "+contacts)), plain,
			[]string{"info capability-removed contacts requested>", "info permission-removed " + contacts + " requested>"}},
		{"a permission granted", app("a", "", asks(contacts), can(inventory.CapContacts, inventory.Requested, "", "uses-permission "+contacts)),
			app("a", "", asks(contacts, inventory.StateGranted), can(inventory.CapContacts, inventory.Granted, "", "uses-permission "+contacts)),
			[]string{"high capability-raised contacts requested>granted", "high permission-granted " + contacts + " requested>requested, granted"}},
		{"a permission taken back", app("a", "", asks(contacts, inventory.StateGranted)), app("a", "", asks(contacts)),
			[]string{"info permission-revoked " + contacts + " requested, granted>requested"}},
		{"precise where it was approximate", app("a", "", can(inventory.CapLocation, inventory.Requested, "approximate", "x")), app("a", "", can(inventory.CapLocation, inventory.Requested, "", "x")),
			[]string{"medium capability-widened location approximate>"}},
		{"approximate where it was precise", app("a", "", can(inventory.CapLocation, inventory.Requested, "", "x")), app("a", "", can(inventory.CapLocation, inventory.Requested, "approximate", "x")), nil},
		{"a keyboard with the network", app("a", "", can(inventory.CapKeystrokes, inventory.Requested, "", "x")), app("a", "", can(inventory.CapKeystrokes, inventory.Requested, "full-access", "x")),
			[]string{"high capability-widened keystrokes >full-access"}},
		{"an optional power", plain, app("a", "", can(inventory.CapContacts, inventory.Optional, "", "x")), []string{"low capability-added contacts >optional"}},
		{"an active power", plain, app("a", "", can(inventory.CapKeystrokes, inventory.Active, "", "x")), []string{"critical capability-added keystrokes >active"}},
		{"a power of a newer version", plain, app("a", "", can("mind-read", inventory.Requested, "", "x")), []string{"info capability-added mind-read >requested"}},
		{"debuggable", plain, app("a", "", has(inventory.TraitDebuggable)), []string{"medium trait-added debuggable >"}},
		{"a small trait", plain, app("a", "", has(inventory.TraitAXMLUnresolved)), []string{"low trait-added axml-unresolved-reference >"}},
		{"a trait gone", app("a", "", has(inventory.TraitDebuggable)), plain, []string{"info trait-removed debuggable >"}},
		{"an older target", plain, app("a", "", levels(24, 22)), []string{"medium target-sdk-lowered  34>22"}},
		{"a newer target and a higher lowest", plain, app("a", "", levels(26, 35)), []string{"info min-sdk  24>26", "info target-sdk  34>35"}},
		{"a target that isn't declared any more", plain, app("a", "", levels(24, 0)), []string{"info target-sdk  34>"}},
		{"parts", app("a", "", part("gone", false, ""), part("opened", false, "")), app("a", "", part("inner", false, ""), part("open", true, ""), part("guarded", true, "p"), part("opened", true, "")),
			[]string{"low component-added service open >exported", "low component-exported service opened >exported", "info component-added service guarded >",
				"info component-added service inner >", "info component-removed service gone >"}},
		{"an extension's sites", extension(reaches("https://a.example/*")), extension(reaches("https://b.example/*"), reaches("<all_urls>")),
			[]string{"medium host-access-added <all_urls> >requested", "low host-access-added https://b.example/* >requested", "info host-access-removed https://a.example/* requested>"}},
		{"an extension's newer version", extension(), extension(version("1.10", 0)), []string{"info version  1.9>1.10"}},
		{"an extension's older version", extension(), extension(version("1.8.9", 0)), []string{"medium downgrade  1.9>1.8.9"}},
		{"a version that isn't numbers", extension(), extension(version("beta", 0)), []string{"info version  1.9>beta"}},
	} {
		got := said(Compare(Side{Items: []inventory.Item{test.before}}, Side{Items: []inventory.Item{test.after}}))
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestPairing(t *testing.T) {
	other := func(i *inventory.Item) { i.Kind = inventory.KindBundle }
	for _, test := range []struct {
		name          string
		before, after []inventory.Item
		want          []string
	}{
		{"one came", nil, []inventory.Item{app("a", "a.apk")}, []string{"low item-added App >1.0 (10)"}},
		{"one went", []inventory.Item{app("a", "a.apk")}, nil, []string{"info item-removed App 1.0 (10)>"}},
		{"one came with a broken signature", nil, []inventory.Item{app("a", "a.apk", state(inventory.Invalid))}, []string{"high item-added App >1.0 (10)"}},
		{"another kind is another item", []inventory.Item{app("a", "a")}, []inventory.Item{app("a", "a", other)}, []string{"info item-removed App 1.0 (10)>", "low item-added App >1.0 (10)"}},
		{"repeated ids go by place", []inventory.Item{app("a", "x"), app("a", "y", signedBy(keyB))}, []inventory.Item{app("a", "y", signedBy(keyB)), app("a", "x")}, nil},
		{"a copy more, same signer", []inventory.Item{app("a", "x")}, []inventory.Item{app("a", "x"), app("a", "y")}, []string{"low item-added App >1.0 (10)"}},
		{"a copy more, other signer", []inventory.Item{app("a", "x")}, []inventory.Item{app("a", "x"), app("a", "y", signedBy(keyB))},
			[]string{"high signer  " + keyA + ">" + keyB, "low item-added App >1.0 (10)"}},
		{"copies at other places hide no signer", []inventory.Item{app("a", "x")}, []inventory.Item{app("a", "y", signedBy(keyB)), app("a", "z", signedBy(keyB))},
			[]string{"high signer  " + keyA + ">" + keyB, "high signer  " + keyA + ">" + keyB, "low item-added App >1.0 (10)"}},
		{"a folder's name is no id", []inventory.Item{unpacked("v1", "Coupons")}, []inventory.Item{unpacked("v2", "Coupons")}, nil},
		{"another unpacked extension", []inventory.Item{unpacked("v1", "Coupons")}, []inventory.Item{unpacked("v1", "Themes")}, []string{"info item-removed Coupons 1.9>", "low item-added Themes >1.9"}},
		{"unpacked extensions without a name go by place", []inventory.Item{unpacked("v1", "")}, []inventory.Item{unpacked("v2", "")}, []string{"info item-removed  1.9>", "low item-added  >1.9"}},
		{"items without an id go by place", []inventory.Item{app("", "x")}, []inventory.Item{app("", "y", signedBy(keyB))}, []string{"info item-removed App 1.0 (10)>", "low item-added App >1.0 (10)"}},
	} {
		got := said(Compare(Side{Items: test.before}, Side{Items: test.after}))
		slices.Sort(got)
		slices.Sort(test.want)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestJudgement(t *testing.T) {
	side := func(match finding.Match, route finding.RouteVerdict) Side {
		item := app("a", "a.apk")
		return Side{Items: []inventory.Item{item}, Assessments: []finding.Assessment{{Item: item.Key, Build: finding.Build{Match: match, Brand: "shop"}, Route: finding.Route{Verdict: route}}}}
	}
	official, mismatch := side(finding.Official, finding.Store), side(finding.Mismatch, finding.Sideload)
	for _, test := range []struct {
		name          string
		before, after Side
		want          []string
	}{
		{"the same", official, official, nil},
		{"worse", official, mismatch, []string{"high build shop official>mismatch", "medium route  store>sideload"}},
		{"better", mismatch, official, []string{"info build shop mismatch>official", "info route  sideload>store"}},
		{"a lookalike", side(finding.Unclaimed, 0), side(finding.Lookalike, 0), []string{"high build shop unclaimed>lookalike"}},
		{"official no more", official, side(finding.Unverifiable, finding.Store), []string{"high build shop official>unverifiable"}},
		{"judged on one side only", Side{Items: official.Items}, mismatch, nil},
		{"a lookalike came", Side{}, side(finding.Lookalike, 0), []string{"high item-added App >1.0 (10)"}},
	} {
		if diff := cmp.Diff(test.want, said(Compare(test.before, test.after))); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

// The order of the items, and of the lists in them, changes nothing.
func TestOrderDoesNotMatter(t *testing.T) {
	before := []inventory.Item{app("a", "x"), app("a", "y", signedBy(keyB)), app("b", "b", part("p", true, ""), part("q", false, "")), app("", "u"), extension(reaches("https://a.example/*"), reaches("<all_urls>"))}
	after := []inventory.Item{app("a", "z", signedBy(keyC)), app("a", "y"), app("b", "b", asks("p"), asks("q"), part("r", true, ""), has(inventory.TraitJanus), has(inventory.TraitDebuggable)), app("c", "c"), extension()}
	want := Compare(Side{Items: before}, Side{Items: after})
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		for _, list := range [][]inventory.Item{before, after} {
			r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			for i := range list {
				p := list[i].Permissions
				r.Shuffle(len(p), func(i, j int) { p[i], p[j] = p[j], p[i] })
			}
		}
		if diff := cmp.Diff(want, Compare(Side{Items: before}, Side{Items: after})); diff != "" {
			t.Fatalf("in another order: (-want +got)\n%s", diff)
		}
	}
	for _, list := range [][]inventory.Item{before, after} {
		if got := Compare(Side{Items: list}, Side{Items: list}); len(got) != 0 {
			t.Errorf("against itself: got %v, want nothing", said(got))
		}
	}
}

func TestTables(t *testing.T) {
	for _, id := range inventory.Capabilities {
		if capabilities[id] == finding.Info {
			t.Errorf("capability %s has no severity: add a row", id)
		}
	}
	if got, want := len(capabilities), len(inventory.Capabilities); got != want {
		t.Errorf("got %d rows of capabilities, want %d", got, want)
	}
	seen := map[Kind]bool{}
	for _, k := range Kinds() {
		if seen[k.Kind] || k.Meaning == "" {
			t.Errorf("kind %q: kinds are unique and have a meaning", k.Kind)
		}
		seen[k.Kind] = true
	}
	known := map[inventory.TraitID]bool{}
	for _, info := range inventory.Traits() {
		known[info.ID] = true
	}
	for id := range traits {
		if !known[id] {
			t.Errorf("trait %q is none", id)
		}
	}
}
