package zipsafe

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"testing"

	"appraise/internal/limits"
)

// zeros is the raw deflate of n MiB of zero bytes: the blocks of one MiB, again and again.
func zeros(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	const final = "\x01\x00\x00\xff\xff" // an empty stored block
	return append(bytes.Repeat(b.Bytes(), n), final...)
}

// bomb is an archive of one AndroidManifest.xml with that deflated data and any declared size.
func bomb(t testing.TB, data []byte, declared uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	h := &zip.FileHeader{Name: manifestName, Method: zip.Deflate, CompressedSize64: uint64(len(data)), UncompressedSize64: declared}
	f, err := w.CreateRaw(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func wantLimit(t *testing.T, err error) {
	t.Helper()
	var format *FormatError
	if !errors.As(err, &format) || !format.Limit {
		t.Errorf("got %v, want a limit named", err)
	}
}

func TestS01_B8(t *testing.T) {
	const slack = 64 << 10
	data := zeros(t, 256)
	for _, declared := range []uint64{1000, 256 << 20, 1 << 40} {
		b := bomb(t, data, declared)
		for _, limit := range []int64{512 << 10, limits.ManifestBytes, limits.ZipInflated} {
			t.Run(fmt.Sprintf("declared %d, limit %d", declared, limit), func(t *testing.T) {
				var z *Reader
				used := allocated(func() {
					z = open(t, b)
					got, err := z.ReadFile(&z.Entries[0], limit)
					if got != nil {
						t.Errorf("got %d bytes", len(got))
					}
					wantLimit(t, err)
				})
				if z.inflated > min(limit, 8*limits.ZipRatioFrom)+slack {
					t.Errorf("got %d bytes inflated", z.inflated)
				}
				if used > 32<<20 {
					t.Errorf("got %d bytes allocated", used)
				}
			})
		}
		t.Run(fmt.Sprintf("declared %d, streamed", declared), func(t *testing.T) {
			z := open(t, b)
			n, err := streamAll(z, &z.Entries[0])
			if err == nil || n > 8*limits.ZipRatioFrom+slack {
				t.Errorf("got %d bytes, %v", n, err)
			}
		})
	}
}

func streamAll(z *Reader, e *Entry) (int64, error) {
	r, err := z.Open(e)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return io.Copy(io.Discard, r)
}

// Many records that share one entry's data inflate it once each, and together no more than the total.
func TestS01_B8Shared(t *testing.T) {
	body := strings.Repeat("\x00", 900<<10) // below ZipRatioFrom: only the total can stop it
	parts := []part{{name: "0", body: body, method: Deflate}}
	for i := range 999 {
		parts = append(parts, part{name: fmt.Sprint(i + 1), body: body, method: Deflate, shared: true})
	}
	in := &input{Reader: bytes.NewReader(craft{}.build(t, parts...))}
	z, err := Open(in, in.Size())
	if err != nil {
		t.Fatal(err)
	}
	const earlier = limits.ZipInflated - 10<<20
	z.inflated = earlier
	read := 0
	for ; read < len(z.Entries) && err == nil; read++ {
		_, err = z.ReadFile(&z.Entries[read], limits.ManifestBytes)
	}
	wantLimit(t, err)
	if got := z.inflated - earlier; got > 10<<20+1 || read < 10 {
		t.Errorf("got %d bytes inflated from %d entries", got, read)
	}
}

func TestS01_ReadFileAtItsLimit(t *testing.T) {
	z := open(t, craft{}.build(t, part{name: "a", body: strings.Repeat("ab", 500), method: Deflate}, part{name: "b", body: "12345"}))
	for i, size := range []int64{1000, 5} {
		if b, err := z.ReadFile(&z.Entries[i], size); err != nil || int64(len(b)) != size {
			t.Errorf("entry %d at its limit: got %d bytes, %v", i, len(b), err)
		}
		_, err := z.ReadFile(&z.Entries[i], size-1)
		wantLimit(t, err)
	}
	z.inflated = limits.ZipInflated - 5
	if _, err := z.ReadFile(&z.Entries[1], 100); err != nil {
		t.Errorf("total at its limit: got %v", err)
	}
	_, err := z.ReadFile(&z.Entries[1], 100)
	wantLimit(t, err)
}

// Content of a high ratio that a limit allows is read whole.
func TestS01_RatioBelow(t *testing.T) {
	small := open(t, bomb(t, zeros(t, 1), limits.ZipRatioFrom))
	if b, err := small.ReadFile(&small.Entries[0], limits.ManifestBytes); err != nil || len(b) != limits.ZipRatioFrom {
		t.Errorf("ratio 1,029 up to 1 MiB: got %d bytes, %v", len(b), err)
	}
	body := strings.Repeat(strings.Repeat("\x00", 2000)+"x"+strings.Repeat("y", 30), 2000)
	long := open(t, craft{}.build(t, part{name: "a", body: body, method: Deflate}))
	if b, err := long.ReadFile(&long.Entries[0], limits.ManifestBytes); err != nil || string(b) != body {
		t.Errorf("lower ratio, 4 MB: got %d bytes, %v", len(b), err)
	}
}

// A wrong checksum alone stops nothing, as on Android; with a wrong length it does.
func TestChecksum(t *testing.T) {
	tests := []struct {
		name string
		size uint32
		want bool
	}{{"length right", 5, true}, {"length wrong", 4, false}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := craft{}.build(t, part{name: "a", body: "hello", method: Deflate, size: &tt.size})
			copy(b[strings.Index(string(b), sigCentral)+16:], "\xde\xad\xbe\xef")
			z := open(t, b)
			got, err := z.ReadFile(&z.Entries[0], 100)
			if (err == nil) != tt.want || tt.want && string(got) != "hello" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// sparse is an input of zero bytes with some real ones.
type sparse struct {
	size  int64
	parts map[int64][]byte
}

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	clear(p)
	for at, b := range s.parts {
		if at < off+int64(len(p)) && off < at+int64(len(b)) {
			if at >= off {
				copy(p[at-off:], b)
			} else {
				copy(p, b[off-at:])
			}
		}
	}
	return len(p), nil
}

func endRecord(entries uint16, size, offset uint32) []byte {
	b := append([]byte(sigEOCD), make([]byte, sizeEOCD-4)...)
	le.PutUint16(b[10:], entries)
	le.PutUint32(b[12:], size)
	le.PutUint32(b[16:], offset)
	return b
}

func TestS01_OpenLimits(t *testing.T) {
	const dir = 65 << 20
	tests := []struct {
		name string
		in   sparse
	}{
		{"container", sparse{size: limits.ContainerBytes + 1}},
		{"directory", sparse{dir + sizeEOCD, map[int64][]byte{0: []byte(sigCentral), dir: endRecord(1, dir, 0)}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var err error
			used := allocated(func() { _, err = Open(tt.in, tt.in.size) })
			wantLimit(t, err)
			if used > 1<<20 {
				t.Errorf("got %d bytes allocated", used)
			}
		})
	}
}

// many writes an archive of n empty entries with Go's writer, which uses ZIP64 above 65,535.
func many(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range n {
		if _, err := w.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("d%d/%d", i%100, i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestS01_EntryLimit(t *testing.T) {
	if z := open(t, many(t, limits.ZipEntries)); len(z.Entries) != limits.ZipEntries || len(z.Anomalies) != 0 {
		t.Errorf("at the limit: got %d entries, %v", len(z.Entries), z.Anomalies)
	}
	b := many(t, limits.ZipEntries+1)
	_, err := Open(bytes.NewReader(b), int64(len(b)))
	wantLimit(t, err)
}

// Old tools count more than 65,535 entries modulo 65,536.
func TestS01_CountModulo(t *testing.T) {
	b := many(t, 1<<16+3)
	end := bytes.LastIndex(b, []byte(sigEOCD64))
	short := append(b[:end:end], endRecord(3, uint32(le.Uint64(b[end+40:])), uint32(le.Uint64(b[end+48:])))...)
	z := open(t, short)
	if len(z.Entries) != 1<<16+3 || len(z.Anomalies) != 0 {
		t.Errorf("got %d entries, %v", len(z.Entries), z.Anomalies)
	}
}

// Long names of many parts would make millions of folders.
func TestS01_FolderBomb(t *testing.T) {
	deep := strings.Repeat("a/", 2000)
	parts := make([]part, 120)
	for i := range parts {
		parts[i] = part{name: fmt.Sprintf("%d/%sx", i, deep)}
	}
	b := craft{}.build(t, parts...)
	var err error
	used := allocated(func() { _, err = Open(bytes.NewReader(b), int64(len(b))) })
	wantLimit(t, err)
	if used > 64<<20 {
		t.Errorf("got %d bytes allocated", used)
	}
}

// The file view has to be safe for fs.ReadFile, which would allocate the declared size.
func TestS01_FSReadFile(t *testing.T) {
	data := zeros(t, 64)
	for _, declared := range []uint64{1000, 1 << 31, 1 << 40} {
		view := open(t, bomb(t, data, declared)).FS()
		var err error
		used := allocated(func() { _, err = fs.ReadFile(view, manifestName) })
		wantLimit(t, err)
		if used > 32<<20 {
			t.Errorf("declared %d: got %d bytes allocated", declared, used)
		}
	}
}

func TestS01_StreamTotal(t *testing.T) {
	z := open(t, craft{}.build(t, part{name: "a", body: "12345"}))
	z.streamed = limits.ZipTotalDeclared - 5
	if _, err := streamAll(z, &z.Entries[0]); err != nil {
		t.Errorf("at the limit: got %v", err)
	}
	_, err := streamAll(z, &z.Entries[0])
	wantLimit(t, err)
}
