package arsc

import (
	"iter"

	"appraise/android/axml/res"
	"appraise/internal/limits"
)

// Candidate is one value that a resource can have.
type Candidate struct {
	Config Config
	Value  res.Value
}

// Candidates lists the simple values of a resource over all configurations, those of the default
// configuration first, limits.ARSCConfigurations at most. References are followed; one that leads out of the
// table (to Android's own resources) stays a reference. Empty where the table lacks the resource or holds a bag under its id.
func (t *Table) Candidates(id uint32) []Candidate {
	if t == nil {
		return nil
	}
	w := walk{t: t, seen: map[uint32]bool{}}
	w.visit(id, Config{Default: true}, 0)
	return append(w.byDefault, w.others...)
}

// walk gathers the values behind one resource. Every resource is visited once, which ends cycles.
type walk struct {
	t                 *Table
	seen              map[uint32]bool
	byDefault, others []Candidate
}

func (w *walk) visit(id uint32, outer Config, hops int) (found bool) {
	if w.seen[id] {
		return true
	}
	if hops == limits.ARSCReferenceHops {
		return false
	}
	w.seen[id] = true
	for c, v := range w.t.values(id) {
		found = true
		c = c.within(outer)
		if v.IsReference() && w.visit(v.Data, c, hops+1) {
			continue
		}
		if len(w.byDefault)+len(w.others) == limits.ARSCConfigurations {
			w.t.exhausted = true
			return true
		}
		w.add(Candidate{Config: c, Value: w.t.text(v)})
	}
	return found
}

func (w *walk) add(c Candidate) {
	if c.Config.Default {
		w.byDefault = append(w.byDefault, c)
	} else {
		w.others = append(w.others, c)
	}
}

// Resolve follows a reference to its value in the default configuration, or, where there is none, in the
// first one. A value that is no reference is returned as it stands. False: unresolved; the value is then
// the last one reached.
func (t *Table) Resolve(v res.Value) (res.Value, bool) {
	for hops := 0; v.IsReference(); hops++ {
		next, ok := t.preferred(v.Data)
		if !ok || hops == limits.ARSCReferenceHops {
			return v, false
		}
		v = next
	}
	if v.Type == res.TypeAttribute || v.Type == res.TypeDynamicAttribute {
		return v, false
	}
	if t != nil && v.Type == res.TypeString && v.String == "" {
		v = t.text(v)
	}
	return v, true
}

// preferred is the value of a resource in the default configuration, else the first one, without its text.
func (t *Table) preferred(id uint32) (v res.Value, ok bool) {
	if t == nil {
		return res.Value{}, false
	}
	for c, candidate := range t.values(id) {
		if c.Default {
			return candidate, true
		}
		if !ok {
			v, ok = candidate, true
		}
	}
	return v, ok
}

// values runs over the configurations that hold a simple value of the resource, in file order.
func (t *Table) values(id uint32) iter.Seq2[Config, res.Value] {
	return func(yield func(Config, res.Value) bool) {
		for _, p := range t.packages {
			typ := id >> 16 & 0xff
			if p.id != id>>24 || typ <= p.offset {
				continue
			}
			for _, off := range p.types[uint8(typ-p.offset)] {
				if t.looked++; t.looked > limits.ARSCLookups {
					t.exhausted = true
					return
				}
				c, err := res.ReadChunk(t.b, off, len(t.b))
				if err != nil {
					continue
				}
				chunk := readType(t.b, c)
				if v, ok := chunk.value(uint16(id)); ok && !yield(chunk.config(), v) {
					return
				}
			}
		}
	}
}

// text fills in the string of a value of the table.
func (t *Table) text(v res.Value) res.Value {
	if v.Type != res.TypeString || t.pool == nil || uint64(v.Data) >= uint64(t.pool.Count) {
		return v
	}
	_, size, _, ok := t.pool.Span(int(v.Data))
	if t.decoded += size; !ok || t.decoded > limits.AXMLStringBytes {
		t.exhausted = t.exhausted || ok
		return v
	}
	v.String, _ = t.pool.At(int(v.Data))
	return v
}

// Exhausted reports whether lookups were cut short by a limit: from then on values can be missing.
func (t *Table) Exhausted() bool { return t != nil && t.exhausted }
