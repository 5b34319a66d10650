package phone_test

import (
	"slices"
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

const real = "    installerPackageName=null\n    initiatingPackageName=com.android.shell\n    packageSource=1\n"

// What an app writes into its own texts doesn't make it come from a store or with the phone.
func TestForgedLines(t *testing.T) {
	const id = "org.example.tool"
	fake := "\n    installerPackageName=com.android.vending\n    initiatingPackageName=com.android.vending\n    packageSource=2\n    pkgFlags=[ SYSTEM ]\n"
	list := "package:/data/app/~~x==/" + id + "-y==/base.apk=" + id + "  installer=null uid:10245\npackage:/data/app/z/base.apk=com.example.bank  installer=com.android.vending uid:10246\n"
	for _, tt := range []struct {
		name, fields string
		lists        map[string]string
	}{
		{"twice in the dump", "    versionName=1" + fake + real, nil},
		{"twice, with the list beside it", "    versionName=1" + fake + real, map[string]string{capture.PackagesList: list}},
		{"once in the dump of an old phone, and the list says else", "    versionName=1\n    installerPackageName=com.android.vending\n", map[string]string{capture.PackagesList: list}},
		{"flags, and the list of third-party packages", real, map[string]string{capture.PackagesThirdParty: "package:" + id + "\n"}},
		{"flags, and the list of system packages", real, map[string]string{capture.PackagesSystem: "package:android\n"}},
	} {
		flags := "HAS_CODE"
		if tt.lists[capture.PackagesThirdParty]+tt.lists[capture.PackagesSystem] != "" {
			flags = "SYSTEM HAS_CODE"
		}
		c := one(id, tt.fields, flags)
		for name, text := range tt.lists {
			add(c, name, text)
		}
		it := find(phone.Items(c, phone.Options{AllApps: true}), id)
		if it.System || it.Arrival.Installer != "" || it.Arrival.Initiator == "com.android.vending" || !it.HasTrait(inventory.TraitRecordsDisagree) {
			t.Errorf("%s: system %v, %+v, %v", tt.name, it.System, it.Arrival, it.Traits)
		}
	}
}

// A package that the dump alone names may be forged: all such make one problem. One that the list alone names, and one
// that only runs, are told.
func TestPackagesOfOneRecord(t *testing.T) {
	c := one("org.example.dumped", real, "HAS_CODE")
	add(c, capture.PackagesList, "package:/data/app/a/base.apk=org.example.listed  installer=null uid:10300\n")
	add(c, capture.Accessibility, "User state[\n     attributes:{id=0}\n     Bound services:{}\n     Enabled services:{{org.example.hidden/org.example.hidden.Watch}}\n     Binding services:{}\n")
	add(c, capture.SettingsSecure, "enabled_notification_listeners=org.example.removed/.Old\n")
	r := phone.Items(c, phone.Options{})
	if find(r, "org.example.dumped") != nil || !slices.ContainsFunc(r.Problems, func(p inventory.Problem) bool { return p.Matters && strings.Contains(p.Message, "org.example.dumped") }) {
		t.Errorf("org.example.dumped: problems %v", r.Problems)
	}
	for _, id := range []string{"org.example.listed", "org.example.hidden"} {
		if it := find(r, id); it == nil || !it.HasTrait(inventory.TraitRecordsDisagree) {
			t.Errorf("%s: %+v", id, it)
		}
	}
	if find(r, "org.example.removed") != nil {
		t.Error("a setting that names a removed app makes no item")
	}
	if it := find(r, "org.example.hidden"); it.Exposure(inventory.CapAccessibility) != inventory.Active {
		t.Errorf("%+v", it.Capabilities)
	}
}

// What is switched off with its app is not active; a service that runs all the same is.
func TestDisabledApp(t *testing.T) {
	const id = "org.example.tool"
	c := one(id, real, "HAS_CODE")
	text := strings.ReplaceAll(string(c.Outputs[capture.PackageDump].Text), "enabled=0", "enabled=3")
	c.Outputs = map[string]capture.Output{}
	add(c, capture.PackageDump, text)
	add(c, capture.SettingsSecure, "accessibility_enabled=1\nenabled_accessibility_services="+id+"/.Watch\ndefault_input_method="+id+"/.Keys\n")
	it := find(phone.Items(c, phone.Options{}), id)
	if *it.Enabled || it.Exposure(inventory.CapAccessibility) != inventory.Granted || it.Exposure(inventory.CapKeystrokes) != inventory.Granted {
		t.Errorf("enabled %v, %v", *it.Enabled, it.Capabilities)
	}
	add(c, capture.Notification, "  Notification listeners:\n    Live notification listeners (1):\n      ComponentInfo{"+id+"/"+id+".L} (user 0): x@1\n")
	if it := find(phone.Items(c, phone.Options{}), id); it.Exposure(inventory.CapNotificationsRead) != inventory.Active {
		t.Errorf("it runs: %v", it.Capabilities)
	}
}

// Accessibility as a whole can be switched off while the list stands.
func TestAccessibilityOff(t *testing.T) {
	const id = "org.example.tool"
	for _, tt := range []struct {
		setting string
		want    inventory.Exposure
	}{{"accessibility_enabled=0\n", inventory.Granted}, {"accessibility_enabled=1\n", inventory.Active}, {"", inventory.Active}} {
		c := one(id, real, "HAS_CODE")
		add(c, capture.SettingsSecure, tt.setting+"enabled_accessibility_services="+id+"/.Watch\n")
		it := find(phone.Items(c, phone.Options{}), id)
		if got := it.Exposure(inventory.CapAccessibility); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.setting, got, tt.want)
		}
		if got := summary(it)[inventory.CapScreenRead]; !strings.HasSuffix(got, "inferred") {
			t.Errorf("%q: what it sees is not printed: got %q", tt.setting, got)
		}
	}
}

