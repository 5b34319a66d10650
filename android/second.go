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
	"appraise/inventory"
)

// secondText is a value that androidbinary resolves when asked.
type secondText = androidbinary.String

// secondManifest is what is compared with androidbinary's reading. The module's own apk package is not
// used: it decodes images and inflates without bounds.
type secondManifest struct {
	Package secondText `xml:"package,attr"`
	SDK     struct {
		Min    secondText `xml:"http://schemas.android.com/apk/res/android minSdkVersion,attr"`
		Target secondText `xml:"http://schemas.android.com/apk/res/android targetSdkVersion,attr"`
	} `xml:"uses-sdk"`
	Permissions []struct {
		Name secondText `xml:"http://schemas.android.com/apk/res/android name,attr"`
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
	explained := slices.ContainsFunc(doc.Notes, func(n axml.Note) bool { return slices.Contains(tricks, n.Trait) })
	if !doc.Library || explained {
		return
	}
	var table *androidbinary.TableFile
	if r.table != nil && r.table.Library {
		table = attempt(func() (*androidbinary.TableFile, error) {
			return androidbinary.NewTableFile(bytes.NewReader(r.tableRaw))
		})
	}
	second := attempt(func() (*secondManifest, error) {
		file, err := androidbinary.NewXMLFile(bytes.NewReader(r.files[manifestName].raw))
		if err != nil {
			return nil, err
		}
		m := &secondManifest{}
		return m, file.Decode(m, table, &androidbinary.ResTableConfig{})
	})
	if second == nil {
		return
	}
	r.compare("package", r.item.ID, second.Package)
	r.compare("minSdkVersion", r.minSDK.String(), second.SDK.Min)
	r.compare("targetSdkVersion", r.targetSDK.String(), second.SDK.Target)
	r.comparePermissions(second)
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

// resolve reads a value as androidbinary does; what it can't resolve stays a reference, spelt as by package axml.
func resolve(s secondText) string {
	if v := attempt(func() (*string, error) { v, err := s.String(); return &v, err }); v != nil {
		return *v
	}
	a, _ := s.MarshalXMLAttr(xml.Name{})
	return strings.ToLower(a.Value)
}

// String is "" for a level that is not stated.
func (l sdkLevel) String() string {
	if l.stated && l.codename == "" {
		return strconv.Itoa(l.number)
	}
	return l.codename
}

func (r *reader) compare(what, first string, s secondText) {
	if second := resolve(s); first != second {
		r.disagree("%s: %q by resource id and typed value, %q by androidbinary", what, first, second)
	}
}

func (r *reader) comparePermissions(second *secondManifest) {
	other := map[string]bool{}
	for _, p := range second.Permissions {
		name := resolve(p.Name)
		other[name] = true
		if q := r.requested[name]; name != "" && (q == nil || !q.plain) {
			r.disagree("uses-permission %q is seen by androidbinary alone", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.requested)) {
		if r.requested[name].plain && !other[name] {
			r.disagree("uses-permission %q is not seen by androidbinary", name)
		}
	}
}

func (r *reader) disagree(format string, args ...any) {
	r.trait(inventory.TraitReadersDisagree, inventory.Evidence{File: manifestName, Detail: fmt.Sprintf(format, args...)})
}
