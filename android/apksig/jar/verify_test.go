package jar

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"appraise/android/apksig/jar/manifest"
	"appraise/internal/limits"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestVerified(t *testing.T) {
	k := newKey(t, nil)
	parts := append(sign(t, k, sample(), signature{}), part{name: metaInf + "services/x"}, part{name: metaInf + "d/"})
	got, err := verify(t, build(t, parts...), everywhere(18))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Verified || !got.Present || !got.HasManifest || got.WeakDigest != "" || len(got.Leftover)+len(got.Unused)+len(got.Errors)+len(got.Ignored) > 0 {
		t.Errorf("got %+v", got)
	}
	if len(got.Signers) != 1 || got.Signers[0].Name != metaInf+"CERT.EC" || !bytes.Equal(got.Signers[0].Certificates[0].Raw, k.cert) {
		t.Errorf("got signers %+v", got.Signers)
	}
	if diff := cmp.Diff(got.Unprotected, []string{metaInf + "services/x"}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(ids(got.Warnings), []string{unprotectedEntry}); diff != "" {
		t.Error(diff)
	}
	want := digestOf(crypto.SHA256, parts[len(sample())].body)
	if !bytes.Equal(got.ManifestDigest[:], want) {
		t.Errorf("got %x, want %x", got.ManifestDigest, want)
	}
	sum, ok, err := ManifestDigest(opened(t, build(t, parts...)))
	if err != nil || !ok || !bytes.Equal(sum[:], want) {
		t.Errorf("got %x, %v, %v, want %x", sum, ok, err, want)
	}
}

// TestTexts changes manifest and signature file before they are signed, so that the signature itself is right.
func TestTexts(t *testing.T) {
	k := newKey(t, nil)
	wide := everywhere(18)
	sections := func(head string) func(string) string {
		return func(manifest string) string { return sigFileOf(manifest, head, "SHA-256", crypto.SHA256) }
	}
	add := func(text string) func(string) string { return func(s string) string { return s + text } }
	swap := func(old, now string) func(string) string {
		return func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("%q is not in %q", old, s)
			}
			return strings.Replace(s, old, now, 1)
		}
	}
	both := func(change func(string) string) func(string) string {
		return func(manifest string) string {
			return change(sigFileOf(manifest, whole(manifest), "SHA-256", crypto.SHA256))
		}
	}
	tests := []struct {
		name           string
		s              signature
		r              Range
		schemes        []int
		verified       bool
		errors, warned []string
		thrown         string // the error is none of the above
	}{
		{name: "honest", r: wide, verified: true},
		{name: "sections alone", s: signature{sigFile: sections("")}, r: wide, verified: true, warned: []string{noManifestDigest}},
		{name: "wrong digest of the whole manifest", s: signature{sigFile: sections(whole("x"))}, r: wide, verified: true, warned: []string{digestDidNotVerify}},
		{name: "manifest empty", s: signature{manifest: func(string) string { return "" }}, r: wide,
			errors: []string{noDigestInManifest, noDigestInManifest, noDigestInManifest, noSignedEntries}},
		{name: "section without a name", s: signature{manifest: add("Nome: x\r\n\r\n")}, r: wide, errors: []string{unnamedSection}},
		{name: "name not first", s: signature{manifest: add("A: b\r\nName: res/a.xml\r\n\r\n")}, r: wide, errors: []string{unnamedSection}},
		{name: "two sections of one name", s: signature{manifest: add("Name: res/a.xml\r\n\r\n")}, r: wide, errors: []string{duplicateSection}},
		{name: "section of nothing", s: signature{manifest: add("Name: gone\r\n\r\nName: gone\r\n\r\n")}, r: wide, errors: []string{missingEntry, duplicateSection}},
		{name: "section of a folder", s: signature{manifest: add("Name: res/\r\n\r\n")}, r: wide, errors: []string{missingEntry}},
		{name: "names of attributes in any case", s: signature{manifest: func(s string) string { return strings.ReplaceAll(s, "SHA-256-Digest", "sHa-256-dIGEST") }}, r: wide, verified: true},
		{name: "no digest for an entry", s: signature{manifest: swap("Name: res/a.xml\r\nSHA-256", "Name: res/a.xml\r\nSHA-999")}, r: wide, errors: []string{noDigestInManifest}},
		{name: "digest of something else", s: signature{manifest: swap("Name: res/a.xml\r\nSHA-256-Digest: ", "Name: res/a.xml\r\nSHA-256-Digest: AAAA")}, r: wide, errors: []string{digestDidNotVerify}},
		{name: "digest that is no Base64", s: signature{manifest: swap("Name: res/a.xml\r\nSHA-256-Digest: ", "Name: res/a.xml\r\nSHA-256-Digest:  ")}, r: wide, thrown: "Base64"},
		{name: "no version", s: signature{sigFile: both(swap("Signature-Version", "Signature-Vision"))}, r: wide, errors: []string{noSignatures, missingVersion}},
		{name: "signature file empty", s: signature{sigFile: func(string) string { return "\r\n\r\n" }}, r: wide, thrown: "empty"},
		{name: "signature file names nothing", s: signature{sigFile: func(m string) string { return "Signature-Version: 1.0\r\n" + whole(m) }}, r: wide,
			errors: []string{entryNotSigned, entryNotSigned, entryNotSigned, noSignedEntries}},
		{name: "signature file leaves one out", s: signature{sigFile: both(swap("Name: res/a.xml", "Name: res/b.xml"))}, r: wide, errors: []string{entryNotSigned}},
		{name: "signature file without a name", s: signature{sigFile: both(add("x\r\n\r\n"))}, r: wide, errors: []string{noSignatures, unnamedFileSection}},
		{name: "signature file with one name twice", s: signature{sigFile: both(add("Name: res/a.xml\r\n\r\n"))}, r: wide, errors: []string{noSignatures, duplicateFileSection}},
		{name: "signature file names what the manifest does not", s: signature{sigFile: func(m string) string {
			return sections("")(m) + "Name: other\r\nSHA-256-Digest: AAAA\r\n\r\n"
		}}, r: wide, errors: []string{noSignatures, noDigestInFile}, warned: []string{noManifestDigest}},
		{name: "section without a digest", s: signature{sigFile: func(m string) string {
			return strings.Replace(sections("")(m), "Name: res/a.xml\r\nSHA-256", "Name: res/a.xml\r\nX", 1)
		}}, r: wide, errors: []string{noDigestInFile}, warned: []string{noManifestDigest}},
		{name: "section with a wrong digest", s: signature{sigFile: func(m string) string {
			return strings.Replace(sections("")(m), "Name: res/a.xml\r\nSHA-256-Digest: ", "Name: res/a.xml\r\nSHA-256-Digest: AAAA", 1)
		}}, r: wide, errors: []string{sectionDidNotVerify}, warned: []string{noManifestDigest}},
		{name: "main section", s: signature{head: digestLine("SHA-256", crypto.SHA256, manifest.OfMain, []byte(mainSection))}, r: wide, verified: true},
		{name: "main section wrong", s: signature{head: digestLine("SHA-256", crypto.SHA256, manifest.OfMain, []byte("x"))}, r: wide, errors: []string{mainDidNotVerify}},
		{name: "main section of an empty manifest", s: signature{manifest: func(string) string { return "" }, head: digestLine("SHA-256", crypto.SHA256, manifest.OfMain, []byte("x"))}, r: wide, thrown: "empty manifest"},
		{name: "main section wrong, but signtool", s: signature{sigFile: func(m string) string {
			return sigFileOf(m, "Created-By: some signtool\r\n"+digestLine("SHA-256", crypto.SHA256, manifest.OfSection, []byte(m))+digestLine("SHA-256", crypto.SHA256, manifest.OfMain, []byte("x")), "SHA-256", crypto.SHA256)
		}}, r: wide, verified: true},
		{name: "signtool stops short of the empty line", s: signature{
			manifest: func(m string) string { return strings.ReplaceAll(m, "\r\n", "\n") },
			sigFile: func(m string) string {
				out := "Signature-Version: 1.0\nCreated-By: signtool\n\n"
				for _, one := range strings.SplitAfter(m, "\n\n")[1:4] {
					name, _, _ := strings.Cut(one, "\n")
					out += name + "\n" + digestLine("SHA-256", crypto.SHA256, manifest.OfSection, []byte(one[:len(one)-1])) + "\n"
				}
				return out
			}}, r: wide, verified: true, warned: []string{noManifestDigest}},

		{name: "v2 said and there", s: signature{head: "X-Android-APK-Signed: 2\r\n"}, r: wide, schemes: []int{2}, verified: true},
		{name: "v2 said and gone", s: signature{head: "X-Android-APK-Signed: 2\r\n"}, r: wide, errors: []string{missingScheme}},
		{name: "v2 said and gone, old platforms", s: signature{head: "X-Android-APK-Signed: 2\r\n"}, r: Range{18, 23}, verified: true},
		{name: "v3 said and gone", s: signature{head: "X-Android-APK-Signed: 2 , 3\r\n"}, r: wide, schemes: []int{2}, errors: []string{missingScheme}},
		{name: "v2 and v3 said and gone", s: signature{head: "X-Android-APK-Signed: 3,2,3\r\n"}, r: wide, errors: []string{missingScheme, missingScheme}},
		{name: "v3 said and gone, before it", s: signature{head: "X-Android-APK-Signed: 3\r\n"}, r: Range{18, 27}, verified: true, warned: []string{unknownScheme}},
		{name: "unknown schemes said", s: signature{head: "X-Android-APK-Signed: ,x, 0x2, 31,4294967298,\r\n"}, r: wide, verified: true, warned: []string{unknownScheme}},
		{name: "v2 there and not said", r: wide, schemes: []int{2}, verified: true, warned: []string{noStripProtection}},

		{name: "from before 18 without its digest", r: everywhere(17), errors: []string{unsupportedAlgorithm}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t, build(t, sign(t, k, sample(), tt.s)...), tt.r, tt.schemes...)
			if tt.thrown != "" {
				if err == nil || !strings.Contains(err.Error(), tt.thrown) {
					t.Fatalf("got %v, want an error with %q", err, tt.thrown)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			errors, warned := got.all()
			if diff := cmp.Diff([]any{got.Verified, errors, warned}, []any{tt.verified, tt.errors, tt.warned}, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("got - want +\n%s%+v", diff, got)
			}
		})
	}
}

