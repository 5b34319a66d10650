package apksig_test

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appraise/android/apksig"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"

	"github.com/google/go-cmp/cmp"
)

// verify judges an APK for the levels from min on. One that is no archive is unread, too.
func verify(t testing.TB, apk []byte, min int) apksig.Result {
	t.Helper()
	return verifyOptions(t, apk, apksig.Options{Range: apksig.Range{Min: min}})
}

func verifyOptions(t testing.TB, apk []byte, opt apksig.Options) apksig.Result {
	t.Helper()
	z, err := zipsafe.Open(bytes.NewReader(apk), int64(len(apk)))
	if err != nil {
		return apksig.Result{Unread: &inventory.Problem{Message: err.Error()}}
	}
	return apksig.Verify(z, opt)
}

func accepted(r apksig.Result) bool {
	return r.Signature.State == inventory.Verified || r.Signature.State == inventory.Partial
}

func readTestdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cast are the signers of the tests, by letter.
type cast struct{ a, b, c identity }

func newCast(t testing.TB) cast {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return cast{testIdentity(t, "rsa-2048"), testIdentity(t, "ec-p256"), newIdentity(t, "c", key)}
}

// letters names fingerprints as in "AB"; those of nobody in the cast are "?".
func (c cast) letters(fingerprints []string) string {
	out := ""
	for _, f := range fingerprints {
		letter := "?"
		for i, id := range []identity{c.a, c.b, c.c} {
			if id.fingerprint() == f {
				letter = string(rune('A' + i))
			}
		}
		out += letter
	}
	return out
}

// platforms writes what each class of versions does: "24-27 v2 verified A".
func (c cast) platforms(r apksig.Result) []string {
	var out []string
	for _, p := range r.Signature.Platforms {
		to := ""
		if p.MaxSDK != 0 {
			to = fmt.Sprint(p.MaxSDK)
		}
		out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%d-%s %s %s %s", p.MinSDK, to, p.Scheme, p.State, c.letters(p.Signers))), " "))
	}
	return out
}

func v2(signers ...signerSpec) blockSpec  { return blockSpec{id: pairV2, signers: signers} }
func v3(signers ...signerSpec) blockSpec  { return blockSpec{id: pairV3, signers: signers} }
func v31(signers ...signerSpec) blockSpec { return blockSpec{id: pairV31, signers: signers} }

func by(id identity, attributes ...record) signerSpec {
	return signerSpec{by: id, attributes: attributes}
}

func from(min uint32, id identity, attributes ...record) signerSpec {
	return signerSpec{by: id, minSDK: min, maxSDK: noMaxSDK, attributes: attributes}
}

func upTo(min, max uint32, id identity, attributes ...record) signerSpec {
	return signerSpec{by: id, minSDK: min, maxSDK: max, attributes: attributes}
}

func rotatesAt(level uint32) record { return record{attributeRotationMinSDK, u32(level)} }

// wrongDigest signs content that isn't there.
func wrongDigest(s signerSpec) signerSpec {
	s.beforeSigning = func(s *signer) { s.digests[0].value[0] ^= 1 }
	return s
}

func wantProblem(t *testing.T, r apksig.Result, id string, warning bool) {
	t.Helper()
	for _, p := range r.Signature.Problems {
		if p.ID == id && p.Warning == warning {
			return
		}
	}
	t.Errorf("got %v, want %s among them (warning: %v)", r.Signature.Problems, id, warning)
}

func hasTrait(r apksig.Result, id inventory.TraitID, detail string) bool {
	return slices.ContainsFunc(r.Traits, func(t inventory.Trait) bool {
		return t.ID == id && slices.ContainsFunc(t.Evidence, func(e inventory.Evidence) bool { return strings.Contains(e.File+e.Detail, detail) })
	})
}

// attack is one APK, the range it is judged for, and what must come out.
type attack struct {
	name      string
	apk       []byte
	opt       apksig.Options
	state     inventory.SignatureState
	signers   string
	platforms []string // nil: not compared
	problems  []string
	traits    map[inventory.TraitID]string // with a part of an evidence's text
	without   []inventory.TraitID
}

func (c attack) check(t *testing.T, who cast) {
	r := verifyOptions(t, c.apk, c.opt)
	if r.Unread != nil {
		t.Fatalf("got unread: %s", r.Unread.Message)
	}
	if r.Signature.State != c.state {
		t.Errorf("got %s, want %s: %v", r.Signature.State, c.state, r.Signature.Problems)
	}
	var signers []string
	for _, s := range r.Signature.Signers {
		signers = append(signers, s.SHA256)
	}
	if got := who.letters(signers); got != c.signers {
		t.Errorf("signers: got %q, want %q", got, c.signers)
	}
	checkInvariants(t, r)
	if diff := cmp.Diff(who.platforms(r), c.platforms); c.platforms != nil && diff != "" {
		t.Errorf("platforms: got - want +\n%s", diff)
	}
	for _, id := range c.problems {
		wantProblem(t, r, id, false)
	}
	for id, detail := range c.traits {
		if !hasTrait(r, id, detail) {
			t.Errorf("got %v, want the trait %s with %q", r.Traits, id, detail)
		}
	}
	for _, id := range c.without {
		if hasTrait(r, id, "") {
			t.Errorf("got %v, want no trait %s", r.Traits, id)
		}
	}
}

