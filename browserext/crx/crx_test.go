package crx

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
)

const fixtureID = "pkkffihlgjckcloebjpgnejaanmepjng"

// Packages of real producers: the header is read, and the ZIP starts where it says.
func TestRealPackages(t *testing.T) {
	tests := []struct {
		file string
		want Header
	}{
		{"crx-5.0.1-v2.crx", Header{Version: 2, ID: fixtureID, Proofs: 1, OwnKey: true, ZipOffset: 566}},
		{"crx-5.0.1-v3.crx", Header{Version: 3, ID: fixtureID, Proofs: 1, OwnKey: true, ZipOffset: 593}},
		{"crx3-2.0.0-v3.crx", Header{Version: 3, ID: fixtureID, Proofs: 1, OwnKey: true, ZipOffset: 593}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			got, err := Parse(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(*got, tt.want); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
			checkZip(t, b[got.ZipOffset:], "Packed by npm")
		})
	}
}

func checkZip(t *testing.T, b []byte, want string) {
	t.Helper()
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.Anomalies) != 0 {
		t.Fatalf("got %v, %v", z, err)
	}
	e, ok := z.Lookup("manifest.json")
	if !ok {
		t.Fatal("manifest.json is missing")
	}
	if got, err := z.ReadFile(e, limits.JSONBytes); err != nil || !strings.Contains(string(got), want) {
		t.Errorf("got %q, %v, want %q in it", got, err, want)
	}
}

