package files

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"appraise/internal/limits"
	"appraise/inventory"
)

func TestManyValues(t *testing.T) {
	for values, limit := range map[int]bool{10: false, 11: true} {
		j := NewJSON([]byte("[" + strings.Repeat("1,", values-3) + "1]"))
		j.values = limits.CaptureValues - 10
		var format *inventory.FormatError
		if err := j.Skip(); (err != nil) != limit || limit && (!errors.As(err, &format) || !format.Limit) {
			t.Errorf("%d values and 10 left gave %v", values, err)
		}
	}
}

const sampleJSON = `{"name":"a\u00e9","on":true,"off":null,"n":-12,"list":[1,{"x":[]},"y"],"name":"second","Name":"third"}`

func readSample(text string) (name string, on bool, n int, count int, err error) {
	j := NewJSON([]byte(text))
	err = j.Object(Fields{
		"name": func() error { return j.String(&name) },
		"on":   func() error { return j.Bool(&on) },
		"off":  func() error { return j.Bool(&on) },
		"n":    func() error { return j.Int(&n) },
		"list": func() error {
			return j.Array(func() error {
				count++
				return j.Skip()
			})
		},
	})
	if err == nil {
		err = j.End()
	}
	return name, on, n, count, err
}

// The first of two members of a name counts, names are compared exactly, and null leaves a value as it is.
func TestJSON(t *testing.T) {
	name, on, n, count, err := readSample("\ufeff" + sampleJSON)
	if name != "aé" || !on || n != -12 || count != 3 || err != nil {
		t.Errorf("got %q, %v, %d, %d, %v", name, on, n, count, err)
	}
	for i := range sampleJSON {
		if _, _, _, _, err := readSample(sampleJSON[:i]); err == nil {
			t.Errorf("the first %d bytes were read", i)
		}
	}
}

func FuzzJSON(f *testing.F) {
	f.Add(sampleJSON)
	f.Add(`null`)
	f.Add(strings.Repeat("[", limits.JSONDepth+1))
	f.Fuzz(func(t *testing.T, text string) {
		_, _, _, _, err := readSample(text)
		var format *inventory.FormatError
		if err != nil && !errors.As(err, &format) {
			t.Errorf("error %T %v", err, err)
		}
	})
}

func TestLoose(t *testing.T) {
	fsys := fstest.MapFS{"a": {Data: []byte("x")}, "d": {Mode: fs.ModeDir}, "p": {Mode: fs.ModeNamedPipe}}
	tr := Loose(fsys, []string{"a", "d", "p", "missing", "../a", "d/x", "/a", ""})
	for _, name := range []string{"d", "p", "missing", "../a", "d/x", "/a"} {
		if got := tr.Head(name); got != nil {
			t.Errorf("%q gave %q", name, got)
		}
	}
	if got := string(tr.Head("a")); got != "x" {
		t.Errorf("got %q", got)
	}
}
