package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"appraise/finding"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// defaultWidth is used where the width of the reader isn't known.
const defaultWidth = 100

// page writes wrapped lines. Everything but its own words goes through textsafe first; colour is added last.
type page struct {
	w     *bufio.Writer
	width int
	color bool
	can   map[inventory.CapabilityID]string
}

func newPage(w io.Writer, opt Options) *page {
	p := &page{w: bufio.NewWriter(w), width: opt.Width, color: opt.Color, can: opt.Can}
	if p.width <= 0 {
		p.width = defaultWidth
	}
	p.width = max(p.width, 40)
	return p
}

func (p *page) blank() { p.w.WriteByte('\n') }

// line writes one line of the report's own words and of text that is safe already.
func (p *page) line(format string, args ...any) {
	fmt.Fprintf(p.w, format, args...)
	p.w.WriteByte('\n')
}

// heading starts a section.
func (p *page) heading(text string) {
	p.blank()
	p.line("%s", p.paint(bold, text))
}

// labelled writes a wrapped paragraph behind a label; the lines that follow are indented alike.
func (p *page) labelled(indent, label, text string) {
	if text == "" {
		return
	}
	first, rest := indent+label, indent+strings.Repeat(" ", textsafe.Width(label))
	for _, line := range wrap(textsafe.Line(text), p.width-textsafe.Width(first)) {
		p.line("%s%s", first, unlikeCommand(line, first))
		first = rest
	}
}

// unlikeCommand keeps a line from being taken for a command by the log of a build system: those start with
// "::" or "##" after blanks. The backslash can't be mistaken, since one in the text is doubled.
func unlikeCommand(line, before string) string {
	if strings.TrimSpace(before) == "" && (strings.HasPrefix(line, "::") || strings.HasPrefix(line, "##")) {
		return `\` + line
	}
	return line
}

// The colours: SGR parameters.
const (
	bold   = "1"
	red    = "1;31"
	yellow = "33"
	dim    = "2"
)

func (p *page) paint(sgr, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (p *page) severity(s finding.Severity) string {
	switch s {
	case finding.Critical, finding.High:
		return p.paint(red, s.String())
	case finding.Medium:
		return p.paint(yellow, s.String())
	}
	return s.String()
}

// wrap breaks safe text at spaces into lines of at most width cells; a longer word is cut hard.
func wrap(text string, width int) []string { return hang(text, width, width) }

// hang is wrap with a width of its own for the first line.
func hang(text string, first, rest int) []string {
	first, rest = max(first, 10), max(rest, 10)
	var lines []string
	line, used, width := "", 0, first
	end := func(s string) { lines, line, used, width = append(lines, s), "", 0, rest }
	for _, word := range strings.Fields(text) {
		for textsafe.Width(word) > width {
			if used > 0 {
				end(line)
				continue
			}
			head := cut(word, width)
			end(head)
			word = word[len(head):]
		}
		n := textsafe.Width(word)
		if used > 0 && used+1+n > width {
			end(line)
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	if used > 0 {
		lines = append(lines, line)
	}
	return lines
}

// cut returns the longest start of s that fits into width cells, one rune at least.
func cut(s string, width int) string {
	end := 0
	for i, r := range s {
		next := i + len(string(r))
		if end > 0 && textsafe.Width(s[:next]) > width {
			break
		}
		end = next
	}
	return s[:end]
}

// short makes text safe and cuts it to width cells with an ellipsis.
func short(text string, width int) string {
	text = textsafe.Line(text)
	if textsafe.Width(text) <= width {
		return text
	}
	return cut(text, width-1) + "…"
}
