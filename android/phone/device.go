package phone

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/android/phone/records"
	"appraise/internal/limits"
	"appraise/inventory"
)

// deviceName is what may be the id of a phone: the code name of its model.
var deviceName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// device makes the item of the phone itself.
func (f *facts) device(apps []*inventory.Item) *inventory.Item {
	d := &inventory.PhoneDetail{
		Maker: f.Prop("ro.product.manufacturer"), Model: f.model(), SDK: f.SDK,
		Release: f.Prop("ro.build.version.release"), Patch: f.Prop("ro.build.version.security_patch"),
		DeviceOwner: f.Policy.DeviceOwner, Packages: len(apps) + f.leftOut, SystemLeftOut: f.leftOut,
	}
	it := &inventory.Item{Platform: inventory.Android, Kind: inventory.KindDevice, ID: "phone", Version: d.Release, Count: 1, Detail: inventory.Detail{Phone: d}}
	if code := f.Prop("ro.product.device"); deviceName.MatchString(code) {
		it.ID = code
	}
	it.Name = records.Clip(strings.TrimSpace(d.Maker+" "+d.Model), limits.CellRunes)
	if strings.HasPrefix(strings.ToLower(d.Model), strings.ToLower(d.Maker)) {
		it.Name = d.Model
	}
	f.patch(it, d)
	f.settings(it, d)
	f.network(it, d)
	f.management(it, d)
	f.installers(it, d, apps)
	if _, signs := f.rootSigns(); len(signs) > 0 {
		it.AddTrait(inventory.TraitRooted, signs...)
	}
	f.system(it)
	it.SetKey("phone")
	it.Sort()
	return it
}

func (f *facts) model() string { return f.Prop("ro.product.model") }

// Ages of a patch level, in days, from which it is told.
const (
	patchOldDays     = 180
	patchVeryOldDays = 365
)

// patch tells the age of the security patch level on the day that the phone was read. Evidence holds the level and
// not the age, so that a finding is the same one tomorrow.
func (f *facts) patch(it *inventory.Item, d *inventory.PhoneDetail) {
	level, ok := dump.PatchLevel(d.Patch)
	now := f.day()
	if !ok || now.IsZero() {
		return
	}
	days := max(int(now.Sub(level)/(24*time.Hour)), 0)
	d.PatchDays = &days
	evidence := inventory.Evidence{File: capture.GetProp, Detail: "ro.build.version.security_patch " + d.Patch}
	switch {
	case days > patchVeryOldDays:
		it.AddTrait(inventory.TraitPatchVeryOld, evidence)
	case days > patchOldDays:
		it.AddTrait(inventory.TraitPatchOld, evidence)
	}
}

// day is when the phone was read: what the capture says, else the clock that was given.
func (f *facts) day() time.Time {
	if made, err := time.Parse(time.RFC3339, f.Capture.Created); err == nil {
		return made
	}
	return f.opt.Now
}

// deviceSwitch is one switch of the phone. Any key of the lists tells; an absent one tells nothing. A value that is
// neither is unknown.
type deviceSwitch struct {
	name    string
	keys    []string // of the global settings, then of the secure ones
	off, on []string // values
	trait   inventory.TraitID
	when    string // the state that gives the trait
}

// deviceSwitches are told in this order. install_non_market_apps is not among them: it is always 1 from Android 8 on.
var deviceSwitches = []deviceSwitch{
	{"play-protect", []string{"package_verifier_user_consent", "package_verifier_enable"}, []string{"-1", "0"}, []string{"1"}, inventory.TraitPlayProtectOff, inventory.SettingOff},
	{"adb-verifier", []string{"verifier_verify_adb_installs"}, []string{"0"}, []string{"1"}, inventory.TraitADBVerifierOff, inventory.SettingOff},
	{"usb-debugging", []string{"adb_enabled"}, []string{"0"}, []string{"1"}, inventory.TraitUSBDebugging, inventory.SettingOn},
	{"wireless-debugging", []string{"adb_wifi_enabled"}, []string{"0"}, []string{"1"}, inventory.TraitADBWifi, inventory.SettingOn},
	{"developer-options", []string{"development_settings_enabled"}, []string{"0"}, []string{"1"}, inventory.TraitDeveloperOptions, inventory.SettingOn},
	{"send-unknown-apps", []string{"upload_apk_enable"}, []string{"0", "-1"}, []string{"1"}, "", ""},
	{"adb-install-confirmation", []string{"adb_install_need_confirm"}, []string{"0"}, []string{"1"}, "", ""},
}

