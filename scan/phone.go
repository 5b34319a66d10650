package scan

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/finding"
	"appraise/internal/zipsafe"
	"appraise/inventory"
	"appraise/policies/brand"
)

// Phone is a phone that was read by the caller, over adb.
type Phone struct {
	Name    string // as the report names it; no serial
	Capture *capture.Capture
}

// isCaptureFolder reports whether a folder is a saved bundle of a phone, or one of another tool.
func isCaptureFolder(t *tree, dir string, entries []fs.DirEntry) bool {
	var names []string
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			names = append(names, entry.Name())
		}
	}
	if len(names) == 0 {
		return false
	}
	sub, err := t.sub(dir)
	if err != nil {
		return false
	}
	defer sub.Close()
	return capture.IsFolder(sub, names)
}

// readCapture makes the items of a saved bundle.
func (c reading) readCapture(read func() (*capture.Capture, error)) result {
	saved, err := read()
	if err != nil {
		p := problemOf(c.name, err)
		var encrypted *capture.EncryptedError
		if errors.As(err, &encrypted) {
			p.Message += "; " + encrypted.Hint
		}
		return c.failed(p)
	}
	return c.opt.items(saved)
}

func (c reading) readCaptureZip(archive *zipsafe.Reader) result {
	return c.readCapture(func() (*capture.Capture, error) { return capture.ReadZip(archive) })
}

func (c reading) readCaptureFolder() result {
	t, err := c.tree.sub(c.name)
	if err != nil {
		return c.failed(inventory.Problem{File: c.name, Message: cause(err), Matters: true})
	}
	defer t.Close()
	c.watch.reads(t, 0)
	return c.readCapture(func() (*capture.Capture, error) { return capture.ReadFolder(t) })
}

// items is what a capture gives, whoever made it.
func (opt Options) items(c *capture.Capture) result {
	r := phone.Items(c, phone.Options{Users: opt.Users, AllApps: opt.AllApps, Pinned: opt.Pinned, PinnedID: opt.pinnedID, Now: opt.Started})
	return result{items: r.Items, phone: r}
}

// pinnedID reports whether a brand pack pins the signer of an app of this id.
func (opt Options) pinnedID(id string) bool {
	return opt.Policy != nil && slices.ContainsFunc(opt.Policy.Brands(), func(pack *brand.Pack) bool {
		return slices.ContainsFunc(pack.Android.Apps, func(a brand.App) bool { return a.Package == id && len(a.Signers) > 0 })
	})
}

// asSource tells of a phone where its input stands; a further phone in one input gets a source of its own.
func (in *input) asSource(r *phone.Result, path string, count int) *finding.Source {
	to := &in.Source
	if in.Device != nil {
		in.further = append(in.further, finding.Source{ID: fmt.Sprintf("%s-%d", in.ID, count), Name: path})
		to = &in.further[len(in.further)-1]
	}
	to.Kind, to.Device, to.NotChecked = "phone", &r.Device, r.NotChecked
	to.Problems = append(to.Problems, r.Problems...)
	return to
}
