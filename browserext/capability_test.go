package browserext

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Every name and capability of the tables is one that the rest of the program knows.
func TestPermissionTables(t *testing.T) {
	for browser, table := range map[string][]PermissionInfo{"chrome": ChromePermissions(), "firefox": FirefoxPermissions()} {
		seen := map[string]bool{}
		for _, row := range table {
			if row.Name == "" || row.Class == "" || row.Group == "" || row.Meaning == "" || seen[row.Name] {
				t.Errorf("%s: row %+v is incomplete or comes twice", browser, row)
			}
			seen[row.Name] = true
			if !slices.Contains([]string{"yes", "no", "combo", "unknown"}, row.Warns) || !slices.Contains([]string{"yes", "no", "only"}, row.Optional) {
				t.Errorf("%s: %s has warns %q, optional %q", browser, row.Name, row.Warns, row.Optional)
			}
			for _, id := range row.Capabilities {
				if !slices.Contains(inventory.Capabilities, id) {
					t.Errorf("%s: %s names the unknown capability %q", browser, row.Name, id)
				}
			}
		}
		if len(seen) < 60 {
			t.Errorf("%s: %d rows", browser, len(seen))
		}
	}
}

// A permission in the host rules gives there what its table row says, and more only where code in a
// page or the fetched page itself gives it.
func TestHostRulesAgreeWithTables(t *testing.T) {
	for name, rules := range hostRules {
		if name == "" {
			continue
		}
		info, ok := lookup([]map[string]PermissionInfo{chromeIndex(), firefoxIndex()}, name)
		if !ok {
			t.Errorf("host rules name %q, which no table knows", name)
		}
		for _, rule := range rules {
			extra := rule.id == inventory.CapKeystrokes || rule.id == inventory.CapCookies
			if !extra && !slices.Contains(info.Capabilities, rule.id) {
				t.Errorf("%s gives %s by rule but not by its row", name, rule.id)
			}
		}
	}
}

func TestCapabilities(t *testing.T) {
	const hosts = `"host_permissions":["https://a.example/*"],`
	tests := []struct {
		name, manifest string
		want           []string
	}{
		{"nothing", `"manifest_version":3`, nil},
		{"on pages without hosts", `"manifest_version":3,"permissions":["scripting","cookies","webRequest","declarativeNetRequest","webRequestAuthProvider"]`, nil},
		{"hosts alone", hosts + `"manifest_version":3`, []string{"page-read requested proved https://a.example/*"}},
		{"hosts alone, version 2", `"manifest_version":2,"permissions":["https://a.example/*"]`, []string{
			"keystrokes requested inferred possible https://a.example/*", "page-read requested proved https://a.example/*",
			"page-modify requested proved https://a.example/*", "cookies requested inferred (script-visible) https://a.example/*",
		}},
		{"active tab alone", `"manifest_version":3,"permissions":["activeTab"]`, nil},
		{"active tab and scripting", `"manifest_version":3,"permissions":["activeTab","scripting"]`, []string{
			"page-read requested proved on-click", "page-modify requested proved on-click",
		}},
		{"active tab and optional scripting", `"manifest_version":3,"permissions":["activeTab"],"optional_permissions":["scripting"]`, []string{
			"page-read optional proved on-click", "page-modify optional proved on-click",
		}},
		{"active tab, version 2", `"manifest_version":2,"permissions":["activeTab"]`, []string{
			"page-read requested proved on-click", "page-modify requested proved on-click",
		}},
		{"optional permission on requested hosts", hosts + `"manifest_version":3,"optional_permissions":["cookies"]`, []string{
			"page-read requested proved https://a.example/*", "cookies optional proved https://a.example/*",
		}},
		{"blocking requests needs a policy in Chrome 3", hosts + `"manifest_version":3,"permissions":["webRequestBlocking"]`, []string{
			"page-read requested proved https://a.example/*",
		}},
		{"debugger", `"manifest_version":3,"permissions":["debugger"]`, []string{
			"keystrokes requested inferred possible <all_urls>", "page-read requested proved <all_urls>", "page-modify requested proved <all_urls>", "cookies requested proved <all_urls>",
		}},
		{"developer tools", `"manifest_version":3,"devtools_page":"d.html"`, []string{"page-read requested proved <all_urls>", "page-modify requested proved <all_urls>"}},
		{"proxy", `"manifest_version":3,"permissions":["proxy","pageCapture","tabCapture"]`, []string{
			"screen-read requested proved <all_urls>", "page-read requested proved <all_urls>", "vpn requested proved <all_urls>",
		}},
		{"user scripts", hosts + `"manifest_version":3,"permissions":["userScripts"]`, []string{
			"keystrokes requested inferred possible https://a.example/*", "remote-code requested proved", "page-read requested proved https://a.example/*",
			"page-modify requested proved https://a.example/*", "cookies requested inferred (script-visible) https://a.example/*",
		}},
		{"style only", `"manifest_version":3,"content_scripts":[{"matches":["*://b.example/*"],"css":["a.css"]}]`, []string{"page-modify requested proved *://b.example/*"}},
		{"plain http only where written", `"manifest_version":3,"host_permissions":["*://*/*","http://localhost/*"],"optional_host_permissions":["http://b.example/*"]`, []string{
			"page-read requested proved *://*/* http://localhost/*", "page-read optional proved http://b.example/*", "network-cleartext optional inferred http://b.example/*",
		}},
		{"one more search engine", `"manifest_version":3,"chrome_settings_overrides":{"search_provider":{"search_url":"https://s.example/","is_default":false}}`, nil},
		{"search engine taken over", `"manifest_version":3,"chrome_settings_overrides":{"search_provider":{"search_url":"https://s.example/","is_default":true}}`, []string{
			"requests-redirect requested proved (search-provider)", "settings-takeover requested proved",
		}},
		{"new tab", `"manifest_version":3,"chrome_url_overrides":{"newtab":"n.html"}`, []string{"settings-takeover requested proved"}},
		{"unknown version reads both", `"permissions":["https://a.example/*"],"host_permissions":["https://b.example/*"]`, []string{
			"keystrokes requested inferred possible https://a.example/* https://b.example/*", "page-read requested proved https://a.example/* https://b.example/*",
			"page-modify requested proved https://a.example/* https://b.example/*", "cookies requested inferred (script-visible) https://a.example/* https://b.example/*",
		}},
		{"malformed patterns reach nothing", `"manifest_version":3,"host_permissions":["https://a.*/*"],"content_scripts":[{"matches":["*.b.example"],"js":["a.js"]}]`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			diff(t, "capabilities", capabilityLines(readManifest(t, "{"+test.manifest+"}")), test.want)
		})
	}
}

