// Package jar checks the JAR signature of an APK, which Android calls signature scheme v1.
//
// The verdict is apksig's V1SchemeVerifier's: verified means that every platform of a range accepts the
// signature. The package reads the archive more strictly than zipsafe does, as apksig's LocalFileRecord does:
// where a local header that it needs disagrees with the directory, there is no verdict but an error.
//
// A JAR signature protects the content of files outside META-INF alone: neither their order nor what stands
// between them, nor anything under META-INF that isn't part of the signature.
package jar

import (
	"crypto/sha256"

	"appraise/android/apksig/jar/entry"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/internal/zipsafe"
)

// Range is the platforms that a verdict is for, as API levels, both inclusive. Max math.MaxInt32 means that there is no upper end.
type Range struct{ Min, Max int }

// Input is one APK and what else its JAR signature is judged by.
type Input struct {
	// Zip is the opened APK. Its Input has to serve several goroutines at a time, as io.ReaderAt asks.
	Zip     *zipsafe.Reader
	Range   Range
	Schemes []int // ids of newer schemes whose block was found (2, 3), for X-Android-APK-Signed
	// SkipContent leaves out what entries hold: that they are listed and signed is checked, their digests are not.
	SkipContent bool
}

// Issue is one defect. ID is a name of apksig's ApkVerifier.Issue, Message says what was seen; names in it are quoted.
// Of each kind limits.SignatureIssues are told apart and the rest counted in the last one's message.
type Issue struct{ ID, Message string }

// Signer is one signature block with its signature file.
type Signer struct {
	Name             string                 // of the block: "META-INF/CERT.RSA"; raw text of the archive
	Certificates     []*x509lax.Certificate // the first made the signature; then its issuers, as far as given, unchecked
	Errors, Warnings []Issue
}

// Result is what was found. Names in it are text of the archive and not safe to show.
type Result struct {
	Verified bool // every platform of the range accepts the signature
	Present  bool // MANIFEST.MF or any file that is named like a part of a signature is there
	// Signers made the signature where it is verified; else those are here that have errors of their own.
	Signers []Signer
	// Ignored are signers that Android passes over, valid or not.
	Ignored          []Signer
	Errors, Warnings []Issue
	// ManifestDigest is the SHA-256 of META-INF/MANIFEST.MF, unpacked; HasManifest says whether it was read.
	ManifestDigest [sha256.Size]byte
	HasManifest    bool
	// Unprotected are the files under META-INF that no signature covers, in directory order, where Verified.
	Unprotected []string
	// Unused are certificates that stand in a signature block, signed nothing and are in no signer's chain. Those of
	// Leftover blocks are among them, of the first limits.SignersV2 blocks.
	Unused []*x509lax.Certificate
	// Leftover are signature blocks without their .SF and the other way round, in directory order; without a
	// MANIFEST.MF all of them are.
	Leftover []string
	// WeakDigest is "MD5" or "SHA-1" where at some step from the signature to the content only such digests were
	// checked, "" where stronger ones were at every step, or nothing is verified.
	WeakDigest string
}

// Verify checks the JAR signature. The error is an *inventory.FormatError where the archive is so malformed that
// no verdict is possible (apksig throws), or where a limit was hit; else it wraps the input's. With an
// error there is no result.
//
// Entries are hashed over all processors, each once, with memory that doesn't depend on their size.
func Verify(in Input) (*Result, error) {
	a, err := entry.Open(in.Zip)
	if err != nil {
		return nil, err
	}
	if in.Range.Min > in.Range.Max {
		return nil, malformed(0, "platform range %d to %d is empty", in.Range.Min, in.Range.Max)
	}
	v := &verifier{Input: in, Archive: a, reader: a.NewReader(), left: limits.JARSignatureBytes, newer: map[int]bool{}}
	for _, id := range in.Schemes {
		v.newer[id] = true
	}
	if err := v.run(); err != nil {
		return nil, err
	}
	v.Errors, v.Warnings = v.errors.all(), v.warnings.all()
	return &v.Result, nil
}

// ManifestDigest returns the SHA-256 of META-INF/MANIFEST.MF, unpacked, of the first entry of that name: what a source
// stamp signs of an APK without newer schemes. ok is false where there is none. Errors are Verify's.
func ManifestDigest(z *zipsafe.Reader) (sum [sha256.Size]byte, ok bool, err error) {
	a, err := entry.Open(z)
	if err != nil {
		return sum, false, err
	}
	i, ok := a.Index[manifestName]
	if !ok {
		return sum, false, nil
	}
	left := int64(limits.JARSignatureBytes)
	b, err := readText(a.NewReader(), &a.Files[i], &left)
	if err != nil {
		return sum, false, err
	}
	return sha256.Sum256(b), true, nil
}
