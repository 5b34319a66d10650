package axml

import (
	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/inventory"
)

// ParseXML reads a binary XML file. What Android's own parser reads is read; at a broken chunk reading
// stops, with what came before kept, Truncated set and a note. The error is an *inventory.FormatError: no root
// element could be read, or a limit was hit; the document is nil then.
func ParseXML(b []byte) (*Document, error) {
	if len(b) > limits.ManifestBytes {
		return nil, res.OverLimit(0, "binary XML of %d bytes, over the limit of %d", len(b), limits.ManifestBytes)
	}
	r := &xmlReader{b: b, doc: &Document{}}
	if err := r.read(); err != nil {
		return nil, err
	}
	return r.doc, nil
}

// xmlReader is the state of one ParseXML.
type xmlReader struct {
	b     []byte
	doc   *Document
	notes res.Notes
	guard xmlGuard

	pool    *res.Pool
	strings []string // decoded by index; "" = not yet
	ids     []byte   // the resource map: 4 bytes for each string index
	nodes   bool     // the first node was met: a pool or map that follows is not used
	open    []openElement

	elements, attrs, text int // counted against the limits
}

type openElement struct {
	*Element
	name, ns uint32
	text     []byte
}

func (r *xmlReader) read() error {
	off, end, err := r.root()
	if err != nil {
		return err
	}
	for off < end {
		c, err := res.ReadChunk(r.b, off, end)
		if err == nil {
			err = r.chunk(c)
		}
		if err != nil && err.Limit {
			return err
		}
		if err != nil {
			r.stop(err)
			break
		}
		off = c.End()
	}
	return r.finish(end)
}

// malformed notes a defect that no compiler writes; the library is not trusted with such a file.
func (r *xmlReader) malformed(off int, format string, args ...any) {
	r.guard.refused = true
	r.notes.Add(inventory.TraitAXMLMalformed, off, format, args...)
}

func (r *xmlReader) stop(err *inventory.FormatError) {
	r.malformed(int(err.Offset), "%s: reading stops there", err.Message)
	r.doc.Truncated = true
}

// root reads the header of the whole file and returns where its first chunk starts and its last one ends.
func (r *xmlReader) root() (start, end int, err error) {
	if len(r.b) < res.ChunkHeaderSize {
		return 0, 0, res.Malformed(0, "%d bytes are no binary XML", len(r.b))
	}
	typ, header, size := res.U16(r.b, 0), int(res.U16(r.b, 2)), res.U32(r.b, 4)
	if typ != resXMLType {
		r.malformed(0, "file starts with chunk type 0x%04x, not 0x%04x", typ, resXMLType)
	}
	start, end = res.ChunkHeaderSize, len(r.b)
	if header != res.ChunkHeaderSize {
		r.malformed(0, "file header of %d bytes, not %d", header, res.ChunkHeaderSize)
		if header > res.ChunkHeaderSize && r.opens(header) {
			start = header
		}
	}
	switch {
	case uint64(size) > uint64(len(r.b)):
		r.malformed(4, "file says %d bytes and has %d", size, len(r.b))
		r.doc.Truncated = true
	case int(size) < start:
		r.malformed(4, "file says %d bytes", size)
	case int(size) < len(r.b):
		end = int(size)
		r.malformed(end, "%d bytes after the end", len(r.b)-end)
	}
	return start, end, nil
}

// opens reports whether a chunk that can open a file starts at off.
func (r *xmlReader) opens(off int) bool {
	c, err := res.ReadChunk(r.b, off, len(r.b))
	return err == nil && (c.Type == res.StringPoolType || c.Type == resXMLResourceMap || c.Type == resXMLStartNamespace)
}

