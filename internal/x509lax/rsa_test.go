package x509lax

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// goKey makes a key whose private half can sign any encoded message.
func goKey(t testing.TB, bits int) (*rsa.PrivateKey, *PublicKey) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	spki, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ParsePublicKey(spki)
	if err != nil {
		t.Fatal(err)
	}
	return private, key
}

func signRaw(key *rsa.PrivateKey, em []byte) []byte {
	return new(big.Int).Exp(new(big.Int).SetBytes(em), key.D, key.N).FillBytes(make([]byte, key.Size()))
}

// Only the one encoding of the digest counts; CVE-2006-4339 and its kin made others count too.
func TestPKCS1Encodings(t *testing.T) {
	private, key := goKey(t, 1024)
	sum := digest(crypto.SHA256, []byte(message))
	oid := der(6, hashOID(crypto.SHA256))
	octets := der(4, sum)
	build := func(info []byte, trailing int) []byte {
		em := []byte{0, 1}
		em = append(em, []byte(strings.Repeat("\xff", 128-3-len(info)-trailing))...)
		em = append(append(em, 0), info...)
		return append(em, make([]byte, trailing)...)
	}
	good := seq(seq(oid, []byte{5, 0}), octets)
	patch := func(at int, to byte) []byte {
		em := build(good, 0)
		em[at] = to
		return em
	}
	for _, tc := range []struct {
		name string
		em   []byte
		want error
	}{
		{"the encoding", build(good, 0), nil},
		{"without NULL", build(seq(seq(oid), octets), 0), nil},
		{"bytes after the digest", build(good, 50), ErrMismatch},
		{"one byte after the digest", build(good, 1), ErrMismatch},
		{"parameters other than NULL", build(seq(seq(oid, der(4, []byte("junk"))), octets), 0), ErrMismatch},
		{"NULL with content", build(seq(seq(oid, []byte{5, 1, 0}), octets), 0), ErrMismatch},
		{"long length", build(append([]byte{0x30, 0x81}, good[1:]...), 0), ErrMismatch},
		{"another hash's OID", build(seq(seq(der(6, hashOID(crypto.SHA512)), []byte{5, 0}), octets), 0), ErrMismatch},
		{"the bare digest", build(sum, 0), ErrMismatch},
		{"block type 2", patch(1, 2), ErrMismatch},
		{"first byte", patch(0, 0x10), ErrMismatch},
		{"padding", patch(9, 0xfe), ErrMismatch},
		{"padding ends early", patch(10, 0), ErrMismatch},
		{"no end of padding", patch(128-len(good)-1, 0xff), ErrMismatch},
		{"digest", patch(127, sum[31]^1), ErrMismatch},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256}, sum, signRaw(private, tc.em)); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
	over := new(big.Int).Add(new(big.Int).SetBytes(signRaw(private, build(good, 0))), private.N)
	if over.BitLen() <= 1024 {
		if got := key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256}, sum, over.Bytes()); got != ErrMismatch {
			t.Errorf("signature plus modulus: got %v", got)
		}
	}
}

// crypto/rsa answers the same, whatever byte is changed.
func TestAgainstCryptoRSA(t *testing.T) {
	private, key := goKey(t, 1032)
	sum := digest(crypto.SHA256, []byte(message))
	v15, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, sum)
	if err != nil {
		t.Fatal(err)
	}
	options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
	pss, err := rsa.SignPSS(rand.Reader, private, crypto.SHA256, sum, options)
	if err != nil {
		t.Fatal(err)
	}
	for i := range v15 {
		for _, x := range []byte{0, 1, 0x80} {
			v15[i], pss[i] = v15[i]^x, pss[i]^x
			got := key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256}, sum, v15) == nil
			if want := rsa.VerifyPKCS1v15(&private.PublicKey, crypto.SHA256, sum, v15) == nil; got != want {
				t.Errorf("byte %d of PKCS #1 v1.5: got %v, want %v", i, got, want)
			}
			got = key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256, PSS: true}, sum, pss) == nil
			if want := rsa.VerifyPSS(&private.PublicKey, crypto.SHA256, sum, pss, options) == nil; got != want {
				t.Errorf("byte %d of PSS: got %v, want %v", i, got, want)
			}
			v15[i], pss[i] = v15[i]^x, pss[i]^x
		}
	}
}

// Encoded messages of PSS with one thing wrong each, signed with the right key.
func TestPSSEncodings(t *testing.T) {
	for _, bits := range []int{1024, 1025, 1030} {
		private, key := goKey(t, bits)
		sum := digest(crypto.SHA256, []byte(message))
		sig, err := rsa.SignPSS(rand.Reader, private, crypto.SHA256, sum, &rsa.PSSOptions{SaltLength: 32})
		if err != nil {
			t.Fatal(err)
		}
		em := new(big.Int).Exp(new(big.Int).SetBytes(sig), key.rsa.exponent, key.rsa.modulus).FillBytes(make([]byte, len(sig)))
		alg := SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256, PSS: true}
		if err := key.Verify(alg, sum, signRaw(private, em)); err != nil {
			t.Errorf("%d bits: got %v", bits, err)
		}
		for i := range em {
			changed := slices.Clone(em)
			changed[i] ^= 1
			if new(big.Int).SetBytes(changed).Cmp(private.N) >= 0 {
				continue
			}
			if err := key.Verify(alg, sum, signRaw(private, changed)); err != ErrMismatch {
				t.Errorf("%d bits, byte %d: got %v, want %v", bits, i, err, ErrMismatch)
			}
		}
	}
}

func TestMGF1BitsAbove(t *testing.T) {
	private, key := goKey(t, 1030)
	sum := digest(crypto.SHA256, []byte(message))
	sig, err := rsa.SignPSS(rand.Reader, private, crypto.SHA256, sum, &rsa.PSSOptions{SaltLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	em := new(big.Int).Exp(new(big.Int).SetBytes(sig), key.rsa.exponent, key.rsa.modulus).FillBytes(make([]byte, len(sig)))
	em[0] |= 0x20 // over 1,029 bits
	if new(big.Int).SetBytes(em).Cmp(private.N) < 0 {
		if err := key.Verify(SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256, PSS: true}, sum, signRaw(private, em)); err != ErrMismatch {
			t.Errorf("got %v, want %v", err, ErrMismatch)
		}
	}
}

// pemBlock is the DER in what openssl writes.
func pemBlock(t testing.TB, b []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(b)
	if block == nil {
		t.Fatalf("no PEM in %q", b)
	}
	return block.Bytes
}

// A DigestInfo without NULL, signed by openssl as raw data.
func TestVerifyWithoutNullFromOpenSSL(t *testing.T) {
	s := opensslRSA(t, 1024)
	sum := digest(crypto.SHA256, []byte(message))
	write(t, digestInfo(crypto.SHA256, sum, false), s.dir, "info")
	sig := openssl(t, s.dir, "pkeyutl", "-sign", "-inkey", "key.pem", "-in", "info")
	checkSignature(t, s.key, SignatureAlgorithm{Key: RSA, Hash: crypto.SHA256}, sig)
	spki := pemBlock(t, openssl(t, s.dir, "pkey", "-in", "key.pem", "-pubout"))
	key, err := ParsePublicKey(spki)
	if err != nil || key.rsa.modulus.Cmp(s.key.rsa.modulus) != 0 {
		t.Errorf("got %v", err)
	}
}
