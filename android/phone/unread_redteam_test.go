package phone_test

import (
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
)

// An APK that could not be read is told with its reason, though others of the phone were read.
func TestUnreadAPKIsTold(t *testing.T) {
	const id, reason = "org.example.tool", "not all was read: the phone gave 0 of 4096 bytes at 0"
	c := one(id, real, "HAS_CODE")
	c.APKs = append(c.APKs,
		capture.APK{Package: "org.example.other", Path: "/data/app/o/base.apk", Size: 4, Parts: []capture.Part{{Data: []byte("PK\x03\x04")}}},
		capture.APK{Package: id, Path: "/data/app/~~x==/" + id + "-y==/base.apk", Size: 123456789, Reason: reason})
	r := phone.Items(c, phone.Options{})
	told := strings.Join(r.NotChecked, "\n")
	for _, p := range append(find(r, id).Problems, r.Problems...) {
		told += "\n" + p.Message
	}
	if !strings.Contains(told, reason) {
		t.Errorf("its signer was not read, and nothing tells:\n%s", told)
	}
}
