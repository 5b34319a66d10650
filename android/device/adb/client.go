// Package adb runs the user's own adb client: it finds the program and the phone, and runs scripts on the phone whose
// outputs come back in frames, each within its time and its number of bytes. It pushes nothing, and it leaves adb's
// server as it is.
//
// What a phone says is hostile. What of it may stand in a script at all is decided by CheckPath and ValidName, and Quote
// makes one word of it.
package adb

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"appraise/internal/limits"
)

// Options say which phone is meant.
type Options struct {
	Serial  string // "" = the only one
	Address string // host:port of the adb server, "" = adb's own choice
	Program string // adb, "" = looked for
	// FileTime bounds one read of a File; 0 = limits.CommandTime.
	FileTime time.Duration
}

// Kind is why a phone can't be read.
type Kind uint8

// Kinds of errors.
const (
	Failed       Kind = iota // adb runs but does not do what it should
	NoADB                    // no adb program, or no server at the address
	NoDevice                 // no phone, or not the one that was named
	Unauthorized             // the phone hasn't accepted this computer
	Offline                  // the phone is there but doesn't answer, or isn't started normally
	Several                  // several phones and no serial
	Lost                     // the phone went away half-way
)

// Error is why a phone can't be read. Neither text holds a serial; Message may quote words of adb, which are not
// terminal-safe.
type Error struct {
	Kind    Kind
	Message string
	Hint    string // what to do next
}

func (e *Error) Error() string { return e.Message }

// ErrLost is the error of kind Lost.
var ErrLost error = &Error{Lost, "the phone went away before all was read", "check the cable, keep the phone unlocked, then run it again"}

// Link is one phone that adb can reach.
type Link struct {
	// SDK is the phone's API level where it is known: phones before Android 7 take shorter scripts. 0 = not known.
	SDK int

	program  string
	server   []string // -H and -P of the server that was asked for
	serial   string
	fileTime time.Duration
	stuck    int   // commands in a row that gave nothing before their time was over
	room     int64 // bytes of outputs that may still be kept
}

// Connect finds adb and the phone. It starts adb's server where none runs, as adb does, unless an address is given.
func Connect(ctx context.Context, opt Options) (*Link, error) {
	l := &Link{serial: opt.Serial, room: limits.CaptureKept, fileTime: cmp.Or(opt.FileTime, limits.CommandTime)}
	var err error
	if l.program, err = findADB(opt.Program); err != nil {
		return nil, err
	}
	if l.server, err = serverArguments(opt.Address); err != nil {
		return nil, err
	}
	if opt.Serial != "" && !validSerial(opt.Serial) {
		return nil, &Error{NoDevice, "no phone can have that serial", "adb devices lists the serials"}
	}
	return l, l.choose(ctx)
}

// choose picks the phone and waits a little for one that is just coming.
func (l *Link) choose(ctx context.Context) error {
	var err error
	for range 4 {
		var phones []Phone
		if phones, err = l.phones(ctx); err != nil {
			return err
		}
		var coming bool
		if coming, err = l.pick(phones); err == nil || !coming {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(300 * time.Millisecond):
		}
	}
	return err
}

// pick sets the serial. coming tells that the phone may be ready soon.
func (l *Link) pick(phones []Phone) (coming bool, err error) {
	if l.serial == "" && len(phones) > 1 {
		return false, &Error{Several, fmt.Sprintf("%d phones are attached", len(phones)), "name one with --serial; adb devices lists them"}
	}
	for _, p := range phones {
		if l.serial != "" && p.Serial != l.serial {
			continue
		}
		if !validSerial(p.Serial) {
			return false, &Error{NoDevice, "adb names a phone by a serial that can't be used", "unplug it and plug it in again"}
		}
		if coming, err = readiness(p.State); err == nil {
			l.serial = p.Serial
		}
		return coming, err
	}
	if l.serial != "" {
		return false, &Error{NoDevice, "no phone of that serial is attached", "adb devices lists the serials"}
	}
	return false, &Error{NoDevice, "no phone is attached", "connect it by USB, switch on Developer options > USB debugging, and unlock it"}
}

// readiness says what a state means (AOSP packages/modules/adb, ConnectionState).
func readiness(state string) (coming bool, err error) {
	switch word, _, _ := strings.Cut(state, " "); word {
	case "device":
		return false, nil
	case "unauthorized":
		return false, &Error{Unauthorized, "the phone hasn't accepted this computer", "unlock it and accept \"Allow USB debugging?\", then run it again"}
	case "authorizing":
		return true, &Error{Unauthorized, "the phone is still being asked", "unlock it and accept \"Allow USB debugging?\", then run it again"}
	case "offline", "connecting":
		return true, &Error{Offline, "the phone is offline", "unplug it, switch USB debugging off and on, and plug it in again"}
	case "no":
		return false, &Error{Offline, "this computer may not use the phone's USB port", "on Linux install the package android-sdk-platform-tools-common and plug the phone in again"}
	}
	return false, &Error{Offline, fmt.Sprintf("the phone is in the state %q", state), "start it normally, then run it again"}
}

