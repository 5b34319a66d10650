package policies_test

import (
	"testing"

	"appraise/inventory"
	"appraise/policies"
)

// An app that another app installed by a session of its own, as droppers do, is no better than one from a file: what it
// was allowed is told just so.
func TestInstalledByAnotherApp(t *testing.T) {
	p := load(t, policies.Options{})
	item := inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: "org.example.tool",
		Arrival:      inventory.Arrival{Installer: "org.example.dropper", Initiator: "org.example.dropper", InstallLocation: "data"},
		Detail:       inventory.Detail{Android: &inventory.AndroidDetail{On: &inventory.OnPhone{}}},
		Capabilities: []inventory.Capability{{ID: inventory.CapReadCodes, Exposure: inventory.Granted, Confidence: inventory.Proved}, {ID: inventory.CapOverlay, Exposure: inventory.Granted, Confidence: inventory.Proved}}}
	item.AddTrait(inventory.TraitRestrictedSettings)
	dropped := assess(p, item, false)
	item.Arrival.Installer, item.Arrival.Initiator = "com.google.android.packageinstaller", "com.google.android.packageinstaller"
	if file := assess(p, item, false); dropped.Attention < file.Attention {
		t.Errorf("from another app: %s with %d findings; from a file: %s with %d", dropped.Attention, len(dropped.Findings), file.Attention, len(file.Findings))
	}
}
