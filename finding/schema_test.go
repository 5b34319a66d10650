package finding_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"appraise/finding"
	"appraise/inventory"
)

// compile returns the published schema; strict forbids fields that it doesn't name.
func compile(t *testing.T, strict bool) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(finding.JSONSchema))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		forbidMore(doc)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func forbidMore(node any) {
	object, ok := node.(map[string]any)
	if !ok {
		return
	}
	if _, ok := object["properties"]; ok {
		object["additionalProperties"] = false
	}
	for _, child := range object {
		forbidMore(child)
	}
}

// full is a report with every field of the model set, so that a field without a schema row is noticed.
func full() *finding.Report {
	yes, source := true, 4
	evidence := []inventory.Evidence{{File: "AndroidManifest.xml", Line: 3, Column: 4, Offset: 1412, Detail: "uses-permission android.permission.READ_CONTACTS"}}
	digest := "0000000000000000000000000000000000000000000000000000000000000000"
	return &finding.Report{
		Schema: finding.Schema, Tool: finding.Tool{Name: "appraise", Version: "0.1.0"},
		Policy:  finding.PolicyInfo{Preset: "default", Digest: "sha256:" + digest, Rules: 41, Brands: []string{"aliexpress"}, Waivers: "sha256:x", Baseline: "sha256:y"},
		Started: "2026-11-22T00:00:00Z", Complete: true, Personal: true,
		Sources: []finding.Source{{ID: "s1", Kind: "phone", Name: "phone-1", Device: &finding.Device{Platform: "android", Model: "M", SDK: 34, Patch: "2026-06-05"},
			Problems: []inventory.Problem{{File: "f", Offset: 8, Message: "chunk size 0", Limit: true, Matters: true}}}},
		Items: []inventory.Item{{
			Key: "android:app:com.example:user 0", Source: "s1", Platform: inventory.Android, Kind: inventory.KindApp, ID: "com.example", Name: "Example",
			Version: "1", VersionCode: 1, Location: "base.apk", SHA256: digest, Enabled: &yes, System: true, Count: 1,
			Permissions:  []inventory.Permission{{Name: "p", States: []inventory.PermissionState{inventory.StateRequested}, Type: "host", MinSDK: 23, MaxSDK: 32, ImpliedBy: "q", Text: "t", Unknown: true}},
			Capabilities: []inventory.Capability{{ID: inventory.CapContacts, Exposure: inventory.Granted, Confidence: inventory.Proved, Grade: inventory.Egress, Qualifier: "q", Reach: []string{"<all_urls>"}, Evidence: evidence}},
			Traits:       []inventory.Trait{{ID: inventory.TraitDebuggable, Evidence: evidence}},
			Signature: inventory.Signature{State: inventory.Partial, Anchor: "apple", Schemes: []inventory.Scheme{{Name: "v2", State: inventory.Partial}},
				Signers:   []inventory.Signer{{SHA256: digest, SHA1: digest[:40], Subject: "CN=x", Key: "RSA-2048", Lineage: []string{digest}, JavaHash: "e3ca78d8"}},
				Platforms: []inventory.PlatformSignature{{MinSDK: 24, MaxSDK: 27, Scheme: "v2", State: inventory.Verified, Signers: []string{digest}}},
				Stamps: []inventory.Stamp{{Kind: "source-stamp", State: inventory.Invalid, SHA256: digest, Time: "2024-05-01T00:00:00Z",
					Problems: []inventory.SignatureProblem{{ID: "SOURCE_STAMP_DID_NOT_VERIFY", Message: "m", Warning: true}}}},
				Problems: []inventory.SignatureProblem{{ID: "X", Message: "m", Warning: true}}},
			Arrival:  inventory.Arrival{Installer: "a", Initiator: "b", Originator: "c", PackageSource: &source, UpdateURL: "u", InstallLocation: "l", ProfileType: "p", LeafPolicy: "1.2"},
			Problems: []inventory.Problem{{File: "f", Offset: 8, Message: "m", Limit: true, Matters: true}},
			Detail:   inventory.Detail{Android: &inventory.AndroidDetail{MinSDK: 21}},
		}},
		Assessments: []finding.Assessment{{
			Item: "android:app:com.example:user 0",
			Build: finding.Build{Match: finding.Lookalike, Brand: "aliexpress", Tampered: true, Why: "w", PinSources: 1, PinDate: "2026-05-30",
				Pin: &finding.Pin{SHA256: digest, Channel: "google-play", Confidence: "medium", Sources: []string{"s"}, Date: "2026-05-30"}},
			Route:     finding.Route{Verdict: finding.Sideload, Detail: "file", Store: "s", Strength: finding.Proved, Why: "w"},
			Attention: finding.Act,
			Findings: []finding.Finding{{Rule: "r", Severity: finding.Critical, Confidence: inventory.Proved, Capability: inventory.CapAccessibility, Grade: inventory.Wired,
				Title: "t", Why: "w", Do: "d", Undo: "u", Peers: "p", Evidence: evidence, References: []string{"r"}, Advice: "a", Fingerprint: digest[:32], Status: finding.Waived}},
			NotChecked: []string{"n"},
		}},
		Matrix:  finding.Matrix{Columns: []inventory.CapabilityID{inventory.CapKeystrokes}, Rows: []finding.MatrixRow{{Item: "i", Cells: []finding.Cell{finding.CellMayAsk}, System: true}}},
		Paths:   []finding.Path{{Item: "i", Title: "t", Severity: finding.High, Hops: []finding.Hop{{What: "w", Evidence: evidence}}}},
		Changes: []finding.Change{{Item: "i", Kind: "k", Name: "n", From: "f", To: "t", Severity: finding.Low}},
		Gate:    finding.Gate{FailOn: "high", Failed: true, Exit: 1, New: 1, Known: 2, Waived: 3, UnusedWaivers: []string{}},
		Summary: finding.Summary{Items: 1, Act: 1, Check: 1, None: 1, Incomplete: 1, Findings: finding.SeverityCounts{Critical: 1, High: 1, Medium: 1, Low: 1, Info: 1}, NotChecked: []string{}},
	}
}

