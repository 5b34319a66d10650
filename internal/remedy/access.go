package remedy

import (
	"fmt"
	"slices"
	"strings"

	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/internal/limits"
)

// Secure settings that hold special access. Source: android.provider.Settings.Secure.
const (
	keyServices   = "enabled_accessibility_services"
	keyServicesOn = "accessibility_enabled"
	keyIMEs       = "enabled_input_methods"
	keyIME        = "default_input_method"
	keyListeners  = "enabled_notification_listeners"
)

// shortcuts are settings that name services which a key or a gesture switches on again.
var shortcuts = [...]string{"accessibility_shortcut_target_service", "accessibility_button_targets", "accessibility_button_target_component"}

// maxComponents is how many components of one kind a plan deals with one by one; no app has as many.
const maxComponents = limits.Evidence

// secure gives a secure setting. It is not known where the output is missing, where the key stands twice, and where it
// is longer than any command may be.
func (m *planner) secure(key string) (value string, known bool) {
	if !m.state.has(capture.SettingsSecure) {
		m.lacks(capture.SettingsSecure)
		return "", false
	}
	if m.state.twice[key] != nil {
		m.gap(capture.SettingsSecure, key+" stands twice, one of them may be forged")
		return "", false
	}
	value = m.state.Secure[key]
	if len(value) > limits.FixCommandBytes {
		m.gap(capture.SettingsSecure, fmt.Sprintf("%s is longer than %d bytes", key, limits.FixCommandBytes))
		return "", false
	}
	return value, true
}

func (m *planner) put(key, value string) Command {
	return Command{"settings", "put", "--user", m.user(), "secure", key, value}
}

// accessibility takes services out of the list of those that are on, all of the app at once: the commands hold whole
// lists. The list is never cleared or deleted: other services on it may be someone's only way to use the phone.
func (m *planner) accessibility() {
	if !m.wants(gives(Accessibility)) {
		return
	}
	list, known := m.secure(keyServices)
	if !known {
		return
	}
	on := of(m.name, dump.Components(list))
	switch {
	case len(on) == 0:
	case m.state.system(m.name):
		m.tell(Accessibility, strings.Join(on, ", "), gives(Accessibility), "it came with the phone, and someone may depend on it")
	default:
		m.step(m.servicesOff(list, on))
	}
	m.running(on)
}

func (m *planner) servicesOff(list string, on []string) Step {
	rest := without(list, on)
	s := Step{Kind: Accessibility, What: strings.Join(on, ", "), Gives: gives(Accessibility),
		Do: []Command{m.put(keyServices, rest)}, Undo: []Command{m.put(keyServices, list)}}
	if rest == "" {
		if value, known := m.secure(keyServicesOn); known && value == "1" {
			s.Undo = append(s.Undo, m.put(keyServicesOn, "1")) // the phone sets it to 0 with an empty list
		}
	}
	for _, key := range shortcuts {
		targets := dump.Components(m.state.Secure[key])
		if slices.ContainsFunc(on, func(c string) bool { return slices.Contains(targets, c) }) {
			s.Notes = append(s.Notes, "a shortcut can switch it on again; take it off there too: "+place(Accessibility))
			break
		}
	}
	return s
}

// running tells of services that run though the list does not name them.
func (m *planner) running(on []string) {
	for _, s := range m.state.Services {
		if s.User != m.state.User {
			continue
		}
		for _, component := range of(m.name, slices.Concat(s.Enabled, s.Bound)) {
			if slices.Contains(on, component) {
				continue
			}
			if on = append(on, component); len(on) > maxComponents {
				return
			}
			m.tell(Accessibility, component, gives(Accessibility), "it runs, but the list of services that are on does not name it")
		}
	}
}

// without gives a colon list without some components, however they are spelt; everything else stays as it stands.
func without(list string, components []string) string {
	var rest []string
	for part := range strings.SplitSeq(list, ":") {
		c := dump.Components(part)
		if len(c) == 0 || !slices.Contains(components, c[0]) {
			rest = append(rest, part)
		}
	}
	return strings.Join(rest, ":")
}

// Listeners were switched by the setting alone before Android 8.0. The setting has been a copy since.
const sinceAllowListener = 26

// listeners takes notification access away.
func (m *planner) listeners() {
	if !m.wants(gives(Listener)) {
		return
	}
	list, known := m.secure(keyListeners)
	if !known {
		return
	}
	components := slices.Concat(of(m.name, dump.Components(list)), of(m.name, m.allowed()))
	slices.Sort(components)
	components = slices.Compact(components)
	switch {
	case len(components) == 0:
	case len(components) > maxComponents:
		m.tell(Listener, m.name, gives(Listener), tooMany)
	case m.state.SDK == 0:
		m.lacks(capture.GetProp)
	case m.state.SDK < sinceAllowListener:
		m.listenersByList(list, components)
	default:
		for _, component := range components {
			name := spelt(list, component)
			m.step(Step{Kind: Listener, What: component, Gives: gives(Listener),
				Do:   []Command{{"cmd", "notification", "disallow_listener", name, m.user()}},
				Undo: []Command{{"cmd", "notification", "allow_listener", name, m.user()}}})
		}
	}
}

const tooMany = "it has more of them than any app needs"

// allowed are the listeners that the service itself names for the user.
func (m *planner) allowed() []string {
	if m.state.User != 0 || len(m.state.Heard.ByUser) > 0 {
		return m.state.Heard.ByUser[m.state.User]
	}
	return m.state.Heard.Allowed
}

// listenersByList edits the setting, as accessibility does.
func (m *planner) listenersByList(list string, components []string) {
	what, rest := strings.Join(components, ", "), without(list, components)
	if rest == list {
		m.tell(Listener, what, gives(Listener), "the setting does not name it")
		return
	}
	m.step(Step{Kind: Listener, What: what, Gives: gives(Listener),
		Do: []Command{m.put(keyListeners, rest)}, Undo: []Command{m.put(keyListeners, list)}})
}

// spelt gives a component as a list spells it, its full form where the list doesn't have it.
func spelt(list, component string) string {
	for part := range strings.SplitSeq(list, ":") {
		if part = strings.TrimSpace(part); slices.Contains(dump.Components(part), component) && plainWord.MatchString(part) {
			return part
		}
	}
	return component
}
