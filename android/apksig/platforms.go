package apksig

import (
	"slices"

	"appraise/android/apksig/scheme"
	"appraise/inventory"
)

// platform is what one class of Android versions does with the APK.
type platform struct {
	Range
	run    *run
	state  inventory.SignatureState
	scheme scheme.ID // 0: none found
	// signers are the certificates' SHA-256.
	signers []string
}

// Where Android's way to check signatures changed: new schemes, and algorithms that v1 came to know.
var schemeLevels = []int{sdkN, sdkP, sdkT}
var algorithmLevels = []int{9, 18, 19, 21, 22}

// platforms tells what each class of versions in the range does. Where the whole range verified, the one run
// tells it; otherwise each class is judged alone, so that an APK which only old versions refuse is not taken for
// one that was changed.
func (v *verifier) platforms(whole *run) ([]platform, error) {
	levels := schemeLevels
	if whole.dependsOnLevel() {
		levels = slices.Concat(algorithmLevels, schemeLevels)
	}
	var out []platform
	for _, rng := range split(whole.Range, levels) {
		r := whole
		oldWithoutV2 := rng.Max < sdkP && whole.v3 != nil && whole.v2 == nil && whole.v1 == nil
		if (!whole.verified() || oldWithoutV2) && rng != whole.Range {
			var err error
			if r, err = v.run(rng); err != nil {
				return nil, err
			}
		}
		for _, part := range split(rng, r.signerLevels()) {
			out = append(out, v.platform(part, r))
		}
	}
	return merged(out), nil
}

// dependsOnLevel reports whether v1 failed in a way that depends on which algorithms a version knows.
func (r *run) dependsOnLevel() bool {
	return slices.ContainsFunc(r.failures(), func(i scheme.Issue) bool {
		return i.ID == "JAR_SIG_UNSUPPORTED_SIG_ALG" || i.ID == "JAR_SIG_VERIFY_EXCEPTION"
	})
}

// signerLevels are those from which another v3 or v3.1 signer counts.
func (r *run) signerLevels() []int {
	var out []int
	for _, b := range []*scheme.Block{r.v3, r.v31} {
		if b != nil && r.verified() {
			for _, s := range b.Signers {
				out = append(out, s.From())
			}
		}
	}
	return out
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
	case rng.Max >= sdkT && r.v31 != nil && r.v31.SignerAt(rng.Max) != nil:
		p.scheme, p.signers = scheme.V31, signersAt(r.v31, rng.Max)
	case rng.Max >= sdkP && r.v3 != nil:
		p.scheme, p.signers = scheme.V3, signersAt(r.v3, rng.Max)
	case rng.Max >= sdkN && r.v2 != nil:
		p.scheme, p.signers = scheme.V2, digests(r.v2.Certificates())
	case r.v1 != nil && p.state != inventory.Unsigned:
		p.scheme, p.signers = scheme.V1, digests(r.v1Certificates())
	case p.state == inventory.Verified || p.state == inventory.Partial: // nothing that these versions look at
		p.state = inventory.Unsigned
	}
	if p.state != inventory.Verified && p.state != inventory.Partial {
		p.signers = nil
	}
	return p
}

// signersAt returns the signer of one API level.
func signersAt(b *scheme.Block, sdk int) []string {
	if s := b.SignerAt(sdk); s != nil {
		return []string{s.Certificates[0].SHA256()}
	}
	return nil
}

// Errors that say no more than that there is no signature, or none that the versions of the range know.
var (
	absent = []string{"JAR_SIG_NO_MANIFEST", "JAR_SIG_NO_SIGNATURES", "NO_SIG_FOR_TARGET_SANDBOX_VERSION", "MIN_SIG_SCHEME_FOR_TARGET_SDK_NOT_MET"}
	tooNew = []string{"JAR_SIG_UNSUPPORTED_SIG_ALG"}
)

// state is the verdict of one run in the words of the inventory. Unverifiable: the versions of the range don't
// know the algorithm.
func (v *verifier) state(r *run) inventory.SignatureState {
	failures := r.failures()
	only := func(ids []string) bool {
		return !slices.ContainsFunc(failures, func(i scheme.Issue) bool { return !slices.Contains(ids, i.ID) })
	}
	switch {
	case r.verified() && v.opt.SkipContent:
		return inventory.Partial
	case r.verified():
		return inventory.Verified
	case only(absent) && len(r.blocks()) == 0 && r.v1 != nil && !r.v1.Verified && len(r.v1.Leftover)+len(r.v1.Ignored) == 0 && v.file.Malformed == "":
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
	if slices.ContainsFunc(platforms, func(p platform) bool { return p.state == inventory.Invalid }) {
		return inventory.Invalid, whole, nil
	}
	newest := Range{Max: whole.Max, Min: whole.Max + 1}
	for _, p := range slices.Backward(platforms) {
		if p.state != inventory.Verified && p.state != inventory.Partial {
			break
		}
		newest.Min = p.Min
	}
	if newest.Min > newest.Max {
		return inventory.Invalid, whole, nil
	}
	r, err := v.run(newest)
	if err != nil || !r.verified() {
		return inventory.Invalid, whole, err
	}
	return inventory.Partial, r, nil
}
