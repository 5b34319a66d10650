package scan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"time"

	"appraise/android"
	"appraise/browserext"
	"appraise/internal/limits"
	"appraise/internal/plistsafe"
	"appraise/internal/zipsafe"
	"appraise/inventory"
	"appraise/ios"
)

// read returns the items of one candidate: one, none for a file that is no artifact and never claimed to be
// one, several for an archive that several systems would take.
// It always returns: a reader that panics or takes longer than limits.ParseTime becomes a problem of its item.
func read(c candidate, parseTime time.Duration) []*inventory.Item {
	done := make(chan []*inventory.Item, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				done <- failed(c, inventory.Problem{File: c.name, Message: fmt.Sprintf("internal error while reading: %v", r), Matters: true})
			}
		}()
		done <- c.read()
	}()
	timer := time.NewTimer(parseTime)
	defer timer.Stop()
	select {
	case items := <-done:
		return items
	case <-timer.C:
		return failed(c, inventory.Problem{File: c.name, Message: fmt.Sprintf("not read within %s", parseTime), Limit: true, Matters: true})
	}
}

// failed is the item of a candidate that couldn't be read: what its name claims, and the problem.
// A file that claims nothing gives an item without platform; the caller makes it a problem of the input.
func failed(c candidate, p inventory.Problem) []*inventory.Item {
	item := &inventory.Item{}
	item.Platform, item.Kind, _ = claims(c.where)
	item.AddProblem(p)
	return []*inventory.Item{item}
}

func (c candidate) read() []*inventory.Item {
	switch {
	case c.folder && c.form == formExtension:
		return c.readFolder(func(t *tree) *inventory.Item { return browserext.ReadFolder(t, path.Base(c.where)) })
	case c.folder:
		return c.readFolder(func(t *tree) *inventory.Item { return ios.ReadBundle(t) })
	}
	file, err := c.tree.openFile(c.name)
	if err != nil {
		return failed(c, inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return failed(c, inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	return c.readFile(file, info.Size())
}

func (c candidate) readFolder(read func(*tree) *inventory.Item) []*inventory.Item {
	t, err := c.tree.sub(c.name)
	if err != nil {
		return failed(c, inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	defer t.Close()
	return []*inventory.Item{read(t)}
}

func (c candidate) readFile(file *os.File, size int64) []*inventory.Item {
	_, _, claimed := claims(c.where)
	if size == 0 {
		if claimed || c.named {
			return failed(c, inventory.Problem{File: c.name, Message: "the file is empty", Matters: true})
		}
		return nil
	}
	forms, archive, err := fileForms(file, size, c.where)
	if err != nil {
		if !claimed && !c.named && !suspicious(err) {
			return nil
		}
		return failed(c, problemOf(c.name, err))
	}
	var items []*inventory.Item
	for _, f := range forms {
		items = append(items, c.readForm(f, archive, file, size)...)
	}
	return c.withDigest(items, file, size)
}

// withDigest adds the file's digest to the items that were told by it.
func (c candidate) withDigest(items []*inventory.Item, file io.ReaderAt, size int64) []*inventory.Item {
	if !slices.ContainsFunc(items, func(item *inventory.Item) bool { return item.ID != "" }) {
		return items
	}
	sum, err := digest(file, size)
	for _, item := range items {
		item.SHA256 = sum
		if err != nil {
			item.AddProblem(inventory.Problem{File: c.name, Message: cause(err), Matters: true})
		}
	}
	return items
}

func (c candidate) readForm(f form, archive *zipsafe.Reader, file io.ReaderAt, size int64) []*inventory.Item {
	_, _, claimed := claims(c.where)
	switch f {
	case formAPK:
		if size > limits.APKBytes {
			return failed(c, inventory.Problem{File: c.name, Offset: limits.APKBytes, Message: fmt.Sprintf("an APK of %d bytes is larger than any Android reads", size), Limit: true, Matters: true})
		}
		return []*inventory.Item{android.ReadArchive(archive)}
	case formIPA:
		return []*inventory.Item{ios.ReadArchive(archive)}
	case formPackage:
		if archive != nil {
			return []*inventory.Item{browserext.ReadArchive(archive)}
		}
		return []*inventory.Item{browserext.ReadPackage(file, size)}
	case formPlist:
		return c.readPlist(file, size)
	case formAPKSet:
		return failed(c, inventory.Problem{File: c.name, Message: "a set of APKs or an app bundle; this version reads single APKs", Matters: true})
	}
	if !claimed && !c.named || c.webManifest(file, size) {
		return nil
	}
	return failed(c, inventory.Problem{File: c.name, Message: "neither an APK, an IPA, an Info.plist nor an extension", Matters: true})
}

// readPlist reads a property list that declares an app. Others are nobody's artifact, unless the name says Info.plist.
func (c candidate) readPlist(file io.ReaderAt, size int64) []*inventory.Item {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, min(size, limits.InfoPlistBytes+1)))
	if err != nil {
		return failed(c, inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	_, kind, _ := claims(c.where)
	if c.inBundle {
		return nil // the reader of the bundle around it has read what counts
	}
	if kind != inventory.KindPlist && !appPlist(text) {
		if c.named {
			return failed(c, inventory.Problem{File: c.name, Message: "a property list, but not that of an app", Matters: true})
		}
		return nil
	}
	return []*inventory.Item{ios.ReadInfoPlist(text)}
}

// webManifest reports whether a file called manifest.json is whole JSON: having no manifest_version, it
// belongs to a web site or a build tool and not to an extension.
func (c candidate) webManifest(file io.ReaderAt, size int64) bool {
	if _, kind, _ := claims(c.where); kind != inventory.KindFolder || c.named || size > limits.JSONBytes {
		return false
	}
	text, err := io.ReadAll(io.NewSectionReader(file, 0, size))
	return err == nil && json.Valid(bytes.TrimPrefix(text, []byte("\ufeff")))
}

// suspicious reports whether a defect in a file without a claiming name is worth telling: a limit that was
// hit may hide an artifact, while a broken archive of an unknown kind is nobody's app.
func suspicious(err error) bool {
	var format *zipsafe.FormatError
	return errors.As(err, &format) && format.Limit
}

func problemOf(name string, err error) inventory.Problem {
	p := inventory.Problem{File: name, Message: cause(err), Matters: true}
	var zip *zipsafe.FormatError
	var plist *plistsafe.FormatError
	switch {
	case errors.As(err, &zip):
		p.Offset, p.Message, p.Limit = zip.Offset, zip.Message, zip.Limit
	case errors.As(err, &plist):
		p.Offset, p.Message, p.Limit = plist.Offset, plist.Message, plist.Limit
	}
	return p
}

func digest(r io.ReaderAt, size int64) (string, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size)); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
