package access

import "testing"

// The other commands of each era tell the same as well.
func TestSameServices(t *testing.T) {
	const watcher, reader = "com.example.coupons/com.example.coupons.Watcher", "com.example.coupons/com.example.coupons.Reader"
	for _, era := range eras {
		t.Run(era, func(t *testing.T) {
			a11y, notes := AccessibilityDump(fixture(t, era, "accessibility"))
			if len(notes) > 0 || len(a11y) == 0 || len(a11y[0].Labels) != 2 || a11y[0].Labels[1].Label != "Coupons, gratis" || a11y[0].Labels[1].Capabilities != 41 {
				t.Errorf("accessibility %+v, %v", a11y, notes)
			}
			if era != "sdk25" && era != "sdk28" && (len(a11y[0].Enabled) != 2 || a11y[0].Enabled[1] != watcher) {
				t.Errorf("enabled services %v", a11y[0].Enabled)
			}
			listeners, _, _ := NotificationDump(fixture(t, era, "notification"))
			if len(listeners.Allowed) != 2 || listeners.Allowed[1] != reader || len(listeners.Live) != 3 || !listeners.Live[0].System || listeners.Live[2].System {
				t.Errorf("listeners %+v", listeners)
			}
			policy, _ := DevicePolicy(fixture(t, era, "device-policy"))
			if len(policy.Admins) != 1 || policy.Admins[0].Component != "com.example.findmine/com.example.findmine.Admin" || len(policy.Admins[0].Policies) != 3 || policy.DeviceOwner != "" {
				t.Errorf("policy %+v", policy)
			}
			ops := AppOpsDump(fixture(t, era, "appops"))
			if ops.Mode(10245, "com.example.coupons", "SYSTEM_ALERT_WINDOW") != "allow" || ops.Mode(10203, "com.example.bank", "CAMERA") != "ignore" {
				t.Errorf("app-ops %+v", ops)
			}
			if era != "sdk25" && (ops.LastAccess["com.example.maps"]["FINE_LOCATION"] != "2026-01-04" || ops.LastAccess["com.example.bank"]["CAMERA"] != "") {
				t.Errorf("last access %v", ops.LastAccess)
			}
		})
	}
}
