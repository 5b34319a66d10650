package arsc

import (
	"sort"

	"appraise/android/axml/res"
)

// typeChunk is one ResTable_type: the entries of one type in one configuration.
type typeChunk struct {
	res.Chunk
	b     []byte
	id    uint8
	flags uint8
	count uint32 // entries; with SPARSE, pairs in the offset table
	start uint32 // of the entries, from the chunk
}

// readType reads a type chunk whose header is at least typeHeaderSize.
func readType(b []byte, c res.Chunk) typeChunk {
	return typeChunk{Chunk: c, b: b, id: b[c.Off+8], flags: b[c.Off+9], count: res.U32(b, c.Off+12), start: res.U32(b, c.Off+16)}
}

// width is the size of one record of the offset table.
func (t typeChunk) width() int {
	if t.flags&typeSparse == 0 && t.flags&typeOffset16 != 0 {
		return 2
	}
	return 4
}

// offset finds where entry i starts, from the first entry; false where this configuration lacks it.
func (t typeChunk) offset(i uint16) (uint32, bool) {
	table := t.Body()
	if t.flags&typeSparse != 0 {
		n := sort.Search(int(t.count), func(n int) bool { return res.U16(t.b, table+4*n) >= i })
		if n == int(t.count) || res.U16(t.b, table+4*n) != i {
			return 0, false
		}
		return 4 * uint32(res.U16(t.b, table+4*n+2)), true
	}
	if uint32(i) >= t.count {
		return 0, false
	}
	if t.flags&typeOffset16 != 0 {
		at := res.U16(t.b, table+2*int(i))
		return 4 * uint32(at), at != 0xffff
	}
	at := res.U32(t.b, table+4*int(i))
	return at, at != noEntry
}

// value reads the simple value of entry i, without its text. ok is false where this configuration lacks
// the entry, where it is a bag, and where it leaves the chunk.
func (t typeChunk) value(i uint16) (v res.Value, ok bool) {
	at, ok := t.offset(i)
	room := uint64(t.Size)
	entry := uint64(t.start) + uint64(at)
	if !ok || entry+entrySize > room {
		return res.Value{}, false
	}
	off := t.Off + int(entry)
	size, flags := res.U16(t.b, off), res.U16(t.b, off+2)
	switch {
	case flags&entryCompact != 0: // the size field holds the key, the key field the value
		return res.NewValue(uint8(flags>>8), res.U32(t.b, off+4)), true
	case flags&entryComplex != 0 || size < entrySize || entry+uint64(size)+valueSize > room:
		return res.Value{}, false
	}
	off += int(size)
	return res.NewValue(t.b[off+3], res.U32(t.b, off+4)), true
}
