package policies_test

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

// The install reason "policy" is the installer's word (pm install --install-reason 1). An app from a file that was made
// the device's owner afterwards (dpm set-device-owner) did not come by a policy: neither silences a finding.
func TestManagedRouteOfAFile(t *testing.T) {
	const files = "com.google.android.packageinstaller"
	p := load(t, policies.Options{})
	watches := []inventory.Capability{{ID: inventory.CapAccessibility, Exposure: inventory.Active, Confidence: inventory.Proved}}
	owner := &inventory.AndroidDetail{On: &inventory.OnPhone{Access: []inventory.SpecialAccess{{Kind: inventory.AccessDeviceOwner, Component: "org.example.tool/.A", Exposure: inventory.Active}}}}
	for _, tt := range []struct {
		name string
		item inventory.Item
	}{
		{"reason policy, nobody manages the phone", inventory.Item{Arrival: inventory.Arrival{Installer: files, Initiator: files, InstallReason: "policy"}, Detail: inventory.Detail{Android: &inventory.AndroidDetail{On: &inventory.OnPhone{}}}}},
		{"device owner from a file", inventory.Item{Arrival: inventory.Arrival{Installer: files, Initiator: files}, Detail: inventory.Detail{Android: owner}}},
	} {
		tt.item.Platform, tt.item.Kind, tt.item.ID, tt.item.Capabilities = inventory.Android, inventory.KindApp, "org.example.tool", watches
		if a := assess(p, tt.item, false); a.Route.Verdict == finding.Policy || a.Attention != finding.Act {
			t.Errorf("%s: route %s, attention %s", tt.name, a.Route.Verdict, a.Attention)
		}
	}
}
