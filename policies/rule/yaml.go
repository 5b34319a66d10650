package rule

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"appraise/internal/limits"
)

// Decode reads exactly one YAML document into v and refuses keys that v doesn't have. Its errors name
// the line and, where a key is unknown, the one that was probably meant.
func Decode(b []byte, v any) error {
	if len(b) > limits.PolicyBytes {
		return fmt.Errorf("a policy file of %d bytes exceeds the limit of %d", len(b), limits.PolicyBytes)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(v); errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	} else if err != nil {
		return sentence(err, v)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("the file holds more than one YAML document: keep one a file")
	}
	return nil
}

var unknownField = regexp.MustCompile(`^line (\d+): field (.*) not found in type `)

// sentence turns the complaints of the YAML reader into ones that say what to write, one a line.
func sentence(err error, v any) error {
	var te *yaml.TypeError
	if !errors.As(err, &te) || len(te.Errors) == 0 {
		return errors.New(strings.TrimPrefix(err.Error(), "yaml: "))
	}
	var out []error
	for _, text := range te.Errors {
		out = append(out, typeError(text, v))
	}
	return errors.Join(out...)
}

func typeError(text string, v any) error {
	m := unknownField.FindStringSubmatch(text)
	if m == nil {
		return errors.New(text)
	}
	known := fields(reflect.TypeOf(v), map[reflect.Type]bool{})
	if near := Suggest(m[2], known); near != "" {
		return fmt.Errorf("line %s: unknown key %q: did you mean %s?", m[1], m[2], near)
	}
	return fmt.Errorf("line %s: unknown key %q: the keys are %s", m[1], m[2], strings.Join(known, ", "))
}

// fields lists the keys of a struct type and of the types below it.
func fields(t reflect.Type, seen map[reflect.Type]bool) []string {
	for slices.Contains([]reflect.Kind{reflect.Pointer, reflect.Slice, reflect.Map}, t.Kind()) {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || seen[t] {
		return nil
	}
	seen[t] = true
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
		for _, name := range fields(f.Type, seen) {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}
