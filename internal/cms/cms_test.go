package cms

import (
	"bytes"
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/ber"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

const (
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidData          = "1.2.840.113549.1.7.1"
)

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t testing.TB, b []byte) *SignedData {
	t.Helper()
	s, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func parseLax(t testing.TB, b []byte) *SignedData {
	t.Helper()
	s, err := ParseLax(b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hashOf is the hash of a digest's OID.
func hashOf(oid string) crypto.Hash {
	return map[string]crypto.Hash{
		"1.2.840.113549.2.5": crypto.MD5, "1.3.14.3.2.26": crypto.SHA1, "2.16.840.1.101.3.4.2.4": crypto.SHA224,
		"2.16.840.1.101.3.4.2.1": crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512,
	}[oid]
}

func digest(h crypto.Hash, b []byte) []byte {
	sum := h.New()
	sum.Write(b)
	return sum.Sum(nil)
}

var errNoSigner = errors.New("no certificate of the signer")

// verify checks one signer over content, as far as these tests need it: one hash for everything.
func verify(s *SignedData, si *SignerInfo, content []byte) error {
	c := s.Certificate(si)
	if c == nil {
		return errNoSigner
	}
	key, err := c.PublicKey()
	if err != nil {
		return err
	}
	hash := hashOf(si.DigestOID)
	if hash == 0 {
		return errors.New("unknown digest " + si.DigestOID)
	}
	signed := content
	if attributes := si.SignedBytes(); attributes != nil {
		signed = attributes
		a, err := si.Attribute(oidMessageDigest)
		if err != nil || a == nil || len(a.Values) != 1 {
			return errors.New("no message digest")
		}
		e, _, err := ber.Parse(a.Values[0])
		if err != nil || !bytes.Equal(e.Content, digest(hash, content)) {
			return errors.New("digest differs")
		}
	}
	return key.Verify(x509lax.SignatureAlgorithm{Key: key.Algorithm, Hash: hash}, digest(hash, signed), si.Signature)
}

type facts struct {
	Certificates, Signers []string
	ContentType, Content  string
	Attributes            []string // of the first signer
}

func factsOf(s *SignedData) facts {
	f := facts{ContentType: s.ContentType, Content: string(s.Content)}
	for _, c := range s.Certificates {
		f.Certificates = append(f.Certificates, c.SubjectText())
	}
	for i := range s.Signers {
		if c := s.Certificate(&s.Signers[i]); c != nil {
			f.Signers = append(f.Signers, c.SubjectText())
		}
	}
	for _, a := range s.Signers[0].Attributes {
		f.Attributes = append(f.Attributes, a.OID)
	}
	return f
}

const (
	subjectRSA = "CN=Android Debug, O=Android, C=US"
	subjectEC  = `CN=EC \"quoted\"\, and\+more\;é\<\>, O=\ lead and trail\ `
)

func TestParseFixtures(t *testing.T) {
	attributes := []string{oidContentType, "1.2.840.113549.1.9.5", oidMessageDigest, "1.2.840.113549.1.9.15"}
	for _, tc := range []struct {
		name string
		want facts
	}{
		{"two-signers-stream.der", facts{[]string{subjectEC, subjectRSA}, []string{subjectEC, subjectRSA}, oidData, "hello", attributes}},
		{"detached-noattr.der", facts{[]string{subjectRSA}, []string{subjectRSA}, oidData, "", nil}},
		{"keyid.der", facts{[]string{subjectEC}, []string{subjectEC}, oidData, "", attributes}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := read(t, "testdata", tc.name)
			s := parseLax(t, b)
			if strict, err := Parse(b); (err == nil) != (s.Signers[0].SubjectKeyID == nil) {
				t.Errorf("got %v", err)
			} else if err == nil && cmp.Diff(factsOf(strict), tc.want) != "" {
				t.Error(cmp.Diff(factsOf(strict), tc.want))
			}
			if d := cmp.Diff(factsOf(s), tc.want); d != "" {
				t.Error(d)
			}
			for i := range s.Signers {
				if err := verify(s, &s.Signers[i], []byte("hello")); err != nil {
					t.Errorf("signer %d: got %v", i, err)
				}
				if err := verify(s, &s.Signers[i], []byte("hallo")); err == nil {
					t.Errorf("signer %d over other content: got no error", i)
				}
			}
			for n := range b {
				if _, err := ParseLax(b[:n]); err == nil {
					t.Errorf("the first %d bytes: got no error", n)
				}
			}
			if d := cmp.Diff(factsOf(parseLax(t, append(b[:len(b):len(b)], "more"...))), tc.want); d != "" {
				t.Errorf("bytes after: %s", d)
			}
		})
	}
}

// No changed byte of a signature or of signed attributes verifies.
func TestTampered(t *testing.T) {
	for _, name := range []string{"two-signers-stream.der", "detached-noattr.der", "keyid.der"} {
		s := parseLax(t, read(t, "testdata", name))
		for i := range s.Signers {
			for _, part := range [][]byte{s.Signers[i].Signature, s.Signers[i].SignedAttributes} {
				for at := range part {
					if len(part) > 0 && at == 0 && part[0] == 0xa0 {
						continue // replaced before it is digested
					}
					part[at] ^= 1
					if err := verify(s, &s.Signers[i], []byte("hello")); err == nil {
						t.Errorf("%s, signer %d, byte %d: got no error", name, i, at)
					}
					part[at] ^= 1
				}
			}
		}
	}
}

// The pieces of SignedData, for what no tool writes.

func der(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	n := len(content)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, content...)
	case n < 0x10000:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, content...)
	}
	return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, content...)
}