func levels(min, max int) apksig.Options {
	return apksig.Options{Range: apksig.Range{Min: min, Max: max}}
}

func runAttacks(t *testing.T, who cast, list []attack) {
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t, who)
		})
	}
}

// What stands between v3 and v3.1, and between signers for different versions.
func TestRotation(t *testing.T) {
	who := newCast(t)
	a, b, c := who.a, who.b, who.c
	plain := unsignedAPK(t, 24)
	ab, abc := rotation(t, []identity{a, b}, []uint32{23, 23}), rotation(t, []identity{a, b, c}, []uint32{23, 31, 23})
	abOfABC := shortened(t, abc, 2)
	sign := func(blocks ...blockSpec) []byte { return signAPK(t, plain, blocks...) }
	p, all := levels(28, 0), levels(24, 0)
	runAttacks(t, who, []attack{
		{name: "v3.1 joined", apk: sign(v3(from(28, a, rotatesAt(33))), v31(from(33, b, ab))), opt: p, state: inventory.Verified, signers: "B",
			platforms: []string{"28-32 v3 verified A", "33- v3.1 verified B"}, traits: map[inventory.TraitID]string{inventory.TraitKeyRotated: a.fingerprint()}},
		{name: "rotation at 34", apk: sign(v2(by(a)), v3(from(28, a, rotatesAt(34))), v31(from(34, b, ab))), opt: all, state: inventory.Verified, signers: "B",
			platforms: []string{"24-27 v2 verified A", "28-33 v3 verified A", "34- v3.1 verified B"}},
		{name: "v3.1 in two ranges", apk: sign(v3(from(28, a, rotatesAt(33))), v31(upTo(33, 34, b, abOfABC), from(35, c, abc))), opt: p, state: inventory.Verified, signers: "C",
			platforms: []string{"28-32 v3 verified A", "33-34 v3.1 verified B", "35- v3.1 verified C"}, traits: map[inventory.TraitID]string{inventory.TraitRollbackAllowed: b.fingerprint()}},
		{name: "v3 in two ranges, joined", apk: sign(v3(upTo(28, 30, a), from(31, b, ab))), opt: p, state: inventory.Verified, signers: "B",
			platforms: []string{"28-30 v3 verified A", "31- v3 verified B"}},
		{name: "v2 by the first key", apk: sign(v2(by(a)), v3(from(28, c, abc))), opt: all, state: inventory.Verified, signers: "C",
			platforms: []string{"24-27 v2 verified A", "28- v3 verified C"}},
		{name: "v3.1 ends where the range ends", apk: sign(v3(from(28, a, rotatesAt(33))), v31(upTo(33, 36, b, ab))), opt: levels(28, 36), state: inventory.Verified, signers: "B"},
		{name: "v3.1 beyond the range", apk: sign(v3(from(28, a, rotatesAt(33))), v31(from(33, b, ab))), opt: levels(28, 32), state: inventory.Verified, signers: "A"},

		{name: "v3.1 with a wrong content digest", apk: sign(v3(from(28, a, rotatesAt(33))), v31(wrongDigest(from(33, b, ab)))), opt: p, state: inventory.Invalid, problems: []string{"V3_SIG_APK_DIGEST_DID_NOT_VERIFY"}},
		{name: "v3 with a wrong content digest under a right v3.1", apk: sign(v3(wrongDigest(from(28, a, rotatesAt(33)))), v31(from(33, b, ab))), opt: p, state: inventory.Invalid, problems: []string{"V3_SIG_APK_DIGEST_DID_NOT_VERIFY"}},
		{name: "v2 with a wrong content digest under a right v3", apk: sign(v2(wrongDigest(by(a))), v3(from(28, a))), opt: all, state: inventory.Invalid, problems: []string{"V2_SIG_APK_DIGEST_DID_NOT_VERIFY"}},
		{name: "v3.1 taken out", apk: sign(v3(from(28, a, rotatesAt(33)))), opt: p, state: inventory.Invalid, problems: []string{"V31_BLOCK_MISSING"}},
		{name: "v3 taken out", apk: sign(v2(by(a)), v31(from(33, b, ab))), opt: all, state: inventory.Invalid, problems: []string{"V31_BLOCK_FOUND_WITHOUT_V3_BLOCK"}},
		{name: "v3.1 begins earlier than v3 says", apk: sign(v3(from(28, a, rotatesAt(35))), v31(from(33, b, ab))), opt: p, state: inventory.Invalid, problems: []string{"V31_ROTATION_MIN_SDK_MISMATCH"}},
		{name: "v3.1 by a stranger", apk: sign(v3(from(28, a, rotatesAt(33))), v31(from(33, b))), opt: p, state: inventory.Invalid, problems: []string{"SIGNERS_NOT_JOINED_BY_LINEAGE"}},
		{name: "v3.1 with a history that lacks the v3 signer", apk: sign(v3(from(28, c, rotatesAt(33))), v31(from(33, b, ab))), opt: p, state: inventory.Invalid, problems: []string{"SIGNERS_NOT_JOINED_BY_LINEAGE"}},
		{name: "v3.1 with the history of another signer", apk: sign(v3(from(28, a, rotatesAt(33))), v31(from(33, c, ab))), opt: p, state: inventory.Invalid, problems: []string{"V3_SIG_POR_CERT_MISMATCH"}},
		{name: "v3 for two ranges by strangers", apk: sign(v3(upTo(28, 30, a), from(31, b))), opt: p, state: inventory.Invalid, problems: []string{"SIGNERS_NOT_JOINED_BY_LINEAGE"}},
		{name: "v3.1 for two ranges by strangers", apk: sign(v3(from(28, a, rotatesAt(33))), v31(upTo(33, 34, b, ab), from(35, c))), opt: p, state: inventory.Invalid, problems: []string{"SIGNERS_NOT_JOINED_BY_LINEAGE"}},
		{name: "v3 histories that contradict", apk: sign(v3(upTo(28, 30, b, ab), from(31, c, rotation(t, []identity{a, c}, []uint32{23, 23})))), opt: p, state: inventory.Invalid, problems: []string{"V3_INCONSISTENT_LINEAGES"}},
		{name: "v3 histories that differ in a flag", apk: sign(v3(upTo(28, 30, b, rotation(t, []identity{a, b}, []uint32{31, 23})), from(31, c, abc))), opt: p, state: inventory.Invalid, problems: []string{"V3_INCONSISTENT_LINEAGES"}},
		{name: "v3 history that shrinks", apk: sign(v3(upTo(28, 30, c, abc), from(31, b, ab))), opt: p, state: inventory.Invalid, problems: []string{"V3_INCONSISTENT_LINEAGES"}},
		{name: "v3 with a gap", apk: sign(v3(upTo(28, 30, a), from(32, a))), opt: p, state: inventory.Invalid, problems: []string{"V3_INCONSISTENT_SDK_VERSIONS"}},
		{name: "v3 that overlaps", apk: sign(v3(upTo(28, 30, a), from(30, a))), opt: p, state: inventory.Invalid, problems: []string{"V3_INCONSISTENT_SDK_VERSIONS"}},
		{name: "v3 that begins late", apk: sign(v3(from(29, a))), opt: p, state: inventory.Invalid, problems: []string{"V3_MISSING_SDK_VERSIONS"}},
		{name: "v3 that ends early", apk: sign(v3(upTo(28, 40, a))), opt: p, state: inventory.Invalid, problems: []string{"V3_MISSING_SDK_VERSIONS"}},
		{name: "v3 that ends before v3.1 begins", apk: sign(v3(upTo(28, 31, a, rotatesAt(33))), v31(from(33, b, ab))), opt: p, state: inventory.Invalid, problems: []string{"V3_MISSING_SDK_VERSIONS"}},
		{name: "v2 by the second key", apk: sign(v2(by(b)), v3(from(28, c, abc))), opt: all, state: inventory.Invalid, problems: []string{"V3_SIG_PAST_SIGNERS_MISMATCH"}},
		{name: "v2 by a stranger", apk: sign(v2(by(b)), v3(from(28, a))), opt: all, state: inventory.Invalid, problems: []string{"V3_SIG_PAST_SIGNERS_MISMATCH"}},
		{name: "v2 by two", apk: sign(v2(by(a), by(b)), v3(from(28, a))), opt: all, state: inventory.Invalid, problems: []string{"V3_SIG_MULTIPLE_PAST_SIGNERS"}},
		{name: "the newer key signs the older's history", apk: sign(v3(from(28, b, rotation(t, []identity{b, a}, []uint32{23, 23})))), opt: p, state: inventory.Invalid, problems: []string{"V3_SIG_POR_CERT_MISMATCH"}},
		{name: "history that comes back to its first key", apk: sign(v3(from(28, a, rotation(t, []identity{a, b, a}, []uint32{23, 23, 23})))), opt: p, state: inventory.Invalid, problems: []string{"V3_SIG_POR_DID_NOT_VERIFY"}},
	})
}

