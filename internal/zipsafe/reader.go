package zipsafe

import (
	"errors"
	"fmt"
	"io"

	"appraise/internal/limits"
)

// Open reads the directory of the archive in the first size bytes of r and compares it with the
// local headers. It reads no entry's data.
//
// What Android or a browser reads is read; every oddity on the way becomes an anomaly. Where two
// readings are possible, Android's is taken: the last end record whose fields fit, the directory at
// the offset it states, as many records as it counts, the directory's word over the local header's.
// ZIP64 is followed where the end record asks for it.
//
// The error is a *FormatError where the bytes are at fault or a limit was hit (limits.ContainerBytes,
// ZipDirectory, ZipEntries), and wraps r's error otherwise.
func Open(r io.ReaderAt, size int64) (*Reader, error) {
	if size > limits.ContainerBytes {
		return nil, overLimit(0, "archive of %d bytes, over the limit of %d", size, int64(limits.ContainerBytes))
	}
	z := &Reader{r: r, Size: size, noted: map[AnomalyKind]int{}}
	end, err := z.findEnd()
	if err != nil {
		return nil, err
	}
	if err := z.readDirectory(end); err != nil {
		return nil, err
	}
	if err := z.checkNames(); err != nil {
		return nil, err
	}
	spans, err := z.checkLocals(end.directory + int64(end.directorySize))
	if err != nil {
		return nil, err
	}
	if err := z.checkStart(spans); err != nil {
		return nil, err
	}
	z.Gaps = z.findGaps(spans)
	z.checkMarks(end, spans)
	z.tellTheRest()
	return z, nil
}

// OpenDirectory is Open without a look at the local headers, for inputs of which only parts are at hand: the end
// record, the directory, and what is read of entries later. What depends on the local headers is not told: no such
// anomaly, no Gaps.
func OpenDirectory(r io.ReaderAt, size int64) (*Reader, error) {
	if size > limits.ContainerBytes {
		return nil, overLimit(0, "archive of %d bytes, over the limit of %d", size, int64(limits.ContainerBytes))
	}
	z := &Reader{r: r, Size: size, noted: map[AnomalyKind]int{}}
	end, err := z.findEndIn(shortTail)
	if err != nil || end == nil {
		end, err = z.findEnd()
	}
	if err != nil {
		return nil, err
	}
	if err := z.readDirectory(end); err != nil {
		return nil, err
	}
	if err := z.checkNames(); err != nil {
		return nil, err
	}
	z.tellTheRest()
	return z, nil
}

// Lookup finds the first entry of exactly that name.
func (z *Reader) Lookup(name string) (*Entry, bool) {
	i, ok := z.index[name]
	if !ok {
		return nil, false
	}
	return &z.Entries[i], true
}

// Input is what the archive is read from. It serves several goroutines at a time where the io.ReaderAt given to Open does.
func (z *Reader) Input() io.ReaderAt { return z.r }

// readAt fills b from offset; what names it in the error.
func (z *Reader) readAt(b []byte, offset int64, what string) error {
	if offset < 0 || offset > z.Size || int64(len(b)) > z.Size-offset {
		return malformed(offset, "reading %s: %d bytes are not there", what, len(b))
	}
	n, err := z.r.ReadAt(b, offset)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return malformed(offset+int64(n), "reading %s: input ends", what)
	}
	return fmt.Errorf("reading %s at offset %d: %w", what, offset, err)
}

// note records an anomaly. Of each kind limits.ZipAnomalies are told apart; the rest are counted.
func (z *Reader) note(kind AnomalyKind, name string, offset int64, format string, args ...any) {
	z.noted[kind]++
	if z.noted[kind] <= limits.ZipAnomalies {
		z.Anomalies = append(z.Anomalies, Anomaly{Kind: kind, Name: name, Offset: offset, Detail: fmt.Sprintf(format, args...)})
	}
}

// tellTheRest adds the number of anomalies left out to the last one of their kind.
func (z *Reader) tellTheRest() {
	for i := len(z.Anomalies) - 1; i >= 0; i-- {
		a := &z.Anomalies[i]
		if rest := z.noted[a.Kind] - limits.ZipAnomalies; rest > 0 {
			a.Detail += fmt.Sprintf("; %d more of this kind", rest)
			z.noted[a.Kind] = 0
		}
	}
}
