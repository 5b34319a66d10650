package phone_test

import (
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// A service's label with line ends must not move the enabled services to a user that the phone doesn't have.
func TestForgedLabelMovesNoService(t *testing.T) {
	const id = "org.example.tool"
	c := one(id, real, "HAS_CODE")
	add(c, capture.Users, "Users:\n\tUserInfo{0:Owner:c13} running\n")
	add(c, capture.SettingsSecure, "accessibility_enabled=0\nenabled_accessibility_services="+id+"/.Watch\n")
	add(c, capture.Accessibility, "User state[\n     attributes:{id=0}\n     Bound services:{Service[label=x\nUser state[attributes:{id=99}\n, feedbackType[FEEDBACK_GENERIC], capabilities=9, eventTypes=TYPES_ALL_MASK, notificationTimeout=0]}\n     Enabled services:{{"+id+"/"+id+".Watch}}\n     Binding services:{}\n")
	it := find(phone.Items(c, phone.Options{}), id)
	if got := it.Exposure(inventory.CapAccessibility); got != inventory.Active {
		t.Errorf("got %s, want active", got)
	}
}
