// Package capture holds what a phone said: the raw outputs of its commands and the parts of its APKs that were read,
// before anything is made of them. A live audit collects one, a saved bundle gives the same one back, and bundles of
// other tools (AndroidQF, bug reports, loose dumps) give as much of it as they carry; Gaps tells what they don't.
//
// Only what the table Names lists is ever taken out of a foreign bundle: no processes, logs, messages, accounts, file
// lists, backups or adb keys, and of notifications neither titles nor texts. All text is the phone's own and may be
// hostile; no host path is ever made from it. Limits: limits.Capture*, DumpBytes, BugreportBytes.
package capture

import (
	"bytes"
	"fmt"
	"io"
	"sort"

	"appraise/android/capture/files"
	"appraise/android/capture/kept"
	"appraise/android/capture/lists"
	"appraise/android/dump"
	"appraise/android/dump/access"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
	"appraise/inventory"
)

// The sources of a capture.
const (
	SourceADB       = "adb"       // collected by appraise from a phone
	SourceBundle    = "bundle"    // a saved bundle that does not say where it came from
	SourceAndroidQF = "androidqf" // an acquisition of AndroidQF
	SourceBugreport = "bugreport" // a bug report
	SourceDumps     = "dumps"     // a folder of saved outputs
)

// Capture is one phone at one time. The outputs of one name exist once; an output that a source lacks is absent, or
// stands there with nil Text and the reason.
type Capture struct {
	Source  string // one of the Source constants
	Tool    string // version of what collected it, "" where not known; text of the bundle
	Created string // RFC 3339; "" where not known
	Outputs map[string]Output
	APKs    []APK
	// Packages is the list that AndroidQF made ("as collected by AndroidQF"); no other source has one.
	Packages []lists.Package
	// Rooted is what the collector found: true where a way to root was found, false where it looked and found none,
	// nil where it didn't look. A rooted phone can hide it.
	Rooted   *bool
	Problems []inventory.Problem
}

// Output is what one command printed.
type Output struct {
	Text   []byte // UTF-8 with LF line ends; bytes that are no UTF-8 stay as the phone wrote them
	Exit   int    // exit code; -1 not known
	Cut    bool   // a limit, a lost device or damage cut it
	Reason string // why it is missing or cut, "" otherwise; a missing output has nil Text and a Reason
}

// Add takes a command's output into the capture: decoded (UTF-16, CRLF), cut at limits.DumpBytes with a problem, and
// without what is personal: of notifications no titles and texts, of users no names, of settings and properties those
// alone that are needed. An output that is there already is kept: the first one wins. The error
// tells a name that is not in Names.
func (c *Capture) Add(name string, raw []byte, exit int) error {
	return c.add(name, raw, Output{Exit: exit}, name)
}

// add takes raw as the text of o; file is where it came from. Why o is cut is told already.
func (c *Capture) add(name string, raw []byte, o Output, file string) error {
	text, notes := dump.Decode(raw)
	c.note(notes, file)
	return c.put(name, text, o, file)
}

// note tells what a reader of dumps noted.
func (c *Capture) note(notes []lines.Note, file string) {
	for _, n := range notes {
		c.tell(inventory.Problem{File: file, Message: n.Text, Limit: n.Limit, Matters: n.Matters})
	}
}

// put takes decoded text as the text of o, unless there is one already.
func (c *Capture) put(name string, text []byte, o Output, file string) error {
	if !IsName(name) {
		return fmt.Errorf("%q is no output of a capture", name)
	}
	if c.Outputs[name].Text != nil {
		return nil
	}
	text, err := filter(name, text)
	if len(text) > limits.DumpBytes {
		text, err = text[:limits.DumpBytes], files.TooLong(limits.DumpBytes)
	}
	if err != nil {
		p := files.Problem(file, err)
		o.Cut, o.Reason = true, p.Message
		c.tell(p)
	}
	if text == nil {
		text = []byte{}
	}
	o.Text = text
	if c.Outputs == nil {
		c.Outputs = map[string]Output{}
	}
	c.Outputs[name] = o
	return nil
}

// filter drops what must not be kept of an output: what is personal, and what nothing needs. It changes nothing that
// went through it once. An error comes with what could be kept.
func filter(name string, text []byte) ([]byte, error) {
	switch Base(name) {
	case Notification:
		var out bytes.Buffer
		err := access.FilterNotification(&out, bytes.NewReader(text))
		return out.Bytes(), err
	case GetProp:
		return kept.Properties(text), nil
	case SettingsSecure, SettingsGlobal, SettingsSystem:
		return kept.Settings(text), nil
	case Users:
		return kept.Users(text)
	case DevicePolicy:
		return kept.Policy(text)
	}
	return text, nil
}

// tell records a problem once, limits.DumpNotes of those that could change no verdict and as many of the others.
func (c *Capture) tell(p inventory.Problem) {
	alike := 0
	for _, old := range c.Problems {
		if old == p {
			return
		}
		if old.Matters == p.Matters {
			alike++
		}
	}
	switch {
	case alike < limits.DumpNotes:
		c.Problems = append(c.Problems, p)
	case alike == limits.DumpNotes:
		c.Problems = append(c.Problems, inventory.Problem{Message: "more problems left out", Limit: true, Matters: p.Matters})
	}
}

// ErrNotRead is the answer for bytes of an APK that were not read from the phone.
var ErrNotRead = fmt.Errorf("this part of the APK was not read from the phone: %w", inventory.ErrNotRead)

// APK is one APK file on the phone and the parts of it that were read.
type APK struct {
	Package, Path string
	Split         string // "" for the base; file name without .apk otherwise
	Size          int64
	Parts         []Part // disjoint, by offset
	Reason        string // why nothing or not enough was read
}

// Part is one range of a file.
type Part struct {
	Offset int64
	Data   []byte
}

// ReadAt is io.ReaderAt over the whole file: it gives what the parts hold, io.EOF behind Size, and ErrNotRead,
// after the bytes before it, where a byte is in no part.
func (a *APK) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= a.Size {
			return n, io.EOF
		}
		part := a.part(at)
		if part == nil {
			return n, ErrNotRead
		}
		from := part.Data[at-part.Offset:]
		n += copy(p[n:], from[:min(int64(len(from)), a.Size-at)])
	}
	return n, nil
}

// part finds the part that holds the byte at off, nil where none does.
func (a *APK) part(off int64) *Part {
	i := sort.Search(len(a.Parts), func(i int) bool { return a.Parts[i].Offset > off }) - 1
	if i < 0 || off-a.Parts[i].Offset >= int64(len(a.Parts[i].Data)) {
		return nil
	}
	return &a.Parts[i]
}

// partsFault says why the parts are no parts of such a file, "" where they are.
func (a *APK) partsFault() string {
	end := int64(0)
	if a.Size < 0 || a.Size > limits.APKBytes && len(a.Parts) > 0 {
		return fmt.Sprintf("a size of %d bytes", a.Size)
	}
	for _, p := range a.Parts {
		size := int64(len(p.Data))
		switch {
		case size > limits.CapturePart:
			return fmt.Sprintf("a part of %d bytes, over the limit of %d", size, int64(limits.CapturePart))
		case p.Offset < end:
			return fmt.Sprintf("a part at offset %d that overlaps another or is out of order", p.Offset)
		case p.Offset > a.Size-size:
			return fmt.Sprintf("a part at offset %d of %d bytes in a file of %d", p.Offset, size, a.Size)
		}
		end = p.Offset + size
	}
	return ""
}
