package ios

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

func TestTransport(t *testing.T) {
	insecure := func(key string) values { return values{"NSExceptionDomains": values{"a.example": values{key: true}}} }
	tests := []struct {
		name string
		ats  any
		min  string
		want inventory.Transport
		gave string // evidence of network-cleartext; "" = not given
	}{
		{"empty", values{}, "15.0", inventory.Transport{Verdict: "default"}, ""},
		{"open", values{"NSAllowsArbitraryLoads": true}, "15.0", inventory.Transport{Verdict: "open"}, "NSAllowsArbitraryLoads is on"},
		{"off", values{"NSAllowsArbitraryLoads": false}, "15.0", inventory.Transport{Verdict: "default"}, ""},
		{"open as a number", values{"NSAllowsArbitraryLoads": 1}, "15.0", inventory.Transport{Verdict: "open"}, "NSAllowsArbitraryLoads is on"},
		{"overridden", values{"NSAllowsArbitraryLoads": true, "NSAllowsArbitraryLoadsInWebContent": false}, "15.0", inventory.Transport{Verdict: "default", Note: "NSAllowsArbitraryLoads has no effect beside a narrower key"}, ""},
		{"overridden, no minimum", values{"NSAllowsArbitraryLoads": true, "NSAllowsArbitraryLoadsForMedia": true}, "", inventory.Transport{Verdict: "open-media", Note: "NSAllowsArbitraryLoads has no effect beside a narrower key"}, ""},
		{"overridden on new systems only", values{"NSAllowsArbitraryLoads": true, "NSAllowsArbitraryLoadsInWebContent": true}, "9.0", inventory.Transport{Verdict: "open", Note: "open-web on iOS 10 and later, open on older systems"}, "open-web on iOS 10 and later"},
		{"web", values{"NSAllowsArbitraryLoadsInWebContent": true, "NSAllowsArbitraryLoadsForMedia": true}, "15.0", inventory.Transport{Verdict: "open-web"}, ""},
		{"local", values{"NSAllowsLocalNetworking": true}, "15.0", inventory.Transport{Verdict: "default", Note: "unencrypted connections in the local network"}, ""},
		{"exception", insecure("NSExceptionAllowsInsecureHTTPLoads"), "15.0", inventory.Transport{Verdict: "exceptions", Exceptions: []string{"a.example"}}, `1 host: "a.example"`},
		{"temporary exception", insecure("NSTemporaryExceptionAllowsInsecureHTTPLoads"), "15.0", inventory.Transport{Verdict: "exceptions", Exceptions: []string{"a.example"}}, "a.example"},
		{"third-party exception", insecure("NSThirdPartyExceptionAllowsInsecureHTTPLoads"), "15.0", inventory.Transport{Verdict: "exceptions", Exceptions: []string{"a.example"}}, "a.example"},
		{"exception that allows nothing", insecure("NSIncludesSubdomains"), "15.0", inventory.Transport{Verdict: "default"}, ""},
		{"weak", values{"NSExceptionDomains": values{"a.example": values{"NSExceptionMinimumTLSVersion": "TLSv1.0"}, "b.example": values{"NSThirdPartyExceptionRequiresForwardSecrecy": false}}}, "15.0",
			inventory.Transport{Verdict: "default", Note: "weaker encryption for 2 hosts"}, ""},
		{"pinned", values{"NSPinnedDomains": values{"a.example": values{}}}, "15.0", inventory.Transport{Verdict: "default", Note: "pinned keys for 1 host"}, ""},
		{"open with exceptions", values{"NSAllowsArbitraryLoads": true, "NSExceptionDomains": values{"a.example": values{"NSExceptionAllowsInsecureHTTPLoads": true}}}, "15.0",
			inventory.Transport{Verdict: "open", Exceptions: []string{"a.example"}}, "NSAllowsArbitraryLoads is on"},
		{"wrong type", "yes", "15.0", inventory.Transport{Verdict: "default"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			info := app(values{"NSAppTransportSecurity": test.ats})
			if info["MinimumOSVersion"] = test.min; test.min == "" {
				delete(info, "MinimumOSVersion")
			}
			item := ReadInfoPlist(xmlList(info))
			if diff := cmp.Diff(item.Detail.IOS.Transport, test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
			got := evidence(item, "network-cleartext")
			if (got == "") != (test.gave == "") || !strings.Contains(got, test.gave) {
				t.Errorf("got evidence %q, want %q in it", got, test.gave)
			}
		})
	}
}

func TestTransportByDevice(t *testing.T) {
	item := ReadInfoPlist(xmlList(app(values{"NSAppTransportSecurity": values{}, "NSAppTransportSecurity~ipad": values{"NSAllowsArbitraryLoads": true}})))
	if got := item.Detail.IOS.Transport.Verdict; got != "open" {
		t.Errorf("got %q, want the most open spelling", got)
	}
}

func TestTransportOfNestedBundle(t *testing.T) {
	item := ReadBundle(tree(map[string]any{
		"Info.plist":                 app(nil),
		"PlugIns/A.appex/Info.plist": values{"CFBundleIdentifier": "a", "NSExtension": values{"NSExtensionPointIdentifier": "com.apple.share-services"}, "NSAppTransportSecurity": values{"NSAllowsArbitraryLoads": true}},
	}))
	if got := evidence(item, "network-cleartext"); !strings.HasPrefix(got, "PlugIns/A.appex/Info.plist: ") || item.Detail.IOS.Transport.Verdict != "default" {
		t.Errorf("got %q, %q", got, item.Detail.IOS.Transport.Verdict)
	}
}

// Thousands of hosts, each with a value of the wrong type, make one piece of evidence and take no time.
func TestTransportManyHosts(t *testing.T) {
	hosts := values{}
	for i := range 40_000 {
		hosts[fmt.Sprintf("h%05d.example", i)] = values{"NSExceptionAllowsInsecureHTTPLoads": "YES"}
	}
	list := xmlList(app(values{"NSAppTransportSecurity": values{"NSExceptionDomains": hosts}}))
	start := time.Now()
	item := ReadInfoPlist(list)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	if n := len(item.Detail.IOS.Transport.Exceptions); n != 40_000 {
		t.Errorf("got %d hosts", n)
	}
	want := `Info.plist: NSAppTransportSecurity.NSExceptionDomains holds values of the wrong type for 40000 hosts: "h00000.example", "h00001.example", "h00002.example", "h00003.example", "h00004.example" and 39995 more`
	if got := evidence(item, "wrong-type"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
