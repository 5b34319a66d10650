package plistsafe

import (
	"encoding/binary"
	"unicode/utf16"

	"appraise/internal/limits"
)

// The binary form, as CFBinaryPList.c in apple/swift-corelibs-foundation describes it. All integers are big-endian.
const (
	magic       = "bplist"
	version     = "00"
	headerSize  = 8
	trailerSize = 32
)

// Object markers: the high nibble of an object's first byte.
const (
	markerSimple  = 0x0
	markerInt     = 0x1
	markerReal    = 0x2
	markerDate    = 0x3
	markerData    = 0x4
	markerASCII   = 0x5
	markerUnicode = 0x6
	markerUID     = 0x8
	markerArray   = 0xA
	markerSet     = 0xC
	markerDict    = 0xD
)

// object is one object's place and size, read without its contents.
type object struct {
	marker byte
	start  int64 // of the payload or the reference table
	end    int64
	count  int64 // elements, pairs, bytes or UTF-16 units
}

// frame is one container that is being added up.
type frame struct {
	id    uint64
	refs  int64 // offset of the next reference
	left  int64 // references to come
	nodes int
	bytes int64
}

// binaryGuard adds up what the list expands to without expanding it: every object is visited once and
// its sums are kept, so the work is bounded by the references in the file.
type binaryGuard struct {
	b       []byte
	kind    Kind
	offSize int64
	refSize int64
	objects uint64
	top     uint64
	table   int64

	state   []uint8 // white, grey, black
	nodes   []int32
	bytes   []int32
	stack   []frame
	refs    int64             // references seen, each once
	keyText int64             // bytes of keys compared
	strings map[uint64]string // decoded keys by object

	doc     *Doc
	patches []patch
}

const (
	white = iota
	grey  // in progress: meeting it again is a cycle
	black
)

// guardBinary checks the whole list and returns it as the library can read it.
func guardBinary(b []byte, k Kind) ([]byte, *Doc, error) {
	g := &binaryGuard{b: b, kind: k, strings: map[uint64]string{}, doc: &Doc{Binary: true}}
	if err := g.trailer(); err != nil {
		return nil, nil, err
	}
	if err := g.walk(); err != nil {
		return nil, nil, err
	}
	text, err := g.applyPatches()
	if err != nil {
		return nil, nil, err
	}
	if end := g.table + int64(g.objects)*g.offSize; end < int64(len(b))-trailerSize {
		g.doc.TrailingOffset = end
		text = append(text[:end:end], text[len(text)-trailerSize:]...)
	}
	return text, g.doc, nil
}

func (g *binaryGuard) trailer() error {
	size := int64(len(g.b))
	if size < headerSize+trailerSize {
		return malformed(size, "binary property list of %d bytes is too short", size)
	}
	if v := string(g.b[len(magic):headerSize]); v != version {
		return malformed(int64(len(magic)), "binary property list of version %q; only %q is read", v, version)
	}
	at := size - trailerSize
	t := g.b[at:]
	g.offSize, g.refSize = int64(t[6]), int64(t[7])
	objects, top, table := binary.BigEndian.Uint64(t[8:]), binary.BigEndian.Uint64(t[16:]), binary.BigEndian.Uint64(t[24:])
	switch {
	case g.offSize < 1 || g.offSize > 8 || g.refSize < 1 || g.refSize > 8:
		return malformed(at+6, "binary property list with integers of %d and %d bytes", g.offSize, g.refSize)
	case g.refSize == 8:
		return malformed(at+7, "binary property list with references of 8 bytes, which this version does not read")
	case objects == 0 || top >= objects:
		return malformed(at+8, "top object %d of %d", top, objects)
	case objects > uint64(g.kind.Nodes):
		return tooManyNodes(at+8, g.kind)
	case table <= headerSize || table > uint64(at):
		return malformed(at+24, "offset table at %d, outside the property list", table)
	case int64(objects)*g.offSize > at-int64(table):
		return malformed(at+8, "offset table of %d objects reaches into the trailer", objects)
	}
	g.objects, g.top, g.table = objects, top, int64(table)
	return g.offsets()
}

