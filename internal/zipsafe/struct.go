// Package zipsafe reads ZIP archives as Android and the browsers do, within bounds. It reads the
// central directory itself, because archive/zip refuses archives that Android installs and hides
// the tricks that hostile ones play; those come back as Anomalies. Nothing is ever written.
package zipsafe

import (
	"fmt"
	"io"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Compression methods (APPNOTE.TXT 4.4.5).
const (
	Store   = 0
	Deflate = 8
)

// General purpose flag bits (APPNOTE.TXT 4.4.4).
const (
	flagEncrypted       = 1 << 0
	flagDataDescriptor  = 1 << 3
	flagStrongEncrypted = 1 << 6
	flagUTF8            = 1 << 11
	flagMaskedHeader    = 1 << 13
)

// Record signatures and fixed sizes (APPNOTE.TXT 4.3).
const (
	sigLocal     = "PK\x03\x04"
	sigCentral   = "PK\x01\x02"
	sigEOCD      = "PK\x05\x06"
	sigEOCD64    = "PK\x06\x06"
	sigLocator64 = "PK\x06\x07"

	sizeLocal     = 30
	sizeCentral   = 46
	sizeEOCD      = 22
	sizeEOCD64    = 56
	sizeLocator64 = 20
	maxComment    = 1<<16 - 1

	none16 = 1<<16 - 1 // the value stands in the ZIP64 record
	none32 = 1<<32 - 1
)

// Entry is one file of the archive as its central directory record describes it.
type Entry struct {
	Name           string // raw bytes of the name; not safe to show
	Method         uint16
	Flags          uint16
	CRC32          uint32
	CompressedSize uint64
	Size           uint64 // declared; never trusted for allocation
	HeaderOffset   int64  // of the local file header, from the start of the input
	Mode           uint32 // Unix mode bits from the external attributes, 0 where not given
}

// Reader is an opened archive. Its methods are safe for use by one goroutine at a time.
type Reader struct {
	Entries         []Entry // in central directory order, duplicates included
	Anomalies       []Anomaly
	DirectoryOffset int64 // of the first central directory record
	EOCDOffset      int64
	Size            int64
	Comment         []byte
	// Gaps are the places before the directory that belong to no entry, an APK Signing Block among them;
	// limits.ZipAnomalies of them are kept. Padding as Android's build tools write it is none.
	Gaps []Gap

	r        io.ReaderAt
	index    map[string]int      // name -> first entry of that name
	folders  map[string]struct{} // every folder that a name implies, without the final slash
	noted    map[AnomalyKind]int // anomalies seen, those left out of Anomalies included
	inflated int64               // counted against limits.ZipInflated
	streamed int64               // counted against limits.ZipTotalDeclared
}

// Gap is a part of the input that no entry covers.
type Gap struct{ Start, End int64 }

// Anomaly is one way in which the archive differs from what an honest tool writes.
type Anomaly struct {
	Kind   AnomalyKind
	Name   string // entry, where the anomaly is one entry's
	Offset int64  // from the start of the input
	Detail string // says what was seen and which reading was chosen
}

// AnomalyKind names an anomaly: one of inventory's zip traits.
type AnomalyKind = inventory.TraitID

// FormatError is a defect that stops reading, with the offset where it was seen.
type FormatError struct {
	Offset  int64
	Message string
	Limit   bool // a limit of the limits table was hit
}

func (e *FormatError) Error() string { return fmt.Sprintf("%s at offset %d", e.Message, e.Offset) }

func malformed(offset int64, format string, args ...any) *FormatError {
	return &FormatError{Offset: offset, Message: fmt.Sprintf(format, args...)}
}

func overLimit(offset int64, format string, args ...any) *FormatError {
	return &FormatError{Offset: offset, Message: fmt.Sprintf(format, args...), Limit: true}
}

// quoted is a name as it stands in a message: quoted, and cut to one cell.
type quoted string

func (q quoted) String() string { return fmt.Sprintf("%.*q", limits.CellRunes, string(q)) }
