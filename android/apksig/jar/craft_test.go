package jar

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"testing"

	"appraise/internal/zipsafe"
)

var le = binary.LittleEndian

const (
	sizeEOCD       = 22
	dataDescriptor = 1 << 3
)

// everywhere is the range without bounds that a file for any platform is judged for.
func everywhere(least int) Range { return Range{least, math.MaxInt32} }

// part is one entry as the tests write it. Where a field differs from what an honest tool writes, both headers say so
// unless it is named local.
type part struct {
	name       string
	body       []byte
	method     uint16
	flags      uint16
	size       *uint32
	localName  string
	localFlags *uint16
	localCRC   *uint32
	localSize  *uint32
	packed     []byte // data, where they aren't body by method
	shared     bool   // has the local header of the part before
}

func or[T any](p *T, v T) T {
	if p != nil {
		return *p
	}
	return v
}

func ptr[T any](v T) *T { return &v }

func deflate(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// build writes an archive.
func build(t testing.TB, parts ...part) []byte {
	t.Helper()
	var out, directory []byte
	var header uint32
	put := func(b []byte, fields ...any) []byte {
		for _, f := range fields {
			var err error
			if b, err = binary.Append(b, le, f); err != nil {
				t.Fatal(err)
			}
		}
		return b
	}
	for _, p := range parts {
		data := p.packed
		if data == nil {
			if data = p.body; p.method == zipsafe.Deflate {
				data = deflate(t, p.body)
			}
		}
		crc, size, packed := crc32.ChecksumIEEE(p.body), or(p.size, uint32(len(p.body))), uint32(len(data))
		name := p.localName
		if name == "" {
			name = p.name
		}
		if !p.shared {
			header = uint32(len(out))
			out = put(out, []byte("PK\x03\x04"), uint16(20), or(p.localFlags, p.flags), p.method, uint32(0),
				or(p.localCRC, crc), packed, or(p.localSize, size), uint16(len(name)), uint16(0), []byte(name), data)
		}
		directory = put(directory, []byte("PK\x01\x02"), uint16(20), uint16(20), p.flags, p.method, uint32(0), crc, packed, size,
			uint16(len(p.name)), uint16(0), uint16(0), uint16(0), uint16(0), uint32(0), header, []byte(p.name))
	}
	start := len(out)
	out = append(out, directory...)
	return put(out, []byte("PK\x05\x06"), uint32(0), uint16(len(parts)), uint16(len(parts)), uint32(len(directory)), uint32(start), uint16(0))
}

// unpack reads the entries of an honest archive, so that build can write them again with a change.
func unpack(t testing.TB, b []byte) []part {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out []part
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part{name: f.Name, body: body, method: f.Method})
	}
	return out
}

func verify(t testing.TB, b []byte, r Range, schemes ...int) (*Result, error) {
	t.Helper()
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	return Verify(Input{Zip: z, Range: r, Schemes: schemes})
}

// all lists the ids of every issue: the result's, then the signers', then those of ignored ones.
func (r *Result) all() (errors, warnings []string) {
	errors, warnings = ids(r.Errors), ids(r.Warnings)
	for _, list := range [][]Signer{r.Signers, r.Ignored} {
		for _, s := range list {
			errors, warnings = append(errors, ids(s.Errors)...), append(warnings, ids(s.Warnings)...)
		}
	}
	return errors, warnings
}

func opened(t testing.TB, b []byte) *zipsafe.Reader {
	t.Helper()
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}
