// Package dump reads the text that Android's own commands print: package lists, permissions, app-ops, settings,
// special access, administrators. Each format has its eras and its makers' variants; one function reads all of
// a format. Nothing here judges, and nothing is shown: all text is the phone's own and may be hostile.
//
// Every function takes one command's whole output, reads what it can and never fails: what it could not read
// is told in Notes. Limits: limits.DumpPackages, DumpPermissions, DumpUsers, DumpOps, DumpEntries, DumpNotes, DumpLineBytes.
//
// These texts have no quoting: an app can put line ends into what it names itself and so forge lines about itself or
// about others. Where a fact stands twice, the readers keep the first, tell it, and never lose an entry over it; what
// several commands say should be compared.
package dump

// Note is a part of an output that could not be read, or was left out at a limit.
type Note struct {
	Line  int // from 1
	Text  string
	Limit bool
}

// Properties are the system properties that getprop prints.
type Properties map[string]string

// User is one user of the phone.
type User struct {
	ID      int
	Name    string // personal
	Flags   int    // as printed, hexadecimal there
	Running bool
	Profile bool // a work profile or another managed profile of a user
}

// Listed is one line of pm list packages.
type Listed struct {
	Name, Path, Installer string
	UID                   int // -1 where not printed
}

// Packages is what dumpsys package prints of the packages.
type Packages struct {
	Packages []Package
	// Receivers names, of the resolver tables, who receives a broadcast: action -> components.
	Receivers map[string][]string
	Notes     []Note
}

// Package is one installed package.
type Package struct {
	Name        string
	UID         int // app id or user id of user 0, -1 where not printed
	CodePath    string
	Splits      []string // base included
	VersionCode int64
	VersionName string
	MinSDK      int
	TargetSDK   int

	// Arrival; "" where not printed or "null".
	Installer, Initiator, Originator, UpdateOwner string
	InstallerUID                                  *int
	PackageSource                                 *int

	Flags    []string // of pkgFlags, else flags
	Private  []string // of privateFlags and pkgPrivateFlags
	Hash     string   // the 32-bit hash that stands for the signer, "" where not printed
	Past     []string // hashes of past signers
	Signing  int      // signature scheme version, 0 where not printed
	LastTime string   // last update, as printed

	Requested []string
	Restrict  map[string]bool // requested permissions marked restricted=true, nil where there are none
	Install   []Grant         // install-time permissions
	Users     []PackageUser   // by user id
	// Factory is the version of an updated preload that came with the phone ("Hidden system packages"). It is set only
	// where the package itself carries the SYSTEM flag.
	Factory *Package

	SharedUser string // name of the shared user id, "" where there is none
	Line       int    // where the package starts, from 1
	// Doubtful names what stood twice, or where it can't stand, so that part of the text may be forged: a field as
	// printed ("installerPackageName"), "User 0", "package", "section", "factory". Nil on a healthy phone.
	Doubtful []string
}

// System reports whether the package came with the phone, as its flags say. An updated preload keeps the flag.
func (p Package) System() bool { return has(p.Flags, "SYSTEM") }

// Updated reports whether a preload was updated.
func (p Package) Updated() bool { return has(p.Flags, "UPDATED_SYSTEM_APP") || p.Factory != nil }

func has(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

// PackageUser is the state of a package for one user.
type PackageUser struct {
	ID                                    int
	Installed, Hidden, Suspended, Stopped bool
	Enabled                               int // 0 default, 1 enabled, 2 disabled, 3 disabled by the user, 4 until used
	FirstInstall                          string
	InstallReason                         int // of PackageManager.INSTALL_REASON_*: 1 policy, 4 user; -1 where not printed
	Runtime                               []Grant
}

// Grant is the state of one permission.
type Grant struct {
	Permission string
	Granted    bool
	Flags      []string // USER_SET, POLICY_FIXED … ; shared by equal grants: not to be changed
	Line       int      // from 1
}

// AppOps is what dumpsys appops prints.
type AppOps struct {
	// UID holds the modes of a whole user id, which come before those of its packages.
	UID map[int]map[string]string
	// Package holds op -> mode by uid and package.
	Package map[int]map[string]map[string]string
	// LastAccess is the day (2026-01-02) of the last access by package and op; no finer time is kept.
	LastAccess map[string]map[string]string
	Notes      []Note
}

// Mode is the mode of an op for a package: the uid's where it is set, else the package's, else "".
func (a AppOps) Mode(uid int, pkg, op string) string {
	if m := a.UID[uid][op]; m != "" {
		return m
	}
	return a.Package[uid][pkg][op]
}

// Settings are the key=value lines of one namespace. The text "null" and an absent key are the same: absent.
type Settings map[string]string

// Accessibility is what dumpsys accessibility prints of one user.
type Accessibility struct {
	User      int
	Enabled   []string       // components
	Bound     []string       // components that are bound or being bound, where they are printed
	Labels    []BoundService // bound services in the formats that print them by label alone
	Installed []string
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

// Channel is a notification channel of a package. Channels of single conversations are left out, as their names are
// those of people. A package with notifications switched off altogether has a channel with ID "" that is blocked.
type Channel struct {
	Package, ID, Name string // the phone cuts the name to three letters and dots
	UID               int    // -1 where not printed
	Importance        int    // 0 none to 5; -1000 not set or not printed
	Blocked           bool
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

// AppLinks is what pm get-app-links prints of one package.
type AppLinks struct {
	Package    string
	Signatures []string // SHA-256, lower-case hex
	Domains    map[string]string
}
