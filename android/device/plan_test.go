package device

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/apksig"
	"appraise/android/apksig/sigblock"
	"appraise/android/capture"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// readRanges reads a file as the plan asks for it.
func readRanges(b []byte, want Want) (*capture.APK, error) {
	a := &capture.APK{Size: int64(len(b))}
	p := plan{apk: a}
	for {
		ranges, err := p.next(want)
		if err != nil || ranges == nil {
			return a, err
		}
		for _, r := range ranges {
			keep(a, r.Offset, bytes.Clone(b[r.Offset:r.Offset+r.Length]))
		}
	}
}

// realAPKs are APKs of real producers and those of apksig's own tests.
func realAPKs(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, glob := range []string{"../testdata/*.apk", "../../testdata/samples/android/*.apk", "../../testdata/cache/apks/*/*.apk", "../../../shared/corpus/*/*.apk"} {
		files, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, files...)
	}
	return out
}

// signature is what apksig proves without looking at the content.
func signature(z *zipsafe.Reader) apksig.Result { return signatureOn(z, 34) }

func signatureOn(z *zipsafe.Reader, sdk int) apksig.Result {
	return apksig.Verify(z, apksig.Options{Range: apksig.Range{Min: sdk, Max: sdk}, SkipContent: true})
}

// padded puts zeros before the signing block or the directory, so that a small APK has parts that ranges leave out.
func padded(b []byte, n int) []byte {
	f, err := sigblock.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return b
	}
	out := slices.Concat(b[:f.BlockStart], make([]byte, n), b[f.BlockStart:])
	at := int64(len(out)) - f.Size + f.End + 16
	binary.LittleEndian.PutUint32(out[at:], uint32(f.Directory)+uint32(n))
	return out
}

// The ranges give the signers and the manifest that the whole file gives.
func TestRangesTellTheSame(t *testing.T) {
	for sdk, want := range map[int]Want{23: V1, 34: Signer} {
		tellTheSame(t, sdk, want)
	}
}

func tellTheSame(t *testing.T, sdk int, want Want) {
	t.Helper()
	checked, signed := 0, 0
	for _, path := range realAPKs(t) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) < 1<<20 {
			b = padded(b, 1<<20)
		}
		a, err := readRanges(b, want)
		whole, wholeErr := zipsafe.OpenDirectory(bytes.NewReader(b), int64(len(b)))
		if err != nil || wholeErr != nil {
			if (err != nil) != (wholeErr != nil) {
				t.Logf("%s: by ranges %v, whole %v", path, err, wholeErr)
			}
			continue
		}
		parts, err := zipsafe.OpenDirectory(a, a.Size)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		want, got := signatureOn(whole, sdk), signatureOn(parts, sdk)
		if len(want.Signature.Signers) > 0 {
			signed++
		}
		if diff := cmp.Diff(want.Signature.Signers, got.Signature.Signers); diff != "" {
			t.Errorf("%s: signers (-whole +ranges)\n%s%v", path, diff, got.Unread)
		}
		if got.Unread != nil && want.Unread == nil {
			t.Errorf("%s: %v", path, got.Unread)
		}
		compareManifest(t, path, whole, parts)
		checked++
	}
	t.Logf("API level %d: %d APKs, %d signed", sdk, checked, signed)
}

func compareManifest(t *testing.T, path string, whole, parts *zipsafe.Reader) {
	t.Helper()
	e, ok := whole.Lookup("AndroidManifest.xml")
	if !ok {
		return
	}
	want, wantErr := whole.ReadFile(e, limits.ManifestBytes)
	if e, ok = parts.Lookup("AndroidManifest.xml"); !ok {
		t.Fatalf("%s: no manifest in the ranges", path)
	}
	got, err := parts.ReadFile(e, limits.ManifestBytes)
	if !bytes.Equal(got, want) || (err != nil) != (wantErr != nil) {
		t.Errorf("%s: got a manifest of %d bytes, %v, want %d, %v", path, len(got), err, len(want), wantErr)
	}
}

