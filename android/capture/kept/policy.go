package kept

import (
	"bytes"
	"errors"
	"regexp"
	"slices"

	"appraise/android/dump"
	"appraise/android/dump/lines"
)

// policyHead is the line by which dumpsys device_policy is told.
const policyHead = "Current Device Policy Manager state:"

// policyTitle starts a section that stays.
var policyTitle = regexp.MustCompile(`^(Device Owner|Profile Owner|Enabled Device Admins)( \(User [^)]*\))?:`)

// policyLine is a line of such a section that stays, beside those of components: which policies an administrator has.
var policyLine = regexp.MustCompile(`^(policies:[A-Za-z_, -]*|testOnlyAdmin=(true|false)|[A-Za-z_-]{1,64})$`)

// leftOut stands for a line of a section that was left out. Its indentation stays, since it ends lists and sections.
const leftOut = "="

// ErrLine tells that a line was left out at a limit.
var ErrLine = errors.New("a line over the limit left out")

// Policy keeps of dumpsys device_policy who administers and who owns. Other lines are left out, names of owners and
// accounts among them. The error is ErrLine.
func Policy(text []byte) ([]byte, error) {
	p := policyFilter{title: -1, out: []byte{}}
	r := lines.NewReader(text)
	for {
		line, ok := r.Next()
		if !ok {
			break
		}
		if indent, text := lines.Indented(line); len(text) > 0 {
			p.line(indent, text)
		}
	}
	if slices.ContainsFunc(r.List(), func(n lines.Note) bool { return n.Matters }) {
		return p.out, ErrLine
	}
	return p.out, nil
}

// policyFilter decides line by line.
type policyFilter struct {
	out   []byte
	title int // indentation of the section's title, -1 outside
}

func (p *policyFilter) line(indent int, text []byte) {
	inside := p.title >= 0
	title := policyTitle.Find(text)
	switch {
	case title != nil:
		if rest := bytes.TrimSpace(text[len(title):]); isName(rest) {
			title = text
		}
		p.write(indent, title)
		if !inside || indent < p.title {
			p.title = indent
		}
	case (!inside || indent <= p.title) && bytes.HasPrefix(text, []byte(policyHead)):
		p.write(indent, []byte(policyHead))
		p.title = -1
	case inside && indent > p.title:
		p.write(indent, stays(text))
	case inside:
		p.write(indent, []byte(leftOut))
		p.title = -1
	}
}

func (p *policyFilter) write(indent int, text []byte) {
	p.out = append(append(append(p.out, bytes.Repeat([]byte(" "), indent)...), text...), '\n')
}

// policiesTitle starts the list of what an administrator may do.
var policiesTitle = []byte("policies:")

// stays gives what stays of a line of a section: that which names a component or a policy.
func stays(text []byte) []byte {
	if policyLine.Match(text) {
		return text
	}
	name := bytes.TrimSuffix(text, []byte(":"))
	for _, start := range [...]string{"admin=", "package="} {
		name = bytes.TrimPrefix(name, []byte(start))
	}
	switch {
	case isName(name):
		return text
	case bytes.HasPrefix(text, policiesTitle):
		return policiesTitle
	}
	return []byte(leftOut)
}

// isName reports whether a text names a component or a package.
func isName(text []byte) bool {
	if dump.PackageName(text) {
		return true
	}
	_, ok := dump.Component(text)
	return ok
}
