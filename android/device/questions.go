package device

import (
	"bytes"
	"fmt"
	"strings"

	"appraise/android/capture"
	"appraise/android/device/adb"
	"appraise/android/dump"
)

// question is one output of a capture and the ways to ask a phone for it, in order. {user} stands for the number of a
// user; ways without it answer for user 0 alone, or for all.
type question struct {
	name  string
	since int      // API level that first has the command, 0 = all
	ways  []string // commands
	proof string   // what an answer holds, "" = an answer may be empty
	users bool     // asked for every user
}

// Every question but that for the phone's own properties. The chains are those that phones were seen to need:
// pm list packages lacks -U before API level 26 and -i on some phones, and throws without --user on Samsung phones with
// several users; dumpsys stops after ten seconds without -t.
var questions = [...]question{
	{name: capture.PackagesList, users: true, proof: "package:", ways: []string{
		"pm list packages -f -U -i -u --user {user}", "pm list packages -f -U -i -u", "pm list packages -f -i -u --user {user}", "pm list packages -f -U -u --user {user}",
		"pm list packages -f -i -u", "pm list packages -f -U -u", "pm list packages -f -u --user {user}", "pm list packages -f -u", "pm list packages -f",
	}},
	{name: capture.PackagesSystem, users: true, ways: []string{"pm list packages -s --user {user}", "pm list packages -s"}},
	{name: capture.PackagesThirdParty, users: true, ways: []string{"pm list packages -3 --user {user}", "pm list packages -3"}},
	{name: capture.PackagesDisabled, users: true, ways: []string{"pm list packages -d --user {user}", "pm list packages -d"}},
	{name: capture.PackageDump, proof: "Package [", ways: []string{"dumpsys -t 60 package packages", "dumpsys package packages", "dumpsys package"}},
	{name: capture.AppOps, since: 18, proof: "Uid ", ways: []string{"dumpsys appops"}},
	{name: capture.SettingsSecure, users: true, proof: "=", ways: []string{"settings list --user {user} secure", "settings --user {user} list secure", "settings list secure"}},
	{name: capture.SettingsGlobal, proof: "=", ways: []string{"settings list global"}},
	{name: capture.SettingsSystem, users: true, proof: "=", ways: []string{"settings list --user {user} system", "settings --user {user} list system", "settings list system"}},
	{name: capture.Accessibility, proof: "User state[", ways: []string{"dumpsys accessibility"}},
	{name: capture.IMEAll, users: true, ways: []string{"ime list -a --user {user}", "ime list -a"}},
	{name: capture.IMEEnabled, users: true, ways: []string{"ime list -s --user {user}", "ime list -s"}},
	{name: capture.Notification, since: 18, proof: "notification listeners (", ways: []string{"dumpsys -t 60 notification", "dumpsys notification"}},
	{name: capture.DevicePolicy, proof: "Device Policy Manager", ways: []string{"dumpsys device_policy"}},
	{name: capture.Owners, since: 31, ways: []string{"dpm list-owners"}},
	{name: capture.AppLinks, since: 31, users: true, ways: []string{"pm get-app-links --user {user}", "pm get-app-links"}},
	{name: capture.Transparency, since: 33, ways: []string{"cmd transparency get mba_info -v"}},
	{name: capture.WebView, since: 26, ways: []string{"dumpsys webviewupdate"}},
}

// first are asked before the rest: the API level decides what else is worth asking.
var first = [...]question{
	{name: capture.GetProp, proof: "[", ways: []string{"getprop"}},
	{name: capture.Users, since: 17, proof: "UserInfo{", ways: []string{"pm list users"}},
	// command -v is the shell's own: phones before Android 6 have no which.
	{name: capture.ID, ways: []string{"id; command -v su; true"}},
}

// Roles that are asked for one by one, since API level 29.
var roles = [...]string{
	"android.app.role.SMS", "android.app.role.DIALER", "android.app.role.BROWSER", "android.app.role.HOME",
	"android.app.role.ASSISTANT", "android.app.role.CALL_SCREENING", "android.app.role.CALL_REDIRECTION",
}

const sinceRoles = 29

// Settings that are asked for one by one where settings list is not there (before Android 7).
var settingKeys = map[string][]string{
	capture.SettingsSecure: {
		"accessibility_enabled", "enabled_accessibility_services", "default_input_method", "enabled_input_methods", "enabled_notification_listeners",
		"assistant", "voice_interaction_service", "autofill_service", "credential_service", "sms_default_application", "dialer_default_application",
		"always_on_vpn_app", "always_on_vpn_lockdown", "adb_install_need_confirm", "package_verifier_state", "package_verifier_user_consent",
	},
	capture.SettingsGlobal: {
		"adb_enabled", "development_settings_enabled", "adb_wifi_enabled", "package_verifier_enable", "package_verifier_user_consent",
		"verifier_verify_adb_installs", "upload_apk_enable", "adb_install_need_confirm", "package_verifier_state", "http_proxy",
		"global_http_proxy_host", "global_http_proxy_port", "private_dns_mode", "private_dns_specifier",
	},
}

// commands are the ways to ask the question for a user on a phone of an API level.
func (q question) commands(user, sdk int) []string {
	var out []string
	for _, way := range q.ways {
		asks := strings.Contains(way, "{user}")
		switch {
		case user != 0 && !asks && q.users:
		case user == 0 && asks && strings.HasPrefix(way, "ime "): // one user more than old phones understand
		case strings.Contains(way, "dumpsys -t") && sdk < 26:
		default:
			out = append(out, strings.ReplaceAll(way, "{user}", fmt.Sprint(user)))
		}
	}
	return out
}

// complaints start what commands print in place of an answer, often with exit code 0.
var complaints = []string{
	"Error", "Exception", "java.lang.", "Security exception", "Can't find service", "cmd: Can't find service", "Failure calling service",
	"Unknown command", "Unknown option", "usage:", "Usage:", "Invalid", "/system/bin/sh:", "sh: ",
}

func complaint(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\r\n")
	for _, c := range complaints {
		if bytes.HasPrefix(text, []byte(c)) {
			return true
		}
	}
	return false
}

// fault says why what the command gave is no answer, "" where it is one.
func (q question) fault(j *adb.Job) string {
	said := adb.FirstLine(j.Errors)
	if said == "" && complaint(j.Text) {
		said = adb.FirstLine(j.Text)
	}
	if said != "" {
		said = ": " + said
	}
	switch {
	case !j.Done:
		return j.Reason
	case j.Exit != 0:
		return fmt.Sprintf("exit code %d%s", j.Exit, said)
	case complaint(j.Text) || len(bytes.TrimSpace(j.Text)) == 0 && complaint(j.Errors):
		return "no answer" + said
	case q.proof != "" && !q.proves(j.Text):
		return "nothing in it" + said
	}
	return ""
}

// proves reports whether an answer holds what it must, in whatever encoding it came.
func (q question) proves(text []byte) bool {
	if bytes.Contains(text, []byte(q.proof)) {
		return true
	}
	decoded, _ := dump.Decode(text)
	return bytes.Contains(decoded, []byte(q.proof))
}
