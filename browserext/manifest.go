package browserext

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"appraise/browserext/folder"
	"appraise/browserext/laxjson"
	"appraise/internal/limits"
	"appraise/inventory"
)

// reader fills one item from one manifest. Its methods keep what has the right type and note the rest.
type reader struct {
	item   *inventory.Item
	detail *inventory.ExtensionDetail
	files  *folder.Folder

	places  laxjson.Places
	root    laxjson.Value
	version int  // manifest_version; 0 = not known, then the rules of both versions hold
	gecko   bool // has settings for Firefox, so that Firefox takes it
	firefox bool // made for Firefox and, as far as the manifest tells, for nothing else
	tables  []map[string]PermissionInfo
	entries int // permissions and patterns counted against limits.MatchPatterns

	grants              []grant
	requested, optional hostSet // API host access
	scripts, styles     hostSet // content scripts with and without code
	local               hostSet // files on this computer

	cleartext, optionalCleartext hostSet // explicit http://

	messages *catalogue
	tally    tally
}

// manifest reads everything that the manifest declares.
func (r *reader) manifest(doc *laxjson.Document, text []byte) {
	r.places = laxjson.Places{File: manifestName, Text: text}
	r.root = doc.Root
	if doc.Lenient {
		r.item.AddTrait(inventory.TraitLenientJSON, inventory.Evidence{File: manifestName, Detail: "strict JSON readers refuse it"})
	}
	for _, m := range doc.Duplicates {
		r.trait(inventory.TraitDuplicateJSONKey, r.places.At(m.Offset, "%q comes again later", m.Name))
	}
	if r.root.Kind != laxjson.Object {
		r.item.AddProblem(inventory.Problem{File: manifestName, Offset: int64(r.root.Offset), Message: "manifest is " + r.root.Kind.String() + ", not an object", Matters: true})
		return
	}
	r.identity()
	r.update()
	r.permissions()
	r.contentScripts()
	r.parts()
	r.overrides()
	r.securityPolicy()
	r.capabilities()
	r.rulesets()
	for _, c := range r.tally.all {
		r.item.AddCapability(c)
	}
}

// trait notes a trait with at most limits.Evidence places.
func (r *reader) trait(id inventory.TraitID, evidence inventory.Evidence) {
	for _, t := range r.item.Traits {
		if t.ID == id && len(t.Evidence) >= limits.Evidence {
			return
		}
	}
	r.item.AddTrait(id, evidence)
}

func (r *reader) malformed(v laxjson.Value, key, want string) {
	r.trait(inventory.TraitManifestMalformed, r.places.At(v.Offset, "%s is %s, not %s", key, v.Kind, want))
}

// member returns the value of a key if it has the wanted kind; null counts as absent.
func (r *reader) member(object laxjson.Value, key string, want laxjson.Kind) (laxjson.Value, bool) {
	v, ok := object.Get(key)
	if !ok || v.Kind == laxjson.Null {
		return laxjson.Value{}, false
	}
	if v.Kind != want {
		r.malformed(v, key, want.String())
		return laxjson.Value{}, false
	}
	return v, true
}

func (r *reader) string(object laxjson.Value, key string) string {
	v, _ := r.member(object, key, laxjson.String)
	return v.Text
}

// object returns the object under a key, or an empty one.
func (r *reader) object(object laxjson.Value, key string) laxjson.Value {
	v, _ := r.member(object, key, laxjson.Object)
	return v
}

// list returns the items under a key. A lone value stands for a list of it.
func (r *reader) list(object laxjson.Value, key string) []laxjson.Value {
	v, ok := object.Get(key)
	switch {
	case !ok || v.Kind == laxjson.Null:
		return nil
	case v.Kind != laxjson.Array:
		r.malformed(v, key, laxjson.Array.String())
		return []laxjson.Value{v}
	}
	return v.Items
}

// strings returns the strings of the list under a key.
func (r *reader) strings(object laxjson.Value, key string) []laxjson.Value {
	var out []laxjson.Value
	for _, v := range r.list(object, key) {
		if v.Kind != laxjson.String {
			r.malformed(v, "entry of "+key, laxjson.String.String())
			continue
		}
		out = append(out, v)
	}
	return out
}

func texts(values []laxjson.Value) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.Text)
	}
	return out
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// identity reads who the extension says it is.
func (r *reader) identity() {
	r.version = r.manifestVersion()
	r.detail.ManifestVersion = r.version
	r.messages = &catalogue{reader: r, locale: r.string(r.root, "default_locale")}
	r.item.Name = r.messages.expand(r.string(r.root, "name"))
	r.item.Version = r.string(r.root, "version")
	r.detail.HomepageURL = r.messages.expand(r.string(r.root, "homepage_url"))
	r.detail.Author = r.messages.expand(r.author())
	gecko, hasGecko := geckoSettings(r.root)
	r.detail.GeckoID = r.string(gecko, "id")
	r.dataSharing(gecko)

	chrome := r.detail.CRXVersion != 0
	for _, key := range []string{"key", "minimum_chrome_version", "update_url"} {
		_, found := r.root.Get(key)
		chrome = chrome || found
	}
	r.gecko = hasGecko
	r.firefox = r.item.Kind == inventory.KindXPI || hasGecko && !chrome
	r.tables = []map[string]PermissionInfo{chromeIndex(), firefoxIndex()}
	if r.firefox {
		slices.Reverse(r.tables)
	}
	r.id()
}

