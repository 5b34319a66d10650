package browserext

import (
	"os"
	"testing"

	"appraise/inventory"
)

const samples = "../testdata/samples/extensions/"

func TestSampleCouponHelper(t *testing.T) {
	item := ReadFolder(os.DirFS(samples+"coupon-helper"), "coupon-helper")
	shop := "https://*.aliexpress.com/*"
	diff(t, "name and problems", []any{item.Name, item.ID, item.Problems}, []any{"Smart Coupons", "coupon-helper", []inventory.Problem(nil)})
	diff(t, "capabilities", capabilityLines(item), []string{
		"keystrokes requested inferred possible " + shop,
		"page-read requested proved " + shop,
		"page-modify requested proved " + shop,
		"page-modify requested inferred (headers) " + shop,
		"requests-redirect requested inferred " + shop,
		"requests-redirect requested proved (ruleset) *://*.aliexpress.com/*",
		"cookies requested inferred (script-visible) " + shop,
	})
	diff(t, "traits", traitIDs(item), []inventory.TraitID{"scripts-not-read", "silent-strong-permission"})
	rules := item.Detail.Extension.Rulesets[0].Redirects
	diff(t, "rules", rules, []inventory.RedirectRule{
		{
			RuleID: 1, From: []string{"*://*.aliexpress.com/*"}, Condition: "||aliexpress.com/p/trade/confirm", To: "pay.example.invalid", Kind: "url", Pages: true, MainFrame: true,
			Evidence: inventory.Evidence{File: "rules.json", Line: 2, Column: 3, Offset: 4, Detail: `rule 1: url to pay.example.invalid for "||aliexpress.com/p/trade/confirm"`},
		},
		{
			RuleID: 2, From: []string{"*://*.aliexpress.com/*"}, Condition: "||aliexpress.com/checkout", To: "pay.example.invalid", Kind: "url", Pages: true, MainFrame: true,
			Evidence: inventory.Evidence{File: "rules.json", Line: 8, Column: 3, Offset: 247, Detail: `rule 2: url to pay.example.invalid for "||aliexpress.com/checkout"`},
		},
	})
}

func TestSampleReadingMode(t *testing.T) {
	item := ReadFolder(os.DirFS(samples+"reading-mode"), "reading-mode")
	diff(t, "name and problems", []any{item.Name, item.Problems}, []any{"Quiet Page", []inventory.Problem(nil)})
	diff(t, "capabilities", capabilityLines(item), []string{"page-read requested proved on-click", "page-modify requested proved on-click"})
	diff(t, "traits", traitIDs(item), []inventory.TraitID{"scripts-not-read"})
	diff(t, "hosts", item.Detail.Extension.Hosts, []string{})
}
