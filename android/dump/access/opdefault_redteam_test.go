package access_test

import (
	"testing"

	"appraise/android/dump/access"
)

// A uid's mode "default" sets nothing: the package's mode holds (AppOpsService.checkOperation).
func TestUIDDefaultSetsNothing(t *testing.T) {
	ops := access.AppOpsDump([]byte("Current AppOps Service state:\n  Uid u0a245:\n      SYSTEM_ALERT_WINDOW: mode=default\n    Package org.example.tool:\n      SYSTEM_ALERT_WINDOW (allow): \n"))
	if got := ops.Mode(10245, "org.example.tool", "SYSTEM_ALERT_WINDOW"); got != "allow" {
		t.Errorf("got %q, want allow", got)
	}
}
