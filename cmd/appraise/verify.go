package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"appraise/finding"
	"appraise/internal/gate"
	"appraise/internal/report"
	"appraise/policies"
	"appraise/scan"
)

type verifyOptions struct {
	paths    []string
	format   string
	output   string
	brand    string
	policy   string
	official bool
	levels   levelFlags
	noColor  bool
}

func newVerifyCmd() *cobra.Command {
	var opts verifyOptions
	cmd := &cobra.Command{
		Use:   "verify PATH...",
		Short: "Check the signatures of Android apps, and whose they are",
		Long: `verify checks APK signatures (v1, v2, v3, v3.1) as Android does, every Android version from the app's
lowest on, and compares the signer with the brand packs. It asks no rules: "appraise scan" judges what an app may do.

Exit codes: 0 every signature holds; 1 one is invalid or missing, or holds for a part of the asked Android versions
only, or a look-alike or a signer that differs from the pinned one was found; 3 something could not be checked.
With --require-official, 1 also for an item that no brand pack names, and 3 for one whose signer is not proved.
1 beats 3. Signatures of iOS apps and browser extensions are not verified by this version: they give 3.`,
		Example: `  appraise verify shop.apk
  appraise verify --min-sdk 24 shop.apk
  appraise verify --brand aliexpress --require-official Downloads
  appraise verify --brand our-pack.yaml build/outputs/app.apk`,
		Args: wantPaths("name a file or a folder: appraise verify shop.apk", "nothing to verify"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.paths = args
			return runVerify(cmd.Context(), opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.format, "format", "table", "output `FORMAT`: "+strings.Join(report.Formats(), ", "))
	flags.StringVarP(&opts.output, "output", "o", "", "write the report to `FILE` (readable by you alone)")
	flags.StringVar(&opts.brand, "brand", "", "compare with the brand pack `NAME` only; a pack of your own by its file, NAME.yaml")
	flags.StringVar(&opts.policy, "policy", "default", "`POLICY` is default, fleet, or a folder that adds or replaces brand packs")
	flags.BoolVar(&opts.official, "require-official", false, "only official builds pass")
	opts.levels.register(flags)
	flags.BoolVar(&opts.noColor, "no-color", false, "no colour, on a terminal too")
	return cmd
}

// runVerify reports and returns the gate's exit code as an error.
func runVerify(ctx context.Context, opts verifyOptions, stdout, stderr io.Writer) error {
	if err := checkFormat(opts.format); err != nil {
		return err
	}
	lowest, highest, err := opts.levels.read()
	if err != nil {
		return err
	}
	policy, err := loadBrands(opts.policy, opts.brand)
	if err != nil {
		return err
	}
	started, err := startTime()
	if err != nil {
		return err
	}
	progress, finish := progressOn(stderr)
	result, err := scan.Read(ctx, scan.Options{
		Paths: opts.paths, Version: programVersion(), Started: started, Progress: progress,
		MinSDK: lowest, MaxSDK: highest, NoDigest: true, OneReader: true,
	})
	finish()
	if err != nil {
		return readError(err)
	}
	identify(result, policy)
	result.Gate = gate.Verify(result, opts.official)
	show := tableOptions(report.ViewVerify, opts.noColor, opts.output, stdout)
	return publish(result, opts.format, opts.output, show, stdout)
}

// identify fills what is judged without rules.
func identify(r *finding.Report, policy *policies.Policy) {
	r.Policy = policy.Info()
	r.Assessments = policy.Identify(r.Items)
	r.Matrix = policy.Matrix(r.Items)
	r.Summary = finding.Summarise(r.Assessments)
}

// publish writes a report where the user wants it and turns its gate into the exit code.
func publish(r *finding.Report, format, output string, show report.Options, stdout io.Writer) error {
	var text bytes.Buffer
	if err := report.Write(&text, format, r, show); err != nil {
		return err
	}
	if err := deliver(output, stdout, text.Bytes()); err != nil {
		return err
	}
	if r.Gate.Exit != 0 {
		return exitCode(r.Gate.Exit)
	}
	return nil
}

// startReport is a report that nothing was read into.
func startReport(started time.Time) *finding.Report {
	return &finding.Report{
		Schema: finding.Schema, Tool: finding.Tool{Name: "appraise", Version: programVersion()},
		Started: started.UTC().Format(time.RFC3339), Complete: true,
	}
}
