package bundle

import (
	"fmt"
	"slices"
	"strings"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Ids of what is wrong with the signatures of a set as a whole.
const (
	problemSigner = "SPLIT_SIGNER_DIFFERS" // not every part is signed by the same certificates
	problemState  = "SPLIT_STATE_DIFFERS"  // the signature of a part is worse than that of the first
)

// badness orders the signature states from the best to the worst: a set is what its worst part is.
var badness = [...]inventory.SignatureState{inventory.Verified, inventory.Partial, inventory.Unsigned, inventory.Unverifiable, inventory.Invalid}

func worse(a, b inventory.SignatureState) inventory.SignatureState {
	if slices.Index(badness[:], a) > slices.Index(badness[:], b) {
		return a
	}
	return b
}

// sign adds up the signatures of the parts. Signers and schemes are those of the first part.
func (m *merger) sign() {
	base := m.base.Item.Signature
	to := &m.item.Signature
	to.Schemes, to.Platforms, to.Problems = slices.Clone(base.Schemes), slices.Clone(base.Platforms), nil
	for i, p := range m.group {
		m.signatureProblems(p)
		if i == 0 {
			continue
		}
		s := p.Item.Signature
		if worse(s.State, base.State) != base.State {
			m.signatureProblem(problemState, "%s: %s, %s: %s", p.Name, s.State, m.base.Name, base.State)
		}
		to.State = worse(to.State, s.State)
		m.sameSigners(p)
		m.schemes(s)
	}
	if slices.ContainsFunc(to.Problems, func(p inventory.SignatureProblem) bool { return p.ID == problemSigner }) {
		to.State = inventory.Invalid
	}
}

// signatureProblems takes over what is wrong with one part.
func (m *merger) signatureProblems(p Part) {
	for _, q := range p.Item.Signature.Problems {
		if len(m.group) > 1 {
			q.Message = p.Name + ": " + q.Message
		}
		m.keep(q)
	}
}

func (m *merger) signatureProblem(id, format string, args ...any) {
	m.keep(inventory.SignatureProblem{ID: id, Message: fmt.Sprintf(format, args...)})
}

// keep adds a problem; limits.SignatureIssues are told of each id.
func (m *merger) keep(p inventory.SignatureProblem) {
	list := m.item.Signature.Problems
	same := 0
	for _, old := range list {
		if old.ID == p.ID && old.Warning == p.Warning {
			same++
		}
	}
	if same < limits.SignatureIssues {
		m.item.Signature.Problems = append(list, p)
	}
}

// sameSigners demands that a part is signed by the certificates of the first one, on the newest platforms and
// on every class of older ones. A part without a signer is told by its state.
func (m *merger) sameSigners(p Part) {
	base, own := signers(m.base.Item), signers(p.Item)
	if len(base) > 0 && len(own) > 0 && !slices.Equal(base, own) {
		m.otherSigner(p, own, base, "")
		return
	}
	for i := range m.item.Signature.Platforms {
		class := &m.item.Signature.Platforms[i]
		for _, c := range p.Item.Signature.Platforms {
			if !overlap(*class, c) {
				continue
			}
			class.State = worse(class.State, c.State)
			a, b := slices.Sorted(slices.Values(class.Signers)), slices.Sorted(slices.Values(c.Signers))
			if len(a) > 0 && len(b) > 0 && !slices.Equal(a, b) {
				class.State = inventory.Invalid
				m.otherSigner(p, b, a, fmt.Sprintf(" on API level %d", max(class.MinSDK, c.MinSDK)))
			}
		}
	}
}

func (m *merger) otherSigner(p Part, own, base []string, where string) {
	text := fmt.Sprintf("%s is signed by %s%s, %s by %s", p.Name, strings.Join(own, " and "), where, m.base.Name, strings.Join(base, " and "))
	m.differs(p.Name, "%s", text)
	m.signatureProblem(problemSigner, "%s", text)
	for i := range m.item.Signature.Platforms {
		if where == "" {
			m.item.Signature.Platforms[i].State = inventory.Invalid
		}
	}
}

// overlap reports whether two ranges of platforms share one.
func overlap(a, b inventory.PlatformSignature) bool {
	return (a.MaxSDK == 0 || b.MinSDK <= a.MaxSDK) && (b.MaxSDK == 0 || a.MinSDK <= b.MaxSDK)
}

// schemes lowers each scheme of the first part to what a further part has of it.
func (m *merger) schemes(s inventory.Signature) {
	to := m.item.Signature.Schemes
	for i := range to {
		for _, own := range s.Schemes {
			if own.Name == to[i].Name {
				to[i].State = worse(to[i].State, own.State)
			}
		}
	}
}
