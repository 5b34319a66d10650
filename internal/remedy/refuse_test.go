package remedy

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture"
	"appraise/inventory"
)

const owner = `Current Device Policy Manager state:
  Device Owner: 
    admin=ComponentInfo{com.example.mdm/com.example.mdm.Admin}
    package=com.example.mdm
    User ID: 0
`

// Nothing at all is planned for these, with and without a capability.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name, era, pkg string
		texts          map[string]string
		want           string
	}{
		{"platform", "sdk34", "android", nil, "a part of the phone's system"},
		{"store", "sdk34", "com.android.vending", nil, "a part of the phone's system"},
		{"home", "sdk34", "com.example.launcher", nil, "the home screen"},
		{"messages by role", "sdk34", "com.example.sms", nil, "default app for text messages"},
		{"messages by setting", "sdk25", "com.example.sms", nil, "default app for text messages"},
		{"dialer by role", "sdk34", "com.example.messenger", map[string]string{"roles": "android.app.role.DIALER\tcom.example.messenger\n"}, "makes calls"},
		{"dialer by setting", "sdk28", "com.example.messenger", map[string]string{"settings-secure": "dialer_default_application=com.example.messenger\n"}, "makes calls"},
		{"bad app in the role", "sdk34", "com.example.coupons", map[string]string{"roles": "android.app.role.SMS\tcom.example.coupons\n"}, "default app for text messages"},
		{"manager of a profile", "sdk34", "com.example.workdpc", map[string]string{"packages-list": "package:com.example.workdpc\n"}, "manages this phone"},
		{"managed phone", "sdk34", "com.example.coupons", map[string]string{"device-policy": owner}, "a managed phone (device owner com.example.mdm/com.example.mdm.Admin)"},
		{"managed phone by list", "sdk34", "com.example.coupons", map[string]string{"device-policy": "-", "owners": "1 owner:\nUser  0: admin=com.example.mdm/.Admin,DeviceOwner\n"}, "a managed phone"},
		{"managed profile", "sdk34", "com.example.coupons", map[string]string{"owners": "1 owner:\nUser  0: admin=com.example.dpc/.Admin,ProfileOwner\n"}, "a managed profile"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := FromCapture(with(era(t, test.era), test.texts), 0)
			if s.find(test.pkg) == nil {
				t.Fatal("no such package")
			}
			for _, capability := range []inventory.CapabilityID{"", inventory.CapAccessibility, inventory.CapReadCodes} {
				p, err := For(installed(s, test.pkg), test.pkg, capability)
				var refusal *Refusal
				if !errors.As(err, &refusal) || !strings.Contains(refusal.Why, test.want) {
					t.Errorf("%q: got %v, %v; want a refusal with %q", capability, p, err, test.want)
				}
			}
		})
	}
}

// installed makes a package be there for the state's user.
func installed(s *State, pkg string) *State {
	if u := userOf(s.find(pkg), s.User); u != nil {
		u.Installed = true
	}
	return s
}

// A package that bears the name of a part of the phone, or a mark that an app can forge, is not protected by that.
func TestForgedProtection(t *testing.T) {
	c := edited(t, era(t, "sdk34"), capture.PackageDump, "com.example.coupons", "com.google.android.dialer")
	for _, output := range []string{"settings-secure", "appops", "notification"} {
		c = edited(t, c, output, "com.example.coupons", "com.google.android.dialer")
	}
	if got := kinds(plan(t, c, "com.google.android.dialer", "")); len(got) < 5 {
		t.Errorf("got %q, want the steps of the app that has the dialer's name", got)
	}

	c = edited(t, era(t, "sdk34"), capture.PackageDump, "pkgFlags=[ HAS_CODE ALLOW_CLEAR_USER_DATA ]", "pkgFlags=[ SYSTEM HAS_CODE ]")
	c = with(c, map[string]string{"packages-system": "package:android\npackage:com.example.screenreader\n"})
	if got := kinds(plan(t, c, "com.example.coupons", inventory.CapKeystrokes)); !cmp.Equal(got, []Kind{Accessibility}) {
		t.Errorf("got %q, want the service's step: the list of preloads doesn't name the app", got)
	}
}

// Single accesses that are not taken away.
func TestTold(t *testing.T) {
	for _, test := range []struct {
		name, pkg  string
		capability inventory.CapabilityID
		old, new   string // in settings-secure
		kind       Kind
		want       string
	}{
		{name: "screen reader", pkg: "com.example.screenreader", capability: inventory.CapAccessibility, kind: Accessibility, want: "came with the phone"},
		{name: "only keyboard", pkg: "com.example.keyboard", capability: inventory.CapKeystrokes, kind: Keyboard, want: "only keyboard"},
		{name: "admin", pkg: "com.example.findmine", capability: inventory.CapDeviceAdmin, kind: DeviceAdmin, want: "on the phone"},
		{name: "vpn", pkg: "com.example.coupons", capability: inventory.CapVPN, old: "always_on_vpn_app=null", new: "always_on_vpn_app=com.example.coupons", kind: VPN, want: "no command"},
		{name: "autofill", pkg: "com.example.vault", capability: inventory.CapAutofill, kind: Autofill, want: "no command"},
		{name: "assistant", pkg: "com.example.coupons", capability: inventory.CapScreenRead, old: "assistant=\n", new: "assistant=com.example.coupons/.Help\n", kind: Assistant, want: "no command"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := era(t, "sdk34")
			if test.old != "" {
				c = edited(t, c, capture.SettingsSecure, test.old, test.new)
			}
			p := plan(t, c, test.pkg, test.capability)
			for _, told := range p.Told {
				if told.Kind == test.kind && strings.Contains(told.Why, test.want) && told.Instead != "" {
					return
				}
			}
			t.Errorf("got\n%swant %s: %s", text(p), test.kind, test.want)
		})
	}
}

