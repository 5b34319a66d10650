// Package apksig proves who signed an APK: JAR signing (v1) and the APK Signature Schemes v2, v3, v3.1 and v4,
// with the rotation history, the source stamp and Google Play's metadata. It reads no manifest: what it must
// know of it comes in Options.
//
// Verdicts are those of AOSP's apksig (com.android.apksig.ApkVerifier), whose names for what is wrong are
// used as ids: an APK is verified for a range of Android versions when every version in it would accept it.
// Where the two differ, this package is the stricter one:
//
//   - a wrong content digest in a v3.1 signer is an error (apksig computes it and drops the result);
//   - signers of different schemes or of different version ranges have to be joined by a verified lineage,
//     v3 and v3.1 among each other too (apksig compares v1 and v2 with v3 alone);
//   - a DEX file before the archive is an error where a version up to Android 8.0 goes by v1 alone (Janus).
package apksig

import (
	"bytes"
	"math"

	"appraise/android/apksig/scheme"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

// API levels at which Android's way to check signatures changed.
const (
	sdkN       = scheme.SinceV2
	sdkO       = 26 // the sandbox version of the manifest counts
	sdkP       = scheme.SinceV3
	sdkR       = 30 // source stamps; target level 30 demands v2
	sdkT       = scheme.SinceV31
	NoUpperEnd = math.MaxInt32
)

// Range is a range of API levels, both ends included.
type Range struct{ Min, Max int }

// Options say what is judged.
type Options struct {
	Range Range // Max 0 = no upper end
	// TargetSDK and TargetSandboxVersion are the manifest's; from 30 and from 2 on they demand newer schemes.
	TargetSDK, TargetSandboxVersion int
	V4                              []byte // the .idsig file beside the APK, nil where there is none
	// SkipContent reads signers and signatures but doesn't compare the content with its digests.
	SkipContent bool
}

// Result is what was proved.
type Result struct {
	Signature inventory.Signature
	Traits    []inventory.Trait
	// Unread says why no verdict was possible; Signature.State is Unverifiable then.
	Unread *inventory.Problem
}

func hasCertificate(list []*x509lax.Certificate, c *x509lax.Certificate) bool {
	for _, other := range list {
		if bytes.Equal(other.Raw, c.Raw) {
			return true
		}
	}
	return false
}
