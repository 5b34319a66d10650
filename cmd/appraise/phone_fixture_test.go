package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appraise/android/capture"
)

var makePhones = flag.Bool("make-phones", false, "make testdata/phones/*.zip anew; needs aapt, android-framework-res, apksigner and openssl")

// inventedApp is one app of an invented phone, as Android 14 prints it.
type inventedApp struct {
	id, label            string // a label: its APK is made and read
	system               bool
	installer, initiator string // "" prints null
	source               int
	granted, denied      string // run-time permissions
	install              string // permissions granted at install
	ops                  []string
	uidOps               []string
}

// inventedPhone is a phone in the words of Android 14.
type inventedPhone struct {
	model, patch                        string
	apps                                []inventedApp
	secure, services, listeners, admins []string
	system                              int // further apps of the system
}

const vending = "com.android.vending"

func fromPlay(id, label, install, granted string) inventedApp {
	return inventedApp{id: id, label: label, installer: vending, initiator: vending, source: 2, install: install, granted: granted}
}

func preloaded(id, install, granted string) inventedApp {
	return inventedApp{id: id, system: true, install: install, granted: granted}
}

// healthyPhone is an ordinary phone with nothing wrong on it, of somebody who says yes to most questions.
func healthyPhone() *inventedPhone {
	maps := preloaded("com.google.android.apps.maps", "INTERNET", "ACCESS_FINE_LOCATION ACCESS_COARSE_LOCATION ACCESS_BACKGROUND_LOCATION READ_CONTACTS")
	maps.installer, maps.initiator, maps.uidOps = vending, vending, []string{"COARSE_LOCATION: mode=allow"}
	keyring := fromPlay("com.example.keyring", "Keyring", "INTERNET USE_BIOMETRIC", "CAMERA POST_NOTIFICATIONS")
	shop := fromPlay("com.alibaba.aliexpresshd", "", "INTERNET", "CAMERA POST_NOTIFICATIONS ACCESS_COARSE_LOCATION READ_MEDIA_VISUAL_USER_SELECTED")
	shop.denied, shop.uidOps = "RECORD_AUDIO READ_CONTACTS READ_MEDIA_IMAGES", []string{"COARSE_LOCATION: mode=foreground"}
	bank := fromPlay("com.example.bank", "First Example Bank", "INTERNET USE_BIOMETRIC", "CAMERA POST_NOTIFICATIONS")
	bank.denied = "READ_CONTACTS ACCESS_FINE_LOCATION"
	p := &inventedPhone{
		model: "Pixel 8", patch: "2025-12-05", system: 180,
		apps: []inventedApp{
			preloaded("android", "INTERNET WRITE_SECURE_SETTINGS", ""), preloaded("com.google.android.gms", "INTERNET", "READ_SMS ACCESS_FINE_LOCATION READ_CONTACTS"),
			preloaded(vending, "INSTALL_PACKAGES DELETE_PACKAGES", ""), preloaded("com.google.android.apps.nexuslauncher", "QUERY_ALL_PACKAGES", ""),
			preloaded("com.google.android.inputmethod.latin", "INTERNET", "RECORD_AUDIO READ_CONTACTS"), preloaded("com.google.android.marvin.talkback", "INTERNET", "READ_PHONE_STATE"),
			preloaded("com.google.android.apps.messaging", "INTERNET", "READ_SMS RECEIVE_SMS SEND_SMS READ_CONTACTS"), preloaded("com.google.android.dialer", "INTERNET", "READ_CALL_LOG CALL_PHONE READ_CONTACTS"),
			preloaded("com.android.chrome", "INTERNET", "CAMERA RECORD_AUDIO ACCESS_COARSE_LOCATION"), maps, keyring, shop, bank,
			fromPlay("com.example.pigeon", "Pigeon Messenger", "INTERNET USE_FULL_SCREEN_INTENT", "READ_CONTACTS CAMERA RECORD_AUDIO POST_NOTIFICATIONS READ_MEDIA_IMAGES READ_MEDIA_VIDEO"),
			fromPlay("com.example.watch", "Wrist Watch", "INTERNET", "READ_CALL_LOG READ_CONTACTS BLUETOOTH_CONNECT"),
			fromPlay("com.example.walks", "Wayfarer Walks", "INTERNET", "ACCESS_FINE_LOCATION ACCESS_COARSE_LOCATION"),
		},
		secure: []string{
			"accessibility_enabled=1", "enabled_accessibility_services=com.google.android.marvin.talkback/.TalkBackService",
			"default_input_method=com.google.android.inputmethod.latin/.LatinIME", "enabled_input_methods=com.google.android.inputmethod.latin/.LatinIME",
			"enabled_notification_listeners=com.google.android.apps.nexuslauncher/.Badges:com.example.watch/.Listen",
			"autofill_service=com.example.keyring/.Autofill", "sms_default_application=com.google.android.apps.messaging", "dialer_default_application=com.google.android.dialer",
		},
		services:  []string{"com.google.android.marvin.talkback/com.google.android.marvin.talkback.TalkBackService"},
		listeners: []string{"com.google.android.apps.nexuslauncher/com.google.android.apps.nexuslauncher.Badges", "com.example.watch/com.example.watch.Listen"},
		admins:    []string{"com.google.android.gms/.mdm.receivers.MdmDeviceAdminReceiver"},
	}
	return p
}

