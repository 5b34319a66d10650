package sigblock

import "errors"

// ErrMalformed says that a length of the signing block runs past what holds it.
var ErrMalformed = errors.New("a length runs past the end")

// Cursor walks the fields of a signing block: little-endian numbers and byte strings that start with their
// length as a uint32. Once a field doesn't fit, Err is set and every further field is empty.
type Cursor struct {
	Rest []byte
	Err  error
}

// Uint32 reads a number.
func (c *Cursor) Uint32() uint32 {
	if c.Err != nil || len(c.Rest) < 4 {
		c.Err, c.Rest = ErrMalformed, nil
		return 0
	}
	v := le.Uint32(c.Rest)
	c.Rest = c.Rest[4:]
	return v
}

// Bytes reads a byte string with its length before it. The result shares the cursor's memory.
func (c *Cursor) Bytes() []byte {
	n := c.Uint32()
	if c.Err != nil || uint64(n) > uint64(len(c.Rest)) {
		c.Err, c.Rest = ErrMalformed, nil
		return nil
	}
	b := c.Rest[:n:n]
	c.Rest = c.Rest[n:]
	return b
}

// Elements splits a sequence of byte strings into at most limit of them; more tells whether there were more.
func Elements(b []byte, limit int) (out [][]byte, more bool, err error) {
	for c := (Cursor{Rest: b}); len(c.Rest) > 0; {
		if len(out) == limit {
			return out, true, nil
		}
		e := c.Bytes()
		if c.Err != nil {
			return out, false, c.Err
		}
		out = append(out, e)
	}
	return out, false, nil
}
