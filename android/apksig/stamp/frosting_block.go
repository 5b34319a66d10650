package stamp

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
)

// frosting is what the first entry in force says, and its signature.
type frosting struct {
	signed    []byte // what the signature covers
	key       uint32 // index of the key
	file      []byte // SHA-256 of the file
	signature []byte
}

var (
	errNoEntry  = errors.New("no entry is in force")
	errTooShort = errors.New("a length runs past the end")
)

// parseFrosting reads the value of the pair. All sizes are varints and count the bytes after them:
//
//	size of metadata | metadata { size, message | size, entries } | size of signatures | signatures { size, bytes }
//
// The signature of an entry is the one with its number, and covers the metadata from its start to the entry's end.
// The time taken is linear in the block's size.
func parseFrosting(b []byte) (*frosting, error) {
	outer := varints{b}
	metadata, err := outer.bytes()
	if err != nil {
		return nil, fmt.Errorf("its metadata: %w", err)
	}
	signatures, err := outer.bytes()
	if err != nil {
		return nil, fmt.Errorf("its signatures: %w", err)
	}
	c := varints{metadata}
	if _, err := c.bytes(); err != nil {
		return nil, fmt.Errorf("its message: %w", err)
	}
	entries, err := c.bytes()
	if err != nil {
		return nil, fmt.Errorf("its entries: %w", err)
	}
	f, number, left, err := firstEntry(entries)
	if err != nil {
		return nil, err
	}
	f.signed = metadata[:len(metadata)-len(c.rest)-left]
	f.signature, err = element(signatures, number)
	return f, err
}

// firstEntry finds the first entry in force, its number and how many bytes come after it.
func firstEntry(entries []byte) (f *frosting, number, left int, err error) {
	for c := (varints{entries}); len(c.rest) > 0; number++ {
		raw, err := c.bytes()
		if err != nil {
			return nil, 0, 0, fmt.Errorf("entry %d: %w", number+1, err)
		}
		e := varints{raw}
		disabled, err := e.number()
		if err != nil {
			return nil, 0, 0, fmt.Errorf("entry %d: %w", number+1, err)
		}
		if disabled != 0 {
			continue
		}
		key, err := e.number()
		if err != nil || len(e.rest) != sha256.Size {
			return nil, 0, 0, fmt.Errorf("entry %d is not a key's index and a digest", number+1)
		}
		return &frosting{key: key, file: e.rest}, number, len(c.rest), nil
	}
	return nil, 0, 0, errNoEntry
}

// element returns the byte string with the number in a list of them.
func element(list []byte, number int) ([]byte, error) {
	c := varints{list}
	for i := 0; ; i++ {
		b, err := c.bytes()
		if err != nil {
			return nil, fmt.Errorf("signature %d: %w", i+1, err)
		}
		if i == number {
			return b, nil
		}
	}
}

// varints walks numbers in groups of seven bits, the lowest first, of at most five bytes, and byte strings after
// their length.
type varints struct{ rest []byte }

func (v *varints) number() (uint32, error) {
	const longest = 5
	var n uint64
	for i := range min(longest, len(v.rest)) {
		b := v.rest[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			v.rest = v.rest[i+1:]
			if n > math.MaxInt32 {
				return 0, errors.New("a number is too large")
			}
			return uint32(n), nil
		}
	}
	if len(v.rest) >= longest {
		return 0, errors.New("a number is too long")
	}
	return 0, errTooShort
}

func (v *varints) bytes() ([]byte, error) {
	n, err := v.number()
	if err != nil {
		return nil, err
	}
	if int64(n) > int64(len(v.rest)) {
		return nil, errTooShort
	}
	b := v.rest[:n]
	v.rest = v.rest[n:]
	return b, nil
}
