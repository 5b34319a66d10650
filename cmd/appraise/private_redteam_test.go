package main

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appraise/internal/fakedevice"
)

// A saved bundle holds no serial, no name of a user, no account, no id and no name of a network, unless it is asked for.
func TestSavedBundleHoldsNothingPersonal(t *testing.T) {
	const secret = "CANARY"
	texts := map[string]string{
		"users": "Users:\n\tUserInfo{0:CANARYowner:c13} running\n",
	}
	for name, more := range map[string]string{
		"getprop":         "[ro.serialno]: [CANARYserial]\n[ro.boot.serialno]: [CANARYserial]\n[persist.radio.imei]: [CANARYimei]\n[net.hostname]: [CANARYhost]\n",
		"settings-secure": "android_id=CANARYid\nbluetooth_name=CANARYbt\nbluetooth_address=CANARYmac\nlock_screen_owner_info=CANARYowner\n",
		"settings-global": "device_name=CANARYname\nwifi_p2p_device_name=CANARYwifi\n",
		"settings-system": "ringtone=CANARYfile\n",
		"device-policy":   "  Accounts:\n    CANARY@mail.example\n",
	} {
		b, err := os.ReadFile(filepath.Join(phoneEras, "sdk34", name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(b) + more
	}
	d := fakedevice.Start(t, fakedevice.Options{SDK: 34, Texts: texts})
	bundle := filepath.Join(t.TempDir(), "phone.zip")
	got := appraise(t, "phone", "--adb", d.Address(), "--save", bundle, "--fail-on", "none", "--format", "json")
	if strings.Contains(got.stdout+got.stderr, secret) {
		t.Error("the report holds something personal")
	}
	z, err := zip.OpenReader(bundle)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(r)
		r.Close()
		for line := range strings.Lines(string(b)) {
			if strings.Contains(line, secret) {
				t.Errorf("%s: %s", f.Name, line)
			}
		}
	}
}