// shortened is a lineage attribute with its first nodes only.
func shortened(t testing.TB, lineage record, n int) record {
	t.Helper()
	nodes, err := parseLineage(lineage.value)
	if err != nil {
		t.Fatal(err)
	}
	return record{lineage.id, encodeLineage(nodes[:n])}
}

// What v1, v2 and v3 say beside each other, and in which version of Android.
func TestSchemesBeside(t *testing.T) {
	who := newCast(t)
	a, b := who.a, who.b
	plain, jar := unsignedAPK(t, 24), readTestdata(t, "apksigner-v1-rsa2048.apk")
	strip := record{attributeStripping, u32(3)}
	rows := []attack{
		{name: "v2 alone from 21", apk: signAPK(t, plain, v2(by(a))), opt: levels(21, 0), state: inventory.Partial, signers: "A",
			platforms: []string{"21-23 unsigned", "24- v2 verified A"}, problems: []string{"JAR_SIG_NO_MANIFEST"}},
		{name: "v2 and v3 from 21", apk: signAPK(t, plain, v2(by(a)), v3(from(28, a))), opt: levels(21, 0), state: inventory.Partial, signers: "A",
			platforms: []string{"21-23 unsigned", "24-27 v2 verified A", "28- v3 verified A"}},
		{name: "v2 alone up to 23", apk: signAPK(t, plain, v2(by(a))), opt: levels(21, 23), state: inventory.Unsigned, platforms: []string{"21-23 unsigned"}},
		{name: "v3 alone up to 27", apk: signAPK(t, plain, v3(from(28, a))), opt: levels(24, 27), state: inventory.Unsigned, platforms: []string{"24-27 unsigned"}},
		{name: "nothing", apk: plain, opt: levels(24, 0), state: inventory.Unsigned, platforms: []string{"24- unsigned"}},
		{name: "v1 and v2 by different keys", apk: signAPK(t, jar, v2(by(b))), opt: levels(18, 0), state: inventory.Invalid, problems: []string{"V2_SIG_MISSING", "JAR_SIG_MISSING"}},
		{name: "v1 and v3 by different keys", apk: signAPK(t, jar, v3(from(28, b))), opt: levels(18, 0), state: inventory.Invalid, problems: []string{"V3_SIG_PAST_SIGNERS_MISMATCH"}},
		{name: "v1 by another key, where v2 counts alone", apk: signAPK(t, jar, v2(by(b))), opt: levels(24, 0), state: inventory.Verified, signers: "B",
			traits: map[inventory.TraitID]string{inventory.TraitSignerConfusion: "META-INF/"}},
		{name: "v2 that its mark says isn't alone", apk: signAPK(t, plain, v2(by(a, strip))), opt: levels(24, 0), state: inventory.Invalid, problems: []string{"V2_SIG_MISSING_APK_SIG_REFERENCED"}},
		{name: "the same where v3 is not known", apk: signAPK(t, plain, v2(by(a, strip))), opt: levels(24, 27), state: inventory.Verified, signers: "A"},
		{name: "v2 with its v3", apk: signAPK(t, plain, v2(by(a, strip)), v3(from(28, a))), opt: levels(24, 0), state: inventory.Verified, signers: "A"},
		{name: "v2 whose one algorithm came later", apk: signAPK(t, plain, v2(signerSpec{by: a, algorithms: []uint32{0x0505}})), opt: levels(24, 0), state: inventory.Invalid, problems: []string{"V2_SIG_NO_SUPPORTED_SIGNATURES"}},
		{name: "v2 over the content of another APK", apk: swapped(t, signAPK(t, plain, v2(by(a))), unsignedAPK(t, 28)), opt: levels(24, 0), state: inventory.Invalid, problems: []string{"V2_SIG_APK_DIGEST_DID_NOT_VERIFY"}},
		{name: "stripped of its mark", apk: bytes.Replace(signAPK(t, plain, v2(by(a))), []byte("APK Sig Block 42"), []byte("APK Sig Block 43"), 1), opt: levels(24, 0), state: inventory.Invalid},
	}
	runAttacks(t, who, rows)
}

