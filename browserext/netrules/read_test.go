package netrules

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/browserext/laxjson"
	"appraise/internal/limits"
	"appraise/inventory"
)

func TestReadRules(t *testing.T) {
	text := testFile(t, "redirects.json")
	file, err := Read("rules.json", []byte(text), NewRoom())
	if err != nil {
		t.Fatal(err)
	}
	var got []inventory.RedirectRule
	for _, rule := range file.Redirects {
		line := strings.Split(text, "\n")[rule.Evidence.Line-1]
		if rule.Evidence.Column != 3 || !strings.HasPrefix(line, fmt.Sprintf(`  {"id": %d,`, rule.RuleID)) {
			t.Errorf("evidence of rule %d points to line %d", rule.RuleID, rule.Evidence.Line)
		}
		rule.Evidence = inventory.Evidence{}
		got = append(got, rule)
	}
	diff(t, "redirects", got, []inventory.RedirectRule{
		{RuleID: 2, From: []string{"*://*.shop.example/*"}, Condition: "||shop.example/checkout", To: "pay.example.invalid", Kind: "url", Pages: true, MainFrame: true, Params: []string{"aff_fcid", "x"}},
		{RuleID: 3, From: []string{"*://*.cdn.example/*", "*://*.static.example/*"}, To: "mirror.example", Kind: "host", Pages: true},
		{RuleID: 4, From: []string{"https://store.example/*"}, Initiators: []string{"*://*.blog.example/*"}, Condition: "|https://store.example/", Kind: "query-add", Pages: true, MainFrame: true, Params: []string{"tag"}},
		{RuleID: 5, Kind: "query-remove", Pages: true, MainFrame: true, Params: []string{"utm_source", "gclid"}},
		{RuleID: 6, Condition: `^https://([a-z]+)\.shop\.example/`, To: "go.example", Kind: "regex", Pages: true, MainFrame: true, Params: []string{"to"}},
		{RuleID: 7, Condition: "track.js", Kind: "extension-file"},
		{RuleID: 10, From: []string{"*://*.hop.example/*"}, Condition: "||hop.example^", To: "other.example", Kind: "header", Pages: true, MainFrame: true},
		{RuleID: 11, From: []string{"*://*.hop.example/*"}, Condition: "x=(.*)", Kind: "regex", Pages: true},
		{RuleID: 12, Initiators: []string{"*://*.start.example/*"}, Condition: "||aliexpress.co", Kind: "path", Pages: true},
		{RuleID: 13, From: []string{"*://*.down.example/*"}, Condition: "||down.example^", Kind: "scheme", Pages: true},
		{RuleID: 15, From: []string{"*://*.clean.example/*"}, Condition: "*://*.clean.example/*", Kind: "query-remove", Pages: true},
	})
	if file.Rules != 15 || len(file.Headers) != 2 {
		t.Errorf("got %d rules and %d that change headers, want 15 and 2", file.Rules, len(file.Headers))
	}
}

