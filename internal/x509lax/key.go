package x509lax

import (
	"bytes"
	"crypto/dsa" //lint:ignore SA1019 apps signed with DSA are installed by every Android version
	"crypto/ecdsa"
	"crypto/elliptic"
	"math/big"

	"appraise/internal/limits"
)

// KeyAlgorithm is the kind of a public key.
type KeyAlgorithm uint8

// The kinds of keys.
const (
	UnknownKey KeyAlgorithm = iota
	RSA
	EC
	DSA
)

// String names the kind: "RSA", "EC", "DSA" or "unknown".
func (a KeyAlgorithm) String() string {
	switch a {
	case RSA:
		return "RSA"
	case EC:
		return "EC"
	case DSA:
		return "DSA"
	}
	return "unknown"
}

const minDSABits = 512 // of the prime; the JDK verifies with no smaller one (sun.security.provider.DSA)

// PublicKey is a key with which signatures can be checked. The zero value checks nothing.
type PublicKey struct {
	Algorithm KeyAlgorithm
	Bits      int // of the RSA modulus, of the EC field, of the DSA prime

	rsa rsaKey
	ec  *ecdsa.PublicKey
	dsa *dsa.PublicKey
}

type rsaKey struct{ modulus, exponent *big.Int }

// ParsePublicKey reads a SubjectPublicKeyInfo that the JDK reads: RSA of 505 bits, which it rounds up, to limits.RSABits with
// an exponent of at most limits.RSAExponentBits, EC on P-224, P-256, P-384 and P-521 as a named curve with an
// uncompressed point, and DSA of at most limits.DSABits. RSA numbers encoded as negative INTEGERs are read as positive
// ones. Another kind of key, and one that can't be right, is an error; every error is an *inventory.FormatError.
func ParsePublicKey(spki []byte) (*PublicKey, error) {
	if len(spki) > limits.CertificateBytes {
		return nil, overLimit("public key of %d bytes", len(spki))
	}
	r := newReader(spki)
	whole := r.only(octetSequence)
	if !bytes.Equal(spki, encode(octetSequence, whole.Content)) { // the JDK reads it as a stream, which is stricter
		r.fail(0, "length longer than needed")
	}
	k := r.inside(spki).publicKeyInfo()
	switch {
	case *r.err != nil:
		return nil, *r.err
	case k.unused != 0:
		return nil, invalid("public key with %d unused bits", k.unused)
	case k.algorithm.oid == oidRSA:
		return parseRSA(k)
	case k.algorithm.oid == oidEC:
		return parseEC(k)
	case k.algorithm.oid == oidDSA:
		return parseDSA(k)
	}
	return nil, invalid("public key of the unknown kind %s", k.algorithm.oid)
}

func parseRSA(k publicKeyInfo) (*PublicKey, error) {
	n, e := newReader(k.bits).rsa()
	switch {
	case e.BitLen() > limits.RSAExponentBits:
		return nil, overLimit("RSA exponent of %d bits", e.BitLen())
	case n.Bit(0) == 0:
		return nil, invalid("even RSA modulus")
	}
	return &PublicKey{Algorithm: RSA, Bits: n.BitLen(), rsa: rsaKey{n, e}}, nil
}

// parseDSA reads Dss-Parms and DSAPublicKey (RFC 3279 section 2.3.2).
func parseDSA(k publicKeyInfo) (*PublicKey, error) {
	r := newReader(k.algorithm.parameters)
	numbers, y := r.numbers(3), newReader(k.bits).number()
	p, q, g, one := numbers[0], numbers[1], numbers[2], big.NewInt(1)
	switch {
	case *r.err != nil: // no parameters
		return nil, *r.err
	case p.BitLen() > limits.DSABits:
		return nil, overLimit("DSA prime of %d bits", p.BitLen())
	case p.BitLen() < minDSABits || q.BitLen() < 160 || q.Cmp(p) >= 0:
		return nil, invalid("DSA primes of %d and %d bits", p.BitLen(), q.BitLen())
	case g.Cmp(one) <= 0 || g.Cmp(p) >= 0 || y.Cmp(one) <= 0 || y.Cmp(p) >= 0:
		return nil, invalid("DSA numbers out of range")
	}
	key := &dsa.PublicKey{Parameters: dsa.Parameters{P: p, Q: q, G: g}, Y: y}
	return &PublicKey{Algorithm: DSA, Bits: p.BitLen(), dsa: key}, nil
}

func parseEC(k publicKeyInfo) (*PublicKey, error) {
	oid := newReader(k.algorithm.parameters).oid()
	curve := namedCurve(oid)
	if curve == nil {
		return nil, invalid("elliptic curve %s is not read", oid)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(curve, k.bits)
	if err != nil {
		return nil, invalid("point is not on its elliptic curve")
	}
	return &PublicKey{Algorithm: EC, Bits: curve.Params().BitSize, ec: key}, nil
}

// namedCurve is the curve of an OID of RFC 5480 section 2.1.1.1, or nil.
func namedCurve(oid string) elliptic.Curve {
	switch oid {
	case "1.3.132.0.33":
		return elliptic.P224()
	case "1.2.840.10045.3.1.7":
		return elliptic.P256()
	case "1.3.132.0.34":
		return elliptic.P384()
	case "1.3.132.0.35":
		return elliptic.P521()
	}
	return nil
}
