package netrules

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"appraise/browserext/laxjson"
	"appraise/browserext/match"
	"appraise/internal/limits"
	"appraise/inventory"
)

// readRule returns the redirects in a rule and whether it changes headers.
func readRule(rule laxjson.Value) (redirects []inventory.RedirectRule, headers bool) {
	action, _ := rule.Get("action")
	condition, _ := rule.Get("condition")
	base := inventory.RedirectRule{}
	if id, ok := rule.Get("id"); ok {
		base.RuleID, _ = strconv.Atoi(id.Text)
	}
	base.From, base.Condition = requestPatterns(condition)
	base.Initiators = append(domainPatterns(condition, "initiatorDomains"), domainPatterns(condition, "domains")...)
	base.MainFrame = hits(condition, "main_frame")
	base.Pages = base.MainFrame || hits(condition, "sub_frame")

	switch kind, _ := action.Get("type"); kind.Text {
	case "redirect":
		target, _ := action.Get("redirect")
		if redirectTo(&base, target) {
			redirects = append(redirects, base)
		}
	case "modifyHeaders":
		headers = true
		list, _ := action.Get("responseHeaders")
		for _, header := range list.Items {
			if place, ok := locationHeader(header); ok {
				base.Kind = "header"
				base.To, base.Params = target(place)
				redirects = append(redirects, base)
				break
			}
		}
	}
	return redirects, headers
}

// locationHeader returns what a header operation puts into Location.
func locationHeader(header laxjson.Value) (string, bool) {
	name, _ := header.Get("header")
	operation, _ := header.Get("operation")
	text, _ := header.Get("value")
	return text.Text, strings.EqualFold(name.Text, "location") && operation.Text == "set"
}

// redirectTo fills in where a redirect leads and reports whether it leads anywhere.
func redirectTo(rule *inventory.RedirectRule, redirect laxjson.Value) bool {
	if v, ok := redirect.Get("url"); ok {
		rule.Kind = "url"
		rule.To, rule.Params = target(v.Text)
		return true
	}
	if v, ok := redirect.Get("regexSubstitution"); ok {
		rule.Kind = "regex"
		rule.To, rule.Params = regexTarget(v.Text)
		return true
	}
	if v, ok := redirect.Get("transform"); ok {
		return transform(rule, v)
	}
	if _, ok := redirect.Get("extensionPath"); ok {
		rule.Kind = "extension-file"
		return true
	}
	return false
}

// transform reads a change of some parts of the address. The farthest-reaching part names the kind.
func transform(rule *inventory.RedirectRule, v laxjson.Value) bool {
	host, _ := v.Get("host")
	query, hasQuery := v.Get("query")
	changes, _ := v.Get("queryTransform")
	added := queryKeys(strings.TrimPrefix(query.Text, "?"))
	list, _ := changes.Get("addOrReplaceParams")
	for _, param := range list.Items[:min(len(list.Items), limits.RuleParams)] {
		if key, ok := param.Get("key"); ok {
			added = append(added, key.Text)
		}
	}
	var removed []string
	list, _ = changes.Get("removeParams")
	for _, param := range list.Items[:min(len(list.Items), limits.RuleParams)] {
		removed = append(removed, param.Text)
	}
	rule.Params = added
	switch _, path := v.Get("path"); {
	case host.Text != "":
		rule.Kind, rule.To = "host", canonical(host.Text)
	case path:
		rule.Kind = "path"
	case len(added) > 0:
		rule.Kind = "query-add"
	case len(removed) > 0 || hasQuery:
		rule.Kind, rule.Params = "query-remove", removed
	default:
		_, scheme := v.Get("scheme")
		_, port := v.Get("port")
		rule.Kind = "scheme"
		return scheme || port // with a new fragment or user name alone the request stays where it was
	}
	return true
}

// filled stands for what a regular expression fills in; no address holds it.
const filled = "\x00"

var (
	// webAddress is an http or WebSocket address as browsers take it: any number of slashes after the
	// scheme (WHATWG URL, special authority slashes states), which a regular expression may fill in.
	webAddress = regexp.MustCompile(`^(?:(?i:https?|wss?)|\x00+):/*([^/?#]+)`)
	groups     = regexp.MustCompile(`\\[0-9]`)
	ignored    = strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/")
)

