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
	SubjectKeyID []byte // of subjectKeyIdentifier; then Issuer and Serial are nil

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

func (s *SignedData) readSigners(list *ber.Reader) error {
	for list.More() {
		if len(s.Signers) == limits.CMSSigners {
			return overLimit(list.Offset(), "more than %d signers", limits.CMSSigners)
		}
		_, fields, err := list.Enter(ber.Universal, ber.Sequence)
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

func (si *SignerInfo) read(r *ber.Reader) error {
	if _, err := r.Expect(ber.Universal, ber.Integer); err != nil { // version
		return err
	}
	if err := si.readIdentifier(r); err != nil {
		return err
	}
	var err error
	if si.DigestOID, _, err = readAlgorithm(r); err != nil {
		return err
	}
	if attributes, found, err := r.Optional(ber.Context, 0); err != nil {
		return err
	} else if found {
		if err := si.readAttributes(&attributes); err != nil {
			return err
		}
	}
	if si.SignatureOID, si.SignatureParameters, err = readAlgorithm(r); err != nil {
		return err
	}
	signature, err := r.Expect(ber.Universal, ber.OctetString)
	if err != nil {
		return err
	}
	si.Signature, err = signature.Octets()
	return err
}

// readIdentifier reads SignerIdentifier.
func (si *SignerInfo) readIdentifier(r *ber.Reader) error {
	id, found, err := r.Optional(ber.Context, 0)
	if err != nil {
		return err
	}
	if found {
		si.SubjectKeyID, err = id.Octets()
		return err
	}
	_, fields, err := r.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return err
	}
	issuer, err := fields.Expect(ber.Universal, ber.Sequence)
	if err != nil {
		return err
	}
	serial, err := fields.Expect(ber.Universal, ber.Integer)
	si.Issuer, si.Serial = issuer.Raw, serial.Content
	return err
}

func (si *SignerInfo) readAttributes(set *ber.Element) error {
	list, err := set.Children()
	if err != nil {
		return err
	}
	for list.More() {
		if len(si.Attributes) == limits.SignerAttributes {
			return overLimit(list.Offset(), "more than %d attributes", limits.SignerAttributes)
		}
		_, fields, err := list.Enter(ber.Universal, ber.Sequence)
		if err != nil {
			return err
		}
		a, err := readAttribute(fields)
		if err != nil {
			return err
		}
		si.Attributes = append(si.Attributes, a)
	}
	si.SignedAttributes = set.Raw
	return nil
}

func readAttribute(r *ber.Reader) (Attribute, error) {
	var a Attribute
	var err error
	if a.OID, err = readOID(r); err != nil {
		return a, err
	}
	_, values, err := r.Enter(ber.Universal, ber.Set)
	if err != nil {
		return a, err
	}
	for values.More() {
		if len(a.Values) == limits.SignerAttributes {
			return a, overLimit(values.Offset(), "more than %d values of an attribute", limits.SignerAttributes)
		}
		value, err := values.Next()
		if err != nil {
			return a, err
		}
		a.Values = append(a.Values, value.Raw)
	}
	return a, nil
}

// readAlgorithm reads AlgorithmIdentifier: its OID and the raw parameters, nil when absent.
func readAlgorithm(r *ber.Reader) (oid string, parameters []byte, err error) {
	_, fields, err := r.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return "", nil, err
	}
	if oid, err = readOID(fields); err != nil || !fields.More() {
		return oid, nil, err
	}
	e, err := fields.Next()
	return oid, e.Raw, err
}