// swapped is the signing block of one APK in another.
func swapped(t testing.TB, signed, other []byte) []byte {
	t.Helper()
	s, err := splitAPK(signed)
	if err != nil {
		t.Fatal(err)
	}
	o, err := splitAPK(other)
	if err != nil {
		t.Fatal(err)
	}
	o.pairs = s.pairs
	return o.bytes()
}

// A DEX file before the archive runs on Android versions that may lack the fix of CVE-2017-13156.
func TestJanus(t *testing.T) {
	who := newCast(t)
	const header = "dex\n035\x00and then some code"
	jar := shifted(t, readTestdata(t, "apksigner-v1-rsa2048.apk"), header)
	other := shifted(t, readTestdata(t, "apksigner-v1-rsa2048.apk"), "#!/bin/sh\n")
	ours := readTestdata(t, "apksigner-v1v2-rsa2048.apk")
	covered := signAPK(t, shifted(t, unsignedAPK(t, 24), header), v2(by(who.a)))
	both, err := splitAPK(shifted(t, ours, header)) // v2 doesn't cover the header: wrong from 24 on
	if err != nil {
		t.Fatal(err)
	}
	janus := map[inventory.TraitID]string{inventory.TraitJanus: "DEX"}
	none := []inventory.TraitID{inventory.TraitJanus}
	runAttacks(t, who, []attack{
		{name: "v1 alone", apk: jar, opt: levels(18, 0), state: inventory.Invalid, problems: []string{"JANUS"}, traits: janus},
		{name: "v1 alone from 26", apk: jar, opt: levels(26, 0), state: inventory.Invalid, problems: []string{"JANUS"}, traits: janus},
		{name: "v1 alone from 27", apk: jar, opt: levels(27, 0), state: inventory.Verified, signers: "?", without: none, traits: map[inventory.TraitID]string{inventory.TraitUnsignedBytes: "bytes"}},
		{name: "other bytes", apk: other, opt: levels(18, 0), state: inventory.Verified, signers: "?", without: none, traits: map[inventory.TraitID]string{inventory.TraitUnsignedBytes: "10 bytes"}},
		{name: "under v2", apk: covered, opt: levels(24, 0), state: inventory.Verified, signers: "A", without: none},
		{name: "v1 and v2 that knows nothing of it", apk: both.bytes(), opt: levels(18, 0), state: inventory.Invalid},
	})
}

