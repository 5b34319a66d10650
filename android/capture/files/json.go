package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"

	"appraise/internal/limits"
)

// JSON walks one JSON text token by token. encoding/json's own decoding is not used for texts from outside: it
// matches names without regard to case, and short texts can make it allocate much. Limits: limits.JSONDepth,
// CaptureValues. A null stands for the zero value of everything.
type JSON struct {
	dec    *json.Decoder
	depth  int
	values int
}

// NewJSON reads from the start of a text; a byte order mark is passed over.
func NewJSON(text []byte) *JSON {
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	dec.UseNumber()
	return &JSON{dec: dec}
}

// Offset is the place behind the last token that was read.
func (j *JSON) Offset() int64 { return j.dec.InputOffset() }

// token returns the next token and keeps count.
func (j *JSON) token() (json.Token, error) {
	tok, err := j.dec.Token()
	if err != nil {
		return nil, j.fault(err)
	}
	if j.values++; j.values > limits.CaptureValues {
		return nil, OverLimit(j.dec.InputOffset(), "more than %d JSON values", limits.CaptureValues)
	}
	switch tok {
	case json.Delim('{'), json.Delim('['):
		if j.depth++; j.depth > limits.JSONDepth {
			return nil, OverLimit(j.dec.InputOffset(), "JSON nested more than %d levels deep", limits.JSONDepth)
		}
	case json.Delim('}'), json.Delim(']'):
		j.depth--
	}
	return tok, nil
}

func (j *JSON) fault(err error) error {
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Malformed(j.dec.InputOffset(), "JSON text ends early")
	case errors.As(err, &syntax):
		return Malformed(syntax.Offset, "no JSON: %s", syntax.Error())
	}
	return err
}

func (j *JSON) mistyped(want string) error {
	return Malformed(j.dec.InputOffset(), "JSON value is not %s", want)
}

// Fields are the members of an object that are read, each with what reads its value.
type Fields map[string]func() error

// Object reads the members named in f and passes over all others. Of a name that stands twice the first counts.
func (j *JSON) Object(f Fields) error {
	tok, err := j.token()
	if err != nil || tok == nil {
		return err
	}
	if tok != json.Delim('{') {
		return j.mistyped("an object")
	}
	for j.dec.More() {
		name, err := j.token()
		if err != nil {
			return err
		}
		key, ok := name.(string)
		if !ok {
			return j.mistyped("a name")
		}
		read, known := f[key]
		if !known {
			read = j.Skip
		}
		delete(f, key)
		if err := read(); err != nil {
			return err
		}
	}
	_, err = j.token()
	return err
}

// Array calls item for each element; item reads it.
func (j *JSON) Array(item func() error) error {
	tok, err := j.token()
	if err != nil || tok == nil {
		return err
	}
	if tok != json.Delim('[') {
		return j.mistyped("a list")
	}
	for j.dec.More() {
		if err := item(); err != nil {
			return err
		}
	}
	_, err = j.token()
	return err
}

// Skip passes over one value.
func (j *JSON) Skip() error {
	start := j.depth
	for {
		if _, err := j.token(); err != nil {
			return err
		}
		if j.depth <= start {
			return nil
		}
	}
}

// String reads a string.
func (j *JSON) String(to *string) error {
	tok, err := j.token()
	if err != nil || tok == nil {
		return err
	}
	text, ok := tok.(string)
	if !ok {
		return j.mistyped("a string")
	}
	*to = text
	return nil
}

// Bool reads true or false.
func (j *JSON) Bool(to *bool) error {
	tok, err := j.token()
	if err != nil || tok == nil {
		return err
	}
	value, ok := tok.(bool)
	if !ok {
		return j.mistyped("true or false")
	}
	*to = value
	return nil
}

// Maybe reads true or false where null stands for not known.
func (j *JSON) Maybe(to **bool) error {
	tok, err := j.token()
	if err != nil || tok == nil {
		return err
	}
	value, ok := tok.(bool)
	if !ok {
		return j.mistyped("true or false")
	}
	*to = &value
	return nil
}

// Int64 reads a whole number.
func (j *JSON) Int64(to *int64) error {
	tok, err := j.token()
	if err != nil || tok == nil {
		return err
	}
	number, ok := tok.(json.Number)
	if !ok {
		return j.mistyped("a whole number")
	}
	value, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil {
		return j.mistyped("a whole number")
	}
	*to = value
	return nil
}

// Int reads a whole number of 32 bits.
func (j *JSON) Int(to *int) error {
	value := int64(*to)
	if err := j.Int64(&value); err != nil {
		return err
	}
	if value < math.MinInt32 || value > math.MaxInt32 {
		return j.mistyped("a number of 32 bits")
	}
	*to = int(value)
	return nil
}

// End checks that nothing but blanks follows.
func (j *JSON) End() error {
	if _, err := j.dec.Token(); !errors.Is(err, io.EOF) {
		return Malformed(j.dec.InputOffset(), "text behind the JSON value")
	}
	return nil
}
