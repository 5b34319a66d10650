package match

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
)

func TestParse(t *testing.T) {
	tests := []struct {
		text string
		want Pattern // without Text
	}{
		{"<all_urls>", Pattern{Scheme: AllURLs, Host: "*", Path: "/*"}},
		{"*://*/*", Pattern{Scheme: "*", Host: "*", Path: "/*"}},
		{"http://*/*", Pattern{Scheme: "http", Host: "*", Path: "/*"}},
		{"HTTPS://ES.AliExpress.com./*", Pattern{Scheme: "https", Host: "es.aliexpress.com", Path: "/*"}},
		{"*://*.aliexpress.com/*", Pattern{Scheme: "*", Host: "*.aliexpress.com", Path: "/*"}},
		{"*://*/*checkout*", Pattern{Scheme: "*", Host: "*", Path: "/*checkout*"}},
		{"https://example.com/a:b/", Pattern{Scheme: "https", Host: "example.com", Path: "/a:b/"}},
		{"http://localhost:3000/*", Pattern{Scheme: "http", Host: "localhost", Port: "3000", Path: "/*"}},
		{"http://localhost:*/*", Pattern{Scheme: "http", Host: "localhost", Port: "*", Path: "/*"}},
		{"http://[::1]:80/*", Pattern{Scheme: "http", Host: "[::1]", Port: "80", Path: "/*"}},
		{"http://[0:0::1]/*", Pattern{Scheme: "http", Host: "[::1]", Path: "/*"}},
		{"*://*.bücher.example/*", Pattern{Scheme: "*", Host: "*.xn--bcher-kva.example", Path: "/*"}},
		{"https://BÜCHER。example/", Pattern{Scheme: "https", Host: "xn--bcher-kva.example", Path: "/"}},
		{"https://a_b.example/*", Pattern{Scheme: "https", Host: "a_b.example", Path: "/*"}},
		{"file:///*", Pattern{Scheme: "file", Path: "/*"}},
		{"file:///", Pattern{Scheme: "file", Path: "/"}},
		{"file:///*/", Pattern{Scheme: "file", Path: "/*/"}},
		{"file://localhost/home/*", Pattern{Scheme: "file", Path: "/home/*"}},
		{"chrome://favicon/", Pattern{Scheme: "chrome", Host: "favicon", Path: "/"}},
		{"wss://example.com/*", Pattern{Scheme: "wss", Host: "example.com", Path: "/*"}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := Parse(test.text)
			if err != nil {
				t.Fatal(err)
			}
			want := test.want
			want.Text = test.text
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
		})
	}
}

