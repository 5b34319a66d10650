// Package packages reads what Android's commands print of installed packages: dumpsys package, pm list packages and
// pm get-app-links. What package dump says of all such readers holds here: none fails, none judges, and what an app
// may have forged is marked, not left out. Limits: limits.DumpPackages, DumpPermissions, DumpUsers, DumpEntries, DumpNotes,
// DumpLineBytes.
package packages

import "appraise/android/dump/lines"

// Listed is one line of pm list packages.
type Listed struct {
	Name, Path, Installer string
	UID                   int // -1 where not printed
}

// Dump is what dumpsys package prints of the packages.
type Dump struct {
	Packages []Package
	// Receivers names, of the resolver tables, who receives a broadcast: action -> components.
	Receivers map[string][]string
	Notes     []lines.Note
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
	Users     []UserState     // by user id
	// Factory is the version of an updated preload that came with the phone ("Hidden system packages"). It is set only
	// where the package itself carries the SYSTEM flag.
	Factory *Package

	SharedUser string // name of the shared user id, "" where there is none
	Line       int    // where the package starts, from 1
	// Doubtful names what stood twice, or where it can't stand, so that part of the text may be forged: a field as
	// printed ("installerPackageName"), "User 0", "package", "section", "factory". With "package" the block stands
	// twice, lacks its start or its end, or stands before one that does: any field, permission and user may be missing
	// or another's. Nil on a healthy phone.
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

// UserState is the state of a package for one user.
type UserState struct {
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

// AppLinks is what pm get-app-links prints of one package.
type AppLinks struct {
	Package    string
	Signatures []string // SHA-256, lower-case hex
	Domains    map[string]string
}
