package capture

import (
	"errors"
	"io/fs"

	"appraise/android/capture/files"
	"appraise/android/capture/lists"
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
func (c *Capture) readJSON(t *files.Tree, file string, parse func(text []byte) error) {
	if !t.Has(file) {
		return
	}
	text, err := t.Read(file, limits.DumpBytes)
	if err == nil {
		err = parse(text)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.tell(files.Problem(file, err))
	}
}

func (c *Capture) parseAcquisition(text []byte) error {
	a, err := lists.ParseAcquisition(text)
	c.Tool, c.Created = a.Tool, a.Created
	return err
}

func (c *Capture) parsePackages(text []byte) (err error) {
	c.Packages, err = lists.ParsePackages(text)
	return err
}

func (c *Capture) parseRootBinaries(text []byte) (err error) {
	c.Rooted, err = lists.ParseRootBinaries(text)
	return err
}
