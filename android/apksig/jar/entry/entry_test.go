package entry

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

func samples(t testing.TB) [][]byte {
	t.Helper()
	files, err := filepath.Glob("../../testdata/*-v1-*.apk")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v, %v", files, err)
	}
	var out [][]byte
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

func open(b []byte) (*Archive, error) {
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, err
	}
	return Open(z)
}

// readAll reads every entry twice, with one reader, and compares.
func readAll(t *testing.T, a *Archive) error {
	t.Helper()
	r := a.NewReader()
	for i := range a.Files {
		f := &a.Files[i]
		first, err := r.Read(f, 1<<20, limits.ZipRatio)
		if err != nil {
			return err
		}
		if uint64(len(first)) != f.Size {
			t.Fatalf("%q: got %d bytes, the directory says %d", f.Name, len(first), f.Size)
		}
		var again bytes.Buffer
		if err := r.Copy(&again, f); err != nil || !bytes.Equal(first, again.Bytes()) {
			t.Fatalf("%q: got another content, %v", f.Name, err)
		}
	}
	return nil
}

func TestSamples(t *testing.T) {
	for _, b := range samples(t) {
		a, err := open(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := readAll(t, a); err != nil {
			t.Error(err)
		}
		for name, i := range a.Index {
			if a.Files[i].Name != name || strings.HasSuffix(name, "/") {
				t.Errorf("got %q at %q", a.Files[i].Name, name)
			}
		}
	}
}

func TestTruncated(t *testing.T) {
	b := samples(t)[0]
	for n := range b {
		if _, err := open(b[:n]); err == nil {
			t.Errorf("%d bytes: got no error", n)
		}
	}
}

// An end record at the end of the comment is the one that Android takes, although its directory doesn't fit.
func TestLaterEnd(t *testing.T) {
	b := bytes.Clone(samples(t)[0])
	le.PutUint16(b[len(b)-2:], sizeEOCD+3)
	for name, tail := range map[string]string{
		"not the end": "ab" + sigEOCD + strings.Repeat("\x00", 16) + "\x02\x00c",
		"the end":     "ab" + sigEOCD + strings.Repeat("\xff", 16) + "\x01\x00c",
	} {
		_, err := open(append(bytes.Clone(b), tail...))
		if (err != nil) != (name == "the end") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	a, err := open(samples(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	f := &a.Files[0]
	if _, err := a.NewReader().Read(f, int64(f.Size), limits.ZipRatio); err != nil {
		t.Errorf("at the limit: got %v", err)
	}
	_, err = a.NewReader().Read(f, int64(f.Size)-1, limits.ZipRatio)
	var format *inventory.FormatError
	if !errors.As(err, &format) || !format.Limit {
		t.Errorf("got %v, want a limit named", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := open(b)
		if err != nil {
			return
		}
		if err := readAll(t, a); errors.Is(err, io.EOF) {
			t.Errorf("got %v, want a malformed archive", err)
		}
	})
}
