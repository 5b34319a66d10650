package jar

import (
	"bytes"
	"crypto"

	"appraise/android/apksig/jar/manifest"
)

// API levels at which the rules change.
const (
	apiKitKat = 19 // checks the digest in signed attributes
	apiNougat = 24 // knows scheme v2; tries all signers of a block; checks the content type
	apiPie    = 28 // knows scheme v3
)

// digests returns the digests that the platforms of the range check in the section's text.
func (r Range) digests(text []byte, want map[string]int) ([]manifest.Digest, error) {
	return manifest.Digests(text, want, r.Min, r.Max)
}

// check compares the text with each digest and tells of those that differ. It returns the strongest digest.
func check(text []byte, want []manifest.Digest, differs func(crypto.Hash)) crypto.Hash {
	for _, d := range want {
		h := d.Hash.New()
		h.Write(text)
		if !bytes.Equal(h.Sum(nil), d.Sum) {
			differs(d.Hash)
		}
	}
	return manifest.Strongest(want)
}

// weak names a digest that no longer protects against forgery, "" for others.
func weak(h crypto.Hash) string {
	switch h {
	case crypto.MD5, crypto.SHA1:
		return h.String()
	}
	return ""
}
