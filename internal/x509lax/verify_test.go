package x509lax

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"appraise/internal/limits"
)

var hashes = map[string]crypto.Hash{
	"md5": crypto.MD5, "sha1": crypto.SHA1, "sha224": crypto.SHA224, "sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512,
}

const message = "what is signed"

// checkSignature verifies a good signature and refuses it with each bit of a few bytes changed, cut, longer, over
// another digest, and as another algorithm.
func checkSignature(t *testing.T, key *PublicKey, alg SignatureAlgorithm, sig []byte) {
	t.Helper()
	sum := digest(alg.Hash, []byte(message))
	if err := key.Verify(alg, sum, sig); err != nil {
		t.Errorf("got %v", err)
	}
	if err := key.Verify(alg, digest(alg.Hash, []byte("other")), sig); err != ErrMismatch {
		t.Errorf("another digest: got %v, want %v", err, ErrMismatch)
	}
	for _, at := range []int{0, 1, len(sig) / 2, len(sig) - 1} {
		changed := slices.Clone(sig)
		changed[at] ^= 1 << (at % 8)
		if key.Verify(alg, sum, changed) == nil {
			t.Errorf("byte %d changed: got no error", at)
		}
	}
	for _, wrong := range [][]byte{nil, {}, sig[:len(sig)-1], append(slices.Clone(sig), 0), append([]byte{0}, sig...)} {
		if err := key.Verify(alg, sum, wrong); err == nil || err == ErrMismatch {
			t.Errorf("signature of %d bytes: got %v, want an error of its form", len(wrong), err)
		}
	}
	for _, other := range []SignatureAlgorithm{{}, {Key: RSA}, {Key: DSA + EC - alg.Key + RSA, Hash: alg.Hash}, {Key: alg.Key, Hash: crypto.SHA3_256}, {Key: alg.Key, Hash: 99}} {
		if other.Key == alg.Key && other.Hash == alg.Hash {
			continue
		}
		if err := key.Verify(other, sum, sig); err == nil || err == ErrMismatch {
			t.Errorf("as %v: got %v, want an error of its form", other, err)
		}
	}
	if err := key.Verify(alg, sum[1:], sig); err == nil || err == ErrMismatch {
		t.Errorf("short digest: got %v", err)
	}
}

// signer is a key made by openssl or keytool, in key.pem of its folder, with its certificate.
type signer struct {
	dir string
	key *PublicKey
}

func opensslSigner(t *testing.T, args ...string) signer {
	t.Helper()
	dir := t.TempDir()
	openssl(t, dir, append(args, "-out", "key.pem")...)
	c := parse(t, openssl(t, dir, "req", "-x509", "-new", "-key", "key.pem", "-subj", "/CN=x", "-outform", "DER", "-sha1"))
	key, err := c.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return signer{dir, key}
}

func (s signer) sign(t *testing.T, hash string, options ...string) []byte {
	t.Helper()
	write(t, []byte(message), s.dir, "message")
	args := []string{"dgst", "-" + hash, "-sign", "key.pem"}
	for _, o := range options {
		args = append(args, "-sigopt", o)
	}
	return openssl(t, s.dir, append(args, "message")...)
}

func TestVerifyRSA(t *testing.T) {
	for _, bits := range []int{512, 768, 1024, 1025, 1031, 2048} {
		s := opensslRSA(t, bits)
		if s.key.Algorithm != RSA || s.key.Bits != bits {
			t.Errorf("got %v-%d, want RSA-%d", s.key.Algorithm, s.key.Bits, bits)
		}
		for name, hash := range hashes {
			t.Run(fmt.Sprintf("%d-%s", bits, name), func(t *testing.T) {
				if bits/8 >= hash.Size()+30 {
					checkSignature(t, s.key, SignatureAlgorithm{Key: RSA, Hash: hash}, s.sign(t, name))
				}
				if bits > 16*hash.Size()+16 {
					sig := s.sign(t, name, "rsa_padding_mode:pss", "rsa_pss_saltlen:-1")
					checkSignature(t, s.key, SignatureAlgorithm{Key: RSA, Hash: hash, PSS: true}, sig)
					if err := s.key.Verify(SignatureAlgorithm{Key: RSA, Hash: hash}, digest(hash, []byte(message)), sig); err != ErrMismatch {
						t.Errorf("PSS as PKCS #1 v1.5: got %v", err)
					}
				}
			})
		}
	}
}

