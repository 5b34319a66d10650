package access

import (
	"bytes"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// unsetImportance is NotificationManager.IMPORTANCE_UNSPECIFIED.
const unsetImportance = -1000

// app reads "NAME (10245) importance=NONE userSet=true", the head of an app's channels.
// Source: com.android.server.notification.PreferencesHelper and, before Android 10, RankingHelper.
func (r *noticeReader) app(text []byte) {
	name, rest, _ := bytes.Cut(text, []byte(" ("))
	r.pkg = ""
	if !dump.PackageName(name) {
		r.Add(r.Line(), "no package can have this name: "+lines.Quote(name))
		return
	}
	id, rest, _ := bytes.Cut(rest, []byte(")"))
	r.pkg, r.uid = string(name), -1
	if uid, ok := lines.Small(id); ok {
		r.uid = uid
	}
	for word := range bytes.FieldsSeq(rest) {
		if string(word) == "importance=NONE" || string(word) == "importance=0" {
			r.keep(Channel{Package: r.pkg, UID: r.uid, Blocked: true})
		}
	}
}

// channel reads "ID', mName=Ord..., mDescription=, mImportance=3, … mConversationId='null', …}". Names and ids are the
// app's own text: of the fields behind them the last counts.
func (r *noticeReader) channel(text []byte) {
	if conversation(text) {
		return
	}
	id, rest, ok := bytes.Cut(text, []byte("', mName="))
	if !ok {
		r.Add(r.Line(), "channel without id and name")
		return
	}
	c := Channel{Package: r.pkg, ID: string(id), UID: r.uid, Importance: unsetImportance}
	name := rest
	for _, end := range []string{", mDescription=", ", mImportance="} {
		if i := bytes.LastIndex(rest, []byte(end)); i >= 0 {
			name = rest[:i]
			break
		}
	}
	c.Name = string(bytes.TrimSuffix(name, []byte("}")))
	if value, ok := last(rest, ", mImportance=", ","); ok {
		if n, ok := lines.Small(bytes.TrimSuffix(value, []byte("}"))); ok {
			c.Importance = n
		}
	}
	c.Blocked = c.Importance == 0
	r.keep(c)
}

// keep adds a channel; one that stands twice is kept once.
func (r *noticeReader) keep(c Channel) {
	key := Channel{Package: c.Package, ID: c.ID, UID: c.UID}
	if r.ids[key] {
		return
	}
	if len(r.channels) >= limits.DumpEntries {
		r.Limit(r.Line(), "notification channels left out")
		return
	}
	r.ids[key] = true
	r.channels = append(r.channels, c)
}

// conversation reports whether a channel is that of a single conversation, whose name is a person's.
func conversation(text []byte) bool {
	i := bytes.LastIndex(text, []byte("mConversationId="))
	if i < 0 {
		return false
	}
	value := bytes.TrimLeft(text[i+len("mConversationId="):], "'\"")
	end := bytes.IndexAny(value, "'\",}")
	if end >= 0 {
		value = value[:end]
	}
	return len(value) > 0 && string(value) != "null"
}
