package access

import (
	"bytes"
	"testing"
)

func BenchmarkAppOpsDump(b *testing.B) {
	text := bytes.Repeat(fixture(b, "sdk34", "appops"), 100)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		AppOpsDump(text)
	}
}
