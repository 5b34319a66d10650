package x509lax

import (
	"slices"

	"appraise/internal/ber"
)

// extensionsTag is the context tag of extensions in TBSCertificate.
const extensionsTag = 3

const oidKeyUsage = "2.5.29.15"

// Extension is one extension of a certificate (RFC 5280 section 4.2).
type Extension struct {
	OID      string // dotted
	Critical bool
	Value    []byte // what stands in its OCTET STRING
}

// KeyUsage is what a key may be used for, as a bit set (RFC 5280 section 4.2.1.3).
type KeyUsage uint16

// The bits of KeyUsage, in their order in the BIT STRING.
const (
	DigitalSignature KeyUsage = 1 << iota
	NonRepudiation
	KeyEncipherment
	DataEncipherment
	KeyAgreement
	KeyCertSign
	CRLSign
	EncipherOnly
	DecipherOnly
)

// knownToJDK tells the extensions that a JDK has a class for: sun.security.x509.OIDMap, the same in JDK 17 and 25.
func knownToJDK(oid string) bool {
	switch oid {
	case "2.5.29.14", "2.5.29.15", "2.5.29.16", "2.5.29.17", "2.5.29.18", "2.5.29.19", "2.5.29.20", "2.5.29.21",
		"2.5.29.27", "2.5.29.28", "2.5.29.29", "2.5.29.30", "2.5.29.31", "2.5.29.32", "2.5.29.33", "2.5.29.35",
		"2.5.29.36", "2.5.29.37", "2.5.29.46", "2.5.29.54", // id-ce
		"1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11", "1.3.6.1.5.5.7.48.1.5", // id-pe, OCSP no check
		"2.16.840.1.113730.1.1": // Netscape certificate type
		return true
	}
	return false
}

// readExtensions reads extensions [3]. Here the certificate must be whole: what can't be read might forbid its use.
func (c *Certificate) readExtensions(e *ber.Element) error {
	explicit, err := e.Children()
	if err != nil {
		return err
	}
	_, list, err := explicit.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return err
	}
	for list.More() {
		_, fields, err := list.Enter(ber.Universal, ber.Sequence)
		if err != nil {
			return err
		}
		x, err := readExtension(fields)
		if err != nil {
			return err
		}
		c.add(x)
	}
	return explicit.End()
}

func readExtension(r *ber.Reader) (Extension, error) {
	var x Extension
	id, err := r.Expect(ber.Universal, ber.OID)
	if err != nil {
		return x, err
	}
	if x.OID, err = id.OIDText(); err != nil {
		return x, err
	}
	critical, found, err := r.Optional(ber.Universal, ber.Boolean)
	if err != nil {
		return x, err
	}
	if found {
		if x.Critical, err = critical.Bool(); err != nil {
			return x, err
		}
	}
	value, err := r.Expect(ber.Universal, ber.OctetString)
	if err != nil {
		return x, err
	}
	if x.Value, err = value.Octets(); err != nil {
		return x, err
	}
	return x, r.End()
}

func (c *Certificate) add(x Extension) {
	c.Extensions = append(c.Extensions, x)
	if x.Critical && !knownToJDK(x.OID) && !slices.Contains(c.UnknownCritical, x.OID) {
		c.UnknownCritical = append(c.UnknownCritical, x.OID)
	}
	if x.OID != oidKeyUsage {
		return
	}
	usage := readKeyUsage(x.Value)
	if c.HasKeyUsage { // twice: only what both allow
		usage &= c.KeyUsage
	}
	c.KeyUsage, c.HasKeyUsage = usage, true
}

// readKeyUsage takes a key usage that can't be read for one that allows nothing.
func readKeyUsage(b []byte) KeyUsage {
	e, rest, err := ber.Parse(b)
	if err != nil || len(rest) != 0 || !e.Is(ber.Universal, ber.BitString) {
		return 0
	}
	bits, unused, err := e.Bits()
	if err != nil {
		return 0
	}
	var usage KeyUsage
	for i := 0; i < min(len(bits)*8-unused, 9); i++ {
		if bits[i/8]&(0x80>>(i%8)) != 0 {
			usage |= 1 << i
		}
	}
	return usage
}
