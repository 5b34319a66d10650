// Package records reads what the outputs of a phone say, each output once, and joins it by user and package. It makes
// nothing of it: package phone does.
package records

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"appraise/android/capture"
	"appraise/android/capture/lists"
	"appraise/android/dump"
	"appraise/android/dump/access"
	"appraise/android/dump/lines"
	"appraise/android/dump/packages"
	"appraise/internal/limits"
	"appraise/inventory"
)

// Phone is a capture with every output read. Its maps belong to it: nobody changes them.
type Phone struct {
	Capture *capture.Capture
	Props   dump.Properties
	SDK     int // API level, 0 where not known
	Global  dump.Settings
	Users   []dump.User // as the phone lists them
	Checked []*User     // those that were asked for, user 0 first

	Packages map[string]*packages.Package // nil where the capture has no package dump
	Ops      access.AppOps
	Policy   access.Policy
	Links    map[string][]string // package -> SHA-256 of its signers
	APKs     map[string][]*capture.APK
	// Problems are those of the capture and what could not be read of its outputs.
	Problems []inventory.Problem
}

// User is what the outputs of one user hold.
type User struct {
	ID         int
	Secure     dump.Settings
	Listed     map[string]packages.Listed // nil where there is no list
	Installers bool                       // the list tells installers, if only that there is none: some phones can't
	// System, ThirdParty and Disabled are lists of packages, nil where they are missing.
	System, ThirdParty, Disabled map[string]bool
	Foreign                      map[string]lists.Package // of AndroidQF's list
	Access                       map[string][]Access      // by package
	Roles                        map[string][]string      // package -> roles
	Channels                     map[string][]access.Channel
	Bits                         ServiceBits
}

// Read reads a capture for user 0 and those asked for. The capture is not changed.
func Read(c *capture.Capture, users []int) *Phone {
	f := &Phone{Capture: c, Problems: slices.Clone(c.Problems)}
	f.Props = take(f, capture.GetProp, dump.GetProp)
	if n, err := strconv.Atoi(f.Props["ro.build.version.sdk"]); err == nil && 0 < n && n <= maxSDK {
		f.SDK = n
	}
	f.Global = take(f, capture.SettingsGlobal, dump.SettingsList)
	f.readPackages()
	f.Ops = take(f, capture.AppOps, func(b []byte) (access.AppOps, []lines.Note) {
		ops := access.AppOpsDump(b)
		return ops, ops.Notes
	})
	f.readLinks()
	f.readPolicy()
	f.APKs = map[string][]*capture.APK{}
	for i := range c.APKs {
		a := &c.APKs[i]
		f.APKs[a.Package] = append(f.APKs[a.Package], a)
	}
	f.readUsers(users)
	f.missing()
	return f
}

// maxSDK is more than any API level will be for long; previews of Android use 10000.
const maxSDK = 10_000

// take reads one output, once; a missing one gives what the reader makes of nothing.
func take[T any](f *Phone, name string, read func([]byte) (T, []lines.Note)) T {
	o := f.Capture.Outputs[name]
	value, notes := read(o.Text)
	for _, n := range notes {
		f.Problems = append(f.Problems, inventory.Problem{
			File: name, Message: fmt.Sprintf("line %d: %s", n.Line, Clip(n.Text, limits.CellRunes)), Limit: n.Limit, Matters: n.Matters,
		})
	}
	return value
}

// Has reports whether the capture holds an output.
func (f *Phone) Has(name string) bool { return f.Capture.Outputs[name].Text != nil }

func (f *Phone) readPackages() {
	if !f.Has(capture.PackageDump) {
		return
	}
	all := take(f, capture.PackageDump, func(b []byte) (packages.Dump, []lines.Note) {
		p := packages.Read(b)
		return p, p.Notes
	})
	f.Packages = make(map[string]*packages.Package, len(all.Packages))
	for i := range all.Packages {
		f.Packages[all.Packages[i].Name] = &all.Packages[i]
	}
	if len(all.Packages) == 0 {
		f.Unread(capture.PackageDump, "no package in it")
	}
}

func (f *Phone) readLinks() {
	f.Links = map[string][]string{}
	for _, l := range take(f, capture.AppLinks, packages.AppLinksDump) {
		f.Links[l.Package] = l.Signatures
	}
}

// readPolicy joins the two outputs that tell of owners.
func (f *Phone) readPolicy() {
	f.Policy = take(f, capture.DevicePolicy, access.DevicePolicy)
	owners := take(f, capture.Owners, access.Owners)
	if f.Policy.DeviceOwner == "" {
		f.Policy.DeviceOwner = owners.DeviceOwner
	}
	profiles := maps.Clone(owners.ProfileOwners)
	if profiles == nil {
		profiles = map[int]string{}
	}
	maps.Copy(profiles, f.Policy.ProfileOwners)
	f.Policy.ProfileOwners = profiles
}

