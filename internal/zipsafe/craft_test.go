package zipsafe

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"testing"
)

// part is one entry as the tests craft it: the same in both headers unless a local… field is set.
type part struct {
	name, localName string
	body            string // content; packed where method is Deflate
	method          uint16
	localMethod     *uint16
	flags           uint16
	localFlags      *uint16
	size            *uint32 // declared, both headers
	localSize       *uint32
	packedSize      *uint32 // both headers
	shared          bool    // takes the local header of the part before
	offset          *uint32
	before          string // bytes before the local header
	extra           string // of the local header
	mode            uint32 // Unix mode
}

// craft says how the archive around the parts is written.
type craft struct {
	prefix      string // counted by the offsets
	uncounted   string // before everything, not counted by the offsets
	beforeDir   string // between the last entry and the directory
	afterDir    string // between the directory and the end record
	afterEnd    string // after the end record, not counted as its comment
	comment     string
	count       *uint16
	sizeDelta   int // added to the stated directory size
	offsetDelta int
}

func ptr[T any](v T) *T { return &v }

func or[T any](p *T, v T) T {
	if p != nil {
		return *p
	}
	return v
}

func pack(t testing.TB, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// build writes the archive.
func (c craft) build(t testing.TB, parts ...part) []byte {
	t.Helper()
	out := []byte(c.prefix)
	var dir []byte
	var last uint32
	var data []byte
	put := func(b []byte, fields ...any) []byte {
		for _, f := range fields {
			var err error
			if b, err = binary.Append(b, binary.LittleEndian, f); err != nil {
				t.Fatal(err)
			}
		}
		return b
	}
	for _, p := range parts {
		switch {
		case p.shared: // the data of the part before
		case p.method == Deflate:
			data = pack(t, p.body)
		default:
			data = []byte(p.body)
		}
		crc, size, packed := crc32.ChecksumIEEE([]byte(p.body)), or(p.size, uint32(len(p.body))), or(p.packedSize, uint32(len(data)))
		localName := p.name
		if p.localName != "" {
			localName = p.localName
		}
		if !p.shared {
			out = append(out, p.before...)
			last = uint32(len(out))
			out = put(out, []byte(sigLocal), uint16(20), or(p.localFlags, p.flags), or(p.localMethod, p.method), uint32(0),
				crc, packed, or(p.localSize, size), uint16(len(localName)), uint16(len(p.extra)), []byte(localName), []byte(p.extra), data)
		}
		dir = put(dir, []byte(sigCentral), uint16(3<<8|20), uint16(20), p.flags, p.method, uint32(0), crc, packed, size,
			uint16(len(p.name)), uint16(0), uint16(0), uint16(0), uint16(0), p.mode<<16, or(p.offset, last), []byte(p.name))
	}
	out = append(out, c.beforeDir...)
	start := len(out)
	out = append(append(out, dir...), c.afterDir...)
	out = put(out, []byte(sigEOCD), uint32(0), or(c.count, uint16(len(parts))), or(c.count, uint16(len(parts))),
		uint32(len(dir)+c.sizeDelta), uint32(start+c.offsetDelta), uint16(len(c.comment)), []byte(c.comment), []byte(c.afterEnd))
	return append([]byte(c.uncounted), out...)
}

// input counts the bytes that are read of it.
type input struct {
	*bytes.Reader
	read int64
}

func (in *input) ReadAt(p []byte, off int64) (int, error) {
	n, err := in.Reader.ReadAt(p, off)
	in.read += int64(n)
	return n, err
}

func open(t testing.TB, b []byte) *Reader {
	t.Helper()
	z, err := Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}
