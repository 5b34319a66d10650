package access_test

import (
	"slices"
	"strings"
	"testing"

	"appraise/android/dump"
	"appraise/android/dump/access"
)

// A component's class is the app's own text: Android checks no letter of android:name, an AppComponentFactory makes a
// service of any, and Java's names may have 65,535 bytes. No name may take the service out of every list.
func TestOddClassNamesAreNotLost(t *testing.T) {
	const pkg = "org.example.tool"
	of := func(list []string) bool {
		return slices.ContainsFunc(list, func(c string) bool { return strings.HasPrefix(c, pkg+"/") })
	}
	for _, class := range []string{strings.Repeat("w", 1100), "a'b", "a/b", "a(b)", "a=b", "a*b", "a b"} {
		name := pkg + "/" + class
		if !of(dump.Components("com.example.reader/.R:" + name)) {
			t.Errorf("setting: %.60q is lost", name)
		}
		if !of(access.InputMethods(name + ";1:com.example.keys/.K")) {
			t.Errorf("keyboards: %.60q is lost", name)
		}
		a, _ := access.AccessibilityDump([]byte("User state[\n     attributes:{id=0}\n     Bound services:{}\n     Enabled services:{{com.example.reader/com.example.reader.R}, {" + name + "}}\n"))
		if len(a) != 1 || !of(a[0].Enabled) {
			t.Errorf("accessibility: %.60q is lost", name)
		}
		l, _, _ := access.NotificationDump([]byte("    Live notification listeners (1):\n      ComponentInfo{" + name + "} (user 0): x@1\n"))
		if len(l.Live) != 1 {
			t.Errorf("listeners: %.60q is lost", name)
		}
		p, _ := access.DevicePolicy([]byte("Current Device Policy Manager state:\n  Enabled Device Admins (User 0, provisioningState: 0):\n    " + name + ":\n      policies:\n        wipe-data\n"))
		if len(p.Admins) != 1 {
			t.Errorf("administrators: %.60q is lost", name)
		}
	}
}
