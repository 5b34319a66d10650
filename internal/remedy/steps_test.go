package remedy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture"
	"appraise/internal/limits"
	"appraise/inventory"
)

// settings gives the era's phone with other secure settings.
func settings(t *testing.T, name string, lines ...string) *capture.Capture {
	return with(era(t, name), map[string]string{"settings-secure": strings.Join(lines, "\n") + "\n", "accessibility": "-", "notification": "-"})
}

// The list loses the app's entries, however they are spelt, and nothing else of it changes.
func TestAccessibilityList(t *testing.T) {
	const key = "enabled_accessibility_services"
	for _, test := range []struct{ name, list, rest string }{
		{"last", "a.b/.C:com.example.coupons/.W", "a.b/.C"},
		{"first", "com.example.coupons/.W:a.b/.C", "a.b/.C"},
		{"only", "com.example.coupons/.W", ""},
		{"full form", "a.b/a.b.C:com.example.coupons/com.example.coupons.W", "a.b/a.b.C"},
		{"both forms", "com.example.coupons/.W:a.b/.C:com.example.coupons/com.example.coupons.W", "a.b/.C"},
		{"two services", "com.example.coupons/.W:a.b/.C:com.example.coupons/.V", "a.b/.C"},
		{"similar names", "com.example.coupons.more/.W:com.example.coupons/.W:com.example.coupon/.W", "com.example.coupons.more/.W:com.example.coupon/.W"},
		{"empty parts", ":a.b/.C::com.example.coupons/.W:", ":a.b/.C::"},
		{"hostile parts", `a'b"c$(touch PWNED)` + "`:com.example.coupons/.W:-rf *;", `a'b"c$(touch PWNED)` + "`:-rf *;"},
		{"leading dash", "-x:com.example.coupons/.W", "-x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := plan(t, settings(t, "sdk34", key+"="+test.list), "com.example.coupons", inventory.CapScreenRead)
			want := []Step{{
				Do:   []Command{{"settings", "put", "--user", "0", "secure", key, test.rest}},
				Undo: []Command{{"settings", "put", "--user", "0", "secure", key, test.list}},
			}}
			var got []Step
			for _, s := range p.Steps {
				got = append(got, Step{Do: s.Do, Undo: s.Undo})
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
		})
	}
}

func TestAccessibilityNotes(t *testing.T) {
	p := plan(t, settings(t, "sdk34", "accessibility_enabled=1", "enabled_accessibility_services=com.example.coupons/.W",
		"accessibility_button_targets=com.example.coupons/com.example.coupons.W"), "com.example.coupons", inventory.CapScreenRead)
	want := `step: accessibility service com.example.coupons/com.example.coupons.W [accessibility keystrokes screen-read read-codes]
  note: a shortcut can switch it on again; take it off there too: Settings > Accessibility
  do:   settings put --user 0 secure enabled_accessibility_services ''
  undo: settings put --user 0 secure enabled_accessibility_services com.example.coupons/.W
  undo: settings put --user 0 secure accessibility_enabled 1
`
	if diff := cmp.Diff(text(p), want); diff != "" {
		t.Errorf("(-got +want)\n%s", diff)
	}
}