func TestFilterPattern(t *testing.T) {
	tests := []struct{ filter, want string }{
		{"||example.com^", "*://*.example.com/*"},
		{"||example.com/path", "*://*.example.com/*"},
		{"||EXAMPLE.com:8080/", "*://*.example.com/*"},
		{"||example.com|", "*://*.example.com/*"},
		{"||*.example.com^", "*://*.example.com/*"},
		{"||example.com", "*://*.example.com/*"},
		{"||example.com*checkout", "*://*.example.com/*"},
		{"||aliexpress.co", ""},
		{"||aliexpress", ""},
		{"||aliexpress.", ""},
		{"||aliexpress.c*", ""},
		{"||ali*", ""},
		{"||", ""},
		{"||^", ""},
		{"|https://example.com/a", "https://example.com/*"},
		{"|http://", ""},
		{"|http*://example.com/", ""},
		{"https://example.com/", "https://example.com/*"},
		{"*://*.example.com/*", "*://*.example.com/*"},
		{"*://*/*", ""},
		{"example.com/checkout", ""},
		{"*checkout*", ""},
		{"", ""},
	}
	for _, test := range tests {
		t.Run(test.filter, func(t *testing.T) {
			got, ok := filterPattern(test.filter)
			if !ok {
				got = ""
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTargets(t *testing.T) {
	tests := []struct {
		address, host string
		params        []string
	}{
		{"https://Pay.Example:8443/x?a=1&b&a=2#?c=3", "pay.example", []string{"a", "b"}},
		{"https://user@pay.example/", "pay.example", nil},
		{"https://bücher.example", "xn--bcher-kva.example", nil},
		{"https:/pay.example/x", "pay.example", nil},
		{"HTTPS:pay.example", "pay.example", nil},
		{`https:\\pay.example\x`, "pay.example", nil},
		{" ht\ntps://pay.\texample/", "pay.example", nil},
		{"https:////user@pay.example/", "pay.example", nil},
		{"data:text/html,x", "", nil},
		{"", "", nil},
	}
	substitutions := []struct {
		address, host string
		params        []string
	}{
		{`https://\1.example/`, "", nil},
		{`https://\1.pay.example/\2`, "pay.example", nil},
		{`https://pay\2.shop.example/`, "shop.example", nil},
		{`\1://pay.example/`, "pay.example", nil},
		{`https://pay.example\1`, "", nil},
		{`https://pay.example/\1?u=\0`, "pay.example", []string{"u"}},
		{`\1?%74ag=x`, "", []string{"tag"}},
	}
	for _, test := range substitutions {
		t.Run(test.address, func(t *testing.T) {
			host, params := regexTarget(test.address)
			if host != test.host || !slices.Equal(params, test.params) {
				t.Errorf("got %q %q, want %q %q", host, params, test.host, test.params)
			}
		})
	}
	for _, test := range tests {
		t.Run(test.address, func(t *testing.T) {
			host, params := target(test.address)
			if host != test.host || !slices.Equal(params, test.params) {
				t.Errorf("got %q %q, want %q %q", host, params, test.host, test.params)
			}
		})
	}
}

func TestResourceTypes(t *testing.T) {
	tests := []struct {
		condition        string
		mainFrame, frame bool
	}{
		{`{}`, false, true},
		{`{"resourceTypes": []}`, false, true},
		{`{"resourceTypes": ["main_frame"]}`, true, false},
		{`{"resourceTypes": ["script", "sub_frame"]}`, false, true},
		{`{"excludedResourceTypes": ["script"]}`, true, true},
		{`{"excludedResourceTypes": ["main_frame"]}`, false, true},
		{`{"resourceTypes": ["main_frame"], "excludedResourceTypes": ["main_frame"]}`, true, false},
	}
	for _, test := range tests {
		t.Run(test.condition, func(t *testing.T) {
			doc, err := laxjson.Parse([]byte(test.condition))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := [2]bool{hits(doc.Root, "main_frame"), hits(doc.Root, "sub_frame")}, [2]bool{test.mainFrame, test.frame}; got != want {
				t.Errorf("main frame, frame: got %v, want %v", got, want)
			}
		})
	}
}

const redirectRule = `{"id":1,"action":{"type":"redirect","redirect":{"url":"https://evil.example/"}},"condition":{"urlFilter":"||shop.example^","resourceTypes":["main_frame"]}}`

func TestRulesetReading(t *testing.T) {
	tests := []struct {
		name, text       string
		rules, redirects int
		err              string
	}{
		{"byte order mark", "\ufeff[" + redirectRule + "]", 1, 1, ""},
		{"comments and commas", "[ // list\n" + redirectRule + ",]", 1, 1, ""},
		{"last key wins", `[{"action":{"type":"block"},"action":{"type":"redirect","redirect":{"url":"https://a.example/"}}}]`, 1, 1, ""},
		{"other case is another key", `[{"action":{"type":"redirect","redirect":{"url":"https://a.example/"}},"Action":{"type":"block"}}]`, 1, 1, ""},
		{"wrong types", `[{"action":{"type":"redirect","redirect":[]},"condition":7}, 5, "redirect", null, [["redirect"]]]`, 5, 0, ""},
		{"no list", `{"redirect":1}`, 0, 0, "ruleset is no list of rules at offset 1"},
		{"empty", ``, 0, 0, "file is empty at offset 0"},
		{"cut", "[" + redirectRule + ",", 1, 1, "text is no JSON that browsers read"},
		{"UTF-16", "\xff\xfe[\x00]\x00", 0, 0, "text is UTF-16 or UTF-32, which browsers refuse at offset 0"},
		{"deep rule", `[{"redirect":` + strings.Repeat("[", 101) + strings.Repeat("]", 101) + `}]`, 1, 0, "rule: values are nested deeper than 100 at offset 112"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, err := Read("r.json", []byte(test.text), NewRoom())
			if got := fmt.Sprint(err); test.err == "" && err != nil || !strings.HasPrefix(got, test.err) && test.err != "" {
				t.Errorf("got %v, want %q", err, test.err)
			}
			if file.Rules != test.rules || len(file.Redirects) != test.redirects {
				t.Errorf("got %d rules, %d redirects, want %d and %d", file.Rules, len(file.Redirects), test.rules, test.redirects)
			}
		})
	}
}

func TestRulesetLimits(t *testing.T) {
	many := func(n int, rule string) string { return "[" + strings.Repeat(rule+",", n-1) + rule + "]" }
	file, err := Read("r.json", []byte(many(limits.RedirectRules, redirectRule)), NewRoom())
	if err != nil || len(file.Redirects) != limits.RedirectRules {
		t.Errorf("at the limit: %d redirects, %v", len(file.Redirects), err)
	}
	file, err = Read("r.json", []byte(many(limits.RedirectRules+1, redirectRule)), NewRoom())
	var format *laxjson.FormatError
	if !errors.As(err, &format) || !format.Limit || len(file.Redirects) != limits.RedirectRules {
		t.Errorf("past the limit: %d redirects, %v", len(file.Redirects), err)
	}

	domains := many(limits.RulePatterns/100, `"a.example"`)
	wide := `{"id":1,"action":{"type":"redirect","redirect":{"url":"https://evil.example/"}},"condition":{"requestDomains":` + domains + `}}`
	file, err = Read("r.json", []byte(many(101, wide)), NewRoom())
	if err != nil || len(file.Redirects[99].From) != limits.RulePatterns/100 || file.Redirects[100].From != nil {
		t.Errorf("patterns past the limit: %v, want the last rule to count for every request", err)
	}
}

// An ad blocker's hundred thousand rules are read at the speed of a scan.
func TestLargeRulesetIsFast(t *testing.T) {
	block := `{"id":1,"priority":1,"action":{"type":"block"},"condition":{"urlFilter":"||ads.example^","resourceTypes":["script","image"]}}`
	text := []byte("[" + strings.Repeat(block+",\n", 100_000) + redirectRule + "]")
	start := time.Now()
	file, err := Read("r.json", text, NewRoom())
	if err != nil || file.Rules != 100_001 || len(file.Redirects) != 1 || file.Redirects[0].Evidence.Line != 100_001 {
		t.Fatalf("got %d rules, %d redirects, %v", file.Rules, len(file.Redirects), err)
	}
	took := time.Since(start)
	t.Logf("%d bytes in %v", len(text), took)
	if took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestTruncatedRuleset(t *testing.T) {
	text := strings.TrimSpace(testFile(t, "redirects.json"))
	for i := range len(text) {
		if _, err := Read("r.json", []byte(text[:i]), NewRoom()); err == nil {
			t.Errorf("cut at %d of %d: no error", i, len(text))
		}
	}
}

func FuzzRuleset(f *testing.F) {
	f.Add([]byte(testFile(f, "redirects.json")))
	f.Add([]byte("\ufeff[ // x\n" + redirectRule + ",]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, _ := Read("r.json", text, NewRoom())
		for _, rule := range file.Redirects {
			if rule.Kind == "" || rule.Evidence.Line == 0 || rule.Evidence.Offset >= int64(len(text)) {
				t.Errorf("rule without kind or place: %+v", rule)
			}
		}
	})
}

func testFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func diff(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(got, want); d != "" {
		t.Errorf("%s (-got +want)\n%s", what, d)
	}
}