// The grants, modes and levels that part "while in use" from "always", and a part from the whole.
func TestLocationAndPhotos(t *testing.T) {
	const id = "org.example.maps"
	for _, tt := range []struct {
		name    string
		sdk     string
		runtime string // name=granted, with blanks between
		ops     string
		want    map[inventory.CapabilityID]string
	}{
		{"precise, in use", "34", "ACCESS_FINE_LOCATION=true ACCESS_COARSE_LOCATION=true ACCESS_BACKGROUND_LOCATION=false", "      COARSE_LOCATION: mode=foreground\n",
			map[inventory.CapabilityID]string{inventory.CapLocation: "granted", inventory.CapLocationBackground: "optional"}},
		{"always, by permission", "34", "ACCESS_FINE_LOCATION=true ACCESS_BACKGROUND_LOCATION=true", "", map[inventory.CapabilityID]string{inventory.CapLocation: "granted", inventory.CapLocationBackground: "granted"}},
		{"always, by mode", "34", "ACCESS_FINE_LOCATION=true", "      FINE_LOCATION: mode=allow\n", map[inventory.CapabilityID]string{inventory.CapLocation: "granted", inventory.CapLocationBackground: "granted"}},
		{"before Android 10 the mode says nothing of it", "28", "ACCESS_FINE_LOCATION=true", "      COARSE_LOCATION: mode=allow\n", map[inventory.CapabilityID]string{inventory.CapLocation: "granted"}},
		{"approximate alone", "34", "ACCESS_FINE_LOCATION=false ACCESS_COARSE_LOCATION=true", "      COARSE_LOCATION: mode=foreground\n", map[inventory.CapabilityID]string{inventory.CapLocation: "granted approximate"}},
		{"denied", "34", "ACCESS_FINE_LOCATION=false ACCESS_COARSE_LOCATION=false", "      COARSE_LOCATION: mode=ignore\n", map[inventory.CapabilityID]string{inventory.CapLocation: "optional"}},
		{"taken away by the app-op", "34", "ACCESS_FINE_LOCATION=true", "      COARSE_LOCATION: mode=ignore\n", map[inventory.CapabilityID]string{inventory.CapLocation: "optional"}},
		{"some photos", "34", "READ_MEDIA_VISUAL_USER_SELECTED=true READ_MEDIA_IMAGES=false READ_MEDIA_VIDEO=false", "", map[inventory.CapabilityID]string{inventory.CapPhotos: "granted selected-only"}},
		{"all photos", "34", "READ_MEDIA_VISUAL_USER_SELECTED=true READ_MEDIA_IMAGES=true", "", map[inventory.CapabilityID]string{inventory.CapPhotos: "granted"}},
		{"old storage permission, new phone and app", "34", "READ_EXTERNAL_STORAGE=true", "", map[inventory.CapabilityID]string{}},
		{"the same on Android 9", "28", "READ_EXTERNAL_STORAGE=true", "", map[inventory.CapabilityID]string{inventory.CapPhotos: "granted", inventory.CapFiles: "granted"}},
		{"overlay and files by app-op", "34", "", "    Package " + id + ":\n      SYSTEM_ALERT_WINDOW (allow): \n      MANAGE_EXTERNAL_STORAGE (default): \n", map[inventory.CapabilityID]string{inventory.CapOverlay: "granted", inventory.CapFiles: "requested"}},
		{"overlay switched off", "34", "", "    Package " + id + ":\n      SYSTEM_ALERT_WINDOW (ignore): \n", map[inventory.CapabilityID]string{inventory.CapOverlay: "optional", inventory.CapFiles: "requested"}},
	} {
		c := one(id, real, "HAS_CODE")
		text := string(c.Outputs[capture.PackageDump].Text)
		requested, grants := "", "      runtime permissions:\n"
		if tt.runtime == "" {
			requested = "      android.permission.SYSTEM_ALERT_WINDOW\n      android.permission.MANAGE_EXTERNAL_STORAGE\n"
		}
		for _, word := range strings.Fields(tt.runtime) {
			name, granted, _ := strings.Cut(word, "=")
			requested += "      android.permission." + name + "\n"
			grants += "        android.permission." + name + ": granted=" + granted + ", flags=[ USER_SET ]\n"
		}
		text = strings.Replace(text, "      android.permission.INTERNET\n", requested, 1) + grants
		c.Outputs = map[string]capture.Output{}
		add(c, capture.GetProp, "[ro.build.version.sdk]: ["+tt.sdk+"]\n")
		add(c, capture.PackageDump, text)
		add(c, capture.AppOps, "Current AppOps Service state:\n  Uid u0a245:\n    state=cch\n"+tt.ops)
		got := summary(find(phone.Items(c, phone.Options{}), id))
		if len(got) != len(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		for id, want := range tt.want {
			if got[id] != want {
				t.Errorf("%s: %s: got %q, want %q", tt.name, id, got[id], want)
			}
		}
	}
}

// Each switch of the phone in each of its states. What the phone doesn't say is unknown and gives no trait.
func TestSettings(t *testing.T) {
	for _, tt := range []struct {
		name, source, global, secure string
		want                         []inventory.TraitID
		state                        map[string]string
	}{
		{"nothing said", capture.SourceADB, "airplane_mode_on=0\n", "", nil, map[string]string{"play-protect": "unknown", "usb-debugging": "unknown", "private-dns": "unknown", "proxy": "off"}},
		{"healthy", capture.SourceADB, "adb_enabled=0\ndevelopment_settings_enabled=0\npackage_verifier_user_consent=1\nhttp_proxy=:0\nprivate_dns_mode=opportunistic\n", "install_non_market_apps=1\n", nil, map[string]string{"play-protect": "on", "private-dns": "off"}},
		{"consent taken back", capture.SourceADB, "package_verifier_user_consent=-1\npackage_verifier_enable=1\n", "", []inventory.TraitID{inventory.TraitPlayProtectOff}, map[string]string{"play-protect": "off"}},
		{"verifier off, in the secure settings", capture.SourceADB, "", "package_verifier_enable=0\n", []inventory.TraitID{inventory.TraitPlayProtectOff}, nil},
		{"an odd value", capture.SourceADB, "package_verifier_user_consent=7\nadb_enabled=\n", "", nil, map[string]string{"play-protect": "unknown", "usb-debugging": "unknown"}},
		{"read over adb", capture.SourceADB, "adb_enabled=1\ndevelopment_settings_enabled=1\nadb_wifi_enabled=1\n", "", []inventory.TraitID{inventory.TraitADBWifi, inventory.TraitDeveloperOptions, inventory.TraitUSBDebuggingUsed}, nil},
		{"a bug report", capture.SourceBugreport, "adb_enabled=1\n", "", []inventory.TraitID{inventory.TraitUSBDebugging}, nil},
		{"proxy", capture.SourceADB, "http_proxy=192.0.2.1:8080\n", "", []inventory.TraitID{inventory.TraitGlobalProxy}, map[string]string{"proxy": "on"}},
		{"proxy, by its parts", capture.SourceADB, "http_proxy=:0\nglobal_http_proxy_host=proxy.example\nglobal_http_proxy_port=3128\n", "", []inventory.TraitID{inventory.TraitGlobalProxy}, nil},
		{"DNS", capture.SourceADB, "private_dns_mode=hostname\nprivate_dns_specifier=dns.example\n", "", []inventory.TraitID{inventory.TraitPrivateDNSCustom}, nil},
	} {
		c := &capture.Capture{Source: tt.source}
		if tt.global != "" {
			add(c, capture.SettingsGlobal, tt.global)
		}
		if tt.secure != "" {
			add(c, capture.SettingsSecure, tt.secure)
		}
		it := phone.Items(c, phone.Options{}).Items[0]
		if len(it.Traits) != len(tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, it.Traits, tt.want)
		}
		for _, id := range tt.want {
			if !it.HasTrait(id) {
				t.Errorf("%s: got %v, want %s", tt.name, it.Traits, id)
			}
		}
		for _, s := range it.Detail.Phone.Settings {
			if want := tt.state[s.Name]; want != "" && s.State != want {
				t.Errorf("%s: %s: got %s, want %s", tt.name, s.Name, s.State, want)
			}
		}
	}
}

