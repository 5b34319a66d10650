package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"appraise/finding"
	"appraise/internal/report/page"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// rowWords are the rows of a phone's matrix, each what an app can do.
var rowWords = map[inventory.CapabilityID]string{
	inventory.CapKeystrokes: "see typing", inventory.CapReadCodes: "read codes", inventory.CapScreenRead: "see screen",
	inventory.CapContacts: "contacts", inventory.CapPhotos: "photos", inventory.CapLocation: "location",
}

// whoCells are the columns of a phone's matrix, with their shares of the room.
var whoCells = []struct {
	cell  finding.Cell
	share int
}{{finding.CellNow, 3}, {finding.CellAllowed, 3}, {finding.CellMayAsk, 2}}

// gap stands between two columns.
const gap = 2

// named is one app in a list of names.
type named struct {
	name string // not safe
	isID bool   // its name is not known, and this is its id
	mark string // "*" for what came with the phone, or a word on the build
}

// nameOf names an entry. A build that resembles another one, or isn't the official one, never stands there under its
// bare name.
func nameOf(e entry) named {
	n := named{name: e.unique, isID: e.item.Name == ""}
	switch {
	case e.Build.Tampered || e.Build.Match == finding.Lookalike || e.Build.Match == finding.Mismatch:
		n.mark = " (" + buildWord(e.Build) + ")"
	case e.item.System:
		n.mark = "*"
	}
	return n
}

// text is the safe name, cut to width, with its mark. Of an id the end is kept: it tells more than its start.
func (n named) text(width int) string {
	width = max(width-len(n.mark), 2)
	if n.isID {
		return page.ShortEnd(n.name, width) + n.mark
	}
	return page.Short(n.quoted(), width) + n.mark
}

// quoted puts a name into quotes that could be taken for several, or for one with a mark.
func (n named) quoted() string {
	if strings.ContainsFunc(n.name, unlikeName) {
		return `"` + strings.ReplaceAll(n.name, `"`, "'") + `"`
	}
	return n.name
}

// unlikeName reports whether a rune may read like one of ours around a name. Beyond ASCII there are too many stars, commas
// and brackets to list: all but letters, digits and spaces count, and of the marks those that are stars (U+0359, U+20F0).
func unlikeName(r rune) bool {
	if r <= unicode.MaxASCII {
		return strings.ContainsRune("*,;+(\"", r)
	}
	return r == '\u0359' || r == '\u20f0' || !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.Z)
}

// whoLines tell for each capability which apps have it: used or switched on now, allowed, may ask. Apps that came with
// the phone stand behind the others.
func (p table) whoLines(s *phoneScreen) []string {
	label := 0
	cells := make([][][]named, len(s.columns))
	for i, id := range s.columns {
		label = max(label, textsafe.Width(rowWord(id)))
		for _, column := range whoCells {
			cells[i] = append(cells[i], s.having(i, column.cell))
		}
	}
	widths := shares(cells, p.Width()-label-gap*len(whoCells))
	head := fmt.Sprintf("%-*s", label, "WHO CAN")
	for j, column := range whoCells {
		head += strings.Repeat(" ", gap) + pad(cellWords[column.cell], widths[j])
	}
	lines := []string{p.Paint(page.Bold, strings.TrimRight(head, " "))}
	for i, id := range s.columns {
		line := pad(rowWord(id), label)
		for j := range whoCells {
			line += strings.Repeat(" ", gap) + pad(fit(cells[i][j], widths[j]), widths[j])
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

func rowWord(id inventory.CapabilityID) string { return cmp.Or(rowWords[id], string(id)) }

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-textsafe.Width(text), 0))
}

// having lists the apps with a cell in a column: what needs attention first, then by name, the system's own last.
func (s *phoneScreen) having(column int, cell finding.Cell) []named {
	var list []entry
	for i, e := range s.entries {
		if column < len(s.rows[i].Cells) && s.rows[i].Cells[column] == cell {
			list = append(list, e)
		}
	}
	return names(list)
}