// Files that name somebody else in a place where other readers look.
func TestSignerConfusion(t *testing.T) {
	who := newCast(t)
	a, b := who.a, who.b
	plain := unsignedAPK(t, 24)
	jar, err := zip.NewReader(bytes.NewReader(readTestdata(t, "apksigner-v1-rsa2048.apk")), int64(len(readTestdata(t, "apksigner-v1-rsa2048.apk"))))
	if err != nil {
		t.Fatal(err)
	}
	var rsa string
	for _, f := range jar.File {
		if strings.HasSuffix(f.Name, ".RSA") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			var content bytes.Buffer
			if _, err := content.ReadFrom(r); err != nil {
				t.Fatal(err)
			}
			rsa = content.String()
		}
	}
	leftover := zipOf(t, "a.txt", "x", "META-INF/OTHER.RSA", rsa)
	twoBlocks := signedTwice(t, plain, b, a)
	nested := signAPK(t, zipOf(t, "inner.apk", string(signAPK(t, plain, v2(by(b))))), v2(by(a)))
	padding := blockSpec{id: pairPadding, raw: make([]byte, 5)}
	runAttacks(t, who, []attack{
		{name: "v2 twice", apk: signAPK(t, plain, v2(by(a)), v2(by(b))), opt: levels(24, 0), state: inventory.Verified, signers: "A",
			traits: map[inventory.TraitID]string{inventory.TraitDuplicateSigningBlock: b.fingerprint(), inventory.TraitSignerConfusion: b.fingerprint()}},
		{name: "v3 twice", apk: signAPK(t, plain, v3(from(28, a)), v3(from(28, b))), opt: levels(28, 0), state: inventory.Verified, signers: "A",
			traits: map[inventory.TraitID]string{inventory.TraitDuplicateSigningBlock: b.fingerprint(), inventory.TraitSignerConfusion: b.fingerprint()}},
		{name: "v2 twice by one", apk: signAPK(t, plain, v2(by(a)), v2(by(a))), opt: levels(24, 0), state: inventory.Verified, signers: "A",
			traits: map[inventory.TraitID]string{inventory.TraitDuplicateSigningBlock: a.fingerprint()}, without: []inventory.TraitID{inventory.TraitSignerConfusion}},
		{name: "the wrong one first", apk: signAPK(t, plain, v2(wrongDigest(by(b))), v2(by(a))), opt: levels(24, 0), state: inventory.Invalid, problems: []string{"V2_SIG_APK_DIGEST_DID_NOT_VERIFY"}},
		{name: "padding twice", apk: signAPK(t, plain, v2(by(a)), padding, padding), opt: levels(24, 0), state: inventory.Verified, signers: "A", without: []inventory.TraitID{inventory.TraitDuplicateSigningBlock}},
		{name: "unused v3.1", apk: signAPK(t, plain, v3(from(28, a)), v31(from(33, b))), opt: levels(28, 32), state: inventory.Verified, signers: "A",
			traits: map[inventory.TraitID]string{inventory.TraitSignerConfusion: b.fingerprint()}},
		{name: "left of another v1", apk: signAPK(t, leftover, v2(by(a))), opt: levels(24, 0), state: inventory.Verified, signers: "A",
			traits: map[inventory.TraitID]string{inventory.TraitLeftoverSignature: "META-INF/OTHER.RSA", inventory.TraitSignerConfusion: "META-INF/OTHER.RSA"}},
		{name: "left of another v1 alone", apk: leftover, opt: levels(24, 0), state: inventory.Invalid, traits: map[inventory.TraitID]string{inventory.TraitLeftoverSignature: "META-INF/OTHER.RSA"}},
		{name: "two signing blocks", apk: twoBlocks, opt: levels(24, 0), state: inventory.Verified, signers: "A", traits: map[inventory.TraitID]string{inventory.TraitSeveralSigningBlocks: "mark"}},
		{name: "a signed APK inside", apk: nested, opt: levels(24, 0), state: inventory.Verified, signers: "A", without: []inventory.TraitID{inventory.TraitSeveralSigningBlocks}},
		{name: "unknown pair", apk: signAPK(t, plain, blockSpec{id: 0x12345678, raw: []byte("data")}, v2(by(a))), opt: levels(24, 0), state: inventory.Verified, signers: "A",
			traits: map[inventory.TraitID]string{inventory.TraitUnknownSigningBlock: "id 0x12345678, 4 bytes, SHA-256 3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"}},
		{name: "channel mark", apk: signAPK(t, plain, blockSpec{id: 0x71777777, raw: []byte("{}")}, v2(by(a))), opt: levels(24, 0), state: inventory.Verified, signers: "A", without: []inventory.TraitID{inventory.TraitUnknownSigningBlock}},
		{name: "debug key", apk: readTestdata(t, "apksigner-v1v2v3-debug-key.apk"), opt: levels(18, 0), state: inventory.Verified, signers: "?", traits: map[inventory.TraitID]string{inventory.TraitDebugCertificate: "CN=Android Debug"}},
		{name: "short key", apk: readTestdata(t, "apksigner-v2-rsa1024.apk"), opt: levels(24, 0), state: inventory.Verified, signers: "?", traits: map[inventory.TraitID]string{inventory.TraitWeakSigningKey: "RSA-1024"}},
		{name: "old key may roll back", apk: readTestdata(t, "apksigner-v3-rotated-rollback.apk"), opt: levels(28, 0), state: inventory.Verified, signers: "?", traits: map[inventory.TraitID]string{inventory.TraitRollbackAllowed: "old key"}},
		{name: "ordinary", apk: signAPK(t, plain, v2(by(a)), v3(from(28, a))), opt: levels(24, 0), state: inventory.Verified, signers: "A", without: []inventory.TraitID{inventory.TraitSignerConfusion,
			inventory.TraitDuplicateSigningBlock, inventory.TraitUnknownSigningBlock, inventory.TraitWeakSigningKey, inventory.TraitDebugCertificate, inventory.TraitRollbackAllowed, inventory.TraitKeyRotated}},
	})
}

