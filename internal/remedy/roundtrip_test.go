package remedy

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture"
	"appraise/internal/fakedevice"
)

// imeSet stands for ime set, which the fake phone lacks.
const imeSet = `[ "$1" = set ] && shift
[ "$1" = --user ] && shift 2
export ID=$1
f=$TEXT/settings-secure.txt
awk '/^default_input_method=/ { $0 = "default_input_method=" ENVIRON["ID"] } { print }' "$f" >"$f.new" && mv "$f.new" "$f"`

// wholeUID stands for appops set with --uid alone.
const wholeUID = `[ "$1" = set ] && shift
[ "$1" = --user ] && shift 2
[ "$1" = --uid ] || exit 1
export OP=$3 MODE=$4
f=$TEXT/appops.txt
awk '/^      [A-Z_]+: mode=/ && $1 == ENVIRON["OP"] ":" { $0 = "      " $1 " mode=" ENVIRON["MODE"] } { print }' "$f" >"$f.new" && mv "$f.new" "$f"`

// Every printed fix changes something on the phone, and its undo gives the identical phone back: through a shell of
// this computer, the real adb and a shell like a phone's.
func TestRoundTrip(t *testing.T) {
	if why := fakedevice.Missing(); why != "" {
		t.Skip(why)
	}
	for _, name := range eras {
		t.Run(name, func(t *testing.T) {
			c := era(t, name)
			d := fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(erasFolder, name)})
			steps := 0
			for _, pkg := range FromCapture(c, 0).names() {
				p, err := For(FromCapture(c, 0), pkg, "")
				if err != nil {
					continue
				}
				for _, s := range p.Steps {
					roundTrip(t, d, s)
					steps++
				}
			}
			if steps < 10 {
				t.Errorf("only %d steps", steps)
			}
		})
	}
}

// The same on phones with hostile values, other keyboards and ops of a whole uid.
func TestRoundTripOfOdd(t *testing.T) {
	if why := fakedevice.Missing(); why != "" {
		t.Skip(why)
	}
	secure := string(era(t, "sdk34").Outputs[capture.SettingsSecure].Text)
	for _, test := range []struct {
		name, old, new string // in settings-secure
		texts, script  map[string]string
		kind           Kind
		what           string
	}{
		{name: "hostile list", kind: Accessibility, old: "enabled_accessibility_services=com.example.screenreader/.ReaderService:",
			new: `enabled_accessibility_services=x'; touch PWNED; ':"$(touch PWNED)":` + "`touch PWNED`" + `:a b*?\042\\:-rf:‘’:$HOME:` + "!!:#:"},
		{name: "only service", kind: Accessibility, old: "enabled_accessibility_services=com.example.screenreader/.ReaderService:", new: "enabled_accessibility_services="},
		{name: "keyboard in use", kind: Keyboard, script: map[string]string{"ime set": imeSet},
			old:   "default_input_method=com.example.keyboard/.ImeService\n",
			new:   "default_input_method=com.example.coupons/.Ime\n",
			texts: map[string]string{"ime-all": keyboards3, "ime-enabled": "com.example.coupons/.Ime\n"}},
		{name: "uid", kind: AppOp, what: "MANAGE_EXTERNAL_STORAGE", script: map[string]string{"appops set": wholeUID},
			texts: map[string]string{"appops": "Current AppOps Service state:\n  Uid u0a245:\n      MANAGE_EXTERNAL_STORAGE: mode=allow\n    Package com.example.coupons:\n      CAMERA (allow): \n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if !strings.Contains(secure, test.old) {
				t.Fatal("the setting is not there")
			}
			texts := map[string]string{"settings-secure": strings.Replace(secure, test.old, test.new, 1)}
			if test.kind == Keyboard {
				texts["settings-secure"] = strings.Replace(texts["settings-secure"], "enabled_input_methods=com.example.keyboard/.ImeService;921088104;-1335428251",
					"enabled_input_methods=com.example.coupons/.Ime;5", 1)
			}
			for k, v := range test.texts {
				texts[k] = v
			}
			d := fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(erasFolder, "sdk34"), Texts: texts, Script: test.script})
			p := plan(t, with(era(t, "sdk34"), texts), "com.example.coupons", "")
			i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Kind == test.kind && strings.Contains(s.What, test.what) })
			if i < 0 {
				t.Fatalf("no step:\n%s", text(p))
			}
			roundTrip(t, d, p.Steps[i])
			if written := d.Written(); len(written) > 0 {
				t.Errorf("commands wrote %q", written)
			}
		})
	}
}

func roundTrip(t *testing.T, d *fakedevice.Device, s Step) {
	t.Helper()
	target, err := NewTarget(d.Serial, d.Address())
	if err != nil {
		t.Fatal(err)
	}
	before := files(t, d)
	run(t, d, target, s.Do)
	if cmp.Equal(files(t, d), before) {
		t.Errorf("%s %s: nothing is changed", s.Kind, s.What)
	}
	run(t, d, target, s.Undo)
	if diff := cmp.Diff(files(t, d), before); diff != "" {
		t.Errorf("%s %s: after the undo (-got +want)\n%s", s.Kind, s.What, diff)
	}
}

// run lets a shell of this computer run the printed lines.
func run(t *testing.T, d *fakedevice.Device, target Target, commands []Command) {
	t.Helper()
	for _, c := range commands {
		cmd := exec.Command("sh", "-c", POSIX.Line(target.Argv(c)))
		cmd.Env = append(os.Environ(), "HOME="+d.Home)
		cmd.Dir = t.TempDir()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", POSIX.Line(target.Argv(c)), err, out)
		}
		if left, _ := os.ReadDir(cmd.Dir); len(left) > 0 {
			t.Fatalf("%s wrote %v", c.Text(), left)
		}
	}
}

// files is every file of the phone. Android keeps listeners as a set, whose order follows from what is in it.
func files(t *testing.T, d *fakedevice.Device) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(d.Root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all[path] = string(b)
		if filepath.Base(path) == "settings-secure.txt" {
			all[path] = sortedListeners(string(b))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sortedListeners(text string) string {
	before, rest, _ := strings.Cut(text, keyListeners+"=")
	list, after, _ := strings.Cut(rest, "\n")
	parts := strings.Split(list, ":")
	slices.Sort(parts)
	return before + keyListeners + "=" + strings.Join(parts, ":") + "\n" + after
}
