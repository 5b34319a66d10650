package axmltest

import (
	"errors"
	"runtime"
	"testing"
	"time"

	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/inventory"
)

// Cost runs read and tells what it allocated and how long it took.
func Cost(read func()) (bytes uint64, took time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	read()
	took = time.Since(start)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, took
}

// Refused checks that the bytes are refused in little time and memory.
func Refused(t *testing.T, limit bool, parse func() (bool, error)) {
	t.Helper()
	var read bool
	var err error
	bytes, took := Cost(func() { read, err = parse() })
	var format *inventory.FormatError
	if read || !errors.As(err, &format) || format.Limit != limit {
		t.Errorf("got %t, %v, want an error with limit %t", read, err, limit)
	}
	// 50 ms are the goal; a busy machine gets some slack.
	if bytes >= 16<<20 || took > 500*time.Millisecond {
		t.Errorf("took %d bytes, %v", bytes, took)
	}
	t.Logf("%v: %d bytes allocated, %v", err, bytes, took)
}

// libraryAllocates is what the library may allocate on a file that it is offered: its text grows by
// doubling, and each of its structures is read through a buffer of its own.
const libraryAllocates = 16 * limits.AXMLStringBytes

// Offered gives a file to the library and checks that it keeps within bounds. It may return an error, and
// panic in a way that recover catches.
func Offered(t *testing.T, read func() error) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	func() {
		defer func() {
			if p := recover(); p != nil {
				t.Logf("library panics: %v", p)
			}
		}()
		if err := read(); err != nil {
			t.Logf("library: %v", err)
		}
	}()
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > libraryAllocates {
		t.Errorf("library allocated %d bytes on a file it was offered", grown)
	}
}

// CheckNotes checks that there are no more notes of a trait than may be.
func CheckNotes(t *testing.T, notes []res.Note) {
	t.Helper()
	count := map[string]int{}
	for _, n := range notes {
		if count[string(n.Trait)]++; count[string(n.Trait)] > limits.AXMLNotes {
			t.Errorf("more than %d notes of %s", limits.AXMLNotes, n.Trait)
		}
	}
}

// Compare measures this reader and the library on the same bytes.
func Compare(b *testing.B, file []byte, ours, library func() error) {
	for _, reader := range []struct {
		name string
		read func() error
	}{{"ours", ours}, {"androidbinary", library}} {
		b.Run(reader.name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				if err := reader.read(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(file)), "file-B")
		})
	}
}
