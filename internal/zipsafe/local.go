package zipsafe

import (
	"cmp"
	"errors"
	"slices"
	"sort"

	"appraise/inventory"
)

// span is the part of the input that an entry takes: local header and data.
type span struct {
	entry      *Entry
	start, end int64
}

// local is a local file header.
type local struct {
	sameName                   bool   // as the directory names the entry
	name                       string // where the names differ: the local one, or its start
	flags, method              uint16
	crc, compressed, size      uint32
	nameLen, extraLen, dataOff int64 // dataOff counts from the header's start
}

func parseLocal(b []byte) (local, bool) {
	if string(b[:4]) != sigLocal {
		return local{}, false
	}
	l := local{
		flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]),
		crc: le.Uint32(b[14:]), compressed: le.Uint32(b[18:]), size: le.Uint32(b[22:]),
		nameLen: int64(le.Uint16(b[26:])), extraLen: int64(le.Uint16(b[28:])),
	}
	l.dataOff = sizeLocal + l.nameLen + l.extraLen
	return l, true
}

// checkLocals compares every local header with its directory record and looks for overlaps. It
// returns the spans of the entries that have a local header, by start. dirEnd is where the directory ends.
func (z *Reader) checkLocals(dirEnd int64) ([]span, error) {
	order := make([]*Entry, len(z.Entries))
	for i := range z.Entries {
		order[i] = &z.Entries[i]
	}
	slices.SortStableFunc(order, func(a, b *Entry) int { return cmp.Compare(a.HeaderOffset, b.HeaderOffset) })
	w := &window{z: z}
	spans := make([]span, 0, len(order))
	for _, e := range order {
		l, err := w.local(e)
		var format *FormatError
		if errors.As(err, &format) {
			z.note(inventory.TraitZipLocalMismatch, e.Name, e.HeaderOffset, "%s has no local header where the directory says; its data can't be read", quoted(e.Name))
			continue
		}
		if err != nil {
			return nil, err
		}
		z.compare(e, l)
		spans = append(spans, span{entry: e, start: e.HeaderOffset, end: e.HeaderOffset + l.dataOff + e.extent(z.Size)})
	}
	z.checkOverlaps(spans, dirEnd)
	return spans, nil
}

// extent is how many bytes the data of the entry take, at most limit. Of a stored entry Android reads
// the declared size.
func (e *Entry) extent(limit int64) int64 {
	n := e.CompressedSize
	if e.Method == Store {
		n = max(n, e.Size)
	}
	return int64(min(n, uint64(limit)))
}

// compare notes where the local header differs from the directory. Whether a data descriptor follows
// is left out: honest tools disagree with themselves there (libziparchive says so too).
func (z *Reader) compare(e *Entry, l local) {
	const telling = flagEncrypted | flagStrongEncrypted | flagUTF8 | flagMaskedHeader
	note := func(what string, localValue, centralValue any) {
		z.note(inventory.TraitZipLocalMismatch, e.Name, e.HeaderOffset,
			"local header of %s says %s %v, the directory %v; the directory is used", quoted(e.Name), what, localValue, centralValue)
	}
	if !l.sameName {
		z.note(inventory.TraitZipLocalMismatch, e.Name, e.HeaderOffset,
			"local header names %s (%d bytes), the directory %s; the directory is used", quoted(l.name), l.nameLen, quoted(e.Name))
	}
	if l.method != e.Method {
		note("method", l.method, e.Method)
	}
	if (l.flags^e.Flags)&telling != 0 {
		note("flags", l.flags, e.Flags)
	}
	if (l.flags|e.Flags)&flagDataDescriptor == 0 {
		z.compareSizes(e, l, note)
	}
}

// compareSizes leaves out sizes that stand in a ZIP64 extra field.
func (z *Reader) compareSizes(e *Entry, l local, note func(string, any, any)) {
	if l.compressed != none32 && uint64(l.compressed) != e.CompressedSize {
		note("packed size", l.compressed, e.CompressedSize)
	}
	if l.size != none32 && uint64(l.size) != e.Size {
		note("size", l.size, e.Size)
	}
}

