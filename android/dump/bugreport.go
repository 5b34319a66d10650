package dump

import (
	"bytes"

	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// BugreportSections splits the main text of a bug report, or of dumpsys without arguments, by service name: the bytes
// between "DUMP OF SERVICE package:" and the line that tells how long that service took, or the next service. Parts of
// a bug report that are no service stand under their title as printed, "SYSTEM PROPERTIES". A service that stands twice
// keeps its first bytes, with a note. The sections share b's memory.
//
// An app's text may hold lines like these. A service's section ends only at a line with its own name, which a line of
// dashes, a title or the end of the text must follow, or at a title below a line of dashes. Of what looks like an end
// or a title elsewhere, and of a service without its end, a note that matters tells.
// Source: frameworks/native/cmds/dumpsys and dumpstate.
func BugreportSections(b []byte) (map[string][]byte, []lines.Note) {
	s := splitter{sections: map[string][]byte{}}
	rest := bytes.TrimPrefix(b, []byte(lines.ByteOrderMark))
	for at, line := 0, 1; at < len(rest); line++ {
		end := bytes.IndexByte(rest[at:], '\n')
		next := len(rest)
		if end >= 0 {
			next = at + end + 1
		}
		s.take(rest, at, next, line)
		s.dashes = isDashes(rest[at:next])
		at = next
	}
	s.end(rest, len(rest))
	if s.ended {
		for _, open := range s.open {
			s.Matter(open.line, "section "+lines.Quote([]byte(open.name))+" has no end: this text may be forged")
		}
	}
	return s.sections, s.List()
}

type splitter struct {
	lines.Notes
	sections map[string][]byte
	name     string // "" outside a section
	service  bool   // the section is a service's: lines of dashes in it are its own
	start    int
	line     int  // of the section's title
	dashes   bool // the line above is one of dashes

	ended bool     // a service had its end; versions before Android 8 print none
	open  []opened // services that a title ended
}

// opened is a service's section that a title ended.
type opened struct {
	name string
	line int
}

const (
	titleStart = "------ "
	// titleBytes is the length from which on a line is no title; names of services are far shorter.
	titleBytes = 1024
)

func (s *splitter) take(b []byte, at, next, line int) {
	if next-at < len(titleStart) || b[at] != '-' && b[at] != 'D' || next-at > titleBytes {
		return
	}
	text := bytes.TrimRight(b[at:next], "\r\n ")
	if name, ok := serviceTitle(text); ok {
		s.openService(b, name, at, next, line)
		return
	}
	switch {
	case !bytes.HasPrefix(text, []byte("------")):
	case bytes.Contains(text, []byte("was the duration of")):
		s.duration(b, text, at, next, line)
	case s.service && s.name != "":
	case bytes.HasPrefix(text, []byte(titleStart)):
		s.end(b, at)
		if name, ok := partTitle(text); ok {
			s.begin(name, next, line)
			s.service = false
		}
	}
}

// openService takes a service's title. Inside another service's section a line of dashes must stand above it.
func (s *splitter) openService(b []byte, name string, at, next, line int) {
	inside := s.service && s.name != ""
	if inside && !s.dashes {
		s.Matter(line, "a title inside section "+lines.Quote([]byte(s.name))+": this text may be forged")
		return
	}
	if inside && len(s.open) < limits.DumpNotes {
		s.open = append(s.open, opened{s.name, s.line})
	}
	s.end(b, at)
	s.begin(name, next, line)
	s.service = true
}

// duration takes a line that tells how long something took.
func (s *splitter) duration(b, text []byte, at, next, line int) {
	_, of, isService := bytes.Cut(text, []byte("was the duration of dumpsys "))
	if !s.service || s.name == "" {
		if s.service && isService {
			s.Matter(line, "an end outside every section: text may be forged")
		}
		s.end(b, at)
		return
	}
	if !isService {
		return
	}
	of, _, _ = bytes.Cut(of, []byte(","))
	if string(of) == s.name && isBoundary(b[next:]) {
		s.ended = true
		s.end(b, at)
		return
	}
	s.Matter(line, "an end inside section "+lines.Quote([]byte(s.name))+": this text may be forged")
}

// isBoundary reports whether a text starts, after blank lines, as it does between two sections, or is at its end.
func isBoundary(rest []byte) bool {
	rest = bytes.TrimLeft(rest, "\r\n ")
	return len(rest) == 0 || bytes.HasPrefix(rest, []byte("------")) || bytes.HasPrefix(rest, []byte("DUMP OF SERVICE "))
}

// isDashes reports whether a line is one of dashes alone, as it stands above a service's title.
func isDashes(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n ")
	return len(line) >= len(titleStart) && len(bytes.TrimLeft(line, "-")) == 0
}

// serviceTitle reads "DUMP OF SERVICE package:", in bug reports with CRITICAL, HIGH or NORMAL before the name.
func serviceTitle(text []byte) (string, bool) {
	rest, ok := bytes.CutPrefix(text, []byte("DUMP OF SERVICE "))
	name, colon := bytes.CutSuffix(rest, []byte(":"))
	if !ok || !colon {
		return "", false
	}
	for _, priority := range []string{"CRITICAL ", "HIGH ", "NORMAL "} {
		name = bytes.TrimPrefix(name, []byte(priority))
	}
	return string(name), len(name) > 0
}

// partTitle reads "------ SYSTEM PROPERTIES (getprop) ------".
func partTitle(text []byte) (string, bool) {
	name := bytes.Trim(text, "- ")
	if i := bytes.Index(name, []byte(" (")); i >= 0 {
		name = name[:i]
	}
	return string(name), len(name) > 0 && bytes.HasSuffix(text, []byte("------")) && !bytes.HasPrefix(name, []byte("DUMPSYS"))
}

func (s *splitter) begin(name string, start, line int) { s.name, s.start, s.line = name, start, line }

// end files the section that was being read, without blank lines and a line of dashes at its end.
func (s *splitter) end(b []byte, at int) {
	name := s.name
	s.name = ""
	if name == "" {
		return
	}
	if _, twice := s.sections[name]; twice {
		s.Matter(s.line, "section "+lines.Quote([]byte(name))+" stands twice")
		return
	}
	if len(s.sections) >= limits.DumpEntries {
		s.Limit(s.line, "sections left out")
		return
	}
	text := bytes.TrimRight(b[s.start:at], "\r\n")
	if i := bytes.LastIndexByte(text, '\n'); len(bytes.Trim(text[i+1:], "-\r")) == 0 {
		text = text[:i+1] // the line above the next title
	}
	s.sections[name] = text[:len(text):len(text)]
}
