package zipsafe

import (
	"appraise/internal/limits"
	"appraise/inventory"
)

// readDirectory fills Entries with as many central records as the end record counts. Where these take
// more bytes than it states, they are read on to the end record, as browsers do.
func (z *Reader) readDirectory(e *end) error {
	z.EOCDOffset, z.DirectoryOffset, z.Comment = e.offset, e.directory, e.comment
	switch {
	case e.directorySize > limits.ZipDirectory:
		return overLimit(e.offset, "central directory of %d bytes, over the limit of %d", e.directorySize, int64(limits.ZipDirectory))
	case e.entries > limits.ZipEntries:
		return overLimit(e.offset, "%d entries, over the limit of %d", e.entries, limits.ZipEntries)
	}
	room := min(e.recordsEnd-e.directory, limits.ZipDirectory)
	if e.entries > uint64(room)/sizeCentral {
		return malformed(e.offset, "%d entries do not fit the %d bytes between central directory and end record", e.entries, room)
	}
	b := make([]byte, room)
	if err := z.readAt(b, e.directory, "central directory"); err != nil {
		return err
	}
	z.Entries = make([]Entry, 0, e.entries)
	used, err := z.readRecords(b, e, int(e.entries))
	if err != nil {
		return err
	}
	if uint64(used) > e.directorySize {
		z.note(inventory.TraitZipHiddenRecords, "", e.directory,
			"the central directory takes %d bytes, %d are stated; all counted records are read", used, e.directorySize)
	}
	return z.readUncounted(b[used:], e, e.directory+int64(used))
}

// readRecords appends n records and returns how many bytes they take.
func (z *Reader) readRecords(b []byte, e *end, n int) (int, error) {
	used := 0
	for range n {
		entry, size := parseRecord(b[used:])
		if size == 0 {
			return 0, malformed(e.directory+int64(used), "reading central directory: record %d is malformed or cut", len(z.Entries))
		}
		entry.HeaderOffset += e.base
		z.Entries = append(z.Entries, entry)
		used += size
	}
	return used, nil
}

// readUncounted looks at the records that the end record doesn't count. Its count has 16 bits: where
// it is right modulo 65,536, as old tools write it, the records belong to the archive. Otherwise they
// are left out as Android leaves them out, and noted: other readers ignore the count.
func (z *Reader) readUncounted(b []byte, e *end, at int64) error {
	extra := 0
	for rest := b; ; extra++ {
		_, size := parseRecord(rest)
		if size == 0 {
			break
		}
		rest = rest[size:]
	}
	total := len(z.Entries) + extra
	switch {
	case extra == 0:
		return nil
	case total > limits.ZipEntries:
		return overLimit(at, "%d entries, over the limit of %d", total, limits.ZipEntries)
	case !e.zip64 && extra%(1<<16) == 0:
		_, err := z.readRecords(b, e, extra)
		return err
	}
	z.note(inventory.TraitZipHiddenRecords, "", at,
		"%d directory records more than the end record counts; they are not read, as on Android", extra)
	return nil
}

// parseRecord reads the central record at the start of b (APPNOTE.TXT 4.3.12) and its length, 0 where
// there is none.
func parseRecord(b []byte) (Entry, int) {
	if len(b) < sizeCentral || string(b[:4]) != sigCentral {
		return Entry{}, 0
	}
	name, extra, comment := int(le.Uint16(b[28:])), int(le.Uint16(b[30:])), int(le.Uint16(b[32:]))
	size := sizeCentral + name + extra + comment
	if size > len(b) {
		return Entry{}, 0
	}
	e := Entry{
		Name:           string(b[sizeCentral : sizeCentral+name]),
		Flags:          le.Uint16(b[8:]),
		Method:         le.Uint16(b[10:]),
		CRC32:          le.Uint32(b[16:]),
		CompressedSize: uint64(le.Uint32(b[20:])),
		Size:           uint64(le.Uint32(b[24:])),
		HeaderOffset:   int64(le.Uint32(b[42:])),
	}
	if host := b[5]; host == 3 || host == 19 { // Unix, macOS
		e.Mode = le.Uint32(b[38:]) >> 16
	}
	e.takeZip64(b[sizeCentral+name : sizeCentral+name+extra])
	return e, size
}

// takeZip64 takes over the values of the ZIP64 extra field (APPNOTE.TXT 4.5.3) whose 32-bit fields
// say that they stand there. A missing value leaves the 32-bit one, as Android reads it.
func (e *Entry) takeZip64(extra []byte) {
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if n > len(extra)-4 {
			return
		}
		body := extra[4 : 4+n]
		extra = extra[4+n:]
		if id != 1 {
			continue
		}
		next := func(old uint64) uint64 {
			if old != none32 || len(body) < 8 {
				return old
			}
			v := le.Uint64(body)
			body = body[8:]
			return v
		}
		e.Size = next(e.Size)
		e.CompressedSize = next(e.CompressedSize)
		// An offset past any input stays so; a negative one is refused when it is used.
		e.HeaderOffset = int64(next(uint64(e.HeaderOffset)))
		return
	}
}
