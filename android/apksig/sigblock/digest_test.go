package sigblock_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"appraise/android/apksig/sigblock"
)

const mib = 1 << 20

func sha256New() hash.Hash { return sha256.New() }
func sha512New() hash.Hash { return sha512.New() }

// regions are the three parts that digests cover, the directory's offset as without a block.
func regions(b []byte, f *sigblock.File) [][]byte {
	end := slices.Clone(b[f.End:])
	le.PutUint32(end[16:], uint32(f.BlockStart))
	return [][]byte{b[:f.BlockStart], b[f.Directory:f.End], end}
}

// chunked is the digest as https://source.android.com/docs/security/features/apksigning/v2#integrity-protected-contents
// tells it, word for word.
func chunked(b []byte, f *sigblock.File, newHash func() hash.Hash) []byte {
	var digests []byte
	count := uint32(0)
	for _, region := range regions(b, f) {
		for len(region) > 0 {
			chunk := region[:min(len(region), mib)]
			region = region[len(chunk):]
			h := newHash()
			h.Write([]byte{0xa5})
			h.Write(le.AppendUint32(nil, uint32(len(chunk))))
			h.Write(chunk)
			digests = h.Sum(digests)
			count++
		}
	}
	h := newHash()
	h.Write([]byte{0x5a})
	h.Write(le.AppendUint32(nil, count))
	h.Write(digests)
	return h.Sum(nil)
}

// merkle is the root of the hash tree, level by level over everything in memory.
func merkle(b, salt []byte) []byte {
	level := func(b []byte) (out []byte) {
		for len(b) > 0 {
			block := make([]byte, 4096)
			n := copy(block, b)
			b = b[n:]
			sum := sha256.Sum256(slices.Concat(salt, block))
			out = append(out, sum[:]...)
		}
		return out
	}
	b = level(b)
	for len(b) > 4096 {
		b = level(b)
	}
	return level(b)
}

// random returns the first n of some bytes, always the same.
func random(n int) []byte { return noise()[:n:n] }

var noise = sync.OnceValue(func() []byte {
	b := make([]byte, 64*mib+4096)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
})

func TestDigests(t *testing.T) {
	for _, contents := range []int{0, 1, 4096, mib - 1, mib, mib + 1, 3*mib + 77} {
		for _, directory := range []int{0, 46, mib + 46} {
			for _, comment := range []int{0, 7, 65_535} {
				for _, signed := range []bool{false, true} {
					t.Run(fmt.Sprintf("%d %d %d %v", contents, directory, comment, signed), func(t *testing.T) {
						t.Parallel()
						checkDigests(t, parts{contents: random(contents), directory: random(directory), comment: make([]byte, comment)}, signed)
					})
				}
			}
		}
	}
}

func checkDigests(t *testing.T, p parts, signed bool) {
	if signed {
		p.block = block(pair(sigblock.IDV2, "two"))
	}
	b := p.bytes()
	f, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	want := map[sigblock.ContentDigest][]byte{sigblock.ChunkedSHA256: chunked(b, f, sha256New), sigblock.ChunkedSHA512: chunked(b, f, sha512New)}
	orders := [][]sigblock.ContentDigest{{sigblock.ChunkedSHA256, sigblock.ChunkedSHA512}, {sigblock.ChunkedSHA512}, {sigblock.ChunkedSHA512, sigblock.ChunkedSHA256}}
	for _, kinds := range orders {
		f, err := open(b)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second time from memory
			got, err := f.Digests(kinds...)
			if err != nil || len(got) != len(kinds) {
				t.Fatalf("got %v, %v", got, err)
			}
			for kind, digest := range got {
				if !bytes.Equal(digest, want[kind]) {
					t.Errorf("%s of %v: got %x, want %x", kind, kinds, digest, want[kind])
				}
			}
		}
	}
}

