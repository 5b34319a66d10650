package match

import (
	"strings"

	"golang.org/x/net/publicsuffix"
)

// ReachesDomain reports whether the pattern matches some http or https address on the domain or on a
// name below it. A domain that is no host name is never reached.
func (p Pattern) ReachesDomain(domain string) bool {
	name, err := canonicalHost(domain)
	return err == nil && p.Web() && overlapHosts(p.Host, "*."+name)
}

// Reach returns the patterns that reach the domain as ReachesDomain says it, in their order: named
// ones, written for a limited set of hosts, and broad ones, which take in all sites. Malformed
// patterns match nothing and are left out.
func Reach(patterns []string, domain string) (named, broad []string) {
	for _, text := range patterns {
		p, err := Parse(text)
		switch {
		case err != nil || !p.ReachesDomain(domain):
		case p.AllSites():
			broad = append(broad, text)
		default:
			named = append(named, text)
		}
	}
	return named, broad
}

// Contains reports whether every address that q matches is matched by p as well.
func (p Pattern) Contains(q Pattern) bool {
	if p.Scheme == AllURLs {
		return true
	}
	schemes := p.Scheme == q.Scheme || p.Scheme == "*" && (q.Scheme == "http" || q.Scheme == "https")
	ports := anyPort(p.Port) || p.Port == q.Port
	return schemes && ports && containsHost(p.Host, q.Host) && containsPath(p.Path, q.Path)
}

// Overlaps reports whether some address can be matched by both. Paths are compared by their plain text
// before the first and after the last wildcard, so that the answer may be a cautious yes.
func (p Pattern) Overlaps(q Pattern) bool {
	schemes := p.overlapsScheme(q.Scheme) || q.overlapsScheme(p.Scheme)
	ports := anyPort(p.Port) || anyPort(q.Port) || p.Port == q.Port
	return schemes && ports && overlapHosts(p.Host, q.Host) && overlapPaths(p.Path, q.Path)
}

// RegistrableDomain returns the part of a host that one owner registered ("example.co.uk" for
// "shop.example.co.uk"), in lower-case ASCII. An address, a public suffix or a name without a dot is
// returned whole. "*." in front is ignored.
func RegistrableDomain(host string) string {
	name, err := canonicalHost(strings.TrimPrefix(host, "*."))
	if err != nil {
		return host
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil && !isAddress(name) {
		return domain
	}
	return name
}

func isAddress(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return host[0] == '[' || last[0] >= '0' && last[0] <= '9' // no public suffix starts with a digit
}

func (p Pattern) overlapsScheme(scheme string) bool {
	switch p.Scheme {
	case AllURLs, scheme:
		return true
	case "*":
		return scheme == "http" || scheme == "https"
	}
	return false
}

func anyPort(port string) bool { return port == "" || port == "*" }

// containsHost reports whether the host pattern a takes in all that b does.
func containsHost(a, b string) bool {
	name, wild := strings.CutPrefix(a, "*.")
	if !wild {
		return a == "*" || a == b
	}
	b = strings.TrimPrefix(b, "*.")
	return b == name || strings.HasSuffix(b, "."+name)
}

// overlapHosts needs no more: two sets of subdomains are nested or apart.
func overlapHosts(a, b string) bool { return containsHost(a, b) || containsHost(b, a) }

// containsPath matches the pattern a against the text b, whose own wildcards only a wildcard of a can cover.
func containsPath(a, b string) bool {
	var i, j int
	star, mark := -1, 0
	for j < len(b) {
		switch {
		case i < len(a) && a[i] == '*':
			star, mark = i, j
			i++
		case i < len(a) && a[i] == b[j] && b[j] != '*':
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(a[i:], "*") == ""
}

func overlapPaths(a, b string) bool {
	headA, tailA := fixedEnds(a)
	headB, tailB := fixedEnds(b)
	heads := strings.HasPrefix(headA, headB) || strings.HasPrefix(headB, headA)
	tails := strings.HasSuffix(tailA, tailB) || strings.HasSuffix(tailB, tailA)
	return heads && tails
}

func fixedEnds(path string) (head, tail string) {
	if !strings.Contains(path, "*") {
		return path, path
	}
	return path[:strings.IndexByte(path, '*')], path[strings.LastIndexByte(path, '*')+1:]
}
