package dump

import (
	"bytes"
	"time"

	"appraise/internal/limits"
)

// GetProp reads getprop: lines "[key]: [value]", where a value may span lines. Of a key that stands twice the
// first value is kept, with a note.
func GetProp(b []byte) (Properties, []Note) {
	r, props := newReader(b), Properties{}
	var key string
	var value []byte
	keep := func() {
		if key == "" {
			return
		}
		if _, twice := props[key]; twice {
			r.add(r.line, "property "+quote([]byte(key))+" stands twice")
		} else if len(props) >= limits.DumpEntries {
			r.limit(r.line, "properties left out")
		} else {
			props[key] = string(value)
		}
		key, value = "", nil
	}
	for {
		line, ok := r.next()
		if !ok {
			break
		}
		if name, rest, ok := property(line); ok {
			if key != "" {
				r.add(r.line, "the value before this line has no end")
			}
			keep()
			key, value = string(name), append([]byte(nil), rest...)
		} else if key != "" && !r.broke {
			value = append(append(value, '\n'), line...)
		}
		if end, ok := bytes.CutSuffix(value, []byte("]")); ok && key != "" {
			value = end
			keep()
		}
		if len(value) > limits.DumpLineBytes {
			r.limit(r.line, "property "+quote([]byte(key))+" left out")
			key, value = "", nil
		}
	}
	if key != "" {
		r.add(r.line, "the last value has no end")
	}
	keep()
	return props, r.list
}

// property splits a line that starts a property.
func property(line []byte) (name, rest []byte, ok bool) {
	if len(line) == 0 || line[0] != '[' {
		return nil, nil, false
	}
	name, rest, ok = bytes.Cut(line[1:], []byte("]: ["))
	return name, rest, ok && len(name) > 0 && !bytes.ContainsAny(name, " \t[]")
}

// PatchLevel reads a security patch level, "2026-01-05" or "2026-01", the value of ro.build.version.security_patch.
// It reports false for anything else and for years before 2015, in which the first such levels appeared.
func PatchLevel(text string) (time.Time, bool) {
	for _, layout := range []string{time.DateOnly, "2006-01"} {
		if day, err := time.Parse(layout, text); err == nil {
			return day, day.Year() >= 2015
		}
	}
	return time.Time{}, false
}
