package scan

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"appraise/finding"
	"appraise/internal/report"
)

// What the program writes fits the schema that it publishes: findings, problems and every platform's detail.
func TestReportFitsTheSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(finding.JSONSchema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("report.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"samples": samples,
		"damaged": folder(t, map[string][]byte{"x.apk": []byte("PK\x03\x04"), "A.app/Info.plist": nil, "e/manifest.json": []byte("{")}),
		"nothing": folder(t, map[string][]byte{"a.txt": []byte("a")}),
	} {
		var out bytes.Buffer
		if err := report.Write(&out, "json", run(t, Options{}, path), report.Options{}); err != nil {
			t.Fatal(err)
		}
		got, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
