package dump

import (
	"bytes"

	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// BugreportSections splits the main text of a bug report, or of dumpsys without arguments, by service name: the bytes
// between "DUMP OF SERVICE package:" and the line that tells how long it took, or the next service. Parts of a bug
// report that are no service stand under their title as printed, "SYSTEM PROPERTIES". A service that stands twice
// keeps its first bytes, with a note. The sections share b's memory.
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
		at = next
	}
	s.end(rest, len(rest))
	return s.sections, s.List()
}

type splitter struct {
	lines.Notes
	sections map[string][]byte
	name     string // "" outside a section
	service  bool   // the section is a service's: lines of dashes in it are its own
	start    int
	line     int // of the section's title
}

const (
	titleStart = "------ "
)

func (s *splitter) take(b []byte, at, next, line int) {
	if next-at < len(titleStart) || b[at] != '-' && b[at] != 'D' || next-at > maxClassName {
		return
	}
	text := bytes.TrimRight(b[at:next], "\r\n ")
	if name, ok := serviceTitle(text); ok {
		s.end(b, at)
		s.begin(name, next, line)
		s.service = true
		return
	}
	switch {
	case !bytes.HasPrefix(text, []byte("------")):
	case bytes.Contains(text, []byte("was the duration of")):
		if !s.service || bytes.Contains(text, []byte("duration of dumpsys ")) {
			s.end(b, at)
		}
	case s.service && s.name != "":
	case bytes.HasPrefix(text, []byte(titleStart)):
		s.end(b, at)
		if name, ok := partTitle(text); ok {
			s.begin(name, next, line)
			s.service = false
		}
	}
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
		s.Add(s.line, "section "+lines.Quote([]byte(name))+" stands twice")
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
