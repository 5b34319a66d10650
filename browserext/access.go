package browserext

import (
	"fmt"
	"slices"
	"strings"

	"appraise/browserext/folder"
	"appraise/browserext/laxjson"
	"appraise/browserext/match"
	"appraise/internal/limits"
	"appraise/inventory"
)

// grant is one interface that the extension has or may ask for.
type grant struct {
	name     string
	exposure inventory.Exposure
	evidence inventory.Evidence
}

// hostSet is a set of match patterns for web addresses, with where the first of them are declared.
type hostSet struct {
	patterns []string
	evidence []inventory.Evidence
}

func (h *hostSet) add(pattern string, evidence inventory.Evidence) {
	h.patterns = append(h.patterns, pattern)
	if len(h.evidence) < limits.Evidence {
		h.evidence = append(h.evidence, evidence)
	}
}

// lists are the manifest keys that ask for permissions, with the manifest version in which host
// patterns count there.
var lists = []struct {
	key      string
	state    inventory.PermissionState
	exposure inventory.Exposure
	names    bool // holds names of interfaces too
}{
	{"permissions", inventory.StateRequested, inventory.Requested, true},
	{"optional_permissions", inventory.StateOptional, inventory.Optional, true},
	{"host_permissions", inventory.StateRequested, inventory.Requested, false},
	{"optional_host_permissions", inventory.StateOptional, inventory.Optional, false},
}

// permissions reads the four lists.
func (r *reader) permissions() {
	for _, list := range lists {
		for _, v := range r.list(r.root, list.key) {
			if !r.count(v) {
				return
			}
			for _, name := range r.names(v, list.key) {
				at := r.places.At(v.Offset, "%s %q", list.key, name)
				if !list.names || looksLikePattern(name) {
					r.hostPermission(name, list.key, list.state, list.exposure, at)
				} else {
					r.permission(name, list.state, list.exposure, at)
				}
			}
		}
	}
}

// count counts one permission or pattern and reports whether it is still within the limit.
func (r *reader) count(v laxjson.Value) bool {
	if r.entries++; r.entries <= limits.MatchPatterns {
		return true
	}
	r.item.AddProblem(inventory.Problem{
		File: manifestName, Offset: int64(v.Offset), Limit: true, Matters: true,
		Message: fmt.Sprintf("manifest holds more than %d permissions and patterns; the rest was not read", limits.MatchPatterns),
	})
	r.entries-- // stay at the limit: the message is the same for every list
	return false
}

// names returns the permission names in one entry. Chrome Apps write some as objects: {"fileSystem":
// ["directory"]} asks for fileSystem and fileSystem.directory.
func (r *reader) names(v laxjson.Value, key string) []string {
	switch v.Kind {
	case laxjson.String:
		return []string{v.Text}
	case laxjson.Object:
		if len(v.Members) != 1 {
			r.malformed(v, "entry of "+key, "one name with its details")
		}
		var out []string
		for _, m := range v.Members[:min(len(v.Members), 1)] {
			out = append(out, m.Name)
			for _, part := range m.Value.Items[:min(len(m.Value.Items), limits.Evidence)] {
				if _, known := lookup(r.tables, m.Name+"."+part.Text); known {
					out = append(out, m.Name+"."+part.Text)
				}
			}
		}
		return out
	}
	r.malformed(v, "entry of "+key, laxjson.String.String())
	return nil
}

// looksLikePattern tells a host pattern, well-formed or not, from the name of an interface.
func looksLikePattern(s string) bool {
	return s == match.AllURLs || strings.Contains(s, "://") || strings.ContainsAny(s, "*/")
}

func (r *reader) permission(name string, state inventory.PermissionState, exposure inventory.Exposure, at inventory.Evidence) {
	info, known := lookup(r.tables, name)
	r.item.AddPermission(inventory.Permission{Name: name, States: []inventory.PermissionState{state}, Unknown: !known})
	if !known {
		return
	}
	if info.private() {
		r.trait(inventory.TraitPrivatePermission, at)
	}
	if info.Name == "offscreen" {
		r.trait(inventory.TraitHiddenPage, at)
	}
	r.grant(info.Name, exposure, at)
}

// grant remembers an interface once for each exposure.
func (r *reader) grant(name string, exposure inventory.Exposure, at inventory.Evidence) {
	if !slices.ContainsFunc(r.grants, func(g grant) bool { return g.name == name && g.exposure == exposure }) {
		r.grants = append(r.grants, grant{name: name, exposure: exposure, evidence: at})
	}
}

