package access

import (
	"bytes"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// opsReader reads dumpsys appops line by line.
type opsReader struct {
	lines.Reader
	out AppOps

	uid       int // -1 outside a uid's block
	uidIndent int
	pkg       string // "" before a uid's first package
	pkgIndent int
	op        string // the op that times below belong to
	opIndent  int
	access    bool // the times below are of accesses, not of rejections
	packages  int
	words     map[string]string
}

// AppOpsDump reads dumpsys appops of Android 5 to 16: blocks "Uid u0a245:" with modes of the whole uid, then
// "Package NAME:" with "OP (allow): ", "OP (allow / switch COARSE_LOCATION=allow): " or, before Android 9,
// "OP: mode=0; time=+1h2m ago". Times are kept as days; those before Android 9 are relative to the moment of the dump
// and left out. Modes are given as words: allow, ignore, deny, default, foreground.
func AppOpsDump(b []byte) AppOps {
	r := opsReader{Reader: lines.NewReader(b), uid: -1, words: map[string]string{}}
	r.out = newAppOps()
	for {
		line, ok := r.Next()
		if !ok {
			break
		}
		if indent, text := lines.Indented(line); len(text) > 0 {
			r.take(indent, text)
		}
	}
	r.out.Notes = r.List()
	return r.out
}

func newAppOps() AppOps {
	return AppOps{UID: map[int]map[string]string{}, Package: map[int]map[string]map[string]string{}, LastAccess: map[string]map[string]string{}}
}

func (r *opsReader) take(indent int, text []byte) {
	if id, ok := headText(text, "Uid "); ok && (r.uid < 0 || indent <= r.uidIndent) {
		r.openUID(indent, id)
		return
	}
	switch {
	case r.uid < 0:
	case indent <= r.uidIndent:
		r.uid, r.pkg, r.op = -1, "", ""
	case r.op != "" && indent > r.opIndent:
		r.time(text)
	default:
		if name, ok := headText(text, "Package "); ok {
			r.openPackage(indent, name)
		} else {
			r.mode(indent, text)
		}
	}
}

// headText reads what stands between a word and the colon at the line's end.
func headText(text []byte, word string) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(text, []byte(word))
	if !ok {
		return nil, false
	}
	return bytes.CutSuffix(rest, []byte(":"))
}

func (r *opsReader) openUID(indent int, id []byte) {
	r.pkg, r.op, r.uidIndent = "", "", indent
	uid, ok := uidOf(id)
	if !ok {
		r.uid = -1
		r.Add(r.Line(), "no user id: "+lines.Quote(id))
		return
	}
	r.uid = uid
}

func (r *opsReader) openPackage(indent int, name []byte) {
	r.pkg, r.op, r.pkgIndent = "", "", indent
	if !dump.PackageName(name) {
		r.Add(r.Line(), "no package can have this name: "+lines.Quote(name))
		r.pkg = "-" // its ops are nobody's
		return
	}
	r.pkg = r.word(name)
}

// mode reads a line with an op and its mode; those before the first package of a uid are the uid's own.
func (r *opsReader) mode(indent int, text []byte) {
	op, mode, ok := opMode(text)
	r.op = ""
	if !ok || r.pkg == "-" {
		return
	}
	name := r.word(op)
	if r.pkg == "" {
		r.set(r.out.uidOps(r.uid), name, mode)
		return
	}
	if r.out.Package[r.uid][r.pkg] == nil {
		if r.packages >= limits.DumpEntries {
			r.Limit(r.Line(), "app-ops left out")
			return
		}
		r.packages++
	}
	r.set(r.out.packageOps(r.uid, r.pkg), name, mode)
	r.op, r.opIndent, r.access = name, indent, false
}

func (a *AppOps) uidOps(uid int) map[string]string {
	if a.UID[uid] == nil {
		a.UID[uid] = map[string]string{}
	}
	return a.UID[uid]
}

func (a *AppOps) packageOps(uid int, pkg string) map[string]string {
	if a.Package[uid] == nil {
		a.Package[uid] = map[string]map[string]string{}
	}
	if a.Package[uid][pkg] == nil {
		a.Package[uid][pkg] = map[string]string{}
	}
	return a.Package[uid][pkg]
}

// set keeps the first mode of an op. An op of a package may be printed once for each attribution tag.
func (r *opsReader) set(ops map[string]string, op, mode string) {
	if _, ok := ops[op]; ok {
		return
	}
	if len(ops) >= limits.DumpOps {
		r.Limit(r.Line(), "app-ops of "+r.pkg+" left out")
		return
	}
	ops[op] = mode
}

// time reads "Access: [fg-s] 2026-01-02 03:04:05.678 (-1d2h)", "Access: pers = 2026-01-02 …" and the lines
// below it that have no word of their own.
func (r *opsReader) time(text []byte) {
	switch {
	case bytes.HasPrefix(text, []byte("Access: ")), bytes.HasPrefix(text, []byte("Access:[")):
		r.access = true
	case bytes.HasPrefix(text, []byte("Reject:")):
		r.access = false
	case bytes.HasSuffix(text, []byte("=[")), text[0] == ']':
		r.access = false
		return
	}
	if !r.access {
		return
	}
	day, ok := dayIn(text)
	if !ok {
		return
	}
	ops := r.out.LastAccess[r.pkg]
	if ops == nil {
		ops = map[string]string{}
		r.out.LastAccess[r.pkg] = ops
	}
	if string(day) > ops[r.op] {
		ops[r.op] = r.word(day)
	}
}

// dayIn finds the first date like 2026-01-02 that a space and a time follow.
func dayIn(text []byte) ([]byte, bool) {
	const form = "0000-00-00 00:"
	for i := 0; i+len(form) <= len(text) && i < 64; i++ {
		if matches(text[i:i+len(form)], form) {
			return text[i : i+len("0000-00-00")], true
		}
	}
	return nil, false
}

// matches compares a text with a form in which 0 stands for any digit.
func matches(text []byte, form string) bool {
	for i := range len(form) {
		digit := '0' <= text[i] && text[i] <= '9'
		if form[i] == '0' && !digit || form[i] != '0' && text[i] != form[i] {
			return false
		}
	}
	return true
}

func (r *opsReader) word(b []byte) string {
	if s, ok := r.words[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(r.words) < limits.DumpEntries {
		r.words[s] = s
	}
	return s
}
