package phone_test

import (
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// A suspended app is greyed out, and its services run on: a keyboard in use stays active.
func TestSuspendedAppsServicesRun(t *testing.T) {
	const id = "org.example.tool"
	c := one(id, real, "HAS_CODE")
	text := strings.Replace(string(c.Outputs[capture.PackageDump].Text), "suspended=false", "suspended=true", 1)
	c.Outputs = map[string]capture.Output{}
	add(c, capture.PackageDump, text)
	add(c, capture.SettingsSecure, "default_input_method="+id+"/.Keys\n")
	it := find(phone.Items(c, phone.Options{}), id)
	if got := it.Exposure(inventory.CapKeystrokes); got != inventory.Active {
		t.Errorf("got %s, want active", got)
	}
}
