package section

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"appraise/android/dump"
	"appraise/android/dump/lines"
)

// Settings gives the text of dumpsys settings as settings list prints it, keyed as dump.SettingsDump keys it: "secure",
// "global", "system", and "secure@10" for user 10.
func Settings(text []byte) (map[string][]byte, []lines.Note) {
	all, notes := dump.SettingsDump(text)
	lists := map[string][]byte{}
	for space, settings := range all {
		var out bytes.Buffer
		for _, key := range slices.Sorted(maps.Keys(settings)) {
			fmt.Fprintf(&out, "%s=%s\n", key, settings[key])
		}
		lists[space] = out.Bytes()
	}
	return lists, notes
}

// UserLines keeps of dumpsys user the lines that pm list users has too. The rest names accounts.
func UserLines(body []byte) []byte {
	var out bytes.Buffer
	open := false
	for line := range bytes.Lines(body) {
		text := bytes.TrimSpace(line)
		switch {
		case bytes.HasPrefix(text, []byte("UserInfo{")):
			if open {
				out.WriteByte('\n')
			}
			text = text[:bytes.LastIndexByte(text, '}')+1]
			open = len(text) > 0
			if open {
				out.WriteByte('\t')
				out.Write(text)
			}
		case open && bytes.HasPrefix(text, []byte("State: RUNNING")):
			out.WriteString(" running\n")
			open = false
		}
	}
	if open {
		out.WriteByte('\n')
	}
	return out.Bytes()
}
