package dump

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fuzz feeds readers with their fixtures and what the fuzzer makes of them.
func fuzz(f *testing.F, names ...string) {
	var readers []func([]byte) any
	for _, p := range append(parsers, extra...) {
		for _, name := range names {
			if p.name == name {
				readers = append(readers, p.read)
			}
		}
	}
	for _, p := range parsers {
		for _, name := range names {
			if p.name != name {
				continue
			}
			for _, era := range eras {
				b := fixture(f, era, name)
				f.Add(b[:min(len(b), 4096)])
				f.Add(b[max(0, len(b)-4096):])
			}
		}
	}
	f.Add([]byte("a/.B;1:c/.D"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, read := range readers {
			read(b)
		}
	})
}

func FuzzPackages(f *testing.F) { fuzz(f, "package", "packages-list") }

func FuzzOps(f *testing.F) { fuzz(f, "appops", "appops get") }

func FuzzSettings(f *testing.F) {
	fuzz(f, "settings-secure", "settings-global", "getprop", "users", "settings get", "settings dump", "patch level")
}

func FuzzServices(f *testing.F) {
	fuzz(f, "accessibility", "ime-all", "ime-enabled", "components", "input methods")
}

func FuzzPolicy(f *testing.F) { fuzz(f, "device-policy", "owners", "roles", "app-links") }

func FuzzSections(f *testing.F) { fuzz(f, "bugreport", "package", "decode") }

// What the filter leaves says the same to the reader as the whole text, and filtering it again changes nothing.
func FuzzNotification(f *testing.F) {
	for _, era := range eras {
		f.Add(fixture(f, era, "notification"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var once, twice bytes.Buffer
		if err := FilterNotification(&once, bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
		if err := FilterNotification(&twice, bytes.NewReader(once.Bytes())); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(once.Bytes(), twice.Bytes()) {
			t.Errorf("filtered twice: %q, once: %q", twice.Bytes(), once.Bytes())
		}
		listeners, channels, _ := NotificationDump(b)
		left, leftChannels, _ := NotificationDump(once.Bytes())
		if diff := cmp.Diff([]any{listeners, channels}, []any{left, leftChannels}); diff != "" {
			t.Errorf("(-whole +filtered)\n%s", diff)
		}
	})
}
