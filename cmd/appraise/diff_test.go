package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"appraise/finding"
	"appraise/internal/textsafe"
)

const samples = "../../testdata/samples"

// runHereTo runs the program in this process.
func runHereTo(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Setenv("SOURCE_DATE_EPOCH", "1763769600")
	var out, errs bytes.Buffer
	code = execute(args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

func reportSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(finding.JSONSchema))
	if err != nil {
		t.Fatal(err)
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

// artifacts are the samples and the signed test files, each alone.
func artifacts(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{samples + "/*/*", "../../android/apksig/testdata/*.apk", "../../android/testdata/*.apk"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	if len(all) < 10 {
		t.Fatalf("got %d artifacts, want the samples", len(all))
	}
	return all
}

// Nothing changes between an artifact and itself.
func TestDiffOfTheSame(t *testing.T) {
	for _, name := range artifacts(t) {
		if filepath.Ext(name) == ".md" {
			continue
		}
		_, out, errs := runHereTo(t, "diff", "--format", "json", name, name)
		var r finding.Report
		if err := json.Unmarshal([]byte(out), &r); err != nil {
			t.Fatalf("%s: %v\n%s", name, err, errs)
		}
		if len(r.Changes) > 0 {
			t.Errorf("%s against itself: got %+v, want no change", name, r.Changes)
		}
		if len(r.Items) == 0 {
			t.Errorf("%s: got no items", name)
		}
	}
}

// Both documents fit the published schema.
func TestVerifyAndDiffFitTheSchema(t *testing.T) {
	schema := reportSchema(t)
	for _, args := range [][]string{
		{"verify", "--format", "json", samples, "../../android/apksig/testdata", "../../android/testdata"},
		{"verify", "--format", "json", "--require-official", samples},
		{"diff", "--format", "json", samples, "../../android/apksig/testdata"},
		{"diff", "--format", "json", "--fail-on", "none", "../../android/testdata", samples},
	} {
		_, out, errs := runHereTo(t, args...)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, errs)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%q: %v", args, err)
		}
	}
}

// A real app whose maker changed the key between two versions: both carry debug keys of two machines.
func TestDiffOfARealSignerChange(t *testing.T) {
	const before, after = "../../testdata/cache/apks/io.appium.settings-8.0.9", "../../testdata/cache/apks/io.appium.settings-8.0.10"
	for _, name := range []string{before, after} {
		if _, err := os.Stat(name); err != nil {
			t.Skipf("%s is not here: testdata/get-apks.sh fetches it", name)
		}
	}
	code, out, errs := runHereTo(t, "diff", "--format", "json", before, after)
	if code != 1 || errs != "" {
		t.Fatalf("got exit code %d and %q, want 1", code, errs)
	}
	var r finding.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	const key = "android:app:io.appium.settings:settings_apk-debug.apk"
	want := []finding.Change{
		{Item: key, Kind: "signer", From: "05ee28fa5928913fcbda0b2534e1456966fdd97b08b65059261b17123adcb180", To: "680dbbc39ab0944796c811b636ace510c8e551317087036cebab0751b0a6190c", Severity: finding.High},
		{Item: key, Kind: "version", From: "8.0.9 (191)", To: "8.0.10 (192)"},
	}
	if diff := cmp.Diff(want, r.Changes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if code, _, _ := runHereTo(t, "verify", before, after); code != 0 {
		t.Errorf("verify: got exit code %d, want 0", code)
	}
}

// Whatever a saved report says, nothing of it acts on a terminal.
func TestHostileSavedReport(t *testing.T) {
	evil := "x\x1b[2J\u202e\r##[error]y\x07\u200b"
	quoted, err := json.Marshal(evil)
	if err != nil {
		t.Fatal(err)
	}
	form := `{"schema":"appraise.report/1","complete":false,"sources":[{"id":EVIL,"kind":EVIL,"name":EVIL,"problems":[{"file":EVIL,"offset":-3,"message":EVIL,"matters":true}]}],
	"items":[{"key":EVIL,"platform":"android","kind":EVIL,"id":EVIL,"name":EVIL,"version":EVIL,"location":EVIL,"sha256":EVIL,
	"permissions":[{"name":EVIL,"states":["requested"]}],"traits":[{"trait":EVIL}],"capabilities":[{"capability":EVIL,"exposure":"active","confidence":"proved","evidence":[{"detail":EVIL}]}],
	"signature":{"state":"verified","schemes":[{"name":EVIL,"state":"verified"}],"signers":[{"sha256":EVIL,"subject":EVIL,"lineage":[EVIL]}],"platforms":[{"min_sdk":-1,"max_sdk":-9,"state":"invalid"}]},
	"detail":{"android":{"min_sdk":-5,"target_sdk":99999999,"components":[{"type":EVIL,"name":EVIL,"exported":true,"enabled":true}]}}}]}`
	dir := t.TempDir()
	name, other := filepath.Join(dir, "evil.json"), filepath.Join(dir, "plain.json")
	plain := `{"schema":"appraise.report/1","complete":true,"items":[{"key":"k","platform":"android","kind":"app","id":"k","signature":{"state":"verified","signers":[{"sha256":"00"}]}}]}`
	for file, text := range map[string]string{name: strings.ReplaceAll(form, "EVIL", string(quoted)), other: plain} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{name, other}, {other, name}, {name, name}, {"--format", "json", other, name}} {
		code, out, errs := runHereTo(t, append([]string{"diff"}, args...)...)
		if code != 1 && code != 3 {
			t.Errorf("%q: got exit code %d, want 1 or 3\n%s", args, code, errs)
		}
		for i, c := range out + errs {
			if c != '\n' && !textsafe.Raw(c) || c == unicode.ReplacementChar {
				t.Fatalf("%q: raw %U at byte %d", args, c, i)
			}
		}
	}
}
