package brand

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Digest is the digest of a certificate in lower-case hex: 64 digits of SHA-256, or 40 of SHA-1.
type Digest string

// The lengths of a Digest in hex digits.
const (
	sha256Digits = 64
	sha1Digits   = 40
)

// ParseDigest reads a certificate's digest as tools and stores print it: SHA-256 in hex (any case, with
// colons between the pairs or without) or in base64 (standard or URL alphabet, padded or not), or SHA-1 in
// hex with or without colons. Blanks around it are ignored. This is the one reader of digests that people write.
func ParseDigest(text string) (Digest, error) {
	s := strings.TrimSpace(text)
	plain := s
	if len(s) == sha256Digits/2*3-1 || len(s) == sha1Digits/2*3-1 {
		plain = pairs(s)
	}
	if len(plain) == sha256Digits || len(plain) == sha1Digits {
		if raw, err := hex.DecodeString(plain); err == nil {
			return Digest(hex.EncodeToString(raw)), nil
		}
	}
	unpadded := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimSuffix(s, "="))
	if raw, err := base64.RawStdEncoding.Strict().DecodeString(unpadded); err == nil && len(raw) == sha256Digits/2 {
		return Digest(hex.EncodeToString(raw)), nil
	}
	return "", fmt.Errorf("%q is no certificate digest: write SHA-256 as 64 hex digits, with colons between pairs, or in base64; or SHA-1 as 40 hex digits", clip(s))
}

// pairs takes the colons out of "AA:BB:…"; text with a colon elsewhere becomes "".
func pairs(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch {
		case i%3 != 2:
			b.WriteByte(s[i])
		case s[i] != ':':
			return ""
		}
	}
	return b.String()
}

// clip keeps what is quoted in an error short.
func clip(s string) string {
	const most = 100
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// IsSHA1 reports whether the digest is a SHA-1, which can be forged and so proves less.
func (d Digest) IsSHA1() bool { return len(d) == sha1Digits }

// UnmarshalText brings every spelling of a digest into the one form. What is no digest stays as it
// is written, for Check to complain about with its place.
func (d *Digest) UnmarshalText(b []byte) error {
	*d = Digest(b)
	if parsed, err := ParseDigest(string(b)); err == nil {
		*d = parsed
	}
	return nil
}
