package page

import (
	"fmt"
	"strings"

	"appraise/inventory"
)

// Plural counts a noun that takes an s, as in "2 items".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// DigestShown is how many characters of a digest stand where a person compares by eye; verify and JSON have all of it.
const DigestShown = 8

// Digest is the start of a digest, with an ellipsis where it is longer. It is not safe yet.
func Digest(sha string) string {
	if len(sha) <= DigestShown {
		return sha
	}
	return sha[:DigestShown] + "…"
}

// Schemes lists the schemes of a signature that are in a state, as in "v2, v3". It is not safe yet.
func Schemes(s inventory.Signature, state inventory.SignatureState) string {
	var names []string
	for _, scheme := range s.Schemes {
		if scheme.State == state {
			names = append(names, scheme.Name)
		}
	}
	return strings.Join(names, ", ")
}

// androidVersions are the names of the API levels, from level 1 on (Build.VERSION_CODES, Android's list of
// codenames, tags and build numbers).
var androidVersions = []string{
	"1.0", "1.1", "1.5", "1.6", "2.0", "2.0.1", "2.1", "2.2", "2.3", "2.3.3", "3.0", "3.1", "3.2", "4.0", "4.0.3", "4.1", "4.2", "4.3", "4.4", "4.4W",
	"5.0", "5.1", "6.0", "7.0", "7.1", "8.0", "8.1", "9", "10", "11", "12", "12L", "13", "14", "15", "16",
}

// AndroidVersion names an API level, as in "Android 7.0"; a level without a known name stays a level.
func AndroidVersion(level int) string {
	if level < 1 || level > len(androidVersions) {
		return fmt.Sprintf("API level %d", level)
	}
	return "Android " + androidVersions[level-1]
}
