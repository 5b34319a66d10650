package dump

import (
	"bytes"
	"sort"
	"strconv"

	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// Bits of a user's flags. Source: android.content.pm.UserInfo.
const (
	flagManagedProfile = 0x20
	flagQuietMode      = 0x80
	flagProfile        = 0x1000
)

// Users reads pm list users, and the same lines in dumpsys user: "UserInfo{0:Owner:c13} running". Names may hold
// any character. A user that stands twice is kept once.
func Users(b []byte) ([]User, []lines.Note) {
	r := lines.NewReader(b)
	var users []User
	seen := map[int]bool{}
	for {
		line, ok := r.Next()
		if !ok {
			break
		}
		_, rest, ok := bytes.Cut(line, []byte("UserInfo{"))
		if !ok {
			continue
		}
		rest = wholeUser(&r, rest)
		user, ok := userInfo(rest)
		switch {
		case !ok:
			r.Add(r.Line(), "user without id, name and flags")
		case seen[user.ID]:
		case len(users) >= limits.DumpUsers:
			r.Limit(r.Line(), "users left out")
		default:
			seen[user.ID] = true
			users = append(users, user)
		}
	}
	sort.SliceStable(users, func(i, j int) bool { return users[i].ID < users[j].ID })
	return users, r.List()
}

// wholeUser joins the lines of a user whose name holds line ends: until a line with the closing brace.
func wholeUser(r *lines.Reader, text []byte) []byte {
	whole := bytes.Contains(text, []byte("}"))
	if !whole {
		text = bytes.Clone(text)
	}
	for !whole && len(text) < limits.DumpLineBytes {
		before := *r
		line, ok := r.Next()
		if !ok || bytes.Contains(line, []byte("UserInfo{")) {
			*r = before
			break
		}
		text = append(append(text, '\n'), line...)
		whole = bytes.Contains(line, []byte("}"))
	}
	return text
}

// userInfo reads "0:Owner:c13} running". The flags stand after the last colon, as the name may hold colons.
func userInfo(text []byte) (User, bool) {
	end := bytes.LastIndexByte(text, '}')
	if end < 0 {
		return User{}, false
	}
	tail := text[end+1:]
	id, rest, ok := bytes.Cut(text[:end], []byte(":"))
	last := bytes.LastIndexByte(rest, ':')
	if !ok || last < 0 {
		return User{}, false
	}
	number, ok := lines.Small(id)
	flags, err := strconv.ParseUint(string(rest[last+1:]), 16, 31)
	if !ok || err != nil || number < 0 {
		return User{}, false
	}
	return User{
		ID: number, Name: string(rest[:last]), Flags: int(flags),
		Running: bytes.Contains(tail, []byte("running")) || bytes.Contains(tail, []byte("RUNNING")),
		Profile: flags&(flagManagedProfile|flagProfile) != 0,
	}, true
}

// Quiet reports whether a profile is paused: its apps do not run and much of it can't be read.
func (u User) Quiet() bool { return u.Flags&flagQuietMode != 0 }
