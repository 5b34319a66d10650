package device

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"appraise/android/capture"
	"appraise/android/device/adb"
	"appraise/internal/fakedevice"
	"appraise/internal/zipsafe"
)

// short are limits that a test can reach.
var short = bounds{command: 2 * time.Second, dumpsys: 2 * time.Second, output: 1 << 20}

// One command that misbehaves is missing or cut, with a reason; the others are whole.
func TestOneBadCommand(t *testing.T) {
	for _, test := range []struct {
		name, command, script, output string
		missing                       bool
		reason                        string
	}{
		{name: "endless", command: "dumpsys appops", script: "yes endless", output: capture.AppOps, reason: "longer than"},
		{name: "endless-zeros", command: "dumpsys appops", script: "cat /dev/zero", output: capture.AppOps, reason: "longer than"},
		{name: "endless-errors", command: "dumpsys appops", script: "yes endless >&2", output: capture.AppOps, missing: true, reason: "no end"},
		{name: "hangs", command: "dumpsys appops", script: "sleep 600", output: capture.AppOps, missing: true, reason: "no end"},
		{name: "hangs-half-way", command: "dumpsys appops", script: "echo half; sleep 600", output: capture.AppOps, reason: "no end"},
		{name: "kills-its-shell", command: "dumpsys appops", script: "kill -9 0", output: capture.AppOps, missing: true, reason: "connection ended"},
		{name: "service-gone", command: "dumpsys appops", script: `echo "Can't find service: appops"`, output: capture.AppOps, missing: true, reason: "Can't find service"},
		{name: "refused", command: "pm list users", script: "echo 'Error: no' >&2; exit 255", output: capture.Users, missing: true, reason: "exit code 255: Error: no"},
		{name: "exception-exit-0", command: "pm list users", script: "echo; echo Exception occurred while executing", output: capture.Users, missing: true, reason: "Exception"},
		{name: "dump-timeout", command: "dumpsys appops", script: `printf 'Uid 0:\n*** SERVICE '"'appops'"' DUMP TIMEOUT (10000ms) EXPIRED ***\n'`, output: capture.AppOps, reason: "own time limit"},
		{name: "empty", command: "dumpsys package", script: ":", output: capture.PackageDump, missing: true, reason: "nothing in it"},
		{name: "linker-warning", command: "pm list packages", script: "echo 'WARNING: linker: x' >&2; exit 1", output: capture.PackagesList, missing: true, reason: "WARNING"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := fakedevice.Start(t, fakedevice.Options{
				Packages: []fakedevice.Package{{Name: "com.example.a", Base: filepath.Join(apks, "odd.apk")}},
				Script:   map[string]string{test.command: test.script},
			})
			c := collect(t, d, Options{bounds: short})
			o := c.Outputs[test.output]
			if (o.Text == nil) != test.missing || !strings.Contains(o.Reason, test.reason) || !test.missing && !o.Cut {
				t.Errorf("got %d bytes, cut %v, reason %q; want missing %v, reason %q", len(o.Text), o.Cut, o.Reason, test.missing, test.reason)
			}
			if int64(len(o.Text)) > short.output+1 {
				t.Errorf("got %d bytes, over the limit", len(o.Text))
			}
			if !test.missing && len(c.Problems) == 0 {
				t.Error("a cut output is no problem")
			}
			if got := c.Outputs[capture.SettingsSecure]; got.Text == nil || got.Cut {
				t.Errorf("another output suffered: %q", got.Reason)
			}
			if test.output != capture.PackagesList && (len(c.APKs) != 1 || c.APKs[0].Reason != "") {
				t.Errorf("the APK suffered: %+v", c.APKs)
			}
		})
	}
}

