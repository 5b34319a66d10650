package jar

import (
	"crypto"
	"fmt"
	"math"
	"strconv"
	"strings"

	"appraise/internal/x509lax"
)

// Digest algorithms of a signature block; the order is that of the columns of signatureAlgorithms.
var digestAlgorithmOIDs = [...]struct {
	oid, name string
	hash      crypto.Hash
}{
	{"1.2.840.113549.2.5", "MD5", crypto.MD5},
	{"1.3.14.3.2.26", "SHA-1", crypto.SHA1},
	{"2.16.840.1.101.3.4.2.4", "SHA-224", crypto.SHA224},
	{"2.16.840.1.101.3.4.2.1", "SHA-256", crypto.SHA256},
	{"2.16.840.1.101.3.4.2.2", "SHA-384", crypto.SHA384},
	{"2.16.840.1.101.3.4.2.3", "SHA-512", crypto.SHA512},
}

// signatureAlgorithm is one signature algorithm of a signature block. With hash 0 its OID names the kind of key
// alone, and the digest algorithm of the block is the signature's, too.
type signatureAlgorithm struct {
	oid, name string
	key       x509lax.KeyAlgorithm
	hash      crypto.Hash
	levels    [len(digestAlgorithmOIDs)]string // API levels that accept it with each digest, "" for none
}

// signatureAlgorithms lists the pairs of digest and signature algorithm by the API levels that accept them (apksig
// V1SchemeVerifier, SUPPORTED_SIG_ALG_OIDS; since 2020 OidConstants). DSA with SHA-384 and SHA-512 is known and accepted nowhere.
var signatureAlgorithms = []signatureAlgorithm{
	//                                                                                MD5        SHA-1    SHA-224    SHA-256    SHA-384  SHA-512
	{"1.2.840.113549.1.1.1", "RSA", x509lax.RSA, 0, [...]string{"0+", "0+", "0-8,21+", "0-8,18+", "18+", "18+"}},
	{"1.2.840.113549.1.1.4", "MD5 with RSA", x509lax.RSA, crypto.MD5, [...]string{"0-8,21+", "21-23", "21-23", "21-23", "21-23", "21-23"}},
	{"1.2.840.113549.1.1.5", "SHA-1 with RSA", x509lax.RSA, crypto.SHA1, [...]string{"21-23", "0+", "21-23", "21-21", "21-23", "21-23"}},
	{"1.2.840.113549.1.1.14", "SHA-224 with RSA", x509lax.RSA, crypto.SHA224, [...]string{"21-23", "21-23", "0-8,21+", "21-23", "21-23", "21-23"}},
	{"1.2.840.113549.1.1.11", "SHA-256 with RSA", x509lax.RSA, crypto.SHA256, [...]string{"21-23", "21-23", "21-21", "0-8,18+", "21-23", "21-23"}},
	{"1.2.840.113549.1.1.12", "SHA-384 with RSA", x509lax.RSA, crypto.SHA384, [...]string{"21-23", "21-23", "21-23", "21-23", "21+", "21-21"}},
	{"1.2.840.113549.1.1.13", "SHA-512 with RSA", x509lax.RSA, crypto.SHA512, [...]string{"21-23", "21-23", "21-23", "21-23", "21-23", "21+"}},

	{"1.2.840.10040.4.1", "DSA", x509lax.DSA, 0, [...]string{"", "0+", "22+", "22+", "", ""}},
	{"1.2.840.10040.4.3", "SHA-1 with DSA", x509lax.DSA, crypto.SHA1, [...]string{"21-23", "9+", "21-23", "21-23", "21-23", "21-23"}},
	{"2.16.840.1.101.3.4.3.1", "SHA-224 with DSA", x509lax.DSA, crypto.SHA224, [...]string{"21-23", "21-23", "21+", "21-23", "21-23", "21-23"}},
	{"2.16.840.1.101.3.4.3.2", "SHA-256 with DSA", x509lax.DSA, crypto.SHA256, [...]string{"21-23", "21-23", "21-23", "21+", "21-23", "21-23"}},
	{"2.16.840.1.101.3.4.3.3", "SHA-384 with DSA", x509lax.DSA, crypto.SHA384, [...]string{"", "", "", "", "", ""}},
	{"2.16.840.1.101.3.4.3.4", "SHA-512 with DSA", x509lax.DSA, crypto.SHA512, [...]string{"", "", "", "", "", ""}},

	{"1.2.840.10045.2.1", "ECDSA", x509lax.EC, 0, [...]string{"", "18+", "21+", "18+", "18+", "18+"}},
	{"1.2.840.10045.4.1", "SHA-1 with ECDSA", x509lax.EC, crypto.SHA1, [...]string{"21-23", "18+", "21-23", "21-23", "21-23", "21-23"}},
	{"1.2.840.10045.4.3.1", "SHA-224 with ECDSA", x509lax.EC, crypto.SHA224, [...]string{"21-23", "21-23", "21+", "21-23", "21-23", "21-23"}},
	{"1.2.840.10045.4.3.2", "SHA-256 with ECDSA", x509lax.EC, crypto.SHA256, [...]string{"21-23", "21-23", "21-23", "21+", "21-23", "21-23"}},
	{"1.2.840.10045.4.3.3", "SHA-384 with ECDSA", x509lax.EC, crypto.SHA384, [...]string{"21-23", "21-23", "21-23", "21-23", "21+", "21-23"}},
	{"1.2.840.10045.4.3.4", "SHA-512 with ECDSA", x509lax.EC, crypto.SHA512, [...]string{"21-23", "21-23", "21-23", "21-23", "21-23", "21+"}},
}

