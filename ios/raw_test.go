package ios

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"testing"

	"appraise/internal/zipsafe"
)

type rawEntry struct{ name, data string }

// rawZip writes stored entries that archive/zip would refuse to write.
func rawZip(t *testing.T, entries []rawEntry) *zipsafe.Reader {
	t.Helper()
	s := &sparse{}
	for _, e := range entries {
		s.add(e.name, []byte(e.data), len(e.data))
	}
	s.finish()
	return s.open(t)
}

// sparse is an archive that is mostly zeros and keeps none of them.
type sparse struct {
	parts     []part // in file order
	directory bytes.Buffer
	entries   int
	size      int64
	read      int64
}

type part struct {
	at   int64
	data []byte
}

// add appends a stored entry of size bytes, of which data are the first and zeros the rest.
func (s *sparse) add(name string, data []byte, size int) {
	le := binary.LittleEndian
	fixed := make([]byte, 26) // version needed … extra length, shared by both headers
	le.PutUint16(fixed, 20)
	le.PutUint32(fixed[14:], uint32(size))
	le.PutUint32(fixed[18:], uint32(size))
	le.PutUint16(fixed[22:], uint16(len(name)))
	local := append(append([]byte("PK\x03\x04"), fixed...), name...)
	s.directory.WriteString("PK\x01\x02\x14\x00")
	s.directory.Write(fixed)
	s.directory.Write(make([]byte, 10))
	s.directory.Write(le.AppendUint32(nil, uint32(s.size)))
	s.directory.WriteString(name)
	s.parts = append(s.parts, part{s.size, append(local, data...)})
	s.size += int64(len(local) + size)
	s.entries++
}

func (s *sparse) finish() {
	le := binary.LittleEndian
	end := []byte("PK\x05\x06\x00\x00\x00\x00")
	end = le.AppendUint16(end, uint16(s.entries))
	end = le.AppendUint16(end, uint16(s.entries))
	end = le.AppendUint32(end, uint32(s.directory.Len()))
	end = le.AppendUint32(end, uint32(s.size))
	end = append(end, 0, 0)
	s.parts = append(s.parts, part{s.size, append(s.directory.Bytes(), end...)})
	s.size += int64(s.directory.Len() + len(end))
}

func (s *sparse) ReadAt(b []byte, at int64) (int, error) {
	n := int(min(int64(len(b)), max(0, s.size-at)))
	clear(b[:n])
	lo, hi := 0, len(s.parts)
	for lo < hi { // the last part that starts at or before at
		if mid := (lo + hi) / 2; s.parts[mid].at <= at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for i := max(0, lo-1); i < len(s.parts) && s.parts[i].at < at+int64(n); i++ {
		p := s.parts[i]
		if skip := at - p.at; skip >= int64(len(p.data)) {
			continue
		} else if skip > 0 {
			copy(b[:n], p.data[skip:])
		} else {
			copy(b[-skip:n], p.data)
		}
	}
	s.read += int64(n)
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (s *sparse) open(t *testing.T) *zipsafe.Reader {
	t.Helper()
	z, err := zipsafe.Open(s, s.size)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// sparseIPA is an IPA with an app, a keyboard and n files of zeros.
func sparseIPA(n, each int, main, keyboard []byte) *sparse {
	s := &sparse{}
	s.add("Payload/Big.app/Info.plist", main, len(main))
	for i := range n {
		s.add(fmt.Sprintf("Payload/Big.app/Assets/%03d/%05d.bin", i/500, i), nil, each)
	}
	s.add("Payload/Big.app/PlugIns/K.appex/Info.plist", keyboard, len(keyboard))
	s.finish()
	return s
}
