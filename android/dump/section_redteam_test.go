package dump_test

import (
	"bytes"
	"testing"

	"appraise/android/dump"
)

// An app's text that looks like the end of a section must not take the rest of it away without a word.
func TestForgedEndOfSectionIsTold(t *testing.T) {
	const dashes = "------------------------------------------------------------------------------\n"
	for _, forged := range []string{"--------- 0.1s was the duration of dumpsys package, ending at: x", "--------- 0.1s was the duration of dumpsys foo, ending at: x", "DUMP OF SERVICE foo:"} {
		text := dashes + "DUMP OF SERVICE package:\nPackages:\n  Package [org.example.tool] (1a):\n    versionName=1\n" + forged + "\n    pkgFlags=[ HAS_CODE ]\n  Package [org.example.second] (1a):\n    versionName=1\n" +
			"--------- 0.053s was the duration of dumpsys package, ending at: 2026-01-02 03:04:05\n" + dashes + "DUMP OF SERVICE user:\nx\n--------- 0.1s was the duration of dumpsys user, ending at: y\n"
		sections, notes := dump.BugreportSections([]byte(text))
		if !bytes.Contains(sections["package"], []byte("org.example.second")) && len(notes) == 0 {
			t.Errorf("%q: the rest of the section is lost and nothing tells", forged)
		}
	}
}
