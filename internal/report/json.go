package report

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"appraise/finding"
	"appraise/internal/textsafe"
)

// writeJSON writes the report's JSON in ASCII where a character could act on a terminal: controls, bidi and
// invisible ones stand as \u escapes. What a program reads is the same.
func writeJSON(w io.Writer, r *finding.Report, _ Options) error {
	var text bytes.Buffer
	if err := r.WriteJSON(&text); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	for b := text.Bytes(); len(b) > 0; {
		c, size := utf8.DecodeRune(b)
		switch {
		case c == '\n' || textsafe.Raw(c):
			out.Write(b[:size])
		case c > 0xffff:
			c -= 0x10000
			fmt.Fprintf(out, `\u%04x\u%04x`, 0xd800+c>>10, 0xdc00+c&0x3ff)
		default:
			fmt.Fprintf(out, `\u%04x`, c)
		}
		b = b[size:]
	}
	return out.Flush()
}
