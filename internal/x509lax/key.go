package x509lax

import (
	"crypto/dsa" //lint:ignore SA1019 apps signed with DSA are installed by every Android version
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"math/big"

	"appraise/internal/ber"
	"appraise/internal/limits"
	"appraise/inventory"
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

// Key algorithms, of RFC 3279 section 2.3 and RFC 5480 section 2.1.1.
const (
	oidRSA = "1.2.840.113549.1.1.1"
	oidDSA = "1.2.840.10040.4.1"
	oidEC  = "1.2.840.10045.2.1"
)

// Smallest keys that the JDK reads (sun.security.rsa.RSAKeyFactory and sun.security.provider.DSA).
const (
	minRSABits     = 512
	minRSAExponent = 3
	minDSABits     = 512
)

// PublicKey is a key with which signatures can be checked. The zero value checks nothing.
type PublicKey struct {
	Algorithm KeyAlgorithm
	Bits      int // of the RSA modulus, of the EC field, of the DSA prime

	rsa rsaKey
	ec  *ecdsa.PublicKey
	dsa *dsa.PublicKey
}

type rsaKey struct{ modulus, exponent *big.Int }

// ParsePublicKey reads a SubjectPublicKeyInfo: RSA of 512 bits to limits.RSABits with an exponent of at most
// limits.RSAExponentBits, EC on P-224, P-256, P-384 and P-521 as a named curve with an uncompressed point, and DSA of
// at most limits.DSABits. RSA numbers encoded as negative INTEGERs are read as positive ones. Another kind of key,
// and one that can't be right, is an error; every error is an *inventory.FormatError.
func ParsePublicKey(spki []byte) (*PublicKey, error) {
	if len(spki) > limits.CertificateBytes {
		return nil, overLimit("public key of %d bytes", len(spki))
	}
	outer := ber.NewReader(spki)
	_, fields, err := outer.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return nil, err
	}
	if err := outer.End(); err != nil {
		return nil, err
	}
	_, algorithm, err := fields.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return nil, err
	}
	id, err := algorithm.Expect(ber.Universal, ber.OID)
	if err != nil {
		return nil, err
	}
	oid, err := id.OIDText()
	if err != nil {
		return nil, err
	}
	key, err := fields.Expect(ber.Universal, ber.BitString)
	if err != nil {
		return nil, err
	}
	if err := fields.End(); err != nil {
		return nil, err
	}
	bits, unused, err := key.Bits()
	if err == nil && unused != 0 {
		err = invalid("public key with %d unused bits", unused)
	}
	if err != nil {
		return nil, err
	}
	return parseKey(oid, algorithm, bits)
}

// parseKey reads the key itself; parameters are what follows the OID.
func parseKey(oid string, parameters *ber.Reader, key []byte) (*PublicKey, error) {
	switch oid {
	case oidRSA:
		return parseRSA(key)
	case oidEC:
		return parseEC(parameters, key)
	case oidDSA:
		return parseDSA(parameters, key)
	}
	return nil, invalid("public key of the unknown kind %s", oid)
}

// parseRSA reads RSAPublicKey (RFC 8017 appendix A.1.1).
func parseRSA(b []byte) (*PublicKey, error) {
	var n, e *big.Int
	if err := readNumbers(ber.NewReader(b), &n, &e); err != nil {
		return nil, err
	}
	switch {
	case n.BitLen() > limits.RSABits:
		return nil, overLimit("RSA modulus of %d bits", n.BitLen())
	case e.BitLen() > limits.RSAExponentBits:
		return nil, overLimit("RSA exponent of %d bits", e.BitLen())
	case n.BitLen() < minRSABits:
		return nil, invalid("RSA modulus of %d bits", n.BitLen())
	case n.Bit(0) == 0:
		return nil, invalid("even RSA modulus")
	case e.Cmp(big.NewInt(minRSAExponent)) < 0:
		return nil, invalid("RSA exponent %d", e)
	}
	return &PublicKey{Algorithm: RSA, Bits: n.BitLen(), rsa: rsaKey{n, e}}, nil
}

// parseDSA reads Dss-Parms and DSAPublicKey (RFC 3279 section 2.3.2).
func parseDSA(parameters *ber.Reader, b []byte) (*PublicKey, error) {
	var p, q, g, y *big.Int
	if err := readNumbers(parameters, &p, &q, &g); err != nil {
		return nil, err
	}
	public := ber.NewReader(b)
	e, err := public.Expect(ber.Universal, ber.Integer)
	if err == nil {
		y, err = e.Uint()
	}
	if err != nil {
		return nil, err
	}
	if err := public.End(); err != nil {
		return nil, err
	}
	one := big.NewInt(1)
	switch {
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

// readNumbers reads a SEQUENCE of exactly these INTEGERs, and nothing after it.
func readNumbers(r *ber.Reader, to ...**big.Int) error {
	_, numbers, err := r.Enter(ber.Universal, ber.Sequence)
	if err != nil {
		return err
	}
	for _, n := range to {
		e, err := numbers.Expect(ber.Universal, ber.Integer)
		if err != nil {
			return err
		}
		if *n, err = e.Uint(); err != nil {
			return err
		}
	}
	if err := numbers.End(); err != nil {
		return err
	}
	return r.End()
}

// parseEC reads the curve's OID and the point (RFC 5480 section 2). Only what the JDK reads is read: no explicit
// curves, no compressed points.
func parseEC(parameters *ber.Reader, point []byte) (*PublicKey, error) {
	named, err := parameters.Expect(ber.Universal, ber.OID)
	if err != nil {
		return nil, err
	}
	oid, err := named.OIDText()
	if err != nil {
		return nil, err
	}
	curve := namedCurve(oid)
	if curve == nil {
		return nil, invalid("elliptic curve %s is not read", oid)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(curve, point)
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

func invalid(format string, args ...any) error {
	return &inventory.FormatError{Message: fmt.Sprintf(format, args...)}
}

func overLimit(format string, args ...any) error {
	return &inventory.FormatError{Message: fmt.Sprintf(format, args...), Limit: true}
}
