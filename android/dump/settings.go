package dump

import (
	"bytes"
	"strings"

	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// SettingsList reads settings list of one namespace: "key=value", where the value may hold "=" and line ends and goes
// on until the next line that starts with a key. A value may so hold what looks like another key: of one that stands
// twice with different values a note that matters tells. Lists of components are then joined, a switch of services
// that is on in one of them is on, and of other keys the first value is kept; SettingsTwice gives all of them.
func SettingsList(b []byte) (Settings, []lines.Note) {
	out, _, notes := readSettings(b)
	return out, notes
}

// SettingsTwice reads what SettingsList reads and gives the keys that stand twice with different values: key -> its
// values in order, nil on a healthy phone. Which of them the phone has is not known, so that nothing should write one
// back.
func SettingsTwice(b []byte) map[string][]string {
	_, twice, _ := readSettings(b)
	return twice
}

func readSettings(b []byte) (Settings, map[string][]string, []lines.Note) {
	r, out := settingsReader{Reader: lines.NewReader(b)}, Settings{}
	var key string
	var value []byte
	for {
		line, ok := r.Next()
		if name, rest, is := setting(line); ok && is {
			r.keep(out, key, value)
			key, value = string(name), append([]byte(nil), rest...)
			continue
		}
		if ok && r.Broke() && key != "" {
			r.Matter(r.Line(), "setting "+lines.Quote([]byte(key))+": a message of the command, or text like one, cuts its value")
		}
		if !ok || r.Broke() {
			r.keep(out, key, value)
			key, value = "", nil
		}
		if !ok {
			return out, r.twice, r.List()
		}
		switch {
		case key == "":
		case len(value)+len(line) > limits.DumpLineBytes:
			r.Limit(r.Line(), "setting "+lines.Quote([]byte(key))+" left out")
			key, value = "", nil
		default:
			value = append(append(value, '\n'), line...)
		}
	}
}

// setting splits a line that starts with a key of letters, digits and "_.:-" and an equals sign.
func setting(line []byte) (key, value []byte, ok bool) {
	for i, c := range line {
		if c == '=' {
			return line[:i], line[i+1:], i > 0
		}
		if !('a' <= c|0x20 && c|0x20 <= 'z') && !('0' <= c && c <= '9') && c != '_' && c != '.' && c != ':' && c != '-' {
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// settingsReader reads settings line by line.
type settingsReader struct {
	lines.Reader
	twice map[string][]string
	extra int // values in twice
}

// keep files a setting; of one that stands twice see SettingsList.
func (r *settingsReader) keep(out Settings, key string, value []byte) {
	if key == "" || string(value) == "null" {
		return
	}
	old, twice := out[key]
	switch {
	case !twice && len(out) >= limits.DumpEntries:
		r.Limit(r.Line(), "settings left out")
	case !twice:
		out[key] = string(value)
	case old == string(value):
		r.Add(r.Line(), "setting "+lines.Quote([]byte(key))+" stands twice")
	default:
		r.Matter(r.Line(), "setting "+lines.Quote([]byte(key))+" stands twice with different values: this text may be forged")
		r.join(out, key, string(value))
	}
}

// maxTwice is how many values of settings that stand twice are kept.
const maxTwice = 1000

func (r *settingsReader) join(out Settings, key, value string) {
	if r.twice == nil {
		r.twice = map[string][]string{}
	}
	old := out[key]
	if len(r.twice[key]) == 0 {
		r.twice[key] = []string{old}
	}
	if r.extra >= maxTwice {
		r.Limit(r.Line(), "values of settings that stand twice left out")
		return
	}
	r.extra++
	r.twice[key] = append(r.twice[key], value)
	switch {
	case strings.Contains(old, "/") && strings.Contains(value, "/"):
		if len(old)+len(value) < limits.DumpLineBytes {
			out[key] = old + ":" + value
		} else {
			r.Limit(r.Line(), "a value of setting "+lines.Quote([]byte(key))+" left out")
		}
	case old == "" || isSwitch(key) && value == "1":
		out[key] = value
	}
}

// isSwitch reports whether a setting switches services on as a whole.
func isSwitch(key string) bool {
	return key == "accessibility_enabled" || key == "spell_checker_enabled"
}

// SettingsGet reads settings get of one key. An unset key, which prints null, gives "".
func SettingsGet(b []byte) (string, []lines.Note) {
	r := lines.NewReader(b)
	var value []byte
	for first := true; ; first = false {
		line, ok := r.Next()
		if !ok || r.Broke() {
			break
		}
		if !first {
			value = append(value, '\n')
		}
		if len(value)+len(line) > limits.DumpLineBytes {
			r.Limit(r.Line(), "value cut")
			break
		}
		value = append(value, line...)
	}
	return lines.Nullable(bytes.TrimRight(value, "\n")), r.List()
}

// SettingsDump reads dumpsys settings, which bug reports hold in place of settings list. The result is keyed
// "secure", "global" and "system" for user 0 and "secure@10" for user 10.
func SettingsDump(b []byte) (map[string]Settings, []lines.Note) {
	r, all := settingsReader{Reader: lines.NewReader(b)}, map[string]Settings{}
	var current Settings
	for {
		line, ok := r.Next()
		if !ok {
			return all, r.List()
		}
		if name, ok := namespace(line); ok {
			if current = all[name]; current == nil {
				if len(all) >= limits.DumpUsers {
					r.Limit(r.Line(), "settings of users left out")
					current = Settings{}
					continue
				}
				current = Settings{}
				all[name] = current
			}
			continue
		}
		if key, value, ok := settingRow(line); ok && current != nil {
			r.keep(current, string(key), value)
		}
	}
}

// namespace reads "SECURE SETTINGS (user 0)".
func namespace(line []byte) (string, bool) {
	name, rest, ok := bytes.Cut(line, []byte(" SETTINGS (user "))
	user, closed := bytes.CutSuffix(bytes.TrimRight(rest, " "), []byte(")"))
	if _, number := lines.Small(user); !ok || !closed || !number {
		return "", false
	}
	switch string(name) {
	case "SECURE", "GLOBAL", "SYSTEM":
	default:
		return "", false
	}
	lower := strings.ToLower(string(name))
	if string(user) != "0" {
		lower += "@" + string(user)
	}
	return lower, true
}

// settingRow reads "_id:5 name:KEY pkg:OWNER value:VALUE default:… defaultSystemSet:true"; in older versions pkg
// stands before name.
func settingRow(line []byte) (key, value []byte, ok bool) {
	if !bytes.HasPrefix(line, []byte("_id:")) {
		return nil, nil, false
	}
	_, rest, ok := bytes.Cut(line, []byte(" name:"))
	_, value, has := bytes.Cut(rest, []byte(" value:"))
	key, _, _ = bytes.Cut(rest, []byte(" "))
	for _, end := range []string{" default:", " defaultSystemSet:"} {
		if i := bytes.LastIndex(value, []byte(end)); i >= 0 {
			value = value[:i]
		}
	}
	return key, value, ok && has && len(key) > 0
}
