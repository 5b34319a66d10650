package phone

import (
	"slices"
	"strings"
	"sync"

	"appraise/android"
	"appraise/android/capture"
	"appraise/android/dump/packages"
	"appraise/android/phone/records"
	"appraise/internal/limits"
	"appraise/inventory"
)

const platform = "android.permission."

// API levels at which permissions changed their meaning.
const (
	sdkMarshmallow = 23 // permissions are asked for one by one
	sdkQ           = 29 // scoped storage; location in the background is a permission of its own
	sdkTiramisu    = 33 // media by kind
)

// permissionTable is the table of package android by name.
var permissionTable = sync.OnceValue(func() map[string]android.PermissionInfo {
	table := map[string]android.PermissionInfo{}
	for _, p := range android.Permissions() {
		table[p.Name] = p
	}
	return table
})

// grantOf is what the phone says of one permission of an app.
type grantOf struct {
	inventory.Permission
	granted, denied bool
	evidence        inventory.Evidence
}

// permissions records what the app asks for and what it has. Where the phone was asked, its list counts: it leaves
// out what the manifest asks of other versions.
func (a *app) permissions() {
	grants := map[string]*grantOf{}
	if a.pkg == nil {
		a.fromFiles(grants)
	} else {
		a.fromDump(grants)
	}
	names := make([]string, 0, len(grants))
	for name := range grants {
		names = append(names, name)
	}
	slices.Sort(names)
	a.item.Permissions = make([]inventory.Permission, 0, len(names))
	for _, name := range names {
		if a.f.permissions == limits.PhonePermissions {
			a.tellFull()
			break
		}
		a.f.permissions++
		a.item.Permissions = append(a.item.Permissions, grants[name].Permission)
	}
	a.byPermission(grants)
}

func (a *app) tellFull() {
	if !a.f.full {
		a.f.full = true
		a.f.Problems = append(a.f.Problems, inventory.Problem{File: capture.PackageDump, Message: "more permissions than are kept; the rest of the apps is without them", Limit: true, Matters: true})
	}
}

func (a *app) fromFiles(grants map[string]*grantOf) {
	if a.files == nil {
		return
	}
	for _, p := range a.files.Permissions {
		if a.asked(p) && grants[p.Name] == nil {
			p.Name = records.Clip(p.Name, limits.CellRunes)
			grants[p.Name] = &grantOf{Permission: p}
		}
	}
}

// asked reports whether the manifest asks for a permission on the phone's version of Android.
func (a *app) asked(p inventory.Permission) bool {
	return (p.MaxSDK == 0 || p.MaxSDK >= a.f.SDK) && (p.MinSDK <= a.f.SDK || a.f.SDK == 0)
}

// lacking lists what the manifest of an app from outside the system asks for and the dump leaves out, of that what
// gives an app something. Older versions don't print what is asked for; a list that was cut has its own problem.
func (a *app) lacking() []inventory.Permission {
	if a.pkg == nil || a.files == nil || a.item.System || a.f.SDK < sdkMarshmallow || len(a.pkg.Requested) >= limits.DumpPermissions || a.f.Capture.Outputs[capture.PackageDump].Cut {
		return nil
	}
	listed := map[string]bool{}
	for _, name := range a.pkg.Requested {
		listed[name] = true
	}
	var out []inventory.Permission
	for _, p := range a.files.Permissions {
		if a.asked(p) && p.ImpliedBy == "" && !listed[p.Name] && len(permissionTable()[p.Name].Capabilities) > 0 {
			out = append(out, p)
		}
	}
	return out
}

