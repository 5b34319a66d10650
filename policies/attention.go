package policies

import (
	"appraise/finding"
	"appraise/inventory"
)

// Attention is the one word for an item: that of its worst open finding, or of an unread part that could
// change the verdict. Waived findings and those of a baseline don't count.
func Attention(findings []finding.Finding, unread bool) finding.Attention {
	word := finding.None
	if unread {
		word = finding.Incomplete
	}
	for _, f := range findings {
		switch {
		case f.Status != finding.Open:
		case f.Severity >= finding.High:
			word = finding.Act
		case f.Severity == finding.Medium:
			word = max(word, finding.Check)
		}
	}
	return word
}

// matrixColumns are the capabilities of the who-can table.
var matrixColumns = []inventory.CapabilityID{inventory.CapKeystrokes, inventory.CapReadCodes, inventory.CapScreenRead,
	inventory.CapContacts, inventory.CapPhotos, inventory.CapLocation}

// Matrix tells who can do what, one row an item in the items' order.
func (p *Policy) Matrix(items []inventory.Item) finding.Matrix {
	m := finding.Matrix{Columns: matrixColumns, Rows: make([]finding.MatrixRow, len(items))}
	for i := range items {
		row := finding.MatrixRow{Item: items[i].Key, System: items[i].System, Cells: make([]finding.Cell, len(matrixColumns))}
		for j, id := range matrixColumns {
			row.Cells[j] = cell(&items[i], id)
		}
		m.Rows[i] = row
	}
	return m
}

// cell is the strongest exposure of a capability. On Android who reads the screen or the notifications
// reads one-time codes as well.
func cell(item *inventory.Item, id inventory.CapabilityID) finding.Cell {
	ways := []inventory.CapabilityID{id}
	if id == inventory.CapReadCodes && item.Platform == inventory.Android {
		ways = append(ways, inventory.CapNotificationsRead, inventory.CapScreenRead)
	}
	word := finding.CellNo
	for _, c := range item.Capabilities {
		for _, way := range ways {
			if c.ID == way {
				word = max(word, cellOf(c.Exposure))
			}
		}
	}
	return word
}

func cellOf(e inventory.Exposure) finding.Cell {
	switch e {
	case inventory.Active:
		return finding.CellNow
	case inventory.Granted:
		return finding.CellAllowed
	}
	return finding.CellMayAsk
}
