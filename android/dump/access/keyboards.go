package access

import (
	"bytes"
	"strings"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// InputMethods reads the setting enabled_input_methods, "comp;subtype;subtype:comp", and gives the components.
func InputMethods(list string) []string {
	var plain strings.Builder
	for part := range strings.SplitSeq(list, ":") {
		id, _, _ := strings.Cut(part, ";")
		plain.WriteString(id)
		plain.WriteByte(':')
	}
	return dump.Components(plain.String())
}

// IMEList reads ime list: with short set that of ime list -s, a component a line, else that of ime list -a or
// dumpsys input_method, where each keyboard has a line with "mId=". The id is as printed, since commands want it so.
func IMEList(b []byte, short bool) ([]InputMethod, []lines.Note) {
	r := lines.NewReader(b)
	var list []InputMethod
	seen := map[string]bool{}
	for {
		line, ok := r.Next()
		if !ok {
			break
		}
		_, text := lines.Indented(line)
		id := text
		if !short {
			if id, ok = inputMethodID(text); !ok {
				continue
			}
		}
		full, ok := dump.Component(id)
		switch {
		case !ok && short && len(text) > 0 && !lines.StackLine(text):
			r.Add(r.Line(), "no input method: "+lines.Quote(text))
		case !ok || seen[full]:
		case len(list) >= limits.DumpEntries:
			r.Limit(r.Line(), "input methods left out")
		default:
			seen[full] = true
			list = append(list, InputMethod{ID: string(id)})
		}
	}
	return list, r.List()
}

// inputMethodID finds the id in "mId=a/.B mSettingsActivityName=…" and in the line above it, "a/.B:".
func inputMethodID(text []byte) ([]byte, bool) {
	if id, ok := bytes.CutPrefix(text, []byte("mId=")); ok {
		id, _, _ = bytes.Cut(id, []byte(" "))
		return id, true
	}
	return bytes.CutSuffix(text, []byte(":"))
}

// Component gives the id as Components gives it, with the class's name in full.
func (m InputMethod) Component() string {
	full, _ := dump.Component([]byte(m.ID))
	return full
}