// fromDump joins what is requested with the grants at install and, from Android 6 on, those at run time.
func (a *app) fromDump(grants map[string]*grantOf) {
	for _, name := range a.pkg.Requested {
		g := grant(grants, name)
		g.States = addState(g.States, inventory.StateRequested)
		g.evidence = inventory.Evidence{File: capture.PackageDump, Line: a.pkg.Line, Detail: "asks for " + g.Name}
	}
	lists := [][]packages.Grant{a.pkg.Install}
	if a.state != nil {
		lists = append(lists, a.state.Runtime)
	}
	for _, list := range lists {
		for _, one := range list {
			grant(grants, one.Permission).take(one)
		}
	}
	for _, p := range a.lacking() {
		g := grant(grants, p.Name)
		g.States = addState(g.States, inventory.StateRequested)
		if g.evidence.Detail == "" {
			g.evidence = inventory.Evidence{File: manifestFile, Detail: "asks for " + g.Name + ", which the phone's list leaves out"}
		}
	}
	a.fromManifest(grants)
}

func grant(grants map[string]*grantOf, name string) *grantOf {
	name = records.Clip(name, limits.CellRunes)
	g := grants[name]
	if g == nil {
		_, known := permissionTable()[name]
		g = &grantOf{Permission: inventory.Permission{Name: name, Unknown: !known}}
		grants[name] = g
	}
	return g
}

// take adds one line of a list of grants. One that is not granted was denied only where someone chose so.
func (g *grantOf) take(one packages.Grant) {
	g.Flags = one.Flags
	if len(g.Flags) > 0 {
		g.Flags = slices.Compact(slices.Sorted(slices.Values(one.Flags)))
	}
	chosen := slices.ContainsFunc(one.Flags, func(flag string) bool {
		return flag == "USER_SET" || flag == "USER_FIXED" || flag == "POLICY_FIXED" || flag == "SYSTEM_FIXED"
	})
	switch {
	case one.Granted:
		g.granted = true
		g.States = addState(g.States, inventory.StateGranted)
		g.evidence = inventory.Evidence{File: capture.PackageDump, Line: one.Line, Detail: g.Name + ": granted=true"}
	case chosen:
		g.denied = true
		g.States = addState(g.States, inventory.StateDenied)
		g.evidence = inventory.Evidence{File: capture.PackageDump, Line: one.Line, Detail: g.Name + ": granted=false"}
	case len(g.States) == 0:
		g.States = addState(g.States, inventory.StateRequested)
		g.evidence = inventory.Evidence{File: capture.PackageDump, Line: one.Line, Detail: "asks for " + g.Name}
	}
}

// fromManifest adds what the manifest alone tells of a permission that the phone lists too.
func (a *app) fromManifest(grants map[string]*grantOf) {
	if a.files == nil {
		return
	}
	for _, p := range a.files.Permissions {
		if g := grants[p.Name]; g != nil {
			g.MinSDK, g.MaxSDK, g.ImpliedBy = p.MinSDK, p.MaxSDK, p.ImpliedBy
			g.Unknown = g.Unknown && p.Unknown
		}
	}
}

