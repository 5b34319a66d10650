package res

import (
	"unicode/utf16"
	"unicode/utf8"

	"appraise/inventory"
)

// Pool is a string pool (ResStringPool). It decodes a string when asked for it. All positions are
// offsets in the file.
type Pool struct {
	Header   int    // size of the chunk's header
	Declared uint32 // string_count as written
	Styles   uint32 // style_count as written
	Room     int    // offsets that fit before the string data
	Count    int    // strings whose offsets can be read

	b       []byte // the whole file
	utf8    bool
	table   int // of the first offset
	strings int // of the string data
	end     int // of the string data
	size    int // of the chunk
}

// ReadPool reads the header of a string pool. string_count is a known place to tamper with: it is believed
// as far as the chunk has room, and where the string data starts later than it says, the room before
// that counts.
func ReadPool(b []byte, c Chunk) (*Pool, *inventory.FormatError) {
	if c.Header < PoolHeaderSize {
		return nil, Malformed(c.Off, "string pool with a header of %d bytes", c.Header)
	}
	p := &Pool{
		b: b, Header: c.Header, size: c.Size, table: c.Body(), end: c.End(),
		Declared: U32(b, c.Off+8),
		Styles:   U32(b, c.Off+12),
		utf8:     U32(b, c.Off+16)&poolUTF8 != 0,
	}
	start, styleStart := U32(b, c.Off+20), U32(b, c.Off+24)
	if uint64(start) > uint64(c.Size) {
		if p.Declared != 0 {
			return nil, Malformed(c.Off, "string data at %d in a string pool of %d bytes", start, c.Size)
		}
		start = 0
	}
	p.strings = c.Off + int(start)
	if p.Styles != 0 && styleStart > start && uint64(styleStart) <= uint64(c.Size) {
		p.end = c.Off + int(styleStart)
	}
	p.Room = max(p.strings-p.table, 0) / 4
	p.Count = int(min(int64(p.Declared), int64(c.Size-c.Header)/4))
	if derived := int64(p.Room) - int64(p.Styles); p.Declared != 0 && derived > int64(p.Count) {
		p.Count = int(derived)
	}
	return p, nil
}

// Oversold reports whether the counts ask for more offsets than there is room for.
func (p *Pool) Oversold() bool { return uint64(p.Declared)+uint64(p.Styles) > uint64(p.Room) }

// Span finds the bytes of string i, 0 <= i < Count, by its declared length; units is its declared length in UTF-16 units.
// ok is false when the offset or the length leave the string data.
func (p *Pool) Span(i int) (start, size, units int, ok bool) {
	at := U32(p.b, p.table+4*i)
	if !p.utf8 {
		at &^= 1
	}
	if uint64(at) >= uint64(p.end-p.strings) {
		return 0, 0, 0, false
	}
	start = p.strings + int(at)
	if p.utf8 {
		if units, start, ok = p.length8(start); !ok {
			return 0, 0, 0, false
		}
		size, start, ok = p.length8(start)
	} else {
		units, start, ok = p.length16(start)
		size = 2 * units
	}
	return start, size, units, ok && size <= p.end-start
}

func (p *Pool) length8(off int) (n, next int, ok bool) {
	if p.end-off < 1 {
		return 0, 0, false
	}
	n = int(p.b[off])
	if n&0x80 == 0 {
		return n, off + 1, true
	}
	if p.end-off < 2 {
		return 0, 0, false
	}
	return n&0x7f<<8 | int(p.b[off+1]), off + 2, true
}

func (p *Pool) length16(off int) (n, next int, ok bool) {
	if p.end-off < 2 {
		return 0, 0, false
	}
	n = int(U16(p.b, off))
	if n&0x8000 == 0 {
		return n, off + 2, true
	}
	if p.end-off < 4 {
		return 0, 0, false
	}
	return n&0x7fff<<16 | int(U16(p.b, off+2)), off + 4, true
}

// Defect is a reason why Android does not read a string.
type Defect int

// The defects of a string, of which the first is none.
const (
	Intact Defect = iota
	Unterminated
	WrongLength // the two lengths of a UTF-8 string don't agree
	Outside     // of the string data; no text then
)

// At decodes string i, 0 <= i < Count.
func (p *Pool) At(i int) (string, Defect) {
	start, size, units, ok := p.Span(i)
	if !ok {
		return "", Outside
	}
	end := start + size
	if !p.utf8 {
		text := decodeUTF16(p.b[start:end])
		if p.end-end < 2 || U16(p.b, end) != 0 {
			return text, Unterminated
		}
		return text, Intact
	}
	size, terminated := p.terminate(start, size)
	raw := p.b[start : start+size]
	switch {
	case !terminated:
		return string(raw), Unterminated
	case utf16Length(raw)&0x7fff != units&0x7fff:
		return string(raw), WrongLength
	}
	return string(raw), Intact
}

// utf16Length counts the UTF-16 units of UTF-8 text by the first byte of each character alone, as Android does
// (libutils Unicode.cpp, utf8_to_utf16_length): surrogates in three bytes each are common in the wild. It is -1
// when the last character is cut off.
func utf16Length(b []byte) int {
	units, i := 0, 0
	for i < len(b) {
		switch c := b[i]; {
		case c >= 0xf0:
			i, units = i+4, units+2
		case c >= 0xe0:
			i, units = i+3, units+1
		case c >= 0xc0:
			i, units = i+2, units+1
		default:
			i, units = i+1, units+1
		}
	}
	if i != len(b) {
		return -1
	}
	return units
}

// terminate looks for the NUL after a UTF-8 string. aapt cuts the length of a string over 32,767 bytes
// to 15 bits; like Android (ResStringPool::stringDecodeAt), try the lengths that end in the same bits.
func (p *Pool) terminate(start, size int) (int, bool) {
	for n := size; n < p.end-start; n += 0x8000 {
		if p.b[start+n] == 0 {
			return n, true
		}
	}
	return size, false
}

func decodeUTF16(b []byte) string {
	out := make([]byte, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(U16(b, i))
		if utf16.IsSurrogate(r) && i+3 < len(b) {
			if pair := utf16.DecodeRune(r, rune(U16(b, i+2))); pair != utf8.RuneError {
				r, i = pair, i+2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

// Weigh sums the declared lengths of all strings, each offset counted, as a reader that decodes the
// whole pool would. fit is false when one of them leaves the string data or is not aligned.
func (p *Pool) Weigh() (sum int, fit bool) {
	fit = true
	for i := range p.Count {
		_, size, _, ok := p.Span(i)
		if !ok || !p.utf8 && U32(p.b, p.table+4*i)&1 != 0 {
			fit = false
			continue
		}
		sum += size
	}
	return sum, fit
}
