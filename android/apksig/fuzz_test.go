package apksig_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"appraise/android/apksig"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"

	"github.com/google/go-cmp/cmp"
)

// zipOf is an archive of stored files, name and content by turns.
func zipOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.CreateRaw(&zip.FileHeader{Name: files[i], UncompressedSize64: uint64(len(files[i+1])), CompressedSize64: uint64(len(files[i+1]))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shifted puts bytes before an archive and counts them in its offsets.
func shifted(t testing.TB, apk []byte, prefix string) []byte {
	t.Helper()
	a, err := splitAPK(apk)
	if err != nil {
		t.Fatal(err)
	}
	le := binary.LittleEndian
	a.contents, a.directory = append([]byte(prefix), a.contents...), slices.Clone(a.directory)
	for at := 0; at < len(a.directory); {
		r := a.directory[at:]
		le.PutUint32(r[42:], le.Uint32(r[42:])+uint32(len(prefix)))
		at += 46 + int(le.Uint16(r[28:])) + int(le.Uint16(r[30:])) + int(le.Uint16(r[32:]))
	}
	return a.bytes()
}

// checkInvariants holds for every result.
func checkInvariants(t testing.TB, r apksig.Result) {
	t.Helper()
	s := r.Signature
	if r.Unread != nil && (s.State != inventory.Unverifiable || len(s.Signers)+len(s.Platforms) > 0) {
		t.Errorf("unread and judged: %+v", r)
	}
	if accepted(r) != (len(s.Signers) > 0) {
		t.Errorf("%s with %d signers", s.State, len(s.Signers))
	}
	for _, scheme := range s.Schemes {
		if s.State == inventory.Verified && scheme.State != inventory.Verified {
			t.Errorf("verified, and %s is %s", scheme.Name, scheme.State)
		}
	}
	for _, p := range s.Platforms {
		if p.State == inventory.Verified && (p.Scheme == "" || len(p.Signers) == 0) {
			t.Errorf("levels %d to %d: verified by the scheme %q and %d signers", p.MinSDK, p.MaxSDK, p.Scheme, len(p.Signers))
		}
	}
}

// signedSmall is a tiny archive, signed without padding, so that every byte of it counts.
func signedSmall(t testing.TB, blocks ...blockSpec) []byte {
	t.Helper()
	a, err := splitAPK(zipOf(t, "a", "x"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		var signers []signer
		for _, spec := range b.signers {
			signers = append(signers, a.sign(t, spec, b.id != pairV2))
		}
		a.pairs = append(a.pairs, encodeScheme(b.id, signers))
	}
	return a.bytes()
}

// small are tiny APKs of every shape, with the level from which they are judged.
type small struct {
	name string
	apk  []byte
	min  int
}

func smallAPKs(t testing.TB) []small {
	t.Helper()
	a, b := testIdentity(t, "ec-p256"), testIdentity(t, "rsa-2048") // the same in every process of a fuzz run
	ab := rotation(t, []identity{a, b}, []uint32{23, 23})
	strip := record{attributeStripping, u32(3)}
	return []small{
		{"v2", signedSmall(t, v2(by(a))), 24},
		{"v2 by two", signedSmall(t, v2(by(a), by(b))), 24},
		{"v3", signedSmall(t, v3(from(28, a))), 28},
		{"v3 with a history", signedSmall(t, v3(from(28, b, ab))), 28},
		{"v2, v3 and v3.1", signedSmall(t, v2(by(a, strip)), v3(from(28, a, rotatesAt(33))), v31(from(33, b, ab))), 24},
	}
}

func signersOf(r apksig.Result) map[string]bool {
	out := map[string]bool{}
	for _, s := range r.Signature.Signers {
		out[s.SHA256] = true
	}
	for _, p := range r.Signature.Platforms {
		for _, s := range p.Signers {
			out[s] = true
		}
	}
	return out
}

// Every bit counts: with one changed nothing verifies, but where the newest Android goes by a scheme that is whole.
func TestBitFlips(t *testing.T) {
	for _, c := range smallAPKs(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before := verify(t, c.apk, c.min)
			if before.Signature.State != inventory.Verified {
				t.Fatalf("got %s: %v", before.Signature.State, before.Signature.Problems)
			}
			var free, others []int
			for i := range len(c.apk) * 8 {
				if len(c.apk) > 1200 && i/8%8 != i%8 {
					continue // of the larger ones one bit a byte, to save time
				}
				b := slices.Clone(c.apk)
				b[i/8] ^= 1 << (i % 8)
				switch r := verify(t, b, c.min); {
				case !accepted(r):
				case cmp.Equal(r.Signature.Signers, before.Signature.Signers) && within(signersOf(r), signersOf(before)):
					free = append(free, i/8)
				default:
					others = append(others, i/8)
				}
			}
			if free, want := slices.Compact(free), c.free(); !within(set(free), set(want)) {
				t.Errorf("changes of the bytes %v are accepted, want only those of %v", free, want)
			}
			if len(others) > 0 {
				t.Errorf("changes of the bytes %v make other signers", slices.Compact(others))
			}
		})
	}
}

// free are the bytes of c whose change leaves the newest signature whole. v2 under another id, or by an algorithm that
// nobody knows, says nothing to Android 9 and newer.
func (c small) free() []int {
	var out []int
	v2 := bytes.Index(c.apk, u32(pairV2))
	if v2 < 0 || !bytes.Contains(c.apk, u32(pairV3)) {
		return nil
	}
	// The id of the first signature's algorithm stands behind the signed data and two lengths.
	signed := v2 + 4 + 4 + 4
	algorithm := signed + 4 + int(binary.LittleEndian.Uint32(c.apk[signed:])) + 4 + 4
	for i := range 4 {
		out = append(out, v2+i, algorithm+i)
	}
	return out
}

func set[T comparable](list []T) map[T]bool {
	out := map[T]bool{}
	for _, v := range list {
		out[v] = true
	}
	return out
}

// within reports whether all of a set is in another.
func within[T comparable](some, all map[T]bool) bool {
	for v := range some {
		if !all[v] {
			return false
		}
	}
	return true
}

// What no signature covers can change: padding, and pairs of other ids.
func TestFreeBytes(t *testing.T) {
	a := testIdentity(t, "ec-p256")
	const other = 0x77777777
	apk := signAPK(t, zipOf(t, "a", "x"), v2(by(a)), blockSpec{id: other, raw: []byte("free")})
	start := bytes.Index(apk, u32(other)) - 8 // with its length, and up to the footer
	end := bytes.LastIndex(apk, []byte("APK Sig Block 42")) - 8
	verified := 0
	for i := start; i < end; i++ {
		b := slices.Clone(apk)
		b[i] ^= 0xff
		r := verify(t, b, 24)
		if r.Signature.State != inventory.Verified || !signersOf(r)[a.fingerprint()] {
			t.Fatalf("byte %d of %d to %d: got %s", i, start, end, r.Signature.State)
		}
		verified++
	}
	if verified < 3000 {
		t.Errorf("got %d free bytes, want those of the padding", verified)
	}
	for _, i := range []int{start - 1, end, end + 8, len(apk) - 1, 0} {
		b := slices.Clone(apk)
		b[i] ^= 0xff
		if r := verify(t, b, 24); accepted(r) {
			t.Errorf("byte %d outside: got %s", i, r.Signature.State)
		}
	}
}

// Lengths in the signing block that lie: each four bytes that could be one.
func TestLyingLengths(t *testing.T) {
	for _, c := range smallAPKs(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := verify(t, c.apk, c.min)
			a, err := splitAPK(c.apk)
			if err != nil {
				t.Fatal(err)
			}
			end := len(a.contents) + len(a.block())
			for at := len(a.contents); at < end-4; at++ {
				now := binary.LittleEndian.Uint32(c.apk[at:])
				if now == 0 || uint64(now) > uint64(end-at) {
					continue
				}
				for _, lie := range []uint32{0, 1, now - 1, now + 1, 0x7fffffff, 0x80000000, 0xffffffff} {
					if lie == now {
						continue
					}
					b := slices.Clone(c.apk)
					binary.LittleEndian.PutUint32(b[at:], lie)
					r := verify(t, b, c.min)
					if accepted(r) && !(cmp.Equal(r.Signature.Signers, want.Signature.Signers) && within(signersOf(r), signersOf(want))) {
						t.Errorf("%#x at %d, was %#x: got %s by %v", lie, at, now, r.Signature.State, signersOf(r))
					}
				}
			}
		})
	}
}

