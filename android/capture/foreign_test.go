package capture

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture/lists"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// sectionTexts are the outputs that wholeDump gives.
var sectionTexts = map[string]string{
	Accessibility:          "ACCESSIBILITY MANAGER (dumpsys accessibility)\n",
	AppOps:                 "Current AppOps Service state:\n  Uid 0:\n",
	DevicePolicy:           "Current Device Policy Manager state:\n",
	Notification:           keptNotification(),
	PackageDump:            packageDump,
	Roles:                  roleDump,
	SettingsGlobal:         "adb_enabled=1\n",
	SettingsSecure:         "accessibility_enabled=1\nenabled_accessibility_services=a.b/.C\n",
	SettingsSecure + "@10": "accessibility_enabled=0\n",
	SettingsSystem:         "adb_enabled=7\n",
	Users:                  "\tUserInfo{0::c13} running\n\tUserInfo{10::1030}\n",
	WebView:                "Current WebView package (name, version): (com.android.webview, 120)\n",
}

// keptNotification is what the filter leaves; which lines those are is its own matter.
func keptNotification() string {
	text, err := filter(Notification, []byte(notificationDump))
	if err != nil || !strings.Contains(string(text), "com.example.watch.Listener") || strings.Contains(string(text), secret) {
		panic("the filter keeps the wrong lines")
	}
	return string(text)
}

// with returns the outputs with some replaced; "" takes one away.
func with(outputs map[string]string, more map[string]string) map[string]string {
	out := map[string]string{}
	for _, m := range []map[string]string{outputs, more} {
		for name, text := range m {
			if out[name] = text; text == "" {
				delete(out, name)
			}
		}
	}
	return out
}

// same compares texts but for the line end of the last line, which splitting a dump loses.
func same(t *testing.T, got *Capture, want map[string]string) {
	t.Helper()
	trim := func(in map[string]string) map[string]string {
		out := map[string]string{}
		for name, text := range in {
			out[name] = strings.TrimRight(text, "\n")
		}
		return out
	}
	if diff := cmp.Diff(trim(want), trim(texts(got))); diff != "" {
		t.Errorf("outputs (-want +got):\n%s", diff)
	}
}

func noProblems(t *testing.T, c *Capture) {
	t.Helper()
	for _, p := range c.Problems {
		t.Errorf("problem: %+v", p)
	}
}

func TestAcquisition(t *testing.T) {
	for _, prefix := range []string{"", "0123-4567/"} {
		files := map[string]string{}
		for name, text := range acquisition() {
			files[prefix+name] = text
		}
		files[prefix+"bugreport.zip"] = string(zipOf(t, bugreport()))
		both(t, files, func(t *testing.T, c *Capture, err error) {
			if err != nil {
				t.Fatal(err)
			}
			noProblems(t, c)
			same(t, c, with(sectionTexts, map[string]string{GetProp: properties, SettingsSecure: "accessibility_enabled=1\n"}))
			if c.Source != SourceAndroidQF || c.Tool != "AndroidQF v1.7.0" || c.Created != "2026-01-02T03:04:05Z" || c.Rooted == nil || !*c.Rooted {
				t.Errorf("got source %q, tool %q, created %q, rooted %v", c.Source, c.Tool, c.Created, c.Rooted)
			}
			want := []lists.Package{
				{Name: "com.example.coupons", UID: 10245, ThirdParty: true, Files: []lists.File{{Path: "/data/app/x/base.apk",
					SHA256: strings.Repeat("a", 64), SHA1: strings.Repeat("b", 40), CertSHA256: strings.Repeat("c", 64), CertVerified: true}}},
				{Name: "com.android.settings", UID: 1000, Installer: "com.android.vending", Disabled: true, System: true, Files: []lists.File{{Path: "/system/x.apk"}}},
			}
			if diff := cmp.Diff(want, c.Packages); diff != "" {
				t.Errorf("packages (-want +got):\n%s", diff)
			}
		})
	}
}