// algorithm is a pair of digest and signature algorithm that some platform accepts.
type algorithm struct {
	digest    crypto.Hash // of what is signed
	signature x509lax.SignatureAlgorithm
}

// lookup finds the pair and says at which API levels of r it isn't accepted, "" where it is at all of them.
func lookup(digestOID, signatureOID string, r Range) (a algorithm, refused string) {
	var accepted string
	for i, d := range digestAlgorithmOIDs {
		for _, s := range signatureAlgorithms {
			if d.oid != digestOID || s.oid != signatureOID {
				continue
			}
			accepted = s.levels[i]
			a = algorithm{d.hash, x509lax.SignatureAlgorithm{Key: s.key, Hash: s.hash}}
			if s.hash == 0 {
				a.signature.Hash = d.hash
			}
		}
	}
	var gaps []string
	for _, gap := range r.without(parseLevels(accepted)) {
		gaps = append(gaps, upTo(gap))
	}
	return a, strings.Join(gaps, ", ")
}

// friendly is what people call the algorithm, its OID where it has no name here.
func friendly(oid string) string {
	for _, d := range digestAlgorithmOIDs {
		if d.oid == oid {
			return d.name
		}
	}
	for _, s := range signatureAlgorithms {
		if s.oid == oid {
			return s.name
		}
	}
	return oid
}

// parseLevels reads "0-8,21+": ranges in rising order.
func parseLevels(s string) []Range {
	var out []Range
	for part := range strings.SplitSeq(s, ",") {
		least, most, closed := strings.Cut(strings.TrimSuffix(part, "+"), "-")
		from, err := strconv.Atoi(least)
		if err != nil {
			continue
		}
		to := math.MaxInt32
		if closed {
			to, _ = strconv.Atoi(most)
		}
		out = append(out, Range{from, to})
	}
	return out
}

// without returns the levels of r that are in none of the ranges, which rise.
func (r Range) without(ranges []Range) []Range {
	var gaps []Range
	next := r.Min
	for _, covered := range ranges {
		if covered.Min > r.Max {
			break
		}
		if covered.Min > next {
			gaps = append(gaps, Range{next, covered.Min - 1})
		}
		next = max(next, covered.Max+1)
	}
	if next <= r.Max {
		gaps = append(gaps, Range{next, r.Max})
	}
	return gaps
}

// upTo names the end of a range of platforms.
func upTo(r Range) string {
	switch {
	case r.Max == math.MaxInt32:
		return fmt.Sprintf("%d+", r.Min)
	case r.Min == r.Max:
		return fmt.Sprint(r.Min)
	}
	return fmt.Sprintf("%d-%d", r.Min, r.Max)
}