// TestBlocks is about what stands in a signature block.
func TestBlocks(t *testing.T) {
	k, other := newKey(t, nil), newKey(t, func(c *x509.Certificate) { c.SerialNumber = bigInt(12) })
	critical := newKey(t, func(c *x509.Certificate) { c.ExtraExtensions = criticalExtension() })
	unfit := newKey(t, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageCertSign })
	fit := newKey(t, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageContentCommitment })
	expired := newKey(t, func(c *x509.Certificate) { c.NotAfter = c.NotBefore })
	contentType := attribute(t, oidTypeAttr, oidData)
	digest := func(b []byte) []byte { return attribute(t, oidDigestAttr, digestOf(crypto.SHA256, b)) }
	attributes := func(list ...func([]byte) []byte) func([]byte) []byte {
		return func(b []byte) []byte {
			var all [][]byte
			for _, one := range list {
				all = append(all, one(b))
			}
			return pkcs7(t, [][]byte{k.cert}, k.info(t, b, all...))
		}
	}
	always := func(b []byte) func([]byte) []byte { return func([]byte) []byte { return b } }
	wrong := []byte("another text")
	tests := []struct {
		name   string
		block  func(sf []byte) []byte
		least  int
		most   int
		errors []string // none: verified by k
		unused int
	}{
		{name: "no ASN.1", block: always([]byte("PKCS")), least: 18, errors: []string{parseException}},
		{name: "empty", block: always(nil), least: 18, errors: []string{parseException}},
		{name: "no signer", block: func(b []byte) []byte { return pkcs7(t, [][]byte{k.cert}) }, least: 18, errors: []string{noSigners}},
		{name: "bytes after it", block: func(b []byte) []byte { return append(pkcs7(t, [][]byte{k.cert}, k.info(t, b)), "more"...) }, least: 18},
		{name: "other text signed", block: func(b []byte) []byte { return pkcs7(t, [][]byte{k.cert}, k.info(t, wrong)) }, least: 18, errors: []string{didNotVerify}},
		{name: "certificate missing", block: func(b []byte) []byte { return pkcs7(t, [][]byte{other.cert}, k.info(t, b)) }, least: 18, errors: []string{verifyException}},
		{name: "certificate unreadable", block: func(b []byte) []byte { return pkcs7(t, [][]byte{k.cert, der(t, 5)}, k.info(t, b)) }, least: 18, errors: []string{parseException}},
		{name: "certificate before and after", block: func(b []byte) []byte {
			return pkcs7(t, [][]byte{other.cert, k.cert, expired.cert, other.cert}, k.info(t, b))
		}, least: 18, unused: 2},
		{name: "critical extension", block: func(b []byte) []byte { return pkcs7(t, [][]byte{critical.cert}, critical.info(t, b)) }, least: 18, errors: []string{verifyException}},
		{name: "key usage unfit", block: func(b []byte) []byte { return pkcs7(t, [][]byte{unfit.cert}, unfit.info(t, b)) }, least: 18, errors: []string{verifyException}},
		{name: "signature of a wrong form", block: func(b []byte) []byte {
			i := k.info(t, b)
			i.Signature = []byte{1, 2, 3}
			return pkcs7(t, [][]byte{k.cert}, i)
		}, least: 18, errors: []string{verifyException}},
		{name: "another kind of key", block: func(b []byte) []byte {
			i := k.info(t, b)
			i.Algorithm.Algorithm = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
			return pkcs7(t, [][]byte{k.cert}, i)
		}, least: 18, errors: []string{verifyException}},
		{name: "unknown algorithm", block: func(b []byte) []byte {
			i := k.info(t, b)
			i.Digest.Algorithm = oidData
			return pkcs7(t, [][]byte{k.cert}, i)
		}, least: 18, errors: []string{unsupportedAlgorithm}},
		{name: "DSA with SHA-512", block: func(b []byte) []byte {
			i := k.info(t, b)
			i.Algorithm.Algorithm = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 4}
			return pkcs7(t, [][]byte{k.cert}, i)
		}, least: 21, most: 23, errors: []string{unsupportedAlgorithm}},

		{name: "second signer alone is right", block: func(b []byte) []byte {
			return pkcs7(t, [][]byte{k.cert, other.cert}, other.info(t, wrong), k.info(t, b))
		}, least: 24, unused: 1},
		{name: "second signer alone is right, old platforms", block: func(b []byte) []byte {
			return pkcs7(t, [][]byte{k.cert, other.cert}, other.info(t, wrong), k.info(t, b))
		},
			least: 23, errors: []string{didNotVerify}},
		{name: "two right signers", block: func(b []byte) []byte { return pkcs7(t, [][]byte{other.cert, k.cert}, k.info(t, b), other.info(t, b)) }, least: 24},
		{name: "second signer refused", block: func(b []byte) []byte { return pkcs7(t, [][]byte{k.cert}, k.info(t, b), other.info(t, b)) }, least: 24, errors: []string{verifyException}},

		{name: "attributes", block: attributes(always(contentType), digest), least: 19},
		{name: "attributes before 19", block: attributes(always(contentType), digest), least: 18, errors: []string{verifyException}},
		{name: "attributes in any order", block: attributes(always(attribute(t, oidSigningTime, "x")), digest, always(contentType)), least: 19},
		{name: "no digest", block: attributes(always(contentType)), least: 19, errors: []string{verifyException}},
		{name: "wrong digest", block: attributes(always(contentType), always(digest(wrong))), least: 19, errors: []string{didNotVerify}},
		{name: "digest of another type", block: attributes(always(contentType), always(attribute(t, oidDigestAttr, 5))), least: 19, errors: []string{parseException}},
		{name: "two digests", block: attributes(always(contentType), digest, digest), least: 19, errors: []string{parseException}},
		{name: "digest of two values", block: attributes(always(contentType), func(b []byte) []byte {
			return attribute(t, oidDigestAttr, digestOf(crypto.SHA256, b), digestOf(crypto.SHA256, b))
		}), least: 19, errors: []string{parseException}},
		{name: "no content type", block: attributes(digest), least: 19, errors: []string{verifyException}},
		{name: "no content type, old platforms", block: attributes(digest), least: 19, most: 23},
		{name: "wrong content type", block: attributes(always(attribute(t, oidTypeAttr, oidSigned)), digest), least: 19, errors: []string{didNotVerify}},
		{name: "content type of another kind", block: attributes(always(attribute(t, oidTypeAttr, "x")), digest), least: 19, errors: []string{parseException}},
		{name: "attribute twice", block: attributes(always(contentType), digest, always(attribute(t, oidSigningTime, "x")), always(attribute(t, oidSigningTime, "y"))), least: 19, errors: []string{parseException}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.most == 0 {
				tt.most = math.MaxInt32
			}
			got, err := verify(t, build(t, sign(t, k, sample(), signature{block: tt.block})...), Range{tt.least, tt.most})
			if err != nil {
				t.Fatal(err)
			}
			errors, _ := got.all()
			if diff := cmp.Diff(errors, tt.errors, cmpopts.EquateEmpty()); diff != "" || got.Verified != (len(tt.errors) == 0) || len(got.Unused) != tt.unused {
				t.Fatalf("got - want +\n%s%+v", diff, got)
			}
			if got.Verified && !bytes.Equal(got.Signers[0].Certificates[0].Raw, k.cert) {
				t.Errorf("got signer %x", got.Signers[0].Certificates[0].Raw)
			}
		})
	}
	for name, k := range map[string]testKey{"key usage fit": fit, "expired": expired} {
		if got, err := verify(t, build(t, sign(t, k, sample(), signature{})...), everywhere(18)); err != nil || !got.Verified {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

// TestArchives changes the archive around an honest signature.
func TestArchives(t *testing.T) {
	honest := sign(t, newKey(t, nil), sample(), signature{})
	change := func(name string, do func(*part)) []part {
		out := slices.Clone(honest)
		i := slices.IndexFunc(out, func(p part) bool { return p.name == name })
		do(&out[i])
		return out
	}
	without := func(name string) []part {
		return slices.DeleteFunc(slices.Clone(honest), func(p part) bool { return p.name == name })
	}
	with := func(p ...part) []part { return append(slices.Clone(honest), p...) }
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 1; return b }
	}
	const sf, block, dex, apk = metaInf + "CERT.SF", metaInf + "CERT.EC", "classes.dex", "res/a.xml"
	tests := []struct {
		name   string
		parts  []part
		errors []string // none: verified
		warned []string
		thrown string
	}{
		{name: "honest", parts: honest},
		{name: "content byte", parts: replace(honest, dex, flip(3)), errors: []string{digestDidNotVerify}},
		{name: "manifest byte", parts: replace(honest, manifestName, flip(0)), warned: []string{digestDidNotVerify}}, // main section; nothing covers it but the whole digest
		{name: "manifest section", parts: replace(honest, manifestName, func(b []byte) []byte { return bytes.Replace(b, []byte("Digest: "), []byte("digest: "), 1) }),
			errors: []string{sectionDidNotVerify}, warned: []string{digestDidNotVerify}},
		{name: "manifest section removed", parts: replace(honest, manifestName, func(b []byte) []byte { return b[:bytes.LastIndex(b, []byte("Name"))] }),
			errors: []string{noSignatures, noDigestInFile}, warned: []string{digestDidNotVerify}},
		{name: "signature file byte", parts: replace(honest, sf, flip(0)), errors: []string{didNotVerify}},
		{name: "entry added", parts: with(part{name: "new"}), errors: []string{noDigestInManifest}},
		{name: "entry added under META-INF", parts: with(part{name: metaInf + "new"}), warned: []string{unprotectedEntry}},
		{name: "META-INF in small letters", parts: with(part{name: "meta-inf/new"}), errors: []string{noDigestInManifest}},
		{name: "folder added", parts: with(part{name: "new/"}, part{name: "new/"}, part{name: apk + "/"})},
		{name: "entry removed", parts: without(apk), errors: []string{missingEntry}},
		{name: "entry twice", parts: with(honest[0], honest[0], honest[1]), errors: []string{duplicateEntry, duplicateEntry}},
		{name: "manifest twice", parts: with(part{name: manifestName}), errors: []string{duplicateEntry}},
		{name: "names that Java holds equal", parts: with(part{name: "\xff"}, part{name: "\xfe"}), errors: []string{duplicateEntry}},
		{name: "no manifest", parts: without(manifestName), errors: []string{noManifest}},
		{name: "no signature file", parts: without(sf), errors: []string{noSignatures}, warned: []string{missingFile}},
		{name: "no block", parts: without(block), errors: []string{noSignatures}},
		{name: "block without its file beside", parts: with(part{name: metaInf + "X.RSA"}), warned: []string{missingFile, unprotectedEntry}},
		{name: "extension in small letters", parts: with(part{name: metaInf + "x.rsa"}, part{name: metaInf + "x.SF"}), warned: []string{unprotectedEntry, unprotectedEntry}},
		{name: "unreadable block beside", parts: with(part{name: metaInf + "X.RSA"}, part{name: metaInf + "X.SF"}), errors: []string{parseException}},
		{name: "all in META-INF/sub", parts: replaceNames(honest, map[string]string{sf: metaInf + "a/b.SF", block: metaInf + "a/b.DSA"})},
		{name: "nothing at all", parts: nil, errors: []string{noManifest}},

		{name: "data descriptor", parts: change(dex, func(p *part) { p.flags, p.localSize, p.localCRC = dataDescriptor, ptr[uint32](0), ptr[uint32](0) })},
		{name: "data descriptor by the local header alone", parts: change(dex, func(p *part) { p.localFlags = ptr[uint16](dataDescriptor) }), thrown: "data descriptor flag"},
		{name: "data descriptor by the directory alone", parts: change(dex, func(p *part) { p.flags, p.localFlags = dataDescriptor, ptr[uint16](0) }), thrown: "data descriptor flag"},
		{name: "local name", parts: change(dex, func(p *part) { p.localName = "classes.dox" }), thrown: "another name"},
		{name: "local name longer", parts: change(dex, func(p *part) { p.localName = dex + "x" }), thrown: "another name"},
		{name: "local checksum", parts: change(dex, func(p *part) { p.localCRC = ptr[uint32](1) }), thrown: "another checksum"},
		{name: "local size", parts: change(dex, func(p *part) { p.localSize = ptr[uint32](1) }), thrown: "another size"},
		{name: "size too small", parts: change(dex, func(p *part) { p.size = ptr[uint32](3199) }), thrown: "gives more than"},
		{name: "size too large", parts: change(dex, func(p *part) { p.size = ptr[uint32](3201) }), thrown: "gives 3200 bytes"},
		{name: "stored, size too large", parts: change(apk, func(p *part) { p.size = ptr[uint32](1 << 20) }), thrown: "reach into the central directory"},
		{name: "not deflated", parts: change(dex, func(p *part) { p.packed = []byte("\xff\xff\xff") }), thrown: "inflating"},
		{name: "method unknown", parts: change(dex, func(p *part) { p.packed, p.method = deflate(t, p.body), 30208 })},
		{name: "manifest's local header", parts: change(manifestName, func(p *part) { p.localCRC = ptr[uint32](1) }), thrown: "another checksum"},
		{name: "deflated data without their end", parts: change(dex, func(p *part) {
			p.packed = append([]byte{0, 0x80, 0x0c, 0x7f, 0xf3}, p.body...) // a stored block that isn't the last
		})},
		{name: "header in the directory", parts: with(part{name: metaInf + "X.SF"}, part{name: metaInf + strings.Repeat("n", 1<<15) + ".EC", shared: true}, part{name: metaInf + strings.Repeat("n", 1<<15) + ".SF", shared: true}), thrown: "reaches into the central directory"},
		{name: "local header under META-INF that nothing reads", parts: with(part{name: metaInf + "x", localName: "y"}), warned: []string{unprotectedEntry}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t, build(t, tt.parts...), everywhere(18))
			if tt.thrown != "" {
				if err == nil || !strings.Contains(err.Error(), tt.thrown) {
					t.Fatalf("got %v, %+v, want an error with %q", err, got, tt.thrown)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			errors, warned := got.all()
			if diff := cmp.Diff([]any{got.Verified, errors, warned}, []any{len(tt.errors) == 0, tt.errors, tt.warned}, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("got - want +\n%s%+v", diff, got)
			}
		})
	}
}

