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
		if len(rest) > 0 {
			return nil, "", false // no version prints more on the line: it is some app's text
		}
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

// wider gives of two modes the one that allows more. Modes of a maker's own may allow anything that foreground does not.
func wider(a, b string) string {
	if width(b) > width(a) {
		return b
	}
	return a
}

func width(mode string) int {
	switch mode {
	case "":
		return 0
	case "ignore", "deny":
		return 1
	case "default":
		return 2
	case "foreground":
		return 4
	case "allow":
		return 5
	}
	return 3
}

// AppOpsGet reads appops get of one package: op -> mode. The uid's own modes come first and only the first of them has
// the words "Uid mode:" before it, so that uid holds that one and pkg the others; of an op that stands twice the first
// counts, which is the uid's, unless that is default. "No operations." gives empty maps.
func AppOpsGet(b []byte) (uid, pkg map[string]string, n []lines.Note) {
	r := opsReader{Reader: lines.NewReader(b), uid: -1, before: -1, words: map[string]string{}}
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
		op, mode, ok := opMode(text)
		if !ok || uid[string(op)] != "" && uid[string(op)] != "default" {
			continue
		}
		if first := to[string(op)]; first == "" || first == "default" {
			r.set(to, r.word(op), mode)
		}
	}
}
