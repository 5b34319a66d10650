package crx

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"appraise/internal/limits"
)

var le = binary.LittleEndian

// Parse reads the header of the package in the first size bytes of r: at most limits.CRXHeader bytes
// of it, limits.CRXProofs proofs and keys of limits.CRXKey bytes.
//
// The error is a *FormatError where the bytes are at fault or a limit was hit, and wraps r's error
// otherwise. A plain ZIP has no header: it is such an error too.
func Parse(r io.ReaderAt, size int64) (*Header, error) {
	in := input{r, size}
	start, err := in.bytes(0, prefixSize, "prefix")
	if err != nil {
		return nil, err
	}
	switch string(start[:4]) {
	case magic:
	case magicDelta:
		return nil, malformed(0, "a delta package (CrOD) holds only changes to another package")
	default:
		return nil, malformed(0, "no CRX package: it starts with %q", start[:4])
	}
	switch version := le.Uint32(start[4:]); version {
	case 2:
		return in.parse2()
	case 3:
		return in.parse3(le.Uint32(start[8:]))
	default:
		return nil, malformed(4, "unsupported CRX version %d", version)
	}
}

// parse2 reads a version 2 header: key and signature, nothing else.
func (in input) parse2() (*Header, error) {
	lengths, err := in.bytes(8, crx2Prefix-8, "lengths")
	if err != nil {
		return nil, err
	}
	keyLen, sigLen := le.Uint32(lengths), le.Uint32(lengths[4:])
	switch {
	case keyLen == 0:
		return nil, malformed(8, "package without a public key")
	case keyLen > limits.CRXKey:
		return nil, overLimit(8, "public key of %d bytes, over the limit of %d", keyLen, limits.CRXKey)
	case sigLen > limits.CRXHeader-keyLen:
		return nil, overLimit(12, "signature of %d bytes, over the header's limit of %d", sigLen, limits.CRXHeader)
	}
	body, err := in.header(crx2Prefix, keyLen+sigLen)
	if err != nil {
		return nil, err
	}
	id := keyID(body[:keyLen])
	return &Header{Version: 2, ID: letters(id[:]), Proofs: 1, OwnKey: true, ZipOffset: crx2Prefix + int64(len(body))}, nil
}

// parse3 reads a version 3 header of the given length.
func (in input) parse3(length uint32) (*Header, error) {
	if length > limits.CRXHeader {
		return nil, overLimit(8, "header of %d bytes, over the limit of %d", length, limits.CRXHeader)
	}
	body, err := in.header(prefixSize, length)
	if err != nil {
		return nil, err
	}
	m, err := readMessage(body, prefixSize)
	if err != nil {
		return nil, err
	}
	h := &Header{Version: 3, ID: letters(m.id), Proofs: len(m.keys), ZipOffset: prefixSize + int64(length)}
	for _, key := range m.keys {
		id := keyID(key)
		h.OwnKey = h.OwnKey || bytes.Equal(id[:], m.id)
	}
	return h, nil
}

func keyID(key []byte) [idBytes]byte {
	sum := sha256.Sum256(key)
	return [idBytes]byte(sum[:idBytes])
}

// letters writes an ID as Chrome does: hexadecimal with a to p for 0 to f.
func letters(id []byte) string {
	out := make([]byte, 0, 2*len(id))
	for _, b := range id {
		out = append(out, 'a'+b>>4, 'a'+b&0xf)
	}
	return string(out)
}

// input is the package.
type input struct {
	r    io.ReaderAt
	size int64
}

// header reads n bytes of header at offset and refuses marks that belong to a ZIP's end.
func (in input) header(offset int64, n uint32) ([]byte, error) {
	b, err := in.bytes(offset, int64(n), "header")
	if err != nil {
		return nil, err
	}
	for _, mark := range []string{sigEOCD, sigLocator64} {
		if i := bytes.Index(b, []byte(mark)); i >= 0 {
			return nil, malformed(offset+int64(i), "header holds the end mark of a ZIP, %q", mark)
		}
	}
	return b, nil
}

func (in input) bytes(offset, n int64, what string) ([]byte, error) {
	if n > in.size-offset {
		return nil, malformed(offset, "reading %s: %d bytes are not there", what, n)
	}
	b := make([]byte, n)
	got, err := in.r.ReadAt(b, offset)
	switch {
	case got == len(b):
		return b, nil
	case err == nil || errors.Is(err, io.EOF):
		return nil, malformed(offset+int64(got), "reading %s: input ends", what)
	}
	return nil, fmt.Errorf("reading %s at offset %d: %w", what, offset, err)
}