// Every prefix of an APK, and every one with a byte changed, ends in an error or in a plan that is done.
func TestTruncated(t *testing.T) {
	b, err := os.ReadFile("../testdata/odd.apk")
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := readRanges(b[:n], Label); err == nil {
			t.Errorf("%d of %d bytes give no error", n, len(b))
		}
		changed := bytes.Clone(b)
		changed[n] ^= 0xff
		readRanges(changed, Label)
	}
}

// Files that ask for much are refused before it is read.
func TestGreedyFiles(t *testing.T) {
	end := func(size, offset uint32) []byte {
		b := append([]byte("PK\x05\x06"), make([]byte, 18)...)
		binary.LittleEndian.PutUint16(b[10:], 1)
		binary.LittleEndian.PutUint32(b[12:], size)
		binary.LittleEndian.PutUint32(b[16:], offset)
		return b
	}
	const size = 1 << 30
	for _, test := range []struct {
		name string
		tail []byte
	}{
		{"directory", end(40<<20, 0)},
		{"directory-at-end", end(0xfffffff0, 0xfffffff0)},
		{"no-end", make([]byte, 100)},
	} {
		a := &capture.APK{Size: size}
		p := plan{apk: a}
		read := int64(0)
		var err error
		for err == nil {
			var ranges []Range
			if ranges, err = p.next(Label); err != nil || ranges == nil {
				break
			}
			for _, r := range ranges {
				if r.Length > limits.RangeAPK {
					t.Fatalf("%s: asks for %d bytes", test.name, r.Length)
				}
				data := make([]byte, r.Length)
				if r.Offset+r.Length == size {
					copy(data[len(data)-len(test.tail):], test.tail)
				}
				if r.Offset == 0 {
					copy(data, "PK\x01\x02")
				}
				keep(a, r.Offset, data)
				read += r.Length
			}
		}
		if err == nil || read > limits.RangeAPK {
			t.Errorf("%s: got %v after %d bytes", test.name, err, read)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, size := range []int64{0, -1, limits.APKBytes + 1} {
		if _, err := Next(&capture.APK{Size: size}, Signer); err == nil {
			t.Errorf("size %d: no error", size)
		}
	}
	got, err := Next(&capture.APK{Size: 100_000}, Signer)
	want := []Range{{0, 512}, {95744, 4256}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestKeep(t *testing.T) {
	a := &capture.APK{Size: 100}
	text := []byte("0123456789abcdefghij")
	for _, r := range [][2]int{{10, 12}, {0, 5}, {4, 8}, {8, 10}, {15, 20}, {11, 18}, {0, 20}} {
		keep(a, int64(r[0]), bytes.Clone(text[r[0]:r[1]]))
	}
	if diff := cmp.Diff([]capture.Part{{Offset: 0, Data: text}}, a.Parts); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// FuzzNext: whatever a file holds, the plan ends, asks for nothing twice and stays within its limits.
func FuzzNext(f *testing.F) {
	for _, path := range realAPKs(f) {
		if b, err := os.ReadFile(path); err == nil && len(b) < 100_000 && !strings.Contains(path, "corpus") {
			f.Add(b)
		}
	}
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\xff", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		a := &capture.APK{Size: int64(len(b))}
		p := plan{apk: a}
		total := int64(0)
		for {
			ranges, err := p.next(Label)
			if err != nil {
				var format *inventory.FormatError
				if errors.As(err, &format) && format.Limit && len(b) < limits.RangeAPK && !strings.Contains(err.Error(), "limit") {
					t.Error(err)
				}
				return
			}
			if ranges == nil {
				return
			}
			for _, r := range ranges {
				if r.Offset < 0 || r.Length <= 0 || r.Offset+r.Length > a.Size {
					t.Fatalf("range %+v of a file of %d bytes", r, a.Size)
				}
				if total += r.Length; total > a.Size {
					t.Fatalf("%d bytes are asked for of %d", total, a.Size)
				}
				keep(a, r.Offset, bytes.Clone(b[r.Offset:r.Offset+r.Length]))
			}
		}
	})
}
