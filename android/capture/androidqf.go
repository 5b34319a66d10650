package capture

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"

	"appraise/android/capture/files"
	"appraise/internal/limits"
)

// Files of an AndroidQF acquisition (androidqf acquisition/acquisition.go, modules/*.go). Of acquisition.json only the
// version and the time are taken: it also holds a path of the collecting computer.
const (
	acquisitionName = "acquisition.json"
	packagesName    = "packages.json"
	rootName        = "root_binaries.json"
	bugreportName   = "bugreport.zip"
	dumpsysName     = "dumpsys.txt"
)

// acquisitionFiles are the files that hold one output each.
var acquisitionFiles = [...]struct{ file, name string }{
	{"getprop.txt", GetProp},
	{"settings_secure.txt", SettingsSecure},
	{"settings_global.txt", SettingsGlobal},
	{"settings_system.txt", SettingsSystem},
}

// readAcquisition reads what AndroidQF collected. A bug report inside gives the outputs that the rest lacks.
func readAcquisition(t *files.Tree) *Capture {
	c := &Capture{Source: SourceAndroidQF, Outputs: map[string]Output{}}
	c.readJSON(t, acquisitionName, c.parseAcquisition)
	c.readJSON(t, packagesName, c.parsePackages)
	c.readJSON(t, rootName, c.parseRootBinaries)
	for _, f := range acquisitionFiles {
		c.readText(t, f.file, f.name)
	}
	c.readSections(t, dumpsysName)
	if t.Has(bugreportName) && c.lacksSections() {
		c.readNested(t, bugreportName)
	}
	return c
}

// readText takes one file as one output.
func (c *Capture) readText(t *files.Tree, file, name string) {
	c.readAs(t, file, name, func(raw []byte, o Output) error { return c.add(name, raw, o, file) })
}

// readAs reads a file for an output and gives it to take. Of a file that can't be read the output tells why.
func (c *Capture) readAs(t *files.Tree, file, name string, take func(raw []byte, o Output) error) {
	if !t.Has(file) {
		return
	}
	raw, err := t.Read(file, limits.DumpBytes)
	o := Output{Exit: -1}
	if err != nil {
		p := files.Problem(file, err)
		o.Cut, o.Reason = true, p.Message
		c.tell(p)
	}
	switch {
	case err == nil || len(raw) > 0:
		if err := take(raw, o); err != nil {
			c.tell(files.Problem(file, err))
		}
	case IsName(name) && c.Outputs[name].Text == nil:
		c.Outputs[name] = o
	}
}

// readJSON reads one list. What stands before a defect is kept.
func (c *Capture) readJSON(t *files.Tree, file string, parse func(j list) error) {
	if !t.Has(file) {
		return
	}
	text, err := t.Read(file, limits.DumpBytes)
	if err == nil {
		j := list{files.NewJSON(text)}
		if err = parse(j); err == nil {
			err = j.End()
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.tell(files.Problem(file, err))
	}
}

func (c *Capture) parseAcquisition(j list) error {
	var version, started string
	err := j.Object(files.Fields{
		"androidqf_version": func() error { return j.String(&version) },
		"started":           func() error { return j.String(&started) },
	})
	c.Tool = "AndroidQF"
	if version != "" {
		c.Tool += " " + cell(version)
	}
	if _, bad := time.Parse(time.RFC3339, started); bad == nil && !strings.HasPrefix(started, "0001-") {
		c.Created = started
	}
	return err
}

// cell cuts a text to what one value may be.
func cell(text string) string {
	if runes := []rune(text); len(runes) > limits.CellRunes {
		return string(runes[:limits.CellRunes])
	}
	return text
}

// parseRootBinaries reads the paths that AndroidQF found of programs that come with a way to root. Busybox alone is
// none: some makers ship it.
func (c *Capture) parseRootBinaries(j list) error {
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
	if err == nil || rooted {
		c.Rooted = &rooted
	}
	return err
}

// packageFields are the names that members of a package have in one form of the list, where the forms differ.
type packageFields struct{ user, certificate, verified, certError string }

// The forms of the list: ours in capture.json, and packages.json (androidqf adb/packages.go, whose certificate is
// CertInfo of avast/apkverifier).
var (
	ourFields       = packageFields{"user", "cert_sha256", "cert_verified", "cert_error"}
	androidQFFields = packageFields{"user_id", "certificate", "verified_certificate", "certificate_error"}
)

func (c *Capture) parsePackages(j list) error {
	return j.Array(func() error { return j.pkg(&c.Packages, androidQFFields) })
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

// isAcquisition reports whether a text starts as acquisition.json or packages.json of AndroidQF does.
func isAcquisition(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n\xef\xbb\xbf")
	object := bytes.HasPrefix(head, []byte("{")) && bytes.Contains(head, []byte(`"uuid"`)) && bytes.Contains(head, []byte(`"started"`))
	list := bytes.HasPrefix(head, []byte("[")) && (bytes.Contains(head, []byte(`"verified_certificate"`)) || bytes.Contains(head, []byte(`"third_party"`)))
	return object || list
}
