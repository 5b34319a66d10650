package records

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"appraise/android/capture"
	"appraise/android/dump/packages"
)

// Installed lists the packages that are installed for a user, by every output that tells of them, in order. What
// settings name as in use is there where any output knows it, and what runs is there in any case. Names that the dump
// alone has, though there is a list, are left out: they are told together as one problem, as they may be forged.
func (f *Phone) Installed(u *User) []string {
	set := f.told(u)
	inventoried := len(set) > 0
	for name, list := range u.Access {
		_, listed := u.Listed[name]
		running := slices.ContainsFunc(list, func(a Access) bool { return a.Running })
		if running || !inventoried || listed || f.Packages[name] != nil {
			set[name] = true
		}
	}
	var unlisted []string
	for name := range set {
		if len(u.Listed) > 0 && !f.Capture.Outputs[capture.ForUser(capture.PackagesList, u.ID)].Cut && !u.names(name) {
			unlisted = append(unlisted, name)
		}
	}
	slices.Sort(unlisted)
	for _, name := range unlisted {
		delete(set, name)
	}
	unlisted = slices.DeleteFunc(unlisted, u.library)
	if len(unlisted) > 0 {
		f.Unread(capture.PackageDump, fmt.Sprintf("user %d: names that the package list doesn't have, which may be forged: %d, the first is %s", u.ID, len(unlisted), Clip(unlisted[0], 80)))
	}
	return slices.Sorted(maps.Keys(set))
}

// told gathers the packages that the dump and the lists tell to be installed.
func (f *Phone) told(u *User) map[string]bool {
	set := map[string]bool{}
	for name, p := range f.Packages {
		state, _ := u.State(p)
		if state != nil && state.Installed || len(p.Users) == 0 && u.ID == 0 {
			set[name] = true
		}
	}
	for name := range u.Listed {
		if state, _ := u.State(f.Packages[name]); state == nil {
			set[name] = true
		}
	}
	for name, p := range u.Foreign {
		if f.Packages[name] == nil && (p.Installed == nil || *p.Installed) {
			set[name] = true
		}
	}
	for _, list := range [...]map[string]bool{u.System, u.ThirdParty, u.Disabled} {
		maps.Copy(set, list)
	}
	return set
}

// names reports whether anything but the dump names a package of the user.
func (u *User) names(pkg string) bool {
	_, listed := u.Listed[pkg]
	_, foreign := u.Foreign[pkg]
	return listed || foreign || u.ListsInstalled(pkg) || len(u.Access[pkg]) > 0
}

// library reports whether a name is that of a shared library with its version, as the dump prints it, and the list has
// the library. It is code for other apps and no app.
func (u *User) library(name string) bool {
	i := strings.LastIndexByte(name, '_')
	if i < 0 || strings.Trim(name[i+1:], "0123456789") != "" {
		return false
	}
	_, listed := u.Listed[name[:i]]
	return listed
}

// ListsInstalled reports whether one of the lists that are made without removed packages has this one.
func (u *User) ListsInstalled(pkg string) bool {
	return u.System[pkg] || u.ThirdParty[pkg] || u.Disabled[pkg]
}

// State gives what the dump tells of a package for the user, nil where it tells nothing. A state that may be forged, or
// that is contradicted by a list, is not believed: what comes back then is that of an app that is there and on.
func (u *User) State(p *packages.Package) (state *packages.UserState, believed bool) {
	if p == nil {
		return nil, false
	}
	i := slices.IndexFunc(p.Users, func(s packages.UserState) bool { return s.ID == u.ID })
	if i < 0 {
		return nil, false
	}
	state = &p.Users[i]
	if len(p.Doubtful) == 0 && (state.Installed || !u.ListsInstalled(p.Name)) {
		return state, true
	}
	worse := *state
	worse.Installed, worse.Hidden, worse.Suspended, worse.Enabled, worse.InstallReason = true, false, false, 0, -1
	return &worse, false
}
