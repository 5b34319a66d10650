package policies

import (
	"regexp"
	"slices"
	"strings"

	"appraise/browserext/match"
	"appraise/inventory"
	"appraise/policies/brand"
	"appraise/policies/rule"
)

// redirects are the request rules of an extension that send a brand's pages, or parts of them, to a
// site that is neither the brand's nor its group's.
type redirects struct {
	pages, parts []inventory.RedirectRule
	checkout     bool // one of pages is aimed at paying
}

// redirectsOf reads the extension's static request rules. A rule that only writes or removes query
// parameters, changes the scheme, keeps the host or computes its target is none of these.
func (p *Policy) redirectsOf(item *inventory.Item, reach *brandReach) redirects {
	var r redirects
	ext := item.Detail.Extension
	if ext == nil {
		return r
	}
	for _, set := range ext.Rulesets {
		for _, one := range set.Redirects {
			if p.foreign(one.To) && p.aimed(one, reach) {
				r.add(one)
			}
		}
	}
	return r
}

func (r *redirects) add(one inventory.RedirectRule) {
	if !one.MainFrame {
		r.parts = append(r.parts, one)
		return
	}
	r.pages = append(r.pages, one)
	r.checkout = r.checkout || paying(one)
}

// foreign reports whether a target host is outside every pack.
func (p *Policy) foreign(host string) bool {
	if host == "" {
		return false
	}
	domain := match.RegistrableDomain(host)
	return !slices.ContainsFunc(p.packs, func(pack *brand.Pack) bool { return pack.Own(domain) })
}

// aimed reports whether a rule hits pages of a brand: it names a core domain, or it hits every page
// and the extension may act on the brand's pages.
func (p *Policy) aimed(one inventory.RedirectRule, reach *brandReach) bool {
	broad := len(one.From) == 0
	for _, from := range one.From {
		switch reach.pattern(from).reach {
		case rule.ReachNamed:
			return true
		case rule.ReachBroad:
			broad = true
		}
	}
	named := slices.ContainsFunc(p.packs, func(pack *brand.Pack) bool { return mentions(one.Condition, pack) })
	return broad && (named || reach.best > rule.ReachNone && unrestricted(one.Condition))
}

// mentions reports whether a condition names the brand.
func mentions(condition string, pack *brand.Pack) bool {
	return strings.Contains(strings.ToLower(condition), pack.Brand)
}

var (
	// payWords mark addresses at which a shop takes an order or a payment.
	payWords  = regexp.MustCompile(`\b(checkout|pay|payments?|orders?|trade|cashier)`)
	anyScheme = regexp.MustCompile(`\bhttps?`)
	anyWord   = regexp.MustCompile(`[a-z0-9]`)
)

// unrestricted reports whether a condition holds no word beside the scheme and those of paying, so that
// it hits the brand's addresses as it hits all others.
func unrestricted(condition string) bool {
	rest := anyScheme.ReplaceAllString(payWords.ReplaceAllString(strings.ToLower(condition), ""), "")
	return !anyWord.MatchString(rest)
}

func paying(one inventory.RedirectRule) bool {
	for _, from := range append(slices.Clone(one.From), one.Condition) {
		if payWords.MatchString(strings.ToLower(from)) {
			return true
		}
	}
	return false
}

// targets lists where rules send requests, each once, in their order.
func targets(rules []inventory.RedirectRule) []string {
	var out []string
	for _, one := range rules {
		if host := quoted(one.To); !slices.Contains(out, host) {
			out = append(out, host)
		}
	}
	return out
}
