// Package manifest reads manifests and signature files of a JAR as apksig and Java do (apksig ManifestParser,
// V1SchemeVerifier.getDigestsToVerify; JAR File Specification): sections, their attributes, and which digests count on
// which Android versions. Time and memory are linear in the text, of which nothing is copied but names and values asked for.
package manifest

import (
	"bytes"
	"iter"
	"unicode/utf8"
)

// Section is one section of a manifest or signature file: text[Start:End], with the empty line that ends it.
type Section struct {
	Start, End int
	Named      bool   // its first attribute is a Name, written in any case
	Name       string // value of that attribute, decoded; text of the archive and not safe to show
}

// Sections goes over a manifest or signature file, the main section first. A section is a run of lines that aren't
// empty, up to and with the first that is. Lines end with CR LF, LF or CR.
type Sections struct {
	text []byte
	at   int
}

// NewSections starts at the start of the text.
func NewSections(text []byte) *Sections { return &Sections{text: text} }

// line returns the next line without its end; ok is false at the end of the text.
func (p *Sections) line() (line []byte, ok bool) {
	rest := p.text[p.at:]
	if len(rest) == 0 {
		return nil, false
	}
	n := bytes.IndexAny(rest, "\r\n")
	switch {
	case n < 0:
		n = len(rest)
		p.at += n
	case rest[n] == '\r' && n+1 < len(rest) && rest[n+1] == '\n':
		p.at += n + 2
	default:
		p.at += n + 1
	}
	return rest[:n], true
}

// Next returns the next section; ok is false where there is none.
func (p *Sections) Next() (s Section, ok bool) {
	for empty := true; empty; {
		s.Start = p.at
		line, ok := p.line()
		if !ok {
			return Section{}, false
		}
		empty = len(line) == 0
	}
	for {
		line, ok := p.line()
		if !ok || len(line) == 0 {
			break
		}
	}
	s.End = p.at
	for name, value := range Attributes(p.text[s.Start:s.End]) {
		s.Named = Fold(Decode(name)) == "name"
		if s.Named {
			s.Name = Decode(value)
		}
		break
	}
	return s, true
}

// Attributes goes over the attributes of the section's text. A line that starts with a space continues the one
// before. Name and value part at the first ": "; without it all is name. Spaces elsewhere belong to them:
// obfuscators use them. What is yielded is valid until the next step.
func Attributes(text []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		p := Sections{text: text}
		var joined []byte
		line, _ := p.line()
		for len(line) > 0 {
			attribute, continued := line, false
			for line, _ = p.line(); len(line) > 0 && line[0] == ' '; line, _ = p.line() {
				if !continued {
					joined, continued = append(joined[:0], attribute...), true
				}
				joined = append(joined, line[1:]...)
			}
			if continued {
				attribute = joined
			}
			name, value, _ := bytes.Cut(attribute, []byte(": "))
			if !yield(name, value) {
				return
			}
		}
	}
}

// maxAttributeName is more bytes than any attribute name that is looked for can take, however its case is written.
const maxAttributeName = 256

// Values returns, for each folded name in want, the first value in the section's text; nil where it is absent.
func Values(text []byte, want map[string]int) [][]byte {
	out := make([][]byte, len(want))
	var folded [maxAttributeName]byte
	for name, value := range Attributes(text) {
		if len(name) > maxAttributeName {
			continue
		}
		if i, ok := want[string(foldName(folded[:0], name))]; ok && out[i] == nil {
			out[i] = append([]byte{}, value...)
		}
	}
	return out
}

// foldName appends the name as Fold writes it; it allocates nothing for ASCII.
func foldName(to, name []byte) []byte {
	for _, c := range name {
		if c >= utf8.RuneSelf {
			return []byte(Fold(Decode(name)))
		}
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}