func opensslRSA(t *testing.T, bits int) signer {
	t.Helper()
	return opensslSigner(t, "genpkey", "-algorithm", "RSA", "-pkeyopt", fmt.Sprint("rsa_keygen_bits:", bits))
}

func TestVerifyPSSSalt(t *testing.T) {
	s := opensslRSA(t, 1024)
	sum := digest(crypto.SHA256, []byte(message))
	for _, salt := range []string{"0", "20", "31", "33", "94"} {
		sig := s.sign(t, "sha256", "rsa_padding_mode:pss", "rsa_pss_saltlen:"+salt)
		if err := s.key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256, PSS: true}, sum, sig); err != ErrMismatch {
			t.Errorf("salt of %s bytes: got %v, want %v", salt, err, ErrMismatch)
		}
	}
	sig := s.sign(t, "sha256", "rsa_padding_mode:pss", "rsa_pss_saltlen:-1", "rsa_mgf1_md:sha1")
	if err := s.key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256, PSS: true}, sum, sig); err != ErrMismatch {
		t.Errorf("MGF1 with SHA-1: got %v, want %v", err, ErrMismatch)
	}
}

func TestKeyTooShort(t *testing.T) {
	s := opensslRSA(t, 512)
	for _, alg := range []SignatureAlgorithm{{Key: RSA, Hash: crypto.SHA512}, {Key: RSA, Hash: crypto.SHA256, PSS: true}} {
		sig := make([]byte, 64)
		if err := s.key.Verify(alg, make([]byte, alg.Hash.Size()), sig); err == nil || err == ErrMismatch {
			t.Errorf("%v: got %v, want an error", alg, err)
		}
	}
}

func TestVerifyECDSA(t *testing.T) {
	for curve, bits := range map[string]int{"secp224r1": 224, "prime256v1": 256, "secp384r1": 384, "secp521r1": 521} {
		s := opensslSigner(t, "ecparam", "-genkey", "-noout", "-name", curve)
		if s.key.Algorithm != EC || s.key.Bits != bits {
			t.Errorf("got %v-%d, want EC-%d", s.key.Algorithm, s.key.Bits, bits)
		}
		for _, hash := range []string{"sha1", "sha224", "sha256", "sha384", "sha512"} {
			t.Run(curve+"-"+hash, func(t *testing.T) {
				checkSignature(t, s.key, SignatureAlgorithm{Key: EC, Hash: hashes[hash]}, s.sign(t, hash))
			})
		}
	}
}

func TestVerifyDSA(t *testing.T) {
	for bits, hash := range map[string]string{"1024": "sha1", "2048": "sha224", "3072": "sha256"} {
		t.Run(bits, func(t *testing.T) {
			dir := t.TempDir()
			tool(t, dir, "keytool", "-genkeypair", "-keystore", "k.p12", "-storetype", "PKCS12", "-storepass", "changeit",
				"-alias", "a", "-keyalg", "DSA", "-keysize", bits, "-dname", "CN=x")
			openssl(t, dir, "pkcs12", "-in", "k.p12", "-nodes", "-passin", "pass:changeit", "-out", "key.pem")
			c := parse(t, openssl(t, dir, "x509", "-in", "key.pem", "-outform", "DER"))
			if got := c.KeyText(); got != "DSA-"+bits {
				t.Errorf("got %s", got)
			}
			key, err := c.PublicKey()
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{hash, "sha256", "sha512"} { // the last longer than the subgroup
				checkSignature(t, key, SignatureAlgorithm{Key: DSA, Hash: hashes[name]}, signer{dir, key}.sign(t, name))
			}
			q := key.dsa.Q
			for _, n := range []*big.Int{big.NewInt(0), q, new(big.Int).Add(q, big.NewInt(1))} {
				sig := seq(integer(n), integer(big.NewInt(1)))
				if err := key.Verify(SignatureAlgorithm{Key: DSA, Hash: crypto.SHA1}, make([]byte, 20), sig); err == nil || err == ErrMismatch {
					t.Errorf("r of %d: got %v, want an error of its form", n, err)
				}
			}
		})
	}
}

