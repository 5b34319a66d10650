package dump

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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

// parsers are all readers by the fixture that they read; what they give is what the golden files hold.
var parsers = []struct {
	name string
	read func([]byte) any
}{
	{"getprop", func(b []byte) any { v, n := GetProp(b); return withNotes{v, n} }},
	{"users", func(b []byte) any { v, n := Users(b); return withNotes{v, n} }},
	{"packages-list", func(b []byte) any { v, n := PackageList(b); return withNotes{v, n} }},
	{"package", func(b []byte) any { return PackageDump(b) }},
	{"appops", func(b []byte) any { return AppOpsDump(b) }},
	{"settings-secure", func(b []byte) any { v, n := SettingsList(b); return withNotes{v, n} }},
	{"settings-global", func(b []byte) any { v, n := SettingsList(b); return withNotes{v, n} }},
	{"settings-system", func(b []byte) any { v, n := SettingsList(b); return withNotes{v, n} }},
	{"accessibility", func(b []byte) any { v, n := AccessibilityDump(b); return withNotes{v, n} }},
	{"ime-all", func(b []byte) any { v, n := IMEList(b, false); return withNotes{v, n} }},
	{"ime-enabled", func(b []byte) any { v, n := IMEList(b, true); return withNotes{v, n} }},
	{"notification", func(b []byte) any { l, c, n := NotificationDump(b); return withNotes{[]any{l, c}, n} }},
	{"device-policy", func(b []byte) any { v, n := DevicePolicy(b); return withNotes{v, n} }},
	{"owners", func(b []byte) any { v, n := Owners(b); return withNotes{v, n} }},
	{"roles", func(b []byte) any { v, n := Roles(b); return withNotes{v, n} }},
	{"app-links", func(b []byte) any { v, n := AppLinksDump(b); return withNotes{v, n} }},
}

type withNotes struct {
	Value any
	Notes []Note
}

// extra are readers of texts for which there is no fixture of an era.
var extra = []struct {
	name string
	read func([]byte) any
}{
	{"decode", func(b []byte) any { v, n := Decode(b); return withNotes{v, n} }},
	{"appops get", func(b []byte) any { u, p, n := AppOpsGet(b); return []any{u, p, n} }},
	{"settings get", func(b []byte) any { v, n := SettingsGet(b); return withNotes{v, n} }},
	{"settings dump", func(b []byte) any { v, n := SettingsDump(b); return withNotes{v, n} }},
	{"bugreport", func(b []byte) any { v, n := BugreportSections(b); return withNotes{v, n} }},
	{"components", func(b []byte) any { return Components(string(b)) }},
	{"input methods", func(b []byte) any { return InputMethods(string(b)) }},
	{"patch level", func(b []byte) any { v, ok := PatchLevel(string(b)); return []any{v, ok} }},
	{"filter", func(b []byte) any {
		var out strings.Builder
		return []any{FilterNotification(&out, strings.NewReader(string(b))), out.String()}
	}},
}

// packageText is a text in which a package appears, for tests of single lines.
func packageText(lines ...string) []byte {
	return []byte("Packages:\n" + strings.Join(lines, "\n") + "\n")
}
