package scheme

import (
	"bytes"
	"errors"
	"slices"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

// Parse reads and verifies the signers of a block, which is the value of the scheme's pair in the signing block; the
// content is compared later, by CompareContent, and the version ranges by CheckRanges. id is V2, V3 or V31; the block
// keeps slices of value. What is wrong stands in the block's Errors; more signers than limits.SignersV3, or parts of one
// signer than are read, make it Cut. Messages name no content of the block but numbers. Source: V2SchemeVerifier,
// V3SchemeVerifier.
func Parse(id ID, value []byte, ctx Context) *Block {
	b := &Block{Scheme: id}
	outer := sigblock.Cursor{Rest: value}
	list := outer.Bytes()
	if outer.Err != nil {
		b.fail(b.prefix()+"MALFORMED_SIGNERS", "the list of signers does not fit its block")
		return b
	}
	if len(list) == 0 {
		b.fail(b.prefix()+"NO_SIGNERS", "the list of signers is empty")
		return b
	}
	limit := limits.SignersV3
	if id == V2 {
		limit = limits.SignersV2
	}
	elements, more, err := sigblock.Elements(list, limit)
	if more && id == V2 {
		b.fail("V2_SIG_MAX_SIGNATURES_EXCEEDED", "more than %d signers", limit)
		return b
	} else if more {
		b.Cut = true
	}
	for i, raw := range elements {
		s := &Signer{block: b, index: i}
		b.Signers = append(b.Signers, s)
		if s.parse(raw, ctx) != nil {
			s.fail("MALFORMED_SIGNER", "a length runs past the end of the signer")
			return b
		}
	}
	if err != nil {
		s := &Signer{block: b, index: len(elements)}
		s.fail("MALFORMED_SIGNER", "signer %d does not fit the list", len(elements)+1)
	}
	return b
}

// Certificates returns the certificate of each signer that has one; nil for no block.
func (b *Block) Certificates() []*x509lax.Certificate {
	if b == nil {
		return nil
	}
	var out []*x509lax.Certificate
	for _, s := range b.Signers {
		if len(s.Certificates) > 0 {
			out = append(out, s.Certificates[0])
		}
	}
	return out
}

// parse returns an error where the frame of the signer is broken; other defects are recorded.
func (s *Signer) parse(raw []byte, ctx Context) error {
	c := sigblock.Cursor{Rest: raw}
	s.signedData = c.Bytes()
	if s.block.Scheme != V2 {
		s.minSDK, s.maxSDK = int(int32(c.Uint32())), int(int32(c.Uint32()))
		if c.Err == nil && (s.minSDK < 0 || s.minSDK > s.maxSDK) {
			s.fail("INVALID_SDK_VERSIONS", "signs for Android API levels %d to %d", s.minSDK, s.maxSDK)
		}
	}
	signatures := c.Bytes()
	s.publicKey = c.Bytes()
	if c.Err != nil {
		return c.Err
	}
	if !s.readSignatures(signatures) || !s.verify(ctx) {
		return nil
	}
	return s.readSignedData(ctx)
}

func (s *Signer) readSignatures(b []byte) bool {
	var broken int
	s.signatures, broken = s.records(b)
	for _, sig := range s.signatures {
		if _, known := sigblock.FindAlgorithm(sig.ID); !known {
			s.warn(s.block.prefix()+"UNKNOWN_SIG_ALGORITHM", "signature algorithm 0x%x is unknown", sig.ID)
		}
	}
	switch {
	case broken > 0:
		s.fail("MALFORMED_SIGNATURE", "signature %d does not fit", broken)
		return false
	case len(s.signatures) == 0:
		s.fail("NO_SIGNATURES", "it holds no signature")
		return false
	}
	return true
}

// records reads a list of algorithm ids, each with the bytes that belong to it. broken is the number of the first
// element that doesn't fit, counted from 1, or 0.
func (s *Signer) records(list []byte) (out []sigblock.Signature, broken int) {
	elements, more, err := sigblock.Elements(list, limits.SignerDigests)
	s.cut(more)
	for i, e := range elements {
		c := sigblock.Cursor{Rest: e}
		r := sigblock.Signature{ID: c.Uint32(), Value: c.Bytes()}
		if c.Err != nil {
			return out, i + 1
		}
		out = append(out, r)
	}
	if err != nil {
		return out, len(elements) + 1
	}
	return out, 0
}

// verify checks every signature that some platform in the range would check.
func (s *Signer) verify(ctx Context) bool {
	low, high := ctx.MinSDK, ctx.MaxSDK
	if s.block.Scheme != V2 {
		low, high = s.minSDK, s.maxSDK
	}
	chosen := sigblock.ToVerify(s.signatures, low, high, false)
	if len(chosen) == 0 {
		s.fail("NO_SUPPORTED_SIGNATURES", "no signature by an algorithm that Android API level %d knows", low)
		return false
	}
	for _, sig := range chosen {
		a, _ := sigblock.FindAlgorithm(sig.ID)
		key, err := x509lax.ParsePublicKey(s.publicKey)
		if ctx.Memory.checks <= 0 || isLimit(err) {
			s.cut(true)
			return false
		}
		if err != nil || key.Algorithm != a.Signature.Key {
			s.fail("MALFORMED_PUBLIC_KEY", "the public key is none for %s", a.Name)
			return false
		}
		switch err := ctx.Memory.verify(a, key, s.signedData, sig.Value); {
		case errors.Is(err, x509lax.ErrMismatch):
			s.fail("DID_NOT_VERIFY", "the signature by %s is not one over its data", a.Name)
			return false
		case err != nil:
			s.fail("VERIFY_EXCEPTION", "the signature by %s can't be checked: %v", a.Name, err)
			return false
		}
		if !slices.Contains(s.content, a.Content) {
			s.content = append(s.content, a.Content)
		}
	}
	return true
}

// readSignedData reads what the signature vouches for.
func (s *Signer) readSignedData(ctx Context) error {
	c := sigblock.Cursor{Rest: s.signedData}
	digests, certificates := c.Bytes(), c.Bytes()
	if s.block.Scheme != V2 {
		s.compareSDK("MIN", s.minSDK, int(int32(c.Uint32())), c.Err)
		s.compareSDK("MAX", s.maxSDK, int(int32(c.Uint32())), c.Err)
	}
	attributes := c.Bytes()
	if c.Err != nil {
		return c.Err
	}
	ok, err := s.readCertificates(certificates, ctx)
	if err != nil || !ok || !s.readDigests(digests) {
		return err
	}
	s.readAttributes(attributes, ctx)
	return nil
}

func (s *Signer) compareSDK(which string, outer, signed int, err error) {
	if err == nil && outer != signed {
		s.failAs("V3_"+which+"_SDK_VERSION_MISMATCH_BETWEEN_SIGNER_AND_SIGNED_DATA_RECORD", "its signed data says API level %d, the signer %d", signed, outer)
	}
}

func (s *Signer) readCertificates(b []byte, ctx Context) (bool, error) {
	elements, more, err := sigblock.Elements(b, limits.SignerCertificates)
	s.cut(more)
	for i, raw := range elements {
		cert, err := ctx.Memory.certificate(raw)
		s.cut(isLimit(err))
		if err != nil {
			s.fail("MALFORMED_CERTIFICATE", "certificate %d: %v", i+1, err)
			return false, nil
		}
		s.Certificates = append(s.Certificates, cert)
	}
	switch {
	case err != nil:
		return false, err
	case len(s.Certificates) == 0:
		s.fail("NO_CERTIFICATES", "it holds no certificate")
		return false, nil
	case !bytes.Equal(s.Certificates[0].SPKI, s.publicKey):
		s.fail("PUBLIC_KEY_MISMATCH_BETWEEN_CERTIFICATE_AND_SIGNATURES_RECORD", "the public key that signed is not that of the certificate")
		return false, nil
	}
	return true, nil
}

func (s *Signer) readDigests(b []byte) bool {
	var broken int
	s.digests, broken = s.records(b)
	if broken > 0 {
		s.fail("MALFORMED_DIGEST", "digest %d does not fit", broken)
		return false
	}
	sameID := func(a, b sigblock.Signature) bool { return a.ID == b.ID }
	if !slices.EqualFunc(s.signatures, s.digests, sameID) {
		s.fail("SIG_ALG_MISMATCH_BETWEEN_SIGNATURES_AND_DIGESTS_RECORDS", "its signatures and its digests name different algorithms")
		return false
	}
	return true
}

func isLimit(err error) bool {
	var format *inventory.FormatError
	return errors.As(err, &format) && format.Limit
}
