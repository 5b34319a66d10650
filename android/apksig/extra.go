package apksig

import (
	"errors"

	"appraise/android/apksig/idsig"
	"appraise/android/apksig/scheme"
	"appraise/android/apksig/sigblock"
	"appraise/android/apksig/stamp"
	"appraise/inventory"
)

// stamps judges what a store added: the source stamp for the run, and Google Play's metadata.
func (v *verifier) stamps(r *run) ([]inventory.Stamp, error) {
	in := stamp.Input{File: v.file, Entry: v.stampMark(), MinSDK: r.Min, MaxSDK: r.Max, Digests: map[int]map[sigblock.ContentDigest][]byte{}}
	if r.verified() {
		for _, b := range r.blocks() {
			in.Digests[int(b.Scheme)] = b.ContentDigests()
		}
		if r.v1 != nil {
			in.Digests[int(scheme.V1)] = map[sigblock.ContentDigest][]byte{}
			if r.v1.HasManifest {
				in.Digests[int(scheme.V1)][sigblock.ManifestSHA256] = r.v1.ManifestDigest[:]
			}
		}
	}
	if v.opt.SkipContent && in.Entry != nil && len(in.Entry) == 0 {
		return []inventory.Stamp{{Kind: "source-stamp", Problems: []inventory.SignatureProblem{{ID: "SOURCE_STAMP_NOT_READ", Message: "the entry that announces it was not read"}}}}, nil
	}
	var out []inventory.Stamp
	source, present, err := stamp.VerifySource(in)
	if err != nil {
		return nil, err
	}
	if present {
		if v.opt.SkipContent && source.State == inventory.Verified {
			source.State = inventory.Partial
		}
		out = append(out, *source)
	}
	frosting, present, err := stamp.VerifyFrosting(v.file)
	if present && err == nil {
		out = append(out, *frosting)
	}
	return out, err
}

// v4 judges the .idsig file beside the APK. A wrong one stops incremental installs and no other, so its defects
// are warnings to the verdict on the APK.
func (v *verifier) v4(r *run) (inventory.Scheme, []inventory.SignatureProblem) {
	v4 := inventory.Scheme{Name: "v4", State: inventory.Invalid}
	s, err := idsig.Parse(v.opt.V4)
	if err != nil {
		var format *inventory.FormatError
		if errors.As(err, &format) && format.Limit {
			v4.State = inventory.Unverifiable
		}
		return v4, []inventory.SignatureProblem{{ID: "V4_SIG_MALFORMED_SIGNERS", Message: "v4: " + err.Error(), Warning: true}}
	}
	issues := s.Verify(v.zip.Input(), v.zip.Size, v.opt.SkipContent, r.expectedV4())
	var out []inventory.SignatureProblem
	for _, i := range issues {
		out = append(out, inventory.SignatureProblem{ID: i.ID, Message: "v4: " + i.Message, Warning: true})
	}
	switch {
	case len(issues) > 0:
	case !r.verified():
		v4.State = inventory.Unverifiable
	case v.opt.SkipContent:
		v4.State = inventory.Partial
	default:
		v4.State = inventory.Verified
	}
	return v4, out
}

// expectedV4 is what a v4 signature has to repeat: signer and digest of v3, else of v2, and of v3.1. Nothing where a
// scheme has several signers.
func (r *run) expectedV4() []idsig.Expected {
	blocks := []*scheme.Block{r.v3, r.v31}
	if r.v3 == nil {
		blocks = []*scheme.Block{r.v2}
	}
	var out []idsig.Expected
	for _, b := range blocks {
		switch {
		case b == nil:
		case len(b.Signers) != 1 || len(b.Signers[0].Certificates) == 0:
			return nil // v4 follows one signer only
		default:
			s := b.Signers[0]
			out = append(out, idsig.Expected{Certificate: s.Certificates[0].Raw, Digest: idsig.Best(s.ContentDigests())})
		}
	}
	return out
}
