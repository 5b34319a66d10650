package brand

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"appraise/policies/lookalike"
)

// HostKind says how a host stands to a brand.
type HostKind uint8

// The kinds.
const (
	HostForeign    HostKind = iota // no relation
	HostOfficial                   // under one of the brand's own domains
	HostFamily                     // under a domain of the brand's group
	HostLookalike                  // made to be taken for the brand's, or listed as such
	HostUnreadable                 // no host name: an address, a broken name, a label that means nothing
)

var hostKinds = []string{"foreign", "official", "family", "lookalike", "unreadable"}

func (k HostKind) String() string { return hostKinds[min(int(k), len(hostKinds)-1)] }

// HostRule numbers the rules for look-alike names as far as they concern hosts.
type HostRule uint8

// The rules. Not every one makes a look-alike: R5 needs another sign, and R10 is about the rest of an address.
const (
	NoRule        HostRule = iota
	RuleExact              // R1: the brand's own, or its group's
	RuleSkeleton           // R3: the registered label looks like the brand's and is spelled otherwise
	RuleEdit               // R4: one edit away from it
	RuleEdits              // R5: two edits away from it
	RuleInside             // R6: the brand's label or domain stands left of somebody else's domain
	RuleKeyword            // R7: the brand's label joined with a keyword or digits
	RuleSuffix             // R8: the brand's label under a suffix that is not the brand's
	RuleElsewhere          // R10: the brand stands in the user name or in the path of a foreign address
	RuleListed             // a public list names the host
)

var hostRules = []string{"", "R1", "R3", "R4", "R5", "R6", "R7", "R8", "R10", "listed"}

func (r HostRule) String() string { return hostRules[min(int(r), len(hostRules)-1)] }

// Weight says how strongly a resemblance counts.
type Weight uint8

// The weights, in rising order.
const (
	Information Weight = iota
	Medium
	High
)

// HostVerdict is what a pack says of a host. It is about the name alone: nothing is resolved or fetched.
type HostVerdict struct {
	Kind     HostKind
	Rule     HostRule
	Weight   Weight // of a look-alike; Information for all others
	Host     string // in lower case, in Unicode, without a dot at the end
	Domain   string // the part that one owner registered, in ASCII; "" where there is none
	Like     string // the pack's host or domain that it is or resembles
	Purpose  string // what the pack knows the host is for: affiliate, login, image-cdn, …
	Shared   bool   // it lies under a domain where anyone can rent a host
	Spelling lookalike.Spelling
	Reported Indicator // the entry of a public list; its Value is "" where there is none
}

// maxHost is more than a DNS name can hold (253 characters), however it is encoded.
const maxHost = 1024

// Host judges a host name. Order: the brand's own domains and those of its group, then the rules for look-alikes and
// the public lists. Country sites and the like are subdomains, so whole labels compare from the right.
func (p *Pack) Host(host string) HostVerdict {
	n, ok := readHost(host)
	v := HostVerdict{Kind: HostUnreadable, Host: n.unicode(), Domain: n.domain, Spelling: n.spelling}
	if !ok {
		return v
	}
	v.Kind, v.Shared = HostForeign, under(n.ascii, p.Domains.NeverFirstParty) != ""
	if core := under(n.ascii, p.Domains.Core); core != "" && !v.Shared {
		v.Kind, v.Rule, v.Like = HostOfficial, RuleExact, core
		v.Purpose = p.purpose(n.ascii)
		return v
	}
	if family := under(n.ascii, p.Domains.Family); family != "" && !v.Shared {
		v.Kind, v.Rule, v.Like = HostFamily, RuleExact, family
		v.Purpose = p.purpose(n.ascii)
		return v
	}
	p.resemble(n, &v)
	if v.Reported = p.reportedHost(n.ascii); v.Reported.Value != "" {
		v.Kind, v.Weight = HostLookalike, High
		if v.Rule == NoRule || v.Rule == RuleEdits {
			v.Rule, v.Like = RuleListed, v.Reported.Value
		}
	}
	if v.Kind == HostForeign && n.broken {
		v.Kind = HostUnreadable
	}
	return v
}

