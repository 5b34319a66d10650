package capture

import (
	"bufio"
	"bytes"
	"io"
	"maps"
	"slices"

	"appraise/android/capture/files"
	"appraise/android/capture/section"
	"appraise/android/dump"
	"appraise/internal/limits"
	"appraise/inventory"
)

// services are the sections of a full dumpsys or of a bug report that are taken, and the output that each gives. No
// other section is kept, not even while it is read.
var services = [...]struct{ service, name string }{
	{section.Properties, GetProp},
	{"accessibility", Accessibility},
	{"appops", AppOps},
	{"device_policy", DevicePolicy},
	{"notification", Notification},
	{"package", PackageDump},
	{"role", Roles},
	{settingsService, ""}, // gives the settings of each namespace and user
	{"user", Users},
	{"webviewupdate", WebView},
}

const settingsService = "settings"

// serviceOutput returns the output that a section gives, "" for settings.
func serviceOutput(service string) (name string, ok bool) {
	for _, s := range services {
		if s.service == service {
			return s.name, true
		}
	}
	return "", false
}

// lacksSections reports whether a full dumpsys could give an output that is missing.
func (c *Capture) lacksSections() bool {
	for _, s := range services {
		name := s.name
		if s.service == settingsService {
			name = SettingsSecure
		}
		if c.Outputs[name].Text == nil {
			return true
		}
	}
	return false
}

// readSections takes the outputs that the sections of one text give: a full dumpsys, or the main text of a bug report.
func (c *Capture) readSections(t *files.Tree, file string) {
	if !t.Has(file) {
		return
	}
	text, err := t.Open(file)
	if err != nil {
		c.tell(files.Problem(file, err))
		return
	}
	defer text.Close()
	in := bufio.NewReaderSize(text, files.PeekBytes)
	head, _ := in.Peek(files.PeekBytes)
	var from io.Reader = in
	if bytes.IndexByte(head, 0) >= 0 || bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		from = c.decoded(in, file)
	}
	sections, twice, err := section.Split(from, t.Budget, func(service string) bool {
		_, wanted := serviceOutput(service)
		return wanted
	})
	if err != nil {
		c.tell(files.Problem(file, err))
	}
	for _, service := range twice {
		c.tell(inventory.Problem{File: file, Message: "section " + service + " stands twice; the first is read", Matters: true})
	}
	for _, s := range sections {
		c.note(s.Notes, file)
		o := Output{Exit: -1}
		if s.Fault != nil {
			p := files.Problem(file, s.Fault)
			o.Cut, o.Reason = true, p.Message
			p.Message = "section " + s.Service + ": " + p.Message
			c.tell(p)
		}
		c.takeService(s.Service, s.Text, o, file)
	}
}

// decoded gives a whole text that is not UTF-8, within the limit of one output.
func (c *Capture) decoded(in io.Reader, file string) io.Reader {
	raw, err := io.ReadAll(io.LimitReader(in, limits.DumpBytes+1))
	if err == nil && len(raw) > limits.DumpBytes {
		raw, err = raw[:limits.DumpBytes], files.TooLong(limits.DumpBytes)
	}
	text, notes := dump.Decode(raw)
	c.note(notes, file)
	if err != nil {
		return io.MultiReader(bytes.NewReader(text), failing{err})
	}
	return bytes.NewReader(text)
}

// failing is a reader that fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// takeService adds the outputs that the text of one service gives.
func (c *Capture) takeService(service string, text []byte, o Output, file string) {
	text, notes := dump.Decode(text)
	c.note(notes, file)
	name, _ := serviceOutput(service)
	switch service {
	case settingsService:
		c.takeSettings(text, o, file)
		return
	case "user":
		text = section.UserLines(text)
	}
	// The name is one of the table, so that put takes it.
	if err := c.put(name, text, o, file); err != nil {
		c.tell(files.Problem(file, err))
	}
}

// takeSettings adds the lists that dumpsys settings holds.
func (c *Capture) takeSettings(text []byte, o Output, file string) {
	lists, notes := section.Settings(text)
	c.note(notes, file)
	for _, space := range slices.Sorted(maps.Keys(lists)) {
		if name := "settings-" + space; IsName(name) {
			if err := c.put(name, lists[space], o, file); err != nil {
				c.tell(files.Problem(file, err))
			}
		}
	}
}
