package policies_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

// phoneApp is one app of an invented phone, as the phone prints it.
type phoneApp struct {
	id                   string
	system               bool
	installer, initiator string // "" prints null
	source               int
	install              []string // permissions granted at install
	runtime              []string // granted at run time; "-" before the name: denied
	ops                  []string // "OP (mode)"
	uidOps               []string // "OP: mode=mode"
}

func fromPlay(id string, install, runtime []string) phoneApp {
	return phoneApp{id: id, installer: "com.android.vending", initiator: "com.android.vending", install: install, runtime: runtime}
}

func preload(id string, install, runtime []string) phoneApp {
	return phoneApp{id: id, system: true, install: install, runtime: runtime}
}

// invented is a phone in the words of Android 14.
type invented struct {
	apps                   []phoneApp
	secure, global         []string
	services               []string // enabled accessibility services
	listeners              []string // running
	admins                 []string
	roles                  []string // ROLE<TAB>holder
	patch                  string
	packages, list, appops strings.Builder
}

func words(text string) []string { return strings.Fields(text) }

func orNull(s string) string { return cmp.Or(s, "null") }

// capture prints the phone.
func (p *invented) capture(t *testing.T) *capture.Capture {
	t.Helper()
	p.packages.WriteString("Packages:\n")
	p.appops.WriteString("Current AppOps Service state:\n")
	for i, app := range p.apps {
		p.print(10100+i, app)
	}
	c := &capture.Capture{Source: capture.SourceADB, Created: "2026-02-01T10:00:00Z"}
	for name, text := range map[string]string{
		capture.GetProp: "[ro.build.version.sdk]: [34]\n[ro.build.version.security_patch]: [" + p.patch + "]\n[ro.product.model]: [Example]\n",
		capture.Users:   "Users:\n\tUserInfo{0:Owner:c13} running\n", capture.PackagesList: p.list.String(), capture.PackageDump: p.packages.String(), capture.AppOps: p.appops.String(),
		capture.SettingsSecure: strings.Join(p.secure, "\n") + "\n", capture.SettingsGlobal: strings.Join(p.global, "\n") + "\n",
		capture.Accessibility: "User state[\n     attributes:{id=0, touchExplorationEnabled=false}\n     Bound services:{" + p.bound() + "}\n     Enabled services:{{" + strings.Join(p.services, "}, {") + "}}\n     Binding services:{}\n",
		capture.Notification:  "  Notification listeners:\n    Live notification listeners (9):\n" + p.live(), capture.DevicePolicy: p.policy(), capture.Roles: strings.Join(p.roles, "\n") + "\n",
	} {
		if err := c.Add(name, []byte(text), 0); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (p *invented) print(uid int, app phoneApp) {
	path, flags := "/data/app/~~x==/"+app.id+"-y==", "HAS_CODE"
	if app.system {
		path, flags = "/product/app/"+app.id, "SYSTEM HAS_CODE"
	}
	fmt.Fprintf(&p.list, "package:%s/base.apk=%s  installer=%s uid:%d\n", path, app.id, orNull(app.installer), uid)
	fmt.Fprintf(&p.packages, "  Package [%s] (1a2b3c):\n    appId=%d\n    codePath=%s\n    versionCode=1 minSdk=24 targetSdk=34\n    versionName=1\n", app.id, uid, path)
	fmt.Fprintf(&p.packages, "    installerPackageName=%s\n    initiatingPackageName=%s\n    packageSource=%d\n", orNull(app.installer), orNull(app.initiator), app.source)
	fmt.Fprintf(&p.packages, "    signatures=PackageSignatures{5d6e7f8 version:3, signatures:[0badcafe], past signatures:[]}\n    pkgFlags=[ %s ]\n    requested permissions:\n", flags)
	for _, name := range append(slices.Clone(app.install), app.runtime...) {
		fmt.Fprintf(&p.packages, "      android.permission.%s\n", strings.TrimPrefix(name, "-"))
	}
	p.packages.WriteString("    install permissions:\n")
	for _, name := range app.install {
		fmt.Fprintf(&p.packages, "      android.permission.%s: granted=true\n", name)
	}
	p.packages.WriteString("    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false notLaunched=false enabled=0 instant=false virtual=false\n      runtime permissions:\n")
	for _, name := range app.runtime {
		bare, denied := strings.CutPrefix(name, "-")
		fmt.Fprintf(&p.packages, "        android.permission.%s: granted=%v, flags=[ USER_SET ]\n", bare, !denied)
	}
	if len(app.ops)+len(app.uidOps) > 0 {
		fmt.Fprintf(&p.appops, "  Uid u0a%d:\n    state=cch\n", uid-10000)
		for _, op := range app.uidOps {
			fmt.Fprintf(&p.appops, "      %s\n", op)
		}
		fmt.Fprintf(&p.appops, "    Package %s:\n", app.id)
		for _, op := range app.ops {
			fmt.Fprintf(&p.appops, "      %s: \n", op)
		}
	}
}

func (p *invented) bound() string {
	var out []string
	for range p.services {
		out = append(out, "Service[label=Service, feedbackType[FEEDBACK_GENERIC], capabilities=9, eventTypes=TYPES_ALL_MASK, notificationTimeout=0, requestA11yBtn=false]")
	}
	return strings.Join(out, ", \n                     ")
}

func (p *invented) live() string {
	text := ""
	for _, l := range p.listeners {
		text += "      ComponentInfo{" + l + "} (user 0): android.service.notification.INotificationListener$Stub$Proxy@c1d4d0f\n"
	}
	return text
}

func (p *invented) policy() string {
	text := "Current Device Policy Manager state:\n  Enabled Device Admins (User 0, provisioningState: 0):\n"
	for _, a := range p.admins {
		text += "    " + a + ":\n      uid=10100\n      testOnlyAdmin=false\n      policies:\n        wipe-data\n"
	}
	return text
}

// ordinary is a phone with nothing wrong on it, used by somebody who says yes to most questions.
func ordinary() *invented {
	messenger := fromPlay("com.whatsapp", words("INTERNET BLUETOOTH NFC USE_FULL_SCREEN_INTENT QUERY_ALL_PACKAGES FOREGROUND_SERVICE_MEDIA_PROJECTION"),
		words("READ_CONTACTS WRITE_CONTACTS GET_ACCOUNTS CAMERA RECORD_AUDIO ACCESS_FINE_LOCATION ACCESS_COARSE_LOCATION READ_PHONE_STATE READ_PHONE_NUMBERS CALL_PHONE ANSWER_PHONE_CALLS READ_CALL_LOG READ_SMS RECEIVE_SMS POST_NOTIFICATIONS READ_MEDIA_IMAGES READ_MEDIA_VIDEO BLUETOOTH_CONNECT"))
	messenger.ops = []string{"SYSTEM_ALERT_WINDOW (allow)", "REQUEST_INSTALL_PACKAGES (allow)", "MANAGE_EXTERNAL_STORAGE (allow)"}
	maps := preload("com.google.android.apps.maps", words("INTERNET"), words("ACCESS_FINE_LOCATION ACCESS_COARSE_LOCATION ACCESS_BACKGROUND_LOCATION READ_CONTACTS ACTIVITY_RECOGNITION"))
	maps.installer, maps.initiator, maps.uidOps = "com.android.vending", "com.android.vending", []string{"COARSE_LOCATION: mode=allow"}
	vault := fromPlay("com.example.passwords", words("INTERNET USE_BIOMETRIC SYSTEM_ALERT_WINDOW"), words("CAMERA POST_NOTIFICATIONS"))
	vault.ops = []string{"SYSTEM_ALERT_WINDOW (allow)"}
	shop := fromPlay("com.alibaba.aliexpresshd", words("INTERNET BLUETOOTH"), words("CAMERA POST_NOTIFICATIONS ACCESS_COARSE_LOCATION -RECORD_AUDIO -READ_CONTACTS READ_MEDIA_VISUAL_USER_SELECTED -READ_MEDIA_IMAGES"))
	shop.uidOps = []string{"COARSE_LOCATION: mode=foreground"}
	vpn := fromPlay("com.example.tunnel", words("INTERNET"), words("POST_NOTIFICATIONS"))
	vpn.ops = []string{"ACTIVATE_VPN (allow)"}
	browser := preload("com.android.chrome", words("INTERNET"), words("CAMERA RECORD_AUDIO ACCESS_COARSE_LOCATION POST_NOTIFICATIONS"))
	browser.ops = []string{"REQUEST_INSTALL_PACKAGES (allow)"}
	return &invented{
		apps: []phoneApp{
			preload("android", words("INTERNET WRITE_SECURE_SETTINGS"), nil), preload("com.android.systemui", words("STATUS_BAR"), nil),
			preload("com.google.android.gms", words("INTERNET"), words("READ_SMS ACCESS_FINE_LOCATION READ_CONTACTS")),
			preload("com.android.vending", words("INSTALL_PACKAGES DELETE_PACKAGES"), nil), preload("com.example.launcher", words("QUERY_ALL_PACKAGES"), nil),
			preload("com.google.android.inputmethod.latin", words("INTERNET"), words("RECORD_AUDIO READ_CONTACTS")),
			preload("com.google.android.marvin.talkback", words("INTERNET"), words("READ_PHONE_STATE")),
			preload("com.google.android.apps.messaging", words("INTERNET"), words("READ_SMS RECEIVE_SMS SEND_SMS READ_CONTACTS")),
			preload("com.google.android.dialer", words("INTERNET"), words("READ_CALL_LOG CALL_PHONE READ_CONTACTS")),
			preload("com.google.android.googlequicksearchbox", words("INTERNET"), words("RECORD_AUDIO READ_CONTACTS")),
			browser, messenger, maps, vault, shop, vpn, fromPlay("com.example.bank", words("INTERNET USE_BIOMETRIC QUERY_ALL_PACKAGES"), words("CAMERA READ_PHONE_STATE -READ_CONTACTS POST_NOTIFICATIONS")),
			fromPlay("com.example.watch", words("INTERNET"), words("READ_CALL_LOG READ_CONTACTS BLUETOOTH_CONNECT")),
		},
		secure: []string{
			"accessibility_enabled=1", "enabled_accessibility_services=com.google.android.marvin.talkback/.TalkBackService:com.example.passwords/.Fill", "default_input_method=com.google.android.inputmethod.latin/.LatinIME",
			"enabled_input_methods=com.google.android.inputmethod.latin/.LatinIME;1:com.google.android.googlequicksearchbox/.Voice", "enabled_notification_listeners=com.example.launcher/.Badges:com.example.watch/.Listen:com.example.removed/.Old",
			"autofill_service=com.example.passwords/.Autofill", "credential_service=com.example.passwords/.Credentials", "assistant=com.google.android.googlequicksearchbox/.Assist", "install_non_market_apps=1",
			"sms_default_application=com.google.android.apps.messaging", "dialer_default_application=com.google.android.dialer", "selected_spell_checker=com.google.android.inputmethod.latin/.Spell", "always_on_vpn_app=com.example.tunnel",
		},
		global:    []string{"adb_enabled=1", "development_settings_enabled=1", "http_proxy=:0", "private_dns_mode=opportunistic", "package_verifier_user_consent=1"},
		services:  []string{"com.google.android.marvin.talkback/com.google.android.marvin.talkback.TalkBackService", "com.example.passwords/com.example.passwords.Fill"},
		listeners: []string{"com.example.launcher/com.example.launcher.Badges", "com.example.watch/com.example.watch.Listen"},
		admins:    []string{"com.google.android.gms/.mdm.receivers.MdmDeviceAdminReceiver"},
		roles: []string{"android.app.role.SMS\tcom.google.android.apps.messaging", "android.app.role.DIALER\tcom.google.android.dialer", "android.app.role.HOME\tcom.example.launcher",
			"android.app.role.BROWSER\tcom.android.chrome", "android.app.role.ASSISTANT\tcom.google.android.googlequicksearchbox", "android.app.role.CALL_SCREENING\tcom.google.android.dialer"},
		patch: "2026-01-05",
	}
}

// judge gives the items of a phone and what the policy says of each.
func judge(t *testing.T, p *invented) ([]inventory.Item, []finding.Assessment) {
	t.Helper()
	r := phone.Items(p.capture(t), phone.Options{AllApps: true})
	for _, q := range r.Problems {
		t.Errorf("problem: %+v", q)
	}
	var items []inventory.Item
	for _, it := range r.Items {
		items = append(items, *it)
	}
	return items, load(t, policies.Options{}).Assess(items, policies.Expect{})
}

// Golden: an ordinary phone, read through its dumps, has nothing critical and at most two items to look at.
func TestOrdinaryPhoneThroughItsDumps(t *testing.T) {
	items, list := judge(t, ordinary())
	attention, critical := 0, 0
	for i, a := range list {
		if a.Attention > finding.None {
			attention++
			t.Logf("%s: %s", a.Item, a.Attention)
		}
		for _, f := range a.Findings {
			if f.Severity == finding.Critical {
				critical++
			}
			if f.Severity >= finding.Medium {
				t.Logf("%s: %s %s: %s", items[i].ID, f.Severity, f.Rule, f.Title)
			}
		}
	}
	if critical > 0 || attention > 2 {
		t.Errorf("got %d critical findings and %d items to look at, want none and at most two", critical, attention)
	}
	if attention > 0 {
		t.Errorf("this phone has nothing to look at; got %d items", attention)
	}
	if len(items) != len(ordinary().apps)+1 {
		t.Errorf("got %d items for %d apps and the phone", len(items), len(ordinary().apps))
	}
}

// bad is the ordinary phone with three things on it that its owner should know of.
func bad() *invented {
	p := ordinary()
	coupons := phoneApp{id: "com.example.coupons", initiator: "com.android.shell", source: 1, install: words("INTERNET SYSTEM_ALERT_WINDOW RECEIVE_BOOT_COMPLETED"), runtime: words("READ_SMS"), ops: []string{"SYSTEM_ALERT_WINDOW (allow)", "ACCESS_RESTRICTED_SETTINGS (allow)"}}
	copied := phoneApp{id: "com.allbaba.aliexpresshd", installer: "com.google.android.packageinstaller", initiator: "com.google.android.packageinstaller", source: 4, install: words("INTERNET"), runtime: words("CAMERA READ_CONTACTS POST_NOTIFICATIONS")}
	reader := phoneApp{id: "org.example.battery", install: words("INTERNET")}
	p.apps = append(p.apps, coupons, copied, reader)
	p.secure[1] += ":com.example.coupons/.Watcher"
	p.services = append(p.services, "com.example.coupons/com.example.coupons.Watcher")
	p.listeners = append(p.listeners, "org.example.battery/org.example.battery.Notices")
	return p
}

// The bad phone's three problems come first, and nothing else is added to the ordinary phone.
func TestBadPhone(t *testing.T) {
	items, list := judge(t, bad())
	type problem struct {
		id    string
		worst finding.Severity
		rules []string
	}
	var found []problem
	for i, a := range list {
		if a.Attention < finding.Check {
			continue
		}
		one := problem{id: items[i].ID, worst: a.Findings[0].Severity}
		for _, f := range a.Findings {
			if f.Severity >= finding.High {
				one.rules = append(one.rules, f.Rule)
			}
		}
		found = append(found, one)
	}
	slices.SortStableFunc(found, func(a, b problem) int { return cmp.Compare(b.worst, a.worst) })
	for i, want := range []struct {
		id    string
		worst finding.Severity
		rules []string
	}{
		{"com.example.coupons", finding.Critical, []string{"phone-accessibility-overlay", "active-access"}},
		{"com.allbaba.aliexpresshd", finding.Critical, []string{"lookalike-id"}},
		{"org.example.battery", finding.High, []string{"active-access"}},
	} {
		if i >= len(found) || found[i].worst < finding.High {
			t.Fatalf("got %+v, want %s", found, want.id)
		}
		j := slices.IndexFunc(found[:min(3, len(found))], func(p problem) bool { return p.id == want.id })
		if j < 0 {
			t.Errorf("%s is not among the first three: %+v", want.id, found)
			continue
		}
		if found[j].worst != want.worst {
			t.Errorf("%s: got %s, want %s", want.id, found[j].worst, want.worst)
		}
		for _, rule := range want.rules {
			if !slices.Contains(found[j].rules, rule) {
				t.Errorf("%s: got %q, want %s among them", want.id, found[j].rules, rule)
			}
		}
	}
	if len(found) != 3 {
		t.Errorf("got %d items to look at, want the three: %+v", len(found), found)
	}
}
