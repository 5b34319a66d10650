package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appraise/internal/fakedevice"
	"appraise/inventory"
)

// --verify full compares the content: what holds is verified, a changed byte is found, and what can't be read whole
// makes the answer incomplete.
func TestVerifyFull(t *testing.T) {
	const good = "../../android/apksig/testdata/apksigner-v1v2v3-rsa2048.apk"
	b, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.apk")
	at := strings.Index(string(b), "assets/README.txt") + 40
	b[at] ^= 1
	if err := os.WriteFile(changed, b, 0o600); err != nil {
		t.Fatal(err)
	}
	d := fakedevice.Start(t, fakedevice.Options{SDK: 34, Packages: []fakedevice.Package{
		{Name: "com.example.good", Base: good}, {Name: "com.example.changed", Base: changed}, {Name: "com.example.preload", Base: good, System: true},
		{Name: "com.example.gone"},
	}})
	r, _ := jsonOf(t, "phone", "--adb", d.Address(), "--apps", "all")
	for _, id := range []string{"com.example.good", "com.example.changed"} {
		if s := itemOf(t, r, id).Signature; s.State != inventory.Partial || s.Content != inventory.ContentInstalled {
			t.Errorf("%s by its ranges: got %s, %q", id, s.State, s.Content)
		}
	}
	r, got := jsonOf(t, "phone", "--adb", d.Address(), "--apps", "all", "--verify", "full")
	for id, want := range map[string]inventory.SignatureState{
		"com.example.good": inventory.Verified, "com.example.changed": inventory.Invalid, "com.example.preload": inventory.Partial, "com.example.gone": inventory.Unverifiable,
	} {
		if s := itemOf(t, r, id).Signature; s.State != want || s.State == inventory.Verified && s.Content != "" {
			t.Errorf("%s: got %s, %q, want %s", id, s.State, s.Content, want)
		}
	}
	if p := itemOf(t, r, "com.example.gone").Problems; len(p) == 0 || !p[len(p)-1].Matters {
		t.Errorf("an app that was not read whole: got %+v, want a problem that matters", p)
	}
	if r.Complete || got.code != 1 {
		t.Errorf("got complete %v, exit %d, want 1 for the changed app", r.Complete, got.code)
	}
}

// A phone that goes away while its apps are read whole: what was known stays, and the answer is incomplete.
func TestVerifyFullOfALostPhone(t *testing.T) {
	const large = "../../testdata/cache/apks/appium-uiautomator2-server-10.6.6/appium-uiautomator2-server-v10.6.6.apk"
	if _, err := os.Stat(large); err != nil {
		t.Skip("make test fetches the APK")
	}
	opt := fakedevice.Options{SDK: 34, Packages: []fakedevice.Package{{Name: "com.example.one", Base: large}, {Name: "com.example.two", Base: large}}}
	d := fakedevice.Start(t, opt)
	before := d.Sent()
	jsonOf(t, "phone", "--adb", d.Address())
	opt.Fault = fakedevice.Fault{Kind: fakedevice.Drop, After: d.Sent() - before + 4<<20}
	d = fakedevice.Start(t, opt)
	r, got := jsonOf(t, "phone", "--adb", d.Address(), "--verify", "full", "--fail-on", "none")
	if got.code != 3 || r.Complete {
		t.Errorf("got exit %d, complete %v, want 3 and false: %s", got.code, r.Complete, got.stderr)
	}
	for _, id := range []string{"com.example.one", "com.example.two"} {
		it := itemOf(t, r, id)
		if it.Signature.State != inventory.Partial || len(it.Problems) == 0 || !strings.Contains(it.Problems[len(it.Problems)-1].Message, "the phone went away") {
			t.Errorf("%s: got %s, %+v", id, it.Signature.State, it.Problems)
		}
	}
	checkPrivate(t, d, got.stdout+got.stderr)
}