func integer(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return der(2, b)
}

func TestPairForm(t *testing.T) {
	one := []byte{2, 1, 1}
	for _, tc := range []struct {
		name string
		sig  []byte
		ok   bool
	}{
		{"two numbers", seq(one, one), true},
		{"over 127 bytes", seq(der(2, append([]byte{1}, make([]byte, 65)...)), der(2, append([]byte{1}, make([]byte, 65)...))), true},
		{"one number", seq(one), false},
		{"three numbers", seq(one, one, one), false},
		{"bytes after", append(seq(one, one), 0), false},
		{"negative", seq(one, []byte{2, 1, 0x80}), false},
		{"needless zero", seq(one, []byte{2, 2, 0, 1}), false},
		{"empty number", seq(one, []byte{2, 0}), false},
		{"long number", seq(one, der(2, append([]byte{1}, make([]byte, 67)...))), false},
		{"long length", append([]byte{0x30, 0x81, 6}, append(one, one...)...), false},
		{"long length of a number", seq(one, []byte{2, 0x81, 1, 1}), false},
		{"indefinite length", append(append([]byte{0x30, 0x80}, append(one, one...)...), 0, 0), false},
		{"set", set(one, one), false},
		{"constructed number", seq(one, []byte{0x22, 3, 2, 1, 1}), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, _, err := readPair(tc.sig); (err == nil) != tc.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func rsaSPKI(n, e []byte) []byte {
	return seq(seq(der(6, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1}), []byte{5, 0}), der(3, []byte{0}, seq(der(2, n), der(2, e))))
}

func TestNegativeModulus(t *testing.T) {
	private, _ := goKey(t, 1024)
	key, err := ParsePublicKey(rsaSPKI(private.N.Bytes(), []byte{1, 0, 1})) // no zero before the first bit
	if err != nil {
		t.Fatal(err)
	}
	sum := digest(crypto.SHA1, []byte(message))
	sig, err := rsa.SignPKCS1v15(nil, private, crypto.SHA1, sum)
	if err != nil {
		t.Fatal(err)
	}
	if err := key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA1}, sum, sig); err != nil || key.Bits != 1024 {
		t.Errorf("got %v, %d bits", err, key.Bits)
	}
}

