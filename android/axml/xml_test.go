package axml

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

// What aapt printed of the fixtures when they were made is what is read of them.
func TestParseXMLFixtures(t *testing.T) {
	for _, name := range append(fixtures(t, "manifest.bin"), fixtures(t, "network.bin")...) {
		t.Run(name, func(t *testing.T) {
			doc := mustParse(t, load(t, name))
			if len(doc.Notes) > 0 || doc.Truncated || !doc.Library {
				t.Errorf("got notes %v, truncated %t, library %t", doc.Notes, doc.Truncated, doc.Library)
			}
			want := aaptLines(string(load(t, strings.Replace(name, ".bin", ".txt", 1))))
			if d := cmp.Diff(want, treeLines(doc.Root, 0)); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

func TestElementText(t *testing.T) {
	doc := mustParse(t, load(t, "aapt2-network.bin"))
	domain := find(doc.Root, "domain")
	if got, want := domain.Text, "example.com"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	a, ok := domain.AttrName("includeSubdomains")
	if !ok || a.ID != 0 || a.Text() != "true" {
		t.Errorf("got %+v, %t", a, ok)
	}
}

func TestAttr(t *testing.T) {
	doc := mustParse(t, load(t, "aapt2-manifest.bin"))
	name, ok := find(doc.Root, "uses-permission").AttrID(AttrIDName)
	if !ok || name.Value.String != "android.permission.READ_SMS" || name.Namespace != androidNamespace {
		t.Errorf("got %+v, %t", name, ok)
	}
	if _, ok := doc.Root.AttrID(AttrIDName); ok {
		t.Error("got a name on the manifest element")
	}
	if a, ok := doc.Root.AttrName("package"); !ok || a.Text() != "com.example.reader" {
		t.Errorf("got %+v, %t", a, ok)
	}
	if _, ok := doc.Root.AttrName("versionCode"); ok {
		t.Error("got versionCode without its namespace")
	}
	if none, _ := find(doc.Root, "meta-data").AttrID(AttrIDValue); none.Value.String != "a\nb\\c é @home 'q' 日本 😀" {
		t.Errorf("got %q", none.Value.String)
	}
}

// Android ignores an attribute that follows a higher id.
func TestAttrIDIsSorted(t *testing.T) {
	e := &Element{Attrs: []Attr{{ID: 0}, {ID: AttrIDName}, {ID: AttrIDExported}, {ID: AttrIDPermission}}}
	if _, ok := e.AttrID(AttrIDExported); !ok {
		t.Error("exported: not found")
	}
	if _, ok := e.AttrID(AttrIDPermission); ok {
		t.Error("permission after exported: found, but Android doesn't")
	}
}

// Every prefix of a file gives an error or says that it stopped early.
func TestParseXMLTruncated(t *testing.T) {
	for _, name := range append(fixtures(t, "manifest.bin"), fixtures(t, "network.bin")...) {
		b := load(t, name)
		for n := range b {
			doc, err := ParseXML(b[:n])
			var format *inventory.FormatError
			switch {
			case err != nil && (!errors.As(err, &format) || format.Limit || doc != nil):
				t.Fatalf("%s cut to %d: got %v, %v", name, n, doc, err)
			case err == nil && (!doc.Truncated || doc.Library || len(doc.Notes) == 0):
				t.Fatalf("%s cut to %d: truncated %t, library %t, notes %v", name, n, doc.Truncated, doc.Library, doc.Notes)
			}
		}
	}
}
