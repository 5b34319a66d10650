package android

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"appraise/inventory"
)

// PermissionInfo is one row of the embedded permission table.
type PermissionInfo struct {
	Name         string
	Protection   string                   // of the newest platform, as its catalogue writes it
	Capabilities []inventory.CapabilityID // of a BIND_ row: what the component it guards gives
	Group        string                   // for display only
	Added        string                   // API level: "29", "<=28", "31-33"; "" = not part of the platform
	Removed      string                   // API level; "" = still there
	Meaning      string                   // completes "this app …"
}

// platformRows are Android's own permissions, otherRows those of Play services and launchers that apps of
// all kinds ask for.
var (
	//go:embed permissions.tsv
	platformRows string
	//go:embed permissions-more.tsv
	otherRows string
)

// tableColumns is the header row of both files.
const tableColumns = "name\tprotection\tcapability\tgroup\tadded_api\tremoved_api\tmeaning"

// Permissions lists the permission table: the platform's rows, then those of others. A malformed row is
// left out; a test fails on it.
func Permissions() []PermissionInfo {
	rows, _ := parsePermissions(platformRows + otherRows)
	return rows
}

var permissionTable = sync.OnceValue(func() map[string]PermissionInfo {
	table := map[string]PermissionInfo{}
	for _, p := range Permissions() {
		table[p.Name] = p
	}
	return table
})

// parsePermissions reads rows. The error says of each bad one what to write instead.
func parsePermissions(text string) (rows []PermissionInfo, err error) {
	seen := map[string]bool{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == tableColumns || strings.HasPrefix(line, "#") {
			continue
		}
		row, bad := parseRow(line)
		if bad == nil && seen[row.Name] {
			bad = errors.New("the name stands twice: keep one row")
		}
		if bad != nil {
			err = errors.Join(err, fmt.Errorf("%q: %w", line, bad))
			continue
		}
		seen[row.Name] = true
		rows = append(rows, row)
	}
	return rows, err
}

func parseRow(line string) (row PermissionInfo, err error) {
	f := strings.Split(line, "\t")
	if len(f) != strings.Count(tableColumns, "\t")+1 || f[0] == "" || f[1] == "" || f[3] == "" || f[6] == "" {
		return row, fmt.Errorf("write the columns %q with tabs between them; only the API levels can be empty", tableColumns)
	}
	row = PermissionInfo{Name: f[0], Protection: f[1], Group: f[3], Added: f[4], Removed: f[5], Meaning: f[6]}
	if f[2] == "-" {
		return row, nil
	}
	for word := range strings.SplitSeq(f[2], ",") {
		id := inventory.CapabilityID(word)
		if !slices.Contains(inventory.Capabilities, id) {
			return row, fmt.Errorf("%q is no capability: write ids of inventory.Capabilities with commas between them, or -", word)
		}
		row.Capabilities = append(row.Capabilities, id)
	}
	return row, nil
}
