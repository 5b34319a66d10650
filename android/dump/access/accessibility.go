package access

import (
	"bytes"
	"strings"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// a11yPart is the list of services that the lines below a title belong to.
type a11yPart uint8

const (
	noPart a11yPart = iota
	enabledPart
	boundPart
	installedPart
	skippedPart
)

// a11yReader reads dumpsys accessibility line by line.
type a11yReader struct {
	lines.Reader
	list  []Accessibility
	user  *Accessibility
	part  a11yPart
	count int
	seen  map[string]bool
}

// AccessibilityDump reads dumpsys accessibility, one entry a user. Three forms are in use: Android 10 and later with
// "Enabled services:{{a/b}, {c/d}}"; makers' forms with lists of a line a service, "0 : a/.B"; and Android 9 and
// earlier, which prints bound services alone and by label. Services being bound count as bound. "Registered
// clients" are the apps on screen and say nothing. What several lines say is put together, since labels, which stand
// before the lists, may hold line ends and forge an empty list.
func AccessibilityDump(b []byte) ([]Accessibility, []lines.Note) {
	r := a11yReader{Reader: lines.NewReader(b), seen: map[string]bool{}}
	for {
		line, ok := r.Next()
		if !ok {
			return r.list, r.Notes.List()
		}
		if _, text := lines.Indented(line); len(text) > 0 {
			r.take(text)
		}
	}
}

func (r *a11yReader) take(text []byte) {
	if rest, ok := bytes.CutPrefix(text, []byte("User state[")); ok {
		r.open()
		if text = bytes.TrimLeft(rest, " "); len(text) == 0 {
			return
		}
	}
	if r.user == nil {
		return
	}
	if rest, ok := bytes.CutPrefix(text, []byte("attributes:{id=")); ok {
		if end := bytes.IndexAny(rest, ",} "); end >= 0 {
			rest = rest[:end]
		}
		if n, ok := lines.Small(rest); ok && n >= 0 {
			r.user.User = n
		}
	}
	if r.title(text) {
		return
	}
	switch r.part {
	case boundPart:
		r.bound(text)
	case enabledPart:
		r.user.Enabled = r.services(r.user.Enabled, "enabled", text)
	case installedPart:
		r.user.Installed = r.services(r.user.Installed, "installed", text)
	}
}

// open starts a user's state.
func (r *a11yReader) open() {
	r.part, r.user = noPart, nil
	if len(r.list) >= limits.DumpUsers {
		r.Limit(r.Line(), "users left out")
		return
	}
	r.list = append(r.list, Accessibility{})
	r.user = &r.list[len(r.list)-1]
	clear(r.seen)
}

// title reads a line that starts a list, or holds a whole one, and a brace that ends one.
func (r *a11yReader) title(text []byte) bool {
	if string(text) == "}" {
		r.part = noPart
		return true
	}
	i := bytes.Index(text, []byte("services:"))
	if i < 0 {
		return false
	}
	part, ok := partOf(text[:i])
	if !ok {
		return false
	}
	r.part = part
	rest := bytes.TrimLeft(text[i+len("services:"):], " ")
	rest, _ = bytes.CutPrefix(rest, []byte("{"))
	if len(rest) == 0 {
		return true
	}
	switch part {
	case enabledPart:
		r.user.Enabled = r.services(r.user.Enabled, "enabled", rest)
	case installedPart:
		r.user.Installed = r.services(r.user.Installed, "installed", rest)
	case boundPart:
		r.bound(rest)
	}
	if part != boundPart || !bytes.HasSuffix(rest, []byte(",")) {
		r.part = noPart
	}
	return true
}

// partOf tells a list by the words before "services:", which stand at the start of a line or after the attributes.
func partOf(before []byte) (a11yPart, bool) {
	word := strings.ToLower(string(bytes.TrimSpace(before[max(0, len(before)-32):])))
	switch {
	case strings.HasSuffix(word, "label="), bytes.Contains(before, []byte("Service[label=")):
		return noPart, false
	case word == "enabled":
		return enabledPart, true
	case word == "bound", word == "binding", word == "", strings.HasSuffix(word, "}"):
		return boundPart, true
	case word == "installed":
		return installedPart, true
	case word == "crashed":
		return skippedPart, true
	}
	return noPart, false
}

// services adds the components of "{{a/b}, {c/d}}" and of "0 : a/.B".
func (r *a11yReader) services(list []string, kind string, text []byte) []string {
	for part := range bytes.FieldsFuncSeq(text, func(c rune) bool { return c == ' ' || c == ',' || c == '{' || c == '}' || c == '[' || c == ']' }) {
		name, ok := dump.Component(part)
		if !ok || r.seen[kind+name] {
			continue
		}
		if r.count >= limits.DumpEntries {
			r.Limit(r.Line(), "accessibility services left out")
			break
		}
		r.count++
		r.seen[kind+name] = true
		list = append(list, name)
	}
	return list
}

// bound reads services that are bound: "Service[label=…, capabilities=11, …], " or components.
func (r *a11yReader) bound(text []byte) {
	const start = "Service[label="
	first, rest, labelled := bytes.Cut(text, []byte(start))
	r.user.Bound = r.services(r.user.Bound, "bound", first)
	for labelled {
		text, rest, labelled = bytes.Cut(rest, []byte(start))
		if r.count >= limits.DumpEntries {
			r.Limit(r.Line(), "accessibility services left out")
			return
		}
		r.count++
		r.user.Labels = append(r.user.Labels, boundService(text))
	}
	if bytes.HasSuffix(text, []byte("}")) || bytes.HasSuffix(text, []byte("}]")) {
		r.part = noPart
	}
}

// boundService reads "Talk, feedbackType[FEEDBACK_SPOKEN], capabilities=11, eventTypes=TYPES_ALL_MASK,
// notificationTimeout=0]". The label may hold all of these words, so that the last of each counts.
func boundService(text []byte) BoundService {
	label := text
	for _, end := range []string{", feedbackType[", ", capabilities=", "]"} {
		if i := bytes.LastIndex(text, []byte(end)); i >= 0 {
			label = text[:i]
			break
		}
	}
	s := BoundService{Label: string(label)}
	if value, ok := last(text, ", capabilities=", ","); ok {
		s.Capabilities, _ = lines.Small(value)
	}
	if value, ok := last(text, ", eventTypes=", ", notificationTimeout="); ok {
		s.EventTypes = string(bytes.Trim(value, "[]"))
	}
	return s
}

// last gives what follows the last start, up to the next end or the end of the text.
func last(text []byte, start, end string) ([]byte, bool) {
	i := bytes.LastIndex(text, []byte(start))
	if i < 0 {
		return nil, false
	}
	value, _, _ := bytes.Cut(text[i+len(start):], []byte(end))
	return bytes.TrimSuffix(value, []byte("]")), true
}
