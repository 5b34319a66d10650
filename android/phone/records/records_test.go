package records_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone/records"
	"appraise/inventory"
)

// said is a capture of the outputs given as name and text.
func said(t testing.TB, outputs ...string) *capture.Capture {
	t.Helper()
	c := &capture.Capture{Source: capture.SourceDumps}
	for i := 0; i < len(outputs); i += 2 {
		if err := c.Add(outputs[i], []byte(outputs[i+1]), 0); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// shown lists who has which access, with its exposure.
func shown(u *records.User) []string {
	var out []string
	for _, list := range u.Access {
		for _, a := range list {
			kind := string(a.Kind)
			if a.Role != "" {
				kind = a.Role
			}
			text := kind + " " + a.Component + " " + a.Exposure.String()
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Each setting and service in the form that the phone prints it.
func TestAccess(t *testing.T) {
	for _, tt := range []struct {
		name    string
		outputs []string
		want    []string
	}{
		{"nothing", []string{capture.SettingsSecure, "assistant=\nautofill_service=null\nalways_on_vpn_app=null\ndefault_input_method=\n"}, nil},
		{"components, packages and subtypes", []string{capture.SettingsSecure, "enabled_input_methods=a.b/.I;1;2:c.d/c.d.J\ndefault_input_method=a.b/.I\nalways_on_vpn_app=e.f\nsms_default_application=g.h\ncredential_service=i.j/.C:k.l/.D\n"},
			[]string{"android.app.role.SMS g.h active", "credentials i.j/i.j.C active", "credentials k.l/k.l.D active", "keyboard a.b/a.b.I active", "keyboard a.b/a.b.I granted", "keyboard c.d/c.d.J granted", "vpn e.f active"}},
		{"a role that is no package", []string{capture.SettingsSecure, "sms_default_application=1\ndialer_default_application=a; b\n"}, nil},
		{"accessibility off as a whole", []string{capture.SettingsSecure, "accessibility_enabled=0\nenabled_accessibility_services=a.b/.S\n"}, []string{"accessibility a.b/a.b.S granted"}},
		{"spell checker off", []string{capture.SettingsSecure, "spell_checker_enabled=0\nselected_spell_checker=a.b/.S\n"}, []string{"spell-checker a.b/a.b.S granted"}},
		{"a listener that is allowed and doesn't run", []string{capture.SettingsSecure, "enabled_notification_listeners=a.b/.L:c.d/.M\n",
			capture.Notification, "  Notification listeners:\n    Live notification listeners (1):\n      ComponentInfo{a.b/a.b.L} (user 0): x@1\n"},
			[]string{"notification-listener a.b/a.b.L active", "notification-listener c.d/c.d.M active"}},
		{"another user's listener", []string{capture.Notification, "  Notification listeners:\n    Live notification listeners (1):\n      ComponentInfo{a.b/a.b.L} (user 10): x@1\n"}, nil},
		{"owners", []string{capture.Owners, "User  0: admin=a.b/.Admin,DeviceOwner\nUser 10: admin=c.d/.Admin,ManagedProfileOwner\n"}, []string{"device-owner a.b/a.b.Admin active"}},
		{"roles", []string{capture.Roles, "android.app.role.SMS\ta.b\nandroid.app.role.DIALER\tc.d\nandroid.app.role.BROWSER\t\n"}, []string{"android.app.role.DIALER c.d granted", "android.app.role.SMS a.b active"}},
	} {
		p := records.Read(said(t, tt.outputs...), nil)
		if got := shown(p.Checked[0]); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

// What running services may see is known of each only where all have it.
func TestServiceBits(t *testing.T) {
	service := func(bits string) string {
		return "Service[label=x, feedbackType[F], capabilities=" + bits + ", eventTypes=TYPES_ALL_MASK, notificationTimeout=0]"
	}
	for _, tt := range []struct {
		name      string
		bound     []string
		enabled   string
		all, some int
		sure      bool
	}{
		{"one", []string{"9"}, "{a.b/a.b.S}", 9, 9, true},
		{"two that agree in a part", []string{"9", "33"}, "{a.b/a.b.S}, {c.d/c.d.T}", 1, 41, true},
		{"one of two runs", []string{"9"}, "{a.b/a.b.S}, {c.d/c.d.T}", 9, 9, false},
		{"none", nil, "", 0, 0, false},
	} {
		var bound []string
		for _, b := range tt.bound {
			bound = append(bound, service(b))
		}
		text := "User state[\n     attributes:{id=0}\n     Bound services:{" + strings.Join(bound, ", \n                     ") + "}\n     Enabled services:{" + tt.enabled + "}\n     Binding services:{}\n"
		b := records.Read(said(t, capture.Accessibility, text), nil).Checked[0].Bits
		if b.All != tt.all || b.Some != tt.some || b.Sure != tt.sure {
			t.Errorf("%s: %+v", tt.name, b)
		}
	}
}

// Users are asked for once each, and other users' outputs go to them.
func TestUsers(t *testing.T) {
	c := said(t, capture.SettingsSecure, "assistant=a.b/.A\n", capture.ForUser(capture.SettingsSecure, 10), "assistant=c.d/.C\n", capture.Users, "Users:\n\tUserInfo{0:x:c13} running\n\tUserInfo{10:y:1030}\n")
	p := records.Read(c, []int{10, 10, -4, 0})
	if len(p.Checked) != 2 || p.Checked[1].ID != 10 || len(p.AllUsers()) != 2 || !p.AllUsers()[1].Profile {
		t.Fatalf("%d users, %+v", len(p.Checked), p.AllUsers())
	}
	for i, want := range []string{"assistant a.b/a.b.A granted", "assistant c.d/c.d.C granted"} {
		if got := shown(p.Checked[i]); !slices.Equal(got, []string{want}) {
			t.Errorf("user %d: got %q, want %q", p.Checked[i].ID, got, want)
		}
	}
}

// A missing output matters where the source can carry it, and not where its Android doesn't know it.
func TestMissing(t *testing.T) {
	for _, tt := range []struct {
		name, source, sdk string
		want              []string
	}{
		{"over adb", capture.SourceADB, "34", []string{"accessibility", "appops", "device-policy", "notification", "package", "roles", "settings-secure"}},
		{"an old phone over adb", capture.SourceADB, "22", []string{"accessibility", "appops", "device-policy", "notification", "package"}},
		{"a bug report", capture.SourceBugreport, "34", []string{"package"}},
	} {
		c := said(t, capture.GetProp, "[ro.build.version.sdk]: ["+tt.sdk+"]\n")
		c.Source = tt.source
		var got []string
		for _, p := range records.Read(c, nil).Problems {
			if p.Matters {
				got = append(got, p.File)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"äöü", 3, "äöü"}, {"äöüß", 3, "äöü…"}, {"\xff\xfe\xfd\xfc", 3, "\xff\xfe\xfd…"}} {
		if got := records.Clip(tt.text, tt.n); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

// FuzzRead takes one text as every output at once, for two users.
func FuzzRead(f *testing.F) {
	for _, era := range []string{"sdk25", "sdk28", "sdk36", "samsung-sdk33"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "dump", "testdata", era, "*.txt"))
		if err != nil || len(files) == 0 {
			f.Fatal(err, files)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c := &capture.Capture{Source: capture.SourceADB}
		for _, n := range capture.Names {
			for _, user := range []int{0, 10} {
				if err := c.Add(capture.ForUser(n.Name, user), text, 0); err != nil {
					t.Fatal(err)
				}
			}
		}
		p := records.Read(c, []int{10})
		if len(p.Checked) != 2 {
			t.Fatal("a user was lost")
		}
		for _, u := range p.Checked {
			for pkg, list := range u.Access {
				for _, a := range list {
					if a.Exposure < inventory.Granted || a.Evidence.Detail == "" || a.Component != pkg && !strings.HasPrefix(a.Component, pkg+"/") {
						t.Fatalf("%s: %+v", pkg, a)
					}
				}
			}
		}
	})
}
