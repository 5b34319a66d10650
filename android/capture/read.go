package capture

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"appraise/android/capture/files"
	"appraise/android/capture/lists"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// EncryptedError tells that a file is encrypted with age, as AndroidQF does where it was given a key. Nothing of it
// is read. Hint says what to do.
type EncryptedError struct{ Hint string }

func (e *EncryptedError) Error() string { return "encrypted with age; nothing of it can be read" }

const encryptedHint = `decrypt it with the key that belongs to it, then read the result: age -d -i KEY.txt -o acquisition.zip FILE.zip.age`

// IsEncrypted reports whether a file that starts with head is encrypted with age (age-encryption.org/v1, or its armour).
func IsEncrypted(head []byte) bool {
	return bytes.HasPrefix(head, []byte("age-encryption.org/v1\n")) || bytes.HasPrefix(head, []byte("-----BEGIN AGE ENCRYPTED FILE-----"))
}

// Read reads a saved bundle, an AndroidQF ZIP or a bug report, told by content. What can't be read of it is told in
// Problems, and the rest comes back; the error is an *EncryptedError, a *zipsafe.FormatError for a ZIP that can't be
// opened, an *inventory.FormatError for a bundle whose capture.json is malformed or that has more than
// limits.CaptureFiles entries, or tells that the file is none of these.
func Read(r io.ReaderAt, size int64) (*Capture, error) {
	head := make([]byte, min(max(size, 0), files.PeekBytes))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if IsEncrypted(head) {
		return nil, &EncryptedError{encryptedHint}
	}
	z, err := zipsafe.Open(r, size)
	if err != nil {
		return nil, err
	}
	return ReadZip(z)
}

// ReadZip is Read for a ZIP that is open already.
func ReadZip(z *zipsafe.Reader) (*Capture, error) {
	t, err := files.Zip(z, &files.Budget{})
	if err != nil {
		return nil, err
	}
	c, err := tree{t}.capture()
	if err != nil {
		return nil, err
	}
	for _, a := range z.Anomalies {
		if a.Kind == inventory.TraitZipDuplicateName {
			c.tell(inventory.Problem{Offset: a.Offset, Message: a.Detail, Matters: true})
		}
	}
	return c, nil
}

// ReadFolder reads an AndroidQF folder, an unpacked bundle or bug report, or a folder of saved outputs: files named
// like Names, as dumpsys_SERVICE.txt, or a full dumpsys.txt. Links are not followed, and only regular files are
// opened. Errors are those of Read.
func ReadFolder(fsys fs.FS) (*Capture, error) {
	t, err := files.Folder(fsys)
	if err != nil {
		return nil, err
	}
	return tree{t}.capture()
}

// tree is a bundle whose kind is to be told.
type tree struct{ *files.Tree }

// form is how a tree is read.
type form uint8

const (
	formNone form = iota
	formBundle
	formAcquisition
	formBugreport
	formDumps
)

func (t tree) capture() (*Capture, error) {
	var c *Capture
	var err error
	switch t.tell() {
	case formBundle:
		return readBundle(t.Tree)
	case formAcquisition:
		c = readAcquisition(t.Tree)
	case formBugreport:
		c = readBugreport(t.Tree)
	case formDumps:
		c = readDumps(t.Tree)
	default:
		if err = t.encrypted(); err == nil {
			err = errNoCapture
		}
		return nil, err
	}
	t.tellOdd(c)
	if c.Outputs[PackageDump].Text == nil && c.Outputs[PackagesList].Text == nil && len(c.Packages) == 0 {
		c.tell(inventory.Problem{Message: "no list of packages in it", Matters: true})
	}
	return c, nil
}

