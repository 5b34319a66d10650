package browserext

import (
	"bytes"
	"strings"
	"testing"

	"appraise/internal/limits"
	"appraise/inventory"
)

func TestS06_NamesAreCaseExact(t *testing.T) {
	item := readManifest(t, `{"manifest_version":3,"permissions":[],"PERMISSIONS":["x"],"Host_Permissions":["<all_urls>"],"host_permissions":[]}`)
	if len(item.Permissions)+len(item.Detail.Extension.Hosts)+len(item.Capabilities) > 0 {
		t.Errorf("got permissions %v, want none", permissionLines(item))
	}
	item = readManifest(t, `{"manifest_version":3,"PERMISSIONS":[],"permissions":["tabs"]}`)
	diff(t, "permissions", permissionLines(item), []string{"tabs [requested]"})
}

func TestS06_DuplicateKeysAreNoted(t *testing.T) {
	text := `{"manifest_version":3,"permissions":["tabs"],"background":{"service_worker":"a.js","service_worker":"b.js"},"permissions":[]}`
	item := readManifest(t, text)
	diff(t, "permissions", permissionLines(item), []string(nil))
	diff(t, "background", item.Detail.Extension.Background, []string{"b.js"})
	i := strings.Index(text, `"permissions"`)
	j := strings.Index(text, `"service_worker"`)
	for _, trait := range item.Traits {
		if trait.ID == inventory.TraitDuplicateJSONKey {
			diff(t, "places", trait.Evidence, []inventory.Evidence{
				{File: "manifest.json", Line: 1, Column: i + 1, Offset: int64(i), Detail: `"permissions" comes again later`},
				{File: "manifest.json", Line: 1, Column: j + 1, Offset: int64(j), Detail: `"service_worker" comes again later`},
			})
			return
		}
	}
	t.Error("no trait duplicate-json-key")
}

func TestS06_LimitMakesTheItemIncomplete(t *testing.T) {
	item := readManifest(t, strings.Repeat("[", 101))
	diff(t, "problems", item.Problems, []inventory.Problem{{File: "manifest.json", Offset: 100, Message: "values are nested deeper than 100", Limit: true, Matters: true}})
	item = readManifest(t, `{"a":"`+strings.Repeat("x", limits.JSONBytes)+`"}`)
	diff(t, "problems", item.Problems, []inventory.Problem{{File: "manifest.json", Message: "over the limit of 4194304 bytes", Limit: true, Matters: true}})
}

func TestIsManifest(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{`{"manifest_version": 3}`, true},
		{`/* */ {"manifest_version": 2,}`, true},
		{`{"manifest_version": nope`, true},
		{`{"name": "a web app", "start_url": "/"}`, false},
		{`{"Manifest_Version": 3}`, false},
		{`{"sub": {"manifest_version": 3}}`, false},
		{`["manifest_version"]`, false},
		{``, false},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			if got := IsManifest([]byte(test.text)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestTruncatedManifests(t *testing.T) {
	for _, name := range []string{"chrome-mv3", "chrome-mv2-lenient", "firefox-mv2", "firefox-mv3", "theme", "app"} {
		text := bytes.TrimSpace([]byte(testFile(t, "manifests/"+name+".json")))
		for i := range text {
			item := readManifest(t, string(text[:i]))
			if len(item.Problems) == 0 || !item.Problems[0].Matters {
				t.Errorf("%s cut at %d of %d: no problem", name, i, len(text))
			}
		}
	}
}
