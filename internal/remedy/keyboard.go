package remedy

import (
	"slices"
	"strings"

	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/android/dump/access"
)

// sinceIMEUser is the API level from which ime takes a user; before it serves the user on screen alone.
const sinceIMEUser = 29

// maxKeyboards is how many keyboards of a phone are looked at; every keyboard is compared with every other.
const maxKeyboards = 1000

// keyboards switches an app's keyboards off, never the last one and never the one in use without another in its place.
func (m *planner) keyboards() {
	if !m.wants(gives(Keyboard)) {
		return
	}
	list, known := m.secure(keyIMEs)
	current, currentKnown := m.secure(keyIME)
	if !known || !currentKnown {
		return
	}
	k := keyboards{m: m, list: list, current: current, on: m.enabled(list)}
	for _, id := range k.on {
		if strings.HasPrefix(id, m.name+"/") {
			k.mine = append(k.mine, id)
		}
	}
	switch {
	case len(k.mine) == 0:
	case len(k.mine) > maxComponents || len(k.on)+len(m.state.IMEs) > maxKeyboards:
		m.tell(Keyboard, m.name, gives(Keyboard), tooMany)
	case m.state.SDK == 0:
		m.lacks(capture.GetProp)
	default:
		k.off()
	}
}

// enabled lists the ids of keyboards that are on, as the phone spells them.
func (m *planner) enabled(list string) []string {
	var ids []string
	seen := map[string]bool{}
	add := func(id string) {
		full := access.InputMethod{ID: id}.Component()
		if full != "" && !seen[full] {
			seen[full] = true
			ids = append(ids, id)
		}
	}
	for _, ime := range m.state.Enabled {
		add(ime.ID)
	}
	for part := range strings.SplitSeq(list, ":") {
		id, _, _ := strings.Cut(part, ";")
		add(id)
	}
	return ids
}

func sameIME(a, b string) bool {
	return access.InputMethod{ID: a}.Component() == access.InputMethod{ID: b}.Component()
}

// keyboards is what is known of a user's keyboards.
type keyboards struct {
	m       *planner
	list    string   // the setting, with the languages of each
	current string   // the one in use
	on      []string // ids
	mine    []string // those of the app
}

// holds reports whether a list holds a keyboard, however it is spelt.
func holds(ids []string, id string) bool {
	return slices.ContainsFunc(ids, func(one string) bool { return sameIME(one, id) })
}

// off plans all of the app's keyboards in one step: its undo puts the whole list back.
func (k keyboards) off() {
	m, what := k.m, strings.Join(k.mine, ", ")
	other, why := k.other()
	switch {
	case m.state.SDK < sinceIMEUser && m.state.User != 0:
		m.tell(Keyboard, what, gives(Keyboard), "this version of Android switches keyboards by command for its owner alone")
	case m.state.system(m.name) && (other == "" || !k.preload(other) || !holds(k.on, other)):
		m.tell(Keyboard, what, gives(Keyboard), "it is the only keyboard that is on and came with the phone")
	case other == "":
		m.tell(Keyboard, what, gives(Keyboard), why)
	default:
		m.step(k.replaced(other))
	}
}

// replaced puts the other keyboard in the place of the app's where that is in use or the only one.
func (k keyboards) replaced(other string) Step {
	s := Step{Kind: Keyboard, What: strings.Join(k.mine, ", "), Gives: gives(Keyboard)}
	enable := !holds(k.on, other)
	change := enable || k.current == "" || holds(k.mine, k.current) || len(k.on) == len(k.mine)
	if enable {
		s.Do = append(s.Do, k.ime("enable", other))
	}
	if change {
		s.Do = append(s.Do, k.ime("set", other))
		s.Notes = append(s.Notes, "another keyboard takes its place first: "+other+"; see that you can type with it before you go on")
	}
	for _, id := range k.mine {
		s.Do = append(s.Do, k.ime("disable", id))
		s.Undo = append(s.Undo, k.ime("enable", id))
	}
	if change && k.current != "" {
		s.Undo = append(s.Undo, k.ime("set", k.current))
	}
	if enable {
		s.Undo = append(s.Undo, k.ime("disable", other))
	}
	if k.list != "" && k.appended() != k.list {
		s.Undo = append(s.Undo, k.m.put(keyIMEs, k.list)) // enabling forgets the languages and the place in the list
	}
	return s
}

func (k keyboards) ime(verb, id string) Command {
	if k.m.state.SDK < sinceIMEUser {
		return Command{"ime", verb, id}
	}
	return Command{"ime", verb, "--user", k.m.user(), id}
}

// other picks the keyboard that takes the place of the app's: best one that is on and came with the phone. One for
// dictation alone is none.
func (k keyboards) other() (other, why string) {
	best := -1
	for _, id := range k.candidates() {
		rank := 0
		if k.preload(id) {
			rank += 2
		}
		if holds(k.on, id) {
			rank++
		}
		if rank > best {
			best, other = rank, id
		}
	}
	switch {
	case other != "":
	case !k.m.state.has(capture.IMEAll):
		k.m.lacks(capture.IMEAll)
		why = "it is the only keyboard that is known to be there"
	default:
		why = "it is the only keyboard; install another one first"
	}
	return other, why
}

// candidates are keyboards of other apps: those that are on, and those that came with the phone.
func (k keyboards) candidates() []string {
	ids := slices.Clone(k.on)
	for _, ime := range k.m.state.IMEs {
		if !holds(ids, ime.ID) && k.preload(ime.ID) {
			ids = append(ids, ime.ID)
		}
	}
	return slices.DeleteFunc(ids, func(id string) bool {
		return holds(k.mine, id) || len(dump.Components(id)) != 1 || strings.HasPrefix(id, k.m.name+"/") || strings.Contains(strings.ToLower(id), "voice")
	})
}

// preload reports whether the app of a keyboard came with the phone.
func (k keyboards) preload(id string) bool {
	pkg, _, _ := strings.Cut(id, "/")
	return k.m.state.system(pkg)
}

// appended is the setting as it will be after the app's keyboards were disabled and enabled again. Source:
// InputMethodUtils, appendAndPutEnabledInputMethod.
func (k keyboards) appended() string {
	rest := []string{}
	for part := range strings.SplitSeq(k.list, ":") {
		if id, _, _ := strings.Cut(part, ";"); !holds(k.mine, id) {
			rest = append(rest, part)
		}
	}
	return strings.Join(append(rest, k.mine...), ":")
}
