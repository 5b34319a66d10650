package phone_test

import (
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// A listener that is enabled is active though it isn't bound at this moment: an app unbinds itself by requestUnbind and
// is bound again by requestRebind, as it likes.
func TestUnboundListenerIsActive(t *testing.T) {
	const id = "org.example.tool"
	c := one(id, real, "HAS_CODE")
	add(c, capture.SettingsSecure, "enabled_notification_listeners="+id+"/.Listen\n")
	add(c, capture.Notification, "  Notification listeners:\n    Live notification listeners (1):\n      ComponentInfo{com.android.launcher3/com.android.launcher3.Badges} (user 0): x@1\n")
	it := find(phone.Items(c, phone.Options{}), id)
	if got := it.Exposure(inventory.CapNotificationsRead); got != inventory.Active {
		t.Errorf("got %s, want active", got)
	}
}
