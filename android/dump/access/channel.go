package access

import (
	"bytes"
	"strconv"

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
			r.keep(Channel{Package: r.pkg, UID: r.uid, Whole: true, Blocked: true})
		}
	}
}

// channelStart is how a channel's line begins. Before Android 8 there are none.
const channelStart = "NotificationChannel{mId='"

// channel reads what follows channelStart.
func (r *noticeReader) channel(text []byte) {
	if conversation(text) {
		return
	}
	importance, ok := importanceOf(text)
	if !ok {
		r.Add(r.Line(), "channel without id and name")
		return
	}
	r.keep(Channel{Package: r.pkg, UID: r.uid, Importance: importance, Blocked: importance == 0})
}

// importanceOf reads "ID', mName=Ord..., mDescription=, mImportance=3, … mConversationId='null', …}". Names and ids are
// the app's own text, and may be a person's: of the fields behind them the last counts. ok is false without id and name.
func importanceOf(text []byte) (importance int, ok bool) {
	_, rest, ok := bytes.Cut(text, []byte("', mName="))
	if value, there := last(rest, importanceField, ","); there {
		if n, small := lines.Small(bytes.TrimSuffix(value, []byte("}"))); small {
			return n, ok
		}
	}
	return unsetImportance, ok
}

const importanceField = ", mImportance="

// bareChannel is a channel's line with its importance alone.
func bareChannel(text []byte) string {
	switch importance, ok := importanceOf(text); {
	case !ok:
		return channelStart + "}"
	case importance == unsetImportance:
		return channelStart + "', mName=}"
	default:
		return channelStart + "', mName=" + importanceField + strconv.Itoa(importance) + "}"
	}
}

// keep adds channels of a package; those of one importance are kept once.
func (r *noticeReader) keep(c Channel) {
	if r.kept[c] {
		return
	}
	if len(r.channels) >= limits.DumpEntries {
		r.Limit(r.Line(), "notification channels left out")
		return
	}
	r.kept[c] = true
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
