// Package stamp judges what a store adds to a build about itself: the source stamp, and the metadata that Google
// Play calls frosting. Neither proves who made the app, and neither changes whether Android installs it: a verified
// one is evidence that the store handled this very build, an absent one is evidence of nothing.
package stamp

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"appraise/android/apksig/sigblock"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

// WithoutEntry is the problem of a stamp's block in an APK without the entry that announces it, as is left when
// somebody takes the entry out. apksig's verdict has the longer name SOURCE_STAMP_SIGNATURE_BLOCK_WITHOUT_CERT_DIGEST.
const WithoutEntry = "SOURCE_STAMP_WITHOUT_ENTRY"

const (
	kindSource = "source-stamp"
	since      = 30 // API level: Android 11
	schemeV31  = 31
)

// Input is what a source stamp vouches for.
type Input struct {
	File *sigblock.File
	// Entry is the content of the ZIP entry stamp-cert-sha256, nil where there is none; empty where it can't be read.
	Entry []byte
	// MinSDK and MaxSDK are the API levels of the verdict; the stamp is judged from level 30 on.
	MinSDK, MaxSDK int
	// Digests are those that each scheme's verified signature gives, by scheme: 1 = v1, whose digest is the SHA-256
	// of META-INF/MANIFEST.MF under sigblock.ManifestSHA256; 2; 3; 31.
	Digests map[int]map[sigblock.ContentDigest][]byte
}

// VerifySource checks the source stamp: that the entry of the archive names the stamp's certificate, and that this
// certificate signed the digests of every scheme in Input but v3.1, whose v3 twin stands for it. present is false
// where the APK has neither the entry nor a block; the error tells that the file could not be read.
//
// The stamp is Verified, Invalid where something in it is wrong, or Unverifiable where one of its two halves is
// missing, where the APK itself has no verified signature to vouch for, or where a limit was hit. Problems have
// apksig's names but for WithoutEntry and SOURCE_STAMP_OVER_LIMIT.
//
// A block of the stamp's first version alone is reported and not verified: Android and apksig don't look at it.
//
// Source: apksig's V2SourceStampVerifier and SourceStampVerifier, ApkVerifier.verifySourceStamp.
func VerifySource(in Input) (s *inventory.Stamp, present bool, err error) {
	pair, found := in.File.Pair(sigblock.IDSourceStampV2)
	_, first := in.File.Pair(sigblock.IDSourceStampV1)
	v := newSource(in)
	switch {
	case in.Entry == nil && !found && !first:
		return nil, false, nil
	case !found && in.Entry == nil:
		v.unverifiable(WithoutEntry, "a stamp of the first version without the entry that announces it")
		return v.stamp, true, nil
	case !found && first:
		v.unverifiable("SOURCE_STAMP_SIG_MISSING", "its stamp is of the first version alone, which Android does not read")
		return v.stamp, true, nil
	case !found:
		v.unverifiable("SOURCE_STAMP_SIG_MISSING", "the archive announces a stamp and there is none")
		return v.stamp, true, nil
	}
	value, err := in.File.Value(pair)
	if err != nil {
		return nil, true, err
	}
	v.block(value)
	return v.stamp, true, nil
}

// source is the judgement of one stamp.
type source struct {
	in          Input
	low, high   int // API levels
	stamp       *inventory.Stamp
	certificate *x509lax.Certificate
	key         *x509lax.PublicKey
	keyError    error
}

func newSource(in Input) *source {
	return &source{in: in, low: max(in.MinSDK, since), high: in.MaxSDK, stamp: &inventory.Stamp{Kind: kindSource}}
}

// problem records what is worth telling, once.
func (s *source) problem(warning bool, id, format string, args []any) {
	p := inventory.SignatureProblem{ID: id, Message: fmt.Sprintf(format, args...), Warning: warning}
	if !slices.Contains(s.stamp.Problems, p) {
		s.stamp.Problems = append(s.stamp.Problems, p)
	}
}

// fail records a defect. It returns false, for callers that go on where all is well.
func (s *source) fail(id, format string, args ...any) bool {
	s.stamp.State = inventory.Invalid
	s.problem(false, id, format, args)
	return false
}

// unverifiable records why there can be no verdict. It returns false, too.
func (s *source) unverifiable(id, format string, args ...any) bool {
	s.stamp.State = inventory.Unverifiable
	s.problem(false, id, format, args)
	return false
}

func (s *source) overLimit(what string) bool {
	return s.unverifiable("SOURCE_STAMP_OVER_LIMIT", "more %s than are read", what)
}

func (s *source) malformed() bool {
	return s.fail("SOURCE_STAMP_MALFORMED_SIGNATURE", "a length runs past the end of the stamp")
}

// block judges the value of the stamp's pair.
func (s *source) block(value []byte) {
	outer := sigblock.Cursor{Rest: value}
	c := sigblock.Cursor{Rest: outer.Bytes()}
	encoded := c.Bytes()
	if outer.Err != nil || c.Err != nil {
		s.malformed()
		return
	}
	if s.readCertificate(encoded) && s.schemes(&c) && s.attributes(&c) {
		s.stamp.State = inventory.Verified
	}
}

// readCertificate takes the certificate of the block where it is the one that the archive's entry names.
func (s *source) readCertificate(encoded []byte) (ok bool) {
	c, err := x509lax.ParseCertificate(encoded)
	if err != nil {
		return s.fail("SOURCE_STAMP_MALFORMED_CERTIFICATE", "its certificate can't be read: %v", err)
	}
	s.stamp.SHA256 = c.SHA256()
	sum := sha256.Sum256(encoded)
	switch {
	case s.in.Entry == nil:
		return s.unverifiable(WithoutEntry, "a stamp without the entry that announces it")
	case !bytes.Equal(sum[:], s.in.Entry):
		return s.fail("SOURCE_STAMP_CERTIFICATE_MISMATCH_BETWEEN_SIGNATURE_BLOCK_AND_APK", "its certificate is not the one that the archive announces")
	}
	s.certificate = c
	s.key, s.keyError = c.PublicKey()
	return true
}

// schemes checks that the stamp vouches for the digests of every scheme by which the APK verified.
func (s *source) schemes(c *sigblock.Cursor) (ok bool) {
	list := c.Bytes()
	if c.Err != nil {
		return s.malformed()
	}
	signed, ok := s.readSchemes(list)
	if !ok {
		return false
	}
	judged := 0
	for _, scheme := range slices.Sorted(maps.Keys(s.in.Digests)) {
		if scheme == schemeV31 {
			continue
		}
		signatures, ok := signed[uint32(scheme)]
		if !ok {
			return s.fail("SOURCE_STAMP_NO_SIGNATURE", "it says nothing about the v%d signature", scheme)
		}
		if !s.verify(digestRecords(s.in.Digests[scheme]), signatures, fmt.Sprintf("the v%d signature", scheme)) {
			return false
		}
		judged++
	}
	if judged == 0 {
		return s.unverifiable("SOURCE_STAMP_NO_SIGNATURE", "the APK has no verified signature that a stamp could vouch for")
	}
	return true
}

// digestRecords is what the stamp signs for one scheme: its digests in the order of their ids.
func digestRecords(digests map[sigblock.ContentDigest][]byte) []byte {
	var out []byte
	for _, id := range slices.Sorted(maps.Keys(digests)) {
		d := digests[id]
		out = binary.LittleEndian.AppendUint32(out, uint32(8+len(d)))
		out = binary.LittleEndian.AppendUint32(out, uint32(id))
		out = binary.LittleEndian.AppendUint32(out, uint32(len(d)))
		out = append(out, d...)
	}
	return out
}