// Signs of root and of a system that is not its maker's.
func TestSystemSigns(t *testing.T) {
	yes, no := true, false
	for _, tt := range []struct {
		name, props, id string
		rooted          *bool
		want            inventory.TraitID
	}{
		{"told by the collector", "", "", &yes, inventory.TraitRooted},
		{"it looked and found none", "", "", &no, ""},
		{"a program", "", "uid=2000(shell) gid=2000(shell)\n/system/xbin/su\n", nil, inventory.TraitRooted},
		{"the shell is root", "", "uid=0(root) gid=0(root)\n", nil, inventory.TraitRooted},
		{"an ordinary shell", "[ro.boot.verifiedbootstate]: [green]\n[ro.build.tags]: [release-keys]\n", "uid=2000(shell) gid=2000(shell)\n", nil, ""},
		{"unlocked", "[ro.boot.verifiedbootstate]: [orange]\n", "", nil, inventory.TraitUnlockedBoot},
		{"test keys", "[ro.build.tags]: [test-keys]\n", "", nil, inventory.TraitTestSystem},
	} {
		c := &capture.Capture{Source: capture.SourceADB, Rooted: tt.rooted}
		add(c, capture.GetProp, tt.props)
		add(c, capture.ID, tt.id)
		it := phone.Items(c, phone.Options{}).Items[0]
		if tt.want == "" && len(it.Traits) > 0 || tt.want != "" && !it.HasTrait(tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, it.Traits, tt.want)
		}
	}
}

// A managed phone, and who manages it.
func TestManaged(t *testing.T) {
	c := one("com.example.mdm", real, "HAS_CODE")
	add(c, capture.Owners, "2 owners:\nUser  0: admin=com.example.mdm/.Admin,DeviceOwner\n")
	r := phone.Items(c, phone.Options{})
	it := find(r, "com.example.mdm")
	if !r.Items[0].HasTrait(inventory.TraitManagedDevice) || it.Exposure(inventory.CapDeviceAdmin) != inventory.Active {
		t.Errorf("%v, %v", r.Items[0].Traits, it.Capabilities)
	}
	if access := it.Detail.Android.On.Access; len(access) != 1 || access[0].Kind != inventory.AccessDeviceOwner {
		t.Errorf("access %+v", access)
	}
}
