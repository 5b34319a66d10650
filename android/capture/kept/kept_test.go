package kept_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture/kept"
	"appraise/android/dump"
	"appraise/android/dump/access"
	"appraise/internal/limits"
)

// filters is every function with the name of its output.
var filters = map[string]func([]byte) ([]byte, error){
	"getprop":         func(b []byte) ([]byte, error) { return kept.Properties(b), nil },
	"settings-secure": func(b []byte) ([]byte, error) { return kept.Settings(b), nil },
	"settings-global": func(b []byte) ([]byte, error) { return kept.Settings(b), nil },
	"users":           kept.Users,
	"device-policy":   kept.Policy,
}

func TestKept(t *testing.T) {
	for _, tt := range []struct{ name, output, in, want string }{
		{"properties", "getprop", "[ro.serialno]: [X]\n[ro.build.tags]: [a\nb]\n[ro.notes]: [X\nY]\n", "[ro.build.tags]: [a\nb]\n"},
		{"a property that stands twice", "getprop", "[ro.secure]: [1]\n[ro.secure]: [0]\n", "[ro.secure]: [1]\n[ro.secure]: [0]\n"},
		{"settings", "settings-secure", "android_id=X\nassistant=\nlock_screen_owner_info=X\nY, ext=7\nhttp_proxy=a=b\n", "assistant=\nhttp_proxy=a=b\n"},
		{"a complaint ends a value", "settings-secure", "assistant=a\nError: X\nrest\n", "assistant=a\n"},
		{"users", "users", "Users:\n\tUserInfo{0:A:13} B:c13} running\n\tUserInfo{10:C\nD:1030}\n", "\tUserInfo{0::c13} running\n\tUserInfo{10::1030}\n"},
		{"no users", "users", "", ""},
		{"policy", "device-policy", "Current Device Policy Manager state: X\n  Device Owner: \n    admin=ComponentInfo{a.b/a.b.C}\n    name=X\n  Accounts:\n    X@y.example\n  Enabled Device Admins (User 0, provisioningState: 3):\n    a.b/.C:\n      uid=7\n      policies:\n        wipe-data\n      info=X\n        more\n",
			"Current Device Policy Manager state:\n  Device Owner:\n    admin=ComponentInfo{a.b/a.b.C}\n    =\n  =\n  Enabled Device Admins (User 0, provisioningState: 3):\n    a.b/.C:\n      =\n      policies:\n        wipe-data\n      =\n        more\n"},
		{"policy, a title with more behind it", "device-policy", "  Device Owner: name=X\n", "  Device Owner:\n"},
	} {
		got, err := filters[tt.output]([]byte(tt.in))
		if diff := cmp.Diff(tt.want, string(got)); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", tt.name, err, diff)
		}
	}
}

// What is left out at a limit is told.
func TestBombs(t *testing.T) {
	if _, err := kept.Policy([]byte("Device Owner:\n " + strings.Repeat("x", limits.DumpLineBytes) + "\n")); err == nil {
		t.Error("a long line: no error")
	}
	var users strings.Builder
	for i := range limits.DumpUsers + 1 {
		users.WriteString("UserInfo{" + string(rune('1'+i%9)) + strings.Repeat("0", i/9%9) + ":x:0}\n")
	}
	got, err := kept.Users([]byte(users.String()))
	if n := bytes.Count(got, []byte("\n")); n > limits.DumpUsers || n == limits.DumpUsers && err == nil {
		t.Errorf("%d users, %v", n, err)
	}
}

// unchanged fails where a filter changes its own result, or what is read from it.
func unchanged(t *testing.T, text []byte) {
	t.Helper()
	for name, filter := range filters {
		once, _ := filter(text)
		if twice, _ := filter(once); !bytes.Equal(once, twice) {
			t.Fatalf("%s: the result is changed again:\n%q\n%q", name, once, twice)
		}
	}
	part, err := kept.Policy(text)
	if whole, got := who(text), who(part); err == nil && !cmp.Equal(whole, got) {
		t.Fatalf("policy: %s", cmp.Diff(whole, got))
	}
	settings, _ := dump.SettingsList(text)
	values, _ := dump.SettingsList(kept.Settings(text))
	for key, value := range values {
		if settings[key] != value {
			t.Fatalf("setting %s: %q became %q", key, settings[key], value)
		}
	}
}

// who gives administrators and owners; policies with names that Android's don't have are left out.
func who(text []byte) access.Policy {
	p, _ := access.DevicePolicy(text)
	for i := range p.Admins {
		p.Admins[i].Policies = slices.DeleteFunc(p.Admins[i].Policies, func(name string) bool {
			return len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-") != ""
		})
		if len(p.Admins[i].Policies) == 0 {
			p.Admins[i].Policies = nil
		}
	}
	return p
}

func eras(t testing.TB) [][]byte {
	t.Helper()
	var texts [][]byte
	for name := range filters {
		files, err := filepath.Glob(filepath.Join("..", "..", "dump", "testdata", "*", name+".txt"))
		if err != nil || len(files) == 0 {
			t.Fatal(name, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, text)
		}
	}
	return texts
}

// Every prefix of every phone's text.
func TestCut(t *testing.T) {
	for _, text := range eras(t) {
		for n := range text {
			unchanged(t, text[:n])
		}
	}
}

func FuzzKept(f *testing.F) {
	for _, text := range eras(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) { unchanged(t, text) })
}