func replaceNames(parts []part, names map[string]string) []part {
	out := slices.Clone(parts)
	for i := range out {
		if now, ok := names[out[i].name]; ok {
			out[i].name = now
		}
	}
	return out
}

// TestSigners is about several signers of one APK.
func TestSigners(t *testing.T) {
	a, b := newKey(t, nil), newKey(t, func(c *x509.Certificate) { c.SerialNumber = bigInt(2) })
	one := sign(t, a, sample(), signature{})
	two := func(s signature) []part {
		s.name = "TWO"
		return append(slices.Clone(one), sign(t, b, sample(), s)[len(one)-2:]...)
	}
	drop := func(name string) signature {
		return signature{sigFile: func(m string) string {
			return strings.Replace(sigFileOf(m, whole(m), "SHA-256", crypto.SHA256), "Name: "+name, "Name: x", 1)
		}}
	}
	tests := []struct {
		name             string
		parts            []part
		signers, ignored []string
		errors           []string
		unprotected      []string
	}{
		{name: "both", parts: two(signature{}), signers: []string{"CERT.EC", "TWO.EC"}},
		{name: "second names nothing", parts: two(signature{sigFile: func(m string) string { return "Signature-Version: 1.0\r\n" + whole(m) }}),
			signers: []string{"CERT.EC"}, ignored: []string{"TWO.EC"}, unprotected: []string{"TWO.SF", "TWO.EC"}},
		{name: "second has no version", parts: two(signature{sigFile: func(m string) string { return whole(m) }}),
			signers: []string{"CERT.EC"}, ignored: []string{"TWO.EC"}, errors: []string{missingVersion}, unprotected: []string{"TWO.SF", "TWO.EC"}},
		{name: "second leaves the last out", parts: two(drop("res/a.xml")), errors: []string{entrySignersMismatch}},
		{name: "second leaves the first out", parts: two(drop("AndroidManifest.xml")), errors: []string{entrySignersMismatch, entrySignersMismatch}},
		{name: "second does not verify", parts: two(signature{block: func(sf []byte) []byte { return pkcs7(t, [][]byte{b.cert}, b.info(t, nil)) }}),
			signers: []string{"TWO.EC"}, errors: []string{didNotVerify}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t, build(t, tt.parts...), everywhere(18))
			if err != nil {
				t.Fatal(err)
			}
			names := func(list []Signer) (out []string) {
				for _, s := range list {
					out = append(out, strings.TrimPrefix(s.Name, metaInf))
				}
				return out
			}
			var unprotected []string
			for _, s := range got.Unprotected {
				unprotected = append(unprotected, strings.TrimPrefix(s, metaInf))
			}
			errors, _ := got.all()
			if diff := cmp.Diff([][]string{names(got.Signers), names(got.Ignored), errors, unprotected},
				[][]string{tt.signers, tt.ignored, tt.errors, tt.unprotected}, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("got - want +\n%s%+v", diff, got)
			}
		})
	}
	t.Run("limit", func(t *testing.T) {
		for n, want := range map[int][]string{limits.SignersV2: nil, limits.SignersV2 + 1: {maxSignatures}} {
			parts := one
			for i := range n - 1 {
				parts = append(parts, sign(t, a, sample(), signature{name: fmt.Sprint(i)})[len(one)-2:]...)
			}
			got, err := verify(t, build(t, parts...), everywhere(18))
			if err != nil || got.Verified != (want == nil) || !slices.Equal(ids(got.Errors), want) {
				t.Errorf("%d signers: got %+v, %v", n, got, err)
			}
		}
	})
}

