package provenance

import (
	"fmt"
	"slices"
	"strings"

	"appraise/inventory"
)

// androidVersions are the names of the API levels from 1 on (android.os.Build.VERSION_CODES).
var androidVersions = []string{"1.0", "1.1", "1.5", "1.6", "2.0", "2.0.1", "2.1", "2.2", "2.3", "2.3.3", "3.0", "3.1", "3.2",
	"4.0", "4.0.3", "4.1", "4.2", "4.3", "4.4", "4.4W", "5.0", "5.1", "6.0", "7.0", "7.1", "8.0", "8.1", "9", "10", "11", "12", "12L",
	"13", "14", "15", "16"}

// versionName is the Android version of an API level.
func versionName(level int) string {
	if level < 1 || level > len(androidVersions) {
		return fmt.Sprintf("(API level %d)", level)
	}
	return androidVersions[level-1]
}

// levels is a range of API levels, inclusive; max 0 = no upper end.
type levels struct{ min, max int }

func (l levels) String() string {
	switch {
	case l.max == 0:
		return fmt.Sprintf("Android %s and newer", versionName(l.min))
	case l.min <= 1:
		return fmt.Sprintf("Android %s and older", versionName(l.max))
	case l.min == l.max:
		return "Android " + versionName(l.min)
	}
	return fmt.Sprintf("Android %s to %s", versionName(l.min), versionName(l.max))
}

// heldFor parts the judged Android versions into those for which the signature holds and the others; ranges that
// follow each other are joined.
func heldFor(platforms []inventory.PlatformSignature) (held, not []levels) {
	for _, p := range slices.SortedFunc(slices.Values(platforms), func(a, b inventory.PlatformSignature) int { return a.MinSDK - b.MinSDK }) {
		to := &not
		if p.State == inventory.Verified {
			to = &held
		}
		if n := len(*to); n > 0 && (*to)[n-1].max != 0 && (*to)[n-1].max+1 == p.MinSDK {
			(*to)[n-1].max = p.MaxSDK
			continue
		}
		*to = append(*to, levels{p.MinSDK, p.MaxSDK})
	}
	return held, not
}

func listed(ranges []levels) string {
	var out []string
	for _, r := range ranges {
		out = append(out, r.String())
	}
	return strings.Join(out, ", ")
}

// Coverage says why an Android signature is partial: holds and rest name Android versions, and are "" where
// the cause is another one (the content was not compared with what was signed).
func Coverage(item *inventory.Item) (holds, rest string) {
	if item.Platform != inventory.Android || item.Signature.State != inventory.Partial {
		return "", ""
	}
	held, not := heldFor(item.Signature.Platforms)
	if len(held) == 0 || len(not) == 0 {
		return "", ""
	}
	return listed(held), listed(not)
}