func (r *reader) manifestVersion() int {
	v, ok := r.member(r.root, "manifest_version", laxjson.Number)
	version, err := strconv.Atoi(v.Text)
	switch {
	case !ok:
		if _, present := r.root.Get("manifest_version"); !present {
			r.trait(inventory.TraitManifestMalformed, r.places.At(r.root.Offset, "manifest_version is missing"))
		}
		return 0
	case err != nil || version < 1 || version > 3:
		r.trait(inventory.TraitManifestMalformed, r.places.At(v.Offset, "manifest_version %s is none of 1, 2, 3", v.Text))
		return 0
	}
	return version
}

// author is a string, or in newer Chrome manifests an object with an e-mail address.
func (r *reader) author() string {
	if v, ok := r.root.Get("author"); ok && v.Kind == laxjson.Object {
		return r.string(v, "email")
	}
	return r.string(r.root, "author")
}

// geckoSettings returns what the manifest says to Firefox.
func geckoSettings(root laxjson.Value) (laxjson.Value, bool) {
	for _, key := range []string{"browser_specific_settings", "applications"} {
		if settings, ok := root.Get(key); ok {
			if gecko, ok := settings.Get("gecko"); ok {
				return gecko, true
			}
		}
	}
	return laxjson.Value{}, false
}

// dataSharing reads Firefox's data_collection_permissions. Optional kinds get the prefix "optional:".
func (r *reader) dataSharing(gecko laxjson.Value) {
	declared := r.object(gecko, "data_collection_permissions")
	for _, list := range []struct{ key, prefix string }{{"required", ""}, {"optional", "optional:"}} {
		for _, v := range r.strings(declared, list.key) {
			r.detail.DataSharing = append(r.detail.DataSharing, list.prefix+v.Text)
			if v.Text != "none" {
				r.trait(inventory.TraitDeclaresCollection, r.places.At(v.Offset, "%s %q", list.key, v.Text))
			}
		}
	}
}

// id settles the id where the container has none: the key's for Chrome, the declared one for Firefox.
func (r *reader) id() {
	key, hasKey := r.member(r.root, "key", laxjson.String)
	var fromKey string
	if hasKey {
		var err error
		if fromKey, err = keyID(key.Text); err != nil {
			r.trait(inventory.TraitManifestMalformed, r.places.At(key.Offset, "key is no base64 text"))
		} else if r.item.Kind == inventory.KindFolder && !r.files.Has(storeSignature) {
			r.trait(inventory.TraitCopiedKey, r.places.At(key.Offset, "key gives the id %s", fromKey))
		}
	}
	switch {
	case r.item.ID != "":
	case fromKey != "" && r.item.Kind != inventory.KindXPI:
		r.item.ID, r.detail.IDSource = fromKey, "key"
	case r.detail.GeckoID != "":
		r.item.ID, r.detail.IDSource = r.detail.GeckoID, "gecko"
	}
}

// keyID computes Chrome's id from a manifest key: the first half of the SHA-256 of the DER key in hex
// digits written a to p. PEM armour and line breaks are tolerated (extensions/common/extension.cc).
func keyID(key string) (string, error) {
	var body strings.Builder
	for line := range strings.Lines(key) {
		if !strings.HasPrefix(line, "-----") {
			body.WriteString(strings.Join(strings.Fields(line), ""))
		}
	}
	der, err := base64.StdEncoding.DecodeString(body.String())
	if err != nil || len(der) == 0 {
		return "", fmt.Errorf("key of %d characters is no base64 text", len(key))
	}
	sum := sha256.Sum256(der)
	id := make([]byte, 0, 32)
	for _, b := range sum[:16] {
		id = append(id, 'a'+b>>4, 'a'+b&15)
	}
	return string(id), nil
}

// storeHosts are the servers from which extension stores update (browser-keys.yaml; Firefox's
// extensions.update.url of ESR 153).
var storeHosts = []string{
	"clients2.google.com", "edge.microsoft.com", "addons.mozilla.org", "versioncheck.addons.mozilla.org", "versioncheck-bg.addons.mozilla.org",
}

// update records where updates come from.
func (r *reader) update() {
	gecko, _ := geckoSettings(r.root)
	sources := []laxjson.Value{r.root, gecko}
	if r.firefox {
		slices.Reverse(sources)
	}
	for _, source := range sources {
		v, ok := r.member(source, "update_url", laxjson.String)
		if !ok {
			continue
		}
		if r.item.Arrival.UpdateURL == "" {
			r.item.Arrival.UpdateURL = v.Text
		}
		address, err := url.Parse(v.Text)
		if err != nil || !slices.Contains(storeHosts, strings.ToLower(address.Hostname())) {
			r.trait(inventory.TraitOffStoreUpdate, r.places.At(v.Offset, "update_url %q", v.Text))
		}
	}
}
