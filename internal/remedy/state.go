package remedy

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/android/dump/access"
	"appraise/android/dump/packages"
)

// answer is what a phone told of one question.
type answer uint8

const (
	unknown answer = iota
	no
	yes
)

// State is what a phone said, as far as one user's plan needs it. An output that a cut could have spoiled is missing.
type State struct {
	SDK  int // API level, 0 where not known
	User int

	Packages []packages.Package
	Listed   []string        // names of the user's packages as pm lists them
	System   map[string]bool // names of those that came with the phone; nil where no list tells
	Ops      access.AppOps
	Secure   dump.Settings
	Services []access.Accessibility // of all users
	IMEs     []access.InputMethod   // installed
	Enabled  []access.InputMethod   // keyboards that are on
	Heard    access.Listeners
	Policy   access.Policy
	Roles    map[string][]string

	// Missing holds why an output is not there or not whole, by its name.
	Missing map[string]string

	managed answer
	there   []string            // packages in lists that are made without removed ones
	twice   map[string][]string // values of secure settings that stand twice: one of them may be forged
}

// FromCapture reads what a capture holds for a user's plans.
func FromCapture(c *capture.Capture, user int) *State {
	r := stateReader{c: c, s: &State{User: user, Missing: map[string]string{}}}
	s := r.s
	props, _ := dump.GetProp(r.text(capture.GetProp))
	s.SDK, _ = strconv.Atoi(props["ro.build.version.sdk"])
	s.SDK = max(s.SDK, 0)
	s.Packages = packages.Read(r.text(capture.PackageDump)).Packages
	r.empty(capture.PackageDump, len(s.Packages) == 0)
	ops := r.text(capture.AppOps)
	s.Ops = access.AppOpsDump(ops)
	r.empty(capture.AppOps, !bytes.Contains(ops, []byte("Uid ")))
	s.Services, _ = access.AccessibilityDump(r.text(capture.Accessibility))
	s.Heard, _, _ = access.NotificationDump(r.text(capture.Notification))
	secure := r.whole(capture.SettingsSecure)
	s.Secure, _ = dump.SettingsList(secure)
	r.empty(capture.SettingsSecure, len(s.Secure) == 0)
	s.twice = dump.SettingsTwice(secure)
	s.IMEs, _ = access.IMEList(r.whole(capture.IMEAll), false)
	r.empty(capture.IMEAll, len(s.IMEs) == 0)
	s.Enabled, _ = access.IMEList(r.whole(capture.IMEEnabled), true)
	r.empty(capture.IMEEnabled, len(s.Enabled) == 0)
	roles := r.whole(capture.Roles)
	s.Roles, _ = access.Roles(roles)
	r.empty(capture.Roles, !bytes.Contains(roles, []byte("\t")) && !bytes.Contains(roles, []byte("holders=")))
	r.lists()
	r.policy()
	return s
}

// stateReader fills a state and records what is missing.
type stateReader struct {
	c *capture.Capture
	s *State
}

// name is the output's name for the state's user, where users have outputs of their own.
func (r stateReader) name(name string) string {
	switch name {
	case capture.SettingsSecure, capture.PackagesList, capture.PackagesSystem, capture.IMEAll, capture.IMEEnabled, capture.Roles:
		return capture.ForUser(name, r.s.User)
	}
	return name
}

// text gives an output, cut or not.
func (r stateReader) text(name string) []byte {
	o := r.c.Outputs[r.name(name)]
	switch {
	case o.Text == nil && o.Reason != "":
		r.s.Missing[name] = o.Reason
	case o.Text == nil:
		r.s.Missing[name] = "not in it"
	case o.Cut:
		r.s.Missing[name] = "cut short"
	}
	return o.Text
}

// whole gives an output that is not cut: a cut value would be put back cut.
func (r stateReader) whole(name string) []byte {
	text := r.text(name)
	if r.s.Missing[name] != "" {
		return nil
	}
	return text
}

// empty records an output that told nothing: commands print complaints with exit code 0 as well.
func (r stateReader) empty(name string, nothing bool) {
	if nothing && r.s.Missing[name] == "" {
		r.s.Missing[name] = "nothing in it"
	}
}

