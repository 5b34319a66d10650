package zipsafe

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"appraise/internal/limits"
)

// FS returns the archive as a file system. Each call builds it anew; keep it.
//
// Entries whose name isn't a valid path (fs.ValidPath, with one final slash allowed) are left out: each of
// them is an anomaly. The first entry of a name wins. A name that is both a file and a folder is listed
// as both, opens as the file, and its folder can be read, so that neither hides the other.
//
// A symbolic link shows as fs.ModeSymlink and opens as its own data, the target's name; it is never
// followed. All other modes show as plain files, as browsers unpack them. Sizes are the declared ones:
// read with fs.ReadFile, which counts like Reader.ReadFile, or bound the copy.
func (z *Reader) FS() fs.FS {
	view := &fileSystem{z: z, folders: map[string][]fs.DirEntry{".": nil}}
	for name := range z.folders {
		if _, ok := view.folders[name]; !ok {
			view.folders[name] = nil
		}
		view.list(name, nil)
	}
	for i := range z.Entries {
		name := z.Entries[i].Name
		if e, ok := view.file(name); ok && e == &z.Entries[i] {
			view.list(name, e)
		}
	}
	for _, list := range view.folders {
		slices.SortStableFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return view
}

// fileSystem implements fs.ReadDirFS, fs.StatFS and fs.ReadFileFS.
type fileSystem struct {
	z       *Reader
	folders map[string][]fs.DirEntry // folder -> what it holds
}

// file finds the first entry of a name that is a path below a folder.
func (f *fileSystem) file(name string) (*Entry, bool) {
	if strings.HasSuffix(name, "/") || badName(name) != "" {
		return nil, false
	}
	return f.z.Lookup(name)
}

// list adds a file, or a folder where e is nil, to the folder that holds it.
func (f *fileSystem) list(name string, e *Entry) {
	parent := path.Dir(name)
	f.folders[parent] = append(f.folders[parent], info{name: path.Base(name), entry: e})
}

// Stat tells about a file, or a folder of that name.
func (f *fileSystem) Stat(name string) (fs.FileInfo, error) {
	e, ok := f.file(name)
	if !ok {
		if _, ok = f.folders[name]; !ok {
			return nil, pathError("stat", name)
		}
	}
	return info{name: path.Base(name), entry: e}, nil
}

// Open opens a file for streaming, or a folder for listing.
func (f *fileSystem) Open(name string) (fs.File, error) {
	if e, ok := f.file(name); ok {
		r, err := f.z.Open(e)
		if err != nil {
			return nil, &fs.PathError{Op: "open", Path: name, Err: err}
		}
		return &file{ReadCloser: r, info: info{name: path.Base(name), entry: e}}, nil
	}
	list, ok := f.folders[name]
	if !ok {
		return nil, pathError("open", name)
	}
	return &folder{info: info{name: path.Base(name)}, path: name, rest: list}, nil
}

// ReadFile returns a file's content, which counts against limits.ZipInflated.
func (f *fileSystem) ReadFile(name string) ([]byte, error) {
	e, ok := f.file(name)
	if !ok {
		return nil, pathError("read", name)
	}
	b, err := f.z.ReadFile(e, limits.ZipInflated)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return b, nil
}

// ReadDir lists a folder by name.
func (f *fileSystem) ReadDir(name string) ([]fs.DirEntry, error) {
	list, ok := f.folders[name]
	if !ok {
		return nil, pathError("readdir", name)
	}
	return slices.Clone(list), nil
}

func pathError(op, name string) error {
	err := fs.ErrNotExist
	if !fs.ValidPath(name) {
		err = fs.ErrInvalid
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// info describes a file, or a folder where entry is nil; it serves as fs.FileInfo and fs.DirEntry.
type info struct {
	name  string
	entry *Entry
}

// Unix file type bits as Info-ZIP stores them.
const (
	unixTypeMask = 0xf000
	unixSymlink  = 0xa000
)

func (i info) Name() string               { return i.name }
func (i info) IsDir() bool                { return i.entry == nil }
func (i info) Type() fs.FileMode          { return i.Mode().Type() }
func (i info) Info() (fs.FileInfo, error) { return i, nil }
func (i info) ModTime() time.Time         { return time.Time{} }
func (i info) Sys() any                   { return i.entry }
func (i info) String() string             { return fs.FormatFileInfo(i) }

// Size is the declared size.
func (i info) Size() int64 {
	if i.entry == nil {
		return 0
	}
	return int64(min(i.entry.Size, limits.ZipEntryDeclared))
}

func (i info) Mode() fs.FileMode {
	switch {
	case i.entry == nil:
		return fs.ModeDir | 0o555
	case i.entry.Mode&unixTypeMask == unixSymlink:
		return fs.ModeSymlink | 0o444
	}
	return 0o444
}

type file struct {
	io.ReadCloser
	info info
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }

type folder struct {
	info info
	path string
	rest []fs.DirEntry
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.path, Err: fs.ErrInvalid}
}

// ReadDir returns the next n entries, all of them where n is not positive.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		n = len(f.rest)
	} else if len(f.rest) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.rest))
	list := slices.Clone(f.rest[:n])
	f.rest = f.rest[n:]
	return list, nil
}
