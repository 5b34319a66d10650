package laxjson

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"appraise/inventory"
)

// Places finds lines and columns in one file. Asking costs the distance from the last place asked for.
type Places struct {
	File string
	Text []byte

	offset, line, from int // the last place asked for: its line from 0, and where that line starts
}

// At is evidence at an offset of the file. Column counts bytes from 1.
func (p *Places) At(offset int, format string, args ...any) inventory.Evidence {
	if offset < p.offset {
		p.line -= bytes.Count(p.Text[offset:p.offset], []byte("\n"))
	} else {
		p.line += bytes.Count(p.Text[p.offset:offset], []byte("\n"))
	}
	if between := p.Text[min(p.offset, offset):offset]; offset < p.from || bytes.IndexByte(between, '\n') >= 0 {
		p.from = bytes.LastIndexByte(p.Text[:offset], '\n') + 1
	}
	p.offset = offset
	detail := strings.ToValidUTF8(fmt.Sprintf(format, args...), string(utf8.RuneError))
	return inventory.Evidence{File: p.File, Line: p.line + 1, Column: offset - p.from + 1, Offset: int64(offset), Detail: detail}
}
