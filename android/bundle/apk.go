package bundle

import (
	"fmt"
	"slices"

	"appraise/android"
	"appraise/android/apksig"
	"appraise/android/axml"
	"appraise/android/axml/res"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// ReadAPK reads one APK: its manifest and its signature. idsig is the v4 signature file beside it, nil where
// there is none. It always returns an item.
func ReadAPK(z *zipsafe.Reader, idsig []byte, opt Options) *inventory.Item {
	item, manifest := android.ReadArchive(z, opt.OneReader)
	if needsSplits(manifest) {
		item.AddTrait(inventory.TraitSplitsMissing, inventory.Evidence{File: "AndroidManifest.xml", Detail: asksForSplits})
	}
	levels, err := readLevels(manifest)
	if err != nil && (opt.MinSDK == 0 || opt.MaxSDK == 0 || opt.MaxSDK >= sdkO) {
		item.AddProblem(inventory.Problem{File: "AndroidManifest.xml", Message: "its signature can't be judged: " + err.Error(), Matters: true})
		return item
	}
	rng := apksig.Range{Min: levels.min, Max: opt.MaxSDK}
	if opt.MinSDK > 0 {
		rng.Min = opt.MinSDK
	}
	if rng.Max > 0 && rng.Min > rng.Max {
		item.AddProblem(inventory.Problem{File: "AndroidManifest.xml", Matters: true,
			Message: fmt.Sprintf("its signature can't be judged: it runs on API level %d and newer, asked was up to %d", rng.Min, rng.Max)})
		return item
	}
	result := apksig.Verify(z, apksig.Options{Range: rng, TargetSDK: levels.target, TargetSandboxVersion: levels.sandbox, V4: idsig, SkipContent: opt.SkipContent})
	if result.Unread != nil {
		item.AddProblem(*result.Unread)
	}
	item.Signature = result.Signature
	for _, t := range result.Traits {
		item.AddTrait(t.ID, t.Evidence...)
	}
	item.Sort()
	return item
}

// asksForSplits is what a base says that can't be installed alone.
const asksForSplits = "its manifest asks for splits beside it"

// needsSplits reports whether Android installs the APK only together with splits.
func needsSplits(doc *axml.Document) bool {
	if doc == nil || doc.Root == nil {
		return false
	}
	elements := []*axml.Element{doc.Root}
	for _, e := range doc.Root.Children {
		if e.Name == "application" {
			elements = append(elements, e)
		}
	}
	return slices.ContainsFunc(elements, func(e *axml.Element) bool {
		required, ok := value(e, axml.AttrIDIsSplitRequired)
		types, some := value(e, axml.AttrIDRequiredSplitTypes)
		return ok && required.Bool() || some && types.String != ""
	})
}

// sdkO is the API level from which the manifest's sandbox version counts.
const sdkO = 26

// levels is what signatures depend on in a manifest, read as apksig reads it, which differs from the way in
// which Android decides what an app asks for.
type levels struct{ min, target, sandbox int }

// readLevels follows ApkUtils.getMinSdkVersionFromBinaryAndroidManifest and its neighbours: the highest
// minSdkVersion of all uses-sdk elements counts, the first targetSdkVersion that is a number.
func readLevels(doc *axml.Document) (levels, error) {
	out := levels{min: 1, sandbox: 1}
	if doc == nil || doc.Root == nil {
		return out, fmt.Errorf("the manifest can't be read")
	}
	for _, e := range doc.Root.Children {
		if e.Name != "uses-sdk" || e.Namespace != "" {
			continue
		}
		low := 1
		if v, ok := value(e, axml.AttrIDMinSdkVersion); ok {
			n, err := sdkOf(v)
			if err != nil {
				return out, err
			}
			low = n
		}
		out.min = max(out.min, low)
		if n, ok := intAttr(e, axml.AttrIDTargetSdkVersion); ok && out.target == 0 {
			out.target = n
		}
	}
	if out.target == 0 {
		out.target = out.min
	}
	if n, ok := intAttr(doc.Root, axml.AttrIDTargetSandboxVersion); ok {
		out.sandbox = n
	}
	return out, nil
}

func value(e *axml.Element, id uint32) (res.Value, bool) {
	i := slices.IndexFunc(e.Attrs, func(a axml.Attr) bool { return a.ID == id })
	if i < 0 {
		return res.Value{}, false
	}
	return e.Attrs[i].Value, true
}

// intAttr is an attribute of an integer type.
func intAttr(e *axml.Element, id uint32) (int, bool) {
	v, ok := value(e, id)
	n, isInt := v.Int()
	return int(n), ok && isInt && v.Type != res.TypeString
}

// codenames are the releases that manifests of previews name by a word, by its first letter.
var codenames = map[byte]int{'C': 2, 'D': 3, 'E': 4, 'F': 7, 'G': 8, 'H': 10, 'I': 13, 'J': 15, 'K': 18, 'L': 20, 'M': 22, 'N': 23, 'O': 25}

// sdkOf is a minSdkVersion: a number, or a codename of which the first letter counts.
func sdkOf(v res.Value) (int, error) {
	if v.Type != res.TypeString {
		if n, ok := v.Int(); ok {
			return int(n), nil
		}
		return 0, fmt.Errorf("its minSdkVersion %q is neither a number nor a codename", v.Text())
	}
	if v.String == "" || v.String[0] < 'A' || v.String[0] > 'Z' {
		return 0, fmt.Errorf("its minSdkVersion %q is no codename", v.String)
	}
	letter := v.String[0]
	if n, ok := codenames[letter]; ok {
		return n, nil
	}
	if letter > 'O' {
		return 25 + int(letter-'O'), nil
	}
	return 1, nil
}
