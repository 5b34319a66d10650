package policies_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"appraise/android"
	"appraise/browserext"
	"appraise/finding"
	"appraise/inventory"
	"appraise/ios"
	"appraise/policies"
)

// waiting are the capabilities that no table and no manifest fact can give: they need code evidence.
var waiting = []inventory.CapabilityID{inventory.CapAffiliateRewrite}

// Every capability can be reached by some reader, or is named as waiting.
func TestEveryCapabilityIsReachable(t *testing.T) {
	reach := map[inventory.CapabilityID]bool{}
	add := func(ids ...inventory.CapabilityID) {
		for _, id := range ids {
			reach[id] = true
			if !slices.Contains(inventory.Capabilities, id) {
				t.Errorf("a table gives %q, which is no capability", id)
			}
		}
	}
	for _, p := range android.Permissions() {
		add(p.Capabilities...)
	}
	for _, k := range ios.UsageKeys() {
		add(k.Capabilities...)
	}
	for _, p := range ios.ExtensionPoints() {
		add(p.Capabilities...)
	}
	for _, p := range slices.Concat(browserext.ChromePermissions(), browserext.FirefoxPermissions()) {
		add(p.Capabilities...)
	}
	add(android.ManifestCapabilities()...)
	add(ios.ManifestCapabilities()...)
	add(browserext.ManifestCapabilities()...)
	for _, id := range inventory.Capabilities {
		if waits := slices.Contains(waiting, id); waits == reach[id] {
			t.Errorf("capability %s: a reader gives it %v, it waits %v: one of the two must hold", id, reach[id], waits)
		}
	}
}

// manifests of ordinary extensions, as their stores carry them (shortened, in our own words).
var ordinaryManifests = map[string]string{
	"ad blocker, MV2": `{"manifest_version": 2, "name": "Blocker", "version": "1", "permissions": ["<all_urls>", "contextMenus", "dns", "menus", "privacy", "storage", "tabs", "unlimitedStorage", "webNavigation", "webRequest", "webRequestBlocking"],
		"background": {"page": "b.html"}, "content_scripts": [{"matches": ["http://*/*", "https://*/*", "file://*/*"], "js": ["c.js"], "run_at": "document_start", "all_frames": true, "match_about_blank": true}]}`,
	"ad blocker, MV3": `{"manifest_version": 3, "name": "Blocker", "version": "1", "permissions": ["activeTab", "declarativeNetRequest", "scripting", "storage"], "host_permissions": ["<all_urls>"],
		"background": {"service_worker": "b.js"}, "declarative_net_request": {"rule_resources": [{"id": "main", "enabled": true, "path": "rules.json"}]}}`,
	"password manager": `{"manifest_version": 3, "name": "Passwords", "version": "1", "permissions": ["activeTab", "alarms", "clipboardRead", "clipboardWrite", "contextMenus", "idle", "notifications", "offscreen", "scripting", "storage", "tabs", "unlimitedStorage", "webNavigation", "webRequest", "webRequestAuthProvider"],
		"optional_permissions": ["nativeMessaging", "privacy"], "host_permissions": ["https://*/*", "http://*/*"], "background": {"service_worker": "b.js"},
		"content_scripts": [{"matches": ["*://*/*", "file:///*"], "js": ["c.js"], "run_at": "document_start", "all_frames": true}]}`,
	"dark mode": `{"manifest_version": 3, "name": "Dark", "version": "1", "permissions": ["alarms", "fontSettings", "scripting", "storage"], "optional_permissions": ["contextMenus"], "host_permissions": ["*://*/*"],
		"background": {"service_worker": "b.js"}, "content_scripts": [{"matches": ["<all_urls>"], "js": ["c.js"], "all_frames": true, "match_about_blank": true, "run_at": "document_start"}]}`,
}

// ordinaryRules are an ad blocker's: blocked trackers, a neutral script, a parameter removed, a search page opened directly.
const ordinaryRules = `[
 {"id": 1, "action": {"type": "block"}, "condition": {"urlFilter": "||ads.example^"}},
 {"id": 2, "action": {"type": "redirect", "redirect": {"extensionPath": "/noop.js"}}, "condition": {"urlFilter": "||acookie.aliexpress.com^", "resourceTypes": ["script"]}},
 {"id": 3, "action": {"type": "redirect", "redirect": {"transform": {"queryTransform": {"removeParams": ["aff_trace_key"]}}}}, "condition": {"requestDomains": ["aliexpress.com"], "resourceTypes": ["main_frame"]}},
 {"id": 4, "action": {"type": "redirect", "redirect": {"regexSubstitution": "\\1"}}, "condition": {"regexFilter": "^https://redirect\\.example/\\?to=(.*)", "resourceTypes": ["main_frame"]}},
 {"id": 5, "action": {"type": "redirect", "redirect": {"url": "https://html.search.example/"}}, "condition": {"regexFilter": "^https://search\\.example/order", "resourceTypes": ["main_frame"]}}
]`

// Ordinary extensions, read by the real reader, have no finding above low.
func TestOrdinaryExtensions(t *testing.T) {
	p := load(t, policies.Options{})
	for name, manifest := range ordinaryManifests {
		files := fstest.MapFS{"manifest.json": {Data: []byte(manifest)}, "rules.json": {Data: []byte(ordinaryRules)},
			"b.js": {}, "c.js": {}, "b.html": {}, "noop.js": {}}
		a := assess(p, *browserext.ReadFolder(files, "x"), false)
		for _, f := range a.Findings {
			if f.Severity > finding.Low {
				t.Errorf("%s: %s, %s: %q", name, f.Rule, f.Severity, f.Title)
			}
		}
		if a.Attention != finding.None {
			t.Errorf("%s: got attention %s, want none", name, a.Attention)
		}
	}
}

// The same reader and a rule that leads the checkout away.
func TestRedirectingExtension(t *testing.T) {
	p := load(t, policies.Options{})
	item := browserext.ReadFolder(fstest.MapFS{
		"manifest.json": {Data: []byte(`{"manifest_version": 3, "name": "Coupons", "version": "1", "permissions": ["declarativeNetRequest", "cookies"], "host_permissions": ["*://*.aliexpress.com/*"],
			"declarative_net_request": {"rule_resources": [{"id": "main", "enabled": true, "path": "rules.json"}]}}`)},
		"rules.json": {Data: []byte(`[{"id": 1, "action": {"type": "redirect", "redirect": {"url": "https://pay.example/x"}}, "condition": {"urlFilter": "||aliexpress.com/p/checkout", "resourceTypes": ["main_frame"]}}]`)},
	}, "x")
	a := assess(p, *item, false)
	if len(a.Findings) == 0 || a.Findings[0].Title != `"Coupons" sends your AliExpress checkout to "pay.example"` || a.Attention != finding.Act {
		t.Errorf("got %s, %+v", a.Attention, a.Findings)
	}
	var rules []string
	for _, f := range a.Findings {
		rules = append(rules, f.Rule)
	}
	for _, want := range []string{"extension-cookies", "extension-pages"} {
		if !slices.Contains(rules, want) {
			t.Errorf("got %q, want %s among them", rules, want)
		}
	}
}
