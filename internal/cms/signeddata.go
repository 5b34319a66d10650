// Package cms reads CMS SignedData (RFC 5652; PKCS #7 in RFC 2315) as it stands in apps: BER, indefinite lengths,
// certificates that strict parsers refuse, attributes out of order. It checks no signature and decides on no trust:
// it tells what is signed (SignedBytes), by whom (Certificate) and what the attributes say.
//
// A signature lies in at most limits.CMSBytes, with at most limits.CMSSigners signers and limits.SignerCertificates
// certificates, and at most limits.SignerAttributes attributes for a signer and values for an attribute.
package cms

import (
	"bytes"
	"errors"
	"fmt"

	"appraise/internal/ber"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

const (
	oidSignedData           = "1.2.840.113549.1.7.2"
	oidSubjectKeyIdentifier = "2.5.29.14"
)

// SignedData is a signature over one content by any number of signers (RFC 5652 section 5.1). Slices point into the
// bytes parsed, but for a Content that stands there in parts.
type SignedData struct {
	Certificates []*x509lax.Certificate // those that parse, in order
	Unparsed     [][]byte               // the others, raw, in order; attribute certificates too
	ContentType  string                 // eContentType, dotted
	Content      []byte                 // encapsulated content, nil when detached
	Signers      []SignerInfo
}

// Parse reads a ContentInfo that holds SignedData. What follows it is ignored, as Java does. No signer at all is no
// error, nor is a certificate that can't be read. Every error is an *inventory.FormatError.
func Parse(b []byte) (*SignedData, error) {
	if len(b) > limits.CMSBytes {
		return nil, overLimit(0, "CMS signature of %d bytes", len(b))
	}
	_, info, err := ber.NewReader(b).Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return nil, err
	}
	at := info.Offset()
	switch oid, err := readOID(info); {
	case err != nil:
		return nil, err
	case oid != oidSignedData:
		return nil, &inventory.FormatError{Offset: int64(at), Message: "content " + oid + " is not SignedData"}
	}
	_, explicit, err := info.Enter(ber.Context, 0)
	if err != nil {
		return nil, err
	}
	_, fields, err := explicit.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return nil, err
	}
	s := new(SignedData)
	if err := s.read(fields); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *SignedData) read(r *ber.Reader) error {
	if _, err := r.Expect(ber.Universal, ber.Integer); err != nil { // version
		return err
	}
	if _, err := r.Expect(ber.Universal, ber.Set); err != nil { // digestAlgorithms: those of the signers count
		return err
	}
	_, content, err := r.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return err
	}
	if err := s.readContent(content); err != nil {
		return err
	}
	if set, found, err := r.Optional(ber.Context, 0); err != nil {
		return err
	} else if found {
		if err := s.readCertificates(&set); err != nil {
			return err
		}
	}
	if _, _, err := r.Optional(ber.Context, 1); err != nil { // revocation lists
		return err
	}
	_, signers, err := r.Enter(ber.Universal, ber.Set)
	if err != nil {
		return err
	}
	return s.readSigners(signers)
}

// readContent reads EncapsulatedContentInfo. PKCS #7 lets content be of any type: then its octets count (RFC 2315
// section 9.3).
func (s *SignedData) readContent(r *ber.Reader) error {
	var err error
	if s.ContentType, err = readOID(r); err != nil {
		return err
	}
	wrapped, found, err := r.Optional(ber.Context, 0)
	if err != nil || !found {
		return err
	}
	explicit, err := wrapped.Children()
	if err != nil {
		return err
	}
	content, err := explicit.Next()
	if err != nil {
		return err
	}
	if s.Content = content.Content; content.Is(ber.Universal, ber.OctetString) {
		s.Content, err = content.Octets()
	}
	return err
}

// readCertificates reads each certificate by itself, so that an odd one doesn't hide the others.
func (s *SignedData) readCertificates(set *ber.Element) error {
	list, err := set.Children()
	if err != nil {
		return err
	}
	for list.More() {
		if len(s.Certificates)+len(s.Unparsed) == limits.SignerCertificates {
			return overLimit(list.Offset(), "more than %d certificates", limits.SignerCertificates)
		}
		e, err := list.Next()
		if err != nil {
			return err
		}
		c, err := x509lax.ParseCertificate(e.Raw)
		var format *inventory.FormatError
		switch {
		case err == nil:
			s.Certificates = append(s.Certificates, c)
		case errors.As(err, &format) && format.Limit: // it may be the one that matters
			return overLimit(e.Offset+int(format.Offset), "%s", format.Message)
		default:
			s.Unparsed = append(s.Unparsed, e.Raw)
		}
	}
	return nil
}

// Certificate finds the certificate that a signer names: by issuer and serial number, or by the subject key
// identifier that the certificate carries. Serial numbers are compared as numbers and names as Java does
// (x509lax.SameName). It is nil when there is none: no other certificate may stand in for it.
func (s *SignedData) Certificate(si *SignerInfo) *x509lax.Certificate {
	for _, c := range s.Certificates {
		if si.names(c) {
			return c
		}
	}
	return nil
}

func (si *SignerInfo) names(c *x509lax.Certificate) bool {
	if si.Issuer != nil {
		return bytes.Equal(trimSign(c.Serial), trimSign(si.Serial)) && x509lax.SameName(c.Issuer, si.Issuer)
	}
	for _, x := range c.Extensions {
		if x.OID != oidSubjectKeyIdentifier {
			continue
		}
		id, _, err := ber.Parse(x.Value)
		if err == nil && id.Is(ber.Universal, ber.OctetString) && bytes.Equal(id.Content, si.SubjectKeyID) {
			return true
		}
	}
	return false
}

// trimSign drops the needless leading octets of an INTEGER.
func trimSign(b []byte) []byte {
	for len(b) > 1 && (b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80) {
		b = b[1:]
	}
	return b
}

func readOID(r *ber.Reader) (string, error) {
	e, err := r.Expect(ber.Universal, ber.OID)
	if err != nil {
		return "", err
	}
	return e.OIDText()
}

func overLimit(offset int, format string, args ...any) error {
	return &inventory.FormatError{Offset: int64(offset), Message: fmt.Sprintf(format, args...), Limit: true}
}
