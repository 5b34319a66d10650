package phone_test

import (
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
)

// Where the dump's word on the arrival is doubtful, the list's installer alone must not stand for a store: adb install
// -i sets that one, and the initiator, which it can't set, is what the forgery hid.
func TestForgedDoubtMakesNoStore(t *testing.T) {
	const id, store = "org.example.tool", "com.android.vending"
	c := one(id, "    installerPackageName="+store+"\n    initiatingPackageName=com.android.shell\n    packageSource=1\n", "HAS_CODE")
	text := strings.Replace(string(c.Outputs[capture.PackageDump].Text), "versionName=1.2.0", "versionName=1\n    initiatingPackageName="+store, 1)
	c.Outputs = map[string]capture.Output{}
	add(c, capture.GetProp, "[ro.build.version.sdk]: [34]\n")
	add(c, capture.PackageDump, text)
	add(c, capture.PackagesList, "package:/data/app/~~x==/"+id+"-y==/base.apk="+id+"  installer="+store+" uid:10245\n")
	it := find(phone.Items(c, phone.Options{}), id)
	if it.Arrival.Installer == store && it.Arrival.Initiator == "" {
		t.Errorf("got %+v: a store's installer without its initiator passes for the store", it.Arrival)
	}
}
