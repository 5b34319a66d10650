package dump

import (
	"bytes"
	"strings"

	"appraise/internal/limits"
)

// PackageName reports whether a name has the form that Android demands of package names: words of ASCII letters,
// digits and underscores, joined by dots. Nothing else may enter a command line. The platform's own package is
// "android". Source: android.content.pm.parsing.FrameworkParsingPackageUtils.validateName.
func PackageName[T string | []byte](name T) bool {
	word := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_':
			word++
		case c == '.' && word > 0:
			word = 0
		default:
			return false
		}
	}
	return word > 0 && len(name) <= maxPackageName
}

// maxPackageName is the longest package name taken; Android's own bound is 223.
const maxPackageName = 255

// Components reads a list of components as settings hold it, "pkg/cls:pkg/cls". A class that starts with a dot gets
// its package's name, so that equal components are equal texts. "null", "" and parts that are no component give
// nothing; what stands twice is given once.
func Components(list string) []string {
	var out []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(list, ":") {
		component, ok := Component([]byte(strings.TrimSpace(part)))
		if !ok || seen[component] || len(out) >= limits.DumpEntries {
			continue
		}
		seen[component] = true
		out = append(out, component)
	}
	return out
}

// Component reads "pkg/cls" or "pkg/.cls", bare, in braces or as ComponentInfo{…}.
func Component(text []byte) (string, bool) {
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
