package packages

import (
	"bytes"
	"fmt"
	"testing"
)

// BenchmarkRead reads the dump of a phone with some 900 packages.
func BenchmarkRead(b *testing.B) {
	one := fixture(b, "sdk34", "package")
	head, rest, _ := bytes.Cut(one, []byte("Packages:\n"))
	body, tail, _ := bytes.Cut(rest, []byte("\nQueries:"))
	var all bytes.Buffer
	all.Write(head)
	all.WriteString("Packages:\n")
	for i := range 60 {
		all.Write(bytes.ReplaceAll(body, []byte("Package [com."), fmt.Appendf(nil, "Package [com.n%d.", i)))
	}
	all.WriteString("\nQueries:")
	all.Write(tail)
	text := bytes.Repeat(all.Bytes(), 1)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Read(text)
	}
}
