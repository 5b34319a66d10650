package zipsafe

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"go/build"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// realArchives are files of real producers: Android's build tools, apksig's and Apktool's tests, Go's own.
func realArchives(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, glob := range []string{
		"../../../shared/corpus/*/*.apk",
		"../../testdata/cache/apks/*/*.apk",
		filepath.Join(build.Default.GOROOT, "src/archive/zip/testdata/*.zip"),
	} {
		found, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("no real archives: neither ../shared/corpus nor testdata/cache nor Go's sources are here")
	}
	return files
}

// Real archives whose oddities are meant.
var odd = map[string]string{
	"v1-only-with-nul-in-entry-name.apk":                     "[zip-bad-name]",
	"v3-only-with-rsa-pkcs1-sha512-8192-digest-mismatch.apk": "[zip-local-mismatch]",
	"weird-compression-method.apk":                           "[zip-unknown-method]",
	"issue1498.apk":                                          "[zip-bad-name]",
	"issue1589.apk":                                          "[zip-bad-name]",
	"v1v2v3-with-rsa-2048-lineage-3-signers-invalid-zip.apk": "not a ZIP archive",
	"v2-only-truncated-cd.apk":                               "not a ZIP archive",
	"dupdir.zip":                                             "[zip-duplicate-name]",
	"comment-truncated.zip":                                  "[zip-prefix zip-several-eocd]",
	"test-prefix.zip":                                        "[zip-prefix]",
	"test-badbase.zip":                                       "[zip-hidden-records]",
	"test-baddirsz.zip":                                      "[zip-hidden-records]",
}

// Ordinary archives give no anomaly, and what archive/zip reads is read with the same content.
func TestRealArchives(t *testing.T) {
	read := 0
	for _, path := range realArchives(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			z, err := Open(bytes.NewReader(b), int64(len(b)))
			want := odd[filepath.Base(path)]
			if err != nil {
				if want == "" || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q", err, want)
				}
				return
			}
			kinds := []AnomalyKind{}
			for _, trait := range z.Traits() {
				kinds = append(kinds, trait.ID)
			}
			if got := fmt.Sprint(kinds); got != want && (want != "" || len(kinds) > 0) {
				t.Errorf("got %s, want %q", got, want)
			}
			read += sameAsStd(t, b, z)
		})
	}
	t.Logf("%d entries read as archive/zip reads them", read)
}

// sameAsStd compares listing and content with archive/zip and returns the number of equal entries.
func sameAsStd(t *testing.T, b []byte, z *Reader) int {
	t.Helper()
	std, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Logf("archive/zip: %v", err)
		return 0
	}
	if len(std.File) != len(z.Entries) {
		t.Fatalf("got %d entries, want %d", len(z.Entries), len(std.File))
	}
	equal := 0
	for i, f := range std.File {
		e := &z.Entries[i]
		if e.Name != f.Name || e.Method != f.Method || e.Flags != f.Flags || e.CRC32 != f.CRC32 || e.Size != f.UncompressedSize64 || e.CompressedSize != f.CompressedSize64 {
			t.Errorf("got %+v, want %+v", e, f.FileHeader)
		}
		want, err := readStd(f)
		if err != nil {
			t.Logf("archive/zip: %s: %v", f.Name, err)
			continue
		}
		got, err := z.ReadFile(e, int64(len(want)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: got %d bytes, %v, want %d", f.Name, len(got), err, len(want))
			continue
		}
		equal++
	}
	return equal
}

