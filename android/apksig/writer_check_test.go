package apksig_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writerCorpus lies beside the repository and is not part of it.
const writerCorpus = "../../../shared/corpus/apksig"

// TestWriterKeepsRealBlocks parses what real tools wrote and writes it again.
func TestWriterKeepsRealBlocks(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.apk"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no APKs in testdata: %v", err)
	}
	more, _ := filepath.Glob(filepath.Join(writerCorpus, "*.apk"))
	if len(more) == 0 {
		t.Logf("there is no %s: only the APKs of testdata are read", writerCorpus)
	}
	parsed := 0
	for _, file := range append(files, more...) {
		t.Run(filepath.Base(file), func(t *testing.T) { parsed += checkSame(t, file) })
	}
	if parsed == 0 {
		t.Error("no block was parsed")
	}
}

// checkSame returns how many scheme blocks the file holds.
func checkSame(t *testing.T, file string) int {
	t.Helper()
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a, err := splitAPK(want)
	if err != nil {
		t.Skipf("not an APK that can be taken apart: %v", err)
	}
	count := 0
	for i, pair := range a.pairs {
		if pair.id != pairV2 && pair.id != pairV3 && pair.id != pairV31 {
			continue
		}
		signers, err := parseScheme(pair)
		if err != nil {
			t.Errorf("pair %#x: %v", pair.id, err)
			continue
		}
		count++
		rewriteLineages(t, signers)
		a.pairs[i] = encodeScheme(pair.id, signers)
		if !bytes.Equal(a.pairs[i].value, pair.value) {
			t.Errorf("pair %#x: written again it is another one", pair.id)
		}
	}
	if got := a.bytes(); !bytes.Equal(got, want) {
		t.Errorf("written again the file is another one: %d bytes, want %d", len(got), len(want))
	}
	return count
}

// rewriteLineages replaces each lineage that can be parsed by what the writer makes of it.
func rewriteLineages(t *testing.T, signers []signer) {
	t.Helper()
	for _, s := range signers {
		for i, attribute := range s.attributes {
			if attribute.id != attributeLineage {
				continue
			}
			nodes, err := parseLineage(attribute.value)
			if err != nil {
				t.Logf("lineage left as it is: %v", err)
				continue
			}
			s.attributes[i].value = encodeLineage(nodes)
		}
	}
}

// unsignedAPK is an APK for platforms from API level min (24, 28 or 33) on, made by aapt, without a signing block.
func unsignedAPK(t testing.TB, min int) []byte {
	t.Helper()
	name, ok := map[int]string{24: "apksigner-v2-ec256.apk", 28: "apksigner-v3-rsa2048.apk", 33: "apksigner-v3-ec256.apk"}[min]
	if !ok {
		t.Fatalf("there is no APK with the lowest API level %d", min)
	}
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	a, err := splitAPK(b)
	if err != nil {
		t.Fatal(err)
	}
	a.pairs = nil
	return a.bytes()
}

// writerCase is one APK of the writer and what apksigner must say of it.
type writerCase struct {
	name    string
	min     int
	blocks  []blockSpec
	damage  func([]byte) // changes the signed file
	signers []string     // fingerprints; none: must not verify
}

// flipName changes the first byte of the last name in the central directory.
func flipName(b []byte) { b[bytes.LastIndex(b, []byte("assets/README.txt"))] ^= 1 }

