package device

import (
	"context"

	"appraise/android/device/adb"
)

// What package adb has under these names too.
type (
	Error    = adb.Error
	Kind     = adb.Kind
	Phone    = adb.Phone
	Attached = adb.Attached
	File     = adb.File
)

// Kinds of errors, as in package adb.
const (
	Failed       = adb.Failed
	NoADB        = adb.NoADB
	NoDevice     = adb.NoDevice
	Unauthorized = adb.Unauthorized
	Offline      = adb.Offline
	Several      = adb.Several
	Lost         = adb.Lost
)

// ErrNoServer is adb.ErrNoServer.
var ErrNoServer = adb.ErrNoServer

// Phones is adb.Phones.
func Phones(ctx context.Context, address string) ([]Phone, error) { return adb.Phones(ctx, address) }

// List is adb.List. Of the options the program and the address count.
func List(ctx context.Context, opt Options) ([]Attached, error) {
	return adb.List(ctx, adb.Options{Address: opt.Address, Program: opt.Program})
}
