package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"appraise/finding"
	"appraise/inventory"
)

// Placeholders are the names that a rule's texts can hold in braces; the policy fills them in.
//
//	name  the item's name (its id where it has none), quoted     id     the item's id
//	brand the brand's display name                               can    what the capability lets it do
//	trait what the trait means                                   hosts  the brand's sites in reach
//	why   why the build verdict was reached                      like   the listed name it resembles
//	may   "can" where it is allowed to, "may ask to" where it must still ask
//	pages "checkout" or "pages"                                  targets where request rules send them
//	source, date, year  of a public report                       sdk    the API level it is made for
var Placeholders = []string{"name", "id", "brand", "can", "may", "trait", "hosts", "why", "like", "pages", "targets", "source", "date", "year", "sdk"}

// file is a rule as its YAML file spells it.
type file struct {
	ID         string        `yaml:"id"`
	Title      string        `yaml:"title"`
	Capability many          `yaml:"capability"`
	Trait      many          `yaml:"trait"`
	Narrowed   *bool         `yaml:"narrowed"`
	Scope      string        `yaml:"scope"`
	Elsewhere  string        `yaml:"elsewhere"`
	Severity   words         `yaml:"severity"`
	Confidence string        `yaml:"confidence"`
	When       string        `yaml:"when"`
	Why        string        `yaml:"why"`
	Do         string        `yaml:"do"`
	Undo       string        `yaml:"undo"`
	Peers      string        `yaml:"peers"`
	References many          `yaml:"references"`
	Advice     string        `yaml:"advice"`
	Examples   []exampleFile `yaml:"examples"`
}

type exampleFile struct {
	Fires    *bool          `yaml:"fires"`
	Note     string         `yaml:"note"`
	Shopping bool           `yaml:"shopping"`
	Severity string         `yaml:"severity"`
	Item     map[string]any `yaml:"item"`
}

// many is one text or a list of them.
type many []string

func (m *many) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*m = many{n.Value}
		return nil
	}
	return n.Decode((*[]string)(m))
}

// words is one severity word (under the key "") or a table of them.
type words map[string]string

func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*w = words{"": n.Value}
		return nil
	}
	return n.Decode((*map[string]string)(w))
}

// Loader reads rules. It is safe for use by several goroutines.
type Loader struct {
	compiler *compiler
	advice   []string
}

// NewLoader makes a loader; advice lists the ids of the advice rows that rules may name.
func NewLoader(advice []string) (*Loader, error) {
	c, err := newCompiler()
	return &Loader{compiler: c, advice: advice}, err
}

