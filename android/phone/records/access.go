package records

import (
	"fmt"
	"slices"
	"strings"

	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/android/dump/access"
	"appraise/android/dump/lines"
	"appraise/inventory"
)

// Access is one special access or role that an app has.
type Access struct {
	inventory.SpecialAccess
	Role     string // of a role, in Android's spelling; "" of special access
	Running  bool   // a service of the phone names it as running or in force, not a setting alone
	Evidence inventory.Evidence
}

// Roles that older versions of Android tell by a setting.
const (
	RoleSMS    = "android.app.role.SMS"
	RoleDialer = "android.app.role.DIALER"
)

// accessSetting is a secure setting that names who has an access or a role.
type accessSetting struct {
	key      string
	kind     inventory.AccessKind // "" for a role
	role     string
	exposure inventory.Exposure
	says     string
}

// accessSettings are those settings. A role held is granted; the SMS app gets every message, which is active.
var accessSettings = []accessSetting{
	{"enabled_accessibility_services", inventory.AccessAccessibility, "", inventory.Active, "enabled accessibility service"},
	{"default_input_method", inventory.AccessKeyboard, "", inventory.Active, "default keyboard"},
	{"enabled_input_methods", inventory.AccessKeyboard, "", inventory.Granted, "enabled keyboard"},
	{"selected_spell_checker", inventory.AccessSpellChecker, "", inventory.Active, "selected spell checker"},
	{"enabled_notification_listeners", inventory.AccessListener, "", inventory.Active, "enabled notification listener"},
	{"always_on_vpn_app", inventory.AccessVPN, "", inventory.Active, "always-on VPN"},
	{"autofill_service", inventory.AccessAutofill, "", inventory.Active, "autofill service"},
	{"credential_service", inventory.AccessCredentials, "", inventory.Active, "credential service"},
	{"credential_service_primary", inventory.AccessCredentials, "", inventory.Active, "credential service"},
	{"assistant", inventory.AccessAssistant, "", inventory.Granted, "assistant"},
	{"voice_interaction_service", inventory.AccessAssistant, "", inventory.Granted, "assistant"},
	{"sms_default_application", "", RoleSMS, inventory.Active, "default app for text messages"},
	{"dialer_default_application", "", RoleDialer, inventory.Granted, "default app for calls"},
}

// switches are the settings that switch an access off as a whole where they are 0.
var switches = map[inventory.AccessKind]string{
	inventory.AccessAccessibility: "accessibility_enabled",
	inventory.AccessSpellChecker:  "spell_checker_enabled",
}

// readAccess gathers who has which access as one user, from settings and from the services themselves.
func (f *Phone) readAccess(u *User, services []access.Accessibility, n notifications) {
	file := capture.ForUser(capture.SettingsSecure, u.ID)
	for _, s := range accessSettings {
		exposure := s.exposure
		if u.Secure[switches[s.kind]] == "0" {
			exposure = inventory.Granted // allowed, and it does not run
		}
		for _, name := range holders(u.Secure[s.key], s.kind == "") {
			u.add(Access{SpecialAccess: inventory.SpecialAccess{Kind: s.kind, Component: name, Exposure: exposure}, Role: s.role,
				Evidence: inventory.Evidence{File: file, Detail: s.says + " " + name}})
		}
	}
	f.readServices(u, services)
	f.readListeners(u, n)
	f.readKeyboards(u)
	f.readAdmins(u)
	f.readRoles(u)
}

// holders reads a setting that names components, or packages alone.
func holders(value string, packages bool) []string {
	value = strings.TrimSpace(value)
	if dump.PackageName(value) && strings.Contains(value, ".") {
		return []string{value}
	}
	if packages {
		return nil
	}
	return access.InputMethods(value)
}

// add records an access; of two of one kind and component the wider one stays, with the evidence of all.
func (u *User) add(a Access) {
	pkg, _, _ := strings.Cut(a.Component, "/")
	if a.Role != "" {
		u.hold(pkg, a.Role)
	}
	u.Access[pkg] = append(u.Access[pkg], a)
}

func (u *User) hold(pkg, role string) {
	if !slices.Contains(u.Roles[pkg], role) {
		u.Roles[pkg] = append(u.Roles[pkg], role)
	}
}

