package dump

import (
	"bytes"
	"strings"

	"appraise/internal/limits"
)

// Components reads a list of components as settings hold it, "pkg/cls:pkg/cls". A class that starts with a dot gets
// its package's name, so that equal components are equal texts. "null", "" and parts that are no component give
// nothing; what stands twice is given once.
func Components(list string) []string {
	var out []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(list, ":") {
		component, ok := component([]byte(strings.TrimSpace(part)))
		if !ok || seen[component] || len(out) >= limits.DumpEntries {
			continue
		}
		seen[component] = true
		out = append(out, component)
	}
	return out
}

// InputMethods reads the setting enabled_input_methods, "comp;subtype;subtype:comp", and gives the components.
func InputMethods(list string) []string {
	var plain strings.Builder
	for part := range strings.SplitSeq(list, ":") {
		id, _, _ := strings.Cut(part, ";")
		plain.WriteString(id)
		plain.WriteByte(':')
	}
	return Components(plain.String())
}

// IMEList reads ime list: with short set that of ime list -s, a component a line, else that of ime list -a or
// dumpsys input_method, where each keyboard has a line with "mId=". The id is as printed, since commands want it so.
func IMEList(b []byte, short bool) ([]InputMethod, []Note) {
	r := newReader(b)
	var list []InputMethod
	seen := map[string]bool{}
	for {
		line, ok := r.next()
		if !ok {
			break
		}
		_, text := indented(line)
		id := text
		if !short {
			if id, ok = inputMethodID(text); !ok {
				continue
			}
		}
		full, ok := component(id)
		switch {
		case !ok && short && len(text) > 0 && !stackLine(text):
			r.add(r.line, "no input method: "+quote(text))
		case !ok || seen[full]:
		case len(list) >= limits.DumpEntries:
			r.limit(r.line, "input methods left out")
		default:
			seen[full] = true
			list = append(list, InputMethod{ID: string(id)})
		}
	}
	return list, r.list
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
	full, _ := component([]byte(m.ID))
	return full
}

// component reads "pkg/cls" or "pkg/.cls", bare, in braces or as ComponentInfo{…}.
func component(text []byte) (string, bool) {
	if rest, ok := bytes.CutPrefix(text, []byte("ComponentInfo")); ok {
		text = rest
	}
	if len(text) > 1 && text[0] == '{' && text[len(text)-1] == '}' {
		text = text[1 : len(text)-1]
	}
	pkg, class, ok := bytes.Cut(text, []byte("/"))
	if !ok || !PackageName(pkg) || !className(class) {
		return "", false
	}
	if class[0] == '.' {
		return string(pkg) + "/" + string(pkg) + string(class), true
	}
	return string(text), true
}

// className reports whether a text may be the name of a Java class; letters beyond ASCII may stand in one.
func className(name []byte) bool {
	for _, c := range name {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c >= 0x80
		if !letter && c != '_' && c != '$' && c != '.' && c != '-' {
			return false
		}
	}
	return len(name) > 0 && len(name) <= maxClassName
}

const maxClassName = 1024
