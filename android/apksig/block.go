package apksig

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

// Ids of the attributes inside a signer's signed data.
const (
	attrStrippingProtection = 0xbeeff00d // v2: a scheme that must be there, too
	attrProofOfRotation     = 0x3ba06f8c
	attrRotationMinSDK      = 0x559f8b02 // v3: the lowest level of the v3.1 block, which must be there
	attrTargetsDevRelease   = 0xc2a6b3ba // v3.1
)

// block is what one of the schemes v2, v3 and v3.1 says of the APK.
type block struct {
	scheme   schemeID
	pair     sigblock.Pair
	signers  []*signer
	lineage  sigblock.Lineage // v3, v3.1: the longest of the signers'
	errors   []Issue
	warnings []Issue
	cut      bool // a limit was hit: no verdict is possible
}

// signer is one signer of a block. Its defects are the block's.
type signer struct {
	*block
	index        int
	signedData   []byte
	minSDK       int // v3, v3.1
	maxSDK       int
	signatures   []sigblock.Signature
	publicKey    []byte
	certificates []*x509lax.Certificate
	digests      []sigblock.Signature // by signature algorithm
	devRelease   bool
	lineage      sigblock.Lineage
	content      []sigblock.ContentDigest // digests that verified signatures vouch for
}

func (b *block) prefix() string {
	if b.scheme == schemeV2 {
		return "V2_SIG_"
	}
	return "V3_SIG_"
}

func (b *block) fail(id, format string, args ...any) {
	b.errors = append(b.errors, Issue{ID: id, Message: fmt.Sprintf(format, args...), Where: b.scheme.String()})
}

func (s *signer) where() string { return fmt.Sprintf("%s signer %d", s.scheme, s.index+1) }

// fail records an error of this signer. name is without the scheme's prefix.
func (s *signer) fail(name, format string, args ...any) {
	s.failAs(s.prefix()+name, format, args...)
}

func (s *signer) failAs(id, format string, args ...any) {
	s.errors = append(s.errors, Issue{ID: id, Message: fmt.Sprintf(format, args...), Where: s.where()})
}

func (s *signer) warn(id, format string, args ...any) {
	if len(s.warnings) >= limits.SignatureIssues {
		return
	}
	s.warnings = append(s.warnings, Issue{ID: id, Message: fmt.Sprintf(format, args...), Where: s.where()})
}

// context is what the judgement of a block depends on beside its bytes.
type context struct {
	Range
	found       []schemeID // newer schemes whose block is there
	rotationMin int        // v3: the lowest level of the v3.1 block's signers, 0 where there is none
	memory      *memory
}

// memory is what was found out about one APK already. Classes of versions are judged one by one, and most of what
// they look at is the same. Bytes are known by where they stand: the values of pairs are read once.
type memory struct {
	checks       int // left of limits.SignatureChecks
	signatures   map[signatureAt]error
	certificates map[*byte]*x509lax.Certificate
}

type signatureAt struct {
	value, data *byte
	algorithm   uint32
}

func newMemory() *memory {
	return &memory{checks: limits.SignatureChecks, signatures: map[signatureAt]error{}, certificates: map[*byte]*x509lax.Certificate{}}
}

