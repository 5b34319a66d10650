package ios

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

// Every row of the table, by both ways in which an extension names its point.
func TestEveryExtensionPoint(t *testing.T) {
	for _, row := range ExtensionPoints() {
		t.Run(row.Point, func(t *testing.T) {
			var want []string
			for _, id := range row.Capabilities {
				want = append(want, string(id))
			}
			slices.Sort(want)
			newer := values{"CFBundleIdentifier": "a", "EXAppExtensionAttributes": values{"EXExtensionPointIdentifier": row.Point}}
			for _, info := range []values{appex(row.Point, values{}), newer} {
				item := ReadInfoPlist(xmlList(info))
				if diff := cmp.Diff(gives(item), want); diff != "" {
					t.Errorf("got (-), want (+):\n%s", diff)
				}
				if len(item.Traits)+len(item.Problems) > 0 || item.Detail.IOS.ExtensionPoint != row.Point {
					t.Errorf("got %v, %v, point %q", item.Traits, item.Problems, item.Detail.IOS.ExtensionPoint)
				}
			}
		})
	}
}

func TestExtension(t *testing.T) {
	const share, keyboard, filter = "com.apple.share-services", pointKeyboard, pointMessageFilter
	script := values{"NSExtensionJavaScriptPreprocessingFile": "Run"}
	tests := []struct {
		name   string
		info   values
		want   []string
		traits []string
		detail string // in the evidence of the first capability or trait
	}{
		{"keyboard", appex(keyboard, values{"RequestsOpenAccess": false}), []string{"keystrokes"}, nil, ""},
		{"keyboard without attributes", values{"CFBundleIdentifier": "a", "NSExtension": values{"NSExtensionPointIdentifier": keyboard}}, []string{"keystrokes"}, nil, ""},
		{"keyboard with full access", appex(keyboard, values{"RequestsOpenAccess": true}), []string{"keystrokes/full-access"}, nil, "RequestsOpenAccess"},
		{"full access as 1", appex(keyboard, values{"RequestsOpenAccess": 1}), []string{"keystrokes/full-access"}, []string{"wrong-type"}, "RequestsOpenAccess"},
		{"full access as YES", appex(keyboard, values{"RequestsOpenAccess": "YES"}), []string{"keystrokes/full-access"}, []string{"wrong-type"}, "RequestsOpenAccess"},
		{"full access as true", appex(keyboard, values{"RequestsOpenAccess": "true"}), []string{"keystrokes/full-access"}, []string{"wrong-type"}, "RequestsOpenAccess"},
		{"full access as 0", appex(keyboard, values{"RequestsOpenAccess": 0}), []string{"keystrokes"}, []string{"wrong-type"}, ""},
		{"full access as no", appex(keyboard, values{"RequestsOpenAccess": "NO"}), []string{"keystrokes"}, []string{"wrong-type"}, ""},
		{"keyboard with camera", merge(appex(keyboard, nil), values{"NSCameraUsageDescription": "x"}), []string{"camera", "keystrokes"}, []string{"keyboard-uses-sensors"}, ""},
		{"keyboard with speech", merge(appex(keyboard, nil), values{"NSSpeechRecognitionUsageDescription": "x"}), []string{"keystrokes", "microphone"}, []string{"keyboard-uses-sensors"}, ""},
		{"share with camera", merge(appex(share, nil), values{"NSCameraUsageDescription": "x"}), []string{"camera"}, nil, ""},
		{"share", appex(share, values{}), nil, nil, ""},
		{"share with a script", appex(share, script), []string{"page-read"}, nil, "page script Run"},
		{"action with a script", appex("com.apple.ui-services", script), []string{"page-read"}, nil, "page script Run"},
		{"action without screen with a script", appex("com.apple.services", script), []string{"page-read"}, nil, "page script Run"},
		{"message filter with a server", appex(filter, values{"ILMessageFilterExtensionNetworkURL": "https://f.example/"}), []string{"read-codes"}, nil, "to https://f.example/"},
		{"message filter with the other spelling", appex(filter, values{"IDMessageFilterExtensionNetworkURL": "https://g.example/"}), []string{"read-codes"}, nil, "to https://g.example/"},
		{"report extension, other spelling", appex("com.apple.deviceactivity.report-extension", nil), []string{"list-apps"}, nil, ""},
		{"app push", appex("com.apple.networkextension.app-push", nil), nil, nil, ""},
		{"unknown network extension", appex("com.apple.networkextension.future", nil), []string{"vpn"}, []string{"unknown-extension-point"}, ""},
		{"unknown point", appex("com.apple.mind-reading", nil), nil, []string{"unknown-extension-point"}, ""},
		{"case matters", appex("com.apple.Keyboard-Service", nil), nil, []string{"unknown-extension-point"}, ""},
		{"no point", values{"CFBundleIdentifier": "a", "NSExtension": values{}}, nil, []string{"unknown-extension-point"}, ""},
		{"extension of another type", values{"CFBundleIdentifier": "a", "NSExtension": "x"}, nil, []string{"unknown-extension-point", "wrong-type"}, ""},
		{"point of another type", values{"CFBundleIdentifier": "a", "NSExtension": values{"NSExtensionPointIdentifier": []any{keyboard}}}, nil, []string{"unknown-extension-point", "wrong-type"}, ""},
		{"point for one device", values{"CFBundleIdentifier": "a", "NSExtension~ipad": values{"NSExtensionPointIdentifier": keyboard}}, []string{"keystrokes"}, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := ReadInfoPlist(xmlList(test.info))
			if diff := cmp.Diff(gives(item), test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
			if diff := cmp.Diff(traits(item), test.traits); diff != "" {
				t.Errorf("traits: got (-), want (+):\n%s", diff)
			}
			if len(item.Capabilities) > 0 && !strings.Contains(item.Capabilities[0].Evidence[0].Detail, test.detail) {
				t.Errorf("got %q, want %q in it", item.Capabilities[0].Evidence[0].Detail, test.detail)
			}
		})
	}
}

