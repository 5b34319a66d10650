package scan

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/internal/limits"
	"appraise/inventory"
)

// candidate is one thing that may be an artifact: a file, or a folder that is one as a whole.
type candidate struct {
	source   int    // index of the input
	tree     *tree  // the folder it lies in
	name     string // slash path inside the tree
	where    string // the place that goes into the item's key
	path     string // as the person would write it
	form     form   // formUnknown: a file, told when it is opened
	named    bool   // given on the command line: never passed over
	folder   bool
	inBundle bool // below an iOS bundle, whose reader reads its property lists
}

// input is one path of the command line.
type input struct {
	finding.Source
	tree       *tree
	candidates []candidate
	entries    int              // walked so far, against limits.FolderEntries
	further    []finding.Source // phones beyond the first
}

// discover lists the candidates of one path. The error is the user's: the path doesn't exist.
func discover(index int, name string) (*input, error) {
	in := &input{Source: finding.Source{ID: fmt.Sprintf("s%d", index+1), Kind: "file", Name: filepath.ToSlash(name)}}
	info, err := os.Stat(name)
	if err != nil && os.IsNotExist(err) {
		return nil, fmt.Errorf("%q: no such file or folder", name)
	}
	if err != nil {
		in.unread(inventory.Problem{File: in.Name, Message: cause(err), Matters: true})
		return in, nil
	}
	dir, base, err := locate(name, info.IsDir())
	if err == nil {
		in.tree, err = openTree(dir)
	}
	if err != nil {
		in.unread(inventory.Problem{File: in.Name, Message: cause(err), Matters: true})
		return in, nil
	}
	if info.IsDir() {
		in.Kind = "folder"
		in.walk(index, filepath.Base(absolute(name)))
		return in, nil
	}
	in.candidates = []candidate{{source: index, tree: in.tree, name: base, where: filepath.Base(name), path: in.Name, named: true}}
	return in, nil
}

// locate returns the folder to open and the name inside it. A link that the person names is followed;
// links below it are followed inside the folder only.
func locate(name string, isDir bool) (dir, base string, err error) {
	real, err := filepath.EvalSymlinks(name)
	if err != nil || isDir {
		return real, ".", err
	}
	dir, base = filepath.Split(real)
	return cmp.Or(dir, "."), base, nil
}

// absolute is for telling a folder's own name where it is given as "." or "..".
func absolute(name string) string {
	if abs, err := filepath.Abs(name); err == nil {
		return abs
	}
	return name
}

func (in *input) unread(p inventory.Problem) { in.Problems = append(in.Problems, p) }

// level is one folder on the way through an input.
type level struct {
	dir    string
	depth  int
	inside form // the kind of artifact that the folder belongs to
	// covered: the reader of the bundle around it reads the bundles in it.
	covered bool
	// captured: the files belong to a bundle of a phone, whose reader reads them.
	captured bool
}

// walk collects candidates below the named folder, which may itself be one. It goes on inside artifacts: one
// manifest file in a folder of downloads must not hide the rest.
func (in *input) walk(index int, ownName string) {
	for stack := []level{{dir: "."}}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		entries, err := fs.ReadDir(in.tree, at.dir)
		if err != nil {
			in.unread(inventory.Problem{File: at.dir, Message: cause(err), Matters: true})
		}
		parts, own := in.enter(&at, index, ownName, entries)
		if at.depth == limits.FolderDepth {
			in.unread(inventory.Problem{File: at.dir, Message: fmt.Sprintf("more than %d folders deep; not read below", limits.FolderDepth), Limit: true, Matters: true})
			continue
		}
		for _, entry := range slices.Backward(entries) {
			if in.entries++; in.entries > limits.FolderEntries {
				in.unread(inventory.Problem{File: at.dir, Message: fmt.Sprintf("more than %d files and folders; the rest was not read", limits.FolderEntries), Limit: true, Matters: true})
				return
			}
			name := path.Join(at.dir, entry.Name())
			if at.captured {
				continue
			}
			if entry.IsDir() {
				covered := at.covered || slices.ContainsFunc(parts, func(p string) bool { return strings.EqualFold(p, entry.Name()) })
				stack = append(stack, level{dir: name, depth: at.depth + 1, inside: at.inside, covered: covered})
				continue
			}
			in.visit(index, name, entry.Type(), at.inside, own)
		}
	}
	slices.SortFunc(in.candidates, func(a, b candidate) int { return cmp.Compare(a.where, b.where) })
}

// enter makes the folder a candidate where it is an artifact, and returns the subfolders whose bundles that
// artifact's reader reads.
func (in *input) enter(at *level, index int, ownName string, entries []fs.DirEntry) (parts []string, own bool) {
	name := at.dir
	if name == "." {
		name = ownName
	}
	f := folderForm(in.tree, at.dir, name, entries)
	if f == formUnknown || at.covered {
		return nil, false
	}
	in.add(candidate{source: index, name: at.dir, form: f, folder: true, named: at.dir == "."}, ownName)
	at.inside = f
	if f == formExtension {
		return nil, true
	}
	if f == formCapture {
		at.captured = true
		return nil, true
	}
	parts = []string{"PlugIns", "Extensions", "Watch", "AppClips", "Frameworks"}
	if !bundlePlist(in.tree, path.Join(at.dir, "Info.plist")) {
		parts = append(parts, "Products", "Wrapper") // an Xcode archive or a Mac's wrapping: the app is in there
	}
	return parts, true
}

// visit looks at one entry that is no folder. Inside an artifact its reader tells of links and the like.
// own: the entry stands in the artifact's own folder, whose manifest the reader has.
func (in *input) visit(index int, name string, mode fs.FileMode, inside form, own bool) {
	switch {
	case own && path.Base(name) == "manifest.json" && inside == formExtension:
	case mode.IsRegular():
		in.add(candidate{source: index, name: name, inBundle: inside == formBundle}, "")
	case inside != formUnknown:
	case mode&fs.ModeSymlink != 0:
		switch in.tree.followLink(name) {
		case linkLoop:
			in.unread(inventory.Problem{File: name, Message: "symbolic link to a folder it stands in; not followed", Matters: true})
		case linkOutside:
			in.unread(inventory.Problem{File: name, Message: "symbolic link out of the folder; not followed", Matters: true})
		}
	default:
		in.unread(inventory.Problem{File: name, Message: errNotRegular.Error(), Matters: true})
	}
}

func (in *input) add(c candidate, ownName string) {
	c.tree = in.tree
	c.where, c.path = c.name, path.Join(in.Name, c.name)
	if c.name == "." {
		c.where = ownName
	}
	in.candidates = append(in.candidates, c)
}
