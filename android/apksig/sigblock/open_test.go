package sigblock_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"testing"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/inventory"

	"github.com/google/go-cmp/cmp"
)

const (
	mark    = "APK Sig Block 42"
	endMark = "PK\x05\x06"
)

var le = binary.LittleEndian

// parts is an APK to be written, with lies where a test wants them.
type parts struct {
	contents, block, directory, gap, comment []byte
	offset, size                             *uint32 // in the end record, instead of the right ones
	records                                  uint16
}

func (p parts) bytes() []byte {
	offset, size := uint32(len(p.contents)+len(p.block)), uint32(len(p.directory))
	if p.offset != nil {
		offset = *p.offset
	}
	if p.size != nil {
		size = *p.size
	}
	return slices.Concat(p.contents, p.block, p.directory, p.gap, endRecord(offset, size, p.records, p.comment))
}

func endRecord(offset, size uint32, records uint16, comment []byte) []byte {
	b := append([]byte(endMark), 0, 0, 0, 0)
	b = le.AppendUint16(le.AppendUint16(b, records), records)
	b = le.AppendUint32(le.AppendUint32(b, size), offset)
	return append(le.AppendUint16(b, uint16(len(comment))), comment...)
}

// pair is one entry of a signing block, with its length.
func pair(id uint32, value string) []byte {
	b := le.AppendUint64(nil, uint64(4+len(value)))
	return append(le.AppendUint32(b, id), value...)
}

// block is a signing block around a body.
func block(body ...[]byte) []byte {
	all := slices.Concat(body...)
	size := le.AppendUint64(nil, uint64(len(all)+24))
	return slices.Concat(size, all, size, []byte(mark))
}

// sizes is a block around a body of 40 bytes whose two sizes and mark are given.
func sizes(header, footer uint64, mark string) []byte {
	return slices.Concat(le.AppendUint64(nil, header), make([]byte, 40), le.AppendUint64(nil, footer), []byte(mark))
}

func ptr[T any](v T) *T { return &v }

func open(b []byte) (*sigblock.File, error) {
	return sigblock.Open(bytes.NewReader(b), int64(len(b)))
}

