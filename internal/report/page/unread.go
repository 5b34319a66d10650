package page

import (
	"fmt"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/inventory"
)

// maxProblems bounds the list of what was not read; JSON has all.
const maxProblems = 10

// Unread lists what became no item or was read in part, the parts that matter first, ten at most.
func (p *Page) Unread(r *finding.Report) {
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
	slices.SortStableFunc(list, func(a, b inventory.Problem) int { return mattersFirst(a.Matters, b.Matters) })
	p.Heading("NOT READ")
	for _, problem := range list[:min(len(list), maxProblems)] {
		mark := "- "
		if problem.Matters {
			mark = "! "
		}
		p.Labelled("", mark, ProblemText(problem))
	}
	if more := len(list) - maxProblems; more > 0 {
		p.Line("and %d more; --format json has them all", more)
	}
}

func mattersFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// ProblemText words a problem: file, message, offset in bytes. It is not safe yet.
func ProblemText(p inventory.Problem) string {
	text := p.Message
	if p.File != "" {
		text = fmt.Sprintf("%s: %s", p.File, text)
	}
	if p.Offset > 0 {
		text = fmt.Sprintf("%s (at byte %d)", text, p.Offset)
	}
	return text
}
