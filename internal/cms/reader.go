package cms

import (
	"fmt"
	"math"

	"appraise/internal/ber"
	"appraise/inventory"
)

// reader reads elements as Asn1BerParser does, or as RFC 5652 lets them be.
type reader struct {
	elements *ber.Reader
	lax      bool
}

func (r reader) more() bool { return r.elements.More() }

func (r reader) next() (ber.Element, error) { return r.elements.Next() }

func (r reader) expect(class ber.Class, tag ber.Tag) (ber.Element, error) {
	return r.elements.Expect(class, tag)
}

func (r reader) open(e *ber.Element) (reader, error) {
	children, err := e.Children()
	return reader{children, r.lax}, err
}

func (r reader) enter(class ber.Class, tag ber.Tag) (reader, error) {
	e, err := r.expect(class, tag)
	if err != nil {
		return reader{}, err
	}
	return r.open(&e)
}

// optional opens the next element if it is there and has this tag.
func (r reader) optional(class ber.Class, tag ber.Tag) (in reader, found bool, err error) {
	e, found, err := r.elements.Optional(class, tag)
	if err != nil || !found {
		return reader{}, false, err
	}
	in, err = r.open(&e)
	return in, true, err
}

// find reads up to the first element that is wanted, leaving out others, as Asn1BerParser.parseSequence does with the
// optional fields at the end of a SEQUENCE. It is nil when there is none.
func (r reader) find(wanted func(*ber.Element) bool) (*ber.Element, error) {
	for r.more() {
		e, err := r.next()
		if err != nil {
			return nil, err
		}
		if wanted(&e) {
			return &e, nil
		}
	}
	return nil, nil
}

// version reads an INTEGER of 32 bits, whatever it is.
func (r reader) version() error {
	e, err := r.expect(ber.Universal, ber.Integer)
	if err != nil {
		return err
	}
	n, err := e.Int()
	if err == nil && (!n.IsInt64() || n.Int64() < math.MinInt32 || n.Int64() > math.MaxInt32) {
		err = malformed(e.Offset, "version over 32 bits")
	}
	return err
}

// oid reads an OBJECT IDENTIFIER, none of whose numbers is over 63 bits.
func (r reader) oid() (string, error) {
	e, err := r.expect(ber.Universal, ber.OID)
	if err != nil {
		return "", err
	}
	var arc uint64
	for _, b := range e.Content {
		if arc > math.MaxInt64>>7 {
			return "", malformed(e.Offset, "object identifier with a number over 63 bits")
		}
		if arc = arc<<7 | uint64(b&0x7f); b&0x80 == 0 {
			arc = 0
		}
	}
	return e.OIDText()
}

// algorithm reads AlgorithmIdentifier: its OID and the raw parameters, nil when absent.
func (r reader) algorithm() (oid string, parameters []byte, err error) {
	fields, err := r.enter(ber.Universal, ber.Sequence)
	if err != nil {
		return "", nil, err
	}
	if oid, err = fields.oid(); err != nil {
		return "", nil, err
	}
	e, err := fields.find(func(e *ber.Element) bool { return e.Class == ber.Universal })
	if err != nil || e == nil {
		return oid, nil, err
	}
	return oid, e.Raw, nil
}

// octets is the content of an OCTET STRING. Of one in parts apksig takes the headers for content as well.
func (r reader) octets(e *ber.Element) ([]byte, error) {
	if e.Constructed && !r.lax {
		return nil, malformed(e.Offset, "string in parts")
	}
	return e.Octets()
}

func malformed(offset int, format string, args ...any) error {
	return &inventory.FormatError{Offset: int64(offset), Message: fmt.Sprintf(format, args...)}
}

func overLimit(offset int, format string, args ...any) error {
	return &inventory.FormatError{Offset: int64(offset), Message: fmt.Sprintf(format, args...), Limit: true}
}
