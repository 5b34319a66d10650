package policies

import (
	"fmt"
	"slices"
	"strings"

	"appraise/browserext/match"
	"appraise/inventory"
	"appraise/policies/brand"
	"appraise/policies/rule"
)

// brandReach is how an extension reaches the pages of the brands.
type brandReach struct {
	packs []*brand.Pack
	known map[string]patternReach // by pattern, so that each is read once
	entry map[entryKey]rule.Reach
	pack  *brand.Pack // the first pack with the strongest reach; nil where there is none
	best  rule.Reach
	hosts []string // core domains that it names
}

// entryKey tells the entries of one item's capabilities apart.
type entryKey struct {
	id        inventory.CapabilityID
	exposure  inventory.Exposure
	qualifier string
}

func keyOf(c inventory.Capability) entryKey { return entryKey{c.ID, c.Exposure, c.Qualifier} }

// patternReach is what one host pattern reaches.
type patternReach struct {
	reach rule.Reach
	pack  *brand.Pack
	hosts []string
}

// reachOf works out how the capabilities of an extension reach the brands.
func (p *Policy) reachOf(item *inventory.Item) *brandReach {
	r := &brandReach{known: map[string]patternReach{}, entry: map[entryKey]rule.Reach{}}
	if item.Platform != inventory.Extension {
		return r
	}
	r.packs = p.packs
	for _, c := range item.Capabilities {
		if c.Qualifier == byRuleset {
			continue
		}
		for _, text := range c.Reach {
			one := r.pattern(text)
			r.entry[keyOf(c)] = max(r.entry[keyOf(c)], one.reach)
			if one.reach > r.best {
				r.best, r.pack = one.reach, one.pack
			}
			r.addHosts(one.hosts)
		}
	}
	return r
}

// byRuleset is the qualifier of what an extension's static request rules do. They are read one by one
// (redirectsOf): an ad blocker's rule for a shop says nothing about its other rules.
const byRuleset = "ruleset"

// of is the reach of one entry of a capability.
func (r *brandReach) of(c inventory.Capability) rule.Reach { return r.entry[keyOf(c)] }

// pattern tells what one entry of a reach reaches; what is no pattern ("on-click") reaches nothing by itself.
func (r *brandReach) pattern(text string) patternReach {
	if one, ok := r.known[text]; ok {
		return one
	}
	one := patternReach{}
	if p, err := match.Parse(text); err == nil && p.Web() {
		for _, pack := range r.packs {
			if next := reachOfPattern(p, pack); next.reach > one.reach {
				one = next
			}
		}
	}
	r.known[text] = one
	return one
}

func reachOfPattern(p match.Pattern, pack *brand.Pack) patternReach {
	if p.AllSites() {
		return patternReach{rule.ReachBroad, pack, nil}
	}
	var hosts []string
	for _, d := range pack.CoreDomains() {
		if p.ReachesDomain(d) {
			hosts = append(hosts, d)
		}
	}
	if hosts == nil {
		return patternReach{}
	}
	return patternReach{rule.ReachNamed, pack, hosts}
}

func (r *brandReach) addHosts(hosts []string) {
	for _, h := range hosts {
		if !slices.Contains(r.hosts, h) {
			r.hosts = append(r.hosts, h)
		}
	}
}

// shownHosts is how many hosts a sentence names.
const shownHosts = 3

// sites says which sites of the brand are in reach, for a sentence.
func (r *brandReach) sites() string {
	if r.best == rule.ReachBroad && len(r.pack.Domains.Core) > 0 {
		return "every site, " + r.pack.Domains.Core[0].Domain + " included"
	}
	return someOf(r.hosts)
}

// someOf lists the first few.
func someOf(hosts []string) string {
	if len(hosts) <= shownHosts {
		return strings.Join(hosts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(hosts[:shownHosts], ", "), len(hosts)-shownHosts)
}
