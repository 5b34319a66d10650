package dump

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUIDs(t *testing.T) {
	for text, want := range map[string]int{
		"0": 0, "1000": 1000, "u0a245": 10245, "u10a33": 1010033, "u10s1000": 1001000, "u0i3": 99003, "u0ai2": 90002,
		"u": -1, "ua1": -1, "u0": -1, "u0a": -1, "u0x1": -1, "u0a99999999": -1, "-5": -1, "u99999999999a1": -1, "u0a-1": -1,
	} {
		got, ok := uidOf([]byte(text))
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}

func TestOpModes(t *testing.T) {
	for text, want := range map[string]string{
		"CAMERA: mode=allow": "CAMERA allow", "CAMERA: mode=1; time=+1h ago": "CAMERA ignore", "CAMERA (allow):": "CAMERA allow",
		"WIFI_SCAN (allow / switch COARSE_LOCATION=allow):": "WIFI_SCAN allow", "CAMERA: allow; time=+1h2m ago; duration=+3s": "CAMERA allow",
		"MIUIOP(10021): ignore": "MIUIOP(10021) ignore", "MIUIOP(10021) (ask):": "MIUIOP(10021) ask", "CAMERA: mode=foreground": "CAMERA foreground",
		"CAMERA": "", "state=cch": "", "a b: allow": "", "CAMERA: maybe": "", "": "",
	} {
		op, mode, ok := opMode([]byte(text))
		got := string(op) + " " + mode
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestAppOpsGet(t *testing.T) {
	uid, pkg, notes := AppOpsGet([]byte("Uid mode: COARSE_LOCATION: foreground\nFINE_LOCATION: ignore\nCOARSE_LOCATION: allow; time=+1d2h ago\nCAMERA: allow\n"))
	if diff := cmp.Diff([]map[string]string{{"COARSE_LOCATION": "foreground"}, {"FINE_LOCATION": "ignore", "CAMERA": "allow"}}, []map[string]string{uid, pkg}); diff != "" || len(notes) > 0 {
		t.Errorf("(-want +got)\n%s%v", diff, notes)
	}
	if uid, pkg, _ := AppOpsGet([]byte("No operations.\nDefault mode: allow\n")); len(uid)+len(pkg) > 0 {
		t.Errorf("got %v, %v", uid, pkg)
	}
}

func TestOldPackages(t *testing.T) {
	got := PackageDump(packageText("  Package [com.example.old] (41f2a3b0):", "    userId=10063 gids=[3003, 1015]", "    versionCode=7 targetSdk=19",
		"    pkgFlags=[ HAS_CODE ]", "    User 0:  installed=true hidden=false stopped=false notLaunched=false enabled=2",
		"    grantedPermissions:", "      android.permission.READ_SMS", "      android.permission.INTERNET"))
	pkg := got.Packages[0]
	if pkg.UID != 10063 || pkg.VersionCode != 7 || pkg.TargetSDK != 19 || pkg.Users[0].Enabled != 2 || len(pkg.Install) != 2 || !pkg.Install[0].Granted {
		t.Errorf("%+v", pkg)
	}
}

func TestSignatureHashes(t *testing.T) {
	for _, test := range []struct {
		text, hash string
		past       []string
	}{
		{"PackageSignatures{a232edd [d7f1f224]}", "d7f1f224", nil},
		{"PackageSignatures{9b4033c version:2, signatures:[51ed3f60], past signatures:[]}", "51ed3f60", nil},
		{"PackageSignatures{9b version:3, signatures:[1, 2f], past signatures:[abc flags: 17, 51ed3f60 flags: 23]}", "1,2f", []string{"abc", "51ed3f60"}},
		{"PackageSignatures{9b version:0, signatures:[], past signatures:[]}", "", nil},
		{"null", "", nil},
	} {
		hash, past := signatureHashes([]byte(test.text))
		if hash != test.hash || !cmp.Equal(past, test.past) {
			t.Errorf("%s: got %q %v, want %q %v", test.text, hash, past, test.hash, test.past)
		}
	}
}

func TestAccessibilityForms(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []Accessibility
	}{
		{"car unit", "User state[attributes:{id=0, currentUser=true, autoclickEnabled=false}           services:{}]\n", []Accessibility{{}}},
		{"two lines", "User state[attributes:{id=10, currentUser=true}\n           services:{}]\n", []Accessibility{{User: 10}}},
		{"a label that forges the list", "User state[\n     attributes:{id=0, x=1}\n     Bound services:{Service[label=a\n     Enabled services:{}, feedbackType[X], capabilities=9, eventTypes=, notificationTimeout=0]}\n     Enabled services:{{a.b/a.b.C}}\n",
			[]Accessibility{{Enabled: []string{"a.b/a.b.C"}, Labels: []BoundService{{Label: "a"}}}}},
		{"a label that holds fields", "User state[\n     Bound services:{Service[label=x, capabilities=0, eventTypes=none, feedbackType[X], capabilities=9, eventTypes=[A, B], notificationTimeout=0]}\n",
			[]Accessibility{{Labels: []BoundService{{Label: "x, capabilities=0, eventTypes=none", Capabilities: 9, EventTypes: "A, B"}}}}},
		{"binding", "User state[\n     attributes:{id=0, x=1}\n     Binding services:{{a.b/a.b.C}}\n     Crashed services:{{a.b/a.b.D}}\n     Client list info:{\n Registered clients:{ [a.b][c.d] }}\n",
			[]Accessibility{{Bound: []string{"a.b/a.b.C"}}}},
	} {
		got, notes := AccessibilityDump([]byte(test.text))
		if diff := cmp.Diff(test.want, got); diff != "" || len(notes) > 0 {
			t.Errorf("%s: (-want +got)\n%s%v", test.name, diff, notes)
		}
	}
}

func TestPolicyForms(t *testing.T) {
	const owner = "  Device Owner: \n    admin=ComponentInfo{a.mdm/a.mdm.Admin}\n    name=Work\n    package=a.mdm\n    User ID: 0\n"
	for _, test := range []struct {
		name, text string
		want       Policy
	}{
		{"device owner", owner, Policy{DeviceOwner: "a.mdm/a.mdm.Admin"}},
		{"no owner but a type", "  Device Owner Type: -1\n", Policy{}},
		{"owner on the line", "  Device Owner: ComponentInfo{a.mdm/.Admin}\n", Policy{DeviceOwner: "a.mdm/a.mdm.Admin"}},
		{"owner by package", "  Device Owner: \n    package=a.mdm\n", Policy{DeviceOwner: "a.mdm"}},
		{"policies on the line", "  Enabled Device Admins (User 10, provisioningState: 3):\n    a.b/.C:\n      policies: wipe-data, force-lock\n      testOnlyAdmin=true\n",
			Policy{Admins: []Admin{{Component: "a.b/a.b.C", User: 10, TestOnly: true, Policies: []string{"wipe-data", "force-lock"}}}}},
		{"oldest", "  Enabled Device Admins:\n    a.b/.C:\n      uid=10001\n      policies:\n        wipe-data\n      passwordQuality=0x0\n    d.e/.F:\n",
			Policy{Admins: []Admin{{Component: "a.b/a.b.C", Policies: []string{"wipe-data"}}, {Component: "d.e/d.e.F"}}}},
	} {
		got, notes := DevicePolicy([]byte("Current Device Policy Manager state:\n" + test.text))
		if diff := cmp.Diff(test.want, got); diff != "" || len(notes) > 0 {
			t.Errorf("%s: (-want +got)\n%s%v", test.name, diff, notes)
		}
	}
	got, _ := Owners([]byte("1 owner:\nUser  0: admin=a.mdm/.Admin,DeviceOwner\n"))
	if got.DeviceOwner != "a.mdm/a.mdm.Admin" {
		t.Errorf("owners %+v", got)
	}
}

// Nothing of a notification's text passes the filter, and the reader learns the same from what is left.
func TestFilter(t *testing.T) {
	for _, era := range eras {
		whole := fixture(t, era, "notification")
		var out bytes.Buffer
		if err := FilterNotification(&out, bytes.NewReader(whole)); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"000000", "Invented", "invented", "second line", "tickerText", "chats|000"} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("%s: %q passed:\n%s", era, secret, out.String())
			}
		}
		wantListeners, wantChannels, _ := NotificationDump(whole)
		listeners, channels, _ := NotificationDump(out.Bytes())
		if diff := cmp.Diff([]any{wantListeners, wantChannels}, []any{listeners, channels}); diff != "" {
			t.Errorf("%s: (-whole +filtered)\n%s", era, diff)
		}
	}
	var out bytes.Buffer
	text := strings.Repeat("x", 3<<20) + "\n    Live notification listeners (1):\n      ComponentInfo{a.b/a.b.C} (user 0): x\n      a text of an app\n" + strings.Repeat("y", 3<<20)
	if err := FilterNotification(&out, strings.NewReader(text)); err != nil || out.String() != "    Live notification listeners (1):\n      ComponentInfo{a.b/a.b.C} (user 0): x\n" {
		t.Errorf("%v: %.200q", err, out.String())
	}
	out.Reset()
	if err := FilterNotification(&out, strings.NewReader("cmd: Can't find service: notification\n")); err != nil || out.Len() == 0 {
		t.Errorf("a complaint is lost: %v, %q", err, out.String())
	}
	broken := errors.New("broken")
	if err := FilterNotification(io.Discard, io.MultiReader(strings.NewReader("a\n"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestBugreportSections(t *testing.T) {
	line := strings.Repeat("-", 79) + "\n"
	text := "========================================================\n== dumpstate\n------ SYSTEM PROPERTIES (getprop) ------\n[a]: [b]\n------ 0.021s was the duration of 'SYSTEM PROPERTIES' ------\n\n" +
		"------ DUMPSYS CRITICAL (/system/bin/dumpsys) ------\n" + line + "DUMP OF SERVICE CRITICAL package:\nPackages:\n" + line + "------ odd ------\n  Package [a.b] (1):\n" +
		"--------- 0.053s was the duration of dumpsys package, ending at: 2026-01-02 03:04:05\n" + line + "DUMP OF SERVICE appops:\nCurrent AppOps Service state:\n" + line +
		"DUMP OF SERVICE package:\nfalse\n" + line
	got, notes := BugreportSections([]byte(text))
	want := map[string]string{"SYSTEM PROPERTIES": "[a]: [b]", "package": "Packages:\n" + line + "------ odd ------\n  Package [a.b] (1):", "appops": "Current AppOps Service state:\n"}
	texts := map[string]string{}
	for name, b := range got {
		texts[name] = string(b)
	}
	if diff := cmp.Diff(want, texts); diff != "" || len(notes) != 1 {
		t.Errorf("(-want +got)\n%s%v", diff, notes)
	}
}

func TestSettingsDump(t *testing.T) {
	got, notes := SettingsDump([]byte("CONFIG SETTINGS (user 0)\n_id:1 name:x value:1\nGLOBAL SETTINGS (user 0)\nversion: 213\n_id:42 name:adb_enabled pkg:android value:1 default:0 defaultSystemSet:true\n" +
		"SECURE SETTINGS (user 0)\n_id:56 pkg:android name:assistant value:a/.B\n_id:57 name:gone pkg:android value:null\nSECURE SETTINGS (user 10)\n_id:5 name:k pkg:a value:1 2 default:3\n"))
	want := map[string]Settings{"global": {"adb_enabled": "1"}, "secure": {"assistant": "a/.B"}, "secure@10": {"k": "1 2"}}
	if diff := cmp.Diff(want, got); diff != "" || len(notes) > 0 {
		t.Errorf("(-want +got)\n%s%v", diff, notes)
	}
}

func TestPatchLevel(t *testing.T) {
	for text, want := range map[string]string{"2026-01-05": "2026-01-05", "2026-01": "2026-01-01", "": "", "0001-01-01": "", "2026-13-01": "", "January": ""} {
		day, ok := PatchLevel(text)
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
		got, notes := Decode([]byte(test.in))
		if string(got) != test.want || len(notes) != test.notes {
			t.Errorf("%s: got %q, %v, want %q", test.name, got, notes, test.want)
		}
	}
}

func TestLists(t *testing.T) {
	users, _ := Users([]byte("Users:\n\tUserInfo{0:A:B}:c:c13} running\n\tUserInfo{10:two\nlines:10b0}\n\tUserInfo{x}\n  UserInfo{11:Clone:1010} serialNo=11 state=RUNNING_UNLOCKED\n"))
	want := []User{{Name: "A:B}:c", Flags: 0xc13, Running: true}, {ID: 10, Name: "two\nlines", Flags: 0x10b0, Profile: true}, {ID: 11, Name: "Clone", Flags: 0x1010, Profile: true, Running: true}}
	if diff := cmp.Diff(want, users); diff != "" || !users[1].Quiet() {
		t.Errorf("users (-want +got)\n%s", diff)
	}
	list, _ := PackageList([]byte("package:com.a.b\npackage:/data/app/~~x==/com.a.b-y==/base.apk=com.a.b  installer=null uid:10245,1010245\npackage:/data/app/a uid:7 b=c/base.apk=com.a.c versionCode:12 uid:10246\n"))
	wantList := []Listed{{Name: "com.a.b", UID: -1}, {Name: "com.a.b", Path: "/data/app/~~x==/com.a.b-y==/base.apk", UID: 10245}, {Name: "com.a.c", Path: "/data/app/a uid:7 b=c/base.apk", UID: 10246}}
	if diff := cmp.Diff(wantList, list); diff != "" {
		t.Errorf("packages (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a.b/a.b.C", "a.b/d.E"}, Components("a.b/.C:a.b/d.E::null:a.b/a.b.C")); diff != "" {
		t.Errorf("components (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"a.b/a.b.C", "d.e/d.e.F"}, InputMethods("a.b/.C;1;-2:d.e/.F")); diff != "" {
		t.Errorf("input methods (-want +got)\n%s", diff)
	}
	roles, _ := Roles([]byte("android.app.role.SMS\ta.b;c.d\nandroid.app.role.HOME\t\n"))
	dumped, _ := Roles([]byte("ROLE STATE:\n  {\n    user_id=0\n      {\n        name=android.app.role.SMS\n        holders=a.b\n      }\n    user_id=10\n        name=android.app.role.SMS\n        holders=x.y\n"))
	if diff := cmp.Diff([]map[string][]string{{"android.app.role.SMS": {"a.b", "c.d"}}, {"android.app.role.SMS": {"a.b"}}}, []map[string][]string{roles, dumped}); diff != "" {
		t.Errorf("roles (-want +got)\n%s", diff)
	}
}
