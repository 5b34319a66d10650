package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/internal/fakedevice"
	"appraise/inventory"
)

const (
	phoneEras = "../../android/dump/testdata"
	phoneAPKs = "../../android/testdata"
)

// ran is the end of one run of the program.
type ran struct {
	code           int
	stdout, stderr string
}

func appraise(t *testing.T, args ...string) ran {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1769940000") // 2026-02-01
	var stdout, stderr bytes.Buffer
	code := execute(args, strings.NewReader(""), &stdout, &stderr)
	return ran{code, stdout.String(), stderr.String()}
}

// jsonOf runs the program with --format json and reads what it prints.
func jsonOf(t *testing.T, args ...string) (*finding.Report, ran) {
	t.Helper()
	got := appraise(t, append(args, "--format", "json")...)
	r := new(finding.Report)
	if err := json.Unmarshal([]byte(got.stdout), r); err != nil {
		t.Fatalf("%v: exit %d: %v: %s", args, got.code, err, got.stderr)
	}
	return r, got
}

// eraPhone is the imaginary phone of a version of Android; two of its apps have APKs.
func eraPhone(t *testing.T, era string) *fakedevice.Device {
	t.Helper()
	base := filepath.Join(phoneAPKs, "odd.apk")
	return fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(phoneEras, era), ManyUsers: strings.HasPrefix(era, "samsung"),
		Packages: []fakedevice.Package{{Name: "com.example.coupons", Base: base}, {Name: "com.example.messenger", Base: base}}})
}

// What a phone gives at once, its saved bundle gives later: the same bytes but for the name of the input.
func TestSavedPhoneGivesTheSame(t *testing.T) {
	for _, era := range []string{"sdk25", "sdk28", "sdk30", "sdk33", "sdk34", "sdk36", "samsung-sdk33"} {
		t.Run(era, func(t *testing.T) {
			d := eraPhone(t, era)
			bundle := filepath.Join(t.TempDir(), "phone.zip")
			live, first := jsonOf(t, "phone", "--adb", d.Address(), "--save", bundle)
			saved, second := jsonOf(t, "scan", bundle)
			if first.code != 1 || second.code != first.code {
				t.Errorf("got exit codes %d and %d, want 1 of both: %s", first.code, second.code, first.stderr)
			}
			if live.Sources[0].Name != "phone" || saved.Sources[0].Name != bundle {
				t.Errorf("got the names %q and %q", live.Sources[0].Name, saved.Sources[0].Name)
			}
			if diff := cmp.Diff(named(second.stdout, bundle), first.stdout); diff != "" {
				t.Errorf("(-saved +live)\n%s", diff)
			}
			info, err := os.Stat(bundle)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("got %v, %v, want mode 0600", info.Mode(), err)
			}
			checkPrivate(t, d, first.stdout+first.stderr+second.stdout)
			if first.stderr != "" {
				t.Errorf("got %q on stderr, which is no terminal", first.stderr)
			}
		})
	}
}

// named gives the report of a bundle the name that a live phone has.
func named(report, bundle string) string {
	return strings.Replace(report, `"name": "`+bundle+`"`, `"name": "phone"`, 1)
}

// checkPrivate demands that no serial is told.
func checkPrivate(t *testing.T, d *fakedevice.Device, text string) {
	t.Helper()
	if strings.Contains(text, d.Serial) {
		t.Errorf("the serial %s is told", d.Serial)
	}
}

func itemOf(t *testing.T, r *finding.Report, id string) inventory.Item {
	t.Helper()
	for _, it := range r.Items {
		if it.ID == id {
			return it
		}
	}
	t.Fatalf("no item %s", id)
	return inventory.Item{}
}

// A phone that can't be read: exit code 4, a sentence, and what to do next; nothing on stdout, nothing saved.
func TestPhoneThatCannotBeRead(t *testing.T) {
	free := fakedevice.Start(t, fakedevice.Options{})
	if _, err := free.ADB("disconnect", free.Serial); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		refusal fakedevice.Refusal
		args    []string
		code    int
		stderr  []string
	}{
		{"no adb", 0, []string{"--adb-program", filepath.Join(t.TempDir(), "none")}, 4, []string{"none", "hint: "}},
		{"no server", 0, []string{"--adb", "127.0.0.1:1"}, 4, []string{"hint: "}},
		{"no phone", 0, []string{"--adb", free.Address()}, 4, []string{"no phone is attached", "hint: connect it by USB"}},
		{"no such serial", 0, []string{"--adb", free.Address(), "--serial", "0000"}, 4, []string{"no phone of that serial", "hint: adb devices"}},
		{"unauthorized", fakedevice.Unauthorized, nil, 4, []string{"hasn't accepted this computer", "hint: unlock it"}},
		{"offline", fakedevice.Offline, nil, 4, []string{"offline", "hint: unplug it"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			bundle := filepath.Join(t.TempDir(), "phone.zip")
			args := append([]string{"phone", "--save", bundle}, test.args...)
			if test.args == nil {
				args = append(args, "--adb", fakedevice.Start(t, fakedevice.Options{Refuse: test.refusal}).Address())
			}
			got := appraise(t, args...)
			if got.code != test.code || got.stdout != "" {
				t.Errorf("got exit %d and %q, want exit %d alone", got.code, got.stdout, test.code)
			}
			for _, want := range test.stderr {
				if !strings.Contains(got.stderr, want) {
					t.Errorf("got %q, want %q in it", got.stderr, want)
				}
			}
			if _, err := os.Stat(bundle); err == nil {
				t.Error("a bundle was left")
			}
		})
	}
}

