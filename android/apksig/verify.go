package apksig

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"appraise/android/apksig/jar"
	"appraise/android/apksig/scheme"
	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

const stampEntry = "stamp-cert-sha256"

// Verify judges the signatures of an opened APK. It always returns a result: where no verdict is possible,
// Unread says why. It is for one goroutine; content digests are computed on several.
func Verify(z *zipsafe.Reader, opt Options) Result {
	if opt.Range.Max == 0 {
		opt.Range.Max = NoUpperEnd
	}
	v := &verifier{zip: z, opt: opt, memory: scheme.NewMemory()}
	if err := v.open(); err != nil {
		return unread(err)
	}
	whole, err := v.run(opt.Range)
	if err != nil {
		return unread(err)
	}
	platforms, err := v.platforms(whole)
	if err != nil {
		return unread(err)
	}
	return v.result(whole, platforms)
}

func unread(err error) Result {
	p := &inventory.Problem{Message: "its signature can't be judged: " + err.Error(), Matters: true}
	var format *inventory.FormatError
	var zip *zipsafe.FormatError
	switch {
	case errors.As(err, &format):
		p.Offset, p.Limit, p.Message = format.Offset, format.Limit, "its signature can't be judged: "+format.Message
	case errors.As(err, &zip):
		p.Offset, p.Limit, p.Message = zip.Offset, zip.Limit, "its signature can't be judged: "+zip.Message
	}
	return Result{Unread: p}
}

type verifier struct {
	zip    *zipsafe.Reader
	opt    Options
	file   *sigblock.File
	dex    bool // the file starts as a DEX file does
	memory *scheme.Memory
}

// open finds the parts of the file and demands that the archive has one reading: that of Android, which the
// signatures cover, has to be the one that zipsafe reads.
func (v *verifier) open() (err error) {
	v.file, err = sigblock.Open(v.zip.Input(), v.zip.Size)
	if err != nil {
		return err
	}
	f, z := v.file, v.zip
	if z.EOCDOffset != f.End || z.DirectoryOffset != f.Directory || len(z.Entries) != f.Records {
		return &inventory.FormatError{Offset: f.End, Message: fmt.Sprintf(
			"the archive can be read in two ways: directory at %d with %d records by its end record, at %d with %d as other readers find it",
			f.Directory, f.Records, z.DirectoryOffset, len(z.Entries))}
	}
	var start [4]byte
	if _, err := z.Input().ReadAt(start[:], 0); err != nil && !v.opt.SkipContent {
		return fmt.Errorf("reading the APK: %w", err)
	}
	v.dex = string(start[:]) == "dex\n"
	return nil
}

// run is the verdict for one range of Android versions.
type run struct {
	Range
	v31, v3, v2 *scheme.Block // nil: not consulted, or not there
	v1          *jar.Result
	errors      []scheme.Issue // those that are no block's and no v1 signer's
}

// blocks returns what was found of v3.1, v3 and v2, the newest first.
func (r *run) blocks() []*scheme.Block {
	var out []*scheme.Block
	for _, b := range []*scheme.Block{r.v31, r.v3, r.v2} {
		if b != nil {
			out = append(out, b)
		}
	}
	return out
}

func (r *run) fail(id, format string, args ...any) {
	r.errors = append(r.errors, scheme.Issue{ID: id, Message: fmt.Sprintf(format, args...)})
}

// failures lists every error of the run in the order in which apksig meets them.
func (r *run) failures() []scheme.Issue {
	var out []scheme.Issue
	for _, b := range r.blocks() {
		out = append(out, b.Errors...)
	}
	if r.v1 != nil {
		out = append(out, jarIssues(r.v1.Errors, "v1")...)
		for _, s := range r.v1.Signers {
			out = append(out, jarIssues(s.Errors, "v1 "+s.Name)...)
		}
	}
	return append(out, r.errors...)
}

func jarIssues(list []jar.Issue, where string) []scheme.Issue {
	var out []scheme.Issue
	for _, i := range list {
		out = append(out, scheme.Issue{ID: i.ID, Message: i.Message, Where: where})
	}
	return out
}

func (r *run) verified() bool {
	return len(r.failures()) == 0 && (r.v1 == nil || r.v1.Verified) && len(r.blocks())+len(r.v1Certificates()) > 0
}

