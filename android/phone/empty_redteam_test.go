package phone_test

import (
	"slices"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// An output that is empty, or holds nothing of what its command prints, told nothing: that could change a verdict.
func TestOutputThatTellsNothing(t *testing.T) {
	for _, name := range []string{capture.AppOps, capture.Accessibility, capture.Notification, capture.DevicePolicy, capture.SettingsSecure} {
		for _, text := range []string{"", "lorem ipsum\n", "\x00\xff\x01\n"} {
			c := one("org.example.tool", real, "HAS_CODE")
			for other, whole := range map[string]string{
				capture.AppOps: "Current AppOps Service state:\n  Uid u0a245:\n    state=cch\n", capture.Accessibility: "User state[\n     attributes:{id=0}\n     Enabled services:{}\n",
				capture.Notification: "    Live notification listeners (0):\n", capture.DevicePolicy: "Current Device Policy Manager state:\n", capture.SettingsSecure: "accessibility_enabled=0\n",
			} {
				if other != name {
					add(c, other, whole)
				}
			}
			add(c, name, text)
			r := phone.Items(c, phone.Options{})
			if !slices.ContainsFunc(r.Problems, func(p inventory.Problem) bool { return p.File == name && p.Matters }) {
				t.Errorf("%s holds %q: no problem that matters, got %v", name, text, r.Problems)
			}
		}
	}
}
