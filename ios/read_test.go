package ios

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/inventory"
)

// The sample app says the same as a folder, inside an IPA, an Xcode archive and a Mac's wrapper.
func TestSampleApp(t *testing.T) {
	notes := os.DirFS("testdata/notes.app")
	moved := func(prefix string, more ...string) fs.FS {
		files := map[string]any{}
		for _, name := range more {
			files[name] = "x"
		}
		out := tree(files)
		err := fs.WalkDir(notes, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(notes, name)
			out[prefix+name] = tree(map[string]any{"x": string(data)})["x"]
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	tests := []struct {
		name, prefix string
		item         *inventory.Item
		traces       []string
	}{
		{"folder", "", ReadBundle(notes), nil},
		{"IPA", "Payload/notes.app/", ReadArchive(ipa(t, moved("Payload/notes.app/", "iTunesMetadata.plist", "__MACOSX/Payload/._notes.app", "Payload/._notes.app/x", "SwiftSupport/x"))), []string{"iTunesMetadata.plist"}},
		{"Xcode archive", "Products/Applications/notes.app/", ReadBundle(moved("Products/Applications/notes.app/", "dSYMs/x")), nil},
		{"Mac wrapper", "Wrapper/notes.app/", ReadBundle(moved("Wrapper/notes.app/", "Wrapper/iTunesMetadata.plist")), []string{"iTunesMetadata.plist"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := test.item
			if item.ID != "com.example.notes" || item.Name != "Notizbuch 备忘录" || item.Version != "3.2.1" || item.Kind != inventory.KindApp || item.Platform != inventory.IOS {
				t.Errorf("got %q, %q, %q, %q", item.ID, item.Name, item.Version, item.Kind)
			}
			want := []string{"calendar/write-only", "camera", "contacts", "keystrokes/full-access", "list-apps/named-only", "location", "location-background", "microphone", "network-cleartext", "page-read", "sensors", "tracking"}
			if diff := cmp.Diff(gives(item), want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
			if diff := cmp.Diff(traits(item), []string{"empty-usage-text", "keyboard-uses-sensors"}); diff != "" {
				t.Errorf("traits: got (-), want (+):\n%s", diff)
			}
			if got, want := evidence(item, "keystrokes"), test.prefix+"PlugIns/NotesKeys.appex/Info.plist: "; !strings.HasPrefix(got, want) {
				t.Errorf("got evidence %q, want it in %q", got, want)
			}
			if diff := cmp.Diff(item.Detail.IOS, sampleDetail(test.traces)); diff != "" {
				t.Errorf("detail: got (-), want (+):\n%s", diff)
			}
			if len(item.Problems) > 0 {
				t.Errorf("got problems %+v", item.Problems)
			}
			if diff := cmp.Diff(item.Signature, inventory.Signature{}); diff != "" {
				t.Errorf("signature: %s", diff)
			}
		})
	}
}

func sampleDetail(traces []string) *inventory.IOSDetail {
	const version = "3.2.1"
	return &inventory.IOSDetail{
		DisplayName: "Notizbuch 备忘录", Executable: "Notes", PackageType: "APPL", MinimumOS: "15.0",
		Platforms: []string{"iPhoneOS"}, SDK: "iphoneos18.2",
		URLSchemes: []string{"examplenotes"}, QueriedSchemes: []string{"mailto", "tel", "weixin"},
		BackgroundModes: []string{"location", "remote-notification"}, BonjourServices: []string{"_examplenotes._tcp"},
		Transport: inventory.Transport{Verdict: "exceptions", Exceptions: []string{"files.example.com"}, Note: "unencrypted connections in the local network; weaker encryption for 1 host"},
		Bundles: []inventory.NestedBundle{
			{Path: "AppClips/Clip.app", ID: "com.example.notes.Clip", Name: "Clip", Version: version},
			{Path: "Extensions/Shortcuts.appex", ID: "com.example.notes.shortcuts", Name: "Shortcuts", Point: "com.apple.appintents-extension", Version: version},
			{Path: "PlugIns/NotesKeys.appex", ID: "com.example.notes.keys", Name: "NotesKeys", Point: "com.apple.keyboard-service", Version: version, Usage: []string{"NSMicrophoneUsageDescription"}},
			{Path: "PlugIns/Share.appex", ID: "com.example.notes.share", Name: "Share", Point: "com.apple.share-services", Version: version},
			{Path: "Watch/NotesWatch.app", ID: "com.example.notes.watch", Name: "NotesWatch", Version: version, Usage: []string{"NSFallDetectionUsageDescription"}},
			{Path: "Watch/NotesWatch.app/PlugIns/Face.appex", ID: "com.example.notes.watch.face", Name: "Face", Point: "com.apple.widgetkit-extension", Version: version},
		},
		Frameworks: 1, FileSharing: true, AdNetworks: 2, StoreTraces: traces, HasExecutable: true, HasCodeResources: true,
	}
}

// The fixtures are what their script makes.
func TestSamplesAreFresh(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 isn't installed: the samples can't be made again")
	}
	for _, set := range []struct{ script, dir string }{{"testdata/make.py", "testdata"}, {"../testdata/make-ios.py", "../testdata/samples/ios"}} {
		made := t.TempDir()
		if text, err := exec.Command(python, set.script, made).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", set.script, err, text)
		}
		err := filepath.WalkDir(made, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			want, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(made, name)
			if got, err := os.ReadFile(filepath.Join(set.dir, rel)); err != nil || string(got) != string(want) {
				t.Errorf("%s/%s isn't what %s makes: run it again (%v)", set.dir, rel, set.script, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestIdentity(t *testing.T) {
	tests := []struct {
		name              string
		info              values
		id, label, versn  string
		kind              inventory.Kind
		traits            []string
		problem           string
		traces, platforms []string
	}{
		{name: "display name first", info: values{"CFBundleIdentifier": "a", "CFBundleDisplayName": "D", "CFBundleName": "N", "CFBundleExecutable": "E", "CFBundleVersion": "7"}, id: "a", label: "D", versn: "7"},
		{name: "then name", info: values{"CFBundleIdentifier": "a", "CFBundleDisplayName": "", "CFBundleName": "N", "CFBundleExecutable": "E"}, id: "a", label: "N"},
		{name: "then executable", info: values{"CFBundleIdentifier": "a", "CFBundleExecutable": "E"}, id: "a", label: "E"},
		{name: "case is kept", info: values{"CFBundleIdentifier": "com.Example.iApp"}, id: "com.Example.iApp"},
		{name: "the phone's name", info: values{"CFBundleIdentifier": "a", "CFBundleDisplayName": "Pad", "CFBundleDisplayName~iphone": "Phone"}, id: "a", label: "Phone", traits: []string{"depends-on-configuration"}},
		{name: "the tablet's name is told", info: values{"CFBundleIdentifier": "a", "CFBundleDisplayName": "Phone", "CFBundleDisplayName~ipad": "Pad"}, id: "a", label: "Phone", traits: []string{"depends-on-configuration"}},
		{name: "no identifier", info: values{"CFBundleName": "N"}, label: "N", problem: "CFBundleIdentifier is missing"},
		{name: "identifier of another type", info: values{"CFBundleIdentifier": 7}, problem: "CFBundleIdentifier is missing", traits: []string{"wrong-type"}},
		{name: "extension alone", info: appex("com.apple.share-services", nil), id: "com.example.app.ext", kind: inventory.KindPlugin},
		{name: "app with an extension's key", info: app(values{"NSExtension": values{"NSExtensionPointIdentifier": "com.apple.share-services"}}), id: "com.example.app", platforms: []string{"iPhoneOS"}},
		{name: "simulator", info: values{"CFBundleIdentifier": "a", "CFBundleSupportedPlatforms": []any{"iPhoneSimulator"}, "DTPlatformName": "iphonesimulator"}, id: "a", traits: []string{"simulator-build"}, platforms: []string{"iPhoneSimulator"}},
		{name: "sideloaded", info: values{"CFBundleIdentifier": "a", "ALTDeviceID": "00008030-SECRET", "ALTServerID": "SECRET"}, id: "a", traits: []string{"sideload-trace"}},
		{name: "store", info: values{"CFBundleIdentifier": "a", "DTAppStoreToolsBuild": "16C5031b", "UISupportedDevices": []any{}}, id: "a", traces: []string{"DTAppStoreToolsBuild", "UISupportedDevices"}},
		{name: "URL types as a dictionary", info: values{"CFBundleIdentifier": "a", "CFBundleURLTypes": values{"CFBundleURLSchemes": "x"}}, id: "a", traits: []string{"wrong-type"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := ReadBundle(tree(map[string]any{"Info.plist": test.info}))
			if test.kind == "" {
				test.kind = inventory.KindApp
			}
			if item.ID != test.id || item.Name != test.label || item.Version != test.versn || item.Kind != test.kind {
				t.Errorf("got %q, %q, %q, %q, want %q, %q, %q, %q", item.ID, item.Name, item.Version, item.Kind, test.id, test.label, test.versn, test.kind)
			}
			if diff := cmp.Diff(traits(item), test.traits); diff != "" {
				t.Errorf("traits: got (-), want (+):\n%s", diff)
			}
			if test.problem != "" {
				wantProblem(t, item, "Info.plist", test.problem, false)
			} else if len(item.Problems) > 0 {
				t.Errorf("got %+v", item.Problems)
			}
			if diff := cmp.Diff(item.Detail.IOS.StoreTraces, test.traces); diff != "" {
				t.Errorf("traces: got (-), want (+):\n%s", diff)
			}
			if diff := cmp.Diff(item.Detail.IOS.Platforms, test.platforms); diff != "" {
				t.Errorf("platforms: got (-), want (+):\n%s", diff)
			}
			if strings.Contains(fmt.Sprint(item.Traits, item.Problems, item.Detail.IOS), "SECRET") {
				t.Error("a device's id is shown")
			}
		})
	}
}

func TestFilesOfTheBundle(t *testing.T) {
	item := ReadBundle(tree(map[string]any{"Info.plist": app(values{"CFBundleExecutable": "App"}), "App": "x", "embedded.mobileprovision": "x", "_CodeSignature/CodeResources": "x", "SC_Info/App.sinf": "x", "Frameworks/A.framework/A": "x", "Frameworks/b.dylib": "x", "Frameworks/readme": "x"}))
	d := item.Detail.IOS
	if !d.HasExecutable || !d.HasProfile || !d.HasCodeResources || d.Frameworks != 2 || !cmp.Equal(d.StoreTraces, []string{"SC_Info"}) {
		t.Errorf("got %+v", d)
	}
	for _, name := range []string{"../App", "sub/App", "/App", ".", "SC_Info"} {
		item := ReadBundle(tree(map[string]any{"Info.plist": app(values{"CFBundleExecutable": name}), "App": "x", "sub/App": "x", "SC_Info/x": "x"}))
		if item.Detail.IOS.HasExecutable {
			t.Errorf("%q counts as an executable", name)
		}
	}
}

func TestManyQueries(t *testing.T) {
	for n, want := range map[int][]string{20: nil, 21: {"queries-many-apps"}} {
		var schemes []any
		for i := range n {
			schemes = append(schemes, fmt.Sprintf("bank%02d", i))
		}
		item := ReadInfoPlist(xmlList(app(values{"LSApplicationQueriesSchemes": schemes})))
		if diff := cmp.Diff(traits(item), want); diff != "" {
			t.Errorf("%d schemes: got (-), want (+):\n%s", n, diff)
		}
		if got := evidence(item, "list-apps"); !strings.Contains(got, fmt.Sprintf("names %d app schemes", n)) {
			t.Errorf("got %q", got)
		}
	}
}

func TestContainers(t *testing.T) {
	good := app(nil)
	tests := []struct {
		name, file, problem string
		files               map[string]any
	}{
		{"nothing in it", "Payload", "no app in Payload", map[string]any{"Payload/readme": "x"}},
		{"no Payload", "Payload", "no app in Payload", map[string]any{"App.app/Info.plist": good}},
		{"app that is a file", "Payload", "no app in Payload", map[string]any{"Payload/App.app": "x"}},
		{"two apps", "Payload", `2 apps in Payload where one belongs: "A.app", "B.app"`, map[string]any{"Payload/A.app/Info.plist": good, "Payload/B.app/Info.plist": good}},
		{"seven apps", "Payload", `and 2 more`, map[string]any{"Payload/A.app/x": "", "Payload/B.app/x": "", "Payload/C.app/x": "", "Payload/D.app/x": "", "Payload/E.app/x": "", "Payload/F.app/x": "", "Payload/G.APP/x": ""}},
		{"one folder too deep", "Payload", `one folder too deep: "My App/A.app"`, map[string]any{"Payload/My App/A.app/Info.plist": good}},
		{"Payload in Payload", "Payload", `one folder too deep: "Payload/A.app"`, map[string]any{"Payload/Payload/A.app/Info.plist": good}},
		{"no Info.plist", "Payload/A.app/Info.plist", "file is missing", map[string]any{"Payload/A.app/A": "x"}},
		{"Info.plist in another case", "Payload/A.app/Info.plist", "file is missing", map[string]any{"Payload/A.app/info.plist": good}},
		{"Info.plist that is a folder", "Payload/A.app/Info.plist", "neither a regular file", map[string]any{"Payload/A.app/Info.plist/x": "x"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := ReadArchive(ipa(t, tree(test.files)))
			wantProblem(t, item, test.file, test.problem, false)
			if item.ID != "" || item.Kind != inventory.KindApp || item.Platform != inventory.IOS {
				t.Errorf("got %q, %q, %q", item.ID, item.Kind, item.Platform)
			}
		})
	}
}

func TestBundleFolders(t *testing.T) {
	good := app(nil)
	archiveInfo := values{"ApplicationProperties": values{"ApplicationPath": "Applications/A.app"}, "ArchiveVersion": 2}
	tests := []struct {
		name, id, problem string
		files             map[string]any
	}{
		{"Xcode archive", "com.example.app", "", map[string]any{"Info.plist": archiveInfo, "Products/Applications/A.app/Info.plist": good, "dSYMs/x": "x"}},
		{"Xcode archive with two apps", "", "2 apps in Products/Applications", map[string]any{"Info.plist": archiveInfo, "Products/Applications/A.app/Info.plist": good, "Products/Applications/B.app/Info.plist": good}},
		{"Xcode archive without app", "", "no app in Products/Applications", map[string]any{"Info.plist": archiveInfo, "Products/Applications/x": "x"}},
		{"app that plays an archive", "com.example.app", "", map[string]any{"Info.plist": good, "Products/Applications/A.app/Info.plist": app(values{"CFBundleIdentifier": "com.example.decoy"})}},
		{"wrapper without app", "", "no app in Wrapper", map[string]any{"Wrapper/x": "x"}},
		{"app that plays a wrapper", "com.example.app", "wrapped app beside an Info.plist", map[string]any{"Info.plist": good, "Wrapper/A.app/Info.plist": app(values{"CFBundleIdentifier": "com.example.decoy"})}},
		{"empty folder", "", "file is missing", map[string]any{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := ReadBundle(tree(test.files))
			if item.ID != test.id {
				t.Errorf("got %q, want %q", item.ID, test.id)
			}
			if got := fmt.Sprint(item.Problems); !strings.Contains(got, test.problem) || (test.problem == "") != (len(item.Problems) == 0) {
				t.Errorf("got %v, want %q in it", got, test.problem)
			}
		})
	}
}

// A nested bundle that can't be read is told; a main list that can't be read doesn't hide nested ones.
func TestUnreadableParts(t *testing.T) {
	keyboard := appex(pointKeyboard, nil)
	item := ReadBundle(tree(map[string]any{"Info.plist": "", "PlugIns/K.appex/Info.plist": keyboard}))
	wantProblem(t, item, "Info.plist", "empty", false)
	if diff := cmp.Diff(gives(item), []string{"keystrokes"}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	item = ReadBundle(tree(map[string]any{"Info.plist": app(nil), "PlugIns/K.appex/K": "x"}))
	wantProblem(t, item, "PlugIns/K.appex/Info.plist", "file is missing", false)
	if len(item.Detail.IOS.Bundles) != 1 {
		t.Errorf("got %v, want the bundle listed", item.Detail.IOS.Bundles)
	}
	item = ReadBundle(tree(map[string]any{"Info.plist": app(nil), "plugins/K.APPEX/Info.plist": keyboard}))
	if diff := cmp.Diff(gives(item), []string{"keystrokes"}); diff != "" {
		t.Errorf("in another case: got (-), want (+):\n%s", diff)
	}
}

func TestBundleLimits(t *testing.T) {
	deep := func(n int) *inventory.Item {
		files := map[string]any{"Info.plist": app(nil)}
		prefix := ""
		for range n {
			prefix += "PlugIns/A.appex/"
			files[prefix+"Info.plist"] = appex("com.apple.share-services", nil)
		}
		return ReadBundle(tree(files))
	}
	if item := deep(limits.BundleDepth); len(item.Problems) != 0 || len(item.Detail.IOS.Bundles) != limits.BundleDepth {
		t.Errorf("at the limit: got %v", item.Problems)
	}
	item := deep(limits.BundleDepth + 1)
	wantProblem(t, item, strings.Repeat("PlugIns/A.appex/", limits.BundleDepth)+"PlugIns/A.appex", "nested deeper than 8", true)

	files := map[string]any{"Info.plist": app(nil)}
	for i := range limits.BundlesPerApp {
		files[fmt.Sprintf("PlugIns/E%04d.appex/Info.plist", i)] = appex("com.apple.share-services", nil)
	}
	if item := ReadBundle(tree(files)); len(item.Problems) != 0 || len(item.Detail.IOS.Bundles) != limits.BundlesPerApp {
		t.Errorf("at the limit: got %v", item.Problems)
	}
	files["Watch/W.app/Info.plist"] = app(nil)
	wantProblem(t, ReadBundle(tree(files)), ".", "more than 1000 bundles", true)
}
