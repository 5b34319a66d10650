package packages

import (
	"bytes"
	"strconv"

	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// openUser reads "User 0: ceDataInode=1 installed=true … enabled=0" and the bare "User 0:" of a shared user id.
func (p *packageReader) openUser(indent int, text []byte) bool {
	id, rest, ok := bytes.Cut(text[len("User "):], []byte(":"))
	n, number := lines.Small(id)
	if !ok || !number || n < 0 {
		return false
	}
	b := p.block
	b.userIndent = indent
	if b.section != sharedSection && !b.has(signaturesField) && !b.has(flagsField) && !b.has(pkgFlagsField) {
		p.doubt("User " + strconv.Itoa(n)) // users come after what an app writes itself
	}
	if i, twice := b.users[n]; twice {
		p.doubt("User " + strconv.Itoa(n))
		b.user = i
		return true
	}
	if len(b.pkg.Users) >= limits.DumpUsers {
		p.Limit(p.Line(), "package "+b.pkg.Name+": users left out")
		b.list, b.listIndent = unreadList, indent
		return true
	}
	user := UserState{ID: n, Installed: true, InstallReason: -1}
	for word := range bytes.FieldsSeq(rest) {
		if key, value, ok := bytes.Cut(word, []byte("=")); ok {
			user.state(key, value)
		}
	}
	b.pkg.Users = append(b.pkg.Users, user)
	b.user = len(b.pkg.Users) - 1
	if b.users == nil {
		b.users = map[int]int{}
	}
	b.users[n] = b.user
	return true
}

// state reads one "key=value" of a user's line. A version that does not print installed= has no other state.
func (u *UserState) state(key, value []byte) {
	yes := string(value) == "true"
	switch string(key) {
	case "installed":
		u.Installed = yes
	case "hidden":
		u.Hidden = yes
	case "suspended":
		u.Suspended = yes
	case "stopped":
		u.Stopped = yes
	case "enabled":
		u.Enabled, _ = lines.Small(value)
	}
}

// userField reads "key=value" on a line of its own below a user.
func (p *packageReader) userField(key, value []byte) {
	user := &p.block.pkg.Users[p.block.user]
	switch string(key) {
	case "firstInstallTime":
		if user.FirstInstall == "" {
			user.FirstInstall = string(value)
		}
	case "installReason":
		if n, ok := lines.Small(value); ok && user.InstallReason < 0 {
			user.InstallReason = n
		}
	}
}

// item reads a line of a list of permissions.
func (p *packageReader) item(text []byte) {
	b := p.block
	switch b.list {
	case requestedList:
		p.requested(text)
	case installList:
		if p.fits(len(b.pkg.Install), "permissions") {
			b.pkg.Install = append(b.pkg.Install, p.grant(text))
		}
	case runtimeList:
		if b.user < 0 { // no version prints it so; kept, not lost
			if p.fits(len(b.pkg.Install), "permissions") {
				b.pkg.Install = append(b.pkg.Install, p.grant(text))
			}
			return
		}
		user := &b.pkg.Users[b.user]
		if p.fits(len(user.Runtime), "permissions") {
			user.Runtime = append(user.Runtime, p.grant(text))
		}
	}
}

// requested reads "NAME" and "NAME: restricted=true".
func (p *packageReader) requested(text []byte) {
	pkg := &p.block.pkg
	if !p.fits(len(pkg.Requested), "permissions") {
		return
	}
	name, rest, _ := bytes.Cut(text, []byte(": "))
	word := p.word(name)
	pkg.Requested = append(pkg.Requested, word)
	if bytes.Contains(rest, []byte("restricted=true")) {
		if pkg.Restrict == nil {
			pkg.Restrict = map[string]bool{}
		}
		pkg.Restrict[word] = true
	}
}

// grant reads "NAME: granted=true, flags=[ USER_SET|USER_FIXED]" and the bare "NAME" of Android 5, which says granted.
func (p *packageReader) grant(text []byte) Grant {
	name, rest, ok := bytes.Cut(text, []byte(": "))
	g := Grant{Permission: p.word(name), Granted: !ok, Line: p.Line()}
	if state, ok := bytes.CutPrefix(rest, []byte("granted=")); ok {
		g.Granted = bytes.HasPrefix(state, []byte("true"))
	}
	if _, flags, ok := bytes.Cut(rest, []byte("flags=")); ok {
		flags, _, _ = bytes.Cut(flags, []byte("]"))
		g.Flags = p.flagList(flags)
	}
	return g
}
