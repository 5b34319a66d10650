package main

import (
	"bytes"
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

const phones = "../../android/dump/testdata"

// fixPhone starts a fake phone of an era.
func fixPhone(t *testing.T, era string) *fakedevice.Device {
	t.Helper()
	if why := fakedevice.Missing(); why != "" {
		t.Skip(why)
	}
	return fakedevice.Start(t, fakedevice.Options{Folder: filepath.Join(phones, era)})
}

func runProgram(args ...string) (code int, stdout, stderr string) {
	var out, problems bytes.Buffer
	code = execute(args, strings.NewReader(""), &out, &problems)
	return code, out.String(), problems.String()
}

// printedCommands are the lines of a page that are meant to be run.
func printedCommands(page string) []string {
	var out []string
	for line := range strings.Lines(page) {
		if text := strings.TrimSpace(line); strings.HasPrefix(text, "adb ") {
			out = append(out, text)
		}
	}
	return out
}

func phoneState(t *testing.T, d *fakedevice.Device) map[string]string {
	t.Helper()
	s, err := d.State()
	if err != nil {
		t.Fatal(err)
	}
	// Android keeps listeners as a set; the fake phone as a list in order.
	const key = "enabled_notification_listeners="
	before, rest, _ := strings.Cut(s["settings-secure"], key)
	list, after, _ := strings.Cut(rest, "\n")
	parts := strings.Split(list, ":")
	slices.Sort(parts)
	s["settings-secure"] = before + key + strings.Join(parts, ":") + "\n" + after
	return s
}

// fix asks the phone and changes nothing on it; a saved bundle of it gives the same commands; and all that it prints,
// run line after line, gives the phone back as it was.
func TestFixLive(t *testing.T) {
	for _, era := range []string{"sdk25", "sdk30", "sdk34", "sdk36"} {
		t.Run(era, func(t *testing.T) {
			d := fixPhone(t, era)
			before := phoneState(t, d)
			phone := []string{"--serial", d.Serial, "--adb", d.Address(), "--shell", "sh"}
			code, page, problems := runProgram(append([]string{"fix", "com.example.coupons"}, phone...)...)
			if code != 0 || problems != "" {
				t.Fatalf("got exit %d: %s%s", code, page, problems)
			}
			if diff := cmp.Diff(phoneState(t, d), before); diff != "" {
				t.Fatalf("fix changed the phone (-got +want)\n%s", diff)
			}
			commands := printedCommands(page)
			if len(commands) < 10 {
				t.Errorf("got %d commands", len(commands))
			}
			_, saved, _ := runProgram(append([]string{"fix", "com.example.coupons", "--from", bundleOf(t, era)}, phone...)...)
			if diff := cmp.Diff(printedCommands(saved), commands); diff != "" {
				t.Errorf("from a bundle (-got +want)\n%s", diff)
			}
			for _, line := range commands {
				cmd := exec.Command("sh", "-c", line)
				cmd.Env = append(os.Environ(), "HOME="+d.Home)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v: %s", line, err, out)
				}
			}
			if diff := cmp.Diff(phoneState(t, d), before); diff != "" {
				t.Errorf("after all commands and undos (-got +want)\n%s", diff)
			}
		})
	}
}

// bundleOf saves an era's phone as a bundle.
func bundleOf(t *testing.T, era string) string {
	t.Helper()
	c, err := capture.ReadFolder(os.DirFS(filepath.Join(phones, era)))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "phone.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := c.Write(f); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFixWithoutPhone(t *testing.T) {
	d := fixPhone(t, "sdk34")
	d.Second(t, fakedevice.Options{Folder: filepath.Join(phones, "sdk34")})
	code, page, problems := runProgram("fix", "com.example.coupons", "--adb", d.Address())
	if code != exitUsage || page != "" || !strings.Contains(problems, "--serial") {
		t.Errorf("two phones: got exit %d: %s%s", code, page, problems)
	}
	code, page, problems = runProgram("fix", "com.example.coupons", "--adb", d.Address(), "--serial", "nowhere")
	if code != exitInternal || page != "" || !strings.Contains(problems, "hint: ") {
		t.Errorf("another serial: got exit %d: %s%s", code, page, problems)
	}
	locked := fakedevice.Start(t, fakedevice.Options{Refuse: fakedevice.Unauthorized})
	code, page, problems = runProgram("fix", "com.example.coupons", "--adb", locked.Address())
	if code != exitInternal || page != "" || !strings.Contains(problems, "USB debugging") {
		t.Errorf("unauthorized: got exit %d: %s%s", code, page, problems)
	}
}
