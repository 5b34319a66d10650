package lines

import (
	"bytes"
	"strconv"
)

// tabColumns is what a tab counts for when a line's indentation is measured.
const tabColumns = 4

// noteBytes is the length at which a line quoted in a Note is cut.
const noteBytes = 200

// StackLine reports whether a trimmed line is one of a Java stack trace.
func StackLine(text []byte) bool {
	return bytes.HasPrefix(text, []byte("at ")) && bytes.HasSuffix(text, []byte(")")) ||
		bytes.HasPrefix(text, []byte("... ")) && bytes.HasSuffix(text, []byte(" more"))
}

// Quote is a line as a note repeats it, cut at 200 bytes.
func Quote(line []byte) string {
	if len(line) > noteBytes {
		return string(line[:noteBytes]) + "…"
	}
	return string(line)
}

// Indented splits a line into the columns it is indented by and its text, without blanks at its end.
func Indented(line []byte) (int, []byte) {
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

// Number reads a decimal number of at most 18 digits, with its sign.
func Number(b []byte) (int64, bool) {
	if len(b) == 0 || len(b) > 19 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil
}

// Small reads a decimal number that fits 32 bits.
func Small(b []byte) (int, bool) {
	n, ok := Number(b)
	if !ok || n < -1<<31 || n > 1<<31-1 {
		return 0, false
	}
	return int(n), true
}

// Nullable is a value, "" where the phone printed null.
func Nullable(b []byte) string {
	if string(b) == "null" {
		return ""
	}
	return string(b)
}
