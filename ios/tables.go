package ios

import (
	_ "embed"
	"strings"

	"appraise/inventory"
)

// Platforms of a usage key.
const (
	platformIOS    = "ios" // also told on watchOS, tvOS and visionOS
	platformLegacy = "ios-legacy"
	platformWatch  = "watchos"
	platformVision = "visionOS"
	platformMac    = "macOS"
)

// UsageKeyInfo is one row of the table of usage keys.
type UsageKeyInfo struct {
	Key string
	// Platform is ios, ios-legacy, watchos, visionOS or macOS: the system on which the key means something.
	Platform     string
	Resource     string
	Capabilities []inventory.CapabilityID
	Group        string // for display
	TCCService   string // name in the system's consent database, or -
	Confidence   string // in the row: high, medium or low
	Meaning      string
}

// PointInfo is one row of the table of extension points.
type PointInfo struct {
	Point        string
	Capabilities []inventory.CapabilityID
	Group        string // for display
	Weight       string // high, medium or low
	Entitlement  string // that the extension needs, or -
	Attributes   string // that say more about the extension, or -
	Confidence   string // seen-in-bundle, documented, public-lists or unverified
	Meaning      string
}

//go:embed usage-keys.tsv
var usageTable string

//go:embed extension-points.tsv
var pointTable string

// UsageKeys lists every usage key that is known. The sources are in the head of the table.
func UsageKeys() []UsageKeyInfo {
	var out []UsageKeyInfo
	for _, row := range rows(usageTable) {
		out = append(out, UsageKeyInfo{
			Key: row["key"], Platform: row["platform"], Resource: row["resource"], Capabilities: capabilities(row["capability"]),
			Group: row["group"], TCCService: row["tcc_service"], Confidence: row["confidence"], Meaning: row["meaning"],
		})
	}
	return out
}

// ExtensionPoints lists every extension point that is known. The sources are in the head of the table.
func ExtensionPoints() []PointInfo {
	var out []PointInfo
	for _, row := range rows(pointTable) {
		out = append(out, PointInfo{
			Point: row["extension_point"], Capabilities: capabilities(row["capability"]), Group: row["group"], Weight: row["weight"],
			Entitlement: row["entitlement"], Attributes: row["attributes_to_read"], Confidence: row["confidence"], Meaning: row["meaning"],
		})
	}
	return out
}

// ManifestCapabilities lists the capabilities that other declarations than usage keys and extension
// points can give: transport security, app queries and scripts in shared pages.
func ManifestCapabilities() []inventory.CapabilityID {
	return []inventory.CapabilityID{inventory.CapNetworkCleartext, inventory.CapListApps, inventory.CapPageRead}
}

// rows reads an embedded table; a test holds its form. The first line that is no comment names the columns.
func rows(text string) []map[string]string {
	var header []string
	var out []map[string]string
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
		for i, cell := range cells[:min(len(cells), len(header))] {
			row[header[i]] = cell
		}
		out = append(out, row)
	}
	return out
}

func capabilities(cell string) []inventory.CapabilityID {
	if cell == "-" {
		return nil
	}
	var out []inventory.CapabilityID
	for id := range strings.SplitSeq(cell, ",") {
		out = append(out, inventory.CapabilityID(id))
	}
	return out
}
