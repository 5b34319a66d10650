package remedy

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"appraise/android"
	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/android/dump/packages"
	"appraise/inventory"
)

const platform = "android.permission."

// sdkMarshmallow is the API level from which permissions are given and taken one by one. Apps made for older ones have
// all that they ask for, and only app-ops narrow that.
const sdkMarshmallow = 23

// permissionTable is the table of package android by name.
var permissionTable = sync.OnceValue(func() map[string]android.PermissionInfo {
	table := map[string]android.PermissionInfo{}
	for _, p := range android.Permissions() {
		table[p.Name] = p
	}
	return table
})

// permissions revokes what the user, the phone or adb granted.
func (m *planner) permissions() {
	if !m.state.has(capture.PackageDump) {
		m.lacks(capture.PackageDump)
	}
	seen := map[string]bool{}
	for _, g := range m.granted() {
		gives := m.permissionGives(g.Permission)
		if len(gives) == 0 || !m.wants(gives) || seen[g.Permission] {
			continue
		}
		seen[g.Permission] = true
		m.revoke(g, gives)
	}
	if m.want != "" {
		m.atInstall(seen)
	}
}

// permissionGives lists what a permission gives. Storage is all shared files to old systems and to old apps.
func (m *planner) permissionGives(name string) []inventory.CapabilityID {
	gives := permissionTable()[name].Capabilities
	if name == platform+"READ_EXTERNAL_STORAGE" || name == platform+"WRITE_EXTERNAL_STORAGE" {
		if (m.state.SDK < sdkQ || m.pkg.TargetSDK < sdkQ) && !slices.Contains(gives, inventory.CapFiles) {
			gives = append(slices.Clip(gives), inventory.CapFiles)
		}
	}
	return gives
}

// sdkQ is the API level of scoped storage.
const sdkQ = 29

// atInstall tells of permissions that every app gets that asks for them. It is told where their capability is asked for.
func (m *planner) atInstall(seen map[string]bool) {
	for _, g := range m.pkg.Install {
		row := permissionTable()[g.Permission]
		if g.Granted && m.wants(row.Capabilities) && !seen[g.Permission] && !strings.Contains(row.Protection, "appop") {
			seen[g.Permission] = true
			m.plan.Told = append(m.plan.Told, Told{Kind: Permission, What: g.Permission, Gives: row.Capabilities,
				Why: "it was given at install, and the app keeps it as long as it is on", Instead: place(Disable)})
		}
	}
}

// granted lists what pm revoke can take: permissions granted at run time, and those that a developer granted over adb.
func (m *planner) granted() []packages.Grant {
	var list []packages.Grant
	if u := userOf(m.pkg, m.state.User); u != nil {
		list = slices.DeleteFunc(slices.Clone(u.Runtime), func(g packages.Grant) bool { return !g.Granted })
	}
	if m.state.system(m.name) {
		return list
	}
	for _, g := range m.pkg.Install {
		protection := strings.Split(permissionTable()[g.Permission].Protection, "|")
		if g.Granted && slices.Contains(protection, "development") && !slices.Contains(protection, "appop") {
			list = append(list, g)
		}
	}
	return list
}

// fixed are flags of grants that pm can't revoke.
var fixed = [...]struct{ flag, why string }{
	{"POLICY_FIXED", "a management policy holds it, and it can't be revoked"},
	{"SYSTEM_FIXED", "the phone holds it fixed, and it can't be revoked"},
}

func (m *planner) revoke(g packages.Grant, gives []inventory.CapabilityID) {
	for _, f := range fixed {
		if slices.Contains(g.Flags, f.flag) {
			m.plan.Told = append(m.plan.Told, Told{Kind: Permission, What: g.Permission, Gives: gives, Why: f.why})
			return
		}
	}
	if m.pkg.TargetSDK > 0 && m.pkg.TargetSDK < sdkMarshmallow {
		m.legacy(g.Permission, gives)
		return
	}
	m.step(Step{Kind: Permission, What: g.Permission, Gives: gives, Notes: m.grantNotes(g),
		Do:   []Command{{"pm", "revoke", "--user", m.user(), m.name, g.Permission}},
		Undo: []Command{{"pm", "grant", "--user", m.user(), m.name, g.Permission}}})
}

func (m *planner) grantNotes(g packages.Grant) []string {
	var notes []string
	if slices.Contains(g.Flags, "ONE_TIME") {
		notes = append(notes, "it was given for one time; the undo gives it until it is taken away")
	}
	return append(notes, m.shared()...)
}

// shared warns where apps have one set of permissions together.
func (m *planner) shared() []string {
	if m.pkg.SharedUser == "" {
		return nil
	}
	return []string{"apps that share the user id " + m.pkg.SharedUser + " lose it too"}
}

// legacy takes a permission from an app made for Android 5 or older, by its op. Location has two ops that follow each
// other differently by version.
func (m *planner) legacy(permission string, gives []inventory.CapabilityID) {
	op, ok := strings.CutPrefix(permission, platform)
	if !ok || strings.Contains(op, "LOCATION") {
		m.tell(Permission, permission, gives, "the app was made for Android 5 or older, where it can't be revoked by command")
		return
	}
	m.ignore(op, gives, "the app was made for Android 5 or older: it keeps "+permission+" and gets nothing by it")
}

