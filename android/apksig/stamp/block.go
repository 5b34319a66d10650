package stamp

import (
	"encoding/binary"
	"errors"
	"time"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
)

// Ids of the attributes of a source stamp. Source: apksig's SourceStampConstants.
const (
	attrProofOfRotation = 0x9d6303f7
	attrTime            = 0xe43c5946
)

// readSchemes returns the list of signatures of each scheme. Of two lists for one scheme the last counts, as for
// apksig.
func (s *source) readSchemes(list []byte) (signed map[uint32][]byte, ok bool) {
	elements, more, err := sigblock.Elements(list, limits.SignerDigests)
	if more {
		return nil, s.overLimit("signature schemes")
	}
	signed = map[uint32][]byte{}
	for _, e := range elements {
		c := sigblock.Cursor{Rest: e}
		id, signatures := c.Uint32(), c.Bytes()
		if c.Err != nil {
			return nil, s.malformed()
		}
		signed[id] = signatures
	}
	if err != nil {
		return nil, s.malformed()
	}
	return signed, true
}

// verify checks every signature over data that some Android version of the range would check.
func (s *source) verify(data, list []byte, what string) (ok bool) {
	signatures, ok := s.readSignatures(list)
	if !ok {
		return false
	}
	if len(signatures) == 0 {
		return s.fail("SOURCE_STAMP_NO_SIGNATURE", "no signature of it over %s by a known algorithm", what)
	}
	chosen := sigblock.ToVerify(signatures, s.low, s.high, true)
	if len(chosen) == 0 {
		return s.fail("SOURCE_STAMP_NO_SUPPORTED_SIGNATURE", "no signature of it over %s by an algorithm that the Android versions judged know", what)
	}
	for _, sig := range chosen {
		a, _ := sigblock.FindAlgorithm(sig.ID)
		err := s.keyError
		if err == nil {
			err = a.Verify(s.key, data, sig.Value)
		}
		switch {
		case errors.Is(err, x509lax.ErrMismatch):
			return s.fail("SOURCE_STAMP_DID_NOT_VERIFY", "its signature by %s is not one over %s", a.Name, what)
		case err != nil:
			return s.fail("SOURCE_STAMP_VERIFY_EXCEPTION", "its signature by %s over %s can't be checked: %v", a.Name, what, err)
		}
	}
	return true
}

// readSignatures keeps the signatures by known algorithms.
func (s *source) readSignatures(list []byte) (known []sigblock.Signature, ok bool) {
	elements, more, err := sigblock.Elements(list, limits.SignerDigests)
	if more {
		return nil, s.overLimit("signatures")
	}
	for i, e := range elements {
		c := sigblock.Cursor{Rest: e}
		sig := sigblock.Signature{ID: c.Uint32(), Value: c.Bytes()}
		if c.Err != nil {
			return nil, s.fail("SOURCE_STAMP_MALFORMED_SIGNATURE", "signature %d does not fit", i+1)
		}
		if _, found := sigblock.FindAlgorithm(sig.ID); !found {
			s.problem(true, "SOURCE_STAMP_UNKNOWN_SIG_ALGORITHM", "signature algorithm 0x%x is unknown", []any{sig.ID})
			continue
		}
		known = append(known, sig)
	}
	if err != nil {
		return nil, s.fail("SOURCE_STAMP_MALFORMED_SIGNATURE", "signature %d does not fit", len(elements)+1)
	}
	return known, true
}

// attributes reads the signed attributes, where the block goes on after the schemes.
func (s *source) attributes(c *sigblock.Cursor) (ok bool) {
	if len(c.Rest) == 0 {
		return true
	}
	blob, signatures := c.Bytes(), c.Bytes()
	if c.Err != nil {
		return s.malformed()
	}
	if !s.verify(blob, signatures, "its attributes") {
		return false
	}
	inner := sigblock.Cursor{Rest: blob}
	list := inner.Bytes()
	if inner.Err != nil {
		return s.malformed()
	}
	elements, more, err := sigblock.Elements(list, limits.SignerAttributes)
	if more {
		return s.overLimit("attributes")
	}
	ok = true
	for i, e := range elements {
		c := sigblock.Cursor{Rest: e}
		id := c.Uint32()
		if c.Err != nil || id == attrTime && len(c.Rest) < 8 {
			return s.fail("SOURCE_STAMP_MALFORMED_ATTRIBUTE", "attribute %d does not fit", i+1)
		}
		ok = s.attribute(id, c.Rest) && ok
	}
	if err != nil {
		return s.fail("SOURCE_STAMP_MALFORMED_ATTRIBUTE", "attribute %d does not fit", len(elements)+1)
	}
	return ok
}

func (s *source) attribute(id uint32, value []byte) (ok bool) {
	switch id {
	case attrProofOfRotation:
		return s.lineage(value)
	case attrTime:
		return s.time(int64(binary.LittleEndian.Uint64(value)))
	}
	s.problem(true, "SOURCE_STAMP_UNKNOWN_ATTRIBUTE", "attribute 0x%x is unknown", []any{id})
	return true
}

// time takes the seconds since 1970 at which the stamp was made. Times that RFC 3339 can't write are left out.
func (s *source) time(seconds int64) (ok bool) {
	if seconds <= 0 {
		return s.fail("SOURCE_STAMP_INVALID_TIMESTAMP", "it was made at %d seconds after 1970", seconds)
	}
	const lastSecond = 253402300799 // of the year 9999
	if seconds <= lastSecond {
		s.stamp.Time = time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	}
	return true
}

// lineage checks the rotation history of the stamp's own key.
func (s *source) lineage(value []byte) (ok bool) {
	lineage, err := sigblock.ParseLineage(value, nil)
	switch {
	case errors.Is(err, sigblock.ErrLineageUnverified):
		return s.fail("SOURCE_STAMP_POR_DID_NOT_VERIFY", "the rotation history of its key is not signed by its own keys: %v", err)
	case errors.Is(err, sigblock.ErrLineageVersion):
		return s.fail("SOURCE_STAMP_POR_CERT_MISMATCH", "the rotation history of its key has an unknown version")
	case err != nil || len(lineage) == 0:
		return s.fail("SOURCE_STAMP_MALFORMED_LINEAGE", "the rotation history of its key does not fit")
	case lineage.Index(s.certificate) != len(lineage)-1:
		return s.fail("SOURCE_STAMP_POR_CERT_MISMATCH", "the rotation history of its key does not end with its certificate")
	}
	return true
}
