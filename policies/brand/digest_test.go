package brand_test

import (
	"strings"
	"testing"

	"appraise/policies/brand"
)

func TestParseDigest(t *testing.T) {
	const (
		hex    = "4fc3b267393ea2351c4716b37e6910517f197eb479bc43d9c9a5a46d49dd700e"
		colon  = "4F:C3:B2:67:39:3E:A2:35:1C:47:16:B3:7E:69:10:51:7F:19:7E:B4:79:BC:43:D9:C9:A5:A4:6D:49:DD:70:0E"
		base   = "T8OyZzk+ojUcRxazfmkQUX8ZfrR5vEPZyaWkbUndcA4="
		sha1   = "3c1e9e8403779280b465c7ba25d1ff2ae45677f1"
		colon1 = "3C:1E:9E:84:03:77:92:80:B4:65:C7:BA:25:D1:FF:2A:E4:56:77:F1"
	)
	for _, tt := range []struct{ name, text, want string }{
		{"hex", hex, hex},
		{"hex, upper case", strings.ToUpper(hex), hex},
		{"blanks around", " " + hex + "\n", hex},
		{"colons", colon, hex},
		{"colons, lower case", strings.ToLower(colon), hex},
		{"base64", base, hex},
		{"base64 without padding", strings.TrimSuffix(base, "="), hex},
		{"base64 for addresses", strings.ReplaceAll(base, "+", "-"), hex},
		{"base64 for addresses without padding", strings.TrimSuffix(strings.ReplaceAll(base, "+", "-"), "="), hex},
		{"SHA-1", sha1, sha1},
		{"SHA-1, upper case", strings.ToUpper(sha1), sha1},
		{"SHA-1 with colons", colon1, sha1},
		{"empty", "", ""},
		{"a digit short", hex[1:], ""},
		{"a digit more", hex + "0", ""},
		{"no hex", "g" + hex[1:], ""},
		{"colons in other places", strings.Replace(colon, "4F:C3", "4FC:3", 1), ""},
		{"another separator", strings.ReplaceAll(colon, ":", "-"), ""},
		{"MD5", hex[:32], ""},
		{"base64 of SHA-1", "PB6ehAN3koC0Zce6JdH/KuRWd/E=", ""},
		{"base64 with loose end bits", strings.Replace(base, "cA4=", "cA5=", 1), ""},
		{"words", "not a digest", ""},
		{"long", strings.Repeat("a", 10_000), ""},
	} {
		got, err := brand.ParseDigest(tt.text)
		if string(got) != tt.want || (err == nil) != (tt.want != "") {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

func FuzzParseDigest(f *testing.F) {
	f.Add("T8OyZzk+ojUcRxazfmkQUX8ZfrR5vEPZyaWkbUndcA4=")
	f.Add("3C:1E:9E:84:03:77:92:80:B4:65:C7:BA:25:D1:FF:2A:E4:56:77:F1")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := brand.ParseDigest(s)
		if err != nil {
			return
		}
		if again, err := brand.ParseDigest(string(d)); err != nil || again != d || len(d) != 64 && len(d) != 40 {
			t.Errorf("%q gives %q, and that %q, %v", s, d, again, err)
		}
	})
}
