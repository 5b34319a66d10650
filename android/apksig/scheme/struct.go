// Package scheme reads and judges what one of the APK Signature Schemes v2, v3 and v3.1 says of an APK: the signers of
// its block in the signing block, what their signatures vouch for, for which Android versions, and whether the content
// is what was signed. It compares no scheme with another.
//
// Ids of what is wrong are the names of apksig's ApkVerifier.Issue.
//
// Source: https://source.android.com/docs/security/features/apksigning/v2 and /v3, and apksig's V2SchemeVerifier and
// V3SchemeVerifier.
package scheme

import (
	"fmt"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
)

// ID is the number that apksig and its attributes give to a scheme.
type ID int

// The schemes by which an APK is signed. V1 is JAR signing, which has no block.
const (
	V1  ID = 1
	V2  ID = 2
	V3  ID = 3
	V31 ID = 31
)

// String returns the scheme's name, as in "v3.1".
func (id ID) String() string {
	if id == V31 {
		return "v3.1"
	}
	return fmt.Sprintf("v%d", int(id))
}

// API levels of the first Android that knows a scheme.
const (
	SinceV2  = 24
	SinceV3  = 28
	SinceV31 = 33
)

// Issue is one defect by apksig's name for it.
type Issue struct {
	ID, Message string
	Where       string // the scheme and signer, as in "v2 signer 1"
}

// Context is what the judgement of a block depends on beside its bytes.
type Context struct {
	MinSDK, MaxSDK int     // the API levels judged for, both included; math.MaxInt32 = no upper end
	Found          []ID    // newer schemes whose block is there
	RotationMin    int     // v3: the lowest level of the v3.1 block's signers, 0 where there is none
	Memory         *Memory // never nil
}

// Block is what one of the schemes v2, v3 and v3.1 says of the APK.
type Block struct {
	Scheme   ID
	Signers  []*Signer
	Lineage  sigblock.Lineage // v3, v3.1: the longest of the signers', set by CheckRanges
	Errors   []Issue
	Warnings []Issue
	Cut      bool // a limit was hit: no verdict is possible
}

// Signer is one signer of a block. Its defects are the block's: where that has no Errors, the signer has a certificate.
type Signer struct {
	Certificates []*x509lax.Certificate // the first is the signer's; empty where they were not reached

	block      *Block
	index      int
	signedData []byte
	minSDK     int // v3, v3.1
	maxSDK     int
	signatures []sigblock.Signature
	publicKey  []byte
	digests    []sigblock.Signature // by signature algorithm
	devRelease bool
	lineage    sigblock.Lineage
	content    []sigblock.ContentDigest // digests that verified signatures vouch for
}

func (b *Block) prefix() string {
	if b.Scheme == V2 {
		return "V2_SIG_"
	}
	return "V3_SIG_"
}

func (b *Block) fail(id, format string, args ...any) {
	b.Errors = append(b.Errors, Issue{ID: id, Message: fmt.Sprintf(format, args...), Where: b.Scheme.String()})
}

// Where names the signer by its scheme and its place in the block, as in "v2 signer 1".
func (s *Signer) Where() string { return fmt.Sprintf("%s signer %d", s.block.Scheme, s.index+1) }

// fail records an error of this signer. name is without the scheme's prefix.
func (s *Signer) fail(name, format string, args ...any) {
	s.failAs(s.block.prefix()+name, format, args...)
}

func (s *Signer) failAs(id, format string, args ...any) {
	s.block.Errors = append(s.block.Errors, Issue{ID: id, Message: fmt.Sprintf(format, args...), Where: s.Where()})
}

func (s *Signer) warn(id, format string, args ...any) {
	if len(s.block.Warnings) >= limits.SignatureIssues {
		return
	}
	s.block.Warnings = append(s.block.Warnings, Issue{ID: id, Message: fmt.Sprintf(format, args...), Where: s.Where()})
}

// cut records that a limit was hit.
func (s *Signer) cut(hit bool) { s.block.Cut = s.block.Cut || hit }
