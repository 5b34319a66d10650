package phone

import (
	"fmt"
	"slices"
	"strconv"

	"appraise/android/capture"
	"appraise/android/phone/records"
	"appraise/internal/limits"
	"appraise/inventory"
)

// notChecked tells what the capture can't say, in the order: other users, missing outputs, what of the apps was left.
func (f *facts) notChecked(apps []*inventory.Item) []string {
	var out []string
	add := func(holds bool, format string, args ...any) {
		if text := fmt.Sprintf(format, args...); holds && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, u := range f.AllUsers() {
		kind := "user"
		if u.Profile {
			kind = "work or other profile"
		}
		i := slices.IndexFunc(f.Checked, func(c *records.User) bool { return c.ID == u.ID })
		add(i < 0 && len(out) < limits.Evidence, "%s %d: not asked for; name it with --user %d", kind, u.ID, u.ID)
		add(i >= 0 && u.Quiet(), "%s %d: it is paused, so that parts of it can't be read", kind, u.ID)
		add(i >= 0 && u.ID != 0 && !u.Running && len(f.Users) > 0, "%s %d: it was not running, so that parts of it can't be read", kind, u.ID)
	}
	for _, u := range f.Checked {
		add(u.ID != 0 && len(f.Users) > 0 && !f.Exists(u.ID), "user %d: there is no such user", u.ID)
		add(u.ID != 0 && !f.Has(capture.ForUser(capture.SettingsSecure, u.ID)), "special access of user %d: its settings were not read", u.ID)
	}
	for _, gap := range f.Capture.Missing() {
		row, output := capture.Lookup(gap.Name)
		if output && f.SDK > 0 && row.Since > f.SDK {
			continue
		}
		what := gap.Name
		if output {
			what = row.Tells
		}
		add(true, "%s: %s", what, records.Clip(gap.Why, limits.CellRunes))
	}
	f.settingsUnknown(add)
	add(f.leftOut > 0, "%s, which hold no special access and were not updated: list them with --apps all", count(f.leftOut, "app of the system", "apps of the system"))
	n := f.countUnlabelled(apps)
	add(n > 0, "the names of %s: label not read", count(n, "app", "apps"))
	return out
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// settingsUnknown tells which switches the phone says nothing of: absent is not off.
func (f *facts) settingsUnknown(add func(bool, string, ...any)) {
	if !f.Has(capture.SettingsGlobal) {
		return // told as a missing output
	}
	for _, s := range deviceSwitches {
		if state, _ := f.state(s); s.trait != "" && state == inventory.SettingUnknown {
			add(true, "%s: the phone does not say", s.name)
		}
	}
	if f.Prop("ro.build.version.security_patch") != "" && f.day().IsZero() {
		add(true, "the age of the security patch level: the day is not known on which the phone was read")
	}
}

// countUnlabelled counts the apps whose names don't matter less for being pinned, and are not known.
func (f *facts) countUnlabelled(apps []*inventory.Item) int {
	n := 0
	for _, it := range apps {
		pinned := f.opt.Pinned != nil && slices.ContainsFunc(it.Signature.Signers, func(s inventory.Signer) bool { return s.SHA256 != "" && f.opt.Pinned(s.SHA256) })
		if it.Name == "" && !pinned {
			n++
		}
	}
	return n
}
