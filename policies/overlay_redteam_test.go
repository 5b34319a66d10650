package policies_test

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

// Drawing over other apps is on once it is allowed: an app of which the phone records no installer is told, as it is for
// every other special access that is on.
func TestOverlayWithoutAnInstaller(t *testing.T) {
	item := inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: "org.example.tool", Detail: inventory.Detail{Android: &inventory.AndroidDetail{On: &inventory.OnPhone{}}},
		Capabilities: []inventory.Capability{{ID: inventory.CapOverlay, Exposure: inventory.Granted, Confidence: inventory.Proved}}}
	if a := assess(load(t, policies.Options{}), item, false); a.Attention == finding.None {
		t.Errorf("route %s, attention %s", a.Route.Verdict, a.Attention)
	}
}
