package scan

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"appraise/android/bundle"
	"appraise/android/phone"
	"appraise/browserext"
	"appraise/internal/limits"
	"appraise/internal/plistsafe"
	"appraise/internal/zipsafe"
	"appraise/inventory"
	"appraise/ios"
)

// result is what one candidate gave: one item, none for a file that is no artifact and never claimed to be one,
// several for an archive that several systems would take or that holds several apps.
type result struct {
	items []*inventory.Item
	apk   *inventory.Item // the one among items that was read as a single APK, which may be a part of an app
	phone *phone.Result   // where items are those of a phone
}

// reading is a candidate while it is read.
type reading struct {
	candidate
	opt   Options
	watch *watch
}

// read reads one candidate. It always returns: a reader that panics or takes longer than it may becomes a
// problem of its item.
func read(ctx context.Context, on *runner, c candidate, opt Options) result {
	return guard(ctx, on, c, opt, func(w *watch) result { return reading{c, opt, w}.read() })
}

// failed is the item of a candidate that couldn't be read: what its name claims, and the problem.
// A file that claims nothing gives an item without platform; the caller makes it a problem of the input.
func failed(c candidate, p inventory.Problem) []*inventory.Item {
	item := &inventory.Item{}
	item.Platform, item.Kind, _ = claims(c.where)
	item.AddProblem(p)
	return []*inventory.Item{item}
}

