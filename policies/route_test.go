package policies_test

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

const screen = "com.google.android.packageinstaller"

// onPhone is an app as a phone tells of it.
func onPhone(id string, user int, a inventory.Arrival, access ...inventory.AccessKind) inventory.Item {
	on := &inventory.OnPhone{User: user}
	for _, kind := range access {
		on.Access = append(on.Access, inventory.SpecialAccess{Kind: kind, Component: id + "/.A", Exposure: inventory.Active})
	}
	return inventory.Item{Key: id, Platform: inventory.Android, Kind: inventory.KindApp, ID: id, Arrival: a, Detail: inventory.Detail{Android: &inventory.AndroidDetail{On: on}}}
}

// delivered makes an app a part of the system.
func delivered(item inventory.Item) inventory.Item {
	item.System = true
	return item
}

// disputed makes the phone's records of an app disagree.
func disputed(item inventory.Item) inventory.Item {
	item.AddTrait(inventory.TraitRecordsDisagree)
	return item
}

func by(installer, initiator string) inventory.Arrival {
	return inventory.Arrival{Installer: installer, Initiator: initiator}
}

// How an app arrived, beside the other apps of its phone.
func TestRouteOnAPhone(t *testing.T) {
	const id, shop = "org.example.tool", "com.android.vending"
	p := load(t, policies.Options{})
	updated := delivered(onPhone(id, 0, inventory.Arrival{InstallLocation: "data"}))
	updated.Detail.Android.On.Updated = true
	updatedBy := func(installer, initiator string) inventory.Item {
		item := updated
		item.Arrival.Installer, item.Arrival.Initiator = installer, initiator
		return item
	}
	device := inventory.Item{Key: "phone", Platform: inventory.Android, Kind: "device", ID: "phone", Detail: inventory.Detail{Phone: &inventory.PhoneDetail{SystemLeftOut: 100}}}
	source := func(a inventory.Arrival, n int) inventory.Arrival { a.PackageSource = number(n); return a }
	reason := func(a inventory.Arrival) inventory.Arrival { a.InstallReason = "policy"; return a }
	opened := func(a inventory.Arrival, by string) inventory.Arrival { a.Originator = by; return a }
	controller := onPhone("com.example.dpc", 10, play, inventory.AccessProfileOwner)
	for _, tt := range []struct {
		name   string
		item   inventory.Item
		others []inventory.Item
		want   string
	}{
		{"no installer", onPhone(id, 0, inventory.Arrival{}), nil, "unknown  claimed"},
		{"store", onPhone(id, 0, source(play, 2)), nil, "store play claimed"},
		{"store, before initiators were printed", onPhone(id, 0, by(shop, "")), nil, "store play claimed"},
		{"store without its initiator, Android 13", onPhone(id, 0, source(by(shop, ""), 0)), nil, "store play claimed"},
		{"store without its initiator, update owner known", onPhone(id, 0, inventory.Arrival{Installer: shop, UpdateOwner: shop}), nil, "unknown  claimed"},
		{"store without its initiator, originator known", onPhone(id, 0, opened(by(shop, ""), "org.example.a")), nil, "unknown  claimed"},
		{"store, records disagree", disputed(onPhone(id, 0, play)), nil, "unknown  claimed"},
		{"file, records disagree", disputed(onPhone(id, 0, by(screen, screen))), nil, "sideload file claimed"},

		{"another app", onPhone(id, 0, by("org.example.dropper", "org.example.dropper")), []inventory.Item{onPhone("org.example.dropper", 0, play)}, "sideload off-store claimed"},
		{"another app, parts of the system left out", onPhone(id, 0, by("org.example.dropper", "org.example.dropper")), []inventory.Item{onPhone("org.example.dropper", 0, play), device}, "sideload off-store claimed"},
		{"another app that was removed", onPhone(id, 0, by("", "org.example.dropper")), []inventory.Item{device}, "sideload off-store claimed"},
		{"another app that names a part of the system", onPhone(id, 0, by("com.example.updater", "org.example.dropper")), []inventory.Item{delivered(onPhone("com.example.updater", 0, inventory.Arrival{})), onPhone("org.example.dropper", 0, play), device}, "sideload off-store claimed"},
		{"itself", onPhone(id, 0, by(id, id)), []inventory.Item{device}, "sideload off-store claimed"},
		{"a part of the phone", onPhone(id, 0, by("com.example.updater", "com.example.updater")), []inventory.Item{delivered(onPhone("com.example.updater", 0, inventory.Arrival{}))}, "unknown  claimed"},
		{"a part of the phone that is left out", onPhone(id, 0, by("com.example.updater", "com.example.updater")), []inventory.Item{device}, "unknown  claimed"},
		{"a part of the phone, no installer", onPhone(id, 0, by("", "com.example.updater")), []inventory.Item{delivered(onPhone("com.example.updater", 0, inventory.Arrival{}))}, "unknown  claimed"},
		{"Android itself", onPhone(id, 0, by("", "android")), nil, "unknown  claimed"},
		{"a store that was removed", onPhone(id, 0, by("", "org.fdroid.fdroid")), nil, "unknown  claimed"},
		{"the screen, no installer", onPhone(id, 0, by("", screen)), nil, "sideload file claimed"},
		{"another phone's app", onPhone(id, 0, by("org.example.dropper", "")), []inventory.Item{func() inventory.Item {
			other := delivered(onPhone("org.example.dropper", 0, play))
			other.Source = "another"
			return other
		}()}, "sideload off-store claimed"},
		{"another phone", onPhone(id, 0, by("com.sec.android.easyMover", "com.sec.android.easyMover")), nil, "unknown  claimed"},

		{"F-Droid by the screen", onPhone(id, 0, opened(by(screen, screen), "org.fdroid.fdroid")), nil, "store foss-store claimed"},
		{"F-Droid by the screen, with its name", onPhone(id, 0, opened(by("org.fdroid.fdroid", screen), "org.fdroid.fdroid")), nil, "store foss-store claimed"},
		{"F-Droid named, opened by another", onPhone(id, 0, opened(by("org.fdroid.fdroid", screen), "org.example.dropper")), nil, "unknown  claimed"},
		{"Play named, opened by F-Droid", onPhone(id, 0, opened(by(shop, screen), "org.fdroid.fdroid")), nil, "unknown  claimed"},
		{"Play by the screen, which it never uses", onPhone(id, 0, opened(by(screen, screen), shop)), nil, "sideload file claimed"},

		{"work profile", onPhone(id, 10, reason(play)), []inventory.Item{controller}, "policy mdm claimed"},
		{"work profile, by its owner", onPhone(id, 10, by("com.example.dpc", "com.example.dpc")), []inventory.Item{controller}, "policy mdm claimed"},
		{"work profile, by its owner, records disagree", disputed(onPhone(id, 10, by("com.example.dpc", "com.example.dpc"))), []inventory.Item{controller}, "unknown  claimed"},
		{"work profile, from a file", onPhone(id, 10, reason(by(screen, screen))), []inventory.Item{controller}, "sideload file claimed"},
		{"work profile, no installer", onPhone(id, 10, reason(inventory.Arrival{})), []inventory.Item{controller}, "unknown  claimed"},
		{"beside a work profile", onPhone(id, 0, reason(by("com.example.dpc", "com.example.dpc"))), []inventory.Item{controller}, "sideload off-store claimed"},
		{"whole phone managed", onPhone(id, 11, reason(play)), []inventory.Item{onPhone("com.example.dpc", 0, play, inventory.AccessDeviceOwner)}, "policy mdm claimed"},
		{"by an owner from a file", onPhone(id, 0, reason(by("com.example.dpc", "com.example.dpc"))), []inventory.Item{onPhone("com.example.dpc", 0, by(screen, screen), inventory.AccessDeviceOwner)}, "sideload off-store claimed"},
		{"owner, from Play", onPhone(id, 0, play, inventory.AccessDeviceOwner), nil, "store play claimed"},
		{"owner, by the phone's set-up", onPhone(id, 0, by("com.android.managedprovisioning", "com.android.managedprovisioning"), inventory.AccessDeviceOwner), []inventory.Item{device}, "policy mdm claimed"},
		{"owner, no installer", onPhone(id, 0, inventory.Arrival{}, inventory.AccessDeviceOwner), nil, "sideload  claimed"},
		{"owner, over adb", onPhone(id, 0, by("", "com.android.shell"), inventory.AccessDeviceOwner), nil, "sideload adb proved"},

		{"preload", delivered(onPhone(id, 0, inventory.Arrival{InstallLocation: "product"})), nil, "system preload proved"},
		{"preload, updated", updated, nil, "system updated preload claimed"},
		{"preload, updated by Play", updatedBy(shop, shop), nil, "system updated preload claimed"},
		{"preload, updated by a part of the phone", updatedBy("com.example.updater", "com.example.updater"), []inventory.Item{device}, "system updated preload claimed"},
		{"preload, updated from a file", updatedBy(screen, screen), nil, "sideload file claimed"},
		{"preload, updated by another app", updatedBy("org.example.dropper", "org.example.dropper"), nil, "sideload off-store claimed"},
		{"preload, updated over adb", updatedBy("", "com.android.shell"), nil, "sideload adb proved"},
	} {
		items := append([]inventory.Item{tt.item}, tt.others...)
		got := p.Assess(items, policies.Expect{})[0].Route
		if text := got.Verdict.String() + " " + got.Detail + " " + got.Strength.String(); text != tt.want {
			t.Errorf("%s: got %q, want %q (%s)", tt.name, text, tt.want, got.Why)
		}
		if same := p.Identify(items)[0].Route; same != got {
			t.Errorf("%s: Identify says %+v, Assess %+v", tt.name, same, got)
		}
	}
}

// A policy from a store or by a management stays quiet; one that a dropper names doesn't.
func TestManagedPhoneIsQuiet(t *testing.T) {
	p := load(t, policies.Options{})
	app := with(onPhone("org.example.tool", 10, inventory.Arrival{Installer: "com.example.dpc", Initiator: "com.example.dpc", InstallReason: "policy"}), inventory.Active, "", inventory.CapAccessibility)
	owner := onPhone("com.example.dpc", 10, play, inventory.AccessProfileOwner)
	for _, a := range p.Assess([]inventory.Item{app, owner}, policies.Expect{}) {
		if a.Attention != finding.None {
			t.Errorf("%s: attention %s, %+v", a.Item, a.Attention, a.Findings)
		}
	}
	if a := p.Assess([]inventory.Item{app}, policies.Expect{})[0]; a.Attention != finding.Act {
		t.Errorf("without the owner: attention %s", a.Attention)
	}
}