// checkOverlaps notes entries that share bytes with another one or with the directory.
func (z *Reader) checkOverlaps(spans []span, dirEnd int64) {
	var last span // of those so far, the one that reaches farthest
	for _, s := range spans {
		switch {
		case last.entry != nil && s.start < last.end:
			z.note(inventory.TraitZipOverlap, s.entry.Name, s.start, "%s starts within %s, which ends at offset %d; each is read by its own directory record",
				quoted(s.entry.Name), quoted(last.entry.Name), last.end)
		case s.start < dirEnd && s.end > z.DirectoryOffset:
			z.note(inventory.TraitZipOverlap, s.entry.Name, s.start, "data of %s reach into the central directory", quoted(s.entry.Name))
		}
		if last.entry == nil || s.end > last.end {
			last = s
		}
	}
}

// covered reports whether offset lies inside the last span that starts at or before it.
func covered(spans []span, offset int64) bool {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].start > offset })
	return i > 0 && offset < spans[i-1].end
}

// checkStart notes bytes before the first entry, a DEX header among them by its own name.
func (z *Reader) checkStart(spans []span) error {
	if len(spans) == 0 {
		return nil
	}
	w := &window{z: z}
	first := min(spans[0].start, z.DirectoryOffset)
	start, err := w.bytes(0, min(first, 4))
	if err != nil {
		return err
	}
	if string(start) == "dex\n" {
		z.note(inventory.TraitZipDexPrefix, "", 0, "%d bytes before the first entry, with the mark of a DEX file", first)
		return nil
	}
	padding, err := w.skipPadding(0, first)
	if err == nil && padding < first {
		z.note(inventory.TraitZipPrefix, "", padding, "%d bytes before the first entry", first-padding)
	}
	return err
}

// window reads local headers that stand close together with one call.
type window struct {
	z     *Reader
	buf   []byte
	start int64
}

// windowSize is one page: entries are either small, and share it, or far apart.
const windowSize = 4096

// local reads the local header of e. Of a name of another length than the directory's it reads no
// more than the directory's has: the lengths alone tell them apart.
func (w *window) local(e *Entry) (local, error) {
	b, err := w.bytes(e.HeaderOffset, sizeLocal)
	if err != nil {
		return local{}, err
	}
	l, ok := parseLocal(b)
	if !ok {
		return local{}, malformed(e.HeaderOffset, "no local header")
	}
	name, err := w.bytes(e.HeaderOffset+sizeLocal, min(l.nameLen, int64(len(e.Name))))
	if err != nil {
		return local{}, err
	}
	l.sameName = l.nameLen == int64(len(e.Name)) && string(name) == e.Name
	if !l.sameName {
		l.name = string(name)
	}
	return l, nil
}

// bytes returns n bytes from offset, valid until the next call.
func (w *window) bytes(offset, n int64) ([]byte, error) {
	if from := offset - w.start; from < 0 || from > int64(len(w.buf))-n {
		if err := w.fill(offset, n); err != nil {
			return nil, err
		}
	}
	return w.buf[offset-w.start:][:n], nil
}

func (w *window) fill(offset, n int64) error {
	if offset < 0 || offset > w.z.Size || n > w.z.Size-offset {
		return malformed(offset, "local header lies outside the input")
	}
	size := min(max(n, windowSize), w.z.Size-offset)
	w.buf = slices.Grow(w.buf[:0], int(size))[:size]
	w.start = offset
	if err := w.z.readAt(w.buf, offset, "local header"); err != nil {
		w.buf = w.buf[:0]
		return err
	}
	return nil
}

// skipPadding returns where the padding from offset at ends, at most at limit. Android's
// build tools fill gaps with local headers that have neither name nor data ("virtual entries" of
// zipflinger), only extra bytes.
func (w *window) skipPadding(at, limit int64) (int64, error) {
	for limit-at >= sizeLocal {
		b, err := w.bytes(at, sizeLocal)
		if err != nil {
			return at, err
		}
		l, ok := parseLocal(b)
		if !ok || l.nameLen != 0 || l.compressed != 0 || l.size != 0 || at+l.dataOff > limit {
			break
		}
		at += l.dataOff
	}
	return at, nil
}
