// Package axmltest helps to test the readers of binary XML and resource tables, and nothing else: it writes chunks and
// string pools, sound and broken, finds real packages, and measures what a reader costs.
package axmltest

import (
	"encoding/binary"
	"unicode/utf16"

	"appraise/android/axml/res"
)

// UTF8 is the flag of a string pool in UTF-8 (ResStringPool_header).
const UTF8 = 0x100

// Words are 32-bit numbers.
func Words(values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// Halves are 16-bit numbers.
func Halves(values ...uint16) []byte {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

// Join puts parts together.
func Join(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// Repeat lists the parts n times.
func Repeat(n int, parts ...[]byte) [][]byte {
	var out [][]byte
	for range n {
		out = append(out, parts...)
	}
	return out
}

// Chunk writes a chunk: header holds what follows the first 8 bytes of the chunk header.
func Chunk(typ uint16, header []byte, body ...[]byte) []byte {
	content := Join(body...)
	size := res.ChunkHeaderSize + len(header) + len(content)
	return Join(Halves(typ, uint16(res.ChunkHeaderSize+len(header))), Words(uint32(size)), header, content)
}

// Pool writes a string pool in UTF-16.
func Pool(texts ...string) []byte {
	var offsets, data []byte
	for _, text := range texts {
		units := utf16.Encode([]rune(text))
		offsets = append(offsets, Words(uint32(len(data)))...)
		if len(units) > 0x7fff {
			data = append(data, Halves(uint16(len(units)>>16)|0x8000)...)
		}
		data = append(data, Halves(uint16(len(units)))...)
		data = append(data, Halves(units...)...)
		data = append(data, 0, 0)
	}
	return RawPool(uint32(len(texts)), 0, offsets, data)
}

// Pool8 writes a string pool in UTF-8.
func Pool8(texts ...string) []byte {
	length := func(n int) []byte {
		if n > 0x7f {
			return []byte{byte(n>>8) | 0x80, byte(n)}
		}
		return []byte{byte(n)}
	}
	var offsets, data []byte
	for _, text := range texts {
		offsets = append(offsets, Words(uint32(len(data)))...)
		data = Join(data, length(len(utf16.Encode([]rune(text)))), length(len(text)), []byte(text), []byte{0})
	}
	return RawPool(uint32(len(texts)), UTF8, offsets, data)
}

// RawPool writes a string pool of any counts, flags, offsets and string data.
func RawPool(count, flags uint32, offsets, data []byte) []byte {
	for len(data)%4 != 0 {
		data = append(data, 0)
	}
	return Chunk(res.StringPoolType, Words(count, 0, flags, uint32(res.PoolHeaderSize+len(offsets)), 0), offsets, data)
}
