package axml

import (
	"bytes"
	"os"
	"testing"

	"github.com/shogo82148/androidbinary"
)

// biggest returns the largest file of that name in the packages at hand, else a fixture.
func biggest(b *testing.B, name, fixture string) []byte {
	b.Helper()
	most := load(b, fixture)
	if _, err := os.Stat("../../../shared/corpus"); err != nil {
		return most
	}
	for _, apk := range corpus(b) {
		if file := entry(b, apk, name); len(file) > len(most) && len(file) < 4<<20 {
			most = file
		}
	}
	return most
}

// compare measures this reader and the library on the same bytes.
func compare(b *testing.B, file []byte, ours, library func() error) {
	for _, reader := range []struct {
		name string
		read func() error
	}{{"axml", ours}, {"androidbinary", library}} {
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

func BenchmarkParseXML(b *testing.B) {
	file := biggest(b, "AndroidManifest.xml", "aapt2-manifest.bin")
	compare(b, file,
		func() error { _, err := ParseXML(file); return err },
		func() error { _, err := androidbinary.NewXMLFile(bytes.NewReader(file)); return err })
}

func BenchmarkParseTable(b *testing.B) {
	file := biggest(b, "resources.arsc", "aapt2-resources.bin")
	compare(b, file,
		func() error { _, err := ParseTable(file); return err },
		func() error { _, err := androidbinary.NewTableFile(bytes.NewReader(file)); return err })
}
