package axml

import "sort"

// typeChunk is one ResTable_type: the entries of one type in one configuration.
type typeChunk struct {
	chunk
	b     []byte
	id    uint8
	flags uint8
	count uint32 // entries; with SPARSE, pairs in the offset table
	start uint32 // of the entries, from the chunk
}

// readType reads a type chunk whose header is at least typeHeaderSize.
func readType(b []byte, c chunk) typeChunk {
	return typeChunk{chunk: c, b: b, id: b[c.off+8], flags: b[c.off+9], count: u32(b, c.off+12), start: u32(b, c.off+16)}
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
	table := t.body()
	if t.flags&typeSparse != 0 {
		n := sort.Search(int(t.count), func(n int) bool { return u16(t.b, table+4*n) >= i })
		if n == int(t.count) || u16(t.b, table+4*n) != i {
			return 0, false
		}
		return 4 * uint32(u16(t.b, table+4*n+2)), true
	}
	if uint32(i) >= t.count {
		return 0, false
	}
	if t.flags&typeOffset16 != 0 {
		at := u16(t.b, table+2*int(i))
		return 4 * uint32(at), at != 0xffff
	}
	at := u32(t.b, table+4*int(i))
	return at, at != noEntry
}

// value reads the simple value of entry i, without its text. ok is false where this configuration lacks
// the entry, where it is a bag, and where it leaves the chunk.
func (t typeChunk) value(i uint16) (v Value, ok bool) {
	at, ok := t.offset(i)
	room := uint64(t.size)
	entry := uint64(t.start) + uint64(at)
	if !ok || entry+entrySize > room {
		return Value{}, false
	}
	off := t.off + int(entry)
	size, flags := u16(t.b, off), u16(t.b, off+2)
	switch {
	case flags&entryCompact != 0: // the size field holds the key, the key field the value
		return newValue(uint8(flags>>8), u32(t.b, off+4)), true
	case flags&entryComplex != 0 || size < entrySize || entry+uint64(size)+valueSize > room:
		return Value{}, false
	}
	off += int(size)
	return newValue(t.b[off+3], u32(t.b, off+4)), true
}
