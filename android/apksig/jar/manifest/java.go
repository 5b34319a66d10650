package manifest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Decode decodes UTF-8 as java.lang.String does: what is malformed becomes U+FFFD, and how many bytes go into
// one differs from Go's way. Names that differ as bytes can be equal so.
func Decode(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	s.Grow(len(b) + len(b)/2)
	for len(b) > 0 {
		if r, n := utf8.DecodeRune(b); r != utf8.RuneError || n == 3 {
			s.Write(b[:n])
			b = b[n:]
			continue
		}
		s.WriteRune(utf8.RuneError)
		b = b[malformedLength(b):]
	}
	return s.String()
}

// malformedLength is how many bytes of a malformed sequence Java replaces together: the longest start of a character,
// or a whole surrogate (java.lang.String, decodeUTF8_UTF16; sun.nio.cs.UTF_8).
func malformedLength(b []byte) int {
	want, low, high := 1, byte(0x80), byte(0xbf)
	switch c := b[0]; {
	case 0xc2 <= c && c <= 0xdf:
		want = 2
	case 0xe0 <= c && c <= 0xef:
		want = 3
		if c == 0xe0 {
			low = 0xa0
		}
	case 0xf0 <= c && c <= 0xf4:
		want = 4
		if c == 0xf0 {
			low = 0x90
		}
		if c == 0xf4 {
			high = 0x8f
		}
	}
	n := 1
	for ; n < want && n < len(b); n++ {
		if b[n] < low || b[n] > high {
			break
		}
		low, high = 0x80, 0xbf
	}
	return n
}

// Fold maps names that String.equalsIgnoreCase holds equal to one text, and only these.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			return r
		}
		return unicode.ToLower(unicode.ToUpper(r))
	}, s)
}

var errBase64 = errors.New("not Base64 as Java reads it")

// decodeBase64 reads Base64 as java.util.Base64's basic decoder does: no other characters, padding whole or left
// out, any bits after the last byte.
func decodeBase64(b []byte) ([]byte, error) {
	unpadded := bytes.TrimRight(b, "=")
	if padding := len(b) - len(unpadded); padding > 0 && (padding > 2 || len(b)%4 != 0) {
		return nil, errBase64
	}
	if bytes.ContainsAny(unpadded, "\r\n") { // encoding/base64 skips these
		return nil, errBase64
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(unpadded)))
	n, err := base64.RawStdEncoding.Decode(out, unpadded)
	if err != nil {
		return nil, errBase64
	}
	return out[:n], nil
}

// isJavaSpace reports whether java.util.StringTokenizer splits at r when it is given no delimiters.
func isJavaSpace(r rune) bool { return strings.ContainsRune(" \t\n\r\f", r) }