// run judges the schemes in the order of ApkVerifier.verify: a scheme whose block is there and doesn't verify
// ends it, one whose block isn't there leaves the word to the next older.
func (v *verifier) run(rng Range) (*run, error) {
	r := &run{Range: rng}
	ctx := scheme.Context{MinSDK: rng.Min, MaxSDK: rng.Max, Memory: v.memory}
	if rng.Max >= sdkT {
		if err := v.scheme(&r.v31, scheme.V31, sigblock.IDV31, sdkT, &ctx); err != nil || r.stop(r.v31) {
			return r, err
		}
		ctx.RotationMin = r.v31.LowestSDK()
	}
	if rng.Max >= sdkP {
		if err := v.scheme(&r.v3, scheme.V3, sigblock.IDV3, sdkP, &ctx); err != nil || r.stop(r.v3) {
			return r, err
		}
		if r.v31 != nil && r.v3 == nil {
			r.fail("V31_BLOCK_FOUND_WITHOUT_V3_BLOCK", "a v3.1 signature without the v3 signature that it belongs to")
			return r, nil
		}
	}
	if rng.Max >= sdkN && (rng.Min < sdkP || len(ctx.Found) == 0) {
		if err := v.scheme(&r.v2, scheme.V2, sigblock.IDV2, sdkN, &ctx); err != nil || r.stop(r.v2) {
			return r, err
		}
	}
	if v.opt.TargetSandboxVersion > 1 && rng.Max >= sdkO && len(ctx.Found) == 0 {
		r.fail("NO_SIG_FOR_TARGET_SANDBOX_VERSION", "its manifest asks for sandbox version %d, which needs a v2 signature", v.opt.TargetSandboxVersion)
	}
	if rng.Min < sdkN || len(ctx.Found) == 0 {
		if err := v.jar(r, ctx); err != nil {
			return nil, err
		}
	}
	if r.verified() {
		v.crossCheck(r)
	}
	if r.verified() && rng.Min < sdkP && r.v3 != nil && r.v2 == nil && r.v1 == nil {
		return r, v.checkOld(r)
	}
	return r, nil
}

// stop reports whether a block was found and has errors.
func (r *run) stop(b *scheme.Block) bool { return b != nil && len(b.Errors) > 0 }

// scheme reads, verifies and compares one block, where the APK has it.
func (v *verifier) scheme(into **scheme.Block, id scheme.ID, pairID uint32, since int, ctx *scheme.Context) error {
	pair, ok := v.file.Pair(pairID)
	if !ok {
		return nil
	}
	value, err := v.file.Value(pair)
	if err != nil {
		return err
	}
	c := *ctx
	c.MinSDK = max(c.MinSDK, since)
	b := scheme.Parse(id, value, c)
	*into = b
	ctx.Found = append(ctx.Found, id)
	if b.Cut {
		return &inventory.FormatError{Offset: pair.Offset, Message: fmt.Sprintf("more signers, digests, certificates or attributes in the %s signature than are read", id), Limit: true}
	}
	if len(b.Errors) > 0 {
		return nil
	}
	if !v.opt.SkipContent {
		if err := b.CompareContent(v.file); err != nil {
			return err
		}
	}
	if id != scheme.V2 {
		b.CheckRanges(c)
	}
	return nil
}

func (v *verifier) jar(r *run, ctx scheme.Context) error {
	var schemes []int
	for _, s := range ctx.Found {
		schemes = append(schemes, int(s))
	}
	var err error
	r.v1, err = jar.Verify(jar.Input{Zip: v.zip, Range: jar.Range(r.Range), Schemes: schemes, SkipContent: v.opt.SkipContent})
	return err
}

// checkOld looks at the versions from 7.0 on that don't know v3, where there is no v2: they go by v1. apksig doesn't look;
// another signer there is refused.
func (v *verifier) checkOld(r *run) error {
	old, err := v.run(Range{max(r.Min, sdkN), min(r.Max, sdkP-1)})
	if err != nil || !old.verified() {
		return err
	}
	r.joinOld(old.v1Certificates())
	return nil
}

// crossCheck demands that the schemes name the same signers, or signers that a verified lineage joins.
func (v *verifier) crossCheck(r *run) {
	v1, v2 := r.v1Certificates(), r.v2.Certificates()
	if r.v1 != nil && r.v2 != nil {
		if slices.ContainsFunc(v1, func(c *x509lax.Certificate) bool { return !hasCertificate(v2, c) }) {
			r.fail("V2_SIG_MISSING", "a v1 signer is no v2 signer")
		}
		if slices.ContainsFunc(v2, func(c *x509lax.Certificate) bool { return !hasCertificate(v1, c) }) {
			r.fail("JAR_SIG_MISSING", "a v2 signer is no v1 signer")
		}
	}
	if r.v3 != nil && (r.v1 != nil || r.v2 != nil) {
		old := v1
		if r.v1 == nil {
			old = v2
		}
		r.joinOld(old)
	}
	if r.v3 != nil {
		r.joinNew()
	}
	v.checkTarget(r)
	v.checkJanus(r)
}

