package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"appraise/android/capture"
	"appraise/internal/fakedevice"
	"appraise/internal/textsafe"
)

// A label is read unless a signature that holds names a pinned signer.
func TestLabelWanted(t *testing.T) {
	b, err := os.ReadFile("../../android/apksig/testdata/apksigner-v1v2v3-rsa2048.apk")
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Replace(b, []byte("APK Sig Block 42"), []byte("APK Sig Block 43"), 1)
	for _, test := range []struct {
		name   string
		b      []byte
		pinned bool
		want   bool
	}{
		{"pinned", b, true, false}, {"not pinned", b, false, true}, {"pinned but damaged", damaged, true, true}, {"no archive", []byte("nothing"), true, true}, {"empty", nil, true, true},
	} {
		a := &capture.APK{Package: "com.example.a", Size: int64(len(test.b)), Parts: []capture.Part{{Data: test.b}}}
		if got := labelWanted(func(string) bool { return test.pinned })(a); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// 300 apps of 18 MB are judged by at most two in a hundred of their bytes.
func TestPhoneOfManyApps(t *testing.T) {
	const large = "../../testdata/cache/apks/appium-uiautomator2-server-10.6.6/appium-uiautomator2-server-v10.6.6.apk"
	info, err := os.Stat(large)
	if err != nil {
		t.Skip("make test fetches the APK")
	}
	var packages []fakedevice.Package
	for i := range 300 {
		packages = append(packages, fakedevice.Package{Name: "com.example.p" + string(rune('a'+i/26%26)) + string(rune('a'+i%26)) + strings.Repeat("x", i/676), Base: large, Installer: vending, Initiator: vending})
	}
	d := fakedevice.Start(t, fakedevice.Options{SDK: 34, Packages: packages})
	before, started := d.Sent(), time.Now()
	r, _ := jsonOf(t, "phone", "--adb", d.Address())
	took, moved, total := time.Since(started), d.Sent()-before, info.Size()*300
	if moved*50 > total || len(r.Items) != 301 {
		t.Errorf("got %d items by %d of %d bytes, want 301 by at most one in fifty", len(r.Items), moved, total)
	}
	labels, signers := 0, 0
	for _, it := range r.Items {
		if it.Name != "" && it.Detail.Android != nil {
			labels++
		}
		if len(it.Signature.Signers) > 0 {
			signers++
		}
	}
	if signers != 300 {
		t.Errorf("got the signers of %d apps, want 300", signers)
	}
	t.Logf("%d of %d bytes (%.2f %%), %d labels, in %s", moved, total, 100*float64(moved)/float64(total), labels, took.Round(10*time.Millisecond))
}

// A phone whose every text is hostile: nothing raw reaches a terminal, and nothing is left on the phone.
func TestHostilePhone(t *testing.T) {
	const bad = "evil\x1b[2J\x1b]0;pwn\x07\u202e`touch pwned`$(touch pwned);'\"--"
	service := "com.example.bad/com.example.bad." + bad
	d := fakedevice.Start(t, fakedevice.Options{SDK: 34, Packages: []fakedevice.Package{{Name: "com.example.bad", Base: filepath.Join(phoneAPKs, "odd.apk")}}, Texts: map[string]string{
		"getprop":         "[ro.build.version.sdk]: [34]\n[ro.product.model]: [" + bad + "]\n[ro.product.manufacturer]: [::error::x]\n[ro.build.version.security_patch]: [" + bad + "]\n[ro.build.version.release]: [" + bad + "]\n",
		"settings-secure": "enabled_accessibility_services=" + service + "\nenabled_notification_listeners=" + service + "\ndefault_input_method=" + service + "\nautofill_service=" + service + "\n",
		"settings-global": "adb_enabled=1\nhttp_proxy=" + bad + "\nprivate_dns_mode=hostname\nprivate_dns_specifier=" + bad + "\n",
		"roles":           "android.app.role.SMS\t" + bad + "\n",
	}})
	for _, format := range []string{"table", "json"} {
		got := appraise(t, "phone", "--adb", d.Address(), "--format", format)
		for line := range strings.Lines(got.stdout + got.stderr) {
			line = strings.TrimSuffix(line, "\n")
			for _, r := range line {
				if r == unicode.ReplacementChar || !textsafe.Raw(r) {
					t.Fatalf("%s: raw %U in %q", format, r, line)
				}
			}
			if strings.HasPrefix(strings.TrimSpace(line), "::") {
				t.Errorf("%s: a line that could be a command: %q", format, line)
			}
		}
	}
	if got := d.Written(); got != nil {
		t.Errorf("commands left %q on the phone", got)
	}
}

// Alone, the program names the phone that is attached and the next command.
func TestHereSeesAPhone(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{})
	_, port, _ := strings.Cut(d.Address(), ":")
	t.Setenv("ANDROID_ADB_SERVER_PORT", port)
	here := func() string {
		var out bytes.Buffer
		showPhones(context.Background(), &out)
		return out.String()
	}
	if got, want := here(), "Phones     phone-1    device\n           next: appraise phone\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	second := d.Second(t, fakedevice.Options{Refuse: fakedevice.Unauthorized})
	if got := here(); !strings.Contains(got, "phone-2    ") || !strings.Contains(got, "           next: appraise phone --serial SERIAL") || strings.Contains(got, second.Serial) {
		t.Errorf("got %q", got)
	}
	if got, want := nextForPhones(1, 0), "unlock the phone"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A work profile is told of on request, live and from the bundle.
func TestPhoneUsers(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(phoneEras, "sdk34"), Texts: map[string]string{
		"packages-list@10": "package:/data/app/work/base.apk=com.example.work  installer=null uid:1010300\n", "packages-system@10": "", "packages-third-party@10": "package:com.example.work\n",
		"packages-disabled@10": "", "settings-secure@10": "accessibility_enabled=0\n", "settings-system@10": "a=b\n", "ime-all@10": "", "ime-enabled@10": "", "roles@10": "", "app-links@10": "",
	}})
	bundle := filepath.Join(t.TempDir(), "phone.zip")
	live, first := jsonOf(t, "phone", "--adb", d.Address(), "--user", "10", "--apps", "all", "--save", bundle)
	itemOf(t, live, "com.example.work")
	itemOf(t, live, "android")
	_, second := jsonOf(t, "scan", bundle, "--user", "10", "--apps", "all")
	if named(second.stdout, bundle) != first.stdout {
		t.Error("the bundle gives another report")
	}
	if text := appraise(t, "scan", bundle, "--user", "10").stdout; !strings.Contains(text, "(user 10)") {
		t.Errorf("the table doesn't tell the users apart:\n%s", text)
	}
}
