package packages

import (
	"bytes"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// watched reports whether the receivers of a broadcast are kept: messages, calls, start-up, and what an app that
// hides or defends itself listens to.
func watched(action []byte) bool {
	switch string(action) {
	case "android.provider.Telephony.SMS_RECEIVED", "android.provider.Telephony.SMS_DELIVER",
		"android.provider.Telephony.WAP_PUSH_RECEIVED", "android.provider.Telephony.WAP_PUSH_DELIVER",
		"android.intent.action.DATA_SMS_RECEIVED", "android.provider.Telephony.SECRET_CODE", "android.telephony.action.SECRET_CODE",
		"android.intent.action.BOOT_COMPLETED", "android.intent.action.LOCKED_BOOT_COMPLETED",
		"android.intent.action.QUICKBOOT_POWERON", "android.intent.action.USER_PRESENT",
		"android.intent.action.PHONE_STATE", "android.intent.action.NEW_OUTGOING_CALL",
		"android.app.action.DEVICE_ADMIN_ENABLED", "android.app.action.DEVICE_ADMIN_DISABLE_REQUESTED":
		return true
	}
	return false
}

// receiverTable reads the Receiver Resolver Table: an action, and deeper its receivers, "1a2b3c pkg/.cls filter 4d5e".
// An action stands in several parts of the table (with and without data). Source: com.android.server.IntentResolver.dump.
type receiverTable struct {
	receivers map[string][]string
	seen      map[[2]string]bool
	action    string // "" where none is being read
	indent    int    // of the action
	full      bool
}

func (t *receiverTable) line(r *lines.Reader, indent int, text []byte) {
	if t.action != "" && indent > t.indent {
		if _, rest, ok := bytes.Cut(text, []byte(" ")); ok {
			t.receiver(r, rest)
		}
		return
	}
	t.action = ""
	if action, ok := bytes.CutSuffix(text, []byte(":")); ok && watched(action) {
		t.action, t.indent = string(action), indent
	}
}

func (t *receiverTable) receiver(r *lines.Reader, text []byte) {
	name := text
	if i := bytes.LastIndex(text, []byte(" filter ")); i >= 0 {
		name = text[:i] // a class may hold blanks
	}
	component, ok := dump.Component(name)
	if key := [2]string{t.action, component}; ok && !t.seen[key] {
		if len(t.seen) >= limits.DumpEntries {
			if !t.full {
				t.full = true
				r.Limit(r.Line(), "receivers left out")
			}
			return
		}
		if t.seen == nil {
			t.seen, t.receivers = map[[2]string]bool{}, map[string][]string{}
		}
		t.seen[key] = true
		t.receivers[t.action] = append(t.receivers[t.action], component)
	}
}
