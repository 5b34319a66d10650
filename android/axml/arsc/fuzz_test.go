package arsc

import (
	"bytes"
	"errors"
	"testing"

	"github.com/shogo82148/androidbinary"

	"appraise/android/axml/axmltest"
	"appraise/android/axml/res"
	"appraise/inventory"
)

func FuzzParse(f *testing.F) {
	for _, name := range fixtures(f, "resources.bin") {
		f.Add(load(f, name))
	}
	f.Add(bombB7())
	f.Add(makeTable(makePool8("x"), makeType(1, typeOffset16, 1, deConfig, halves(0), makeEntry(res.TypeString, 0))))
	f.Fuzz(func(t *testing.T, b []byte) {
		table, err := Parse(b)
		if err != nil {
			var format *inventory.FormatError
			if !errors.As(err, &format) || table != nil {
				t.Fatalf("got %v, %v", table, err)
			}
			return
		}
		axmltest.CheckNotes(t, table.Notes)
		for _, p := range table.packages {
			for typ := range p.types {
				id := p.id<<24 | (uint32(typ)+p.offset)<<16
				table.Candidates(id)
				table.Resolve(res.Value{Type: res.TypeReference, Data: id + 1})
			}
		}
		if table.Library {
			axmltest.Offered(t, func() error {
				_, err := androidbinary.NewTableFile(bytes.NewReader(b))
				return err
			})
		}
	})
}