// lists reads which packages there are and which came with the phone. The names in these lists are no text of apps.
func (r stateReader) lists() {
	all, _ := packages.List(r.text(capture.PackagesList))
	system, _ := packages.List(r.whole(capture.PackagesSystem))
	for _, p := range all {
		r.s.Listed = append(r.s.Listed, p.Name)
	}
	preloads := map[string]bool{}
	for _, p := range system {
		preloads[p.Name] = true
	}
	for _, name := range [...]string{capture.PackagesSystem, capture.PackagesThirdParty, capture.PackagesDisabled} {
		list, _ := packages.List(r.c.Outputs[capture.ForUser(name, r.s.User)].Text)
		for _, p := range list {
			r.s.there = append(r.s.there, p.Name)
		}
	}
	for _, p := range r.c.Packages {
		if p.User == r.s.User && dump.PackageName(p.Name) {
			r.s.Listed = append(r.s.Listed, p.Name)
			if p.System {
				preloads[p.Name] = true
			}
		}
	}
	if len(preloads) > 0 {
		r.s.System = preloads
	}
}

// policy joins the two outputs that tell of owners. One that is there and whole is enough to know that there is none.
func (r stateReader) policy() {
	policy, _ := access.DevicePolicy(r.text(capture.DevicePolicy))
	owners, _ := access.Owners(r.text(capture.Owners))
	if policy.DeviceOwner == "" {
		policy.DeviceOwner = owners.DeviceOwner
	}
	profiles := map[int]string{}
	maps.Copy(profiles, owners.ProfileOwners)
	maps.Copy(profiles, policy.ProfileOwners)
	policy.ProfileOwners = profiles
	r.s.Policy = policy
	whole := r.whole(capture.DevicePolicy)
	r.empty(capture.DevicePolicy, !isPolicy(whole))
	told := isPolicy(whole) || isOwners(r.whole(capture.Owners))
	switch {
	case policy.DeviceOwner != "" || profiles[r.s.User] != "":
		r.s.managed = yes
	case told:
		r.s.managed = no
	}
}

// isPolicy tells a dump of the device's policy from a complaint, which comes with exit code 0 as well.
func isPolicy(text []byte) bool { return bytes.Contains(text, []byte("Device Policy Manager")) }

func isOwners(text []byte) bool {
	return bytes.Contains(text, []byte(": admin=")) || bytes.HasPrefix(bytes.TrimSpace(text), []byte("no owners"))
}

// why says why an output is of no use.
func (s *State) why(output string) string {
	if why := s.Missing[output]; why != "" {
		return why
	}
	return "it doesn't tell"
}

// has reports whether an output was there and whole.
func (s *State) has(output string) bool { return s.Missing[output] == "" }

// find gives a package that the user has.
func (s *State) find(name string) *packages.Package {
	for i := range s.Packages {
		if s.Packages[i].Name == name {
			return &s.Packages[i]
		}
	}
	return nil
}

// names lists the packages that the user has. Where the dump knows a package it decides, since pm lists removed ones
// too; but a state that may be forged hides nothing, nor one that a list without removed packages contradicts.
func (s *State) names() []string {
	dumped := make(map[string]bool, len(s.Packages))
	names := slices.Clone(s.there)
	for i := range s.Packages {
		p := &s.Packages[i]
		dumped[p.Name] = true
		if u := userOf(p, s.User); u != nil && (u.Installed || len(p.Doubtful) > 0) {
			names = append(names, p.Name)
		}
	}
	for _, name := range s.Listed {
		if !dumped[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func userOf(p *packages.Package, user int) *packages.UserState {
	for i := range p.Users {
		if p.Users[i].ID == user {
			return &p.Users[i]
		}
	}
	return nil
}

// system reports whether a package came with the phone. The list of those counts where there is one: flags stand in a
// text that an app can forge lines of.
func (s *State) system(name string) bool {
	if s.System != nil {
		return s.System[name]
	}
	p := s.find(name)
	return p != nil && p.System()
}

// holds reports whether a package holds a role. Before Android 10 two roles are settings, and the others are not told.
func (s *State) holds(role, name string) bool {
	if slices.Contains(s.Roles[role], name) {
		return true
	}
	switch role {
	case roleSMS:
		return s.Secure["sms_default_application"] == name
	case roleDialer:
		return s.Secure["dialer_default_application"] == name
	}
	return false
}

// of keeps the components of a package.
func of(pkg string, components []string) []string {
	return slices.DeleteFunc(slices.Clone(components), func(c string) bool { return !strings.HasPrefix(c, pkg+"/") })
}