func readStd(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// Archives of other writers: Info-ZIP and Python, symbolic links among them.
func TestOtherProducers(t *testing.T) {
	dir := t.TempDir()
	for name, body := range map[string]string{"manifest.json": `{"name":"x"}`, "js/a.js": strings.Repeat("var a;\n", 500), "ü/日.txt": "x"} {
		path := filepath.Join(dir, "in", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const python = `import sys, zipfile, os
z = zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED)
for d, _, files in os.walk("."):
    for f in files: z.write(os.path.join(d, f))
z.close()`
	tests := []struct {
		name, needs string
		args        []string
	}{
		{"zip", "zip", []string{"zip", "-q", "-r", "OUT", "."}},
		{"zip-streamed", "zip", []string{"sh", "-c", "zip -q -r - . | cat > OUT"}},
		{"zip-stored-no-extra", "zip", []string{"zip", "-q", "-0", "-X", "-D", "-r", "OUT", "."}},
		{"zip-zip64", "zip", []string{"zip", "-q", "-fz", "-r", "OUT", "."}},
		{"python", "python3", []string{"python3", "-c", python, "OUT"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := exec.LookPath(tt.needs); err != nil {
				t.Skip(err)
			}
			out := filepath.Join(dir, tt.name+".zip")
			for i := range tt.args {
				tt.args[i] = strings.ReplaceAll(tt.args[i], "OUT", out)
			}
			cmd := exec.Command(tt.args[0], tt.args[1:]...)
			cmd.Dir = filepath.Join(dir, "in")
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			b, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			z := open(t, b)
			if len(z.Anomalies) != 0 {
				t.Errorf("got %v", z.Anomalies)
			}
			if n := sameAsStd(t, b, z); n < 3 {
				t.Errorf("got %d entries", n)
			}
		})
	}
}

// largeIPA is an input of the size and number of entries of the largest IPA known, its local headers
// made as they are read.
type largeIPA struct {
	spacing int64
	names   []string
	tail    []byte // directory and end record
}

func (l largeIPA) size() int64 { return l.spacing*int64(len(l.names)) + int64(len(l.tail)) }

func (l largeIPA) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	dir := l.spacing * int64(len(l.names))
	for i := max(0, off/l.spacing); i*l.spacing < min(off+int64(len(p)), dir); i++ {
		header := l.header(int(i))
		if at := i*l.spacing - off; at >= 0 {
			copy(p[at:], header)
		} else if -at < int64(len(header)) {
			copy(p, header[-at:])
		}
	}
	if at := dir - off; at < int64(len(p)) {
		if at >= 0 {
			copy(p[at:], l.tail)
		} else {
			copy(p, l.tail[-at:])
		}
	}
	return len(p), nil
}

func (l largeIPA) header(i int) []byte {
	b := append([]byte(sigLocal), make([]byte, sizeLocal-4)...)
	size := uint32(l.spacing) - sizeLocal - uint32(len(l.names[i]))
	le.PutUint32(b[18:], size)
	le.PutUint32(b[22:], size)
	le.PutUint16(b[26:], uint16(len(l.names[i])))
	return append(b, l.names[i]...)
}

func newLargeIPA(entries int, spacing int64) largeIPA {
	l := largeIPA{spacing: spacing}
	for i := range entries {
		name := fmt.Sprintf("Payload/Large.app/Folder%d/file-%d.png", i%300, i)
		l.names = append(l.names, name)
		local := l.header(i)
		record := append([]byte(sigCentral), make([]byte, sizeCentral-4)...)
		copy(record[20:28], local[18:26])
		le.PutUint16(record[28:], uint16(len(name)))
		le.PutUint32(record[42:], uint32(int64(i)*spacing))
		l.tail = append(append(l.tail, record...), name...)
	}
	l.tail = append(l.tail, endRecord(uint16(entries), uint32(len(l.tail)), uint32(int64(entries)*spacing))...)
	return l
}

func TestS01_LargeIPA(t *testing.T) {
	l := newLargeIPA(60_002, 32_500)
	start := time.Now()
	z, err := Open(l, l.size())
	took := time.Since(start)
	if err != nil || len(z.Entries) != 60_002 || len(z.Anomalies) != 0 {
		t.Fatalf("got %v, %v", z, err)
	}
	t.Logf("%d bytes, %d entries opened in %v", l.size(), len(z.Entries), took)
	if took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	start = time.Now()
	z.FS()
	t.Logf("file view in %v", time.Since(start))
}

func BenchmarkOpenLargeIPA(b *testing.B) {
	l := newLargeIPA(60_002, 32_500)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Open(l, l.size()); err != nil {
			b.Fatal(err)
		}
	}
}

// Each prefix of an archive errs: its end record is gone.
func TestTruncated(t *testing.T) {
	b := craft{comment: "c"}.build(t, part{name: "a", body: "hello", method: Deflate}, part{name: "d/b", body: "x"})
	for n := range len(b) {
		if _, err := Open(bytes.NewReader(b[:n]), int64(n)); err == nil {
			t.Errorf("prefix of %d bytes is read", n)
		}
	}
	short := bytes.NewReader(b[:len(b)-10]) // the input is shorter than it says
	var format *FormatError
	if _, err := Open(short, int64(len(b))); !errors.As(err, &format) {
		t.Errorf("got %v, want a format error", err)
	}
}

// Data cut inside the archive err where they are read.
func TestTruncatedData(t *testing.T) {
	body := "some text that is long enough to deflate, to deflate, to deflate"
	whole := pack(t, body)
	for n := range len(whole) {
		z := open(t, craft{}.build(t, part{name: "a", body: body, method: Deflate, packedSize: ptr(uint32(n))}))
		if got, err := z.ReadFile(&z.Entries[0], 1000); err == nil {
			t.Errorf("%d packed bytes: got %q", n, got)
		}
		if _, err := streamAll(z, &z.Entries[0]); err == nil {
			t.Errorf("%d packed bytes streamed without an error", n)
		}
	}
}

type brokenInput struct{ *bytes.Reader }

var errBroken = errors.New("disk is broken")

func (b brokenInput) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 {
		return 0, errBroken
	}
	return b.Reader.ReadAt(p, off)
}

