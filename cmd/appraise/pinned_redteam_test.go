package main

import (
	"os"
	"path/filepath"
	"testing"

	"appraise/internal/fakedevice"
)

// The signer of an app whose name is pinned decides its verdict: where it could not be read, the answer is incomplete.
func TestPinnedAppWithUnreadableAPK(t *testing.T) {
	junk := filepath.Join(t.TempDir(), "junk.apk")
	if err := os.WriteFile(junk, make([]byte, 40_000), 0o600); err != nil {
		t.Fatal(err)
	}
	const files = "com.google.android.packageinstaller"
	d := fakedevice.Start(t, fakedevice.Options{SDK: 34, Packages: []fakedevice.Package{{Name: "com.alibaba.aliexpresshd", Base: junk, Installer: files, Initiator: files}}})
	r, got := jsonOf(t, "phone", "--adb", d.Address(), "--fail-on", "none")
	if got.code != 3 || r.Complete {
		t.Errorf("got exit %d, complete %v, want 3 and false", got.code, r.Complete)
	}
}
