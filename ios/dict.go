package ios

import (
	"slices"
	"strings"
	"time"
)

// dict is one dictionary of a property list. A value of the wrong type is told to wrong and then read
// as absent, or as what it plainly means.
type dict struct {
	path   string // "" at the root, else the keys that lead here, each followed by "."
	values map[string]any
	wrong  func(detail string)
}

func (d dict) mistyped(key, want string) {
	d.wrong(d.path + key + " is " + kindOf(d.values[key]) + ", not " + want)
}

func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case uint64, int64, float32, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "a dictionary"
	case []byte:
		return "data"
	case time.Time:
		return "a date"
	}
	return "a value of another kind"
}

func (d dict) has(key string) bool {
	_, ok := d.values[key]
	return ok
}

func (d dict) text(key string) string {
	s, ok := d.values[key].(string)
	if !ok && d.has(key) {
		d.mistyped(key, "a string")
	}
	return s
}

// flag reads a boolean. The numbers and words that some software takes for one count as well, because
// a keyboard that asks for full access by the word "YES" still asks for it.
func (d dict) flag(key string) bool {
	value, ok := d.values[key]
	if !ok {
		return false
	}
	if b, ok := value.(bool); ok {
		return b
	}
	d.mistyped(key, "a boolean")
	switch v := value.(type) {
	case uint64:
		return v != 0
	case int64:
		return v != 0
	case string:
		return v == "1" || strings.EqualFold(v, "yes") || strings.EqualFold(v, "true")
	}
	return false
}

// list reads a list; a lone value counts as a list of one.
func (d dict) list(key string) []any {
	value, ok := d.values[key]
	if !ok {
		return nil
	}
	if list, ok := value.([]any); ok {
		return list
	}
	d.mistyped(key, "a list")
	return []any{value}
}

// texts reads a list of strings.
func (d dict) texts(key string) []string {
	var out []string
	odd := 0
	for _, v := range d.list(key) {
		if s, ok := v.(string); ok {
			out = append(out, s)
		} else {
			odd++
		}
	}
	if odd > 0 {
		d.wrong(d.path + key + " holds " + plural(odd, "value") + " that should be strings")
	}
	return out
}

// dict reads a dictionary.
func (d dict) dict(key string) (dict, bool) {
	values, ok := d.values[key].(map[string]any)
	if !ok && d.has(key) {
		d.mistyped(key, "a dictionary")
	}
	return dict{d.path + key + ".", values, d.wrong}, ok
}

// dicts reads a list of dictionaries.
func (d dict) dicts(key string) []dict {
	var out []dict
	odd := 0
	for _, v := range d.list(key) {
		if values, ok := v.(map[string]any); ok {
			out = append(out, dict{d.path + key + ".", values, d.wrong})
		} else {
			odd++
		}
	}
	if odd > 0 {
		d.wrong(d.path + key + " holds " + plural(odd, "value") + " that should be dictionaries")
	}
	return out
}

// root is the top dictionary of an Info.plist. Its keys can carry suffixes for a platform or a device
// ("UIBackgroundModes~ipad"); every spelling of a key is read, because each of them holds somewhere.
type root struct {
	dict
	spellings map[string][]string // key without suffix -> as spelled, the plain one first
}

// suffixes are those of CFBundle for iOS, in the order in which they are taken off.
var suffixes = []string{"~ipad", "~iphone", "~ipod", "-iphoneos"}

func baseKey(key string) string {
	for _, suffix := range suffixes {
		key = strings.TrimSuffix(key, suffix)
	}
	return key
}

func newRoot(values map[string]any, wrong func(string)) root {
	r := root{dict{"", values, wrong}, map[string][]string{}}
	for key := range values {
		base := baseKey(key)
		r.spellings[base] = append(r.spellings[base], key)
	}
	for _, keys := range r.spellings {
		slices.Sort(keys)
	}
	return r
}

// phoneText returns the string that an iPhone uses.
func (r root) phoneText(key string) string {
	for _, suffix := range []string{"-iphoneos~iphone", "~iphone", "-iphoneos"} {
		if r.has(key + suffix) {
			return r.text(key + suffix)
		}
	}
	return r.text(key)
}

func (r root) anyFlag(key string) bool {
	set := false
	for _, k := range r.spellings[key] {
		set = r.flag(k) || set
	}
	return set
}

// allTexts joins the lists of all spellings, sorted, each string once.
func (r root) allTexts(key string) []string {
	var out []string
	for _, k := range r.spellings[key] {
		out = append(out, r.texts(k)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (r root) allDicts(key string) []dict {
	var out []dict
	for _, k := range r.spellings[key] {
		if d, ok := r.dict.dict(k); ok {
			out = append(out, d)
		}
	}
	return out
}