// tell finds out what the tree holds and which folder of it. Where it holds several of a kind the first is read.
func (t tree) tell() form {
	for _, f := range [...]struct {
		name string
		is   func(head []byte) bool
		form form
	}{
		{indexName, lists.IsIndex, formBundle},
		{acquisitionName, lists.IsAcquisition, formAcquisition},
		{packagesName, t.isPackages, formAcquisition},
		{mainEntryName, t.isMainEntry, formBugreport},
	} {
		for _, t.Root = range t.Roots(f.name) {
			if f.is(t.Head(f.name)) {
				return f.form
			}
		}
	}
	t.Root = ""
	return t.tellTexts()
}

// tellTexts tells by the texts themselves. Loose outputs beside a full dumpsys or a bug report make a folder of dumps.
func (t tree) tellTexts() form {
	found, root := formNone, ""
	for _, name := range t.Names {
		depth, base := strings.Count(name, "/"), path.Base(name)
		switch {
		case depth == 0 && carriesMark(name) && isDump(name, t.Head(name)), name == dumpsysName && isMainText(t.Head(name)):
			return formDumps
		case found != formNone:
		case looksMain(base) && (depth <= 1 || base == dumpsysName) && isMainText(t.Head(name)):
			found = formBugreport
			if depth == 1 && base != dumpsysName {
				root = path.Dir(name) + "/"
			}
		}
	}
	t.Root = root
	return found
}

// isPackages tells an acquisition that was broken off before it was described.
func (t tree) isPackages(head []byte) bool {
	return lists.IsAcquisition(head) && (t.Has("getprop.txt") || t.Has(dumpsysName))
}

// isMainEntry reports whether a text is main_entry.txt of a bug report: it names a main text, there or by its name.
func (t tree) isMainEntry(head []byte) bool {
	name := mainEntry(head)
	return looksMain(name) || fs.ValidPath(name) && isMainText(t.Head(name))
}

// encrypted is the error for a folder in which there is nothing but encrypted acquisitions.
func (t tree) encrypted() error {
	t.Root = ""
	for i, name := range t.Below(func(name string) bool { return !strings.Contains(name, "/") && path.Ext(name) == ".age" }) {
		if i < limits.DumpNotes && IsEncrypted(t.Head(name)) {
			return &EncryptedError{encryptedHint}
		}
	}
	return nil
}

// tellOdd tells of files with telling names that were not opened.
func (t tree) tellOdd(c *Capture) {
	for _, full := range slices.Sorted(maps.Keys(t.Odd)) {
		if name, ok := strings.CutPrefix(full, t.Root); ok && telling(name) {
			c.tell(inventory.Problem{File: name, Message: t.Odd[full], Matters: true})
		}
	}
}

// telling reports whether a file of that name may be part of a capture.
func telling(name string) bool {
	switch name {
	case indexName, acquisitionName, packagesName, rootName, bugreportName, mainEntryName:
		return true
	}
	_, _, ok := dumpName(name)
	return looksMain(name) || ok && !strings.Contains(name, "/")
}

// IsBundle reports whether Read would take the archive for a capture. It looks at names, and at the start of files
// with telling names. It does not tell that the archive is nothing else: an APK can hold such files too.
func IsBundle(z *zipsafe.Reader) bool {
	found := slices.ContainsFunc(z.Entries, func(e zipsafe.Entry) bool {
		return strings.Count(e.Name, "/") <= 1 && telling(path.Base(e.Name)) || path.Base(e.Name) == dumpsysName
	})
	if !found {
		return false
	}
	t, err := files.Zip(z, &files.Budget{})
	return err == nil && tree{t}.tell() != formNone
}

// IsFolder reports whether ReadFolder would take the folder for a capture. names are those of the files that lie
// directly in it; of those with telling names the start is read. It does not tell that the folder is nothing else.
func IsFolder(fsys fs.FS, names []string) bool {
	t := files.Loose(fsys, slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !telling(name) }))
	return len(t.Names) > 0 && tree{t}.tell() != formNone
}

var errNoCapture = errors.New("neither a bundle of appraise, an AndroidQF acquisition, a bug report nor a folder of Android's dumps")
