package axml

import "encoding/binary"

// chunk is one ResChunk_header, with its place in the file. 8 <= header <= size, and off+size is
// inside the parent.
type chunk struct {
	typ    uint16
	header int
	off    int
	size   int
}

func (c chunk) end() int  { return c.off + c.size }
func (c chunk) body() int { return c.off + c.header }

// aligned is Android's rule that both sizes are multiples of four.
func (c chunk) aligned() bool { return (c.header|c.size)&3 == 0 }

// readChunk reads the chunk header at off. end is where the parent ends.
func readChunk(b []byte, off, end int) (chunk, *FormatError) {
	if end-off < chunkHeaderSize {
		return chunk{}, formatError(off, "%d bytes where a chunk header takes 8", end-off)
	}
	c := chunk{typ: u16(b, off), header: int(u16(b, off+2)), off: off}
	size := u32(b, off+4)
	switch {
	case size == 0:
		return c, formatError(off, "chunk 0x%04x has size 0", c.typ)
	case c.header < chunkHeaderSize:
		return c, formatError(off, "chunk 0x%04x has header size %d", c.typ, c.header)
	case uint64(size) < uint64(c.header):
		return c, formatError(off, "chunk 0x%04x has size %d below its header size %d", c.typ, size, c.header)
	case uint64(size) > uint64(end-off):
		return c, formatError(off, "chunk 0x%04x of %d bytes in the last %d bytes", c.typ, size, end-off)
	}
	c.size = int(size)
	return c, nil
}

func u16(b []byte, off int) uint16 { return binary.LittleEndian.Uint16(b[off:]) }
func u32(b []byte, off int) uint32 { return binary.LittleEndian.Uint32(b[off:]) }
