package packages

import (
	"bytes"
	"slices"
	"sort"
	"strconv"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// section is a part of dumpsys package.
type section uint8

const (
	otherSection section = iota
	packagesSection
	hiddenSection
	sharedSection
	receiverSection
)

// sections are the titles of the parts that are read. Source: com.android.server.pm.DumpHelper and Settings.dump*.
func sectionOf(title []byte) section {
	switch string(title) {
	case "Packages:":
		return packagesSection
	case "Hidden system packages:":
		return hiddenSection
	case "Shared users:":
		return sharedSection
	case "Receiver Resolver Table:":
		return receiverSection
	}
	return otherSection
}

// listKind is the list that the items below a title belong to.
type listKind uint8

const (
	noList listKind = iota
	unreadList
	requestedList
	installList
	runtimeList
)

// block is the package, or the shared user id, that is being read.
type block struct {
	pkg          Package
	section      section // where its head stood
	indent       int
	column       int // indentation of its fields, that of the first line below its head; 0 before
	firstInstall string
	fields       uint32 // bits of field that were seen

	user, userIndent int         // index in pkg.Users, -1 outside
	users            map[int]int // indexes by user id
	list             listKind
	listIndent       int
	full             bool // a limit was told
}

// packageReader reads dumpsys package line by line.
type packageReader struct {
	lines.Reader
	section, before section
	// headless is set from a section's title to the next head of a block: what still looks like a field then
	// belongs to the block before it, and the title was some app's text.
	headless bool
	block    *block
	usual    bool // a head stood where every version prints it

	live, hidden []Package
	signed       bool  // a block has its signatures, so that all should
	unsigned     []int // indexes in live of those without
	shared       map[string]*Package
	table        receiverTable
	words        map[string]string   // texts given once, to share them
	flags        map[string][]string // flag lists given once
}

// Read reads dumpsys package: whole, its packages section alone, or of one package. Packages are in the order of
// the dump. A package of a shared user id gets that id's permissions, which the dump prints apart. Lists are cut at
// limits.DumpPermissions.
func Read(b []byte) Dump {
	p := packageReader{Reader: lines.NewReader(b), shared: map[string]*Package{}, words: map[string]string{}, flags: map[string][]string{}}
	for {
		line, ok := p.Next()
		if !ok {
			break
		}
		if indent, text := lines.Indented(line); len(text) > 0 {
			p.take(indent, text)
		}
	}
	p.close()
	return Dump{Packages: p.joined(), Receivers: p.table.receivers, Notes: p.List()}
}

// take reads one line. A head starts a block in every section; a line without indentation is a section's title or
// the rest of a text with line ends.
func (p *packageReader) take(indent int, text []byte) {
	if name, ok := headOf(text, "Package ["); ok && p.headAt(indent) {
		p.open(indent, name)
		return
	}
	if name, ok := headOf(text, "SharedUser ["); ok && p.section == sharedSection && p.headAt(indent) {
		p.openShared(indent, name)
		return
	}
	switch {
	case indent == 0:
		p.enter(text)
	case p.block != nil && (!p.headless || p.resume(text)):
		p.inBlock(indent, text)
	case p.section == receiverSection:
		p.table.line(&p.Reader, indent, text)
	}
}

// headColumn is what a head is indented by in all versions.
const headColumn = 2

// headAt reports whether a head may stand with that indentation: the usual one, or any where the text has none of
// those. Elsewhere a head is some app's text.
func (p *packageReader) headAt(indent int) bool {
	p.usual = p.usual || indent == headColumn
	return indent == headColumn || !p.usual
}

// headOf reads "Package [name] (1a2b3c4):" and "SharedUser [name] (1a2b3c4):".
func headOf(text []byte, start string) ([]byte, bool) {
	rest, ok := bytes.CutPrefix(text, []byte(start))
	if !ok || !bytes.HasSuffix(text, []byte("):")) {
		return nil, false
	}
	name, tail, ok := bytes.Cut(rest, []byte("] ("))
	return name, ok && hexadecimal(tail[:max(len(tail)-2, 0)])
}

func hexadecimal(b []byte) bool {
	for _, c := range b {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 16
}

// enter reads a line without indentation.
func (p *packageReader) enter(text []byte) {
	if text[len(text)-1] != ':' {
		return
	}
	if !p.headless {
		p.before = p.section
	}
	p.section, p.headless = sectionOf(text), true
}

func (p *packageReader) open(indent int, name []byte) {
	p.close()
	if p.section == sharedSection && len(p.live) > 0 { // shared user ids come after all packages
		p.suspect(&p.live[len(p.live)-1])
	}
	if p.section != hiddenSection {
		p.section = packagesSection
	}
	p.headless = false
	switch {
	case !dump.PackageName(name):
		p.Add(p.Line(), "no package can have this name: "+lines.Quote(name))
		return
	case len(p.live)+len(p.hidden) >= 2*limits.DumpPackages || len(p.live) >= limits.DumpPackages:
		p.Limit(p.Line(), "packages left out")
		return
	}
	p.block = &block{pkg: Package{Name: string(name), UID: -1, Line: p.Line()}, section: p.section, indent: indent, user: -1}
}

func (p *packageReader) openShared(indent int, name []byte) {
	p.close()
	p.headless = false
	if len(p.shared) >= limits.DumpPackages {
		p.Limit(p.Line(), "shared users left out")
		return
	}
	p.block = &block{pkg: Package{Name: string(name), UID: -1, Line: p.Line()}, section: sharedSection, indent: indent, user: -1}
}

// close files the block that was being read.
func (p *packageReader) close() {
	b := p.block
	p.block = nil
	if b == nil {
		return
	}
	for i := range b.pkg.Users {
		if b.pkg.Users[i].FirstInstall == "" {
			b.pkg.Users[i].FirstInstall = b.firstInstall
		}
	}
	sort.SliceStable(b.pkg.Users, func(i, j int) bool { return b.pkg.Users[i].ID < b.pkg.Users[j].ID })
	p.whole(b)
	switch b.section {
	case hiddenSection:
		p.hidden = append(p.hidden, b.pkg)
	case sharedSection:
		if p.shared[b.pkg.Name] == nil {
			p.shared[b.pkg.Name] = &b.pkg
		}
	default:
		p.live = append(p.live, b.pkg)
	}
}

// whole marks a block that lacks what every version prints: the uid above what an app writes itself, flags and users
// below it, and signatures, which joined looks at. A block with the end and without the start is the rest of the one
// before it, which some app's text cut off.
func (p *packageReader) whole(b *block) {
	if b.section == sharedSection {
		return
	}
	p.signed = p.signed || b.has(signaturesField)
	if b.section != hiddenSection && !b.has(signaturesField) {
		p.unsigned = append(p.unsigned, len(p.live))
	}
	start, users, middle := b.has(uidField), len(b.pkg.Users) > 0, b.has(flagsField) || b.has(pkgFlagsField)
	if start && middle && users {
		return
	}
	p.suspect(&b.pkg)
	before := p.live
	if b.section == hiddenSection {
		before = p.hidden
	}
	if len(before) > 0 && (!start || users && !middle) {
		p.suspect(&before[len(before)-1])
	}
}

// has reports whether a field was seen.
func (b *block) has(f field) bool { return b.fields&(1<<f) != 0 }

// suspect marks a package whose block may lack a part, or hold one of another.
func (p *packageReader) suspect(pkg *Package) {
	if slices.Contains(pkg.Doubtful, "package") {
		return
	}
	pkg.Doubtful = append(pkg.Doubtful, "package")
	p.Matter(pkg.Line, "package "+pkg.Name+": its part is not whole, and may be forged")
}

// inBlock reads a line below a head.
func (p *packageReader) inBlock(indent int, text []byte) {
	b := p.block
	if indent <= b.indent {
		return
	}
	if b.column == 0 {
		b.column = indent
	}
	if b.list != noList {
		if indent > b.listIndent {
			p.item(text)
			return
		}
		b.list = noList
	}
	if b.user >= 0 && indent <= b.userIndent {
		b.user = -1
	}
	if b.user < 0 && indent != b.column {
		return // the rest of a text with line ends, or below a title that is not read
	}
	if b.user < 0 && bytes.HasPrefix(text, []byte("User ")) && p.openUser(indent, text) {
		return
	}
	if text[len(text)-1] == ':' {
		b.list, b.listIndent = titleOf(text), indent
		return
	}
	key, value, ok := bytes.Cut(text, []byte("="))
	switch {
	case !ok:
	case b.user >= 0:
		p.userField(key, value)
	default:
		p.field(key, value)
	}
}

// resume reports whether a line after a section's title still belongs to the block before it: a field that stands in
// blocks alone. The title was then part of some app's text.
func (p *packageReader) resume(text []byte) bool {
	key, _, _ := bytes.Cut(text, []byte("="))
	switch string(key) {
	case "signatures", "pkgFlags", "installerPackageName", "timeStamp", "lastUpdateTime",
		"requested permissions:", "install permissions:", "runtime permissions:":
	default:
		if !bytes.HasPrefix(text, []byte("User ")) || !bytes.Contains(text, []byte(" installed=")) {
			return false
		}
	}
	p.section, p.headless = p.before, false
	p.doubt("section")
	return true
}

// doubt marks the block: what is named may be forged.
func (p *packageReader) doubt(what string) {
	pkg := &p.block.pkg
	if len(pkg.Doubtful) < maxFlags && !slices.Contains(pkg.Doubtful, what) {
		pkg.Doubtful = append(pkg.Doubtful, what)
		p.Add(p.Line(), "package "+pkg.Name+": "+what+" stands where it can't: this text may be forged")
	}
}

func titleOf(text []byte) listKind {
	switch string(text) {
	case "requested permissions:":
		return requestedList
	case "install permissions:", "grantedPermissions:":
		return installList
	case "runtime permissions:":
		return runtimeList
	}
	return unreadList
}

// word gives a text, the same one for equal bytes.
func (p *packageReader) word(b []byte) string {
	if s, ok := p.words[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(p.words) < limits.DumpEntries {
		p.words[s] = s
	}
	return s
}

// told counts an entry of a list against its limit and tells the first that is left out.
func (p *packageReader) fits(count int, what string) bool {
	if count < limits.DumpPermissions {
		return true
	}
	if !p.block.full {
		p.block.full = true
		p.Limit(p.Line(), "package "+p.block.pkg.Name+": "+what+" left out after "+strconv.Itoa(limits.DumpPermissions))
	}
	return false
}
