package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"appraise/android/apksig"
	"appraise/android/capture"
	"appraise/android/device"
	"appraise/internal/gate"
	"appraise/internal/report"
	"appraise/internal/textsafe"
	"appraise/internal/zipsafe"
	"appraise/inventory"
	"appraise/policies"
	"appraise/scan"
)

// phoneTimeout bounds the reading of a phone unless --timeout says otherwise; most take seconds.
const phoneTimeout = 10 * time.Minute

// verifyFull is the one value of --verify.
const verifyFull = "full"

// consent is said before and after a phone is read.
const consent = "Audit only a phone that is yours, or whose owner agrees."

type phoneOptions struct {
	scanOptions
	save    string
	force   bool
	serial  string
	address string
	program string
	timeout time.Duration
	verify  string
}

func newPhoneCmd() *cobra.Command {
	var opts phoneOptions
	cmd := &cobra.Command{
		Use:   "phone",
		Short: "Read a whole Android phone over adb, and judge its apps",
		Long: `phone reads an attached Android phone with your adb: its apps, how they came and who signed them, what they were
allowed, what is switched on that reaches into other apps, and how the phone is set. Apps are not copied: of each APK
only the parts are read that tell signer, manifest and name. Nothing is installed on the phone and nothing is changed;
no messages, contacts, pictures, accounts or logs are read, and nothing leaves this computer.

` + consent + `

The first screen holds the answer; everything follows below it. --save keeps what was read in a file that only you can
read, and "appraise scan FILE" gives the same findings from it later. Afterwards switch USB debugging off on the phone
and revoke its authorisations.

A line on a signature says what was proved: the signer's signature was checked, and the phone compared the content when
it installed the app. That is not so for apps that came with the phone, and on a rooted phone it is worth nothing.
--verify full reads the apps from outside the system whole and compares them here, which takes as long as copying them.

Exit codes: 0 no finding at or over --fail-on; 1 one; 2 wrong usage, or several phones and no --serial; 3 something was
not read, or the phone went away half-way; 4 no adb, no phone, or one that has not accepted this computer. 1 beats 3.`,
		Example: `  appraise phone
  appraise phone --save phone.zip
  appraise phone --user 10 --apps all --format json -o report.json
  appraise phone --verify full`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("several phones are told apart by --serial; a saved bundle is read by appraise scan", "phone takes no arguments, got %q", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runPhone(cmd.Context(), opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.save, "save", "", "keep what was read in `FILE`, a bundle that appraise scan reads (readable by you alone)")
	flags.BoolVar(&opts.force, "force", false, "let --save replace a file")
	flags.StringVar(&opts.serial, "serial", "", "the phone with this `SERIAL`")
	flags.StringVar(&opts.address, "adb", "", "the adb server at `HOST:PORT`")
	flags.StringVar(&opts.program, "adb-program", "", "the adb program is `FILE`")
	opts.view.register(flags)
	flags.DurationVar(&opts.timeout, "timeout", phoneTimeout, "stop reading after `TIME` and tell what is missing; 0 = never")
	flags.StringVar(&opts.verify, "verify", "", "`full`: also compare the whole content of apps from outside the system with their signatures")
	flags.StringVar(&opts.format, "format", "table", "output `FORMAT`: "+strings.Join(report.Formats(), ", "))
	flags.StringVarP(&opts.output, "output", "o", "", "write the report to `FILE` (readable by you alone)")
	flags.StringVar(&opts.failOn, "fail-on", "high", "exit 1 from this `SEVERITY` on: "+strings.Join(gate.Thresholds(), ", "))
	flags.StringVar(&opts.brand, "brand", "", "compare with the brand pack `NAME` only; a pack of your own by its file, NAME.yaml")
	flags.StringVar(&opts.policy, "policy", "default", "`POLICY` is default, fleet, or a folder that adds or replaces rules and brand packs")
	flags.BoolVar(&opts.personal, "show-personal", false, "show serials and user names")
	flags.BoolVar(&opts.quiet, "quiet", false, "print only what needs attention, one line each")
	flags.BoolVar(&opts.noColor, "no-color", false, "no colour, on a terminal too")
	return cmd
}

// check refuses what no phone has to be asked about.
func (o phoneOptions) check() error {
	if err := checkFormat(o.format); err != nil {
		return err
	}
	if err := o.view.check(); err != nil {
		return err
	}
	if o.verify != "" && o.verify != verifyFull {
		return usagef("--verify full reads apps whole; without it the signers alone are read", "--verify: %q is not full", o.verify)
	}
	if o.timeout < 0 {
		return usagef("for example --timeout 5m", "--timeout %s is less than nothing", o.timeout)
	}
	return nil
}

// runPhone reports and returns the gate's exit code as an error.
func runPhone(ctx context.Context, opts phoneOptions, stdout, stderr io.Writer) error {
	if err := opts.check(); err != nil {
		return err
	}
	failOn, err := gate.ParseThreshold(opts.failOn)
	if err != nil {
		return usagef("for example --fail-on medium", "--fail-on: %w", err)
	}
	policy, err := loadPolicy(opts.policy, opts.brand)
	if err != nil {
		return err
	}
	started, err := startTime()
	if err != nil {
		return err
	}
	save, err := newSaveFile(opts.save, opts.force)
	if err != nil {
		return err
	}
	defer save.discard()
	p := phoneRun{opts: opts, policy: policy, stderr: stderr, bar: newBar(stderr)}
	c, err := p.collect(ctx, started)
	if err != nil {
		return err
	}
	if err := save.write(c); err != nil {
		return err
	}
	scanned := scan.Options{
		Phones: []scan.Phone{{Name: "phone", Capture: c}}, Policy: policy, FailOn: failOn, Personal: opts.personal,
		Version: programVersion(), Started: started, Users: opts.view.users, AllApps: opts.view.all(), Pinned: policy.Pinned,
	}
	result, err := scan.Read(ctx, scanned)
	if err != nil {
		return readError(err)
	}
	if opts.verify == verifyFull {
		if err := p.verify(ctx, c, result); err != nil {
			return err
		}
	}
	scan.Judge(result, scanned)
	show := tableOptions(report.ViewAll, opts.noColor, opts.output, stdout)
	show.Quiet = opts.quiet
	return publish(result, opts.format, opts.output, show, stdout)
}

// phoneRun is one reading of a phone.
type phoneRun struct {
	opts   phoneOptions
	policy *policies.Policy
	stderr io.Writer
	bar    bar
	link   *device.Link
	lost   bool // the phone went away; what was read is reported
}

// collect reads the phone. Its errors are worded and carry the exit code.
func (p *phoneRun) collect(ctx context.Context, started time.Time) (*capture.Capture, error) {
	opt := device.Options{
		Serial: p.opts.serial, Address: p.opts.address, Program: p.opts.program, Users: p.opts.view.users, AllApps: p.opts.view.all(),
		Timeout: p.opts.timeout, Progress: p.bar.show, Label: labelWanted(p.policy.Pinned),
		Tool: programVersion(), Created: started.UTC().Format(time.RFC3339),
	}
	var err error
	if p.link, err = device.Connect(ctx, opt); err != nil {
		return nil, p.deviceError(ctx, opt, err)
	}
	c, err := p.link.Collect(ctx)
	p.bar.end()
	var failed *device.Error
	if c != nil && errors.As(err, &failed) && failed.Kind == device.Lost {
		p.lost = true
		printError(p.stderr, failed, failed.Hint)
		err = nil
	}
	if err != nil {
		return nil, p.deviceError(ctx, opt, err)
	}
	if !p.opts.personal {
		scrub(c, p.link.Serial())
	}
	return c, nil
}

// deviceError turns an error of the phone into the program's exit code. Of several phones each is named by its number
// and model; the order is that of adb devices.
func (p *phoneRun) deviceError(ctx context.Context, opt device.Options, err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	var failed *device.Error
	if !errors.As(err, &failed) || failed.Kind != device.Several {
		return fixDeviceError(err, p.stderr)
	}
	text := failed.Message
	if list, err := device.List(ctx, opt); err == nil {
		for i, one := range list {
			text += fmt.Sprintf("\n  phone-%d  %s", i+1, strings.TrimSpace(strings.ReplaceAll(one.Model, "_", " ")+stateWord(one.State)))
			if p.opts.personal {
				text += "  " + one.Serial
			}
		}
	}
	return &userError{errors.New(text), "adb devices lists their serials in this order; then: appraise phone --serial SERIAL"}
}

func stateWord(state string) string {
	if state == "device" {
		return ""
	}
	return " (" + state + ")"
}

// scrub takes the serial out of what adb said about a command that failed. What the phone itself printed stays as it
// is: a report takes nothing of it that tells one phone from another.
func scrub(c *capture.Capture, serial string) {
	const hidden = "phone-1"
	clean := func(s string) string { return strings.ReplaceAll(s, serial, hidden) }
	if serial == "" {
		return
	}
	for name, o := range c.Outputs {
		o.Reason = clean(o.Reason)
		c.Outputs[name] = o
	}
	for i := range c.APKs {
		c.APKs[i].Reason = clean(c.APKs[i].Reason)
	}
	for i := range c.Problems {
		c.Problems[i].Message = clean(c.Problems[i].Message)
	}
}

// sdkPie is Android 9, the first that goes by scheme v3: a signer that older versions would take for another one is not
// looked for, since a label that is read in vain does no harm.
const sdkPie = 28

// labelWanted says of an APK whether its name is worth reading: a pinned signer tells more than a name does.
func labelWanted(pinned func(sha256 string) bool) func(*capture.APK) bool {
	return func(a *capture.APK) bool {
		z, err := zipsafe.OpenDirectory(a, a.Size)
		if err != nil {
			return true
		}
		s := apksig.Verify(z, apksig.Options{Range: apksig.Range{Min: sdkPie}, SkipContent: true}).Signature
		return s.State != inventory.Partial || !slices.ContainsFunc(s.Signers, func(one inventory.Signer) bool { return pinned(one.SHA256) })
	}
}

// bar shows how far the reading is, on a terminal alone.
type bar struct {
	file  *os.File
	shown *bool
}

func newBar(stderr io.Writer) bar {
	file, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return bar{}
	}
	return bar{file: file, shown: new(bool)}
}

func (b bar) show(done, total int, what string) {
	if b.file != nil {
		*b.shown = true
		fmt.Fprintf(b.file, "\r\x1b[Kreading the phone: %d of %d, %s", done, total, textsafe.LineMax(what, 40))
	}
}

func (b bar) end() {
	if b.file != nil && *b.shown {
		*b.shown = false
		fmt.Fprint(b.file, "\r\x1b[K")
	}
}
