package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/internal/report/page"
	"appraise/inventory"
)

// maxShown bounds the items under "needs attention".
const maxShown = 5

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

func headline(r *finding.Report) string {
	s := r.Summary
	parts := []string{page.Plural(s.Items, "item")}
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

func (p table) attention(list []entry, most int) {
	if len(list) == 0 {
		return
	}
	p.Heading("NEEDS ATTENTION")
	for i, e := range list[:min(len(list), most)] {
		if i > 0 {
			p.Blank()
		}
		p.item(i+1, e)
	}
	if more := len(list) - most; more > 0 {
		p.Blank()
		p.Line("and %s more; --format json has them all", page.Plural(more, "item"))
	}
}

// item writes the worst finding of an item with its reason and its action, then names the others.
func (p table) item(number int, e entry) {
	indent := strings.Repeat(" ", 3)
	open := e.open()
	title := fmt.Sprintf("%d. %s", number, page.Short(e.name, p.Width()-16))
	if len(open) == 0 || e.Attention == finding.Incomplete {
		p.Line("%s  %s", p.Paint(page.Bold, title), p.Paint(page.Yellow, e.Attention.String()))
		p.Labelled(indent, "", e.where())
		for _, problem := range e.item.Problems {
			if problem.Matters {
				p.Labelled(indent, "Not read  ", page.ProblemText(problem))
			}
		}
		return
	}
	p.Line("%s  %s", p.Paint(page.Bold, title), p.Severity(e.worst()))
	p.Labelled(indent, "", e.where())
	p.Labelled(indent, "Found ", e.about(open[0].Title))
	p.Labelled(indent, "Seen  ", seen(open[0].Evidence))
	p.Labelled(indent, "Why   ", open[0].Why)
	p.Labelled(indent, "Do    ", open[0].Do)
	p.Labelled(indent, "Also  ", e.also(open[1:]))
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

// quiet writes one line for each item that needs attention, and for each input that wasn't read whole.
func (p table) quiet(list []entry, r *finding.Report) {
	for _, e := range list {
		if open := e.open(); len(open) > 0 {
			p.Labelled("", open[0].Severity.String()+": ", fmt.Sprintf("%s: %s", e.item.Location, open[0].Title))
			continue
		}
		p.Labelled("", e.Attention.String()+": ", e.item.Location)
	}
	for _, s := range r.Sources {
		for _, problem := range s.Problems {
			if problem.Matters {
				p.Labelled("", "incomplete: ", page.ProblemText(problem))
			}
		}
	}
}