func TestVerityDigest(t *testing.T) {
	const page = 4096
	for _, pages := range []int{0, 1, 127, 128, 129, 256, 257, 128 * 128, 128*128 + 1} {
		t.Run(fmt.Sprint(pages), func(t *testing.T) {
			t.Parallel()
			for _, directory := range []int{0, 46, page - 22, page - 21, 300_000} {
				body := pair(sigblock.IDVerityPadding, string(make([]byte, page-32-12)))
				b := parts{contents: random(pages * page), block: block(body), directory: random(directory)}.bytes()
				f, err := open(b)
				if err != nil {
					t.Fatal(err)
				}
				all := slices.Concat(regions(b, f)...)
				want := le.AppendUint64(merkle(all, make([]byte, 8)), uint64(len(all)))
				got, err := f.Digests(sigblock.VeritySHA256)
				if err != nil || !bytes.Equal(got[sigblock.VeritySHA256], want) {
					t.Errorf("directory of %d: got %x, %v, want %x", directory, got[sigblock.VeritySHA256], err, want)
				}
			}
		})
	}
}

// The verity digest is defined for signing blocks on whole pages only.
func TestVerityAlignment(t *testing.T) {
	for _, p := range []parts{
		{contents: make([]byte, 4095), block: block(pair(1, string(make([]byte, 4096-44))))},
		{contents: make([]byte, 4096), block: block(pair(1, string(make([]byte, 4096-43))))},
	} {
		f, err := open(p.bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.Digests(sigblock.VeritySHA256); !errors.Is(err, sigblock.ErrAlignment) {
			t.Errorf("got %x, %v", got, err)
		}
		if _, err := f.Digests(sigblock.ChunkedSHA256); err != nil {
			t.Errorf("the other digest: got %v", err)
		}
	}
	f, err := open(parts{contents: make([]byte, 100)}.bytes())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.Digests(sigblock.ManifestSHA256); err == nil {
		t.Errorf("a digest that isn't of the APK: got %x", got)
	}
}

func TestMerkleRoot(t *testing.T) {
	const page = 4096
	sizes := []int{1, 32, page - 1, page, page + 1, 127 * page, 128*page - 1, 128 * page, 128*page + 1, 129 * page, 255*page + 5,
		mib - 1, mib, mib + 1, mib + 128*page, mib + 129*page, 3*mib + 12_345, 128 * 128 * page, 128*128*page + 1}
	all := random(sizes[len(sizes)-1])
	for _, size := range sizes {
		for _, salt := range [][]byte{nil, make([]byte, 8), []byte("some salt of 32 bytes as v4 has.")} {
			t.Run(fmt.Sprint(size, len(salt)), func(t *testing.T) {
				t.Parallel()
				got, err := sigblock.MerkleRoot(bytes.NewReader(all), int64(size), salt)
				if want := merkle(all[:size], salt); err != nil || !bytes.Equal(got, want) {
					t.Errorf("got %x, %v, want %x", got, err, want)
				}
			})
		}
	}
}

// Memory must not grow with the file, but for the digests of its chunks: 96 bytes a MiB, and 64 for verity.
func TestDigestMemory(t *testing.T) {
	const small, large = 16 * mib, 256 * mib
	padded := int64(8192)
	work := func(contents int64, kinds ...sigblock.ContentDigest) uint64 {
		s := sparseAPK(contents, padded)
		f, err := sigblock.Open(s, s.size)
		if err != nil {
			t.Fatal(err)
		}
		return allocated(func() {
			if _, err := f.Digests(kinds...); err != nil {
				t.Fatal(err)
			}
		})
	}
	for _, kinds := range [][]sigblock.ContentDigest{{sigblock.ChunkedSHA256, sigblock.ChunkedSHA512}, {sigblock.VeritySHA256}} {
		least, most := work(small, kinds...), work(large, kinds...)
		bound := uint64(8*mib) + uint64(runtime.GOMAXPROCS(0))*2*mib
		if most > bound || most > least+mib {
			t.Errorf("%v: got %d bytes allocated for 16 MiB, %d for 256 MiB", kinds, least, most)
		}
	}
}
