package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"appraise/android/capture"
	"appraise/android/device"
	"appraise/android/dump"
	"appraise/internal/remedy"
	"appraise/internal/textsafe"
	"appraise/inventory"
	"appraise/policies/rule"
)

// exitIncomplete is the exit code for a capture that lacks what a fix or its undo needs.
const exitIncomplete = 3

type fixOptions struct {
	pkg        string
	capability string
	from       string
	serial     string
	address    string
	program    string
	user       int
	shell      string
}

func newFixCmd() *cobra.Command {
	var opts fixOptions
	cmd := &cobra.Command{
		Use:   "fix PACKAGE [CAPABILITY]",
		Short: "Print the commands that take an app's access away, each with its undo",
		Long: `fix prints the adb commands that take away what an app on an Android phone was given, each with the commands that
undo it. It runs none of them and changes nothing. Without CAPABILITY it covers all that was switched on or granted of
note; with one, what gives that: "appraise explain capabilities" lists them.

Taking access away, or removing an app, can alert whoever installed it, and can destroy evidence: save what the phone
says first ("appraise phone --save FILE"), and where someone may be watching you, talk to a local support service first.

The undo holds what the phone had when it was read: now, over adb, or when the bundle of --from was saved. fix prints
nothing for accessibility services that came with the phone, for the dialer, the home screen, the default app for text
messages and the system's own parts, for the only keyboard, for management agents, and on managed phones and profiles.

Exit codes: 0 printed; 2 wrong usage, unknown package or capability, or refused; 3 the bundle or the phone lacks what a
command or its undo needs; 4 no phone.`,
		Example: `  appraise fix com.example.coupons
  appraise fix com.example.coupons accessibility
  appraise fix com.example.coupons --from phone.zip --shell powershell`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 1 || len(args) > 2 {
				return usagef("name a package: appraise fix com.example.coupons", "fix takes a package and at most one capability")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.pkg = args[0]
			if len(args) == 2 {
				opts.capability = args[1]
			}
			return runFix(cmd.Context(), opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.from, "from", "", "read `BUNDLE` (saved by phone, AndroidQF, a bug report, a folder of dumps) in place of the phone")
	flags.StringVar(&opts.serial, "serial", "", "the phone with this `SERIAL`")
	flags.StringVar(&opts.address, "adb", "", "the adb server at `HOST:PORT`")
	flags.StringVar(&opts.program, "adb-program", "", "read the phone with the adb in `FILE`; the printed commands say adb")
	flags.IntVar(&opts.user, "user", 0, "the app of this `USER`; 0 is the owner")
	flags.StringVar(&opts.shell, "shell", string(defaultShell()), "write for `SHELL`: sh or powershell")
	return cmd
}

func defaultShell() remedy.Shell {
	if runtime.GOOS == "windows" {
		return remedy.PowerShell
	}
	return remedy.POSIX
}

// runFix prints the plan and returns an exit code other than 0 as an error.
func runFix(ctx context.Context, opts fixOptions, stdout, stderr io.Writer) error {
	target, err := opts.check()
	if err != nil {
		return err
	}
	c, err := collect(ctx, opts)
	if lost := (*device.Error)(nil); c != nil && errors.As(err, &lost) && lost.Kind == device.Lost {
		printError(stderr, lost, lost.Hint) // what it lacks is told with the plan
		err = nil
	}
	if err != nil {
		return fixDeviceError(err, stderr)
	}
	if err := opts.knownUser(c); err != nil {
		return err
	}
	page := fixPage{w: stdout, opts: opts, target: target, shell: remedy.Shell(opts.shell), capture: c}
	plan, err := remedy.For(remedy.FromCapture(c, opts.user), opts.pkg, inventory.CapabilityID(opts.capability))
	if err != nil {
		return page.fixError(err)
	}
	page.print(plan)
	if len(plan.Lacking) > 0 {
		return exitCode(exitIncomplete)
	}
	return nil
}

// check refuses what no phone has to be asked about.
func (o fixOptions) check() (remedy.Target, error) {
	if !dump.PackageName(o.pkg) {
		return remedy.Target{}, usagef("for example com.example.coupons", "%q is no name of a package", o.pkg)
	}
	if o.user < 0 || o.user > 9999 {
		return remedy.Target{}, usagef("0 is the owner, 10 most often a work profile", "--user %d: no phone has such a user", o.user)
	}
	if !slices.Contains(remedy.Shells(), remedy.Shell(o.shell)) {
		return remedy.Target{}, usagef("sh or powershell", "--shell %q: unknown shell", o.shell)
	}
	if id := inventory.CapabilityID(o.capability); id != "" && !slices.Contains(inventory.Capabilities, id) {
		return remedy.Target{}, usagef(nearCapability(o.capability), "no capability is called %q", o.capability)
	}
	target, err := remedy.NewTarget(o.serial, o.address)
	if err != nil {
		return remedy.Target{}, usagef("adb devices lists the serials; --adb takes HOST:PORT", "%w", err)
	}
	return target, nil
}

func nearCapability(word string) string {
	var known []string
	for _, id := range inventory.Capabilities {
		known = append(known, string(id))
	}
	if near := rule.Suggest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return `"appraise explain capabilities" lists them`
}

// knownUser refuses a user that the phone says it doesn't have.
func (o fixOptions) knownUser(c *capture.Capture) error {
	users, _ := dump.Users(c.Outputs[capture.Users].Text)
	var ids []string
	for _, u := range users {
		if u.ID == o.user {
			return nil
		}
		ids = append(ids, fmt.Sprint(u.ID))
	}
	if len(users) == 0 || o.user == 0 {
		return nil
	}
	return usagef("its users are "+strings.Join(ids, ", "), "--user %d: the phone has no such user", o.user)
}

// collect gives what the phone said: the bundle of --from, else the attached phone, of whose APKs no label is read. An
// error of kind device.Lost comes with what was read by then.
func collect(ctx context.Context, opts fixOptions) (*capture.Capture, error) {
	if opts.from != "" {
		return openCapture(opts.from)
	}
	var users []int
	if opts.user != 0 {
		users = []int{opts.user}
	}
	return device.Collect(ctx, device.Options{Serial: opts.serial, Address: opts.address, Program: opts.program, Users: users,
		Label: func(*capture.APK) bool { return false }, Tool: programVersion()})
}

// openCapture reads a saved bundle, a file or a folder.
func openCapture(path string) (*capture.Capture, error) {
	const hint = `"appraise phone --save FILE" makes one`
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, usagef(hint, "--from %q: no such file or folder", path)
	}
	if err != nil {
		return nil, usagef(hint, "--from %q: %w", path, errors.Unwrap(err))
	}
	var c *capture.Capture
	if info.IsDir() {
		c, err = capture.ReadFolder(os.DirFS(path))
	} else {
		c, err = readCapture(path, info)
	}
	if encrypted := (*capture.EncryptedError)(nil); errors.As(err, &encrypted) {
		return nil, usagef(encrypted.Hint, "--from %q: %w", path, err)
	}
	if err != nil {
		return nil, usagef(hint, "--from %q is no bundle of a phone: %w", path, err)
	}
	return c, nil
}

func readCapture(path string, info os.FileInfo) (*capture.Capture, error) {
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return capture.Read(f, info.Size())
}

// fixDeviceError turns an error of the phone into the program's exit code.
func fixDeviceError(err error, stderr io.Writer) error {
	var failed *device.Error
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Kind == device.Several {
		return &userError{failed, failed.Hint}
	}
	printError(stderr, failed, failed.Hint)
	return exitCode(exitInternal)
}

// fixError tells why there is no plan. Where the advice is to change something, the warning comes first.
func (p fixPage) fixError(err error) error {
	var refusal *remedy.Refusal
	var missing *remedy.UnknownPackageError
	switch {
	case errors.As(err, &refusal):
		if refusal.Instead != "" {
			p.warn()
		}
		return &userError{refusal, cmp.Or(refusal.Instead, `"appraise phone" tells what it can do`)}
	case errors.As(err, &missing):
		return &userError{missing, nearPackage(missing)}
	}
	return err
}

// nearPackage suggests a package by its spelling or by its last part.
func nearPackage(e *remedy.UnknownPackageError) string {
	near := ""
	for _, name := range e.Known {
		if strings.HasSuffix(name, "."+e.Name) {
			near = name
			break
		}
	}
	if near == "" {
		near = rule.Suggest(e.Name, e.Known)
	}
	if near == "" {
		return `"appraise phone" lists the apps`
	}
	return fmt.Sprintf("did you mean %q?", textsafe.Line(near))
}
