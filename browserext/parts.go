package browserext

import (
	"slices"
	"strings"

	"appraise/browserext/laxjson"
	"appraise/browserext/match"
	"appraise/internal/limits"
	"appraise/inventory"
)

// manySites is the number of registrable domains from which a list of hosts is called long (browser
// facts, match patterns).
const manySites = 100

// parts reads what runs in the background and who may talk to it.
func (r *reader) parts() {
	background := r.object(r.root, "background")
	for _, v := range r.strings(background, "scripts") {
		r.detail.Background = append(r.detail.Background, v.Text)
		r.mustExist(v)
	}
	for _, key := range []string{"page", "service_worker"} {
		if v, ok := r.member(background, key, laxjson.String); ok {
			r.detail.Background = append(r.detail.Background, v.Text)
			if key == "service_worker" {
				r.mustExist(v)
			}
		}
	}
	for _, v := range r.strings(r.object(r.root, "externally_connectable"), "matches") {
		if !r.count(v) {
			break
		}
		r.detail.Commanders = append(r.detail.Commanders, v.Text)
		at := r.places.At(v.Offset, "externally_connectable %q", v.Text)
		r.pattern(v.Text, at)
		r.trait(inventory.TraitCommandedByPages, at)
	}
	for _, given := range []struct{ key, permission string }{{"devtools_page", "devtools"}, {"user_scripts", "userScripts"}} {
		if v, ok := r.root.Get(given.key); ok && v.Kind != laxjson.Null {
			r.grant(given.permission, inventory.Requested, r.places.At(v.Offset, "%s", given.key))
		}
	}
	if v, ok := r.root.Get("experiment_apis"); ok {
		r.trait(inventory.TraitPrivatePermission, r.places.At(v.Offset, "experiment_apis"))
	}
	r.countSites()
}

// countSites notes an extension that names very many sites instead of all.
func (r *reader) countSites() {
	domains := map[string]bool{}
	for _, set := range []hostSet{r.requested, r.optional, r.scripts, r.styles} {
		for _, text := range set.patterns {
			if p, err := match.Parse(text); err == nil && !p.AllSites() {
				domains[match.RegistrableDomain(p.Host)] = true
			}
		}
	}
	if len(domains) > manySites {
		r.trait(inventory.TraitManySites, inventory.Evidence{File: manifestName, Detail: plural(len(domains), "registrable domain")})
	}
}

// overrides reads which pages and settings of the browser the extension takes the place of.
func (r *reader) overrides() {
	settings := r.object(r.root, "chrome_settings_overrides")
	if v, ok := r.member(settings, "homepage", laxjson.String); ok {
		r.override("homepage", "homepage", v, v.Text)
	}
	if pages := r.strings(settings, "startup_pages"); len(pages) > 0 {
		r.override("startup_pages", "startupPages", pages[0], strings.Join(texts(pages), " "))
	}
	if v, ok := r.member(settings, "search_provider", laxjson.Object); ok {
		search := r.messages.expand(r.string(v, "search_url"))
		isDefault, set := v.Get("is_default")
		if isDefault.IsTrue() || !set && !r.firefox {
			r.override("search_provider", "searchProvider", v, search)
		} else {
			r.setOverride("search_provider", search) // one more engine to choose from
		}
	}
	for _, m := range r.object(r.root, "chrome_url_overrides").Members {
		if m.Value.Kind != laxjson.String {
			r.malformed(m.Value, m.Name, laxjson.String.String())
		} else if slices.Contains([]string{"newtab", "history", "bookmarks"}, m.Name) {
			r.override(m.Name, "", m.Value, m.Value.Text)
			at := r.places.At(m.Value.Offset, "replaces the %s page", m.Name)
			r.tally.add(given{id: inventory.CapSettingsTakeover, confidence: inventory.Proved}, inventory.Requested, nil, at)
		}
	}
}

// override records one replaced page or setting; permission is the browser's internal name for it.
func (r *reader) override(key, permission string, v laxjson.Value, what string) {
	r.setOverride(key, what)
	at := r.places.At(v.Offset, "%s %q", key, what)
	r.trait(inventory.TraitReplacesBrowserPage, at)
	if permission != "" {
		r.grant(permission, inventory.Requested, at)
	}
}

func (r *reader) setOverride(key, what string) {
	if r.detail.Overrides == nil {
		r.detail.Overrides = map[string]string{}
	}
	r.detail.Overrides[key] = what
}

// securityPolicy looks for a content security policy that lets code in which is not in the package.
// From manifest version 3 on browsers refuse such a policy for extension pages, and sandboxed pages
// can't use the extension's interfaces; so only the policy of older versions counts.
func (r *reader) securityPolicy() {
	v, ok := r.root.Get("content_security_policy")
	if !ok || r.version == 3 {
		return
	}
	if v.Kind == laxjson.Object {
		v, _ = r.member(v, "extension_pages", laxjson.String)
	} else if v.Kind != laxjson.String {
		r.malformed(v, "content_security_policy", laxjson.String.String())
	}
	sources := slices.DeleteFunc(codeSources(v.Text), func(s string) bool { return s != "'unsafe-eval'" && !remote(s) })
	for _, source := range sources[:min(len(sources), limits.Evidence)] {
		at := r.places.At(v.Offset, "content_security_policy allows scripts from %q", source)
		r.trait(inventory.TraitRemoteCodeCSP, at)
		r.tally.add(given{id: inventory.CapRemoteCode, confidence: inventory.Proved}, inventory.Requested, nil, at)
		if strings.HasPrefix(source, "http:") {
			r.tally.add(given{id: inventory.CapNetworkCleartext, confidence: inventory.Proved}, inventory.Requested, nil, at)
		}
	}
}

// codeSources returns the sources from which a policy allows scripts, in lower case. The default list
// counts where no script list stands.
func codeSources(policy string) []string {
	var scripts, fallback []string
	named := false
	for directive := range strings.SplitSeq(strings.ToLower(policy), ";") {
		fields := strings.Fields(directive)
		if len(fields) == 0 {
			continue
		}
		switch fields[0] {
		case "script-src", "script-src-elem", "worker-src":
			named = named || fields[0] == "script-src"
			scripts = append(scripts, fields[1:]...)
		case "default-src":
			fallback = fields[1:]
		}
	}
	if !named {
		scripts = append(scripts, fallback...)
	}
	return scripts
}

// remote reports whether a source of a policy lies outside the package and this computer.
func remote(source string) bool {
	if strings.HasPrefix(source, "'") {
		return false
	}
	scheme, rest, found := strings.Cut(source, ":")
	if !found || !strings.HasPrefix(rest, "//") {
		switch scheme {
		case "http", "https", "ws", "wss":
			return true
		case "blob", "data", "filesystem", "chrome-extension", "chrome-extension-resource", "moz-extension":
			return false
		}
		scheme, rest = "https", "//"+source // a bare host, or "*"
	}
	p, err := match.Parse(scheme + ":" + strings.TrimSuffix(rest, "/") + "/")
	return scheme != "chrome-extension" && scheme != "moz-extension" && (err != nil || !p.Loopback())
}