func writerCases(t *testing.T) []writerCase {
	t.Helper()
	rsaID, ecID := testIdentity(t, "rsa-2048"), testIdentity(t, "ec-p256")
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	newest := newIdentity(t, "writer p521", key)
	v2 := func(signers ...signerSpec) blockSpec { return blockSpec{id: pairV2, signers: signers} }
	v3 := func(signers ...signerSpec) blockSpec { return blockSpec{id: pairV3, signers: signers} }
	whole := func(by identity, attributes ...record) signerSpec {
		return signerSpec{by: by, minSDK: 28, maxSDK: noMaxSDK, attributes: attributes}
	}
	wrongDigest := func(s *signer) { s.digests[0].value = bytes.Repeat([]byte{1}, 32) }
	lineage := rotation(t, []identity{rsaID, ecID, newest}, []uint32{23, 31, 23})
	rotated := signerSpec{by: newest, minSDK: 33, maxSDK: noMaxSDK, attributes: []record{lineage}}
	return []writerCase{
		{name: "v2 RSA", min: 24, blocks: []blockSpec{v2(signerSpec{by: rsaID})}, signers: []string{rsaID.fingerprint()}},
		{name: "v2 RSA both digests", min: 24, signers: []string{rsaID.fingerprint()}, // no PSS: a plain JDK has none under apksigner's name
			blocks: []blockSpec{v2(signerSpec{by: rsaID, algorithms: []uint32{rsaPKCS1256, rsaPKCS1512}})}},
		{name: "v2 two signers", min: 24, blocks: []blockSpec{v2(signerSpec{by: ecID}, signerSpec{by: newest})}, signers: []string{ecID.fingerprint(), newest.fingerprint()}},
		{name: "v2 and v3", min: 24, signers: []string{ecID.fingerprint()},
			blocks: []blockSpec{v2(signerSpec{by: ecID, attributes: []record{{attributeStripping, u32(3)}}}), v3(whole(ecID))}},
		{name: "v3", min: 28, blocks: []blockSpec{v3(whole(rsaID))}, signers: []string{rsaID.fingerprint()}},
		{name: "v3 three keys", min: 28, blocks: []blockSpec{v3(whole(newest, lineage))}, signers: []string{newest.fingerprint()}},
		{name: "v3 and v3.1", min: 28, signers: []string{rsaID.fingerprint()},
			blocks: []blockSpec{v3(whole(rsaID, record{attributeRotationMinSDK, u32(33)})), {id: pairV31, signers: []signerSpec{rotated}}}},
		{name: "v3 with two ranges", min: 28, signers: []string{newest.fingerprint()}, // it names the newest range's
			blocks: []blockSpec{v3(signerSpec{by: rsaID, minSDK: 28, maxSDK: 32}, rotated)}},
		{name: "unknown pair first", min: 24, blocks: []blockSpec{{id: 0x71777777, raw: []byte("{}")}, v2(signerSpec{by: ecID})}, signers: []string{ecID.fingerprint()}},
		{name: "v2 changed after signing", min: 24, blocks: []blockSpec{v2(signerSpec{by: rsaID})}, damage: flipName},
		{name: "v3 changed after signing", min: 28, blocks: []blockSpec{v3(whole(ecID))}, damage: flipName},
		{name: "v2 without the v3 it names", min: 24, blocks: []blockSpec{v2(signerSpec{by: ecID, attributes: []record{{attributeStripping, u32(3)}}})}},
		{name: "v2 wrong digest, rightly signed", min: 24, blocks: []blockSpec{v2(signerSpec{by: rsaID, beforeSigning: wrongDigest})}},
		{name: "v3 outer range changed", min: 28,
			blocks: []blockSpec{v3(signerSpec{by: ecID, minSDK: 28, maxSDK: noMaxSDK, afterSigning: func(s *signer) { s.outerMin = 24 }})}},
		{name: "v3 lineage not signed by the key before", min: 28,
			blocks: []blockSpec{v3(whole(ecID, record{attributeLineage, brokenLineage(t, rsaID, ecID)}))}},
	}
}

// brokenLineage is a lineage whose second node has a signature over other bytes.
func brokenLineage(t *testing.T, older, newer identity) []byte {
	t.Helper()
	nodes, err := parseLineage(rotation(t, []identity{older, newer}, []uint32{23, 23}).value)
	if err != nil {
		t.Fatal(err)
	}
	nodes[1].signature = older.sign(t, older.algorithm(), []byte("something else"))
	return encodeLineage(nodes)
}

// TestApksignerAcceptsTheWriter has Debian's apksigner judge APKs of the writer, good ones and broken ones.
func TestApksignerAcceptsTheWriter(t *testing.T) {
	if _, err := exec.LookPath("apksigner"); err != nil {
		t.Skip("there is no apksigner (Debian: apt-get install apksigner)")
	}
	for _, c := range writerCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			apk := signAPK(t, unsignedAPK(t, c.min), c.blocks...)
			if c.damage != nil {
				c.damage(apk)
			}
			file := filepath.Join(t.TempDir(), "app.apk")
			if err := os.WriteFile(file, apk, 0o600); err != nil {
				t.Fatal(err)
			}
			got, said := apksignerSigners(file, c.min)
			if c.signers == nil && !strings.HasPrefix(said, "DOES NOT VERIFY\n") {
				t.Errorf("apksigner gives no verdict, or the wrong one:\n%s", said)
			}
			if diff := cmp.Diff(sorted(c.signers), sorted(got)); diff != "" {
				t.Errorf("signers (-want +got):\n%s\napksigner says:\n%s", diff, said)
			}
		})
	}
}

var certificateLine = regexp.MustCompile(`(?m)^Signer .*certificate SHA-256 digest: ([0-9a-f]{64})$`)

// apksignerSigners is whom apksigner names as signers of an APK that verifies from API level min on, and all that it says.
func apksignerSigners(file string, min int) (signers []string, said string) {
	out, err := exec.Command("apksigner", "verify", "--verbose", "--print-certs", "--min-sdk-version", strconv.Itoa(min), file).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "Verifies\n") {
		return nil, string(out)
	}
	for _, match := range certificateLine.FindAllStringSubmatch(string(out), -1) {
		signers = append(signers, match[1])
	}
	return signers, string(out)
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}
