package policies_test

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
)

// F-Droid installs through its privileged extension where a system carries it: still F-Droid.
func TestFDroidPrivileged(t *testing.T) {
	p := load(t, policies.Options{})
	for _, a := range []inventory.Arrival{
		{Installer: "org.fdroid.fdroid", Initiator: "org.fdroid.fdroid.privileged"},
		{Installer: "org.fdroid.fdroid.privileged", Initiator: "org.fdroid.fdroid.privileged"},
	} {
		item := inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: "org.kde.kdeconnect_tp", Arrival: a,
			Capabilities: []inventory.Capability{{ID: inventory.CapNotificationsRead, Exposure: inventory.Active, Confidence: inventory.Proved}}}
		if got := assess(p, item, false); got.Route.Verdict != finding.Store || got.Attention == finding.Act {
			t.Errorf("%+v: route %s, attention %s", a, got.Route.Verdict, got.Attention)
		}
	}
}
