package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appraise/inventory"
)

// digestShown is how much of a digest stands where a person compares by eye; verify and JSON have all of it.
const digestShown = 8

// digestShort is the start of a digest.
func digestShort(sha string) string {
	if len(sha) <= digestShown {
		return sha
	}
	return sha[:digestShown] + "…"
}

// schemes lists the schemes of a state, as in "v2, v3".
func schemes(s inventory.Signature, state inventory.SignatureState) string {
	var names []string
	for _, scheme := range s.Schemes {
		if scheme.State == state {
			names = append(names, scheme.Name)
		}
	}
	return strings.Join(names, ", ")
}

// commonName is the CN of a subject as x509lax writes it, else the whole subject.
func commonName(subject string) string {
	for rest := subject; rest != ""; {
		end := 0
		for end < len(rest) && rest[end] != ',' {
			if rest[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(rest))
		if name, ok := strings.CutPrefix(strings.TrimSpace(rest[:end]), "CN="); ok {
			return name
		}
		rest = strings.TrimPrefix(rest[end:], ",")
	}
	return subject
}

// signed is one row of the table of signers: the items that carry the same signature.
type signed struct {
	state, signer, who string
	worst              inventory.SignatureState
	items              []string
}

// signedBy lists who signed what, for items whose signature was looked at: one row a signer, what is wrong first.
func (p *page) signedBy(entries []entry) error {
	rows := signedRows(entries)
	if len(rows) == 0 {
		return nil
	}
	p.heading("SIGNED BY")
	cells := [][]string{{"signature", "signer", "who it says it is", "items"}}
	wide := max((p.width-42)/2, 12)
	for _, row := range rows[:min(len(rows), maxRows)] {
		cells = append(cells, []string{short(row.state, 20), row.signer, short(row.who, wide), row.names(wide)})
	}
	return p.table(cells, len(rows))
}

// names shows the first items of a row, and counts the others.
func (s signed) names(wide int) string {
	if len(s.items) == 1 {
		return short(s.items[0], wide)
	}
	rest := fmt.Sprintf(" and %d more", len(s.items)-1)
	return short(s.items[0], max(wide-len(rest), 8)) + rest
}

func signedRows(entries []entry) []*signed {
	byKey := map[string]*signed{}
	var rows []*signed
	for _, e := range entries {
		s := e.item.Signature
		if s.State == inventory.Unverifiable {
			continue
		}
		row := signedRow(s)
		key := row.state + "\n" + row.signer
		if byKey[key] == nil {
			byKey[key] = row
			rows = append(rows, row)
		}
		byKey[key].items = append(byKey[key].items, e.unique)
	}
	slices.SortStableFunc(rows, func(a, b *signed) int { return cmp.Compare(b.worst, a.worst) })
	return rows
}

// signedRow words one signature: its state with the newest scheme that has it, and its first signer.
func signedRow(s inventory.Signature) *signed {
	row := &signed{state: s.State.String(), signer: "-", who: "-", worst: s.State}
	holds := s.State == inventory.Verified || s.State == inventory.Partial
	if list := cmp.Or(schemes(s, inventory.Verified), schemes(s, s.State)); holds && list != "" {
		list = strings.TrimSuffix(list, ", v4") // only for installs while the file is still being sent
		row.state += " " + list[strings.LastIndexByte(list, ' ')+1:]
	}
	if len(s.Signers) == 0 || !holds {
		return row
	}
	row.signer, row.who = short(digestShort(s.Signers[0].SHA256), digestShown+1), commonName(s.Signers[0].Subject)
	if more := len(s.Signers) - 1; more > 0 {
		row.signer += fmt.Sprintf(" +%d", more)
	}
	if row.who == "" {
		row.who = "-"
	}
	return row
}
