package browserext

import (
	"slices"

	"appraise/browserext/match"
	"appraise/inventory"
)

// given is one capability as a rule below gives it.
type given struct {
	id         inventory.CapabilityID
	confidence inventory.Confidence
	grade      inventory.Grade
	qualifier  string
}

// What code in a page can do there. Whether it does is for the scripts to tell, so that typing and
// cookies stay inferred.
var inPage = []given{
	{id: inventory.CapPageRead, confidence: inventory.Proved},
	{id: inventory.CapPageModify, confidence: inventory.Proved},
	{id: inventory.CapKeystrokes, confidence: inventory.Inferred, grade: inventory.Possible},
	{id: inventory.CapCookies, confidence: inventory.Inferred, qualifier: "script-visible"}, // not the HttpOnly ones
}

// requestRules is what declarative rules allow. Which rules there are is read from the static rulesets;
// others can be added at run time.
var requestRules = []given{
	{id: inventory.CapRequestsRedirect, confidence: inventory.Inferred},
	{id: inventory.CapPageModify, confidence: inventory.Inferred, qualifier: "headers"},
}

// hostRules says what a permission gives on the hosts that the extension may reach, and only there
// (browser-capabilities, capability from permissions). The empty name stands for host access alone:
// fetching a page with the user's cookies reads it signed in.
var hostRules = map[string][]given{
	"":                         {{id: inventory.CapPageRead, confidence: inventory.Proved}},
	"scripting":                inPage,
	"userScripts":              inPage,
	"cookies":                  {{id: inventory.CapCookies, confidence: inventory.Proved}},
	"webRequest":               {{id: inventory.CapPageRead, confidence: inventory.Proved}, {id: inventory.CapHistory, confidence: inventory.Proved}},
	"webRequestBlocking":       {{id: inventory.CapRequestsRedirect, confidence: inventory.Inferred}},
	"webRequestAuthProvider":   {{id: inventory.CapAutofill, confidence: inventory.Proved}},
	"webRequestFilterResponse": inPage[:2],
	"webRequestFilterResponse.serviceWorkerScript": inPage[:2],
	"declarativeNetRequest":                        requestRules,
	"declarativeNetRequestWithHostAccess":          requestRules,
	"declarativeWebRequest":                        requestRules,
}

// onPages are capabilities that mean nothing without saying on which pages.
var onPages = []inventory.CapabilityID{
	inventory.CapPageRead, inventory.CapPageModify, inventory.CapKeystrokes, inventory.CapCookies,
}

// ManifestCapabilities lists the capabilities that manifest entries other than permission names can
// give: hosts, content scripts, rulesets, overrides, the content security policy.
func ManifestCapabilities() []inventory.CapabilityID {
	return []inventory.CapabilityID{
		inventory.CapKeystrokes, inventory.CapFiles, inventory.CapRemoteCode, inventory.CapPageRead, inventory.CapPageModify,
		inventory.CapRequestsRedirect, inventory.CapCookies, inventory.CapSettingsTakeover, inventory.CapNetworkCleartext,
	}
}

// tally collects capabilities, so that thousands of hosts given by several permissions are joined in
// linear time.
type tally struct {
	index map[tallyKey]int
	all   []inventory.Capability
	seen  []map[any]bool // reach and evidence of each
}

type tallyKey struct {
	id        inventory.CapabilityID
	exposure  inventory.Exposure
	qualifier string
}

// add records one capability.
func (t *tally) add(g given, exposure inventory.Exposure, reach []string, evidence ...inventory.Evidence) {
	if t.index == nil {
		t.index = map[tallyKey]int{}
	}
	key := tallyKey{g.id, exposure, g.qualifier}
	i, ok := t.index[key]
	if !ok {
		i = len(t.all)
		t.index[key] = i
		t.all = append(t.all, inventory.Capability{ID: g.id, Exposure: exposure, Qualifier: g.qualifier})
		t.seen = append(t.seen, map[any]bool{})
	}
	c, seen := &t.all[i], t.seen[i]
	c.Confidence, c.Grade = max(c.Confidence, g.confidence), max(c.Grade, g.grade)
	for _, pattern := range reach {
		if !seen[pattern] {
			seen[pattern] = true
			c.Reach = append(c.Reach, pattern)
		}
	}
	for _, e := range evidence {
		if !seen[e] {
			seen[e] = true
			c.Evidence = append(c.Evidence, e)
		}
	}
}

