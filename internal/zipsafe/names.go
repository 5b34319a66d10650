package zipsafe

import (
	"io/fs"
	"path"
	"strings"

	"appraise/internal/limits"
	"appraise/inventory"
)

const manifestName = "AndroidManifest.xml"

// checkNames builds the index and notes what is odd about the names alone.
func (z *Reader) checkNames() error {
	z.index = make(map[string]int, len(z.Entries))
	z.folders = map[string]struct{}{}
	folded := make(map[string]int, len(z.Entries))
	for i := range z.Entries {
		e := &z.Entries[i]
		z.checkFlags(e)
		if fault := badName(e.Name); fault != "" {
			z.note(inventory.TraitZipBadName, e.Name, e.HeaderOffset, "%s %s; it is read, but left out of the folder view", quoted(e.Name), fault)
		} else if !z.addFolders(e.Name) {
			return overLimit(e.HeaderOffset, "more than %d folders", limits.ZipEntries)
		}
		z.checkDuplicate(i, folded)
	}
	z.checkManifests()
	z.checkFolders()
	return nil
}

func (z *Reader) checkManifests() {
	seen := false
	for i := range z.Entries {
		e := &z.Entries[i]
		if !isManifest(e.Name) {
			continue
		}
		if seen {
			z.note(inventory.TraitZipSeveralManifest, e.Name, e.HeaderOffset, "%s; the first entry named exactly %q is used", quoted(e.Name), manifestName)
		}
		seen = true
	}
}

// checkFolders notes names that are both a file and a folder: a reader may see only one of them.
func (z *Reader) checkFolders() {
	for i := range z.Entries {
		e := &z.Entries[i]
		if _, ok := z.folders[e.Name]; ok {
			z.note(inventory.TraitZipDuplicateName, e.Name, e.HeaderOffset, "%s is both a file and a folder; both are read", quoted(e.Name))
		}
	}
}

func (z *Reader) checkFlags(e *Entry) {
	if e.Flags&flagEncrypted != 0 {
		z.note(inventory.TraitZipEncryptedFlag, e.Name, e.HeaderOffset, "%s is marked as encrypted; it is read as plain data, as on Android", quoted(e.Name))
	}
	if e.Method != Store && e.Method != Deflate {
		z.note(inventory.TraitZipUnknownMethod, e.Name, e.HeaderOffset,
			"%s has compression method %d; it is read as stored, as on Android, unless only inflating gives its checksum", quoted(e.Name), e.Method)
	}
}

func (z *Reader) checkDuplicate(i int, folded map[string]int) {
	e := &z.Entries[i]
	if _, ok := z.index[e.Name]; ok {
		z.note(inventory.TraitZipDuplicateName, e.Name, e.HeaderOffset, "%s stands in the directory again; the first entry is used", quoted(e.Name))
		return
	}
	z.index[e.Name] = i
	lower := strings.ToLower(e.Name)
	if first, ok := folded[lower]; ok {
		z.note(inventory.TraitZipCaseDuplicate, e.Name, e.HeaderOffset, "%s and %s; both are read", quoted(z.Entries[first].Name), quoted(e.Name))
		return
	}
	folded[lower] = i
}

// badName says what keeps a name from being a path below a folder, "" for an ordinary name.
func badName(name string) string {
	switch {
	case len(name) > limits.ZipNameBytes:
		return "is longer than any path"
	case name == "" || name == "/":
		return "is no name"
	case strings.ContainsRune(name, 0):
		return "holds a NUL byte"
	case strings.Contains(name, `\`):
		return "holds a backslash"
	case name[0] == '/':
		return "is absolute"
	case len(name) > 1 && name[1] == ':' && isLetter(name[0]):
		return "starts with a drive letter"
	case !fs.ValidPath(strings.TrimSuffix(name, "/")):
		return "holds empty, dot or dot-dot parts, or is not UTF-8"
	}
	return ""
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isManifest reports whether some extractor would write the entry to AndroidManifest.xml.
func isManifest(name string) bool {
	return len(name) >= len(manifestName) && len(name) <= limits.ZipNameBytes &&
		strings.EqualFold(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"+manifestName)
}

// addFolders adds the folders above name, and name itself where it is one. It reports false when the
// archive implies more folders than limits.ZipEntries: each level of a long name would be one.
func (z *Reader) addFolders(name string) bool {
	for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
		if _, ok := z.folders[name[:i]]; ok {
			return true
		}
		z.folders[name[:i]] = struct{}{}
	}
	return len(z.folders) <= limits.ZipEntries
}