// Ways of asking that a phone doesn't know are followed by others.
func TestFallbacks(t *testing.T) {
	pkg := []fakedevice.Package{{Name: "com.example.a", Base: filepath.Join(apks, "odd.apk"), Installer: "com.android.vending"}}
	for _, test := range []struct {
		name string
		opt  fakedevice.Options
		want map[string]string // output -> a part of it
	}{
		{"no-installer", fakedevice.Options{NoInstaller: true}, map[string]string{capture.PackagesList: "=com.example.a uid:10100"}},
		{"no-uid", fakedevice.Options{SDK: 23}, map[string]string{capture.PackagesList: "=com.example.a  installer=com.android.vending"}},
		{"many-users", fakedevice.Options{ManyUsers: true}, map[string]string{capture.PackagesList: "installer=com.android.vending uid:10100"}},
		{"settings-one-by-one", fakedevice.Options{SDK: 23}, map[string]string{
			capture.SettingsSecure: "accessibility_enabled=0\nenabled_accessibility_services=null\n", capture.SettingsGlobal: "adb_enabled=1\n"}},
		{"old-toolbox", fakedevice.Options{SDK: 22, OldToolbox: true}, map[string]string{capture.PackageDump: "Package [com.example.a]"}},
		{"no-iflag", fakedevice.Options{SDK: 28, NoIflag: true}, nil},
		{"no-shell-v2", fakedevice.Options{NoShellV2: true}, nil},
		{"whole-dumpsys", fakedevice.Options{Script: map[string]string{"dumpsys package packages": "echo Unable to find package: packages"}},
			map[string]string{capture.PackageDump: "Package [com.example.a]"}},
		{"utf-16", fakedevice.Options{Script: map[string]string{"dumpsys webviewupdate": `printf '\377\376a\000b\000'`}}, map[string]string{capture.WebView: "ab"}},
		{"carriage-returns", fakedevice.Options{Script: map[string]string{"dumpsys webviewupdate": `printf 'a\r\nb\r\n'`}}, map[string]string{capture.WebView: "a\nb\n"}},
		{"rooted", fakedevice.Options{Rooted: true}, map[string]string{capture.ID: "/su\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.opt.Packages = pkg
			d := fakedevice.Start(t, test.opt)
			c := collect(t, d, Options{})
			for name, part := range test.want {
				if o := c.Outputs[name]; !bytes.Contains(o.Text, []byte(part)) {
					t.Errorf("%s: got %q (%s), want %q in it", name, o.Text, o.Reason, part)
				}
			}
			if len(c.APKs) != 1 || c.APKs[0].Reason != "" || !(&file{APK: c.APKs[0]}).covers("../testdata/odd.apk") {
				t.Errorf("got %+v", c.APKs)
			}
			if c.Rooted == nil || *c.Rooted != test.opt.Rooted {
				t.Errorf("rooted: got %v, want %v", c.Rooted, test.opt.Rooted)
			}
		})
	}
}

// The phone goes away, or its connection fails, at different moments.
func TestConnectionFaults(t *testing.T) {
	base := filepath.Join(apks, "odd.apk")
	whole := fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(eras, "sdk34"), Packages: []fakedevice.Package{{Name: "com.example.coupons", Base: base}}})
	collect(t, whole, Options{})
	for _, share := range []int64{0, 40, 99} {
		after := whole.Sent() * share / 100
		for _, test := range []struct {
			name  string
			fault fakedevice.Fault
			lost  bool
		}{
			{"drop", fakedevice.Fault{Kind: fakedevice.Drop, After: after}, true},
			{"drop-once", fakedevice.Fault{Kind: fakedevice.Drop, After: after, Once: true}, false},
			{"stall", fakedevice.Fault{Kind: fakedevice.Stall, After: after}, share < 90},
			{"stall-once", fakedevice.Fault{Kind: fakedevice.Stall, After: after, Once: true}, false},
			{"truncate-once", fakedevice.Fault{Kind: fakedevice.Truncate, After: after, Once: true}, false},
		} {
			t.Run(fmt.Sprint(test.name, "-", share), func(t *testing.T) {
				t.Parallel()
				d := fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(eras, "sdk34"), Packages: whole.Packages(), Fault: test.fault})
				c, err := Collect(context.Background(), Options{Address: d.Address(), bounds: short})
				if c == nil {
					t.Fatalf("no capture: %v", err)
				}
				if lost := errors.Is(err, adb.ErrLost); lost != test.lost || !lost && err != nil {
					t.Errorf("got %v, want lost %v", err, test.lost)
				}
				checkPartial(t, c, test.lost)
				untouched(t, d)
			})
		}
	}
}

// checkPartial demands that what a fault took away is told, and that the capture can be saved.
func checkPartial(t *testing.T, c *capture.Capture, lost bool) {
	t.Helper()
	missing := 0
	for _, row := range capture.Names {
		o, ok := c.Outputs[row.Name]
		switch {
		case !ok || (o.Text == nil || o.Cut) && o.Reason == "":
			t.Errorf("%s has no reason", row.Name)
		case row.Name != capture.Transparency && (o.Text == nil || o.Cut):
			missing++
		}
	}
	for _, a := range c.APKs {
		if a.Package == "com.example.coupons" && a.Reason != "" {
			missing++
		}
	}
	if missing == 0 {
		t.Error("nothing is missing, though the connection failed")
	}
	if lost && len(c.Problems) == 0 {
		t.Error("the capture doesn't tell that the phone was lost")
	}
	if err := c.Write(io.Discard); err != nil {
		t.Error(err)
	}
}

func TestTimeout(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{Script: map[string]string{"dumpsys appops": "sleep 600"}})
	c, err := Collect(context.Background(), Options{Address: d.Address(), Timeout: 2 * time.Second})
	if err != nil || len(c.Problems) != 1 || !c.Problems[0].Limit || !c.Problems[0].Matters {
		t.Fatalf("got %v, %+v, want a capture with one problem", err, c)
	}
	if o := c.Outputs[capture.WebView]; o.Text != nil || o.Reason == "" {
		t.Errorf("got %+v, want a reason", o)
	}
}

func TestInterrupt(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{Script: map[string]string{"dumpsys appops": "sleep 600"}})
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if c, err := Collect(ctx, Options{Address: d.Address()}); c != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v, want the context's error", c, err)
	}
}

