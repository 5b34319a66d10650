package ios

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

func TestTables(t *testing.T) {
	if got := len(UsageKeys()); got != 58 {
		t.Errorf("got %d usage keys, want 58", got)
	}
	if got := len(ExtensionPoints()); got != 55 {
		t.Errorf("got %d extension points, want 55", got)
	}
	known := func(row string, ids []inventory.CapabilityID) {
		for _, id := range ids {
			if !slices.Contains(inventory.Capabilities, id) {
				t.Errorf("%s: %q is no capability; use one of inventory.Capabilities or -", row, id)
			}
		}
	}
	seen := map[string]bool{}
	for _, row := range UsageKeys() {
		if seen[row.Key] || row.Meaning == "" || row.Group == "" || row.TCCService == "" || row.Resource == "" {
			t.Errorf("usage key %q: keys are unique and no cell is empty", row.Key)
		}
		seen[row.Key] = true
		if !slices.Contains([]string{platformIOS, platformLegacy, platformWatch, platformVision, platformMac}, row.Platform) {
			t.Errorf("usage key %q: unknown platform %q", row.Key, row.Platform)
		}
		if (row.Platform == platformLegacy) != (legacyBefore[row.Key] > 0) {
			t.Errorf("usage key %q: a legacy key needs the system version that ended it in legacyBefore", row.Key)
		}
		if !slices.Contains([]string{"high", "medium", "low"}, row.Confidence) {
			t.Errorf("usage key %q: unknown confidence %q", row.Key, row.Confidence)
		}
		known(row.Key, row.Capabilities)
	}
	for _, row := range ExtensionPoints() {
		if seen[row.Point] || row.Meaning == "" || row.Group == "" || row.Entitlement == "" || row.Attributes == "" {
			t.Errorf("extension point %q: points are unique and no cell is empty", row.Point)
		}
		seen[row.Point] = true
		if !slices.Contains([]string{"high", "medium", "low"}, row.Weight) || !slices.Contains([]string{"seen-in-bundle", "documented", "public-lists", "unverified"}, row.Confidence) {
			t.Errorf("extension point %q: weight %q, confidence %q", row.Point, row.Weight, row.Confidence)
		}
		known(row.Point, row.Capabilities)
	}
	known("ManifestCapabilities", ManifestCapabilities())
}

// Rows without a tab at their end, a header and comments: the form that rows reads.
func TestTableForm(t *testing.T) {
	for name, table := range map[string]string{"usage keys": usageTable, "extension points": pointTable} {
		columns := 0
		for line := range strings.Lines(table) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			n := strings.Count(line, "\t") + 1
			if columns == 0 {
				columns = n
			}
			if n != columns || columns != 8 {
				t.Errorf("%s: %d cells, want 8: %q", name, n, line)
			}
		}
	}
}

func TestTablesMatchTheirSource(t *testing.T) {
	for name, table := range map[string]string{"usage-keys.tsv": usageTable, "extension-points.tsv": pointTable} {
		want, err := os.ReadFile("../../shared/data/" + name)
		if err != nil {
			t.Skip("the shared data isn't here")
		}
		if !bytes.Equal([]byte(table), want) {
			t.Errorf("%s differs from its source:\n%s", name, cmp.Diff(table, string(want)))
		}
	}
}