func (r *reader) hostPermission(text, key string, state inventory.PermissionState, exposure inventory.Exposure, at inventory.Evidence) {
	r.item.AddPermission(inventory.Permission{Name: text, Type: "host", States: []inventory.PermissionState{state}})
	p, ok := r.pattern(text, at)
	if !r.hostsCount(key) {
		r.trait(inventory.TraitIgnoredPattern, at)
		return
	}
	if !ok {
		return
	}
	declared, set := &r.detail.Hosts, &r.requested
	if exposure == inventory.Optional {
		declared, set = &r.detail.OptionalHosts, &r.optional
	}
	*declared = append(*declared, text)
	r.reach(set, p, exposure, at)
}

// hostsCount reports whether host patterns under the key mean anything in this manifest version.
// Firefox takes optional patterns in either key.
func (r *reader) hostsCount(key string) bool {
	switch key {
	case "permissions":
		return r.version < 3
	case "optional_permissions":
		return r.version < 3 || r.firefox
	}
	return r.version == 3 || r.version == 0
}

// pattern parses one pattern and notes a malformed one.
func (r *reader) pattern(text string, at inventory.Evidence) (match.Pattern, bool) {
	p, err := match.Parse(text)
	if err != nil {
		at.Detail = err.Error()
		r.trait(inventory.TraitMalformedPattern, at)
	}
	return p, err == nil
}

// reach files a well-formed pattern: web addresses into the set; local files and plain http, which are
// capabilities of their own, apart.
func (r *reader) reach(set *hostSet, p match.Pattern, exposure inventory.Exposure, at inventory.Evidence) {
	if p.Scheme == "file" {
		r.local.add(p.Text, at)
	}
	if p.Scheme == "http" && !p.Loopback() {
		if exposure == inventory.Optional {
			r.optionalCleartext.add(p.Text, at)
		} else {
			r.cleartext.add(p.Text, at)
		}
	}
	if p.Web() {
		set.add(p.Text, at)
	}
}

// contentScripts reads content_scripts as declared, in order.
func (r *reader) contentScripts() {
	for _, v := range r.list(r.root, "content_scripts") {
		if v.Kind != laxjson.Object {
			r.malformed(v, "entry of content_scripts", laxjson.Object.String())
			continue
		}
		script := inventory.ContentScript{
			Matches:        []string{},
			ExcludeMatches: texts(r.strings(v, "exclude_matches")),
			IncludeGlobs:   texts(r.strings(v, "include_globs")),
			ExcludeGlobs:   texts(r.strings(v, "exclude_globs")),
			CSS:            texts(r.strings(v, "css")),
			RunAt:          r.string(v, "run_at"),
			World:          r.string(v, "world"),
			AllFrames:      r.flag(v, "all_frames"),
			AboutBlank:     r.flag(v, "match_about_blank"),
			OriginFallback: r.flag(v, "match_origin_as_fallback"),
		}
		for _, js := range r.strings(v, "js") {
			script.JS = append(script.JS, js.Text)
			r.mustExist(js)
		}
		script.Matches = append(script.Matches, r.scriptMatches(v, len(script.JS) > 0)...)
		r.detail.ContentScripts = append(r.detail.ContentScripts, script)
	}
}

func (r *reader) flag(object laxjson.Value, key string) bool {
	v, ok := r.member(object, key, laxjson.Bool)
	return ok && v.IsTrue()
}

func (r *reader) scriptMatches(script laxjson.Value, code bool) []string {
	set := &r.styles
	if code {
		set = &r.scripts
	}
	var out []string
	for _, v := range r.strings(script, "matches") {
		if !r.count(v) {
			break
		}
		out = append(out, v.Text)
		at := r.places.At(v.Offset, "content script on %q", v.Text)
		if p, ok := r.pattern(v.Text, at); ok {
			r.reach(set, p, inventory.Requested, at)
		}
	}
	return out
}

// mustExist notes a script that the manifest names and the package lacks.
func (r *reader) mustExist(v laxjson.Value) {
	if name := folder.Clean(v.Text); !r.files.Has(name) {
		r.trait(inventory.TraitMissingScript, r.places.At(v.Offset, "%q", v.Text))
	}
}
