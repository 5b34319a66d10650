package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appraise/internal/report/page"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// phoneInventory lists the apps of a phone with their two words, those that need attention first. Name and id share a
// column, in which the id is cut last: look-alikes differ in it.
func (p table) phoneInventory(entries []entry) error {
	var list []entry
	for _, e := range entries {
		if e.item.Kind != inventory.KindDevice {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b entry) int { return cmp.Compare(b.Attention, a.Attention) })
	rows := [][]string{{"attention", "app", "build", "route"}}
	for _, e := range list[:min(len(list), maxRows)] {
		rows = append(rows, []string{e.Attention.String(), "", buildWord(e.Build), routeWord(e.Route)})
	}
	room := p.Width() - gap
	for _, column := range []int{0, 2, 3} {
		wide := 0
		for _, row := range rows {
			wide = max(wide, len(row[column]))
		}
		room -= wide + gap
	}
	for i, row := range rows[1:] {
		row[1] = list[i].nameAndID(max(room, 20))
	}
	p.Heading("INVENTORY")
	return p.Table(rows, len(list))
}

// nameAndID words what an app is called and its id in at most width cells, as far as they differ.
func (e entry) nameAndID(width int) string {
	if e.item.Name == "" {
		return page.ShortEnd(e.name, width)
	}
	const least = 8 // cells for the name
	id := page.ShortEnd(e.item.ID, width-least-1)
	return page.Short(e.name, width-textsafe.Width(id)-1) + " " + id
}

// contentWords say what the content of apps on a phone rests on, of which only the signer was read.
var contentWords = []struct{ content, words string }{
	{inventory.ContentInstalled, "signing block read; the phone checked the content when it installed it"},
	{inventory.ContentPreload, "came with the phone; signing block read, and nobody compared the content"},
	{inventory.ContentRooted, "signing block read; the content was not compared, and the word of a rooted phone is worth nothing"},
	{inventory.ContentCollected, "certificate as AndroidQF tells it, which compared the content of its own copy, as it says"},
}

// contents tells what the words on signatures rest on.
func (p table) contents(entries []entry) {
	count := map[string]int{}
	hints := 0
	for _, e := range entries {
		s := e.item.Signature
		switch {
		case e.item.Detail.Android == nil || e.item.Detail.Android.On == nil:
		case s.State == inventory.Verified:
			count[""]++
		case s.Content != "":
			count[s.Content]++
		case s.State == inventory.Unverifiable && len(s.Signers) > 0:
			hints++
		}
	}
	p.counted(count[""], "the whole content was read and compared with the signature")
	for _, row := range contentWords {
		p.counted(count[row.content], row.words)
	}
	p.counted(hints, "signer not read; the phone prints a 32-bit hash of its certificate, which proves nothing")
}

func (p table) counted(n int, text string) {
	if n > 0 {
		p.Labelled("", fmt.Sprintf("%s: ", page.Plural(n, "app")), text)
	}
}

// accessWords are the kinds of special access beside those that the first screen names.
var accessWords = map[inventory.AccessKind]string{
	inventory.AccessVPN: "VPN", inventory.AccessAutofill: "Autofill", inventory.AccessCredentials: "Passwords and passkeys",
	inventory.AccessAssistant: "Assistant", inventory.AccessSpellChecker: "Spell checker",
}

// access lists all special access of a phone, by kind.
func (p table) access(s *phoneScreen) {
	kinds := slices.Clone(reachKinds)
	for _, kind := range []inventory.AccessKind{inventory.AccessVPN, inventory.AccessAutofill, inventory.AccessCredentials, inventory.AccessAssistant, inventory.AccessSpellChecker} {
		kinds = append(kinds, struct {
			word, title string
			kinds       []inventory.AccessKind
		}{"", accessWords[kind], []inventory.AccessKind{kind}})
	}
	p.Heading("SPECIAL ACCESS")
	for _, row := range kinds {
		lines := s.accessOf(row.kinds)
		if len(lines) == 0 {
			if row.word != "" {
				p.Line("%s: none known", row.title)
			}
			continue
		}
		p.Line("%s", row.title)
		for _, line := range lines[:min(len(lines), maxRows)] {
			p.Labelled("", "  - ", line)
		}
	}
}

// accessOf words the special access of some kinds, what is on first.
func (s *phoneScreen) accessOf(kinds []inventory.AccessKind) []string {
	type line struct {
		entry
		inventory.SpecialAccess
	}
	var list []line
	for _, e := range s.entries {
		for _, a := range special(e.item) {
			if slices.Contains(kinds, a.Kind) {
				list = append(list, line{e, a})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b line) int {
		return cmp.Or(cmp.Compare(b.Exposure, a.Exposure), compareBool(a.item.System, b.item.System), strings.Compare(a.unique, b.unique))
	})
	var lines []string
	for _, l := range list {
		state := "allowed"
		if l.Exposure == inventory.Active {
			state = "on"
		}
		n := nameOf(l.entry)
		text := state + ": " + n.name
		if !l.item.System {
			text += n.mark
		}
		if l.Component != "" && l.Component != l.item.ID {
			text += ", " + strings.Replace(l.Component, "/"+l.item.ID+".", "/.", 1)
		}
		if l.item.System {
			text += " (came with the phone; not verified by us)"
		}
		lines = append(lines, text)
	}
	return lines
}

// phoneEnd reminds of what no line above can settle.
func (p table) phoneEnd(phones []*phoneScreen) {
	if len(phones) > 0 {
		for _, line := range page.Wrap(consent, p.Width()) {
			p.Line("%s", p.Paint(page.Dim, line))
		}
	}
}

// settingOf is the setting of a phone by its name, unknown where it is not told.
func settingOf(d *inventory.PhoneDetail, name string) string {
	for _, s := range d.Settings {
		if s.Name == name {
			return s.State
		}
	}
	return inventory.SettingUnknown
}

// ofPhones splits the entries into those of phones and the others.
func ofPhones(phones []*phoneScreen, entries []entry) (on, others []entry) {
	sources := map[string]bool{}
	for _, s := range phones {
		sources[s.device.Source] = true
	}
	for _, e := range entries {
		if sources[e.item.Source] {
			on = append(on, e)
		} else {
			others = append(others, e)
		}
	}
	return on, others
}

// phoneLegend explains the mark of the matrix below it.
func (p table) phoneLegend(phones []*phoneScreen) {
	if len(phones) > 0 {
		p.Line("%s", page.Short(notOurs, max(p.Width(), textsafe.Width(notOurs))))
	}
}