// badPhone is the healthy one with three apps that its owner should know of, and a system that nobody mends.
func badPhone() *inventedPhone {
	p := healthyPhone()
	p.patch = "2025-06-05"
	coupons := inventedApp{id: "com.example.coupons", label: "Coupons & Deals", initiator: "com.android.shell", source: 1, install: "INTERNET SYSTEM_ALERT_WINDOW", granted: "READ_SMS", ops: []string{"SYSTEM_ALERT_WINDOW (allow)", "ACCESS_RESTRICTED_SETTINGS (allow)"}}
	const files = "com.google.android.packageinstaller"
	copied := inventedApp{id: "com.allbaba.aliexpresshd", label: "AliExpress", installer: files, initiator: files, source: 4, install: "INTERNET", granted: "CAMERA READ_CONTACTS ACCESS_FINE_LOCATION ACCESS_COARSE_LOCATION"}
	battery := inventedApp{id: "org.example.battery", label: "Battery Saver", install: "INTERNET"}
	p.apps = append(p.apps, coupons, copied, battery)
	p.secure[1] += ":com.example.coupons/.Watcher"
	p.secure[4] += ":org.example.battery/.Notices"
	p.services = append(p.services, "com.example.coupons/com.example.coupons.Watcher")
	p.listeners = append(p.listeners, "org.example.battery/org.example.battery.Notices")
	return p
}