// Chromium packs an extension, where it is installed.
func TestChromiumPackage(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed")
	}
	dir := t.TempDir()
	ext := filepath.Join(dir, "ext")
	if err := os.Mkdir(ext, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(ext, "manifest.json"), []byte(`{"manifest_version":3,"name":"Packed by Chromium","version":"1"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(chromium, "--headless", "--no-sandbox", "--user-data-dir="+filepath.Join(dir, "profile"), "--pack-extension="+ext)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("chromium can't pack here: %v: %s", err, out)
	}
	b, err := os.ReadFile(ext + ".crx")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Parse(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if got.Version != 3 || got.Proofs != 1 || !got.OwnKey {
		t.Errorf("got %+v", got)
	}
	checkZip(t, b[got.ZipOffset:], "Packed by Chromium")
}

// newKey returns a key and its public half as SPKI.
func newKey(t testing.TB) (*rsa.PrivateKey, []byte) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return key, spki
}

func bytesField(b []byte, number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), value)
}

func proof(key, signature []byte) []byte { return bytesField(bytesField(nil, 1, key), 2, signature) }

func signedData(id []byte) []byte {
	return bytesField(nil, fieldSignedData, bytesField(nil, fieldCRXID, id))
}

// crx3 is a package with that header message.
func crx3(message, zip []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("Cr24\x03\x00\x00\x00"), uint32(len(message)))
	return append(append(b, message...), zip...)
}

// crx2 is a package with that key and signature.
func crx2(key, signature, zip []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte("Cr24\x02\x00\x00\x00"), uint32(len(key)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(signature)))
	return append(append(append(b, key...), signature...), zip...)
}

// A signed package with a second proof, as the Web Store makes them.
func TestTwoProofs(t *testing.T) {
	key, spki := newKey(t)
	_, store := newKey(t)
	sum := sha256.Sum256(spki)
	signed := bytesField(nil, fieldCRXID, sum[:16])
	text := append(binary.LittleEndian.AppendUint32([]byte("CRX3 SignedData\x00"), uint32(len(signed))), signed...)
	digest := sha256.Sum256(append(text, "PK"...))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	message := bytesField(nil, fieldRSAProof, proof(store, signature))
	message = bytesField(message, fieldRSAProof, proof(spki, signature))
	message = bytesField(message, fieldSignedData, signed)
	b := crx3(message, []byte("PK"))
	got, err := Parse(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	want := Header{Version: 3, ID: letters(sum[:16]), Proofs: 2, OwnKey: true, ZipOffset: int64(len(b) - 2)}
	if diff := cmp.Diff(*got, want); diff != "" {
		t.Errorf("got - want +\n%s", diff)
	}
}

var (
	testID  = []byte("0123456789abcdef")
	testKey = bytes.Repeat([]byte("k"), 294)
)

func TestS07_Messages(t *testing.T) {
	base := append(bytesField(nil, fieldRSAProof, proof(testKey, []byte("s"))), signedData(testID)...)
	big := func(n int) []byte { return bytes.Repeat([]byte("x"), n) }
	many := func(n int) (b []byte) {
		for range n {
			b = bytesField(b, fieldECDSAProof, proof([]byte("k"), nil))
		}
		return append(b, signedData(testID)...)
	}
	tests := []struct {
		name    string
		message []byte
		err     string // "" reads
		limit   bool
	}{
		{"plain", base, "", false},
		{"unknown numbers and bytes", append(protowire.AppendVarint(protowire.AppendTag(nil, 77, protowire.VarintType), 1<<63), bytesField(base, 99, big(1000))...), "", false},
		{"order reversed", append(signedData(testID), bytesField(nil, fieldRSAProof, proof(testKey, nil))...), "", false},
		{"signed data twice", append(signedData([]byte("fedcba9876543210")), base...), "", false},
		{"no proof", signedData(testID), "", false},
		{"known number as another type", append(protowire.AppendVarint(protowire.AppendTag(nil, fieldRSAProof, protowire.VarintType), 1), base...), "", false},
		{"32 proofs", many(limits.CRXProofs), "", false},
		{"33 proofs", many(limits.CRXProofs + 1), "more than 32 proofs", true},
		{"key of 4 KiB", append(bytesField(nil, 2, proof(big(limits.CRXKey), nil)), base...), "", false},
		{"key over 4 KiB", append(bytesField(nil, 2, proof(big(limits.CRXKey+1), nil)), base...), "public key of 4097 bytes", true},
		{"empty", nil, "no crx_id", false},
		{"no signed data", bytesField(nil, fieldRSAProof, proof(testKey, nil)), "no crx_id", false},
		{"last signed data empty", append(base[:len(base):len(base)], bytesField(nil, fieldSignedData, nil)...), "no crx_id", false},
		{"short id", signedData(testID[:15]), "crx_id of 15 bytes", false},
		{"long id", signedData(append(testID[:16:16], 0)), "crx_id of 17 bytes", false},
		{"varint of 11 bytes", append([]byte{0x10}, bytes.Repeat([]byte{0x80}, 11)...), "field 2 is malformed or cut", false},
		{"tag of 11 bytes", bytes.Repeat([]byte{0xff}, 11), "field tag is malformed or cut", false},
		{"declared 4 GiB", []byte{0x12, 0xff, 0xff, 0xff, 0xff, 0x0f}, "field 2 is malformed or cut", false},
		{"declared 2^63", []byte{0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, "field 2 is malformed or cut", false},
		{"field number 0", []byte{0x02, 0x00}, "field tag is malformed or cut", false},
		{"group", bytes.Repeat([]byte{0x0b}, 1000), "wire type 3", false},
		{"fixed 32", []byte{0x0d, 0, 0, 0, 0}, "wire type 5", false},
		{"fixed 64 in a proof", bytesField(nil, fieldRSAProof, []byte{0x09, 0, 0, 0, 0, 0, 0, 0, 0}), "wire type 1", false},
		{"end record", bytesField(base, 99, []byte("xx"+sigEOCD)), "end mark of a ZIP", false},
		{"ZIP64 locator", bytesField(base, 99, []byte(sigLocator64)), "end mark of a ZIP", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := crx3(tt.message, []byte("PK"))
			got, err := Parse(bytes.NewReader(b), int64(len(b)))
			checkParse(t, got, err, tt.err, tt.limit)
			if got != nil && (got.ID != letters(testID) || got.ZipOffset != int64(len(b)-2)) {
				t.Errorf("got %+v", got)
			}
			if got != nil && got.OwnKey {
				t.Errorf("got %+v, want the ID as a claim", got)
			}
		})
	}
}

func checkParse(t *testing.T, got *Header, err error, want string, limit bool) {
	t.Helper()
	var format *FormatError
	switch {
	case want == "" && err != nil:
		t.Errorf("got %v", err)
	case want != "" && !errors.As(err, &format):
		t.Errorf("got %+v, %v, want %q", got, err, want)
	case want != "" && (!strings.Contains(err.Error(), want) || format.Limit != limit):
		t.Errorf("got %q, limit %v, want %q", err, format.Limit, want)
	}
}

func TestS07_Prefixes(t *testing.T) {
	huge := "\xff\xff\xff\xff"
	tests := []struct {
		name  string
		in    []byte
		err   string
		limit bool
	}{
		{"version 2", crx2(testKey, testKey, []byte("PK")), "", false},
		{"version 2, key of 4 KiB", crx2(make([]byte, limits.CRXKey), nil, nil), "", false},
		{"version 2, key over 4 KiB", crx2(make([]byte, limits.CRXKey+1), nil, nil), "public key of 4097 bytes", true},
		{"version 2, no key", crx2(nil, testKey, nil), "without a public key", false},
		{"version 2, huge key", []byte("Cr24\x02\x00\x00\x00" + huge + huge), "public key of 4294967295 bytes", true},
		{"version 2, huge signature", append([]byte("Cr24\x02\x00\x00\x00\x01\x00\x00\x00"+huge), "k"...), "signature of 4294967295 bytes", true},
		{"version 2, signature past the end", []byte("Cr24\x02\x00\x00\x00\x01\x00\x00\x00\x10\x00\x00\x00k"), "17 bytes are not there", false},
		{"version 2, end record", crx2(testKey, []byte(sigEOCD), nil), "end mark of a ZIP", false},
		{"version 3, header of 1 MiB", crx3(bytesField(signedData(testID), 9, make([]byte, limits.CRXHeader-27)), nil), "", false},
		{"version 3, header over 1 MiB", crx3(make([]byte, limits.CRXHeader+1), nil), "header of 1048577 bytes", true},
		{"version 3, header length 0xFFFFFFFF", []byte("Cr24\x03\x00\x00\x00" + huge + "rest"), "header of 4294967295 bytes", true},
		{"version 3, header past the end", []byte("Cr24\x03\x00\x00\x00\x10\x00\x00\x00short"), "16 bytes are not there", false},
		{"version 1", []byte("Cr24\x01\x00\x00\x00\x00\x00\x00\x00"), "unsupported CRX version 1", false},
		{"version 4", []byte("Cr24\x04\x00\x00\x00\x00\x00\x00\x00"), "unsupported CRX version 4", false},
		{"delta", []byte("CrOD\x03\x00\x00\x00\x00\x00\x00\x00"), "delta package (CrOD)", false},
		{"plain ZIP", []byte("PK\x03\x04and more bytes"), `it starts with "PK\x03\x04"`, false},
		{"terminal codes", []byte("\x1b[2Jand more bytes"), `it starts with "\x1b[2J"`, false},
		{"empty", nil, "12 bytes are not there", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(bytes.NewReader(tt.in), int64(len(tt.in)))
			checkParse(t, got, err, tt.err, tt.limit)
		})
	}
}

// Each prefix that ends inside the header errs; one that ends behind it has all that Parse reads.
func TestTruncated(t *testing.T) {
	for _, file := range []string{"crx-5.0.1-v2.crx", "crx-5.0.1-v3.crx"} {
		b, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := Parse(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range b {
			_, err := Parse(bytes.NewReader(b[:n]), int64(n))
			if (err == nil) != (int64(n) >= whole.ZipOffset) {
				t.Errorf("%s: %d bytes: got %v", file, n, err)
			}
			if _, err := Parse(bytes.NewReader(b[:n]), int64(len(b))); int64(n) < whole.ZipOffset && err == nil {
				t.Errorf("%s: %d bytes of a longer size are read", file, n)
			}
		}
	}
}

type brokenInput struct{}

func (brokenInput) ReadAt([]byte, int64) (int, error) { return 0, io.ErrClosedPipe }

func TestInputError(t *testing.T) {
	_, err := Parse(brokenInput{}, 100)
	var format *FormatError
	if !errors.Is(err, io.ErrClosedPipe) || errors.As(err, &format) {
		t.Errorf("got %v, want the input's error", err)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.crx")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(crx3(append(bytesField(nil, fieldECDSAProof, proof(testKey, testKey)), signedData(testID)...), []byte("PK")))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Parse(bytes.NewReader(b), int64(len(b)))
		var format *FormatError
		switch {
		case err != nil && (got != nil || !errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(b))):
			t.Errorf("got %+v, %v", got, err)
		case err == nil && (len(got.ID) != 32 || strings.Trim(got.ID, "abcdefghijklmnop") != "" || got.ZipOffset > int64(len(b)) || got.Proofs > limits.CRXProofs):
			t.Errorf("got %+v", got)
		}
	})
}
