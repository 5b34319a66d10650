package android

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shogo82148/androidbinary"

	"appraise/android/axml"
	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/inventory"
)

// secondManifest is what is compared with androidbinary's reading. The module's own apk package is not
// used: it decodes images and inflates without bounds.
type secondManifest struct {
	Package androidbinary.String `xml:"package,attr"`
	SDK     struct {
		Min    androidbinary.String `xml:"http://schemas.android.com/apk/res/android minSdkVersion,attr"`
		Target androidbinary.String `xml:"http://schemas.android.com/apk/res/android targetSdkVersion,attr"`
	} `xml:"uses-sdk"`
	Permissions []struct {
		Name androidbinary.String `xml:"http://schemas.android.com/apk/res/android name,attr"`
	} `xml:"uses-permission"`
}

// tricks are the notes of package axml that explain why androidbinary sees something else.
var tricks = []inventory.TraitID{
	inventory.TraitAXMLRenamedAttribute, inventory.TraitAXMLValueMismatch, inventory.TraitAXMLMalformed,
	inventory.TraitAXMLUnterminated, inventory.TraitAXMLAttributeNoID,
}

// secondOpinion reads the manifest again with androidbinary, where the bounds it needs are known to hold.
// That it can't read a file is no difference: it refuses files that Android installs.
func (r *reader) secondOpinion(doc *axml.Document) {
	if r.alone {
		return
	}
	if !doc.Library || slices.ContainsFunc(doc.Notes, func(n res.Note) bool { return slices.Contains(tricks, n.Trait) }) {
		return
	}
	second := attempt(func() (*secondManifest, error) {
		file, err := androidbinary.NewXMLFile(bytes.NewReader(r.raw[manifestName]))
		if err != nil {
			return nil, err
		}
		m := &secondManifest{}
		return m, file.Decode(m, nil, nil)
	})
	if second == nil || len(second.Permissions) > limits.AppValues {
		return
	}
	r.compare("package", r.item.ID, r.resolve(second.Package))
	r.compare("minSdkVersion", r.minSDK.text, decimal(r.resolve(second.SDK.Min)))
	r.compare("targetSdkVersion", r.targetSDK.text, decimal(r.resolve(second.SDK.Target)))
	other := map[string]bool{}
	for _, p := range second.Permissions {
		name := r.resolve(p.Name)
		other[name] = true
		if q := r.requested[name]; q == nil || !q.plain {
			r.compare("uses-permission", "", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.requested)) {
		if r.requested[name].plain && !other[name] {
			r.compare("uses-permission", name, "")
		}
	}
}

func (r *reader) compare(what, first, second string) {
	if first != second {
		detail := fmt.Sprintf("%s: %q by resource id and typed value, %q by androidbinary", what, first, second)
		r.trait(inventory.TraitReadersDisagree, inventory.Evidence{File: manifestName, Detail: detail})
	}
}

// decimal spells a number that may be written in hexadecimal.
func decimal(text string) string {
	if n, err := strconv.ParseUint(text, 0, 32); err == nil {
		return strconv.Itoa(int(int32(n)))
	}
	return text
}

// resolve reads a value as androidbinary does, whose table is read when the first reference asks for it.
// What it can't resolve stays a reference, spelt as package axml spells it.
func (r *reader) resolve(s androidbinary.String) string {
	a, _ := s.MarshalXMLAttr(xml.Name{})
	if !androidbinary.IsResID(a.Value) {
		return a.Value
	}
	if b := r.raw[tableName]; b != nil && r.table != nil && r.table.Library {
		delete(r.raw, tableName)
		r.secondTable = attempt(func() (*androidbinary.TableFile, error) { return androidbinary.NewTableFile(bytes.NewReader(b)) })
	}
	config := &androidbinary.ResTableConfig{}
	text := attempt(func() (*string, error) {
		v, err := s.WithTableFile(r.secondTable).WithResTableConfig(config).String()
		return &v, err
	})
	if text == nil {
		return strings.ToLower(a.Value)
	}
	return *text
}

// attempt runs code of androidbinary, which panics on some input; nil when it fails either way.
func attempt[T any](f func() (*T, error)) (v *T) {
	defer func() {
		if recover() != nil {
			v = nil
		}
	}()
	v, err := f()
	if err != nil {
		return nil
	}
	return v
}
