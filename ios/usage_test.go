package ios

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Every row of the table, in an app for iPhones that runs on modern systems only.
func TestEveryUsageKey(t *testing.T) {
	special := map[string][]string{
		"NSLocationAlwaysAndWhenInUseUsageDescription": {"location"}, // no background mode here
		"NSLocationAlwaysUsageDescription":             {"location"},
		"NSCalendarsWriteOnlyAccessUsageDescription":   {"calendar/write-only"},
	}
	for _, row := range UsageKeys() {
		t.Run(row.Key, func(t *testing.T) {
			var text any = "why"
			if strings.HasSuffix(row.Key, "Dictionary") {
				text = values{"p": "why"}
			} else if row.Key == "NSSensorKitUsageDetail" {
				text = values{"SRSensorUsageKeyboardMetrics": values{"Description": "why"}}
			}
			item := ReadInfoPlist(xmlList(app(values{row.Key: text})))
			var want []string
			for _, id := range row.Capabilities {
				want = append(want, string(id))
			}
			if w, ok := special[row.Key]; ok {
				want = w
			}
			if row.Platform != platformIOS {
				want = nil
			}
			if diff := cmp.Diff(gives(item), want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
			if len(item.Traits)+len(item.Problems) > 0 {
				t.Errorf("got %v, %v", item.Traits, item.Problems)
			}
			p := item.Permissions[0]
			if p.Name != row.Key || p.Type != "usage" || !strings.Contains(p.Text, "why") || p.Unknown || !slices.Equal(p.States, []inventory.PermissionState{inventory.StateRequested}) {
				t.Errorf("got %+v", p)
			}
			for _, c := range item.Capabilities {
				if c.Exposure != inventory.Requested || c.Confidence != inventory.Proved || c.Evidence[0].File != "Info.plist" || !strings.Contains(c.Evidence[0].Detail, row.Key) {
					t.Errorf("got %+v", c)
				}
			}
		})
	}
}

func TestUsage(t *testing.T) {
	tests := []struct {
		name   string
		info   values
		want   []string
		traits []string
		texts  map[string]string // permission -> text
	}{
		{"always with background mode", values{"NSLocationAlwaysAndWhenInUseUsageDescription": "x", "UIBackgroundModes": []any{"audio", "location"}}, []string{"location-background"}, nil, nil},
		{"always with background mode of one device", values{"NSLocationAlwaysUsageDescription": "x", "UIBackgroundModes~ipad": []any{"location"}}, []string{"location-background"}, nil, nil},
		{"background mode without key", values{"UIBackgroundModes": []any{"location"}}, nil, nil, nil},
		{"suffixes", values{"NSCameraUsageDescription~ipad": "a", "NSCameraUsageDescription-iphoneos~iphone": "b", "NSContactsUsageDescription-iphoneos": "c"}, []string{"camera", "contacts"}, nil,
			map[string]string{"NSCameraUsageDescription~ipad": "a", "NSCameraUsageDescription-iphoneos~iphone": "b", "NSContactsUsageDescription-iphoneos": "c"}},
		{"unknown key", values{"NSThoughtsUsageDescription": "x", "OSNewThingUsageDescriptionDictionary": values{"a": "b"}}, nil, []string{"unknown-usage-key"},
			map[string]string{"NSThoughtsUsageDescription": "x", "OSNewThingUsageDescriptionDictionary": "a: b"}},
		{"no usage key", values{"UsageDescriptionOfNothing": "x", "myUsageDescription": "x"}, nil, nil, map[string]string{}},
		{"empty text", values{"NSCameraUsageDescription": ""}, []string{"camera"}, []string{"empty-usage-text"}, nil},
		{"white text", values{"NSCameraUsageDescription": " \n\t"}, []string{"camera"}, []string{"empty-usage-text"}, nil},
		{"placeholder", values{"NSCameraUsageDescription": "$(CAMERA_TEXT)"}, []string{"camera"}, []string{"empty-usage-text"}, nil},
		{"other placeholder", values{"NSCameraUsageDescription": " ${CAMERA_TEXT} "}, []string{"camera"}, []string{"empty-usage-text"}, nil},
		{"text with a price", values{"NSCameraUsageDescription": "$(x) costs nothing"}, []string{"camera"}, nil, nil},
		{"text of another type", values{"NSCameraUsageDescription": true}, []string{"camera"}, []string{"wrong-type"}, nil},
		{"empty dictionary", values{"NSLocationTemporaryUsageDescriptionDictionary": values{}}, []string{"location"}, []string{"empty-usage-text"}, nil},
		{"dictionary with an empty text", values{"NSLocationTemporaryUsageDescriptionDictionary": values{"a": "", "b": "x", "c": 1}}, []string{"location"}, []string{"empty-usage-text"},
			map[string]string{"NSLocationTemporaryUsageDescriptionDictionary": "a: ; b: x; c: "}},
		{"dictionary given as text", values{"NSLocationTemporaryUsageDescriptionDictionary": "x"}, []string{"location"}, []string{"wrong-type"}, nil},
		{"legacy location, modern app", values{"NSLocationUsageDescription": "x"}, nil, nil, nil},
		{"legacy location, old app", values{"NSLocationUsageDescription": "x", "MinimumOSVersion": "7.1"}, []string{"location"}, nil, nil},
		{"legacy Bluetooth, app from iOS 12 on", values{"NSBluetoothPeripheralUsageDescription": "x", "MinimumOSVersion": "12.4"}, []string{"nearby"}, nil, nil},
		{"legacy Bluetooth, app from iOS 13 on", values{"NSBluetoothPeripheralUsageDescription": "x", "MinimumOSVersion": "13"}, nil, nil, nil},
		{"watch key on a watch", values{"NSFallDetectionUsageDescription": "x", "WKApplication": true}, []string{"sensors"}, nil, nil},
		{"watch key on a watch platform", values{"NSFallDetectionUsageDescription": "x", "CFBundleSupportedPlatforms": []any{"WatchOS"}}, []string{"sensors"}, nil, nil},
		{"vision key on its platform", values{"NSMainCameraUsageDescription": "x", "CFBundleSupportedPlatforms": []any{"XROS"}}, []string{"camera"}, nil, nil},
		{"Mac key on its platform", values{"NSAppleEventsUsageDescription": "x", "CFBundleSupportedPlatforms": []any{"MacOSX"}}, []string{"accessibility"}, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := ReadInfoPlist(xmlList(app(test.info)))
			if diff := cmp.Diff(gives(item), test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
			if diff := cmp.Diff(traits(item), test.traits); diff != "" {
				t.Errorf("traits: got (-), want (+):\n%s", diff)
			}
			if test.texts == nil {
				return
			}
			got := map[string]string{}
			for _, p := range item.Permissions {
				got[p.Name] = p.Text
			}
			if diff := cmp.Diff(got, test.texts); diff != "" {
				t.Errorf("texts: got (-), want (+):\n%s", diff)
			}
		})
	}
}

func TestUsageEvidence(t *testing.T) {
	tests := []struct{ key, id, want string }{
		{"NSLocationAlwaysAndWhenInUseUsageDescription", "location", "without the background mode location"},
		{"NSBluetoothPeripheralUsageDescription", "nearby", "systems before iOS 13 only"},
	}
	for _, test := range tests {
		item := ReadInfoPlist(xmlList(app(values{test.key: "x", "MinimumOSVersion": "9.0"})))
		if got := evidence(item, test.id); !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q in it", test.key, got, test.want)
		}
	}
}

func TestUsageKeyLimit(t *testing.T) {
	info := app(nil)
	for i := range limits.UsageKeys {
		info[fmt.Sprintf("X%05dUsageDescription", i)] = "x"
	}
	item := ReadInfoPlist(xmlList(info))
	if len(item.Permissions) != limits.UsageKeys || len(item.Problems) != 0 {
		t.Errorf("at the limit: got %d keys, %v", len(item.Permissions), item.Problems)
	}
	nested := tree(map[string]any{"Info.plist": info, "PlugIns/A.appex/Info.plist": values{"CFBundleIdentifier": "a", "NSExtension": values{"NSExtensionPointIdentifier": "com.apple.share-services"}, "NSCameraUsageDescription": "x"}})
	item = ReadBundle(nested)
	wantProblem(t, item, "PlugIns/A.appex/Info.plist", "more than 5000 usage keys", true)
}
