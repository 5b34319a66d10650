package remedy

import (
	"slices"
	"strings"

	"appraise/android/dump"
)

// The roles that no plan touches, and others that are told of. Source: AOSP roles.xml.
const (
	roleSMS    = "android.app.role.SMS"
	roleDialer = "android.app.role.DIALER"
	roleHome   = "android.app.role.HOME"
)

// sinceRoles is the API level from which a phone tells who holds a role.
const sinceRoles = 29

// duty is what the phone can't do without.
type duty struct{ role, why string }

var duties = [...]duty{
	{roleDialer, "is the app that makes calls, emergency calls too"},
	{roleHome, "is the home screen"},
	{roleSMS, "is the default app for text messages"},
}

// phoneParts are packages without which a phone can't be used or mended. Where one did not come with the phone, it is
// an app that has its name. Source: AOSP, Google's and Samsung's names for the same.
var phoneParts = [...]string{
	"android", "com.android.systemui", "com.android.settings", "com.android.phone", "com.android.server.telecom", "com.android.shell",
	"com.android.packageinstaller", "com.google.android.packageinstaller", "com.android.permissioncontroller",
	"com.google.android.permissioncontroller", "com.android.dialer", "com.google.android.dialer", "com.samsung.android.dialer",
	"com.google.android.gms", "com.google.android.gsf", "com.android.vending", "com.android.keychain", "com.android.webview",
	"com.google.android.webview", "com.android.cellbroadcastreceiver", "com.google.android.cellbroadcastreceiver",
	"com.android.emergency", "com.sec.android.app.launcher", "com.miui.home",
}

// refuse says why nothing at all is planned for the package.
func (m *planner) refuse() error {
	s := m.state
	switch {
	case m.isManager():
		return &Refusal{m.name, "manages this phone or a profile of it", "ask who manages it; it is removed where it was set up"}
	case s.Policy.DeviceOwner != "":
		return &Refusal{m.name, "is on a managed phone (device owner " + s.Policy.DeviceOwner + ")", "ask who manages the phone"}
	case s.Policy.ProfileOwners[s.User] != "":
		return &Refusal{m.name, "is in a managed profile (profile owner " + s.Policy.ProfileOwners[s.User] + ")", "ask who manages the profile; it can be removed as a whole in Settings"}
	case m.isPart():
		return &Refusal{m.name, "is a part of the phone's system", ""}
	}
	for _, d := range duties {
		if s.holds(d.role, m.name) {
			return &Refusal{m.name, d.why, "choose another one in " + place(DefaultApp) + ", then run this again"}
		}
	}
	return nil
}

// isManager reports whether the package owns the phone or any profile.
func (m *planner) isManager() bool {
	owner := func(component string) bool {
		pkg, _, _ := strings.Cut(component, "/")
		return pkg == m.name
	}
	if owner(m.state.Policy.DeviceOwner) {
		return true
	}
	for _, component := range m.state.Policy.ProfileOwners {
		if owner(component) {
			return true
		}
	}
	return false
}

func (m *planner) isPart() bool {
	if m.pkg.UID >= 0 && m.pkg.UID%dump.PerUser < dump.FirstApp {
		return true
	}
	return m.state.system(m.name) && slices.Contains(phoneParts[:], m.name)
}