func (c reading) read() result {
	switch {
	case c.folder && c.form == formCapture:
		return c.readCaptureFolder()
	case c.folder && c.form == formExtension:
		return c.readFolder(func(t *tree) *inventory.Item { return browserext.ReadFolder(t, path.Base(c.where)) })
	case c.folder:
		return c.readFolder(func(t *tree) *inventory.Item { return ios.ReadBundle(t) })
	}
	file, err := c.tree.openFile(c.name)
	if err != nil {
		return c.failed(inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return c.failed(inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	c.watch.reads(file, info.Size())
	in := c.watch.count(file)
	if info.Size() <= limits.SmallFile {
		whole := make([]byte, info.Size()) // one read instead of many
		if n, err := in.ReadAt(whole, 0); n == len(whole) {
			in = bytes.NewReader(whole)
		} else if err != nil && err != io.EOF {
			return c.failed(inventory.Problem{File: c.name, Message: cause(err), Matters: true})
		}
	}
	return c.readFile(in, info.Size())
}

// failed is the result of a candidate that couldn't be read.
func (c reading) failed(p inventory.Problem) result {
	return result{items: failed(c.candidate, p)}
}

func (c reading) readFolder(read func(*tree) *inventory.Item) result {
	t, err := c.tree.sub(c.name)
	if err != nil {
		return c.failed(inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	defer t.Close()
	c.watch.reads(t, 0)
	return result{items: []*inventory.Item{read(t)}}
}

func (c reading) readFile(file io.ReaderAt, size int64) result {
	_, _, claimed := claims(c.where)
	if size == 0 {
		if claimed || c.named {
			return c.failed(inventory.Problem{File: c.name, Message: "the file is empty", Matters: true})
		}
		return result{}
	}
	forms, archive, err := fileForms(file, size, c.where)
	if err != nil {
		if !claimed && !c.named && !suspicious(err) {
			return result{}
		}
		return c.failed(c.explain(problemOf(c.name, err), file))
	}
	var r result
	if slices.Contains(forms, formCapture) {
		return c.readCaptureZip(archive)
	}
	for _, f := range forms {
		items := c.readForm(f, archive, file, size)
		if f == formAPK {
			r.apk = items[0]
		}
		r.items = append(r.items, items...)
	}
	c.addDigest(r.items, file, size)
	return r
}

// explain says what a set is that no ZIP reader can open.
func (c reading) explain(p inventory.Problem, file io.ReaderAt) inventory.Problem {
	var start [2]byte
	if _, err := file.ReadAt(start[:], 0); err == nil && string(start[:]) != "PK" && strings.EqualFold(path.Ext(c.where), ".apkm") {
		p.Offset, p.Message = 0, "no ZIP: APKMirror's older .apkm files are encrypted, and only its own installer reads them"
	}
	return p
}

// addDigest adds the file's digest to the items that were told by it.
func (c reading) addDigest(items []*inventory.Item, file io.ReaderAt, size int64) {
	if c.opt.NoDigest || !slices.ContainsFunc(items, func(item *inventory.Item) bool { return item.ID != "" }) {
		return
	}
	sum, err := digest(file, size)
	for _, item := range items {
		item.SHA256 = sum
		if err != nil {
			item.AddProblem(inventory.Problem{File: c.name, Message: cause(err), Matters: true})
		}
	}
}

func (c reading) readForm(f form, archive *zipsafe.Reader, file io.ReaderAt, size int64) []*inventory.Item {
	_, _, claimed := claims(c.where)
	switch f {
	case formAPK:
		if size > limits.APKBytes {
			return failed(c.candidate, inventory.Problem{File: c.name, Offset: limits.APKBytes, Message: fmt.Sprintf("an APK of %d bytes is larger than any Android reads", size), Limit: true, Matters: true})
		}
		return []*inventory.Item{c.readAPK(archive, c.platforms())}
	case formAPKSet:
		return c.place(bundle.ReadSet(archive, c.platforms()))
	case formAppBundle:
		return c.place([]*inventory.Item{bundle.ReadBundle(archive)})
	case formIPA:
		return []*inventory.Item{ios.ReadArchive(archive)}
	case formPackage:
		if archive != nil {
			return []*inventory.Item{browserext.ReadArchive(archive)}
		}
		return []*inventory.Item{browserext.ReadPackage(file, size)}
	case formPlist:
		return c.readPlist(file, size)
	}
	if !claimed && !c.named || c.webManifest(file, size) {
		return nil
	}
	return failed(c.candidate, inventory.Problem{File: c.name, Message: "neither an APK, a set of APKs, an IPA, an Info.plist, an extension nor a bundle of a phone", Matters: true})
}

func (c reading) platforms() bundle.Options {
	return bundle.Options{MinSDK: c.opt.MinSDK, MaxSDK: c.opt.MaxSDK, OneReader: c.opt.OneReader}
}

// readAPK reads one APK with the v4 signature beside it, which is called like it and ends in .idsig.
func (c reading) readAPK(archive *zipsafe.Reader, opt bundle.Options) *inventory.Item {
	name := c.name + ".idsig"
	idsig, err := c.tree.readHead(name, limits.V4SignatureBytes+1)
	tooLong := len(idsig) > limits.V4SignatureBytes
	if err != nil || tooLong {
		idsig = nil
	}
	item := bundle.ReadAPK(archive, idsig, opt)
	switch {
	case tooLong:
		item.AddProblem(inventory.Problem{File: path.Base(name), Offset: limits.V4SignatureBytes, Message: fmt.Sprintf("longer than %d bytes; not read", limits.V4SignatureBytes), Limit: true, Matters: true})
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		item.AddProblem(inventory.Problem{File: path.Base(name), Message: cause(err), Matters: true})
	}
	return item
}

// place names the file in problems that are the whole archive's.
func (c reading) place(items []*inventory.Item) []*inventory.Item {
	for _, item := range items {
		for i := range item.Problems {
			item.Problems[i].File = cmp.Or(item.Problems[i].File, c.name)
		}
	}
	return items
}

// readPlist reads a property list that declares an app. Others are nobody's artifact, unless the name says Info.plist.
func (c reading) readPlist(file io.ReaderAt, size int64) []*inventory.Item {
	text, err := io.ReadAll(io.NewSectionReader(file, 0, min(size, limits.InfoPlistBytes+1)))
	if err != nil {
		return failed(c.candidate, inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	_, kind, _ := claims(c.where)
	if c.inBundle {
		return nil // the reader of the bundle around it has read what counts
	}
	if kind != inventory.KindPlist && !appPlist(text) {
		if c.named {
			return failed(c.candidate, inventory.Problem{File: c.name, Message: "a property list, but not that of an app", Matters: true})
		}
		return nil
	}
	return []*inventory.Item{ios.ReadInfoPlist(text)}
}

// webManifest reports whether a file called manifest.json is whole JSON: having no manifest_version, it
// belongs to a web site or a build tool and not to an extension.
func (c reading) webManifest(file io.ReaderAt, size int64) bool {
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