// signedTwice is an APK with the v2 signing block of one before that of another, who signs it too.
func signedTwice(t testing.TB, apk []byte, before, last identity) []byte {
	t.Helper()
	a, err := splitAPK(signAPK(t, apk, v2(by(before))))
	if err != nil {
		t.Fatal(err)
	}
	a.contents, a.pairs = slices.Concat(a.contents, a.block()), nil
	binary.LittleEndian.PutUint32(a.eocd[16:], uint32(len(a.contents)))
	a.pairs = []record{encodeScheme(pairV2, []signer{a.sign(t, by(last), false)})}
	return a.bytes()
}

// defect is an APK that something must not be said of.
type defect struct {
	name  string
	apk   []byte
	opt   apksig.Options
	wrong func(apksig.Result) string // what is wrong, "" where all is right
}

func mustRefuse(r apksig.Result) string {
	if accepted(r) {
		return "accepted, which Android does not"
	}
	return ""
}

func mustNotBeUnsigned(r apksig.Result) string {
	if r.Signature.State == inventory.Unsigned {
		return "unsigned, though its v1 signature is whole"
	}
	return ""
}

func mustHitLimit(r apksig.Result) string {
	if r.Unread == nil || !r.Unread.Limit {
		return "judged, though a limit was hit"
	}
	return ""
}

func mustTell(id inventory.TraitID, detail string) func(apksig.Result) string {
	return func(r apksig.Result) string {
		if !hasTrait(r, id, detail) {
			return fmt.Sprintf("without the trait %s with %q", id, detail)
		}
		return ""
	}
}

