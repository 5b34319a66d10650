package x509lax

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"appraise/internal/ber"
	"appraise/internal/limits"
	"appraise/inventory"
)

// Certificate is one X.509 certificate (RFC 5280 section 4.1) as it stands. Slices point into the bytes parsed.
type Certificate struct {
	Raw     []byte // exactly as it stands; digests are taken over these bytes
	TBS     []byte // raw TBSCertificate element, over which the issuer signed
	Serial  []byte // content octets of the serial number INTEGER, as they stand
	Issuer  []byte // raw Name element
	Subject []byte // raw Name element
	SPKI    []byte // raw SubjectPublicKeyInfo element

	// NotBefore and NotAfter are zero where they can't be read, which is never an error.
	NotBefore, NotAfter time.Time

	KeyUsage    KeyUsage
	HasKeyUsage bool // tells an absent key usage from an empty one
	// UnknownCritical lists the dotted OIDs of the critical extensions that a JDK doesn't know, in order: those for
	// which java.security.cert.X509Certificate.hasUnsupportedCriticalExtension is true.
	UnknownCritical []string
	Extensions      []Extension // all of them, in order

	SignatureOID string // of the outer AlgorithmIdentifier
	Signature    []byte
}

// ParseCertificate reads one certificate of at most limits.CertificateBytes. Bytes after it are an error. Every error
// is an *inventory.FormatError. The package comment tells what may be wrong in a certificate that is read.
func ParseCertificate(b []byte) (*Certificate, error) {
	if len(b) > limits.CertificateBytes {
		return nil, &inventory.FormatError{Limit: true, Message: fmt.Sprintf("certificate of %d bytes", len(b))}
	}
	outer := ber.NewReader(b)
	whole, parts, err := outer.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return nil, err
	}
	if err := outer.End(); err != nil {
		return nil, err
	}
	tbs, fields, err := parts.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return nil, err
	}
	c := &Certificate{Raw: whole.Raw, TBS: tbs.Raw}
	if err := c.readFields(fields); err != nil {
		return nil, err
	}
	if err := c.readSignature(parts); err != nil {
		return nil, err
	}
	if err := parts.End(); err != nil {
		return nil, err
	}
	return c, nil
}

// readFields reads what stands in TBSCertificate.
func (c *Certificate) readFields(r *ber.Reader) error {
	if _, _, err := r.Optional(ber.Context, 0); err != nil { // version
		return err
	}
	serial, err := r.Expect(ber.Universal, ber.Integer)
	if err != nil {
		return err
	}
	c.Serial = serial.Content
	var issuer, validity, subject, spki ber.Element
	for _, to := range []*ber.Element{new(ber.Element), &issuer, &validity, &subject, &spki} { // the first: signature
		if *to, err = r.Expect(ber.Universal, ber.Sequence); err != nil {
			return err
		}
	}
	c.Issuer, c.Subject, c.SPKI = issuer.Raw, subject.Raw, spki.Raw
	c.readValidity(&validity)
	for r.More() {
		e, err := r.Next()
		if err != nil {
			return err
		}
		if !e.Is(ber.Context, extensionsTag) {
			continue // unique identifiers
		}
		if err := c.readExtensions(&e); err != nil {
			return err
		}
	}
	return nil
}

// readValidity leaves out what it can't read: neither Android nor a verdict rests on these times.
func (c *Certificate) readValidity(validity *ber.Element) {
	times, err := validity.Children()
	if err != nil {
		return
	}
	for _, to := range []*time.Time{&c.NotBefore, &c.NotAfter} {
		e, err := times.Next()
		if err != nil {
			return
		}
		if at, err := e.Time(); err == nil {
			*to = at
		}
	}
}

// readSignature reads the two elements after TBSCertificate.
func (c *Certificate) readSignature(r *ber.Reader) error {
	_, algorithm, err := r.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return err
	}
	oid, err := algorithm.Expect(ber.Universal, ber.OID)
	if err != nil {
		return err
	}
	if c.SignatureOID, err = oid.OIDText(); err != nil {
		return err
	}
	signature, err := r.Expect(ber.Universal, ber.BitString)
	if err != nil {
		return err
	}
	c.Signature, _, err = signature.Bits()
	return err
}

// SHA256 is the SHA-256 of Raw in lower-case hex.
func (c *Certificate) SHA256() string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// SHA1 is the SHA-1 of Raw in lower-case hex.
func (c *Certificate) SHA1() string {
	sum := sha1.Sum(c.Raw)
	return hex.EncodeToString(sum[:])
}

// JavaHash is java.util.Arrays.hashCode of Raw in lower-case hex without leading zeros: what
// android.content.pm.Signature.hashCode is, and what dumpsys prints of a signature.
func (c *Certificate) JavaHash() string {
	h := int32(1)
	for _, b := range c.Raw {
		h = 31*h + int32(int8(b))
	}
	return strconv.FormatUint(uint64(uint32(h)), 16)
}

// SubjectText is the subject as RFC 4514 writes it, with the keywords of the JDK, so that it reads as what apksigner
// and keytool print: the last part of the Name first, "CN=Android Debug, O=Android, C=US". What can't be read stands
// as # and the hex of its element. The text is the certificate's own: it is not safe for a terminal.
func (c *Certificate) SubjectText() string { return nameText(c.Subject) }

// KeyText is the kind and size of the key: "RSA-2048", "EC-256", "DSA-1024", or "unknown" when the key can't be read.
func (c *Certificate) KeyText() string {
	key, err := c.PublicKey()
	if err != nil {
		return UnknownKey.String()
	}
	return key.Algorithm.String() + "-" + strconv.Itoa(key.Bits)
}

// PublicKey reads the key in SPKI: see ParsePublicKey.
func (c *Certificate) PublicKey() (*PublicKey, error) { return ParsePublicKey(c.SPKI) }