// settings records the switches. Of several keys one that says off counts: whoever switched one of them off did so.
func (f *facts) settings(it *inventory.Item, d *inventory.PhoneDetail) {
	for _, s := range deviceSwitches {
		state, evidence := f.state(s)
		d.Settings = append(d.Settings, inventory.PhoneSetting{Name: s.name, State: state})
		if s.trait == "" || state != s.when {
			continue
		}
		trait := s.trait
		if trait == inventory.TraitUSBDebugging && f.overADB() {
			trait = inventory.TraitUSBDebuggingUsed
		}
		it.AddTrait(trait, evidence)
	}
}

// overADB reports whether the phone was read over adb, for which USB debugging has to be on.
func (f *facts) overADB() bool {
	return f.Capture.Source == capture.SourceADB || f.Capture.Source == capture.SourceAndroidQF
}

func (f *facts) state(s deviceSwitch) (state string, evidence inventory.Evidence) {
	state = inventory.SettingUnknown
	for _, key := range s.keys {
		for _, space := range []struct {
			file   string
			values dump.Settings
		}{{capture.SettingsGlobal, f.Global}, {capture.SettingsSecure, f.Checked[0].Secure}} {
			value, ok := space.values[key]
			found := inventory.Evidence{File: space.file, Detail: key + "=" + records.Clip(value, limits.CellRunes)}
			switch {
			case !ok:
			case slices.Contains(s.off, value):
				return inventory.SettingOff, found
			case slices.Contains(s.on, value) && state == inventory.SettingUnknown:
				state, evidence = inventory.SettingOn, found
			}
		}
	}
	return state, evidence
}

// network records who else sees the phone's traffic: a proxy for all apps, a chosen server for names.
func (f *facts) network(it *inventory.Item, d *inventory.PhoneDetail) {
	proxy := records.Clip(f.Global["http_proxy"], limits.CellRunes)
	if host := records.Clip(f.Global["global_http_proxy_host"], limits.CellRunes); host != "" {
		proxy = cmp.Or(host+":"+records.Clip(f.Global["global_http_proxy_port"], limits.CellRunes), proxy)
	}
	if pac := f.Global["global_proxy_pac_url"]; proxy == "" || proxy == ":0" {
		proxy = records.Clip(pac, limits.CellRunes)
	}
	d.Settings = append(d.Settings, f.named("proxy", proxy, proxy != ""))
	if proxy != "" {
		it.AddTrait(inventory.TraitGlobalProxy, inventory.Evidence{File: capture.SettingsGlobal, Detail: "proxy " + proxy})
	}
	mode, server := f.Global["private_dns_mode"], records.Clip(f.Global["private_dns_specifier"], limits.CellRunes)
	custom := mode == "hostname" && server != ""
	dns := f.named("private-dns", server, custom)
	if mode == "" {
		dns.State = inventory.SettingUnknown
	}
	d.Settings = append(d.Settings, dns)
	if custom {
		it.AddTrait(inventory.TraitPrivateDNSCustom, inventory.Evidence{File: capture.SettingsGlobal, Detail: "private DNS server " + server})
	}
}

// named is a setting that has a value where it is on. It is off where the settings were read and hold none.
func (f *facts) named(name, value string, on bool) inventory.PhoneSetting {
	switch {
	case on:
		return inventory.PhoneSetting{Name: name, State: inventory.SettingOn, Value: value}
	case f.Has(capture.SettingsGlobal):
		return inventory.PhoneSetting{Name: name, State: inventory.SettingOff}
	}
	return inventory.PhoneSetting{Name: name, State: inventory.SettingUnknown}
}

