package android

import (
	"fmt"
	"slices"
	"strings"

	"appraise/android/axml"
	"appraise/android/axml/res"
	"appraise/inventory"
)

// binding is a kind of component that only the system may bind: the permission that guards it and the
// actions by which the system finds it. Its capabilities are those of the permission's row in the table.
type binding struct {
	component, permission string
	actions               []string
	unguarded             int // the highest target level at which Android binds it without the permission, too
}

const bindAccessibility = platform + "BIND_ACCESSIBILITY_SERVICE"

// bindings are the special components. Sources: the SERVICE_INTERFACE constants of the framework classes,
// for unguarded admins DevicePolicyManagerService.findAdmin.
var bindings = []binding{
	{"service", bindAccessibility, []string{"android.accessibilityservice.AccessibilityService"}, 0},
	{"service", platform + "BIND_INPUT_METHOD", []string{"android.view.InputMethod"}, 0},
	{"service", platform + "BIND_TEXT_SERVICE", []string{"android.service.textservice.SpellCheckerService"}, 0},
	{"service", platform + "BIND_NOTIFICATION_LISTENER_SERVICE", []string{"android.service.notification.NotificationListenerService"}, 0},
	{"receiver", platform + "BIND_DEVICE_ADMIN", []string{"android.app.action.DEVICE_ADMIN_ENABLED"}, sdkMarshmallow},
	{"service", platform + "BIND_VPN_SERVICE", []string{"android.net.VpnService"}, 0},
	{"service", platform + "BIND_AUTOFILL_SERVICE", []string{"android.service.autofill.AutofillService"}, 0},
	{"service", platform + "BIND_CREDENTIAL_PROVIDER_SERVICE", []string{"android.service.credentials.CredentialProviderService"}, 0},
	{"service", platform + "BIND_VOICE_INTERACTION", []string{"android.service.voice.VoiceInteractionService"}, 0},
	{"service", platform + "BIND_SCREENING_SERVICE", []string{"android.telecom.CallScreeningService"}, 0},
	{"service", platform + "BIND_CALL_REDIRECTION_SERVICE", []string{"android.telecom.CallRedirectionService"}, 0},
	{"service", platform + "BIND_INCALL_SERVICE", []string{"android.telecom.InCallService"}, 0},
	{"service", platform + "BIND_NFC_SERVICE", []string{"android.nfc.cardemulation.action.HOST_APDU_SERVICE",
		"android.nfc.cardemulation.action.OFF_HOST_APDU_SERVICE", "android.nfc.cardemulation.action.HOST_NFCF_SERVICE"}, 0},
	{"service", platform + "BIND_CARRIER_SERVICES", []string{"android.service.carrier.CarrierService",
		"android.service.carrier.CarrierMessagingService"}, 0},
	{"service", platform + "BIND_COMPANION_DEVICE_SERVICE", []string{"android.companion.CompanionDeviceService"}, 0},
	{"service", platform + "BIND_CONTENT_CAPTURE_SERVICE", []string{"android.service.contentcapture.ContentCaptureService"}, 0},
}

// ManifestCapabilities lists the capabilities that a manifest can give by something else than a permission
// that is asked for: components, network rules, queries.
func ManifestCapabilities() []inventory.CapabilityID {
	given := []inventory.CapabilityID{inventory.CapScreenRead, inventory.CapReadCodes, inventory.CapListApps, inventory.CapNetworkCleartext}
	for _, b := range bindings {
		given = append(given, permissionTable()[b.permission].Capabilities...)
	}
	return slices.DeleteFunc(slices.Clone(inventory.Capabilities), func(id inventory.CapabilityID) bool { return !slices.Contains(given, id) })
}

// componentCapabilities turns components into capabilities.
func (r *reader) componentCapabilities() {
	for _, p := range r.parts {
		for _, b := range bindings {
			if p.Type == b.component {
				r.binding(p, b)
			}
		}
		if slices.Contains(strings.Split(p.ForegroundType, "|"), "mediaProjection") {
			r.can(inventory.CapScreenRead, "", inventory.Proved, r.at(p.element, "%s %s with foregroundServiceType mediaProjection", p.Type, p.Name))
		}
	}
}