// A bug report inside an acquisition gives what the acquisition lacks, and no more.
func TestNestedBugreport(t *testing.T) {
	files := acquisition()
	delete(files, "dumpsys.txt")
	delete(files, "getprop.txt")
	report := bugreport()
	report["capture.json"] = `{"schema":"appraise.capture/1"}`
	report["bugreport.zip"] = string(zipOf(t, bugreport())) // deeper nesting is not read
	check := func(t *testing.T, c *Capture, err error) {
		if err != nil {
			t.Fatal(err)
		}
		noProblems(t, c)
		same(t, c, with(sectionTexts, map[string]string{GetProp: properties, SettingsSecure: "accessibility_enabled=1\n"}))
	}
	files["bugreport.zip"] = string(zipOf(t, report))
	both(t, files, check)
	t.Run("stored", func(t *testing.T) {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, text := range files {
			f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		c, err := read(b.Bytes())
		check(t, c, err)
	})
	files["bugreport.zip"] = "PK no zip"
	both(t, files, func(t *testing.T, c *Capture, err error) {
		if err != nil || !slices.ContainsFunc(c.Problems, func(p inventory.Problem) bool { return p.File == "bugreport.zip" && p.Matters }) {
			t.Errorf("a broken bug report gave %v, %v", c, err)
		}
	})
	inner := zipOf(t, map[string]string{"x/bugreport.zip": string(zipOf(t, bugreport()))})
	files["bugreport.zip"] = string(inner)
	both(t, files, func(t *testing.T, c *Capture, err error) {
		if err != nil || c.Outputs[Accessibility].Text != nil {
			t.Errorf("a bug report inside a ZIP inside was read: %v", err)
		}
	})
}

func TestPackagesOfUsers(t *testing.T) {
	no := false
	files := map[string]string{"getprop.txt": properties, "packages.json": `[
		{"user_id":10,"installed":false,"name":"a.b","files":[],"installer":"","uid":1010001,"disabled":false,"system":false,"third_party":true}]`}
	both(t, files, func(t *testing.T, c *Capture, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]lists.Package{{Name: "a.b", User: 10, UID: 1010001, Installed: &no, ThirdParty: true}}, c.Packages); diff != "" {
			t.Errorf("packages (-want +got):\n%s", diff)
		}
	})
}

func TestBugreportEras(t *testing.T) {
	settingsless := func(text string) string {
		i, j := strings.Index(text, dashes+"DUMP OF SERVICE settings"), strings.Index(text, dashes+"DUMP OF SERVICE user")
		return text[:i] + text[j:]
	}
	all := with(sectionTexts, map[string]string{GetProp: properties})
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  map[string]string
	}{
		{"Android 9 and later", bugreport(), all},
		{"zipped with its folder", map[string]string{"br/main_entry.txt": "b.txt", "br/b.txt": mainText(titled)}, all},
		{"Android 6, loose text", map[string]string{"bugreport-2016-01-02.txt": settingsless(mainText(oldTitled))},
			with(all, map[string]string{SettingsGlobal: "", SettingsSecure: "", SettingsSecure + "@10": "", SettingsSystem: ""})},
		{"Samsung", map[string]string{"dumpState_G991BXXU5_202601020304.log": mainText(titled), "lastkmsg.log": secret}, all},
		{"Samsung in a folder", map[string]string{"log/dumpState_G991BXXU5.log": mainText(titled)}, all},
		{"maker's folder with dumpsys.txt", map[string]string{"a/b/dumpsys.txt": wholeDump(titled), "a/readme.txt": secret}, sectionTexts},
		{"with priorities", map[string]string{"main_entry.txt": "b.txt", "b.txt": "== dumpstate: x\n" +
			titled("CRITICAL notification", "Current Notification Manager state:\n") + titled("HIGH meminfo", secret) +
			titled("NORMAL notification", notificationDump) + titled("CRITICAL package", packageDump)},
			map[string]string{Notification: sectionTexts[Notification], PackageDump: packageDump}},
		{"CRLF", map[string]string{"main_entry.txt": "b.txt\r\n", "b.txt": strings.ReplaceAll(mainText(titled), "\n", "\r\n")}, all},
	} {
		t.Run(tt.name, func(t *testing.T) {
			both(t, tt.files, func(t *testing.T, c *Capture, err error) {
				if err != nil {
					t.Fatal(err)
				}
				noProblems(t, c)
				if c.Source != SourceBugreport {
					t.Errorf("source %q", c.Source)
				}
				same(t, c, tt.want)
			})
		})
	}
}

func TestMainEntry(t *testing.T) {
	for _, tt := range []struct{ name, entry string }{
		{"traversal", "../../etc/passwd"}, {"absolute", "/etc/passwd"}, {"backslash", `..\x`}, {"missing", "other.txt"}, {"itself", "main_entry.txt"},
		{"NUL", "a\x00b"}, {"dot", "."}, {"folder", "FS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"main_entry.txt": tt.entry, "bugreport-x.txt": mainText(titled), "FS/x": secret}
			both(t, files, func(t *testing.T, c *Capture, err error) {
				if err != nil {
					t.Fatal(err)
				}
				if len(c.Problems) != 1 || c.Problems[0].File != "main_entry.txt" || !c.Problems[0].Matters {
					t.Errorf("problems: %v", c.Problems)
				}
				if string(c.Outputs[PackageDump].Text) == "" {
					t.Error("the main text beside it was not read")
				}
			})
		})
	}
}