// texts are what the phone prints, by the outputs of a capture.
func (p *inventedPhone) texts() map[string]string {
	apps := slices.Clone(p.apps)
	for i := range p.system {
		apps = append(apps, preloaded(fmt.Sprintf("com.android.part%03d", i), "INTERNET", ""))
	}
	list, dump, ops := new(strings.Builder), new(strings.Builder), new(strings.Builder)
	dump.WriteString("Packages:\n")
	ops.WriteString("Current AppOps Service state:\n")
	for i, app := range apps {
		app.print(10100+i, list, dump, ops)
	}
	return map[string]string{
		capture.GetProp: "[ro.build.version.sdk]: [34]\n[ro.build.version.release]: [14]\n[ro.build.version.security_patch]: [" + p.patch + "]\n[ro.product.manufacturer]: [Google]\n[ro.product.model]: [" + p.model + "]\n[ro.product.device]: [shiba]\n",
		capture.Users:   "Users:\n\tUserInfo{0:Owner:c13} running\n", capture.PackagesList: list.String(), capture.PackageDump: dump.String(), capture.AppOps: ops.String(),
		capture.SettingsSecure: strings.Join(p.secure, "\n") + "\n",
		capture.SettingsGlobal: "adb_enabled=1\nadb_wifi_enabled=0\ndevelopment_settings_enabled=1\npackage_verifier_user_consent=1\nverifier_verify_adb_installs=1\n",
		capture.SettingsSystem: "screen_off_timeout=60000\n", capture.IMEAll: "", capture.IMEEnabled: "", capture.Owners: "no owners\n", capture.AppLinks: "", capture.WebView: "Current WebView Update Service state\n",
		capture.ID:            "uid=2000(shell) gid=2000(shell)\n",
		capture.Accessibility: "User state[\n     attributes:{id=0, touchExplorationEnabled=false}\n     Bound services:{" + p.bound() + "}\n     Enabled services:{{" + strings.Join(p.services, "}, {") + "}}\n     Binding services:{}\n",
		capture.Notification:  "  Notification listeners:\n    Live notification listeners (9):\n" + p.live(), capture.DevicePolicy: p.policy(),
		capture.Roles: "android.app.role.SMS\tcom.google.android.apps.messaging\nandroid.app.role.DIALER\tcom.google.android.dialer\nandroid.app.role.HOME\tcom.google.android.apps.nexuslauncher\nandroid.app.role.BROWSER\tcom.android.chrome\n",
	}
}

func (app inventedApp) folder() string {
	if app.system {
		return "/product/app/" + app.id
	}
	return "/data/app/~~x==/" + app.id + "-y=="
}

func (app inventedApp) print(uid int, list, dump, ops *strings.Builder) {
	flags := "HAS_CODE"
	if app.system {
		flags = "SYSTEM HAS_CODE"
	}
	fmt.Fprintf(list, "package:%s/base.apk=%s  installer=%s uid:%d\n", app.folder(), app.id, cmp.Or(app.installer, "null"), uid)
	fmt.Fprintf(dump, "  Package [%s] (1a2b3c):\n    appId=%d\n    codePath=%s\n    versionCode=1 minSdk=24 targetSdk=34\n    versionName=1\n", app.id, uid, app.folder())
	fmt.Fprintf(dump, "    installerPackageName=%s\n    initiatingPackageName=%s\n    packageSource=%d\n", cmp.Or(app.installer, "null"), cmp.Or(app.initiator, "null"), app.source)
	fmt.Fprintf(dump, "    signatures=PackageSignatures{5d6e7f8 version:3, signatures:[0badcafe], past signatures:[]}\n    pkgFlags=[ %s ]\n    requested permissions:\n", flags)
	for name := range strings.FieldsSeq(app.install + " " + app.granted + " " + app.denied) {
		fmt.Fprintf(dump, "      android.permission.%s\n", name)
	}
	dump.WriteString("    install permissions:\n")
	for name := range strings.FieldsSeq(app.install) {
		fmt.Fprintf(dump, "      android.permission.%s: granted=true\n", name)
	}
	dump.WriteString("    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false notLaunched=false enabled=0 instant=false virtual=false\n      runtime permissions:\n")
	for granted, names := range map[bool]string{true: app.granted, false: app.denied} {
		for name := range strings.FieldsSeq(names) {
			fmt.Fprintf(dump, "        android.permission.%s: granted=%v, flags=[ USER_SET ]\n", name, granted)
		}
	}
	if len(app.ops)+len(app.uidOps) > 0 {
		fmt.Fprintf(ops, "  Uid u0a%d:\n    state=cch\n", uid-10000)
		for _, op := range app.uidOps {
			fmt.Fprintf(ops, "      %s\n", op)
		}
		fmt.Fprintf(ops, "    Package %s:\n", app.id)
		for _, op := range app.ops {
			fmt.Fprintf(ops, "      %s: \n", op)
		}
	}
}

