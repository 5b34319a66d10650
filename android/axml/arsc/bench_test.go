package arsc

import (
	"bytes"
	"testing"

	"github.com/shogo82148/androidbinary"

	"appraise/android/axml/axmltest"
)

func BenchmarkParse(b *testing.B) {
	file := axmltest.Biggest(b, shared, "resources.arsc", load(b, "aapt2-resources.bin"))
	axmltest.Compare(b, file,
		func() error { _, err := Parse(file); return err },
		func() error { _, err := androidbinary.NewTableFile(bytes.NewReader(file)); return err })
}