// Several phones are told apart by number and model, and by their serials only on request.
func TestSeveralPhones(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{})
	second := d.Second(t, fakedevice.Options{SDK: 30})
	got := appraise(t, "phone", "--adb", d.Address())
	want := "appraise: 2 phones are attached\n  phone-1  Fake Phone\n  phone-2  Fake Phone\nhint: adb devices lists their serials in this order; then: appraise phone --serial SERIAL\n"
	if got.code != 2 || got.stdout != "" || got.stderr != want {
		t.Errorf("got exit %d, %q, want exit 2, %q", got.code, got.stderr, want)
	}
	if got := appraise(t, "phone", "--adb", d.Address(), "--show-personal"); !strings.Contains(got.stderr, d.Serial) || !strings.Contains(got.stderr, second.Serial) {
		t.Errorf("got %q, want the serials", got.stderr)
	}
	r, one := jsonOf(t, "phone", "--adb", d.Address(), "--serial", second.Serial)
	if r.Sources[0].Device.SDK != 30 {
		t.Errorf("got the other phone: %+v", r.Sources[0].Device)
	}
	checkPrivate(t, second, one.stdout)
}

// A phone that goes away half-way: what was read is reported, and the exit code says that it isn't all; 1 wins over 3.
func TestLostPhone(t *testing.T) {
	whole := eraPhone(t, "sdk34")
	before := whole.Sent()
	if got := appraise(t, "phone", "--adb", whole.Address()); got.code != 1 {
		t.Fatalf("got exit %d: %s", got.code, got.stderr)
	}
	sent := whole.Sent() - before
	for _, test := range []struct {
		name   string
		after  int64
		failOn string
		code   int
	}{{"at once", 0, "high", 3}, {"late", sent * 97 / 100, "high", 1}, {"late, nothing fails", sent * 97 / 100, "none", 3}} {
		t.Run(test.name, func(t *testing.T) {
			d := fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(phoneEras, "sdk34"), Packages: whole.Packages(), Fault: fakedevice.Fault{Kind: fakedevice.Drop, After: test.after}})
			bundle := filepath.Join(t.TempDir(), "phone.zip")
			r, got := jsonOf(t, "phone", "--adb", d.Address(), "--save", bundle, "--fail-on", test.failOn)
			if got.code != test.code || r.Complete {
				t.Errorf("got exit %d, complete %v, want exit %d", got.code, r.Complete, test.code)
			}
			if !strings.Contains(got.stderr, "the phone went away before all was read\nhint: ") {
				t.Errorf("got %q on stderr", got.stderr)
			}
			checkPrivate(t, d, got.stdout+got.stderr)
			_, again := jsonOf(t, "scan", bundle, "--fail-on", test.failOn)
			if again.code != test.code || named(again.stdout, bundle) != got.stdout {
				t.Errorf("the bundle gives exit %d and another report:\n%s", again.code, cmp.Diff(got.stdout, again.stdout))
			}
			text := appraise(t, "scan", bundle, "--fail-on", test.failOn).stdout
			if !strings.Contains(text, "Not everything was read, which could change this answer") {
				t.Errorf("the first screen doesn't tell it:\n%s", text)
			}
		})
	}
}

// A file is replaced on request alone, and stays as it is where the phone can't be read.
func TestSaveReplacesOnRequest(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{Packages: []fakedevice.Package{{Name: "com.example.a", Base: filepath.Join(phoneAPKs, "odd.apk"), Installer: vending, Initiator: vending}}})
	bundle := filepath.Join(t.TempDir(), "phone.zip")
	if err := os.WriteFile(bundle, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		code int
		old  bool
	}{
		{"refused", []string{"--save", bundle, "--adb", d.Address()}, 2, true},
		{"no phone", []string{"--save", bundle, "--force", "--adb", "127.0.0.1:1"}, 4, true},
		{"no folder", []string{"--save", filepath.Join(bundle, "x.zip"), "--adb", d.Address()}, 2, true},
		{"a folder", []string{"--save", filepath.Dir(bundle), "--force", "--adb", d.Address()}, 2, true},
		{"force alone", []string{"--force", "--adb", d.Address()}, 2, true},
		{"replaced", []string{"--save", bundle, "--force", "--adb", d.Address()}, 0, false},
	} {
		got := appraise(t, append([]string{"phone"}, test.args...)...)
		if got.code != test.code {
			t.Errorf("%s: got exit %d, want %d: %s", test.name, got.code, test.code, got.stderr)
		}
		b, err := os.ReadFile(bundle)
		if err != nil || (string(b) == "old") != test.old {
			t.Errorf("%s: got %d bytes, %v, want the old file: %v", test.name, len(b), err, test.old)
		}
	}
	info, err := os.Stat(bundle)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(bundle), ".appraise-*")); err != nil || left != nil {
		t.Errorf("got %q, %v, want nothing left over", left, err)
	}
}

func TestPhoneUsage(t *testing.T) {
	for _, args := range [][]string{
		{"bundle.zip"}, {"--apps", "some"}, {"--user", "-1"}, {"--user", "x"}, {"--verify", "half"}, {"--format", "yaml"}, {"--timeout", "-1s"}, {"--fail-on", "grave"}, {"--brand", "nobody"},
	} {
		got := appraise(t, append([]string{"phone", "--adb", "127.0.0.1:1"}, args...)...)
		if got.code != 2 || got.stdout != "" || !strings.Contains(got.stderr, "hint: ") {
			t.Errorf("%v: got exit %d, %q, want exit 2 with a hint", args, got.code, got.stderr)
		}
	}
}