// verify checks a signature, once.
func (m *memory) verify(a sigblock.Algorithm, key *x509lax.PublicKey, data, sig []byte) error {
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
func (m *memory) certificate(raw []byte) (*x509lax.Certificate, error) {
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

// parseBlock reads and verifies the signers of a block; the content is compared later. Messages name no
// content of the block but numbers. Source: V2SchemeVerifier, V3SchemeVerifier.
func parseBlock(scheme schemeID, pair sigblock.Pair, value []byte, ctx context) *block {
	b := &block{scheme: scheme, pair: pair}
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
	if scheme == schemeV2 {
		limit = limits.SignersV2
	}
	elements, more, err := sigblock.Elements(list, limit)
	if more && scheme == schemeV2 {
		b.fail("V2_SIG_MAX_SIGNATURES_EXCEEDED", "more than %d signers", limit)
		return b
	} else if more {
		b.cut = true
	}
	for i, raw := range elements {
		s := &signer{block: b, index: i}
		b.signers = append(b.signers, s)
		if s.parse(raw, ctx) != nil {
			s.fail("MALFORMED_SIGNER", "a length runs past the end of the signer")
			return b
		}
	}
	if err != nil {
		s := &signer{block: b, index: len(elements)}
		s.fail("MALFORMED_SIGNER", "signer %d does not fit the list", len(elements)+1)
	}
	return b
}

// parse returns an error where the frame of the signer is broken; other defects are recorded.
func (s *signer) parse(raw []byte, ctx context) error {
	c := sigblock.Cursor{Rest: raw}
	s.signedData = c.Bytes()
	if s.scheme != schemeV2 {
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

func (s *signer) readSignatures(b []byte) bool {
	elements, more, err := sigblock.Elements(b, limits.SignerDigests)
	s.cut = s.cut || more
	for i, e := range elements {
		sig, ok := record(e)
		if !ok {
			s.fail("MALFORMED_SIGNATURE", "signature %d does not fit", i+1)
			return false
		}
		s.signatures = append(s.signatures, sig)
		if _, known := sigblock.FindAlgorithm(sig.ID); !known {
			s.warn(s.prefix()+"UNKNOWN_SIG_ALGORITHM", "signature algorithm 0x%x is unknown", sig.ID)
		}
	}
	switch {
	case err != nil:
		s.fail("MALFORMED_SIGNATURE", "signature %d does not fit", len(elements)+1)
		return false
	case len(s.signatures) == 0:
		s.fail("NO_SIGNATURES", "it holds no signature")
		return false
	}
	return true
}

// record reads an algorithm id and the bytes that belong to it.
func record(e []byte) (sigblock.Signature, bool) {
	c := sigblock.Cursor{Rest: e}
	sig := sigblock.Signature{ID: c.Uint32(), Value: c.Bytes()}
	return sig, c.Err == nil
}

// verify checks every signature that some platform in the range would check.
func (s *signer) verify(ctx context) bool {
	low, high := ctx.Min, ctx.Max
	if s.scheme != schemeV2 {
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
		if ctx.memory.checks <= 0 || isLimit(err) {
			s.cut = true
			return false
		}
		if err != nil || key.Algorithm != a.Signature.Key {
			s.fail("MALFORMED_PUBLIC_KEY", "the public key is none for %s", a.Name)
			return false
		}
		switch err := ctx.memory.verify(a, key, s.signedData, sig.Value); {
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
func (s *signer) readSignedData(ctx context) error {
	c := sigblock.Cursor{Rest: s.signedData}
	digests, certificates := c.Bytes(), c.Bytes()
	if s.scheme != schemeV2 {
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

func (s *signer) compareSDK(which string, outer, signed int, err error) {
	if err == nil && outer != signed {
		s.failAs("V3_"+which+"_SDK_VERSION_MISMATCH_BETWEEN_SIGNER_AND_SIGNED_DATA_RECORD", "its signed data says API level %d, the signer %d", signed, outer)
	}
}

func (s *signer) readCertificates(b []byte, ctx context) (bool, error) {
	elements, more, err := sigblock.Elements(b, limits.SignerCertificates)
	s.cut = s.cut || more
	for i, raw := range elements {
		cert, err := ctx.memory.certificate(raw)
		if isLimit(err) {
			s.cut = true
		}
		if err != nil {
			s.fail("MALFORMED_CERTIFICATE", "certificate %d: %v", i+1, err)
			return false, nil
		}
		s.certificates = append(s.certificates, cert)
	}
	switch {
	case err != nil:
		return false, err
	case len(s.certificates) == 0:
		s.fail("NO_CERTIFICATES", "it holds no certificate")
		return false, nil
	case !bytes.Equal(s.certificates[0].SPKI, s.publicKey):
		s.fail("PUBLIC_KEY_MISMATCH_BETWEEN_CERTIFICATE_AND_SIGNATURES_RECORD", "the public key that signed is not that of the certificate")
		return false, nil
	}
	return true, nil
}

func (s *signer) readDigests(b []byte) bool {
	elements, more, err := sigblock.Elements(b, limits.SignerDigests)
	s.cut = s.cut || more
	for i, e := range elements {
		d, ok := record(e)
		if !ok {
			s.fail("MALFORMED_DIGEST", "digest %d does not fit", i+1)
			return false
		}
		s.digests = append(s.digests, d)
	}
	if err != nil {
		s.fail("MALFORMED_DIGEST", "digest %d does not fit", len(elements)+1)
		return false
	}
	sameID := func(a, b sigblock.Signature) bool { return a.ID == b.ID }
	if !slices.EqualFunc(s.signatures, s.digests, sameID) {
		s.fail("SIG_ALG_MISMATCH_BETWEEN_SIGNATURES_AND_DIGESTS_RECORDS", "its signatures and its digests name different algorithms")
		return false
	}
	return true
}

func (s *signer) readAttributes(b []byte, ctx context) {
	elements, more, err := sigblock.Elements(b, limits.SignerAttributes)
	s.cut = s.cut || more
	var rotation, missing bool
	for i, e := range elements {
		c := sigblock.Cursor{Rest: e}
		id := c.Uint32()
		ok := c.Err == nil
		if ok && s.scheme == schemeV2 {
			ok = s.attributeV2(id, c.Rest, ctx, &missing)
		} else if ok {
			ok = s.attributeV3(id, c.Rest, ctx)
			rotation = rotation || id == attrRotationMinSDK
		}
		if !ok {
			s.fail("MALFORMED_ADDITIONAL_ATTRIBUTE", "attribute %d does not fit", i+1)
			return
		}
	}
	switch {
	case err != nil:
		s.fail("MALFORMED_ADDITIONAL_ATTRIBUTE", "attribute %d does not fit", len(elements)+1)
	case missing:
		s.fail("MISSING_APK_SIG_REFERENCED", "it was signed with scheme v3, too, and that signature is gone")
	case s.scheme == schemeV3 && ctx.rotationMin > 0 && !rotation:
		s.warn("V31_ROTATION_MIN_SDK_ATTR_MISSING", "nothing would show that the v3.1 signature was taken out")
	}
}

func (s *signer) attributeV2(id uint32, value []byte, ctx context, missing *bool) bool {
	if id != attrStrippingProtection {
		s.warn("V2_SIG_UNKNOWN_ADDITIONAL_ATTRIBUTE", "attribute 0x%x is unknown", id)
		return true
	}
	if len(value) < 4 {
		return false
	}
	switch named := schemeID(binary.LittleEndian.Uint32(value)); {
	case !supported(named, ctx.Max):
		s.warn("V2_SIG_UNKNOWN_APK_SIG_SCHEME_ID", "it names signature scheme %d", int(int32(named)))
	case !slices.Contains(ctx.found, named):
		*missing = true
	}
	return true
}

// supported reports whether the newest Android of the range knows the scheme that a mark names.
func supported(s schemeID, maxSDK int) bool {
	return s == schemeV2 && maxSDK >= sdkN && maxSDK < sdkP || (s == schemeV2 || s == schemeV3) && maxSDK >= sdkP
}

func (s *signer) attributeV3(id uint32, value []byte, ctx context) bool {
	switch id {
	case attrProofOfRotation:
		if s.lineage != nil {
			return false // Android takes one
		}
		s.readLineage(value, ctx)
	case attrRotationMinSDK:
		return s.readRotationMin(value, ctx)
	case attrTargetsDevRelease:
		s.devRelease = true
		if s.scheme == schemeV3 {
			s.warn("V31_ROTATION_TARGETS_DEV_RELEASE_ATTR_ON_V3_SIGNER", "it targets an unreleased Android, which only v3.1 can")
		}
	default:
		s.warn("V3_SIG_UNKNOWN_ADDITIONAL_ATTRIBUTE", "attribute 0x%x is unknown", id)
	}
	return true
}

func (s *signer) readLineage(value []byte, ctx context) {
	lineage, err := sigblock.ParseLineage(value, &ctx.memory.checks)
	switch {
	case errors.Is(err, sigblock.ErrLineageLimit):
		s.cut = true
	case errors.Is(err, sigblock.ErrLineageUnverified):
		s.fail("POR_DID_NOT_VERIFY", "its rotation history is not signed by its own keys: %v", err)
	case errors.Is(err, sigblock.ErrLineageVersion):
		s.fail("POR_CERT_MISMATCH", "its rotation history has an unknown version")
	case err != nil || len(lineage) == 0:
		s.fail("MALFORMED_LINEAGE", "its rotation history does not fit")
	case lineage.Index(s.certificates[0]) != len(lineage)-1:
		s.fail("POR_CERT_MISMATCH", "its rotation history does not end with its certificate")
	default:
		s.lineage = lineage
	}
}

// readRotationMin checks the mark by which a v3 signer shows that a v3.1 signature belongs to it.
func (s *signer) readRotationMin(value []byte, ctx context) bool {
	if ctx.Max < sdkT {
		return true
	}
	if len(value) < 4 {
		return false
	}
	switch named := int(int32(binary.LittleEndian.Uint32(value))); {
	case s.scheme == schemeV31 || ctx.rotationMin == 0:
		s.failAs("V31_BLOCK_MISSING", "its key changes at API level %d by a v3.1 signature, and that is gone", named)
	case named != ctx.rotationMin:
		s.failAs("V31_ROTATION_MIN_SDK_MISMATCH", "its key changes at API level %d, the v3.1 signature begins at %d", named, ctx.rotationMin)
	}
	return true
}

// checkRanges demands that the signers of v3 or v3.1 cover the range without gap, and that their lineages are
// parts of one.
func (b *block) checkRanges(ctx context) {
	sorted := slices.Clone(b.signers)
	slices.SortStableFunc(sorted, func(a, b *signer) int { return cmp.Compare(a.maxSDK, b.maxSDK) })
	firstMin, lastMax, longest := 0, 0, 0
	for i, s := range sorted {
		// Of signers with the same upper end apksig keeps the last; Android refuses several for one version.
		if i > 0 && sorted[i-1].maxSDK == s.maxSDK {
			b.fail("V3_INCONSISTENT_SDK_VERSIONS", "two signers are for the same Android versions, up to API level %s", level(s.maxSDK))
			continue
		}
		switch {
		case firstMin == 0:
			firstMin = s.minSDK
		case s.minSDK != lastMax+1 && !(s.minSDK == lastMax && s.devRelease):
			b.fail("V3_INCONSISTENT_SDK_VERSIONS", "its signers leave a gap or overlap at API level %d", s.minSDK)
		}
		lastMax = s.maxSDK
		if s.lineage != nil {
			if len(s.lineage) < longest {
				b.fail("V3_INCONSISTENT_LINEAGES", "a later signer has a shorter rotation history")
			}
			longest = max(longest, len(s.lineage))
		}
	}
	b.checkCover(firstMin, lastMax, ctx)
	b.joinLineages()
}

func (b *block) checkCover(firstMin, lastMax int, ctx context) {
	low, high := max(ctx.Min, sdkP), ctx.Max
	if b.scheme == schemeV31 {
		low = ctx.Max // v3.1 may begin at any level: v3 covers the rest
	} else if ctx.rotationMin > 0 {
		high = min(ctx.Max, max(ctx.rotationMin, sdkT)-1) // v3.1 counts from sdkT on, whatever it says
	}
	if firstMin > low || lastMax < high {
		b.fail("V3_MISSING_SDK_VERSIONS", "its signers cover API levels %d to %s only", firstMin, level(lastMax))
	}
}

func level(sdk int) string {
	if sdk == math.MaxInt32 {
		return "newest"
	}
	return fmt.Sprint(sdk)
}

// joinLineages takes the longest lineage and demands that all others are its beginning.
func (b *block) joinLineages() {
	for _, s := range b.signers {
		if len(s.lineage) > len(b.lineage) {
			b.lineage = s.lineage
		}
	}
	for _, s := range b.signers {
		if !b.lineage.StartsWith(s.lineage) {
			b.fail("V3_INCONSISTENT_LINEAGES", "the rotation histories of its signers contradict each other")
			return
		}
	}
}

// compareContent compares the digests that verified signatures vouch for with the content.
func (b *block) compareContent(f *sigblock.File) error {
	var kinds []sigblock.ContentDigest
	for _, s := range b.signers {
		kinds = append(kinds, s.content...)
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	actual, err := f.Digests(kinds...)
	if errors.Is(err, sigblock.ErrAlignment) {
		return &inventory.FormatError{Offset: f.BlockStart, Message: err.Error()}
	}
	if err != nil {
		return err
	}
	for _, s := range b.signers {
		for _, d := range s.digests {
			a, known := sigblock.FindAlgorithm(d.ID)
			if known && slices.Contains(kinds, a.Content) && !bytes.Equal(d.Value, actual[a.Content]) {
				s.fail("APK_DIGEST_DID_NOT_VERIFY", "the content is not what was signed: its %s digest is %x, signed was %s", a.Content, actual[a.Content], shortHex(d.Value))
			}
		}
	}
	return nil
}

func isLimit(err error) bool {
	var format *inventory.FormatError
	return errors.As(err, &format) && format.Limit
}

// shortHex keeps a message short where an artifact's digest is longer than any digest.
func shortHex(b []byte) string {
	if len(b) > 64 {
		return fmt.Sprintf("%x… (%d bytes)", b[:64], len(b))
	}
	return fmt.Sprintf("%x", b)
}
