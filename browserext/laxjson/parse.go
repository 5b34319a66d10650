// Package laxjson reads the JSON of browser extensions as browsers do, which is more laxly than
// encoding/json: comments, trailing commas, a byte order mark, control characters in strings; names
// compared exactly, and the last of two equal names wins (Chromium base/json, extensions/common/manifest;
// Firefox ExtensionData.loadManifest).
//
// Text passes a linear guard, is brought to strict JSON without moving a byte, and is walked token by
// token, so that every value knows where it stands in the file. The bounds are limits.JSONBytes,
// JSONDepth and JSONNodes.
package laxjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tailscale/hujson"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Kind is the type of a JSON value.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

var kindNames = []string{"null", "a boolean", "a number", "a string", "a list", "an object"}

// String names the kind with its article, for a sentence.
func (k Kind) String() string { return kindNames[k] }

// Value is one JSON value.
type Value struct {
	Kind    Kind
	Offset  int      // of its first byte in the file as it stands on disk
	Text    string   // a string's text; a number's or boolean's literal
	Items   []Value  // of an array
	Members []Member // of an object: one per name, the last in the file
}

// Member is one member of an object.
type Member struct {
	Name   string
	Offset int // of the name
	Value  Value
}

// Get returns the member of exactly that name. A value that is no object has none.
func (v Value) Get(name string) (Value, bool) {
	for _, m := range v.Members {
		if m.Name == name {
			return m.Value, true
		}
	}
	return Value{}, false
}

// IsTrue reports whether the value is the boolean true.
func (v Value) IsTrue() bool { return v.Kind == Bool && v.Text == "true" }

// Document is one parsed JSON file.
type Document struct {
	Root       Value
	Lenient    bool     // strict JSON readers refuse it
	Duplicates []Member // earlier members of a name that comes again
}

// FormatError is a defect that stops the reading of one file. Its message quotes nothing from the file.
type FormatError = inventory.FormatError

func malformed(offset int) error {
	return &FormatError{Offset: int64(offset), Message: "text is no JSON that browsers read"}
}

func overLimit(offset int, format string, args ...any) error {
	return &FormatError{Offset: int64(offset), Message: fmt.Sprintf(format, args...), Limit: true}
}

// Parse reads one JSON text as browsers do. The error is a *FormatError.
func Parse(text []byte) (*Document, error) {
	work, err := Standardize(text)
	if err != nil {
		return nil, err
	}
	w := walker{text: text, work: work, dec: json.NewDecoder(bytes.NewReader(work))}
	w.dec.UseNumber()
	root, err := w.value()
	if err != nil {
		return nil, malformed(int(w.dec.InputOffset()))
	}
	return &Document{Root: root, Lenient: !json.Valid(skipBOM(text)), Duplicates: w.duplicates}, nil
}

// Standardize returns strict JSON of the same length (but for a line end behind it), in which each value
// stands at its original offset; control characters in strings are spaces. The error is a *FormatError.
func Standardize(text []byte) ([]byte, error) {
	work, err := guard(text)
	if err != nil {
		return nil, err
	}
	if json.Valid(work) {
		return work, nil
	}
	out, err := hujson.Standardize(work)
	if err != nil {
		return nil, malformed(errorOffset(work, err))
	}
	return out, nil
}

// errorOffset turns hujson's line and column (both in bytes, from 1) into an offset. The rest of its
// message quotes the file and isn't used.
func errorOffset(text []byte, err error) int {
	var line, column int
	if _, scanErr := fmt.Sscanf(err.Error(), "hujson: line %d, column %d:", &line, &column); scanErr != nil {
		return 0
	}
	offset := 0
	for ; line > 1; line-- {
		offset += bytes.IndexByte(text[offset:], '\n') + 1
	}
	return min(offset+column-1, len(text))
}

// BlankBOM returns the text with spaces for a byte order mark.
func BlankBOM(text []byte) []byte {
	rest := skipBOM(text)
	if len(rest) == len(text) {
		return text
	}
	return append([]byte("   "), rest...)
}

func skipBOM(text []byte) []byte { return bytes.TrimPrefix(text, []byte("\ufeff")) }