// joinOld compares the v1 or v2 signers with the v3 signer or the start of its lineage.
func (r *run) joinOld(old []*x509lax.Certificate) {
	if len(old) != 1 {
		r.fail("V3_SIG_MULTIPLE_PAST_SIGNERS", "%d signers by an older scheme, which v3 can't follow", len(old))
		return
	}
	lineage := r.lineage()
	switch {
	case lineage != nil && lineage.Index(old[0]) != 0:
		r.fail("V3_SIG_PAST_SIGNERS_MISMATCH", "the signer by an older scheme is not the first of the rotation history")
	case lineage != nil:
	case len(r.v3.Signers) != 1:
		r.fail("V3_SIG_MULTIPLE_SIGNERS", "%d v3 signers without a rotation history", len(r.v3.Signers))
	case !bytes.Equal(old[0].Raw, r.v3.Signers[0].Certificates[0].Raw):
		r.fail("V3_SIG_PAST_SIGNERS_MISMATCH", "v3 and an older scheme name different signers, without a rotation history")
	}
}

// joinNew demands one lineage over all signers of v3 and v3.1.
func (r *run) joinNew() {
	lineage := r.lineage()
	var first *x509lax.Certificate
	for _, b := range r.blocks() {
		if b.Scheme == scheme.V2 {
			continue
		}
		for _, s := range b.Signers {
			c := s.Certificates[0]
			if first == nil {
				first = c
			}
			if !bytes.Equal(first.Raw, c.Raw) && (lineage.Index(c) < 0 || lineage.Index(first) < 0) {
				r.fail("SIGNERS_NOT_JOINED_BY_LINEAGE", "the %s is another than that of other Android versions, and no rotation history joins them", s.Where())
				return
			}
		}
	}
}

// lineage is that of v3.1, else that of v3.
func (r *run) lineage() sigblock.Lineage {
	if r.v31 != nil && r.v31.Lineage != nil {
		return r.v31.Lineage
	}
	if r.v3 != nil {
		return r.v3.Lineage
	}
	return nil
}

// checkTarget: apps for Android 11 and newer need v2 or newer.
func (v *verifier) checkTarget(r *run) {
	if v.opt.TargetSDK >= sdkR && r.Max >= v.opt.TargetSDK && r.v2 == nil && r.v3 == nil && r.v31 == nil {
		r.fail("MIN_SIG_SCHEME_FOR_TARGET_SDK_NOT_MET", "it targets Android API level %d, which needs a v2 signature", v.opt.TargetSDK)
	}
}

// checkJanus: before the fix for CVE-2017-13156, which Android 8.0 and older may lack, the system ran a DEX file
// that stands before the archive and that v1 doesn't cover.
func (v *verifier) checkJanus(r *run) {
	if v.dex && r.v1 != nil && r.Min < sdkJanusFixed {
		r.fail("JANUS", "it starts as a DEX file, which old Android versions run instead of the code that was signed")
	}
}

// sdkJanusFixed is the first API level that came with the fix.
const sdkJanusFixed = 27

func (r *run) v1Certificates() []*x509lax.Certificate {
	if r.v1 == nil {
		return nil
	}
	var out []*x509lax.Certificate
	for _, s := range r.v1.Signers {
		if len(s.Certificates) > 0 {
			out = append(out, s.Certificates[0])
		}
	}
	return out
}

// effective returns the scheme that the newest version of the range goes by, and its signers: of v3 and v3.1 the
// one for that version.
func (r *run) effective() (scheme.ID, []*x509lax.Certificate) {
	for _, b := range []*scheme.Block{r.v31, r.v3} {
		if b == nil {
			continue
		}
		if s := b.SignerAt(r.Max); s != nil {
			return b.Scheme, s.Certificates[:1]
		}
	}
	if r.v2 != nil {
		return scheme.V2, r.v2.Certificates()
	}
	return scheme.V1, r.v1Certificates()
}

// stampMark reads the entry by which an APK says that it carries a source stamp: nil where there is none, empty where it
// can't be read.
func (v *verifier) stampMark() []byte {
	e, ok := v.zip.Lookup(stampEntry)
	if !ok {
		return nil
	}
	b, err := v.zip.ReadFile(e, limits.CertificateBytes)
	if err != nil {
		return []byte{}
	}
	return b
}
