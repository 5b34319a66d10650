package policies

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"appraise/inventory"
	"appraise/policies/rule"
)

// CapabilityInfo tells what a capability means.
type CapabilityInfo struct {
	ID        inventory.CapabilityID
	Meaning   string // completes the sentence "can …"
	Group     string // heading in reports
	Platforms []inventory.Platform
}

// loadCapabilities reads capabilities.tsv. Its rows are in display order; # starts a comment.
func loadCapabilities(b []byte) ([]CapabilityInfo, error) {
	var out []CapabilityInfo
	lines := bufio.NewScanner(bytes.NewReader(b))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "id\t") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) != 4 {
			return nil, fmt.Errorf("line %d: %d cells: write id, meaning, display_group and platforms, with a tab between", n, len(cells))
		}
		info := CapabilityInfo{ID: inventory.CapabilityID(cells[0]), Meaning: cells[1], Group: cells[2]}
		for _, p := range strings.Split(cells[3], ",") {
			info.Platforms = append(info.Platforms, inventory.Platform(p))
		}
		out = append(out, info)
	}
	return out, lines.Err()
}

// AdviceRow is one piece of shopping advice and whether a scanner can check it.
type AdviceRow struct {
	ID    string `yaml:"id"`
	Text  string `yaml:"text"`
	Check string `yaml:"check"` // C: a scanner can check it, P: in part, N: not by a scanner
	How   string `yaml:"how"`   // what is looked at; for N, why nothing is
}

func loadAdvice(b []byte) ([]AdviceRow, error) {
	var file struct {
		Rows []AdviceRow `yaml:"advice"`
	}
	if err := rule.Decode(b, &file); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, row := range file.Rows {
		switch {
		case row.ID == "" || row.Text == "" || row.How == "":
			return nil, fmt.Errorf("advice %q: write id, text, check and how", row.ID)
		case seen[row.ID]:
			return nil, fmt.Errorf("advice %q stands twice: keep one row", row.ID)
		case !slices.Contains([]string{"C", "P", "N"}, row.Check):
			return nil, rule.Unknown("advice "+row.ID, "check", row.Check, []string{"C", "P", "N"})
		}
		seen[row.ID] = true
	}
	return file.Rows, nil
}

// preset is one embedded choice of how strict the policy is.
type preset struct {
	ID      string `yaml:"id"`
	Meaning string `yaml:"meaning"`
	// Apps says which apps the shopping table judges: "brand", those that a brand pack or the user names;
	// "every", all that did not come with the system.
	Apps string `yaml:"apps"`
}

// DefaultPreset is the preset of an empty Options.Preset.
const DefaultPreset = "default"

// loadPreset reads the chosen preset and leaves the others out of the policy's files.
func loadPreset(id string, files map[string][]byte) (preset, error) {
	if id == "" {
		id = DefaultPreset
	}
	names := below(files, "presets")
	if !slices.Contains(names, id) {
		return preset{}, rule.Unknown("policy", "preset", id, names)
	}
	for _, name := range names {
		if name != id {
			delete(files, "presets/"+name+".yaml")
		}
	}
	var p preset
	if err := rule.Decode(files["presets/"+id+".yaml"], &p); err != nil {
		return p, fmt.Errorf("presets/%s.yaml: %w", id, err)
	}
	if p.ID != id || p.Apps != "brand" && p.Apps != "every" {
		return p, errors.New("presets/" + id + ".yaml: write its own id, and apps: brand or apps: every")
	}
	return p, nil
}
