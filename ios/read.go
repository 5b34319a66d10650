package ios

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"appraise/internal/limits"
	"appraise/internal/plistsafe"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

const infoPlist = "Info.plist"

// reader fills one item.
type reader struct {
	item    *inventory.Item
	detail  *inventory.IOSDetail
	fsys    fs.FS // nil for a loose Info.plist
	usage   map[string]UsageKeyInfo
	points  map[string]PointInfo
	bundles int // nested bundles met
	keys    int // usage keys met
}

func newReader(kind inventory.Kind, fsys fs.FS) *reader {
	detail := &inventory.IOSDetail{Transport: inventory.Transport{Verdict: transportDefault}}
	r := &reader{
		item:   &inventory.Item{Platform: inventory.IOS, Kind: kind, Detail: inventory.Detail{IOS: detail}},
		detail: detail, fsys: fsys, usage: map[string]UsageKeyInfo{}, points: map[string]PointInfo{},
	}
	for _, row := range UsageKeys() {
		r.usage[row.Key] = row
	}
	for _, row := range ExtensionPoints() {
		r.points[row.Point] = row
	}
	return r
}

// ReadArchive reads an IPA. An archive that doesn't hold exactly one app gives an item without id and
// a problem that names what it holds. No file but property lists and a web extension's manifest is unpacked.
func ReadArchive(z *zipsafe.Reader) *inventory.Item {
	r := newReader(inventory.KindApp, z.FS())
	defer r.item.Sort()
	for _, trait := range z.Traits() {
		r.item.AddTrait(trait.ID, trait.Evidence...)
	}
	if isFile(r.fsys, storeMetadata) {
		r.detail.StoreTraces = append(r.detail.StoreTraces, storeMetadata)
	}
	if dir, ok := r.onlyApp("Payload"); ok {
		r.readApp(dir)
	}
	return r.item
}

// ReadBundle reads an unpacked bundle: fsys is rooted at an .app or .appex folder, at an Xcode archive,
// or at a Mac's wrapping of an iOS app (X.app/Wrapper/Y.app).
func ReadBundle(fsys fs.FS) *inventory.Item {
	r := newReader(inventory.KindApp, fsys)
	defer r.item.Sort()
	if dir, ok := r.subject(); ok {
		r.readApp(dir)
	}
	return r.item
}

// ReadInfoPlist reads a loose Info.plist: what it declares, with no word on who made it or whether
// anything stands behind it.
func ReadInfoPlist(b []byte) *inventory.Item {
	r := newReader(inventory.KindPlist, nil)
	defer r.item.Sort()
	main := r.bundle(".", nil)
	if main.decode(b) {
		main.declare()
	}
	return r.item
}

// readApp reads the bundle that the item stands for and everything inside it.
func (r *reader) readApp(dir string) {
	main := r.bundle(dir, nil)
	if main.load() {
		main.declare()
		r.files(main)
	}
	r.nested(main, 1)
	r.links(dir)
}

// subject finds the bundle to read. A bundle's own Info.plist comes before a folder inside it, so that
// an app can't point away from itself.
func (r *reader) subject() (string, bool) {
	const wrapper, archive = "Wrapper", "Products/Applications"
	switch {
	case !isFile(r.fsys, infoPlist) && isFolder(r.fsys, wrapper):
		if isFile(r.fsys, path.Join(wrapper, storeMetadata)) {
			r.detail.StoreTraces = append(r.detail.StoreTraces, storeMetadata)
		}
		return r.onlyApp(wrapper)
	case isFolder(r.fsys, archive) && r.isArchive():
		return r.onlyApp(archive)
	case isFolder(r.fsys, wrapper):
		r.item.AddProblem(inventory.Problem{File: wrapper, Message: "folder of a wrapped app beside an Info.plist; only the bundle around it was read", Matters: true})
	}
	return ".", true
}

// isArchive reports whether the root is that of an Xcode archive, whose Info.plist describes no bundle.
func (r *reader) isArchive() bool {
	b, err := readFile(r.fsys, infoPlist, limits.InfoPlistBytes)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	doc, err := plistsafe.Decode(b, plistsafe.InfoPlist)
	if err != nil {
		return false
	}
	_, bundle := doc.Root["CFBundleIdentifier"]
	return !bundle
}

// onlyApp returns the one app in a folder. None and several are problems: guessing the first would let
// a second one go unseen.
func (r *reader) onlyApp(folder string) (string, bool) {
	apps, below := r.apps(folder)
	if len(apps) == 1 {
		return path.Join(folder, apps[0]), true
	}
	message := fmt.Sprintf("no app in %s", folder)
	switch {
	case len(apps) > 1:
		message = fmt.Sprintf("%d apps in %s where one belongs: %s", len(apps), folder, some(apps))
	case len(below) > 0:
		message += fmt.Sprintf("; one folder too deep: %s", some(below))
	}
	r.item.AddProblem(inventory.Problem{File: folder, Message: message, Matters: true})
	if isFolder(r.fsys, folder) {
		r.links(folder)
	}
	return "", false
}

// apps lists the apps in a folder and, where there is none, those one folder further down.
func (r *reader) apps(folder string) (apps, below []string) {
	if !isFolder(r.fsys, folder) {
		return nil, nil
	}
	folders := r.folders(folder)
	for _, name := range folders {
		if hasSuffix(name, ".app") {
			apps = append(apps, name)
		}
	}
	for i := 0; i < len(folders) && len(apps) == 0; i++ {
		for _, name := range r.folders(path.Join(folder, folders[i])) {
			if hasSuffix(name, ".app") {
				below = append(below, path.Join(folders[i], name))
			}
		}
	}
	return apps, below
}

// folders lists the folders in a folder, without links and without the "._" files that Finder adds.
func (r *reader) folders(dir string) []string {
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil {
		r.item.AddProblem(problem(dir, err))
	}
	var out []string
	for _, entry := range entries {
		if entry.IsDir() && (len(entry.Name()) < 2 || entry.Name()[:2] != "._") {
			out = append(out, entry.Name())
		}
	}
	return out
}
