package idsig

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/inventory"
)

// vectors are APKs with the .idsig file that a real tool made beside them; own ones made by Debian's apksigner,
// and those of npm's appium-uiautomator2-server.
func vectors(t testing.TB) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../testdata/*.idsig", "../../../testdata/cache/apks/*/*.idsig"} {
		list, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			t.Logf("no %s: run testdata/get-apks.sh", pattern)
		}
		out = append(out, list...)
	}
	if len(out) == 0 {
		t.Skip("no .idsig files")
	}
	return out
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// own is what the v3, else the v2 signature of an APK says.
func own(t testing.TB, apk []byte) []Expected {
	t.Helper()
	f, err := sigblock.Open(bytes.NewReader(apk), int64(len(apk)))
	if err != nil {
		t.Fatal(err)
	}
	pair, ok := f.Pair(sigblock.IDV3)
	if !ok {
		pair, ok = f.Pair(sigblock.IDV2)
	}
	if !ok {
		t.Fatal("no v2 or v3 signature")
	}
	value, err := f.Value(pair)
	if err != nil {
		t.Fatal(err)
	}
	block := sigblock.Cursor{Rest: value}
	signers := sigblock.Cursor{Rest: block.Bytes()}
	signer := sigblock.Cursor{Rest: signers.Bytes()}
	signed := sigblock.Cursor{Rest: signer.Bytes()}
	records, certificates := signed.Bytes(), sigblock.Cursor{Rest: signed.Bytes()}
	digests := map[sigblock.ContentDigest][]byte{}
	for c := (sigblock.Cursor{Rest: records}); len(c.Rest) > 0; {
		record := sigblock.Cursor{Rest: c.Bytes()}
		a, _ := sigblock.FindAlgorithm(record.Uint32())
		digests[a.Content] = record.Bytes()
	}
	return []Expected{{Certificate: certificates.Bytes(), Digest: Best(digests)}}
}

func TestVectors(t *testing.T) {
	for _, path := range vectors(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			apk := read(t, strings.TrimSuffix(path, ".idsig"))
			s, err := Parse(read(t, path))
			if err != nil {
				t.Fatal(err)
			}
			got := s.Verify(bytes.NewReader(apk), int64(len(apk)), false, own(t, apk))
			if diff := cmp.Diff(got, []Issue(nil)); diff != "" {
				t.Error(diff)
			}
			fixed := Signature{Version: s.Version, HashAlgorithm: s.HashAlgorithm, Log2BlockSize: s.Log2BlockSize, Salt: s.Salt}
			if diff := cmp.Diff(fixed, Signature{Version: 2, HashAlgorithm: 1, Log2BlockSize: 12, Salt: []byte{}}); diff != "" {
				t.Error(diff)
			}
			if s.TreeSize == 0 || s.TreeSize != int64(len(s.Tree)) {
				t.Errorf("tree of %d bytes, of which %d are there", s.TreeSize, len(s.Tree))
			}
			if !bytes.Equal(write(s), read(t, path)) {
				t.Error("what was read is not what was written")
			}
		})
	}
}

// write is the file of a signature.
func write(s *Signature) []byte {
	field := func(b, value []byte) []byte { return append(le.AppendUint32(b, uint32(len(value))), value...) }
	hashing := append(le.AppendUint32(nil, s.HashAlgorithm), s.Log2BlockSize)
	hashing = field(field(hashing, s.Salt), s.RootHash)
	var signing []byte
	for n, i := range s.Infos {
		var info []byte
		for _, value := range [][]byte{i.APKDigest, i.Certificate, i.AdditionalData, i.PublicKey} {
			info = field(info, value)
		}
		info = field(le.AppendUint32(info, i.AlgorithmID), i.Signature)
		if n > 0 {
			signing = le.AppendUint32(signing, i.BlockID)
			info = field(nil, info)
		}
		signing = append(signing, info...)
	}
	b := le.AppendUint32(nil, s.Version)
	b = field(field(b, hashing), signing)
	if s.Tree != nil {
		b = field(b, s.Tree)
	}
	return b
}

