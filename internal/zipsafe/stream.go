package zipsafe

import (
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"

	"appraise/internal/limits"
)

// inflater is what compress/flate's readers are.
type inflater interface {
	io.ReadCloser
	flate.Resetter
}

// spare keeps decompressors for the next entry of any archive: each holds some 40 KiB. It is a cache and no state.
var spare = sync.Pool{New: func() any { return flate.NewReader(strings.NewReader("")) }}

// Inflate returns a decompressor of in. Close lets it be used again; what it gave stays good.
func Inflate(in io.Reader) io.ReadCloser { return &pooled{takeInflater(in)} }

type pooled struct{ inflater }

func (p *pooled) Read(b []byte) (int, error) {
	if p.inflater == nil {
		return 0, fs.ErrClosed
	}
	return p.inflater.Read(b)
}

func (p *pooled) Close() error {
	if p.inflater != nil {
		spare.Put(p.inflater)
		p.inflater = nil
	}
	return nil
}

func takeInflater(in io.Reader) inflater {
	f := spare.Get().(inflater)
	if err := f.Reset(in, nil); err != nil {
		return flate.NewReader(in).(inflater)
	}
	return f
}

// stream reads the data of one entry and guards their ratio.
type stream struct {
	z        *Reader
	e        *Entry
	data     int64 // offset of the packed data
	in       *io.SectionReader
	inflater inflater // nil for stored data
	out      int64
	closed   bool
}

// Read counts packed bytes as flate takes them, up to 4 KiB ahead of what came out.
func (s *stream) Read(p []byte) (int, error) {
	if s.closed {
		return 0, fs.ErrClosed
	}
	if s.inflater == nil {
		n, err := s.in.Read(p)
		return n, s.explain(err)
	}
	n, err := s.inflater.Read(p)
	s.out += int64(n)
	in, seekErr := s.in.Seek(0, io.SeekCurrent)
	if seekErr != nil {
		return n, seekErr
	}
	if s.out > limits.ZipRatioFrom && s.out > limits.ZipRatio*in {
		return n, overLimit(s.data, "%s inflates to more than %d times its size", quoted(s.e.Name), limits.ZipRatio)
	}
	return n, s.explain(err)
}

// explain turns an error of the data into a FormatError and wraps one of the input.
func (s *stream) explain(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == nil || err == io.EOF:
		return err
	case errors.As(err, &corrupt) || errors.Is(err, io.ErrUnexpectedEOF):
		return malformed(s.data, "inflating %s: %v", quoted(s.e.Name), err)
	}
	return fmt.Errorf("reading %s: %w", quoted(s.e.Name), err)
}

// Close gives the decompressor back for the next stream.
func (s *stream) Close() error {
	if !s.closed && s.inflater != nil {
		spare.Put(s.inflater)
	}
	s.closed = true
	return nil
}

// declared ends a stream with an error once more came out than the directory declares.
type declared struct {
	*stream
	left int64
}

func (d *declared) Read(p []byte) (int, error) {
	n, err := d.stream.Read(p)
	if int64(n) > d.left {
		n, err = int(d.left), malformed(d.data, "%s gives more than the declared %d bytes", quoted(d.e.Name), d.e.Size)
	}
	d.left -= int64(n)
	if d.z.streamed += int64(n); d.z.streamed > limits.ZipTotalDeclared {
		err = overLimit(d.data, "more than %d bytes streamed from one archive", int64(limits.ZipTotalDeclared))
	}
	return n, err
}