// resemble asks the rules for look-alikes, the strongest first.
func (p *Pack) resemble(n hostName, v *HostVerdict) {
	for _, name := range p.hostNames() {
		if rule := registered(n, name); rule != NoRule {
			v.Rule, v.Like, v.Kind, v.Weight = rule, name.host, HostLookalike, High
			if rule == RuleSuffix {
				v.Weight = Medium
			}
			return
		}
	}
	if like := p.inside(n); like != "" {
		v.Rule, v.Like, v.Kind, v.Weight = RuleInside, like, HostLookalike, High
		return
	}
	for _, name := range p.hostNames() {
		d, joined := lookalike.Nearest(n.label, name.label)
		if d != 2 || !lookalike.Long(name.label, lookalike.FarFrom) {
			continue
		}
		v.Rule, v.Like = RuleEdits, name.host
		if joined { // a keyword beside it is the second sign
			v.Kind, v.Weight = HostLookalike, Medium
		}
	}
}

// brandLabel is a label of the brand's with the domain that it stands for.
type brandLabel struct{ label, host string }

// hostNames are the labels that look-alikes copy: the brand's name, and those of its domains that hold it. Its other
// domains have names that honest neighbours can be near to.
func (p *Pack) hostNames() []brandLabel {
	var out []brandLabel
	for _, d := range p.Domains.Core {
		label, _, _ := strings.Cut(d.Domain, ".")
		same := func(b brandLabel) bool { return b.label == label }
		if strings.Contains(lookalike.Shape(label), lookalike.Shape(p.Brand)) && !slices.ContainsFunc(out, same) {
			out = append(out, brandLabel{label, d.Domain})
		}
	}
	if len(out) == 0 {
		out = append(out, brandLabel{p.Brand, p.Brand})
	}
	return out
}

// registered compares the registered label with one of the brand's.
func registered(n hostName, name brandLabel) HostRule {
	switch {
	case n.label == "":
		return NoRule
	case n.label == name.label:
		return RuleSuffix
	case lookalike.Shape(n.label) == lookalike.Shape(name.label):
		return RuleSkeleton
	}
	if slices.Contains(lookalike.Stems(n.label, name.label), lookalike.Shape(name.label)) {
		return RuleKeyword
	}
	if d, joined := lookalike.Nearest(n.label, name.label); d == 1 && (lookalike.Long(name.label, lookalike.FarFrom) || lookalike.Long(name.label, lookalike.NearFrom) && !joined) {
		return RuleEdit
	}
	return NoRule
}

// inside finds a label or a domain of the brand left of the registered domain (R6); "" where there is none.
func (p *Pack) inside(n hostName) string {
	left := "." + strings.Join(n.sub, ".") + "."
	for _, d := range p.Domains.Core {
		if strings.Contains(left, "."+d.Domain+".") {
			return d.Domain
		}
	}
	for _, name := range p.hostNames() {
		for _, label := range n.sub {
			if slices.Contains(lookalike.Stems(label, name.label), lookalike.Shape(name.label)) {
				return name.host
			}
		}
	}
	return ""
}

// under returns the listed domain that a host is or lies below, "" where there is none.
func under(host string, list []Domain) string {
	for _, d := range list {
		if host == d.Domain || strings.HasSuffix(host, "."+d.Domain) {
			return d.Domain
		}
	}
	return ""
}

func (p *Pack) reportedHost(host string) Indicator {
	for _, i := range p.Domains.LookalikeIOCs {
		if i.Kind == "host" && (host == i.Value || strings.HasSuffix(host, "."+i.Value)) {
			return i
		}
	}
	return Indicator{}
}

// purpose is what the pack knows a host is for; the longest entry that covers it counts.
func (p *Pack) purpose(host string) string {
	best := Link{}
	for _, l := range p.Domains.Links {
		if (host == l.Host || strings.HasSuffix(host, "."+l.Host)) && len(l.Host) > len(best.Host) {
			best = l
		}
	}
	return best.Purpose
}