func TestEveryCapabilityHasEvidence(t *testing.T) {
	for _, table := range [][]PermissionInfo{ChromePermissions(), FirefoxPermissions()} {
		for _, row := range table {
			item := readManifest(t, fmt.Sprintf(`{"manifest_version":2,"permissions":[%q],"optional_permissions":[%q],"host_permissions":["*://*/*"]}`, row.Name, row.Name))
			for _, c := range item.Capabilities {
				if len(c.Evidence) == 0 || c.Exposure == inventory.ExposureUnknown {
					t.Errorf("%s: capability %+v", row.Name, c)
				}
			}
		}
	}
}

func TestTraitsOfHosts(t *testing.T) {
	var sites []string
	for i := range manySites + 1 {
		sites = append(sites, fmt.Sprintf(`"https://*.site%d.example/*"`, i))
	}
	manifest := func(list []string) string {
		return `{"manifest_version":3,"host_permissions":[` + strings.Join(list, ",") + `,"https://other.site1.example/*","*://*/*"]}`
	}
	if item := readManifest(t, manifest(sites[:manySites])); item.HasTrait(inventory.TraitManySites) {
		t.Errorf("%d sites are many", manySites)
	}
	if item := readManifest(t, manifest(sites)); !item.HasTrait(inventory.TraitManySites) {
		t.Errorf("%d sites aren't many", manySites+1)
	}
	item := readManifest(t, `{"manifest_version":2,"permissions":["https://a.*/*"],"host_permissions":["https://b.example/*"]}`)
	diff(t, "traits", traitIDs(item), []inventory.TraitID{"ignored-pattern", "malformed-pattern"})
	diff(t, "hosts", item.Detail.Extension.Hosts, []string{})
}

func TestSecurityPolicy(t *testing.T) {
	tests := []struct {
		policy          string
		code, cleartext bool
	}{
		{"script-src 'self'; object-src 'self'", false, false},
		{"script-src 'self' 'unsafe-eval'", true, false},
		{"SCRIPT-SRC 'UNSAFE-EVAL'", true, false},
		{"script-src 'self' 'wasm-unsafe-eval' 'sha256-x' blob: filesystem: chrome-extension-resource: chrome-extension://a/", false, false},
		{"script-src https://cdn.example", true, false},
		{"script-src https://*.cdn.example/lib/", true, false},
		{"script-src http://cdn.example", true, true},
		{"script-src https:", true, false},
		{"script-src *", true, false},
		{"script-src cdn.example:443", true, false},
		{"script-src http://localhost:8080 http://127.0.0.1 localhost:3000", false, false},
		{"default-src https://cdn.example", true, false},
		{"default-src https://cdn.example; script-src 'self'", false, false},
		{"img-src https://cdn.example; connect-src *", false, false},
		{"worker-src https://cdn.example; script-src 'self'", true, false},
		{"", false, false},
	}
	for _, test := range tests {
		t.Run(test.policy, func(t *testing.T) {
			item := readManifest(t, fmt.Sprintf(`{"manifest_version":2,"content_security_policy":%q}`, test.policy))
			got := [3]bool{item.Exposure(inventory.CapRemoteCode) == inventory.Requested, item.Exposure(inventory.CapNetworkCleartext) == inventory.Requested, item.HasTrait(inventory.TraitRemoteCodeCSP)}
			if want := [3]bool{test.code, test.cleartext, test.code}; got != want {
				t.Errorf("remote code, cleartext, trait: got %v, want %v", got, want)
			}
		})
	}
	item := readManifest(t, `{"manifest_version":3,"content_security_policy":{"extension_pages":"script-src https://cdn.example","sandbox":"script-src 'unsafe-eval'"}}`)
	diff(t, "version 3", capabilityLines(item), []string(nil))
}

