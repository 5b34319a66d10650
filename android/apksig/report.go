package apksig

import (
	"fmt"
	"slices"
	"strings"

	"appraise/android/apksig/scheme"
	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

// result puts the verdicts into the words of the inventory.
func (v *verifier) result(whole *run, platforms []platform) Result {
	state, best, err := v.overall(whole, platforms)
	if err != nil {
		return unread(err)
	}
	out := Result{Signature: inventory.Signature{State: state, Schemes: v.schemes(whole, best), Problems: problems(whole, platforms)}}
	for _, p := range platforms {
		out.Signature.Platforms = append(out.Signature.Platforms, p.inventory())
	}
	if best.verified() {
		out.Signature.Signers = signers(best)
	}
	if v.opt.V4 != nil {
		v4, problems := v.v4(best)
		out.Signature.Schemes = append(out.Signature.Schemes, v4)
		out.Signature.Problems = append(out.Signature.Problems, problems...)
	}
	if out.Signature.Stamps, err = v.stamps(best); err != nil {
		return unread(err)
	}
	if out.Traits, err = v.traits(whole, best, out.Signature); err != nil {
		return unread(err)
	}
	return out
}

func (p platform) inventory() inventory.PlatformSignature {
	out := inventory.PlatformSignature{MinSDK: p.Min, MaxSDK: p.Max, State: p.state, Signers: p.signers}
	if p.Max == NoUpperEnd {
		out.MaxSDK = 0
	}
	if p.scheme != 0 {
		out.Scheme = p.scheme.String()
	}
	return out
}

// schemes tells the state of every scheme that the range consults, as far as verification went.
func (v *verifier) schemes(whole, best *run) []inventory.Scheme {
	var out []inventory.Scheme
	good := inventory.Verified
	if v.opt.SkipContent {
		good = inventory.Partial
	}
	add := func(name string, ok bool) {
		s := inventory.Scheme{Name: name, State: inventory.Invalid}
		if ok {
			s.State = good
		}
		out = append(out, s)
	}
	r := whole
	if best.verified() {
		r = best
	}
	if r.v1 != nil && (len(r.v1.Signers) > 0 || len(r.v1.Leftover) > 0) {
		add(scheme.V1.String(), r.v1.Verified)
	}
	for _, b := range []*scheme.Block{r.v2, r.v3, r.v31} {
		if b != nil {
			add(b.Scheme.String(), len(b.Errors) == 0)
		}
	}
	return out
}

// problems lists what is wrong in the range as a whole, and what else is wrong for a class of its versions.
func problems(r *run, platforms []platform) []inventory.SignatureProblem {
	var out []inventory.SignatureProblem
	add := func(list []scheme.Issue, warning bool) {
		for _, i := range list {
			message := i.Message
			if i.Where != "" {
				message = i.Where + ": " + message
			}
			out = append(out, inventory.SignatureProblem{ID: i.ID, Message: message, Warning: warning})
		}
	}
	add(r.failures(), false)
	for _, p := range platforms {
		if p.run != r && p.state == inventory.Invalid {
			add(slices.DeleteFunc(p.run.failures(), func(i scheme.Issue) bool {
				return slices.ContainsFunc(out, func(old inventory.SignatureProblem) bool { return old.ID == i.ID })
			}), false)
		}
	}
	for _, b := range r.blocks() {
		add(b.Warnings, true)
	}
	if r.v1 != nil {
		add(jarIssues(r.v1.Warnings, "v1"), true)
		for _, s := range r.v1.Signers {
			add(jarIssues(s.Warnings, "v1 "+s.Name), true)
		}
	}
	return out
}

// signers describes the signers that the newest version of the range records.
func signers(r *run) []inventory.Signer {
	_, list := r.effective()
	lineage := r.lineage()
	var out []inventory.Signer
	for _, c := range list {
		s := inventory.Signer{SHA256: c.SHA256(), SHA1: c.SHA1(), Subject: c.SubjectText(), Key: c.KeyText(), JavaHash: c.JavaHash()}
		if lineage.Index(c) >= 0 {
			s.Lineage = lineageDigests(lineage[:lineage.Index(c)+1])
		}
		out = append(out, s)
	}
	return out
}

func lineageDigests(l sigblock.Lineage) []string {
	var out []string
	for _, n := range l {
		out = append(out, n.Certificate.SHA256())
	}
	return out
}

func digests(list []*x509lax.Certificate) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.SHA256())
	}
	return out
}

// named is a certificate in a sentence.
func named(c *x509lax.Certificate) string {
	subject := c.SubjectText()
	if len(subject) > limits.CellRunes {
		subject = strings.ToValidUTF8(subject[:limits.CellRunes], "") + "…"
	}
	return fmt.Sprintf("%s (%s)", c.SHA256(), subject)
}
