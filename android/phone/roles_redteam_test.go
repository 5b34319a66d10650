package phone_test

import (
	"slices"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// From Android 10 on the default app for messages is a role: without that output a foreign one is not seen.
func TestMissingRolesMatter(t *testing.T) {
	c := one("org.example.tool", real, "HAS_CODE")
	c.Outputs[capture.Roles] = capture.Output{Exit: -1, Reason: "cmd role: no answer"}
	r := phone.Items(c, phone.Options{})
	if !slices.ContainsFunc(r.Problems, func(p inventory.Problem) bool { return p.File == capture.Roles && p.Matters }) {
		t.Errorf("got %v, want a problem of %s", r.Problems, capture.Roles)
	}
}