// The rows are the checks of apksig's ZipUtils.findZipSections and ApkUtils.findApkSigningBlock.
func TestOpen(t *testing.T) {
	contents, directory := make([]byte, 100), make([]byte, 50)
	v2, v3 := pair(sigblock.IDV2, "two"), pair(sigblock.IDV3, "three")
	signed := parts{contents: contents, block: block(v2), directory: directory}
	with := func(change func(*parts)) []byte {
		p := signed
		change(&p)
		return p.bytes()
	}
	withBlock := func(b []byte) []byte { return with(func(p *parts) { p.block = b }) }
	inner := endRecord(100, 50, 7, nil)
	tests := []struct {
		name      string
		file      []byte
		start     int64    // of the signing block; 0: no block
		ids       []uint32 // of the pairs
		malformed bool     // something is told about the block
		err       bool
	}{
		{name: "block", file: signed.bytes(), start: 100, ids: []uint32{sigblock.IDV2}},
		{name: "no block", file: withBlock(nil)},
		{name: "no entries before the block", file: with(func(p *parts) { p.contents = nil }), start: -1, ids: []uint32{sigblock.IDV2}},
		{name: "empty directory", file: with(func(p *parts) { p.directory = nil }), start: 100, ids: []uint32{sigblock.IDV2}},
		{name: "comment", file: with(func(p *parts) { p.comment = []byte("made by hand") }), start: 100, ids: []uint32{sigblock.IDV2}},
		{name: "longest comment", file: with(func(p *parts) { p.comment = make([]byte, math.MaxUint16) }), start: 100, ids: []uint32{sigblock.IDV2}},
		{name: "end mark in the comment that reaches too far", file: with(func(p *parts) { p.comment = append([]byte(endMark), bytes.Repeat([]byte{9}, 40)...) }), start: 100, ids: []uint32{sigblock.IDV2}},
		{name: "end record in the comment that fits", file: with(func(p *parts) { p.comment = inner }), malformed: true}, // bytes lie between its directory and it
		{name: "end record in the comment, its directory past it", file: with(func(p *parts) { p.comment = endRecord(1000, 0, 0, nil) }), err: true},

		{name: "nothing", err: true},
		{name: "one byte less than an end record", file: endRecord(0, 0, 0, nil)[:21], err: true},
		{name: "end record alone", file: endRecord(0, 0, 0, nil)},
		{name: "no end record", file: bytes.Repeat([]byte("PK\x05\x07"), 40), err: true},
		{name: "byte after the comment", file: append(signed.bytes(), 0), err: true},
		{name: "directory after the end record", file: with(func(p *parts) { p.offset = ptr[uint32](1000) }), err: true},
		{name: "directory runs into the end record", file: with(func(p *parts) { p.size = ptr[uint32](51) }), err: true},
		{name: "sizes that overflow 32 bits", file: with(func(p *parts) { p.offset, p.size = ptr[uint32](0xffffffff), ptr[uint32](0xffffffff) }), err: true},
		{name: "byte between directory and end record", file: with(func(p *parts) { p.gap = []byte{0} }), malformed: true},
		{name: "directory stated too short", file: with(func(p *parts) { p.size = ptr[uint32](49) }), malformed: true},

		{name: "directory at 31", file: parts{contents: make([]byte, 31), directory: directory}.bytes()},
		{name: "least block at 0", file: parts{block: block(), directory: directory}.bytes(), start: -1},
		{name: "mark of one other byte", file: withBlock(sizes(64, 64, "APK Sig Block 43")), malformed: true},
		{name: "mark and sizes wrong", file: withBlock(sizes(1, 2, "APK Sig Block 43"))},
		{name: "size under 24", file: withBlock(sizes(23, 23, mark)), malformed: true},
		{name: "size 0", file: withBlock(sizes(0, 0, mark)), malformed: true},
		{name: "size over 2 GiB", file: withBlock(sizes(1<<31-8, 1<<31-8, mark)), malformed: true},
		{name: "size as of a negative number", file: withBlock(sizes(1<<63, 1<<63, mark)), malformed: true},
		{name: "size of all ones", file: withBlock(sizes(math.MaxUint64, math.MaxUint64, mark)), malformed: true},
		{name: "size one byte before the file", file: withBlock(sizes(64, 100+72-8+1, mark)), malformed: true},
		{name: "header another size", file: withBlock(sizes(65, 64, mark)), malformed: true},
		{name: "no pairs", file: withBlock(block()), start: 100},

		{name: "two pairs", file: withBlock(block(v2, v3)), start: 100, ids: []uint32{sigblock.IDV2, sigblock.IDV3}},
		{name: "pair of length 4", file: withBlock(block(pair(1, ""), v2)), start: 100, ids: []uint32{1, sigblock.IDV2}},
		{name: "pair of length 3 ends the search", file: withBlock(block(v2, le.AppendUint64(nil, 3), []byte{1, 2, 3}, v3)), start: 100, ids: []uint32{sigblock.IDV2}, malformed: true},
		{name: "pair of length 0", file: withBlock(block(make([]byte, 12), v2)), start: 100, malformed: true},
		{name: "pair one byte too long", file: withBlock(block(v2, le.AppendUint64(nil, 9), []byte("12345678"))), start: 100, ids: []uint32{sigblock.IDV2}, malformed: true},
		{name: "pair of 2 GiB", file: withBlock(block(le.AppendUint64(nil, 1<<31), v2)), start: 100, malformed: true},
		{name: "pair of all ones", file: withBlock(block(le.AppendUint64(nil, math.MaxUint64), v2)), start: 100, malformed: true},
		{name: "seven bytes after the pairs", file: withBlock(block(v2, make([]byte, 7))), start: 100, ids: []uint32{sigblock.IDV2}, malformed: true},
		{name: "length that ends before the id", file: withBlock(block(le.AppendUint64(nil, 4), []byte{1, 2})), start: 100, malformed: true},
		{name: "1,024 pairs", file: withBlock(block(bytes.Repeat(pair(1, ""), limits.SigningPairs))), start: 100, ids: slices.Repeat([]uint32{1}, limits.SigningPairs)},
		{name: "1,025 pairs", file: withBlock(block(bytes.Repeat(pair(1, ""), limits.SigningPairs+1))), err: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := open(tt.file)
			if tt.err {
				var format *inventory.FormatError
				if !errors.As(err, &format) {
					t.Fatalf("got %+v, %v, want a format error", f, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := f.Directory
			switch {
			case tt.start > 0:
				want = tt.start
			case tt.start < 0:
				want = 0
			}
			if f.BlockStart != want {
				t.Errorf("block: got %d, want %d", f.BlockStart, want)
			}
			var ids []uint32
			for _, p := range f.Pairs {
				ids = append(ids, p.ID)
			}
			if diff := cmp.Diff(ids, tt.ids); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
			if (f.Malformed != "") != tt.malformed {
				t.Errorf("got %q, want something told: %v", f.Malformed, tt.malformed)
			}
		})
	}
}

// Android uses the first pair of an id.
func TestFirstPairWins(t *testing.T) {
	f, err := open(parts{contents: make([]byte, 9), block: block(pair(7, "other"), pair(sigblock.IDV2, "first"), pair(sigblock.IDV2, "second"), pair(sigblock.IDV2, ""))}.bytes())
	if err != nil {
		t.Fatal(err)
	}
	p, ok := f.Pair(sigblock.IDV2)
	value, err := f.Value(p)
	if !ok || err != nil || string(value) != "first" {
		t.Errorf("got %q, %v, %v, want the first", value, ok, err)
	}
	if _, ok := f.Pair(sigblock.IDV3); ok || len(f.Pairs) != 4 {
		t.Errorf("got %v, want 4 pairs and none of v3", f.Pairs)
	}
	if name := (sigblock.Pair{ID: 7}).Name(); name != "" {
		t.Errorf("unknown id: got the name %q", name)
	}
}

// sparse is zeros with a few bytes in between.
type sparse struct {
	size  int64
	parts map[int64][]byte
}

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	n := int(max(0, min(int64(len(p)), s.size-off)))
	clear(p[:n])
	for at, b := range s.parts {
		from, to := max(off, at), min(off+int64(n), at+int64(len(b)))
		if from < to {
			copy(p[from-off:to-off], b[from-at:])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// sparseAPK is an APK of that many zeros and a signing block of that size.
func sparseAPK(contents, block int64) sparse {
	size := le.AppendUint64(nil, uint64(block-8))
	end := contents + block
	s := sparse{size: end + 22, parts: map[int64][]byte{end: endRecord(uint32(end), 0, 0, nil)}}
	if block > 0 {
		s.parts[contents] = append(slices.Clone(size), le.AppendUint64(nil, uint64(block-40))...) // one pair, id 0
		s.parts[end-24] = append(size, mark...)
	}
	return s
}

func TestOpenLimits(t *testing.T) {
	const most = limits.SigningBlockBytes
	for _, tt := range []struct {
		name  string
		file  sparse
		limit bool
	}{
		{"block at the limit", sparseAPK(1000, most+8), false},
		{"block over the limit", sparseAPK(1000, most+9), true},
		{"block of 1.9 GB", sparseAPK(0, 1_900_000_000), true},
		{"file at the limit", sparseAPK(limits.APKBytes-22, 0), false},
		{"file over the limit", sparseAPK(limits.APKBytes-21, 0), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var err error
			used := allocated(func() { _, err = sigblock.Open(tt.file, tt.file.size) })
			var format *inventory.FormatError
			if got := errors.As(err, &format) && format.Limit; got != tt.limit || err != nil && !got {
				t.Errorf("got %v, want a limit hit: %v", err, tt.limit)
			}
			if used > 1<<20 {
				t.Errorf("got %d bytes allocated", used)
			}
		})
	}
}

// allocated is what work allocates, freed memory included.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// failing reads up to a place and then fails.
type failing struct {
	io.ReaderAt
	from int64
}

var errBroken = errors.New("broken")

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > f.from {
		return 0, errBroken
	}
	return f.ReaderAt.ReadAt(p, off)
}

// An input that can't be read is an error of its own, never an APK without a signing block.
func TestInputFails(t *testing.T) {
	b := parts{contents: make([]byte, 3<<20), block: block(pair(sigblock.IDV2, "two")), directory: make([]byte, 50), comment: make([]byte, 60_000)}.bytes()
	if _, err := sigblock.Open(failing{bytes.NewReader(b), 100}, int64(len(b))); !errors.Is(err, errBroken) {
		t.Errorf("Open: got %v", err)
	}
	f, err := sigblock.Open(unreadableStart{bytes.NewReader(b)}, int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []sigblock.ContentDigest{sigblock.ChunkedSHA256, sigblock.ChunkedSHA512} {
		if d, err := f.Digests(kind); !errors.Is(err, errBroken) {
			t.Errorf("%s: got %x, %v", kind, d, err)
		}
	}
	if root, err := sigblock.MerkleRoot(failing{bytes.NewReader(b), 2 << 20}, int64(len(b)), nil); !errors.Is(err, errBroken) {
		t.Errorf("MerkleRoot: got %x, %v", root, err)
	}
}

// unreadableStart fails in the first MiB, where Open doesn't read.
type unreadableStart struct{ io.ReaderAt }

func (u unreadableStart) ReadAt(p []byte, off int64) (int, error) {
	if off < mib {
		return 0, errBroken
	}
	return u.ReaderAt.ReadAt(p, off)
}

// Every prefix of a signed file is an error or shows no block that isn't there.
func TestOpenTruncated(t *testing.T) {
	b := parts{contents: make([]byte, 60), block: block(pair(sigblock.IDV2, "two")), directory: make([]byte, 50), comment: []byte("comment")}.bytes()
	for n := range b {
		if f, err := open(b[:n]); err == nil {
			t.Errorf("%d of %d bytes: got %+v", n, len(b), f)
		}
	}
}

func TestFindMark(t *testing.T) {
	const window = 64 << 10
	for _, at := range []int{0, 1, 100, window - 17, window - 16, window - 15, window - 1, window, 2*window - 20, 200_000 - 16} {
		t.Run(fmt.Sprint(at), func(t *testing.T) {
			contents := make([]byte, 200_000)
			copy(contents[at:], mark)
			f, err := open(parts{contents: contents}.bytes())
			if err != nil {
				t.Fatal(err)
			}
			if got, err := f.FindMark(0, 200_000); got != int64(at) || err != nil {
				t.Errorf("got %d, %v", got, err)
			}
			if got, err := f.FindMark(int64(at)+1, 200_000); got != -1 || err != nil {
				t.Errorf("after the mark: got %d, %v", got, err)
			}
			if got, err := f.FindMark(0, int64(at)+15); got != -1 || err != nil {
				t.Errorf("up to its last byte: got %d, %v", got, err)
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	contents, directory := make([]byte, 64), make([]byte, 50)
	for _, p := range []parts{
		{contents: contents, directory: directory},
		{contents: contents, block: block(pair(sigblock.IDV2, "two"), pair(sigblock.IDVerityPadding, "\x00\x00\x00")), directory: directory, comment: []byte("c")},
		{contents: contents, block: block(pair(1, ""), []byte{1, 2, 3}), directory: directory},
		{contents: contents, block: sizes(64, 64, mark), directory: directory},
		{comment: endRecord(0, 0, 0, nil)},
	} {
		f.Add(p.bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := open(b)
		if err != nil {
			return
		}
		if got.BlockStart < 0 || got.BlockStart > got.Directory || got.Directory > got.End || got.End > got.Size-22 {
			t.Fatalf("parts are not in order: %+v", got)
		}
		at := got.BlockStart + 8
		for _, p := range got.Pairs {
			value, err := got.Value(p)
			if err != nil || p.Offset != at+12 || !bytes.Equal(value, b[p.Offset:p.Offset+p.Size]) {
				t.Fatalf("pair %+v: got %x, %v", p, value, err)
			}
			at = p.Offset + p.Size
		}
		if got.BlockStart < got.Directory && at > got.Directory-24 {
			t.Fatalf("pairs reach to %d: %+v", at, got)
		}
		digests, err := got.Digests(sigblock.ChunkedSHA256)
		if want := chunked(b, got, sha256New); err != nil || !bytes.Equal(digests[sigblock.ChunkedSHA256], want) {
			t.Fatalf("got %x, %v, want %x", digests, err, want)
		}
	})
}