// Of a setting that stands twice with different values none is written back.
func TestSettingThatStandsTwice(t *testing.T) {
	const services = "enabled_accessibility_services=com.example.coupons/.W"
	for name, tt := range map[string]struct {
		lines []string
		steps int
	}{
		"the list":    {[]string{"accessibility_enabled=1", services, "enabled_accessibility_services=a.b/.C"}, 0},
		"the switch":  {[]string{"accessibility_enabled=0", "accessibility_enabled=1", services}, 1},
		"equal lines": {[]string{"accessibility_enabled=0", services, services}, 1},
	} {
		p := plan(t, settings(t, "sdk34", tt.lines...), "com.example.coupons", inventory.CapScreenRead)
		if got := text(p); len(p.Steps) != tt.steps || strings.Contains(got, "a.b") || strings.Contains(got, "accessibility_enabled 1") {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}

// A list that can't be shown, or is too long for a command, is told.
func TestUnprintableList(t *testing.T) {
	for _, list := range []string{
		"a.b/.C\nx y:com.example.coupons/.W", "a\x1b[2J:com.example.coupons/.W", "a\u202eb:com.example.coupons/.W", "a\xff:com.example.coupons/.W",
		strings.Repeat("a.b/.C:", limits.FixCommandBytes/7-5) + "com.example.coupons/.W",
	} {
		p := plan(t, settings(t, "sdk34", "enabled_accessibility_services="+list), "com.example.coupons", inventory.CapScreenRead)
		if len(p.Steps) != 0 || len(p.Told) != 1 || p.Told[0].Instead == "" {
			t.Errorf("%.40q: got\n%.400s", list, text(p))
		}
	}
}

// Lists that no phone has end soon, and no command is made of them.
func TestBombs(t *testing.T) {
	for name, texts := range map[string]map[string]string{
		"setting":   {"settings-secure": "enabled_accessibility_services=" + strings.Repeat("com.example.coupons/.W:", 40_000) + "\n"},
		"listeners": {"settings-secure": "x=1\n", "notification": "Notification listeners:\n    Allowed notification listeners:\n      " + many("com.example.coupons/.L", ":") + " (user: 0 isPrimary: true)\n"},
		"keyboards": {"settings-secure": "x=1\n", "ime-enabled": many("com.example.coupons/.L", "\n")},
		"others":    {"settings-secure": "x=1\n", "ime-enabled": many("a.b/.L", "\n") + "com.example.coupons/.L\n", "ime-all": many("mId=a.c/.L", " \n")},
		"running":   {"settings-secure": "x=1\n", "accessibility": "User state[attributes:{id=0}\n  Enabled services:{{" + many("com.example.coupons/.L", "}, {") + "}}\n"},
		"admins":    {"settings-secure": "x=1\n", "device-policy": "Current Device Policy Manager state:\n  Enabled Device Admins (User 0):\n    " + many("com.example.coupons/.L", ":\n    ") + "\n"},
	} {
		p := plan(t, with(era(t, "sdk34"), texts), "com.example.coupons", "")
		if len(p.Steps) > 50 || len(p.Told) > 50 || len(text(p)) > 100_000 {
			t.Errorf("%s: %d steps, %d told", name, len(p.Steps), len(p.Told))
		}
	}
}

// many numbers a name 30,000 times.
func many(name, separator string) string {
	var out strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&out, "%s%d%s", name, i, separator)
	}
	return out.String()
}

// keyboards3 are three installed keyboards, of which one came with the phone.
const keyboards3 = `com.example.keyboard/.ImeService:
  mId=com.example.keyboard/.ImeService mSettingsActivityName=x
com.example.coupons/.Ime:
  mId=com.example.coupons/.Ime mSettingsActivityName=x
com.example.messenger/.StickerKeyboard:
  mId=com.example.messenger/.StickerKeyboard mSettingsActivityName=x
`

