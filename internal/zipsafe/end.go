package zipsafe

import (
	"bytes"
	"encoding/binary"
	"slices"

	"appraise/inventory"
)

var le = binary.LittleEndian

// end is the end-of-central-directory record that was chosen, with what it says about the directory.
type end struct {
	offset        int64 // of the record
	recordsEnd    int64 // where the directory should end: at the record or at its ZIP64 form
	entries       uint64
	directory     int64 // where the directory starts
	directorySize uint64
	base          int64 // bytes before the archive that its offsets don't count
	zip64         bool
	comment       []byte

	tail      []byte // the last bytes of the input, where the record can stand
	tailStart int64
}

// findEnd chooses the end record. As in libziparchive and apksig the search runs backwards and the
// comment has to reach the end of the input; where no such record exists, one with bytes after its
// comment is taken, as browsers do. A record counts only where its directory lies before it.
func (z *Reader) findEnd() (*end, error) {
	e, err := z.findEndIn(sizeEOCD + maxComment)
	if err == nil && e == nil {
		err = malformed(z.Size, "no end of central directory that fits: not a ZIP archive")
	}
	return e, err
}

// shortTail is enough of an archive's end for nearly all.
const shortTail = 4096

// findEndIn looks in the last bytes of the input; nil where no record is there.
func (z *Reader) findEndIn(last int64) (*end, error) {
	tail := make([]byte, min(z.Size, last))
	if err := z.readAt(tail, z.Size-int64(len(tail)), "end of archive"); err != nil {
		return nil, err
	}
	var loose *end
	for i := bytes.LastIndex(tail, []byte(sigEOCD)); i >= 0; i = bytes.LastIndex(tail[:i+len(sigEOCD)-1], []byte(sigEOCD)) {
		e, exact := z.parseEnd(tail, i)
		switch {
		case e != nil && exact:
			return e, nil
		case e != nil && loose == nil:
			loose = e
		}
	}
	if last == shortTail {
		return nil, nil // a longer look may find one that fits exactly
	}
	return loose, nil
}

// parseEnd reads the record at tail[i:], nil where its fields don't fit. exact: the comment ends the input.
func (z *Reader) parseEnd(tail []byte, i int) (e *end, exact bool) {
	b := tail[i:]
	if len(b) < sizeEOCD {
		return nil, false
	}
	comment, rest := int(le.Uint16(b[20:])), len(b)-sizeEOCD
	if comment > rest {
		return nil, false
	}
	start := z.Size - int64(len(tail))
	e = &end{
		offset:        start + int64(i),
		recordsEnd:    start + int64(i),
		entries:       uint64(le.Uint16(b[10:])),
		directorySize: uint64(le.Uint32(b[12:])),
		comment:       slices.Clone(b[sizeEOCD : sizeEOCD+comment]),
		tail:          tail,
		tailStart:     start,
	}
	stated := uint64(le.Uint32(b[16:]))
	if e.entries == none16 || e.directorySize == none32 || stated == none32 {
		stated = z.parseEnd64(e, stated)
	}
	if !z.placeDirectory(e, stated) {
		return nil, false
	}
	return e, comment == rest
}

// parseEnd64 takes over what the ZIP64 record says, where the locator before the end record leads to
// one (APPNOTE.TXT 4.3.14, 4.3.15). It returns the stated directory offset.
func (z *Reader) parseEnd64(e *end, stated uint64) uint64 {
	locator := make([]byte, sizeLocator64)
	at := e.offset - sizeLocator64
	if z.readAt(locator, at, "ZIP64 locator") != nil || string(locator[:4]) != sigLocator64 {
		return stated
	}
	record := make([]byte, sizeEOCD64)
	// The second place is right for archives with bytes before them that their offsets don't count.
	for _, place := range []int64{int64(le.Uint64(locator[8:])), at - sizeEOCD64} {
		if place > at-sizeEOCD64 || z.readAt(record, place, "ZIP64 end of central directory") != nil || string(record[:4]) != sigEOCD64 {
			continue
		}
		e.zip64, e.recordsEnd = true, place
		e.entries, e.directorySize = le.Uint64(record[32:]), le.Uint64(record[40:])
		return le.Uint64(record[48:])
	}
	return stated
}

// placeDirectory finds the directory: at the stated offset, or directly before the end record where
// only that place holds a record. It reports whether there is one that fits.
func (z *Reader) placeDirectory(e *end, stated uint64) bool {
	before := uint64(e.recordsEnd)
	if e.directorySize > before {
		return false
	}
	adjacent := before - e.directorySize
	fits := stated <= adjacent
	switch {
	case fits && (e.entries == 0 || z.startsRecord(stated)):
		e.directory = int64(stated)
	case fits && z.startsRecord(adjacent):
		e.directory, e.base = int64(adjacent), int64(adjacent-stated)
	default:
		return false
	}
	return true
}

func (z *Reader) startsRecord(offset uint64) bool {
	var b [4]byte
	return z.readAt(b[:], int64(offset), "central directory") == nil && string(b[:]) == sigCentral
}

// checkMarks notes a second directory, which readers that search backwards from the end record use,
// and other end marks near the end of the archive. A mark inside an entry's data, as a
// stored archive has it, misleads nobody.
func (z *Reader) checkMarks(e *end, spans []span) {
	if adjacent := e.recordsEnd - int64(e.directorySize); adjacent != e.directory && e.entries > 0 && z.startsRecord(uint64(adjacent)) {
		z.note(inventory.TraitZipHiddenRecords, "", adjacent,
			"a second directory stands before the end record; the one at the stated offset %d is read", e.directory)
	}
	for from := 0; ; {
		i := bytes.Index(e.tail[from:], []byte(sigEOCD))
		if i < 0 {
			return
		}
		from += i + 1
		offset := e.tailStart + int64(from-1)
		if offset != e.offset && !covered(spans, offset) {
			z.note(inventory.TraitZipSeveralEOCD, "", offset,
				"another end-of-directory mark; the record at offset %d is used, the last whose fields fit", e.offset)
		}
	}
}
