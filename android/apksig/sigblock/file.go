// Package sigblock finds the parts of an APK that its signatures cover, the APK Signing Block among them, and
// computes their digests. It knows the block's pairs, the signature algorithms and the rotation history that
// schemes v2, v3, v3.1 and the source stamp share; what a scheme makes of them is its own package's matter.
//
// Layout and semantics follow https://source.android.com/docs/security/features/apksigning/v2 and apksig's
// ApkUtils, ApkSigningBlockUtils and V3SigningCertificateLineage.
package sigblock

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Ids of the pairs of a signing block.
const (
	IDV2            uint32 = 0x7109871a
	IDV3            uint32 = 0xf05368c0
	IDV31           uint32 = 0x1b93ad61
	IDVerityPadding uint32 = 0x42726577
	IDSourceStampV1 uint32 = 0x2b09189e
	IDSourceStampV2 uint32 = 0x6dff800d
	IDFrosting      uint32 = 0x2146444e // Google Play's metadata
	IDDependencies  uint32 = 0x504b4453 // dependency list of the Android Gradle plugin, encrypted
	IDWalle         uint32 = 0x71777777 // Meituan's channel mark
	IDHybrid        uint32 = 0x70e1c89f // v3.2, as public notes name it
)

// Names of the known pairs, for people.
var names = map[uint32]string{
	IDV2: "v2 signature", IDV3: "v3 signature", IDV31: "v3.1 signature", IDVerityPadding: "padding",
	IDSourceStampV1: "source stamp v1", IDSourceStampV2: "source stamp v2", IDFrosting: "Google Play metadata",
	IDDependencies: "dependency list", IDWalle: "channel mark", IDHybrid: "v3.2 signature",
}

var le = binary.LittleEndian

const (
	magic          = "APK Sig Block 42"
	footerSize     = 24 // size, magic
	minBlockOffset = 32 // the least directory offset that leaves room for a block
	sigEOCD        = "PK\x05\x06"
	sizeEOCD       = 22
	maxComment     = math.MaxUint16
)

// File is an APK cut as its signatures see it:
//
//	[entries 0..BlockStart) [signing block ..Directory) [central directory ..End) [end record ..Size)
//
// Without a signing block BlockStart equals Directory. Its methods serve one goroutine at a time.
type File struct {
	Size, Directory, End, BlockStart int64
	Records                          int    // directory records that the end record counts
	Pairs                            []Pair // in order, as far as they can be walked
	// Malformed says why the pairs after the last one can't be read, "" where all can. Android then finds
	// those before and none after.
	Malformed string

	r       io.ReaderAt
	digests map[ContentDigest][]byte
	values  map[Pair][]byte
}

// Pair is one entry of the signing block.
type Pair struct {
	ID     uint32
	Offset int64 // of the value, from the start of the file
	Size   int64 // of the value, bytes
}

// Name is what is known of the pair's id, "" for an unknown one.
func (p Pair) Name() string { return names[p.ID] }

// Open finds the end record, the central directory and the signing block as Android does. The error is a
// *inventory.FormatError where the file is no archive that Android reads; a missing or damaged signing
// block is none, because Android then finds no block.
func Open(r io.ReaderAt, size int64) (*File, error) {
	f := &File{r: r, Size: size, digests: map[ContentDigest][]byte{}, values: map[Pair][]byte{}}
	if size > limits.APKBytes {
		return nil, &inventory.FormatError{Message: "larger than any Android reads", Limit: true}
	}
	directorySize, err := f.findEnd()
	if err != nil {
		return nil, err
	}
	f.BlockStart = f.Directory
	if f.Directory+directorySize != f.End {
		f.Malformed = fmt.Sprintf("%d bytes between the central directory and the end record: Android looks for no signing block",
			f.End-f.Directory-directorySize)
		return f, nil
	}
	return f, f.findBlock()
}

// findEnd takes the last end record whose comment reaches exactly to the end of the file. Most have no comment.
func (f *File) findEnd() (directorySize int64, err error) {
	directorySize, found, err := f.findEndIn(sizeEOCD)
	if err == nil && !found {
		directorySize, found, err = f.findEndIn(sizeEOCD + maxComment)
	}
	if err == nil && !found {
		err = malformed(f.Size, "no end of central directory: not an archive that Android reads")
	}
	return directorySize, err
}

func (f *File) findEndIn(last int64) (directorySize int64, found bool, err error) {
	tail := make([]byte, min(f.Size, last))
	start := f.Size - int64(len(tail))
	if err := f.readAt(tail, start); err != nil {
		return 0, false, err
	}
	for i := len(tail) - sizeEOCD; i >= 0; i-- {
		if string(tail[i:i+4]) != sigEOCD || int(le.Uint16(tail[i+20:])) != len(tail)-sizeEOCD-i {
			continue
		}
		f.End = start + int64(i)
		if err := f.refuseZIP64(); err != nil {
			return 0, false, err
		}
		f.Records = int(le.Uint16(tail[i+10:]))
		directorySize, f.Directory = int64(le.Uint32(tail[i+12:])), int64(le.Uint32(tail[i+16:]))
		if f.Directory > f.End || f.Directory+directorySize > f.End {
			return 0, false, malformed(f.End, "central directory at %d of %d bytes does not end before the end record", f.Directory, directorySize)
		}
		return directorySize, true, nil
	}
	return 0, false, nil
}