// binding judges one component against one kind. The guarding permission is what lets the system bind it;
// with the action, too, the capability is proved. The action alone can't be bound.
func (r *reader) binding(p part, b binding) {
	action, confidence := p.action(b.actions), inventory.Inferred
	detail := fmt.Sprintf("%s %s bound by %s", p.Type, p.Name, b.permission)
	switch guarded := p.Permission == b.permission; {
	case guarded && action != "":
		confidence = inventory.Proved
	case guarded:
		detail += ", without the action " + b.actions[0]
	case action == "":
		return
	case r.app.Split == "" && r.target() <= b.unguarded:
		detail = fmt.Sprintf("%s %s for %s, without %s, which Android allows at target SDK %d", p.Type, p.Name, action, b.permission, r.target())
	default:
		r.trait(inventory.TraitServiceNotBindable, r.at(p.element, "%s %s for %s without %s", p.Type, p.Name, action, b.permission))
		return
	}
	for _, id := range permissionTable()[b.permission].Capabilities {
		r.can(id, "", confidence, r.at(p.element, "%s", detail))
	}
	if b.permission == bindAccessibility {
		r.accessibility(p, confidence)
	}
}

// action returns the first of the actions that one of the component's filters names.
func (p part) action(actions []string) string {
	for _, a := range actions {
		if slices.ContainsFunc(p.Filters, func(f inventory.IntentFilter) bool { return slices.Contains(f.Actions, a) }) {
			return a
		}
	}
	return ""
}

// queries reads what an app asks to see of other apps. Many by name, or all that have an icon, tell which
// apps a person has; 50 are many.
func (r *reader) queries(e *axml.Element) {
	r.app.QueriedPackages = append(r.app.QueriedPackages, r.names(e, "package")...)
	if n := len(r.app.QueriedPackages); n >= 50 {
		r.can(inventory.CapListApps, "", inventory.Inferred, r.at(e, "queries %d packages by name", n))
	}
	for intent := range children(e, "intent") {
		r.app.QueriedIntents++
		narrowed := slices.ContainsFunc(intent.Children, func(c *axml.Element) bool { return c.Name == "data" })
		for _, action := range r.names(intent, "action") {
			if !narrowed && (action == actionMain || action == "*") {
				r.can(inventory.CapListApps, "", inventory.Inferred, r.at(intent, "queries every app with the action %s", action))
			}
		}
	}
}

// oneTimeCodes adds what follows by combination: who reads notifications or the screen reads the codes there.
func (r *reader) oneTimeCodes() {
	for _, id := range []inventory.CapabilityID{inventory.CapNotificationsRead, inventory.CapScreenRead} {
		if c := r.capabilities[[2]string{string(id), ""}]; c != nil {
			for _, e := range c.Evidence {
				r.can(inventory.CapReadCodes, "", inventory.Inferred, e)
			}
		}
	}
}

// accessibilityFlags are the attributes of an accessibility service's configuration that say what it sees.
// Source: AccessibilityServiceInfo.
var accessibilityFlags = []struct {
	id    uint32
	name  string
	gives []inventory.CapabilityID
}{
	{axml.AttrIDCanRetrieveWindowContent, "canRetrieveWindowContent", []inventory.CapabilityID{inventory.CapScreenRead, inventory.CapKeystrokes}},
	{axml.AttrIDCanRequestFilterKeyEvents, "canRequestFilterKeyEvents", []inventory.CapabilityID{inventory.CapKeystrokes}},
	{axml.AttrIDCanTakeScreenshot, "canTakeScreenshot", []inventory.CapabilityID{inventory.CapScreenRead}},
}

// accessibility reads the configuration that an accessibility service names; of several each counts.
// A service without one sees no window content.
func (r *reader) accessibility(p part, confidence inventory.Confidence) {
	for m := range children(p.element, "meta-data") {
		if r.text(m, axml.AttrIDName) != "android.accessibilityservice" {
			continue
		}
		r.resources(m, axml.AttrIDResource, func(root *axml.Element) {
			for _, flag := range accessibilityFlags {
				if !r.boolean(root, flag.id, false) {
					continue
				}
				for _, id := range flag.gives {
					r.can(id, "", confidence, r.at(root, "%s=true", flag.name))
				}
			}
		})
	}
}

// resources visits the root elements of the XML files that a reference can mean, over all configurations.
func (r *reader) resources(e *axml.Element, id uint32, visit func(*axml.Element)) {
	a, ok := e.AttrID(id)
	if !ok {
		return
	}
	for _, v := range r.resolved(e, a) {
		if v.IsReference() && r.tableUnread() {
			continue // the table was not read, which is told of the table
		}
		if v.Type != res.TypeString {
			r.unread(manifestName, &inventory.FormatError{Offset: a.Offset, Message: fmt.Sprintf("%s %s leads to no file", e.Name, a.Value.Text())})
		} else if doc := r.document(v.String); doc != nil {
			r.source = v.String
			visit(doc.Root)
			r.source = manifestName
		}
	}
}
