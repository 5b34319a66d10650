package plistsafe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"appraise/internal/limits"
)

// refusedFast asks that a bomb is refused in less than 50 ms and with little memory. The best of three
// runs counts, because other work shares the machine.
func refusedFast(t *testing.T, in []byte, k Kind, limit bool) {
	t.Helper()
	best, least := time.Hour, uint64(1<<62)
	for range 3 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		doc, err := Decode(in, k)
		best = min(best, time.Since(start))
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
		var format *FormatError
		if !errors.As(err, &format) || format.Limit != limit {
			t.Fatalf("got %v, %v, want a *FormatError with limit %v", doc, err, limit)
		}
	}
	if best > 50*time.Millisecond || least > 16<<20 {
		t.Errorf("took %v and %d bytes, want less than 50 ms and 16 MiB", best, least)
	}
}

func xmlDeep(n int) []byte {
	return []byte(`<?xml version="1.0"?><plist version="1.0"><dict><key>a</key>` + strings.Repeat("<array>", n) + strings.Repeat("</array>", n) + "</dict></plist>")
}

func binaryDeep(n int) []byte {
	objects := [][]byte{append([]byte{0xD1}, append(be(1, 4), be(2, 4)...)...), str("a")}
	for i := range n - 1 {
		objects = append(objects, append([]byte{0xA1}, be(uint64(i+3), 4)...))
	}
	return bplist(4, 4, append(objects, []byte{0xA0})...)
}

func TestS05_B1_SharedReferences(t *testing.T) {
	for n := 6; n <= 24; n++ {
		t.Run(fmt.Sprint(n), func(t *testing.T) { refusedFast(t, laughs(n, 10), InfoPlist, true) })
	}
	for _, n := range []int{20, 24, 28, 60} {
		t.Run(fmt.Sprintf("pairs %d", n), func(t *testing.T) { refusedFast(t, laughs(n, 2), Seal, true) })
	}
	if _, err := Decode(laughs(5, 10), InfoPlist); err != nil {
		t.Errorf("111,114 nodes: got %v, want no error", err)
	}
}

func TestS05_B1_SharedText(t *testing.T) {
	text := append([]byte{0x4F, 0x12}, append(be(1<<20, 4), make([]byte, 1<<20)...)...)
	refs := append([]byte{0xAF, 0x11}, be(1000, 2)...)
	list := bplist(4, 1, []byte{0xD1, 1, 2}, str("a"), append(refs, bytes.Repeat([]byte{3}, 1000)...), text)
	refusedFast(t, list, InfoPlist, true)
}

// Keys are compared for every dictionary before its sums are known: that work is bounded too.
func TestS05_B1_SharedKeys(t *testing.T) {
	key := append([]byte{0x5F, 0x12}, append(be(1<<20, 4), make([]byte, 1<<20)...)...)
	objects := [][]byte{{0xD1, 1, 2}, str("a")}
	for i := range 120 {
		objects = append(objects, append(append([]byte{0xDF, 0x10, 60}, bytes.Repeat([]byte{124}, 60)...), bytes.Repeat([]byte{byte(i + 3)}, 60)...))
	}
	refusedFast(t, bplist(4, 1, append(objects, []byte{0x09}, str("b"), key)...), InfoPlist, true)
}

// A hundred objects at one offset, each with 150,000 references, are not walked one by one.
func TestS05_B1_SharedOffsets(t *testing.T) {
	const arrays, refs = 100, 150_000
	list := append([]byte("bplist00\xDF\x10"), arrays)
	offsets := []int{8}
	for i := range 2 * arrays { // the keys are objects 1 to 100, their values 101 to 200
		list = append(list, be(uint64(1+i), 2)...)
	}
	for i := range arrays {
		offsets = append(offsets, len(list))
		list = append(list, str(fmt.Sprintf("%03d", i))...)
	}
	for range arrays {
		offsets = append(offsets, len(list))
	}
	list = append(append(list, 0xAF, 0x12), be(refs, 4)...)
	list = append(list, bytes.Repeat(be(2*arrays+1, 2), refs)...)
	offsets = append(offsets, len(list))
	refusedFast(t, finish(append(list, 0x09), 4, 2, offsets), InfoPlist, true)
}

// Thousands of keys given twice take one pass over UTF-16 text.
func TestS05_ManyDuplicates(t *testing.T) {
	const n = 40_000
	list := utf16Bytes([]byte("<dict>"+strings.Repeat("<key>a</key><true/>", n)+"</dict>"), binary.LittleEndian, bomUTF16LE)
	start := time.Now()
	doc, err := Decode(list, InfoPlist)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); len(doc.Duplicates) != n-1 || took > 5*time.Second {
		t.Errorf("got %d duplicates in %v", len(doc.Duplicates), took)
	}
}

func TestS05_B2_Nesting(t *testing.T) {
	const most = limits.PlistDepth - 1 // below the root dictionary
	if _, err := Decode(xmlDeep(most), InfoPlist); err != nil {
		t.Errorf("XML at the limit: got %v", err)
	}
	if _, err := Decode(binaryDeep(most), InfoPlist); err != nil {
		t.Errorf("binary at the limit: got %v", err)
	}
	for _, n := range []int{most + 1, 129, 10_000, 200_000} {
		refusedFast(t, xmlDeep(n), InfoPlist, true)
	}
	refusedFast(t, xmlDeep(1_000_000), Seal, true)
	refusedFast(t, binaryDeep(129), InfoPlist, true)
	refusedFast(t, binaryDeep(100_000), InfoPlist, true)
	refusedFast(t, binaryDeep(300_000), Seal, true)
}

func TestS05_B3_OpenStep(t *testing.T) {
	refusedFast(t, []byte(strings.Repeat("(", 5_000_000)), Seal, false)
	refusedFast(t, []byte(strings.Repeat("(", 200_000)+strings.Repeat(")", 200_000)), InfoPlist, false)
	refusedFast(t, []byte(strings.Repeat("(", 1_000_000)+strings.Repeat(")", 1_000_000)), Seal, false)
}

func TestS05_Bounds(t *testing.T) {
	small := Kind{Bytes: 2000, Nodes: 10}
	pad := func(size int) []byte {
		base := xmlList("")
		return append(base, bytes.Repeat([]byte("\n"), size-len(base))...)
	}
	array := func(n int) []byte {
		return xmlList("<key>a</key><array>" + strings.Repeat("<true/>", n) + "</array>")
	}
	bits := func(n int) []byte {
		return bplist(1, 1, []byte{0xD1, 1, 2}, str("a"), append([]byte{0xA0 | byte(n)}, bytes.Repeat([]byte{3}, n)...), []byte{0x09})
	}
	objects := func(n int) []byte {
		list := [][]byte{{0xD0}}
		for range n - 1 {
			list = append(list, []byte{0x09})
		}
		return bplist(1, 1, list...)
	}
	tests := []struct {
		name      string
		good, bad []byte
	}{
		{"bytes", pad(2000), pad(2001)},
		{"XML nodes", array(7), array(8)},
		{"binary nodes", bits(7), bits(8)},
		{"binary objects", objects(10), objects(11)},
	}
	for _, test := range tests {
		if _, err := Decode(test.good, small); err != nil {
			t.Errorf("%s at the limit: got %v", test.name, err)
		}
		var format *FormatError
		if _, err := Decode(test.bad, small); !errors.As(err, &format) || !format.Limit {
			t.Errorf("%s past the limit: got %v, want a limit", test.name, err)
		}
	}
}
