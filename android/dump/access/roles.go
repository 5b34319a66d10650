package access

import (
	"bytes"
	"slices"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// Roles reads who holds which role, role -> packages: lines "ROLE<TAB>HOLDER" with several holders joined by ";" as
// cmd role get-role-holders prints them, or dumpsys role, which bug reports hold ("name=…", then "holders=…"; of its
// users the first). A role without a holder has no entry.
func Roles(b []byte) (map[string][]string, []lines.Note) {
	r, out := lines.NewReader(b), map[string][]string{}
	role, user, users := "", "", 0
	for {
		line, ok := r.Next()
		if !ok {
			return out, r.List()
		}
		if name, holders, ok := bytes.Cut(line, []byte("\t")); ok && roleName(name) {
			addHolders(&r, out, string(name), holders)
			continue
		}
		_, text := lines.Indented(line)
		if id, ok := bytes.CutPrefix(text, []byte("user_id=")); ok && string(id) != user {
			user = string(id)
			users++
		}
		if name, ok := bytes.CutPrefix(text, []byte("name=")); ok && roleName(name) {
			role = string(name)
		}
		if holders, ok := bytes.CutPrefix(text, []byte("holders=")); ok && role != "" && users <= 1 {
			addHolders(&r, out, role, holders)
			role = ""
		}
	}
}

// roleName takes names like android.app.role.SMS; makers have their own.
func roleName(name []byte) bool { return dump.PackageName(name) && bytes.IndexByte(name, '.') > 0 }

// maxHolders is how many packages are taken for holders of one role; one or two are usual.
const maxHolders = 64

func addHolders(r *lines.Reader, out map[string][]string, role string, text []byte) {
	for holder := range bytes.FieldsFuncSeq(text, func(c rune) bool { return c == ';' || c == ',' || c == ' ' || c == '[' || c == ']' }) {
		switch {
		case string(holder) == "null" || slices.Contains(out[role], string(holder)):
		case !dump.PackageName(holder):
			r.Add(r.Line(), "no package can have this name: "+lines.Quote(holder))
		case len(out[role]) >= maxHolders || len(out) >= limits.DumpEntries:
			r.Limit(r.Line(), "role holders left out")
			return
		default:
			out[role] = append(out[role], string(holder))
		}
	}
}
