package bundle

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

const (
	bundleConfig = "BundleConfig.pb"
	baseManifest = "base/manifest/AndroidManifest.xml"
	notAnApp     = "an Android App Bundle: what developers upload to a store, not what phones install; its signature is the upload key's and is not compared"
	notRead      = "only its names, versions and permissions were read"
)

// IsBundle reports whether an archive is an Android App Bundle (.aab): it has a configuration for bundletool and
// the manifest of a base module.
func IsBundle(z *zipsafe.Reader) bool {
	_, config := z.Lookup(bundleConfig)
	_, base := z.Lookup(baseManifest)
	return config && base
}

// ReadBundle reads what an Android App Bundle is called and asks for, from the manifests of its modules. A store
// makes the APKs out of it and signs them, so that nothing in the bundle proves who made what a phone gets: its
// signature is left alone, and nothing is said about capabilities. Both are told as not checked.
func ReadBundle(z *zipsafe.Reader) *inventory.Item {
	app := &inventory.AndroidDetail{}
	item := &inventory.Item{Platform: inventory.Android, Kind: inventory.KindBundle, Detail: inventory.Detail{Android: app}}
	item.AddProblem(inventory.Problem{Message: notAnApp})
	item.AddProblem(inventory.Problem{Message: notRead})
	permissions := &merger{item: item, permissions: map[[3]string]int{}}
	for i, name := range modules(z) {
		if i == limits.SetMembers {
			item.AddProblem(inventory.Problem{Message: fmt.Sprintf("more than %d modules; the rest was not read", limits.SetMembers), Limit: true, Matters: true})
			break
		}
		m, err := readModule(z, name)
		if err != nil {
			p := problem(err)
			p.File = label(name)
			item.AddProblem(p)
			continue
		}
		if name == baseManifest {
			item.ID, item.Version, item.VersionCode = m.id, m.version, m.versionCode
			app.MinSDK, app.TargetSDK = m.minSDK, m.targetSDK
		}
		for _, p := range m.permissions {
			permissions.permission(p)
		}
	}
	for _, t := range z.Traits() {
		item.AddTrait(t.ID, t.Evidence...)
	}
	item.Sort()
	return item
}

// modules lists the manifests, the base's first.
func modules(z *zipsafe.Reader) []string {
	var names []string
	for _, e := range z.Entries {
		if ok, err := path.Match("*/manifest/AndroidManifest.xml", e.Name); ok && err == nil && e.Name != baseManifest && !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
		if len(names) > limits.SetMembers {
			break
		}
	}
	slices.SortFunc(names, strings.Compare)
	return append([]string{baseManifest}, names...)
}

func readModule(z *zipsafe.Reader, name string) (*module, error) {
	e, ok := z.Lookup(name)
	if !ok {
		return nil, fmt.Errorf("not in the archive")
	}
	text, err := z.ReadFile(e, limits.ManifestBytes)
	if err != nil {
		return nil, outside(err)
	}
	return parseModule(text)
}
