package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"appraise/finding"
	"appraise/internal/report/changes"
	"appraise/internal/report/page"
	"appraise/internal/report/verdict"
	"appraise/inventory"
)

// maxRows bounds the rows of a table; JSON has them all.
const maxRows = 2_000

// table is the page of the table format, with the sections of the view of everything.
type table struct{ *page.Page }

// writeTable renders the report for a person: what needs attention, the inventory, who can do what,
// what was not read and what was not checked.
func writeTable(w io.Writer, r *finding.Report, opt Options) error {
	p := table{page.New(w, opt.Width, opt.Color)}
	switch opt.View {
	case ViewVerify:
		return verdict.Write(p.Page, r)
	case ViewChanges:
		return changes.Write(p.Page, r, opt.Can)
	}
	entries := pair(r)
	attention := needsAttention(entries)
	if opt.Quiet {
		p.quiet(attention, r)
		return p.Flush()
	}
	phones := phonesOf(r, entries)
	most := maxShown
	for _, s := range phones {
		p.firstScreen(s)
		p.Blank()
		most = maxPhoneShown
	}
	p.Line("%s", p.Paint(page.Bold, headline(r)))
	p.attention(attention, most)
	onPhones, others := ofPhones(phones, entries)
	if err := p.phoneInventory(onPhones); err != nil {
		return err
	}
	if err := p.inventory(others); err != nil {
		return err
	}
	if err := p.signedBy(entries); err != nil {
		return err
	}
	p.contents(onPhones)
	for _, s := range phones {
		p.access(s)
	}
	if err := p.whoCan(r, entries); err != nil {
		return err
	}
	p.phoneLegend(phones)
	p.Unread(r)
	p.notChecked(r)
	p.verdict(r)
	p.phoneEnd(phones)
	return p.Flush()
}

// inventory lists every item with its two words, those that need attention first.
func (p table) inventory(entries []entry) error {
	if len(entries) == 0 {
		return nil
	}
	p.Heading("INVENTORY")
	rows := [][]string{{"attention", "item", "id", "kind", "build", "route"}}
	wide := max((p.Width()-52)/2, 12)
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b entry) int { return cmp.Compare(b.Attention, a.Attention) })
	for _, e := range sorted[:min(len(sorted), maxRows)] {
		rows = append(rows, []string{
			e.Attention.String(), page.Short(e.name, wide), page.Short(e.item.ID, wide), kindShort(e.item), buildWord(e.Build), routeWord(e.Route),
		})
	}
	return p.Table(rows, len(entries))
}

func kindShort(item *inventory.Item) string {
	switch {
	case item.Kind != inventory.KindApp:
		return string(item.Kind)
	case item.Platform == inventory.IOS:
		return "iOS app"
	}
	return "Android app"
}

func buildWord(b finding.Build) string {
	if b.Tampered {
		return "tampered"
	}
	return b.Match.String()
}

func routeWord(r finding.Route) string {
	if r.Verdict == finding.RouteUnknown {
		return r.Verdict.String()
	}
	return fmt.Sprintf("%s (%s)", r.Verdict, r.Strength)
}

// columnWords are the short headings of the matrix.
var columnWords = map[inventory.CapabilityID]string{
	inventory.CapKeystrokes: "typing", inventory.CapReadCodes: "codes", inventory.CapScreenRead: "screen",
	inventory.CapContacts: "contacts", inventory.CapPhotos: "photos", inventory.CapLocation: "location",
}

var cellWords = map[finding.Cell]string{finding.CellNo: "-", finding.CellMayAsk: "may ask", finding.CellAllowed: "allowed", finding.CellNow: "now"}

// whoCan shows the matrix; items that can do none of it are counted, not listed.
func (p table) whoCan(r *finding.Report, entries []entry) error {
	header := []string{"who can see or read"}
	for _, column := range r.Matrix.Columns {
		header = append(header, cmp.Or(columnWords[column], string(column)))
	}
	rows, others := [][]string{header}, 0
	for i, row := range r.Matrix.Rows {
		if slices.Max(append(row.Cells, finding.CellNo)) == finding.CellNo {
			others++
			continue
		}
		name := "- " + entries[i].shown(max(p.Width()-64, 14))
		if row.System {
			name += " *"
		}
		cells := []string{name}
		for _, cell := range row.Cells {
			cells = append(cells, cellWords[cell])
		}
		rows = append(rows, cells)
	}
	if len(rows) == 1 {
		return nil
	}
	p.Heading("WHO CAN")
	total := len(rows) - 1
	if err := p.Table(rows[:min(len(rows), maxRows+1)], total); err != nil {
		return err
	}
	if others > 0 {
		p.Line("%s can do none of these", page.Plural(others, "other item"))
	}
	return nil
}

func (p table) notChecked(r *finding.Report) {
	if len(r.Summary.NotChecked) == 0 {
		return
	}
	p.Heading("NOT CHECKED")
	for _, text := range r.Summary.NotChecked {
		p.Labelled("", "- ", text)
	}
}

// verdict says what the exit code means.
func (p table) verdict(r *finding.Report) {
	p.Blank()
	switch {
	case r.Gate.Failed:
		p.Line("%s", p.Paint(page.Dim, fmt.Sprintf("exit %d: a finding is %s or worse (--fail-on)", r.Gate.Exit, r.Gate.FailOn)))
	case r.Gate.Exit != 0:
		p.Line("%s", p.Paint(page.Dim, fmt.Sprintf("exit %d: something was not read that could change this answer", r.Gate.Exit)))
	default:
		p.Line("%s", p.Paint(page.Dim, fmt.Sprintf("exit %d: no finding is %s or worse", r.Gate.Exit, r.Gate.FailOn)))
	}
	if r.Personal {
		p.Line("personal data is shown in this report (--show-personal)")
	}
}
