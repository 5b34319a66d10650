package scan

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// errNotRegular is the answer for FIFOs, sockets and devices: they are never read.
var errNotRegular = errors.New("not a regular file; not opened")

// tree is a folder as an fs.FS that hostile content can't leave or block: symbolic links are followed
// inside the folder only (os.Root), and nothing but regular files and folders is opened.
type tree struct{ root *os.Root }

func openTree(dir string) (*tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &tree{root}, nil
}

// sub returns the folder below as a tree of its own, which links can't leave either.
func (t *tree) sub(dir string) (*tree, error) {
	root, err := t.root.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &tree{root}, nil
}

func (t *tree) Close() error { return t.root.Close() }

// Open opens a regular file or a folder. O_NONBLOCK keeps a FIFO that was put there since the last
// look from blocking.
func (t *tree) Open(name string) (fs.File, error) {
	file, err := t.openFile(name)
	if err != nil {
		return nil, err
	}
	return file, nil
}

func (t *tree) openFile(name string) (*os.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	file, err := t.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return regular(file, name)
}

// regular closes and refuses what is neither a regular file nor a folder.
func regular(file *os.File, name string) (*os.File, error) {
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: errNotRegular}
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func (t *tree) Stat(name string) (fs.FileInfo, error)  { return t.root.Stat(name) }
func (t *tree) Lstat(name string) (fs.FileInfo, error) { return t.root.Lstat(name) }

// ReadLink returns where a link points; with Lstat it makes tree an fs.ReadLinkFS.
func (t *tree) ReadLink(name string) (string, error) { return t.root.Readlink(name) }

// readHead returns up to max bytes from the start of a file.
func (t *tree) readHead(name string, max int64) ([]byte, error) {
	file, err := t.openFile(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, max))
}

// link says where a symbolic link leads.
type link uint8

const (
	linkInside  link = iota // to something that is walked at its own place
	linkLoop                // to a folder that the link itself stands in
	linkBroken              // nowhere
	linkOutside             // out of the tree, or round in a circle
)

func (t *tree) followLink(name string) link {
	info, err := t.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return linkBroken
	case err != nil:
		return linkOutside
	case !info.IsDir():
		return linkInside
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		above, err := t.root.Stat(dir)
		if err == nil && os.SameFile(info, above) {
			return linkLoop
		}
		if dir == "." {
			return linkInside
		}
	}
}

// cause returns the innermost reason of a path error, so that no absolute path is repeated.
func cause(err error) string {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return strings.TrimSpace(pathErr.Err.Error())
	}
	return err.Error()
}