// readUsers lists the phone's users and reads what is known of those to tell of.
func (f *Phone) readUsers(asked []int) {
	f.Users = take(f, capture.Users, dump.Users)
	services := take(f, capture.Accessibility, access.AccessibilityDump)
	listeners := f.readNotifications()
	ids := []int{0}
	for _, id := range asked {
		if id > 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	for _, id := range ids {
		u := f.readUser(id)
		f.readAccess(u, services, listeners)
		for pkg, list := range listeners.channels {
			for _, ch := range list {
				if ch.UID < 0 && id == 0 || ch.UID >= 0 && ch.UID/PerUser == id {
					u.Channels[pkg] = append(u.Channels[pkg], ch)
				}
			}
		}
		f.Checked = append(f.Checked, u)
	}
}

// notifications is what one output tells of listeners and channels.
type notifications struct {
	access.Listeners
	channels map[string][]access.Channel
}

func (f *Phone) readNotifications() notifications {
	n := notifications{channels: map[string][]access.Channel{}}
	type both struct {
		access.Listeners
		channels []access.Channel
	}
	all := take(f, capture.Notification, func(b []byte) (both, []lines.Note) {
		l, c, notes := access.NotificationDump(b)
		return both{l, c}, notes
	})
	n.Listeners = all.Listeners
	for _, ch := range all.channels {
		n.channels[ch.Package] = append(n.channels[ch.Package], ch)
	}
	return n
}

// PerUser is how many uids a user has. Source: android.os.UserHandle.PER_USER_RANGE.
const PerUser = 100_000

func (f *Phone) readUser(id int) *User {
	u := &User{ID: id, Access: map[string][]Access{}, Roles: map[string][]string{}, Channels: map[string][]access.Channel{}, Foreign: map[string]lists.Package{}}
	u.Secure = take(f, capture.ForUser(capture.SettingsSecure, id), dump.SettingsList)
	if name := capture.ForUser(capture.PackagesList, id); f.Has(name) {
		u.Listed = map[string]packages.Listed{}
		u.Installers = bytes.Contains(f.Capture.Outputs[name].Text, []byte(" installer="))
		for _, l := range take(f, name, packages.List) {
			if _, twice := u.Listed[l.Name]; !twice {
				u.Listed[l.Name] = l
			}
		}
	}
	u.System = f.names(capture.ForUser(capture.PackagesSystem, id))
	u.ThirdParty = f.names(capture.ForUser(capture.PackagesThirdParty, id))
	u.Disabled = f.names(capture.ForUser(capture.PackagesDisabled, id))
	for _, p := range f.Capture.Packages {
		if _, twice := u.Foreign[p.Name]; p.User == id && !twice && dump.PackageName(p.Name) {
			u.Foreign[p.Name] = p
		}
	}
	return u
}

// names reads a list of packages as a set; nil where it is missing.
func (f *Phone) names(output string) map[string]bool {
	if !f.Has(output) {
		return nil
	}
	set := map[string]bool{}
	for _, l := range take(f, output, packages.List) {
		set[l.Name] = true
	}
	return set
}

// Unread records an output that gave nothing, where that could change a verdict.
func (f *Phone) Unread(output, why string) {
	f.Problems = append(f.Problems, inventory.Problem{File: output, Message: why, Matters: true})
}

// core are the outputs that most verdicts rest on, each with the start of a line that it holds where it tells anything.
// A phone over adb can give them all.
var core = []struct {
	name  string
	proof *regexp.Regexp
}{
	{capture.PackageDump, nil}, // told by its packages
	{capture.SettingsSecure, regexp.MustCompile(`(?m)^[A-Za-z0-9_.:-]+=`)},
	{capture.AppOps, regexp.MustCompile(`(?m)^ *Uid [0-9a-z]+:`)},
	{capture.Accessibility, regexp.MustCompile(`(?m)^ *User state\[`)},
	{capture.Notification, regexp.MustCompile(`(?m)^ *[A-Z][a-z]+ notification listeners \(`)},
	{capture.DevicePolicy, regexp.MustCompile(`(?m)^ *Current Device Policy Manager state`)},
	{capture.Roles, nil}, // a phone may have no holder of any role
}

// missing tells of core outputs that are not there though the source can carry them, of those that tell nothing, and
// of settings of users who were asked for. What a source can't carry is not checked, and that is told elsewhere.
func (f *Phone) missing() {
	own := f.Capture.Source == capture.SourceADB || f.Capture.Source == capture.SourceBundle
	for _, c := range core {
		row, _ := capture.Lookup(c.name)
		o := f.Capture.Outputs[c.name]
		switch {
		case o.Text != nil && c.proof != nil && !c.proof.Match(o.Text):
			f.Unread(c.name, "nothing in it: "+row.Tells)
		case o.Text != nil || f.SDK > 0 && row.Since > f.SDK:
		case own || c.name == capture.PackageDump:
			f.Unread(c.name, "missing: "+row.Tells+why(o.Reason))
		}
	}
	for _, u := range f.Checked {
		name := capture.ForUser(capture.SettingsSecure, u.ID)
		if u.ID != 0 && !f.Has(name) && f.Exists(u.ID) {
			f.Unread(name, fmt.Sprintf("missing: special access of user %d", u.ID)+why(f.Capture.Outputs[name].Reason))
		}
	}
}

// Exists reports whether the phone names a user.
func (f *Phone) Exists(id int) bool {
	return slices.ContainsFunc(f.AllUsers(), func(u dump.User) bool { return u.ID == id })
}

func why(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + Clip(reason, limits.CellRunes)
}

// Prop is a property as it may be shown.
func (f *Phone) Prop(key string) string {
	return Clip(strings.TrimSpace(f.Props[key]), limits.CellRunes)
}

// Clip cuts a text of the phone at that many runes.
func Clip(s string, runes int) string {
	if len(s) <= runes {
		return s
	}
	n := 0
	for i := range s {
		if n++; n > runes {
			return s[:i] + "…"
		}
	}
	return s
}

// AllUsers are the users that the phone lists, and those that its packages name. Limit: limits.DumpUsers.
func (f *Phone) AllUsers() []dump.User {
	all := map[int]dump.User{}
	for _, p := range f.Packages {
		for _, u := range p.Users {
			all[u.ID] = dump.User{ID: u.ID}
		}
	}
	for _, u := range f.Users {
		all[u.ID] = u
	}
	out := make([]dump.User, 0, len(all))
	for _, u := range all {
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b dump.User) int { return a.ID - b.ID })
	return out[:min(len(out), limits.DumpUsers)]
}
