package scheme

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// CheckRanges demands that the signers of v3 or v3.1 cover the range without gap, and that their lineages are
// parts of one, which becomes the block's Lineage. A v2 block has no ranges: it is not for it.
func (b *Block) CheckRanges(ctx Context) {
	sorted := slices.Clone(b.Signers)
	slices.SortStableFunc(sorted, func(a, b *Signer) int { return cmp.Compare(a.maxSDK, b.maxSDK) })
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

func (b *Block) checkCover(firstMin, lastMax int, ctx Context) {
	low, high := max(ctx.MinSDK, SinceV3), ctx.MaxSDK
	if b.Scheme == V31 {
		low = ctx.MaxSDK // v3.1 may begin at any level: v3 covers the rest
	} else if ctx.RotationMin > 0 {
		high = min(ctx.MaxSDK, max(ctx.RotationMin, SinceV31)-1) // v3.1 counts from SinceV31 on, whatever it says
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
func (b *Block) joinLineages() {
	for _, s := range b.Signers {
		if len(s.lineage) > len(b.Lineage) {
			b.Lineage = s.lineage
		}
	}
	for _, s := range b.Signers {
		if !b.Lineage.StartsWith(s.lineage) {
			b.fail("V3_INCONSISTENT_LINEAGES", "the rotation histories of its signers contradict each other")
			return
		}
	}
}

// LowestSDK is the lowest API level that a signer of v3 or v3.1 names, 0 where there is no block or no signer.
func (b *Block) LowestSDK() int {
	if b == nil {
		return 0
	}
	lowest := 0
	for i, s := range b.Signers {
		if i == 0 || s.minSDK < lowest {
			lowest = s.minSDK
		}
	}
	return lowest
}

// SignerAt returns the v3 or v3.1 signer of one API level, nil where none is for it. It has a certificate.
func (b *Block) SignerAt(sdk int) *Signer {
	for _, s := range b.Signers {
		if s.From() <= sdk && sdk <= s.maxSDK && len(s.Certificates) > 0 {
			return s
		}
	}
	return nil
}

// From is the first level at which a released Android takes the signer: one for a preview counts from the next on.
func (s *Signer) From() int {
	if s.devRelease && s.block.Scheme == V31 {
		return s.minSDK + 1
	}
	return s.minSDK
}
