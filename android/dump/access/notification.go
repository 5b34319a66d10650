package access

import (
	"bytes"
	"maps"
	"slices"
	"strconv"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// listenerPart is the list of notification listeners that the lines below a title belong to.
type listenerPart uint8

const (
	noListeners listenerPart = iota
	allowedListeners
	enabledListeners
	liveListeners
	otherListeners
)

// listenerTitle reads the titles in the section "Notification listeners:". The words are the same in every language.
// Source: com.android.server.notification.ManagedServices.dump.
func listenerTitle(text []byte) (listenerPart, bool) {
	const what = "notification listeners"
	for _, title := range [...]struct {
		start string
		part  listenerPart
	}{
		{"Allowed " + what + ":", allowedListeners},
		{"All " + what + " (", enabledListeners},
		{"Live " + what + " (", liveListeners},
		{"Snoozed " + what + " (", otherListeners},
	} {
		if len(text) >= len(title.start) && string(text[:len(title.start)]) == title.start {
			return title.part, true
		}
	}
	return noListeners, false
}

// noticeReader reads dumpsys notification line by line.
type noticeReader struct {
	lines.Reader
	listeners Listeners
	channels  []Channel
	part      listenerPart
	indent    int      // of the title
	nobody    []string // allowed, on a line that tells no user
	pkg       string
	uid       int
	seen      map[string]bool
	kept      map[Channel]bool
}

// NotificationDump reads who may listen to notifications, who does, and the channels of the apps, from dumpsys
// notification or from what FilterNotification left of it. It keeps nothing of the notifications themselves.
func NotificationDump(b []byte) (Listeners, []Channel, []lines.Note) {
	r := noticeReader{Reader: lines.NewReader(b), seen: map[string]bool{}, kept: map[Channel]bool{}}
	for {
		line, ok := r.Next()
		if !ok {
			r.forAll()
			return r.listeners, r.channels, r.List()
		}
		if indent, text := lines.Indented(line); len(text) > 0 {
			r.take(indent, text)
		}
	}
}

func (r *noticeReader) take(indent int, text []byte) {
	if part, ok := listenerTitle(text); ok {
		r.part, r.indent, r.pkg = part, indent, ""
		return
	}
	if rest, ok := bytes.CutPrefix(text, []byte("AppSettings: ")); ok {
		r.part = noListeners
		r.app(rest)
		return
	}
	if r.part != noListeners && indent > r.indent {
		r.listener(text)
		return
	}
	r.part = noListeners
	rest, ok := bytes.CutPrefix(text, []byte(channelStart))
	switch {
	case r.pkg == "" || bytes.HasPrefix(text, []byte("NotificationChannelGroup{")):
	case ok:
		r.channel(rest)
	default:
		r.pkg = "" // the app's part is over
	}
}

func (r *noticeReader) listener(text []byte) {
	switch r.part {
	case allowedListeners:
		names, rest := beforeUser(text, " (user: ")
		user, _, _ := bytes.Cut(rest, []byte(" "))
		id, ok := lines.Small(bytes.TrimSuffix(user, []byte(")")))
		for name := range bytes.SplitSeq(names, []byte(":")) {
			switch full := r.allow(name); {
			case full == "":
			case ok:
				r.byUser(id, full)
			case len(r.nobody) < limits.DumpUsers:
				r.nobody = append(r.nobody, full)
			default:
				r.Limit(r.Line(), "notification listeners of users left out")
			}
		}
	case enabledListeners:
		r.allow(text)
	case liveListeners:
		r.live(text)
	}
}

// allow adds a component to those that may listen, and gives its full name.
func (r *noticeReader) allow(name []byte) string {
	full, ok := dump.Component(name)
	if !ok || r.seen[full] {
		return full
	}
	if len(r.seen) >= limits.DumpEntries {
		r.Limit(r.Line(), "notification listeners left out")
		return ""
	}
	r.seen[full] = true
	r.listeners.Allowed = append(r.listeners.Allowed, full)
	return full
}

func (r *noticeReader) byUser(user int, name string) {
	if r.listeners.ByUser == nil {
		r.listeners.ByUser = map[int][]string{}
	}
	key := strconv.Itoa(user) + " " + name
	if r.seen[key] {
		return
	}
	if len(r.seen) >= limits.DumpEntries || len(r.listeners.ByUser) >= limits.DumpUsers {
		r.Limit(r.Line(), "notification listeners of users left out")
		return
	}
	r.seen[key] = true
	r.listeners.ByUser[user] = append(r.listeners.ByUser[user], name)
}

// beforeUser splits a line before the last word like " (user ", since a class, which stands before it, may hold any.
func beforeUser(text []byte, word string) (names, user []byte) {
	if i := bytes.LastIndex(text, []byte(word)); i >= 0 {
		return text[:i], text[i+len(word):]
	}
	return text, nil
}

// forAll gives those on lines that tell no user to each user that has a line: a class with a line end has its user on
// the next line.
func (r *noticeReader) forAll() {
	users := slices.Sorted(maps.Keys(r.listeners.ByUser))
	for _, name := range r.nobody {
		for _, user := range users {
			r.byUser(user, name)
		}
	}
}

// live reads "ComponentInfo{a/b} (user 0): android.service….Proxy@1a2b SYSTEM GUEST". One whose line ends before its
// user counts for all users, as -1 does.
func (r *noticeReader) live(text []byte) {
	name, rest := beforeUser(text, " (user ")
	full, ok := dump.Component(name)
	if !ok {
		return
	}
	if len(r.listeners.Live) >= limits.DumpEntries {
		r.Limit(r.Line(), "notification listeners left out")
		return
	}
	id, rest, _ := bytes.Cut(rest, []byte(")"))
	user, ok := lines.Small(id)
	if !ok {
		user = -1
		r.Matter(r.Line(), "notification listener "+lines.Quote([]byte(full))+" without its user")
	}
	listener := Listener{Component: full, User: user}
	for word := range bytes.FieldsSeq(rest) {
		listener.System = listener.System || string(word) == "SYSTEM"
		listener.Guest = listener.Guest || string(word) == "GUEST"
	}
	r.listeners.Live = append(r.listeners.Live, listener)
}
