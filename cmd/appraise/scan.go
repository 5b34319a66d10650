package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"appraise/internal/gate"
	"appraise/internal/limits"
	"appraise/internal/report"
	"appraise/policies"
	"appraise/scan"
)

// expectShopping is the one thing that --expect can name.
const expectShopping = "shopping"

type scanOptions struct {
	paths    []string
	format   string
	output   string
	failOn   string
	brand    string
	policy   string
	levels   levelFlags
	view     phoneView
	expect   []string
	personal bool
	quiet    bool
	noColor  bool
}

func newScanCmd() *cobra.Command {
	var opts scanOptions
	cmd := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Read files and folders, and judge the apps and extensions they hold",
		Long: `scan reads APKs and sets of them (.apks, .xapk, .apkm, a folder with base.apk and its splits), IPAs, .app folders,
Info.plist files, and browser extensions (folders, CRX, XPI).
What a file is, is told by its content, not by its name. Folders are walked; symbolic links never lead out of them.
It reports what needs attention with why and what to do, the inventory, who can see or read what, and what was
not read or not checked.`,
		Example: `  appraise scan Downloads/shop.apk
  appraise scan ~/.config/google-chrome ~/.mozilla/firefox
  appraise scan --format json -o report.json apps/
  appraise scan --fail-on medium --policy fleet update.apk
  appraise scan --expect shopping com.example.shop shop.apk`,
		Args: wantPaths("name a file or a folder: appraise scan Downloads", "nothing to scan"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.paths = args
			return runScan(cmd.Context(), opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.format, "format", "table", "output `FORMAT`: "+strings.Join(report.Formats(), ", "))
	flags.StringVarP(&opts.output, "output", "o", "", "write the report to `FILE` (readable by you alone)")
	flags.StringVar(&opts.failOn, "fail-on", "high", "exit 1 from this `SEVERITY` on: "+strings.Join(gate.Thresholds(), ", "))
	flags.StringVar(&opts.brand, "brand", "", "compare with the brand pack `NAME` only; a pack of your own by its file, NAME.yaml")
	opts.levels.register(flags)
	opts.view.register(flags)
	flags.StringVar(&opts.policy, "policy", "default", "`POLICY` is default, fleet, or a folder that adds or replaces rules and brand packs")
	flags.StringArrayVar(&opts.expect, "expect", nil, "`shopping ID`: judge this app or extension as shopping software; repeatable")
	flags.BoolVar(&opts.personal, "show-personal", false, "show user names and home folders in the report")
	flags.BoolVar(&opts.quiet, "quiet", false, "print only what needs attention, one line each")
	flags.BoolVar(&opts.noColor, "no-color", false, "no colour, on a terminal too")
	return cmd
}

// runScan reports and returns the gate's exit code as an error.
func runScan(ctx context.Context, opts scanOptions, stdout, stderr io.Writer) error {
	failOn, err := gate.ParseThreshold(opts.failOn)
	if err != nil {
		return usagef("for example --fail-on medium", "--fail-on: %w", err)
	}
	if err := checkFormat(opts.format); err != nil {
		return err
	}
	if err := opts.view.check(); err != nil {
		return err
	}
	expect, err := parseExpect(opts.expect)
	if err != nil {
		return err
	}
	lowest, highest, err := opts.levels.read()
	if err != nil {
		return err
	}
	policy, err := loadPolicy(opts.policy, opts.brand)
	if err != nil {
		return err
	}
	started, err := startTime()
	if err != nil {
		return err
	}
	progress, finish := progressOn(stderr)
	result, err := scan.Run(ctx, scan.Options{
		Paths: opts.paths, Policy: policy, Expect: expect, FailOn: failOn, Personal: opts.personal,
		Version: programVersion(), Started: started, Progress: progress, MinSDK: lowest, MaxSDK: highest,
		Users: opts.view.users, AllApps: opts.view.all(), Pinned: policy.Pinned,
	})
	finish()
	if err != nil {
		return readError(err)
	}
	show := tableOptions(report.ViewAll, opts.noColor, opts.output, stdout)
	show.Quiet = opts.quiet
	return publish(result, opts.format, opts.output, show, stdout)
}

// wantPaths refuses a command line without paths.
func wantPaths(hint, why string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef(hint, "%s", why)
		}
		return nil
	}
}