// A file that was cut is never taken for a signed one, nor for an unsigned one.
func TestTruncated(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.apk"))
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			apk := readTestdata(t, filepath.Base(name))
			a, err := splitAPK(apk)
			if err != nil {
				t.Fatal(err)
			}
			start, end := len(a.contents), len(a.contents)+len(a.block())
			for n := range apk {
				if n%16 != 0 && (n < start || n > end) {
					continue
				}
				if r := verify(t, apk[:n], 28); accepted(r) || r.Unread == nil && r.Signature.State == inventory.Unsigned {
					t.Fatalf("%d of %d bytes: got %s", n, len(apk), r.Signature.State)
				}
			}
		})
	}
}

// memory is what a judgement allocates, freed memory included.
func memory(t testing.TB, apk []byte, min int) (apksig.Result, uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r := verify(t, apk, min)
	runtime.ReadMemStats(&after)
	return r, after.TotalAlloc - before.TotalAlloc
}

func many[T any](n int, v T) []T { return slices.Repeat([]T{v}, n) }

// A hundred thousand of everything that is counted, in signed data that verify.
func TestHugeCounts(t *testing.T) {
	const n = 100_000
	who := newCast(t)
	a := who.b
	bytes64 := bytes.Repeat([]byte{1}, 64)
	with := func(change func(*signer)) signerSpec {
		return signerSpec{by: a, minSDK: 28, maxSDK: noMaxSDK, beforeSigning: change}
	}
	after := func(change func(*signer)) signerSpec {
		return signerSpec{by: a, minSDK: 28, maxSDK: noMaxSDK, afterSigning: change}
	}
	lineage := slices.Concat(u32(1), bytes.Repeat(prefixed(make([]byte, 20)), n))
	tests := []struct {
		name  string
		spec  signerSpec
		raw   []byte // instead: the value of the pair
		limit bool   // no verdict, because a limit was hit
		v2    bool   // v2 verifies: the attribute is none of its own
	}{
		{name: "signers", raw: prefixed(bytes.Repeat(prefixed(make([]byte, 24)), n))},
		{name: "signers of no bytes", raw: prefixed(bytes.Repeat(prefixed(), n))},
		{name: "certificates of no bytes", spec: with(func(s *signer) { s.certs = many(10_000, []byte{}) })},
		{name: "certificates", spec: with(func(s *signer) { s.certs = many(10_000, a.cert) }), limit: true},
		{name: "certificate of 1 MB", spec: with(func(s *signer) { s.certs = append(s.certs, make([]byte, 1_000_000)) })},
		{name: "first certificate of 1 MB", spec: with(func(s *signer) { s.certs[0] = append(slices.Clone(a.cert), make([]byte, 1_000_000)...) })},
		{name: "attributes", spec: with(func(s *signer) { s.attributes = many(n, record{0xdead, nil}) }), limit: true},
		{name: "lineages", spec: with(func(s *signer) { s.attributes = many(n, record{attributeLineage, u32(1)}) })},
		{name: "nodes", spec: with(func(s *signer) { s.attributes = many(1, record{attributeLineage, lineage}) }), v2: true},
		{name: "signatures", spec: after(func(s *signer) { s.signatures = append(s.signatures, many(n, record{0xdead, bytes64})...) }), limit: true},
		{name: "digests", spec: with(func(s *signer) { s.digests = append(s.digests, many(n, record{0xdead, bytes64})...) }), limit: true},
		{name: "digests and signatures", limit: true, spec: signerSpec{by: a, minSDK: 28, maxSDK: noMaxSDK,
			beforeSigning: func(s *signer) { s.digests = append(s.digests, many(n, record{0xdead, bytes64})...) },
			afterSigning:  func(s *signer) { s.signatures = append(s.signatures, many(n, record{0xdead, bytes64})...) }}},
		{name: "digest of 1 MB", spec: with(func(s *signer) { s.digests[0].value = make([]byte, 1_000_000) })},
		{name: "public key of 1 MB", spec: after(func(s *signer) { s.publicKey = append(s.publicKey, make([]byte, 1_000_000)...) })},
		{name: "signature of 1 MB", spec: after(func(s *signer) { s.signatures[0].value = make([]byte, 1_000_000) })},
	}
	for _, tt := range tests {
		for _, id := range []uint32{pairV2, pairV3, pairV31} {
			t.Run(fmt.Sprintf("%s %#x", tt.name, id), func(t *testing.T) {
				b := blockSpec{id: id, raw: tt.raw}
				if tt.raw == nil {
					b.signers = []signerSpec{tt.spec}
				}
				apk := signAPK(t, zipOf(t, "a", "x"), b)
				r, used := memory(t, apk, 28)
				if good := tt.v2 && id == pairV2; accepted(r) != good || !good && r.Unread == nil && r.Signature.State != inventory.Invalid {
					t.Errorf("got %s: %v", r.Signature.State, r.Signature.Problems)
				}
				if tt.limit && (r.Unread == nil || !r.Unread.Limit) {
					t.Errorf("got %s, %v, want a limit hit", r.Signature.State, r.Unread)
				}
				if bound := uint64(4<<20 + 4*len(apk)); used > bound {
					t.Errorf("got %d bytes allocated for a file of %d", used, len(apk))
				}
			})
		}
	}
}

