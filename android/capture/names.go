package capture

import (
	"strconv"
	"strings"
	"time"

	"appraise/internal/limits"
)

// The names of outputs. That of a user other than 0 ends in "@" and the user's number.
const (
	GetProp            = "getprop"
	Users              = "users"
	PackagesList       = "packages-list"
	PackagesSystem     = "packages-system"
	PackagesThirdParty = "packages-third-party"
	PackagesDisabled   = "packages-disabled"
	PackageDump        = "package"
	AppOps             = "appops"
	SettingsSecure     = "settings-secure"
	SettingsGlobal     = "settings-global"
	SettingsSystem     = "settings-system"
	Accessibility      = "accessibility"
	IMEAll             = "ime-all"
	IMEEnabled         = "ime-enabled"
	Notification       = "notification"
	DevicePolicy       = "device-policy"
	Owners             = "owners"
	Roles              = "roles"
	AppLinks           = "app-links"
	Transparency       = "transparency"
	WebView            = "webview"
	ID                 = "id"
)

// Name is one row of the table of outputs.
type Name struct {
	Name    string
	Command string        // as it is run for user 0 on a current Android
	Since   int           // API level from which phones answer it; 1 = all
	Time    time.Duration // after which it is given up
	// Instead names the output that tells the same where this one is missing, "" where none does.
	Instead string
	Tells   string // what is learned from it, for "not checked"
}

// Names is the table of outputs: what may be in a capture, and nothing else may. Levels: AOSP, unverified for the
// rows of API level 29 and above.
var Names = [...]Name{
	{GetProp, "getprop", 1, limits.CommandTime, "", "version and patch level"},
	{Users, "pm list users", 17, limits.CommandTime, "", "other users and profiles"},
	{PackagesList, "pm list packages -f -U -i -u --user 0", 1, limits.CommandTime, PackageDump, "installed packages"},
	{PackagesSystem, "pm list packages -s --user 0", 1, limits.CommandTime, PackageDump, "which packages came with the phone"},
	{PackagesThirdParty, "pm list packages -3 --user 0", 1, limits.CommandTime, PackageDump, "which packages were installed later"},
	{PackagesDisabled, "pm list packages -d --user 0", 1, limits.CommandTime, PackageDump, "which packages are disabled"},
	{PackageDump, "dumpsys package", 1, limits.DumpsysTime, "", "permissions, grants and installers"},
	{AppOps, "dumpsys appops", 18, limits.DumpsysTime, "", "app-ops: overlay, usage access, location in the background"},
	{SettingsSecure, "settings list --user 0 secure", 23, limits.CommandTime, "", "special access, assistant, autofill, VPN"},
	{SettingsGlobal, "settings list global", 23, limits.CommandTime, "", "proxy, private DNS, Play Protect, developer options"},
	{SettingsSystem, "settings list --user 0 system", 23, limits.CommandTime, "", "system settings"},
	{Accessibility, "dumpsys accessibility", 1, limits.DumpsysTime, SettingsSecure, "accessibility services"},
	{IMEAll, "ime list -a", 1, limits.CommandTime, "", "keyboards that are installed but off"},
	{IMEEnabled, "ime list -s", 1, limits.CommandTime, SettingsSecure, "keyboards that are switched on"},
	{Notification, "dumpsys notification", 18, limits.DumpsysTime, "", "running notification listeners and channels"},
	{DevicePolicy, "dumpsys device_policy", 8, limits.DumpsysTime, "", "device administrators and owners"},
	{Owners, "dpm list-owners", 31, limits.CommandTime, DevicePolicy, "device and profile owners"},
	{Roles, "cmd role get-role-holders --user 0 ROLE", 29, limits.CommandTime, "", "default apps for messages, calls, browser, assistant"},
	{AppLinks, "pm get-app-links --user 0", 31, limits.CommandTime, "", "signers as the phone's verifier of web links knows them"},
	{Transparency, "cmd transparency get mba_info -v", 33, limits.CommandTime, "", "preloads and apps installed in the background"},
	{WebView, "dumpsys webviewupdate", 26, limits.DumpsysTime, "", "version of the system's web view"},
	{ID, "id; which su", 1, limits.CommandTime, "", "whether the phone is rooted"},
}

// Lookup returns the row of an output's name, with or without a user's suffix.
func Lookup(name string) (Name, bool) {
	if !IsName(name) {
		return Name{}, false
	}
	return row(Base(name))
}

func row(base string) (Name, bool) {
	for _, n := range Names {
		if n.Name == base {
			return n, true
		}
	}
	return Name{}, false
}

// Base is the name without the suffix of a user.
func Base(name string) string {
	base, _, _ := strings.Cut(name, "@")
	return base
}

// ForUser is the name of an output of a user: the name itself for user 0.
func ForUser(name string, user int) string {
	if user == 0 {
		return name
	}
	return name + "@" + strconv.Itoa(user)
}

// IsName reports whether a capture may hold an output of that name: one of Names, or one with "@" and the number of
// a user from 1 to 9999 without leading zeros. Such a name is safe as a file name.
func IsName(name string) bool {
	base, user, suffixed := strings.Cut(name, "@")
	if _, ok := row(base); !ok {
		return false
	}
	if !suffixed {
		return true
	}
	n, err := strconv.Atoi(user)
	return err == nil && 0 < n && n <= 9999 && strconv.Itoa(n) == user
}
