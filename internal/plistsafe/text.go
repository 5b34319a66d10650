package plistsafe

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	bomUTF8    = "\xef\xbb\xbf"
	bomUTF16LE = "\xff\xfe"
	bomUTF16BE = "\xfe\xff"
	bomUTF32LE = "\xff\xfe\x00\x00"
	bomUTF32BE = "\x00\x00\xfe\xff"
	xmlSpace   = " \t\r\n"
)

// source is an XML property list as UTF-8.
type source struct {
	text  []byte
	base  int64 // bytes before text in the file
	wide  bool  // the file is UTF-16
	order binary.ByteOrder

	seen  int64 // text whose characters are counted
	units int64 // UTF-16 units of it
}

// place returns the file's offset for an offset in the text. Ever higher offsets take one pass together.
func (s *source) place(offset int64) int64 {
	if !s.wide {
		return s.base + offset
	}
	if offset < s.seen {
		s.seen, s.units = 0, 0
	}
	for s.seen < min(offset, int64(len(s.text))) {
		r, size := utf8.DecodeRune(s.text[s.seen:])
		s.seen += int64(size)
		s.units += int64(utf16.RuneLen(r))
	}
	return s.base + 2*s.units
}

// openText finds the encoding as CoreFoundation does: a byte order mark wins over the declaration.
// What is not XML is refused: the OpenStep form of Info.plist is not read on iOS.
func openText(b []byte) (*source, error) {
	src := &source{text: b}
	switch {
	case hasPrefix(b, bomUTF32LE), hasPrefix(b, bomUTF32BE):
		return nil, malformed(0, "property list in UTF-32; only UTF-8 and UTF-16 are read")
	case hasPrefix(b, bomUTF16LE):
		src.wide, src.order = true, binary.LittleEndian
	case hasPrefix(b, bomUTF16BE):
		src.wide, src.order = true, binary.BigEndian
	case hasPrefix(b, bomUTF8):
		src.base, src.text = 3, hideDeclaration(b[3:])
	}
	if src.wide {
		if len(b)%2 != 0 {
			return nil, malformed(int64(len(b))-1, "property list in UTF-16 ends inside a character")
		}
		src.base, src.text = 2, hideDeclaration(transcode(b[2:], src.order))
	}
	text := bytes.TrimLeft(src.text, xmlSpace)
	switch {
	case len(text) == 0:
		return nil, malformed(0, "property list is empty")
	case hasPrefix(text, "<\x00"), hasPrefix(text, "\x00<"):
		return nil, malformed(0, "property list in UTF-16 without a byte order mark")
	case text[0] != '<':
		return nil, malformed(int64(len(b)-len(text)), "neither an XML nor a binary property list")
	}
	return src, nil
}

func hasPrefix(b []byte, prefix string) bool { return bytes.HasPrefix(b, []byte(prefix)) }

func transcode(b []byte, order binary.ByteOrder) []byte {
	text := make([]byte, 0, len(b))
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(order.Uint16(b[i:]))
		if utf16.IsSurrogate(r) && i+3 < len(b) {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(b[i+2:]))); pair != utf8.RuneError {
				r = pair
				i += 2
			}
		}
		text = utf8.AppendRune(text, r)
	}
	return text
}

// hideDeclaration blanks the XML declaration, whose encoding the byte order mark overrules, and keeps every offset.
func hideDeclaration(text []byte) []byte {
	start := len(text) - len(bytes.TrimLeft(text, xmlSpace))
	if !hasPrefix(text[start:], "<?xml") {
		return text
	}
	end := bytes.Index(text, []byte("?>"))
	if end < 0 {
		return text
	}
	out := bytes.Clone(text)
	copy(out[start:], bytes.Repeat([]byte(" "), end+2-start))
	return out
}

// Sniff reports whether the start of a file looks like a property list in a form that Decode knows,
// at least by its first mark. Several hundred bytes are enough; XML of another kind can pass.
func Sniff(prefix []byte) bool {
	if hasPrefix(prefix, "bplist") {
		return true
	}
	switch {
	case hasPrefix(prefix, bomUTF16LE):
		prefix = transcode(prefix[2:], binary.LittleEndian)
	case hasPrefix(prefix, bomUTF16BE):
		prefix = transcode(prefix[2:], binary.BigEndian)
	}
	prefix = bytes.TrimLeft(bytes.TrimPrefix(prefix, []byte(bomUTF8)), xmlSpace)
	for _, mark := range []string{"<?xml", "<!DOCTYPE plist", "<!--", "<plist", "<dict"} {
		if hasPrefix(prefix, mark) {
			return true
		}
	}
	return false
}
