package capture

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	"appraise/android/capture/files"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// mainEntryName is the entry that holds the name of the main text (dumpstate's zip, since Android 7).
const mainEntryName = "main_entry.txt"

// readBugreport reads the main text of a bug report.
func readBugreport(t *files.Tree) *Capture {
	c := &Capture{Source: SourceBugreport, Outputs: map[string]Output{}}
	for _, file := range c.mainTexts(t) {
		c.readSections(t, file)
	}
	return c
}

// mainTexts names the files that may be the main text: the one that main_entry.txt names, else those that look like
// one. Further ones only give what the first lacks.
func (c *Capture) mainTexts(t *files.Tree) []string {
	if t.Has(mainEntryName) {
		text, err := t.Read(mainEntryName, limits.ZipNameBytes)
		name := mainEntry(text)
		switch {
		case err != nil:
			c.tell(files.Problem(mainEntryName, err))
		case !fs.ValidPath(name) || strings.Contains(name, `\`) || name == mainEntryName:
			c.tell(inventory.Problem{File: mainEntryName, Message: "names no file of the bug report", Matters: true})
		case !t.Has(name):
			c.tell(inventory.Problem{File: mainEntryName, Message: "names a file that is not there", Matters: true})
		default:
			return []string{name}
		}
	}
	return t.Below(func(name string) bool { return looksMain(name) && isMainText(t.Head(name)) })
}

// mainEntry is the name that main_entry.txt holds.
func mainEntry(text []byte) string {
	return string(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
}

// looksMain reports whether a name is one that main texts have: dumpstate's own, Samsung's dumpState_*.log, and a
// dumpsys.txt in any folder.
func looksMain(name string) bool {
	base := path.Base(name)
	if base == dumpsysName {
		return true
	}
	if strings.Contains(name, "/") || base == "dumpstate_log.txt" || base == "dumpstate_board.txt" {
		return false
	}
	lower := strings.ToLower(base)
	text := strings.HasSuffix(lower, ".txt") || strings.HasSuffix(lower, ".log")
	return text && (strings.HasPrefix(lower, "bugreport") || strings.HasPrefix(lower, "dumpstate"))
}

// isMainText reports whether a text starts as a bug report or a full dumpsys does, in UTF-8 or UTF-16.
func isMainText(head []byte) bool {
	head = bytes.ReplaceAll(head, []byte{0}, nil)
	return bytes.Contains(head, []byte("== dumpstate")) || bytes.Contains(head, []byte("DUMP OF SERVICE ")) ||
		bytes.Contains(head, []byte("Currently running services:"))
}

// readNested takes from a bug report inside an acquisition what the acquisition lacks. Nothing inside it is unpacked
// further.
func (c *Capture) readNested(t *files.Tree, file string) {
	r, size, done, err := t.InPlace(file)
	if err != nil {
		c.tell(files.Problem(file, err))
		return
	}
	defer done()
	z, err := zipsafe.Open(r, size)
	if err != nil {
		c.tell(files.Problem(file, err))
		return
	}
	inner, err := files.Zip(z, t.Budget)
	if err != nil {
		c.tell(files.Problem(file, err))
		return
	}
	report := readBugreport(inner)
	for name, o := range report.Outputs {
		if c.Outputs[name].Text == nil {
			c.Outputs[name] = o
		}
	}
	for _, p := range report.Problems {
		p.File = path.Join(file, p.File)
		c.tell(p)
	}
}