func TestKeyboards(t *testing.T) {
	const put = "settings put --user 0 secure enabled_input_methods "
	for _, test := range []struct {
		name, era         string
		enabled           string // ime list -s
		list, current     string // settings
		installed         string // ime list -a
		pkg               string
		do, undo, telling []string
	}{
		{
			name: "in use, phone's own is on", era: "sdk34", enabled: "com.example.keyboard/.ImeService\ncom.example.coupons/.Ime\n",
			list: "com.example.keyboard/.ImeService:com.example.coupons/.Ime", current: "com.example.coupons/.Ime", installed: keyboards3, pkg: "com.example.coupons",
			do:   []string{"ime set --user 0 com.example.keyboard/.ImeService", "ime disable --user 0 com.example.coupons/.Ime"},
			undo: []string{"ime enable --user 0 com.example.coupons/.Ime", "ime set --user 0 com.example.coupons/.Ime"},
		},
		{
			name: "in use, before Android 10", era: "sdk28", enabled: "com.example.keyboard/.ImeService\ncom.example.coupons/.Ime\n",
			list: "com.example.keyboard/.ImeService:com.example.coupons/.Ime", current: "com.example.coupons/.Ime", installed: keyboards3, pkg: "com.example.coupons",
			do:   []string{"ime set com.example.keyboard/.ImeService", "ime disable com.example.coupons/.Ime"},
			undo: []string{"ime enable com.example.coupons/.Ime", "ime set com.example.coupons/.Ime"},
		},
		{
			name: "not in use", era: "sdk34", enabled: "com.example.keyboard/.ImeService\ncom.example.coupons/.Ime\n",
			list: "com.example.keyboard/.ImeService:com.example.coupons/.Ime", current: "com.example.keyboard/.ImeService", installed: keyboards3, pkg: "com.example.coupons",
			do:   []string{"ime disable --user 0 com.example.coupons/.Ime"},
			undo: []string{"ime enable --user 0 com.example.coupons/.Ime"},
		},
		{
			name: "languages and place", era: "sdk34", enabled: "com.example.coupons/.Ime\ncom.example.keyboard/.ImeService\n",
			list: "com.example.coupons/.Ime;7;-8:com.example.keyboard/.ImeService;1", current: "com.example.keyboard/.ImeService", installed: keyboards3, pkg: "com.example.coupons",
			do:   []string{"ime disable --user 0 com.example.coupons/.Ime"},
			undo: []string{"ime enable --user 0 com.example.coupons/.Ime", put + "'com.example.coupons/.Ime;7;-8:com.example.keyboard/.ImeService;1'"},
		},
		{
			name: "the only one, phone's own is off", era: "sdk34", enabled: "com.example.coupons/.Ime\n",
			list: "com.example.coupons/.Ime", current: "com.example.coupons/.Ime", installed: keyboards3, pkg: "com.example.coupons",
			do:   []string{"ime enable --user 0 com.example.keyboard/.ImeService", "ime set --user 0 com.example.keyboard/.ImeService", "ime disable --user 0 com.example.coupons/.Ime"},
			undo: []string{"ime enable --user 0 com.example.coupons/.Ime", "ime set --user 0 com.example.coupons/.Ime", "ime disable --user 0 com.example.keyboard/.ImeService"},
		},
		{
			name: "the only one there is", era: "sdk34", enabled: "com.example.coupons/.Ime\n", list: "com.example.coupons/.Ime", current: "com.example.coupons/.Ime",
			installed: "com.example.coupons/.Ime:\n  mId=com.example.coupons/.Ime x\n", pkg: "com.example.coupons",
			telling: []string{"it is the only keyboard; install another one first"},
		},
		{
			name: "the others for dictation alone", era: "sdk34", enabled: "com.example.coupons/.Ime\ncom.example.keyboard/.VoiceInput\n", list: "com.example.coupons/.Ime", current: "com.example.coupons/.Ime",
			installed: "com.example.coupons/.Ime:\n  mId=com.example.coupons/.Ime x\n", pkg: "com.example.coupons",
			telling: []string{"it is the only keyboard; install another one first"},
		},
		{
			name: "phone's own beside a stranger", era: "sdk34", enabled: "com.example.keyboard/.ImeService\ncom.example.coupons/.Ime\n",
			list: "com.example.keyboard/.ImeService:com.example.coupons/.Ime", current: "com.example.coupons/.Ime", installed: keyboards3, pkg: "com.example.keyboard",
			telling: []string{"it is the only keyboard that is on and came with the phone"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := settings(t, test.era, "enabled_input_methods="+test.list, "default_input_method="+test.current)
			c = with(c, map[string]string{"ime-enabled": test.enabled, "ime-all": test.installed})
			p := plan(t, c, test.pkg, inventory.CapKeystrokes)
			var do, undo, telling []string
			for _, s := range p.Steps {
				for _, c := range s.Do {
					do = append(do, c.Text())
				}
				for _, c := range s.Undo {
					undo = append(undo, c.Text())
				}
			}
			for _, told := range p.Told {
				telling = append(telling, told.Why)
			}
			if diff := cmp.Diff([][]string{do, undo, telling}, [][]string{test.do, test.undo, test.telling}); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
		})
	}
}

