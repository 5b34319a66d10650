package x509lax

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"time"

	"appraise/internal/ber"
	"appraise/internal/limits"
)

// Certificate is one X.509 certificate (RFC 5280 section 4.1). Raw is the bytes parsed; other slices point into them, but
// for SPKI, and for all in a certificate of indefinite length.
type Certificate struct {
	Raw     []byte // exactly as it stands; digests are taken over these bytes
	TBS     []byte // raw TBSCertificate element, over which the issuer signed
	Serial  []byte // content octets of the serial number INTEGER, as they stand
	Issuer  []byte // raw Name element
	Subject []byte // raw Name element
	SPKI    []byte // SubjectPublicKeyInfo as apksig encodes it anew for comparison: as it stands if that is DER

	NotBefore, NotAfter time.Time

	KeyUsage    KeyUsage
	HasKeyUsage bool // tells an absent key usage from an empty one
	// UnknownCritical lists the dotted OIDs of the critical extensions that a JDK doesn't know, in order: those for
	// which java.security.cert.X509Certificate.hasUnsupportedCriticalExtension is true.
	UnknownCritical []string
	Extensions      []Extension // all of them, in order

	SignatureOID string
	Signature    []byte
}

const version1, version3 = 0, 2 // as they are encoded

// ParseCertificate reads one certificate of at most limits.CertificateBytes. Bytes after it are an error. Every error
// is an *inventory.FormatError. The package comment tells what may be wrong in a certificate that is read.
func ParseCertificate(b []byte) (*Certificate, error) {
	if len(b) > limits.CertificateBytes {
		return nil, overLimit("certificate of %d bytes", len(b))
	}
	whole, rest, err := ber.Parse(b)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, invalid("%d bytes after the certificate", len(rest))
	}
	der, err := definite(&whole)
	if err != nil {
		return nil, err
	}
	c := &Certificate{Raw: whole.Raw}
	r := newReader(der)
	if c.read(r.enter(octetSequence)); *r.err != nil {
		return nil, *r.err
	}
	return c, nil
}

func (c *Certificate) read(r reader) {
	tbs := r.expect(octetSequence)
	outer := r.algorithm()
	c.TBS, c.SignatureOID, c.Signature = tbs.Raw, outer.oid, r.bitString().bits
	r.end()
	inner := c.readFields(r.open(tbs))
	if !outer.equal(inner) {
		r.fail(tbs.Offset, "signature algorithms %s and %s differ", inner.oid, outer.oid)
	}
}

// readFields reads what stands in TBSCertificate, and tells the signature algorithm there.
func (c *Certificate) readFields(r reader) algorithm {
	version := r.version()
	serial := r.expect(octetInteger)
	if len(serial.Content) == 0 {
		r.fail(serial.Offset, "empty serial number")
	}
	c.Serial = serial.Content
	a := r.algorithm()
	var empty bool
	if c.Issuer, empty = r.name(); empty {
		r.fail(r.elements.Offset(), "no issuer")
	}
	validity := r.enter(octetSequence)
	c.NotBefore, c.NotAfter = validity.time(), validity.time()
	validity.end()
	c.Subject, empty = r.name()
	c.SPKI = r.publicKeyInfo().encode()
	if version != version1 {
		c.readOptional(r, version, empty)
	} else if r.end(); empty {
		r.fail(r.elements.Offset(), "no subject in version 1")
	}
	return a
}

// version takes an absent version, and one in a primitive element, for version 1.
func (r reader) version() int {
	peek := *r.elements
	e, err := peek.Next()
	if err != nil || !e.Is(ber.Context, 0) {
		return version1
	}
	if e = r.next(); !e.Constructed {
		return version1
	}
	return r.open(e).integer()
}

// name reads a raw Name, and tells whether it has no attribute at all.
func (r reader) name() (raw []byte, empty bool) {
	e := r.expect(octetSequence)
	name, err := readName(e.Raw)
	r.check(err)
	return e.Raw, !slices.ContainsFunc(name, func(rdn []attribute) bool { return len(rdn) > 0 })
}

// readOptional reads the unique identifiers and the extensions, if any. What follows the extensions isn't looked at, nor is
// what stands in their place with another tag.
func (c *Certificate) readOptional(r reader, version int, noSubject bool) {
	if !r.more() {
		return
	}
	e := r.next()
	for tag := ber.Tag(1); tag <= 2; tag++ {
		if !e.Is(ber.Context, tag) {
			continue
		}
		if r.bitsOf(e); !r.more() {
			return
		}
		e = r.next()
	}
	if version != version3 {
		r.fail(e.Offset, "extensions in version %d", version+1)
	}
	if e.Constructed && e.Is(ber.Context, extensionsTag) {
		c.readExtensions(r.open(e))
	}
	critical := func(x Extension) bool { return x.Critical && x.OID == oidSubjectAltName }
	if noSubject && !slices.ContainsFunc(c.Extensions, critical) {
		r.fail(e.Offset, "neither a subject nor a critical subject alternative name")
	}
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
