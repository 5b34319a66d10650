package device

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"appraise/android/apksig/sigblock"
	"appraise/android/capture"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// Range is a part of a file.
type Range struct{ Offset, Length int64 }

// Want says what of an APK is to be read.
type Want uint8

// What can be wanted; the values add up.
const (
	// Signer is the start, the end record, the central directory, the signing block, the manifest, and of an APK
	// without a v2 or newer signature the files of its v1 signature.
	Signer Want = 0
	Label  Want = 1 // and the resource table
	V1     Want = 2 // and the files of the v1 signature in any case: what phones before Android 7 go by
)

// LabelNotRead starts the Reason of an APK of which all but the label was read.
const LabelNotRead = "label not read"

// Sizes of what is read before it is known what is needed.
const (
	blockAlign = 512  // ranges start and end at multiples of it: old versions of dd know whole blocks alone
	headBytes  = 512  // whether it starts as an archive does
	tailBytes  = 4096 // most end records have no comment
	blockGuess = 4608 // before the central directory; most signing blocks take 4 KiB
	endRecord  = 22   // APPNOTE.TXT 4.3.16, without a comment
	maxRounds  = 12   // a file that still lacks something then is given up
)

// Next tells which ranges of an APK, of which a.Size is known, have to be read next, and nil once all that is wanted
// is there. It looks at a.Parts alone: the readers that will read the APK later are run over the parts, and what they
// miss is what is needed. The error tells why the rest can't be read: no archive, or one that needs more than
// limits.RangeAPK.
func Next(a *capture.APK, want Want) ([]Range, error) {
	p := plan{apk: a}
	return p.next(want)
}

// plan is Next with a memory of what was found in an APK.
type plan struct {
	apk      *capture.APK
	opened   bool
	manifest *zipsafe.Entry
	table    *zipsafe.Entry   // resources.arsc
	v1       []*zipsafe.Entry // files of a JAR signature
	blockOK  bool
	onlyV1   bool
	rounds   int
}

func (p *plan) next(want Want) ([]Range, error) {
	ranges, err := p.wanted(want)
	if err != nil {
		return nil, err
	}
	ranges = p.missing(ranges)
	if len(ranges) == 0 {
		return nil, nil
	}
	total := int64(0)
	for _, part := range p.apk.Parts {
		total += int64(len(part.Data))
	}
	for _, r := range ranges {
		total += r.Length
	}
	if p.rounds++; p.rounds > maxRounds {
		return nil, errors.New("it asks for ever more parts to be read")
	}
	if total > limits.RangeAPK {
		return nil, &inventory.FormatError{Offset: ranges[0].Offset, Limit: true,
			Message: fmt.Sprintf("%d bytes would have to be read of it, over the limit of %d", total, int64(limits.RangeAPK))}
	}
	return ranges, nil
}

// wanted lists the ranges that are known to be needed, there or not. It is empty only when all is known and there.
func (p *plan) wanted(want Want) ([]Range, error) {
	a := p.apk
	if a.Size <= 0 || a.Size > limits.APKBytes {
		return nil, fmt.Errorf("a size of %d bytes", a.Size)
	}
	if !p.there(0, 4) || !p.there(a.Size-endRecord, endRecord) {
		return []Range{{0, headBytes}, {a.Size - tailBytes, tailBytes}}, nil
	}
	if !p.opened {
		if ranges, err := p.open(); ranges != nil || err != nil {
			return ranges, err
		}
	}
	if !p.blockOK {
		if ranges, err := p.block(); ranges != nil || err != nil {
			return ranges, err
		}
	}
	entries := []*zipsafe.Entry{p.manifest}
	if p.onlyV1 || want&V1 != 0 {
		entries = append(entries, p.v1...)
	}
	if want&Label != 0 {
		entries = append(entries, p.table)
	}
	var out []Range
	for _, e := range entries {
		if e != nil {
			out = append(out, p.entry(e))
		}
	}
	return out, nil
}

// open reads the directory and keeps the entries of interest.
func (p *plan) open() ([]Range, error) {
	if guess := p.missing(directoryGuess(p.apk)); len(guess) > 0 {
		return guess, nil
	}
	probe := &probe{apk: p.apk}
	z, err := zipsafe.OpenDirectory(probe, p.apk.Size)
	if probe.missed != nil {
		return []Range{*probe.missed}, nil
	}
	if err != nil {
		return nil, err
	}
	p.opened = true
	p.manifest, _ = z.Lookup("AndroidManifest.xml")
	p.table, _ = z.Lookup("resources.arsc")
	for i := range z.Entries {
		if isV1(z.Entries[i].Name) {
			p.v1 = append(p.v1, &z.Entries[i])
		}
	}
	p.manifest, p.table = copyOf(p.manifest), copyOf(p.table)
	for i, e := range p.v1 {
		p.v1[i] = copyOf(e)
	}
	return nil, nil
}

// copyOf keeps an entry without the archive's whole list.
func copyOf(e *zipsafe.Entry) *zipsafe.Entry {
	if e == nil {
		return nil
	}
	c := *e
	c.Name = strings.Clone(e.Name)
	return &c
}

// isV1 reports whether an entry belongs to a JAR signature.
func isV1(name string) bool {
	rest, ok := strings.CutPrefix(name, "META-INF/")
	if !ok || strings.Contains(rest, "/") {
		return false
	}
	for _, end := range []string{".SF", ".RSA", ".DSA", ".EC"} {
		if strings.HasSuffix(strings.ToUpper(rest), end) {
			return true
		}
	}
	return rest == "MANIFEST.MF"
}