// The version before Android 9 that finds no v2 goes by v1, and Android refuses what apksig's own shortcuts pass over.
// Source of the platform's side: frameworks/base, android.util.apk.ApkSignatureSchemeV3Verifier and ZipUtils.
func TestStricterThanApksig(t *testing.T) {
	who := newCast(t)
	a, b, c := who.a, who.b, who.c
	plain, jar := unsignedAPK(t, 24), readTestdata(t, "apksigner-v1-rsa2048.apk")
	ab, cb := rotation(t, []identity{a, b}, []uint32{23, 23}), rotation(t, []identity{c, b}, []uint32{23, 23})
	dev := record{attributeDevRelease, nil}
	unknown := func(s signerSpec) signerSpec {
		s.beforeSigning = func(s *signer) { s.digests[0].id = 0x0505 }
		s.afterSigning = func(s *signer) { s.signatures[0].id = 0x0505 }
		return s
	}
	platforms := func(want ...string) func(apksig.Result) string {
		return func(r apksig.Result) string { return cmp.Diff(who.platforms(r), want) }
	}
	for _, d := range []defect{
		{"v3 alone from 24", signAPK(t, plain, v3(from(28, a))), levels(24, 0), platforms("24-27 unsigned", "28- v3 verified A")},
		{"v3 beside another's v1, from 24", signAPK(t, jar, v3(from(28, b))), levels(24, 0), mustRefuse},
		{"v3.1 from 28 on, v3 up to 27", signAPK(t, plain, v3(upTo(24, 27, a, rotatesAt(28))), v31(from(28, b, ab))), levels(28, 0), mustRefuse},
		{"v3 signers for the same versions", signAPK(t, plain, v3(from(28, b, ab), from(28, a))), levels(28, 0), mustRefuse},
		{"one v3 signer twice", signAPK(t, plain, v3(from(28, a), from(28, a))), levels(28, 0), mustRefuse},
		{"v3.1 signers that overlap", signAPK(t, plain, v3(from(28, a, rotatesAt(33))), v31(from(33, b, ab), from(34, b, ab))), levels(28, 0), mustRefuse},
		{"two histories of one signer", signAPK(t, plain, v3(from(28, b, cb, ab))), levels(28, 0), mustRefuse},
		{"mark of ZIP64", signAPK(t, withLocator(t, plain), v2(by(a))), levels(24, 0), mustRefuse},
		{"newest signature by an unknown algorithm", signAPK(t, plain, v2(by(a)), v3(unknown(from(28, a)))), levels(24, 0), mustRefuse},
		{"newest signature from level 20 on", signAPK(t, plain, v2(by(a)), v3(from(20, a))), levels(24, 0), mustRefuse},
		{"v3.1 for a preview", signAPK(t, plain, v3(from(28, a, rotatesAt(34))), v31(from(34, b, ab, dev))), levels(28, 0), platforms("28-34 v3 verified A", "35- v3.1 verified B")},
		{"rotation at 34 where old versions find nothing", signAPK(t, plain, v2(by(a)), v3(from(28, a, rotatesAt(34))), v31(from(34, b, ab))), levels(21, 0),
			platforms("21-23 unsigned", "24-27 v2 verified A", "28-33 v3 verified A", "34- v3.1 verified B")},
		{"signed attributes, which 18 doesn't know", readTestdata(t, "jarsigner-v1-debug-key.apk"), levels(18, 0), platforms("18-18 v1 invalid", "19- v1 verified ?")},
		{"newest signer first", signAPK(t, plain, v3(from(31, b, ab), upTo(28, 30, a))), levels(28, 0), func(r apksig.Result) string {
			if got := r.Signature.Signers[0].SHA256; got != b.fingerprint() {
				return "the newest versions record another signer than " + who.letters([]string{got})
			}
			return ""
		}},
		{"v1 alone, aimed at level 30", jar, apksig.Options{Range: apksig.Range{Min: 18}, TargetSDK: 30}, mustNotBeUnsigned},
		{"v1 alone, in the newer sandbox", jar, apksig.Options{Range: apksig.Range{Min: 18}, TargetSandboxVersion: 2}, mustNotBeUnsigned},
		{"Janus among versions that don't know the algorithm", shifted(t, jar, "dex\n035\x00 and code"), levels(9, 0), mustTell(inventory.TraitJanus, "")},
		{"v2 twice, from 21", signAPK(t, plain, v2(by(a)), v2(by(b))), levels(21, 0), mustTell(inventory.TraitSignerConfusion, b.fingerprint())},
		{"v2 that nobody reads", signAPK(t, plain, v3(from(28, a)), v2(by(b))), levels(28, 0), mustTell(inventory.TraitSignerConfusion, b.fingerprint())},
		{"v3.2 that isn't read", signAPK(t, plain, v3(from(28, a)), blockSpec{id: 0x70e1c89f, raw: []byte("data")}), levels(28, 0), mustTell(inventory.TraitUnknownSigningBlock, "70e1c89f")},
		{"history over the limit", signAPK(t, plain, v3(from(28, a, record{attributeLineage, slices.Concat(u32(1), manyNodes(t, a, limits.LineageNodes+1))}))), levels(28, 0), mustHitLimit},
		{"certificate over the limit", signAPK(t, plain, v2(signerSpec{by: a, beforeSigning: func(s *signer) { s.certs = append(s.certs, make([]byte, limits.CertificateBytes+1)) }})), levels(24, 0), mustHitLimit},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			r := verifyOptions(t, d.apk, d.opt)
			checkInvariants(t, r)
			if wrong := d.wrong(r); wrong != "" {
				t.Errorf("%s: got %s, %v\n%v\n%v", wrong, r.Signature.State, who.platforms(r), r.Signature.Problems, r.Unread)
			}
		})
	}
}

// withLocator gives the last directory record a comment that stands where the locator of a ZIP64 record would. Android
// looks for no signing block then, and goes by v1.
func withLocator(t testing.TB, apk []byte) []byte {
	t.Helper()
	a, err := splitAPK(apk)
	if err != nil {
		t.Fatal(err)
	}
	last := bytes.LastIndex(a.directory, []byte("PK\x01\x02"))
	a.directory = append(slices.Clone(a.directory), append([]byte("PK\x06\x07"), make([]byte, 16)...)...)
	binary.LittleEndian.PutUint16(a.directory[last+32:], 20)
	binary.LittleEndian.PutUint32(a.eocd[12:], uint32(len(a.directory)))
	return a.bytes()
}

// manyNodes is a lineage of n certificates that one key signs, one after the other.
func manyNodes(t testing.TB, last identity, n int) []byte {
	t.Helper()
	ids := many(n, last)
	for i := range ids[:n-1] {
		ids[i] = newIdentity(t, fmt.Sprint(i), last.key)
	}
	return rotation(t, ids, many(n, uint32(23))).value[4:]
}

