package dump_test

import (
	"testing"

	"appraise/android/dump"
)

func TestUIDs(t *testing.T) {
	for text, want := range map[string]int{
		"0": 0, "1000": 1000, "u0a245": 10245, "u10a33": 1010033, "u10s1000": 1001000, "u0i3": 99003, "u0ai2": 90002,
		"u": -1, "ua1": -1, "u0": -1, "u0a": -1, "u0x1": -1, "u0a99999999": -1, "-5": -1, "u99999999999a1": -1, "u0a-1": -1,
	} {
		got, ok := dump.UID([]byte(text))
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}
