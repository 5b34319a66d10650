package device

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/device/adb"
	"appraise/internal/fakedevice"
)

// Each leaves a file PWNED where the shell runs, if a shell ever reads it as anything but a word.
var injections = []string{
	"x'; touch PWNED; '", "x';touch${IFS}PWNED;'", `x"; touch PWNED; "`, "x$(touch PWNED)", "x`touch PWNED`", "x; touch PWNED", "x & touch PWNED &",
	"x | touch PWNED", "x || touch PWNED", "x > PWNED", "x\\'; touch PWNED; \\'", "-x; touch PWNED", "--help", "-", "x\ntouch PWNED\n", "x\r\ntouch PWNED\r\n",
	"x\x00touch PWNED", "x\x1b]0;touch PWNED\x07", "x' bs=1 of='PWNED", "*", "?", "[a-z]", "~", "~root", "$HOME", "${HOME}", "$((1))", "!!", "x#", "{a,b}", "x=y",
	"@@token 0 0", "%s%n", "\\x27; touch PWNED; \\x27", "é", "\u2028touch PWNED", "..", "x y", strings.Repeat("x", 300),
}

// TestHarness shows that the corpus does harm where paths are quoted badly, so that its silence elsewhere means something.
func TestHarness(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{})
	harmful := 0
	for _, s := range injections {
		if !strings.ContainsAny(s, "\x00") {
			for _, quoting := range []string{"'%s'", `"%s"`, "%s"} {
				d.Shell("dd if=" + fmt.Sprintf(quoting, "/data/app/"+s+"/base.apk") + " 2>/dev/null")
			}
		}
		if d.Written() != nil {
			harmful++
			d.Shell("rm -f *")
		}
	}
	if harmful < 10 {
		t.Errorf("%d of the corpus do harm, want more", harmful)
	}
}

// Paths that may stand in a command are read whatever they hold; the others are named and left alone.
func TestHostilePaths(t *testing.T) {
	base := filepath.Join(apks, "odd.apk")
	var packages []fakedevice.Package
	var list strings.Builder
	for i, s := range injections {
		p := fakedevice.Package{Name: fmt.Sprintf("com.example.p%d", i), Path: "/data/app/" + s + "/base.apk"}
		fmt.Fprintf(&list, "package:%s=%s  installer=null uid:%d\n", p.Path, p.Name, 10100+i)
		if adb.CheckPath(p.Path) == nil && !strings.Contains(s, "/") && len(s) < 256 {
			p.Base = base
		}
		packages = append(packages, p)
	}
	for i, path := range []string{"", "relative", "/etc/passwd", "/data/data/x/y.apk", "/data/app/../../etc/passwd", "/data/app/x/../y.apk", "/proc/self/mem", "/dev/zero",
		"/data/app", "//data/app/x/base.apk", "/data/app/" + strings.Repeat("y/", 3000) + "base.apk", "/system", "/systemx/a.apk"} {
		fmt.Fprintf(&list, "package:%s=com.example.q%d  installer=null uid:%d\n", path, i, 10500+i)
	}
	for _, sdk := range []int{23, 34} {
		d := fakedevice.Start(t, fakedevice.Options{SDK: sdk, Packages: packages, Texts: map[string]string{"packages-list": list.String()}})
		c := collect(t, d, Options{})
		read := 0
		for _, a := range c.APKs {
			whole := (&file{APK: a}).covers(base)
			if whole != (a.Reason == "") {
				t.Errorf("%q: read %v, reason %q", a.Path, whole, a.Reason)
			}
			if whole {
				read++
			}
			if strings.HasPrefix(a.Package, "com.example.q") && len(a.Parts) > 0 {
				t.Errorf("%q was read", a.Path)
			}
		}
		if want := 25; read < want {
			t.Errorf("%d of the corpus were read, want at least %d", read, want)
		}
	}
}

// Names, splits, answers of pm path, users and properties that are hostile.
func TestHostileNames(t *testing.T) {
	base := filepath.Join(apks, "odd.apk")
	var list, splits, dump, paths strings.Builder
	dump.WriteString("Packages:\n")
	for i, s := range injections {
		fmt.Fprintf(&list, "package:/data/app/%d/base.apk=%s  installer=%s uid:%d\n", i, s, s, 10100+i)
		fmt.Fprintf(&dump, "  Package [%s] (1a2b3c4):\n    userId=%d\n    codePath=/data/app/%d\n    splits=[base, %s]\n", s, 10100+i, i, s)
		fmt.Fprintf(&splits, ", %s", s)
		fmt.Fprintf(&paths, "package:/data/app/%s/base.apk\n", s)
	}
	list.WriteString("package:/data/app/a/base.apk=com.example.a  installer=null uid:10500\npackage:/data/app/b/base.apk=com.example.b  installer=null uid:10501\n")
	fmt.Fprintf(&dump, "  Package [com.example.a] (1a2b3c4):\n    userId=10500\n    codePath=/data/app/a\n    splits=[base%s]\n", splits.String())
	fmt.Fprintf(&dump, "  Package [com.example.b] (1a2b3c4):\n    userId=10501\n    codePath=/data/app/b\n    splits=[base, config.en]\n")
	d := fakedevice.Start(t, fakedevice.Options{
		Packages: []fakedevice.Package{{Name: "com.example.a", Path: "/data/app/a/base.apk", Base: base}},
		Texts: map[string]string{
			"packages-list": list.String(), "package": dump.String(), "answer": paths.String(),
			"getprop": "[ro.build.version.sdk]: [34'; touch PWNED; ']\n", "users": "Users:\n\tUserInfo{0;touch PWNED:x:c13} running\n",
		},
		Script: map[string]string{"pm path": `cat "$TEXT/answer.txt"`},
	})
	c := collect(t, d, Options{Users: []int{-1, 10, 10, 123456}})
	for _, a := range c.APKs {
		if !adb.ValidName(a.Package) {
			t.Errorf("package %q is in the capture", a.Package)
		}
		if a.Package == "com.example.a" && a.Split == "" && a.Path == "/data/app/a/base.apk" && a.Reason != "" {
			t.Errorf("%s: %s", a.Path, a.Reason)
		}
	}
	if _, ok := c.Outputs["packages-list@10"]; !ok {
		t.Error("user 10 was not asked for")
	}
	for name := range c.Outputs {
		if !capture.IsName(name) {
			t.Errorf("output %q", name)
		}
	}
}