// Load reads one rule. name is the file's name without folder and ending; the rule's id must equal it.
// Every error says what to write instead.
func (l *Loader) Load(name string, b []byte) (*Rule, error) {
	var f file
	if err := Decode(b, &f); err != nil {
		return nil, err
	}
	r := &Rule{ID: f.ID, Title: f.Title, Narrowed: f.Narrowed, When: strings.TrimSpace(f.When), Why: f.Why, Do: f.Do,
		Undo: f.Undo, Peers: f.Peers, References: f.References, Advice: f.Advice}
	for _, step := range []func() error{
		func() error { return checkTexts(name, &f) },
		func() error { return f.subject(r) },
		func() error { return f.judgement(r) },
		func() error { return l.checkAdvice(f.Advice) },
		func() error { return f.examples(r) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	program, err := l.compiler.compile(r)
	if err != nil {
		return nil, fmt.Errorf("when: %w", err)
	}
	r.program = program
	return r, nil
}

var (
	idForm      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	placeholder = regexp.MustCompile(`\{([^{}]*)\}`)
)

func checkTexts(name string, f *file) error {
	if f.ID != name {
		return fmt.Errorf("id %q differs from the file name: write id: %s, or rename the file to %s.yaml", f.ID, name, f.ID)
	}
	if !idForm.MatchString(f.ID) {
		return fmt.Errorf("id %q: write lower-case words joined by dashes, such as extension-cookies", f.ID)
	}
	for key, text := range map[string]string{"title": f.Title, "when": f.When, "why": f.Why, "do": f.Do} {
		if strings.TrimSpace(text) == "" {
			return fmt.Errorf("%s is missing: write what it says in one sentence", key)
		}
	}
	if strings.Contains(f.Title, "\n") {
		return errors.New("title holds a line break: write it on one line")
	}
	for _, text := range []string{f.Title, f.Why, f.Do, f.Undo} {
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(Placeholders, m[1]) {
				return unknown("placeholder", m[1], Placeholders)
			}
		}
	}
	return nil
}

// subject reads what the rule is about: capabilities, traits or the item as a whole.
func (f *file) subject(r *Rule) error {
	if len(f.Capability) > 0 && len(f.Trait) > 0 {
		return errors.New("a rule is about capabilities or about traits: write one of the two keys")
	}
	if f.Narrowed != nil && len(f.Capability) == 0 {
		return errors.New("narrowed chooses among the entries of a capability: write the key capability as well")
	}
	for _, id := range f.Capability {
		if !capabilities.has(id) {
			return unknown("capability", id, capabilities.ids())
		}
		r.Capabilities = append(r.Capabilities, inventory.CapabilityID(id))
	}
	for _, id := range f.Trait {
		if !traits.has(id) {
			return unknown("trait", id, traits.ids())
		}
		r.Traits = append(r.Traits, inventory.TraitID(id))
	}
	return nil
}

// judgement reads scope, severity and confidence.
func (f *file) judgement(r *Rule) error {
	switch f.Scope {
	case "", "any":
	case "shopping":
		r.Scope = Shopping
	default:
		return unknown("scope", f.Scope, []string{"any", "shopping"})
	}
	if f.Elsewhere != "" {
		sev, err := severity(f.Elsewhere)
		if err != nil {
			return err
		}
		if r.Scope != Shopping {
			return errors.New("elsewhere is the severity out of the shopping scope: write scope: shopping as well")
		}
		r.Elsewhere = &sev
	}
	r.Confidence = inventory.Proved
	if f.Confidence != "" {
		if err := r.Confidence.UnmarshalText([]byte(f.Confidence)); err != nil {
			return unknown("confidence", f.Confidence, confidences.ids())
		}
	}
	var err error
	r.Severity, err = f.severities()
	return err
}

func (f *file) severities() (Severity, error) {
	if word, ok := f.Severity[""]; ok {
		sev, err := severity(word)
		return Severity{Word: sev}, err
	}
	if len(f.Severity) == 0 {
		return Severity{}, errors.New("severity is missing: write one of info, low, medium, high, critical, or a table by exposure")
	}
	if len(f.Capability) == 0 {
		return Severity{}, errors.New("a severity table goes by the exposure of a capability: write the key capability as well, or one word")
	}
	s := Severity{Rows: map[inventory.Exposure]finding.Severity{}}
	for key, word := range f.Severity {
		var e inventory.Exposure
		if err := e.UnmarshalText([]byte(key)); err != nil || e == inventory.ExposureUnknown {
			return s, unknown("exposure", key, levels.ids()[1:])
		}
		sev, err := severity(word)
		if err != nil {
			return s, err
		}
		s.Rows[e] = sev
	}
	for e := inventory.Requested; e <= inventory.Active; e++ {
		left, ok := s.At(e - 1)
		if right, _ := s.At(e); ok && right < left {
			return s, fmt.Errorf("severity falls from %s (%s) to %s (%s): a wider exposure never weighs less", e-1, left, e, right)
		}
	}
	return s, nil
}

func severity(word string) (finding.Severity, error) {
	var s finding.Severity
	if err := s.UnmarshalText([]byte(word)); err != nil {
		return s, unknown("severity", word, finding.Severities())
	}
	return s, nil
}

func (l *Loader) checkAdvice(id string) error {
	if id != "" && !slices.Contains(l.advice, id) {
		return unknown("advice", id, l.advice)
	}
	return nil
}

// unknown says which word was probably meant.
func unknown(what, got string, known []string) error {
	if near := Suggest(got, known); near != "" {
		return fmt.Errorf("unknown %s %q: did you mean %s?", what, got, near)
	}
	return fmt.Errorf("unknown %s %q: write one of %s", what, got, strings.Join(known, ", "))
}

// examples reads the examples; a rule has at least one on each side.
func (f *file) examples(r *Rule) error {
	var fires, quiet bool
	for i, e := range f.Examples {
		if e.Fires == nil {
			return fmt.Errorf("example %d: fires is missing: write fires: true or fires: false", i+1)
		}
		item, err := exampleItem(e.Item)
		if err != nil {
			return fmt.Errorf("example %d: %w", i+1, err)
		}
		example := Example{Fires: *e.Fires, Note: e.Note, Shopping: e.Shopping, Item: item}
		if e.Severity != "" {
			sev, err := severity(e.Severity)
			if err != nil {
				return fmt.Errorf("example %d: %w", i+1, err)
			}
			example.Severity = &sev
		}
		fires, quiet = fires || *e.Fires, quiet || !*e.Fires
		r.Examples = append(r.Examples, example)
	}
	switch {
	case !fires:
		return errors.New("no example with fires: true: write an item that the rule must find")
	case !quiet:
		return errors.New("no example with fires: false: write an item that the rule must leave alone")
	}
	return nil
}

// exampleItem reads an item in the spelling of the report's JSON. Evidence may be left out.
func exampleItem(m map[string]any) (inventory.Item, error) {
	var item inventory.Item
	b, err := json.Marshal(m)
	if err != nil {
		return item, fmt.Errorf("item: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&item); err != nil {
		return item, fmt.Errorf("item: %s: write it as the report's JSON does", strings.TrimPrefix(err.Error(), "json: "))
	}
	if !platforms.has(string(item.Platform)) {
		return item, unknown("platform", string(item.Platform), platforms.ids())
	}
	for i := range item.Capabilities {
		c := &item.Capabilities[i]
		if !capabilities.has(string(c.ID)) {
			return item, unknown("capability", string(c.ID), capabilities.ids())
		}
		if len(c.Evidence) == 0 {
			c.Evidence = []inventory.Evidence{{Detail: "example"}}
		}
	}
	for _, t := range item.Traits {
		if !traits.has(string(t.ID)) {
			return item, unknown("trait", string(t.ID), traits.ids())
		}
	}
	item.Sort()
	return item, nil
}
