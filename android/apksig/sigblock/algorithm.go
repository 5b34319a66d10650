package sigblock

import (
	"crypto"
	_ "crypto/sha256" // the hashes that the table below names
	_ "crypto/sha512"

	"appraise/internal/x509lax"
)

// ContentDigest is a way to digest an APK, by the ids that source stamps use.
type ContentDigest uint32

// The content digests.
const (
	NoDigest         ContentDigest = 0
	ChunkedSHA256    ContentDigest = 1
	ChunkedSHA512    ContentDigest = 2
	VeritySHA256     ContentDigest = 3
	ManifestSHA256   ContentDigest = 4 // of META-INF/MANIFEST.MF: v1 in source stamps
	verityBlockBytes               = 4096
)

// strength orders the content digests as Android prefers them; higher is stronger.
func (d ContentDigest) strength() int {
	switch d {
	case ChunkedSHA512:
		return 3
	case VeritySHA256:
		return 2
	case ChunkedSHA256:
		return 1
	}
	return 0
}

func (d ContentDigest) String() string {
	switch d {
	case ChunkedSHA256:
		return "SHA-256"
	case ChunkedSHA512:
		return "SHA-512"
	case VeritySHA256:
		return "verity SHA-256"
	}
	return "unknown digest"
}

// Algorithm is one signature algorithm of the APK signature schemes.
type Algorithm struct {
	ID        uint32
	Name      string
	Content   ContentDigest
	Signature x509lax.SignatureAlgorithm
	Since     int // API level from which schemes accept it
	KeySince  int // API level from which Android knows the algorithm at all, which source stamps go by
}

// The table of SignatureAlgorithm.java.
var algorithms = []Algorithm{
	{0x0101, "RSASSA-PSS with SHA-256", ChunkedSHA256, x509lax.SignatureAlgorithm{Key: x509lax.RSA, Hash: crypto.SHA256, PSS: true}, 24, 23},
	{0x0102, "RSASSA-PSS with SHA-512", ChunkedSHA512, x509lax.SignatureAlgorithm{Key: x509lax.RSA, Hash: crypto.SHA512, PSS: true}, 24, 23},
	{0x0103, "RSASSA-PKCS1-v1_5 with SHA-256", ChunkedSHA256, x509lax.SignatureAlgorithm{Key: x509lax.RSA, Hash: crypto.SHA256}, 24, 1},
	{0x0104, "RSASSA-PKCS1-v1_5 with SHA-512", ChunkedSHA512, x509lax.SignatureAlgorithm{Key: x509lax.RSA, Hash: crypto.SHA512}, 24, 1},
	{0x0201, "ECDSA with SHA-256", ChunkedSHA256, x509lax.SignatureAlgorithm{Key: x509lax.EC, Hash: crypto.SHA256}, 24, 11},
	{0x0202, "ECDSA with SHA-512", ChunkedSHA512, x509lax.SignatureAlgorithm{Key: x509lax.EC, Hash: crypto.SHA512}, 24, 11},
	{0x0301, "DSA with SHA-256", ChunkedSHA256, x509lax.SignatureAlgorithm{Key: x509lax.DSA, Hash: crypto.SHA256}, 24, 1},
	{0x0421, "RSASSA-PKCS1-v1_5 with SHA-256, verity", VeritySHA256, x509lax.SignatureAlgorithm{Key: x509lax.RSA, Hash: crypto.SHA256}, 28, 1},
	{0x0423, "ECDSA with SHA-256, verity", VeritySHA256, x509lax.SignatureAlgorithm{Key: x509lax.EC, Hash: crypto.SHA256}, 28, 11},
	{0x0425, "DSA with SHA-256, verity", VeritySHA256, x509lax.SignatureAlgorithm{Key: x509lax.DSA, Hash: crypto.SHA256}, 28, 1},
}

// FindAlgorithm returns the algorithm of an id; false for an unknown one.
func FindAlgorithm(id uint32) (Algorithm, bool) {
	for _, a := range algorithms {
		if a.ID == id {
			return a, true
		}
	}
	return Algorithm{}, false
}

// Verify checks a signature over message. Errors are x509lax's.
func (a Algorithm) Verify(key *x509lax.PublicKey, message, sig []byte) error {
	h := a.Signature.Hash.New()
	h.Write(message)
	return key.Verify(a.Signature, h.Sum(nil), sig)
}

// Signature is one signature with its algorithm's id.
type Signature struct {
	ID    uint32
	Value []byte
}

// ToVerify picks the signatures that some platform from minSDK to maxSDK would verify: of each level at which
// algorithms came in, the strongest. None means that a platform of the range supports none of them.
// keyLevels: take the level at which Android knew the key's algorithm, as source stamps do.
// Source: ApkSigningBlockUtils.getSignaturesToVerify.
func ToVerify(signatures []Signature, minSDK, maxSDK int, keyLevels bool) []Signature {
	type best struct {
		since, strength int
		signature       Signature
	}
	var kept []best
	lowest := int(^uint(0) >> 1)
	for _, s := range signatures {
		a, ok := FindAlgorithm(s.ID)
		since := a.Since
		if keyLevels {
			since = a.KeySince
		}
		if !ok || since > maxSDK {
			continue
		}
		lowest = min(lowest, since)
		known := false
		for i := range kept {
			if kept[i].since == since {
				known = true
				if a.Content.strength() > kept[i].strength {
					kept[i] = best{since, a.Content.strength(), s}
				}
			}
		}
		if !known {
			kept = append(kept, best{since, a.Content.strength(), s})
		}
	}
	if minSDK < lowest {
		return nil
	}
	var out []Signature
	for _, k := range kept {
		out = append(out, k.signature)
	}
	return out
}
