// Package remedy plans how an access that an app has on a phone can be taken away again: the commands, each with the
// commands that undo it. It reads what a phone said and runs nothing. It plans nothing that could leave a phone without
// its screen reader, dialer, launcher, message app or keyboard, nothing on a phone or profile that someone manages, and
// nothing whose undo is not known; what it doesn't plan it tells, with why and where in Settings it is.
//
// Sources: AOSP's shell commands (PackageManagerShellCommand, AppOpsService.Shell, SettingsService,
// InputMethodManagerService, NotificationShellCmd). None was tried on a phone.
//
// Every text is the phone's own and may be hostile: package names are checked, everything else is quoted, and what can't
// be shown as it stands is in no command. Limits: limits.Dump*, FixCommandBytes.
package remedy

import (
	"fmt"
	"slices"

	"appraise/android/capture"
	"appraise/android/dump/packages"
	"appraise/inventory"
)

// Kind is a kind of access that an app can have.
type Kind string

// The kinds. Those after Disable are told with the place in Settings; no command takes them away.
const (
	Accessibility Kind = "accessibility service"
	Keyboard      Kind = "keyboard"
	Listener      Kind = "notification listener"
	AppOp         Kind = "app-op"
	Permission    Kind = "permission"
	Disable       Kind = "app"

	DeviceAdmin  Kind = "device administrator"
	VPN          Kind = "always-on VPN"
	Autofill     Kind = "autofill service"
	Credentials  Kind = "credential service"
	Assistant    Kind = "assistant"
	SpellChecker Kind = "spell checker"
	DefaultApp   Kind = "default app"
)

// Plan is what can be done about one app for one user.
type Plan struct {
	Package string
	User    int
	// Steps are in the order in which they are best done: what watches and acts first, the app itself last.
	Steps []Step
	Told  []Told
	// Lacking are outputs without which a step or its undo is not known, or may be missing here.
	Lacking []capture.Gap
}

// Step takes one access away.
type Step struct {
	Kind  Kind
	What  string                   // the component, permission or op
	Gives []inventory.CapabilityID // what it lets the app do
	// Do takes it away. Undo, run after Do, brings back what the phone said before.
	Do, Undo []Command
	Notes    []string
}

// Told is an access that the app has and that no step takes away.
type Told struct {
	Kind    Kind
	What    string
	Gives   []inventory.CapabilityID
	Why     string // why no step does
	Instead string // where in Settings it can be changed, "" where it can't
}

// Refusal is why nothing is planned for an app at all.
type Refusal struct {
	Package string
	Why     string // a sentence without its subject, the app
	Instead string // what can be done, "" where nothing is advised
}

func (e *Refusal) Error() string { return fmt.Sprintf("%s %s: no commands", e.Package, e.Why) }

// UnknownPackageError tells that the user has no such app.
type UnknownPackageError struct {
	Name  string
	User  int
	Known []string // the packages that the user has, sorted
}

func (e *UnknownPackageError) Error() string {
	return fmt.Sprintf("user %d has no package %q", e.User, e.Name)
}

// For plans what can be done about a package: about all that was switched on or granted of note, or, with a capability,
// about what gives it. The error is a *Refusal or an *UnknownPackageError. Where the state lacks what is needed to know
// whether a package may be touched, the plan has no steps and tells what is lacking.
func For(s *State, pkg string, capability inventory.CapabilityID) (*Plan, error) {
	m := &planner{state: s, name: pkg, want: capability, plan: &Plan{Package: pkg, User: s.User}}
	if known := s.names(); len(known) > 0 && !slices.Contains(known, pkg) {
		return nil, &UnknownPackageError{Name: pkg, User: s.User, Known: known}
	}
	if m.pkg = s.find(pkg); m.pkg == nil {
		m.lacks(capture.PackageDump)
		return m.plan, nil
	}
	if s.managed == unknown {
		m.lacks(capture.DevicePolicy)
		return m.plan, nil
	}
	if err := m.refuse(); err != nil {
		return nil, err
	}
	if s.SDK >= sinceRoles && !s.has(capture.Roles) {
		m.lacks(capture.Roles)
	}
	for _, part := range []func(){m.accessibility, m.keyboards, m.listeners, m.appOps, m.permissions, m.disable, m.told} {
		part()
	}
	return m.plan, nil
}