// offsets checks every entry of the offset table, also of objects that nothing refers to, as Apple's reader does.
func (g *binaryGuard) offsets() error {
	for id := range g.objects {
		at := g.table + int64(id)*g.offSize
		if off := g.uint(at, g.offSize); off < headerSize || off >= uint64(g.table) {
			return malformed(at, "object %d at offset %d, outside the objects", id, off)
		}
	}
	return nil
}

func (g *binaryGuard) uint(at, size int64) uint64 {
	var v uint64
	for _, c := range g.b[at : at+size] {
		v = v<<8 | uint64(c)
	}
	return v
}

func (g *binaryGuard) offset(id uint64) int64 {
	return int64(g.uint(g.table+int64(id)*g.offSize, g.offSize))
}

// object reads an object's marker and length and checks that its payload ends before the offset table.
func (g *binaryGuard) object(at int64) (object, error) {
	low := int64(g.b[at] & 0xF)
	o := object{marker: g.b[at] >> 4, start: at + 1, count: low}
	unit := int64(1)
	switch o.marker {
	case markerSimple:
		if low != 8 && low != 9 {
			return o, malformed(at, "object of unknown kind 0x%02x", g.b[at])
		}
		o.count = 0
	case markerInt, markerReal, markerDate:
		if low > 4 || o.marker == markerReal && low != 2 && low != 3 || o.marker == markerDate && low != 3 {
			return o, malformed(at, "number of unknown size 0x%02x", g.b[at])
		}
		o.count = 1 << low
	case markerUID:
		o.count = low + 1
	case markerData, markerASCII, markerUnicode, markerArray, markerDict:
		if err := g.length(&o, at); err != nil {
			return o, err
		}
		unit = g.unit(o.marker)
	case markerSet:
		return o, malformed(at, "set in a property list, which this version does not read")
	default:
		return o, malformed(at, "object of unknown kind 0x%02x", g.b[at])
	}
	if o.count > (g.table-o.start)/unit {
		return o, malformed(at, "object with %d elements reaches past the objects", o.count)
	}
	o.end = o.start + o.count*unit
	return o, nil
}

// unit returns the bytes per element.
func (g *binaryGuard) unit(marker byte) int64 {
	switch marker {
	case markerUnicode:
		return 2
	case markerArray:
		return g.refSize
	case markerDict:
		return 2 * g.refSize
	}
	return 1
}

// length reads the integer that follows a length nibble of 15.
func (g *binaryGuard) length(o *object, at int64) error {
	if o.count != 0xF {
		return nil
	}
	if o.start >= g.table || g.b[o.start]>>4 != markerInt || g.b[o.start]&0xF > 3 {
		return malformed(at, "object without a length")
	}
	size := int64(1) << (g.b[o.start] & 0xF)
	if size > g.table-o.start-1 {
		return malformed(at, "length reaches past the objects")
	}
	n := g.uint(o.start+1, size)
	if n > uint64(g.table) {
		return malformed(at, "object with %d elements reaches past the objects", n)
	}
	o.start, o.count = o.start+1+size, int64(n)
	return nil
}

func (g *binaryGuard) walk() error {
	g.state = make([]uint8, g.objects)
	g.nodes = make([]int32, g.objects)
	g.bytes = make([]int32, g.objects)
	if at := g.offset(g.top); g.b[at]>>4 != markerDict {
		return malformed(at, "root of the property list is no dictionary")
	}
	if err := g.visit(g.top); err != nil {
		return err
	}
	for len(g.stack) > 0 {
		f := &g.stack[len(g.stack)-1]
		if f.left == 0 {
			done := *f
			g.stack = g.stack[:len(g.stack)-1]
			g.state[done.id], g.nodes[done.id], g.bytes[done.id] = black, int32(done.nodes), int32(done.bytes)
			if err := g.add(done.id); err != nil {
				return err
			}
			continue
		}
		id := g.uint(f.refs, g.refSize)
		at := f.refs
		f.refs += g.refSize
		f.left--
		if id >= g.objects {
			return malformed(at, "reference to object %d of %d", id, g.objects)
		}
		if err := g.follow(id, at); err != nil {
			return err
		}
	}
	return nil
}

