package dump_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appraise/android/dump"
	"appraise/android/dump/access"
	"appraise/android/dump/lines"
	"appraise/android/dump/packages"
)

// eras are the folders of testdata that hold one imaginary phone each.
var eras = []string{"sdk25", "sdk28", "sdk30", "sdk33", "sdk34", "sdk36", "samsung-sdk33"}

func fixture(t testing.TB, era, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", era, name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// parsers are all readers, those of packages and access too, by the fixture that they read; what they give is what the
// golden files hold.
var parsers = []struct {
	name string
	read func([]byte) any
}{
	{"getprop", func(b []byte) any { v, n := dump.GetProp(b); return withNotes{v, n} }},
	{"users", func(b []byte) any { v, n := dump.Users(b); return withNotes{v, n} }},
	{"packages-list", func(b []byte) any { v, n := packages.List(b); return withNotes{v, n} }},
	{"package", func(b []byte) any { return packages.Read(b) }},
	{"appops", func(b []byte) any { return access.AppOpsDump(b) }},
	{"settings-secure", func(b []byte) any { v, n := dump.SettingsList(b); return withNotes{v, n} }},
	{"settings-global", func(b []byte) any { v, n := dump.SettingsList(b); return withNotes{v, n} }},
	{"settings-system", func(b []byte) any { v, n := dump.SettingsList(b); return withNotes{v, n} }},
	{"accessibility", func(b []byte) any { v, n := access.AccessibilityDump(b); return withNotes{v, n} }},
	{"ime-all", func(b []byte) any { v, n := access.IMEList(b, false); return withNotes{v, n} }},
	{"ime-enabled", func(b []byte) any { v, n := access.IMEList(b, true); return withNotes{v, n} }},
	{"notification", func(b []byte) any { l, c, n := access.NotificationDump(b); return withNotes{[]any{l, c}, n} }},
	{"device-policy", func(b []byte) any { v, n := access.DevicePolicy(b); return withNotes{v, n} }},
	{"owners", func(b []byte) any { v, n := access.Owners(b); return withNotes{v, n} }},
	{"roles", func(b []byte) any { v, n := access.Roles(b); return withNotes{v, n} }},
	{"app-links", func(b []byte) any { v, n := packages.AppLinksDump(b); return withNotes{v, n} }},
}

type withNotes struct {
	Value any
	Notes []lines.Note
}

// extra are readers of texts for which there is no fixture of an era.
var extra = []struct {
	name string
	read func([]byte) any
}{
	{"decode", func(b []byte) any { v, n := dump.Decode(b); return withNotes{v, n} }},
	{"appops get", func(b []byte) any { u, p, n := access.AppOpsGet(b); return []any{u, p, n} }},
	{"settings get", func(b []byte) any { v, n := dump.SettingsGet(b); return withNotes{v, n} }},
	{"settings dump", func(b []byte) any { v, n := dump.SettingsDump(b); return withNotes{v, n} }},
	{"bugreport", func(b []byte) any { v, n := dump.BugreportSections(b); return withNotes{v, n} }},
	{"components", func(b []byte) any { return dump.Components(string(b)) }},
	{"input methods", func(b []byte) any { return access.InputMethods(string(b)) }},
	{"patch level", func(b []byte) any { v, ok := dump.PatchLevel(string(b)); return []any{v, ok} }},
	{"filter", func(b []byte) any {
		var out strings.Builder
		return []any{access.FilterNotification(&out, strings.NewReader(string(b))), out.String()}
	}},
}
