package phone

import (
	"strings"

	"appraise/android/phone/records"
)

// opRestrictedSettings is the op by which Android 13 and later bar apps from files from special access.
const opRestrictedSettings = "ACCESS_RESTRICTED_SETTINGS"

// shownOps are the app-ops whose modes are recorded with an app: those that a person can change. In sorted order.
var shownOps = []string{
	opRestrictedSettings, "ACTIVATE_VPN", "CAMERA", "COARSE_LOCATION", "FINE_LOCATION", "GET_USAGE_STATS", "LEGACY_STORAGE",
	"MANAGE_EXTERNAL_STORAGE", "MANAGE_MEDIA", "POST_NOTIFICATION", "PROJECT_MEDIA", "READ_CLIPBOARD", "READ_SMS", "RECEIVE_SMS",
	"RECORD_AUDIO", "REQUEST_INSTALL_PACKAGES", "SYSTEM_ALERT_WINDOW", "WRITE_SETTINGS",
}

// opNames are the ops of permissions that are not named after them. Source: AppOpsManager.sAppOpInfos.
var opNames = map[string]string{
	"ACCESS_COARSE_LOCATION": "COARSE_LOCATION",
	"ACCESS_FINE_LOCATION":   "FINE_LOCATION",
	"PACKAGE_USAGE_STATS":    "GET_USAGE_STATS",
	"POST_NOTIFICATIONS":     "POST_NOTIFICATION",
}

// opOf is the op of a permission.
func opOf(permission string) string {
	name, _ := strings.CutPrefix(permission, platform)
	if op := opNames[name]; op != "" {
		return op
	}
	return name
}

// uid is the app's uid as its user, -1 where it is not known.
func (a *app) uid() int {
	id := -1
	switch {
	case a.pkg != nil && a.pkg.UID >= 0:
		id = a.pkg.UID
	case a.listed().Name != "":
		id = a.listed().UID
	case a.u.Foreign[a.name].Name != "":
		id = a.u.Foreign[a.name].UID
	}
	if id < 0 {
		return -1
	}
	return a.u.ID*records.PerUser + id%records.PerUser
}

// mode is the mode of an op: the uid's, which overrides, or the package's. "" where the phone printed none.
func (a *app) mode(op string) string {
	uid := a.uid()
	if uid < 0 {
		return ""
	}
	if mode := a.f.Ops.Mode(uid, a.name, op); mode != "" || op != "FINE_LOCATION" {
		return mode
	}
	return a.f.Ops.UID[uid]["COARSE_LOCATION"] // the op that it follows
}