func TestParsePublicKeyErrors(t *testing.T) {
	modulus := func(bits int) []byte {
		n := new(big.Int).Lsh(big.NewInt(1), uint(bits-1))
		return n.SetBit(n, 0, 1).Bytes()
	}
	f4 := []byte{1, 0, 1}
	small := rsaSPKI(modulus(512), f4)
	even := modulus(1024)
	even[127] = 0
	ecOID := der(6, []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1})
	p256 := der(6, []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7})
	dsaOID := der(6, []byte{0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1})
	dsaSPKI := func(p, q, g, y []byte) []byte {
		return seq(seq(dsaOID, seq(der(2, p), der(2, q), der(2, g))), der(3, []byte{0}, der(2, y)))
	}
	for _, tc := range []struct {
		name  string
		in    []byte
		limit bool
	}{
		{"nothing", nil, false},
		{"a length longer than needed", append([]byte{0x30, 0x81, small[1]}, small[2:]...), false},
		{"bytes after", append(rsaSPKI(modulus(1024), f4), 0), false},
		{"unused bits", seq(seq(der(6, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1})), der(3, []byte{1}, seq(der(2, modulus(1024)), der(2, f4)))), false},
		{"unknown kind", seq(seq(der(6, []byte{0x2a})), der(3, []byte{0})), false},
		{"RSA: modulus of 504 bits", rsaSPKI(modulus(504), f4), false},
		{"RSA: even modulus", rsaSPKI(even, f4), false},
		{"RSA: exponent 1", rsaSPKI(modulus(1024), []byte{1}), false},
		{"RSA: exponent 0", rsaSPKI(modulus(1024), []byte{0}), false},
		{"RSA: huge modulus", rsaSPKI(modulus(limits.RSABits+1), f4), false},
		{"RSA: huge exponent of a long key", rsaSPKI(modulus(16_384), modulus(65)), false},
		{"RSA: huge exponent", rsaSPKI(modulus(3_072), modulus(3_000)), true},
		{"RSA: exponent of 33 bits", rsaSPKI(modulus(1024), []byte{1, 0, 0, 0, 1}), true},
		{"RSA: one number", seq(seq(der(6, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1})), der(3, []byte{0}, seq(der(2, f4)))), false},
		{"EC: no curve", seq(seq(ecOID), der(3, []byte{0, 4})), false},
		{"EC: explicit curve", seq(seq(ecOID, seq()), der(3, []byte{0, 4})), false},
		{"EC: unknown curve", seq(seq(ecOID, der(6, []byte{0x2b, 0x81, 4, 0, 10})), der(3, []byte{0, 4})), false},
		{"EC: infinity", seq(seq(ecOID, p256), der(3, []byte{0, 0})), false},
		{"EC: not on the curve", seq(seq(ecOID, p256), der(3, append([]byte{0, 4}, make([]byte, 64)...))), false},
		{"EC: compressed", seq(seq(ecOID, p256), der(3, append([]byte{0, 2}, make([]byte, 32)...))), false},
		{"DSA: no parameters", seq(seq(dsaOID, []byte{5, 0}), der(3, []byte{0}, der(2, f4))), false},
		{"DSA: huge prime", dsaSPKI(modulus(limits.DSABits+1), modulus(256), []byte{2}, []byte{2}), true},
		{"DSA: small prime", dsaSPKI(modulus(256), modulus(160), []byte{2}, []byte{2}), false},
		{"DSA: subgroup too large", dsaSPKI(modulus(1024), modulus(1025), []byte{2}, []byte{2}), false},
		{"DSA: subgroup too small", dsaSPKI(modulus(1024), modulus(8), []byte{2}, []byte{2}), false},
		{"DSA: generator 1", dsaSPKI(modulus(1024), modulus(160), []byte{1}, []byte{2}), false},
		{"DSA: key 1", dsaSPKI(modulus(1024), modulus(160), []byte{2}, []byte{1}), false},
		{"DSA: key over the prime", dsaSPKI(modulus(1024), modulus(160), []byte{2}, modulus(1025)), false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			key, err := ParsePublicKey(tc.in)
			if err == nil {
				t.Fatalf("got %+v", key)
			}
			if isLimit(err) != tc.limit {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := ParsePublicKey(small); err != nil {
		t.Error(err)
	}
	for _, e := range [][]byte{{3}, f4, {0xff, 0xff, 0xff, 0xff}} {
		if _, err := ParsePublicKey(rsaSPKI(modulus(limits.RSABits), e)); err != nil {
			t.Errorf("exponent %x: got %v", e, err)
		}
	}
}

func TestTruncatedPublicKey(t *testing.T) {
	for _, name := range []string{"rsa.der", "ec.der", "dsa.der"} {
		spki := parse(t, read(t, "testdata", name)).SPKI
		for n := range spki {
			if _, err := ParsePublicKey(spki[:n]); err == nil {
				t.Errorf("%s: the first %d bytes: got no error", name, n)
			}
		}
	}
}

// A DSA key whose primes aren't: every answer is an error, none takes long.
func TestDSABomb(t *testing.T) {
	ff := []byte(strings.Repeat("\xff", limits.DSABits/8))
	fe := slices.Clone(ff)
	fe[0] = 0xfe
	spki := seq(seq(der(6, []byte{0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1}), seq(der(2, []byte{0}, ff), der(2, []byte{0}, fe), der(2, []byte{2}))), der(3, []byte{0}, der(2, []byte{3})))
	key, err := ParsePublicKey(spki)
	if err != nil {
		t.Fatal(err)
	}
	one := []byte{2, 1, 1}
	if err := key.Verify(SignatureAlgorithm{Key: DSA, Hash: crypto.SHA512}, make([]byte, 64), seq(one, one)); err == nil {
		t.Error("got no error")
	}
}

func TestErrMismatchIsItself(t *testing.T) {
	_, key := goKey(t, 1024)
	err := key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA1}, make([]byte, 20), make([]byte, 128))
	if !errors.Is(err, ErrMismatch) {
		t.Errorf("got %v", err)
	}
	if got := new(PublicKey).Verify(SignatureAlgorithm{Hash: crypto.SHA1}, make([]byte, 20), nil); got == nil || got == ErrMismatch {
		t.Errorf("zero key: got %v", got)
	}
}
