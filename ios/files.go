package ios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"appraise/internal/limits"
	"appraise/internal/plistsafe"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

var (
	errIrregular = errors.New("neither a regular file nor a folder; not opened")
	errLink      = errors.New("symbolic link; not followed")
)

// stat tells about a name without following a link anywhere on the way to it, whatever the file system
// underneath would do.
func stat(fsys fs.FS, name string) (fs.FileInfo, error) {
	var info fs.FileInfo
	step := "."
	for part := range strings.SplitSeq(name, "/") {
		step = path.Join(step, part)
		var err error
		if info, err = fs.Lstat(fsys, step); err != nil {
			return nil, err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return nil, errLink
		}
	}
	if !info.Mode().IsRegular() && !info.IsDir() {
		return nil, errIrregular
	}
	return info, nil
}

func isFile(fsys fs.FS, name string) bool {
	info, err := stat(fsys, name)
	return err == nil && info.Mode().IsRegular()
}

// isFolder asks for the listing, because a name in an archive can be a file and a folder at once.
func isFolder(fsys fs.FS, name string) bool {
	if _, err := stat(fsys, name); err != nil {
		return false
	}
	_, err := fs.ReadDir(fsys, name)
	return err == nil
}

// readFile returns up to max+1 bytes of a regular file, so that its parser can tell that it is too long.
func readFile(fsys fs.FS, name string, max int64) ([]byte, error) {
	info, err := stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errIrregular
	}
	file, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, max+1))
}

// problem words why a part could not be read; all parts that this package reads matter.
func problem(file string, err error) inventory.Problem {
	p := inventory.Problem{File: file, Matters: true}
	var list *plistsafe.FormatError
	var archive *zipsafe.FormatError
	var system *fs.PathError
	switch {
	case errors.As(err, &list):
		p.Offset, p.Message, p.Limit = list.Offset, list.Message, list.Limit
	case errors.As(err, &archive):
		p.Offset, p.Message, p.Limit = archive.Offset, archive.Message, archive.Limit
	case errors.Is(err, fs.ErrNotExist):
		p.Message = "file is missing"
	case errors.Is(err, errIrregular), errors.Is(err, errLink):
		p.Message = err.Error()
	case errors.As(err, &system):
		p.Message = fmt.Sprintf("reading file: %q", system.Err.Error())
	default:
		p.Message = fmt.Sprintf("reading file: %q", err.Error())
	}
	return p
}

// links records the symbolic links below dir.
func (r *reader) links(dir string) {
	var found []string
	entries := 0
	err := fs.WalkDir(r.fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			r.item.AddProblem(problem(name, err))
			return fs.SkipDir
		}
		if entries++; entries > limits.FolderEntries {
			r.item.AddProblem(inventory.Problem{File: dir, Message: fmt.Sprintf("bundle holds more than %d files and folders", limits.FolderEntries), Limit: true, Matters: true})
			return fs.SkipAll
		}
		if d.IsDir() && strings.Count(name, "/") > limits.FolderDepth {
			r.item.AddProblem(inventory.Problem{File: name, Message: fmt.Sprintf("folders are nested deeper than %d", limits.FolderDepth), Limit: true, Matters: true})
			return fs.SkipDir
		}
		if d.Type()&fs.ModeSymlink != 0 {
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		r.item.AddProblem(problem(dir, err))
	}
	if len(found) > 0 {
		r.item.AddTrait(inventory.TraitSymlinkInBundle, inventory.Evidence{File: found[0], Detail: plural(len(found), "symbolic link") + ", not followed: " + some(found)})
	}
}

// hasSuffix compares a file name's end without regard to case.
func hasSuffix(name, suffix string) bool { return strings.EqualFold(path.Ext(name), suffix) }