// readServices takes what dumpsys accessibility says. Services of a user that the phone doesn't have, or of a part that a
// label, which is an app's text, may have begun or numbered, are of every user.
func (f *Phone) readServices(u *User, services []access.Accessibility) {
	enabled := map[string]bool{}
	for _, s := range services {
		if s.User != u.ID && f.known(s.User) && !s.Doubtful {
			continue
		}
		for _, name := range slices.Concat(s.Enabled, s.Bound) {
			if enabled[name] {
				continue
			}
			enabled[name] = true
			u.add(Access{Running: true, SpecialAccess: inventory.SpecialAccess{Kind: inventory.AccessAccessibility, Component: name, Exposure: inventory.Active},
				Evidence: inventory.Evidence{File: capture.Accessibility, Detail: "enabled accessibility service " + name}})
		}
		u.Bits.take(s.Labels)
	}
	count := len(enabled)
	if count == 0 {
		count = len(dump.Components(u.Secure["enabled_accessibility_services"]))
	}
	u.Bits.Sure = count > 0 && u.Bits.services >= count
}

// known reports whether the phone has a user: by its list of users, which no app writes, else by its packages.
func (f *Phone) known(id int) bool {
	if len(f.Users) > 0 {
		return slices.ContainsFunc(f.Users, func(u dump.User) bool { return u.ID == id })
	}
	return f.Exists(id)
}

// ServiceBits are the capability bits of a user's running accessibility services. Newer versions print them by label
// alone, and a label is the app's own text: what all of them have is known of each, what some have of none.
type ServiceBits struct {
	All, Some int
	Sure      bool // as many services run as are enabled
	services  int
}

func (b *ServiceBits) take(list []access.BoundService) {
	for _, s := range list {
		if b.services == 0 {
			b.All = s.Capabilities
		}
		b.All &= s.Capabilities
		b.Some |= s.Capabilities
		b.services++
	}
}

// readListeners takes what dumpsys notification says. A listener of user -1 serves all users; that one and those marked
// SYSTEM or GUEST are the system's own, whose package may not be listed. One that is allowed counts though it doesn't run
// at this moment: an app unbinds and rebinds its listener as it likes.
func (f *Phone) readListeners(u *User, n notifications) {
	for _, l := range n.Live {
		if l.User != u.ID && !(l.User < 0 && u.ID == 0) {
			continue
		}
		u.add(Access{Running: !l.System && !l.Guest, SpecialAccess: inventory.SpecialAccess{Kind: inventory.AccessListener, Component: l.Component, Exposure: inventory.Active},
			Evidence: inventory.Evidence{File: capture.Notification, Detail: "running notification listener " + l.Component}})
	}
	allowed := n.ByUser[u.ID]
	if len(n.ByUser) == 0 && u.ID == 0 {
		allowed = n.Allowed
	}
	for _, name := range allowed {
		u.add(Access{SpecialAccess: inventory.SpecialAccess{Kind: inventory.AccessListener, Component: name, Exposure: inventory.Active},
			Evidence: inventory.Evidence{File: capture.Notification, Detail: "allowed notification listener " + name}})
	}
}

func (f *Phone) readKeyboards(u *User) {
	file := capture.ForUser(capture.IMEEnabled, u.ID)
	list := take(f, file, func(b []byte) ([]access.InputMethod, []lines.Note) { return access.IMEList(b, true) })
	for _, m := range list {
		u.add(Access{SpecialAccess: inventory.SpecialAccess{Kind: inventory.AccessKeyboard, Component: m.Component(), Exposure: inventory.Granted},
			Evidence: inventory.Evidence{File: file, Detail: "enabled keyboard " + m.Component()}})
	}
}

// readAdmins takes device administrators and owners. An owner rules the whole phone or the user's profile.
func (f *Phone) readAdmins(u *User) {
	add := func(kind inventory.AccessKind, name, says string, policies []string) {
		u.add(Access{Running: true, SpecialAccess: inventory.SpecialAccess{Kind: kind, Component: name, Exposure: inventory.Active, Policies: policies},
			Evidence: inventory.Evidence{File: capture.DevicePolicy, Detail: says + " " + name}})
	}
	for _, a := range f.Policy.Admins {
		if a.User == u.ID {
			add(inventory.AccessDeviceAdmin, a.Component, "device administrator", a.Policies)
		}
	}
	if f.Policy.DeviceOwner != "" && u.ID == 0 {
		add(inventory.AccessDeviceOwner, f.Policy.DeviceOwner, "device owner", nil)
	}
	if name := f.Policy.ProfileOwners[u.ID]; name != "" {
		add(inventory.AccessProfileOwner, name, fmt.Sprintf("profile owner of user %d", u.ID), nil)
	}
}

func (f *Phone) readRoles(u *User) {
	file := capture.ForUser(capture.Roles, u.ID)
	for role, list := range take(f, file, access.Roles) {
		for _, pkg := range list {
			u.hold(pkg, role)
			exposure := inventory.Granted
			if role == RoleSMS {
				exposure = inventory.Active
			}
			u.add(Access{Role: role, SpecialAccess: inventory.SpecialAccess{Component: pkg, Exposure: exposure},
				Evidence: inventory.Evidence{File: file, Detail: "holds the role " + role}})
		}
	}
}
