package sigblock

import (
	"bytes"
	"errors"
	"fmt"

	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

// Flags of a lineage's node: what the certificate may still do after it was replaced.
const (
	FlagInstalledData uint32 = 1
	FlagSharedUserID  uint32 = 2
	FlagPermission    uint32 = 4
	FlagRollback      uint32 = 8
	FlagAuth          uint32 = 16
)

// The ways in which a lineage fails, as apksig tells them apart.
var (
	ErrLineageMalformed  = errors.New("malformed signing certificate lineage")
	ErrLineageUnverified = errors.New("signing certificate lineage did not verify")
	// ErrLineageVersion: apksig reports an unknown version like a certificate that isn't in the lineage.
	ErrLineageVersion = errors.New("unknown version of signing certificate lineage")
	// ErrLineageLimit: it has more certificates than are checked.
	ErrLineageLimit = errors.New("signing certificate lineage is too long")
)

// Lineage is a verified rotation history, the oldest certificate first.
type Lineage []Node

// Node is one certificate of a lineage. Algorithm is what it signs its successor with; it and the flags stand
// outside the bytes that the predecessor signed.
type Node struct {
	Certificate *x509lax.Certificate
	Flags       uint32
	Algorithm   uint32
	Signature   []byte
	parent      uint32
}

// ParseLineage reads the value of a proof-of-rotation attribute and verifies each certificate with the key of
// the one before it. The error wraps one of those above. checks is what is left of limits.SignatureChecks, nil for
// all of them; each certificate takes one off. Source: V3SigningCertificateLineage.
func ParseLineage(b []byte, checks *int) (Lineage, error) {
	if checks == nil {
		all := limits.SignatureChecks
		checks = &all
	}
	c := Cursor{Rest: b}
	version := c.Uint32()
	if c.Err != nil {
		return nil, ErrLineageMalformed
	}
	if version != 1 {
		return nil, fmt.Errorf("%w: %d", ErrLineageVersion, version)
	}
	var out Lineage
	for len(c.Rest) > 0 {
		raw := c.Bytes()
		if c.Err != nil {
			return nil, ErrLineageMalformed
		}
		if *checks--; len(out) == limits.LineageNodes || *checks < 0 {
			return nil, ErrLineageLimit
		}
		node, err := out.next(raw)
		if err != nil {
			return nil, fmt.Errorf("%w (certificate %d)", err, len(out)+1)
		}
		out = append(out, node)
	}
	return out, nil
}

// next reads the node after the lineage and verifies it.
func (l Lineage) next(raw []byte) (Node, error) {
	c := Cursor{Rest: raw}
	signedData := c.Bytes()
	node := Node{Flags: c.Uint32(), Algorithm: c.Uint32(), Signature: c.Bytes()}
	inner := Cursor{Rest: signedData}
	encoded := inner.Bytes()
	node.parent = inner.Uint32()
	if c.Err != nil || inner.Err != nil {
		return node, ErrLineageMalformed
	}
	if len(l) > 0 {
		if err := l[len(l)-1].verify(signedData, node); err != nil {
			return node, err
		}
	}
	cert, err := x509lax.ParseCertificate(encoded)
	var format *inventory.FormatError
	if errors.As(err, &format) && format.Limit {
		return node, ErrLineageLimit
	}
	if err != nil {
		return node, ErrLineageUnverified // apksig: "failed to decode certificate" is a SecurityException
	}
	for _, old := range l {
		if bytes.Equal(old.Certificate.Raw, cert.Raw) {
			return node, ErrLineageUnverified
		}
	}
	node.Certificate = cert
	return node, nil
}

// verify checks that n signed the certificate of the next node.
func (n Node) verify(signedData []byte, next Node) error {
	a, ok := FindAlgorithm(n.Algorithm)
	if !ok {
		return ErrLineageMalformed
	}
	key, err := n.Certificate.PublicKey()
	if err != nil || a.Verify(key, signedData, next.Signature) != nil || next.parent != n.Algorithm {
		return ErrLineageUnverified
	}
	return nil
}

// Index returns the place of a certificate in the lineage, -1 where it is not in it.
func (l Lineage) Index(c *x509lax.Certificate) int {
	for i := range l {
		if bytes.Equal(l[i].Certificate.Raw, c.Raw) {
			return i
		}
	}
	return -1
}

// StartsWith reports whether shorter is the beginning of the lineage, flags and signatures included.
func (l Lineage) StartsWith(shorter Lineage) bool {
	if len(shorter) > len(l) {
		return false
	}
	for i, n := range shorter {
		m := l[i]
		if !bytes.Equal(n.Certificate.Raw, m.Certificate.Raw) || n.Flags != m.Flags || n.Algorithm != m.Algorithm ||
			n.parent != m.parent || !bytes.Equal(n.Signature, m.Signature) {
			return false
		}
	}
	return true
}
