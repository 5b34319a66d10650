package zipsafe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// zip64 is an archive of one stored entry whose sizes, offset and directory stand in ZIP64 records.
func zip64(t testing.TB, uncounted string, extra ...uint64) []byte {
	t.Helper()
	const body = "hello"
	values := []uint64{uint64(len(body)), uint64(len(body)), 0}
	copy(values, extra)
	plain := craft{}.build(t, part{name: "a", body: body})
	at := strings.Index(string(plain), sigCentral)
	dir := bytes.Clone(plain[at : at+sizeCentral+1])
	for _, field := range []int{20, 24, 42} {
		le.PutUint32(dir[field:], none32)
	}
	le.PutUint16(dir[30:], 28)
	dir = le.AppendUint16(le.AppendUint16(dir, 1), 24)
	for _, v := range values {
		dir = le.AppendUint64(dir, v)
	}
	out := append(plain[:at:at], dir...)
	record := uint64(len(out))
	out = append(out, sigEOCD64...)
	for _, v := range []any{uint64(sizeEOCD64 - 12), uint16(45), uint16(45), uint32(0), uint32(0), uint64(1), uint64(1), uint64(len(dir)), uint64(at)} {
		var err error
		if out, err = binary.Append(out, le, v); err != nil {
			t.Fatal(err)
		}
	}
	out = le.AppendUint64(append(out, sigLocator64+"\x00\x00\x00\x00"...), record)
	out = append(le.AppendUint32(out, 1), endRecord(none16, none32, none32)...)
	return append([]byte(uncounted), out...)
}

func TestZip64(t *testing.T) {
	for name, prefix := range map[string]string{"plain": "", "after bytes that offsets don't count": "#!/bin/sh\n"} {
		t.Run(name, func(t *testing.T) {
			z := open(t, zip64(t, prefix))
			e, ok := z.Lookup("a")
			if !ok || e.Size != 5 || e.CompressedSize != 5 || e.HeaderOffset != int64(len(prefix)) {
				t.Fatalf("got %+v", e)
			}
			if got, err := z.ReadFile(e, 10); err != nil || string(got) != "hello" {
				t.Errorf("got %q, %v", got, err)
			}
			if len(z.Anomalies) != min(len(prefix), 1) {
				t.Errorf("got %v", z.Anomalies)
			}
		})
	}
}

// Sizes and offsets of 64 bits that no input has end in errors, not in allocations or overflows.
func TestS01_Zip64Values(t *testing.T) {
	for _, v := range []uint64{none32, 1 << 40, 1<<63 - 1, 1<<63 - 40, 1 << 63, 1<<64 - 1} {
		for field := range 3 {
			values := []uint64{5, 5, 0}
			values[field] = v
			z := open(t, zip64(t, "", values...))
			var err error
			used := allocated(func() {
				_, err = z.ReadFile(&z.Entries[0], 1<<20)
				if _, streamErr := streamAll(z, &z.Entries[0]); field != 1 && streamErr == nil {
					t.Errorf("value %d at %d is streamed", v, field)
				}
			})
			var format *FormatError
			if field != 1 && !errors.As(err, &format) { // field 1, the packed size, doesn't matter to stored data
				t.Errorf("value %d at %d: got %v, want a format error", v, field, err)
			}
			if used > 1<<20 || len(z.Anomalies) == 0 {
				t.Errorf("value %d at %d: %d bytes allocated, anomalies %v", v, field, used, z.Anomalies)
			}
		}
	}
}

// A ZIP64 record that says nonsense leaves no archive.
func TestZip64Directory(t *testing.T) {
	whole := zip64(t, "")
	record := bytes.Index(whole, []byte(sigEOCD64))
	for name, field := range map[string]int{"entries": 32, "size": 40, "offset": 48, "place": sizeEOCD64 + 8} {
		for _, v := range []uint64{1 << 40, 1<<63 - 1, 1 << 63, 1<<64 - 1} {
			b := bytes.Clone(whole)
			le.PutUint64(b[record+field:], v)
			_, err := Open(bytes.NewReader(b), int64(len(b)))
			var format *FormatError
			if name != "place" && !errors.As(err, &format) {
				t.Errorf("%s %d: got %v, want a format error", name, v, err)
			}
			if name == "place" && err != nil { // found next to the locator
				t.Errorf("%s %d: got %v", name, v, err)
			}
		}
	}
}
