package browserext

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"testing"

	"appraise/inventory"
)

// archive packs files given as name, text, name, text …
func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for i := 0; i+1 < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func readBytes(b []byte) *inventory.Item { return ReadPackage(bytes.NewReader(b), int64(len(b))) }

func TestPackages(t *testing.T) {
	chrome := `{"manifest_version":3,"name":"Coupons","permissions":["tabs"]}`
	gecko := `{"manifest_version":2,"name":"Keeper","applications":{"gecko":{"id":"keeper@example.org"}}}`
	tests := []struct {
		name     string
		file     []byte
		kind     inventory.Kind
		id, from string
		schemes  []inventory.Scheme
		traits   []inventory.TraitID
	}{
		{"plain zip", archive(t, "manifest.json", chrome, "a.js", ""), inventory.KindCRX, "Coupons", "name", nil, []inventory.TraitID{"plain-zip", "scripts-not-read"}},
		{"unsigned for Firefox", archive(t, "manifest.json", gecko), inventory.KindXPI, "keeper@example.org", "gecko", nil, nil},
		{"signed for Firefox", archive(t, "manifest.json", gecko, "META-INF/mozilla.rsa", "x", "META-INF/cose.sig", "x"), inventory.KindXPI, "keeper@example.org", "gecko",
			[]inventory.Scheme{{Name: "pkcs7"}, {Name: "cose"}}, nil},
		{"for both, with Chrome's key", archive(t, "manifest.json", `{"manifest_version":3,"key":"aGVsbG8=","browser_specific_settings":{"gecko":{"id":"a@b"}}}`), inventory.KindCRX,
			"cmpcenlkfplakdaocgoidlckmfljocjo", "key", nil, []inventory.TraitID{"plain-zip"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := readBytes(test.file)
			diff(t, "problems", item.Problems, []inventory.Problem(nil))
			diff(t, "kind and id", []string{string(item.Kind), item.ID, item.Detail.Extension.IDSource}, []string{string(test.kind), test.id, test.from})
			diff(t, "signature", item.Signature, inventory.Signature{Schemes: test.schemes})
			diff(t, "traits", traitIDs(item), test.traits)
		})
	}
}

func TestPackageProblems(t *testing.T) {
	tests := []struct {
		name string
		file []byte
		want string // name of the file with the problem
	}{
		{"empty", nil, ""},
		{"one byte", []byte("P"), ""},
		{"no archive", []byte("Cr24 but nothing behind it, and no archive"), ""},
		{"text", []byte("just some text that is longer than the end record of a ZIP"), ""},
		{"no manifest", archive(t, "a.js", ""), "manifest.json"},
		{"manifest in a folder", archive(t, "ext/manifest.json", "{}"), "manifest.json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			item := readBytes(test.file)
			if len(item.Problems) != 1 || !item.Problems[0].Matters || item.Problems[0].File != test.want {
				t.Errorf("got %+v, want one problem of %q", item.Problems, test.want)
			}
		})
	}
}

// The same extension gives the same facts as a folder and in a package.
func TestFolderAndPackageAgree(t *testing.T) {
	files := []string{
		"manifest.json", testFile(t, "manifests/chrome-mv3.json"), "rules/main.json", testFile(t, "../netrules/testdata/redirects.json"), "worker.js", "",
		"_locales/en/messages.json", `{"extName": {"message": "Coupons"}}`,
	}
	folder, packed := ReadFolder(extension(files...), "x"), readBytes(archive(t, files...))
	diff(t, "capabilities", packed.Capabilities, folder.Capabilities)
	diff(t, "permissions", packed.Permissions, folder.Permissions)
	diff(t, "detail", packed.Detail, folder.Detail)
}

// A self-signed CRX of version 2, built by hand: magic, version, two lengths, key, signature, ZIP.
func crx2(t testing.TB, files ...string) []byte {
	t.Helper()
	key, signature := []byte("key of no real kind"), []byte("signature")
	b := append([]byte("Cr24"), binary.LittleEndian.AppendUint32(nil, 2)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(key)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(signature)))
	return slices.Concat(b, key, signature, archive(t, files...))
}

func TestCRX(t *testing.T) {
	item := readBytes(crx2(t, "manifest.json", `{"manifest_version":2,"name":"Old","key":"aGVsbG8=","permissions":["tabs"]}`))
	diff(t, "problems", item.Problems, []inventory.Problem(nil))
	d := item.Detail.Extension
	diff(t, "header", []any{item.Kind, d.CRXVersion, d.IDSource, item.Name}, []any{inventory.KindCRX, 2, "crx", "Old"})
	if !folderID.MatchString(item.ID) || item.ID == "cmpcenlkfplakdaocgoidlckmfljocjo" {
		t.Errorf("id %q: want the one of the header's key", item.ID)
	}
	diff(t, "signature", item.Signature, inventory.Signature{Schemes: []inventory.Scheme{{Name: "crx2"}}})
	diff(t, "traits", traitIDs(item), []inventory.TraitID(nil))
}

func FuzzReadManifest(f *testing.F) {
	entries, err := os.ReadDir("testdata/manifests")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		f.Add([]byte(testFile(f, "manifests/"+e.Name())))
	}
	f.Add([]byte("\ufeff{\"permissions\":[{\"fileSystem\":[\"directory\"]},\"\x01\"],}//"))
	f.Fuzz(func(t *testing.T, manifest []byte) {
		IsManifest(manifest)
		fsys := extension("manifest.json", string(manifest), "rules/main.json", "["+redirectRule+"]", "_locales/en/messages.json", string(manifest), "a.js", "")
		item := ReadFolder(fsys, "sample")
		for _, c := range item.Capabilities {
			if len(c.Evidence) == 0 || c.Exposure == inventory.ExposureUnknown {
				t.Errorf("capability without evidence or exposure: %+v", c)
			}
		}
		for _, trait := range item.Traits {
			if !slices.ContainsFunc(inventory.Traits(), func(info inventory.TraitInfo) bool { return info.ID == trait.ID }) {
				t.Errorf("unknown trait %q", trait.ID)
			}
		}
		if d := item.Detail.Extension; d.Hosts == nil || d.OptionalHosts == nil || d.ContentScripts == nil || item.ID == "" {
			t.Errorf("id or lists missing: %+v", item)
		}
		again := ReadFolder(fsys, "sample")
		diff(t, "second reading", again, item)
	})
}

// Packages made by the npm packages crx and crx3 (../crx/testdata/README.md).
func TestRealCRX(t *testing.T) {
	for name, version := range map[string]int{"crx-5.0.1-v2.crx": 2, "crx-5.0.1-v3.crx": 3, "crx3-2.0.0-v3.crx": 3} {
		t.Run(name, func(t *testing.T) {
			file, err := os.ReadFile("crx/testdata/" + name)
			if err != nil {
				t.Fatal(err)
			}
			item := readBytes(file)
			diff(t, "problems", item.Problems, []inventory.Problem(nil))
			d := item.Detail.Extension
			if item.Kind != inventory.KindCRX || d.CRXVersion != version || d.IDSource != "crx" || item.ID != "pkkffihlgjckcloebjpgnejaanmepjng" || d.ManifestVersion == 0 || item.Name == "" {
				t.Errorf("got %+v %+v", item, d)
			}
			for i := range file {
				if i%7 == 0 && len(readBytes(file[:i]).Problems) == 0 {
					t.Errorf("cut at %d of %d: no problem", i, len(file))
				}
			}
		})
	}
}
