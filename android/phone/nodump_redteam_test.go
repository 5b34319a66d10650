package phone_test

import (
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
)

// Without the dump and the lists of -s and -3, the path in the package manager's list tells what came with the phone.
func TestPreloadWithoutTheDump(t *testing.T) {
	const id = "com.example.reader"
	c := &capture.Capture{Source: capture.SourceADB, Created: made}
	add(c, capture.GetProp, "[ro.build.version.sdk]: [34]\n")
	add(c, capture.PackagesList, "package:/product/app/Reader/Reader.apk="+id+"  installer=null uid:10100\n")
	add(c, capture.SettingsSecure, "enabled_accessibility_services="+id+"/.R\n")
	if it := find(phone.Items(c, phone.Options{AllApps: true}), id); !it.System {
		t.Errorf("got no part of the system at %s", it.Location)
	}
}
