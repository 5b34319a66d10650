package zipsafe

import "appraise/internal/limits"

// Sizes of a data descriptor (APPNOTE.TXT 4.3.9): with or without mark, and with 8-byte sizes in ZIP64.
var descriptorSizes = map[int64]bool{12: true, 16: true, 20: true, 24: true}

// findGaps looks for bytes between the entries.
func (z *Reader) findGaps(spans []span) []Gap {
	var gaps []Gap
	w := &window{z: z}
	at, last := int64(0), (*Entry)(nil)
	add := func(end int64) {
		if end <= at || len(gaps) == limits.ZipAnomalies {
			return
		}
		descriptor := last != nil && last.Flags&flagDataDescriptor != 0 && descriptorSizes[end-at]
		if start := w.afterPadding(at, end); start < end && !descriptor {
			gaps = append(gaps, Gap{start, end})
		}
	}
	for _, s := range spans {
		if s.start >= z.DirectoryOffset {
			break
		}
		add(s.start)
		if s.end > at {
			at, last = s.end, s.entry
		}
	}
	add(z.DirectoryOffset)
	return gaps
}

// afterPadding returns where padding between entries ends; where it can't be read there is none.
func (w *window) afterPadding(start, end int64) int64 {
	at, err := w.skipPadding(start, end)
	if err != nil {
		return start
	}
	return at
}
