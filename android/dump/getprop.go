package dump

import (
	"bytes"
	"time"

	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// GetProp reads getprop: lines "[key]: [value]", where a value may span lines. Of a key that stands twice the
// first value is kept, with a note.
func GetProp(b []byte) (Properties, []lines.Note) {
	r, props := lines.NewReader(b), Properties{}
	var key string
	var value []byte
	keep := func() {
		if key == "" {
			return
		}
		if _, twice := props[key]; twice {
			r.Add(r.Line(), "property "+lines.Quote([]byte(key))+" stands twice")
		} else if len(props) >= limits.DumpEntries {
			r.Limit(r.Line(), "properties left out")
		} else {
			props[key] = string(value)
		}
		key, value = "", nil
	}
	for {
		line, ok := r.Next()
		if !ok {
			break
		}
		if name, rest, ok := property(line); ok {
			if key != "" {
				r.Add(r.Line(), "the value before this line has no end")
			}
			keep()
			key, value = string(name), append([]byte(nil), rest...)
		} else if key != "" && !r.Broke() {
			value = append(append(value, '\n'), line...)
		}
		if end, ok := bytes.CutSuffix(value, []byte("]")); ok && key != "" {
			value = end
			keep()
		}
		if len(value) > limits.DumpLineBytes {
			r.Limit(r.Line(), "property "+lines.Quote([]byte(key))+" left out")
			key, value = "", nil
		}
	}
	if key != "" {
		r.Add(r.Line(), "the last value has no end")
	}
	keep()
	return props, r.List()
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
