package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"appraise/android/device"
	"appraise/browserext/profile"
	"appraise/internal/textsafe"
)

// adbPort is where an adb server listens unless ANDROID_ADB_SERVER_PORT says otherwise.
const adbPort = "5037"

// runHere says what can be looked at on this computer, and the next command for it.
func runHere(ctx context.Context, w io.Writer) error {
	fmt.Fprintln(w, "appraise tells what apps and browser extensions are, who made them and what they can do.")
	fmt.Fprintln(w)
	home, err := os.UserHomeDir()
	if err == nil {
		showBrowsers(w, home)
	}
	showPhones(ctx, w)
	fmt.Fprintln(w)
	fmt.Fprintln(w, "A file or a folder:  appraise scan PATH      what a word means:  appraise explain WORD")
	return nil
}

func showBrowsers(w io.Writer, home string) {
	found := profile.Find(home, os.Getenv("XDG_CONFIG_HOME"))
	if len(found) == 0 {
		fmt.Fprintln(w, "Browsers   none found in the usual places")
		return
	}
	var dirs []string
	for _, f := range found {
		dir := f.Dir
		if rel, err := filepath.Rel(home, dir); err == nil && filepath.IsLocal(rel) {
			dir = "~/" + filepath.ToSlash(rel)
		}
		fmt.Fprintf(w, "Browsers   %-10s %s\n", f.Browser, textsafe.Line(dir))
		dirs = append(dirs, quoteArgument(dir))
	}
	fmt.Fprintf(w, "           next: appraise scan %s\n", strings.Join(dirs, " "))
}

// quoteArgument quotes a path for a shell; a leading ~/ stays outside the quotes so that it is expanded.
func quoteArgument(dir string) string {
	prefix := ""
	if rest, ok := strings.CutPrefix(dir, "~/"); ok {
		prefix, dir = "~/", rest
	}
	for _, r := range dir {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+:@%", r) {
			return prefix + "'" + strings.ReplaceAll(textsafe.Line(dir), "'", `'\''`) + "'"
		}
	}
	return prefix + dir
}

// showPhones asks an adb server that already runs; it starts none.
func showPhones(ctx context.Context, w io.Writer) {
	phones, err := device.Phones(ctx, "127.0.0.1:"+cmp.Or(os.Getenv("ANDROID_ADB_SERVER_PORT"), adbPort))
	switch {
	case errors.Is(err, device.ErrNoServer):
		fmt.Fprintln(w, "Phones     not looked for: no adb server is running, and appraise starts none (adb start-server)")
		return
	case err != nil:
		fmt.Fprintf(w, "Phones     not known: %s\n", textsafe.Line(err.Error()))
		return
	case len(phones) == 0:
		fmt.Fprintln(w, "Phones     none attached")
		return
	}
	ready := 0
	for i, phone := range phones {
		fmt.Fprintf(w, "Phones     phone-%d    %s\n", i+1, textsafe.Line(phone.State))
		if phone.State == "device" {
			ready++
		}
	}
	fmt.Fprintln(w, "           next: "+nextForPhones(len(phones), ready))
}

// nextForPhones says how to read what is attached; ready is how many accept this computer.
func nextForPhones(phones, ready int) string {
	switch {
	case ready == 0:
		return "unlock the phone and accept \"Allow USB debugging?\", then appraise phone"
	case phones > 1:
		return "appraise phone --serial SERIAL (adb devices lists the serials in this order)"
	}
	return "appraise phone"
}
