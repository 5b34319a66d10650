package x509lax

import (
	"math/big"

	"appraise/internal/limits"
)

// What the JDK demands of RSA keys (sun.security.rsa.RSAKeyFactory and RSAPublicKeyImpl).
const (
	minRSABits      = 505 // rounded up to 512
	minRSAExponent  = 3
	longRSABits     = 3_072 // of the modulus, over which the exponent is at most longRSAExponent bits
	longRSAExponent = 64
)

// publicKeyInfo is a SubjectPublicKeyInfo that the JDK reads (sun.security.x509.X509Key.parse). Whether signatures can be
// checked with it is another question: see ParsePublicKey.
type publicKeyInfo struct {
	algorithm algorithm
	bitString
}

func (r reader) publicKeyInfo() publicKeyInfo {
	in := r.enter(octetSequence)
	k := publicKeyInfo{in.algorithm(), in.bitString()}
	in.end()
	if *r.err == nil {
		r.checkKey(k)
	}
	return k
}

// checkKey is what the JDK's KeyFactory for the algorithm demands. A key for which it has none may be anything; some for
// which it has one, but with which Android verifies nothing, are refused.
func (r reader) checkKey(k publicKeyInfo) {
	in := r.inside(k.bits)
	switch oid := k.algorithm.oid; oid {
	case oidRSA, oidPSS, "1.2.840.113549.1.1", "2.5.8.1.1":
		in.rsa()
	case oidDSA, oidOldDSA:
		in.number()
	case oidEC:
		r.checkPoint(k)
	case "1.3.101.110", "1.3.101.112": // X25519, Ed25519
		if k.algorithm.parameters != nil || len(k.bits) != 32 || k.unused != 0 {
			r.fail(0, "public key of %d bytes for %s", len(k.bits), oid)
		}
	case "1.2.840.113549.1.3.1", "1.2.840.10046.2.1", "1.3.101.111", "1.3.101.113": // Diffie-Hellman, X448, Ed448
		r.fail(0, "public key of kind %s is not read", oid)
	}
}

// checkPoint is sun.security.util.ECUtil.decodePoint: the length is right, or one more, and nothing asks whether the point is
// on the curve.
func (r reader) checkPoint(k publicKeyInfo) {
	size := r.inside(k.algorithm.parameters).fieldSize()
	if len(k.bits) == 0 || k.bits[0] != 4 || (len(k.bits)-1)/2 != size {
		r.fail(0, "point of %d bytes for coordinates of %d", len(k.bits), size)
	}
}

// rsa reads RSAPublicKey (RFC 8017 appendix A.1.1), both numbers as positive ones.
func (r reader) rsa() (n, e *big.Int) {
	numbers := r.numbers(2)
	n, e = numbers[0], numbers[1]
	switch bits := n.BitLen(); {
	case bits < minRSABits || bits > limits.RSABits:
		r.fail(0, "RSA modulus of %d bits", bits)
	case e.Cmp(big.NewInt(minRSAExponent)) < 0 || e.Cmp(n) >= 0 || bits > longRSABits && e.BitLen() > longRSAExponent:
		r.fail(0, "RSA exponent of %d bits", e.BitLen())
	}
	return n, e
}

// encode writes the key as apksig compares it (ApkSigningBlockUtils.encodePublicKey): as the JDK encodes the key that it has
// read, an RSA modulus positive even if it was encoded as a negative INTEGER.
func (k publicKeyInfo) encode() []byte {
	parameters, key := k.algorithm.parameters, k.bits
	if k.algorithm.oid == oidRSA {
		if parameters == nil {
			parameters = encode(octetNull)
		}
		key = positiveModulus(key)
	}
	algorithm := encode(octetSequence, k.algorithm.rawOID, parameters)
	return encode(octetSequence, algorithm, encode(octetBitString, []byte{byte(k.unused)}, key))
}

// positiveModulus leaves a key as it is unless its modulus is negative.
func positiveModulus(key []byte) []byte {
	r := newReader(key).enter(octetSequence)
	n, e := r.expect(octetInteger), r.number()
	if *r.err != nil || len(n.Content) == 0 || n.Content[0] < 0x80 {
		return key
	}
	exponent := e.FillBytes(make([]byte, e.BitLen()/8+1))
	return encode(octetSequence, encode(octetInteger, []byte{0}, n.Content), encode(octetInteger, exponent))
}
