// Package access reads what Android's commands print of what apps are allowed beyond permissions: app-ops,
// accessibility services, notification listeners, keyboards, roles, device administrators and owners. What package dump
// says of all such readers holds here: none fails and none judges. Of notifications neither titles nor texts are kept.
// Limits: limits.DumpOps, DumpPackages, DumpUsers, DumpEntries, DumpNotes, DumpLineBytes.
package access

import "appraise/android/dump/lines"

// AppOps is what dumpsys appops prints.
type AppOps struct {
	// UID holds the modes of a whole user id, which come before those of its packages.
	UID map[int]map[string]string
	// Package holds op -> mode by uid and package.
	Package map[int]map[string]map[string]string
	// LastAccess is the day (2026-01-02) of the last access by package and op; no finer time is kept.
	LastAccess map[string]map[string]string
	// Doubtful are the user ids of which text may be forged: an op with several modes, a block that stands twice or
	// where it can't. Of several modes the widest is kept. Nil on a healthy phone.
	Doubtful map[int]bool
	Notes    []lines.Note

	together map[int]map[string]string // by uid of apps, the widest mode of its packages
}

// Mode is the mode of an op for a package: the uid's where it is set to more than default, else the package's, else "".
// Packages of one user id act for each other, so that of an app's user id the widest mode of its packages is given. Where
// the text may be forged the widest of all counts. Source: com.android.server.appop.AppOpsService.checkOperation.
func (a AppOps) Mode(uid int, pkg, op string) string {
	of, own := a.UID[uid][op], a.Package[uid][pkg][op]
	own = wider(own, a.together[uid][op])
	switch {
	case a.Doubtful[uid]:
		return wider(of, own)
	case of == "" || of == "default" && own != "":
		return own
	}
	return of
}

// Accessibility is what dumpsys accessibility prints of one user.
type Accessibility struct {
	User      int
	Enabled   []string       // components
	Bound     []string       // components that are bound or being bound, where they are printed
	Labels    []BoundService // bound services in the formats that print them by label alone
	Installed []string
	// Doubtful tells that the start of this user's part, or its id, may be forged by a service's label: what it names
	// may belong to any user. False on a healthy phone.
	Doubtful bool
}

// BoundService is a running accessibility service as newer versions print it, without its component.
type BoundService struct {
	Label        string
	Capabilities int // bits of AccessibilityServiceInfo.CAPABILITY_*
	EventTypes   string
}

// InputMethod is one keyboard.
type InputMethod struct{ ID string } // "pkg/.cls", as printed

// Listeners is the section on notification listeners of dumpsys notification; nothing else of it is kept.
type Listeners struct {
	// Allowed are the components that may listen, of all users, those "enabled for current profiles" included.
	Allowed []string
	// ByUser has the same by user id, where the version prints it (8.0 and later).
	ByUser map[int][]string
	Live   []Listener
}

// Listener is a running notification listener.
type Listener struct {
	Component     string
	User          int
	System, Guest bool
}

// Channel stands for the notification channels of a package that have one importance. Ids and names are not read, as
// they can be a person's, nor are channels of single conversations.
type Channel struct {
	Package    string
	UID        int  // -1 where not printed
	Importance int  // 0 none to 5; -1000 not set or not printed
	Whole      bool // not a channel: the package's notifications are switched off altogether
	Blocked    bool
}

// Policy is what dumpsys device_policy prints.
type Policy struct {
	DeviceOwner   string // component, "" where there is none
	ProfileOwners map[int]string
	Admins        []Admin
}

// Admin is one active device administrator.
type Admin struct {
	Component string
	User      int
	TestOnly  bool
	Policies  []string
}
