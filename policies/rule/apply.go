package rule

import (
	"errors"
	"fmt"

	"cel.dev/cel-go/common/types"

	"appraise/finding"
	"appraise/inventory"
)

// Apply asks the rule about one item and returns where it holds: once for each capability or trait
// that it is about, else at most once. An error means that the rule couldn't be asked, never that it doesn't hold.
func (r *Rule) Apply(f *Facts) ([]Hit, error) {
	if r.Scope == Shopping && !f.InScope && r.Elsewhere == nil {
		return nil, nil
	}
	var hits []Hit
	for _, subject := range r.subjects(f) {
		holds, err := r.ask(f, subject)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.ID, err)
		}
		if sev, ok := r.severity(f, subject.Exposure); ok && holds {
			subject.Severity = sev
			hits = keep(hits, subject.Hit)
		}
	}
	return hits, nil
}

// keep adds a hit; of two on one capability, which differ in reach, the worse stays.
func keep(hits []Hit, hit Hit) []Hit {
	for i := range hits {
		if hit.Capability != "" && hits[i].Capability == hit.Capability {
			if hit.Severity > hits[i].Severity {
				hits[i] = hit
			}
			return hits
		}
	}
	return append(hits, hit)
}

// subject is one thing that a rule is asked about, and the hit it will be.
type subject struct {
	Hit
	this   any // nil: the item as a whole
	chosen []inventory.Capability
}

func (r *Rule) subjects(f *Facts) []subject {
	var out []subject
	for _, id := range r.Capabilities {
		for _, entries := range f.byReach(f.entries(id, r.Narrowed)) {
			s := subject{Hit: Hit{Capability: id}, this: capabilities.value(string(id)), chosen: entries}
			s.Exposure, s.Confidence, s.Grade = best(entries)
			for _, c := range entries {
				s.Evidence = append(s.Evidence, c.Evidence...)
			}
			out = append(out, s)
		}
	}
	for _, id := range r.Traits {
		for _, t := range f.Item.Traits {
			if t.ID == id {
				out = append(out, subject{Hit: Hit{Trait: id, Confidence: r.Confidence, Evidence: t.Evidence}, this: traits.value(string(id))})
			}
		}
	}
	if len(r.Capabilities) == 0 && len(r.Traits) == 0 {
		out = append(out, subject{Hit: Hit{Confidence: r.Confidence}})
	}
	return out
}

var errNoAnswer = errors.New("the condition gave no answer")

func (r *Rule) ask(f *Facts, s subject) (bool, error) {
	if r.program == nil {
		return false, errNoAnswer
	}
	act, err := f.bind()
	if err != nil {
		return false, err
	}
	f.vars["this"], f.this, f.chosen = s.this, s.Capability, s.chosen
	out, _, err := r.program.Eval(act)
	if err != nil {
		return false, err
	}
	answer, ok := out.(types.Bool)
	if !ok {
		return false, errNoAnswer
	}
	return bool(answer), nil
}

// severity is the rule's own, raised one step for a row of the shopping table that came from outside a
// store, and information for a trusted part of the system.
func (r *Rule) severity(f *Facts, e inventory.Exposure) (finding.Severity, bool) {
	if r.Scope == Shopping && !f.InScope {
		return *r.Elsewhere, true
	}
	sev, ok := r.Severity.At(e)
	if r.Scope != Shopping || len(r.Capabilities) == 0 {
		return sev, ok
	}
	switch {
	case f.byDesign():
		sev = finding.Info
	case f.OffStore():
		sev = min(sev+1, finding.Critical)
	}
	return sev, ok
}
