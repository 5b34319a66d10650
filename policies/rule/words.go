package rule

import (
	"fmt"
	"reflect"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"appraise/finding"
	"appraise/inventory"
)

// word is one constant of a condition: an id of a closed list. Words of different lists never compare.
type word struct {
	typ  *types.Type
	id   string // as the rest of the program spells it, dashes included
	rank int
}

func (w word) Type() ref.Type              { return w.typ }
func (w word) Value() any                  { return w.id }
func (w word) Equal(other ref.Val) ref.Val { return types.Bool(w == other) }

func (w word) ConvertToNative(t reflect.Type) (any, error) {
	return nil, fmt.Errorf("a %s is no %s", w.typ, t)
}

func (w word) ConvertToType(t ref.Type) ref.Val {
	return types.NewErr("a %s is no %s", w.typ, t.TypeName())
}

// text returns the id of a word or the text of a CEL string.
func text(v ref.Val) string {
	s, _ := v.Value().(string)
	return s
}

// list is one closed list of words and the prefix that it has in conditions.
type list struct {
	prefix string
	typ    *types.Type
	words  []word
}

func newList[S ~string](prefix, typeName string, ids []S) *list {
	l := &list{prefix: prefix, typ: types.NewOpaqueType(typeName)}
	for i, id := range ids {
		l.words = append(l.words, word{typ: l.typ, id: string(id), rank: i})
	}
	return l
}

// enum reads the words of an enumeration off its String method.
func enum[E interface {
	~uint8
	fmt.Stringer
}](prefix, typeName string, last E) *list {
	var ids []string
	for e := E(0); e <= last; e++ {
		ids = append(ids, e.String())
	}
	ids[0] = orNone(ids[0])
	return newList(prefix, typeName, ids)
}

func orNone(id string) string {
	if id == "" {
		return "none"
	}
	return id
}

// at returns the word of an enumeration's value.
func (l *list) at(i int) word { return l.words[min(i, len(l.words)-1)] }

// value returns the word of an id; an id outside the list equals no constant.
func (l *list) value(id string) word {
	for _, w := range l.words {
		if w.id == id {
			return w
		}
	}
	return word{typ: l.typ, id: id, rank: -1}
}

func (l *list) has(id string) bool { return l.value(id).rank >= 0 }

// ids returns the ids as the rest of the program spells them.
func (l *list) ids() []string {
	var out []string
	for _, w := range l.words {
		out = append(out, w.id)
	}
	return out
}

// constant is how a condition spells a word.
func (l *list) constant(w word) string { return l.prefix + "." + strings.ReplaceAll(w.id, "-", "_") }

// The lists. They are never changed.
var (
	capabilities = newList("cap", "capability", inventory.Capabilities)
	traits       = newList("trait", "trait", traitIDs())
	platforms    = newList("platform", "platform", []inventory.Platform{inventory.Android, inventory.IOS, inventory.Extension})
	kinds        = newList("kind", "kind", []inventory.Kind{inventory.KindApp, inventory.KindSplit, inventory.KindPlugin,
		inventory.KindPlist, inventory.KindFolder, inventory.KindCRX, inventory.KindXPI, inventory.KindBundle,
		inventory.KindDevice, inventory.KindProfile})
	builds      = enum("build", "build", finding.Unverifiable)
	routes      = enum("route", "route", finding.Policy)
	levels      = enum("level", "level", inventory.Active)
	confidences = enum("confidence", "confidence", inventory.Proved)
	grades      = enum("grade", "grade", inventory.Egress)
	reaches     = newList("reach", "reach", []string{"none", "broad", "named"})
	likenesses  = newList("likeness", "likeness", []string{"none", "label", "keyword", "shape", "case", "near", "near-name", "far"})
	listings    = newList("listing", "listing", []string{"none", "compromised-build", "reported-old", "listed", "reported"})
	surenesses  = newList("sure", "sureness", []string{"low", "medium", "high"})

	lists = []*list{capabilities, traits, platforms, kinds, builds, routes, levels, confidences, grades, reaches, likenesses, listings, surenesses}
	// ordered lists know <, <=, > and >=.
	ordered = []*list{levels, confidences, grades, reaches, listings, surenesses}
)

func traitIDs() []inventory.TraitID {
	var ids []inventory.TraitID
	for _, t := range inventory.Traits() {
		ids = append(ids, t.ID)
	}
	return ids
}
