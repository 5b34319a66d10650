package bundle

import (
	"errors"
	"fmt"
	"io"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// blockBytes is how much memory a packed member takes at a time.
const blockBytes = 1 << 20

// memory is a packed member, inflated. It grows by blocks, so that it never holds more than the content, and is
// used again for the next member.
type memory struct {
	blocks [][]byte
	size   int64
}

// fill reads everything from r, at most limit bytes.
func (m *memory) fill(r io.Reader, limit int64) error {
	m.size = 0
	for i := 0; ; i++ {
		if m.size > limit {
			return &inventory.FormatError{Message: fmt.Sprintf("inflates to more than %d bytes", limit), Limit: true}
		}
		if i == len(m.blocks) {
			m.blocks = append(m.blocks, make([]byte, blockBytes))
		}
		n, err := io.ReadFull(r, m.blocks[i])
		m.size += int64(n)
		switch {
		case errors.Is(err, io.EOF) || err == io.ErrUnexpectedEOF: // the stream names its own defects otherwise
			return nil
		case err != nil:
			return err
		}
	}
}

// ReadAt reads what fill took in.
func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("negative offset")
	}
	n := 0
	for n < len(p) && off+int64(n) < m.size {
		at := off + int64(n)
		block := m.blocks[at/blockBytes]
		end := min(blockBytes, m.size-at/blockBytes*blockBytes)
		n += copy(p[n:], block[at%blockBytes:end])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// openMember opens an APK inside an archive: in place where it is stored, in memory where it is packed. What the
// result reads is valid until the next call.
func (s *set) openMember(e *zipsafe.Entry) (*zipsafe.Reader, error) {
	r, size, err := s.zip.Section(e)
	if err != nil {
		return nil, outside(err)
	}
	if r == nil {
		if size, err = s.inflate(e); err != nil {
			return nil, outside(err)
		}
		r = &s.memory
	}
	if size == 0 {
		return nil, errors.New("empty")
	}
	return zipsafe.Open(r, size)
}

// inflate takes a packed member into memory and returns its length.
func (s *set) inflate(e *zipsafe.Entry) (int64, error) {
	stream, err := s.zip.Open(e)
	if err != nil {
		return 0, err
	}
	defer stream.Close()
	if err := s.memory.fill(stream, limits.NestedAPKBytes); err != nil {
		return 0, err
	}
	if uint64(s.memory.size) != e.Size {
		return 0, fmt.Errorf("gives %d bytes, %d are declared", s.memory.size, e.Size)
	}
	return s.memory.size, nil
}

// outsideError is a defect of the archive around a member: its offset doesn't count from the member's start.
type outsideError struct{ error }

func (e outsideError) Unwrap() error { return e.error }

func outside(err error) error { return outsideError{err} }

// unreadMember is what stands for an APK that can't be read: an item without an id, and the problem.
func unreadMember(err error) *inventory.Item {
	item := &inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, Detail: inventory.Detail{Android: &inventory.AndroidDetail{}}}
	item.AddProblem(problem(err))
	return item
}

// problem turns an error into a problem that could change a verdict. An offset in the archive around the file
// stays in the message.
func problem(err error) inventory.Problem {
	p := inventory.Problem{Message: err.Error(), Matters: true}
	var zip *zipsafe.FormatError
	var format *inventory.FormatError
	var around outsideError
	inside := !errors.As(err, &around)
	switch {
	case errors.As(err, &zip):
		p.Limit = zip.Limit
		if inside {
			p.Offset, p.Message = zip.Offset, zip.Message
		}
	case errors.As(err, &format):
		p.Offset, p.Message, p.Limit = format.Offset, format.Message, format.Limit
	}
	return p
}
