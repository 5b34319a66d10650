package match

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"appraise/internal/limits"
)

// AllURLs is the pattern that stands for every address an extension may reach.
const AllURLs = "<all_urls>"

// Pattern is one parsed match pattern.
type Pattern struct {
	// Text is the pattern as it was written.
	Text string
	// Scheme is lower-case, "*" for http and https, and AllURLs for <all_urls>.
	Scheme string
	// Host is lower-case ASCII without a trailing dot: "*", "*.example.com", "example.com", or an
	// address. It is empty for file patterns.
	Host string
	// Port is "" or "*" for every port, else a decimal number.
	Port string
	// Path begins with "/" and may hold "*". API host access ignores it, content scripts don't.
	Path string
}

// schemes are those that either browser takes in a pattern. chrome stands for chrome://favicon.
var schemes = []string{"*", "http", "https", "file", "ftp", "ws", "wss", "urn", "chrome", "chrome-extension"}

// Parse reads one pattern. The error says what is wrong with it in words for a person.
func Parse(s string) (Pattern, error) {
	if len(s) > limits.MatchPatternBytes {
		return Pattern{}, fmt.Errorf("match pattern of %d bytes: at most %d are read", len(s), limits.MatchPatternBytes)
	}
	if s == AllURLs {
		return Pattern{Text: s, Scheme: AllURLs, Host: "*", Path: "/*"}, nil
	}
	scheme, rest, found := strings.Cut(s, "://")
	if !found {
		return Pattern{}, fmt.Errorf("match pattern %q has no \"://\" after its scheme", s)
	}
	scheme = strings.ToLower(scheme)
	if !slices.Contains(schemes, scheme) {
		return Pattern{}, fmt.Errorf("match pattern %q has the unknown scheme %q", s, scheme)
	}
	authority, path, found := strings.Cut(rest, "/")
	if !found {
		return Pattern{}, fmt.Errorf("match pattern %q has no path: \"/*\" is missing at its end", s)
	}
	p := Pattern{Text: s, Scheme: scheme, Path: "/" + path}
	if scheme == "file" {
		return p, nil // a file's host means nothing, and browsers ignore it
	}
	var err error
	if p.Host, p.Port, err = parseAuthority(authority); err != nil {
		return Pattern{}, fmt.Errorf("match pattern %q: %w", s, err)
	}
	return p, nil
}

// parseAuthority splits host and port. Chrome takes ports and Firefox doesn't; both forms are read.
func parseAuthority(s string) (host, port string, err error) {
	host = s
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port = s[:i], s[i+1:]
		if number, err := strconv.ParseUint(port, 10, 16); port != "*" && (err != nil || port != strconv.FormatUint(number, 10)) {
			return "", "", fmt.Errorf("%q is no port", port)
		}
	}
	host, err = parseHost(host)
	return host, port, err
}

func parseHost(s string) (string, error) {
	name, wild := strings.CutPrefix(s, "*.")
	switch {
	case s == "":
		return "", fmt.Errorf("the host is empty")
	case s == "*":
		return s, nil
	case strings.HasSuffix(name, ".*"):
		return "", fmt.Errorf("the host %q ends in a wildcard, which would match names of any owner", s)
	case strings.Contains(name, "*"):
		return "", fmt.Errorf("the host %q holds a wildcard that is not its whole first label", s)
	}
	host, err := canonicalHost(name)
	if err != nil {
		return "", err
	}
	if wild {
		return "*." + host, nil
	}
	return host, nil
}

// canonicalHost brings a host name into the form that is compared: lower-case ASCII (IDNA, UTS 46 as
// browsers use it), no trailing dot. Addresses are kept as they are.
func canonicalHost(s string) (string, error) {
	host := strings.ToLower(s)
	if inner, ok := strings.CutPrefix(host, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !strings.HasSuffix(inner, "]") || addr.Zone() != "" {
			return "", fmt.Errorf("the host %q is no IPv6 address", s)
		}
		return "[" + addr.String() + "]", nil
	}
	if strings.IndexFunc(host, func(r rune) bool { return r >= 0x80 }) >= 0 {
		profile := idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))
		ascii, err := profile.ToASCII(host)
		if err != nil {
			return "", fmt.Errorf("the host %q is no internationalised name", s)
		}
		host = ascii
	}
	host = strings.TrimSuffix(host, ".")
	if strings.Contains("."+host+".", "..") {
		return "", fmt.Errorf("the host %q has an empty label", s)
	}
	for _, r := range host {
		if r <= ' ' || r >= 0x7f || strings.ContainsRune(`"#%*/:<>?@[\]^|`, r) {
			return "", fmt.Errorf("the host %q holds %q, which no host name may hold", s, r)
		}
	}
	return host, nil
}

// Web reports whether the pattern matches http or https addresses at all.
func (p Pattern) Web() bool { return p.overlapsScheme("http") || p.overlapsScheme("https") }

// AllSites reports whether the pattern takes in whole swathes of the web: <all_urls>, every host, or
// every name below a public suffix of the registries (*.com, *.co.uk). A path filter doesn't change that.
// Suffixes of hosting companies (*.github.io) are one company's sites and don't count.
func (p Pattern) AllSites() bool {
	if !p.Web() {
		return false
	}
	if p.Host == "*" {
		return true
	}
	name, wild := strings.CutPrefix(p.Host, "*.")
	if !wild {
		return false
	}
	suffix, registry := publicsuffix.PublicSuffix(name)
	return registry && suffix == name
}

// Loopback reports whether the pattern names this computer only.
func (p Pattern) Loopback() bool {
	host := strings.TrimPrefix(p.Host, "*.")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && addr.IsLoopback()
}

// String returns the pattern in the normalised form that its fields hold.
func (p Pattern) String() string {
	if p.Scheme == AllURLs {
		return AllURLs
	}
	host := p.Host
	if p.Port != "" {
		host += ":" + p.Port
	}
	return p.Scheme + "://" + host + p.Path
}
