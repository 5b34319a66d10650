package dump

import (
	"bytes"
	"strconv"

	"appraise/internal/limits"
)

// tabColumns is what a tab counts for when a line's indentation is measured.
const tabColumns = 4

// noteBytes is the length at which a line quoted in a Note is cut.
const noteBytes = 200

// notes collects what could not be read, at most limits.DumpNotes of it.
type notes struct {
	list []Note
	full bool
}

func (n *notes) add(line int, text string) { n.put(Note{Line: line, Text: text}) }

func (n *notes) limit(line int, text string) { n.put(Note{Line: line, Text: text, Limit: true}) }

func (n *notes) put(note Note) {
	switch {
	case len(n.list) < limits.DumpNotes:
		n.list = append(n.list, note)
	case !n.full:
		n.full = true
		n.list = append(n.list, Note{Line: note.Line, Text: "more notes left out", Limit: true})
	case note.Limit && !n.list[len(n.list)-1].Limit:
		n.list[len(n.list)-1] = note
	}
}

// reader gives the lines of one output.
type reader struct {
	rest []byte
	line int // of the line last given, from 1
	notes
	// broke tells that lines of the command's own complaint stood before the line last given.
	broke bool
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func newReader(b []byte) reader { return reader{rest: bytes.TrimPrefix(b, byteOrderMark)} }

// next gives the next line without its end. Lines over the limit and complaints of the command are noted and left out.
func (r *reader) next() ([]byte, bool) {
	r.broke = false
	for len(r.rest) > 0 {
		line := r.rest
		if i := bytes.IndexByte(r.rest, '\n'); i >= 0 {
			line, r.rest = r.rest[:i], r.rest[i+1:]
		} else {
			r.rest = nil
		}
		r.line++
		if len(line) > limits.DumpLineBytes {
			r.limit(r.line, "line of "+strconv.Itoa(len(line))+" bytes left out")
			continue
		}
		for n := len(line); n > 0 && line[n-1] == '\r'; n-- {
			line = line[:n-1]
		}
		if complaint(line) {
			r.add(r.line, quote(line))
			r.broke = true
			continue
		}
		return line, true
	}
	return nil, false
}

// complaints are the starts of lines in which a command says that it did not do its work, often with exit code 0.
var complaints = [...]string{
	"Exception occurred while ", "cmd: ", "Can't find service", "Failure calling service", "Unable to find package:",
	"Error:", "Error ", "Error dumping", "Permission Denial", "Security exception:", "Failed transaction", "java.lang.", "java.util.",
	"android.os.", "*** SERVICE ", "Broken pipe", "No shell command implementation", "Unknown command:", "Unknown option:",
	"WARNING: linker", "/system/bin/sh: ", "sh: ", "Bad system call", "Segmentation fault", "Killed", "Aborted",
	"Caused by: ", "usage: ", "Usage: ", "inaccessible or not found",
}

// complaint reports whether a line is one of a command's own, not of what it was asked for.
func complaint(line []byte) bool {
	if len(line) == 0 || line[0] <= ' ' || line[0] == '[' {
		return false
	}
	for _, start := range complaints {
		if len(line) >= len(start) && string(line[:len(start)]) == start {
			return true
		}
	}
	return false
}

// stackLine reports whether a trimmed line is one of a Java stack trace.
func stackLine(text []byte) bool {
	return bytes.HasPrefix(text, []byte("at ")) && bytes.HasSuffix(text, []byte(")")) ||
		bytes.HasPrefix(text, []byte("... ")) && bytes.HasSuffix(text, []byte(" more"))
}

// quote is a line as a note repeats it.
func quote(line []byte) string {
	if len(line) > noteBytes {
		return string(line[:noteBytes]) + "…"
	}
	return string(line)
}

// indented splits a line into the columns it is indented by and its text, without blanks at its end.
func indented(line []byte) (int, []byte) {
	columns, i := 0, 0
	for ; i < len(line); i++ {
		switch line[i] {
		case ' ':
			columns++
		case '\t':
			columns += tabColumns
		default:
			return columns, bytes.TrimRight(line[i:], " \t")
		}
	}
	return columns, nil
}

// between gives what stands between the first start and the next end after it.
func between(b []byte, start, end string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(b, []byte(start))
	if !ok {
		return nil, false
	}
	text, _, ok := bytes.Cut(rest, []byte(end))
	return text, ok
}

// number reads a decimal number of at most 18 digits, with its sign.
func number(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 19 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil
}

// small reads a decimal number that fits 32 bits.
func small(b []byte) (int, bool) {
	n, ok := number(b)
	if !ok || n < -1<<31 || n > 1<<31-1 {
		return 0, false
	}
	return int(n), true
}

// nullable is a value, "" where the phone printed null.
func nullable(b []byte) string {
	if string(b) == "null" {
		return ""
	}
	return string(b)
}

// PackageName reports whether a name has the form that Android demands of package names: words of ASCII letters,
// digits and underscores, joined by dots. Nothing else may enter a command line. The platform's own package is
// "android". Source: android.content.pm.parsing.FrameworkParsingPackageUtils.validateName.
func PackageName[T string | []byte](name T) bool {
	word := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_':
			word++
		case c == '.' && word > 0:
			word = 0
		default:
			return false
		}
	}
	return word > 0 && len(name) <= maxPackageName
}

// maxPackageName is the longest package name taken; Android's own bound is 223.
const maxPackageName = 255