func merge(a, b values) values {
	for key, value := range b {
		a[key] = value
	}
	return a
}

func TestPageScriptWaitsForAClick(t *testing.T) {
	item := ReadInfoPlist(xmlList(appex("com.apple.share-services", values{"NSExtensionJavaScriptPreprocessingFile": "Run"})))
	if diff := cmp.Diff(item.Capabilities[0].Reach, []string{"on-click"}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
}

func TestWebExtension(t *testing.T) {
	const manifest = `{"manifest_version": 3, "name": "x", "version": "1", "host_permissions": ["https://a.example/*"], "content_scripts": [{"matches": ["https://b.example/*"], "js": ["c.js"]}]}`
	web := appex(pointWebExtension, nil)
	for _, folder := range []string{"", "Resources/"} {
		item := ReadBundle(tree(map[string]any{"Info.plist": app(nil), "PlugIns/W.appex/Info.plist": web, "PlugIns/W.appex/" + folder + "manifest.json": manifest}))
		read := capability(item, inventory.CapPageRead)
		if diff := cmp.Diff(read.Reach, []string{"https://a.example/*", "https://b.example/*"}); diff != "" {
			t.Errorf("in %q: got (-), want (+):\n%s", folder, diff)
		}
		if diff := cmp.Diff(capability(item, inventory.CapPageModify).Reach, []string{"https://b.example/*"}); diff != "" {
			t.Errorf("in %q: got (-), want (+):\n%s", folder, diff)
		}
		if got := read.Evidence[0].File; got != "PlugIns/W.appex/"+folder+"manifest.json" {
			t.Errorf("in %q: got evidence in %q", folder, got)
		}
	}
}

func TestWebExtensionNotRead(t *testing.T) {
	web := appex(pointWebExtension, nil)
	item := ReadBundle(tree(map[string]any{"Info.plist": app(nil), "PlugIns/W.appex/Info.plist": web}))
	wantProblem(t, item, "PlugIns/W.appex/manifest.json", "missing", false)
	if diff := cmp.Diff(gives(item), []string{"page-modify", "page-read"}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	item = ReadBundle(tree(map[string]any{"Info.plist": app(nil), "PlugIns/W.appex/Info.plist": web, "PlugIns/W.appex/manifest.json": "{"}))
	if len(item.Problems) != 1 || item.Problems[0].File != "PlugIns/W.appex/manifest.json" || !item.Problems[0].Matters {
		t.Errorf("got %+v, want one problem that matters in the manifest", item.Problems)
	}
	if diff := cmp.Diff(gives(item), []string{"page-modify", "page-read"}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
}

func capability(item *inventory.Item, id inventory.CapabilityID) inventory.Capability {
	for _, c := range item.Capabilities {
		if c.ID == id {
			return c
		}
	}
	return inventory.Capability{Evidence: []inventory.Evidence{{}}}
}
