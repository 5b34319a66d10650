package fakedevice

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const eras = "../../android/dump/testdata"

// output runs adb and fails the test where it fails.
func output(t *testing.T, d *Device, args ...string) string {
	t.Helper()
	out, err := d.ADB(append([]string{"-s", d.Serial}, args...)...)
	if err != nil {
		t.Fatalf("adb %q: %v: %s", args, err, out)
	}
	return out
}

func TestShell(t *testing.T) {
	d := Start(t, Options{})
	if got := output(t, d, "shell", "echo a; echo b >&2"); got != "a\nb\n" && got != "b\na\n" {
		t.Errorf("got %q, want a and b, each in its stream", got)
	}
	if _, err := d.Shell("exit 3"); err == nil || err.Error() != "exit status 3" {
		t.Errorf("got %v, want exit status 3", err)
	}
	if got, want := output(t, d, "exec-out", `printf 'a\r\n\000'`), "a\r\n\x00"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := output(t, d, "shell", "getprop ro.build.version.sdk"), "34\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPull(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	file := filepath.Join(t.TempDir(), "a.apk")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	d := Start(t, Options{Packages: []Package{{Name: "com.example.a", Base: file}}})
	path := strings.TrimSpace(strings.TrimPrefix(output(t, d, "shell", "pm path com.example.a"), "package:"))
	target := filepath.Join(t.TempDir(), "pulled")
	output(t, d, "pull", path, target)
	got, err := os.ReadFile(target)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("got %d bytes, %v; want %d equal ones", len(got), err, len(content))
	}
	if got, want := output(t, d, "exec-out", "stat -c '%s %n' "+path), "3200000 "+path+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := output(t, d, "exec-out", "dd if="+path+" bs=4096 skip=3 count=2 2>/dev/null"); got != string(content[3*4096:5*4096]) {
		t.Errorf("dd gives %d other bytes", len(got))
	}
	if out, err := d.ADB("-s", d.Serial, "pull", "/nowhere", target); err == nil {
		t.Errorf("got %s, want an error", out)
	}
}

func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		refusal Refusal
		want    string
	}{"unauthorized": {Unauthorized, "unauthorized"}, "offline": {Offline, "offline"}} {
		t.Run(name, func(t *testing.T) {
			d := Start(t, Options{Refuse: test.refusal})
			out := ""
			for range 100 {
				out, _ = d.ADB("devices")
				if strings.Contains(out, d.Serial+"\t"+test.want) {
					return
				}
				time.Sleep(50 * time.Millisecond)
			}
			t.Errorf("got %q, want %s", out, test.want)
		})
	}
}

func TestFaults(t *testing.T) {
	d := Start(t, Options{Fault: Fault{Kind: Truncate, After: 100_000, Once: true}})
	if got := output(t, d, "exec-out", "yes | head -c 1000000"); len(got) != 100_000 {
		t.Errorf("got %d bytes, want 100000", len(got))
	}
	if got := output(t, d, "exec-out", "yes | head -c 1000000"); len(got) != 1_000_000 {
		t.Errorf("got %d bytes, want 1000000", len(got))
	}
	d = d.Second(t, Options{Fault: Fault{Kind: Drop, After: 100_000}})
	out, _ := d.ADB("-s", d.Serial, "exec-out", "yes | head -c 1000000")
	if len(out) < 100_000 || len(out) > 101_000 {
		t.Errorf("got %d bytes, want 100000 and perhaps a word", len(out))
	}
}

// Each change and its undo give the same texts back.
func TestUndo(t *testing.T) {
	for _, era := range []string{"sdk25", "sdk28", "sdk30", "sdk33", "sdk34", "sdk36"} {
		t.Run(era, func(t *testing.T) {
			d := Start(t, Options{Folder: filepath.Join(eras, era)})
			old := strings.TrimSpace(output(t, d, "shell", "settings get secure enabled_accessibility_services"))
			for _, test := range [][2]string{
				{"pm revoke --user 0 com.example.messenger android.permission.CAMERA", "pm grant --user 0 com.example.messenger android.permission.CAMERA"},
				{"pm disable-user --user 0 com.example.coupons", "pm default-state --user 0 com.example.coupons"},
				{"appops set --user 0 com.example.messenger CAMERA ignore", "appops set --user 0 com.example.messenger CAMERA allow"},
				{"appops set --user 0 com.example.messenger READ_CLIPBOARD ignore", "appops set --user 0 com.example.messenger READ_CLIPBOARD default"},
				{"settings put --user 0 secure enabled_accessibility_services com.example.screenreader/.ReaderService",
					"settings put --user 0 secure enabled_accessibility_services '" + old + "'"},
				{"settings put secure new_key 1", "settings delete secure new_key"},
				{"ime enable com.example.messenger/.StickerKeyboard", "ime disable com.example.messenger/.StickerKeyboard"},
				{"cmd notification allow_listener com.example.new/.Listener 0", "cmd notification disallow_listener com.example.new/.Listener 0"},
			} {
				before := state(t, d)
				output(t, d, "shell", test[0])
				if cmp.Equal(before, state(t, d)) {
					t.Errorf("%s changes nothing", test[0])
				}
				output(t, d, "shell", test[1])
				if diff := cmp.Diff(before, state(t, d)); diff != "" {
					t.Errorf("%s, then %s: (-before +after)\n%s", test[0], test[1], diff)
				}
			}
		})
	}
}

func state(t *testing.T, d *Device) map[string]string {
	t.Helper()
	s, err := d.State()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The lists take the options of their API level and no others.
func TestPackageList(t *testing.T) {
	for _, test := range []struct {
		name, command string
		opt           Options
		fails         bool
	}{
		{name: "all", command: "pm list packages -f -U -i -u --user 0"},
		{name: "uid-25", command: "pm list packages -f -U", opt: Options{SDK: 25}, fails: true},
		{name: "no-installer", command: "pm list packages -i", opt: Options{NoInstaller: true}, fails: true},
		{name: "many-users", command: "pm list packages -f", opt: Options{ManyUsers: true}, fails: true},
		{name: "many-users-one", command: "pm list packages -f --user 0", opt: Options{ManyUsers: true}},
		{name: "no-user", command: "pm list packages -f --user 10", fails: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.opt.Packages = []Package{{Name: "com.example.a"}}
			d := Start(t, test.opt)
			out, err := d.Shell(test.command)
			if (err != nil) != test.fails || !test.fails && !strings.HasPrefix(out, "package:") {
				t.Errorf("got %q, %v, want failure %v", out, err, test.fails)
			}
		})
	}
}