// target returns the host of an address to which a rule leads, empty where it is computed, and the
// query parameters that the address writes. Of a host that is computed in part the fixed end is returned.
func target(address string) (host string, params []string) {
	address = ignored.Replace(strings.TrimLeft(address, " "))
	if m := webAddress.FindStringSubmatch(address); m != nil {
		host = m[1][strings.LastIndexByte(m[1], '@')+1:]
		if i := strings.LastIndex(host, filled); i >= 0 {
			if _, host, _ = strings.Cut(host[i:], "."); !strings.Contains(host, ".") {
				host = "" // a suffix that anyone can register a name below
			}
		}
		if host != "" {
			host = canonical(host)
		}
	}
	_, query, _ := strings.Cut(address, "?")
	query, _, _ = strings.Cut(query, "#")
	return host, queryKeys(query)
}

// regexTarget is target for the substitution of a regular expression, with its groups \0 to \9.
func regexTarget(substitution string) (host string, params []string) {
	return target(groups.ReplaceAllLiteralString(substitution, filled))
}

// canonical brings a host, perhaps with a port, into the form in which hosts are compared.
func canonical(host string) string {
	p, err := match.Parse("*://" + host + "/")
	if err != nil {
		return host
	}
	return p.Host
}

// queryKeys returns the parameters of a query, at most limits.RuleParams of them.
func queryKeys(query string) []string {
	var keys []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(key); err == nil {
			key = plain
		}
		if key != "" && !slices.Contains(keys, key) && len(keys) < limits.RuleParams {
			keys = append(keys, key)
		}
	}
	return keys
}

// requestPatterns returns the match patterns of the addresses that a condition takes in, empty for all,
// and the filter as written. It errs on the wide side: paths are left out, because filters ignore case.
func requestPatterns(condition laxjson.Value) (from []string, filter string) {
	if v, ok := condition.Get("regexFilter"); ok {
		filter = v.Text
	} else if v, ok := condition.Get("urlFilter"); ok {
		filter = v.Text
		if pattern, ok := filterPattern(filter); ok {
			return []string{pattern}, filter
		}
	}
	return domainPatterns(condition, "requestDomains"), filter
}

// domainPatterns turns a list of domains, each with its subdomains, into match patterns.
func domainPatterns(condition laxjson.Value, key string) []string {
	list, _ := condition.Get(key)
	var out []string
	for _, domain := range list.Items {
		if p, err := match.Parse("*://*." + domain.Text + "/*"); err == nil {
			out = append(out, p.String())
		}
	}
	return out
}

// filterPattern turns a urlFilter that names a host into a match pattern: ||host^… (the host and names
// below it), |https://host/… and https://host/….
func filterPattern(filter string) (string, bool) {
	scheme, rest := "*", ""
	if after, ok := strings.CutPrefix(filter, "||"); ok {
		rest = "*." + strings.TrimPrefix(after, "*.")
	} else if before, after, ok := strings.Cut(strings.TrimPrefix(filter, "|"), "://"); ok {
		scheme, rest = strings.ToLower(before), after
	} else {
		return "", false
	}
	name := strings.TrimPrefix(rest, "*.")
	end := strings.IndexAny(name, "/^|:?*")
	host := name
	if end >= 0 {
		host = name[:end]
	}
	if end < 0 || name[end] == '*' {
		// The host may go on: "shop.co" also takes in shop.com. A last label of three letters or more
		// that is a registry's suffix is taken as the end.
		label := host[strings.LastIndexByte(host, '.')+1:]
		if p, err := match.Parse("*://*." + label + "/*"); err != nil || !p.AllSites() || len(label) < 3 {
			return "", false
		}
	}
	p, err := match.Parse(scheme + "://" + strings.TrimSuffix(rest, name) + host + "/*")
	return p.String(), err == nil
}

// hits reports whether a condition takes in a type of request. Without a list of types all but whole
// pages are taken in; with a list of exceptions all others.
func hits(condition laxjson.Value, kind string) bool {
	listed := func(key string) (found, present bool) {
		list, ok := condition.Get(key)
		return slices.ContainsFunc(list.Items, func(v laxjson.Value) bool { return v.Text == kind }), ok && len(list.Items) > 0
	}
	if found, present := listed("resourceTypes"); present {
		return found
	}
	if found, present := listed("excludedResourceTypes"); present {
		return !found
	}
	return kind != "main_frame"
}
