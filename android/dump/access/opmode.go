package access

import (
	"bytes"
	"strconv"

	"appraise/android/dump/lines"
)

// opMode reads one op and its mode in any form: "OP: mode=allow", "OP: mode=1", "OP: mode=0; time=+1h ago",
// "OP (allow): ", "OP (allow / switch X=allow):", and of appops get "OP: allow; time=+1h ago".
func opMode(text []byte) (op []byte, mode string, ok bool) {
	op, rest, colon := bytes.Cut(text, []byte(": "))
	if !colon {
		op, colon = bytes.CutSuffix(text, []byte(":"))
	}
	if !colon {
		return nil, "", false
	}
	if name, words, ok := bytes.Cut(op, []byte(" (")); ok {
		op, rest = name, bytes.TrimSuffix(words, []byte(")"))
	}
	rest, _ = bytes.CutPrefix(rest, []byte("mode="))
	if end := bytes.IndexAny(rest, " ;/"); end >= 0 {
		rest = rest[:end]
	}
	mode = modeWord(rest)
	return op, mode, opName(op) && mode != ""
}

// opName takes what names of ops are made of, and the numbered ops of a maker, "MIUIOP(10021)".
func opName(op []byte) bool {
	for _, c := range op {
		if !('A' <= c && c <= 'Z') && !('a' <= c && c <= 'z') && !('0' <= c && c <= '9') && c != '_' && c != ':' && c != '(' && c != ')' {
			return false
		}
	}
	return len(op) > 0 && len(op) <= 128
}

// modeWord gives a mode as Android 8 and later print it; versions before print the numbers of AppOpsManager.MODE_*.
// The numbers are what the platform defines: 0 allowed, 1 ignored, 2 errored, 3 default, 4 foreground.
func modeWord(mode []byte) string {
	switch string(mode) {
	case "0", "allow", "allowed":
		return "allow"
	case "1", "ignore", "ignored":
		return "ignore"
	case "2", "deny", "errored":
		return "deny"
	case "3", "default":
		return "default"
	case "4", "foreground":
		return "foreground"
	case "ask": // MIUI
		return "ask"
	}
	if n, err := strconv.Atoi(string(mode)); err == nil && n > 4 && n < 1<<16 {
		return strconv.Itoa(n) // a maker's own
	}
	return ""
}

// Ids of a user's apps. Source: android.os.UserHandle.PER_USER_RANGE, android.os.Process.FIRST_APPLICATION_UID,
// FIRST_APP_ZYGOTE_ISOLATED_UID and FIRST_ISOLATED_UID.
const (
	perUser       = 100_000
	firstApp      = 10_000
	firstZygote   = 90_000
	firstIsolated = 99_000
)

// uidOf reads a uid as UserHandle.formatUid prints it: "1000", "u0a245" (app), "u10s1000" (system), "u0i3" (isolated),
// "u0ai3" (isolated, of an app's zygote).
func uidOf(text []byte) (int, bool) {
	if len(text) == 0 || text[0] != 'u' {
		uid, ok := lines.Small(text)
		return uid, ok && uid >= 0
	}
	end := 1
	for end < len(text) && '0' <= text[end] && text[end] <= '9' {
		end++
	}
	user, ok := lines.Small(text[1:end])
	start := end
	for end < len(text) && 'a' <= text[end] && text[end] <= 'z' {
		end++
	}
	app, number := lines.Small(text[end:])
	base := 0
	switch string(text[start:end]) {
	case "a":
		base = firstApp
	case "s":
	case "i":
		base = firstIsolated
	case "ai":
		base = firstZygote
	default:
		return 0, false
	}
	if !ok || !number || app < 0 || base+app >= perUser || user > (1<<31-1)/perUser-1 {
		return 0, false
	}
	return user*perUser + base + app, true
}

// AppOpsGet reads appops get of one package: op -> mode. The uid's own modes come first and only the first of them has
// the words "Uid mode:" before it, so that uid holds that one and pkg the others; of an op that stands twice the first
// counts, which is the uid's. "No operations." gives empty maps.
func AppOpsGet(b []byte) (uid, pkg map[string]string, n []lines.Note) {
	r := opsReader{Reader: lines.NewReader(b), words: map[string]string{}}
	uid, pkg = map[string]string{}, map[string]string{}
	for {
		line, ok := r.Next()
		if !ok {
			return uid, pkg, r.List()
		}
		_, text := lines.Indented(line)
		to := pkg
		if rest, ok := bytes.CutPrefix(text, []byte("Uid mode:")); ok {
			_, text = lines.Indented(rest)
			to = uid
		}
		if op, mode, ok := opMode(text); ok && uid[string(op)] == "" {
			r.set(to, r.word(op), mode)
		}
	}
}