// planner makes one plan.
type planner struct {
	state *State
	name  string
	want  inventory.CapabilityID
	pkg   *packages.Package
	plan  *Plan
}

// wants reports whether an access that gives these is asked for.
func (m *planner) wants(gives []inventory.CapabilityID) bool {
	return m.want == "" || slices.Contains(gives, m.want)
}

// lacks records that an output is missing or cut, with why.
func (m *planner) lacks(outputs ...string) {
	for _, name := range outputs {
		m.gap(name, m.state.why(name))
	}
}

func (m *planner) gap(name, why string) {
	gap := capture.Gap{Name: name, Why: why}
	if !slices.Contains(m.plan.Lacking, gap) {
		m.plan.Lacking = append(m.plan.Lacking, gap)
	}
}

// step adds a step, or tells of it where a command can't be shown as it would have to be run.
func (m *planner) step(s Step) {
	for _, c := range slices.Concat(s.Do, s.Undo) {
		if why := c.fault(); why != "" {
			m.tell(s.Kind, s.What, s.Gives, why)
			return
		}
	}
	m.plan.Steps = append(m.plan.Steps, s)
}

func (m *planner) tell(kind Kind, what string, gives []inventory.CapabilityID, why string) {
	m.plan.Told = append(m.plan.Told, Told{Kind: kind, What: what, Gives: gives, Why: why, Instead: place(kind)})
}

// user is the option that names the user.
func (m *planner) user() string { return fmt.Sprint(m.state.User) }

// accessRow is what a kind of access gives and where Settings has it; the words differ between makers.
type accessRow struct {
	kind  Kind
	gives []inventory.CapabilityID
	place string
}

// accesses is the table of kinds. What a service can read from a screen or a notification it reads of codes too.
var accesses = [...]accessRow{
	{Accessibility, []inventory.CapabilityID{inventory.CapAccessibility, inventory.CapKeystrokes, inventory.CapScreenRead, inventory.CapReadCodes}, "Settings > Accessibility"},
	{Keyboard, []inventory.CapabilityID{inventory.CapKeystrokes}, "Settings > System > Keyboard > On-screen keyboard"},
	{Listener, []inventory.CapabilityID{inventory.CapNotificationsRead, inventory.CapReadCodes}, "Settings > Apps > Special app access > Notification access"},
	{AppOp, nil, "Settings > Apps > Special app access"},
	{Permission, nil, "Settings > Apps, the app, Permissions"},
	{Disable, nil, "Settings > Apps, the app, Disable or Uninstall"},
	{DeviceAdmin, []inventory.CapabilityID{inventory.CapDeviceAdmin}, "Settings > Security > Device admin apps"},
	{VPN, []inventory.CapabilityID{inventory.CapVPN}, "Settings > Network & internet > VPN"},
	{Autofill, []inventory.CapabilityID{inventory.CapAutofill}, "Settings > Passwords & accounts > Autofill service"},
	{Credentials, []inventory.CapabilityID{inventory.CapAutofill}, "Settings > Passwords & accounts"},
	{Assistant, []inventory.CapabilityID{inventory.CapScreenRead, inventory.CapMicrophone}, "Settings > Apps > Default apps > Digital assistant app"},
	{SpellChecker, []inventory.CapabilityID{inventory.CapKeystrokes}, "Settings > System > Languages & input > Spell checker"},
	{DefaultApp, nil, "Settings > Apps > Default apps"},
}

func accessOf(kind Kind) accessRow {
	for _, a := range accesses {
		if a.kind == kind {
			return a
		}
	}
	return accessRow{kind: kind}
}

func gives(kind Kind) []inventory.CapabilityID { return accessOf(kind).gives }

func place(kind Kind) string { return accessOf(kind).place }
