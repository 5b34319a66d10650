package android

import (
	"os"
	"slices"
	"strings"
	"testing"

	"appraise/inventory"
)

func TestPermissionTable(t *testing.T) {
	for name, text := range map[string]string{"permissions.tsv": platformRows, "permissions-more.tsv": otherRows, "both": platformRows + otherRows} {
		rows, err := parsePermissions(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(rows) == 0 {
			t.Errorf("%s holds no row", name)
		}
	}
	if got := permissionTable()["android.permission.READ_SMS"]; !slices.Equal(got.Capabilities, []inventory.CapabilityID{inventory.CapReadCodes}) ||
		got.Protection != "dangerous" || got.Group != "sms" || got.Added != "<=28" || got.Meaning == "" {
		t.Errorf("READ_SMS: %+v", got)
	}
}

// TestPermissionTableHoldsTheFacts: the table may grow, but loses no row of the fact sheet that it started from.
func TestPermissionTableHoldsTheFacts(t *testing.T) {
	b, err := os.ReadFile("../../shared/data/android-permissions.tsv")
	if err != nil {
		t.Skip("the fact sheet is not here")
	}
	for line := range strings.Lines(string(b)) {
		if !strings.Contains(platformRows, line) {
			t.Errorf("permissions.tsv lacks the row %q", line)
		}
	}
}

func TestParsePermissions(t *testing.T) {
	good := "x\tnormal\t-\tg\t\t\tmeans\n"
	for _, test := range []struct {
		name, text, want string
	}{
		{"comment, header and row", "# c\n" + tableColumns + "\n" + good, ""},
		{"columns missing", "x\tnormal\t-\n", "write the columns"},
		{"no name", "\tnormal\t-\tg\t\t\tmeans\n", "write the columns"},
		{"no meaning", "x\tnormal\t-\tg\t\t\t\n", "write the columns"},
		{"misspelt capability", "x\tnormal\tcontacts,fotos\tg\t\t\tmeans\n", `"fotos" is no capability: write ids`},
		{"no capability and no dash", "x\tnormal\t\tg\t\t\tmeans\n", `"" is no capability`},
		{"twice", good + good, "keep one row"},
	} {
		_, err := parsePermissions(test.text)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

// TestBindingsHaveRows: each kind of special component takes its capabilities from the table, and each row of
// the table that guards a component with capabilities is a kind.
func TestBindingsHaveRows(t *testing.T) {
	kinds := map[string]bool{}
	for _, b := range bindings {
		kinds[b.permission] = true
		if len(permissionTable()[b.permission].Capabilities) == 0 {
			t.Errorf("%s gives nothing: add its row with capabilities to permissions.tsv or drop it from bindings", b.permission)
		}
	}
	for _, p := range Permissions() {
		if strings.Contains(p.Name, ".BIND_") && len(p.Capabilities) > 0 && !kinds[p.Name] {
			t.Errorf("%s has capabilities: add its component and action to bindings", p.Name)
		}
	}
}

// TestImplicationsAreKnown: an implied permission is a row of the table, so that it is never unknown.
func TestImplicationsAreKnown(t *testing.T) {
	for _, rule := range implications {
		for name := range strings.FieldsSeq(rule.adds) {
			if _, ok := permissionTable()[platform+name]; !ok {
				t.Errorf("%s%s is no row of permissions.tsv", platform, name)
			}
		}
	}
}

func TestManifestCapabilities(t *testing.T) {
	got := ManifestCapabilities()
	for _, id := range []inventory.CapabilityID{
		inventory.CapAccessibility, inventory.CapKeystrokes, inventory.CapScreenRead, inventory.CapReadCodes, inventory.CapVPN,
		inventory.CapNetworkCleartext, inventory.CapListApps, inventory.CapWallet, inventory.CapDeviceAdmin, inventory.CapAutofill,
	} {
		if !slices.Contains(got, id) {
			t.Errorf("%s is missing from %v", id, got)
		}
	}
	if slices.Contains(got, inventory.CapContacts) {
		t.Error("contacts comes by permission only")
	}
}
