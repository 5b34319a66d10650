package access

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

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

func TestInputMethods(t *testing.T) {
	if diff := cmp.Diff([]string{"a.b/a.b.C", "d.e/d.e.F"}, InputMethods("a.b/.C;1;-2:d.e/.F")); diff != "" {
		t.Errorf("input methods (-want +got)\n%s", diff)
	}
}

func TestRoles(t *testing.T) {
	roles, _ := Roles([]byte("android.app.role.SMS\ta.b;c.d\nandroid.app.role.HOME\t\n"))
	dumped, _ := Roles([]byte("ROLE STATE:\n  {\n    user_id=0\n      {\n        name=android.app.role.SMS\n        holders=a.b\n      }\n    user_id=10\n        name=android.app.role.SMS\n        holders=x.y\n"))
	if diff := cmp.Diff([]map[string][]string{{"android.app.role.SMS": {"a.b", "c.d"}}, {"android.app.role.SMS": {"a.b"}}}, []map[string][]string{roles, dumped}); diff != "" {
		t.Errorf("roles (-want +got)\n%s", diff)
	}
}
