package res

import (
	"encoding/binary"

	"appraise/inventory"
)

// Chunk is one ResChunk_header, with its place in the file. 8 <= Header <= Size, and Off+Size is
// inside the parent.
type Chunk struct {
	Type   uint16
	Header int
	Off    int
	Size   int
}

// End is where the chunk ends.
func (c Chunk) End() int { return c.Off + c.Size }

// Body is where the chunk's content starts, behind its header.
func (c Chunk) Body() int { return c.Off + c.Header }

// Aligned is Android's rule that both sizes are multiples of four.
func (c Chunk) Aligned() bool { return (c.Header|c.Size)&3 == 0 }

// ReadChunk reads the chunk header at off. end is where the parent ends; it is not beyond the end of b.
func ReadChunk(b []byte, off, end int) (Chunk, *inventory.FormatError) {
	if end-off < ChunkHeaderSize {
		return Chunk{}, Malformed(off, "%d bytes where a chunk header takes 8", end-off)
	}
	c := Chunk{Type: U16(b, off), Header: int(U16(b, off+2)), Off: off}
	size := U32(b, off+4)
	switch {
	case size == 0:
		return c, Malformed(off, "chunk 0x%04x has size 0", c.Type)
	case c.Header < ChunkHeaderSize:
		return c, Malformed(off, "chunk 0x%04x has header size %d", c.Type, c.Header)
	case uint64(size) < uint64(c.Header):
		return c, Malformed(off, "chunk 0x%04x has size %d below its header size %d", c.Type, size, c.Header)
	case uint64(size) > uint64(end-off):
		return c, Malformed(off, "chunk 0x%04x of %d bytes in the last %d bytes", c.Type, size, end-off)
	}
	c.Size = int(size)
	return c, nil
}

// U16 is the 16-bit number at off, which the caller knows to be inside b.
func U16(b []byte, off int) uint16 { return binary.LittleEndian.Uint16(b[off:]) }

// U32 is the 32-bit number at off, which the caller knows to be inside b.
func U32(b []byte, off int) uint32 { return binary.LittleEndian.Uint32(b[off:]) }
