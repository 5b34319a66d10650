package scheme

import (
	"encoding/binary"
	"errors"
	"slices"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
)

// Ids of the attributes inside a signer's signed data. Source: apksig's V2SchemeConstants, V3SchemeConstants.
const (
	attrStrippingProtection = 0xbeeff00d // v2: a scheme that must be there, too
	attrProofOfRotation     = 0x3ba06f8c
	attrRotationMinSDK      = 0x559f8b02 // v3: the lowest level of the v3.1 block, which must be there
	attrTargetsDevRelease   = 0xc2a6b3ba // v3.1
)

func (s *Signer) readAttributes(b []byte, ctx Context) {
	elements, more, err := sigblock.Elements(b, limits.SignerAttributes)
	s.cut(more)
	var rotation, missing bool
	for i, e := range elements {
		c := sigblock.Cursor{Rest: e}
		id := c.Uint32()
		ok := c.Err == nil
		if ok && s.block.Scheme == V2 {
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
	case s.block.Scheme == V3 && ctx.RotationMin > 0 && !rotation:
		s.warn("V31_ROTATION_MIN_SDK_ATTR_MISSING", "nothing would show that the v3.1 signature was taken out")
	}
}

func (s *Signer) attributeV2(id uint32, value []byte, ctx Context, missing *bool) bool {
	if id != attrStrippingProtection {
		s.warn("V2_SIG_UNKNOWN_ADDITIONAL_ATTRIBUTE", "attribute 0x%x is unknown", id)
		return true
	}
	if len(value) < 4 {
		return false
	}
	switch named := ID(binary.LittleEndian.Uint32(value)); {
	case !supported(named, ctx.MaxSDK):
		s.warn("V2_SIG_UNKNOWN_APK_SIG_SCHEME_ID", "it names signature scheme %d", int(int32(named)))
	case !slices.Contains(ctx.Found, named):
		*missing = true
	}
	return true
}

// supported reports whether the newest Android of the range knows the scheme that a mark names.
func supported(id ID, maxSDK int) bool {
	return id == V2 && maxSDK >= SinceV2 && maxSDK < SinceV3 || (id == V2 || id == V3) && maxSDK >= SinceV3
}

func (s *Signer) attributeV3(id uint32, value []byte, ctx Context) bool {
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
		if s.block.Scheme == V3 {
			s.warn("V31_ROTATION_TARGETS_DEV_RELEASE_ATTR_ON_V3_SIGNER", "it targets an unreleased Android, which only v3.1 can")
		}
	default:
		s.warn("V3_SIG_UNKNOWN_ADDITIONAL_ATTRIBUTE", "attribute 0x%x is unknown", id)
	}
	return true
}

func (s *Signer) readLineage(value []byte, ctx Context) {
	lineage, err := sigblock.ParseLineage(value, &ctx.Memory.checks)
	switch {
	case errors.Is(err, sigblock.ErrLineageLimit):
		s.cut(true)
	case errors.Is(err, sigblock.ErrLineageUnverified):
		s.fail("POR_DID_NOT_VERIFY", "its rotation history is not signed by its own keys: %v", err)
	case errors.Is(err, sigblock.ErrLineageVersion):
		s.fail("POR_CERT_MISMATCH", "its rotation history has an unknown version")
	case err != nil || len(lineage) == 0:
		s.fail("MALFORMED_LINEAGE", "its rotation history does not fit")
	case lineage.Index(s.Certificates[0]) != len(lineage)-1:
		s.fail("POR_CERT_MISMATCH", "its rotation history does not end with its certificate")
	default:
		s.lineage = lineage
	}
}

// readRotationMin checks the mark by which a v3 signer shows that a v3.1 signature belongs to it.
func (s *Signer) readRotationMin(value []byte, ctx Context) bool {
	if ctx.MaxSDK < SinceV31 {
		return true
	}
	if len(value) < 4 {
		return false
	}
	switch named := int(int32(binary.LittleEndian.Uint32(value))); {
	case s.block.Scheme == V31 || ctx.RotationMin == 0:
		s.failAs("V31_BLOCK_MISSING", "its key changes at API level %d by a v3.1 signature, and that is gone", named)
	case named != ctx.RotationMin:
		s.failAs("V31_ROTATION_MIN_SDK_MISMATCH", "its key changes at API level %d, the v3.1 signature begins at %d", named, ctx.RotationMin)
	}
	return true
}