func TestParseMalformed(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "no \"://\""},
		{"*", "no \"://\""},
		{"*.aliexpress.com", "no \"://\""},
		{"all_urls", "no \"://\""},
		{"<ALL_URLS>", "no \"://\""},
		{"http:/example.com/*", "no \"://\""},
		{"gopher://example.com/*", "unknown scheme \"gopher\""},
		{"://example.com/*", "unknown scheme \"\""},
		{"https://example.com", "no path"},
		{"https://", "no path"},
		{"https:///path", "host is empty"},
		{"https://:80/", "host is empty"},
		{"https://aliexpress.*/*", "ends in a wildcard"},
		{"https://*.aliexpress.*/*", "ends in a wildcard"},
		{"https://*express.com/*", "wildcard that is not its whole first label"},
		{"https://www.*.com/*", "wildcard that is not its whole first label"},
		{"https://*.*/*", "wildcard"},
		{"https://**/*", "wildcard"},
		{"https://*./*", "empty label"},
		{"https://./*", "empty label"},
		{"https://a..example/*", "empty label"},
		{"https://example.com../*", "empty label"},
		{"https://exa mple.com/*", "which no host name may hold"},
		{"https://user@example.com/*", "which no host name may hold"},
		{"https://exa\\mple.com/*", "which no host name may hold"},
		{"https://example.com\x00/*", "which no host name may hold"},
		{"https://example.com:/*", "is no port"},
		{"https://example.com:99999/*", "is no port"},
		{"https://example.com:080/*", "is no port"},
		{"https://example.com:80a/*", "is no port"},
		{"https://[::1/*", "no IPv6 address"},
		{"https://[::zz]/*", "no IPv6 address"},
		{"https://\xff\xfe.example/*", "no internationalised name"},
		{"https://a.example/" + strings.Repeat("x", limits.MatchPatternBytes), "at most 8192"},
	}
	for _, test := range tests {
		t.Run(test.text[:min(len(test.text), 40)], func(t *testing.T) {
			_, err := Parse(test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestReach(t *testing.T) {
	tests := []struct {
		pattern string
		want    string // named, broad or ""
	}{
		{"<all_urls>", "broad"},
		{"*://*/*", "broad"},
		{"http://*/*", "broad"},
		{"https://*/*checkout*", "broad"},
		{"*://*.com/*", "broad"},
		{"https://*:*/*", "broad"},
		{"*://*.aliexpress.com/*", "named"},
		{"*://*.AliExpress.COM./*", "named"},
		{"*://aliexpress.com/*", "named"},
		{"https://es.aliexpress.com/*", "named"},
		{"https://*.login.aliexpress.com/*", "named"},
		{"https://www.aliexpress.com:8443/x", "named"},
		{"*://*.co.uk/*", ""},
		{"*://*.express.com/*", ""},
		{"*://*.notaliexpress.com/*", ""},
		{"*://aliexpress.com.example/*", ""},
		{"*://*.aliexpress.ru/*", ""},
		{"*://com/*", ""},
		{"file:///*", ""},
		{"ftp://*/*", ""},
		{"wss://*.aliexpress.com/*", ""},
		{"chrome://favicon/", ""},
		{"https://aliexpress.*/*", ""},
	}
	for _, test := range tests {
		t.Run(test.pattern, func(t *testing.T) {
			named, broad := Reach([]string{test.pattern}, "aliexpress.com")
			got := strings.Repeat("named", len(named)) + strings.Repeat("broad", len(broad))
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestReachKeepsOrderAndNormalisesDomain(t *testing.T) {
	patterns := []string{"https://b.bücher.example/*", "<all_urls>", "broken", "*://*.xn--bcher-kva.example/*", "*://*/*"}
	named, broad := Reach(patterns, "BÜCHER.example.")
	if diff := cmp.Diff(named, []string{patterns[0], patterns[3]}); diff != "" {
		t.Errorf("named (-got +want)\n%s", diff)
	}
	if diff := cmp.Diff(broad, []string{patterns[1], patterns[4]}); diff != "" {
		t.Errorf("broad (-got +want)\n%s", diff)
	}
	if named, broad := Reach(patterns, ""); named != nil || broad != nil {
		t.Errorf("an empty domain is reached by %q, %q", named, broad)
	}
}

func TestPatternClasses(t *testing.T) {
	tests := []struct {
		pattern                 string
		allSites, web, loopback bool
	}{
		{"<all_urls>", true, true, false},
		{"*://*/*", true, true, false},
		{"https://*/path", true, true, false},
		{"*://*.co.uk/*", true, true, false},
		{"*://*.xn--p1ai/*", true, true, false},
		{"*://*.github.io/*", false, true, false},
		{"*://*.corp/*", false, true, false},
		{"*://com/*", false, true, false},
		{"ws://*/*", false, false, false},
		{"file:///*", false, false, false},
		{"http://localhost:3000/*", false, true, true},
		{"http://*.localhost/*", false, true, true},
		{"http://127.0.0.1/*", false, true, true},
		{"http://[::1]/*", false, true, true},
		{"http://128.0.0.1/*", false, true, false},
	}
	for _, test := range tests {
		t.Run(test.pattern, func(t *testing.T) {
			p, err := Parse(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if got := [3]bool{p.AllSites(), p.Web(), p.Loopback()}; got != [3]bool{test.allSites, test.web, test.loopback} {
				t.Errorf("all sites, web, loopback: got %v, want %v", got, [3]bool{test.allSites, test.web, test.loopback})
			}
		})
	}
}

func TestContainsAndOverlaps(t *testing.T) {
	tests := []struct {
		p, q               string
		contains, overlaps bool
	}{
		{"<all_urls>", "file:///*", true, true},
		{"<all_urls>", "https://a.example/x", true, true},
		{"https://a.example/x", "<all_urls>", false, true},
		{"*://*/*", "https://a.example/x", true, true},
		{"*://*/*", "wss://a.example/x", false, false},
		{"https://*/*", "*://*/*", false, true},
		{"*://*.example.com/*", "https://example.com/*", true, true},
		{"*://*.example.com/*", "https://*.shop.example.com/*", true, true},
		{"*://shop.example.com/*", "*://*.example.com/*", false, true},
		{"*://*.example.com/*", "*://*.badexample.com/*", false, false},
		{"*://a.example/*", "*://a.example:80/*", true, true},
		{"*://a.example:80/*", "*://a.example/*", false, true},
		{"*://a.example:80/*", "*://a.example:81/*", false, false},
		{"*://a.example/x*", "*://a.example/x/y*z", true, true},
		{"*://a.example/x*z", "*://a.example/x*", false, true},
		{"*://a.example/*b*c", "*://a.example/abbc", true, true},
		{"*://a.example/x*", "*://a.example/y*", false, false},
		{"*://a.example/*.js", "*://a.example/*.css", false, false},
		{"*://a.example/x", "*://a.example/x", true, true},
		{"*://a.example/x", "*://a.example/xy", false, false},
	}
	for _, test := range tests {
		t.Run(test.p+" "+test.q, func(t *testing.T) {
			p, err := Parse(test.p)
			if err != nil {
				t.Fatal(err)
			}
			q, err := Parse(test.q)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Contains(q); got != test.contains {
				t.Errorf("contains: got %v, want %v", got, test.contains)
			}
			if got, back := p.Overlaps(q), q.Overlaps(p); got != test.overlaps || back != got {
				t.Errorf("overlaps: got %v and %v, want %v", got, back, test.overlaps)
			}
		})
	}
}

func TestRegistrableDomain(t *testing.T) {
	tests := []struct{ host, want string }{
		{"es.aliexpress.com", "aliexpress.com"},
		{"*.login.AliExpress.com.", "aliexpress.com"},
		{"shop.example.co.uk", "example.co.uk"},
		{"a.b.github.io", "b.github.io"},
		{"co.uk", "co.uk"},
		{"localhost", "localhost"},
		{"192.168.1.20", "192.168.1.20"},
		{"[2001:db8::1]", "[2001:db8::1]"},
		{"www.BÜCHER.example", "xn--bcher-kva.example"},
		{"*", "*"},
		{"", ""},
	}
	for _, test := range tests {
		t.Run(test.host, func(t *testing.T) {
			if got := RegistrableDomain(test.host); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzMatch(f *testing.F) {
	for _, seed := range []string{
		"<all_urls>", "*://*/*", "https://*.aliexpress.com/*", "http://localhost:3000/*", "file:///*", "https://aliexpress.*/*",
		"https://BÜCHER。example./a*b", "http://[::1]:*/x", "*://*.co.uk/*checkout*", "https://a..b/", "https://xn--/*", "https://\u200b/",
	} {
		f.Add(seed, "*://*.example.com/*")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		RegistrableDomain(a)
		p, err := Parse(a)
		if err != nil {
			return
		}
		if !p.Contains(p) || !p.Overlaps(p) {
			t.Errorf("%q doesn't contain or overlap itself", a)
		}
		if again, err := Parse(p.String()); err != nil || again.String() != p.String() {
			t.Errorf("%q parses to %q, which parses to %q, %v", a, p, again, err)
		}
		p.AllSites()
		p.Loopback()
		p.ReachesDomain(b)
		if q, err := Parse(b); err == nil && p.Contains(q) && !p.Overlaps(q) {
			t.Errorf("%q contains %q but doesn't overlap it", a, b)
		}
	})
}
