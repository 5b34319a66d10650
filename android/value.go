package android

import (
	"cmp"
	"iter"
	"strings"

	"appraise/android/axml"
	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/inventory"
)

// values lists what an attribute can stand for: its own value, or, for a reference, the distinct values of
// all configurations with the default first. @null stands for nothing, a reference to nowhere for itself.
func (r *reader) values(v res.Value) []res.Value {
	if !v.IsReference() {
		return []res.Value{v}
	}
	if v.Data == 0 {
		return nil
	}
	list, ok := r.candidates[v.Data]
	if ok {
		return list
	}
	seen := map[res.Value]bool{}
	for _, c := range r.table.Candidates(v.Data) {
		if !seen[c.Value] {
			seen[c.Value] = true
			list = append(list, c.Value)
		}
	}
	if len(list) == 0 {
		list = []res.Value{v}
	}
	if len(list) > limits.AppValues {
		list, r.valuesCut = list[:limits.AppValues], true
	}
	r.candidates[v.Data] = list
	return list
}

// resolved is values for an attribute that Android needs: a reference to nothing is a trait. A split's
// references may lead into its base, those of package 1 into Android itself, those of a broken table anywhere.
func (r *reader) resolved(e *axml.Element, a axml.Attr) []res.Value {
	list := r.values(a.Value)
	if len(list) == 1 && list[0].IsReference() && list[0].Data>>24 != 1 && r.app.Split == "" && !r.tableUnread() {
		r.trait(inventory.TraitAXMLUnresolved, r.at(e, "%s %s=%s", e.Name, a.Name, a.Value.Text()))
	}
	return list
}

// tableUnread reports whether the app has a resource table that could not be read, or was not.
func (r *reader) tableUnread() bool {
	_, there := r.zip.Lookup(tableName)
	return there && r.table == nil
}

// value returns an attribute in the default configuration.
func (r *reader) value(e *axml.Element, id uint32) (res.Value, bool) {
	if a, ok := e.AttrID(id); ok {
		if list := r.resolved(e, a); len(list) > 0 {
			return list[0], true
		}
	}
	return res.Value{}, false
}

// text returns a string attribute in the default configuration; "" when absent.
func (r *reader) text(e *axml.Element, id uint32) string {
	v, _ := r.value(e, id)
	return v.Text()
}

// number returns an integer attribute in the default configuration; 0 when absent.
func (r *reader) number(e *axml.Element, id uint32) int64 {
	v, _ := r.value(e, id)
	n, _ := v.Int()
	return n
}

// guard is text for a security attribute: a value that differs by configuration is a trait.
func (r *reader) guard(e *axml.Element, id uint32) string {
	return cmp.Or(r.texts(e, id)...)
}

// texts returns every text a security attribute can have, the default configuration's first.
func (r *reader) texts(e *axml.Element, id uint32) (all []string) {
	a, ok := e.AttrID(id)
	if !ok {
		return nil
	}
	for _, v := range r.resolved(e, a) {
		all = append(all, v.Text())
	}
	if len(all) > 1 {
		r.depends(e, a)
	}
	return all
}

// boolean returns a security attribute, or def when absent. Where it differs by configuration the answer is
// true, which is the worse one for every attribute read here, and a trait says so.
func (r *reader) boolean(e *axml.Element, id uint32, def bool) bool {
	b, differs := r.worst(e, id, def)
	if differs {
		a, _ := e.AttrID(id)
		r.depends(e, a)
	}
	return b
}

// worst is boolean without the trait.
func (r *reader) worst(e *axml.Element, id uint32, def bool) (b, differs bool) {
	a, ok := e.AttrID(id)
	if !ok {
		return def, false
	}
	var yes, no bool
	for _, v := range r.resolved(e, a) {
		yes = yes || v.Bool()
		no = no || !v.Bool() && v.Type != res.TypeNull
	}
	return yes || !no && def, yes && no
}

// flag is boolean for the detail model, where absent is nil.
func (r *reader) flag(e *axml.Element, id uint32) *bool {
	if _, ok := e.AttrID(id); !ok {
		return nil
	}
	return new(r.boolean(e, id, false))
}

func (r *reader) depends(e *axml.Element, a axml.Attr) {
	r.trait(inventory.TraitDependsOnConfiguration, r.at(e, "%s %s=%s has different values", e.Name, a.Name, a.Value.Text()))
}

// className completes a component name with the package, as Android does.
func (r *reader) className(name string) string {
	if name == "" || strings.Index(name, ".") > 0 {
		return name
	}
	return r.item.ID + "." + strings.TrimPrefix(name, ".")
}

// named returns an attribute that Android finds by its name.
func named(e *axml.Element, name string) string {
	a, _ := e.AttrName(name)
	return a.Text()
}

// children visits the direct children of one name; Android looks at no others.
func children(e *axml.Element, name string) iter.Seq[*axml.Element] {
	return func(yield func(*axml.Element) bool) {
		for _, c := range e.Children {
			if c.Name == name && !yield(c) {
				return
			}
		}
	}
}
