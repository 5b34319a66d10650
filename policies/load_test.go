package policies_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"appraise/internal/limits"
	"appraise/inventory"
	"appraise/policies"
)

// ownRule is a rule that a user adds.
const ownRule = `id: own-rule
title: "{name} is on our list"
severity: high
when: permission("com.example.OURS")
why: We say so.
do: Ask us.
examples:
  - fires: true
    item: {platform: android, id: a, permissions: [{name: com.example.OURS, states: [requested]}]}
  - fires: false
    item: {platform: android, id: a}
`

const ownPack = `schema: 1
brand: acme
display_name: Acme
gathered: "2026-11-22"
sources: {web: {what: a page, licence: facts, attribute: false}}
android:
  apps: [{package: com.acme.shop, name: Acme, role: official, package_confidence: high, independent: 2, sources: [web]}]
`

func dir(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestUserPolicy(t *testing.T) {
	embedded := load(t, policies.Options{})
	p := load(t, policies.Options{Dir: dir(map[string]string{
		"rules/own-rule.yaml":   ownRule,
		"rules/old-target.yaml": strings.NewReplacer("own-rule", "old-target").Replace(ownRule),
		"brands/acme.yaml":      ownPack,
		"stores.yaml":           "schema: 1\ninstallers: [{package: com.example.store, name: Ours, class: ours, sources: []}]\nroutes: {ours: {route: store, detail: other-official-store}}",
	})})
	if got, want := p.Info().Rules, embedded.Info().Rules+1; got != want {
		t.Errorf("rules: got %d, want %d: one is added, one replaced", got, want)
	}
	if got, want := p.Info().Brands, []string{"acme", "aliexpress"}; !slices.Equal(got, want) {
		t.Errorf("brands: got %q, want %q", got, want)
	}
	item := inventory.Item{Platform: inventory.Android, ID: "com.acme.shop", Arrival: inventory.Arrival{Installer: "com.example.store"},
		Permissions: []inventory.Permission{{Name: "com.example.OURS", States: []inventory.PermissionState{inventory.StateRequested}}}}
	a := assess(p, item, false)
	if got, want := a.Build.Match.String()+" "+a.Build.Brand+" "+a.Route.Verdict.String(), "name-only acme store"; got != want {
		t.Errorf("build and route: got %q, want %q", got, want)
	}
	var rules []string
	for _, f := range a.Findings {
		rules = append(rules, f.Rule)
	}
	if want := []string{"old-target", "own-rule"}; !slices.Equal(rules, want) {
		t.Errorf("rules that fire: got %q, want %q", rules, want)
	}
}

func TestLoadErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		opt  policies.Options
		want []string
	}{
		{"unknown preset", policies.Options{Preset: "flet"}, []string{`policy: unknown preset "flet": did you mean fleet?`}},
		{"unknown brand", policies.Options{Brand: "aliexpres"}, []string{`policy: unknown brand "aliexpres": did you mean aliexpress?`}},
		{"unknown file", policies.Options{Dir: dir(map[string]string{"rule.yaml": ownRule})}, []string{`policy folder: unknown file "rule.yaml": it holds rules/NAME.yaml, brands/NAME.yaml and stores.yaml, nothing else`}},
		{"unknown ending", policies.Options{Dir: dir(map[string]string{"rules/own-rule.yml": ownRule})}, []string{`policy folder: unknown file "rules/own-rule.yml"`}},
		{"unknown folder", policies.Options{Dir: dir(map[string]string{"waivers/a.yaml": ""})}, []string{`policy folder: unknown folder "waivers"`}},
		{"folder in a folder", policies.Options{Dir: dir(map[string]string{"rules/more/a.yaml": ""})}, []string{`policy folder: unknown folder "rules/more"`}},
		{"presets are not the user's", policies.Options{Dir: dir(map[string]string{"presets/mine.yaml": ""})}, []string{`policy folder: unknown file "presets/mine.yaml"`}},
		{"capabilities are not the user's", policies.Options{Dir: dir(map[string]string{"capabilities.tsv": ""})}, []string{`policy folder: unknown file "capabilities.tsv"`}},
		{"two wrong rules, both told", policies.Options{Dir: dir(map[string]string{"rules/a.yaml": ownRule, "rules/own-rule.yaml": strings.Replace(ownRule, "permission(", "permision(", 1)})},
			[]string{`rules/a.yaml: id "own-rule" differs from the file name`, `rules/own-rule.yaml: when: `}},
		{"empty rule", policies.Options{Dir: dir(map[string]string{"rules/a.yaml": ""})}, []string{"rules/a.yaml: the file is empty"}},
		{"wrong pack", policies.Options{Dir: dir(map[string]string{"brands/acme.yaml": strings.Replace(ownPack, "role: official", "role: oficial", 1)})}, []string{`brands/acme.yaml: android com.acme.shop: unknown role "oficial": did you mean official?`}},
		{"wrong stores", policies.Options{Dir: dir(map[string]string{"stores.yaml": "schema: 1\nroutes: {ours: {route: stroe}}"})}, []string{`stores.yaml: ours: unknown route "stroe": did you mean store?`}},
		{"stores with an unknown detail", policies.Options{Dir: dir(map[string]string{"stores.yaml": "schema: 1\nroutes: {ours: {route: store, detail: plya}}"})}, []string{`stores.yaml: ours: unknown detail "plya": did you mean play?`}},
		{"stores with an unknown class", policies.Options{Dir: dir(map[string]string{"stores.yaml": "schema: 1\nroutes: {ours: {route: store}}\ninstallers: [{package: a.b, class: oursl}]"})}, []string{`stores.yaml: a.b: unknown class "oursl": did you mean ours?`}},
		{"stores with an unknown key", policies.Options{Dir: dir(map[string]string{"stores.yaml": "schema: 1\nrouts: {}"})}, []string{`stores.yaml: line 2: unknown key "routs": did you mean routes?`}},
		{"alias bomb", policies.Options{Dir: dir(map[string]string{"stores.yaml": bomb()})}, []string{"stores.yaml: "}},
		{"too large", policies.Options{Dir: dir(map[string]string{"rules/a.yaml": strings.Repeat("#", limits.PolicyBytes+1)})}, []string{`policy folder: "rules/a.yaml" is larger than 8388608 bytes`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := policies.Load(tt.opt)
			if err == nil {
				t.Fatalf("loads; want %q", tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got  %s\nwant %s", err, want)
				}
			}
		})
	}
}

