package dump

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// Components reads a list of components as settings hold it, "pkg/cls:pkg/cls", as ComponentList does.
func Components(list string) []string {
	components, _ := ComponentList(list)
	return components
}

// ComponentList reads a list of components as settings hold it, "pkg/cls:pkg/cls", in the form that Component gives.
// What stands twice is given once. "null" and "" give nothing; other parts that are no component are given apart, at
// most limits.DumpNotes of them: something that is switched on may be hidden in them.
func ComponentList(list string) (components, unread []string) {
	seen := map[string]bool{}
	for part := range strings.SplitSeq(list, ":") {
		part = strings.TrimSpace(part)
		component, ok := Component([]byte(part))
		switch {
		case !ok:
			if part != "" && part != "null" && len(unread) < limits.DumpNotes {
				unread = append(unread, lines.Quote([]byte(part)))
			}
		case !seen[component] && len(components) < limits.DumpEntries:
			seen[component] = true
			components = append(components, component)
		}
	}
	return components, unread
}

// Component reads "pkg/cls" or "pkg/.cls", bare, in braces or as ComponentInfo{…}. A class that starts with a dot gets
// its package's name, so that equal components are equal texts.
//
// Android checks no letter of a class that a manifest names, so that any text may stand for one: what is
// no name in Java's letters is taken where the package has a dot, as all but the platform's have. Control characters
// and bytes that are no UTF-8 are given as \x0a, and of more than 1,024 bytes a part with a sum of the whole. Reading
// the result again changes nothing.
func Component(text []byte) (string, bool) {
	text = bare(text)
	pkg, class, ok := bytes.Cut(text, []byte("/"))
	if !ok || len(class) == 0 || !PackageName(pkg) {
		return "", false
	}
	if class[0] == '.' {
		class = append(bytes.Clone(pkg), class...)
	}
	if !className(class) {
		if bytes.IndexByte(pkg, '.') < 0 && string(pkg) != "android" {
			return "", false
		}
		class = oddClass(class)
	}
	return string(pkg) + "/" + string(class), true
}

// bare takes away "ComponentInfo" and braces; a closing brace is missing where the class holds a line end.
func bare(text []byte) []byte {
	rest, info := bytes.CutPrefix(text, []byte("ComponentInfo{"))
	switch {
	case info:
		return bytes.TrimSuffix(rest, []byte("}"))
	case len(text) > 1 && text[0] == '{' && text[len(text)-1] == '}':
		return text[1 : len(text)-1]
	}
	return text
}

// className reports whether a text is the name of a Java class; letters beyond ASCII may stand in one.
func className(name []byte) bool {
	ascii := true
	for _, c := range name {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c >= 0x80
		if !letter && c != '_' && c != '$' && c != '.' && c != '-' {
			return false
		}
		ascii = ascii && c < 0x80
	}
	return len(name) > 0 && len(name) <= maxClassName && (ascii || utf8.Valid(name) && !bytes.ContainsFunc(name, unicode.IsControl))
}

// Limits of a class's name in bytes: what is taken whole, and what is kept of a longer one before its sum.
const (
	maxClassName  = 1024
	keptClassName = 960
)

// oddClass gives any text as a class: without control characters, and no longer than maxClassName.
func oddClass(class []byte) []byte {
	out := make([]byte, 0, min(len(class), maxClassName)+16)
	for rest := class; len(rest) > 0 && len(out) <= maxClassName; {
		r, size := utf8.DecodeRune(rest)
		if unicode.IsControl(r) || r == utf8.RuneError && size == 1 {
			for _, c := range rest[:size] {
				out = fmt.Appendf(out, "\\x%02x", c)
			}
		} else {
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	if len(out) <= maxClassName {
		return out
	}
	cut := keptClassName
	for !utf8.RuneStart(out[cut]) {
		cut--
	}
	return fmt.Appendf(out[:cut:cut], "…%08x", crc32.ChecksumIEEE(class))
}

// ComponentsIn gives the components in a line such as "{{a/b}, {c/d}}" or "0 : a/.B", in order. A class may hold any of
// these signs: each name of a package with a slash after it, at the start or after a blank or a bracket, starts one.
func ComponentsIn(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for start := nextComponent(text, 0); start >= 0; {
			next := nextComponent(text, start+1)
			part := text[start:]
			if next >= 0 {
				part = text[start:next]
			}
			name, ok := Component(componentIn(part, start > 0 && text[start-1] == '{'))
			if ok && !yield(name) {
				return
			}
			start = next
		}
	}
}

// nextComponent gives where the next component starts, -1 where there is none.
func nextComponent(text []byte, from int) int {
	word := from
	for i := from; i < len(text); i++ {
		switch text[i] {
		case ' ', ',', '{', '}', '[', ']':
			word = i + 1
		case '/':
			if word >= 0 && PackageName(text[word:i]) && (word > from || from == 0) {
				return word
			}
			word = -1 // a slash in a class
		}
	}
	return -1
}

// componentIn gives the component with which a text starts: up to the brace that ends it, or else to a blank or comma.
// What starts with such a sign is taken whole.
func componentIn(text []byte, braced bool) []byte {
	ends := " ,{}[]"
	if braced {
		ends = "}"
	}
	slash := bytes.IndexByte(text, '/') + 1
	if end := bytes.IndexAny(text[slash:], ends); end > 0 {
		return text[:slash+end]
	} else if end < 0 {
		return text
	}
	return bytes.TrimRight(text, " ,{}[]")
}
