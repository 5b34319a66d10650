// Package kept leaves out of the outputs of a phone what nothing here needs and what is personal: serials, account and
// network names, names of users, telephone ids. It works by lists of what stays, so that what a maker adds is left out
// too. Each function leaves its own result as it is, and readers of dumps read the same from the result as from the
// whole text. Limits: limits.DumpLineBytes, limits.DumpUsers.
package kept

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"appraise/android/dump"
	"appraise/android/dump/lines"
)

// properties are the system properties that stay.
var properties = []string{
	"ro.boot.flash.locked", "ro.boot.vbmeta.device_state", "ro.boot.verifiedbootstate", "ro.build.tags", "ro.build.type",
	"ro.build.version.release", "ro.build.version.sdk", "ro.build.version.security_patch", "ro.debuggable",
	"ro.product.brand", "ro.product.device", "ro.product.manufacturer", "ro.product.model", "ro.secure",
}

// settings are the keys that stay, of all namespaces.
var settings = []string{
	"accessibility_button_target_component", "accessibility_button_targets", "accessibility_enabled",
	"accessibility_shortcut_target_service", "adb_enabled", "adb_install_need_confirm", "adb_wifi_enabled", "always_on_vpn_app", "always_on_vpn_lockdown",
	"assistant", "autofill_service", "credential_service", "credential_service_primary", "default_input_method",
	"development_settings_enabled", "dialer_default_application", "enabled_accessibility_services", "enabled_input_methods",
	"enabled_notification_listeners", "global_http_proxy_host", "global_http_proxy_port", "global_proxy_pac_url", "http_proxy",
	"install_non_market_apps", "package_verifier_enable", "package_verifier_state", "package_verifier_user_consent",
	"private_dns_mode", "private_dns_specifier", "selected_spell_checker", "sms_default_application", "spell_checker_enabled",
	"upload_apk_enable", "user_setup_complete", "verifier_verify_adb_installs", "voice_interaction_service",
}

var (
	property = regexp.MustCompile(`^\[([^ \t\[\]]+)\]: \[`)
	setting  = regexp.MustCompile(`^([A-Za-z0-9_.:-]+)=`)
)

// Properties keeps of getprop the properties that are needed.
func Properties(text []byte) []byte { return entries(text, property, properties) }

// Settings keeps of a list of settings the keys that are needed.
func Settings(text []byte) []byte { return entries(text, setting, settings) }

// entries keeps the lines of the entries whose keys are named. A line that starts no entry goes on with the one before.
func entries(text []byte, start *regexp.Regexp, names []string) []byte {
	out := []byte{}
	keeping := false
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte(lines.ByteOrderMark))) {
		if key := start.FindSubmatch(line); key != nil {
			keeping = slices.Contains(names, string(key[1]))
		} else if lines.Complaint(line) {
			keeping = false
		}
		if keeping {
			out = append(out, line...)
		}
	}
	return out
}

// ErrUsers tells that users were left out: at a limit, or as they could not be read.
var ErrUsers = errors.New("users left out")

// Users gives pm list users without the names of users. The error is ErrUsers.
func Users(text []byte) ([]byte, error) {
	users, notes := dump.Users(text)
	out := []byte{}
	for _, u := range users {
		out = fmt.Appendf(out, "\tUserInfo{%d::%x}", u.ID, u.Flags)
		if u.Running {
			out = append(out, " running"...)
		}
		out = append(out, '\n')
	}
	if slices.ContainsFunc(notes, func(n lines.Note) bool { return n.Matters }) {
		return out, ErrUsers
	}
	return out, nil
}
