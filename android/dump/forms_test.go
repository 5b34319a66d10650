package dump_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/dump"
)

func TestBugreportSections(t *testing.T) {
	line := strings.Repeat("-", 79) + "\n"
	text := "========================================================\n== dumpstate\n------ SYSTEM PROPERTIES (getprop) ------\n[a]: [b]\n------ 0.021s was the duration of 'SYSTEM PROPERTIES' ------\n\n" +
		"------ DUMPSYS CRITICAL (/system/bin/dumpsys) ------\n" + line + "DUMP OF SERVICE CRITICAL package:\nPackages:\n" + line + "------ odd ------\n  Package [a.b] (1):\n" +
		"--------- 0.053s was the duration of dumpsys package, ending at: 2026-01-02 03:04:05\n" + line + "DUMP OF SERVICE appops:\nCurrent AppOps Service state:\n" + line +
		"DUMP OF SERVICE package:\nfalse\n" + line
	got, notes := dump.BugreportSections([]byte(text))
	want := map[string]string{"SYSTEM PROPERTIES": "[a]: [b]", "package": "Packages:\n" + line + "------ odd ------\n  Package [a.b] (1):", "appops": "Current AppOps Service state:\n"}
	texts := map[string]string{}
	for name, b := range got {
		texts[name] = string(b)
	}
	if diff := cmp.Diff(want, texts); diff != "" || len(notes) != 2 { // app-ops without its end; package twice
		t.Errorf("(-want +got)\n%s%v", diff, notes)
	}
}

func TestSettingsDump(t *testing.T) {
	got, notes := dump.SettingsDump([]byte("CONFIG SETTINGS (user 0)\n_id:1 name:x value:1\nGLOBAL SETTINGS (user 0)\nversion: 213\n_id:42 name:adb_enabled pkg:android value:1 default:0 defaultSystemSet:true\n" +
		"SECURE SETTINGS (user 0)\n_id:56 pkg:android name:assistant value:a/.B\n_id:57 name:gone pkg:android value:null\nSECURE SETTINGS (user 10)\n_id:5 name:k pkg:a value:1 2 default:3\n"))
	want := map[string]dump.Settings{"global": {"adb_enabled": "1"}, "secure": {"assistant": "a/.B"}, "secure@10": {"k": "1 2"}}
	if diff := cmp.Diff(want, got); diff != "" || len(notes) > 0 {
		t.Errorf("(-want +got)\n%s%v", diff, notes)
	}
}

// What a setting's value forges is joined to what the phone says, and told.
func TestSettingsTwice(t *testing.T) {
	text := []byte("a=x\nenabled_accessibility_services=a.b/.C\naccessibility_enabled=0\nadb_enabled=0\nassistant=null\nb=1\nenabled_accessibility_services=d.e/.F\naccessibility_enabled=1\nadb_enabled=1\nassistant=a.b/.C\nb=1\n")
	got, notes := dump.SettingsList(text)
	want := dump.Settings{"a": "x", "enabled_accessibility_services": "a.b/.C:d.e/.F", "accessibility_enabled": "1", "adb_enabled": "0", "assistant": "a.b/.C", "b": "1"}
	if diff := cmp.Diff(want, got); diff != "" || len(notes) != 4 || !notes[0].Matters || notes[3].Matters {
		t.Errorf("(-want +got)\n%s%v", diff, notes)
	}
	twice := map[string][]string{"enabled_accessibility_services": {"a.b/.C", "d.e/.F"}, "accessibility_enabled": {"0", "1"}, "adb_enabled": {"0", "1"}}
	if diff := cmp.Diff(twice, dump.SettingsTwice(text)); diff != "" {
		t.Errorf("twice (-want +got)\n%s", diff)
	}
}

func TestPatchLevel(t *testing.T) {
	for text, want := range map[string]string{"2026-01-05": "2026-01-05", "2026-01": "2026-01-01", "": "", "0001-01-01": "", "2026-13-01": "", "January": ""} {
		day, ok := dump.PatchLevel(text)
		got := ""
		if ok {
			got = day.Format("2006-01-02")
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestDecode(t *testing.T) {
	for _, test := range []struct {
		name, in, want string
		notes          int
	}{
		{"plain", "a\nb", "a\nb", 0},
		{"crlf", "a\r\nb\r\r\nc\r", "a\nb\nc\r", 0},
		{"utf-8 mark", "\xef\xbb\xbfa", "a", 1},
		{"little", "\xff\xfea\x00\n\x00", "a\n", 1},
		{"big", "\xfe\xff\x00a\x00\r\x00\n", "a\n", 1},
		{"little without mark", "a\x00b\x00\n\x00", "ab\n", 1},
		{"big without mark", "\x00a\x00b\x00\n", "ab\n", 1},
		{"odd", "\xff\xfea\x00b", "a", 2},
		{"pair", "\xff\xfe\x3d\xd8\x00\xde", "😀", 1},
		{"half a pair", "\xff\xfe\x3d\xd8a\x00", "\ufffda", 1},
		{"no text", "\x00\x00\x00\x00", "\x00\x00\x00\x00", 0},
		{"empty", "", "", 0},
	} {
		got, notes := dump.Decode([]byte(test.in))
		if string(got) != test.want || len(notes) != test.notes {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, notes, test.want)
		}
	}
}

func TestUsers(t *testing.T) {
	users, _ := dump.Users([]byte("Users:\n\tUserInfo{0:A:B}:c:c13} running\n\tUserInfo{10:two\nlines:10b0}\n\tUserInfo{x}\n  UserInfo{11:Clone:1010} serialNo=11 state=RUNNING_UNLOCKED\n"))
	want := []dump.User{{Name: "A:B}:c", Flags: 0xc13, Running: true}, {ID: 10, Name: "two\nlines", Flags: 0x10b0, Profile: true}, {ID: 11, Name: "Clone", Flags: 0x1010, Profile: true, Running: true}}
	if diff := cmp.Diff(want, users); diff != "" || !users[1].Quiet() {
		t.Errorf("users (-want +got)\n%s", diff)
	}
}

func TestComponents(t *testing.T) {
	if diff := cmp.Diff([]string{"a.b/a.b.C", "a.b/d.E"}, dump.Components("a.b/.C:a.b/d.E::null:a.b/a.b.C")); diff != "" {
		t.Errorf("components (-want +got)\n%s", diff)
	}
}
