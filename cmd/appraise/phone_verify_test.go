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
