package rule

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies/lookalike"
)

// good is a rule that loads; the error tests spoil one part of it.
const good = `id: contacts
title: "{name} can read your contacts"
capability: contacts
scope: shopping
severity: {optional: low, requested: medium, granted: high}
elsewhere: info
when: can(this)
why: A shop needs your own address.
do: Take the permission away.
undo: Allow it again.
references: one
advice: contacts-photos-calendar
examples:
  - fires: true
    item: {platform: android, id: a, capabilities: [{capability: contacts, exposure: granted}]}
  - fires: false
    item: {platform: android, id: a}
`

func newLoader(t testing.TB) *Loader {
	t.Helper()
	l, err := NewLoader([]string{"contacts-photos-calendar", "location"})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// mustLoad loads a rule whose file spoils good by replacing old by new.
func mustLoad(t testing.TB, old, new string) *Rule {
	t.Helper()
	r, err := newLoader(t).Load("contacts", []byte(strings.Replace(good, old, new, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLoad(t *testing.T) {
	r := mustLoad(t, "", "")
	want := Severity{Rows: map[inventory.Exposure]finding.Severity{inventory.Optional: finding.Low, inventory.Requested: finding.Medium, inventory.Granted: finding.High}}
	if diff := cmp.Diff(want, r.Severity); diff != "" {
		t.Errorf("severity (-want +got):\n%s", diff)
	}
	if got, want := r.References, []string{"one"}; !cmp.Equal(got, want) {
		t.Errorf("references: got %q, want %q", got, want)
	}
	if got, want := *r.Elsewhere, finding.Info; got != want {
		t.Errorf("elsewhere: got %s, want %s", got, want)
	}
	if got, want := len(r.Examples[0].Item.Capabilities[0].Evidence), 1; got != want {
		t.Errorf("evidence of an example: got %d, want %d", got, want)
	}
}

// Every error says what to write instead.
func TestLoadErrors(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"unknown key", "severity:", "severty:", `line 5: unknown key "severty": did you mean severity?`},
		{"unknown key of an example", "    item: {platform: android, id: a}", "    itm: {platform: android, id: a}", `line 17: unknown key "itm": did you mean item?`},
		{"far unknown key", "undo:", "colour:", `line 10: unknown key "colour": the keys are id, title, `},
		{"key twice", "undo: Allow it again.", "why: Allow it again.", `line 10: mapping key "why" already defined at line 8`},
		{"other id", "id: contacts", "id: contact", `id "contact" differs from the file name: write id: contacts, or rename the file to contact.yaml`},
		{"missing do", "do: Take the permission away.\n", "", "do is missing: write what it says in one sentence"},
		{"unknown placeholder", "{name} can", "{nmae} can", `unknown placeholder "nmae": did you mean name?`},
		{"unknown capability", "capability: contacts\n", "capability: contcts\n", `unknown capability "contcts": did you mean contacts?`},
		{"unknown trait", "capability: contacts\nscope: shopping\nseverity: {optional: low, requested: medium, granted: high}", "trait: debugable\nscope: shopping\nseverity: low", `unknown trait "debugable": did you mean debuggable?`},
		{"capability and trait", "capability: contacts\n", "capability: contacts\ntrait: debuggable\n", "a rule is about capabilities or about traits: write one of the two keys"},
		{"unknown scope", "scope: shopping", "scope: shoping", `unknown scope "shoping": did you mean shopping?`},
		{"elsewhere out of scope", "scope: shopping\n", "", "elsewhere is the severity out of the shopping scope: write scope: shopping as well"},
		{"unknown severity", "granted: high", "granted: hihg", `unknown severity "hihg": did you mean high?`},
		{"unknown exposure", "granted: high", "grantd: high", `unknown exposure "grantd": did you mean granted?`},
		{"falling severity", "granted: high", "granted: low", "severity falls from requested (medium) to granted (low): a wider exposure never weighs less"},
		{"no severity", "severity: {optional: low, requested: medium, granted: high}\n", "", "severity is missing: write one of info, low, medium, high, critical, or a table by exposure"},
		{"table without capability", "capability: contacts\n", "", "a severity table goes by the exposure of a capability: write the key capability as well, or one word"},
		{"unknown advice", "advice: contacts-photos-calendar", "advice: locatoin", `unknown advice "locatoin": did you mean location?`},
		{"unknown confidence", "undo:", "confidence: prooved\nundo:", `unknown confidence "prooved": did you mean proved?`},
		{"no failing example", "fires: true", "fires: false", "no example with fires: true: write an item that the rule must find"},
		{"no passing example", "fires: false", "fires: true", "no example with fires: false: write an item that the rule must leave alone"},
		{"example without fires", "  - fires: false\n    item", "  - item", "example 2: fires is missing: write fires: true or fires: false"},
		{"example with unknown capability", "[{capability: contacts,", "[{capability: contact,", `example 1: unknown capability "contact": did you mean contacts?`},
		{"example with unknown platform", "{platform: android, id: a}", "{platform: andriod, id: a}", `example 2: unknown platform "andriod": did you mean android?`},
		{"example with unknown field", "{platform: android, id: a}", "{platform: android, identity: a}", `example 2: item: unknown field "identity": write it as the report's JSON does`},
		{"example with unknown exposure", "exposure: granted}", "exposure: given}", `example 1: item: "given" is none of ["unknown" "optional" "requested" "granted" "active"]: write it as the report's JSON does`},
		{"second document", "examples:", "---\nexamples:", "the file holds more than one YAML document: keep one a file"},

		{"bare text as an argument", "when: can(this)", `when: can("keystrokes")`, `when: "keystrokes" is a text where an id belongs: write cap.keystrokes`},
		{"misspelt bare text", "when: can(this)", `when: can("keystroke")`, `when: "keystroke" is a text where an id belongs: did you mean cap.keystrokes?`},
		{"bare text compared", "when: can(this)", `when: this == "read-codes"`, `when: "read-codes" is a text where an id belongs: write cap.read_codes`},
		{"two bare texts compared", "when: can(this)", `when: '"keystrokes" == "keystrokes"'`, `when: "keystrokes" is a text where an id belongs: write cap.keystrokes`},
		{"bare text in a list", "when: can(this)", `when: '[this, "keystrokes"] == [this, this]'`, `when: "keystrokes" is a text where an id belongs: write cap.keystrokes`},
		{"bare text in a map", "when: can(this)", `when: '{"keystrokes": this} == {this: this}'`, `when: "keystrokes" is a text where an id belongs: write cap.keystrokes`},
		{"bare text alone", "when: can(this)", `when: '"keystrokes"'`, `when: "keystrokes" is a text where an id belongs: write cap.keystrokes`},
		{"constant as text", "when: can(this)", `when: can("cap.keystrokes")`, `when: "cap.keystrokes" is a text where an id belongs: write cap.keystrokes`},
		{"far bare text", "when: can(this)", `when: can("zzzzzzzzzz")`, `when: "zzzzzzzzzz" is a text where an id belongs: write a constant such as cap.keystrokes; only permission("…") takes a text`},
		{"misspelt constant", "when: can(this)", "when: can(cap.keystroke)", `when: unknown name "cap.keystroke": did you mean cap.keystrokes?`},
		{"dashed constant", "when: can(this)", "when: can(cap.read-codes)", `when: "cap.read-codes": ids are written with underscores in conditions: write cap.read_codes`},
		{"unknown constant of a short list", "when: can(this)", "when: build == build.zzzzzzzz", `when: unknown build "build.zzzzzzzz": the build constants are build.unclaimed, build.official, build.mismatch, build.lookalike, build.name_only, build.unverifiable`},
		{"misspelt function", "when: can(this)", "when: cann(this)", `when: unknown name "cann": did you mean can?`},
		{"misspelt variable", "when: can(this)", "when: in_scpe", `when: unknown name "in_scpe": did you mean in_scope?`},
		{"trait for a capability", "when: can(this)", "when: can(trait.debuggable)", "when: can(trait): it takes one capability, as in can(cap.keystrokes)"},
		{"lists compared", "when: can(this)", "when: build == route.store", "when: == can't join (build, route): compare things of one kind, such as exposure(cap.contacts) >= level.granted"},
		{"unordered list ordered", "when: can(this)", "when: build > build.official", "when: > can't join (build, build): compare things of one kind, such as exposure(cap.contacts) >= level.granted"},
		{"addition", "when: can(this)", "when: target_sdk + 1 == 2", `when: unknown name "+": a condition knows &&, ||, !, `},
		{"loop", "when: can(this)", "when: '[this].exists(c, can(c))'", `when: unknown name "exists": `},
		{"dyn", "when: can(this)", "when: dyn(this) == dyn(1)", `when: unknown name "dyn": `},
		{"no condition", "when: can(this)", "when: exposure(this)", "when: the condition gives a level: write one that holds or doesn't, such as can(cap.contacts)"},
		{"syntax", "when: can(this)", "when: can(this", "when: column 9: Syntax error: missing ')' at '<EOF>'"},
		{"this without subject", "capability: contacts\nscope: shopping\nseverity: {optional: low, requested: medium, granted: high}", "scope: shopping\nseverity: low", `when: unknown name "this": `},
		{"too long", "when: can(this)", "when: can(this" + strings.Repeat(" ", maxCondition) + ")", "when: column 0: expression code point size exceeds limit"},
		{"too deep", "when: can(this)", "when: " + strings.Repeat("(", 100) + "can(this)" + strings.Repeat(")", 100), "when: column "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(good, tt.old, tt.new, 1)
			if text == good {
				t.Fatalf("the spoiling of %q changed nothing", tt.old)
			}
			_, err := newLoader(t).Load("contacts", []byte(text))
			if err == nil {
				t.Fatalf("loads; want %s", tt.want)
			}
			if got := err.Error(); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A permission is the one text that a condition takes; its names can equal ids of ours.
func TestPermissionTakesText(t *testing.T) {
	r := mustLoad(t, "when: can(this)", `when: permission("cookies") && can(this)`)
	item := inventory.Item{Platform: inventory.Extension,
		Permissions:  []inventory.Permission{{Name: "cookies", States: []inventory.PermissionState{inventory.StateRequested}}},
		Capabilities: []inventory.Capability{capability(inventory.CapContacts, inventory.Requested)}}
	if got := apply(t, r, &Facts{Item: &item, InScope: true}); len(got) != 1 {
		t.Errorf("got %v, want one hit", got)
	}
	item.Permissions[0].States = []inventory.PermissionState{inventory.StateDenied}
	if got := apply(t, r, &Facts{Item: &item, InScope: true}); len(got) != 0 {
		t.Errorf("denied: got %v, want no hit", got)
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"keystrokes", "cookies", "contacts"}
	for _, tt := range []struct{ name, got, want string }{
		{"one letter short", "keystroke", "keystrokes"},
		{"exchanged neighbours", "cokoies", "cookies"},
		{"far", "clipboard", ""},
		{"empty", "", ""},
		{"one letter", "k", ""},
		{"huge", strings.Repeat("k", 1<<20), ""},
	} {
		if got := Suggest(tt.got, known); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "abc", 3}, {"abc", "", 3}, {"abc", "acb", 1}, {"ca", "abc", 3}, {"aliexpress", "ailexpress", 1}} {
		if got := lookalike.Within(tt.a, tt.b, 100); got != tt.want {
			t.Errorf("distance(%q, %q): got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func FuzzLoadRule(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(strings.Replace(good, "can(this)", `[cap.photos] == [this] || "x" in {}`, 1)))
	f.Add([]byte("id: contacts\nwhen: ((((1"))
	f.Add([]byte("a: &a [*a, *a]"))
	loader := newLoader(f)
	facts := &Facts{Item: &inventory.Item{Platform: inventory.Android, Capabilities: []inventory.Capability{capability(inventory.CapContacts, inventory.Active)}}, InScope: true}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := loader.Load("contacts", b)
		if err != nil {
			return
		}
		if _, err := r.Apply(facts); err != nil {
			t.Errorf("a rule that loads can't be asked: %v", err)
		}
	})
}
