package policies

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies/provenance"
	"appraise/policies/rule"
)

// identities are the embedded files that tell builds and routes, and the words for capabilities.
//
//go:embed brands/*.yaml stores.yaml capabilities.tsv
var identities embed.FS

// LoadBrands is Load without the rules: what it returns can Identify and shows no finding. It reads brand packs
// and the tables of stores and capabilities alone, which takes a fifth of the time. A preset changes neither, and is only checked
// to exist; rules of a user's folder are not looked at. The packs lack what rules alone read.
func LoadBrands(opt Options) (*Policy, error) {
	p := new(Policy)
	p.preset.ID = opt.Preset
	if opt.Preset == "" {
		p.preset.ID = DefaultPreset
	}
	if presets := presetNames(); !slices.Contains(presets, p.preset.ID) {
		return nil, rule.Unknown("policy", "preset", p.preset.ID, presets)
	}
	files, err := gather(identities, opt.Dir)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(files, func(name string, _ []byte) bool { return strings.HasPrefix(name, "rules/") })
	if p.capabilities, err = loadCapabilities(files["capabilities.tsv"]); err != nil {
		return nil, fmt.Errorf("capabilities.tsv: %w", err)
	}
	packFiles := files
	if opt.Dir == nil {
		packFiles = withoutReports(files)
	}
	var packs, stores error
	spread(2, func(i int) {
		if i == 0 {
			packs = p.loadPacks(packFiles, opt)
		} else if err := p.loadStores(files["stores.yaml"]); err != nil {
			stores = fmt.Errorf("stores.yaml: %w", err)
		}
	})
	if err := errors.Join(packs, stores); err != nil {
		return nil, err
	}
	p.info = p.describe(files, opt.Pack)
	return p, nil
}

// reports starts the part of a brand pack that rules alone read, and that is most of a pack: reported extensions.
const reports = "\n  reported_malicious:"

// withoutReports returns the built-in packs without that part, so that less YAML is read. It goes by lines and
// indentation, which is right for the form of our own packs only; a test holds that nothing else is lost.
func withoutReports(files map[string][]byte) map[string][]byte {
	out := maps.Clone(files)
	for name, b := range out {
		start := bytes.Index(b, []byte(reports))
		if start < 0 {
			continue
		}
		end := start + len(reports)
		for line := range bytes.Lines(b[end:]) {
			if deeper := bytes.HasPrefix(line, []byte("   ")) || len(bytes.TrimSpace(line)) == 0; !deeper && end > start+len(reports) {
				break
			}
			end += len(line)
		}
		out[name] = append(bytes.Clone(b[:start+1]), b[end:]...)
	}
	return out
}

func presetNames() []string {
	entries, _ := embedded.ReadDir("presets") // part of the program
	var names []string
	for _, entry := range entries {
		names = append(names, strings.TrimSuffix(entry.Name(), ".yaml"))
	}
	return names
}

// Identify tells who made each item and how it arrived, one assessment each, in the items' order. No rule is
// asked: Findings is empty, and Attention is incomplete or none.
func (p *Policy) Identify(items []inventory.Item) []finding.Assessment {
	out := make([]finding.Assessment, len(items))
	phones := p.stores.Phones(items)
	for i := range items {
		out[i] = p.identified(&items[i], phones)
	}
	return out
}

func (p *Policy) identified(item *inventory.Item, phones provenance.Phones) finding.Assessment {
	j := judged{item: item, route: p.stores.Route(item, phones)}
	j.id = provenance.Identify(p.packs, p.stores, item, j.route)
	unread := slices.ContainsFunc(item.Problems, func(p inventory.Problem) bool { return p.Matters })
	return finding.Assessment{Item: item.Key, Build: j.id.Build, Route: j.route.Route, Attention: Attention(nil, unread), Findings: []finding.Finding{}, NotChecked: notChecked(j)}
}
