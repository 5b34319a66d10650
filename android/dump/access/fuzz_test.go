package access

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seeds gives the fuzzer the head and the tail of each era's output of these commands.
func seeds(f *testing.F, names ...string) {
	for _, name := range names {
		for _, era := range eras {
			b := fixture(f, era, name)
			f.Add(b[:min(len(b), 4096)])
			f.Add(b[max(0, len(b)-4096):])
		}
	}
	f.Add([]byte("a/.B;1:c/.D"))
}

func FuzzOps(f *testing.F) {
	seeds(f, "appops")
	f.Fuzz(func(_ *testing.T, b []byte) {
		AppOpsDump(b)
		AppOpsGet(b)
	})
}

func FuzzServices(f *testing.F) {
	seeds(f, "accessibility", "ime-all", "ime-enabled")
	f.Fuzz(func(_ *testing.T, b []byte) {
		AccessibilityDump(b)
		IMEList(b, false)
		IMEList(b, true)
		InputMethods(string(b))
	})
}

func FuzzPolicy(f *testing.F) {
	seeds(f, "device-policy", "owners", "roles")
	f.Fuzz(func(_ *testing.T, b []byte) {
		DevicePolicy(b)
		Owners(b)
		Roles(b)
	})
}

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
