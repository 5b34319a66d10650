package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/internal/report/page"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// The first screen of a phone: what a terminal of 24 lines and 80 columns shows at once.
const (
	screenLines = 24
	screenItems = 3 // items under "needs attention" there
	// maxPhoneShown is how many items are told in full below it.
	maxPhoneShown = 50
)

// Sentences that a report of a phone ends its first screen and itself with.
const (
	notOurs  = "* came with the phone; not verified by us"
	reminder = "When you are done: switch USB debugging off and revoke its authorisations."
	consent  = "Audit only a phone that is yours, or whose owner agrees."
)

// phoneScreen is one phone of a report.
type phoneScreen struct {
	device  *inventory.Item
	entries []entry // its apps, and the phone itself
	rows    []finding.MatrixRow
	columns []inventory.CapabilityID
	points  int  // not checked
	unread  bool // something was not read that could change the answer
}

// phonesOf finds the phones of a report.
func phonesOf(r *finding.Report, entries []entry) []*phoneScreen {
	var phones []*phoneScreen
	for _, source := range r.Sources {
		if source.Device == nil {
			continue
		}
		s := &phoneScreen{columns: r.Matrix.Columns, points: len(r.Summary.NotChecked), unread: !r.Complete}
		for i, e := range entries {
			if e.item.Source != source.ID {
				continue
			}
			if e.item.Kind == inventory.KindDevice && e.item.Detail.Phone != nil {
				s.device = e.item
			}
			s.entries = append(s.entries, e)
			if i < len(r.Matrix.Rows) {
				s.rows = append(s.rows, r.Matrix.Rows[i])
			} else {
				s.rows = append(s.rows, finding.MatrixRow{})
			}
		}
		if s.device != nil {
			phones = append(phones, s)
		}
	}
	return phones
}

// firstScreen writes the answer on a phone: what it is, what needs attention, who can do what, what is switched on,
// what was not checked, and what to do with USB debugging. It fits into screenLines at 80 columns.
func (p table) firstScreen(s *phoneScreen) {
	list := needsAttention(s.entries)
	shown := list[:min(len(list), screenItems)]
	top, who, tail := p.deviceLines(s), p.whoLines(s), p.tailLines(s)
	room := screenLines - len(top) - 1 - len(who) - len(tail)
	on := p.switchedOn(s, min(max(room-3*len(shown), 1), 4))
	const blanks = 2
	attention, cut := p.compact(shown, max(room-len(on)-blanks, 3*len(shown)))
	free := min(max(room-len(on)-len(attention), 0), blanks)
	p.lines(top)
	if free > 1 {
		p.Blank()
	}
	p.Line("%s", p.attentionHeading(s, len(shown), len(list), cut))
	p.lines(attention)
	if free > 0 {
		p.Blank()
	}
	p.lines(who)
	p.lines(on)
	p.lines(tail)
}

func (p table) lines(list []string) {
	for _, line := range list {
		p.Line("%s", line)
	}
}

func (p table) attentionHeading(s *phoneScreen, shown, all int, cut bool) string {
	switch {
	case all == 0 && s.unread:
		return p.Paint(page.Bold, "Nothing needs attention among what was read.")
	case all == 0:
		return p.Paint(page.Bold, "Nothing needs attention among what was checked.")
	}
	text := p.Paint(page.Bold, "NEEDS ATTENTION")
	if all > shown {
		text += fmt.Sprintf("  %d of %d; read all of them below before you change anything", shown, all)
	} else if cut {
		text += "  read all of it below before you change anything"
	}
	return text
}

// deviceLines name the phone, its version, the age of its patches, and count its apps. They are one line where that
// fits, and the maker's name is left out for it.
func (p table) deviceLines(s *phoneScreen) []string {
	d := s.device.Detail.Phone
	apps, system := 0, d.SystemLeftOut
	for _, e := range s.entries {
		switch {
		case e.item.Kind != inventory.KindApp:
		case e.item.System:
			system++
		default:
			apps++
		}
	}
	release := "Android"
	if d.SDK > 0 {
		release = page.AndroidVersion(d.SDK)
	}
	rest := []string{release, patchWords(d), fmt.Sprintf("%s, %d system", page.Plural(apps, "app"), system)}
	name := page.UnlikeCommand(page.Short(cmp.Or(s.device.Name, d.Model, "a phone"), 30), "")
	if line := strings.Join(append([]string{name}, rest...), " · "); textsafe.Width(line) <= p.Width() {
		return []string{p.Paint(page.Bold, line)}
	}
	name = page.UnlikeCommand(page.Short(cmp.Or(d.Model, s.device.Name), 30), "")
	var lines []string
	for _, part := range rest {
		if textsafe.Width(name+" · "+part) > p.Width() {
			lines, name = append(lines, p.Paint(page.Bold, name)), part
			continue
		}
		name += " · " + part
	}
	return append(lines, p.Paint(page.Bold, name))
}

// patchWords tell the age of the security patches.
func patchWords(d *inventory.PhoneDetail) string {
	level := page.Short(d.Patch, 12)
	switch {
	case d.Patch == "":
		return "patch level not known"
	case d.PatchDays == nil:
		return "patch level " + level
	}
	return fmt.Sprintf("patched %s (%s)", ageWords(*d.PatchDays), level)
}

