package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
)

// metadata is a file in which a packer says what a set is. The keys are those of APKPure's manifest.json,
// APKMirror's info.json, and Split APKs Installer's META-FORMAT.md.
type metadata struct{ file, mark, pkg, version string }

var metadataFiles = []metadata{
	{"manifest.json", "xapk_version", "package_name", "version_code"},
	{"info.json", "apkm_version", "pname", "versioncode"},
	{"meta.sai_v2.json", "meta_version", "package", "version_code"},
	{"meta.sai_v1.json", "package", "package", "version_code"},
}

// claims is what one metadata file says of the set. Claims prove nothing; the APKs do.
type claims struct {
	file         string
	pkg, version string   // "" where nothing is said
	apks         []string // names of the APKs
	expansions   []string // names of expansion files
}

// readClaims reads the metadata files of an archive. An error belongs to the file of that name; a file of
// another meaning is passed over.
func readClaims(z *zipsafe.Reader) (all []claims, bad map[string]error) {
	bad = map[string]error{}
	for _, kind := range metadataFiles {
		e, ok := z.Lookup(kind.file)
		if !ok {
			continue
		}
		text, err := z.ReadFile(e, limits.JSONBytes)
		if err != nil {
			bad[kind.file] = err
			continue
		}
		c, err := kind.parse(text)
		if err != nil {
			bad[kind.file] = err
		} else if c != nil {
			all = append(all, *c)
		}
	}
	return all, bad
}

// parse returns nil for a file that says nothing of a set. Keys are compared exactly.
func (m metadata) parse(text []byte) (*claims, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &keys); err != nil {
		if wrongType(err) {
			return nil, nil
		}
		return nil, errors.New("no JSON that could be compared with the APKs")
	}
	if keys[m.mark] == nil && keys[m.pkg] == nil {
		return nil, nil
	}
	c := &claims{file: m.file, pkg: scalar(keys[m.pkg]), version: scalar(keys[m.version])}
	c.apks, c.expansions = files(keys["split_apks"]), files(keys["expansions"])
	return c, nil
}

// wrongType tells whole JSON of another shape from what is no JSON.
func wrongType(err error) bool {
	var other *json.UnmarshalTypeError
	return errors.As(err, &other)
}

// scalar is a string or a number as text, "" for anything else.
func scalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// files returns the values of "file" in a list of objects, at most limits.SetMembers + 1 of them.
func files(raw json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var names []string
	for _, entry := range list {
		var keys map[string]json.RawMessage
		if json.Unmarshal(entry, &keys) != nil {
			continue
		}
		if name := scalar(keys["file"]); name != "" {
			names = append(names, name)
		}
		if len(names) > limits.SetMembers {
			break
		}
	}
	return names
}

// sameVersion compares a claimed version code, which may leave out versionCodeMajor.
func (c claims) sameVersion(code int64) bool {
	return c.version == "" || c.version == strconv.FormatInt(code, 10) || c.version == strconv.FormatInt(code&0xffffffff, 10)
}