// The mode that was read is the undo; a mode of the whole uid is changed there.
func TestAppOps(t *testing.T) {
	const appops = "Current AppOps Service state:\n  Uid u0a245:\n    state=cch\n"
	for _, test := range []struct {
		name, era, dump string
		capability      inventory.CapabilityID
		want            string
	}{
		{"package", "sdk34", "    Package com.example.coupons:\n      SYSTEM_ALERT_WINDOW (allow): \n", inventory.CapOverlay,
			"appops set --user 0 com.example.coupons SYSTEM_ALERT_WINDOW allow"},
		{"installed and default", "sdk34", "    Package com.example.coupons:\n      SYSTEM_ALERT_WINDOW (default): \n", inventory.CapOverlay,
			"appops set --user 0 com.example.coupons SYSTEM_ALERT_WINDOW default"},
		{"installed and not printed", "sdk34", "    Package com.example.coupons:\n      CAMERA (allow): \n", inventory.CapOverlay,
			"appops set --user 0 com.example.coupons SYSTEM_ALERT_WINDOW default"},
		{"off", "sdk34", "    Package com.example.coupons:\n      SYSTEM_ALERT_WINDOW (ignore): \n", inventory.CapOverlay, ""},
		{"denied", "sdk34", "    Package com.example.coupons:\n      SYSTEM_ALERT_WINDOW (deny): \n", inventory.CapOverlay, ""},
		{"uid", "sdk34", "      MANAGE_EXTERNAL_STORAGE: mode=allow\n    Package com.example.coupons:\n      MANAGE_EXTERNAL_STORAGE (ignore): \n", inventory.CapFiles,
			"appops set --user 0 --uid com.example.coupons MANAGE_EXTERNAL_STORAGE allow"},
		{"uid off", "sdk34", "      SYSTEM_ALERT_WINDOW: mode=ignore\n    Package com.example.coupons:\n      SYSTEM_ALERT_WINDOW (allow): \n", inventory.CapOverlay, ""},
		{"clipboard asked for", "sdk34", "    Package com.example.coupons:\n      READ_CLIPBOARD (allow): \n", inventory.CapClipboard,
			"appops set --user 0 com.example.coupons READ_CLIPBOARD allow"},
		{"foreground", "sdk34", "    Package com.example.coupons:\n      PROJECT_MEDIA (foreground): \n", inventory.CapScreenRead,
			"appops set --user 0 com.example.coupons PROJECT_MEDIA foreground"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := with(era(t, test.era), map[string]string{"appops": appops + test.dump, "settings-secure": "x=1\n", "accessibility": "-"})
			p := plan(t, c, "com.example.coupons", test.capability)
			var got string
			for _, s := range p.Steps {
				if s.Kind == AppOp {
					got += s.Undo[0].Text()
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q\n%s", got, test.want, text(p))
			}
		})
	}
}

// Apps made for Android 5 or older have permissions that only app-ops narrow.
func TestLegacyApp(t *testing.T) {
	c := edited(t, era(t, "sdk25"), capture.PackageDump, "versionCode=120 minSdk=21 targetSdk=25", "versionCode=120 minSdk=10 targetSdk=22")
	c = with(c, map[string]string{"settings-secure": "x=1\n", "notification": "-"})
	p := plan(t, c, "com.example.coupons", inventory.CapReadCodes)
	want := `step: app-op READ_SMS [read-codes]
  note: the app was made for Android 5 or older: it keeps android.permission.READ_SMS and gets nothing by it
  do:   appops set --user 0 com.example.coupons READ_SMS ignore
  undo: appops set --user 0 com.example.coupons READ_SMS allow
step: app-op RECEIVE_SMS [read-codes]
  note: the app was made for Android 5 or older: it keeps android.permission.RECEIVE_SMS and gets nothing by it
  do:   appops set --user 0 com.example.coupons RECEIVE_SMS ignore
  undo: appops set --user 0 com.example.coupons RECEIVE_SMS default
`
	if diff := cmp.Diff(text(p), want); diff != "" {
		t.Errorf("(-got +want)\n%s", diff)
	}
}

