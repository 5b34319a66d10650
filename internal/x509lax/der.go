package x509lax

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"appraise/internal/ber"
	"appraise/inventory"
)

// Identifier octets: class, constructed bit and number. sun.security.util.DerValue compares the octet as a whole.
const (
	octetBoolean     = byte(ber.Boolean)
	octetInteger     = byte(ber.Integer)
	octetBitString   = byte(ber.BitString)
	octetOctetString = byte(ber.OctetString)
	octetNull        = byte(ber.Null)
	octetOID         = byte(ber.OID)
	octetSequence    = byte(ber.Sequence) | 0x20
	octetSet         = byte(ber.Set) | 0x20
)

// reader reads elements as JDK 17 does, until the first error, which it shares with the readers made from it. After the
// error every element and value is empty.
type reader struct {
	elements *ber.Reader
	err      *error
}

func newReader(b []byte) reader { return reader{ber.NewReader(b), new(error)} }

// inside reads what is in a string.
func (r reader) inside(b []byte) reader { return reader{ber.NewReader(b), r.err} }

func (r reader) open(e ber.Element) reader {
	elements, err := e.Children()
	if r.check(err); err != nil {
		return r.inside(nil)
	}
	return reader{elements, r.err}
}

// check keeps the first error.
func (r reader) check(err error) {
	if *r.err == nil {
		*r.err = err
	}
}

func (r reader) fail(offset int, format string, args ...any) {
	r.check(&inventory.FormatError{Offset: int64(offset), Message: fmt.Sprintf(format, args...)})
}

func (r reader) more() bool { return *r.err == nil && r.elements.More() }

// end fails when elements are left.
func (r reader) end() { r.check(r.elements.End()) }

// next reads an element of any kind, but not one whose tag number takes more than one octet, which the JDK refuses. An
// indefinite length inside a definite one makes JDK 17 lose its place (DerInputStream.getDerValue): it refuses most of
// them, and reads others as something else, so that they are refused here.
func (r reader) next() ber.Element {
	if *r.err == nil {
		e, err := r.elements.Next()
		switch {
		case err != nil:
			r.check(err)
		case e.Raw[0]&0x1f == 0x1f:
			r.fail(e.Offset, "tag number over 30")
		case e.Indefinite:
			r.fail(e.Offset, "indefinite length inside a definite one")
		default:
			return e
		}
	}
	return ber.Element{Raw: []byte{0, 0}}
}

// expect reads the next element, whose identifier octet must be this one.
func (r reader) expect(identifier byte) ber.Element {
	e := r.next()
	if e.Raw[0] == identifier {
		return e
	}
	r.fail(e.Offset, "element %#02x where %#02x is expected", e.Raw[0], identifier)
	return ber.Element{Raw: []byte{0, 0}}
}

// enter opens the next element, which must be this constructed one.
func (r reader) enter(identifier byte) reader { return r.open(r.expect(identifier)) }

// only reads the last element, which must be this one.
func (r reader) only(identifier byte) ber.Element {
	e := r.expect(identifier)
	r.end()
	return e
}

// oid reads the dotted text of an OBJECT IDENTIFIER without needless octets (sun.security.util.ObjectIdentifier).
func (r reader) oid() string { return r.oidOf(r.expect(octetOID)) }

func (r reader) oidOf(e ber.Element) string {
	for i, b := range e.Content {
		if b == 0x80 && (i == 0 || e.Content[i-1] < 0x80) {
			r.fail(e.Offset, "object identifier with needless octets")
		}
	}
	text, err := e.OIDText()
	r.check(err)
	return text
}

// number reads an INTEGER as a positive number.
func (r reader) number() *big.Int {
	e := r.expect(octetInteger)
	n, err := e.Uint()
	if err != nil {
		r.check(err)
		return new(big.Int)
	}
	return n
}

// numbers reads a SEQUENCE of so many INTEGERs, and nothing after it.
func (r reader) numbers(count int) []*big.Int {
	in := r.enter(octetSequence)
	list := make([]*big.Int, count)
	for i := range list {
		list[i] = in.number()
	}
	in.end()
	r.end()
	return list
}

// integer reads an INTEGER of 32 bits.
func (r reader) integer() int {
	e := r.expect(octetInteger)
	n, err := e.Int()
	if err != nil {
		r.check(err)
		return 0
	}
	if !n.IsInt64() || n.Int64() < math.MinInt32 || n.Int64() > math.MaxInt32 {
		r.fail(e.Offset, "number over 32 bits")
		return 0
	}
	return int(n.Int64())
}

// bitString is a BIT STRING whose unused bits are cleared.
type bitString struct {
	bits   []byte
	unused int
}

func (r reader) bitString() bitString { return r.bitsOf(r.expect(octetBitString)) }

// bitsOf takes the content for that of a BIT STRING, whatever the tag is.
func (r reader) bitsOf(e ber.Element) bitString {
	e.Constructed = false
	bits, unused, err := e.Bits()
	r.check(err)
	if unused > 0 {
		bits = bytes.Clone(bits)
		bits[len(bits)-1] &= 0xff << unused
	}
	return bitString{bits, unused}
}

// time reads a time as sun.security.util.DerValue.getTimeInternal does: with Z or, after seconds, an offset of less than a day;
// with a fraction only in GeneralizedTime. Only there every month may have 31 days.
func (r reader) time() time.Time {
	e := r.next()
	at, err := e.Time()
	if err != nil {
		r.check(err)
		return at
	}
	year := 2
	if e.Tag == ber.GeneralizedTime {
		year = 4
	}
	clock, zone := e.Content[year:], ""
	if i := bytes.IndexAny(clock, "Z+-"); i >= 0 {
		clock, zone = clock[:i], string(clock[i:])
	}
	switch n := len(clock); {
	case e.Content[0] < '0', zone == "", n < 10 && zone != "Z", n > 10 && year == 2, zone != "Z" && (zone[1:3] > "23" || zone[3:] > "59"):
		r.fail(e.Offset, "time in another form than the JDK reads")
	}
	return at
}

// definite rewrites an element of indefinite length, with those of indefinite length that stand directly in it, in the
// definite form, as sun.security.util.DerIndefLenConverter does before anything else is read.
func definite(e *ber.Element) ([]byte, error) {
	if !e.Indefinite {
		return e.Raw, nil
	}
	r, err := e.Children()
	if err != nil {
		return nil, err
	}
	var parts [][]byte
	for r.More() {
		child, err := r.Next()
		if err != nil {
			return nil, err
		}
		part, err := definite(&child)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return encode(e.Raw[0], parts...), nil
}

// encode writes DER: an element whose content is these parts.
func encode(identifier byte, parts ...[]byte) []byte {
	content := slices.Concat(parts...)
	length := []byte{byte(len(content))}
	if len(content) >= 0x80 {
		length = bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, uint32(len(content))), "\x00")
		length = append([]byte{0x80 | byte(len(length))}, length...)
	}
	return slices.Concat([]byte{identifier}, length, content)
}

func invalid(format string, args ...any) error {
	return &inventory.FormatError{Message: fmt.Sprintf(format, args...)}
}

func overLimit(format string, args ...any) error {
	return &inventory.FormatError{Message: fmt.Sprintf(format, args...), Limit: true}
}
