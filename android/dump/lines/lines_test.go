package lines

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
)

// all reads a text to its end.
func all(b []byte) ([]string, []Note) {
	r := NewReader(b)
	var list []string
	for {
		line, ok := r.Next()
		if !ok {
			return list, r.List()
		}
		list = append(list, string(line))
	}
}

func TestNext(t *testing.T) {
	long := strings.Repeat("x", limits.DumpLineBytes+1)
	for _, test := range []struct {
		name, in string
		want     []string
		notes    []int // lines
	}{
		{"plain", "a\n\nb", []string{"a", "", "b"}, nil},
		{"line ends", "\xef\xbb\xbfa\r\r\nb\r\n", []string{"a", "b"}, nil},
		{"complaint", "a\ncmd: no\n cmd: text\n", []string{"a", " cmd: text"}, []int{2}},
		{"long line", "a\n" + long + "\nb\n", []string{"a", "b"}, []int{2}},
		{"longest line", long[1:], []string{long[1:]}, nil},
		{"empty", "", nil, nil},
	} {
		got, notes := all([]byte(test.in))
		var at []int
		for _, n := range notes {
			at = append(at, n.Line)
		}
		if diff := cmp.Diff(test.want, got) + cmp.Diff(test.notes, at); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestBroke(t *testing.T) {
	r := NewReader([]byte("a\ncmd: no\nb\nc\nError: no\n"))
	for i, want := range []bool{false, true, false, true} {
		_, ok := r.Next()
		if got := r.Broke(); got != want || ok != (i < 3) {
			t.Errorf("line %d: got %v, want %v", r.Line(), got, want)
		}
	}
}

// Notes are bounded, and a limit among those left out is not lost.
func TestNotesBomb(t *testing.T) {
	_, notes := all(bytes.Repeat([]byte("cmd: no\n"), 10*limits.DumpNotes))
	if last := notes[len(notes)-1]; len(notes) != limits.DumpNotes+1 || !last.Limit {
		t.Errorf("got %d notes, the last %v", len(notes), last)
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]int{"12": 12, "-5": -5, "": -1, "x": -1, "2147483648": -1, "99999999999999999999": -1} {
		n, ok := Small([]byte(text))
		if !ok {
			n = -1
		}
		if n != want {
			t.Errorf("number %q: got %d, want %d", text, n, want)
		}
	}
	if columns, text := Indented([]byte("  \t a b \t")); columns != 7 || string(text) != "a b" {
		t.Errorf("indented: got %d, %q", columns, text)
	}
	if got := Quote(bytes.Repeat([]byte("x"), 1000)); len(got) > 210 {
		t.Errorf("a note of %d bytes", len(got))
	}
}

func FuzzNext(f *testing.F) {
	f.Add([]byte("\xef\xbb\xbfa\r\n\tat x(y)\nError: no\n null 12\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, notes := all(b)
		if len(notes) > limits.DumpNotes+1 {
			t.Errorf("%d notes", len(notes))
		}
		for _, line := range list {
			Indented([]byte(line))
			Small([]byte(line))
			StackLine([]byte(line))
		}
	})
}