func (p *inventedPhone) bound() string {
	return strings.Join(slices.Repeat([]string{"Service[label=Service, feedbackType[FEEDBACK_GENERIC], capabilities=9, eventTypes=TYPES_ALL_MASK, notificationTimeout=0, requestA11yBtn=false]"}, len(p.services)), ", \n                     ")
}

func (p *inventedPhone) live() string {
	text := ""
	for _, l := range p.listeners {
		text += "      ComponentInfo{" + l + "} (user 0): android.service.notification.INotificationListener$Stub$Proxy@c1d4d0f\n"
	}
	return text
}

func (p *inventedPhone) policy() string {
	text := "Current Device Policy Manager state:\n  Enabled Device Admins (User 0, provisioningState: 0):\n"
	for _, a := range p.admins {
		text += "    " + a + ":\n      uid=10100\n      testOnlyAdmin=false\n      policies:\n        wipe-data\n"
	}
	return text
}

// TestMakePhones writes the bundles of the invented phones, as appraise phone --save writes them.
func TestMakePhones(t *testing.T) {
	if !*makePhones {
		t.Skip("only with -make-phones")
	}
	made := map[string][]byte{}
	for name, p := range map[string]*inventedPhone{"healthy": healthyPhone(), "bad": badPhone()} {
		c := &capture.Capture{Source: capture.SourceADB, Tool: "0.1.0-dev", Created: "2026-02-01T10:00:00Z", Rooted: new(bool)}
		for output, text := range p.texts() {
			if err := c.Add(output, []byte(text), 0); err != nil {
				t.Fatal(err)
			}
		}
		for _, row := range capture.Names {
			if _, ok := c.Outputs[row.Name]; !ok {
				c.Outputs[row.Name] = capture.Output{Exit: -1, Reason: "not asked"}
			}
		}
		for _, app := range p.apps {
			if app.label == "" {
				continue
			}
			if made[app.id] == nil {
				made[app.id] = makeAPK(t, app)
			}
			b := made[app.id]
			c.APKs = append(c.APKs, capture.APK{Package: app.id, Path: app.folder() + "/base.apk", Size: int64(len(b)), Parts: []capture.Part{{Data: b}}})
		}
		var out bytes.Buffer
		if err := c.Write(&out); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join("testdata", "phones", name+".zip"), out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// makeAPK makes an APK with the app's label and permissions, signed with a key of its own that is thrown away.
func makeAPK(t *testing.T, app inventedApp) []byte {
	t.Helper()
	dir := t.TempDir()
	manifest := fmt.Sprintf(`<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="%s" android:versionCode="1" android:versionName="1">
<uses-sdk android:minSdkVersion="24" android:targetSdkVersion="34"/>`, app.id)
	for name := range strings.FieldsSeq(app.install + " " + app.granted + " " + app.denied) {
		manifest += fmt.Sprintf("\n<uses-permission android:name=\"android.permission.%s\"/>", name)
	}
	manifest += fmt.Sprintf("\n<application android:hasCode=\"false\" android:label=\"%s\"/>\n</manifest>\n", strings.ReplaceAll(app.label, "&", "&amp;"))
	if err := os.WriteFile(filepath.Join(dir, "AndroidManifest.xml"), []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{
		{"aapt", "package", "-f", "-I", "/usr/share/android-framework-res/framework-res.apk", "-M", "AndroidManifest.xml", "-F", "plain.apk"},
		{"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "10000", "-subj", "/CN=" + app.label},
		{"openssl", "pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER", "-out", "key.pk8"},
		{"apksigner", "sign", "--key", "key.pk8", "--cert", "cert.pem", "--min-sdk-version", "24", "--v1-signing-enabled", "false", "--v4-signing-enabled", "false", "--out", "signed.apk", "plain.apk"},
	} {
		cmd := exec.Command(command[0], command[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", command, err, out)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, "signed.apk"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
