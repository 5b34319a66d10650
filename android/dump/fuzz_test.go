package dump_test

import (
	"strings"
	"testing"

	"appraise/android/dump"
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

func FuzzSettings(f *testing.F) {
	seeds(f, "settings-secure", "settings-global", "getprop", "users")
	f.Fuzz(func(_ *testing.T, b []byte) {
		dump.SettingsList(b)
		dump.SettingsGet(b)
		dump.SettingsDump(b)
		dump.GetProp(b)
		dump.Users(b)
		dump.PatchLevel(string(b))
	})
}

func FuzzComponents(f *testing.F) {
	seeds(f, "ime-enabled")
	f.Add([]byte("com.example/" + strings.Repeat("é\x00", 700)))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, once := range dump.Components(string(b)) {
			if twice, ok := dump.Component([]byte(once)); !ok || twice != once || len(once) > 2048 {
				t.Errorf("read twice: %q, once: %q", twice, once)
			}
		}
	})
}

func FuzzSections(f *testing.F) {
	seeds(f, "package")
	f.Fuzz(func(_ *testing.T, b []byte) {
		dump.BugreportSections(b)
		dump.Decode(b)
	})
}