// Archives whose end is read in two ways: no signature is proved of either.
func TestTwoReadings(t *testing.T) {
	a := testIdentity(t, "ec-p256")
	signed := signAPK(t, zipOf(t, "a", "x", "b", "y"), v2(by(a)))
	parts, err := splitAPK(signed)
	if err != nil {
		t.Fatal(err)
	}
	directory := uint32(len(parts.contents) + len(parts.block()))
	end := func(offset uint32, comment string) []byte {
		b := slices.Clone(signed[len(signed)-22:])
		binary.LittleEndian.PutUint32(b[16:], offset)
		binary.LittleEndian.PutUint16(b[20:], uint16(len(comment)))
		return append(b, comment...)
	}
	body := signed[:len(signed)-22]
	for _, c := range []struct {
		name   string
		apk    []byte
		unread bool
	}{
		{"bytes before that no offset counts", slices.Concat([]byte("prefix"), signed), true},
		{"bytes after the comment", slices.Concat(signed, []byte("x")), true},
		{"end record in the comment for the same directory", slices.Concat(body, end(directory, string(end(directory, "")))), false},
		{"end record in the comment whose directory is elsewhere", slices.Concat(body, parts.directory, end(directory, string(end(directory+1, "")))), true},
		{"a second directory before the end record", slices.Concat(body, parts.directory, end(directory, "")), false},
		{"directory moved, and counted from before the block", slices.Concat(parts.contents, parts.directory, parts.block(), end(uint32(len(parts.contents)), "")), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, c.apk, 24)
			if accepted(r) || r.Unread == nil && r.Signature.State != inventory.Invalid || c.unread != (r.Unread != nil) {
				t.Errorf("got %s, %v, %v, want unread: %v", r.Signature.State, r.Signature.Problems, r.Unread, c.unread)
			}
		})
	}
}

// A signing block that no longer stands before the directory is none for Android; it is told all the same.
func TestBlockLeftBehind(t *testing.T) {
	a, err := splitAPK(signAPK(t, unsignedAPK(t, 24), v2(by(testIdentity(t, "ec-p256")))))
	if err != nil {
		t.Fatal(err)
	}
	a.contents, a.pairs = slices.Concat(a.contents, a.block(), []byte("x")), nil
	r := verify(t, a.bytes(), 24)
	if r.Signature.State != inventory.Unsigned || !hasTrait(r, inventory.TraitSeveralSigningBlocks, "") {
		t.Errorf("got %s, %v", r.Signature.State, r.Traits)
	}
}

// Tricks with entries that Android passes over when it installs don't change who signed.
func TestOddEntries(t *testing.T) {
	who := newCast(t)
	encrypted := func(b []byte) []byte {
		b = bytes.ReplaceAll(b, []byte("PK\x03\x04\x14\x00\x00"), []byte("PK\x03\x04\x14\x00\x01"))
		at := bytes.Index(b, []byte("PK\x01\x02"))
		b[at+8] |= 1
		return b
	}
	for _, c := range []struct {
		name  string
		plain []byte
		want  inventory.TraitID
	}{
		{"encrypted flag", encrypted(zipOf(t, "a", "x")), inventory.TraitZipEncryptedFlag},
		{"one name twice", zipOf(t, "a", "x", "a", "y"), inventory.TraitZipDuplicateName},
	} {
		t.Run(c.name, func(t *testing.T) {
			apk := signAPK(t, c.plain, v2(by(who.a)))
			r := verify(t, apk, 24)
			if r.Signature.State != inventory.Verified || !signersOf(r)[who.a.fingerprint()] {
				t.Errorf("got %s: %v", r.Signature.State, r.Signature.Problems)
			}
			z, err := zipsafe.Open(bytes.NewReader(apk), int64(len(apk)))
			if err != nil || !slices.ContainsFunc(z.Traits(), func(t inventory.Trait) bool { return t.ID == c.want }) {
				t.Errorf("got %v, %v, want the trait %s", z.Traits(), err, c.want)
			}
		})
	}
}

// Only the schemes that some version of the range consults are judged.
func TestRanges(t *testing.T) {
	apk := readTestdata(t, "apksigner-v1v2v3-rsa2048.apk")
	for _, c := range []struct {
		min, max int
		want     string
	}{
		{18, 0, "v1 v2 v3"}, {18, 23, "v1"}, {18, 27, "v1 v2"}, {18, 28, "v1 v2 v3"}, {23, 24, "v1 v2"}, {24, 27, "v2"}, {24, 28, "v2 v3"},
		{24, 0, "v2 v3"}, {27, 0, "v2 v3"}, {28, 0, "v3"}, {28, 28, "v3"}, {33, 0, "v3"}, {10_000, 0, "v3"},
	} {
		t.Run(fmt.Sprintf("%d-%d", c.min, c.max), func(t *testing.T) {
			r := verifyOptions(t, apk, levels(c.min, c.max))
			checkInvariants(t, r)
			var got []string
			for _, s := range r.Signature.Schemes {
				got = append(got, s.Name)
			}
			if strings.Join(got, " ") != c.want || r.Signature.State != inventory.Verified {
				t.Errorf("got %s by %q, want %q", r.Signature.State, got, c.want)
			}
		})
	}
}
