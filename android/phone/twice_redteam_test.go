package phone_test

import (
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// A setting that stands twice may be forged by the value of another one: what either of them switches on is on.
func TestSettingThatStandsTwice(t *testing.T) {
	const id = "org.example.tool"
	c := one(id, real, "HAS_CODE")
	add(c, capture.SettingsSecure, "aaa=x\nenabled_accessibility_services=com.example.reader/.R\naccessibility_enabled=1\nenabled_accessibility_services=com.example.reader/.R:"+id+"/.Watch\n")
	it := find(phone.Items(c, phone.Options{}), id)
	if got := it.Exposure(inventory.CapAccessibility); got != inventory.Active {
		t.Errorf("got %s, want active", got)
	}
}
