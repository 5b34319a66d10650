package access_test

import (
	"testing"

	"appraise/android/dump/access"
)

// An attribution tag is the app's own text of up to 50 characters: with line ends in it the app can write modes of its
// own before the real one, or end its block. The real mode must not be lost over that.
func TestForgedTagHidesNoAllowedOp(t *testing.T) {
	for _, tt := range []struct{ name, tag string }{
		{"a mode of its own", "x\n      SYSTEM_ALERT_WINDOW (ignore): y"},
		{"a mode of its uid", "x\n  Uid u0a245:\n   SYSTEM_ALERT_WINDOW (ignore): y"},
		{"the end of its block", "x\ny"},
	} {
		text := "Current AppOps Service state:\n  Uid u0a245:\n    state=cch\n    Package org.example.tool:\n      COARSE_LOCATION (allow): \n        " + tt.tag +
			"=[\n          Access: [fg-s] 2026-01-02 03:04:05.678 (-1d)\n        ]\n      SYSTEM_ALERT_WINDOW (allow): \n"
		if got := access.AppOpsDump([]byte(text)).Mode(10245, "org.example.tool", "SYSTEM_ALERT_WINDOW"); got != "allow" {
			t.Errorf("%s: got %q, want allow", tt.name, got)
		}
	}
}