// A file whose answers don't fit what was asked is given up; its neighbours are not touched by it.
func TestLyingFiles(t *testing.T) {
	small := filepath.Join(apks, "odd.apk")
	for _, test := range []struct {
		name   string
		script map[string]string
		reason string
	}{
		{"size-too-large", map[string]string{"stat": `echo 1000000 "$3"; shift 3; for p; do echo "$(command wc -c <"$ROOT$p") $p"; done`}, "the phone gave 0 of"},
		{"size-too-small", map[string]string{"stat": `echo 1000 "$3"; shift 3; for p; do echo "$(command wc -c <"$ROOT$p") $p"; done`}, "not a ZIP archive"},
		{"size-negative", map[string]string{"stat": `echo -5 "$3"; shift 3; for p; do echo "$(command wc -c <"$ROOT$p") $p"; done`}, ""},
		{"size-enormous", map[string]string{"stat": `echo 99999999999 "$3"; shift 3; for p; do echo "$(command wc -c <"$ROOT$p") $p"; done`}, "a size of 99999999999 bytes"},
		{"other-names", map[string]string{"stat": `echo 5 /etc/passwd; echo 7; echo; shift 2; for p; do echo "$(command wc -c <"$ROOT$p") $p"; done`}, ""},
		{"nothing", map[string]string{"dd": `case $1 in *com.example.a*) return 1 ;; esac; command dd "if=$ROOT${1#if=}" "$2" "$3" "$4"`}, "the phone gave 0 of"},
		{"short", map[string]string{"dd": `case $1 in *com.example.a*) echo short; return ;; esac; command dd "if=$ROOT${1#if=}" "$2" "$3" "$4"`}, "the phone gave 6 of"},
		{"endless", map[string]string{"dd": `case $1 in *com.example.a*) yes; return ;; esac; command dd "if=$ROOT${1#if=}" "$2" "$3" "$4"`}, "more than the"},
		{"hangs", map[string]string{"dd": `case $1 in *com.example.a*) sleep 600; return ;; esac; command dd "if=$ROOT${1#if=}" "$2" "$3" "$4"`}, "no end of"},
		{"junk", map[string]string{"dd": `case $1 in *com.example.a*) printf '%1649s' x; return ;; esac; command dd "if=$ROOT${1#if=}" "$2" "$3" "$4"`}, "not a ZIP archive"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := fakedevice.Start(t, fakedevice.Options{Script: test.script, Packages: []fakedevice.Package{
				{Name: "com.example.a", Base: small}, {Name: "com.example.b", Base: small}, {Name: "com.example.gone"}, {Name: "com.example.z", Base: small},
			}})
			c := collect(t, d, Options{bounds: short})
			if len(c.APKs) != 4 {
				t.Fatalf("got %d APKs, want 4", len(c.APKs))
			}
			if got := c.APKs[0].Reason; !strings.Contains(got, test.reason) || (got == "") != (test.reason == "") {
				t.Errorf("got reason %q, want %q", got, test.reason)
			}
			for _, i := range []int{1, 3} {
				if a := c.APKs[i]; a.Reason != "" || !(&file{APK: a}).covers(small) {
					t.Errorf("%s suffered: %q, %d parts", a.Package, a.Reason, len(a.Parts))
				}
			}
			if got := c.APKs[2].Reason; !strings.Contains(got, "no size") {
				t.Errorf("got reason %q for a file that isn't there", got)
			}
		})
	}
}

// Starts and ends of many files are read at once; where that goes wrong, one by one.
func TestEnds(t *testing.T) {
	base := withTable(t, 20_000)
	var packages []fakedevice.Package
	for i := range 5 {
		packages = append(packages, fakedevice.Package{Name: fmt.Sprintf("com.example.p%d", i), Base: base})
	}
	for _, test := range []struct{ name, script string }{
		{"works", `"$PERL" "$FAKE/ends.pl" tail "$@"`},
		{"no-c", "echo 'tail: Unknown option c' >&2; return 1"},
		{"junk", "echo junk"},
		{"half", `"$PERL" "$FAKE/ends.pl" tail "$1" "$2" "$3" "$4"`},
		{"other-names", `"$PERL" "$FAKE/ends.pl" tail "$1" "$2" "$4" "$3" "$5"`},
		{"endless", "yes"},
		{"hangs", "sleep 600"},
		{"cuts-the-connection", "kill -9 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := fakedevice.Start(t, fakedevice.Options{Packages: packages, Script: map[string]string{"tail": test.script}})
			c := collect(t, d, Options{bounds: short})
			for i := range c.APKs {
				a := &c.APKs[i]
				if z, err := zipsafe.OpenDirectory(a, a.Size); err != nil || len(z.Entries) != 4 || a.Reason != "" {
					t.Errorf("%s: %v, %q", a.Package, err, a.Reason)
				}
			}
		})
	}
}

// covers reports whether the parts are those of a file on this computer, up to its end.
func (f *file) covers(path string) bool {
	want, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	got := make([]byte, len(want))
	n, _ := f.ReadAt(got, 0)
	return n == len(want) && bytes.Equal(got, want) && f.Size == int64(len(want))
}
