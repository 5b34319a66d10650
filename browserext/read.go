package browserext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"

	"appraise/browserext/crx"
	"appraise/browserext/folder"
	"appraise/browserext/laxjson"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

const (
	manifestName   = "manifest.json"
	storeSignature = "_metadata/verified_contents.json" // the Web Store's signed list of files, as Chrome installs it
)

// ReadFolder reads an unpacked extension. name is the base name of the folder; it is the last resort
// for an id. No link is followed out of fsys.
func ReadFolder(fsys fs.FS, name string) *inventory.Item {
	item := newItem(inventory.KindFolder)
	readInto(item, fsys, name)
	return item
}

// ReadPackage reads a CRX (versions 2 and 3), an XPI, or a plain ZIP with an extension inside. A plain
// ZIP is an XPI when it carries a Firefox signature or id, else a CRX without its header.
func ReadPackage(r io.ReaderAt, size int64) *inventory.Item {
	magic := make([]byte, 2)
	if _, err := r.ReadAt(magic, 0); err == nil && bytes.Equal(magic, []byte("Cr")) {
		return readCRX(r, size)
	}
	archive, err := zipsafe.Open(r, size)
	if err != nil {
		item := newItem(inventory.KindXPI)
		item.AddProblem(problem("", err, true))
		item.Sort()
		return item
	}
	return ReadArchive(archive)
}

// ReadArchive is ReadPackage for a ZIP that is already opened.
func ReadArchive(z *zipsafe.Reader) *inventory.Item {
	item := newItem(inventory.KindCRX)
	for _, scheme := range []struct{ entry, name string }{{"META-INF/mozilla.rsa", "pkcs7"}, {"META-INF/cose.sig", "cose"}} {
		if _, ok := z.Lookup(scheme.entry); ok {
			item.Kind = inventory.KindXPI
			item.Signature.Schemes = append(item.Signature.Schemes, inventory.Scheme{Name: scheme.name})
		}
	}
	firefox := readArchiveInto(item, z)
	switch {
	case firefox:
		item.Kind = inventory.KindXPI
	case item.Kind == inventory.KindCRX:
		item.AddTrait(inventory.TraitPlainZip)
	}
	item.Sort()
	return item
}

func readCRX(r io.ReaderAt, size int64) *inventory.Item {
	item := newItem(inventory.KindCRX)
	header, err := crx.Parse(r, size)
	if err != nil {
		item.AddProblem(crxProblem(err))
		item.Sort()
		return item
	}
	item.ID = header.ID
	item.Detail.Extension.CRXVersion = header.Version
	item.Detail.Extension.IDSource = "crx"
	scheme := "crx3"
	if header.Version == 2 {
		scheme = "crx2"
	}
	item.Signature.Schemes = []inventory.Scheme{{Name: scheme}}
	if !header.OwnKey {
		item.Signature.Problems = []inventory.SignatureProblem{{ID: "crx-id-without-key", Message: "no key in the header gives the id, so that Chrome refuses the package"}}
	}
	offset := header.ZipOffset
	archive, err := zipsafe.Open(io.NewSectionReader(r, offset, size-offset), size-offset)
	if err != nil {
		item.AddProblem(problem("", err, true))
		item.Sort()
		return item
	}
	readArchiveInto(item, archive)
	return item
}

func newItem(kind inventory.Kind) *inventory.Item {
	return &inventory.Item{Platform: inventory.Extension, Kind: kind, Detail: inventory.Detail{Extension: &inventory.ExtensionDetail{
		Hosts: []string{}, OptionalHosts: []string{}, ContentScripts: []inventory.ContentScript{},
	}}}
}

// readArchiveInto reads the archive's extension and reports whether it is made for Firefox.
func readArchiveInto(item *inventory.Item, z *zipsafe.Reader) bool {
	for _, trait := range z.Traits() {
		item.AddTrait(trait.ID, trait.Evidence...)
	}
	return readInto(item, z.FS(), "")
}

var folderID = regexp.MustCompile(`^[a-p]{32}$`)

// readInto reads the extension below fsys into the item, which its container may have given an id, and
// reports whether it is made for Firefox.
func readInto(item *inventory.Item, fsys fs.FS, name string) bool {
	defer item.Sort()
	files := folder.Open(fsys)
	for _, stop := range files.Stopped {
		item.AddProblem(problem(stop.Name, stop.Err, true))
	}
	r := &reader{item: item, detail: item.Detail.Extension, files: files}
	r.packageTraits()
	text, err := files.Read(manifestName, limits.JSONBytes)
	if err == nil {
		var doc *laxjson.Document
		if doc, err = laxjson.Parse(text); err == nil {
			r.manifest(doc, text)
		}
	}
	if err != nil {
		item.AddProblem(problem(manifestName, err, true))
	}
	if item.ID == "" {
		r.fallbackID(name)
	}
	return r.firefox
}

// fallbackID names an extension that brings no id of its own.
func (r *reader) fallbackID(name string) {
	r.item.ID, r.detail.IDSource = name, "name"
	if folderID.MatchString(name) {
		r.detail.IDSource = "folder-name"
	} else if name == "" {
		r.item.ID = r.item.Name
	}
}

// packageTraits notes what the files alone show.
func (r *reader) packageTraits() {
	r.detail.ScriptFiles = r.files.Scripts
	if r.files.Scripts > 0 {
		r.trait(inventory.TraitScriptsNotRead, inventory.Evidence{Detail: plural(r.files.Scripts, "script file")})
	}
	if r.item.Kind == inventory.KindFolder && r.files.Has(storeSignature) {
		r.item.Signature.Schemes = append(r.item.Signature.Schemes, inventory.Scheme{Name: "verified-contents"})
	}
	for _, link := range r.files.Links {
		r.trait(inventory.TraitSymlinkOutOfFolder, inventory.Evidence{File: path.Clean(link), Detail: "link is not followed"})
	}
}

func crxProblem(err error) inventory.Problem {
	p := problem("", err, true)
	var format *crx.FormatError
	if errors.As(err, &format) {
		p.Offset, p.Message, p.Limit = format.Offset, format.Message, format.Limit
	}
	return p
}

// problem words an error of reading one file. Text of the error that quotes the system is left out.
func problem(file string, err error, matters bool) inventory.Problem {
	p := inventory.Problem{File: file, Matters: matters}
	var format *laxjson.FormatError
	var archive *zipsafe.FormatError
	var system *fs.PathError
	switch {
	case errors.As(err, &format):
		p.Offset, p.Message, p.Limit = format.Offset, format.Message, format.Limit
	case errors.As(err, &archive):
		p.Offset, p.Message, p.Limit = archive.Offset, archive.Message, archive.Limit
	case errors.Is(err, fs.ErrNotExist):
		p.Message = "file is missing"
	case errors.Is(err, folder.ErrLeaves), errors.Is(err, folder.ErrIrregular):
		p.Message = err.Error()
	case errors.Is(err, folder.ErrLimit):
		p.Message, p.Limit = err.Error(), true
	case errors.As(err, &system):
		p.Message = "reading file: " + system.Err.Error()
	default:
		p.Message = fmt.Sprintf("reading file: %q", err.Error())
	}
	return p
}

// IsManifest reports whether the text is an extension's manifest: a JSON object with manifest_version.
// Text that can't be read but holds that key counts, so that a damaged manifest isn't passed over.
func IsManifest(b []byte) bool {
	doc, err := laxjson.Parse(b)
	if err != nil {
		return bytes.Contains(b, []byte(`"manifest_version"`))
	}
	_, ok := doc.Root.Get("manifest_version")
	return ok
}
