// Package section takes the sections of chosen services out of a full dumpsys or the main text of a bug report while it
// streams, so that nothing else of it is ever kept. Limits: limits.DumpBytes for one section; the caller counts them
// all together.
package section

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"appraise/android/capture/files"
	"appraise/android/dump"
	"appraise/internal/limits"
)

// Properties is the part of a bug report that getprop wrote; all others are named by their service.
const Properties = "SYSTEM PROPERTIES"

// Section is one section without its title and its end.
type Section struct {
	Service string
	Text    []byte
	Fault   error // why it is cut, nil where it is whole
}

// Split reads a text to its end and returns the wanted sections by name, each once, and the names of those that stand
// there twice with the same title: the first is taken, and the other may be a forgery in some app's text. What is
// kept counts against b. The error is that of reading, where it does not fall into a wanted section.
func Split(in io.Reader, b *files.Budget, wanted func(service string) bool) (list []Section, twice []string, err error) {
	s := splitter{Budget: b, wanted: wanted, kept: map[string]*block{}, titles: map[string]bool{}}
	err = s.read(bufio.NewReaderSize(in, 64<<10))
	for _, service := range slices.Sorted(maps.Keys(s.kept)) {
		block := s.kept[service]
		bodies, _ := dump.BugreportSections(block.text)
		list = append(list, Section{service, bodies[service], block.fault})
	}
	return list, s.twice, err
}

// block is one section as it stands, from its title to its end.
type block struct {
	service  string
	priority string // CRITICAL, HIGH, NORMAL or ""
	text     []byte
	fault    error // why it is cut
}

// priorities are the words before a service's name in bug reports. In a dump of critical parts much may be missing
// (notification leaves out who listens), so the one without such a word or with the last of these wins.
var priorities = [...]string{"CRITICAL", "HIGH", "NORMAL", ""}

// splitter takes the wanted sections of a text while it streams. Which lines belong to a section is
// dump.BugreportSections' knowledge; the splitter only leaves out what no wanted section can be in.
type splitter struct {
	*files.Budget
	wanted  func(service string) bool
	kept    map[string]*block
	titles  map[string]bool // titles seen of wanted sections
	current *block
	twice   []string
	ends    int // sections with an end line
}

func (s *splitter) read(in *bufio.Reader) error {
	for start := true; ; {
		piece, err := in.ReadSlice('\n')
		whole := start && err == nil
		if start {
			s.title(piece)
		}
		if full := s.add(piece); full != nil {
			return s.broken(full)
		}
		switch start = err == nil; {
		case whole && isEnd(piece):
			s.current, s.ends = nil, s.ends+1
		case start, errors.Is(err, bufio.ErrBufferFull):
		case !errors.Is(err, io.EOF):
			return s.broken(err)
		default:
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

// title begins and ends sections at a line that is a title.
func (s *splitter) title(line []byte) {
	if len(line) == 0 || line[0] != '-' && line[0] != 'D' {
		return
	}
	text := strings.TrimRight(string(line[:min(len(line), files.PeekBytes)]), "\r\n ")
	service, isService := strings.CutPrefix(text, "DUMP OF SERVICE ")
	switch {
	case isService && strings.HasSuffix(service, ":"):
		priority, name, two := strings.Cut(strings.TrimSuffix(service, ":"), " ")
		if !two || !slices.Contains(priorities[:], priority) {
			priority, name = "", strings.TrimSuffix(service, ":")
		}
		s.begin(name, priority, text)
	case strings.HasPrefix(text, "------ ") && (s.current == nil || s.current.service == Properties):
		s.current = nil
		if strings.HasPrefix(text, "------ "+Properties) && !strings.Contains(text, "was the duration of") {
			s.begin(Properties, "", text)
		}
	}
}

// begin starts a section, kept only where it is wanted and better than the one before.
func (s *splitter) begin(service, priority, title string) {
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

// isEnd reports whether a line tells how long a service took, which ends its section.
func isEnd(line []byte) bool {
	return bytes.HasPrefix(line, []byte("------")) && bytes.Contains(line[:min(len(line), files.PeekBytes)], []byte("was the duration of dumpsys "))
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