func TestParseTruncated(t *testing.T) {
	b := read(t, "../testdata/apksigner-v2v3v4-ec256.apk.idsig")
	withoutTree := len(b)
	for n := range b {
		s, err := Parse(b[:n])
		if err == nil && s.TreeSize == 0 && withoutTree == len(b) {
			withoutTree = n
			continue // the file may end before the tree
		}
		var format *inventory.FormatError
		if !errors.As(err, &format) || format.Offset > int64(n) || format.Limit {
			t.Fatalf("%d of %d bytes: error %v", n, len(b), err)
		}
	}
	if withoutTree == len(b) {
		t.Error("the signature without its tree was not read")
	}
	two := write(sample(t, 2))
	for n := range two {
		if _, err := Parse(two[:n]); err == nil {
			t.Fatalf("%d of %d bytes: error %v", n, len(two), err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	change := func(f func(*Signature)) []byte {
		s := sample(t, 1)
		f(s)
		return write(s)
	}
	plain := write(sample(t, 1))
	plain = plain[:len(plain):len(plain)]
	for _, test := range []struct {
		name, message string
		limit         bool
		file          []byte
	}{
		{"empty", "version runs past the end at offset 0", false, nil},
		{"version 1", "version 1 of the v4 signature, only 2 is known at offset 0", false, change(func(s *Signature) { s.Version = 1 })},
		{"long salt", "salt of 33 bytes, at most 32 are allowed at offset 50", false, change(func(s *Signature) { s.Salt = make([]byte, 33) })},
		{"large signatures", "signatures of 7169 bytes, over the limit of 7168 at offset 57", true, change(func(s *Signature) {
			s.Infos[0].AdditionalData = make([]byte, limits.V4SigningInfo+1-len(signingBytes(s)))
		})},
		{"huge length", "hashing information runs past the end at offset 8", false, append(le.AppendUint32(nil, 2), 0xff, 0xff, 0xff, 0xff)},
		{"tree cut", "hash tree runs past the end", false, append(plain, 1, 0, 0, 0)},
		{"tree's length cut", "hash tree runs past the end", false, append(plain, 1, 0, 0)},
		{"huge file", "67108865 bytes, over the limit of 67108864 at offset 0", true, make([]byte, limits.V4SignatureBytes+1)},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.file)
			var format *inventory.FormatError
			if !errors.As(err, &format) {
				t.Fatalf("error %v", err)
			}
			if format.Limit != test.limit || !strings.HasPrefix(err.Error(), test.message) {
				t.Errorf("%q, limit %t, want %q, %t", err, format.Limit, test.message, test.limit)
			}
		})
	}
}

// signingBytes is the part with the signatures.
func signingBytes(s *Signature) []byte {
	b := write(s)
	r := &reader{rest: b[4:]}
	r.bytes("")
	return r.bytes("")
}

func TestParseLargestAllowed(t *testing.T) {
	s := sample(t, 1)
	s.Salt = make([]byte, maxSalt)
	s.Infos[0].AdditionalData = make([]byte, limits.V4SigningInfo-len(signingBytes(s)))
	got, err := Parse(write(s))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, s); diff != "" {
		t.Error(diff)
	}
}

func FuzzParse(f *testing.F) {
	for _, path := range vectors(f) {
		f.Add(read(f, path))
	}
	f.Add(write(sample(f, 1)))
	f.Add(write(sample(f, 2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Parse(b)
		var format *inventory.FormatError
		if err != nil {
			if !errors.As(err, &format) || format.Offset < 0 || format.Offset > int64(len(b)) {
				t.Fatalf("error %v", err)
			}
			return
		}
		if again, err := Parse(write(s)); err != nil || !cmp.Equal(again, s) {
			t.Errorf("%+v was written and read as %+v, %v", s, again, err)
		}
		for _, issue := range s.Verify(bytes.NewReader(b), int64(len(b)), false, []Expected{{}}) {
			if !strings.HasPrefix(issue.ID, "V4") || issue.Message == "" {
				t.Errorf("issue %+v", issue)
			}
		}
	})
}
