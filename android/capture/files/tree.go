// Package files gives the files of a saved bundle of a phone, a ZIP or a folder, within the limits of one bundle, and
// reads the JSON in them. Links are not followed, nothing but regular files is opened, and no name from a bundle
// becomes a path outside it. Limits: limits.CaptureFiles, CaptureBytes, CaptureKept, CaptureValues, JSONDepth.
package files

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// Tree is what a bundle holds: the regular files of a ZIP or of a folder, read within the limits of one bundle.
type Tree struct {
	fsys  fs.FS           // nil for a ZIP
	zip   *zipsafe.Reader // nil for a folder
	Names []string        // of regular files, the shallowest first, then by name
	files map[string]struct{}
	Odd   map[string]string // why a name is not opened
	Root  string            // the folder inside that the capture lies in, with its final slash; "" for the top
	*Budget
}

// Budget is what may still be read of one bundle, a bug report inside it included.
type Budget struct {
	Unpacked int64 // read so far, against limits.CaptureBytes
	Kept     int64 // of it kept, against limits.CaptureKept
}

// Malformed is a defect of a file at an offset.
func Malformed(offset int64, format string, args ...any) error {
	return &inventory.FormatError{Offset: offset, Message: fmt.Sprintf(format, args...)}
}

// OverLimit is a defect that is a limit.
func OverLimit(offset int64, format string, args ...any) error {
	return &inventory.FormatError{Offset: offset, Message: fmt.Sprintf(format, args...), Limit: true}
}

// TooLong tells that a file or an output goes on behind max bytes.
func TooLong(max int64) error {
	return OverLimit(max, "longer than %d bytes; the rest is not read", max)
}

// PeekBytes is how much of a file's start is looked at to tell what it is.
const PeekBytes = 4096

