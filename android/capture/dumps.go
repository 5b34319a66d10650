package capture

import (
	"bytes"
	"path"
	"strings"

	"appraise/android/capture/files"
)

// marks are what texts of outputs hold near their start. Only outputs that name packages are here: by one of these a
// folder is told to hold dumps.
var marks = [...]struct {
	name  string
	texts []string
}{
	{PackageDump, []string{"Packages:\n", "Activity Resolver Table:", "Database versions:", "Known Packages:", "Verifiers:\n", "Key Set Manager:", "Package ["}},
	{PackagesList, []string{"package:/"}},
}

// readDumps reads a folder of saved outputs, which are told by their names, and full dumps.
func readDumps(t *files.Tree) *Capture {
	c := &Capture{Source: SourceDumps, Outputs: map[string]Output{}}
	for _, file := range t.Below(func(name string) bool { return !strings.Contains(name, "/") }) {
		if service, name, ok := dumpName(file); ok && service == "" {
			c.readText(t, file, name)
		} else if ok {
			c.readService(t, file, service, name)
		}
	}
	for _, file := range t.Below(func(name string) bool { return looksMain(name) && !strings.Contains(name, "/") }) {
		c.readSections(t, file)
	}
	return c
}

// readService takes a file that holds one section of dumpsys.
func (c *Capture) readService(t *files.Tree, file, service, name string) {
	c.readAs(t, file, name, func(raw []byte, o Output) error {
		c.takeService(service, raw, o, file)
		return nil
	})
}

// dumpName tells by its name which output a file holds: one of Names, or "dumpsys" and a service, with "-" and "_"
// alike, and with any file name extension. service is "" for an output of its own.
func dumpName(file string) (service, name string, ok bool) {
	base := strings.ToLower(path.Base(file))
	base = strings.TrimSuffix(base, path.Ext(base))
	base, user, suffixed := strings.Cut(strings.ReplaceAll(base, "_", "-"), "@")
	if suffixed {
		user = "@" + user
	}
	for _, alias := range aliases {
		if alias.file == base {
			base = alias.name
		}
	}
	if IsName(base + user) {
		return "", base + user, true
	}
	rest, isDump := strings.CutPrefix(base, "dumpsys-")
	if rest == "packages" {
		rest = "package"
	}
	service = strings.ReplaceAll(rest, "-", "_")
	if name, ok = serviceOutput(service); isDump && ok && !suffixed {
		return service, name, true
	}
	return "", "", false
}

// aliases are names that people give to outputs of commands.
var aliases = [...]struct{ file, name string }{
	{"pm-list-packages", PackagesList},
	{"packages", PackagesList},
	{"pm-list-users", Users},
	{"app-ops", AppOps},
	{"ime-list", IMEAll},
	{"device-policy-manager", DevicePolicy},
	{"get-app-links", AppLinks},
}

// carriesMark reports whether a folder can be told by a file of that name.
func carriesMark(file string) bool {
	service, name, ok := dumpName(file)
	return ok && service != settingsService && (Base(name) == PackageDump || Base(name) == PackagesList)
}

// isDump reports whether a file for which carriesMark holds starts as such an output does, in UTF-8 or UTF-16.
func isDump(file string, head []byte) bool {
	_, name, _ := dumpName(file)
	head = bytes.ReplaceAll(bytes.ReplaceAll(head, []byte{0}, nil), []byte("\r\n"), []byte("\n"))
	for _, m := range marks {
		for _, text := range m.texts {
			if m.name == Base(name) && bytes.Contains(head, []byte(text)) {
				return true
			}
		}
	}
	return false
}
