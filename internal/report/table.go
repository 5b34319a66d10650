package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"appraise/finding"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// Bounds of the first screen and of the tables.
const (
	maxShown    = 5     // items under "needs attention"
	maxAlso     = 4     // further findings named with an item
	maxRows     = 2_000 // rows of a table; JSON has them all
	maxProblems = 10
)

// entry is one item with its assessment.
type entry struct {
	item *inventory.Item
	*finding.Assessment
	name   string // what a person knows the item by; not safe to show
	unique string // the same with the id where two items share the name
}

// writeTable renders the report for a person: what needs attention, the inventory, who can do what,
// what was not read and what was not checked.
func writeTable(w io.Writer, r *finding.Report, opt Options) error {
	p := newPage(w, opt)
	switch opt.View {
	case ViewVerify:
		return writeVerify(p, r)
	case ViewChanges:
		return writeChanges(p, r)
	}
	entries := pair(r)
	attention := needsAttention(entries)
	if opt.Quiet {
		p.quiet(attention, r)
		return p.w.Flush()
	}
	phones := phonesOf(r, entries)
	most := maxShown
	for _, s := range phones {
		p.firstScreen(s)
		p.blank()
		most = maxPhoneShown
	}
	p.line("%s", p.paint(bold, headline(r)))
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
	p.unread(r)
	p.notChecked(r)
	p.verdict(r)
	p.phoneEnd(phones)
	return p.w.Flush()
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

// needsAttention returns the items to act on or to check, the worst first.
func needsAttention(entries []entry) []entry {
	var list []entry
	for _, e := range entries {
		if e.Attention != finding.None {
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.Attention, a.Attention), cmp.Compare(b.worst(), a.worst()), cmp.Compare(a.item.Key, b.item.Key))
	})
	return list
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

func headline(r *finding.Report) string {
	s := r.Summary
	parts := []string{plural(s.Items, "item")}
	for _, part := range []struct {
		n    int
		text string
	}{{s.Act, "to act on"}, {s.Check, "to check"}, {s.Incomplete, "not fully read"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	if len(parts) == 1 && s.Items > 0 && r.Complete {
		parts = append(parts, "nothing to report among what was checked")
	}
	return strings.Join(parts, " · ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (p *page) attention(list []entry, most int) {
	if len(list) == 0 {
		return
	}
	p.heading("NEEDS ATTENTION")
	for i, e := range list[:min(len(list), most)] {
		if i > 0 {
			p.blank()
		}
		p.item(i+1, e)
	}
	if more := len(list) - most; more > 0 {
		p.blank()
		p.line("and %s more; --format json has them all", plural(more, "item"))
	}
}

// item writes the worst finding of an item with its reason and its action, then names the others.
func (p *page) item(number int, e entry) {
	indent := strings.Repeat(" ", 3)
	open := e.open()
	title := fmt.Sprintf("%d. %s", number, short(e.name, p.width-16))
	if len(open) == 0 || e.Attention == finding.Incomplete {
		p.line("%s  %s", p.paint(bold, title), p.paint(yellow, e.Attention.String()))
		p.labelled(indent, "", e.where())
		for _, problem := range e.item.Problems {
			if problem.Matters {
				p.labelled(indent, "Not read  ", problemText(problem))
			}
		}
		return
	}
	p.line("%s  %s", p.paint(bold, title), p.severity(open[0].Severity))
	p.labelled(indent, "", e.where())
	p.labelled(indent, "Found ", e.about(open[0].Title))
	p.labelled(indent, "Seen  ", seen(open[0].Evidence))
	p.labelled(indent, "Why   ", open[0].Why)
	p.labelled(indent, "Do    ", open[0].Do)
	p.labelled(indent, "Also  ", e.also(open[1:]))
}

// about shortens a title by the item's name, which stands above it.
func (e entry) about(title string) string {
	return strings.TrimPrefix(title, `"`+textsafe.Line(cmp.Or(e.item.Name, e.item.ID))+`" `)
}

// seen shows the first place of a file that a finding rests on.
func seen(evidence []inventory.Evidence) string {
	for _, e := range evidence {
		switch {
		case e.File == "":
		case e.Line > 0:
			return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Detail)
		default:
			return fmt.Sprintf("%s: %s", e.File, e.Detail)
		}
	}
	return ""
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

func problemText(p inventory.Problem) string {
	text := p.Message
	if p.File != "" {
		text = fmt.Sprintf("%s: %s", p.File, text)
	}
	if p.Offset > 0 {
		text = fmt.Sprintf("%s (at byte %d)", text, p.Offset)
	}
	return text
}

// inventory lists every item with its two words, those that need attention first.
func (p *page) inventory(entries []entry) error {
	if len(entries) == 0 {
		return nil
	}
	p.heading("INVENTORY")
	rows := [][]string{{"attention", "item", "id", "kind", "build", "route"}}
	wide := max((p.width-52)/2, 12)
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b entry) int { return cmp.Compare(b.Attention, a.Attention) })
	for _, e := range sorted[:min(len(sorted), maxRows)] {
		rows = append(rows, []string{
			e.Attention.String(), short(e.name, wide), short(e.item.ID, wide), kindShort(e.item), buildWord(e.Build), routeWord(e.Route),
		})
	}
	return p.table(rows, len(entries))
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
func (p *page) whoCan(r *finding.Report, entries []entry) error {
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
		name := "- " + entries[i].shown(max(p.width-64, 14))
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
	p.heading("WHO CAN")
	total := len(rows) - 1
	if err := p.table(rows[:min(len(rows), maxRows+1)], total); err != nil {
		return err
	}
	if others > 0 {
		p.line("%s can do none of these", plural(others, "other item"))
	}
	return nil
}

// shown is the name in at most width cells. Of an id that stands for a name the end is kept.
func (e entry) shown(width int) string {
	if e.item.Name == "" && e.item.Kind == inventory.KindApp {
		return shortEnd(e.unique, width)
	}
	return short(e.unique, width)
}

// table renders rows, the first of which is the header. Cells are safe already.
func (p *page) table(rows [][]string, total int) error {
	var text bytes.Buffer
	t := tablewriter.NewTable(&text,
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithHeaderAlignment(tw.AlignLeft), tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone), tablewriter.WithRowAutoWrap(tw.WrapNone), tablewriter.WithPadding(tw.Padding{Right: "  ", Overwrite: true}),
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{Borders: tw.BorderNone, Settings: tw.Settings{Separators: tw.SeparatorsNone, Lines: tw.LinesNone}})),
	)
	t.Header(rows[0])
	if err := t.Bulk(rows[1:]); err != nil {
		return fmt.Errorf("filling a table: %w", err)
	}
	if err := t.Render(); err != nil {
		return fmt.Errorf("rendering a table: %w", err)
	}
	for line := range strings.Lines(text.String()) {
		p.line("%s", strings.TrimRight(line, " \n"))
	}
	if more := total - (len(rows) - 1); more > 0 {
		p.line("and %s more; --format json has them all", plural(more, "item"))
	}
	return nil
}

