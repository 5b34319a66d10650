package plistsafe

import (
	"bytes"
	"encoding/binary"
	"os"
	"testing"
)

// bplist writes a binary property list whose top object is number 0.
func bplist(offSize, refSize int, objects ...[]byte) []byte {
	out := []byte(magic + version)
	var offsets []int
	for _, o := range objects {
		offsets = append(offsets, len(out))
		out = append(out, o...)
	}
	return finish(out, offSize, refSize, offsets)
}

// finish appends the offset table and the trailer.
func finish(out []byte, offSize, refSize int, offsets []int) []byte {
	table := len(out)
	for _, at := range offsets {
		out = append(out, be(uint64(at), offSize)...)
	}
	out = append(out, 0, 0, 0, 0, 0, 0, byte(offSize), byte(refSize))
	for _, v := range []int{len(offsets), 0, table} {
		out = binary.BigEndian.AppendUint64(out, uint64(v))
	}
	return out
}

func be(v uint64, size int) []byte { return binary.BigEndian.AppendUint64(nil, v)[8-size:] }

func str(s string) []byte { return append([]byte{0x50 | byte(len(s))}, s...) }

func wide(s string) []byte {
	out := []byte{0x60 | byte(len(s))}
	for _, c := range []byte(s) {
		out = append(out, 0, c)
	}
	return out
}

// xmlList wraps values of the root dictionary.
func xmlList(body string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>` + body + `</dict></plist>
`)
}

func utf16Bytes(text []byte, order binary.AppendByteOrder, bom string) []byte {
	out := []byte(bom)
	for _, c := range text {
		out = order.AppendUint16(out, uint16(c))
	}
	return out
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// laughs is a dictionary that refers to n arrays, each holding width times the next.
func laughs(n, width int) []byte {
	objects := [][]byte{append([]byte{0xD1}, 1, 2), str("k")}
	for i := range n {
		objects = append(objects, append([]byte{0xA0 | byte(width)}, bytes.Repeat([]byte{byte(i + 3)}, width)...))
	}
	return bplist(2, 1, append(objects, str("x"))...)
}
