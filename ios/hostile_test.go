package ios

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

func TestS05_InfoPlistRefused(t *testing.T) {
	tests := []struct {
		name, in, want string
		offset         int64
		limit          bool
	}{
		{"zero bytes", "", "empty", 0, false},
		{"hello", "hello", "neither an XML nor a binary", 0, false},
		{"JSON", `{"CFBundleIdentifier": "a"}`, "neither an XML nor a binary", 0, false},
		{"OpenStep", "\n{ CFBundleIdentifier = a; }", "neither an XML nor a binary", 1, false},
		{"cut", "<plist><dict><key>a</key>", "ends inside <dict>", 25, false},
		{"root list", "<plist><array/></plist>", "no dictionary", 7, false},
		{"too deep", "<plist><dict><key>a</key>" + strings.Repeat("<array>", 128), "nested deeper than 128", 914, true},
		{"too long", "<plist><dict/></plist>" + strings.Repeat("\n", 4<<20), "larger than", 4 << 20, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, item := range []*inventory.Item{
				ReadInfoPlist([]byte(test.in)),
				ReadBundle(tree(map[string]any{"Info.plist": test.in})),
			} {
				wantProblem(t, item, "Info.plist", test.want, test.limit)
				if got := item.Problems[0].Offset; got != test.offset {
					t.Errorf("got offset %d, want %d", got, test.offset)
				}
				if item.ID != "" || len(item.Permissions)+len(item.Capabilities) != 0 {
					t.Errorf("got %q, %v, %v", item.ID, item.Permissions, item.Capabilities)
				}
			}
			item := ReadArchive(ipa(t, tree(map[string]any{"Payload/A.app/Info.plist": test.in})))
			if len(item.Problems) != 1 || item.Problems[0].File != "Payload/A.app/Info.plist" {
				t.Errorf("in an IPA: got %+v", item.Problems)
			}
		})
	}
}

