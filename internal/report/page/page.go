// Package page holds what the table format's pages are made of: wrapped lines, headings, tables, colour, and
// the words that several views share. It knows no view. All text from artifacts passes internal/textsafe on
// its way onto a page.
package page

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"appraise/finding"
	"appraise/internal/textsafe"
)

// Widths of a page in cells.
const (
	defaultWidth = 100 // where the width of the reader isn't known
	minWidth     = 40
)

// Page writes wrapped lines. Everything but its own words goes through textsafe first; colour is added last.
// It is buffered, and an error of its writer is kept for Flush.
type Page struct {
	w     *bufio.Writer
	width int
	color bool
}

// New returns an empty page of the given width in cells, 40 at least; a width of 0 or less stands for 100.
// Paint colours only where color is set.
func New(w io.Writer, width int, color bool) *Page {
	if width <= 0 {
		width = defaultWidth
	}
	return &Page{w: bufio.NewWriter(w), width: max(width, minWidth), color: color}
}

// Width is the width of the page in cells.
func (p *Page) Width() int { return p.width }

// Flush writes out what is buffered. Its error is the first one that the page's writer gave.
func (p *Page) Flush() error { return p.w.Flush() }

// Blank writes an empty line.
func (p *Page) Blank() { p.w.WriteByte('\n') }

// Line writes one line of the report's own words and of text that is safe already. It is not wrapped.
func (p *Page) Line(format string, args ...any) {
	fmt.Fprintf(p.w, format, args...)
	p.w.WriteByte('\n')
}

// Heading starts a section.
func (p *Page) Heading(text string) {
	p.Blank()
	p.Line("%s", p.Paint(Bold, text))
}

// Labelled writes a wrapped paragraph behind a label; the lines that follow are indented alike. The text is made
// safe here, the label is the report's own. Without a text nothing is written.
func (p *Page) Labelled(indent, label, text string) {
	if text == "" {
		return
	}
	first, rest := indent+label, indent+strings.Repeat(" ", textsafe.Width(label))
	for _, line := range Wrap(textsafe.Line(text), p.width-textsafe.Width(first)) {
		p.Line("%s%s", first, UnlikeCommand(line, first))
		first = rest
	}
}

// The colours: SGR parameters (ECMA-48, 8.3.117) for Paint.
const (
	Bold   = "1"    // headings
	Red    = "1;31" // what failed, and what is critical or high
	Yellow = "33"   // what is not fully known, and what is medium
	Dim    = "2"    // remarks
)

// Paint colours safe text on a page that has colour.
func (p *Page) Paint(sgr, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

// Severity is the word of a severity in its colour.
func (p *Page) Severity(s finding.Severity) string {
	switch s {
	case finding.Critical, finding.High:
		return p.Paint(Red, s.String())
	case finding.Medium:
		return p.Paint(Yellow, s.String())
	}
	return s.String()
}
