package rule

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
)

func capability(id inventory.CapabilityID, e inventory.Exposure) inventory.Capability {
	return inventory.Capability{ID: id, Exposure: e, Evidence: []inventory.Evidence{{Detail: "x"}}}
}

func apply(t *testing.T, r *Rule, f *Facts) []Hit {
	t.Helper()
	hits, err := r.Apply(f)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

func TestSeverityAt(t *testing.T) {
	table := Severity{Rows: map[inventory.Exposure]finding.Severity{inventory.Requested: finding.Low, inventory.Active: finding.High}}
	for _, tt := range []struct {
		name string
		e    inventory.Exposure
		want finding.Severity
		ok   bool
	}{
		{"below the table", inventory.Optional, 0, false},
		{"unknown counts as optional", inventory.ExposureUnknown, 0, false},
		{"row", inventory.Requested, finding.Low, true},
		{"missing row is the one below", inventory.Granted, finding.Low, true},
		{"last row", inventory.Active, finding.High, true},
	} {
		if got, ok := table.At(tt.e); got != tt.want || ok != tt.ok {
			t.Errorf("%s: got %s, %v, want %s, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
	if got, ok := (Severity{Word: finding.High}).At(inventory.ExposureUnknown); got != finding.High || !ok {
		t.Errorf("one word: got %s, %v, want high, true", got, ok)
	}
}

func TestApplySeverity(t *testing.T) {
	r := mustLoad(t, "", "")
	for _, tt := range []struct {
		name  string
		e     inventory.Exposure
		facts Facts
		want  []finding.Severity
	}{
		{"in scope", inventory.Requested, Facts{InScope: true}, []finding.Severity{finding.Medium}},
		{"elsewhere", inventory.Requested, Facts{}, []finding.Severity{finding.Info}},
		{"sideloaded, one step", inventory.Requested, Facts{InScope: true, Route: finding.Sideload}, []finding.Severity{finding.High}},
		{"development, one step", inventory.Granted, Facts{InScope: true, Route: finding.Development}, []finding.Severity{finding.Critical}},
		{"unknown route raises nothing", inventory.Requested, Facts{InScope: true, Route: finding.RouteUnknown}, []finding.Severity{finding.Medium}},
		{"policy raises nothing", inventory.Requested, Facts{InScope: true, Route: finding.Policy}, []finding.Severity{finding.Medium}},
		{"trusted system part", inventory.Granted, Facts{InScope: true, Build: finding.Official, Item: &inventory.Item{System: true}}, []finding.Severity{finding.Info}},
		{"system alone is no trust", inventory.Granted, Facts{InScope: true, Item: &inventory.Item{System: true}}, []finding.Severity{finding.High}},
		{"condition doesn't hold", inventory.Optional, Facts{InScope: true}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			facts := tt.facts
			if facts.Item == nil {
				facts.Item = new(inventory.Item)
			}
			facts.Item.Capabilities = []inventory.Capability{capability(inventory.CapContacts, tt.e)}
			got := apply(t, r, &facts)
			if len(got) != len(tt.want) || len(got) == 1 && got[0].Severity != tt.want[0] {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestApplyNeverAboveCritical(t *testing.T) {
	r := mustLoad(t, "{optional: low, requested: medium, granted: high}", "critical")
	item := &inventory.Item{Capabilities: []inventory.Capability{capability(inventory.CapContacts, inventory.Active)}}
	if got := apply(t, r, &Facts{Item: item, InScope: true, Route: finding.Sideload}); got[0].Severity != finding.Critical {
		t.Errorf("got %s, want critical", got[0].Severity)
	}
}

// A rule with several capabilities is asked for each, and joins the evidence of its entries.
func TestApplySubjects(t *testing.T) {
	r := mustLoad(t, "capability: contacts", "capability: [contacts, calendar]")
	item := &inventory.Item{Capabilities: []inventory.Capability{
		capability(inventory.CapContacts, inventory.Optional), capability(inventory.CapContacts, inventory.Granted), capability(inventory.CapCalendar, inventory.Requested)}}
	got := apply(t, r, &Facts{Item: item, InScope: true})
	if len(got) != 2 || got[0].Severity != finding.High || len(got[0].Evidence) != 2 || got[1].Severity != finding.Medium {
		t.Errorf("got %+v, want contacts high with two pieces of evidence and calendar medium", got)
	}
}

func TestApplyNarrowed(t *testing.T) {
	part := capability(inventory.CapContacts, inventory.Granted)
	part.Qualifier = "selected-only"
	whole := capability(inventory.CapContacts, inventory.Requested)
	for _, tt := range []struct {
		name     string
		narrowed string
		entries  []inventory.Capability
		want     int
		severity finding.Severity
	}{
		{"whole of both", "false", []inventory.Capability{whole, part}, 1, finding.Medium},
		{"whole of part", "false", []inventory.Capability{part}, 0, 0},
		{"part of part", "true", []inventory.Capability{part}, 1, finding.High},
		{"part of both", "true", []inventory.Capability{whole, part}, 0, 0},
	} {
		r := mustLoad(t, "scope:", "narrowed: "+tt.narrowed+"\nscope:")
		got := apply(t, r, &Facts{Item: &inventory.Item{Capabilities: tt.entries}, InScope: true})
		if len(got) != tt.want || tt.want == 1 && got[0].Severity != tt.severity {
			t.Errorf("%s: got %v, want %d of severity %s", tt.name, got, tt.want, tt.severity)
		}
	}
}

// Entries of one capability are asked apart by their reach, and the worst answer stays.
func TestApplyByReach(t *testing.T) {
	wide, named := capability(inventory.CapContacts, inventory.Granted), capability(inventory.CapContacts, inventory.Optional)
	wide.Grade, named.Qualifier = inventory.Wired, "named"
	facts := &Facts{Item: &inventory.Item{Capabilities: []inventory.Capability{wide, named}}, InScope: true, Reach: func(c inventory.Capability) Reach {
		if c.Qualifier == "named" {
			return ReachNamed
		}
		return ReachBroad
	}}
	for _, tt := range []struct {
		when string
		want []finding.Severity
	}{
		{"brand_reach(this) == reach.named", []finding.Severity{finding.Low}},
		{"brand_reach(this) == reach.broad", []finding.Severity{finding.High}},
		{"may(this)", []finding.Severity{finding.High}},
		{"brand_reach(this) == reach.named && grade(this) == grade.wired", nil},
		{"brand_reach(cap.contacts) == reach.none", nil},
	} {
		r := mustLoad(t, "when: can(this)", "when: "+tt.when)
		got := apply(t, r, facts)
		if len(got) != len(tt.want) || len(got) == 1 && got[0].Severity != tt.want[0] {
			t.Errorf("%s: got %v, want %v", tt.when, got, tt.want)
		}
	}
}

// What can't be asked is an error, never silence.
func TestZeroRuleIsAnError(t *testing.T) {
	if _, err := new(Rule).Apply(&Facts{Item: new(inventory.Item)}); err == nil {
		t.Error("a rule without a condition gives no error")
	}
}

// Facts keep every word of the lists that they hold apart.
func TestWordsOfFacts(t *testing.T) {
	facts := func(item inventory.Item) *Facts { return &Facts{Item: &item, InScope: true} }
	item := inventory.Item{Platform: inventory.Android, Kind: inventory.KindSplit, System: true, Capabilities: []inventory.Capability{capability(inventory.CapContacts, inventory.Granted)},
		Traits: []inventory.Trait{{ID: inventory.TraitZipDuplicateName, Evidence: []inventory.Evidence{{Detail: `"classes2.dex" stands again`}}}},
		Detail: inventory.Detail{Android: &inventory.AndroidDetail{MinSDK: 21, TargetSDK: 30}}}
	for _, tt := range []struct {
		when string
		want bool
	}{
		{"platform == platform.android && kind == kind.split && system", true},
		{"platform == platform.ios || platform == platform.extension", false},
		{"min_sdk == 21 && target_sdk > 29 && target_sdk <= 30 && target_sdk < 31 && target_sdk != 0", true},
		{"may(cap.contacts) && !may(cap.photos) && exposure(cap.photos) == level.unknown", true},
		{"exposure(this) >= level.granted && exposure(this) < level.active && confidence(this) == confidence.inferred", true},
		{"trait_seen(trait.zip_duplicate_name) && on_core_file(trait.zip_duplicate_name) && !trait_seen(trait.zip_prefix)", true},
		{"build == build.unclaimed && route == route.unknown && !off_store && !tampered && likeness == likeness.none && listing == listing.none", true},
		{"unaffiliated || pin_strong || redirects_pages || redirects_parts || listing_confidence > sure.low", false},
		{"target_sdk > 9223372036854775807", false},
	} {
		r := mustLoad(t, "when: can(this)", "when: "+tt.when)
		if got := len(apply(t, r, facts(item))) == 1; got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.when, got, tt.want)
		}
	}
}

func TestOnCoreFile(t *testing.T) {
	for _, tt := range []struct {
		name string
		e    inventory.Evidence
		want bool
	}{
		{"file", inventory.Evidence{File: "AndroidManifest.xml", Detail: "x"}, true},
		{"entry", inventory.Evidence{Detail: `"Payload/A.app/Info.plist" is marked`}, true},
		{"entry with a longer name", inventory.Evidence{Detail: `"AndroidManifest.xml2" is marked`}, false},
		{"entry below a folder", inventory.Evidence{Detail: `"assets/AndroidManifest.xml" is marked`}, false},
		{"name not at the start", inventory.Evidence{Detail: `"a" and "AndroidManifest.xml"`}, false},
		{"unquoted detail", inventory.Evidence{Detail: "AndroidManifest.xml"}, false},
	} {
		f := &Facts{Item: &inventory.Item{Traits: []inventory.Trait{{ID: inventory.TraitZipOverlap, Evidence: []inventory.Evidence{tt.e}}}}}
		if got := f.onCoreFile(inventory.TraitZipOverlap); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
