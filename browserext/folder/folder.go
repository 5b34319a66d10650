// Package folder gives safe access to the files of one extension: links are followed inside its folder
// only, whatever the file system underneath would do, and nothing but regular files is opened.
package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"appraise/internal/limits"
)

// Why a file could not be read, beside fs.ErrNotExist and errors of the file system.
var (
	ErrLeaves    = errors.New("link leaves the extension's folder")
	ErrIrregular = errors.New("no regular file")
	ErrLimit     = errors.New("over the limit")
)

// Folder is the root of one extension with what a walk through it found.
type Folder struct {
	Scripts int      // JavaScript files
	Links   []string // links that leave the folder
	// Stopped is where a limit or an error stopped the walk, in whole or for one part.
	Stopped []Stop

	fsys  fs.FS
	files map[string]string // regular files by their lower-case path: two of three systems ignore case
}

// Stop is a part of the folder that was not walked.
type Stop struct {
	Name string
	Err  error // wraps ErrLimit where a limit of the limits table was hit
}

// resolve follows the links in name and returns the path of what they lead to.
func (f *Folder) resolve(name string) (string, fs.FileInfo, error) {
	if !fs.ValidPath(name) {
		return "", nil, ErrLeaves
	}
	rest := strings.Split(name, "/")
	done, hops := ".", 0
	var info fs.FileInfo
	for len(rest) > 0 {
		next := path.Join(done, rest[0])
		rest = rest[1:]
		var err error
		if info, err = fs.Lstat(f.fsys, next); err != nil {
			return "", nil, err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		if hops++; hops > limits.LinkHops {
			return "", nil, ErrLeaves
		}
		target, err := fs.ReadLink(f.fsys, next)
		if err != nil || filepath.IsAbs(target) || path.IsAbs(target) {
			return "", nil, ErrLeaves
		}
		if next = path.Join(done, filepath.ToSlash(target)); !fs.ValidPath(next) {
			return "", nil, ErrLeaves
		}
		rest, done = append(strings.Split(next, "/"), rest...), "."
	}
	return done, info, nil
}

// Read returns a regular file of at most max bytes. A name that isn't there may differ in case.
func (f *Folder) Read(name string, max int64) ([]byte, error) {
	real, info, err := f.resolve(name)
	if other, ok := f.files[strings.ToLower(name)]; ok && errors.Is(err, fs.ErrNotExist) {
		real, info, err = f.resolve(other)
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrIrregular
	}
	file, err := f.fsys.Open(real)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, max+1))
	if err == nil && int64(len(text)) > max {
		return nil, fmt.Errorf("%w of %d bytes", ErrLimit, max)
	}
	return text, err
}

// Has reports whether the package holds the file, in whatever case.
func (f *Folder) Has(name string) bool {
	_, ok := f.files[strings.ToLower(name)]
	return ok
}

// Open walks the folder without following links, within limits.FolderEntries and FolderDepth.
func Open(fsys fs.FS) *Folder {
	f := &Folder{fsys: fsys, files: map[string]string{}}
	entries := 0
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			f.stop(name, err)
			return skip(d)
		}
		if entries++; entries > limits.FolderEntries {
			f.stop(name, fmt.Errorf("%w of %d entries of one folder", ErrLimit, limits.FolderEntries))
			return fs.SkipAll
		}
		if d.IsDir() && strings.Count(name, "/") >= limits.FolderDepth {
			f.stop(name, fmt.Errorf("%w of %d folders inside folders", ErrLimit, limits.FolderDepth))
			return fs.SkipDir
		}
		f.note(name, d)
		return nil
	})
	if err != nil {
		f.stop(".", err)
	}
	return f
}

func (f *Folder) stop(name string, err error) {
	f.Stopped = append(f.Stopped, Stop{Name: name, Err: err})
}

func skip(d fs.DirEntry) error {
	if d != nil && d.IsDir() {
		return fs.SkipDir
	}
	return nil
}

func (f *Folder) note(name string, d fs.DirEntry) {
	switch {
	case d.Type()&fs.ModeSymlink != 0:
		_, info, err := f.resolve(name)
		if errors.Is(err, ErrLeaves) {
			f.Links = append(f.Links, name)
		} else if err == nil && info.Mode().IsRegular() {
			f.files[strings.ToLower(name)] = name
		}
	case d.Type().IsRegular():
		f.files[strings.ToLower(name)] = name
		switch strings.ToLower(path.Ext(name)) {
		case ".js", ".mjs", ".cjs":
			f.Scripts++
		}
	}
}

// Clean turns a path of the manifest into one inside the folder: it may begin with "/" or "./" and
// carry a query or a fragment.
func Clean(name string) string {
	name, _, _ = strings.Cut(name, "?")
	name, _, _ = strings.Cut(name, "#")
	return path.Clean(strings.TrimLeft(name, "/"))
}
