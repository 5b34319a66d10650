package adb

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAttached(t *testing.T) {
	const text = "* daemon started successfully\nList of devices attached\n" +
		"emulator-5554          device product:sdk model:Pixel_8 device:emu transport_id:1\n" +
		"0123                   unauthorized usb:1-1 transport_id:2\n" +
		"4567                   no permissions (user in plugdev group; are your udev rules wrong?); see [http://developer.android.com] usb:1-2\n\nhalf\n"
	want := []Attached{
		{Phone{"emulator-5554", "device"}, "Pixel_8"}, {Phone{"0123", "unauthorized"}, ""}, {Phone{"4567", "no"}, ""},
	}
	if diff := cmp.Diff(want, parseAttached(text)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func FuzzParseAttached(f *testing.F) {
	f.Add("List of devices attached\nemulator-5554          device product:sdk model:Pixel_8 transport_id:1\n")
	f.Add("* daemon\n\n\t\nx y model:\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, one := range parseAttached(text) {
			if one.Serial == "" || one.State == "" {
				t.Errorf("%q: got %+v", text, one)
			}
		}
	})
}