// opRow is an app-op that gives an access of its own.
type opRow struct {
	op         string
	permission string // whose row of the permission table tells what it gives, "" for gives
	gives      []inventory.CapabilityID
	common     bool // nearly every app has it: planned where it is asked for, and not among all
}

// opRows is the table of those app-ops. Source: AppOpsManager.sAppOpInfos.
var opRows = [...]opRow{
	{op: "SYSTEM_ALERT_WINDOW", permission: "SYSTEM_ALERT_WINDOW"},
	{op: "REQUEST_INSTALL_PACKAGES", permission: "REQUEST_INSTALL_PACKAGES"},
	{op: "MANAGE_EXTERNAL_STORAGE", permission: "MANAGE_EXTERNAL_STORAGE"},
	{op: "GET_USAGE_STATS", permission: "PACKAGE_USAGE_STATS"},
	{op: "WRITE_SETTINGS", permission: "WRITE_SETTINGS"},
	{op: "ACCESS_RESTRICTED_SETTINGS", gives: []inventory.CapabilityID{inventory.CapAccessibility, inventory.CapNotificationsRead}},
	{op: "ACTIVATE_VPN", gives: []inventory.CapabilityID{inventory.CapVPN}},
	{op: "PROJECT_MEDIA", gives: []inventory.CapabilityID{inventory.CapScreenRead}},
	{op: "READ_CLIPBOARD", gives: []inventory.CapabilityID{inventory.CapClipboard}, common: true},
}

// appOps switches off what app-ops allow.
func (m *planner) appOps() {
	for _, row := range opRows {
		gives := row.gives
		if row.permission != "" {
			gives = permissionTable()[platform+row.permission].Capabilities
		}
		if !m.wants(gives) || row.common && m.want == "" {
			continue
		}
		if !m.state.has(capture.AppOps) {
			m.lacks(capture.AppOps)
		}
		mode, _ := m.mode(row.op)
		on := mode == "allow" || mode == "foreground"
		if on || mode == modeDefault && row.permission != "" && m.installed(platform+row.permission) {
			m.ignore(row.op, gives, "")
		}
	}
}

// installed reports whether a permission was granted at install. It decides where its op is at the default.
func (m *planner) installed(permission string) bool {
	return slices.ContainsFunc(m.pkg.Install, func(g packages.Grant) bool { return g.Granted && g.Permission == permission })
}

const modeDefault = "default"

// modes are the words that appops set takes.
var modes = [...]string{"allow", "foreground", "ignore", "deny", modeDefault}

// mode is the mode of an op for the package, and whether it is that of its whole uid, which comes first. An op that
// isn't printed is at its default.
func (m *planner) mode(op string) (mode string, wholeUID bool) {
	uid := m.uid()
	if mode = m.state.Ops.UID[uid][op]; mode != "" && mode != modeDefault {
		return mode, true
	}
	if mode = m.state.Ops.Package[uid][m.name][op]; mode != "" {
		return mode, false
	}
	return modeDefault, false
}

func (m *planner) uid() int {
	if m.pkg.UID < 0 {
		return -1
	}
	return m.state.User*dump.PerUser + m.pkg.UID%dump.PerUser
}

// sinceUIDOption is the API level from which appops set takes --uid.
const sinceUIDOption = 29

// ignore sets an op to "ignore": the app is told nothing and gets nothing. The undo is the mode that was read.
func (m *planner) ignore(op string, gives []inventory.CapabilityID, note string) {
	mode, wholeUID := m.mode(op)
	switch {
	case !m.state.has(capture.AppOps) && mode == modeDefault:
		m.lacks(capture.AppOps) // it may have another mode behind the cut
		m.tell(AppOp, op, gives, "its mode, which the undo needs, is not known")
		return
	case m.pkg.UID < 0:
		m.gap(capture.PackageDump, "no uid of the package")
		m.tell(AppOp, op, gives, "its mode, which the undo needs, is not known")
		return
	case !slices.Contains(modes[:], mode):
		m.tell(AppOp, op, gives, fmt.Sprintf("its mode is %q, which no command sets again", mode))
		return
	case mode == "ignore" || mode == "deny":
		return
	case wholeUID && m.state.SDK < sinceUIDOption:
		m.tell(AppOp, op, gives, "it is set for the whole uid, which this version of Android does not change by command")
		return
	}
	set := func(mode string) Command {
		if wholeUID {
			return Command{"appops", "set", "--user", m.user(), "--uid", m.name, op, mode}
		}
		return Command{"appops", "set", "--user", m.user(), m.name, op, mode}
	}
	s := Step{Kind: AppOp, What: op, Gives: gives, Do: []Command{set("ignore")}, Undo: []Command{set(mode)}}
	if note != "" {
		s.Notes = append(s.Notes, note)
	}
	if wholeUID {
		s.Notes = append(s.Notes, m.shared()...)
	}
	m.step(s)
}
