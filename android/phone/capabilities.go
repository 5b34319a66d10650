package phone

import (
	"slices"
	"strings"

	"appraise/android/capture"
	"appraise/android/phone/records"
	"appraise/inventory"
)

// capabilities adds what doesn't come from permissions: components, special access, roles, app-ops of their own.
func (a *app) capabilities() {
	a.fromComponents()
	for _, one := range a.u.Access[a.name] {
		a.fromAccess(one)
	}
	a.services()
	for _, row := range opCapabilities {
		if a.mode(row.op) == "allow" {
			a.can(row.id, "", inventory.Granted, inventory.Proved, inventory.Evidence{File: capture.AppOps, Detail: row.op + " allow"})
		}
	}
	a.notifications()
	a.oneTimeCodes()
}

// opCapabilities are app-ops that let an app do something without a permission that it asks for.
var opCapabilities = []struct {
	op string
	id inventory.CapabilityID
}{
	{"ACTIVATE_VPN", inventory.CapVPN},
	{"ACTIVATE_PLATFORM_VPN", inventory.CapVPN},
	{"PROJECT_MEDIA", inventory.CapScreenRead},
}

// fromComponents takes over what the manifest gives beside permissions, whose grants the phone tells better.
func (a *app) fromComponents() {
	if a.files == nil {
		return
	}
	for _, c := range a.files.Capabilities {
		evidence := slices.DeleteFunc(slices.Clone(c.Evidence), func(e inventory.Evidence) bool { return a.pkg != nil && byRequest(e.Detail) })
		if len(evidence) > 0 {
			a.can(c.ID, c.Qualifier, c.Exposure, c.Confidence, evidence...)
		}
	}
}

// byRequest reports whether evidence of package android is a request for a permission, in its own words.
func byRequest(detail string) bool {
	return strings.HasPrefix(detail, "uses-permission") || strings.Contains(detail, " implied by ")
}

// fromAccess gives what a special access or a role lets the app do. What is switched off with the app is not active.
func (a *app) fromAccess(one records.Access) {
	exposure := one.Exposure
	if a.off() && !one.Running {
		exposure = min(exposure, inventory.Granted)
	}
	key := string(one.Kind)
	if one.Role != "" {
		key = one.Role
	}
	for _, permission := range accessGuards[key] {
		for _, id := range permissionTable()[platform+permission].Capabilities {
			a.can(id, "", exposure, inventory.Proved, one.Evidence)
		}
	}
}

// Bits of AccessibilityServiceInfo.CAPABILITY_*.
const (
	bitWindowContent = 1
	bitKeyEvents     = 8
	bitScreenshot    = 128
)

// serviceGives says what an accessibility service with such bits sees.
var serviceGives = []struct {
	bits int
	id   inventory.CapabilityID
}{
	{bitWindowContent | bitKeyEvents, inventory.CapKeystrokes},
	{bitWindowContent | bitScreenshot, inventory.CapScreenRead},
}

// services adds what an accessibility service that is on sees. Its bits are proof where they are printed, the
// configuration in its file where that was read. Else it is inferred: nearly every service reads the screen.
func (a *app) services() {
	on := a.widest(inventory.CapAccessibility)
	if on == nil || on.Exposure < inventory.Granted || !a.holds(inventory.AccessAccessibility) {
		return
	}
	bits := a.u.Bits
	for _, row := range serviceGives {
		declared := a.found[capabilityKey{row.id, "", inventory.Requested}]
		switch {
		case bits.Sure && bits.All&row.bits != 0:
			a.can(row.id, "", on.Exposure, inventory.Proved, on.Evidence...)
		case bits.Sure && bits.Some&row.bits == 0:
		case declared != nil:
			a.can(row.id, "", on.Exposure, declared.Confidence, slices.Concat(on.Evidence, declared.Evidence)...)
		default:
			a.can(row.id, "", on.Exposure, inventory.Inferred, on.Evidence...)
		}
	}
}

func (a *app) holds(kind inventory.AccessKind) bool {
	return slices.ContainsFunc(a.on.Access, func(s inventory.SpecialAccess) bool { return s.Kind == kind })
}

// silenced reports whether the user switched the app's notifications off as a whole.
func (a *app) silenced() bool { return len(a.on.Channels) > 0 }

// notifications tells who may send notifications before Android 13, where no permission is needed.
func (a *app) notifications() {
	if a.f.SDK >= sdkTiramisu || a.f.SDK == 0 || len(a.u.Channels[a.name]) == 0 || a.silenced() {
		return
	}
	a.can(inventory.CapNotificationsPost, "", inventory.Granted, inventory.Proved, inventory.Evidence{File: capture.Notification, Detail: "has notification channels, and they are not switched off"})
}

// oneTimeCodes adds what follows by combination: who reads notifications or the screen reads the codes there.
func (a *app) oneTimeCodes() {
	for _, id := range []inventory.CapabilityID{inventory.CapNotificationsRead, inventory.CapScreenRead} {
		if c := a.widest(id); c != nil {
			a.can(inventory.CapReadCodes, "", c.Exposure, inventory.Inferred, c.Evidence...)
		}
	}
}