func oid(last ...byte) []byte {
	return der(6, append([]byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1}, last...))
}

// signedData has these contents; nil leaves a part out.
func signedData(content, certificates []byte, signers ...[]byte) []byte {
	fields := [][]byte{{2, 1, 1}, der(0x31), content, certificates, der(0x31, signers...)}
	return der(0x30, oid(7, 2), der(0xa0, der(0x30, fields...)))
}

func detached() []byte { return der(0x30, oid(7, 1)) }

func signerInfo(serial, attributes []byte) []byte {
	id := der(0x30, der(0x30), der(2, serial))
	algorithm := der(0x30, oid(1, 1), []byte{5, 0})
	return der(0x30, []byte{2, 1, 1}, id, algorithm, attributes, algorithm, der(4, []byte("sig")))
}

func TestZeroSigners(t *testing.T) {
	s := parse(t, signedData(detached(), nil))
	if s.Signers != nil || s.Certificates != nil || s.Content != nil || s.ContentType != oidData {
		t.Errorf("got %+v", s)
	}
}

func TestContent(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want string
	}{
		{"empty", der(0xa0, der(4)), `""`},
		{"plain", der(0xa0, der(4, []byte("ab"))), `"ab"`},
		{"in parts", der(0xa0, der(0x24, der(4, []byte("a")), der(4, []byte("b")))), `"ab"`},
		{"no parts", der(0xa0, der(0x24)), `""`},
		{"another type", der(0xa0, der(0x30, der(4, []byte("a")))), `"\x04\x01a"`},
		{"none", nil, "nil"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := parse(t, signedData(der(0x30, oid(7, 1), tc.in), nil))
			got := "nil"
			if s.Content != nil {
				got = strconv.QuoteToASCII(string(s.Content))
			}
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// One odd certificate, and one of another kind, hide neither the other certificates nor the signer.
func TestUnparsedCertificates(t *testing.T) {
	good := read(t, "../x509lax/testdata/rsa.der")
	odd, other := der(0x30, []byte{5, 0}), der(0xa1, []byte{5, 0})
	s := parse(t, signedData(detached(), der(0xa0, odd, good, other), signerInfo([]byte{1}, nil)))
	if len(s.Certificates) != 1 || !bytes.Equal(s.Certificates[0].Raw, good) {
		t.Errorf("got %d certificates", len(s.Certificates))
	}
	if d := cmp.Diff(s.Unparsed, [][]byte{odd, other}); d != "" {
		t.Error(d)
	}
	if got := s.Certificate(&s.Signers[0]); got != nil {
		t.Errorf("got %s for a signer that names another", got.SubjectText())
	}
}

func TestCertificateBySerial(t *testing.T) {
	good := read(t, "../x509lax/testdata/rsa.der")
	c, err := x509lax.ParseCertificate(good)
	if err != nil {
		t.Fatal(err)
	}
	name := func(serial []byte) []byte {
		algorithm := der(0x30, oid(1, 1))
		return der(0x30, []byte{2, 1, 1}, der(0x30, c.Issuer, der(2, serial)), algorithm, algorithm, der(4))
	}
	for _, tc := range []struct {
		name   string
		serial []byte
		want   bool
	}{
		{"as it stands", c.Serial, true},
		{"with needless zeros", append([]byte{0, 0}, c.Serial...), true},
		{"another", append([]byte{1}, c.Serial...), false},
		{"negative", append([]byte{0xff}, c.Serial...), c.Serial[0] >= 0x80},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := parse(t, signedData(detached(), der(0xa0, good), name(tc.serial)))
			if got := s.Certificate(&s.Signers[0]) != nil; got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
			if s.Signers[0].SignatureParameters != nil {
				t.Error("got parameters where there are none")
			}
		})
	}
}