// unread lists what became no item or was read in part, the parts that matter first.
func (p *page) unread(r *finding.Report) {
	var list []inventory.Problem
	for _, s := range r.Sources {
		list = append(list, s.Problems...)
	}
	for i := range r.Items {
		for _, problem := range r.Items[i].Problems {
			if !problem.Matters {
				continue // told under "not checked"
			}
			if where := r.Items[i].Location; strings.HasSuffix(where, problem.File) {
				problem.File = where
			} else {
				problem.File = where + ", " + problem.File
			}
			list = append(list, problem)
		}
	}
	if len(list) == 0 {
		return
	}
	slices.SortStableFunc(list, func(a, b inventory.Problem) int { return -compareBool(a.Matters, b.Matters) })
	p.heading("NOT READ")
	for _, problem := range list[:min(len(list), maxProblems)] {
		mark := "- "
		if problem.Matters {
			mark = "! "
		}
		p.labelled("", mark, problemText(problem))
	}
	if more := len(list) - maxProblems; more > 0 {
		p.line("and %d more; --format json has them all", more)
	}
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

func (p *page) notChecked(r *finding.Report) {
	if len(r.Summary.NotChecked) == 0 {
		return
	}
	p.heading("NOT CHECKED")
	for _, text := range r.Summary.NotChecked {
		p.labelled("", "- ", text)
	}
}

// verdict says what the exit code means.
func (p *page) verdict(r *finding.Report) {
	p.blank()
	switch {
	case r.Gate.Failed:
		p.line("%s", p.paint(dim, fmt.Sprintf("exit %d: a finding is %s or worse (--fail-on)", r.Gate.Exit, r.Gate.FailOn)))
	case r.Gate.Exit != 0:
		p.line("%s", p.paint(dim, fmt.Sprintf("exit %d: something was not read that could change this answer", r.Gate.Exit)))
	default:
		p.line("%s", p.paint(dim, fmt.Sprintf("exit %d: no finding is %s or worse", r.Gate.Exit, r.Gate.FailOn)))
	}
	if r.Personal {
		p.line("personal data is shown in this report (--show-personal)")
	}
}

// quiet writes one line for each item that needs attention, and for each input that wasn't read whole.
func (p *page) quiet(list []entry, r *finding.Report) {
	for _, e := range list {
		if open := e.open(); len(open) > 0 {
			p.labelled("", open[0].Severity.String()+": ", fmt.Sprintf("%s: %s", e.item.Location, open[0].Title))
			continue
		}
		p.labelled("", e.Attention.String()+": ", e.item.Location)
	}
	for _, s := range r.Sources {
		for _, problem := range s.Problems {
			if problem.Matters {
				p.labelled("", "incomplete: ", problemText(problem))
			}
		}
	}
}
