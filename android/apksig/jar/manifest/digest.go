package manifest

import (
	"bytes"
	"crypto"
	_ "crypto/md5"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"strings"
)

// Suffixes of the attributes that hold a digest: of an entry or a section, of a whole manifest, of its main section.
const (
	OfSection  = "-Digest"
	OfManifest = "-Digest-Manifest"
	OfMain     = "-Digest-Manifest-Main-Attributes"
)

// apiJellyBeanMR2 is the API level from which platforms take the strongest digest.
const apiJellyBeanMR2 = 18

// digestNames are the digests of manifests and signature files. The last three and SHA1 are, from the end on, what
// platforms from apiJellyBeanMR2 take the first of (apksig V1SchemeVerifier, UPPER_CASE_JCA_DIGEST_ALG_TO_CANONICAL,
// MIN_SDK_VESION_FROM_WHICH_DIGEST_SUPPORTED_IN_MANIFEST, JB_MR2_AND_NEWER_DIGEST_ALGS).
var digestNames = [...]struct {
	name  string // folded
	hash  crypto.Hash
	since int  // API level that knows it in a section with Digest-Algorithms
	newer bool // among those that newer platforms look for
}{
	{"md5", crypto.MD5, 0, false},
	{"sha", crypto.SHA1, 0, false},
	{"sha-1", crypto.SHA1, 0, false},
	{"sha1", crypto.SHA1, 0, true},
	{"sha-256", crypto.SHA256, 0, true},
	{"sha-384", crypto.SHA384, 9, true},
	{"sha-512", crypto.SHA512, 9, true},
}

// digestAlgorithms is the place of the attribute Digest-Algorithms after those of digestNames.
const digestAlgorithms = len(digestNames)

// Digest is one digest that has to match.
type Digest struct {
	Hash crypto.Hash
	Sum  []byte
}

// DigestAttributes is what Digests looks for in a section: the attributes with that suffix.
func DigestAttributes(suffix string) map[string]int {
	want := map[string]int{"digest-algorithms": digestAlgorithms}
	for i, d := range digestNames {
		want[d.name+Fold(suffix)] = i
	}
	return want
}

// Digests returns the digests that the platforms of API level least to most check in the section's text: those before
// apiJellyBeanMR2 the first of Digest-Algorithms that is there, later ones the strongest. None where the oldest
// platform finds none (apksig getDigestsToVerify). The error is about Base64.
func Digests(text []byte, want map[string]int, least, most int) ([]Digest, error) {
	found := Values(text, want)
	var out []Digest
	if least < apiJellyBeanMR2 {
		i := firstListed(found, least)
		if i < 0 {
			return nil, nil
		}
		sum, err := decodeBase64(found[i])
		if err != nil {
			return nil, err
		}
		out = append(out, Digest{digestNames[i].hash, sum})
	}
	if most < apiJellyBeanMR2 {
		return out, nil
	}
	for i := len(digestNames) - 1; i >= 0; i-- {
		if !digestNames[i].newer || found[i] == nil {
			continue
		}
		sum, err := decodeBase64(found[i])
		if err != nil {
			return nil, err
		}
		if len(out) == 0 || out[0].Hash != digestNames[i].hash || !bytes.Equal(out[0].Sum, sum) {
			out = append(out, Digest{digestNames[i].hash, sum})
		}
		break
	}
	return out, nil
}

// firstListed is the first digest named in Digest-Algorithms that is there and that the oldest platform knows, -1 without one.
func firstListed(found [][]byte, least int) int {
	listed := "SHA SHA1"
	if b := found[digestAlgorithms]; b != nil {
		listed = Decode(b)
	}
	for token := range strings.FieldsFuncSeq(listed, isJavaSpace) {
		if len(token) > maxAttributeName {
			continue
		}
		token = Fold(token)
		for i, d := range digestNames {
			if d.name == token && found[i] != nil && d.since <= least {
				return i
			}
		}
	}
	return -1
}

// Strongest is the strongest hash among the digests, 0 without one.
func Strongest(digests []Digest) crypto.Hash {
	var out crypto.Hash
	for _, d := range digests {
		out = max(out, d.Hash) // Go numbers them by strength: MD5, SHA-1, SHA-224 to SHA-512
	}
	return out
}
