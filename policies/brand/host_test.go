package brand_test

import (
	"strings"
	"testing"

	"appraise/policies/brand"
)

func TestHost(t *testing.T) {
	p := pack(t)
	for _, tt := range []struct {
		host    string
		want    brand.HostKind
		rule    brand.HostRule
		purpose string
	}{
		{"aliexpress.com", brand.HostOfficial, brand.RuleExact, ""},
		{"es.aliexpress.com", brand.HostOfficial, brand.RuleExact, ""},
		{"m.de.aliexpress.com", brand.HostOfficial, brand.RuleExact, ""},
		{"ALIEXPRESS.COM", brand.HostOfficial, brand.RuleExact, ""},
		{"aliexpress.com.", brand.HostOfficial, brand.RuleExact, ""},
		{"aliexpress\u3002com", brand.HostOfficial, brand.RuleExact, ""},
		{"\uff41liexpress.com", brand.HostOfficial, brand.RuleExact, ""},
		{"s.click.aliexpress.com", brand.HostOfficial, brand.RuleExact, "affiliate"},
		{"ae01.alicdn.com", brand.HostFamily, brand.RuleExact, "image-cdn"},
		{"x.aliyuncs.com", brand.HostForeign, brand.NoRule, ""},
		{"\u0430liexpress.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"xn--liexpress-zyh.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"aliex\u0440ress.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"xn--aliexress-p3h.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"ali\u0435\u0445press.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"xn--alipress-e8g4n.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"a1iexpress.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"aiiexpress.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"allexpress.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"aliexpres.com", brand.HostLookalike, brand.RuleEdit, ""},
		{"alliexpress.com", brand.HostLookalike, brand.RuleEdit, ""},
		{"aliexprress.com", brand.HostLookalike, brand.RuleEdit, ""},
		{"aliespress.com", brand.HostLookalike, brand.RuleEdit, ""},
		{"alixpress.com", brand.HostLookalike, brand.RuleEdit, ""},
		{"ailexpress.com", brand.HostLookalike, brand.RuleSkeleton, ""}, // one exchange as well; i and l look alike
		{"ali-express.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"ali-express1.at", brand.HostLookalike, brand.RuleKeyword, ""},
		{"aliexpresscn.net", brand.HostLookalike, brand.RuleKeyword, ""},
		{"aliexpress-deals.shop", brand.HostLookalike, brand.RuleKeyword, ""},
		{"aliexpres-deals.shop", brand.HostLookalike, brand.RuleEdit, ""},
		{"aliexpress-track-login.shop", brand.HostLookalike, brand.RuleKeyword, ""},
		{"aliexpress.com.track-pkg.top", brand.HostLookalike, brand.RuleInside, ""},
		{"aliexpress.evil.example", brand.HostLookalike, brand.RuleInside, ""},
		{"\u0430liexpress.evil.example", brand.HostLookalike, brand.RuleInside, ""},
		{"tmall.ru.evil.example", brand.HostLookalike, brand.RuleInside, ""},
		{"aliexpress.spb.ru", brand.HostLookalike, brand.RuleSuffix, ""},
		{"aliexpress.github.io", brand.HostLookalike, brand.RuleSuffix, ""},
		{"aliexpress.co.uk", brand.HostLookalike, brand.RuleSuffix, ""},
		{"shop.aliexpress.com.br", brand.HostLookalike, brand.RuleSuffix, ""},
		{"aliexpress.bucket.aliyuncs.com", brand.HostLookalike, brand.RuleInside, ""},
		{"alipress.com", brand.HostForeign, brand.RuleEdits, ""},
		{"elixpress.com", brand.HostForeign, brand.RuleEdits, ""},
		{"alipress-login.com", brand.HostLookalike, brand.RuleEdits, ""},
		{"express.com", brand.HostForeign, brand.NoRule, ""},
		{"alibaba.com", brand.HostFamily, brand.RuleExact, ""},
		{"aliexpert.com", brand.HostForeign, brand.NoRule, ""},
		{"ali\u200dexpress.com", brand.HostLookalike, brand.RuleSkeleton, ""},
		{"aliexpress%2ecom", brand.HostOfficial, brand.RuleExact, ""},
		{"with_underscore.example.com", brand.HostForeign, brand.NoRule, ""},
		{"r3---sn-x.googlevideo.com", brand.HostForeign, brand.NoRule, ""},
		{"xn--\u00fc.com", brand.HostUnreadable, brand.NoRule, ""},
		{"xn--zzzzzzzz9.com", brand.HostUnreadable, brand.NoRule, ""},
		{"", brand.HostUnreadable, brand.NoRule, ""},
		{"a..b", brand.HostUnreadable, brand.NoRule, ""},
		{"192.0.2.1", brand.HostUnreadable, brand.NoRule, ""},
		{"[2001:db8::1]", brand.HostUnreadable, brand.NoRule, ""},
		{"0x7f.1", brand.HostUnreadable, brand.NoRule, ""},
		{"ali express.com", brand.HostUnreadable, brand.NoRule, ""},
		{strings.Repeat("a", 2000) + ".com", brand.HostUnreadable, brand.NoRule, ""},
		{"localhost", brand.HostForeign, brand.NoRule, ""},
	} {
		v := p.Host(tt.host)
		if v.Kind != tt.want || v.Rule != tt.rule || v.Purpose != tt.purpose {
			t.Errorf("Host(%q): got %s by %q for %q, want %s by %q for %q", tt.host, v.Kind, v.Rule, v.Purpose, tt.want, tt.rule, tt.purpose)
		}
	}
}

func TestHostRemarks(t *testing.T) {
	p := pack(t)
	for _, tt := range []struct {
		name, host string
		ok         func(brand.HostVerdict) bool
	}{
		{"ordinary spelling", "es.aliexpress.com", func(v brand.HostVerdict) bool { return !v.Spelling.Odd() && v.Domain == "aliexpress.com" }},
		{"ideographic dot", "aliexpress\u3002com", func(v brand.HostVerdict) bool { return v.Spelling.Unusual && v.Host == "aliexpress.com" }},
		{"full width", "\uff41liexpress.com", func(v brand.HostVerdict) bool { return v.Spelling.Unusual }},
		{"two alphabets", "\u0430liexpress.com", func(v brand.HostVerdict) bool { return v.Spelling.Mixed && v.Domain == "xn--liexpress-zyh.com" }},
		{"two alphabets in ASCII", "xn--liexpress-zyh.com", func(v brand.HostVerdict) bool { return v.Spelling.Mixed && v.Host == "\u0430liexpress.com" }},
		{"not seen", "ali\u200dexpress.com", func(v brand.HostVerdict) bool { return v.Spelling.Invisible }},
		{"shared tenancy", "x.aliyuncs.com", func(v brand.HostVerdict) bool { return v.Shared }},
		{"listed by others", "www.aliexpresscn.net", func(v brand.HostVerdict) bool {
			return v.Reported.Value == "aliexpresscn.net" && v.Weight == brand.High
		}},
		{"suffix", "aliexpress.co.uk", func(v brand.HostVerdict) bool {
			return v.Weight == brand.Medium && v.Like == "aliexpress.com" && v.Domain == "aliexpress.co.uk"
		}},
	} {
		if v := p.Host(tt.host); !tt.ok(v) {
			t.Errorf("%s: got %+v", tt.name, v)
		}
	}
}

func TestURL(t *testing.T) {
	p := pack(t)
	for _, tt := range []struct {
		address string
		want    brand.HostKind
		rule    brand.HostRule
		weight  brand.Weight
	}{
		{"https://aliexpress.com@evil.example/", brand.HostLookalike, brand.RuleElsewhere, brand.High},
		{"https://review.example/aliexpress.com", brand.HostForeign, brand.RuleElsewhere, brand.Information},
		{"https://es.aliexpress.com/item/1.html", brand.HostOfficial, brand.RuleExact, brand.Information},
		{"https://user@es.aliexpress.com/", brand.HostOfficial, brand.RuleExact, brand.Information},
		{"https://evil.example\\@aliexpress.com/", brand.HostUnreadable, brand.NoRule, brand.Information},
		{"data:text/html,aliexpress.com", brand.HostUnreadable, brand.NoRule, brand.Information},
		{"javascript:alert(1)", brand.HostUnreadable, brand.NoRule, brand.Information},
		{"https://review.example/parcels", brand.HostForeign, brand.NoRule, brand.Information},
	} {
		if v := p.URL(tt.address); v.Kind != tt.want || v.Rule != tt.rule || v.Weight != tt.weight {
			t.Errorf("URL(%q): got %s by %q, weight %d, want %s by %q, weight %d", tt.address, v.Kind, v.Rule, v.Weight, tt.want, tt.rule, tt.weight)
		}
	}
}