func TestS05_OddPlists(t *testing.T) {
	dup := "<plist><dict><key>CFBundleIdentifier</key><string>a</string><key>CFBundleIdentifier</key><string>b</string></dict></plist>"
	item := ReadInfoPlist([]byte(dup + "<!-- -->x"))
	if diff := cmp.Diff(item.Traits, []inventory.Trait{
		{ID: inventory.TraitDuplicatePlistKey, Evidence: []inventory.Evidence{{File: "Info.plist", Offset: 60, Detail: `given more than once, iOS uses the last value: "CFBundleIdentifier"`}}},
		{ID: inventory.TraitPlistTrailingData, Evidence: []inventory.Evidence{{File: "Info.plist", Offset: int64(len(dup) + 8), Detail: "data that readers of property lists pass over"}}},
	}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	if item.ID != "b" || len(item.Problems) > 0 {
		t.Errorf("got %q, %v", item.ID, item.Problems)
	}
}

// Every key that is read is given every type; nothing panics, and whatever isn't of the right type is told.
func TestWrongTypes(t *testing.T) {
	keys := map[string]string{
		"CFBundleIdentifier": "s", "CFBundleName": "s", "CFBundleDisplayName": "s", "CFBundleExecutable": "s", "CFBundlePackageType": "s",
		"CFBundleShortVersionString": "s", "MinimumOSVersion": "s", "DTSDKName": "s", "DTPlatformName": "s", "NSCameraUsageDescription": "s",
		"CFBundleSupportedPlatforms": "ls", "UIBackgroundModes": "ls", "LSApplicationQueriesSchemes": "ls", "NSBonjourServices": "ls",
		"CFBundleURLTypes": "ld", "SKAdNetworkItems": "ld", "UIFileSharingEnabled": "b", "WKApplication": "b",
		"NSAppTransportSecurity": "d", "NSExtension": "d", "EXAppExtensionAttributes": "d", "NSLocationTemporaryUsageDescriptionDictionary": "d", "NSSensorKitUsageDetail": "d",
	}
	given := map[string]any{
		"s": "text", "b": true, "n": 7, "r": 1.5, "d": values{"a": 1}, "ls": []any{"x"}, "ld": []any{values{"a": 1}}, "lm": []any{1, "x", values{}, []any{}, true},
	}
	for key, right := range keys {
		for form, value := range given {
			info := app(values{"NSFallDetectionUsageDescription": "x"}) // makes the platform be looked at
			info[key] = value
			item := ReadInfoPlist(xmlList(info))
			if got, want := item.HasTrait(inventory.TraitWrongType), form != right; got != want {
				t.Errorf("%s given %s: got trait %v, want %v: %s", key, form, got, want, evidence(item, "wrong-type"))
			}
		}
	}
}

func TestS08_SymlinkInArchive(t *testing.T) {
	item := ReadArchive(ipa(t, tree(map[string]any{
		"Payload/A.app/Info.plist": app(nil), "Payload/A.app/PlugIns/K.appex": os.ModeSymlink, "Payload/A.app/res/link": os.ModeSymlink,
	})))
	want := `Payload/A.app/PlugIns/K.appex: 2 symbolic links, not followed: "Payload/A.app/PlugIns/K.appex", "Payload/A.app/res/link"`
	if got := evidence(item, string(inventory.TraitSymlinkInBundle)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if len(item.Detail.IOS.Bundles) != 0 || len(item.Problems) != 0 {
		t.Errorf("got %v, %v", item.Detail.IOS.Bundles, item.Problems)
	}
	item = ReadArchive(ipa(t, tree(map[string]any{"Payload/A.app/Info.plist": os.ModeSymlink})))
	wantProblem(t, item, "Payload/A.app/Info.plist", "symbolic link; not followed", false)
	item = ReadArchive(ipa(t, tree(map[string]any{"Payload/A.app": os.ModeSymlink})))
	wantProblem(t, item, "Payload", "no app in Payload", false)
	if !item.HasTrait(inventory.TraitSymlinkInBundle) {
		t.Error("the link isn't told")
	}
}

func TestS08_SymlinkInFolder(t *testing.T) {
	outside := t.TempDir()
	put := func(dir, name string, data []byte) {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, dir, name string) {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	put(outside, "K.appex/Info.plist", xmlList(appex(pointKeyboard, nil)))
	put(outside, "Info.plist", xmlList(app(values{"CFBundleIdentifier": "com.example.outside"})))
	tests := []struct {
		name  string
		build func(dir string)
		id    string
		fails string
	}{
		{"plug-ins", func(dir string) { put(dir, "Info.plist", xmlList(app(nil))); link(outside, dir, "PlugIns") }, "com.example.app", ""},
		{"one plug-in", func(dir string) {
			put(dir, "Info.plist", xmlList(app(nil)))
			put(dir, "PlugIns/x", nil)
			link(filepath.Join(outside, "K.appex"), dir, "PlugIns/K.appex")
		}, "com.example.app", ""},
		{"loop", func(dir string) { put(dir, "Info.plist", xmlList(app(nil))); link(".", dir, "PlugIns") }, "com.example.app", ""},
		{"Info.plist", func(dir string) { link(filepath.Join(outside, "Info.plist"), dir, "Info.plist") }, "", "symbolic link"},
		{"wrapper", func(dir string) { link(outside, dir, "Wrapper") }, "", "missing"},
		{"archive", func(dir string) { put(dir, "Products/x", nil); link(outside, dir, "Products/Applications") }, "", "missing"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			test.build(dir)
			item := ReadBundle(os.DirFS(dir))
			if item.ID != test.id || len(item.Capabilities) != 0 || len(item.Detail.IOS.Bundles) != 0 {
				t.Errorf("got %q, %v, %v", item.ID, item.Capabilities, item.Detail.IOS.Bundles)
			}
			if !item.HasTrait(inventory.TraitSymlinkInBundle) {
				t.Error("the link isn't told")
			}
			if test.fails != "" {
				wantProblem(t, item, "Info.plist", test.fails, false)
			}
		})
	}
}

// An archive whose name is a file and a folder at once hides neither.
func TestNameTwice(t *testing.T) {
	z := rawZip(t, []rawEntry{{"Payload/A.app", "x"}, {"Payload/A.app/PlugIns", "x"}, {"Payload/A.app/Info.plist", string(xmlList(app(nil)))}, {"Payload/A.app/PlugIns/K.appex/Info.plist", string(xmlList(appex(pointKeyboard, nil)))}})
	item := ReadArchive(z)
	if diff := cmp.Diff(gives(item), []string{"keystrokes"}); diff != "" || item.ID != "com.example.app" {
		t.Errorf("got %q and (-), want (+):\n%s", item.ID, diff)
	}
}

// 60,002 entries and 1.9 GB: only the directory and the lists are read.
func TestS01_LargeIPA(t *testing.T) {
	const entries, each = 60_000, 32_000
	archive := sparseIPA(entries, each, xmlList(app(values{"NSCameraUsageDescription": "x"})), xmlList(appex(pointKeyboard, nil)))
	if archive.size < 1_900_000_000 {
		t.Fatalf("archive of %d bytes is too small for this test", archive.size)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	item := ReadArchive(archive.open(t))
	runtime.ReadMemStats(&after)
	if diff := cmp.Diff(gives(item), []string{"camera", "keystrokes"}); diff != "" || len(item.Problems) != 0 {
		t.Errorf("got %v and (-), want (+):\n%s", item.Problems, diff)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 200<<20 {
		t.Errorf("allocated %d bytes", got)
	}
	if archive.read > archive.size/4 { // opening looks at every local header
		t.Errorf("read %d bytes of the archive", archive.read)
	}
	t.Logf("%d entries, %d bytes: read %d, allocated %d", entries+2, archive.size, archive.read, after.TotalAlloc-before.TotalAlloc)
}

// The same input gives the same bytes.
func TestDeterministic(t *testing.T) {
	render := func() []byte {
		out, err := json.Marshal(ReadBundle(os.DirFS("testdata/notes.app")))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := render()
	for range 20 {
		if again := render(); !bytes.Equal(first, again) {
			t.Fatalf("got %s, then %s", first, again)
		}
	}
}
