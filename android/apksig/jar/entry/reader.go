package entry

import (
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"

	"appraise/android/apksig/jar/manifest"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
)

// Reader reads entries' content, one after the other, with buffers of its own. Several readers may read one archive at a time.
type Reader struct {
	archive *Archive
	header  []byte
	buffer  []byte
	packed  *bufio.Reader
}

// NewReader returns a reader for one goroutine. Its buffers are no larger than the archive.
func (a *Archive) NewReader() *Reader {
	size := int(min(a.zip.Size, 1<<16))
	return &Reader{archive: a, buffer: make([]byte, size), packed: bufio.NewReaderSize(nil, min(size, 1<<14))}
}

// locate checks the local header against the directory as apksig's LocalFileRecord.getRecord does, and returns where the
// data lie. How long they are is the directory's word: a method other than stored means deflated.
func (r *Reader) locate(f *File) (start, length int64, err error) {
	directory := r.archive.zip.DirectoryOffset
	if n := sizeLocal + len(f.Entry.Name); cap(r.header) < n {
		r.header = make([]byte, n)
	}
	b := r.header[:sizeLocal+len(f.Entry.Name)]
	if f.HeaderOffset+int64(len(b)) > directory {
		return 0, 0, malformed(f.HeaderOffset, "local header of %s reaches into the central directory", quoted(f.Name))
	}
	if err := r.archive.readAt(b, f.HeaderOffset); err != nil {
		return 0, 0, err
	}
	if err := compare(b, f); err != nil {
		return 0, 0, err
	}
	start, length = f.HeaderOffset+sizeLocal+int64(le.Uint16(b[26:]))+int64(le.Uint16(b[28:])), int64(f.CompressedSize)
	if f.Method == 0 {
		length = int64(f.Size)
	}
	if start+length > directory {
		return 0, 0, malformed(f.HeaderOffset, "data of %s reach into the central directory", quoted(f.Name))
	}
	return start, length, nil
}

// compare compares a local header, with as many bytes of name as the directory has, with the directory.
func compare(b []byte, f *File) error {
	flags, nameLength := le.Uint16(b[6:]), int(le.Uint16(b[26:]))
	differs := func(what string) error {
		return malformed(f.HeaderOffset, "local header of %s has another %s than the directory", quoted(f.Name), what)
	}
	switch {
	case string(b[:4]) != sigLocal:
		return malformed(f.HeaderOffset, "%s has no local header", quoted(f.Name))
	case (flags^f.Flags)&flagDataDescriptor != 0:
		return differs("data descriptor flag")
	case nameLength > len(b)-sizeLocal || manifest.Decode(b[sizeLocal:sizeLocal+nameLength]) != f.Name:
		return differs("name")
	case flags&flagDataDescriptor != 0:
		return nil
	case le.Uint32(b[14:]) != f.CRC32:
		return differs("checksum")
	case uint64(le.Uint32(b[18:])) != f.CompressedSize:
		return differs("packed size")
	case uint64(le.Uint32(b[22:])) != f.Size:
		return differs("size")
	}
	return nil
}

// Copy writes the content of the entry to w. An error is a *inventory.FormatError where it isn't exactly as long as the
// directory says or can't be inflated. Its checksum isn't compared: Android doesn't, either.
func (r *Reader) Copy(w io.Writer, f *File) error {
	start, length, err := r.locate(f)
	if err != nil {
		return err
	}
	data := io.NewSectionReader(r.archive.r, start, length)
	if f.Method == 0 {
		return r.drain(w, data, f)
	}
	if f.Size > limits.ZipRatioFrom && f.Size > limits.ZipRatio*f.CompressedSize {
		return overLimit(f.HeaderOffset, "%s inflates to more than %d times its size", quoted(f.Name), limits.ZipRatio)
	}
	r.packed.Reset(data)
	inflated := zipsafe.Inflate(r.packed)
	defer inflated.Close()
	return r.drain(w, inflated, f)
}

// drain copies all of in, which has to be exactly as long as the directory says. Deflated data may lack their end:
// apksig asks for the right length alone.
func (r *Reader) drain(w io.Writer, in io.Reader, f *File) error {
	var n uint64
	for {
		got, err := in.Read(r.buffer)
		if n += uint64(got); n > f.Size {
			return malformed(f.HeaderOffset, "%s gives more than the %d bytes that the directory says", quoted(f.Name), f.Size)
		}
		if _, err := w.Write(r.buffer[:got]); err != nil {
			return err
		}
		var corrupt flate.CorruptInputError
		switch {
		case err == nil:
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			if n < f.Size {
				return malformed(f.HeaderOffset, "%s gives %d bytes, the directory says %d", quoted(f.Name), n, f.Size)
			}
			return nil
		case errors.As(err, &corrupt):
			return malformed(f.HeaderOffset, "inflating %s: %v", quoted(f.Name), corrupt)
		default:
			return fmt.Errorf("reading %s: %w", quoted(f.Name), err)
		}
	}
}

// Read returns the content of the entry, at most max bytes, packed at most to one of ratio parts.
func (r *Reader) Read(f *File, max, ratio int64) ([]byte, error) {
	size, packed := int64(f.Size), int64(f.CompressedSize)
	switch {
	case size > max:
		return nil, overLimit(f.HeaderOffset, "%s of %d bytes, over the limit of %d", quoted(f.Name), size, max)
	case f.Method != 0 && size > limits.ZipRatioFrom && size > ratio*packed:
		return nil, overLimit(f.HeaderOffset, "%s inflates to more than %d times its size", quoted(f.Name), ratio)
	}
	var b bytes.Buffer
	b.Grow(int(min(size, limits.ZipRatioFrom)))
	if err := r.Copy(&b, f); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
