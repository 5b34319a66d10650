package scan

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"appraise/android/bundle"
	"appraise/android/capture"
	"appraise/browserext"
	"appraise/internal/limits"
	"appraise/internal/plistsafe"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// form is how an artifact is read. Forms are told by content; a name is only a claim.
type form uint8

const (
	formUnknown form = iota
	formAPK
	formIPA
	formBundle    // a folder: .app, .appex, .xcarchive
	formPlist     // a loose Info.plist
	formExtension // a folder with an extension's manifest.json
	formPackage   // CRX, XPI or ZIP with an extension inside
	formAPKSet    // APKs inside a ZIP: .apks, .xapk, .apkm
	formAppBundle // .aab
	formCapture   // what a phone said: a saved bundle, or one of another tool; a file or a folder
)

// sniffBytes is how much of a file's start is looked at to tell what it is.
const sniffBytes = 512

// claims says what a name promises. A file that claims to be an artifact and can't be read as one is
// reported, never passed over.
func claims(name string) (inventory.Platform, inventory.Kind, bool) {
	base := strings.ToLower(path.Base(name))
	switch {
	case base == "info.plist":
		return inventory.IOS, inventory.KindPlist, true
	case base == "manifest.json":
		return inventory.Extension, inventory.KindFolder, true
	}
	switch path.Ext(base) {
	case ".apk", ".apks", ".xapk", ".apkm":
		return inventory.Android, inventory.KindApp, true
	case ".aab":
		return inventory.Android, inventory.KindBundle, true
	case ".ipa", ".app":
		return inventory.IOS, inventory.KindApp, true
	case ".appex":
		return inventory.IOS, inventory.KindPlugin, true
	case ".crx":
		return inventory.Extension, inventory.KindCRX, true
	case ".xpi":
		return inventory.Extension, inventory.KindXPI, true
	}
	return "", "", false
}

// fileForms tells what a file is from its first bytes, and for archives from their directory. An archive
// that several systems would take is each of these. It is returned opened so that it isn't read twice.
func fileForms(r io.ReaderAt, size int64, name string) ([]form, *zipsafe.Reader, error) {
	head := make([]byte, min(size, sniffBytes))
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), head); err != nil {
		return nil, nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("Cr24")), bytes.HasPrefix(head, []byte("CrOD")):
		return []form{formPackage}, nil, nil
	case plistsafe.Sniff(head):
		return []form{formPlist}, nil, nil
	case isZip(head, r, size, name):
		archive, err := zipsafe.Open(r, size)
		if err != nil {
			return nil, nil, err
		}
		return archiveForms(archive), archive, nil
	}
	return []form{formUnknown}, nil, nil
}

// isZip looks for an archive: at the start, or, behind other data, by its end record. A name that
// promises an archive is taken at its word, so that a damaged one is reported with its defect.
func isZip(head []byte, r io.ReaderAt, size int64, name string) bool {
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return true
	}
	if _, kind, ok := claims(name); ok && kind != inventory.KindPlist && kind != inventory.KindFolder {
		return true
	}
	if !bytes.HasPrefix(head, []byte("dex\n")) {
		return false
	}
	tail := make([]byte, min(size, sniffBytes))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return false
	}
	return bytes.Contains(tail, []byte("PK\x05\x06"))
}

func archiveForms(archive *zipsafe.Reader) []form {
	var forms []form
	if _, ok := archive.Lookup("AndroidManifest.xml"); ok {
		forms = append(forms, formAPK)
	}
	if entry, ok := archive.Lookup("manifest.json"); ok {
		if text, err := archive.ReadFile(entry, limits.JSONBytes); err != nil || browserext.IsManifest(text) {
			forms = append(forms, formPackage)
		}
	}
	holds := func(has func(name string) bool) bool {
		return slices.ContainsFunc(archive.Entries, func(e zipsafe.Entry) bool { return has(e.Name) })
	}
	if holds(func(name string) bool { return strings.HasPrefix(name, "Payload/") }) {
		forms = append(forms, formIPA)
	}
	if bundle.IsSet(archive) {
		forms = append(forms, formAPKSet)
	}
	if bundle.IsBundle(archive) {
		forms = append(forms, formAppBundle)
	}
	if len(forms) == 0 && capture.IsBundle(archive) {
		forms = append(forms, formCapture)
	}
	if len(forms) == 0 {
		return []form{formUnknown}
	}
	return forms
}

// folderForm tells whether the folder dir, called base, is itself an artifact.
func folderForm(t *tree, dir, base string, entries []fs.DirEntry) form {
	has := func(name string) bool {
		for _, entry := range entries {
			if entry.Name() == name {
				return true
			}
		}
		return false
	}
	if has("manifest.json") {
		text, err := t.readHead(path.Join(dir, "manifest.json"), limits.JSONBytes+1)
		if err == nil && browserext.IsManifest(text) {
			return formExtension
		}
	}
	switch strings.ToLower(path.Ext(base)) {
	case ".app", ".appex", ".xcarchive":
		if has("Info.plist") || has("Wrapper") {
			return formBundle
		}
	}
	if has("Info.plist") && bundlePlist(t, path.Join(dir, "Info.plist")) {
		return formBundle
	}
	if isCaptureFolder(t, dir, entries) {
		return formCapture
	}
	return formUnknown
}

// bundlePlist reports whether an Info.plist is that of an app or an app extension.
func bundlePlist(t *tree, name string) bool {
	text, err := t.readHead(name, limits.InfoPlistBytes+1)
	if err != nil {
		return false
	}
	doc, err := plistsafe.Decode(text, plistsafe.InfoPlist)
	if err != nil {
		return false
	}
	kind, _ := doc.Root["CFBundlePackageType"].(string)
	return kind == "APPL" || kind == "XPC!"
}

// appPlist reports whether a property list declares an app: any other list is nobody's artifact.
func appPlist(text []byte) bool {
	doc, err := plistsafe.Decode(text, plistsafe.InfoPlist)
	if err != nil {
		return false
	}
	_, ok := doc.Root["CFBundleIdentifier"]
	return ok
}
