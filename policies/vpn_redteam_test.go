package policies_test

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

// A phone does not print which VPN runs, only which app may start one without asking: from outside a store that is told.
func TestAllowedVPNFromAFile(t *testing.T) {
	item := inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: "org.example.tool",
		Arrival:      inventory.Arrival{Installer: "com.google.android.packageinstaller", Initiator: "com.google.android.packageinstaller"},
		Capabilities: []inventory.Capability{{ID: inventory.CapVPN, Exposure: inventory.Granted, Confidence: inventory.Proved}}}
	if a := assess(load(t, policies.Options{}), item, false); a.Attention == finding.None {
		t.Errorf("got attention %s", a.Attention)
	}
}
