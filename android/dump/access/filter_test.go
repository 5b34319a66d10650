package access

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Nothing of a notification's text passes the filter, and the reader learns the same from what is left.
func TestFilter(t *testing.T) {
	for _, era := range eras {
		whole := fixture(t, era, "notification")
		var out bytes.Buffer
		if err := FilterNotification(&out, bytes.NewReader(whole)); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"promotions", "000000", "Invented", "invented", "second line", "tickerText", "chats|000"} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("%s: %q passed:\n%s", era, secret, out.String())
			}
		}
		wantListeners, wantChannels, _ := NotificationDump(whole)
		listeners, channels, _ := NotificationDump(out.Bytes())
		if diff := cmp.Diff([]any{wantListeners, wantChannels}, []any{listeners, channels}); diff != "" {
			t.Errorf("%s: (-whole +filtered)\n%s", era, diff)
		}
	}
	var out bytes.Buffer
	text := strings.Repeat("x", 3<<20) + "\n    Live notification listeners (1):\n      ComponentInfo{a.b/a.b.C} (user 0): x\n      a text of an app\n" + strings.Repeat("y", 3<<20)
	if err := FilterNotification(&out, strings.NewReader(text)); err != nil || out.String() != "    Live notification listeners (1):\n      ComponentInfo{a.b/a.b.C} (user 0): x\n" {
		t.Errorf("%v: %.200q", err, out.String())
	}
	out.Reset()
	if err := FilterNotification(&out, strings.NewReader("cmd: Can't find service: notification\n")); err != nil || out.Len() == 0 {
		t.Errorf("a complaint is lost: %v, %q", err, out.String())
	}
	broken := errors.New("broken")
	if err := FilterNotification(io.Discard, io.MultiReader(strings.NewReader("a\n"), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
