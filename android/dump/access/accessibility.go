package access

import (
	"bytes"
	"strconv"
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
	named bool // the user's part has its id
}

// AccessibilityDump reads dumpsys accessibility, one entry a user. Three forms are in use: Android 10 and later with
// "Enabled services:{{a/b}, {c/d}}"; makers' forms with lists of a line a service, "0 : a/.B"; and Android 9 and
// earlier, which prints bound services alone and by label. Services being bound count as bound. "Registered
// clients" are the apps on screen and say nothing. What several lines say is put together, since labels, which stand
// before the lists, may hold line ends and forge an empty list. A label may forge the start of another user's part as
// well: a part that starts inside a list, holds the end of a label, has two ids or stands twice is marked, as are those
// that follow it, and a note that matters tells.
func AccessibilityDump(b []byte) ([]Accessibility, []lines.Note) {
	r := a11yReader{Reader: lines.NewReader(b), seen: map[string]bool{}}
	for {
		line, ok := r.Next()
		if !ok {
			r.check()
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
		r.attributes(rest)
	}
	if r.title(text) {
		return
	}
	switch r.part {
	case noPart:
		if bytes.Contains(text, []byte(", feedbackType[")) && !bytes.Contains(text, []byte("Service[label=")) {
			r.doubt() // the end of a label, whose start stood in another part
		}
	case boundPart:
		r.bound(text)
	case enabledPart:
		r.user.Enabled = r.services(r.user.Enabled, "enabled", text)
	case installedPart:
		r.user.Installed = r.services(r.user.Installed, "installed", text)
	}
}

// attributes reads the id of a user's part, "0, currentUser=true, …". It stands before any label, so that the first
// counts.
func (r *a11yReader) attributes(text []byte) {
	if end := bytes.IndexAny(text, ",} "); end >= 0 {
		text = text[:end]
	}
	n, ok := lines.Small(text)
	switch {
	case !ok || n < 0:
		r.doubt()
	case r.named && n != r.user.User:
		r.doubt()
	default:
		r.user.User, r.named = n, true
	}
}

// doubt marks the part that is being read.
func (r *a11yReader) doubt() {
	if !r.user.Doubtful {
		r.user.Doubtful = true
		r.Matter(r.Line(), "this part of a user may be forged")
	}
}

// check marks parts of one user, of which one is forged.
func (r *a11yReader) check() {
	first := map[int]int{}
	for i := range r.list {
		user := r.list[i].User
		j, twice := first[user]
		if !twice {
			first[user] = i
			continue
		}
		if !r.list[j].Doubtful || !r.list[i].Doubtful {
			r.Matter(r.Line(), "user "+strconv.Itoa(user)+" stands twice: this text may be forged")
		}
		r.list[j].Doubtful, r.list[i].Doubtful = true, true
	}
}

// open starts a user's state.
func (r *a11yReader) open() {
	inside := r.part == boundPart || r.user != nil && r.user.Doubtful
	r.part, r.user, r.named = noPart, nil, false
	if len(r.list) >= limits.DumpUsers {
		r.Limit(r.Line(), "users left out")
		return
	}
	r.list = append(r.list, Accessibility{})
	r.user = &r.list[len(r.list)-1]
	if inside {
		r.doubt()
	}
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
// Elsewhere they are part of a label or of a class.
func partOf(before []byte) (a11yPart, bool) {
	before = bytes.TrimSpace(before)
	if bytes.HasPrefix(before, []byte("attributes:{")) && bytes.HasSuffix(before, []byte("}")) {
		return boundPart, true
	}
	if len(before) > len("installed") {
		return noPart, false
	}
	switch word := strings.ToLower(string(before)); word {
	case "enabled":
		return enabledPart, true
	case "bound", "binding", "":
		return boundPart, true
	case "installed":
		return installedPart, true
	case "crashed":
		return skippedPart, true
	}
	return noPart, false
}

// services adds the components of "{{a/b}, {c/d}}" and of "0 : a/.B".
func (r *a11yReader) services(list []string, kind string, text []byte) []string {
	for name := range dump.ComponentsIn(text) {
		if r.seen[kind+name] {
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
