package sigblock

import (
	"crypto/sha256"
	"fmt"
	"io"
)

// verity is the digest of algorithms 0x0421 to 0x0425: the root of a hash tree over everything but the
// signing block, and the length of what it covers.
func (f *File) verity() ([]byte, error) {
	if f.BlockStart%verityBlockBytes != 0 || (f.Directory-f.BlockStart)%verityBlockBytes != 0 {
		return nil, ErrAlignment
	}
	regions, err := f.covered()
	if err != nil {
		return nil, err
	}
	all := joined(regions[:])
	root, err := MerkleRoot(all, all.size(), make([]byte, 8))
	return le.AppendUint64(root, uint64(all.size())), err
}

// joined reads regions as one.
type joined []*io.SectionReader

func (j joined) size() (n int64) {
	for _, r := range j {
		n += r.Size()
	}
	return n
}

func (j joined) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for _, r := range j {
		if off >= r.Size() {
			off -= r.Size()
			continue
		}
		n, err := r.ReadAt(p[done:], off)
		done, off = done+n, 0
		if done == len(p) {
			return done, nil
		}
		if err != nil && err != io.EOF {
			return done, err
		}
	}
	return done, io.EOF
}

// MerkleRoot is the root of the fs-verity hash tree over size bytes of r: SHA-256 over blocks of 4,096 bytes, the
// last one filled with zeros, salt before each block. Source: apksig's VerityTreeBuilder.
func MerkleRoot(r io.ReaderAt, size int64, salt []byte) ([]byte, error) {
	const digestsPerChunk = chunkBytes / verityBlockBytes * sha256.Size
	const blocksPerChunk = digestsPerChunk / verityBlockBytes
	chunks := int((size + chunkBytes - 1) / chunkBytes)
	level := make([]byte, chunks*blocksPerChunk*sha256.Size) // the second level: a chunk gives a few digests of it
	used := make([]int, chunks)
	err := inParallel(chunks, func() func(int) error {
		buffer, leaves := make([]byte, min(chunkBytes, size)), make([]byte, digestsPerChunk)
		return func(i int) error {
			b := buffer[:min(chunkBytes, size-int64(i)*chunkBytes)]
			if n, err := r.ReadAt(b, int64(i)*chunkBytes); n < len(b) {
				return fmt.Errorf("reading the APK: %w", err)
			}
			n := hashBlocks(leaves, b, salt)
			used[i] = hashBlocks(level[i*blocksPerChunk*sha256.Size:], leaves[:n], salt)
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	if chunks > 0 {
		level = level[:(chunks-1)*blocksPerChunk*sha256.Size+used[chunks-1]]
	}
	for len(level) > sha256.Size {
		level = level[:hashBlocks(level, level, salt)]
	}
	return level, nil
}

// hashBlocks writes the digest of each block of b to out, which may be b itself, and returns the bytes written.
func hashBlocks(out, b, salt []byte) int {
	h := sha256.New()
	n := 0
	for at := 0; at < len(b); at += verityBlockBytes {
		block := b[at:min(at+verityBlockBytes, len(b))]
		h.Reset()
		h.Write(salt)
		h.Write(block)
		h.Write(make([]byte, verityBlockBytes-len(block)))
		var sum [sha256.Size]byte
		copy(out[n:], h.Sum(sum[:0]))
		n += sha256.Size
	}
	return n
}
