package remedy

import (
	"slices"
	"strings"

	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/android/dump/access"
	"appraise/inventory"
)

// undoEnabled are the commands that bring an app's state back, by the state. The shell may change between these and
// "disabled by the user" alone. Source: PackageManagerService.setEnabledSetting.
var undoEnabled = map[int]string{0: "default-state", 1: "enable"}

// disable switches the whole app off. It is planned only where no single capability is asked for.
func (m *planner) disable() {
	u := userOf(m.pkg, m.state.User)
	if m.want != "" || u == nil {
		return
	}
	undo := undoEnabled[u.Enabled]
	if why := m.keep(u.Enabled); why != "" {
		m.tell(Disable, m.name, nil, why)
		return
	}
	s := Step{Kind: Disable, What: m.name,
		Do:    []Command{{"pm", "disable-user", "--user", m.user(), m.name}},
		Undo:  []Command{{"pm", undo, "--user", m.user(), m.name}},
		Notes: []string{"its services and keyboards go off with it; this undo does not switch them on again, their own undos do"}}
	if !m.state.has(capture.Roles) {
		s.Notes = append(s.Notes, "see first that it is not your home screen: this version of Android does not tell")
	}
	m.step(s)
}

// keep says why the app is not switched off as a whole, "" where it can be.
func (m *planner) keep(enabled int) string {
	system := m.state.system(m.name)
	has := func(kind Kind) func(Told) bool { return func(t Told) bool { return t.Kind == kind } }
	switch {
	case undoEnabled[enabled] == "":
		return "it is switched off already"
	case !m.state.has(capture.SettingsSecure) || !m.state.has(capture.DevicePolicy):
		m.lacksOne(capture.SettingsSecure, capture.DevicePolicy)
		return "what depends on it is not known"
	case system && slices.ContainsFunc(m.plan.Told, has(Accessibility)):
		return "it has an accessibility service that someone may depend on"
	case slices.ContainsFunc(m.plan.Told, has(Keyboard)):
		return "it has a keyboard that the phone needs"
	case strings.HasPrefix(m.state.Secure[keyIME], m.name+"/") && !slices.Contains(m.planned(), Keyboard):
		return "it has the keyboard in use"
	case system && m.state.Secure[keyIMEs] == "" && !m.state.has(capture.IMEEnabled):
		m.lacks(capture.IMEEnabled)
		return "what depends on it is not known"
	case m.isAdmin():
		return "it is a device administrator; deactivate that first"
	case system && slices.Contains(m.pkg.Private, "PRIVILEGED"):
		return "it is a privileged part of the phone"
	case !m.state.has(capture.Roles) && (system || m.state.SDK >= sinceRoles || m.state.SDK == 0):
		return "it is not known whether it is the home screen or makes calls"
	}
	return ""
}

// planned lists the kinds that have steps.
func (m *planner) planned() []Kind {
	var kinds []Kind
	for _, s := range m.plan.Steps {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

// lacksOne records those of the outputs that are missing.
func (m *planner) lacksOne(outputs ...string) {
	for _, name := range outputs {
		if !m.state.has(name) {
			m.lacks(name)
		}
	}
}

func (m *planner) isAdmin() bool {
	return slices.ContainsFunc(m.state.Policy.Admins, func(a access.Admin) bool {
		return a.User == m.state.User && strings.HasPrefix(a.Component, m.name+"/")
	})
}

// places are secure settings that name an app or a component for one task.
var places = [...]struct {
	key  string
	kind Kind
}{
	{"always_on_vpn_app", VPN},
	{"autofill_service", Autofill},
	{"credential_service", Credentials},
	{"credential_service_primary", Credentials},
	{"assistant", Assistant},
	{"voice_interaction_service", Assistant},
	{"selected_spell_checker", SpellChecker},
}

// sdkTiramisu is the API level from which apps need a permission to send notifications.
const sdkTiramisu = 33

// otherRoles are roles that can be given to another app.
var otherRoles = [...]struct {
	role  string
	gives []inventory.CapabilityID
}{
	{"android.app.role.BROWSER", []inventory.CapabilityID{inventory.CapHistory}},
	{"android.app.role.CALL_SCREENING", []inventory.CapabilityID{inventory.CapCallLog}},
	{"android.app.role.CALL_REDIRECTION", []inventory.CapabilityID{inventory.CapCallLog}},
	{"android.app.role.ASSISTANT", gives(Assistant)},
}

// told lists what no command takes away.
func (m *planner) told() {
	const byHand = "no command with an exact undo changes it"
	if m.wants(gives(DeviceAdmin)) {
		told := 0
		for _, a := range m.state.Policy.Admins {
			if a.User == m.state.User && strings.HasPrefix(a.Component, m.name+"/") && told < maxComponents {
				told++
				m.tell(DeviceAdmin, a.Component, gives(DeviceAdmin), "only the phone's owner can deactivate it, on the phone")
			}
		}
	}
	if m.want == inventory.CapNotificationsPost && m.state.SDK < sdkTiramisu {
		m.plan.Told = append(m.plan.Told, Told{Kind: Permission, What: "to send notifications", Gives: []inventory.CapabilityID{m.want},
			Why: "before Android 13 no permission is needed", Instead: "Settings > Apps, the app, Notifications"})
	}
	for _, p := range places {
		value := m.state.Secure[p.key]
		if m.wants(gives(p.kind)) && (value == m.name || len(of(m.name, dump.Components(value))) > 0) {
			m.tell(p.kind, value, gives(p.kind), byHand)
		}
	}
	for _, r := range otherRoles {
		if m.wants(r.gives) && slices.Contains(m.state.Roles[r.role], m.name) {
			m.tell(DefaultApp, r.role, r.gives, byHand)
		}
	}
}
