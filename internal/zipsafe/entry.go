package zipsafe

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"

	"appraise/internal/limits"
)

// ReadFile returns the content of the entry, at most max bytes.
//
// Bytes are counted while they come out; the declared size allocates nothing. More than max, more than
// limits.ZipInflated over all calls, or a ratio over limits.ZipRatio ends with a *FormatError whose
// Limit is set. The encrypted flag is ignored and a method other than deflate means stored, as on
// Android; where the stored bytes of an unknown method don't give the checksum and inflating does,
// the inflated ones are returned.
//
// Android does not compare the checksum when it reads a manifest, so neither does ReadFile: content
// with a wrong checksum is returned. It is refused only where its length is wrong too.
func (z *Reader) ReadFile(e *Entry, max int64) ([]byte, error) {
	limit, what := max, "the limit of its kind"
	if left := limits.ZipInflated - z.inflated; left < limit {
		limit, what = left, "what is left for this archive"
	}
	s, err := z.open(e)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var b bytes.Buffer
	b.Grow(int(min(limit, s.in.Size(), int64(min(e.Size, limits.ZipEntryDeclared)))) + bytes.MinRead)
	n, err := io.Copy(&b, io.LimitReader(s, limit+1))
	z.inflated += n
	switch {
	case err != nil:
		return nil, err
	case n > limit:
		return nil, overLimit(e.HeaderOffset, "%s inflates to more than %d bytes, %s", quoted(e.Name), limit, what)
	case uint64(n) != e.Size && crc32.ChecksumIEEE(b.Bytes()) != e.CRC32:
		return nil, malformed(e.HeaderOffset, "%s gives %d bytes of another checksum, declared %d", quoted(e.Name), n, e.Size)
	}
	return b.Bytes(), nil
}

// Open streams the content of the entry, read as ReadFile reads it. The ratio is guarded, and more
// bytes than the directory declares end with a *FormatError. The stream doesn't count against
// limits.ZipInflated, but all streams together against limits.ZipTotalDeclared.
func (z *Reader) Open(e *Entry) (io.ReadCloser, error) {
	if e.Size > limits.ZipEntryDeclared {
		return nil, overLimit(e.HeaderOffset, "%s declares %d bytes, over the limit of %d", quoted(e.Name), e.Size, int64(limits.ZipEntryDeclared))
	}
	s, err := z.open(e)
	if err != nil {
		return nil, err
	}
	return &declared{stream: s, left: int64(e.Size)}, nil
}

// Section returns the content of an entry that is stored as it stands, in place in the archive, and its
// length. The reader is nil where the content is packed: read that with Open or ReadFile. Nothing is counted
// against the limits, since nothing is inflated or kept, and the checksum is not compared.
func (z *Reader) Section(e *Entry) (io.ReaderAt, int64, error) {
	s, err := z.open(e)
	if err != nil {
		return nil, 0, err
	}
	defer s.Close()
	if s.inflater != nil {
		return nil, 0, nil
	}
	return s.in, s.in.Size(), nil
}

// Inflated is how many bytes ReadFile gave so far, which count against limits.ZipInflated.
func (z *Reader) Inflated() int64 { return z.inflated }

// open finds the data of the entry and how to read them. They start where the local header ends, by
// its own lengths, as on Android; how many they are and how they are packed is the directory's word.
func (z *Reader) open(e *Entry) (*stream, error) {
	var header [sizeLocal]byte
	if err := z.readAt(header[:], e.HeaderOffset, fmt.Sprintf("local header of %s", quoted(e.Name))); err != nil {
		return nil, err
	}
	l, ok := parseLocal(header[:])
	if !ok {
		return nil, malformed(e.HeaderOffset, "%s has no local header", quoted(e.Name))
	}
	data := e.HeaderOffset + l.dataOff
	if data > z.Size {
		return nil, malformed(e.HeaderOffset, "data of %s lie outside the input", quoted(e.Name))
	}
	deflated := e.Method == Deflate || e.Method != Store && z.onlyInflates(e, data)
	return z.stream(e, data, deflated)
}

// onlyInflates reports whether the data of an entry of unknown method give the declared size and
// checksum inflated, and don't as they stand. The stored reading comes first, because it is Android's.
func (z *Reader) onlyInflates(e *Entry, data int64) bool {
	for _, deflated := range []bool{false, true} {
		s, err := z.stream(e, data, deflated)
		if err != nil {
			continue
		}
		sum := crc32.NewIEEE()
		n, err := io.Copy(sum, io.LimitReader(s, int64(min(e.Size, limits.ZipEntryDeclared))+1))
		s.Close()
		if err == nil && uint64(n) == e.Size && sum.Sum32() == e.CRC32 {
			return deflated
		}
	}
	return false
}

// stream opens the data at offset data in one of the two ways.
func (z *Reader) stream(e *Entry, data int64, deflated bool) (*stream, error) {
	length, left := e.CompressedSize, z.Size-data
	if !deflated {
		length = e.Size
	}
	if length > uint64(left) {
		return nil, malformed(data, "%s has %d bytes of data, %d are there", quoted(e.Name), length, left)
	}
	s := &stream{z: z, e: e, data: data, in: io.NewSectionReader(z.r, data, int64(length))}
	if deflated {
		s.inflater = takeInflater(s.in)
	}
	return s, nil
}