func TestDumps(t *testing.T) {
	dumps := map[string]string{
		"dumpsys_package.txt": packageDump, "appops.txt": "Current AppOps Service state:\n", "getprop.txt": properties, "dumpsys-device_policy.log": "Current Device Policy Manager state:\n",
		"settings_secure.txt": utf16LE("accessibility_enabled=1\r\n"), "settings-secure@10.txt": "assistant=a.b\n", "dumpsys_notification.txt": notificationDump,
		"dumpsys_user.txt": userDump, "pm_list_packages.txt": "package:/data/x=a.b\n", "IME-all": "a.b/.C\n", "logcat.txt": secret, "dumpsys_adb.txt": secret,
		"dumpsys_account.txt": secret, "sub/appops.txt": secret, "notes.md": secret,
	}
	want := map[string]string{
		PackageDump: packageDump, AppOps: "Current AppOps Service state:\n", GetProp: properties, DevicePolicy: "Current Device Policy Manager state:\n",
		SettingsSecure: "accessibility_enabled=1\n", SettingsSecure + "@10": "assistant=a.b\n", Notification: sectionTexts[Notification],
		Users: sectionTexts[Users], PackagesList: "package:/data/x=a.b\n", IMEAll: "a.b/.C\n",
	}
	both(t, dumps, func(t *testing.T, c *Capture, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if c.Source != SourceDumps || len(c.Problems) != 1 || c.Problems[0].Matters {
			t.Errorf("source %q, problems %v", c.Source, c.Problems)
		}
		same(t, c, want)
	})
	t.Run("full dump", func(t *testing.T) {
		for name, text := range map[string]string{"UTF-8": wholeDump(titled), "UTF-16": utf16LE(strings.ReplaceAll(wholeDump(titled), "\n", "\r\n"))} {
			both(t, map[string]string{"dumpsys.txt": text}, func(t *testing.T, c *Capture, err error) {
				if err != nil || c.Source != SourceDumps {
					t.Fatal(name, c, err)
				}
				same(t, c, sectionTexts)
			})
		}
	})
	t.Run("dumpsys settings alone", func(t *testing.T) {
		both(t, map[string]string{"dumpsys_settings.txt": settingsDump, "package.txt": packageDump}, func(t *testing.T, c *Capture, err error) {
			if err != nil || string(c.Outputs[SettingsGlobal].Text) != "adb_enabled=1\n" {
				t.Errorf("got %q, %v", c.Outputs[SettingsGlobal].Text, err)
			}
		})
	})
}

// Whatever else stands in a foreign bundle is never kept.
func TestPrivacy(t *testing.T) {
	qf := acquisition()
	qf["bugreport.zip"] = string(zipOf(t, bugreport()))
	lean := acquisition()
	delete(lean, "dumpsys.txt")
	lean["bugreport.zip"] = string(zipOf(t, bugreport()))
	ours := map[string]string{
		"capture.json": `{"schema":"appraise.capture/1","secret":"` + secret + `","outputs":[{"name":"notification","exit":0,"size":` + itoa(len(notificationDump)) +
			`,"secret":"` + secret + `"}],"packages":[{"name":"a.b","secret":"` + secret + `"}]}`,
		"out/notification.txt": notificationDump, "out/logcat.txt": secret, "out/users.txt": secret, "apk/0/0.bin": secret, "sms.txt": secret,
	}
	for name, files := range map[string]map[string]string{
		"androidqf": qf, "androidqf without dumpsys": lean, "bugreport": bugreport(), "dumps": {"dumpsys.txt": wholeDump(titled), "dumpsys_notification.txt": notificationDump,
			"dumpsys_adb.txt": secret, "logcat.txt": secret, "dumpsys_user.txt": userDump}, "ours": ours,
	} {
		t.Run(name, func(t *testing.T) {
			both(t, files, func(t *testing.T, c *Capture, err error) {
				if err != nil {
					t.Fatal(err)
				}
				b := write(t, c)
				z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
				if err != nil {
					t.Fatal(err)
				}
				for i := range z.Entries {
					text, err := z.ReadFile(&z.Entries[i], 1<<20)
					if err != nil {
						t.Fatal(err)
					}
					if bytes.Contains(text, []byte(secret)) {
						t.Errorf("%s holds the secret:\n%s", z.Entries[i].Name, text)
					}
				}
				if len(z.Entries) < 2 {
					t.Error("nothing was read at all")
				}
			})
		})
	}
}

