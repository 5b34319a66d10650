package lists

import (
	"bytes"
	"path"
	"strings"
	"time"

	"appraise/android/capture/files"
	"appraise/internal/limits"
)

// Package is one installed package as AndroidQF lists it in packages.json.
type Package struct {
	Name       string `json:"name"`
	User       int    `json:"user,omitempty"` // 0 where the version of AndroidQF tells no user
	Installer  string `json:"installer,omitempty"`
	UID        int    `json:"uid"`
	Installed  *bool  `json:"installed,omitempty"` // nil where not told; false for one that was removed and left data
	Disabled   bool   `json:"disabled,omitempty"`
	System     bool   `json:"system,omitempty"`
	ThirdParty bool   `json:"third_party,omitempty"`
	Files      []File `json:"files,omitempty"`
}

// File is one APK of a package as AndroidQF lists it. Digests are lower-case hex; "" where they were not taken.
type File struct {
	Path       string `json:"path"`
	SHA256     string `json:"sha256,omitempty"`
	SHA1       string `json:"sha1,omitempty"`
	CertSHA256 string `json:"cert_sha256,omitempty"` // of the certificate that AndroidQF found in its copy
	// CertVerified tells that AndroidQF verified the signature of its copy at collection.
	CertVerified bool   `json:"cert_verified,omitempty"`
	CertError    string `json:"cert_error,omitempty"`
}

// Acquisition is what acquisition.json tells: what collected it, and when. It also holds a path of the collecting
// computer, which is not taken.
type Acquisition struct {
	Tool    string // "AndroidQF v1.7.0"; text of the bundle
	Created string // RFC 3339; "" where not known
}

// ParseAcquisition reads acquisition.json. What stands before a defect is kept.
func ParseAcquisition(text []byte) (Acquisition, error) {
	j := list{files.NewJSON(text)}
	var version, started string
	err := j.Object(files.Fields{
		"androidqf_version": func() error { return j.String(&version) },
		"started":           func() error { return j.String(&started) },
	})
	a := Acquisition{Tool: "AndroidQF"}
	if version != "" {
		a.Tool += " " + cell(version)
	}
	if _, bad := time.Parse(time.RFC3339, started); bad == nil && !strings.HasPrefix(started, "0001-") {
		a.Created = started
	}
	return a, j.finish(err)
}

// cell cuts a text to what one value may be.
func cell(text string) string {
	if runes := []rune(text); len(runes) > limits.CellRunes {
		return string(runes[:limits.CellRunes])
	}
	return text
}

// ParseRootBinaries reads root_binaries.json, the paths that AndroidQF found of programs that come with a way to root, and
// tells whether there are any: nil where a defect keeps that unknown. Busybox alone is none: some makers ship it.
func ParseRootBinaries(text []byte) (*bool, error) {
	j := list{files.NewJSON(text)}
	rooted := false
	err := j.Array(func() error {
		var found string
		if err := j.String(&found); err != nil {
			return err
		}
		for _, line := range strings.Fields(found) {
			rooted = rooted || path.Base(line) != "busybox"
		}
		return nil
	})
	known := err == nil || rooted
	if err = j.finish(err); !known {
		return nil, err
	}
	return &rooted, err
}

// packageFields are the names that members of a package have in one form of the list, where the forms differ.
type packageFields struct{ user, certificate, verified, certError string }

// The forms of the list: ours in capture.json, and packages.json (androidqf adb/packages.go, whose certificate is
// CertInfo of avast/apkverifier).
var (
	ourFields       = packageFields{"user", "cert_sha256", "cert_verified", "cert_error"}
	androidQFFields = packageFields{"user_id", "certificate", "verified_certificate", "certificate_error"}
)

// ParsePackages reads packages.json. What stands before a defect is kept.
func ParsePackages(text []byte) ([]Package, error) {
	j := list{files.NewJSON(text)}
	var packages []Package
	err := j.Array(func() error { return j.pkg(&packages, androidQFFields) })
	return packages, j.finish(err)
}

// pkg reads one package and adds it.
func (j list) pkg(to *[]Package, names packageFields) error {
	var p Package
	err := j.Object(files.Fields{
		"name":        func() error { return j.String(&p.Name) },
		names.user:    func() error { return j.Int(&p.User) },
		"installer":   func() error { return j.String(&p.Installer) },
		"uid":         func() error { return j.Int(&p.UID) },
		"installed":   func() error { return j.Maybe(&p.Installed) },
		"disabled":    func() error { return j.Bool(&p.Disabled) },
		"system":      func() error { return j.Bool(&p.System) },
		"third_party": func() error { return j.Bool(&p.ThirdParty) },
		"files":       func() error { return j.Array(func() error { return j.file(&p, names) }) },
	})
	if p.Installer == "null" {
		p.Installer = ""
	}
	if p.Name != "" {
		*to = append(*to, p)
	}
	return j.count(err, len(*to), limits.DumpPackages, "packages")
}

func (j list) file(p *Package, names packageFields) error {
	var f File
	err := j.Object(files.Fields{
		"path":   func() error { return j.String(&f.Path) },
		"sha256": func() error { return j.digest(&f.SHA256, 64) },
		"sha1":   func() error { return j.digest(&f.SHA1, 40) },
		names.certificate: func() error {
			if names == ourFields {
				return j.digest(&f.CertSHA256, 64)
			}
			return j.Object(files.Fields{"Sha256": func() error { return j.digest(&f.CertSHA256, 64) }})
		},
		names.verified:  func() error { return j.Bool(&f.CertVerified) },
		names.certError: func() error { return j.String(&f.CertError) },
	})
	if f.CertSHA256 == "" {
		f.CertVerified = false
	}
	p.Files = append(p.Files, f)
	return j.count(err, len(p.Files), limits.SetMembers, "files of one package")
}

// digest reads a hex digest of that many digits, with or without colons; anything else, such as the message of a
// command that failed on the phone, is none.
func (j list) digest(to *string, digits int) error {
	var text string
	if err := j.String(&text); err != nil {
		return err
	}
	text = strings.ToLower(strings.ReplaceAll(text, ":", ""))
	if len(text) == digits && strings.Trim(text, "0123456789abcdef") == "" {
		*to = text
	}
	return nil
}

// IsAcquisition reports whether a text starts as acquisition.json or packages.json of AndroidQF does.
func IsAcquisition(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n\xef\xbb\xbf")
	object := bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"uuid"`)) && bytes.Contains(head, []byte(`"started"`))
	list := bytes.HasPrefix(head, []byte("[")) && (bytes.Contains(head, []byte(`"verified_certificate"`)) || bytes.Contains(head, []byte(`"third_party"`)))
	return object || list
}
