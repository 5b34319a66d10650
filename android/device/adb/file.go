package adb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"appraise/internal/limits"
)

// Sizes of what File reads at a time and keeps.
const (
	fileBlock  = 1 << 20
	fileAhead  = 8  // blocks read at once, where they are read in order
	fileBlocks = 32 // kept
)

// File is one file on the phone, for readers that need the whole of it. It reads whole MiB, several where they are
// asked for in order, and keeps the last 32. It serves several goroutines, one read of the phone at a time.
type File struct {
	ctx  context.Context
	link *Link
	path string
	size int64

	mu     sync.Mutex
	blocks map[int64][]byte
	order  []int64 // oldest first
	last   int64   // the block read last
	moved  int64
	failed error // a phone that went away is not asked again
}

// APK opens an APK on the phone by its path and size as they stand in a capture. Nothing is read yet. The context is
// that of all reads.
func (l *Link) APK(ctx context.Context, path string, size int64) (*File, error) {
	if err := CheckPath(path); err != nil {
		return nil, err
	}
	if size <= 0 || size > limits.APKBytes {
		return nil, fmt.Errorf("a size of %d bytes", size)
	}
	return &File{ctx: ctx, link: l, path: path, size: size, blocks: map[int64][]byte{}, last: -2}, nil
}

// Size is the size that APK was given.
func (f *File) Size() int64 { return f.size }

// Moved is how many bytes were read from the phone.
func (f *File) Moved() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.moved
}

// ReadAt is io.ReaderAt. The error is an *Error of kind Lost where the phone went away, and tells how many bytes came
// where the phone gives less than its own size of the file promises.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= f.size {
			return n, io.EOF
		}
		block, err := f.block(at / fileBlock)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], block[at%fileBlock:])
	}
	return n, nil
}

// block returns one block, from the phone where it isn't kept.
func (f *File) block(i int64) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b, ok := f.blocks[i]; ok {
		return b, nil
	}
	if f.failed != nil {
		return nil, f.failed
	}
	count := int64(1)
	if i == f.last+1 {
		count = fileAhead
	}
	data, err := f.fetch(i, count)
	if err != nil {
		f.failed = err
		return nil, err
	}
	first := data[:min(len(data), fileBlock)]
	for ; len(data) > 0; i++ {
		n := min(len(data), fileBlock)
		f.put(i, data[:n:n])
		data = data[n:]
		f.last = i
	}
	return first, nil
}

// put keeps a block and drops the oldest.
func (f *File) put(i int64, b []byte) {
	if _, ok := f.blocks[i]; ok {
		return
	}
	f.blocks[i] = b
	f.order = append(f.order, i)
	if len(f.order) > fileBlocks {
		delete(f.blocks, f.order[0])
		f.order = f.order[1:]
	}
}

// fetch reads count blocks with one dd, fewer at the file's end.
func (f *File) fetch(i, count int64) ([]byte, error) {
	want := min(count*fileBlock, f.size-i*fileBlock)
	ctx, cancel := context.WithTimeout(f.ctx, f.link.fileTime)
	defer cancel()
	cmd := f.link.execOut(ctx, fmt.Sprintf("dd if=%s bs=%d skip=%d count=%d 2>/dev/null", Quote(f.path), fileBlock, i, count))
	var out bytes.Buffer
	out.Grow(int(want) + bytes.MinRead)
	complaint := &bounded{limit: 1024}
	cmd.Stderr = complaint
	pipe, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, &Error{Failed, "adb: " + err.Error(), "adb devices tells whether it works at all"}
	}
	n, readErr := io.Copy(&out, io.LimitReader(pipe, want+1))
	cancelled := ctx.Err()
	if n > want {
		cancel()
	}
	cmd.Wait()
	f.moved += n
	switch {
	case n == want:
		return out.Bytes(), nil
	case f.ctx.Err() != nil:
		return nil, f.ctx.Err()
	case n > want:
		return nil, fmt.Errorf("the phone gave more than the %d bytes at %d that were asked for", want, i*fileBlock)
	case !f.link.returns(f.ctx):
		return nil, ErrLost
	case errors.Is(cancelled, context.DeadlineExceeded):
		return nil, fmt.Errorf("the phone gave %d of %d bytes at %d in %s", n, want, i*fileBlock, f.link.fileTime)
	}
	message := fmt.Sprintf("the phone gave %d of %d bytes at %d", n, want, i*fileBlock)
	if text := FirstLine(complaint.b); text != "" {
		message += ": " + text
	}
	return nil, errors.Join(errors.New(message), readErr)
}