func TestAttributes(t *testing.T) {
	attribute := func(last byte, values ...[]byte) []byte { return der(0x30, oid(9, last), der(0x31, values...)) }
	raw := der(0xa0, attribute(4, der(4, []byte("x"))), attribute(3), attribute(9, der(4), der(5)), attribute(4))
	s := parse(t, signedData(detached(), nil, signerInfo([]byte{1}, raw)))
	si := &s.Signers[0]
	want := []Attribute{
		{oidMessageDigest, [][]byte{der(4, []byte("x"))}}, {oidContentType, nil},
		{"1.2.840.113549.1.9.9", [][]byte{der(4), der(5)}}, {oidMessageDigest, nil},
	}
	if d := cmp.Diff(si.Attributes, want); d != "" {
		t.Error(d)
	}
	if _, err := si.Attribute(oidMessageDigest); err == nil {
		t.Error("got no error for an attribute that is repeated")
	}
	if a, err := si.Attribute(oidContentType); err != nil || a == nil || a.OID != oidContentType {
		t.Errorf("got %v, %v", a, err)
	}
	if a, err := si.Attribute("1.2.3"); err != nil || a != nil {
		t.Errorf("got %v, %v for an absent attribute", a, err)
	}
	signed := append([]byte{0x31}, raw[1:]...)
	if !bytes.Equal(si.SignedBytes(), signed) || !bytes.Equal(si.SignedAttributes, raw) {
		t.Errorf("got %x over %x", si.SignedBytes(), si.SignedAttributes)
	}
	if si := parse(t, signedData(detached(), nil, signerInfo([]byte{1}, nil))).Signers[0]; si.SignedBytes() != nil {
		t.Error("got signed bytes without attributes")
	}
	if string(si.Signature) != "sig" || !bytes.Equal(si.SignatureParameters, []byte{5, 0}) {
		t.Errorf("got %+v", si)
	}
}

// Of the indefinite form the header and the end are signed as they stand.
func TestSignedBytesIndefinite(t *testing.T) {
	raw := append(append([]byte{0xa0, 0x80}, der(0x30, oid(9, 3), der(0x31))...), 0, 0)
	si := parse(t, signedData(detached(), nil, signerInfo([]byte{1}, raw))).Signers[0]
	if want := append([]byte{0x31}, raw[1:]...); !bytes.Equal(si.SignedBytes(), want) {
		t.Errorf("got %x, want %x", si.SignedBytes(), want)
	}
}

func TestParseErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
	}{
		{"nothing", nil},
		{"another content", der(0x30, oid(7, 1), der(0xa0, der(4)))},
		{"no content", der(0x30, oid(7, 2))},
		{"content not SignedData", der(0x30, oid(7, 2), der(0xa0, der(4)))},
		{"no signers", der(0x30, oid(7, 2), der(0xa0, der(0x30, []byte{2, 1, 1}, der(0x31), detached())))},
		{"signer not a sequence", signedData(detached(), nil, der(4))},
		{"signer empty", signedData(detached(), nil, der(0x30))},
		{"attribute without values", signedData(detached(), nil, signerInfo([]byte{1}, der(0xa0, der(0x30, oid(9, 3)))))},
		{"attributes primitive", signedData(detached(), nil, signerInfo([]byte{1}, der(0x80, []byte{5, 0})))},
		{"certificates primitive", signedData(detached(), der(0x80))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := Parse(tc.in)
			var format *inventory.FormatError
			if !errors.As(err, &format) || s != nil {
				t.Errorf("got %v, %v, want a FormatError", s, err)
			}
		})
	}
}

// signed has these elements for those of signedData, but for the first.
func signed(fields ...[]byte) []byte {
	return der(0x30, oid(7, 2), der(0xa0, der(0x30, append([][]byte{{2, 1, 1}}, fields...)...)))
}

// withSigner has one signer of these elements.
func withSigner(fields ...[]byte) []byte { return signedData(detached(), nil, der(0x30, fields...)) }