// onSet records a capability on a set of hosts, if there are any.
func (t *tally) onSet(g given, exposure inventory.Exposure, hosts hostSet) {
	if len(hosts.patterns) > 0 {
		t.add(g, exposure, hosts.patterns, hosts.evidence...)
	}
}

// capabilities derives what the declared permissions and hosts allow.
func (r *reader) capabilities() {
	for _, g := range inPage {
		r.tally.onSet(g, inventory.Requested, r.scripts)
	}
	r.tally.onSet(inPage[1], inventory.Requested, r.styles)
	// The user must switch on access to files for each extension, so that it is never more than optional.
	r.tally.onSet(given{id: inventory.CapFiles}, inventory.Optional, r.local)
	r.tally.onSet(given{id: inventory.CapNetworkCleartext}, inventory.Requested, r.cleartext)
	r.tally.onSet(given{id: inventory.CapNetworkCleartext}, inventory.Optional, r.optionalCleartext)

	alone := grant{exposure: inventory.Requested}
	r.onHosts(alone, hostRules[""])
	if r.version < 3 {
		r.onHosts(alone, inPage) // tabs.executeScript needs nothing but the host
	}
	for _, g := range r.grants {
		r.permissionGives(g)
	}
}

// permissionGives records what one permission gives: on the hosts where a rule says so, else at once.
func (r *reader) permissionGives(g grant) {
	if g.name == "activeTab" {
		r.onClick(g)
		return
	}
	if g.name == "webRequestBlocking" && r.version == 3 && !r.firefox && !r.gecko {
		return // Chrome keeps it for extensions that a policy installed
	}
	rules := hostRules[g.name]
	r.onHosts(g, rules)
	info, _ := lookup(r.tables, g.name)
	if hosts := len(r.requested.patterns) + len(r.optional.patterns); info.silentStrong() && (len(rules) == 0 || hosts > 0) {
		r.trait(inventory.TraitSilentStrong, g.evidence)
	}
	for _, id := range info.Capabilities {
		if slices.ContainsFunc(rules, func(rule given) bool { return rule.id == id }) {
			continue
		}
		give := given{id: id, confidence: inventory.Proved}
		var reach []string
		if info.FullURL || slices.Contains(onPages, id) {
			reach = []string{match.AllURLs}
		}
		if id == inventory.CapKeystrokes {
			give.confidence, give.grade = inventory.Inferred, inventory.Possible
		}
		if g.name == "searchProvider" && id == inventory.CapRequestsRedirect {
			give.qualifier = "search-provider" // what is typed to search, not requests to hosts
		}
		r.tally.add(give, g.exposure, reach, g.evidence)
	}
}

// onHosts records what a permission gives on the hosts: requested on requested hosts, optional where
// either must still be asked for.
func (r *reader) onHosts(g grant, rules []given) {
	sets := []struct {
		hosts    hostSet
		exposure inventory.Exposure
	}{{r.requested, g.exposure}, {r.optional, inventory.Optional}}
	for _, set := range sets {
		if len(set.hosts.patterns) == 0 {
			continue
		}
		for _, rule := range rules {
			r.tally.onSet(rule, set.exposure, set.hosts)
			if g.name != "" {
				r.tally.add(rule, set.exposure, nil, g.evidence)
			}
		}
	}
}

// onClick records activeTab: pages open up when the user clicks, and code can be put in with scripting
// or, before manifest version 3, without more.
func (r *reader) onClick(active grant) {
	exposure, evidence := active.exposure, []inventory.Evidence{active.evidence}
	if r.version == 3 {
		exposure = inventory.ExposureUnknown
		for _, g := range r.grants {
			if g.name == "scripting" {
				exposure = max(exposure, min(active.exposure, g.exposure))
				evidence = append(evidence, g.evidence)
			}
		}
	}
	if exposure == inventory.ExposureUnknown {
		return
	}
	for _, g := range inPage[:2] {
		r.tally.add(g, exposure, []string{"on-click"}, evidence...)
	}
}
