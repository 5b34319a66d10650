package apksig

import (
	"slices"

	"appraise/inventory"
)

// platform is what one class of Android versions does with the APK.
type platform struct {
	Range
	run    *run
	state  inventory.SignatureState
	scheme schemeID // 0: none found
	// signers are the certificates' SHA-256.
	signers []string
}

// Where Android's way to check signatures changed: new schemes, and algorithms that v1 came to know.
var schemeLevels = []int{sdkN, sdkP, sdkT}
var algorithmLevels = []int{9, 18, 21}

// platforms tells what each class of versions in the range does. Where the whole range verified, the one run
// tells it; otherwise each class is judged alone, so that an APK which only old versions refuse is not taken for
// one that was changed.
func (v *verifier) platforms(whole *run) ([]platform, error) {
	levels := schemeLevels
	for _, b := range []*block{whole.v3, whole.v31} {
		if b != nil && whole.verified() {
			for _, s := range b.signers {
				levels = append(levels[:len(levels):len(levels)], s.minSDK)
			}
		}
	}
	if !whole.verified() {
		levels = append(algorithmLevels[:len(algorithmLevels):len(algorithmLevels)], schemeLevels...)
	}
	var out []platform
	for _, rng := range split(whole.Range, levels) {
		r := whole
		if !whole.verified() && rng != whole.Range {
			var err error
			if r, err = v.run(rng); err != nil {
				return nil, err
			}
		}
		out = append(out, v.platform(rng, r))
	}
	return merged(out), nil
}

// split cuts a range at the levels that lie in it.
func split(rng Range, levels []int) []Range {
	levels = slices.Clone(levels)
	slices.Sort(levels)
	var out []Range
	for _, at := range slices.Compact(levels) {
		if at > rng.Min && at <= rng.Max {
			out = append(out, Range{rng.Min, at - 1})
			rng.Min = at
		}
	}
	return append(out, rng)
}

// merged joins neighbours that do the same.
func merged(list []platform) []platform {
	out := list[:1]
	for _, p := range list[1:] {
		last := &out[len(out)-1]
		if last.state == p.state && last.scheme == p.scheme && slices.Equal(last.signers, p.signers) {
			last.Max = p.Max
			continue
		}
		out = append(out, p)
	}
	return out
}

func (v *verifier) platform(rng Range, r *run) platform {
	p := platform{Range: rng, run: r, state: v.state(r)}
	switch {
	case rng.Max >= sdkT && r.v31 != nil && r.v31.covers(rng.Max):
		p.scheme, p.signers = schemeV31, r.v31.signersAt(rng.Max)
	case rng.Max >= sdkP && r.v3 != nil:
		p.scheme, p.signers = schemeV3, r.v3.signersAt(rng.Max)
	case rng.Max >= sdkN && r.v2 != nil:
		p.scheme, p.signers = schemeV2, digests(certificatesOf(r.v2))
	case r.v1 != nil && p.state != inventory.Unsigned:
		p.scheme, p.signers = schemeV1, digests(r.v1Certificates())
	}
	if p.state != inventory.Verified && p.state != inventory.Partial {
		p.signers = nil
	}
	return p
}

func (b *block) covers(sdk int) bool { return len(b.signersAt(sdk)) > 0 }

// signersAt returns the signer of one API level.
func (b *block) signersAt(sdk int) []string {
	for _, s := range b.signers {
		if s.minSDK <= sdk && sdk <= s.maxSDK && len(s.certificates) > 0 {
			return []string{s.certificates[0].SHA256()}
		}
	}
	return nil
}

// Errors that say no more than that there is no signature, or none that the versions of the range know.
var (
	absent = []string{"JAR_SIG_NO_MANIFEST", "JAR_SIG_NO_SIGNATURES", "NO_SIG_FOR_TARGET_SANDBOX_VERSION", "MIN_SIG_SCHEME_FOR_TARGET_SDK_NOT_MET"}
	tooNew = []string{"JAR_SIG_UNSUPPORTED_SIG_ALG", "V2_SIG_NO_SUPPORTED_SIGNATURES", "V3_SIG_NO_SUPPORTED_SIGNATURES"}
)

// state is the verdict of one run in the words of the inventory. Unverifiable: the versions of the range don't
// know the algorithm.
func (v *verifier) state(r *run) inventory.SignatureState {
	failures := r.failures()
	only := func(ids []string) bool {
		return !slices.ContainsFunc(failures, func(i Issue) bool { return !slices.Contains(ids, i.ID) })
	}
	switch {
	case r.verified() && v.opt.SkipContent:
		return inventory.Partial
	case r.verified():
		return inventory.Verified
	case only(absent) && len(r.blocks()) == 0 && r.v1 != nil && len(r.v1.Leftover)+len(r.v1.Ignored) == 0 && v.file.Malformed == "":
		return inventory.Unsigned
	case only(tooNew):
		return inventory.Unverifiable
	}
	return inventory.Invalid
}

// overall is the word for the whole range, and the run that tells the signers. Partial: newer versions verify it
// and older ones find no signature that they know. One class that finds a wrong signature makes it Invalid.
func (v *verifier) overall(whole *run, platforms []platform) (inventory.SignatureState, *run, error) {
	state := v.state(whole)
	if whole.verified() || state == inventory.Unsigned {
		return state, whole, nil
	}
	var verified Range
	for _, p := range platforms {
		switch p.state {
		case inventory.Invalid:
			return inventory.Invalid, whole, nil
		case inventory.Verified, inventory.Partial:
			if verified.Max == 0 {
				verified.Min = p.Min
			}
			verified.Max = p.Max
		}
	}
	if verified.Max == 0 {
		return inventory.Invalid, whole, nil
	}
	r, err := v.run(verified)
	if err != nil || !r.verified() {
		return inventory.Invalid, whole, err
	}
	return inventory.Partial, r, nil
}
