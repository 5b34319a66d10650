// Package lines gives the lines of a command's output, and what such lines are made of: indentation, numbers, null,
// stack traces, complaints of the command itself. It knows no format. All text is the phone's own and may be hostile.
// Limits: limits.DumpLineBytes, DumpNotes.
package lines

import (
	"bytes"
	"strconv"

	"appraise/internal/limits"
)

// Note is a part of an output that could not be read, or was left out at a limit.
type Note struct {
	Line  int // from 1
	Text  string
	Limit bool
	// Matters tells that what is missing, or may be forged, could change a verdict. It is set with Limit as well.
	Matters bool
}

// Notes collects what could not be read, at most limits.DumpNotes of it. The zero value is ready for use.
type Notes struct {
	list []Note
	full bool
}

// List gives what was collected, nil where everything was read. One more note than limits.DumpNotes tells that
// further ones were left out.
func (n *Notes) List() []Note { return n.list }

// Add tells of what could not be read in a line, counted from 1.
func (n *Notes) Add(line int, text string) { n.put(Note{Line: line, Text: text}) }

// Limit tells of what was left out at a limit, in a line counted from 1.
func (n *Notes) Limit(line int, text string) {
	n.put(Note{Line: line, Text: text, Limit: true, Matters: true})
}

// Matter tells of what could not be read in a line, or may be forged, where that could change a verdict.
func (n *Notes) Matter(line int, text string) { n.put(Note{Line: line, Text: text, Matters: true}) }

func (n *Notes) put(note Note) {
	switch {
	case len(n.list) < limits.DumpNotes:
		n.list = append(n.list, note)
	case !n.full:
		n.full = true
		n.list = append(n.list, Note{Line: note.Line, Text: "more notes left out", Limit: true, Matters: true})
	case note.Limit && !n.list[len(n.list)-1].Limit:
		n.list[len(n.list)-1] = note
	}
}

// Reader gives the lines of one output. A copy of it goes on from the same line, with the same notes so far.
type Reader struct {
	rest []byte
	line int // of the line last given, from 1
	Notes
	// broke tells that lines of the command's own complaint stood before the line last given.
	broke bool
}

// ByteOrderMark is the mark with which some programs start a text in UTF-8.
const ByteOrderMark = "\xef\xbb\xbf"

// NewReader reads an output in UTF-8, with or without a byte order mark. The lines share b's memory.
func NewReader(b []byte) Reader { return Reader{rest: bytes.TrimPrefix(b, []byte(ByteOrderMark))} }

// Line is the number of the line last given, from 1; 0 before the first.
func (r *Reader) Line() int { return r.line }

// Broke reports whether lines of the command's own complaint stood before the line last given, or before the end.
func (r *Reader) Broke() bool { return r.broke }

// Next gives the next line without its end. Lines over the limit and complaints of the command are noted and left out.
func (r *Reader) Next() ([]byte, bool) {
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
			r.Limit(r.line, "line of "+strconv.Itoa(len(line))+" bytes left out")
			continue
		}
		for n := len(line); n > 0 && line[n-1] == '\r'; n-- {
			line = line[:n-1]
		}
		if Complaint(line) {
			r.Add(r.line, Quote(line))
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

// Complaint reports whether a line is one of a command's own, not of what it was asked for.
func Complaint(line []byte) bool {
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