// block reads the signing block.
func (p *plan) block() ([]Range, error) {
	probe := &probe{apk: p.apk}
	f, err := sigblock.Open(probe, p.apk.Size)
	if probe.missed != nil {
		// The block ends where the directory starts and is read whole.
		r := *probe.missed
		if f == nil {
			return []Range{r}, nil
		}
		return []Range{{r.Offset, max(r.Length, f.Directory-r.Offset)}}, nil
	}
	if err != nil {
		return nil, err
	}
	if f.BlockStart < f.Directory {
		if r := p.missing([]Range{{f.BlockStart, f.Directory - f.BlockStart}}); len(r) > 0 {
			return r, nil
		}
	}
	p.blockOK, p.onlyV1 = true, true
	for _, id := range []uint32{sigblock.IDV2, sigblock.IDV3, sigblock.IDV31} {
		if _, ok := f.Pair(id); ok {
			p.onlyV1 = false
		}
	}
	return nil, nil
}

// entry is the local header and the data of an entry. Before the header is there, its extra field is taken to be short.
func (p *plan) entry(e *zipsafe.Entry) Range {
	const header, extra = 30, 64
	data := e.CompressedSize
	if e.Method == zipsafe.Store {
		data = max(data, e.Size)
	}
	length := int64(min(data, limits.APKBytes))
	var head [header]byte
	if _, err := p.apk.ReadAt(head[:], e.HeaderOffset); err != nil {
		return Range{e.HeaderOffset, header + int64(len(e.Name)) + extra + length}
	}
	le := binary.LittleEndian
	return Range{e.HeaderOffset, header + int64(le.Uint16(head[26:])) + int64(le.Uint16(head[28:])) + length}
}

// missing gives of the ranges, widened to whole blocks, what no part holds: sorted, joined where they touch.
func (p *plan) missing(ranges []Range) []Range {
	var out []Range
	for _, r := range ranges {
		start, end := max(0, r.Offset), min(r.Offset+r.Length, p.apk.Size)
		if end-start > limits.RangeAPK { // next refuses it
			return []Range{{start, end - start}}
		}
		for at := start / blockAlign * blockAlign; at < end; at += blockAlign {
			if !p.has(at, min(blockAlign, p.apk.Size-at)) {
				out = append(out, Range{at, blockAlign})
			}
		}
	}
	return joined(out, p.apk.Size)
}

// there reports whether bytes were read, as far as they are in the file.
func (p *plan) there(at, length int64) bool {
	_, err := p.apk.ReadAt(make([]byte, length), max(0, at))
	return !errors.Is(err, capture.ErrNotRead)
}

// has reports whether a block was read.
func (p *plan) has(at, length int64) bool {
	for _, part := range p.apk.Parts {
		if at >= part.Offset && at+length <= part.Offset+int64(len(part.Data)) {
			return true
		}
	}
	return false
}

func joined(ranges []Range, size int64) []Range {
	slices.SortFunc(ranges, func(a, b Range) int { return cmp.Compare(a.Offset, b.Offset) })
	var out []Range
	for _, r := range ranges {
		if n := len(out); n > 0 && r.Offset <= out[n-1].Offset+out[n-1].Length {
			out[n-1].Length = max(out[n-1].Length, r.Offset+r.Length-out[n-1].Offset)
			continue
		}
		out = append(out, r)
	}
	if n := len(out); n > 0 {
		out[n-1].Length = min(out[n-1].Length, size-out[n-1].Offset)
	}
	return out
}

// directoryGuess reads the end record loosely: only to fetch the directory and what stands before it in one go.
func directoryGuess(a *capture.APK) []Range {
	last := a.Parts[len(a.Parts)-1]
	i := bytes.LastIndex(last.Data, []byte("PK\x05\x06"))
	if i < 0 || len(last.Data)-i < 22 {
		return nil
	}
	le := binary.LittleEndian
	size, offset := int64(le.Uint32(last.Data[i+12:])), int64(le.Uint32(last.Data[i+16:]))
	if offset > a.Size || size > a.Size-offset || size > limits.RangeAPK {
		return nil
	}
	return []Range{{offset - blockGuess, blockGuess + size}}
}

// probe reads from the parts and remembers the first range that is not there.
type probe struct {
	apk    *capture.APK
	missed *Range
}

func (p *probe) ReadAt(b []byte, at int64) (int, error) {
	n, err := p.apk.ReadAt(b, at)
	if errors.Is(err, capture.ErrNotRead) && p.missed == nil {
		p.missed = &Range{at + int64(n), int64(len(b) - n)}
	}
	return n, err
}

var _ io.ReaderAt = (*probe)(nil)

// keep adds bytes that were read to the APK's parts, which stay disjoint, in order and joined where they touch.
func keep(a *capture.APK, at int64, data []byte) {
	a.Parts = append(a.Parts, capture.Part{Offset: at, Data: data})
	slices.SortStableFunc(a.Parts, func(x, y capture.Part) int { return cmp.Compare(x.Offset, y.Offset) })
	out := a.Parts[:0]
	for _, part := range a.Parts {
		if n := len(out); n > 0 {
			end := out[n-1].Offset + int64(len(out[n-1].Data))
			if over := end - part.Offset; over >= 0 {
				if over < int64(len(part.Data)) {
					out[n-1].Data = append(out[n-1].Data[:len(out[n-1].Data):len(out[n-1].Data)], part.Data[over:]...)
				}
				continue
			}
		}
		out = append(out, part)
	}
	a.Parts = out
}
