package access

import (
	"slices"
	"strings"
	"testing"

	"appraise/android/dump/lines"
)

// A label that starts another user's part, or changes its id, is marked: what the part names may be anybody's.
func TestForgedUserState(t *testing.T) {
	const end = ", feedbackType[X], capabilities=9, eventTypes=, notificationTimeout=0]}\n     Enabled services:{{a.b/a.b.C}}\n"
	for _, tt := range []struct {
		name, label string
		users       []bool // doubtful
	}{
		{"none", "x", []bool{false}},
		{"inside a list", "x\nUser state[attributes:{id=99}\n", []bool{false, true}},
		{"after an end of its own", "x, capabilities=0]}\n     Enabled services:{}\nUser state[\n     attributes:{id=10}\ny", []bool{false, true}},
		{"the same user", "x, capabilities=0]}\nUser state[\n     attributes:{id=0}\n     Bound services:{Service[label=y", []bool{true, true}},
		{"another id", "x\n     attributes:{id=99}\n", []bool{true}},
	} {
		got, notes := AccessibilityDump([]byte("User state[\n     attributes:{id=0}\n     Bound services:{Service[label=" + tt.label + end))
		var users []bool
		for _, u := range got {
			users = append(users, u.Doubtful)
		}
		last := got[len(got)-1]
		if !slices.Equal(users, tt.users) || len(last.Enabled) != 1 || slices.Contains(users, true) != (len(notes) > 0 && notes[0].Matters) {
			t.Errorf("%s: got %+v, %v, want %v", tt.name, got, notes, tt.users)
		}
	}
}

// A class that holds the words, braces and line ends of a list takes nothing out of it.
func TestForgedClasses(t *testing.T) {
	const other = "a.b/a.b.C"
	for _, class := range []string{" .x", "}.x", "x. y", "x.}, {", "x.} services:{", "x." + strings.Repeat(" ", 40) + "Enabled services:", "x.,c.d/e"} {
		name := "org.example.tool/" + class
		for form, text := range map[string]string{
			"braces": "     Enabled services:{{" + name + "}, {" + other + "}}\n",
			"lines":  "  enabled services: {\n    0 : " + name + "\n    1 : " + other + "\n  }\n",
		} {
			got, _ := AccessibilityDump([]byte("User state[\n     attributes:{id=0}\n" + text))
			if len(got) != 1 || !slices.Contains(got[0].Enabled, other) || !strings.HasPrefix(got[0].Enabled[0], "org.example.tool/") {
				t.Errorf("%s %q: got %+v", form, class, got)
			}
		}
	}
	l, _, _ := NotificationDump([]byte("    Live notification listeners (2):\n      ComponentInfo{org.example.tool/x.} (user 0): p SYSTEM} (user 10): q@1\n      ComponentInfo{org.example.tool/x.\n} (user 0): q@1\n"))
	if len(l.Live) != 2 || l.Live[0].User != 10 || l.Live[0].System || l.Live[1].User != -1 {
		t.Errorf("listeners %+v", l)
	}
	l, _, _ = NotificationDump([]byte("    Allowed notification listeners:\n      org.example.tool/x.\n      y:a.b/.C (user: 0 isPrimary: true)\n"))
	if len(l.ByUser[0]) != 2 {
		t.Errorf("allowed %+v", l)
	}
	p, notes := DevicePolicy([]byte("  Enabled Device Admins (User 0, provisioningState: 0):\n    org.example.tool/x.\n"))
	if len(p.Admins) != 1 || len(notes) != 1 || !notes[0].Matters {
		t.Errorf("administrators %+v, %v", p, notes)
	}
	if p, _ := Owners([]byte("User  0: admin=org.example.tool/,.x,DeviceOwner\n")); p.DeviceOwner != "org.example.tool" {
		t.Errorf("owners %+v", p)
	}
}

// A tag that forges another uid's block, or a uid's own mode, is told, and of several modes the widest counts.
func TestForgedUIDs(t *testing.T) {
	for _, tt := range []struct {
		name, tag string
		uid       int
		want      string
	}{
		{"a later uid", "x\n  Uid u0a300:\n    Package a.b:\n      C (allow): y", 10246, "allow"},
		{"an earlier uid", "x\n  Uid 1000:\n    Package a.b:\n      C (allow): y", 10245, "allow"},
		{"its own uid", "x\n  Uid u0a245:\n      SYSTEM_ALERT_WINDOW: mode=ignore\n    Package org.example.tool:\n      C (allow):\n        y", 10245, "allow"},
		{"no uid", "x\n  Uid zzz:\ny", 10245, "allow"},
		{"a package", "n=[\n]\n    Package a.b:\n      C (allow):\n        n", 10245, "allow"},
	} {
		text := "Current AppOps Service state:\n  Uid u0a245:\n    Package org.example.tool:\n      COARSE_LOCATION (allow): \n        " + tt.tag +
			"=[\n          Access: [fg-s] 2026-01-02 03:04:05.678 (-1d)\n        ]\n      SYSTEM_ALERT_WINDOW (allow): \n  Uid u0a246:\n    Package org.example.tool:\n      SYSTEM_ALERT_WINDOW (allow): \n"
		ops := AppOpsDump([]byte(text))
		told := slices.ContainsFunc(ops.Notes, func(n lines.Note) bool { return n.Matters })
		if got := ops.Mode(tt.uid, "org.example.tool", "SYSTEM_ALERT_WINDOW"); got != tt.want && !ops.Doubtful[tt.uid] || !told && tt.name != "a package" {
			t.Errorf("%s: got %q, want %q; %+v", tt.name, got, tt.want, ops)
		}
		if tt.uid == 10245 && tt.name != "an earlier uid" && ops.Mode(tt.uid, "org.example.tool", "SYSTEM_ALERT_WINDOW") != "allow" {
			t.Errorf("%s: got %+v", tt.name, ops)
		}
	}
}
