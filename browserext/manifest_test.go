package browserext

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

// extension makes a package of files given as name, text, name, text …
func extension(files ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i+1 < len(files); i += 2 {
		fsys[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return fsys
}

func readManifest(t testing.TB, text string) *inventory.Item {
	t.Helper()
	return ReadFolder(extension("manifest.json", text), "sample")
}

func testFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(path.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// capabilityLines writes each capability on a line: id, exposure, confidence, grade, qualifier, reach.
func capabilityLines(item *inventory.Item) []string {
	var out []string
	for _, c := range item.Capabilities {
		words := []string{string(c.ID), c.Exposure.String(), c.Confidence.String()}
		if c.Grade != inventory.NoGrade {
			words = append(words, c.Grade.String())
		}
		if c.Qualifier != "" {
			words = append(words, "("+c.Qualifier+")")
		}
		out = append(out, strings.Join(append(words, c.Reach...), " "))
	}
	return out
}

func permissionLines(item *inventory.Item) []string {
	var out []string
	for _, p := range item.Permissions {
		line := fmt.Sprint(p.Name, " ", p.States)
		if p.Type != "" {
			line += " " + p.Type
		}
		if p.Unknown {
			line += " unknown"
		}
		out = append(out, line)
	}
	return out
}

func traitIDs(item *inventory.Item) []inventory.TraitID {
	var out []inventory.TraitID
	for _, trait := range item.Traits {
		out = append(out, trait.ID)
	}
	return out
}

func diff(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("%s (-got +want)\n%s", what, d)
	}
}

func TestChromeManifest3(t *testing.T) {
	item := ReadFolder(extension(
		"manifest.json", testFile(t, "manifests/chrome-mv3.json"),
		"_locales/en/messages.json", `{"EXTNAME": {"message": "Coupons $by$", "placeholders": {"BY": {"content": "of $1Example"}}}}`,
		"src/content.js", "", "worker.js", "", "popup.html", "",
		"rules/main.json", testFile(t, "../netrules/testdata/redirects.json"),
	), "coupons")

	diff(t, "name", item.Name, "Coupons of Example")
	diff(t, "version", item.Version, "3.2.0")
	diff(t, "update URL", item.Arrival.UpdateURL, "https://clients2.google.com/service/update2/crx")
	diff(t, "permissions", permissionLines(item), []string{
		"*://*/* [optional] host",
		"*://ignored.example/* [requested] host",
		"activeTab [requested]",
		"declarativeNetRequestWithHostAccess [requested]",
		"history [optional]",
		"http://plain.example/* [requested] host",
		"https://*.shop.example/* [requested] host",
		"nativeMessaging [optional]",
		"notAPermission [requested] unknown",
		"offscreen [requested]",
		"scripting [requested]",
		"storage [requested]",
	})
	d := item.Detail.Extension
	diff(t, "hosts", d.Hosts, []string{"https://*.shop.example/*", "http://plain.example/*"})
	diff(t, "optional hosts", d.OptionalHosts, []string{"*://*/*"})
	diff(t, "content scripts", d.ContentScripts, []inventory.ContentScript{
		{
			Matches: []string{"https://*.shop.example/*"}, ExcludeMatches: []string{"https://help.shop.example/*"},
			JS: []string{"/src/content.js", "./src/gone.js?v=1"}, CSS: []string{"look.css"}, RunAt: "document_start", World: "MAIN",
			AllFrames: true, AboutBlank: true,
		},
		{Matches: []string{"https://*.look.example/*"}, CSS: []string{"look.css"}, OriginFallback: true},
	})
	diff(t, "rest", []any{d.ManifestVersion, d.Author, d.HomepageURL, d.IDSource, d.Background, d.Commanders, d.ScriptFiles}, []any{
		3, "maker@example.org", "https://example.org/notes", "key", []string{"worker.js"}, []string{"https://*.example.org/*"}, 2,
	})
	diff(t, "overrides", d.Overrides, map[string]string{
		"homepage": "https://start.example/", "newtab": "tab.html", "search_provider": "https://find.example/?q={searchTerms}", "startup_pages": "https://start.example/",
	})
	diff(t, "traits", traitIDs(item), []inventory.TraitID{
		"commanded-by-pages", "copied-key", "hidden-page", "ignored-pattern", "missing-script", "replaces-browser-page", "ruleset-not-read",
		"scripts-not-read", "silent-strong-permission",
	})
	diff(t, "problems", item.Problems, []inventory.Problem{{File: "rules/none.json", Message: "file is missing"}})
}

func TestChromeManifest3Capabilities(t *testing.T) {
	item := ReadFolder(extension("manifest.json", testFile(t, "manifests/chrome-mv3.json"), "rules/main.json", testFile(t, "../netrules/testdata/redirects.json")), "coupons")
	shop, plain, all := "https://*.shop.example/*", "http://plain.example/*", "*://*/*"
	diff(t, "capabilities", capabilityLines(item), []string{
		"keystrokes requested inferred possible " + plain + " " + shop,
		"keystrokes optional inferred possible " + all,
		"native-bridge optional proved",
		"page-read requested proved " + plain + " " + shop + " on-click",
		"page-read optional proved " + all,
		"page-modify requested proved " + plain + " https://*.look.example/* " + shop + " on-click",
		"page-modify requested inferred (headers) " + plain + " " + shop,
		"page-modify requested proved (ruleset) *://*.bank.example/* *://*.hop.example/*",
		"page-modify optional proved " + all,
		"page-modify optional inferred (headers) " + all,
		"requests-redirect requested inferred " + plain + " " + shop,
		"requests-redirect requested proved (ruleset) *://*.cdn.example/* *://*.hop.example/* *://*.shop.example/* *://*.static.example/* <all_urls>",
		"requests-redirect requested proved (search-provider)",
		"requests-redirect optional inferred " + all,
		"cookies requested inferred (script-visible) " + plain + " " + shop,
		"cookies optional inferred (script-visible) " + all,
		"history optional proved",
		"settings-takeover requested proved",
		"network-cleartext requested inferred " + plain,
	})
}

func TestEvidencePointsIntoTheFile(t *testing.T) {
	for _, name := range []string{"chrome-mv3", "chrome-mv2-lenient", "firefox-mv2", "firefox-mv3", "wrong-types"} {
		text := "\ufeff" + testFile(t, "manifests/"+name+".json")
		item := readManifest(t, text)
		var all []inventory.Evidence
		for _, c := range item.Capabilities {
			all = append(all, c.Evidence...)
		}
		for _, trait := range item.Traits {
			all = append(all, trait.Evidence...)
		}
		for _, e := range all {
			if e.File != "manifest.json" || e.Line == 0 {
				continue
			}
			lines := strings.Split(text, "\n")
			if at := len(strings.Join(lines[:e.Line-1], "\n")) + min(e.Line-1, 1) + e.Column - 1; int64(at) != e.Offset {
				t.Errorf("%s: line %d column %d is offset %d, evidence says %d: %s", name, e.Line, e.Column, at, e.Offset, e.Detail)
			}
			if _, quoted, ok := strings.Cut(e.Detail, ` "`); ok && strings.HasPrefix(e.Detail, "permissions") && !strings.Contains(e.Detail, "fileSystem.") && !strings.Contains(text[e.Offset:min(len(text), int(e.Offset)+80)], strings.TrimSuffix(quoted, `"`)) {
				t.Errorf("%s: %q isn't at offset %d: %q", name, e.Detail, e.Offset, text[e.Offset:][:20])
			}
		}
		if len(all) == 0 {
			t.Errorf("%s gives no evidence", name)
		}
	}
}

func TestLenientChromeManifest2(t *testing.T) {
	item := readManifest(t, testFile(t, "manifests/chrome-mv2-lenient.json"))
	diff(t, "problems", item.Problems, []inventory.Problem(nil))
	diff(t, "id", []string{item.ID, item.Detail.Extension.IDSource, item.Name}, []string{"sample", "name", "Old helper // not a comment"})
	diff(t, "hosts", item.Detail.Extension.Hosts, []string{"http://*/*", "https://*/*", "chrome://favicon/"})
	diff(t, "optional hosts", item.Detail.Extension.OptionalHosts, []string{"https://later.example/*"})
	diff(t, "traits", traitIDs(item), []inventory.TraitID{"lenient-json", "missing-script", "off-store-update", "remote-code-csp", "silent-strong-permission"})
	hosts, later := "http://*/* https://*/*", "https://later.example/*"
	diff(t, "capabilities", capabilityLines(item), []string{
		"keystrokes requested inferred possible " + hosts,
		"keystrokes optional inferred possible " + later,
		"files requested proved",
		"remote-code requested proved",
		"page-read requested proved " + hosts,
		"page-read optional proved " + later,
		"page-modify requested proved " + hosts,
		"page-modify optional proved " + later,
		"requests-redirect requested inferred " + hosts,
		"requests-redirect optional inferred " + later,
		"cookies requested proved " + hosts,
		"cookies requested inferred (script-visible) " + hosts,
		"cookies optional proved " + later,
		"cookies optional inferred (script-visible) " + later,
		"history requested proved " + hosts,
		"history optional proved " + later,
		"network-cleartext requested inferred http://*/*",
	})
}

func TestFirefoxManifests(t *testing.T) {
	item := readManifest(t, testFile(t, "manifests/firefox-mv2.json"))
	diff(t, "id", []string{item.ID, item.Detail.Extension.IDSource}, []string{"keeper@example.org", "gecko"})
	diff(t, "update URL", item.Arrival.UpdateURL, "https://addons.mozilla.org/keeper.json")
	diff(t, "MV2 traits", traitIDs(item), []inventory.TraitID{"missing-script", "private-permission", "silent-strong-permission"})
	later := "*://*.later.example/*"
	diff(t, "MV2 capabilities", capabilityLines(item), []string{
		"keystrokes requested inferred possible *://*.example.com/* <all_urls>",
		"keystrokes optional inferred possible " + later,
		"files optional inferred file:///*",
		"remote-code requested proved",
		"ext-control optional proved",
		"page-read requested proved *://*.example.com/* <all_urls>",
		"page-read optional proved " + later,
		"page-modify requested proved *://*.example.com/* <all_urls>",
		"page-modify optional proved " + later,
		"requests-redirect requested inferred <all_urls>",
		"requests-redirect optional inferred " + later,
		"cookies requested inferred (script-visible) *://*.example.com/* <all_urls>",
		"cookies optional inferred (script-visible) " + later,
		"history requested proved <all_urls>",
		"history optional proved " + later,
	})

	item = readManifest(t, testFile(t, "manifests/firefox-mv3.json"))
	d := item.Detail.Extension
	diff(t, "MV3 detail", []any{d.GeckoID, d.DataSharing, d.Background, d.Hosts, d.OptionalHosts}, []any{
		"{01234567-89ab-cdef-0123-456789abcdef}", []string{"websiteContent", "authenticationInfo", "optional:technicalAndInteraction"},
		[]string{"background.js", "worker.js"}, []string{"*://*.forms.example/*"}, []string{"*://*.opt.example/*"},
	})
	diff(t, "MV3 traits", traitIDs(item), []inventory.TraitID{"declares-data-collection", "missing-script", "private-permission", "silent-strong-permission"})
	if !slices.Contains(capabilityLines(item), "requests-redirect requested inferred *://*.forms.example/*") {
		t.Errorf("webRequestBlocking works in Firefox's manifest version 3, got %q", capabilityLines(item))
	}
}

func TestWrongTypesKeepTheRest(t *testing.T) {
	item := readManifest(t, testFile(t, "manifests/wrong-types.json"))
	diff(t, "permissions", permissionLines(item), []string{"cookies [requested]", "history [optional]", "https://a.example/* [requested] host"})
	diff(t, "content scripts", item.Detail.Extension.ContentScripts, []inventory.ContentScript{{Matches: []string{"https://b.example/*"}, JS: []string{"a.js"}}})
	i := slices.IndexFunc(item.Traits, func(trait inventory.Trait) bool { return trait.ID == inventory.TraitManifestMalformed })
	if i < 0 || len(item.Traits[i].Evidence) < 15 {
		t.Errorf("traits %v: want manifest-malformed with a place for each", item.Traits)
	}
}

func TestThemeAndApp(t *testing.T) {
	item := readManifest(t, testFile(t, "manifests/theme.json"))
	if len(item.Capabilities)+len(item.Traits)+len(item.Problems) > 0 {
		t.Errorf("a theme gives %v %v %v", item.Capabilities, item.Traits, item.Problems)
	}
	item = readManifest(t, testFile(t, "manifests/app.json"))
	diff(t, "app", permissionLines(item), []string{"fullscreen [requested]", "socket [requested]", "usbDevices [requested]", "webview [requested]"})
	diff(t, "app capabilities", capabilityLines(item), []string{
		"page-read requested proved <all_urls>", "page-modify requested proved <all_urls>", "nearby requested proved",
	})
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name string
		fsys fs.FS
		want inventory.Problem
	}{
		{"no manifest", extension("a.js", ""), inventory.Problem{Message: "file is missing"}},
		{"empty", extension("manifest.json", ""), inventory.Problem{Message: "file is empty"}},
		{"list", extension("manifest.json", "  []"), inventory.Problem{Offset: 2, Message: "manifest is a list, not an object"}},
		{"UTF-16", extension("manifest.json", "\xff\xfe{\x00}\x00"), inventory.Problem{Message: "text is UTF-16 or UTF-32, which browsers refuse"}},
		{"UTF-16 without mark", extension("manifest.json", "{\x00}\x00"), inventory.Problem{Message: "text is UTF-16 or UTF-32, which browsers refuse"}},
		{"syntax", extension("manifest.json", "{\n \"a\": nope}"), inventory.Problem{Offset: 8, Message: "text is no JSON that browsers read"}},
		{"folder", fstest.MapFS{"manifest.json": {Mode: fs.ModeDir}}, inventory.Problem{Message: "no regular file"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.want.File, test.want.Matters = "manifest.json", true
			item := ReadFolder(test.fsys, "sample")
			diff(t, "problems", item.Problems, []inventory.Problem{test.want})
			if item.ID != "sample" || item.Detail.Extension.Hosts == nil {
				t.Errorf("the item lacks its id or lists: %+v", item)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	const key = "aGVsbG8="                           // "hello"
	const keyed = "cmpcenlkfplakdaocgoidlckmfljocjo" // sha256sum of hello, a to p
	tests := []struct{ name, manifest, folder, want, source string }{
		{"key", `{"key":"` + key + `"}`, "x", keyed, "key"},
		{"key with armour", `{"key":"-----BEGIN PUBLIC KEY-----\naGVs\nbG8=\n-----END PUBLIC KEY-----"}`, "x", keyed, "key"},
		{"key before gecko", `{"key":"` + key + `","applications":{"gecko":{"id":"a@b"}}}`, "x", keyed, "key"},
		{"gecko", `{"applications":{"gecko":{"id":"a@b"}}}`, "abcdefghijklmnopabcdefghijklmnop", "a@b", "gecko"},
		{"folder", `{}`, "abcdefghijklmnopabcdefghijklmnop", "abcdefghijklmnopabcdefghijklmnop", "folder-name"},
		{"folder beyond p", `{}`, "abcdefghijklmnopabcdefghijklmnoq", "abcdefghijklmnopabcdefghijklmnoq", "name"},
		{"bad key", `{"key":"%%"}`, "x", "x", "name"},
		{"name", `{"name":"Dusk"}`, "", "Dusk", "name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := ReadFolder(extension("manifest.json", test.manifest), test.folder)
			diff(t, "id", []string{item.ID, item.Detail.Extension.IDSource}, []string{test.want, test.source})
		})
	}
}