// What apksig says of blocks, by com.android.apksig.internal.asn1.Asn1BerParser, and what ParseLax does.
func TestParseAsApksig(t *testing.T) {
	algorithm, sequence := der(0x30, oid(1, 1)), der(0x30)
	version, id, sig := []byte{2, 1, 1}, der(0x30, sequence, []byte{2, 1, 1}), der(4, []byte("sig"))
	attribute := der(0x30, oid(9, 4), der(0x31, der(4)))
	huge := der(6, append([]byte{0x2a}, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0))
	inParts := der(0x24, sig)
	const malformed, unexpected = "Malformed data value", "Tag mismatch"
	for _, tc := range []struct {
		name string
		in   []byte
		says string // of apksig, "" when it reads the block
		lax  bool   // whether ParseLax reads it
	}{
		{"as it is", withSigner(version, id, algorithm, algorithm, sig), "", true},
		{"digest algorithms", signed(der(0x31, algorithm, der(0x30, oid(1, 1), []byte{5, 0})), detached(), der(0x31)), "", true},
		{"digest algorithm of another type", signed(der(0x31, []byte{5, 0}), detached(), der(0x31)), "Expected UNIVERSAL SEQUENCE", false},
		{"digest algorithm without OID", signed(der(0x31, der(0x30, []byte{5, 0})), detached(), der(0x31)), unexpected, false},
		{"digest algorithm with an OID that doesn't end", signed(der(0x31, der(0x30, []byte{6, 1, 0x80})), detached(), der(0x31)), "Truncated base-128", false},
		{"digest algorithm with a huge OID", signed(der(0x31, der(0x30, huge)), detached(), der(0x31)), "Base-128 number too large", false},
		{"digest algorithm that is cut", signed(der(0x31, []byte{0x30, 9}), detached(), der(0x31)), malformed, false},
		{"digest algorithm with broken parameters", signed(der(0x31, der(0x30, oid(1, 1), []byte{5})), detached(), der(0x31)), malformed, false},
		{"parameters after something else", signed(der(0x31, der(0x30, oid(1, 1), []byte{0x80, 0}, []byte{5, 0}, []byte{9})), detached(), der(0x31)), "", true},
		{"version over 32 bits", der(0x30, oid(7, 2), der(0xa0, der(0x30, der(2, []byte{1, 0, 0, 0, 0}), der(0x31), detached(), der(0x31)))), "cannot be represented as int", false},
		{"version of a signer over 32 bits", withSigner(der(2, []byte{1, 0, 0, 0, 0}), id, algorithm, algorithm, sig), "cannot be represented as int", false},
		{"content that is cut", signed(der(0x31), der(0x30, oid(7, 1), []byte{0xa0, 1}), der(0x31)), malformed, false},
		{"content after something else", signed(der(0x31), der(0x30, oid(7, 1), []byte{5, 0}, der(0xa0, der(4, []byte("x")))), der(0x31)), "", true},
		{"revocation lists", signed(der(0x31), detached(), der(0xa1, sequence, []byte{5, 0}), der(0x31)), "", true},
		{"revocation list that is cut", signed(der(0x31), detached(), der(0xa1, []byte{0x30, 1}), der(0x31)), malformed, false},
		{"something else before the signers", signed(der(0x31), detached(), []byte{5, 0}, der(0x31)), unexpected, false},
		{"something else after the signers", signed(der(0x31), detached(), der(0x31), []byte{5, 9}), "", true},
		{"signer named by key identifier", withSigner(version, der(0x80, []byte("id")), algorithm, algorithm, sig), unexpected, true},
		{"unsigned attributes", withSigner(version, id, algorithm, algorithm, sig, der(0xa1, attribute, attribute), []byte{5}), "", true},
		{"unsigned attributes after something else", withSigner(version, id, algorithm, algorithm, sig, []byte{5, 0}, der(0xa1, attribute)), "", true},
		{"unsigned attribute without a type", withSigner(version, id, algorithm, algorithm, sig, der(0xa1, der(0x30, []byte{5, 0}))), unexpected, false},
		{"unsigned attribute that is cut", withSigner(version, id, algorithm, algorithm, sig, der(0xa1, []byte{0x30, 1})), malformed, false},
		{"something after the signature that is cut", withSigner(version, id, algorithm, algorithm, sig, []byte{5}), malformed, false},
		{"signature in parts", withSigner(version, id, algorithm, algorithm, inParts), "nothing: it takes the headers of the parts for the signature", true},
		{"digest in parts", withSigner(version, id, algorithm, der(0xa0, der(0x30, oid(9, 4), der(0x31, inParts))), algorithm, sig), "nothing: it takes the headers of the parts for the digest", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := Parse(tc.in); (err == nil) != (tc.says == "") {
				t.Errorf("got %v, apksig says %q", err, tc.says)
			}
			if _, err := ParseLax(tc.in); (err == nil) != tc.lax {
				t.Errorf("ParseLax: got %v", err)
			}
		})
	}
}
