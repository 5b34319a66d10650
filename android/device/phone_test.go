package device

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/internal/fakedevice"
)

const (
	eras = "../dump/testdata"
	apks = "../testdata"
)

// collect reads a phone and demands that it goes well and leaves nothing behind.
func collect(t *testing.T, d *fakedevice.Device, opt Options) *capture.Capture {
	t.Helper()
	before, err := d.State()
	if err != nil {
		t.Fatal(err)
	}
	opt.Address = d.Address()
	c, err := Collect(context.Background(), opt)
	if err != nil {
		t.Fatal(err)
	}
	after, err := d.State()
	if err != nil || len(before) != len(after) {
		t.Errorf("got %d texts, %v, want %d", len(after), err, len(before))
	}
	for name, text := range before {
		if after[name] != text {
			t.Errorf("reading the phone changed %s", name)
		}
	}
	untouched(t, d)
	return c
}

func untouched(t *testing.T, d *fakedevice.Device) {
	t.Helper()
	if got := d.Written(); got != nil {
		t.Errorf("commands left %q on the phone", got)
	}
}

func TestEras(t *testing.T) {
	for _, era := range []string{"sdk25", "sdk28", "sdk30", "sdk33", "sdk34", "sdk36", "samsung-sdk33"} {
		t.Run(era, func(t *testing.T) {
			t.Parallel()
			d := fakedevice.Start(t, fakedevice.Options{
				Folder: filepath.Join(eras, era), ManyUsers: strings.HasPrefix(era, "samsung"),
				Packages: []fakedevice.Package{{Name: "com.example.coupons", Base: filepath.Join(apks, "odd.apk")}},
			})
			c := collect(t, d, Options{})
			for _, row := range capture.Names {
				name := row.Name
				o, ok := c.Outputs[name]
				want, err := d.Text(name)
				switch {
				case !ok:
					t.Errorf("%s: neither text nor reason", name)
				case o.Text == nil && o.Reason == "":
					t.Errorf("%s: no reason", name)
				case o.Cut:
					t.Errorf("%s: cut: %s", name, o.Reason)
				case o.Text == nil: // too new for this phone, or one that the fixtures lack
				case name == capture.ID || name == capture.Notification:
				case err != nil || string(o.Text) != kept(t, name, want):
					t.Errorf("%s: got %q, want %q", name, cutText(string(o.Text)), cutText(kept(t, name, want)))
				}
			}
			for _, a := range c.APKs {
				if a.Package == "com.example.coupons" && (len(a.Parts) == 0 || a.Reason != "") {
					t.Errorf("%s: %d parts, %s", a.Path, len(a.Parts), a.Reason)
				}
			}
			if bytes.Contains(c.Outputs[capture.Notification].Text, []byte("000000")) {
				t.Error("a notification's text was kept")
			}
		})
	}
}

// kept is what a capture keeps of an output.
func kept(t *testing.T, name, text string) string {
	var c capture.Capture
	if err := c.Add(name, []byte(text), 0); err != nil {
		t.Fatal(err)
	}
	return string(c.Outputs[name].Text)
}

func cutText(s string) string { return s[:min(len(s), 200)] }