func TestLeftover(t *testing.T) {
	a, b := newKey(t, nil), newKey(t, func(c *x509.Certificate) { c.SerialNumber = bigInt(2) })
	stranger := part{name: metaInf + "B.RSA", body: pkcs7(t, [][]byte{b.cert}, b.info(t, nil))}
	honest := append(sign(t, a, sample(), signature{}), stranger, part{name: metaInf + "C.SF"})
	alone := append(sample(), stranger)
	bare := slices.DeleteFunc(slices.Clone(honest), func(p part) bool { return p.name == manifestName })
	tests := []struct {
		name     string
		parts    []part
		leftover []string
		unused   [][]byte
	}{
		{"beside an honest signature", honest, []string{stranger.name, metaInf + "C.SF"}, [][]byte{b.cert}},
		{"alone", alone, []string{stranger.name}, [][]byte{b.cert}},
		{"no manifest", bare, []string{metaInf + "CERT.SF", metaInf + "CERT.EC", stranger.name, metaInf + "C.SF"}, [][]byte{a.cert, b.cert}},
		{"nothing", sample(), nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t, build(t, tt.parts...), everywhere(18))
			if err != nil {
				t.Fatal(err)
			}
			var unused [][]byte
			for _, c := range got.Unused {
				unused = append(unused, c.Raw)
			}
			if diff := cmp.Diff(got.Leftover, tt.leftover); diff != "" || got.Present != (tt.leftover != nil) {
				t.Errorf("present %v, got - want +\n%s", got.Present, diff)
			}
			if diff := cmp.Diff(unused, tt.unused); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
		})
	}
}

