package arsc

import (
	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/inventory"
)

// Table is an index over a resource table. It keeps the bytes it was made from and decodes a value when
// asked for it. Its methods are for one goroutine at a time; a nil Table holds no resource.
type Table struct {
	Notes []res.Note
	// Library says that every precondition holds under which androidbinary.NewTableFile stays within
	// bounds on the same bytes. It can still return an error or panic.
	Library bool

	b         []byte
	pool      *res.Pool // of the values; nil where the table has none
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

// Parse indexes a resource table. Reading stops at a broken chunk, with a note and what came before
// kept. The error is an *inventory.FormatError: the bytes are no table, hold nothing readable, or a limit was hit.
func Parse(b []byte) (*Table, error) {
	if len(b) > limits.ResourcesBytes {
		return nil, res.OverLimit(0, "resource table of %d bytes, over the limit of %d", len(b), limits.ResourcesBytes)
	}
	r := &tableReader{table: &Table{b: b}, b: b}
	if err := r.read(); err != nil {
		return nil, err
	}
	r.table.Notes = r.notes
	r.table.Library = r.guard.allows()
	return r.table, nil
}

// tableReader is the state of one Parse.
type tableReader struct {
	b     []byte
	table *Table
	notes res.Notes
	guard tableGuard
}

func (r *tableReader) malformed(off int, format string, args ...any) {
	r.guard.refused = true
	r.notes.Add(inventory.TraitARSCMalformed, off, format, args...)
}

// each calls visit for the chunks in [off, end). A broken chunk ends the walk with a note, a limit with
// an error.
func (r *tableReader) each(off, end int, visit func(res.Chunk) *inventory.FormatError) *inventory.FormatError {
	for off < end {
		c, err := res.ReadChunk(r.b, off, end)
		if err == nil {
			if !c.Aligned() {
				r.malformed(off, "chunk 0x%04x with sizes %d and %d, which Android refuses", c.Type, c.Header, c.Size)
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
		off = c.End()
	}
	return nil
}

func (r *tableReader) read() error {
	if len(r.b) < tableHeaderSize {
		return res.Malformed(0, "%d bytes are no resource table", len(r.b))
	}
	typ, header, size := res.U16(r.b, 0), int(res.U16(r.b, 2)), res.U32(r.b, 4)
	if typ != resTableType || header < tableHeaderSize {
		return res.Malformed(0, "chunk 0x%04x with a header of %d bytes is no resource table", typ, header)
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
	switch declared := res.U32(r.b, 8); {
	case r.table.pool == nil && len(r.table.packages) == 0 && len(r.notes) > 0:
		return res.Malformed(int(r.notes[0].Offset), "nothing readable in resource table: %s", r.notes[0].Detail)
	case uint64(declared) != uint64(len(r.table.packages)):
		r.malformed(8, "package count %d with %d packages", declared, len(r.table.packages))
	}
	return nil
}

func (r *tableReader) chunk(c res.Chunk) *inventory.FormatError {
	switch c.Type {
	case res.StringPoolType:
		return r.stringPool(c)
	case resTablePackageType:
		return r.pack(c)
	}
	r.malformed(c.Off, "unknown chunk 0x%04x in a table", c.Type)
	return nil
}

// stringPool takes the pool of the values. Android uses the first one.
func (r *tableReader) stringPool(c res.Chunk) *inventory.FormatError {
	p, err := res.ReadPool(r.b, c)
	if err != nil {
		return err
	}
	r.guard.pool(p)
	if p.Oversold() {
		r.malformed(c.Off+8, "string count %d and style count %d with room for %d", p.Declared, p.Styles, p.Room)
	}
	if r.table.pool != nil {
		r.malformed(c.Off, "second string pool in a table")
		return nil
	}
	r.table.pool = p
	return nil
}

// pack indexes one package (ResTable_package).
func (r *tableReader) pack(c res.Chunk) *inventory.FormatError {
	if len(r.table.packages) == limits.ARSCPackages {
		return res.OverLimit(c.Off, "more than %d packages", limits.ARSCPackages)
	}
	if c.Header < packageHeaderSize {
		return res.Malformed(c.Off, "package with a header of %d bytes", c.Header)
	}
	p := tablePackage{id: res.U32(r.b, c.Off+8), types: map[uint8][]int{}}
	if c.Header >= packageHeaderSize+4 {
		p.offset = res.U32(r.b, c.Off+packageHeaderSize)
	}
	if p.id > 0xff {
		r.malformed(c.Off+8, "package id 0x%x", p.id)
	}
	r.names(c, c.Off+268)
	r.names(c, c.Off+276)
	specs := 0
	err := r.each(c.Body(), c.End(), func(inner res.Chunk) *inventory.FormatError {
		switch {
		case inner.Type == resTableTypeType:
			return r.typeChunk(inner, &p)
		case inner.Type == resTableTypeSpecType:
			if specs++; specs > limits.ARSCTypes {
				return res.OverLimit(inner.Off, "more than %d type specs in a package", limits.ARSCTypes)
			}
			r.typeSpec(inner)
		case inner.Type != res.StringPoolType && inner.Type>>8 != resTablePackageType>>8:
			r.malformed(inner.Off, "unknown chunk 0x%04x in a package", inner.Type)
		}
		return nil
	})
	r.table.packages = append(r.table.packages, p)
	return err
}

// names checks the pool of type or key names whose place the field at off tells. This reader doesn't
// use it, the library does.
func (r *tableReader) names(c res.Chunk, off int) {
	at := res.U32(r.b, off)
	if uint64(at) >= uint64(c.Size) {
		r.guard.refused = true
		return
	}
	inner, err := res.ReadChunk(r.b, c.Off+int(at), c.End())
	if err != nil || inner.Type != res.StringPoolType {
		r.guard.refused = true
		return
	}
	p, err := res.ReadPool(r.b, inner)
	if err != nil {
		r.guard.refused = true
		return
	}
	r.guard.pool(p)
}

func (r *tableReader) typeSpec(c res.Chunk) {
	if c.Header < typeSpecHeaderSize {
		r.malformed(c.Off, "type spec with a header of %d bytes", c.Header)
		return
	}
	count := res.U32(r.b, c.Off+12)
	if 4*uint64(count) > uint64(c.Size-c.Header) {
		r.malformed(c.Off+12, "%d entries in a type spec of %d bytes", count, c.Size)
	}
}

// typeChunk indexes the values of one type in one configuration (ResTable_type).
func (r *tableReader) typeChunk(c res.Chunk, p *tablePackage) *inventory.FormatError {
	if c.Header < typeHeaderSize {
		return res.Malformed(c.Off, "type with a header of %d bytes", c.Header)
	}
	t := readType(r.b, c)
	switch {
	case t.id == 0:
		r.malformed(c.Off+8, "type id 0")
		return nil
	case uint64(t.count)*uint64(t.width()) > uint64(c.Size-c.Header):
		r.malformed(c.Off+12, "%d entries in a type of %d bytes", t.count, c.Size)
		return nil
	case uint64(t.start) > uint64(c.Size):
		r.malformed(c.Off+16, "entries at %d in a type of %d bytes", t.start, c.Size)
		return nil
	case len(p.types[t.id]) == limits.ARSCConfigurations:
		return res.OverLimit(c.Off, "more than %d configurations of one type", limits.ARSCConfigurations)
	}
	p.types[t.id] = append(p.types[t.id], c.Off)
	r.guard.entries(t)
	return nil
}
