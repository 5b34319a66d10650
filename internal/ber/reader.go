// Package ber reads BER and DER elements (X.690) as they stand in the wild: lengths of the definite form, minimal or
// not, and of the indefinite form; strings in parts. It holds no schema: its callers know which element comes next.
//
// Nothing is copied but joined strings, nothing is allocated for a length before that many bytes are seen, and no
// element is opened more than limits.BERDepth levels deep. Every error is an *inventory.FormatError.
package ber

import (
	"fmt"

	"appraise/internal/limits"
	"appraise/inventory"
)

const maxDepth = limits.BERDepth

// Reader walks through the elements that follow each other in a slice.
type Reader struct {
	data  []byte
	pos   int
	base  int // offset of data
	depth int
}

// NewReader walks through the elements of b. The caller bounds b.
func NewReader(b []byte) *Reader { return &Reader{data: b} }

// Parse reads the first element of b and tells what follows it.
func Parse(b []byte) (e Element, rest []byte, err error) {
	r := NewReader(b)
	if e, err = r.Next(); err != nil {
		return Element{}, nil, err
	}
	return e, b[r.pos:], nil
}

// More tells whether bytes are left.
func (r *Reader) More() bool { return r.pos < len(r.data) }

// Next reads the next element. No bytes left is an error.
func (r *Reader) Next() (Element, error) {
	start := r.pos
	h, err := r.header(start)
	if err != nil {
		return Element{}, err
	}
	if h.isEnd() {
		return Element{}, malformed(r.base+start, "end of contents without a beginning")
	}
	end, after := h.content+h.length, h.content+h.length
	if h.indefinite {
		if end, err = r.endOfContents(h.content); err != nil {
			return Element{}, err
		}
		after = end + 2
	}
	r.pos = after
	return Element{
		Class: h.class, Tag: h.tag, Constructed: h.constructed, Indefinite: h.indefinite, Offset: r.base + start,
		Raw: r.data[start:after:after], Content: r.data[h.content:end:end], content: h.content - start, depth: r.depth,
	}, nil
}

// Expect reads the next element, which must have this tag.
func (r *Reader) Expect(class Class, tag Tag) (Element, error) {
	at := r.Offset()
	e, err := r.Next()
	if err != nil {
		return Element{}, err
	}
	if !e.Is(class, tag) {
		return Element{}, malformed(at, "element with tag %d of class %d where tag %d of class %d is expected", e.Tag, e.Class, tag, class)
	}
	return e, nil
}

// Optional reads the next element when it is there and has this tag; otherwise it reads nothing.
func (r *Reader) Optional(class Class, tag Tag) (e Element, found bool, err error) {
	if !r.More() {
		return Element{}, false, nil
	}
	start := r.pos
	e, err = r.Next()
	if err == nil && !e.Is(class, tag) {
		r.pos = start
		return Element{}, false, nil
	}
	return e, err == nil, err
}

// Enter reads the next element, which must have this tag and be constructed, and opens it.
func (r *Reader) Enter(class Class, tag Tag) (Element, *Reader, error) {
	e, err := r.Expect(class, tag)
	if err != nil {
		return Element{}, nil, err
	}
	children, err := e.Children()
	return e, children, err
}

// End is an error when bytes are left.
func (r *Reader) End() error {
	if r.More() {
		return malformed(r.Offset(), "bytes after the last element")
	}
	return nil
}

// Offset is where the next element starts in the bytes given to NewReader or Parse.
func (r *Reader) Offset() int { return r.base + r.pos }

// endOfContents finds the end-of-contents octets of the indefinite content that starts at pos. It goes through the
// bytes once: a definite element inside is skipped as a whole, an indefinite one adds a level.
func (r *Reader) endOfContents(pos int) (int, error) {
	start := pos
	for open := 1; ; {
		h, err := r.header(pos)
		switch {
		case err != nil:
			return 0, err
		case h.isEnd():
			if open--; open == 0 {
				return pos, nil
			}
		case h.indefinite:
			if open++; r.depth+open > maxDepth {
				return 0, tooDeep(r.base + start)
			}
		}
		pos = h.content + h.length
	}
}

func malformed(offset int, format string, args ...any) error {
	return &inventory.FormatError{Offset: int64(offset), Message: fmt.Sprintf(format, args...)}
}

func tooDeep(offset int) error {
	return &inventory.FormatError{
		Offset: int64(offset), Limit: true,
		Message: fmt.Sprintf("elements nested more than %d levels deep", maxDepth),
	}
}