func itoa(n int) string { return string(appendInt(nil, n)) }

func appendInt(b []byte, n int) []byte {
	if n >= 10 {
		b = appendInt(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

func TestEncrypted(t *testing.T) {
	for name, head := range map[string]string{"binary": "age-encryption.org/v1\n-> X25519 x\n", "armoured": "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n"} {
		_, err := read([]byte(head))
		var encrypted *EncryptedError
		if !errors.As(err, &encrypted) || encrypted.Hint == "" {
			t.Errorf("%s gave %v", name, err)
		}
		if _, err := ReadFolder(folderOf(map[string]string{"0123.zip.age": head, "readme.txt": "x"})); !errors.As(err, &encrypted) {
			t.Errorf("%s in a folder gave %v", name, err)
		}
	}
}

func TestTelling(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  bool
	}{
		{"androidqf", acquisition(), true},
		{"androidqf broken off", map[string]string{"packages.json": acquisition()["packages.json"], "getprop.txt": properties}, true},
		{"bugreport", bugreport(), true},
		{"samsung", map[string]string{"dumpState_x.log": mainText(titled)}, true},
		{"full dump", map[string]string{"dumpsys.txt": wholeDump(titled)}, true},
		{"loose dump", map[string]string{"dumpsys_package.txt": packageDump}, true},
		{"UTF-16 dump", map[string]string{"dumpsys_package.txt": utf16LE(packageDump)}, true},
		{"package list", map[string]string{"packages.txt": "package:/data/app/a=a.b\n"}, true},
		{"ours", map[string]string{"capture.json": `{ "schema": "appraise.capture/1" }`}, true},
		{"ours, later version", map[string]string{"capture.json": `{"schema":"appraise.capture/2"}`}, true},
		{"another tool's capture.json", map[string]string{"capture.json": `{"frames":[]}`}, false},
		{"npm's packages.json", map[string]string{"packages.json": `[{"name":"x"}]`, "getprop.txt": properties}, false},
		{"a text called package.txt", map[string]string{"package.txt": "buy milk\n", "users.txt": "root\n", "id.txt": "1\n"}, false},
		{"getprop alone", map[string]string{"getprop.txt": properties}, false},
		{"a text called bugreport.txt", map[string]string{"bugreport.txt": "it crashes\n"}, false},
		{"another tool's main_entry.txt", map[string]string{"main_entry.txt": "main.go", "main.go": "package main"}, false},
		{"an APK", map[string]string{"AndroidManifest.xml": "x", "classes.dex": "dex"}, false},
		{"empty files", map[string]string{"capture.json": "", "main_entry.txt": "", "dumpsys.txt": "", "packages.json": ""}, false},
		{"nothing", map[string]string{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := zipOf(t, tt.files)
			z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			if got := IsBundle(z); got != tt.want {
				t.Errorf("IsBundle = %v, want %v", got, tt.want)
			}
			var top []string
			for name := range tt.files {
				top = append(top, name)
			}
			if got := IsFolder(folderOf(tt.files), top); got != tt.want {
				t.Errorf("IsFolder = %v, want %v", got, tt.want)
			}
			if _, err := ReadFolder(folderOf(tt.files)); !tt.want && err == nil {
				t.Error("ReadFolder read it")
			}
		})
	}
}

// What is no regular file is told, not opened.
func TestOddFiles(t *testing.T) {
	for name, mode := range map[string]fs.FileMode{"link": fs.ModeSymlink, "FIFO": fs.ModeNamedPipe, "device": fs.ModeDevice, "socket": fs.ModeSocket} {
		t.Run(name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for name, text := range acquisition() {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			fsys["settings_secure.txt"] = &fstest.MapFile{Data: []byte("/etc/passwd"), Mode: mode | 0o600}
			c, err := ReadFolder(fsys)
			if err != nil {
				t.Fatal(err)
			}
			if string(c.Outputs[SettingsSecure].Text) == "/etc/passwd" {
				t.Error("it was opened")
			}
			if !slices.ContainsFunc(c.Problems, func(p inventory.Problem) bool { return p.File == "settings_secure.txt" && p.Matters }) {
				t.Errorf("problems: %v", c.Problems)
			}
		})
	}
}
