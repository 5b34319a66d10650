package browserext

import (
	_ "embed"
	"strings"
	"sync"

	"appraise/inventory"
)

// PermissionInfo is one row of a browser's permission table.
type PermissionInfo struct {
	Name string
	// Class is the browser's own grouping; the head of each table file lists the words.
	Class string
	// Warns tells whether the browser shows a text of its own at install: yes, no, combo (only together
	// with another permission) or unknown.
	Warns string
	// FullURL is true where the browser counts the permission as access to all sites (Chrome only).
	FullURL bool
	// Optional tells whether it may be asked for later: yes, no, or only (nowhere else).
	Optional     string
	Capabilities []inventory.CapabilityID
	Group        string // for display
	Meaning      string
}

//go:embed chrome-permissions.tsv
var chromeTable string

//go:embed firefox-permissions.tsv
var firefoxTable string

var (
	chromeIndex  = sync.OnceValue(func() map[string]PermissionInfo { return index(ChromePermissions()) })
	firefoxIndex = sync.OnceValue(func() map[string]PermissionInfo { return index(FirefoxPermissions()) })
)

// ChromePermissions lists every permission name of Chromium. Sources are in the head of the table.
func ChromePermissions() []PermissionInfo { return parseTable(chromeTable) }

// FirefoxPermissions lists every permission name of Firefox. Rows that start with "data:" are values
// of data_collection_permissions. Sources are in the head of the table.
func FirefoxPermissions() []PermissionInfo { return parseTable(firefoxTable) }

// parseTable reads an embedded table; a test holds its form. Its first line that is no comment names the columns.
func parseTable(text string) []PermissionInfo {
	var header []string
	var out []PermissionInfo
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if header == nil {
			header = cells
			continue
		}
		row := map[string]string{}
		for i, name := range header[:min(len(header), len(cells))] {
			row[name] = cells[i]
		}
		info := PermissionInfo{
			Name: row["name"], Class: row["class"], Warns: row["warns"], FullURL: row["full_url"] == "yes",
			Optional: row["optional"], Group: row["group"], Meaning: row["meaning"],
		}
		if row["capability"] != "-" {
			for id := range strings.SplitSeq(row["capability"], ",") {
				info.Capabilities = append(info.Capabilities, inventory.CapabilityID(id))
			}
		}
		out = append(out, info)
	}
	return out
}

func index(rows []PermissionInfo) map[string]PermissionInfo {
	m := make(map[string]PermissionInfo, len(rows))
	for _, row := range rows {
		m[row.Name] = row
	}
	return m
}

// lookup finds a permission in the tables in their order.
func lookup(tables []map[string]PermissionInfo, name string) (PermissionInfo, bool) {
	for _, table := range tables {
		if strings.HasPrefix(name, "experiments.") {
			name = "experiments.*"
		}
		if info, ok := table[name]; ok {
			return info, true
		}
	}
	return PermissionInfo{}, false
}

// private reports whether only the browser's own parts and its maker's extensions get the permission.
func (info PermissionInfo) private() bool {
	return info.Class == "private-component" || info.Class == "privileged" || info.Name == "experiments.*"
}

// silentStrong reports whether the permission gives something although the browser says nothing about
// it at install. activeTab waits for a click and is left out.
func (info PermissionInfo) silentStrong() bool {
	return info.Warns == "no" && len(info.Capabilities) > 0 && info.Name != "activeTab"
}