func names(list []entry) []named {
	slices.SortStableFunc(list, func(a, b entry) int {
		return cmp.Or(compareBool(a.item.System, b.item.System), cmp.Compare(b.Attention, a.Attention), strings.Compare(strings.ToLower(a.unique), strings.ToLower(b.unique)))
	})
	var out []named
	for _, e := range list {
		out = append(out, nameOf(e))
	}
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// shares divides the room between the columns: none gets more than it needs, and what is left over goes to those that
// need more.
func shares(cells [][][]named, room int) []int {
	widths := make([]int, len(whoCells))
	need := make([]int, len(whoCells))
	whole := 0
	for j, column := range whoCells {
		whole += column.share
		need[j] = textsafe.Width(cellWords[column.cell])
		for i := range cells {
			need[j] = max(need[j], textsafe.Width(fit(cells[i][j], maxNeed)))
		}
	}
	for whole > 0 {
		j := -1
		for k, column := range whoCells {
			if widths[k] == 0 && need[k] <= room*column.share/whole {
				j = k
			}
		}
		if j < 0 {
			break
		}
		widths[j] = need[j]
		room -= need[j]
		whole -= whoCells[j].share
	}
	for j, column := range whoCells {
		if widths[j] == 0 {
			widths[j] = max(room*column.share/whole, 4)
			room -= widths[j]
			whole -= column.share
		}
	}
	return widths
}

// fit names as many as have room, one at least, and counts the others.
func fit(list []named, width int) string {
	if len(list) == 0 {
		return "-"
	}
	fits, used := 0, 0
	for i, n := range list {
		if used += textsafe.Width(n.text(maxNeed)); used > width {
			break
		}
		if used+textsafe.Width(others(len(list)-i-1)) <= width {
			fits = i + 1
		}
		used += len(", ")
	}
	if fits > 0 {
		return joinNames(list[:fits], maxNeed) + others(len(list)-fits)
	}
	rest := others(len(list) - 1)
	return list[0].text(max(width-len(rest), 2)) + rest
}

// maxNeed bounds what a column can ask for.
const maxNeed = 500

// others counts the names that have no room.
func others(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" +%d", n)
}

func joinNames(list []named, width int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = n.text(width)
	}
	return strings.Join(words, ", ")
}

// reachKinds are the kinds of special access that are always listed, whoever made the app.
var reachKinds = []struct {
	word, title string
	kinds       []inventory.AccessKind
}{
	{"keyboard", "Keyboards", []inventory.AccessKind{inventory.AccessKeyboard}},
	{"accessibility", "Accessibility services", []inventory.AccessKind{inventory.AccessAccessibility}},
	{"notifications", "Notification listeners", []inventory.AccessKind{inventory.AccessListener}},
	{"admin", "Device admins and owners", []inventory.AccessKind{inventory.AccessDeviceAdmin, inventory.AccessDeviceOwner, inventory.AccessProfileOwner}},
}

// switchedOn names the active keyboards, accessibility services, notification listeners and device admins in at most
// the given number of lines.
func (p table) switchedOn(s *phoneScreen, most int) []string {
	const label = "SWITCHED ON  "
	var lines []string
	active := make([][]named, len(reachKinds))
	for i, row := range reachKinds {
		active[i] = s.active(row.kinds)
	}
	for each := 12; each > 0; each-- {
		var parts []string
		for i, row := range reachKinds {
			if list := active[i]; len(list) > 0 {
				n := min(len(list), each)
				parts = append(parts, row.word+": "+joinNames(list[:n], 30)+others(len(list)-n))
			}
		}
		if len(parts) == 0 {
			parts = append(parts, "no keyboard, accessibility service, listener or admin is known")
		}
		lines = page.Wrap(strings.Join(parts, "; "), p.Width()-len(label))
		if len(lines) <= most {
			break
		}
	}
	if len(lines) > most {
		lines = cutLines(lines, most, p.Width()-len(label))
	}
	for i, line := range lines {
		if i == 0 {
			lines[i] = p.Paint(page.Bold, "SWITCHED ON") + "  " + line
		} else {
			lines[i] = p.under(len(label), line)
		}
	}
	return lines
}

// active lists the apps of which a special access of the kinds is on.
func (s *phoneScreen) active(kinds []inventory.AccessKind) []named {
	var list []entry
	for _, e := range s.entries {
		if slices.ContainsFunc(special(e.item), func(a inventory.SpecialAccess) bool {
			return a.Exposure == inventory.Active && slices.Contains(kinds, a.Kind)
		}) {
			list = append(list, e)
		}
	}
	return names(list)
}

// special is the special access of an app.
func special(item *inventory.Item) []inventory.SpecialAccess {
	if item.Detail.Android == nil || item.Detail.Android.On == nil {
		return nil
	}
	return item.Detail.Android.On.Access
}
