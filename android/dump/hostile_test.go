package dump

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
)

// Every reader takes every prefix of every fixture, and every fixture of another command.
func TestTruncated(t *testing.T) {
	for _, era := range eras {
		for _, p := range parsers {
			b := fixture(t, era, p.name)
			for i := 0; i < len(b); i++ {
				if b[i] == '\n' && (i < 8<<10 || i%7 == 0) || i%97 == 0 && (i < 8<<10 || i%(97*11) == 0) {
					p.read(b[:i])
				}
			}
		}
	}
	for _, p := range append(parsers, extra...) {
		for _, other := range parsers {
			p.read(fixture(t, "sdk34", other.name))
		}
	}
}

// One era is cut at each line and each 97th byte without exception.
func TestTruncatedEverywhere(t *testing.T) {
	for _, p := range parsers {
		b := fixture(t, "sdk36", p.name)
		for i := range b {
			if b[i] == '\n' || i%97 == 0 {
				p.read(b[:i])
			}
		}
	}
}

// Line ends, byte order marks and complaints in between change nothing.
func TestSameInOtherClothes(t *testing.T) {
	for _, era := range eras {
		for _, p := range parsers {
			plain := fixture(t, era, p.name)
			want := fmt.Sprintf("%+v", p.read(plain))
			crlf := bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n"))
			for name, b := range map[string][]byte{
				"crlf": crlf, "old adb": bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\r\n")), "bom": append([]byte("\xef\xbb\xbf"), plain...),
				"utf-16": decoded(utf16le(plain, true)), "utf-16 without mark": decoded(utf16le(plain, false)),
			} {
				if got := fmt.Sprintf("%+v", p.read(b)); got != want && !strings.Contains(want, "0x") {
					t.Errorf("%s %s, %s:\n%s", era, p.name, name, cmp.Diff(want, got))
				}
			}
		}
	}
}

func decoded(b []byte) []byte {
	out, _ := Decode(b)
	return out
}

func utf16le(b []byte, mark bool) []byte {
	var out []byte
	if mark {
		out = append(out, 0xff, 0xfe)
	}
	for _, unit := range utf16.Encode([]rune(string(b))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

// A complaint in the middle is told and joins no value.
func TestComplaints(t *testing.T) {
	got, notes := SettingsList([]byte("adb_enabled=1\nException occurred while executing 'list':\njava.lang.SecurityException: no\n\tat android.os.Parcel.x(Parcel.java:1)\nb=2\n"))
	if diff := cmp.Diff(Settings{"adb_enabled": "1", "b": "2"}, got); diff != "" || len(notes) != 2 {
		t.Errorf("(-want +got)\n%s%v", diff, notes)
	}
	list, notes := PackageList([]byte("\nException occurred while executing 'list':\njava.lang.SecurityException: Shell does not have permission to access user 150\n\tat com.android.server.pm.Pm.list(Pm.java:12)\n\t... 4 more\n"))
	if len(list) != 0 || len(notes) != 2 {
		t.Errorf("%v, %v", list, notes)
	}
	dump := PackageDump([]byte("Unable to find package: com.example.none\n"))
	if len(dump.Packages) != 0 || len(dump.Notes) != 1 {
		t.Errorf("%+v", dump)
	}
	if value, notes := SettingsGet([]byte("cmd: Can't find service: settings\n")); value != "" || len(notes) != 1 {
		t.Errorf("%q, %v", value, notes)
	}
}

// An app can't hide another app or its own rights behind lines that it forges, nor become part of the system.
func TestForged(t *testing.T) {
	for _, test := range []struct {
		name    string
		version string // of the forging app, com.example.bad
		system  bool
	}{
		{name: "unknown section", version: "1\nfoo:"},
		{name: "known section", version: "1\nReceiver Resolver Table:"},
		{name: "hidden section", version: "1\nHidden system packages:"},
		{name: "factory version of its own", version: "1\nHidden system packages:\n  Package [com.example.bad] (12):\n    pkgFlags=[ SYSTEM ]"},
		{name: "other installer", version: "1\n    installerPackageName=com.android.vending"},
		{name: "other user", version: "1\n    User 0: installed=false"},
	} {
		text := packageText("  Package [com.example.bad] (1a):", "    userId=10001", "    versionName="+test.version,
			"    installerPackageName=com.example.browser", "    pkgFlags=[ HAS_CODE ]", "    User 0: installed=true enabled=0",
			"      runtime permissions:", "        android.permission.READ_SMS: granted=true",
			"  Package [com.example.next] (1b):", "    userId=10002", "    pkgFlags=[ HAS_CODE ]", "    User 0: installed=true",
			"      runtime permissions:", "        android.permission.CAMERA: granted=true")
		got := PackageDump(text)
		if len(got.Packages) != 2 {
			t.Errorf("%s: packages %+v", test.name, got.Packages)
			continue
		}
		bad, next := got.Packages[0], got.Packages[1]
		if bad.System() || bad.Factory != nil || len(bad.Users) != 1 || len(bad.Users[0].Runtime) != 1 || len(bad.Doubtful) == 0 && test.name != "unknown section" || len(got.Notes) == 0 && test.name != "unknown section" {
			t.Errorf("%s: %+v, notes %v", test.name, bad, got.Notes)
		}
		if len(next.Users) != 1 || len(next.Users[0].Runtime) != 1 {
			t.Errorf("%s: next package %+v", test.name, next)
		}
	}
}

// Names that no package can have lead nowhere.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{"a b", "x'; touch y; '", "$(id)", "-x", ".a", "a..b", "a.", "", "a/b", "é.x", strings.Repeat("a", 300)} {
		if PackageName(name) {
			t.Errorf("%q is a package name", name)
		}
		if list, notes := PackageList([]byte("package:/data/app/x/base.apk=" + name + "\n")); len(list) != 0 && name != "a b" || len(list) == 0 && len(notes) == 0 {
			t.Errorf("%q: %v, %v", name, list, notes)
		}
		if dump := PackageDump(packageText("  Package [" + name + "] (1a):")); len(dump.Packages) != 0 {
			t.Errorf("%q: %+v", name, dump.Packages)
		}
		if got := Components(name + "/.A:com.example.ok/.A"); len(got) != 1 {
			t.Errorf("%q: %v", name, got)
		}
	}
	for _, class := range []string{"", "a b", "a;b", "$(x)`", "a'b", "a\x1b[1m"} {
		if got := Components("com.example/" + class); len(got) != 0 {
			t.Errorf("class %q: %v", class, got)
		}
	}
}

