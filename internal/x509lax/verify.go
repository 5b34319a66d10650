package x509lax

import (
	"crypto"
	"crypto/dsa" //lint:ignore SA1019 apps signed with DSA are installed by every Android version
	"crypto/ecdsa"
	_ "crypto/md5"    // for SignatureAlgorithm.Hash
	_ "crypto/sha1"   // for SignatureAlgorithm.Hash
	_ "crypto/sha256" // for SignatureAlgorithm.Hash
	_ "crypto/sha512" // for SignatureAlgorithm.Hash
	"errors"
	"fmt"
	"math/big"

	"appraise/internal/ber"
)

// SignatureAlgorithm says how a signature is made. Hash is MD5, SHA-1 or one of SHA-224 to SHA-512.
type SignatureAlgorithm struct {
	Key  KeyAlgorithm
	Hash crypto.Hash
	PSS  bool // RSASSA-PSS: MGF1 and digest Hash, salt as long as the digest, trailer 0xbc; without it PKCS #1 v1.5
}

// ErrMismatch says that a signature is well formed, but wasn't made with this key over this digest.
var ErrMismatch = errors.New("signature does not match")

// Verify checks sig over a message whose digest (by alg.Hash) is given: nil only for a signature made with this key
// over this digest. ErrMismatch says that it isn't one. Any other error says that there is nothing to compare: the
// key is of another kind or too short, or the signature has the wrong length or form, which Java reports as an
// exception.
func (k *PublicKey) Verify(alg SignatureAlgorithm, digest, sig []byte) error {
	if hashOID(alg.Hash) == nil || len(digest) != alg.Hash.Size() {
		return fmt.Errorf("digest of %d bytes is not of the signature's algorithm", len(digest))
	}
	if k.Algorithm != alg.Key || alg.PSS && alg.Key != RSA {
		return fmt.Errorf("signature is not made with the %s key", k.Algorithm)
	}
	switch alg.Key {
	case RSA:
		return k.rsa.verify(alg, digest, sig)
	case EC:
		return verifyECDSA(k.ec, digest, sig)
	case DSA:
		return verifyDSA(k.dsa, digest, sig)
	}
	return errors.New("key of an unknown kind")
}

// hashOID is the content of a hash's OBJECT IDENTIFIER (RFC 8017 appendix B.1), nil for one that signs nothing here.
func hashOID(h crypto.Hash) []byte {
	switch h {
	case crypto.MD5:
		return []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05}
	case crypto.SHA1:
		return []byte{0x2b, 0x0e, 0x03, 0x02, 0x1a}
	case crypto.SHA224:
		return []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04}
	case crypto.SHA256:
		return []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01}
	case crypto.SHA384:
		return []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02}
	case crypto.SHA512:
		return []byte{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03}
	}
	return nil
}

// verifyECDSA: a number out of range is a mismatch, as in the JDK.
func verifyECDSA(key *ecdsa.PublicKey, digest, sig []byte) error {
	if _, _, err := readPair(sig); err != nil {
		return err
	}
	if !ecdsa.VerifyASN1(key, digest, sig) {
		return ErrMismatch
	}
	return nil
}

// verifyDSA: a number out of range is an error, as in the JDK. A digest longer than the subgroup is cut (FIPS 186-4
// section 4.6), which crypto/dsa leaves to its caller.
func verifyDSA(key *dsa.PublicKey, digest, sig []byte) error {
	r, s, err := readPair(sig)
	if err != nil {
		return err
	}
	for _, n := range []*big.Int{r, s} {
		if n.Sign() == 0 || n.Cmp(key.Q) >= 0 {
			return errors.New("number of the signature is out of range")
		}
	}
	digest = digest[:min(len(digest), key.Q.BitLen()/8)]
	if !dsa.Verify(key, digest, r, s) {
		return ErrMismatch
	}
	return nil
}

// readPair reads the two numbers of an ECDSA or DSA signature (RFC 3279 sections 2.2.2 and 2.2.3), which must be DER:
// minimal, positive, nothing after. The JDK also takes negative INTEGERs for positive ones; Android's BoringSSL
// doesn't, and no signer in use writes them.
func readPair(sig []byte) (r, s *big.Int, err error) {
	var numbers [2]*big.Int
	outer := ber.NewReader(sig)
	whole, pair, err := outer.Enter(ber.Universal, ber.Sequence)
	if err == nil {
		err = outer.End()
	}
	encoded := 2 + len(whole.Content)
	if len(whole.Content) >= 0x80 {
		encoded++
	}
	for i := range numbers {
		var e ber.Element
		if err == nil {
			e, err = pair.Expect(ber.Universal, ber.Integer)
		}
		if err == nil {
			numbers[i], err = positive(&e)
		}
	}
	if err == nil {
		err = pair.End()
	}
	if err == nil && encoded != len(sig) {
		err = invalid("signature is not DER")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("signature is not two numbers: %w", err)
	}
	return numbers[0], numbers[1], nil
}

// positive reads a minimal INTEGER that isn't negative, of at most the bytes that P-521 needs.
func positive(e *ber.Element) (*big.Int, error) {
	const most = 67 // bytes
	c := e.Content
	switch {
	case len(c) == 0 || len(c) > most || len(e.Raw) != 2+len(c):
		return nil, invalid("number of %d bytes", len(c))
	case c[0]&0x80 != 0:
		return nil, invalid("negative number")
	case len(c) > 1 && c[0] == 0 && c[1]&0x80 == 0:
		return nil, invalid("number with needless zeros")
	}
	return e.Uint()
}