// ageWords word a number of days. Months have 30 days and are counted when they are over.
func ageWords(days int) string {
	switch {
	case days <= 0:
		return "today"
	case days < 14:
		return page.Plural(days, "day") + " ago"
	case days < 60:
		return page.Plural(days/7, "week") + " ago"
	case days < 730:
		return page.Plural(days/30, "month") + " ago"
	}
	return page.Plural(days/365, "year") + " ago"
}

// tailLines say what was left out, and what to do in the end.
func (p table) tailLines(s *phoneScreen) []string {
	var lines []string
	if s.unread {
		lines = append(lines, p.Paint(page.Yellow, page.Short("Not everything was read, which could change this answer: see below.", p.Width())))
	}
	text := notOurs
	if s.points > 0 {
		text += fmt.Sprintf(" · not checked: %s, see below", page.Plural(s.points, "point"))
	}
	lines = append(lines, page.Wrap(text, p.Width())...)
	if settingOf(s.device.Detail.Phone, "usb-debugging") != inventory.SettingOff {
		lines = append(lines, page.Wrap(reminder, p.Width())...)
	}
	return lines
}

// segment is one paragraph of an item on the first screen.
type segment struct {
	label string
	lines []string
	n     int // lines that it may have
}

// compact words the items in at most the given number of lines, three for each at least. cut tells that something of
// them was left out.
func (p table) compact(list []entry, most int) (lines []string, cut bool) {
	var all []*segment
	for i, e := range list {
		all = append(all, p.segments(i+1, e)...)
	}
	used := 0
	for _, s := range all {
		s.n = min(1, len(s.lines))
		used += s.n
	}
	for grown := true; grown && used < most; {
		grown = false
		for _, label := range []string{"Do", "", "Why"} {
			for _, s := range all {
				if s.label == label && s.n < len(s.lines) && used < most {
					s.n++
					used++
					grown = true
				}
			}
		}
	}
	for _, s := range all {
		lines = append(lines, p.segment(s)...)
		cut = cut || s.n < len(s.lines)
	}
	for _, e := range list {
		open := e.open()
		cut = cut || len(open) > 1 && open[1].Severity >= finding.Medium
	}
	return lines, cut
}

// labelCells is the width of the labels on the first screen.
const labelCells = 8

// segments are the title of an item, why it matters and what to do.
func (p table) segments(number int, e entry) []*segment {
	open := e.open()
	head := fmt.Sprintf("%d. ", number)
	name := nameOf(e).text(40)
	if len(open) == 0 || e.Attention == finding.Incomplete {
		why := "a part of it was not read"
		for _, problem := range e.item.Problems {
			if problem.Matters {
				why = page.ProblemText(problem)
				break
			}
		}
		return []*segment{
			{lines: page.Wrap(head+e.Attention.String()+" · "+name, p.Width())}, {label: "Why", lines: page.Wrap(textsafe.Line(why), p.Width()-labelCells)},
		}
	}
	title := head + e.worst().String() + " · " + name + ": " + textsafe.Line(e.about(open[0].Title))
	return []*segment{
		{lines: page.Hang(title, p.Width(), p.Width()-3)},
		{label: "Why", lines: page.Wrap(textsafe.Line(open[0].Why), p.Width()-labelCells)},
		{label: "Do", lines: page.Wrap(textsafe.Line(open[0].Do), p.Width()-labelCells)},
	}
}

// segment writes the lines of a paragraph that have room. A text that hasn't ends with a whole sentence where it has
// one, else with an ellipsis.
func (p table) segment(s *segment) []string {
	kept := s.lines[:s.n]
	if s.n < len(s.lines) {
		room := p.Width() - labelCells
		if s.label == "" {
			room = p.Width() - 3
		}
		kept = cutLines(s.lines, s.n, room)
	}
	var out []string
	for i, line := range kept {
		switch {
		case s.label == "" && i == 0:
			out = append(out, p.titled(line))
		case s.label == "":
			out = append(out, p.under(3, line))
		case i == 0:
			out = append(out, fmt.Sprintf("   %-5s%s", s.label, line))
		default:
			out = append(out, p.under(labelCells, line))
		}
	}
	return out
}

// under indents a line that follows another one.
func (p table) under(indent int, line string) string {
	return strings.Repeat(" ", indent) + page.Cut(page.UnlikeCommand(line, ""), p.Width()-indent)
}

// titled paints the severity of an item's first line.
func (p table) titled(line string) string {
	number, rest, _ := strings.Cut(line, " ")
	word, rest, _ := strings.Cut(rest, " ")
	var severity finding.Severity
	if severity.UnmarshalText([]byte(word)) == nil {
		word = p.Severity(severity)
	}
	return number + " " + word + " " + rest
}

// cutLines shortens a wrapped text to n lines.
func cutLines(lines []string, n, width int) []string {
	text := strings.Join(lines[:n], " ")
	if end := strings.LastIndex(text+" ", ". "); end >= len(text)/2 {
		return page.Wrap(text[:end+1], width)
	}
	out := slices.Clone(lines[:n])
	last := out[n-1]
	for textsafe.Width(last)+2 > width && strings.Contains(last, " ") {
		last = last[:strings.LastIndexByte(last, ' ')]
	}
	out[n-1] = strings.TrimRight(page.Cut(last, width-2), ",;: ") + " …"
	return out
}
