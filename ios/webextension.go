package ios

import (
	"io/fs"
	"path"
	"slices"

	"appraise/browserext"
	"appraise/inventory"
)

// webExtension hands a Safari web extension to the reader of browser extensions and takes over what it
// may do on which pages. It reports false where no manifest could be read: then the point alone speaks.
func (b *bundle) webExtension() bool {
	if b.r.fsys == nil {
		return false
	}
	for _, folder := range []string{"", "Resources"} {
		dir := path.Join(b.dir, folder)
		if !isFile(b.r.fsys, path.Join(dir, "manifest.json")) {
			continue
		}
		sub, err := fs.Sub(b.r.fsys, dir)
		if err != nil {
			b.r.item.AddProblem(problem(dir, err))
			return false
		}
		ext := browserext.ReadFolder(sub, path.Base(b.dir))
		b.takeOver(ext, dir)
		return !slices.ContainsFunc(ext.Problems, func(p inventory.Problem) bool { return p.Matters })
	}
	b.r.item.AddProblem(inventory.Problem{File: path.Join(b.dir, "manifest.json"), Message: "manifest of the web extension is missing", Matters: true})
	return false
}

// takeOver copies the capabilities on pages and the problems of a web extension found in dir.
func (b *bundle) takeOver(ext *inventory.Item, dir string) {
	for _, c := range ext.Capabilities {
		if c.ID != inventory.CapPageRead && c.ID != inventory.CapPageModify {
			continue
		}
		evidence := make([]inventory.Evidence, len(c.Evidence))
		for i, e := range c.Evidence {
			e.File = path.Join(dir, e.File)
			evidence[i] = e
		}
		c.Evidence = evidence
		b.r.item.AddCapability(c)
	}
	for _, p := range ext.Problems {
		p.File = path.Join(dir, p.File)
		b.r.item.AddProblem(p)
	}
}
