package phone_test

import (
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

// A list that says installer=null of every package was made with installers: it contradicts a forged one.
func TestListOfNullsContradicts(t *testing.T) {
	const id = "org.example.tool"
	c := one(id, "", "HAS_CODE")
	text := strings.Replace(string(c.Outputs[capture.PackageDump].Text), "versionName=1.2.0", "versionName=1\n    installerPackageName=com.android.vending", 1)
	c.Outputs = map[string]capture.Output{}
	add(c, capture.GetProp, "[ro.build.version.sdk]: [28]\n")
	add(c, capture.PackageDump, text)
	add(c, capture.PackagesList, "package:/data/app/"+id+"-y==/base.apk="+id+"  installer=null uid:10245\n")
	it := find(phone.Items(c, phone.Options{}), id)
	if it.Arrival.Installer != "" || !it.HasTrait(inventory.TraitRecordsDisagree) {
		t.Errorf("got %+v, %v", it.Arrival, it.Traits)
	}
}
