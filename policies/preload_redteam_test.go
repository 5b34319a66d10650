package policies_test

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

// A preload that was updated lies in /data: without an installer nothing proves how the update came, and from a file it
// is no part of the phone as delivered.
func TestUpdatedPreload(t *testing.T) {
	p := load(t, policies.Options{})
	for _, installer := range []string{"", "com.google.android.packageinstaller"} {
		item := inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: "org.example.tool", System: true,
			Arrival:      inventory.Arrival{Installer: installer, Initiator: installer, InstallLocation: "data"},
			Detail:       inventory.Detail{Android: &inventory.AndroidDetail{On: &inventory.OnPhone{Updated: true}}},
			Capabilities: []inventory.Capability{{ID: inventory.CapAccessibility, Exposure: inventory.Active, Confidence: inventory.Proved}}}
		a := assess(p, item, false)
		if a.Route.Verdict == finding.System && (a.Route.Strength == finding.Proved || installer != "") {
			t.Errorf("installer %q: route %s, %s, %s", installer, a.Route.Verdict, a.Route.Detail, a.Route.Strength)
		}
	}
}