// phones asks adb for its list.
func (l *Link) phones(ctx context.Context) ([]Phone, error) {
	ctx, cancel := context.WithTimeout(ctx, limits.CommandTime)
	defer cancel()
	cmd := l.command(ctx, "devices")
	out, errors := &bounded{limit: limits.DeviceListBytes}, &bounded{limit: 1024}
	cmd.Stdout, cmd.Stderr = out, errors
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, &Error{Failed, "adb does not answer", "adb kill-server ends a server that hangs, and every use of it"}
		}
		message := "adb devices: " + err.Error()
		if text := FirstLine(errors.b); text != "" {
			message = "adb: " + withoutPlace(text)
		}
		return nil, &Error{NoADB, message, "adb start-server starts one; --adb names another"}
	}
	return parsePhones(string(out.b)), nil
}

// withoutPlace cuts from adb's log lines where in adb's source they come from:
// "adb W 11-26 12:49:00 32147 32147 network.cpp:150] failed to connect".
func withoutPlace(text string) string {
	if i := strings.Index(text, ".cpp:"); i >= 0 {
		if _, what, ok := strings.Cut(text[i:], "] "); ok {
			return what
		}
	}
	return text
}

// returns waits a little for a phone whose connection broke, and reports whether it is there.
func (l *Link) returns(ctx context.Context) bool {
	for range 8 {
		if l.here(ctx) {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(250 * time.Millisecond):
		}
	}
	return false
}

// here reports whether the phone is still there.
func (l *Link) here(ctx context.Context) bool {
	phones, err := l.phones(ctx)
	if err != nil {
		return false
	}
	for _, p := range phones {
		if p.Serial == l.serial {
			return p.State == "device"
		}
	}
	return false
}

// command is adb with the server that was asked for.
func (l *Link) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, l.program, append(append([]string{}, l.server...), args...)...)
	cmd.Env = append(os.Environ(), "ADB_TRACE=")
	cmd.WaitDelay = time.Second
	return cmd
}

// execOut is adb exec-out of a script on the phone: its bytes come as they are, both outputs in one.
func (l *Link) execOut(ctx context.Context, script string) *exec.Cmd {
	return l.command(ctx, "-s", l.serial, "exec-out", script)
}

// findADB looks where adb usually is. A program that is given is used as it stands.
func findADB(program string) (string, error) {
	if program != "" {
		path, err := exec.LookPath(program)
		if err != nil {
			return "", &Error{NoADB, err.Error(), "--adb-program names adb's file"}
		}
		return path, nil
	}
	if path, err := exec.LookPath("adb"); err == nil {
		return path, nil
	}
	for _, folder := range usualFolders() {
		if path, err := exec.LookPath(filepath.Join(folder, "adb")); err == nil && filepath.IsAbs(path) {
			return path, nil
		}
	}
	return "", &Error{NoADB, "adb is not installed", installHint()}
}

// usualFolders are where Android's own installers and package managers put adb.
func usualFolders() []string {
	var out []string
	for _, name := range []string{"ANDROID_HOME", "ANDROID_SDK_ROOT"} {
		if dir := os.Getenv(name); dir != "" {
			out = append(out, filepath.Join(dir, "platform-tools"))
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		out = append(out, filepath.Join(home, "Android", "Sdk", "platform-tools"), filepath.Join(home, "Library", "Android", "sdk", "platform-tools"))
	}
	if dir := os.Getenv("LOCALAPPDATA"); dir != "" {
		out = append(out, filepath.Join(dir, "Android", "Sdk", "platform-tools"))
	}
	return append(out, "/usr/lib/android-sdk/platform-tools", "/opt/android-sdk/platform-tools", "/opt/homebrew/bin", "/usr/local/bin")
}

func installHint() string {
	switch runtime.GOOS {
	case "darwin":
		return "brew install --cask android-platform-tools"
	case "windows":
		return "winget install Google.PlatformTools"
	}
	return "apt install adb, or Android's platform-tools; --adb-program names its file"
}

// serverArguments turns host:port into adb's options.
func serverArguments(address string) ([]string, error) {
	if address == "" {
		return nil, nil
	}
	host, port, err := net.SplitHostPort(address)
	number, numberErr := strconv.ParseUint(port, 10, 16)
	if err != nil || numberErr != nil || number == 0 || host == "" || strings.HasPrefix(host, "-") {
		return nil, &Error{NoADB, fmt.Sprintf("%q is no host:port", address), "an adb server listens at 127.0.0.1:5037 by default"}
	}
	return []string{"-H", host, "-P", port}, nil
}

// bounded keeps the first bytes of what is written to it.
type bounded struct {
	b     []byte
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	b.b = append(b.b, p[:min(len(p), b.limit-len(b.b))]...)
	return len(p), nil
}

// FirstLine is the first line with text, short enough for a message.
func FirstLine(b []byte) string {
	for line := range bytes.Lines(b) {
		if text := bytes.TrimSpace(line); len(text) > 0 && !bytes.HasPrefix(text, []byte("* daemon")) {
			return strings.ToValidUTF8(string(text[:min(len(text), 200)]), "\uFFFD")
		}
	}
	return ""
}
