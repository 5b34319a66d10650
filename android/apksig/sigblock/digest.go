package sigblock

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

const (
	chunkBytes  = 1 << 20  // of the chunked digests
	readBytes   = 64 << 10 // read at once, so that memory does not grow with the workers' chunks
	maxWorkers  = 8
	chunkPrefix = 0xa5
	topPrefix   = 0x5a
)

// ErrAlignment says that a verity digest was asked for where the signing block doesn't lie on pages of 4,096
// bytes, as that digest demands. apksig refuses such a file outright.
var ErrAlignment = errors.New("the signing block is not aligned to 4096 bytes, which the verity digest demands")

// Digests computes the content digests of the APK, each once in the life of the File. Chunks are hashed on all
// cores; memory doesn't depend on the file's size but for 96 bytes a MiB.
func (f *File) Digests(kinds ...ContentDigest) (map[ContentDigest][]byte, error) {
	var chunked []ContentDigest
	for _, kind := range kinds {
		switch {
		case f.digests[kind] != nil:
		case kind == ChunkedSHA256 || kind == ChunkedSHA512:
			chunked = append(chunked, kind)
		case kind == VeritySHA256:
			root, err := f.verity()
			if err != nil {
				return nil, err
			}
			f.digests[kind] = root
		default:
			return nil, fmt.Errorf("no content digest %d", kind)
		}
	}
	if len(chunked) > 0 {
		if err := f.chunked(chunked); err != nil {
			return nil, err
		}
	}
	out := map[ContentDigest][]byte{}
	for _, kind := range kinds {
		out[kind] = f.digests[kind]
	}
	return out, nil
}

// covered is what the digests cover, as three regions: the entries, the central directory, and the end
// record with the directory's offset as if there were no signing block.
func (f *File) covered() ([3]*io.SectionReader, error) {
	tail := make([]byte, f.Size-f.End)
	if err := f.readAt(tail, f.End); err != nil {
		return [3]*io.SectionReader{}, err
	}
	le.PutUint32(tail[16:], uint32(f.BlockStart))
	return [3]*io.SectionReader{
		io.NewSectionReader(f.r, 0, f.BlockStart),
		io.NewSectionReader(f.r, f.Directory, f.End-f.Directory),
		io.NewSectionReader(bytesAt(tail), 0, int64(len(tail))),
	}, nil
}

// bytesAt reads from memory.
type bytesAt []byte

func (b bytesAt) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(b)) {
		return 0, io.EOF
	}
	n := copy(p, b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// piece is one chunk of one region.
type piece struct {
	region     *io.SectionReader
	offset, at int64 // offset in the region; at: the chunk's number
	size       int64
}

func (f *File) chunked(kinds []ContentDigest) error {
	regions, err := f.covered()
	if err != nil {
		return err
	}
	var pieces []piece
	for _, region := range regions {
		for at := int64(0); at < region.Size(); at += chunkBytes {
			pieces = append(pieces, piece{region, at, int64(len(pieces)), min(chunkBytes, region.Size()-at)})
		}
	}
	sums := make([][]byte, len(kinds)) // of each kind, the chunks' digests one after another
	for i, kind := range kinds {
		sums[i] = make([]byte, len(pieces)*kind.hash().Size())
	}
	err = inParallel(len(pieces), func() func(int) error {
		w := newHasher(kinds, min(readBytes, f.Size))
		return func(i int) error { return w.chunk(pieces[i], sums) }
	})
	if err != nil {
		return err
	}
	for i, kind := range kinds {
		h := kind.hash()
		h.Write(binary.LittleEndian.AppendUint32([]byte{topPrefix}, uint32(len(pieces))))
		h.Write(sums[i])
		f.digests[kind] = h.Sum(nil)
	}
	return nil
}

func (d ContentDigest) hash() hash.Hash {
	if d == ChunkedSHA512 {
		return sha512.New()
	}
	return sha256.New()
}

// hasher is one worker's memory.
type hasher struct {
	buffer []byte
	hashes []hash.Hash
}

func newHasher(kinds []ContentDigest, room int64) *hasher {
	w := &hasher{buffer: make([]byte, room)}
	for _, kind := range kinds {
		w.hashes = append(w.hashes, kind.hash())
	}
	return w
}

// chunk puts the digests of one chunk into their places in sums.
func (w *hasher) chunk(p piece, sums [][]byte) error {
	head := le.AppendUint32([]byte{chunkPrefix}, uint32(p.size))
	for _, h := range w.hashes {
		h.Reset()
		h.Write(head)
	}
	for done := int64(0); done < p.size; {
		b := w.buffer[:min(int64(len(w.buffer)), p.size-done)]
		if n, err := p.region.ReadAt(b, p.offset+done); n < len(b) {
			return fmt.Errorf("reading the APK: %w", err)
		}
		for _, h := range w.hashes {
			h.Write(b)
		}
		done += int64(len(b))
	}
	for i, h := range w.hashes {
		h.Sum(sums[i][p.at*int64(h.Size()):][:0])
	}
	return nil
}

// inParallel runs the jobs 0..n-1 on a few workers; worker makes each worker's own function. The first error
// ends all.
func inParallel(n int, worker func() func(job int) error) error {
	workers := min(n, runtime.GOMAXPROCS(0), maxWorkers)
	if workers <= 1 {
		run := worker()
		for i := range n {
			if err := run(i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var failure atomic.Pointer[error]
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			run := worker()
			for {
				i := int(next.Add(1)) - 1
				if i >= n || failure.Load() != nil {
					return
				}
				if err := run(i); err != nil {
					failure.CompareAndSwap(nil, &err)
					return
				}
			}
		})
	}
	group.Wait()
	if err := failure.Load(); err != nil {
		return *err
	}
	return nil
}