// The limits hold, each is told, and none takes long.
func TestBombs(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 10<<20)
	var many, permissions, users, deep bytes.Buffer
	many.WriteString("Packages:\n")
	for i := range 100_000 {
		fmt.Fprintf(&many, "  Package [com.example.n%d] (1a):\n    userId=%d\n", i, 10000+i)
	}
	permissions.WriteString("Packages:\n  Package [com.example.many] (1a):\n    requested permissions:\n")
	for i := range 10_000 {
		fmt.Fprintf(&permissions, "      android.permission.P%d\n", i)
	}
	users.WriteString("Users:\n")
	for i := range 5_000 {
		fmt.Fprintf(&users, "\tUserInfo{%d:U:c13} running\n", 5_000-i)
	}
	for i := range 5_000 {
		fmt.Fprintf(&deep, "%sx:\n", strings.Repeat(" ", i))
	}
	if got := PackageDump(many.Bytes()); len(got.Packages) != limits.DumpPackages || !limited(got.Notes) {
		t.Errorf("%d packages, notes %v", len(got.Packages), got.Notes)
	}
	if got := PackageDump(permissions.Bytes()); len(got.Packages[0].Requested) != limits.DumpPermissions || !limited(got.Notes) {
		t.Errorf("%d permissions, notes %v", len(got.Packages[0].Requested), got.Notes)
	}
	if got, notes := Users(users.Bytes()); len(got) != limits.DumpUsers || !limited(notes) {
		t.Errorf("%d users, notes %v", len(got), notes)
	}
	if list, notes := PackageList(bytes.ReplaceAll(many.Bytes(), []byte("  Package [com"), []byte("package:com"))); len(list) > limits.DumpPackages || len(notes) > limits.DumpNotes+1 {
		t.Errorf("%d listed, %d notes", len(list), len(notes))
	}
	for _, p := range append(parsers, extra...) {
		p.read(long)
		p.read(deep.Bytes())
		p.read(append(append([]byte("Packages:\n  Package [a.b] (1):\n    versionName="), long...), "\n    userId=5\n"...))
		p.read(bytes.Repeat([]byte("k=\n"), 1<<18))
		p.read(bytes.Repeat([]byte("\n"), 1<<20))
		p.read(bytes.Repeat([]byte{0, 1, 0xff, '[', '{', ':'}, 1<<18))
	}
}

func limited(notes []Note) bool {
	for _, n := range notes {
		if n.Limit {
			return true
		}
	}
	return false
}

// A line over the limit is left out and the rest is read.
func TestLongLine(t *testing.T) {
	text := packageText("  Package [a.b] (1):", "    queriesIntents=["+strings.Repeat("x", 10<<20)+"]", "    userId=5")
	got := PackageDump(text)
	if len(got.Packages) != 1 || got.Packages[0].UID != 5 || len(got.Notes) != 1 || !got.Notes[0].Limit || got.Notes[0].Line != 3 {
		t.Errorf("%+v", got)
	}
}

// Values of very many lines take time in proportion to their length: a reader that joined them one by one would not end.
func TestManyLines(t *testing.T) {
	lines := bytes.Repeat([]byte("a b\n"), limits.DumpLineBytes/4)
	GetProp(append([]byte("[k]: [v\n"), lines...))
	SettingsList(append([]byte("k=v\n"), lines...))
	Users(append([]byte("UserInfo{0:N\n"), lines...))
	SettingsGet(lines)
}

// What is not an output at all gives nothing.
func TestJunk(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip("no binary to read")
	}
	self = self[:min(len(self), 1<<20)]
	if got := PackageDump(self); len(got.Packages) > 0 {
		t.Errorf("packages %+v", got.Packages)
	}
	if list, _ := PackageList(self); len(list) > 0 {
		t.Errorf("listed %+v", list)
	}
	for _, p := range append(parsers, extra...) {
		p.read(self)
	}
}
