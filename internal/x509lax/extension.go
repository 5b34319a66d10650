package x509lax

import "appraise/internal/ber"

// extensionsTag is the context tag of extensions in TBSCertificate.
const extensionsTag = 3

// Extensions that are looked into (RFC 5280 section 4.2.1).
const (
	oidSubjectKeyID      = "2.5.29.14"
	oidKeyUsage          = "2.5.29.15"
	oidSubjectAltName    = "2.5.29.17"
	oidBasicConstraints  = "2.5.29.19"
	oidNameConstraints   = "2.5.29.30"
	oidPolicies          = "2.5.29.32"
	oidPolicyConstraints = "2.5.29.36"
	oidInhibitAnyPolicy  = "2.5.29.54"
	oidExtKeyUsage       = "2.5.29.37"
	oidOCSPNoCheck       = "1.3.6.1.5.5.7.48.1.5"
	oidNetscapeType      = "2.16.840.1.113730.1.1"
)

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
		"1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.1.11", oidOCSPNoCheck, oidNetscapeType:
		return true
	}
	return false
}

// readExtensions reads what is in extensions [3]. Each may be there once; the JDK lets one more pass that it knows, but can't
// read, if it isn't critical.
func (c *Certificate) readExtensions(r reader) {
	seen := map[string]bool{}
	for list := r.enter(octetSequence); list.more(); {
		x := list.extension()
		if seen[x.OID] {
			r.fail(list.elements.Offset(), "extension %s twice", x.OID)
		}
		seen[x.OID] = true
		c.Extensions = append(c.Extensions, x)
		switch known := knownToJDK(x.OID); {
		case x.Critical && !known:
			c.UnknownCritical = append(c.UnknownCritical, x.OID)
		case x.Critical:
			r.checkCritical(x)
		}
		if x.OID == oidKeyUsage {
			// What can't be read allows nothing; to the JDK it is as if it weren't there when it isn't critical.
			c.KeyUsage, c.HasKeyUsage = newReader(nil).keyUsage(x.Value), true
		}
	}
}

// extension takes a SET as well, and leaves out what follows the value, as sun.security.x509.Extension does.
func (r reader) extension() Extension {
	whole := r.next()
	if whole.Raw[0] != octetSequence && whole.Raw[0] != octetSet {
		r.fail(whole.Offset, "element %#02x where an extension is expected", whole.Raw[0])
	}
	in := r.open(whole)
	x := Extension{OID: in.oid()}
	e := in.next()
	var err error
	if e.Raw[0] == octetBoolean {
		x.Critical, err = e.Bool()
		r.check(err)
		e = in.next()
	}
	if !e.Is(ber.Universal, ber.OctetString) {
		r.fail(e.Offset, "extension %s without a value", x.OID)
	}
	x.Value, err = e.Octets()
	r.check(err)
	return x
}

// keyUsage reads a BIT STRING, also one inside an OCTET STRING, as sun.security.x509.KeyUsageExtension does.
func (r reader) keyUsage(b []byte) KeyUsage {
	if len(b) > 0 && b[0] == octetOctetString {
		b = r.inside(b).only(octetOctetString).Content
	}
	in := r.inside(b)
	var usage KeyUsage
	s := in.bitsOf(in.only(octetBitString))
	for i := 0; i < min(len(s.bits)*8, 9) && *r.err == nil; i++ {
		if s.bits[i/8]&(0x80>>(i%8)) != 0 {
			usage |= 1 << i
		}
	}
	return usage
}
