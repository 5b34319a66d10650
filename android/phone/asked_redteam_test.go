package phone_test

import (
	"slices"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// A user who was asked for and of whom the settings were not read leaves the answer incomplete.
func TestAskedUserWithoutSettings(t *testing.T) {
	c := one("org.example.tool", real, "HAS_CODE")
	add(c, capture.Users, "Users:\n\tUserInfo{0:Owner:c13} running\n\tUserInfo{10:Work:1030} running\n")
	r := phone.Items(c, phone.Options{Users: []int{10}})
	if !slices.ContainsFunc(r.Problems, func(p inventory.Problem) bool {
		return p.File == capture.ForUser(capture.SettingsSecure, 10) && p.Matters
	}) {
		t.Errorf("got %v, want a problem of the settings of user 10", r.Problems)
	}
}