func TestWeakDigest(t *testing.T) {
	k := newKey(t, nil)
	sha1 := func(string) string { return manifestOf(sample(), "SHA1", crypto.SHA1) }
	tests := []struct {
		name string
		s    signature
		want string
	}{
		{"strong", signature{}, ""},
		{"content", signature{manifest: sha1}, "SHA-1"},
		{"manifest", signature{sigFile: func(m string) string {
			return sigFileOf(m, digestLine("SHA1", crypto.SHA1, manifest.OfManifest, []byte(m)), "SHA1", crypto.SHA1)
		}}, "SHA-1"},
		{"sections", signature{sigFile: func(m string) string { return sigFileOf(m, "", "SHA1", crypto.SHA1) }}, "SHA-1"},
		{"sections weak, whole strong", signature{sigFile: func(m string) string { return sigFileOf(m, whole(m), "SHA1", crypto.SHA1) }}, ""},
		{"one of two strong", signature{manifest: func(m string) string {
			return strings.Replace(m, "Name: res/a.xml\r\n", "Name: res/a.xml\r\n"+digestLine("SHA1", crypto.SHA1, manifest.OfSection, nil), 1)
		}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t, build(t, sign(t, k, sample(), tt.s)...), everywhere(18))
			if err != nil || !got.Verified || got.WeakDigest != tt.want {
				t.Errorf("got %+v, %v, want %q", got, err, tt.want)
			}
		})
	}
}
