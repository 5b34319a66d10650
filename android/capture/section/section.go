// Package section takes the sections of chosen services out of a full dumpsys or the main text of a bug report while it
// streams, so that nothing else of it is ever kept. Limits: limits.DumpBytes for one section; the caller counts them
// all together.
package section

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"appraise/android/capture/files"
	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// Properties is the part of a bug report that getprop wrote; all others are named by their service.
const Properties = "SYSTEM PROPERTIES"

// Section is one section without its title and its end.
type Section struct {
	Service string
	Text    []byte
	Fault   error        // why it is cut, nil where it is whole
	Notes   []lines.Note // of what an app's text may have forged
}

// Split reads a text to its end and returns the wanted sections by name, each once, and the names of those that stand
// there twice with the same title: the first is taken, and the other may be a forgery in some app's text. What is
// kept counts against b. The error is that of reading, where it does not fall into a wanted section.
func Split(in io.Reader, b *files.Budget, wanted func(service string) bool) (list []Section, twice []string, err error) {
	s := splitter{Budget: b, wanted: wanted, kept: map[string]*block{}, titles: map[string]bool{}}
	err = s.read(bufio.NewReaderSize(in, 64<<10))
	for _, service := range slices.Sorted(maps.Keys(s.kept)) {
		block := s.kept[service]
		bodies, notes := dump.BugreportSections(block.text)
		if block.open && s.ends > 0 {
			notes = append(notes, lines.Note{Line: 1, Text: "section has no end: this text may be forged", Matters: true})
		}
		list = append(list, Section{service, bodies[service], block.fault, notes})
	}
	return list, s.twice, err
}

// block is one section as it stands, from its title to its end.
type block struct {
	service  string
	priority string // CRITICAL, HIGH, NORMAL or ""
	text     []byte
	fault    error // why it is cut
	open     bool  // another service's title ended it
}

// priorities are the words before a service's name in bug reports. In a dump of critical parts much may be missing
// (notification leaves out who listens), so the one without such a word or with the last of these wins.
var priorities = [...]string{"CRITICAL", "HIGH", "NORMAL", ""}

// splitter takes the wanted sections of a text while it streams. Which lines begin and end a section is
// dump.BugreportSections' knowledge, which reads each block again and tells of what looks forged in it: a service ends
// at a line with its own name below which a section may start, and begins inside another only below a line of dashes.
type splitter struct {
	*files.Budget
	wanted  func(service string) bool
	kept    map[string]*block
	titles  map[string]bool // titles seen of wanted sections
	current *block
	twice   []string
	ends    int // services with an end line

	service string // the service that is being read, wanted or not; "" outside one
	dashes  bool   // the line above is one of dashes
	ended   bool   // the service's own end was read, and only blank lines since
}

func (s *splitter) read(in *bufio.Reader) error {
	for start := true; ; {
		piece, err := in.ReadSlice('\n')
		if start {
			s.line(piece, err == nil)
		}
		if full := s.add(piece); full != nil {
			return s.broken(full)
		}
		switch start = err == nil; {
		case start, errors.Is(err, bufio.ErrBufferFull):
		case !errors.Is(err, io.EOF):
			return s.broken(err)
		default:
			s.close()
			if s.ends > 0 {
				return s.broken(errEndsInside)
			}
			return nil
		}
	}
}

var errEndsInside = errors.New("the text ends inside this section")

// broken marks the section in which the text broke off, and returns the error where that was in none that is kept.
func (s *splitter) broken(err error) error {
	switch {
	case s.current != nil:
		s.current.fault = err
	case !errors.Is(err, errEndsInside):
		return err
	}
	return nil
}

// close ends the service whose end line was read.
func (s *splitter) close() {
	if s.ended {
		s.current, s.service, s.ended = nil, "", false
		s.ends++
	}
}

// line begins and ends sections at a line, of which the start is given and whether it is whole.
func (s *splitter) line(piece []byte, whole bool) {
	text := strings.TrimRight(string(piece[:min(len(piece), files.PeekBytes)]), "\r\n ")
	title, isTitle := strings.CutPrefix(text, "DUMP OF SERVICE ")
	ruled := strings.HasPrefix(text, "------")
	switch {
	case ruled || isTitle:
		s.close()
	case text != "":
		s.ended = false
	}
	below := s.dashes
	s.dashes = whole && ruled && strings.Trim(text, "-") == ""
	switch {
	case isTitle && strings.HasSuffix(title, ":") && (s.service == "" || below):
		s.begin(strings.TrimSuffix(title, ":"), text)
	case !ruled:
	case s.service != "":
		_, of, _ := strings.Cut(text, "was the duration of dumpsys ")
		of, _, _ = strings.Cut(of, ",")
		s.ended = whole && of == s.service
	case strings.HasPrefix(text, "------ "):
		s.current = nil
		if strings.HasPrefix(text, "------ "+Properties) && !strings.Contains(text, "was the duration of") {
			s.keep(Properties, "", text)
		}
	}
}

// begin starts a service, of which a bug report may give the priority before its name.
func (s *splitter) begin(name, title string) {
	if s.current != nil && s.service != "" {
		s.current.open = true
	}
	priority, service, two := strings.Cut(name, " ")
	if !two || !slices.Contains(priorities[:], priority) {
		priority, service = "", name
	}
	s.service = service
	s.keep(service, priority, title)
}

// keep starts a section that is kept only where it is wanted and better than the one before.
func (s *splitter) keep(service, priority, title string) {
	s.current = nil
	if !s.wanted(service) {
		return
	}
	if s.titles[title] {
		if !slices.Contains(s.twice, service) {
			s.twice = append(s.twice, service)
		}
		return
	}
	s.titles[title] = true
	old := s.kept[service]
	if old != nil && slices.Index(priorities[:], old.priority) >= slices.Index(priorities[:], priority) {
		return
	}
	s.current = &block{service: service, priority: priority}
	s.kept[service] = s.current
}

// add appends to the current section up to limits.DumpBytes.
func (s *splitter) add(piece []byte) error {
	b := s.current
	if b == nil || b.fault != nil {
		return nil
	}
	if room := limits.DumpBytes - len(b.text); len(piece) > room {
		piece, b.fault = piece[:room], files.TooLong(limits.DumpBytes)
	}
	b.text = append(b.text, piece...)
	return s.Keep(len(piece))
}
