package phone_test

import (
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// An app that forges a user's line in its version's name ("installed=false", "enabled=3") is still there, and marked.
func TestForgedUserHidesNoApp(t *testing.T) {
	const id = "org.example.tool"
	c := one(id, real, "HAS_CODE")
	text := strings.Replace(string(c.Outputs[capture.PackageDump].Text), "versionName=1.2.0", "versionName=1\n    User 0: installed=false hidden=true enabled=3 x=y", 1)
	c.Outputs = map[string]capture.Output{}
	add(c, capture.GetProp, "[ro.build.version.sdk]: [34]\n")
	add(c, capture.PackageDump, text)
	add(c, capture.PackagesList, "package:/data/app/~~x==/"+id+"-y==/base.apk="+id+"  installer=null uid:10245\n")
	add(c, capture.PackagesThirdParty, "package:"+id+"\n")
	add(c, capture.SettingsSecure, "default_input_method="+id+"/.Keys\nenabled_accessibility_services="+id+"/.Watch\n")
	it := find(phone.Items(c, phone.Options{}), id)
	if it == nil {
		t.Fatal("the app is in no report")
	}
	if !it.HasTrait(inventory.TraitRecordsDisagree) || it.Exposure(inventory.CapKeystrokes) != inventory.Active {
		t.Errorf("got %v, %v", it.Traits, it.Capabilities)
	}
}
