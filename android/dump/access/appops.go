package access

import (
	"bytes"
	"strconv"

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
	opIndent  int    // of the ops of the uid or package being read; 0 before the first
	access    bool   // the times below are of accesses, not of rejections
	after     bool   // a line that is no part of the uid's block stood in it
	before    int    // uid before this one, -1 where there is none
	packages  int
	words     map[string]string
}

// AppOpsDump reads dumpsys appops of Android 5 to 16: blocks "Uid u0a245:" with modes of the whole uid, then
// "Package NAME:" with "OP (allow): ", "OP (allow / switch COARSE_LOCATION=allow): " or, before Android 9,
// "OP: mode=0; time=+1h2m ago". Times are kept as days; those before Android 9 are relative to the moment of the dump
// and left out. Modes are given as words: allow, ignore, deny, default, foreground.
//
// Attribution tags, which stand among the times, are an app's own text and may hold line ends. A block ends at the next
// "Uid …:" alone, ops of a package stand in one column, and of several modes of an op the widest is kept. The phone
// prints each uid once, in rising order: where it does not, and where modes differ, the uid is marked and a note that
// matters tells.
func AppOpsDump(b []byte) AppOps {
	r := opsReader{Reader: lines.NewReader(b), uid: -1, before: -1, words: map[string]string{}}
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
	return AppOps{UID: map[int]map[string]string{}, Package: map[int]map[string]map[string]string{}, LastAccess: map[string]map[string]string{}, together: map[int]map[string]string{}}
}

func (r *opsReader) take(indent int, text []byte) {
	if id, ok := headText(text, "Uid "); ok && (r.uid < 0 || indent <= r.uidIndent) {
		r.openUID(indent, id)
		return
	}
	switch {
	case r.uid < 0:
	case indent <= r.uidIndent:
		r.after = true // the next part, or the rest of a tag
	case r.op != "" && indent > r.opIndent:
		r.time(text)
	default:
		if name, ok := headText(text, "Package "); ok && (r.pkg == "" || indent == r.pkgIndent) {
			r.openPackage(indent, name)
		} else if r.opIndent == 0 || indent == r.opIndent {
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
	uid, ok := dump.UID(id)
	if !ok {
		r.after = r.uid >= 0
		r.Matter(r.Line(), "no user id: "+lines.Quote(id))
		return
	}
	if uid <= r.uid {
		r.doubt(uid, "app-ops of uid "+strconv.Itoa(uid)+" stand twice, or where they can't")
		r.doubt(r.uid, "")
		r.doubt(r.before, "") // its tag may have made the uid after it
	}
	r.pkg, r.op, r.uidIndent, r.opIndent, r.after = "", "", indent, 0, false
	r.before, r.uid = r.uid, uid
}

// doubt marks a uid: its text may be forged.
func (r *opsReader) doubt(uid int, text string) {
	if uid < 0 || r.out.Doubtful[uid] {
		return
	}
	if r.out.Doubtful == nil {
		r.out.Doubtful = map[int]bool{}
	}
	r.out.Doubtful[uid] = true
	if text != "" {
		r.Matter(r.Line(), text+": this text may be forged")
	}
}

func (r *opsReader) openPackage(indent int, name []byte) {
	r.pkg, r.op, r.pkgIndent, r.opIndent = "", "", indent, 0
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
	if r.after {
		r.doubt(r.uid, "app-ops of uid "+strconv.Itoa(r.uid)+" go on after their end")
	}
	name := r.word(op)
	if r.pkg == "" {
		r.opIndent = indent
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
	if r.uid%dump.PerUser >= dump.FirstApp {
		all := r.out.together[r.uid]
		if all == nil {
			all = map[string]string{}
			r.out.together[r.uid] = all
		}
		if old, is := all[name]; is || len(all) < limits.DumpOps {
			all[name] = wider(old, mode)
		}
	}
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

// set files a mode; of several of one op the widest is kept.
func (r *opsReader) set(ops map[string]string, op, mode string) {
	old, twice := ops[op]
	switch {
	case !twice && len(ops) >= limits.DumpOps:
		r.Limit(r.Line(), "app-ops of "+r.pkg+" left out")
	case !twice:
		ops[op] = mode
	case old != mode:
		ops[op] = wider(old, mode)
		r.doubt(r.uid, "several modes of app-op "+op+" of uid "+strconv.Itoa(r.uid))
	}
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
