package axml

import (
	"bytes"
	"testing"

	"github.com/shogo82148/androidbinary"

	"appraise/android/axml/axmltest"
)

func BenchmarkParseXML(b *testing.B) {
	file := axmltest.Biggest(b, shared, "AndroidManifest.xml", load(b, "aapt2-manifest.bin"))
	axmltest.Compare(b, file,
		func() error { _, err := ParseXML(file); return err },
		func() error { _, err := androidbinary.NewXMLFile(bytes.NewReader(file)); return err })
}
