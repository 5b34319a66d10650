// Package cms reads CMS SignedData (RFC 5652; PKCS #7 in RFC 2315) as it stands in apps: BER, indefinite lengths,
// certificates that strict parsers refuse, attributes out of order. It checks no signature and decides on no trust:
// it tells what is signed (SignedBytes), by whom (Certificate) and what the attributes say.
//
// Parse reads the signature block of an APK as apksig does (com.android.apksig.internal.pkcs7, read by
// internal.asn1.Asn1BerParser) and refuses what it refuses. ParseLax reads what RFC 5652 allows besides.
//
// A signature lies in at most limits.CMSBytes, with at most limits.CMSSigners signers and limits.SignerCertificates
// certificates, and at most limits.SignerAttributes attributes for a signer and values for an attribute.
package cms

import (
	"bytes"
	"errors"

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
// bytes parsed, but for a Content that stands there in parts and certificates of indefinite length.
type SignedData struct {
	Certificates []*x509lax.Certificate // those that parse, in order
	Unparsed     [][]byte               // the others, raw, in order; attribute certificates too
	ContentType  string                 // eContentType, dotted
	Content      []byte                 // encapsulated content, nil when detached
	Signers      []SignerInfo
}

// Parse reads a ContentInfo that holds SignedData. What follows it is ignored. No signer at all is no error, nor is a
// certificate that can't be read. Every error is an *inventory.FormatError.
//
// apksig demands an order of the elements, but leaves out what it doesn't know at the end of most; what isn't used must be
// readable where it is read: digest algorithms, revocation lists, unsigned attributes. A signer that is named by key
// identifier is refused. Stricter than apksig: what holds elements must be constructed, a string must not, and an
// INTEGER has octets.
func Parse(b []byte) (*SignedData, error) { return readInfo(b, false) }

// ParseLax is Parse for signatures of other platforms: signers may be named by key identifier, and strings be in parts.
func ParseLax(b []byte) (*SignedData, error) { return readInfo(b, true) }

func readInfo(b []byte, lax bool) (*SignedData, error) {
	if len(b) > limits.CMSBytes {
		return nil, overLimit(0, "CMS signature of %d bytes", len(b))
	}
	info, err := reader{ber.NewReader(b), lax}.enter(ber.Universal, ber.Sequence)
	if err != nil {
		return nil, err
	}
	at := info.elements.Offset()
	switch oid, err := info.oid(); {
	case err != nil:
		return nil, err
	case oid != oidSignedData:
		return nil, malformed(at, "content %s is not SignedData", oid)
	}
	explicit, err := info.enter(ber.Context, 0)
	if err != nil {
		return nil, err
	}
	fields, err := explicit.enter(ber.Universal, ber.Sequence)
	if err != nil {
		return nil, err
	}
	s := new(SignedData)
	if err := s.read(fields); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *SignedData) read(r reader) error {
	if err := r.version(); err != nil {
		return err
	}
	if err := readDigestAlgorithms(r); err != nil {
		return err
	}
	content, err := r.enter(ber.Universal, ber.Sequence)
	if err != nil {
		return err
	}
	if err := s.readContent(content); err != nil {
		return err
	}
	if set, found, err := r.optional(ber.Context, 0); err != nil {
		return err
	} else if found {
		if err := s.readCertificates(set); err != nil {
			return err
		}
	}
	if err := readRevocations(r); err != nil {
		return err
	}
	signers, err := r.enter(ber.Universal, ber.Set)
	if err != nil {
		return err
	}
	return s.readSigners(signers)
}

// readDigestAlgorithms only looks at them: those that the signers name count.
func readDigestAlgorithms(r reader) error {
	set, err := r.enter(ber.Universal, ber.Set)
	if err != nil {
		return err
	}
	for set.more() {
		if _, _, err := set.algorithm(); err != nil {
			return err
		}
	}
	return nil
}

// readRevocations only sees that they are elements.
func readRevocations(r reader) error {
	list, found, err := r.optional(ber.Context, 1)
	if err != nil || !found {
		return err
	}
	for list.more() {
		if _, err := list.next(); err != nil {
			return err
		}
	}
	return nil
}

// readContent reads EncapsulatedContentInfo. PKCS #7 lets content be of any type: then its octets count (RFC 2315
// section 9.3).
func (s *SignedData) readContent(r reader) error {
	var err error
	if s.ContentType, err = r.oid(); err != nil {
		return err
	}
	wrapped, err := r.find(func(e *ber.Element) bool { return e.Is(ber.Context, 0) })
	if err != nil || wrapped == nil {
		return err
	}
	explicit, err := r.open(wrapped)
	if err != nil {
		return err
	}
	content, err := explicit.next()
	if err != nil {
		return err
	}
	if s.Content = content.Content; content.Is(ber.Universal, ber.OctetString) {
		s.Content, err = content.Octets()
	}
	return err
}

// readCertificates reads each certificate by itself, so that an odd one doesn't hide the others.
func (s *SignedData) readCertificates(list reader) error {
	for list.more() {
		if len(s.Certificates)+len(s.Unparsed) == limits.SignerCertificates {
			return overLimit(list.elements.Offset(), "more than %d certificates", limits.SignerCertificates)
		}
		e, err := list.next()
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