// bomb is a document that would grow to some 10^9 nodes.
func bomb() string {
	var b strings.Builder
	b.WriteString("sources:\n  a: &a [x,x,x,x,x,x,x,x,x,x]\n")
	for c := 'b'; c < 'k'; c++ {
		prev := string(c - 1)
		b.WriteString("  " + string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+prev+",", 9) + "*" + prev + "]\n")
	}
	return b.String()
}

func TestTooManyPolicyFiles(t *testing.T) {
	files := map[string]string{}
	for i := range limits.PolicyFiles + 1 {
		files["rules/r"+strings.Repeat("a", i%100)+string(rune('a'+i/100%26))+string(rune('a'+i/2600))+".yaml"] = ""
	}
	if len(files) <= limits.PolicyFiles {
		t.Fatalf("only %d names", len(files))
	}
	_, err := policies.Load(policies.Options{Dir: dir(files)})
	if err == nil || !strings.Contains(err.Error(), "more than 20000 files") {
		t.Errorf("got %v, want the limit", err)
	}
}

func TestDigest(t *testing.T) {
	plain, again := load(t, policies.Options{}).Info(), load(t, policies.Options{}).Info()
	if plain.Digest != again.Digest {
		t.Errorf("two loads: got %s and %s, want one digest", plain.Digest, again.Digest)
	}
	seen := map[string]string{plain.Digest: "default"}
	for name, opt := range map[string]policies.Options{
		"fleet":       {Preset: "fleet"},
		"a rule more": {Dir: dir(map[string]string{"rules/own-rule.yaml": ownRule})},
	} {
		info := load(t, opt).Info()
		if other, ok := seen[info.Digest]; ok {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[info.Digest] = name
	}
	if !strings.HasPrefix(plain.Digest, "sha256:") || len(plain.Digest) != len("sha256:")+64 {
		t.Errorf("digest: got %q", plain.Digest)
	}
}
