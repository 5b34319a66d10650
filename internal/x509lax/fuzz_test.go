package x509lax

import (
	"crypto"
	"errors"
	"testing"

	"appraise/inventory"
)

// FuzzParseCertificate reads, prints and verifies: nothing panics, every error of reading is a FormatError.
func FuzzParseCertificate(f *testing.F) {
	for _, name := range []string{"rsa.der", "ec.der", "dsa.der"} {
		f.Add(read(f, "testdata", name), []byte{0x30, 6, 2, 1, 1, 2, 1, 1})
	}
	f.Add(fromFixture(f).build(), make([]byte, 128))
	for _, tc := range refused {
		f.Add(changed(f, tc.change), []byte(nil))
	}
	for _, tc := range odd {
		f.Add(changed(f, tc.change), []byte(nil))
	}
	f.Fuzz(func(t *testing.T, b, sig []byte) {
		c, err := ParseCertificate(b)
		if err != nil {
			checkFormat(t, err)
			return
		}
		if string(c.Raw) != string(b) {
			t.Error("got other bytes in Raw")
		}
		_ = c.SubjectText() + c.KeyText() + c.SHA256() + c.JavaHash()
		SameName(c.Issuer, c.Subject)
		key, err := c.PublicKey()
		if err != nil {
			checkFormat(t, err)
			return
		}
		for _, alg := range []SignatureAlgorithm{
			{Key: key.Algorithm, Hash: crypto.SHA1}, {Key: key.Algorithm, Hash: crypto.SHA256}, {Key: RSA, Hash: crypto.SHA512, PSS: true},
		} {
			_ = key.Verify(alg, make([]byte, alg.Hash.Size()), sig)
		}
	})
}

func checkFormat(t *testing.T, err error) {
	t.Helper()
	var format *inventory.FormatError
	if !errors.As(err, &format) {
		t.Errorf("got %v, want a FormatError", err)
	}
}