func addState(list []inventory.PermissionState, s inventory.PermissionState) []inventory.PermissionState {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// byPermission turns permissions into capabilities.
func (a *app) byPermission(grants map[string]*grantOf) {
	asks := func(name string) bool { return grants[platform+name] != nil }
	has := func(name string) bool { return asks(name) && grants[platform+name].granted }
	for _, g := range grants {
		ids := a.gives(g.Name)
		if len(ids) == 0 || g.evidence.Detail == "" {
			continue
		}
		exposure, evidence := a.exposure(g)
		qualifier, skip := narrow(g, exposure, asks, has)
		if skip {
			continue
		}
		for _, id := range ids {
			a.can(id, qualifier, exposure, inventory.Proved, evidence)
		}
	}
	a.locationAlways(has)
	a.legacyFiles(has)
}

// gives lists the capabilities of a permission. One that guards a component gives nothing to who asks for it.
// Storage gives media until Android 13 parted them for apps made for it.
func (a *app) gives(name string) []inventory.CapabilityID {
	if strings.Contains(name, ".BIND_") {
		return nil
	}
	if name == platform+"READ_EXTERNAL_STORAGE" || name == platform+"WRITE_EXTERNAL_STORAGE" {
		if a.f.SDK >= sdkTiramisu && a.target() >= sdkTiramisu {
			return nil
		}
	}
	return permissionTable()[name].Capabilities
}

func (a *app) target() int { return a.item.Detail.Android.TargetSDK }

// exposure says how far a permission reaches: what was granted, and the app-op that can widen it or take it away. What
// somebody said no to is optional: the app may ask again at most.
func (a *app) exposure(g *grantOf) (inventory.Exposure, inventory.Evidence) {
	op := opOf(g.Name)
	mode := a.mode(op)
	special := strings.Contains(permissionTable()[g.Name].Protection, "appop")
	seen := inventory.Evidence{File: capture.AppOps, Detail: op + " " + mode}
	switch {
	case g.Name == platform+"FOREGROUND_SERVICE_MEDIA_PROJECTION": // each capture is asked for
		return inventory.Requested, g.evidence
	case (mode == "ignore" || mode == "deny") && (g.granted || special):
		return inventory.Optional, seen
	case g.Name == platform+"POST_NOTIFICATIONS" && a.silenced():
		return inventory.Optional, inventory.Evidence{File: capture.Notification, Detail: "its notifications are switched off"}
	case (mode == "allow" || mode == "foreground") && special:
		return inventory.Granted, seen
	case g.granted:
		return inventory.Granted, g.evidence
	case g.denied:
		return inventory.Optional, g.evidence
	}
	return inventory.Requested, g.evidence
}

// narrow tells the narrower of two permissions for one thing. skip: the user gave the narrower one alone, so that
// the wider one no longer counts.
func narrow(g *grantOf, e inventory.Exposure, asks, has func(string) bool) (qualifier string, skip bool) {
	name, _ := strings.CutPrefix(g.Name, platform)
	switch name {
	case "ACCESS_COARSE_LOCATION":
		if e >= inventory.Granted && !has("ACCESS_FINE_LOCATION") || !asks("ACCESS_FINE_LOCATION") {
			return "approximate", false
		}
	case "ACCESS_FINE_LOCATION":
		return "", e < inventory.Granted && has("ACCESS_COARSE_LOCATION")
	case "READ_MEDIA_VISUAL_USER_SELECTED":
		if e >= inventory.Granted && !has("READ_MEDIA_IMAGES") && !has("READ_MEDIA_VIDEO") || !asks("READ_MEDIA_IMAGES") && !asks("READ_MEDIA_VIDEO") {
			return "selected-only", false
		}
	case "READ_MEDIA_IMAGES", "READ_MEDIA_VIDEO":
		return "", e < inventory.Granted && has("READ_MEDIA_VISUAL_USER_SELECTED")
	}
	return "", false
}

// locationAlways takes a uid's mode "allow" for location in the background: without the permission for it the mode is
// "foreground". Before Android 10 there was no such choice, and nothing is told apart.
func (a *app) locationAlways(has func(string) bool) {
	if a.f.SDK < sdkQ || !has("ACCESS_COARSE_LOCATION") && !has("ACCESS_FINE_LOCATION") {
		return
	}
	for _, op := range []string{"COARSE_LOCATION", "FINE_LOCATION"} {
		if a.f.Ops.UID[a.uid()][op] == "allow" {
			a.can(inventory.CapLocationBackground, "", inventory.Granted, inventory.Proved, inventory.Evidence{File: capture.AppOps, Detail: op + " allow for the whole uid"})
		}
	}
}

// legacyFiles tells who sees all shared files by the old storage permission: on old systems, by old apps, and by
// those that were let off scoped storage.
func (a *app) legacyFiles(has func(string) bool) {
	if !has("READ_EXTERNAL_STORAGE") && !has("WRITE_EXTERNAL_STORAGE") {
		return
	}
	evidence := inventory.Evidence{File: capture.PackageDump, Detail: "storage permission of an app that sees all shared files"}
	legacy := a.mode("LEGACY_STORAGE") == "allow"
	if legacy {
		evidence = inventory.Evidence{File: capture.AppOps, Detail: "LEGACY_STORAGE allow"}
	}
	if legacy || a.f.SDK > 0 && a.f.SDK < sdkQ || a.target() > 0 && a.target() < sdkQ {
		a.can(inventory.CapFiles, "", inventory.Granted, inventory.Proved, evidence)
	}
}
