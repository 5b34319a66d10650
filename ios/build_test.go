package ios

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// values is a property list to be written; see write for the types it may hold.
type values = map[string]any

func xmlList(v values) []byte {
	var out bytes.Buffer
	out.WriteString(xml.Header + "<plist version=\"1.0\">")
	write(&out, v)
	out.WriteString("</plist>\n")
	return out.Bytes()
}

func write(out *bytes.Buffer, v any) {
	leaf := func(element, text string) {
		out.WriteString("<" + element + ">")
		xml.EscapeText(out, []byte(text))
		out.WriteString("</" + element + ">")
	}
	switch v := v.(type) {
	case string:
		leaf("string", v)
	case bool:
		fmt.Fprintf(out, "<%v/>", v)
	case int:
		leaf("integer", fmt.Sprint(v))
	case float64:
		leaf("real", fmt.Sprint(v))
	case []any:
		out.WriteString("<array>")
		for _, x := range v {
			write(out, x)
		}
		out.WriteString("</array>")
	case values:
		out.WriteString("<dict>")
		for _, key := range sortedKeys(v) {
			leaf("key", key)
			write(out, v[key])
		}
		out.WriteString("</dict>")
	default:
		panic(fmt.Sprintf("no form for %T", v))
	}
}

// app is an app's Info.plist with more keys.
func app(more values) values {
	v := values{"CFBundleIdentifier": "com.example.app", "CFBundlePackageType": "APPL", "CFBundleSupportedPlatforms": []any{"iPhoneOS"}, "MinimumOSVersion": "15.0"}
	for key, value := range more {
		v[key] = value
	}
	return v
}

// appex is an extension's Info.plist for one point.
func appex(point string, attributes values) values {
	return values{
		"CFBundleIdentifier": "com.example.app.ext", "CFBundlePackageType": "XPC!",
		"NSExtension": values{"NSExtensionPointIdentifier": point, "NSExtensionAttributes": attributes},
	}
}

// tree is a file system of property lists and other files.
func tree(files map[string]any) fstest.MapFS {
	out := fstest.MapFS{}
	for name, content := range files {
		switch content := content.(type) {
		case values:
			out[name] = &fstest.MapFile{Data: xmlList(content)}
		case string:
			out[name] = &fstest.MapFile{Data: []byte(content)}
		case fs.FileMode:
			out[name] = &fstest.MapFile{Data: []byte("/etc/passwd"), Mode: content}
		}
	}
	return out
}

// ipa packs a file system.
func ipa(t testing.TB, fsys fs.FS) *zipsafe.Reader {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: name, Method: zip.Deflate}
		header.SetMode(info.Mode() | 0o644)
		entry, err := w.CreateHeader(header)
		if err != nil {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		if link, ok := fsys.(fstest.MapFS); ok && info.Mode()&fs.ModeSymlink != 0 {
			data, err = link[name].Data, nil
		}
		if err != nil {
			return err
		}
		_, err = entry.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z, err := zipsafe.Open(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// gives lists an item's capabilities as "id" or "id/qualifier".
func gives(item *inventory.Item) []string {
	var out []string
	for _, c := range item.Capabilities {
		name := string(c.ID)
		if c.Qualifier != "" {
			name += "/" + c.Qualifier
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func traits(item *inventory.Item) []string {
	var out []string
	for _, t := range item.Traits {
		out = append(out, string(t.ID))
	}
	return out
}

// evidence joins the details given for a capability or a trait.
func evidence(item *inventory.Item, id string) string {
	var all []inventory.Evidence
	for _, c := range item.Capabilities {
		if string(c.ID) == id {
			all = append(all, c.Evidence...)
		}
	}
	for _, t := range item.Traits {
		if string(t.ID) == id {
			all = append(all, t.Evidence...)
		}
	}
	var out []string
	for _, e := range all {
		out = append(out, e.File+": "+e.Detail)
	}
	return strings.Join(out, "\n")
}

// wantProblem asks for exactly one problem, which matters, in file, with text in its message.
func wantProblem(t *testing.T, item *inventory.Item, file, text string, limit bool) {
	t.Helper()
	if len(item.Problems) != 1 {
		t.Fatalf("got problems %+v, want one", item.Problems)
	}
	p := item.Problems[0]
	if p.File != file || !strings.Contains(p.Message, text) || !p.Matters || p.Limit != limit {
		t.Errorf("got %+v, want one that matters in %q with %q, limit %v", p, file, text, limit)
	}
}