// guard refuses what a parser must not see and returns a copy that it can: the byte order mark blanked,
// control characters inside strings blanked (the walker restores them), a carriage return made the end
// of a line comment as in Chromium. It takes linear time and no stack.
func guard(text []byte) ([]byte, error) {
	switch {
	case len(text) > limits.JSONBytes:
		return nil, overLimit(limits.JSONBytes, "text is longer than %d bytes", limits.JSONBytes)
	case len(text) == 0:
		return nil, &FormatError{Message: "file is empty"}
	case bytes.HasPrefix(text, []byte{0xfe, 0xff}), bytes.HasPrefix(text, []byte{0xff, 0xfe}), bytes.IndexByte(text[:min(4, len(text))], 0) >= 0:
		return nil, &FormatError{Message: "text is UTF-16 or UTF-32, which browsers refuse"}
	}
	work := append(BlankBOM(bytes.Clone(text)), '\n')
	depth, nodes := 0, 1
	for i := 0; i < len(work); i++ {
		switch c := work[i]; c {
		case '"':
			i = blankControls(work, i+1)
		case '/':
			i = skipComment(work, i)
		case '[', '{':
			depth++
			nodes++
		case ']', '}':
			depth--
		case ',':
			nodes++
		}
		if depth > limits.JSONDepth {
			return nil, overLimit(i, "values are nested deeper than %d", limits.JSONDepth)
		}
		if nodes > limits.JSONNodes {
			return nil, overLimit(i, "text holds more than %d values", limits.JSONNodes)
		}
	}
	return work, nil
}

// blankControls puts spaces for control characters up to the end of the string that starts at i and
// returns the offset of its closing quote.
func blankControls(work []byte, i int) int {
	for ; i < len(work); i++ {
		switch {
		case work[i] == '"':
			return i
		case work[i] == '\\':
			i++
		case work[i] < ' ':
			work[i] = ' '
		}
	}
	return i
}

// skipComment returns the offset of the last byte of the comment that starts at i, or i for none.
func skipComment(work []byte, i int) int {
	rest := string(work[i:min(i+2, len(work))])
	switch rest {
	case "//":
		end := bytes.IndexAny(work[i:], "\r\n")
		if end < 0 {
			return len(work)
		}
		work[i+end] = '\n'
		return i + end
	case "/*":
		end := bytes.Index(work[i+2:], []byte("*/"))
		if end < 0 {
			return len(work)
		}
		return i + 2 + end + 1
	}
	return i
}

// walker builds values from the tokens of guarded text. Its recursion is bounded by the guard.
type walker struct {
	text, work []byte
	dec        *json.Decoder
	duplicates []Member
}

// next returns the next token and the offset of its first byte.
func (w *walker) next() (json.Token, int, error) {
	start := int(w.dec.InputOffset())
	for start < len(w.work) && strings.IndexByte(" \t\r\n,:", w.work[start]) >= 0 {
		start++
	}
	token, err := w.dec.Token()
	return token, start, err
}

func (w *walker) value() (Value, error) {
	token, offset, err := w.next()
	if err != nil {
		return Value{}, err
	}
	v := Value{Offset: offset}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return w.array(offset)
		}
		return w.object(offset)
	case string:
		v.Kind, v.Text = String, w.string(token, offset)
	case json.Number:
		v.Kind, v.Text = Number, token.String()
	case bool:
		v.Kind, v.Text = Bool, fmt.Sprint(token)
	}
	return v, nil
}

func (w *walker) array(offset int) (Value, error) {
	v := Value{Kind: Array, Offset: offset}
	for w.dec.More() {
		item, err := w.value()
		if err != nil {
			return Value{}, err
		}
		v.Items = append(v.Items, item)
	}
	_, err := w.dec.Token()
	return v, err
}

func (w *walker) object(offset int) (Value, error) {
	v := Value{Kind: Object, Offset: offset}
	index := map[string]int{}
	for w.dec.More() {
		token, at, err := w.next()
		if err != nil {
			return Value{}, err
		}
		name, _ := token.(string)
		m := Member{Name: w.string(name, at), Offset: at}
		if m.Value, err = w.value(); err != nil {
			return Value{}, err
		}
		if i, again := index[m.Name]; again {
			w.duplicates = append(w.duplicates, v.Members[i])
			v.Members[i] = m
			continue
		}
		index[m.Name] = len(v.Members)
		v.Members = append(v.Members, m)
	}
	_, err := w.dec.Token()
	return v, err
}

// string gives back the control characters that guard blanked in the literal at offset.
func (w *walker) string(decoded string, offset int) string {
	end := int(w.dec.InputOffset())
	literal := w.text[offset:min(end, len(w.text))]
	if bytes.Equal(literal, w.work[offset:end]) {
		return decoded
	}
	var fixed []byte
	for _, c := range literal {
		if c < ' ' {
			fixed = fmt.Appendf(fixed, `\u%04x`, c)
		} else {
			fixed = append(fixed, c)
		}
	}
	var restored string
	if err := json.Unmarshal(fixed, &restored); err != nil {
		return decoded
	}
	return restored
}
