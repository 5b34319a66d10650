package phone

import (
	"slices"
	"strings"

	"appraise/android/phone/records"
	"appraise/internal/limits"
	"appraise/inventory"
)

// accessGuards are the permissions of the table whose capabilities a kind of access or a role gives.
var accessGuards = map[string][]string{
	string(inventory.AccessAccessibility): {"BIND_ACCESSIBILITY_SERVICE"},
	string(inventory.AccessKeyboard):      {"BIND_INPUT_METHOD"},
	string(inventory.AccessSpellChecker):  {"BIND_TEXT_SERVICE"},
	string(inventory.AccessListener):      {"BIND_NOTIFICATION_LISTENER_SERVICE"},
	string(inventory.AccessDeviceAdmin):   {"BIND_DEVICE_ADMIN"},
	string(inventory.AccessDeviceOwner):   {"BIND_DEVICE_ADMIN"},
	string(inventory.AccessProfileOwner):  {"BIND_DEVICE_ADMIN"},
	string(inventory.AccessVPN):           {"BIND_VPN_SERVICE"},
	string(inventory.AccessAutofill):      {"BIND_AUTOFILL_SERVICE"},
	string(inventory.AccessCredentials):   {"BIND_CREDENTIAL_PROVIDER_SERVICE"},
	string(inventory.AccessAssistant):     {"BIND_VOICE_INTERACTION"},

	records.RoleSMS:                             {"READ_SMS", "SEND_SMS"},
	records.RoleDialer:                          {"BIND_INCALL_SERVICE"},
	"android.app.role.ASSISTANT":                {"BIND_VOICE_INTERACTION"},
	"android.app.role.CALL_SCREENING":           {"BIND_SCREENING_SERVICE"},
	"android.app.role.CALL_REDIRECTION":         {"BIND_CALL_REDIRECTION_SERVICE"},
	"android.app.role.SYSTEM_SPEECH_RECOGNIZER": {"RECORD_AUDIO"},
}

// special lists an app's special access, one entry for each kind and component with the widest exposure.
func special(list []records.Access, bits records.ServiceBits) []inventory.SpecialAccess {
	var out []inventory.SpecialAccess
	for _, a := range list {
		if a.Kind == "" {
			continue
		}
		i := slices.IndexFunc(out, func(s inventory.SpecialAccess) bool { return s.Kind == a.Kind && s.Component == a.Component })
		if i < 0 {
			if len(out) == limits.AppEvidence {
				continue
			}
			i = len(out)
			out = append(out, inventory.SpecialAccess{Kind: a.Kind, Component: a.Component})
		}
		s := &out[i]
		s.Exposure = max(s.Exposure, a.Exposure)
		for _, p := range a.Policies {
			if !slices.Contains(s.Policies, p) {
				s.Policies = append(s.Policies, p)
			}
		}
		if a.Kind == inventory.AccessAccessibility && bits.Sure {
			s.Bits = bits.All
		}
	}
	slices.SortFunc(out, func(a, b inventory.SpecialAccess) int {
		return strings.Compare(string(a.Kind)+" "+a.Component, string(b.Kind)+" "+b.Component)
	})
	return out
}