// Permissions that a developer granted over adb can be revoked; others given at install are told where asked for.
func TestInstallPermissions(t *testing.T) {
	c := edited(t, era(t, "sdk34"), capture.PackageDump, "      android.permission.RECEIVE_BOOT_COMPLETED: granted=true\n",
		"      android.permission.READ_LOGS: granted=true\n      android.permission.QUERY_ALL_PACKAGES: granted=true\n")
	got := text(plan(t, c, "com.example.coupons", inventory.CapListApps))
	want := `step: permission android.permission.READ_LOGS [list-apps]
  do:   pm revoke --user 0 com.example.coupons android.permission.READ_LOGS
  undo: pm grant --user 0 com.example.coupons android.permission.READ_LOGS
told: permission android.permission.QUERY_ALL_PACKAGES [list-apps]
  why: it was given at install, and the app keeps it as long as it is on
  instead: Settings > Apps, the app, Disable or Uninstall
`
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("(-got +want)\n%s", diff)
	}
}

// The app as a whole comes back to the state that it had.
func TestDisable(t *testing.T) {
	for _, test := range []struct{ enabled, undo string }{{"0", "pm default-state --user 0 com.example.bank"}, {"1", "pm enable --user 0 com.example.bank"}, {"2", ""}, {"3", ""}, {"4", ""}} {
		c := edited(t, era(t, "sdk34"), capture.PackageDump, " enabled=0 ", " enabled="+test.enabled+" ")
		p := plan(t, c, "com.example.bank", "")
		got := ""
		for _, s := range p.Steps {
			if s.Kind == Disable {
				got = s.Undo[0].Text()
			}
		}
		if got != test.undo {
			t.Errorf("enabled=%s: got %q, want %q", test.enabled, got, test.undo)
		}
	}
}

// The user's own outputs and uids are used.
func TestOtherUser(t *testing.T) {
	c := with(era(t, "sdk34"), map[string]string{
		"device-policy": "Current Device Policy Manager state:\n", "owners": "no owners\n", "roles@10": "android.app.role.SMS\t\n",
		"settings-secure@10": "enabled_notification_listeners=com.example.keyboard/.L\nenabled_input_methods=a.b/.C\n",
		"appops":             "Current AppOps Service state:\n  Uid u10a102:\n    Package com.example.keyboard:\n      SYSTEM_ALERT_WINDOW (allow): \n",
	})
	p, err := For(FromCapture(c, 10), "com.example.keyboard", "")
	if err != nil {
		t.Fatal(err)
	}
	want := `step: notification listener com.example.keyboard/com.example.keyboard.L [notifications-read read-codes]
  do:   cmd notification disallow_listener com.example.keyboard/.L 10
  undo: cmd notification allow_listener com.example.keyboard/.L 10
step: app-op SYSTEM_ALERT_WINDOW [overlay]
  do:   appops set --user 10 com.example.keyboard SYSTEM_ALERT_WINDOW ignore
  undo: appops set --user 10 com.example.keyboard SYSTEM_ALERT_WINDOW allow
step: app com.example.keyboard []
  note: its services and keyboards go off with it; this undo does not switch them on again, their own undos do
  do:   pm disable-user --user 10 com.example.keyboard
  undo: pm default-state --user 10 com.example.keyboard
`
	if diff := cmp.Diff(text(p), want); diff != "" {
		t.Errorf("(-got +want)\n%s", diff)
	}
}
