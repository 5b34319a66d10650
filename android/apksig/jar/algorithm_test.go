package jar

import (
	"crypto"
	"math"
	"regexp"
	"testing"

	"appraise/internal/x509lax"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	form := regexp.MustCompile(`^((\d+-\d+,)?\d+(\+|-\d+))?$`)
	for _, s := range signatureAlgorithms {
		for i, levels := range s.levels {
			if !form.MatchString(levels) {
				t.Errorf("%s with %s: %q is no list of ranges", s.name, digestAlgorithmOIDs[i].name, levels)
			}
			for _, r := range parseLevels(levels) {
				if r.Min > r.Max {
					t.Errorf("%s with %s: got %v", s.name, digestAlgorithmOIDs[i].name, r)
				}
			}
		}
	}
}

func TestLookup(t *testing.T) {
	const sha1, sha256, sha512 = "1.3.14.3.2.26", "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.3"
	const rsa, sha1RSA, sha256RSA, ecdsa256, dsa, dsa512 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.5", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2", "1.2.840.10040.4.1", "2.16.840.1.101.3.4.3.4"
	made := func(digest crypto.Hash, key x509lax.KeyAlgorithm, hash crypto.Hash) algorithm {
		return algorithm{digest, x509lax.SignatureAlgorithm{Key: key, Hash: hash}}
	}
	top := math.MaxInt32
	tests := []struct {
		name, digest, signature string
		r                       Range
		want                    algorithm
		refused                 string
	}{
		{"everywhere", sha1, rsa, Range{0, top}, made(crypto.SHA1, x509lax.RSA, crypto.SHA1), ""},
		{"gap inside", sha256, rsa, Range{0, top}, made(crypto.SHA256, x509lax.RSA, crypto.SHA256), "9-17"},
		{"gap cut", sha256, sha256RSA, Range{10, 12}, made(crypto.SHA256, x509lax.RSA, crypto.SHA256), "10-12"},
		{"below the gap", sha256, rsa, Range{3, 8}, made(crypto.SHA256, x509lax.RSA, crypto.SHA256), ""},
		{"above the gap", sha256, rsa, Range{18, top}, made(crypto.SHA256, x509lax.RSA, crypto.SHA256), ""},
		{"the hash is the signature's", sha256, sha1RSA, Range{20, 22}, made(crypto.SHA256, x509lax.RSA, crypto.SHA1), "20, 22"},
		{"no end", sha512, ecdsa256, Range{24, top}, made(crypto.SHA512, x509lax.EC, crypto.SHA256), "24+"},
		{"both sides", sha512, ecdsa256, Range{18, top}, made(crypto.SHA512, x509lax.EC, crypto.SHA256), "18-20, 24+"},
		{"never accepted", sha512, dsa512, Range{21, 21}, made(crypto.SHA512, x509lax.DSA, crypto.SHA512), "21"},
		{"DSA", sha256, dsa, Range{22, top}, made(crypto.SHA256, x509lax.DSA, crypto.SHA256), ""},
		{"unknown digest", "1.2", rsa, Range{0, top}, algorithm{}, "0+"},
		{"unknown signature", sha1, "1.2", Range{5, 6}, algorithm{}, "5-6"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, refused := lookup(tt.digest, tt.signature, tt.r)
			if diff := cmp.Diff(got, tt.want, cmp.AllowUnexported(algorithm{})); diff != "" || refused != tt.refused {
				t.Errorf("refused %q, want %q; got - want +\n%s", refused, tt.refused, diff)
			}
		})
	}
}