func (r *xmlReader) chunk(c res.Chunk) *inventory.FormatError {
	if !c.Aligned() {
		r.malformed(c.Off, "chunk 0x%04x with sizes %d and %d, which Android refuses", c.Type, c.Header, c.Size)
	}
	switch {
	case c.Type == res.StringPoolType:
		return r.stringPool(c)
	case c.Type == resXMLResourceMap:
		r.resourceMap(c)
		return nil
	case c.Type >= resXMLFirstChunkType && c.Type <= resXMLLastChunkType:
		r.nodes = true
		return r.node(c)
	}
	r.malformed(c.Off, "unknown chunk 0x%04x", c.Type)
	return nil
}

func (r *xmlReader) stringPool(c res.Chunk) *inventory.FormatError {
	p, err := res.ReadPool(r.b, c)
	if err != nil {
		return err
	}
	sum, fit := p.Weigh()
	if sum > limits.AXMLStringBytes {
		return res.OverLimit(c.Off, "strings of %d bytes, over the limit of %d", sum, limits.AXMLStringBytes)
	}
	r.guard.pool(p, sum, fit)
	if p.Oversold() {
		r.malformed(c.Off+8, "string count %d and style count %d with room for %d", p.Declared, p.Styles, p.Room)
	}
	if r.nodes {
		r.malformed(c.Off, "string pool after the first element")
		return nil
	}
	if r.pool != nil {
		r.malformed(c.Off, "second string pool")
	}
	r.pool, r.strings = p, make([]string, p.Count)
	return nil
}

func (r *xmlReader) resourceMap(c res.Chunk) {
	if r.nodes {
		r.malformed(c.Off, "resource map after the first element")
		return
	}
	if r.ids != nil {
		r.malformed(c.Off, "second resource map")
	}
	r.ids = r.b[c.Body():c.End()]
}

// resourceID returns the resource id that the map gives a string index, 0 for none.
func (r *xmlReader) resourceID(index uint32) uint32 {
	if uint64(index) >= uint64(len(r.ids)/4) {
		return 0
	}
	return res.U32(r.ids, 4*int(index))
}

// str returns the string that a field at off refers to, "" for none.
func (r *xmlReader) str(index uint32, off int) (string, *inventory.FormatError) {
	if index == noString {
		return "", nil
	}
	if uint64(index) >= uint64(len(r.strings)) {
		r.malformed(off, "string %d of a pool of %d", index, len(r.strings))
		return "", nil
	}
	if r.strings[index] == "" {
		r.strings[index] = r.decode(index, off)
	}
	text := r.strings[index]
	if r.text += len(text); r.text > limits.AXMLStringBytes {
		return "", res.OverLimit(off, "text over the limit of %d bytes", limits.AXMLStringBytes)
	}
	return text, nil
}

func (r *xmlReader) decode(index uint32, off int) string {
	if index >= r.pool.Declared {
		r.malformed(off, "string %d of a pool that declares %d", index, r.pool.Declared)
	}
	text, defect := r.pool.At(int(index))
	switch defect {
	case res.Outside:
		r.malformed(off, "string %d lies outside its pool", index)
	case res.WrongLength:
		r.malformed(off, "string %q has another length than it declares", short(text))
	case res.Unterminated:
		r.notes.Add(inventory.TraitAXMLUnterminated, off, "string %q has no end mark", short(text))
	}
	return text
}

// finish closes what was left open and checks that there is a document.
func (r *xmlReader) finish(end int) error {
	if r.doc.Root == nil {
		if len(r.notes) > 0 {
			return res.Malformed(int(r.notes[0].Offset), "no element in binary XML: %s", r.notes[0].Detail)
		}
		return res.Malformed(end, "no element in binary XML")
	}
	if len(r.open) > 0 && !r.doc.Truncated { // else it was said why
		r.stop(res.Malformed(end, "element %q has no end", short(r.open[len(r.open)-1].Name)))
	}
	for len(r.open) > 0 {
		r.pop()
	}
	r.doc.Notes = r.notes
	r.doc.Library = r.guard.allows()
	return nil
}

// short cuts artifact text for a note.
func short(s string) string {
	if len(s) > limits.CellRunes {
		return s[:limits.CellRunes]
	}
	return s
}
