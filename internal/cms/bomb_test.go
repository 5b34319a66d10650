package cms

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

func checkLimit(t *testing.T, name string, b []byte) {
	t.Helper()
	s, err := Parse(b)
	var format *inventory.FormatError
	if !errors.As(err, &format) || !format.Limit || s != nil {
		t.Errorf("%s: got %v, want a limit", name, err)
	}
}

func TestBombs(t *testing.T) {
	info := signerInfo([]byte{1}, nil)
	attribute := der(0x30, oid(9, 4), der(0x31))
	certificate := der(0x30, []byte{5, 0})
	values := der(0x30, oid(9, 4), der(0x31, bytes.Repeat([]byte{5, 0}, limits.SignerAttributes+1)))
	for _, tc := range []struct {
		name string
		in   []byte
	}{
		{"bytes", make([]byte, limits.CMSBytes+1)},
		{"signers", signedData(detached(), nil, bytes.Repeat(info, limits.CMSSigners+1))},
		{"attributes", signedData(detached(), nil, signerInfo([]byte{1}, der(0xa0, bytes.Repeat(attribute, limits.SignerAttributes+1))))},
		{"values", signedData(detached(), nil, signerInfo([]byte{1}, der(0xa0, values)))},
		{"certificates", signedData(detached(), der(0xa0, bytes.Repeat(certificate, limits.SignerCertificates+1)))},
		{"half a million tiny certificates", signedData(detached(), der(0xa0, bytes.Repeat([]byte{5, 0}, limits.CMSBytes/2-100)))},
		{"a large certificate", signedData(detached(), der(0xa0, der(0x30, make([]byte, limits.CertificateBytes))))},
		{"nesting", []byte(strings.Repeat("\x30\x80", limits.CMSBytes/2))},
		{"nested certificates", signedData(detached(), []byte("\xa0\x80"+strings.Repeat("\x30\x80", 1000)))},
		{"nested content", signedData(der(0x30, oid(7, 1), der(0xa0, nestedOctets(60))), nil)},
		{"long content type", signedData(der(0x30, der(6, bytes.Repeat([]byte{1}, limits.OIDBytes+1))), nil)},
	} {
		t.Run(tc.name, func(t *testing.T) { checkLimit(t, tc.name, tc.in) })
	}
}

func nestedOctets(depth int) []byte {
	b := der(4)
	for range depth {
		b = der(0x24, b)
	}
	return b
}

// As much as is allowed of everything is read.
func TestJustBelow(t *testing.T) {
	attributes := der(0xa0, bytes.Repeat(der(0x30, oid(9, 4), der(0x31)), limits.SignerAttributes))
	info := signerInfo([]byte{1}, attributes)
	certificates := der(0xa0, bytes.Repeat(der(0x30, []byte{5, 0}), limits.SignerCertificates))
	s := parse(t, signedData(detached(), certificates, bytes.Repeat(info, limits.CMSSigners)))
	if len(s.Signers) != limits.CMSSigners || len(s.Unparsed) != limits.SignerCertificates || len(s.Signers[0].Attributes) != limits.SignerAttributes {
		t.Errorf("got %d signers, %d certificates", len(s.Signers), len(s.Unparsed))
	}
}

func TestLengthBomb(t *testing.T) {
	for _, b := range [][]byte{
		{0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 6}, {0x30, 0x84, 0x80, 0, 0, 0, 6}, {0x30, 0x80, 6, 0x84, 0xff, 0xff, 0xff, 0xff},
	} {
		if got := testing.AllocsPerRun(10, func() {
			if _, err := Parse(b); err == nil {
				t.Error("got no error")
			}
		}); got > 20 {
			t.Errorf("got %v allocations", got)
		}
	}
}

// Each signer names each certificate with the same serial number, so that all names are compared.
func TestManyNames(t *testing.T) {
	long := strings.Repeat("x", 8000)
	subject := func(end string) []byte {
		return der(0x30, der(0x31, der(0x30, der(6, []byte{0x55, 4, 3}), der(12, []byte(long+end)))))
	}
	algorithm := der(0x30, oid(1, 1))
	good, err := x509lax.ParseCertificate(read(t, "../x509lax/testdata/rsa.der"))
	if err != nil {
		t.Fatal(err)
	}
	validity := der(0x30, der(0x17, []byte("200102030405Z")), der(0x17, []byte("300102030405Z")))
	var certificates, signers []byte
	for range limits.SignerCertificates {
		tbs := der(0x30, []byte{2, 1, 1}, algorithm, subject("a"), validity, good.Subject, good.SPKI)
		certificates = append(certificates, der(0x30, tbs, algorithm, der(3, []byte{0}))...)
	}
	for range limits.CMSSigners {
		signers = append(signers, der(0x30, []byte{2, 1, 1}, der(0x30, subject("b"), []byte{2, 1, 1}), algorithm, algorithm, der(4))...)
	}
	s := parse(t, signedData(detached(), der(0xa0, certificates), signers))
	if len(s.Certificates) != limits.SignerCertificates {
		t.Fatalf("got %d certificates", len(s.Certificates))
	}
	for i := range s.Signers {
		if s.Certificate(&s.Signers[i]) != nil {
			t.Error("got a certificate of another name")
		}
	}
}

func FuzzParseCMS(f *testing.F) {
	for _, name := range []string{"two-signers-stream.der", "detached-noattr.der", "keyid.der"} {
		f.Add(read(f, "testdata", name))
	}
	f.Add(signedData(detached(), der(0xa0, der(0x30)), signerInfo([]byte{1}, der(0xa0, der(0x30, oid(9, 4), der(0x31))))))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseLax(b)
		var format *inventory.FormatError
		if err != nil {
			if !errors.As(err, &format) {
				t.Errorf("got %v, want a FormatError", err)
			}
			if _, err := Parse(b); err == nil {
				t.Error("got no error where ParseLax has one")
			}
			return
		}
		for i := range s.Signers {
			si := &s.Signers[i]
			if (si.SignedBytes() == nil) != (si.SignedAttributes == nil) {
				t.Error("got signed bytes without attributes, or none with them")
			}
			if (si.Issuer == nil) == (si.SubjectKeyID == nil) {
				t.Error("got a signer with two names or none")
			}
			_ = verify(s, si, []byte("hello"))
		}
	})
}