// refuseZIP64: where a ZIP64 locator stands before the end record, Android's v2 and v3 look for no signing block
// (ApkSigningBlockUtils.findSignature) while its archive reader takes no notice.
func (f *File) refuseZIP64() error {
	const sizeLocator = 20
	var mark [4]byte
	if f.End < sizeLocator {
		return nil
	}
	if err := f.readAt(mark[:], f.End-sizeLocator); err != nil {
		return err
	}
	if string(mark[:]) == "PK\x06\x07" {
		return malformed(f.End-sizeLocator, "ZIP64, which Android's verifier does not read")
	}
	return nil
}

// findBlock looks for the block that ends where the central directory starts.
func (f *File) findBlock() error {
	if f.Directory < minBlockOffset {
		return nil
	}
	var footer [footerSize]byte
	if err := f.readAt(footer[:], f.Directory-footerSize); err != nil {
		return err
	}
	marked := string(footer[8:]) == magic
	size := le.Uint64(footer[:])
	start := f.Directory - 8 - int64(min(size, math.MaxInt32))
	if size < footerSize || size > math.MaxInt32-8 || start < 0 {
		if marked {
			f.Malformed = fmt.Sprintf("signing block of %d bytes does not fit the file", size)
		}
		return nil
	}
	var header [8]byte
	if err := f.readAt(header[:], start); err != nil {
		return err
	}
	same := le.Uint64(header[:]) == size
	switch {
	case marked && !same:
		f.Malformed = "the two sizes of the signing block differ"
	case !marked && same:
		f.Malformed = "what looks like a signing block lacks its mark"
	}
	if !marked || !same {
		return nil
	}
	if size > limits.SigningBlockBytes {
		return &inventory.FormatError{Offset: start, Message: fmt.Sprintf("signing block of %d bytes, over the limit of %d", size, int64(limits.SigningBlockBytes)), Limit: true}
	}
	f.BlockStart = start
	return f.walkPairs(start+8, f.Directory-footerSize)
}

func (f *File) walkPairs(at, end int64) error {
	for at < end {
		if len(f.Pairs) == limits.SigningPairs {
			return &inventory.FormatError{Offset: at, Message: fmt.Sprintf("more than %d pairs in the signing block", limits.SigningPairs), Limit: true}
		}
		var head [12]byte
		n := min(int64(len(head)), end-at)
		if err := f.readAt(head[:n], at); err != nil {
			return err
		}
		length := le.Uint64(head[:])
		if n < 8 || length < 4 || length > math.MaxInt32 || int64(length) > end-at-8 {
			f.Malformed = fmt.Sprintf("pair %d of the signing block does not fit it", len(f.Pairs)+1)
			return nil
		}
		f.Pairs = append(f.Pairs, Pair{ID: le.Uint32(head[8:]), Offset: at + 12, Size: int64(length) - 4})
		at += 8 + int64(length)
	}
	return nil
}

// Pair returns the first pair with the id: Android uses the first and never looks at another.
func (f *File) Pair(id uint32) (Pair, bool) {
	for _, p := range f.Pairs {
		if p.ID == id {
			return p, true
		}
	}
	return Pair{}, false
}

// Value reads the value of a pair, of at most limits.SigningBlockBytes. It is read once and must not be changed.
func (f *File) Value(p Pair) ([]byte, error) {
	if b, ok := f.values[p]; ok {
		return b, nil
	}
	b := make([]byte, p.Size)
	if err := f.readAt(b, p.Offset); err != nil {
		return nil, err
	}
	f.values[p] = b
	return b, nil
}

// FindMark returns the offset of the first signing-block mark in a part of the file, -1 where there is none. A mark
// outside the block that Android uses is one that other readers may take for it.
func (f *File) FindMark(start, end int64) (int64, error) {
	buffer := make([]byte, min(end-start, readBytes))
	for at := start; end-at >= int64(len(magic)); at += readBytes - int64(len(magic)) + 1 {
		b := buffer[:min(end-at, readBytes)]
		if err := f.readAt(b, at); err != nil {
			return 0, err
		}
		if i := bytes.Index(b, []byte(magic)); i >= 0 {
			return at + int64(i), nil
		}
	}
	return -1, nil
}

func (f *File) readAt(b []byte, at int64) error {
	if n, err := f.r.ReadAt(b, at); n < len(b) {
		return fmt.Errorf("reading the APK: %w", err)
	}
	return nil
}

func malformed(offset int64, format string, args ...any) *inventory.FormatError {
	return &inventory.FormatError{Offset: offset, Message: fmt.Sprintf(format, args...)}
}
