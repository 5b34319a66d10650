package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"appraise/finding"
	"appraise/policies/brand"
	"appraise/scan"
)

type learnOptions struct {
	paths       []string
	name        string
	displayName string
	output      string
	force       bool
}

func newBrandLearnCmd() *cobra.Command {
	var opts learnOptions
	cmd := &cobra.Command{
		Use:   "learn PATH... --name NAME",
		Short: "Make a brand pack from APKs that you vouch for",
		Long: `learn reads APKs and writes a brand pack with their packages, signers, permissions and lowest version. Another
copy that bears one of these packages is then official where its signer is the same, and a mismatch where it isn't.
Take the APKs from where you are sure that they are the maker's own. An APK is refused where its signature does not
hold for every Android version it runs on, and where anyone can use its key. NAME is the word by which look-alikes
of the brand are known: lower-case letters and digits.`,
		Example: `  appraise brand learn app-release.apk --name ourshop -o ourshop.yaml
  appraise verify --brand ourshop.yaml --require-official downloaded.apk
  appraise brand learn releases/ --name ourshop --display-name "Our Shop" -o policy/brands/ourshop.yaml`,
		Args: wantPaths("name an APK or a folder: appraise brand learn our.apk --name ourshop", "nothing to learn from"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.paths = args
			return runBrandLearn(cmd.Context(), opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.name, "name", "", "id of the pack, `NAME`: lower-case letters and digits")
	flags.StringVar(&opts.displayName, "display-name", "", "the brand's `NAME` as people know it; else the first app's label")
	flags.StringVarP(&opts.output, "output", "o", "", "write the pack to `FILE` (readable by you alone), which must not exist yet")
	flags.BoolVar(&opts.force, "force", false, "replace the file of --output")
	return cmd
}

func runBrandLearn(ctx context.Context, opts learnOptions, stdout, stderr io.Writer) error {
	if opts.name == "" {
		return usagef("for example --name ourshop", "--name is missing")
	}
	started, err := startTime()
	if err != nil {
		return err
	}
	progress, finish := progressOn(stderr)
	report, err := scan.Read(ctx, scan.Options{Paths: opts.paths, Version: programVersion(), Started: started, Progress: progress})
	finish()
	if err != nil {
		return readError(err)
	}
	const hint = "learn from whole APKs whose signature holds; \"appraise verify\" tells more"
	if err := learnable(report); err != nil {
		return usagef(hint, "nothing was learned: %w", err)
	}
	pack, err := brand.Learn(report.Items, brand.Lesson{Brand: opts.name, DisplayName: opts.displayName, Date: started.UTC().Format(time.DateOnly)})
	if err != nil {
		return usagef(hint, "nothing was learned: %w", err)
	}
	text, err := pack.YAML()
	if err != nil {
		return err
	}
	return deliverPack(opts, stdout, text)
}

// learnable refuses inputs that were not read and apps that are signed with a public key.
func learnable(report *finding.Report) error {
	var errs []error
	for _, s := range report.Sources {
		for _, p := range s.Problems {
			errs = append(errs, fmt.Errorf("%s: %s", p.File, p.Message))
		}
	}
	policy, err := loadBrands("default", "")
	if err != nil {
		return err
	}
	for i, a := range policy.Identify(report.Items) {
		if a.Route.Verdict == finding.Development && a.Route.Detail == "test-key" {
			errs = append(errs, fmt.Errorf("%s: %s", report.Items[i].Location, a.Route.Why))
		}
	}
	return errors.Join(errs...)
}

// deliverPack writes the pack to stdout or to a file that is the user's alone.
func deliverPack(opts learnOptions, stdout io.Writer, text []byte) error {
	if opts.output == "" {
		_, err := stdout.Write(text)
		return err
	}
	mode := os.O_EXCL
	if opts.force {
		mode = os.O_TRUNC
	}
	file, err := os.OpenFile(opts.output, os.O_WRONLY|os.O_CREATE|mode, 0o600)
	switch {
	case errors.Is(err, os.ErrExist):
		return usagef("--force replaces it", "%q exists already", opts.output)
	case err != nil:
		return usagef("name a file in a folder you may write to", "writing the pack: %w", err)
	}
	err = file.Chmod(0o600) // a file that is replaced keeps its old mode otherwise
	if err == nil {
		_, err = file.Write(text)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("writing the pack: %w", err)
	}
	return nil
}