// Grants that a policy or the phone holds are told and not offered.
func TestFixedGrants(t *testing.T) {
	for _, flag := range []string{"POLICY_FIXED", "SYSTEM_FIXED"} {
		c := edited(t, era(t, "sdk34"), capture.PackageDump, "READ_SMS: granted=true, flags=[ USER_SET|", "READ_SMS: granted=true, flags=[ "+flag+"|")
		p := plan(t, c, "com.example.coupons", inventory.CapReadCodes)
		for _, s := range p.Steps {
			if strings.HasSuffix(s.What, ".READ_SMS") {
				t.Errorf("%s: offered", flag)
			}
		}
		if len(p.Told) != 1 || !strings.Contains(p.Told[0].Why, "can't be revoked") {
			t.Errorf("%s: got\n%s", flag, text(p))
		}
	}
}

func TestUnknownPackage(t *testing.T) {
	s := FromCapture(era(t, "sdk34"), 0)
	_, err := For(s, "com.example.coupon", "")
	var missing *UnknownPackageError
	if !errors.As(err, &missing) || len(missing.Known) < 10 {
		t.Fatalf("got %v", err)
	}
	// It is there for user 0 and not for user 10.
	if _, err := For(FromCapture(era(t, "sdk34"), 10), "com.example.coupons", ""); !errors.As(err, &missing) {
		t.Errorf("got %v, want an unknown package", err)
	}
}

// What is missing is told, and no undo is made up.
func TestLacking(t *testing.T) {
	for _, test := range []struct {
		name       string
		texts      map[string]string
		capability inventory.CapabilityID
		lacking    []string
		steps      []Kind
	}{
		{"nothing", map[string]string{}, inventory.CapOverlay, nil, []Kind{AppOp}},
		{"ops", map[string]string{"appops": "-"}, inventory.CapOverlay, []string{"appops"}, nil},
		{"ops that complain", map[string]string{"appops": "Can't find service: appops\n"}, inventory.CapOverlay, []string{"appops"}, nil},
		{"ops for a permission", map[string]string{"appops": "-"}, inventory.CapReadCodes, nil, []Kind{Accessibility, Listener, Permission, Permission}},
		{"settings", map[string]string{"settings-secure": "-"}, inventory.CapReadCodes, []string{"settings-secure"}, []Kind{Permission, Permission}},
		{"settings that complain", map[string]string{"settings-secure": "cmd: Can't find service: settings\n"}, inventory.CapReadCodes, []string{"settings-secure"}, []Kind{Permission, Permission}},
		{"version", map[string]string{"getprop": "-"}, inventory.CapNotificationsRead, []string{"getprop"}, []Kind{AppOp}},
		{"packages", map[string]string{"package": "-"}, "", []string{"package"}, nil},
		{"policy", map[string]string{"device-policy": "-", "owners": "-"}, "", []string{"device-policy"}, nil},
		{"policy that complains", map[string]string{"device-policy": "Can't find service: device_policy\n", "owners": "-"}, "", []string{"device-policy"}, nil},
		{"roles", map[string]string{"roles": "-"}, inventory.CapOverlay, []string{"roles"}, []Kind{AppOp}},
		{"doubled list", map[string]string{"settings-secure": "enabled_accessibility_services=a/b\nx=1\nenabled_accessibility_services=com.example.coupons/.W\n"}, inventory.CapScreenRead, []string{"settings-secure"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := with(era(t, "sdk34"), test.texts)
			if test.texts["package"] == "-" {
				c.Outputs["packages-list"] = capture.Output{Text: []byte("package:com.example.coupons\n")}
			}
			p := plan(t, c, "com.example.coupons", test.capability)
			var lacking []string
			for _, gap := range p.Lacking {
				lacking = append(lacking, gap.Name)
			}
			if diff := cmp.Diff(lacking, test.lacking); diff != "" {
				t.Errorf("lacking (-got +want)\n%s", diff)
			}
			if diff := cmp.Diff(kinds(p), test.steps); diff != "" {
				t.Errorf("steps (-got +want)\n%s", diff)
			}
		})
	}
}

// A cut output gives no list: what is put back must be whole.
func TestCut(t *testing.T) {
	c := with(era(t, "sdk34"), nil)
	o := c.Outputs[capture.SettingsSecure]
	o.Cut = true
	c.Outputs[capture.SettingsSecure] = o
	p := plan(t, c, "com.example.coupons", inventory.CapAccessibility)
	if got := kinds(p); len(got) != 1 || got[0] != AppOp || len(p.Lacking) != 1 {
		t.Errorf("got\n%s", text(p))
	}
}
