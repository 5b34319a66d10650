package dump

import (
	"bytes"

	"appraise/internal/limits"
)

// PackageList reads pm list packages with any of -f, -U, -i, -u and --show-versioncode:
// "package:PATH=NAME versionCode:1  installer=NAME uid:10245". The path may hold "=" and blanks; the name can't,
// so that a line is read from its end. Lines of another form, and names that no package can have, are noted.
func PackageList(b []byte) ([]Listed, []Note) {
	r := newReader(b)
	var list []Listed
	for {
		line, ok := r.next()
		if !ok {
			break
		}
		_, text := indented(line)
		rest, ok := bytes.CutPrefix(text, []byte("package:"))
		switch {
		case len(text) == 0 || stackLine(text):
			continue
		case !ok:
			r.add(r.line, "no line of a package list: "+quote(text))
			continue
		}
		if len(list) >= limits.DumpPackages {
			r.limit(r.line, "packages left out")
			break
		}
		if listed, ok := listedPackage(rest); ok {
			list = append(list, listed)
		} else {
			r.add(r.line, "no package name: "+quote(text))
		}
	}
	return list, r.list
}

// listedPackage reads what follows "package:".
func listedPackage(text []byte) (Listed, bool) {
	listed := Listed{UID: -1}
	for {
		i := bytes.LastIndexByte(text, ' ')
		if i < 0 {
			break
		}
		word := text[i+1:]
		if uid, ok := bytes.CutPrefix(word, []byte("uid:")); ok {
			first, _, _ := bytes.Cut(uid, []byte(","))
			if n, ok := small(first); ok {
				listed.UID = n
			}
		} else if name, ok := bytes.CutPrefix(word, []byte("installer=")); ok {
			listed.Installer = nullable(name)
		} else if !bytes.HasPrefix(word, []byte("versionCode:")) && len(word) > 0 {
			break
		}
		text = text[:i]
	}
	name := text
	if i := bytes.LastIndexByte(text, '='); i >= 0 {
		listed.Path, name = string(text[:i]), text[i+1:]
	}
	listed.Name = string(name)
	return listed, PackageName(name)
}
