package zipsafe

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"appraise/internal/limits"
)

// FuzzOpen opens, reads, streams and walks: nothing panics, no bound is passed, every error is a FormatError.
func FuzzOpen(f *testing.F) {
	plain := part{name: "d/a.txt", body: "hello"}
	packed := part{name: manifestName, body: strings.Repeat("manifest ", 50), method: Deflate}
	f.Add(craft{}.build(f, plain, packed))
	f.Add(craft{prefix: "dex\n035\x00", comment: sigEOCD + strings.Repeat("x", 30)}.build(f, plain, part{name: "b", shared: true}))
	f.Add(craft{uncounted: "#!", count: ptr[uint16](1)}.build(f, part{name: "../a", method: 99, body: "x"}, packed))
	f.Add(many(f, 3))
	f.Add(bomb(f, zeros(f, 4), 1<<40))
	f.Add(zip64(f, "#!"))
	f.Add(endRecord(0, 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		z, err := Open(bytes.NewReader(b), int64(len(b)))
		checkError(t, err)
		if err != nil {
			return
		}
		for i := range z.Entries {
			got, err := z.ReadFile(&z.Entries[i], 1<<16)
			checkError(t, err)
			if len(got) > 1<<16 {
				t.Errorf("got %d bytes", len(got))
			}
		}
		z.Traits()
		view := z.FS()
		_ = fs.WalkDir(view, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				t.Error(err)
			}
			if d != nil && !d.IsDir() {
				if r, err := view.Open(path); err == nil {
					_, err = io.Copy(io.Discard, io.LimitReader(r, 1<<16))
					checkError(t, errors.Join(err, r.Close()))
				}
			}
			return nil
		})
		if z.inflated > limits.ZipInflated+1 {
			t.Errorf("got %d bytes inflated", z.inflated)
		}
	})
}

func checkError(t *testing.T, err error) {
	t.Helper()
	var format *FormatError
	if err != nil && !errors.As(err, &format) {
		t.Errorf("got %v, want a FormatError", err)
	}
}
