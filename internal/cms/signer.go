package cms

import (
	"bytes"
	"fmt"

	"appraise/internal/ber"
	"appraise/internal/limits"
)

// signedAttributesTag is what the tag of signed attributes is replaced by before they are digested: SET OF
// (RFC 5652 section 5.4).
const signedAttributesTag = byte(ber.Set) | 0x20

// SignerInfo is the signature of one signer (RFC 5652 section 5.3). Unsigned attributes are left out.
type SignerInfo struct {
	Issuer       []byte // of issuerAndSerialNumber: the raw Name element
	Serial       []byte // of issuerAndSerialNumber: content octets of the INTEGER
	SubjectKeyID []byte // of subjectKeyIdentifier, by ParseLax only; then Issuer and Serial are nil

	DigestOID, SignatureOID string // dotted
	SignatureParameters     []byte // raw element after SignatureOID, nil when absent

	SignedAttributes []byte      // as they stand, their tag 0xa0 included; nil when absent
	Attributes       []Attribute // the signed attributes, in order
	Signature        []byte
}

// Attribute is one signed attribute.
type Attribute struct {
	OID    string   // dotted
	Values [][]byte // raw element of each value, in order
}

// SignedBytes is what the signature is made over when there are signed attributes: they as they stand, not sorted
// or encoded anew, but for their first byte, which becomes that of a SET. It is nil when there are none: then the
// signature is made over the content itself.
func (si *SignerInfo) SignedBytes() []byte {
	if si.SignedAttributes == nil {
		return nil
	}
	b := bytes.Clone(si.SignedAttributes)
	b[0] = signedAttributesTag
	return b
}

// Attribute is the signed attribute with this OID, nil when there is none. More than one is an error.
func (si *SignerInfo) Attribute(oid string) (*Attribute, error) {
	var found *Attribute
	for i := range si.Attributes {
		if si.Attributes[i].OID != oid {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("signed attribute %s stands there more than once", oid)
		}
		found = &si.Attributes[i]
	}
	return found, nil
}

func (s *SignedData) readSigners(list reader) error {
	for list.more() {
		if len(s.Signers) == limits.CMSSigners {
			return overLimit(list.elements.Offset(), "more than %d signers", limits.CMSSigners)
		}
		fields, err := list.enter(ber.Universal, ber.Sequence)
		if err != nil {
			return err
		}
		var si SignerInfo
		if err := si.read(fields); err != nil {
			return err
		}
		s.Signers = append(s.Signers, si)
	}
	return nil
}

func (si *SignerInfo) read(r reader) error {
	if err := r.version(); err != nil {
		return err
	}
	if err := si.readIdentifier(r); err != nil {
		return err
	}
	var err error
	if si.DigestOID, _, err = r.algorithm(); err != nil {
		return err
	}
	if err := si.readSignedAttributes(r); err != nil {
		return err
	}
	if si.SignatureOID, si.SignatureParameters, err = r.algorithm(); err != nil {
		return err
	}
	signature, err := r.expect(ber.Universal, ber.OctetString)
	if err != nil {
		return err
	}
	if si.Signature, err = r.octets(&signature); err != nil {
		return err
	}
	return readUnsignedAttributes(r)
}

// readIdentifier reads SignerIdentifier. apksig knows the key identifier, but looks for universal tags only.
func (si *SignerInfo) readIdentifier(r reader) error {
	e, err := r.next()
	if err != nil {
		return err
	}
	if e.Is(ber.Context, 0) && r.lax {
		si.SubjectKeyID, err = r.octets(&e)
		return err
	}
	if !e.Is(ber.Universal, ber.Sequence) {
		return malformed(e.Offset, "element with tag %d of class %d where a signer is named", e.Tag, e.Class)
	}
	fields, err := r.open(&e)
	if err != nil {
		return err
	}
	issuer, err := fields.expect(ber.Universal, ber.Sequence)
	if err != nil {
		return err
	}
	serial, err := fields.expect(ber.Universal, ber.Integer)
	si.Issuer, si.Serial = issuer.Raw, serial.Content
	return err
}

func (si *SignerInfo) readSignedAttributes(r reader) error {
	set, found, err := r.elements.Optional(ber.Context, 0)
	if err != nil || !found {
		return err
	}
	list, err := r.open(&set)
	if err != nil {
		return err
	}
	si.Attributes, err = readAttributes(list)
	si.SignedAttributes = set.Raw
	return err
}

// readUnsignedAttributes only looks at them.
func readUnsignedAttributes(r reader) error {
	set, err := r.find(func(e *ber.Element) bool { return e.Is(ber.Context, 1) })
	if err != nil || set == nil {
		return err
	}
	list, err := r.open(set)
	if err != nil {
		return err
	}
	_, err = readAttributes(list)
	return err
}

func readAttributes(list reader) ([]Attribute, error) {
	var attributes []Attribute
	for list.more() {
		if len(attributes) == limits.SignerAttributes {
			return nil, overLimit(list.elements.Offset(), "more than %d attributes", limits.SignerAttributes)
		}
		fields, err := list.enter(ber.Universal, ber.Sequence)
		if err != nil {
			return nil, err
		}
		a, err := readAttribute(fields)
		if err != nil {
			return nil, err
		}
		attributes = append(attributes, a)
	}
	return attributes, nil
}

func readAttribute(r reader) (Attribute, error) {
	var a Attribute
	var err error
	if a.OID, err = r.oid(); err != nil {
		return a, err
	}
	values, err := r.enter(ber.Universal, ber.Set)
	if err != nil {
		return a, err
	}
	for values.more() {
		if len(a.Values) == limits.SignerAttributes {
			return a, overLimit(values.elements.Offset(), "more than %d values of an attribute", limits.SignerAttributes)
		}
		value, err := values.next()
		if err != nil {
			return a, err
		}
		if value.Is(ber.Universal, ber.OctetString) {
			if _, err := r.octets(&value); err != nil {
				return a, err
			}
		}
		a.Values = append(a.Values, value.Raw)
	}
	return a, nil
}