// A judgement keeps no more of a large signing block than it has to, also where it fails for each class of versions.
func TestLargeBlock(t *testing.T) {
	const size = 16 << 20
	a := testIdentity(t, "ec-p256")
	filler := signerSpec{by: a, minSDK: 28, maxSDK: noMaxSDK, attributes: []record{{0xdead, make([]byte, size)}}}
	broken := filler
	broken.afterSigning = func(s *signer) { s.signatures[0].value[10] ^= 1 }
	for _, c := range []struct {
		name  string
		block blockSpec
	}{{"v2", v2(filler)}, {"broken v2", v2(broken)}, {"v3", v3(filler)}, {"broken v3", v3(broken)}, {"unknown", blockSpec{id: 0x12345678, raw: make([]byte, size)}}} {
		t.Run(c.name, func(t *testing.T) {
			_, used := memory(t, signAPK(t, zipOf(t, "a", "x"), c.block), 18)
			if used > 3*size {
				t.Errorf("got %d bytes allocated for a block of %d", used, size)
			}
		})
	}
}

// Certificates with long names make no long report.
func TestLongNames(t *testing.T) {
	a := testIdentity(t, "rsa-2048")
	long := newIdentity(t, strings.Repeat("long ", 6_000), a.key)
	block := v2(slices.Repeat([]signerSpec{by(long)}, 10)...)
	apk := signAPK(t, zipOf(t, "a", "x"), v2(by(a)), block, block, block)
	r, used := memory(t, apk, 24)
	text := 0
	for _, trait := range r.Traits {
		for _, e := range trait.Evidence {
			text += len(e.Detail)
		}
	}
	if text > 64<<10 || used > uint64(4<<20+4*len(apk)) {
		t.Errorf("got %d bytes of evidence and %d allocated for a file of %d", text, used, len(apk))
	}
}

