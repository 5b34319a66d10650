package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appraise/internal/report/page"
	"appraise/inventory"
)

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
func (p table) signedBy(entries []entry) error {
	rows := signedRows(entries)
	if len(rows) == 0 {
		return nil
	}
	p.Heading("SIGNED BY")
	cells := [][]string{{"signature", "signer", "who it says it is", "items"}}
	wide := max((p.Width()-42)/2, 12)
	for _, row := range rows[:min(len(rows), maxRows)] {
		cells = append(cells, []string{page.Short(row.state, 20), row.signer, page.Short(row.who, wide), row.names(wide)})
	}
	return p.Table(cells, len(rows))
}

// names shows the first items of a row, and counts the others.
func (s signed) names(wide int) string {
	if len(s.items) == 1 {
		return page.Short(s.items[0], wide)
	}
	rest := fmt.Sprintf(" and %d more", len(s.items)-1)
	return page.Short(s.items[0], max(wide-len(rest), 8)) + rest
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
	if list := cmp.Or(page.Schemes(s, inventory.Verified), page.Schemes(s, s.State)); holds && list != "" {
		list = strings.TrimSuffix(list, ", v4") // only for installs while the file is still being sent
		row.state += " " + list[strings.LastIndexByte(list, ' ')+1:]
	}
	if len(s.Signers) == 0 || !holds {
		return row
	}
	row.signer, row.who = page.Short(page.Digest(s.Signers[0].SHA256), page.DigestShown+1), commonName(s.Signers[0].Subject)
	if more := len(s.Signers) - 1; more > 0 {
		row.signer += fmt.Sprintf(" +%d", more)
	}
	if row.who == "" {
		row.who = "-"
	}
	return row
}