func decode(t *testing.T, r *finding.Report) any {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestSchemaNamesEveryField(t *testing.T) {
	if err := compile(t, true).Validate(decode(t, full())); err != nil {
		t.Errorf("a report with every field set doesn't fit the schema: %v", err)
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := compile(t, false)
	for name, spoil := range map[string]func(map[string]any){
		"another schema":     func(d map[string]any) { d["schema"] = "appraise.report/2" },
		"a missing gate":     func(d map[string]any) { delete(d, "gate") },
		"an unknown word":    func(d map[string]any) { d["assessments"].([]any)[0].(map[string]any)["attention"] = "fine" },
		"a bad digest":       func(d map[string]any) { d["policy"].(map[string]any)["digest"] = "md5:1" },
		"no evidence":        func(d map[string]any) { firstCapability(d)["evidence"] = []any{} },
		"a bad capability":   func(d map[string]any) { firstCapability(d)["capability"] = "keystroke" },
		"a numeric severity": func(d map[string]any) { d["changes"].([]any)[0].(map[string]any)["severity"] = json.Number("3") },
	} {
		doc := decode(t, full()).(map[string]any)
		spoil(doc)
		if err := schema.Validate(doc); err == nil {
			t.Errorf("the schema accepts %s", name)
		}
	}
}

func firstCapability(d map[string]any) map[string]any {
	return d["items"].([]any)[0].(map[string]any)["capabilities"].([]any)[0].(map[string]any)
}

func TestSchemaKnowsEveryCapability(t *testing.T) {
	var doc struct {
		Defs map[string]struct{ Enum []inventory.CapabilityID } `json:"$defs"`
	}
	if err := json.Unmarshal(finding.JSONSchema, &doc); err != nil {
		t.Fatal(err)
	}
	if got, want := doc.Defs["capability_id"].Enum, inventory.Capabilities; !slices.Equal(got, want) {
		t.Errorf("capability ids of the schema: got %q, want %q", got, want)
	}
}

func TestReportSurvivesRoundTrip(t *testing.T) {
	var first, second bytes.Buffer
	if err := full().WriteJSON(&first); err != nil {
		t.Fatal(err)
	}
	var back finding.Report
	if err := json.Unmarshal(first.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if err := back.WriteJSON(&second); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Errorf("got\n%s\nwant\n%s", second.String(), first.String())
	}
}
