package inventory

// OnPhone is what a phone says of an app that is installed on it. It names no person and holds no time of use.
type OnPhone struct {
	User int `json:"user"` // 0 is the owner
	// Roles are the roles that the app holds, in Android's spelling: android.app.role.SMS.
	Roles []string `json:"roles,omitempty"`
	// Access lists the special access that is switched on or was allowed, by kind and component.
	Access []SpecialAccess `json:"special_access,omitempty"`
	// AppOps are the modes of the app-ops that matter, as the phone printed them.
	AppOps []AppOp `json:"app_ops,omitempty"`
	// Channels are the app's kinds of notifications. Their names are cut by the phone.
	Channels []NotificationChannel `json:"channels,omitempty"`
	Updated  bool                  `json:"updated,omitempty"` // a preload that was updated
	// State has what holds of: disabled, disabled-by-user, until-used, hidden, suspended.
	State []string `json:"state,omitempty"`
}

// AccessKind is a kind of special access.
type AccessKind string

// The kinds of special access.
const (
	AccessAccessibility AccessKind = "accessibility"
	AccessKeyboard      AccessKind = "keyboard"
	AccessSpellChecker  AccessKind = "spell-checker"
	AccessListener      AccessKind = "notification-listener"
	AccessDeviceAdmin   AccessKind = "device-admin"
	AccessDeviceOwner   AccessKind = "device-owner"
	AccessProfileOwner  AccessKind = "profile-owner"
	AccessVPN           AccessKind = "vpn"
	AccessAutofill      AccessKind = "autofill"
	AccessCredentials   AccessKind = "credentials"
	AccessAssistant     AccessKind = "assistant"
)

// SpecialAccess is one access that reaches beyond the app itself.
type SpecialAccess struct {
	Kind AccessKind `json:"kind"`
	// Component is the part of the app that has it, "pkg/class"; the package alone where that is all that is printed.
	Component string   `json:"component"`
	Exposure  Exposure `json:"exposure"` // granted or active
	// Bits are those of AccessibilityServiceInfo.CAPABILITY_*, 0 where they are not known.
	Bits int `json:"bits,omitempty"`
	// Policies are what a device administrator may do: wipe-data, force-lock …
	Policies []string `json:"policies,omitempty"`
}

// AppOp is the mode of one app-op: allow, foreground, ignore, deny, default, or a maker's own.
type AppOp struct {
	Op   string `json:"op"`
	Mode string `json:"mode"`
}

// NotificationChannel is one kind of notifications of an app; one with an empty ID stands for all of them.
type NotificationChannel struct {
	ID         string `json:"id"`
	Name       string `json:"name,omitempty"`
	Importance int    `json:"importance"` // 0 none to 5; -1000 not known
	Blocked    bool   `json:"blocked,omitempty"`
}

// PhoneDetail is what a phone says of itself. It holds no serial, account or name.
type PhoneDetail struct {
	Maker   string `json:"maker,omitempty"`
	Model   string `json:"model,omitempty"`
	SDK     int    `json:"sdk,omitempty"`     // API level, which counts; Release can be wrong
	Release string `json:"release,omitempty"` // as the phone names its version
	Patch   string `json:"patch,omitempty"`   // security patch level, a date
	// PatchDays is the age of that level when the phone was read, nil where one of the two dates is not known.
	PatchDays *int `json:"patch_days,omitempty"`
	// Settings are the switches that matter, in a fixed order.
	Settings      []PhoneSetting `json:"settings,omitempty"`
	DeviceOwner   string         `json:"device_owner,omitempty"` // component or package
	Users         []PhoneUser    `json:"users,omitempty"`
	MayInstall    []string       `json:"may_install,omitempty"` // apps that may install other apps
	Packages      int            `json:"packages"`              // installed for the users that were looked at
	SystemLeftOut int            `json:"system_left_out,omitempty"`
}

// PhoneSetting is one switch of the phone.
type PhoneSetting struct {
	Name string `json:"name"`
	// State is on, off or unknown: an absent setting is unknown, never off.
	State string `json:"state"`
	Value string `json:"value,omitempty"` // where the setting is more than a switch
}

// The states of a PhoneSetting.
const (
	SettingOn      = "on"
	SettingOff     = "off"
	SettingUnknown = "unknown"
)

// PhoneUser is one user of the phone, without the name.
type PhoneUser struct {
	ID      int    `json:"id"`
	Kind    string `json:"kind"`  // owner, user, profile
	State   string `json:"state"` // running, stopped, paused
	Checked bool   `json:"checked"`
}