// URL judges the host of an address and then the rest of it (R10): a brand in the user name is made to be taken for
// the host, a brand in the path is worth a remark. Only http and https addresses are read.
func (p *Pack) URL(address string) HostVerdict {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.ContainsAny(address, "\\\t\r\n") {
		return HostVerdict{Kind: HostUnreadable}
	}
	v := p.Host(u.Hostname())
	if v.Kind != HostForeign {
		return v
	}
	user := ""
	if u.User != nil {
		user = u.User.String()
	}
	switch {
	case p.named(user):
		v.Kind, v.Rule, v.Weight, v.Like = HostLookalike, RuleElsewhere, High, p.hostNames()[0].host
	case p.named(u.Path) && v.Rule == NoRule:
		v.Rule, v.Like = RuleElsewhere, p.hostNames()[0].host
	}
	return v
}

// named reports whether a part of an address holds one of the brand's labels as a word.
func (p *Pack) named(text string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("/.:@%?=&;,+~!", r) })
	return slices.ContainsFunc(words, func(w string) bool {
		return slices.ContainsFunc(p.hostNames(), func(b brandLabel) bool { return slices.Contains(lookalike.Stems(w, b.label), lookalike.Shape(b.label)) })
	})
}

// hostName is a host read label by label.
type hostName struct {
	labels   []string // in Unicode
	ascii    string   // the whole, as it goes over the wire
	domain   string   // registrable, in ASCII; "" where the host is a public suffix or has one label
	label    string   // the registered label, in Unicode
	sub      []string // the labels left of it, in Unicode
	broken   bool     // a label is not valid by IDNA
	spelling lookalike.Spelling
}

func (n hostName) unicode() string { return strings.Join(n.labels, ".") }

// toDot maps the dots of other scripts (UTS #46, section 4.5).
var toDot = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

// readHost reads a host name as a browser would; false: it is none.
func readHost(host string) (hostName, bool) {
	var n hostName
	if len(host) > maxHost {
		return n, false
	}
	n.spelling = lookalike.SpellingOf(host)
	if plain, err := url.PathUnescape(host); err == nil && plain != host {
		host, n.spelling.Unusual = plain, true
	}
	host = strings.TrimSuffix(toDot.Replace(host), ".")
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || host == "" {
		return n, false
	}
	var wire []string
	for _, label := range strings.Split(host, ".") {
		shown, ascii, ok := readLabel(label)
		if ascii == "" {
			return n, false
		}
		n.labels, wire, n.broken = append(n.labels, shown), append(wire, ascii), n.broken || !ok
	}
	if numeric(wire[len(wire)-1]) {
		return n, false
	}
	n.ascii = strings.Join(wire, ".")
	n.spelling.Mixed = n.spelling.Mixed || lookalike.SpellingOf(n.unicode()).Mixed
	if domain, err := publicsuffix.EffectiveTLDPlusOne(n.ascii); err == nil {
		at := len(wire) - 1 - strings.Count(domain, ".")
		n.domain, n.label, n.sub = domain, n.labels[at], n.labels[:at]
	}
	return n, true
}

// readLabel returns a label in Unicode and in ASCII. ok is false where IDNA does not allow it; then both
// serve for comparing only. ascii is "" for what can be no label at all.
func readLabel(label string) (shown, ascii string, ok bool) {
	lower := strings.ToLower(label)
	if lookalike.IsASCII(lower) && !strings.HasPrefix(lower, "xn--") {
		if lower == "" || strings.ContainsFunc(lower, func(r rune) bool {
			return r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
		}) {
			return lower, "", false
		}
		return lower, lower, true
	}
	shown, err := idna.Lookup.ToUnicode(label)
	if err == nil {
		ascii, err = idna.Lookup.ToASCII(shown)
	}
	if err != nil || ascii == "" {
		return lower, "xn--" + lower, false
	}
	return shown, ascii, true
}

// numeric reports whether a last label makes the host an address by the rules of browsers (WHATWG URL, "ends in a number").
func numeric(label string) bool {
	digits := strings.TrimPrefix(label, "0x")
	set := "0123456789"
	if digits != label {
		set += "abcdef"
	}
	return strings.Trim(digits, set) == ""
}
