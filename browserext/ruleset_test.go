package browserext

import (
	"strings"
	"testing"

	"appraise/internal/limits"
)

const redirectRule = `{"id":1,"action":{"type":"redirect","redirect":{"url":"https://evil.example/"}},"condition":{"urlFilter":"||shop.example^","resourceTypes":["main_frame"]}}`

// The rules prove a redirect only where the permission and hosts let them work.
func TestRulesetExposure(t *testing.T) {
	manifest := func(permissions, optional, hosts, optionalHosts string) string {
		return `{"manifest_version":3,"permissions":[` + permissions + `],"optional_permissions":[` + optional + `],"host_permissions":[` + hosts +
			`],"optional_host_permissions":[` + optionalHosts + `],"declarative_net_request":{"rule_resources":[{"id":"a","enabled":false,"path":"/r.json"}]}}`
	}
	rules, host := `"declarativeNetRequest"`, `"https://*.shop.example/*"`
	tests := []struct {
		name, manifest string
		want           string
	}{
		{"both requested", manifest(rules, "", host, ""), "requests-redirect requested proved (ruleset) *://*.shop.example/*"},
		{"hosts optional", manifest(rules, "", "", host), "requests-redirect optional proved (ruleset) *://*.shop.example/*"},
		{"permission optional", manifest("", `"declarativeNetRequestWithHostAccess"`, host, ""), "requests-redirect optional proved (ruleset) *://*.shop.example/*"},
		{"no hosts", manifest(rules, "", "", ""), ""},
		{"no permission", manifest("", "", host, ""), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := ReadFolder(extension("manifest.json", test.manifest, "r.json", "["+redirectRule+"]"), "x")
			var got string
			for _, line := range capabilityLines(item) {
				if strings.Contains(line, "(ruleset)") {
					got = line
				}
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if sets := item.Detail.Extension.Rulesets; len(sets) != 1 || len(sets[0].Redirects) != 1 || sets[0].Rules != 1 || sets[0].Enabled {
				t.Errorf("rulesets: %+v", sets)
			}
		})
	}
}

func TestRulesetCount(t *testing.T) {
	one := `{"id":"a","enabled":true,"path":"r.json"}`
	resources := "[" + strings.Repeat(one+",", limits.Rulesets) + one + "]"
	item := ReadFolder(extension("manifest.json", `{"manifest_version":3,"declarative_net_request":{"rule_resources":`+resources+`}}`, "r.json", "[]"), "x")
	if len(item.Detail.Extension.Rulesets) != limits.Rulesets || len(item.Problems) != 1 || !item.Problems[0].Limit || !item.Problems[0].Matters {
		t.Errorf("got %d rulesets, problems %v", len(item.Detail.Extension.Rulesets), item.Problems)
	}
}
