package adb

import (
	"strings"
	"testing"
)

func TestCheckPath(t *testing.T) {
	for _, path := range []string{"/data/app/a/base.apk", "/system/priv-app/A/A.apk", "/my_product/app/x.apk", "/apex/com.android.x/app/y.apk", "/mnt/expand/1/app/x.apk",
		"/data/app/~~a==/b c'd/base.apk", "/data/app/..a/x..apk"} {
		if err := CheckPath(path); err != nil {
			t.Errorf("%q: %v", path, err)
		}
	}
	for _, path := range []string{"", "data/app/x", "/data/app/../x", "/data/app/..", "/data/app/a\nb", "/data/app/a\x7f", "/data/app/a\u0085", "/data/app/\xff", "/my_/x",
		"/my_P/x", "/data/local/tmp/x.apk", "/sdcard/x.apk", "/data/app/" + strings.Repeat("x", maxPath)} {
		if err := CheckPath(path); err == nil {
			t.Errorf("%q: no error", path)
		}
	}
}

func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "x", "x y", "'", "x'; touch y; '", "\"$(x)\"", "\\'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		word, rest := unquote(Quote(s))
		if word != s || rest != "" {
			t.Errorf("%q quoted is read as %q, then %q", s, word, rest)
		}
	})
}

// unquote reads one word as POSIX XCU 2.2 says, of the forms that quote writes.
func unquote(s string) (word, rest string) {
	for s != "" {
		switch {
		case s[0] == '\'':
			i := strings.IndexByte(s[1:], '\'')
			if i < 0 {
				return word, s
			}
			word, s = word+s[1:1+i], s[i+2:]
		case strings.HasPrefix(s, `\'`):
			word, s = word+"'", s[2:]
		default:
			return word, s
		}
	}
	return word, ""
}