// readError words an error of package scan: the user's, or an interruption.
func readError(err error) error {
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted")
	}
	return usagef("check the spelling; a path with spaces needs quotes", "%w", err)
}

func checkFormat(format string) error {
	for _, name := range report.Formats() {
		if name == format {
			return nil
		}
	}
	return usagef("for example --format json", "--format: %q is none of %s", format, strings.Join(report.Formats(), ", "))
}

// parseExpect reads the values of --expect: "shopping ID" or "shopping=ID".
func parseExpect(values []string) (policies.Expect, error) {
	var expect policies.Expect
	for _, value := range values {
		what, id, _ := strings.Cut(strings.Replace(value, "=", " ", 1), " ")
		if what != expectShopping || strings.TrimSpace(id) == "" {
			return expect, usagef("for example --expect shopping com.example.shop", "--expect %q: want the word shopping and the id of an app or extension", value)
		}
		expect.Shopping = append(expect.Shopping, strings.TrimSpace(id))
	}
	return expect, nil
}

// loadPolicy loads a preset, or the default with a folder of the user's on top.
func loadPolicy(name, brand string) (*policies.Policy, error) {
	return load(name, brand, policies.Load)
}

// loadBrands is loadPolicy without the rules.
func loadBrands(name, brand string) (*policies.Policy, error) {
	return load(name, brand, policies.LoadBrands)
}

func load(name, brand string, from func(policies.Options) (*policies.Policy, error)) (*policies.Policy, error) {
	opt := policies.Options{Preset: name, Brand: brand}
	if info, err := os.Stat(name); err == nil && info.IsDir() && name != "default" && name != "fleet" {
		opt.Preset, opt.Dir = "default", os.DirFS(name)
	}
	if isPackFile(brand) {
		pack, err := readPack(brand)
		if err != nil {
			return nil, usagef("for example --brand our-pack.yaml", "--brand %q: %w", brand, err)
		}
		opt.Brand, opt.Pack = "", pack
	}
	policy, err := from(opt)
	if err != nil {
		return nil, usagef("\"appraise explain policy\" tells what a policy folder holds", "%w", err)
	}
	return policy, nil
}

// isPackFile tells the file of a brand pack from the name of one.
func isPackFile(brand string) bool {
	return strings.ContainsAny(brand, `/\`) || strings.HasSuffix(brand, ".yaml") || strings.HasSuffix(brand, ".yml")
}

func readPack(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, errors.New("no such file")
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("not a file")
	case info.Size() > limits.PolicyBytes:
		return nil, fmt.Errorf("larger than %d bytes", limits.PolicyBytes)
	}
	return os.ReadFile(name)
}

// startTime is now, or SOURCE_DATE_EPOCH for reports that can be compared byte by byte.
func startTime() (time.Time, error) {
	epoch := os.Getenv("SOURCE_DATE_EPOCH")
	if epoch == "" {
		return time.Now(), nil
	}
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, usagef("seconds since 1970, for example 1763769600", "SOURCE_DATE_EPOCH %q is no number", epoch)
	}
	return time.Unix(seconds, 0), nil
}

// progressOn shows how far the reading is where stderr is a terminal.
func progressOn(stderr io.Writer) (progress func(done, total int), finish func()) {
	file, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil, func() {}
	}
	shown := false
	progress = func(done, total int) {
		shown = true
		fmt.Fprintf(file, "\rreading %d of %d", done, total)
	}
	finish = func() {
		if shown {
			fmt.Fprint(file, "\r\x1b[K")
		}
	}
	return progress, finish
}

// tableOptions fits a table to where it is read: a terminal, or a file.
func tableOptions(view report.View, noColor bool, output string, stdout io.Writer) report.Options {
	out := report.Options{View: view}
	file, ok := stdout.(*os.File)
	if !ok || output != "" || !term.IsTerminal(int(file.Fd())) {
		return out
	}
	out.Color = !noColor && os.Getenv("NO_COLOR") == ""
	if width, _, err := term.GetSize(int(file.Fd())); err == nil {
		out.Width = width
	}
	return out
}

// deliver writes the report to the file that the user named, readable by the user alone, or to stdout.
func deliver(name string, stdout io.Writer, text []byte) error {
	if name == "" {
		_, err := stdout.Write(text)
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return usagef("name a file in a folder you may write to", "writing the report: %w", err)
	}
	if _, err := file.Write(text); err != nil {
		file.Close()
		return fmt.Errorf("writing the report: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
