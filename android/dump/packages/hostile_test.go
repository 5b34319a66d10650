package packages

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// A complaint of the command is told and is no package.
func TestComplaints(t *testing.T) {
	list, notes := List([]byte("\nException occurred while executing 'list':\njava.lang.SecurityException: Shell does not have permission to access user 150\n\tat com.android.server.pm.Pm.list(Pm.java:12)\n\t... 4 more\n"))
	if len(list) != 0 || len(notes) != 2 {
		t.Errorf("%v, %v", list, notes)
	}
	got := Read([]byte("Unable to find package: com.example.none\n"))
	if len(got.Packages) != 0 || len(got.Notes) != 1 {
		t.Errorf("%+v", got)
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
		got := Read(text)
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

// Nothing that an app forges takes the packages after it away, and what may lack a part is marked.
func TestForgedEnds(t *testing.T) {
	const end = "\n    signatures=x\n    pkgFlags=[ ]\n    User 0: installed=true\n"
	for _, test := range []struct{ name, version string }{
		{"shared users", "1" + end + "Shared users:\n  SharedUser [a.b] (1a):"},
		{"the rest of it to another", "1" + end + "  Package [com.fake.part] (1a):"},
		{"a head in another column", "1\n   Package [com.fake.part] (1a):\n    signatures=x"},
	} {
		got := Read(packageText("  Package [com.example.bad] (1a):", "    userId=10001", "    versionName="+test.version,
			"    signatures=PackageSignatures{1 [2]}", "    pkgFlags=[ HAS_CODE ]", "    User 0: installed=true",
			"  Package [com.example.next] (1b):", "    userId=10002", "    signatures=PackageSignatures{1 [2]}", "    pkgFlags=[ HAS_CODE ]", "    User 0: installed=true"))
		if len(got.Packages[0].Doubtful) == 0 {
			t.Errorf("%s: not marked: %+v", test.name, got.Packages[0])
		}
		if next := got.Packages[len(got.Packages)-1]; next.Name != "com.example.next" || len(next.Doubtful) > 0 {
			t.Errorf("%s: the next is lost: %+v", test.name, got.Packages)
		}
	}
}

// Names that no package can have lead nowhere.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{"a b", "x'; touch y; '", "$(id)", "-x", ".a", "a..b", "a.", "", "a/b", "é.x", strings.Repeat("a", 300)} {
		if list, notes := List([]byte("package:/data/app/x/base.apk=" + name + "\n")); len(list) != 0 && name != "a b" || len(list) == 0 && len(notes) == 0 {
			t.Errorf("%q: %v, %v", name, list, notes)
		}
		if got := Read(packageText("  Package [" + name + "] (1a):")); len(got.Packages) != 0 {
			t.Errorf("%q: %+v", name, got.Packages)
		}
	}
}

// The limits hold and each is told.
func TestBombs(t *testing.T) {
	var many, permissions bytes.Buffer
	many.WriteString("Packages:\n")
	for i := range 100_000 {
		fmt.Fprintf(&many, "  Package [com.example.n%d] (1a):\n    userId=%d\n", i, 10000+i)
	}
	permissions.WriteString("Packages:\n  Package [com.example.many] (1a):\n    requested permissions:\n")
	for i := range 10_000 {
		fmt.Fprintf(&permissions, "      android.permission.P%d\n", i)
	}
	if got := Read(many.Bytes()); len(got.Packages) != limits.DumpPackages || !limited(got.Notes) {
		t.Errorf("%d packages, notes %v", len(got.Packages), got.Notes)
	}
	if got := Read(permissions.Bytes()); len(got.Packages[0].Requested) != limits.DumpPermissions || !limited(got.Notes) {
		t.Errorf("%d permissions, notes %v", len(got.Packages[0].Requested), got.Notes)
	}
	if list, notes := List(bytes.ReplaceAll(many.Bytes(), []byte("  Package [com"), []byte("package:com"))); len(list) > limits.DumpPackages || len(notes) > limits.DumpNotes+1 {
		t.Errorf("%d listed, %d notes", len(list), len(notes))
	}
}

func limited(notes []lines.Note) bool {
	for _, n := range notes {
		if n.Limit {
			return true
		}
	}
	return false
}

// A line over the limit is left out and the rest is read.
func TestLongLine(t *testing.T) {
	text := packageText("  Package [a.b] (1):", "    queriesIntents=["+strings.Repeat("x", 10<<20)+"]", "    userId=5", "    pkgFlags=[ ]", "    User 0: installed=true")
	got := Read(text)
	if len(got.Packages) != 1 || got.Packages[0].UID != 5 || len(got.Notes) != 1 || !got.Notes[0].Limit || got.Notes[0].Line != 3 {
		t.Errorf("%+v", got)
	}
}

// What is not an output at all gives nothing.
func TestJunk(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip("no binary to read")
	}
	self = self[:min(len(self), 1<<20)]
	if got := Read(self); len(got.Packages) > 0 {
		t.Errorf("packages %+v", got.Packages)
	}
	if list, _ := List(self); len(list) > 0 {
		t.Errorf("listed %+v", list)
	}
}
