package report

import "testing"

// A label that ends in a star of another code point must not look like the mark of what came with the phone.
func TestStarsThatLookLikeTheMark(t *testing.T) {
	for _, star := range []string{"\u2217", "\uff0a", "\u204e", "\ufe61"} {
		if got := (named{name: "TalkBack" + star}).text(40); got == "TalkBack"+star {
			t.Errorf("got %q, which reads like a part of the system", got)
		}
	}
}
