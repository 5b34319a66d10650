package axml

import (
	"appraise/internal/limits"
	"appraise/inventory"
)

// Table is an index over a resource table. It keeps the bytes it was made from and decodes a value when
// asked for it. Its methods are for one goroutine at a time; a nil Table holds no resource.
type Table struct {
	Notes []Note
	// Library says that every precondition holds under which androidbinary.NewTableFile stays within
	// bounds on the same bytes. It can still return an error or panic.
	Library bool

	b         []byte
	pool      *pool // of the values; nil where the table has none
	packages  []tablePackage
	looked    int // type chunks looked at by all lookups
	decoded   int // bytes of text given out by all lookups
	exhausted bool
}

// tablePackage is one package of the table.
type tablePackage struct {
	id     uint32
	offset uint32 // what a resource id's type says above the type chunk's id (typeIdOffset)
	types  map[uint8][]int
}

// ParseTable indexes a resource table. Reading stops at a broken chunk, with a note and what came before
// kept. The error is a *FormatError: the bytes are no table, hold nothing readable, or a limit was hit.
func ParseTable(b []byte) (*Table, error) {
	if len(b) > limits.ResourcesBytes {
		return nil, limitError(0, "resource table of %d bytes, over the limit of %d", len(b), limits.ResourcesBytes)
	}
	r := &tableReader{table: &Table{b: b}, b: b}
	if err := r.read(); err != nil {
		return nil, err
	}
	r.table.Notes = r.notes
	r.table.Library = r.guard.allows()
	return r.table, nil
}

// tableReader is the state of one ParseTable.
type tableReader struct {
	b     []byte
	table *Table
	notes noteList
	guard tableGuard
}

func (r *tableReader) malformed(off int, format string, args ...any) {
	r.guard.refused = true
	r.notes.add(inventory.TraitARSCMalformed, off, format, args...)
}

// each calls visit for the chunks in [off, end). A broken chunk ends the walk with a note, a limit with
// an error.
func (r *tableReader) each(off, end int, visit func(chunk) *FormatError) *FormatError {
	for off < end {
		c, err := readChunk(r.b, off, end)
		if err == nil {
			if !c.aligned() {
				r.malformed(off, "chunk 0x%04x with sizes %d and %d, which Android refuses", c.typ, c.header, c.size)
			}
			err = visit(c)
		}
		if err != nil && err.Limit {
			return err
		}
		if err != nil {
			r.malformed(int(err.Offset), "%s: reading stops there", err.Message)
			return nil
		}
		off = c.end()
	}
	return nil
}

func (r *tableReader) read() error {
	if len(r.b) < tableHeaderSize {
		return formatError(0, "%d bytes are no resource table", len(r.b))
	}
	typ, header, size := u16(r.b, 0), int(u16(r.b, 2)), u32(r.b, 4)
	if typ != resTableType || header < tableHeaderSize {
		return formatError(0, "chunk 0x%04x with a header of %d bytes is no resource table", typ, header)
	}
	end := len(r.b)
	switch {
	case uint64(size) > uint64(end) || int(size) < header:
		r.malformed(4, "table says %d bytes and has %d", size, end)
	case int(size) < end:
		r.malformed(int(size), "%d bytes after the end", end-int(size))
		end = int(size)
	}
	if err := r.each(header, end, r.chunk); err != nil {
		return err
	}
	switch declared := u32(r.b, 8); {
	case r.table.pool == nil && len(r.table.packages) == 0 && len(r.notes) > 0:
		return formatError(int(r.notes[0].Offset), "nothing readable in resource table: %s", r.notes[0].Detail)
	case uint64(declared) != uint64(len(r.table.packages)):
		r.malformed(8, "package count %d with %d packages", declared, len(r.table.packages))
	}
	return nil
}

func (r *tableReader) chunk(c chunk) *FormatError {
	switch c.typ {
	case resStringPoolType:
		return r.stringPool(c)
	case resTablePackageType:
		return r.pack(c)
	}
	r.malformed(c.off, "unknown chunk 0x%04x in a table", c.typ)
	return nil
}