// An error of the input is wrapped, not taken for a defect of the archive.
func TestInputError(t *testing.T) {
	b := craft{comment: strings.Repeat("c", maxComment)}.build(t, part{name: "a", body: "hello"})
	_, err := Open(brokenInput{bytes.NewReader(b)}, int64(len(b)))
	var format *FormatError
	if !errors.Is(err, errBroken) || errors.As(err, &format) {
		t.Errorf("got %v, want the input's error", err)
	}
}

// Two streams at once don't share a decompressor, and a closed one gives nothing.
func TestInterleavedStreams(t *testing.T) {
	bodies := []string{strings.Repeat("first ", 20_000), strings.Repeat("second ", 20_000), strings.Repeat("third ", 20_000)}
	var parts []part
	for i, body := range bodies {
		parts = append(parts, part{name: fmt.Sprint(i), body: body, method: Deflate})
	}
	z := open(t, craft{}.build(t, parts...))
	for range 2 {
		var streams []io.ReadCloser
		got := make([]bytes.Buffer, len(bodies))
		for i := range bodies {
			r, err := z.Open(&z.Entries[i])
			if err != nil {
				t.Fatal(err)
			}
			streams = append(streams, r)
		}
		for range 200 {
			for i, r := range streams {
				if _, err := io.CopyN(&got[i], r, 1000); err != nil && err != io.EOF {
					t.Fatal(err)
				}
			}
		}
		for i, want := range bodies {
			if got[i].String() != want {
				t.Errorf("stream %d differs", i)
			}
			if err := errors.Join(streams[i].Close(), streams[i].Close()); err != nil {
				t.Error(err)
			}
			if n, err := streams[i].Read(make([]byte, 1)); n != 0 || err == nil {
				t.Errorf("read %d bytes after Close", n)
			}
		}
	}
}

// A stored entry is read in place; of a packed one there is no place to read.
func TestSection(t *testing.T) {
	z := open(t, craft{}.build(t, part{name: "stored", body: "as it stands"}, part{name: "packed", body: "packed", method: Deflate},
		part{name: "unknown", body: "as it stands too", method: 99}, part{name: "long", body: "cut", size: ptr(uint32(1 << 20))}))
	for name, want := range map[string]string{"stored": "as it stands", "unknown": "as it stands too", "packed": ""} {
		e, ok := z.Lookup(name)
		if !ok {
			t.Fatal(name)
		}
		r, size, err := z.Section(e)
		if err != nil || size != int64(len(want)) || (r == nil) != (want == "") {
			t.Errorf("%s: got %v, %d, %v", name, r, size, err)
			continue
		}
		if r == nil {
			continue
		}
		got, err := io.ReadAll(io.NewSectionReader(r, 0, size+10))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	e, _ := z.Lookup("long")
	if _, _, err := z.Section(e); err == nil {
		t.Error("data past the end of the archive: got no error")
	}
	if z.Inflated() != 0 {
		t.Errorf("got %d bytes counted, want none", z.Inflated())
	}
}
