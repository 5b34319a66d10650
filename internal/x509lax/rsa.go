package x509lax

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"encoding/binary"
	"errors"
	"math"
	"math/big"
)

// verify asks crypto/rsa first, which is faster, and believes it where it accepts. Where it doesn't, the encoded message
// is recovered with math/big: crypto/rsa refuses keys under 1,024 bits, exponents over 31 bits and a DigestInfo
// without parameters, and doesn't tell a short signature from another one's. The tests hold both to the same answers.
func (k rsaKey) verify(alg SignatureAlgorithm, digest, sig []byte) error {
	if k.accepted(alg, digest, sig) {
		return nil
	}
	size := (k.modulus.BitLen() + 7) / 8
	if len(sig) != size {
		return invalid("signature of %d bytes with a key of %d", len(sig), size)
	}
	s := new(big.Int).SetBytes(sig)
	if s.Cmp(k.modulus) >= 0 {
		return ErrMismatch // RFC 8017 section 5.2.2: out of range; the JDK answers false as well
	}
	em := new(big.Int).Exp(s, k.exponent, k.modulus).FillBytes(make([]byte, size))
	if alg.PSS {
		return verifyPSS(alg.Hash, digest, em, k.modulus.BitLen()-1)
	}
	return verifyPKCS1(alg.Hash, digest, em)
}

// accepted reports whether crypto/rsa verifies the signature.
func (k rsaKey) accepted(alg SignatureAlgorithm, digest, sig []byte) bool {
	if k.modulus.BitLen() < 1024 || !k.exponent.IsInt64() || k.exponent.Int64() > math.MaxInt32 {
		return false
	}
	key := &rsa.PublicKey{N: k.modulus, E: int(k.exponent.Int64())}
	if alg.PSS {
		return rsa.VerifyPSS(key, alg.Hash, digest, sig, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
	}
	return rsa.VerifyPKCS1v15(key, alg.Hash, digest, sig) == nil
}

// verifyPKCS1 compares em with the one encoding of the digest (RFC 8017 section 9.2), and with the one whose DigestInfo
// has no NULL parameters. The JDK takes both (sun.security.rsa.RSASignature.engineVerify), as some old signers left
// them out; nothing inside an encoding is parsed, so nothing can hide there.
func verifyPKCS1(hash crypto.Hash, digest, em []byte) error {
	if len(em) < len(digestInfo(hash, digest, true))+11 {
		return errors.New("RSA key is too short for the digest")
	}
	for _, null := range []bool{true, false} {
		info := digestInfo(hash, digest, null)
		want := bytes.Repeat([]byte{0xff}, len(em))
		want[0], want[1], want[len(em)-len(info)-1] = 0, 1, 0
		copy(want[len(em)-len(info):], info)
		if bytes.Equal(em, want) {
			return nil
		}
	}
	return ErrMismatch
}

// digestInfo is the DER of DigestInfo.
func digestInfo(hash crypto.Hash, digest []byte, null bool) []byte {
	algorithm := encode(octetOID, hashOID(hash))
	if null {
		algorithm = append(algorithm, octetNull, 0)
	}
	return encode(octetSequence, encode(octetSequence, algorithm), encode(octetOctetString, digest))
}

// verifyPSS is EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) with a salt as long as the digest. em is as long as the
// modulus and emBits one bit less, so that em may have one octet too many, which must be zero.
func verifyPSS(hash crypto.Hash, digest, em []byte, emBits int) error {
	size, emLen := hash.Size(), (emBits+7)/8
	if emLen < 2*size+2 {
		return errors.New("RSA key is too short for the digest")
	}
	if len(em) > emLen && em[0] != 0 {
		return ErrMismatch
	}
	em = em[len(em)-emLen:]
	db, h := em[:emLen-size-1], em[emLen-size-1:emLen-1]
	top := byte(0xff) >> (8*emLen - emBits) // the bits of the first octet that count
	if em[emLen-1] != 0xbc || db[0]&^top != 0 {
		return ErrMismatch
	}
	db = mask(hash, h, db)
	db[0] &= top
	padding, salt := db[:len(db)-size], db[len(db)-size:]
	for i, b := range padding {
		if last := i == len(padding)-1; last && b != 1 || !last && b != 0 {
			return ErrMismatch
		}
	}
	sum := hash.New()
	sum.Write(make([]byte, 8))
	sum.Write(digest)
	sum.Write(salt)
	if !bytes.Equal(sum.Sum(nil), h) {
		return ErrMismatch
	}
	return nil
}

// mask is b under MGF1 of the seed (RFC 8017 appendix B.2.1).
func mask(hash crypto.Hash, seed, b []byte) []byte {
	out := make([]byte, 0, len(b)+hash.Size())
	sum := hash.New()
	for n := uint32(0); len(out) < len(b); n++ {
		sum.Reset()
		sum.Write(seed)
		sum.Write(binary.BigEndian.AppendUint32(nil, n))
		out = sum.Sum(out)
	}
	out = out[:len(b)]
	for i := range b {
		out[i] ^= b[i]
	}
	return out
}
