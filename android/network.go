package android

import (
	"cmp"
	"slices"
	"strings"

	"appraise/android/axml"
	"appraise/android/axml/res"
	"appraise/inventory"
)

// network works out whether the app may send unencrypted data and whose certificates it trusts. A
// configuration file, of several each, overrules the attribute, and both the default of the target level.
// A split has neither.
func (r *reader) network() {
	if r.app.Split != "" || r.application == nil {
		return
	}
	ns := &inventory.NetworkSecurity{Source: "default"}
	r.app.NetworkSecurity = ns
	rules := networkRules{r.target() < sdkPie, r.at(r.application, "allowed by default at target SDK %d", r.target())}
	if _, ok := r.application.AttrID(axml.AttrIDNetworkSecurityConfig); ok {
		ns.Source = "file"
		r.resources(r.application, axml.AttrIDNetworkSecurityConfig, func(root *axml.Element) {
			r.app.Application.NetworkSecurityConfig = cmp.Or(r.app.Application.NetworkSecurityConfig, r.source)
			r.networkConfig(root, rules)
		})
		slices.Sort(ns.CleartextDomains)
		ns.CleartextDomains = slices.Compact(ns.CleartextDomains)
		return
	}
	if stated := r.app.Application.UsesCleartextTraffic; stated != nil {
		ns.Source = "attribute"
		rules = networkRules{*stated, r.at(r.application, "application usesCleartextTraffic=true")}
	}
	r.base(rules, false)
}

// networkRules are what one level of a configuration passes to the next.
type networkRules struct {
	cleartext bool
	evidence  inventory.Evidence
}

// base records the rules for hosts that no configuration names. Old apps trust the user's certificates
// unless something else is named.
func (r *reader) base(rules networkRules, trustNamed bool) {
	if rules.cleartext {
		r.app.NetworkSecurity.CleartextBase = true
		r.cleartext(rules.evidence)
	}
	if !trustNamed && r.target() < sdkNougat {
		r.app.NetworkSecurity.UserCAs = true
		r.trait(inventory.TraitUserCATrusted, r.at(r.application, "by default at target SDK %d", r.target()))
	}
}

// cleartext records the capability. An app that doesn't ask for the network can use it only through others.
func (r *reader) cleartext(e inventory.Evidence) {
	confidence := inventory.Proved
	if r.requested[platform+"INTERNET"] == nil {
		confidence = inventory.Inferred
	}
	r.can(inventory.CapNetworkCleartext, "", confidence, e)
}

// networkConfig reads one file. Source: XmlConfigSource.parseNetworkSecurityConfig. The overrides for
// debugging are in effect only where the app is debuggable.
func (r *reader) networkConfig(root *axml.Element, rules networkRules) {
	named := false
	for e := range children(root, "base-config") {
		rules = r.rules(e, rules)
		named = r.trust(e) || named
	}
	r.base(rules, named)
	for e := range children(root, "domain-config") {
		r.domainConfig(e, rules)
	}
	userCAs := r.app.NetworkSecurity.UserCAs
	for e := range children(root, "debug-overrides") {
		if r.app.Application.Debuggable {
			r.trust(e)
		}
	}
	r.app.NetworkSecurity.UserCAs = userCAs
}

// rules reads the cleartext switch of one element. Android takes it from an integer only and reads
// anything else as permission (XmlBlock.Parser.getAttributeBooleanValue).
func (r *reader) rules(e *axml.Element, outer networkRules) networkRules {
	a, ok := e.AttrName("cleartextTrafficPermitted")
	if !ok {
		return outer
	}
	permitted := a.Value.Type < res.TypeFirstInt || a.Value.Type > res.TypeLastInt || a.Value.Data != 0
	return networkRules{permitted, r.at(e, "%s cleartextTrafficPermitted=%t", e.Name, permitted)}
}

// trust records the user's certificates among the trusted ones and reports whether e names any.
func (r *reader) trust(e *axml.Element) (stated bool) {
	for anchors := range children(e, "trust-anchors") {
		stated = true
		for c := range children(anchors, "certificates") {
			if named(c, "src") == "user" {
				r.app.NetworkSecurity.UserCAs = true
				r.trait(inventory.TraitUserCATrusted, r.at(e, "%s trust-anchors certificates src=user", e.Name))
			}
		}
	}
	return stated
}

// domainConfig reads one set of domains; sets inside it inherit its rules. A domain with its subdomains
// is written "*.example.com", which here includes example.com itself.
func (r *reader) domainConfig(e *axml.Element, outer networkRules) {
	ns := r.app.NetworkSecurity
	rules := r.rules(e, outer)
	r.trust(e)
	for pins := range children(e, "pin-set") {
		if expiration := named(pins, "expiration"); expiration != "" {
			ns.PinExpirations = append(ns.PinExpirations, expiration)
		}
	}
	for d := range children(e, "domain") {
		if !rules.cleartext || ns.CleartextBase {
			break
		}
		name := strings.ToLower(strings.TrimSpace(d.Text))
		if a, ok := d.AttrName("includeSubdomains"); ok && a.Value.Bool() {
			name = "*." + name
		}
		ns.CleartextDomains = append(ns.CleartextDomains, name)
		r.cleartext(rules.evidence)
	}
	for inner := range children(e, "domain-config") {
		r.domainConfig(inner, rules)
	}
}
