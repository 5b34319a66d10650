package page

import (
	"strings"
	"unicode/utf8"

	"appraise/internal/textsafe"
)

// Wrap breaks safe text at spaces into lines of at most width cells, 10 at least; a longer word is cut hard.
func Wrap(text string, width int) []string { return Hang(text, width, width) }

// Hang is Wrap with a width of its own for the first line.
func Hang(text string, first, rest int) []string {
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
			head := Cut(word, width)
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

// Cut returns the longest start of safe text that fits into width cells, one rune at least.
func Cut(s string, width int) string {
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

// Short makes text safe and cuts it to width cells with an ellipsis.
func Short(text string, width int) string {
	text = textsafe.Line(text)
	if textsafe.Width(text) <= width {
		return text
	}
	return Cut(text, width-1) + "…"
}

// ShortEnd makes an id safe and cuts parts off its start with an ellipsis where it is wider than width cells.
func ShortEnd(text string, width int) string {
	text = textsafe.Line(text)
	if textsafe.Width(text) <= width {
		return text
	}
	for text != "" && textsafe.Width(text) > width-1 {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	if _, after, found := strings.Cut(text, "."); found && after != "" {
		text = after // whole parts of an id
	}
	return "…" + text
}

// UnlikeCommand keeps safe text, written behind the text before, from being taken for a command by the log of a build
// system: those start with "::" or "##" after blanks. The backslash can't be mistaken, since one in the text is doubled.
func UnlikeCommand(line, before string) string {
	if strings.TrimSpace(before) == "" && (strings.HasPrefix(line, "::") || strings.HasPrefix(line, "##")) {
		return `\` + line
	}
	return line
}