// Firefox keeps webRequestBlocking in version 3, and a key for Chrome beside its settings changes nothing for it.
func TestBlockingInVersion3(t *testing.T) {
	manifest := `{"manifest_version":3,"permissions":["webRequest","webRequestBlocking"],"host_permissions":["https://*.shop.example/*"]%s}`
	for more, want := range map[string]inventory.Exposure{
		``:                                inventory.ExposureUnknown,
		`,"minimum_chrome_version":"100"`: inventory.ExposureUnknown,
		`,"browser_specific_settings":{"gecko":{"id":"a@b"}}`:                                inventory.Requested,
		`,"browser_specific_settings":{"gecko":{"id":"a@b"}},"minimum_chrome_version":"100"`: inventory.Requested,
	} {
		item := readManifest(t, fmt.Sprintf(manifest, more))
		diff(t, "requests-redirect with "+more, item.Exposure(inventory.CapRequestsRedirect), want)
	}
}

func TestMessages(t *testing.T) {
	messages := `{
		"name": {"message": "Plain"}, "Mixed": {"message": "Case"}, "twice": {"message": "a"}, "TWICE": {"message": "b"},
		"holders": {"message": "$A$ $b$ $none$ $$5", "placeholders": {"a": {"content": "$1one"}, "B": {"content": "$a$"}}},
		"loop": {"message": "__MSG_loop__"}, "odd": {"message": 5}, "big": {"message": "` + strings.Repeat("x", limits.MessageBytes) + `"}}`
	tests := []struct{ name, want string }{
		{"literal", "literal"},
		{"__MSG_name__", "Plain"},
		{"a __MSG_NAME__ b __MSG_mixed__", "a Plain b Case"},
		{"__MSG_twice__", "b"},
		{"__MSG_holders__", "one $a$ $none$ $5"},
		{"__MSG_loop__", "__MSG_loop__"},
		{"__MSG_odd__", "__MSG_odd__"},
		{"__MSG_none__", "__MSG_none__"},
		{"__MSG_@@ui_locale__", "en-GB"},
		{"__MSG_big__", strings.Repeat("x", limits.MessageBytes)},
		{"__MSG_big__ __MSG_name__", strings.Repeat("x", limits.MessageBytes) + " __MSG_name__"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			manifest := fmt.Sprintf(`{"manifest_version":3,"name":%q,"default_locale":"en-GB"}`, test.name)
			item := ReadFolder(extension("manifest.json", manifest, "_locales/en/messages.json", messages), "x")
			diff(t, "name", item.Name, test.want)
			diff(t, "problems", item.Problems, []inventory.Problem(nil))
		})
	}
	manifest := `{"manifest_version":3,"name":"__MSG_a__","default_locale":"%s"}`
	item := ReadFolder(extension("manifest.json", fmt.Sprintf(manifest, "en"), "_locales/en/messages.json", "{"), "x")
	diff(t, "unreadable messages", item.Problems, []inventory.Problem{{File: "_locales/en/messages.json", Offset: 2, Message: "text is no JSON that browsers read", Matters: true}})
	item = ReadFolder(extension("manifest.json", fmt.Sprintf(manifest, "en-US"), "_locales/en-US/messages.json", `{"a": {"message": "Hyphen"}}`), "x")
	diff(t, "locale as Firefox spells it", item.Name, "Hyphen")
	item = ReadFolder(extension("manifest.json", fmt.Sprintf(manifest, "../../x"), "x/messages.json", messages), "x")
	diff(t, "locale that climbs out", []any{item.Name, item.Problems}, []any{"__MSG_a__", []inventory.Problem(nil)})
}

// A manifest full of patterns and permissions stays within its limit, in linear time.
func TestPatternLimit(t *testing.T) {
	var hosts []string
	for i := range limits.MatchPatterns + 1 {
		hosts = append(hosts, fmt.Sprintf(`"http://s%d.example/*"`, i))
	}
	manifest := func(n int) string {
		return `{"manifest_version":2,"permissions":["cookies","webRequest","webRequestBlocking","declarativeNetRequest",` + strings.Join(hosts[:n], ",") + `]}`
	}
	start := time.Now()
	item := readManifest(t, manifest(limits.MatchPatterns-4))
	if len(item.Problems) > 0 || len(item.Detail.Extension.Hosts) != limits.MatchPatterns-4 {
		t.Errorf("at the limit: %v", item.Problems)
	}
	item = readManifest(t, manifest(limits.MatchPatterns-3))
	if len(item.Problems) != 1 || !item.Problems[0].Limit || !item.Problems[0].Matters || len(item.Detail.Extension.Hosts) != limits.MatchPatterns-4 {
		t.Errorf("past the limit: %v", item.Problems)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}
