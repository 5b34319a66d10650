package remedy

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/inventory"
)

// verbs are the commands that a plan may hold.
var verbs = []string{
	"settings put --user", "cmd notification disallow_listener", "cmd notification allow_listener", "ime enable", "ime disable", "ime set",
	"appops set --user", "pm revoke --user", "pm grant --user", "pm disable-user --user", "pm enable --user", "pm default-state --user",
}

// sane fails the test where a plan holds what no plan may hold.
func sane(t *testing.T, s *State, p *Plan) {
	t.Helper()
	for _, step := range p.Steps {
		if len(step.Do) == 0 || len(step.Undo) == 0 {
			t.Fatalf("a step without command or undo:\n%s", text(p))
		}
		for _, c := range append(append([]Command{}, step.Do...), step.Undo...) {
			words, ok := posixWords(c.Text())
			if !ok || !cmp.Equal(words, []string(c)) || c.fault() != "" {
				t.Fatalf("a command that reads otherwise: %q", c)
			}
			known := false
			for _, v := range verbs {
				known = known || strings.HasPrefix(c.Text(), v+" ")
			}
			if !known || strings.Contains(c.Text(), "settings delete") {
				t.Fatalf("a command of another kind: %q", c)
			}
			if c[0] == "pm" && !dump.PackageName(c[4]) {
				t.Fatalf("no name of a package: %q", c)
			}
		}
		if step.Kind == Accessibility {
			keepsOthers(t, s, p.Package, step)
		}
	}
}

// keepsOthers fails where a service of another app is lost.
func keepsOthers(t *testing.T, s *State, pkg string, step Step) {
	t.Helper()
	before, after := dump.Components(step.Undo[0][6]), dump.Components(step.Do[0][6])
	var want []string
	for _, c := range before {
		if !strings.HasPrefix(c, pkg+"/") {
			want = append(want, c)
		}
	}
	if !cmp.Equal(after, want) || step.Undo[0][6] != s.Secure[keyServices] {
		t.Fatalf("of %q %q is left, want %q", before, after, want)
	}
}

// Whatever the outputs hold, a plan holds commands of the known kinds alone, quoted, and no other app loses anything.
func FuzzFor(f *testing.F) {
	for _, name := range eras {
		c := era(f, name)
		f.Add(string(c.Outputs[capture.SettingsSecure].Text), string(c.Outputs[capture.AppOps].Text), string(c.Outputs[capture.IMEEnabled].Text), name)
	}
	f.Add("enabled_accessibility_services=x'; touch PWNED; ':com.example.coupons/.W:$(id)\n", "Uid u0a245:\n", "com.example.coupons/.Ime\n", "sdk34")
	f.Fuzz(func(t *testing.T, secure, appops, enabled, name string) {
		c := era(t, eras[len(name)%len(eras)])
		s := FromCapture(with(c, map[string]string{"settings-secure": secure, "appops": appops, "ime-enabled": enabled}), 0)
		for _, pkg := range []string{"com.example.coupons", "com.example.keyboard", "com.example.screenreader", "com.example.vault"} {
			for _, capability := range []inventory.CapabilityID{"", inventory.CapKeystrokes} {
				p, err := For(s, pkg, capability)
				var refusal *Refusal
				switch {
				case errors.As(err, &refusal):
				case err != nil:
					t.Fatal(err)
				default:
					sane(t, s, p)
				}
			}
		}
	})
}

// The package's own text is the app's: whatever stands there, names are checked.
func FuzzForPackage(f *testing.F) {
	for _, name := range eras {
		text := string(era(f, name).Outputs[capture.PackageDump].Text)
		start := strings.Index(text, "  Package [com.example.coupons]")
		f.Add(text[start:min(len(text), start+4000)])
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := FromCapture(with(era(t, "sdk34"), map[string]string{"package": "Packages:\n" + text}), 0)
		for i, pkg := range s.names() {
			if p, err := For(s, pkg, ""); err == nil && i < 50 {
				sane(t, s, p)
			}
		}
	})
}

// Every prefix of an output gives a plan or a word why there is none, and never a list that is cut.
func TestTruncated(t *testing.T) {
	c := era(t, "sdk34")
	for _, output := range []string{"settings-secure", "appops", "package", "device-policy", "roles", "ime-enabled"} {
		whole := c.Outputs[output].Text
		for n := 0; n < len(whole); n += max(1, len(whole)/300) {
			cut := with(c, nil)
			cut.Outputs[output] = capture.Output{Text: whole[:n], Cut: true}
			s := FromCapture(cut, 0)
			p, err := For(s, "com.example.coupons", "")
			var missing *UnknownPackageError
			if err != nil && !errors.As(err, &missing) {
				t.Fatalf("%s cut at %d: %v", output, n, err)
			}
			if err != nil {
				continue
			}
			sane(t, s, p)
			if len(p.Lacking) == 0 && output != "ime-enabled" && output != "device-policy" {
				t.Fatalf("%s cut at %d: nothing is lacking:\n%s", output, n, text(p))
			}
		}
	}
}

// A package name that a shell could take for more is none.
func TestHostilePackageNames(t *testing.T) {
	s := FromCapture(era(t, "sdk34"), 0)
	for _, name := range []string{"", "-", "--user", "a b", "a;b", "$(id)", "a'b", "com.example.coupons\n", "com.example.coupons;id", "../a", "com..a"} {
		var missing *UnknownPackageError
		if _, err := For(s, name, ""); !errors.As(err, &missing) {
			t.Errorf("%q: got %v, want an unknown package", name, err)
		}
		empty := FromCapture(&capture.Capture{}, 0)
		if p, err := For(empty, name, ""); err != nil || len(p.Steps) != 0 || len(p.Lacking) == 0 {
			t.Errorf("%q: got %v, %v", name, p, err)
		}
	}
}
