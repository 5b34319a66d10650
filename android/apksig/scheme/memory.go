package scheme

import (
	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
)

// Memory is what was found out about one APK already. Classes of versions are judged one by one, and most of what
// they look at is the same. Bytes are known by where they stand: the values of pairs are read once. It is for one
// goroutine.
type Memory struct {
	checks       int // left of limits.SignatureChecks
	signatures   map[signatureAt]error
	certificates map[*byte]*x509lax.Certificate
}

type signatureAt struct {
	value, data *byte
	algorithm   uint32
}

// NewMemory returns the memory for one APK, of which at most limits.SignatureChecks signatures are checked.
func NewMemory() *Memory {
	return &Memory{checks: limits.SignatureChecks, signatures: map[signatureAt]error{}, certificates: map[*byte]*x509lax.Certificate{}}
}

// verify checks a signature, once.
func (m *Memory) verify(a sigblock.Algorithm, key *x509lax.PublicKey, data, sig []byte) error {
	if len(data) == 0 || len(sig) == 0 {
		return a.Verify(key, data, sig)
	}
	at := signatureAt{&sig[0], &data[0], a.ID}
	err, known := m.signatures[at]
	if !known {
		m.checks--
		err = a.Verify(key, data, sig)
		m.signatures[at] = err
	}
	return err
}

// certificate reads a certificate, once where it can be read.
func (m *Memory) certificate(raw []byte) (*x509lax.Certificate, error) {
	if len(raw) == 0 {
		return x509lax.ParseCertificate(raw)
	}
	if c := m.certificates[&raw[0]]; c != nil && len(c.Raw) == len(raw) {
		return c, nil
	}
	c, err := x509lax.ParseCertificate(raw)
	if err == nil {
		m.certificates[&raw[0]] = c
	}
	return c, err
}
