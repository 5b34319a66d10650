package page

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		name, text string
		width      int
		want       []string
	}{
		{"nothing", "", 20, nil},
		{"one line", "a b c", 20, []string{"a b c"}},
		{"at the width", "aaaaa bbbbb ccc", 11, []string{"aaaaa bbbbb", "ccc"}},
		{"a long word", "aa " + strings.Repeat("b", 25), 10, []string{"aa", "bbbbbbbbbb", "bbbbbbbbbb", "bbbbb"}},
		{"wide letters", "日本語日本語日本語", 10, []string{"日本語日本", "語日本語"}},
	} {
		if diff := cmp.Diff(test.want, Wrap(test.text, test.width)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestAndroidVersion(t *testing.T) {
	if got, want := AndroidVersion(36), "Android 16"; got != want {
		t.Errorf("level 36: got %q, want %q", got, want)
	}
}