func (g *binaryGuard) follow(id uint64, at int64) error {
	switch g.state[id] {
	case grey:
		return malformed(at, "object %d contains itself", id)
	case black:
		return g.add(id)
	}
	return g.visit(id)
}

// add puts a finished object's sums on the container that refers to it. Both stay under limits that fit an int32.
func (g *binaryGuard) add(id uint64) error {
	if len(g.stack) == 0 {
		return nil
	}
	f := &g.stack[len(g.stack)-1]
	f.nodes += int(g.nodes[id])
	f.bytes += int64(g.bytes[id])
	if f.nodes > g.kind.Nodes {
		return tooManyNodes(g.offset(f.id), g.kind)
	}
	if f.bytes > limits.PlistTextBytes {
		return tooMuchText(g.offset(f.id))
	}
	return nil
}

// visit looks at an object for the first time: a leaf is finished at once, a container goes on the stack.
func (g *binaryGuard) visit(id uint64) error {
	at := g.offset(id)
	o, err := g.object(at)
	if err != nil {
		return err
	}
	if o.marker != markerArray && o.marker != markerDict {
		g.state[id], g.nodes[id] = black, 1
		if o.marker == markerData || o.marker == markerASCII || o.marker == markerUnicode {
			g.bytes[id] = int32(min(o.end-o.start, limits.PlistTextBytes+1))
		}
		return g.add(id)
	}
	if len(g.stack) == limits.PlistDepth {
		return tooDeep(at)
	}
	refs := o.count
	if o.marker == markerDict {
		refs *= 2
	}
	if g.refs += refs; g.refs > int64(g.kind.Nodes) {
		return tooManyNodes(at, g.kind)
	}
	if o.marker == markerDict {
		if err := g.keys(at, o); err != nil {
			return err
		}
	}
	g.state[id] = grey
	g.stack = append(g.stack, frame{id: id, refs: o.start, left: refs, nodes: 1})
	return nil
}

// keys checks that a dictionary's keys are strings and notes those given twice, after decoding: a key
// in UTF-16 equals the same key in ASCII.
func (g *binaryGuard) keys(at int64, dict object) error {
	first := make(map[string]int64, min(dict.count, 64))
	for i := range dict.count {
		key, err := g.key(dict.start + i*g.refSize)
		if err != nil {
			return err
		}
		if j, seen := first[key]; seen {
			values := dict.start + dict.count*g.refSize
			p := patch{owner: at, to: values + i*g.refSize, from: values + j*g.refSize}
			g.patches = append(g.patches, p)
			g.doc.Duplicates = append(g.doc.Duplicates, Duplicate{key, p.to})
			continue
		}
		first[key] = i
	}
	return nil
}

func (g *binaryGuard) key(ref int64) (string, error) {
	id := g.uint(ref, g.refSize)
	if id >= g.objects {
		return "", malformed(ref, "reference to object %d of %d", id, g.objects)
	}
	o, err := g.object(g.offset(id))
	if err != nil {
		return "", err
	}
	if g.keyText += o.end - o.start; g.keyText > limits.PlistTextBytes {
		return "", tooMuchText(ref)
	}
	key, seen := g.strings[id]
	if !seen {
		if key, err = g.text(o, ref); err != nil {
			return "", err
		}
		g.strings[id] = key
	}
	return key, nil
}

func (g *binaryGuard) text(o object, ref int64) (string, error) {
	switch o.marker {
	case markerASCII:
		return string(g.b[o.start:o.end]), nil
	case markerUnicode:
		units := make([]uint16, o.count)
		for i := range units {
			units[i] = binary.BigEndian.Uint16(g.b[o.start+int64(2*i):])
		}
		return string(utf16.Decode(units)), nil
	}
	return "", malformed(ref, "dictionary key that is no string")
}