// management records owners and other users, without their names.
func (f *facts) management(it *inventory.Item, d *inventory.PhoneDetail) {
	if owner := f.Policy.DeviceOwner; owner != "" {
		it.AddTrait(inventory.TraitManagedDevice, inventory.Evidence{File: capture.DevicePolicy, Detail: "device owner " + owner})
	}
	for _, u := range f.AllUsers() {
		one := inventory.PhoneUser{ID: u.ID, Kind: "user", State: "stopped", Checked: slices.ContainsFunc(f.Checked, func(c *records.User) bool { return c.ID == u.ID })}
		switch {
		case u.ID == 0:
			one.Kind = "owner"
		case u.Profile:
			one.Kind = "profile"
		}
		switch {
		case u.Quiet():
			one.State = "paused"
		case u.Running:
			one.State = "running"
		}
		d.Users = append(d.Users, one)
		if u.ID != 0 && len(d.Users) <= limits.Evidence {
			it.AddTrait(inventory.TraitOtherUsers, inventory.Evidence{File: capture.Users, Detail: fmt.Sprintf("%s %d", one.Kind, u.ID)})
		}
	}
}

// installers records which apps may install other apps: Android's "unknown sources" is a switch of each app.
func (f *facts) installers(it *inventory.Item, d *inventory.PhoneDetail, apps []*inventory.Item) {
	for _, app := range apps {
		if app.Exposure(inventory.CapInstallApps) < inventory.Granted || slices.Contains(d.MayInstall, app.ID) {
			continue
		}
		d.MayInstall = append(d.MayInstall, app.ID)
		if len(d.MayInstall) <= limits.Evidence && !app.System {
			it.AddTrait(inventory.TraitInstallsAllowed, inventory.Evidence{File: capture.AppOps, Detail: app.ID + " may install apps"})
		}
	}
	slices.Sort(d.MayInstall)
}

// rootSigns tells whether a way to the system's rights was found.
func (f *facts) rootSigns() (bool, []inventory.Evidence) {
	var signs []inventory.Evidence
	if f.Capture.Rooted != nil && *f.Capture.Rooted {
		signs = append(signs, inventory.Evidence{Detail: "what collected this found a program that gives the system's rights"})
	}
	for line := range strings.Lines(string(f.Capture.Outputs[capture.ID].Text[:min(len(f.Capture.Outputs[capture.ID].Text), limits.DumpLineBytes)])) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "uid=0("):
			signs = append(signs, inventory.Evidence{File: capture.ID, Detail: "the shell runs as root"})
		case suPath.MatchString(line):
			signs = append(signs, inventory.Evidence{File: capture.ID, Detail: "program " + line})
		}
		if len(signs) >= limits.Evidence {
			break
		}
	}
	return len(signs) > 0, signs
}

// suPath is the answer of which su where there is such a program.
var suPath = regexp.MustCompile(`^/[A-Za-z0-9._/-]{1,200}/su$`)

// systemSigns are properties that tell how the system was built and started.
var systemSigns = []struct {
	key    string
	values []string
	trait  inventory.TraitID
}{
	{"ro.boot.verifiedbootstate", []string{"orange", "yellow", "red"}, inventory.TraitUnlockedBoot},
	{"ro.boot.flash.locked", []string{"0"}, inventory.TraitUnlockedBoot},
	{"ro.boot.vbmeta.device_state", []string{"unlocked"}, inventory.TraitUnlockedBoot},
	{"ro.debuggable", []string{"1"}, inventory.TraitTestSystem},
	{"ro.build.type", []string{"userdebug", "eng"}, inventory.TraitTestSystem},
	{"ro.build.tags", []string{"test-keys", "dev-keys"}, inventory.TraitTestSystem},
}

func (f *facts) system(it *inventory.Item) {
	for _, s := range systemSigns {
		if value := f.Prop(s.key); slices.Contains(s.values, value) {
			it.AddTrait(s.trait, inventory.Evidence{File: capture.GetProp, Detail: s.key + " " + value})
		}
	}
}
