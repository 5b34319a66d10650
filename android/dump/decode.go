package dump

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"appraise/android/dump/lines"
)

// sampleBytes is how much of a text without a byte order mark is looked at for UTF-16.
const sampleBytes = 4096

// Decode gives a saved output as UTF-8 with LF line ends, and a note for each change but that of line ends.
// PowerShell's > saves UTF-16 with a byte order mark; UTF-16 without one is told by its NUL bytes.
// Bytes that are no UTF-8 stay as they are: much output holds some.
func Decode(b []byte) ([]byte, []lines.Note) {
	var n lines.Notes
	order, skip := encodingOf(b)
	if order != nil {
		n.Add(1, "converted from UTF-16")
		if (len(b)-skip)%2 != 0 {
			n.Add(1, "UTF-16 text of an odd number of bytes: cut")
		}
		b = fromUTF16(b[skip:], order)
	} else if skip > 0 {
		n.Add(1, "byte order mark removed")
		b = b[skip:]
	}
	return lineFeeds(b), n.List()
}

// encodingOf tells the byte order of UTF-16, nil for anything else, and the length of the byte order mark.
func encodingOf(b []byte) (binary.ByteOrder, int) {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return binary.LittleEndian, 2
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return binary.BigEndian, 2
	case bytes.HasPrefix(b, []byte(lines.ByteOrderMark)):
		return nil, len(lines.ByteOrderMark)
	}
	var zeros [2]int
	sample := b[:min(len(b), sampleBytes)&^1]
	for i, c := range sample {
		if c == 0 {
			zeros[i%2]++
		}
	}
	pairs := len(sample) / 2
	switch {
	case pairs < 2:
		return nil, 0
	case zeros[1]*4 > pairs*3 && zeros[0]*20 < pairs:
		return binary.LittleEndian, 0
	case zeros[0]*4 > pairs*3 && zeros[1]*20 < pairs:
		return binary.BigEndian, 0
	}
	return nil, 0
}

func fromUTF16(b []byte, order binary.ByteOrder) []byte {
	out := make([]byte, 0, len(b)/2+len(b)/16)
	for len(b) >= 2 {
		r := rune(order.Uint16(b))
		b = b[2:]
		if utf16.IsSurrogate(r) {
			pair := utf8.RuneError
			if len(b) >= 2 {
				pair = utf16.DecodeRune(r, rune(order.Uint16(b)))
			}
			if pair != utf8.RuneError {
				b = b[2:]
			}
			r = pair
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// lineFeeds removes carriage returns before line feeds; old adb shells write two.
func lineFeeds(b []byte) []byte {
	if !bytes.Contains(b, []byte("\r\n")) {
		return b
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			return append(out, b...)
		}
		out = append(out, bytes.TrimRight(b[:i], "\r")...)
		out = append(out, '\n')
		b = b[i+1:]
	}
	return out
}
