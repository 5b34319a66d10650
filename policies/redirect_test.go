package policies_test

import (
	"strings"
	"testing"

	"appraise/inventory"
	"appraise/policies"
)

const everySite = "<all_urls>"

// requestRule is an extension with host access and one request rule.
func requestRule(access string, one inventory.RedirectRule) inventory.Item {
	one.Evidence = inventory.Evidence{File: "rules.json", Detail: "rule"}
	item := inventory.Item{Platform: inventory.Extension, Kind: inventory.KindCRX, ID: "x", Name: "Rules",
		Detail: inventory.Detail{Extension: &inventory.ExtensionDetail{Rulesets: []inventory.Ruleset{{Redirects: []inventory.RedirectRule{one}}}}}}
	if access != "" {
		item.AddCapability(inventory.Capability{ID: inventory.CapPageRead, Exposure: inventory.Requested, Reach: []string{access}, Evidence: []inventory.Evidence{{Detail: "x"}}})
	}
	return item
}

func TestRedirects(t *testing.T) {
	p := load(t, policies.Options{})
	const shop = "*://*.aliexpress.com/*"
	page := func(from, condition, to string) inventory.RedirectRule {
		one := inventory.RedirectRule{Condition: condition, To: to, Kind: "url", Pages: true, MainFrame: true}
		if from != "" {
			one.From = []string{from}
		}
		return one
	}
	frame, affiliate, tidy, computed := page(shop, "", "pay.example"), page(shop, "", ""), page(shop, "", ""), page(shop, "^https://x/(.*)", "")
	frame.MainFrame = false
	affiliate.Kind, affiliate.Params = "query-add", []string{"aff_platform"}
	tidy.Kind, tidy.Params = "query-remove", []string{"aff_trace_key"}
	computed.Kind = "regex"
	for _, tt := range []struct {
		name   string
		access string
		rule   inventory.RedirectRule
		want   string // title of the finding, "" for none above low
	}{
		{"pages to a foreign site", shop, page(shop, "||aliexpress.com^", "pay.example"), `"Rules" sends your AliExpress pages to "pay.example"`},
		{"checkout to a foreign site", shop, page(shop, "||aliexpress.com/p/checkout", "pay.example"), `"Rules" sends your AliExpress checkout to "pay.example"`},
		{"checkout named in the pattern", "", page("https://trade.aliexpress.com/*", "", "pay.example"), `"Rules" sends your AliExpress checkout to "pay.example"`},
		{"every page", everySite, page("", "", "pay.example"), `"Rules" sends your AliExpress pages to "pay.example"`},
		{"every page by pattern", everySite, page(everySite, "", "pay.example"), `"Rules" sends your AliExpress pages to "pay.example"`},
		{"every page, condition without words", everySite, page("", "^https?://.*", "pay.example"), `"Rules" sends your AliExpress pages to "pay.example"`},
		{"every checkout", everySite, page("", "*/checkout/*", "pay.example"), `"Rules" sends your AliExpress checkout to "pay.example"`},
		{"every page, no access to the shop", "*://*.example.org/*", page("", "", "pay.example"), ""},
		{"a regular expression that names the shop", everySite, page("", `^https://www\.aliexpress\.com/(.*)`, "pay.example"), `"Rules" sends your AliExpress pages to "pay.example"`},
		{"a regular expression for others", everySite, page("", `^https://www\.example\.com/order/(.*)`, "pay.example"), ""},
		{"an address that isn't a name", shop, page(shop, "", "198.51.100.7"), `"Rules" sends your AliExpress pages to "198.51.100.7"`},
		{"hostile host name", shop, page(shop, "", "pay.example\x1b[2J"), `"Rules" sends your AliExpress pages to "pay.example\x1b[2J"`},
		{"rented cloud host", shop, page(shop, "", "x.aliyuncs.com"), `"Rules" sends your AliExpress pages to "x.aliyuncs.com"`},
		{"near copy of the domain", shop, page(shop, "", "aliexpress.com.example"), `"Rules" sends your AliExpress pages to "aliexpress.com.example"`},
		{"the shop itself", shop, page(shop, "", "m.aliexpress.com"), ""},
		{"its affiliate host", shop, page(shop, "", "s.click.aliexpress.com"), ""},
		{"its group", shop, page(shop, "", "www.alipay.com"), ""},
		{"another site's pages", shop, page("*://*.example.org/*", "", "pay.example"), ""},
		{"a frame", shop, frame, `"Rules" loads frames or parts of AliExpress pages from "pay.example"`},
		{"referral code", shop, affiliate, ""},
		{"referral code removed", shop, tidy, ""},
		{"computed target", shop, computed, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range assess(p, requestRule(tt.access, tt.rule), false).Findings {
				if strings.HasPrefix(f.Rule, "extension-sends-") {
					got = append(got, f.Title)
				}
			}
			if strings.Join(got, "\n") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What only writes referral codes is never called a payment.
func TestAffiliateIsNoPayment(t *testing.T) {
	p := load(t, policies.Options{})
	one := inventory.RedirectRule{From: []string{"*://*.aliexpress.com/*"}, Kind: "query-add", Params: []string{"aff_platform", "sk"}, Pages: true, MainFrame: true}
	for _, f := range assess(p, requestRule(everySite, one), false).Findings {
		if strings.Contains(f.Title+f.Why, "payment") {
			t.Errorf("%s: %q", f.Rule, f.Title)
		}
	}
}
