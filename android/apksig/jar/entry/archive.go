// Package entry reads the entries of an APK as apksig does where it checks a JAR signature: more strictly than zipsafe.
// Where a local header disagrees with the directory, or the archive needs a lenient reader, there is an error.
package entry

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"appraise/android/apksig/jar/manifest"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// Records of a ZIP archive (APPNOTE.TXT 4.3).
const (
	sizeEOCD           = 22
	sizeCentral        = 46
	sizeLocal          = 30
	sigCentral         = "PK\x01\x02"
	sigLocal           = "PK\x03\x04"
	sigEOCD            = "PK\x05\x06"
	flagDataDescriptor = 1 << 3 // flag: sizes and checksum stand behind the data
)

var le = binary.LittleEndian

// File is one entry that isn't a folder.
type File struct {
	*zipsafe.Entry
	Name string // as Java decodes it; Entry.Name has the bytes
}

// Archive is the entries as apksig sees them.
type Archive struct {
	zip   *zipsafe.Reader
	r     io.ReaderAt
	Files []File         // in directory order; folders left out, as Android does
	Index map[string]int // name -> the first of Files with it
}

// Open checks the directory and lists its entries. Errors are *inventory.FormatError where the archive is at fault; else
// they wrap the input's.
func Open(z *zipsafe.Reader) (*Archive, error) {
	a := &Archive{zip: z, r: z.Input()}
	if err := a.checkDirectory(); err != nil {
		return nil, err
	}
	a.Files, a.Index = make([]File, 0, len(z.Entries)), make(map[string]int, len(z.Entries))
	for i := range z.Entries {
		e := &z.Entries[i]
		if strings.HasSuffix(e.Name, "/") {
			continue
		}
		f := File{e, e.Name}
		if !utf8.ValidString(e.Name) {
			f.Name = manifest.Decode([]byte(e.Name))
		}
		if _, ok := a.Index[f.Name]; !ok {
			a.Index[f.Name] = len(a.Files)
		}
		a.Files = append(a.Files, f)
	}
	return a, nil
}

// checkDirectory refuses what zipsafe reads and apksig doesn't: bytes after the archive's comment, offsets that don't
// count the bytes before the archive, a directory that takes more than the stated size or holds another number of
// records than stated, and ZIP64 (apksig ZipUtils, ApkUtils.findZipSections, V1SchemeVerifier.parseZipCentralDirectory).
func (a *Archive) checkDirectory() error {
	z := a.zip
	end := make([]byte, z.Size-z.EOCDOffset) // with the comment at most 64 KiB, or zipsafe had not found it
	if err := a.readAt(end, z.EOCDOffset); err != nil {
		return err
	}
	switch {
	case hasLaterEnd(end):
		return malformed(z.EOCDOffset, "the archive's comment holds an end record that Android takes, whose directory does not fit")
	case int64(le.Uint16(end[20:])) != z.Size-z.EOCDOffset-sizeEOCD:
		return malformed(z.EOCDOffset, "the archive's comment does not end where the file does")
	case int(le.Uint16(end[10:])) != len(z.Entries):
		return malformed(z.EOCDOffset, "the end record counts %d entries, the directory %d", le.Uint16(end[10:]), len(z.Entries))
	case int64(le.Uint32(end[16:])) != z.DirectoryOffset:
		return malformed(z.EOCDOffset, "the end record puts the directory at offset %d, it is at %d", le.Uint32(end[16:]), z.DirectoryOffset)
	}
	directory := int64(le.Uint32(end[12:]))
	r := bufio.NewReaderSize(io.NewSectionReader(a.r, z.DirectoryOffset, directory), int(min(directory, 1<<16)))
	at := z.DirectoryOffset
	for i := range z.Entries {
		n, err := checkRecord(r, &z.Entries[i])
		var format *inventory.FormatError
		switch {
		case err == nil:
			at += n
		case errors.As(err, &format):
			format.Offset = at
			return format
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return malformed(at, "the central directory ends within its %d. record", i+1)
		default:
			return fmt.Errorf("reading the central directory: %w", err)
		}
	}
	return nil
}

// hasLaterEnd reports whether behind the end record at the start of b another one fits b exactly: apksig takes the last,
// without looking at what it says.
func hasLaterEnd(b []byte) bool {
	for at := len(b) - sizeEOCD; at > 0; at-- {
		if bytes.HasPrefix(b[at:], []byte(sigEOCD)) && int(le.Uint16(b[at+20:])) == len(b)-at-sizeEOCD {
			return true
		}
	}
	return false
}

// checkRecord compares the record at r with how zipsafe read it, and returns its length.
func checkRecord(r *bufio.Reader, e *zipsafe.Entry) (int64, error) {
	var b [sizeCentral]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, err
	}
	rest := int(le.Uint16(b[28:])) + int(le.Uint16(b[30:])) + int(le.Uint16(b[32:]))
	switch {
	case string(b[:4]) != sigCentral || int(le.Uint16(b[28:])) != len(e.Name):
		return 0, malformed(0, "no directory record for %s", quoted(e.Name))
	case uint64(le.Uint32(b[20:])) != e.CompressedSize || uint64(le.Uint32(b[24:])) != e.Size || int64(le.Uint32(b[42:])) != e.HeaderOffset:
		return 0, malformed(0, "directory record of %s needs ZIP64, which Android's verifier does not read", quoted(e.Name))
	}
	_, err := r.Discard(rest)
	return sizeCentral + int64(rest), err
}

// readAt fills b from offset.
func (a *Archive) readAt(b []byte, offset int64) error {
	n, err := a.r.ReadAt(b, offset)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return malformed(offset+int64(n), "the file ends within %d bytes that are needed", len(b))
	}
	return fmt.Errorf("reading the APK at offset %d: %w", offset, err)
}

func malformed(offset int64, format string, args ...any) *inventory.FormatError {
	return &inventory.FormatError{Offset: offset, Message: fmt.Sprintf(format, args...)}
}

func overLimit(offset int64, format string, args ...any) *inventory.FormatError {
	return &inventory.FormatError{Offset: offset, Message: fmt.Sprintf(format, args...), Limit: true}
}

// quoted is a name as it stands in a message: quoted, and cut.
type quoted string

const quotedRunes = 200

func (q quoted) String() string { return fmt.Sprintf("%.*q", quotedRunes, string(q)) }