// Zip lists a ZIP. Entries with a name that is no path are left out, and of two entries of one name the first is
// read, as zipsafe's folder view does.
func Zip(z *zipsafe.Reader, b *Budget) (*Tree, error) {
	if len(z.Entries) > limits.CaptureFiles {
		return nil, OverLimit(0, "bundle of %d files, over the limit of %d", len(z.Entries), limits.CaptureFiles)
	}
	t := newTree(b)
	t.zip = z
	for i := range z.Entries {
		e := &z.Entries[i]
		switch {
		case !fs.ValidPath(e.Name) || strings.Contains(e.Name, `\`) || len(e.Name) > limits.ZipNameBytes:
		case isLink(e.Mode):
			t.Odd[e.Name] = "a symbolic link; not followed"
		default:
			t.list(e.Name)
		}
	}
	t.sort()
	return t, nil
}

// isLink reports whether Unix mode bits tell a symbolic link (S_IFLNK).
func isLink(mode uint32) bool { return mode&0xf000 == 0xa000 }

// Folder lists a folder. Links are not followed, and nothing but regular files is opened.
func Folder(fsys fs.FS) (*Tree, error) {
	t := newTree(&Budget{})
	t.fsys = fsys
	seen := 0
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if seen++; seen > limits.CaptureFiles {
			return OverLimit(0, "more than %d files and folders", limits.CaptureFiles)
		}
		switch {
		case err != nil && name == ".":
			return err
		case err != nil:
			t.Odd[name] = Cause(err)
			return fs.SkipDir
		case d.IsDir() && strings.Count(name, "/") >= limits.FolderDepth:
			return OverLimit(0, "more than %d folders inside folders", limits.FolderDepth)
		case d.IsDir():
		case !d.Type().IsRegular():
			t.Odd[name] = "not a regular file; not opened"
		default:
			t.list(name)
		}
		return nil
	})
	t.sort()
	return t, err
}

// Loose lists files that lie directly in a folder, without looking at them.
func Loose(fsys fs.FS, names []string) *Tree {
	t := newTree(&Budget{})
	t.fsys = fsys
	for _, name := range names {
		if fs.ValidPath(name) && !strings.Contains(name, "/") {
			t.list(name)
		}
	}
	t.sort()
	return t
}

func newTree(b *Budget) *Tree {
	return &Tree{files: map[string]struct{}{}, Odd: map[string]string{}, Budget: b}
}

func (t *Tree) list(name string) {
	if _, twice := t.files[name]; !twice {
		t.files[name] = struct{}{}
		t.Names = append(t.Names, name)
	}
}

func (t *Tree) sort() {
	slices.SortFunc(t.Names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), strings.Compare(a, b))
	})
}

// Has reports whether the capture's folder holds a file, and so does a name that can't be opened.
func (t *Tree) Has(name string) bool {
	_, ok := t.files[t.Root+name]
	_, odd := t.Odd[t.Root+name]
	return ok || odd
}

// Open streams a file. What is read counts against limits.CaptureBytes, and data of another checksum than a ZIP's
// directory tells end with an error in place of io.EOF.
func (t *Tree) Open(name string) (io.ReadCloser, error) {
	full := t.Root + name
	if why, ok := t.Odd[full]; ok {
		return nil, errors.New(why)
	}
	if _, ok := t.files[full]; !ok {
		return nil, fs.ErrNotExist
	}
	if t.zip != nil {
		return t.openEntry(full)
	}
	info, err := fs.Stat(t.fsys, full)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file; not opened")
	}
	if err != nil {
		return nil, err
	}
	file, err := t.fsys.Open(full)
	if err != nil {
		return nil, err
	}
	return &counted{ReadCloser: file, t: t}, nil
}

func (t *Tree) openEntry(full string) (io.ReadCloser, error) {
	e, ok := t.zip.Lookup(full)
	if !ok {
		return nil, fs.ErrNotExist
	}
	r, err := t.zip.Open(e)
	if err != nil {
		return nil, err
	}
	return &counted{ReadCloser: r, t: t, sum: crc32.NewIEEE(), want: e.CRC32}, nil
}

// counted is an open file of a tree.
type counted struct {
	io.ReadCloser
	t    *Tree
	n    int64
	sum  hash.Hash32 // nil in a folder
	want uint32
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n += int64(n)
	if c.t.Unpacked += int64(n); c.t.Unpacked > limits.CaptureBytes {
		return n, OverLimit(c.n, "more than %d bytes unpacked from one bundle", int64(limits.CaptureBytes))
	}
	if c.sum != nil {
		c.sum.Write(p[:n])
		if errors.Is(err, io.EOF) && c.sum.Sum32() != c.want {
			err = Malformed(c.n, "damaged: the checksum is another")
		}
	}
	return n, err
}

// Keep counts what is kept in memory.
func (b *Budget) Keep(n int) error {
	if b.Kept += int64(n); b.Kept > limits.CaptureKept {
		return OverLimit(0, "more than %d bytes kept of one bundle", int64(limits.CaptureKept))
	}
	return nil
}

// Read returns the content of a file, at most max bytes. With an error come the bytes before it; more than max is an
// error whose Limit is set. Where the error is fs.ErrNotExist there is no such file.
func (t *Tree) Read(name string, max int64) ([]byte, error) {
	file, err := t.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var b bytes.Buffer
	_, err = io.Copy(&b, io.LimitReader(file, min(max, limits.CaptureKept-t.Kept)+1))
	data := b.Bytes()
	if err == nil && int64(len(data)) > max {
		data, err = data[:max], TooLong(max)
	}
	if full := t.Keep(len(data)); full != nil {
		return nil, full
	}
	return data, err
}

// Head returns the start of a file, nil where it can't be read.
func (t *Tree) Head(name string) []byte {
	file, err := t.Open(name)
	if err != nil {
		return nil
	}
	defer file.Close()
	b := make([]byte, PeekBytes)
	n, _ := io.ReadFull(file, b)
	return b[:n]
}

// Cause is the innermost reason, so that no path of this computer is repeated.
func Cause(err error) string {
	for {
		var p *fs.PathError
		if !errors.As(err, &p) {
			return err.Error()
		}
		err = p.Err
	}
}

// Problem tells that a file was not read, or not as a whole.
func Problem(file string, err error) inventory.Problem {
	p := inventory.Problem{File: file, Message: Cause(err), Matters: true}
	var format *inventory.FormatError
	var zip *zipsafe.FormatError
	switch {
	case errors.As(err, &format):
		p.Offset, p.Message, p.Limit = format.Offset, format.Message, format.Limit
	case errors.As(err, &zip):
		p.Offset, p.Message, p.Limit = zip.Offset, zip.Message, zip.Limit
	}
	return p
}

// Below returns the names of regular files in the capture's folder that match, without that folder.
func (t *Tree) Below(match func(name string) bool) []string {
	var found []string
	for _, full := range t.Names {
		if name, ok := strings.CutPrefix(full, t.Root); ok && match(name) {
			found = append(found, name)
		}
	}
	return found
}

// Roots returns the folders, "" for the top and those one level below it, that hold a file of that name.
func (t *Tree) Roots(name string) []string {
	var found []string
	for _, full := range t.Names {
		if strings.Count(full, "/") <= 1 && path.Base(full) == name {
			found = append(found, strings.TrimSuffix(full, name))
		}
	}
	return found
}

// InPlace opens a file for reading at any place: where it lies if that is possible, else from memory.
func (t *Tree) InPlace(file string) (r io.ReaderAt, size int64, done func(), err error) {
	done = func() {}
	if t.zip != nil {
		if e, ok := t.zip.Lookup(t.Root + file); ok {
			if r, size, err = t.zip.Section(e); err != nil || r != nil {
				return r, size, done, err
			}
		}
	} else if r, size, done = t.onDisk(file); r != nil {
		return r, size, done, nil
	}
	data, err := t.Read(file, limits.BugreportBytes)
	if err != nil {
		return nil, 0, nil, err
	}
	return bytes.NewReader(data), int64(len(data)), func() { t.Kept -= int64(len(data)) }, nil
}

// onDisk opens a file of a folder that can be read at any place; r is nil where it can't.
func (t *Tree) onDisk(file string) (r io.ReaderAt, size int64, done func()) {
	done = func() {}
	open, err := t.Open(file)
	if err != nil {
		return nil, 0, done
	}
	c, _ := open.(*counted)
	f, ok := c.ReadCloser.(fs.File)
	if !ok {
		open.Close()
		return nil, 0, done
	}
	at, ok := f.(io.ReaderAt)
	info, err := f.Stat()
	if !ok || err != nil {
		open.Close()
		return nil, 0, done
	}
	return at, info.Size(), func() { open.Close() }
}
