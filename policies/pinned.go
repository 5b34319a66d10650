package policies

import (
	"slices"

	"appraise/policies/brand"
)

// Pinned reports whether a brand pack pins the certificate of this SHA-256, in hex, as a signer of Android apps. Pins
// that rest on a SHA-1 alone don't count.
func (p *Policy) Pinned(sha256 string) bool {
	digest, err := brand.ParseDigest(sha256)
	if err != nil || digest.IsSHA1() {
		return false
	}
	is := func(s brand.Signer) bool { return s.SHA256 == digest }
	return slices.ContainsFunc(p.packs, func(pack *brand.Pack) bool {
		return slices.ContainsFunc(pack.Android.Apps, func(a brand.App) bool { return slices.ContainsFunc(a.Signers, is) })
	})
}
