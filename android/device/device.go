// Package device reads a phone over adb into a capture: what its commands print, and of its APKs the parts that tell
// who signed them and what they ask for. It runs the user's own adb client; nothing is pushed, installed or changed on
// the phone, and the adb server is left as it is.
//
// Everything that a phone says is hostile. A package name enters a command only where adb.ValidName passes it, a path
// only where adb.CheckPath passes it, and both stand in single quotes. Time and bytes of every command are bounded
// (limits.CommandTime, DumpsysTime, DumpBytes, RangeAPK, RangeBytes, RangeFiles); what is missing or cut says why in
// the capture.
package device

import (
	"cmp"
	"context"
	"errors"
	"time"

	"appraise/android/capture"
	"appraise/android/device/adb"
	"appraise/internal/limits"
	"appraise/inventory"
)

// Options say which phone is read and how much of it.
type Options struct {
	Serial  string // "" = the only one
	Address string // host:port of the adb server, "" = adb's own choice
	Program string // adb, "" = looked for
	// Users are the users whose packages and settings are read beside those of user 0.
	Users []int
	// AllApps reads the APKs of packages that came with the phone too.
	AllApps bool
	// Timeout bounds the whole collection; 0 = none.
	Timeout  time.Duration
	Progress func(done, total int, what string) // may be nil
	// Label says of a base APK, whose signing block and manifest are read by then, whether its label is wanted too.
	// nil = of every one.
	Label func(*capture.APK) bool
	// Tool and Created are written into the capture.
	Tool, Created string

	bounds bounds
}

// bounds are the limits of one collection; zero values stand for those of package limits.
type bounds struct {
	command, dumpsys time.Duration
	output           int64
}

func (b bounds) complete() bounds {
	return bounds{
		command: cmp.Or(b.command, limits.CommandTime),
		dumpsys: cmp.Or(b.dumpsys, limits.DumpsysTime),
		output:  cmp.Or(b.output, int64(limits.DumpBytes)),
	}
}

// Collect reads the phone that the options choose. An *Error of kind Lost comes with the capture as far as it got;
// other errors with none. What the phone didn't answer, or too slowly, is in the capture's outputs and problems.
func Collect(ctx context.Context, opt Options) (*capture.Capture, error) {
	l, err := Connect(ctx, opt)
	if err != nil {
		return nil, err
	}
	return l.Collect(ctx)
}

// Link is one phone that adb can reach.
type Link struct {
	*adb.Link
	opt Options
}

// Connect finds adb and the phone. It starts adb's server where none runs, as adb does, unless an address is given.
func Connect(ctx context.Context, opt Options) (*Link, error) {
	opt.bounds = opt.bounds.complete()
	l, err := adb.Connect(ctx, adb.Options{Serial: opt.Serial, Address: opt.Address, Program: opt.Program, FileTime: opt.bounds.command})
	if err != nil {
		return nil, err
	}
	return &Link{l, opt}, nil
}

// Collect reads the phone. Its errors are those of the function Collect.
func (l *Link) Collect(ctx context.Context) (*capture.Capture, error) {
	run := ctx
	if l.opt.Timeout > 0 {
		var cancel context.CancelFunc
		run, cancel = context.WithTimeout(ctx, l.opt.Timeout)
		defer cancel()
	}
	c := &capture.Capture{Source: capture.SourceADB, Tool: l.opt.Tool, Created: l.opt.Created, Outputs: map[string]capture.Output{}}
	col := &collector{link: l, capture: c}
	err := col.outputs(run)
	if err == nil {
		err = col.apks(run)
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		c.Problems = append(c.Problems, inventory.Problem{Message: "the time for reading the phone is over (" + l.opt.Timeout.String() + ")", Limit: true, Matters: true})
		return c, nil
	case errors.Is(err, adb.ErrLost):
		c.Problems = append(c.Problems, inventory.Problem{Message: adb.ErrLost.Error(), Matters: true})
		return c, err
	case err != nil:
		return nil, err
	}
	return c, nil
}

// collector fills one capture.
type collector struct {
	link     *Link
	capture  *capture.Capture
	ranged   int64 // bytes of APKs
	bytewise bool  // dd counts in bytes
}
