// Package report renders one finding.Report: one file a format. The views of verify and diff are packages of their
// own below it, as is what a page is made of. All text from artifacts passes internal/textsafe on its way out.
package report

import (
	"fmt"
	"io"
	"strings"

	"appraise/finding"
	"appraise/inventory"
)

// Options say how a report is shown. They never change what it says.
type Options struct {
	Width int  // columns of the terminal; 0 = 100
	Color bool // the reader is a terminal that wants colour
	Quiet bool // only what needs attention
	View  View
	// Can words capabilities, to complete the sentence "it can …"; the id stands where a word is missing.
	Can map[inventory.CapabilityID]string
}

// View is the question that a table answers. JSON is the same for all.
type View uint8

// The views.
const (
	ViewAll     View = iota // what needs attention, the inventory, who can do what
	ViewVerify              // one verdict on its signature an item
	ViewChanges             // what changed
)

type writer func(io.Writer, *finding.Report, Options) error

// formats is the table of output formats.
var formats = []struct {
	name  string
	write writer
}{
	{"table", writeTable},
	{"json", writeJSON},
}

// Formats lists the names of the output formats.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Write renders the report in the named format.
func Write(w io.Writer, format string, r *finding.Report, opt Options) error {
	for _, f := range formats {
		if f.name == format {
			return f.write(w, r, opt)
		}
	}
	return fmt.Errorf("format %q is none of %s", format, strings.Join(Formats(), ", "))
}
