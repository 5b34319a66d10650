package report

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/internal/report/page"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// maxAlso bounds the further findings named with an item.
const maxAlso = 4

// entry is one item with its assessment.
type entry struct {
	item *inventory.Item
	*finding.Assessment
	name   string // what a person knows the item by; not safe to show
	unique string // the same with the id where two items share the name
}

// pair joins items and assessments. Items that share a name are told apart by their ids.
func pair(r *finding.Report) []entry {
	named := map[string]int{}
	entries := make([]entry, len(r.Items))
	for i := range r.Items {
		item := &r.Items[i]
		entries[i] = entry{item: item, Assessment: &r.Assessments[i], name: cmp.Or(item.Name, item.ID, path.Base(item.Location))}
		if a := item.Detail.Android; a != nil && a.On != nil && a.On.User != 0 {
			entries[i].name += fmt.Sprintf(" (user %d)", a.On.User)
		}
		named[entries[i].name]++
	}
	for i := range entries {
		e := &entries[i]
		if e.unique = e.name; named[e.name] > 1 && e.item.ID != "" && e.item.ID != e.name {
			e.unique += " (" + e.item.ID + ")"
		}
	}
	return entries
}

func (e entry) worst() finding.Severity {
	worst := finding.Info
	for _, f := range e.open() {
		worst = max(worst, f.Severity)
	}
	return worst
}

// open returns the open findings: those that say that the item is not what it seems, then the worst first.
func (e entry) open() []finding.Finding {
	var list []finding.Finding
	for _, f := range e.Findings {
		if f.Status == finding.Open {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b finding.Finding) int {
		return cmp.Or(cmp.Compare(identity(b), identity(a)), cmp.Compare(b.Severity, a.Severity))
	})
	return list
}

// identity is 1 for a finding about who made the item that matters: what it may do is little news beside it.
func identity(f finding.Finding) int {
	if f.Severity >= finding.High && slices.Contains([]string{"janus", "lookalike-id", "lookalike-name-strong", "signature-invalid", "signer-mismatch"}, f.Rule) {
		return 1
	}
	return 0
}

// about shortens a title by the item's name, which stands above it.
func (e entry) about(title string) string {
	return strings.TrimPrefix(title, `"`+textsafe.Line(cmp.Or(e.item.Name, e.item.ID))+`" `)
}

// where names the item exactly: kind, id and place.
func (e entry) where() string {
	text := kindWord(e.item)
	if e.item.ID != "" && e.item.ID != e.item.Name && e.item.ID != text {
		text += " " + e.item.ID
	}
	if e.item.Location != "" {
		text += ", " + e.item.Location
	}
	return text
}

func kindWord(item *inventory.Item) string {
	switch item.Kind {
	case inventory.KindFolder, inventory.KindCRX, inventory.KindXPI:
		return "browser extension"
	case inventory.KindPlugin:
		return "iOS app extension"
	case inventory.KindPlist:
		return "Info.plist"
	case inventory.KindSplit:
		return "Android split"
	case inventory.KindBundle:
		return "Android App Bundle"
	case inventory.KindDevice:
		return "phone"
	}
	if item.Platform == inventory.IOS {
		return "iOS app"
	}
	return "Android app"
}

// also names the further findings that matter, the worst first.
func (e entry) also(rest []finding.Finding) string {
	var titles []string
	left := 0
	for _, f := range rest {
		switch {
		case f.Severity < finding.Medium:
		case len(titles) == maxAlso:
			left++
		default:
			titles = append(titles, fmt.Sprintf("%s (%s)", e.about(f.Title), f.Severity))
		}
	}
	if left > 0 {
		titles = append(titles, fmt.Sprintf("%d more", left))
	}
	return strings.Join(titles, "; ")
}

// shown is the name in at most width cells. Of an id that stands for a name the end is kept.
func (e entry) shown(width int) string {
	if e.item.Name == "" && e.item.Kind == inventory.KindApp {
		return page.ShortEnd(e.unique, width)
	}
	return page.Short(e.unique, width)
}
