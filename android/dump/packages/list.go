package packages

import (
	"bytes"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// List reads pm list packages with any of -f, -U, -i, -u and --show-versioncode:
// "package:PATH=NAME versionCode:1  installer=NAME uid:10245". The path may hold "=" and blanks; the name can't,
// so that a line is read from its end. Lines of another form, and names that no package can have, are noted.
func List(b []byte) ([]Listed, []lines.Note) {
	r := lines.NewReader(b)
	var list []Listed
	for {
		line, ok := r.Next()
		if !ok {
			break
		}
		_, text := lines.Indented(line)
		rest, ok := bytes.CutPrefix(text, []byte("package:"))
		switch {
		case len(text) == 0 || lines.StackLine(text):
			continue
		case !ok:
			r.Add(r.Line(), "no line of a package list: "+lines.Quote(text))
			continue
		}
		if len(list) >= limits.DumpPackages {
			r.Limit(r.Line(), "packages left out")
			break
		}
		if listed, ok := listedPackage(rest); ok {
			list = append(list, listed)
		} else {
			r.Add(r.Line(), "no package name: "+lines.Quote(text))
		}
	}
	return list, r.List()
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
			if n, ok := lines.Small(first); ok {
				listed.UID = n
			}
		} else if name, ok := bytes.CutPrefix(word, []byte("installer=")); ok {
			listed.Installer = lines.Nullable(name)
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
	return listed, dump.PackageName(name)
}