// hollow is zeros with a few bytes in between.
type hollow struct {
	size  int64
	parts map[int64][]byte
}

func (h hollow) ReadAt(p []byte, off int64) (int, error) {
	n := int(max(0, min(int64(len(p)), h.size-off)))
	clear(p[:n])
	for at, b := range h.parts {
		if from, to := max(off, at), min(off+int64(n), at+int64(len(b))); from < to {
			copy(p[from-off:to-off], b[from-at:])
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Gigabytes that are declared, and there, but hold nothing.
func TestHollowFiles(t *testing.T) {
	const gb = 1_900_000_000
	eocd := func(offset, size uint32) []byte {
		b := append([]byte("PK\x05\x06"), make([]byte, 18)...)
		binary.LittleEndian.PutUint32(b[12:], size)
		binary.LittleEndian.PutUint32(b[16:], offset)
		return b
	}
	block := func(start, size int64, pairs ...uint64) map[int64][]byte {
		length := binary.LittleEndian.AppendUint64(nil, uint64(size-8))
		head := slices.Clone(length)
		for _, p := range pairs {
			head = append(binary.LittleEndian.AppendUint64(head, p), u32(pairV2)...)
		}
		return map[int64][]byte{start: head, start + size - 24: append(length, "APK Sig Block 42"...), start + size: eocd(uint32(start+size), 0)}
	}
	for _, tt := range []struct {
		name string
		file hollow
	}{
		{"signing block", hollow{gb + 22, block(0, gb, gb-40)}},
		{"pair in a block at the limit", hollow{limits.SigningBlockBytes + 30, block(0, limits.SigningBlockBytes+8, 1<<31)}},
		{"pair longer than its block", hollow{4096 + 22, block(0, 4096, 4096-32+1)}},
		{"directory", hollow{gb + 22, map[int64][]byte{gb: eocd(0, gb)}}},
		{"file over the limit", hollow{limits.APKBytes + 1, map[int64][]byte{limits.APKBytes - 21: eocd(limits.APKBytes-21, 0)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var r apksig.Result
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if z, err := zipsafe.Open(tt.file, tt.file.size); err == nil {
				r = apksig.Verify(z, levels(24, 0))
			}
			runtime.ReadMemStats(&after)
			if accepted(r) {
				t.Errorf("got %s", r.Signature.State)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
				t.Errorf("got %d bytes allocated", used)
			}
		})
	}
}

func FuzzVerify(f *testing.F) {
	known := map[string]bool{}
	for _, c := range smallAPKs(f) {
		f.Add(c.apk, uint8(c.min))
		maps.Copy(known, signersOf(verify(f, c.apk, c.min)))
	}
	for _, name := range []string{"apksigner-v1-ec256.apk", "apksigner-v1v2v3-rsa2048.apk", "apksigner-v2v3-verity.apk", "apksigner-v3-stamp.apk"} {
		f.Add(readTestdata(f, name), uint8(18))
	}
	f.Add(zipOf(f, "a", "x"), uint8(24))
	files, err := filepath.Glob(filepath.Join("testdata", "*.apk"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		maps.Copy(known, signersOf(verify(f, b, 18)))
	}
	f.Fuzz(func(t *testing.T, apk []byte, min uint8) {
		r := verify(t, apk, int(min%40))
		checkInvariants(t, r)
		v1 := slices.ContainsFunc(r.Signature.Platforms, func(p inventory.PlatformSignature) bool { return p.Scheme == "v1" })
		if !accepted(r) || v1 { // v1 signs no certificate: its bytes can be changed around the key
			return
		}
		for signer := range signersOf(r) {
			if !known[signer] {
				t.Fatalf("a signer that is nobody's: %s", signer)
			}
		}
	})
}