// stringPool takes the pool of the values. Android uses the first one.
func (r *tableReader) stringPool(c chunk) *FormatError {
	p, err := readPool(r.b, c)
	if err != nil {
		return err
	}
	r.guard.pool(p)
	if p.oversold() {
		r.malformed(c.off+8, "string count %d and style count %d with room for %d", p.declared, p.styles, p.room)
	}
	if r.table.pool != nil {
		r.malformed(c.off, "second string pool in a table")
		return nil
	}
	r.table.pool = p
	return nil
}

// pack indexes one package (ResTable_package).
func (r *tableReader) pack(c chunk) *FormatError {
	if len(r.table.packages) == limits.ARSCPackages {
		return limitError(c.off, "more than %d packages", limits.ARSCPackages)
	}
	if c.header < packageHeaderSize {
		return formatError(c.off, "package with a header of %d bytes", c.header)
	}
	p := tablePackage{id: u32(r.b, c.off+8), types: map[uint8][]int{}}
	if c.header >= packageHeaderSize+4 {
		p.offset = u32(r.b, c.off+packageHeaderSize)
	}
	if p.id > 0xff {
		r.malformed(c.off+8, "package id 0x%x", p.id)
	}
	r.names(c, c.off+268)
	r.names(c, c.off+276)
	specs := 0
	err := r.each(c.body(), c.end(), func(inner chunk) *FormatError {
		switch {
		case inner.typ == resTableTypeType:
			return r.typeChunk(inner, &p)
		case inner.typ == resTableTypeSpecType:
			if specs++; specs > limits.ARSCTypes {
				return limitError(inner.off, "more than %d type specs in a package", limits.ARSCTypes)
			}
			r.typeSpec(inner)
		case inner.typ != resStringPoolType && inner.typ>>8 != resTablePackageType>>8:
			r.malformed(inner.off, "unknown chunk 0x%04x in a package", inner.typ)
		}
		return nil
	})
	r.table.packages = append(r.table.packages, p)
	return err
}

// names checks the pool of type or key names whose place the field at off tells. This reader doesn't
// use it, the library does.
func (r *tableReader) names(c chunk, off int) {
	at := u32(r.b, off)
	if uint64(at) >= uint64(c.size) {
		r.guard.refused = true
		return
	}
	inner, err := readChunk(r.b, c.off+int(at), c.end())
	if err != nil || inner.typ != resStringPoolType {
		r.guard.refused = true
		return
	}
	p, err := readPool(r.b, inner)
	if err != nil {
		r.guard.refused = true
		return
	}
	r.guard.pool(p)
}

func (r *tableReader) typeSpec(c chunk) {
	if c.header < typeSpecHeaderSize {
		r.malformed(c.off, "type spec with a header of %d bytes", c.header)
		return
	}
	count := u32(r.b, c.off+12)
	if 4*uint64(count) > uint64(c.size-c.header) {
		r.malformed(c.off+12, "%d entries in a type spec of %d bytes", count, c.size)
	}
}

// typeChunk indexes the values of one type in one configuration (ResTable_type).
func (r *tableReader) typeChunk(c chunk, p *tablePackage) *FormatError {
	if c.header < typeHeaderSize {
		return formatError(c.off, "type with a header of %d bytes", c.header)
	}
	t := readType(r.b, c)
	switch {
	case t.id == 0:
		r.malformed(c.off+8, "type id 0")
		return nil
	case uint64(t.count)*uint64(t.width()) > uint64(c.size-c.header):
		r.malformed(c.off+12, "%d entries in a type of %d bytes", t.count, c.size)
		return nil
	case uint64(t.start) > uint64(c.size):
		r.malformed(c.off+16, "entries at %d in a type of %d bytes", t.start, c.size)
		return nil
	case len(p.types[t.id]) == limits.ARSCConfigurations:
		return limitError(c.off, "more than %d configurations of one type", limits.ARSCConfigurations)
	}
	p.types[t.id] = append(p.types[t.id], c.off)
	r.guard.entries(t)
	return nil
}
