package x509lax

import (
	"bytes"
	"strings"
)

// Algorithms whose parameters the JDK reads (RFC 3279 section 2.3, RFC 4055 section 3.1, RFC 5480 section 2.1.1).
const (
	oidRSA    = "1.2.840.113549.1.1.1"
	oidPSS    = "1.2.840.113549.1.1.10"
	oidDSA    = "1.2.840.10040.4.1"
	oidOldDSA = "1.3.14.3.2.12"
	oidEC     = "1.2.840.10045.2.1"
	oidMGF1   = "1.2.840.113549.1.1.8"
)

// algorithm is an AlgorithmIdentifier.
type algorithm struct {
	oid        string
	rawOID     []byte // the element, its length minimal
	parameters []byte // the same; nil when absent or NULL, which are one to the JDK
}

// equal is sun.security.x509.AlgorithmId.equals.
func (a algorithm) equal(b algorithm) bool {
	return a.oid == b.oid && bytes.Equal(a.parameters, b.parameters)
}

// algorithm reads what sun.security.x509.AlgorithmId.parse reads.
func (r reader) algorithm() algorithm {
	in := r.enter(octetSequence)
	id := in.expect(octetOID)
	a := algorithm{oid: in.oidOf(id), rawOID: encode(octetOID, id.Content)}
	if !in.more() {
		return a
	}
	e := in.next()
	in.end()
	switch {
	case e.Raw[0] != octetNull:
		a.parameters = encode(e.Raw[0], e.Content)
		r.checkParameters(a)
	case len(e.Content) > 0:
		r.fail(e.Offset, "NULL with contents")
	}
	return a
}

// checkParameters reads the parameters for which the JDK has a java.security.AlgorithmParameters. It takes any others. Those of
// ciphers and of Diffie-Hellman it reads as well; nothing is signed with them, so they are refused here.
func (r reader) checkParameters(a algorithm) {
	in := r.inside(a.parameters)
	switch a.oid {
	case oidEC:
		in.fieldSize()
	case oidDSA, oidOldDSA:
		in.numbers(3)
	case oidPSS:
		in.checkPSS()
	case "2.16.840.1.101.3.4.1", "1.2.840.113549.1.1.7", "1.2.840.113549.1.3.1", "1.2.840.113549.1.5.3",
		"1.2.840.113549.1.5.13", "1.2.840.113549.1.9.16.3.18", "1.2.840.113549.1.12.1.1", "1.2.840.113549.1.12.1.2",
		"1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.1.5", "1.2.840.113549.1.12.1.6", "1.2.840.10046.2.1", "1.3.14.3.2.17":
		r.fail(0, "parameters of %s, which signs nothing", a.oid)
	}
}

// fieldSize reads the OID of a curve that the JDK names (sun.security.util.CurveDB, the same in JDK 17 and 25), and tells the
// bytes of a coordinate. It refuses explicit curves.
func (r reader) fieldSize() int {
	const sec, x962, brainpool = "1.3.132.0.", "1.2.840.10045.3.", "1.3.36.3.3.2.8.1.1."
	oid := r.oid()
	for _, row := range [...]struct {
		bits            int
		family, members string
	}{
		{112, sec, " 6 7 "}, {113, sec, " 4 5 "}, {128, sec, " 28 29 "}, {131, sec, " 22 23 "}, {160, sec, " 8 9 30 "},
		{163, sec, " 1 2 15 "}, {192, sec, " 31 "}, {193, sec, " 24 25 "}, {224, sec, " 32 33 "}, {233, sec, " 26 27 "},
		{239, sec, " 3 "}, {256, sec, " 10 "}, {283, sec, " 16 17 "}, {384, sec, " 34 "}, {409, sec, " 36 37 "},
		{521, sec, " 35 "}, {571, sec, " 38 39 "}, {191, x962, " 0.5 0.6 0.7 "}, {192, x962, " 1.1 1.2 1.3 "},
		{239, x962, " 0.11 0.12 0.13 1.4 1.5 1.6 "}, {256, x962, " 1.7 "}, {359, x962, " 0.18 "}, {431, x962, " 0.20 "},
		{160, brainpool, " 1 "}, {192, brainpool, " 3 "}, {224, brainpool, " 5 "}, {256, brainpool, " 7 "},
		{320, brainpool, " 9 "}, {384, brainpool, " 11 "}, {512, brainpool, " 13 "},
	} {
		if member, ok := strings.CutPrefix(oid, row.family); ok && strings.Contains(row.members, " "+member+" ") {
			return (row.bits + 7) / 8
		}
	}
	r.fail(0, "elliptic curve %s is not known", oid)
	return 0
}

// checkPSS reads RSASSA-PSS-params (RFC 8017 appendix A.2.3) as sun.security.rsa.PSSParameters does, with SHA-1 and SHA-2 only:
// the JDK takes SHA-3 as well, and anything for the digest of the message.
func (r reader) checkPSS() {
	for in := r.enter(octetSequence); in.more(); {
		e := in.next()
		value, ok := in.open(e), true
		switch e.Raw[0] {
		case 0xa0:
			value.checkHash()
		case 0xa1:
			mask := value.algorithm()
			ok = mask.oid == oidMGF1
			r.inside(mask.parameters).checkHash()
		case 0xa2:
			ok = value.integer() >= 0 // salt length
		case 0xa3:
			ok = value.integer() == 1 // trailer field
		default:
			ok = false
		}
		if !ok {
			r.fail(e.Offset, "unreadable parameters of PSS")
		}
	}
}

func (r reader) checkHash() {
	switch a := r.algorithm(); a.oid {
	case "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3", "2.16.840.1.101.3.4.2.4":
	default:
		r.fail(0, "hash %s", a.oid)
	}
}
