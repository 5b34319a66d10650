package drift

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/internal/limits"
	"appraise/inventory"
)

// ErrNoReport is the error for JSON that is not a saved report.
var ErrNoReport = errors.New("not a report of appraise")

// Saved is what is compared of a saved report. Its judgement is not read: builds and routes are told anew, so that
// a newer brand pack makes no change.
type Saved struct {
	Sources  []finding.Source
	Items    []inventory.Item
	Complete bool
}

// LooksSaved reports whether a file that starts so can be a saved report: JSON with an object.
func LooksSaved(head []byte) bool {
	text := strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n")
	return strings.HasPrefix(text, "{")
}

// ReadSaved reads a report of schema appraise.report/1 as `scan --format json` writes it. Unknown fields are passed
// over. What it returns is as the file says: no text of it is safe to show. The error is ErrNoReport where the
// file never says that it is a report, else it names what is wrong. The bounds are limits.Report*.
func ReadSaved(r io.Reader) (*Saved, error) {
	guarded := &guard{r: bufio.NewReader(r)}
	input := bufio.NewReader(guarded)
	if mark, err := input.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = input.Discard(3)
	}
	s := reading{dec: json.NewDecoder(input)}
	err := s.read()
	switch {
	case guarded.err != nil && s.schema:
		return nil, guarded.err
	case !s.schema:
		return nil, ErrNoReport
	case err != nil:
		return nil, fmt.Errorf("reading the report: %w", err)
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return &s.saved, nil
}

// reading is one report on its way in.
type reading struct {
	dec    *json.Decoder
	saved  Saved
	schema bool // it has said that it is a report
	seen   []string
}

func (s *reading) read() error {
	if err := s.expect(json.Delim('{')); err != nil {
		return err
	}
	for s.dec.More() {
		name, err := s.dec.Token()
		if err != nil {
			return err
		}
		field, _ := name.(string)
		if slices.Contains(s.seen, field) {
			return fmt.Errorf("the field %.40q stands twice", field)
		}
		if err := s.field(field); err != nil {
			return err
		}
	}
	if err := s.expect(json.Delim('}')); err != nil {
		return err
	}
	if _, err := s.dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the report")
	}
	return nil
}

func (s *reading) expect(want json.Token) error {
	got, err := s.dec.Token()
	if err == nil && got != want {
		err = fmt.Errorf("want %v at byte %d", want, s.dec.InputOffset())
	}
	return unexpected(err)
}

// unexpected calls an end in the middle by its name.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// field reads one field of the report.
func (s *reading) field(name string) error {
	switch name {
	case "schema":
		s.seen = append(s.seen, name)
		return s.readSchema()
	case "complete":
		s.seen = append(s.seen, name)
		return s.dec.Decode(&s.saved.Complete)
	case "sources":
		s.seen = append(s.seen, name)
		return each(s, limits.ReportItems, &s.saved.Sources)
	case "items":
		s.seen = append(s.seen, name)
		return each(s, limits.ReportItems, &s.saved.Items)
	}
	return s.skip()
}

func (s *reading) readSchema() error {
	var schema string
	if err := s.dec.Decode(&schema); err != nil {
		return err
	}
	family, _, _ := strings.Cut(finding.Schema, "/")
	s.schema = strings.HasPrefix(schema, family+"/")
	if schema != finding.Schema {
		return fmt.Errorf("its schema is %.40q, and this version reads %s", schema, finding.Schema)
	}
	return nil
}

// each reads an array value by value.
func each[T any](s *reading, most int, list *[]T) error {
	if err := s.expect(json.Delim('[')); err != nil {
		return err
	}
	for s.dec.More() {
		if len(*list) == most {
			return fmt.Errorf("more than %d entries in one list", most)
		}
		var value T
		if err := s.dec.Decode(&value); err != nil {
			return unexpected(err)
		}
		*list = append(*list, value)
	}
	return s.expect(json.Delim(']'))
}

// skip passes over one value without keeping it.
func (s *reading) skip() error {
	depth := 0
	for {
		token, err := s.dec.Token()
		if err != nil {
			return unexpected(err)
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// check refuses what no report of this schema holds and a comparison would go wrong with.
func (s *reading) check() error {
	if !slices.Contains(s.seen, "items") {
		return errors.New("reading the report: it has no items")
	}
	platforms := []inventory.Platform{inventory.Android, inventory.IOS, inventory.Extension}
	for i := range s.saved.Items {
		item := &s.saved.Items[i]
		if !slices.Contains(platforms, item.Platform) {
			return fmt.Errorf("reading the report: item %d is of the platform %.40q, which this version doesn't know", i+1, item.Platform)
		}
		if item.Kind == "" || item.Key == "" {
			return fmt.Errorf("reading the report: item %d has no key or no kind", i+1)
		}
	}
	return nil
}

// guard counts what passes before a JSON reader makes memory of it: bytes, values, objects and depth. It knows no
// more of JSON than where strings start and end, so that it counts too many rather than too few.
type guard struct {
	r                      io.Reader
	offset                 int64
	values, objects, depth int
	quoted, escaped        bool
	err                    *inventory.FormatError
}

// Read passes on what stands before the byte that is too many, and tells of it on the next call.
func (g *guard) Read(b []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	n, err := g.r.Read(b)
	for i := range n {
		if g.count(b[i]); g.err != nil {
			return i, nil
		}
		g.offset++
	}
	return n, err
}

func (g *guard) count(c byte) {
	switch {
	case g.offset >= limits.ReportBytes:
		g.exceeds(limits.ReportBytes, "bytes")
	case g.escaped:
		g.escaped = false
	case g.quoted:
		g.escaped, g.quoted = c == '\\', c != '"'
	case c == '"':
		g.quoted = true
	case c == '{', c == '[', c == ',':
		g.open(c)
	case c == '}', c == ']':
		g.depth--
	}
}

// open counts the value that follows a comma or an opening bracket.
func (g *guard) open(c byte) {
	g.values++
	if c != ',' {
		g.depth++
	}
	if c == '{' {
		g.objects++
	}
	switch {
	case g.values > limits.ReportValues:
		g.exceeds(limits.ReportValues, "values")
	case g.objects > limits.ReportObjects:
		g.exceeds(limits.ReportObjects, "objects")
	case g.depth > limits.ReportDepth:
		g.exceeds(limits.ReportDepth, "levels")
	}
}

func (g *guard) exceeds(limit int64, unit string) {
	g.err = &inventory.FormatError{Offset: g.offset, Message: fmt.Sprintf("the report has more than %d %s", limit, unit), Limit: true}
}
