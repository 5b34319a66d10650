package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"appraise/finding"
	"appraise/internal/drift"
	"appraise/internal/gate"
	"appraise/internal/limits"
	"appraise/internal/report"
	"appraise/inventory"
	"appraise/policies"
	"appraise/scan"
)

// changesOnly stands in a report of changes: its items were compared, not judged.
const changesOnly = "what it may do with what it has: diff compares and asks no rules; \"appraise scan\" does"

type diffOptions struct {
	before, after string
	format        string
	output        string
	failOn        string
	noColor       bool
}

func newDiffCmd() *cobra.Command {
	var opts diffOptions
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Tell what changed from one version, folder or report to another",
		Long: `diff compares two inventories: files, folders, or reports saved by "appraise scan --format json -o FILE".
Which of these an argument is, is told by its content. Items are paired by platform, kind and id.
It reports what came and went, another signer, another version, new permissions and powers, and how else an item is
built; "appraise explain changes" lists what it tells and how severe each change is.

The exit code is about changes alone: 1 from --fail-on on, 3 where something was not read. Nothing in NEW is judged by
rules: "appraise scan NEW" does that.`,
		Example: `  appraise diff shop-1.2.apk shop-1.3.apk
  appraise diff --fail-on medium last-week.json apps/
  appraise diff --format json old/ new/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usagef("for example: appraise diff shop-1.2.apk shop-1.3.apk", "want two things to compare, got %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.before, opts.after = args[0], args[1]
			return runDiff(cmd.Context(), opts, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&opts.format, "format", "table", "output `FORMAT`: "+strings.Join(report.Formats(), ", "))
	flags.StringVarP(&opts.output, "output", "o", "", "write the report to `FILE` (readable by you alone)")
	flags.StringVar(&opts.failOn, "fail-on", "high", "exit 1 from a change of this `SEVERITY` on: "+strings.Join(gate.Thresholds(), ", "))
	flags.BoolVar(&opts.noColor, "no-color", false, "no colour, on a terminal too")
	return cmd
}

// runDiff reports and returns the gate's exit code as an error.
func runDiff(ctx context.Context, opts diffOptions, stdout, stderr io.Writer) error {
	failOn, err := gate.ParseThreshold(opts.failOn)
	if err != nil {
		return usagef("for example --fail-on medium", "--fail-on: %w", err)
	}
	if err := checkFormat(opts.format); err != nil {
		return err
	}
	policy, err := loadBrands(policies.DefaultPreset, "")
	if err != nil {
		return err
	}
	started, err := startTime()
	if err != nil {
		return err
	}
	var sides [2]*inventorySide
	for i, name := range []string{opts.before, opts.after} {
		if sides[i], err = readSide(ctx, name, fmt.Sprintf("s%d", i+1), stderr); err != nil {
			return err
		}
	}
	result := compared(sides[0], sides[1], policy, started)
	result.Gate = gate.Changes(result.Changes, result.Complete, failOn)
	show := tableOptions(report.ViewChanges, opts.noColor, opts.output, stdout)
	show.Can = map[inventory.CapabilityID]string{}
	for _, info := range policy.Capabilities() {
		show.Can[info.ID] = info.Meaning
	}
	return publish(result, opts.format, opts.output, show, stdout)
}

// inventorySide is one of the two things to compare.
type inventorySide struct {
	source   finding.Source
	items    []inventory.Item
	complete bool
}

// readSide reads a file, a folder or a saved report; id becomes that of its source.
func readSide(ctx context.Context, name, id string, stderr io.Writer) (*inventorySide, error) {
	saved, err := readSaved(name)
	switch {
	case err == nil:
		side := &inventorySide{finding.Source{ID: id, Kind: "file", Name: filepath.Base(name)}, saved.Items, saved.Complete}
		side.adopt(saved.Sources)
		return side, nil
	case !errors.Is(err, drift.ErrNoReport):
		return nil, usagef("make it anew: appraise scan --format json -o FILE PATH", "%q: %w", name, err)
	}
	progress, finish := progressOn(stderr)
	read, err := scan.Read(ctx, scan.Options{Paths: []string{name}, Version: programVersion(), Progress: progress})
	finish()
	if err != nil {
		return nil, readError(err)
	}
	side := &inventorySide{finding.Source{ID: id, Kind: "file", Name: name}, read.Items, read.Complete}
	if len(read.Sources) > 0 {
		side.source.Kind, side.source.Name = read.Sources[0].Kind, read.Sources[0].Name
	}
	side.adopt(read.Sources)
	return side, nil
}

// adopt makes one source of all, and its items those of that source.
func (s *inventorySide) adopt(sources []finding.Source) {
	for _, source := range sources {
		s.source.Problems = append(s.source.Problems, source.Problems...)
	}
	for i := range s.items {
		s.items[i].Source = s.source.ID
	}
}

// readSaved reads a saved report. The error is drift.ErrNoReport for everything else, a missing file included:
// whoever reads it next tells what is wrong with it.
func readSaved(name string) (*drift.Saved, error) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return nil, drift.ErrNoReport
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, drift.ErrNoReport
	}
	defer file.Close()
	head := make([]byte, 64)
	n, _ := io.ReadFull(file, head)
	if !drift.LooksSaved(head[:n]) {
		return nil, drift.ErrNoReport
	}
	return drift.ReadSaved(io.LimitReader(io.MultiReader(strings.NewReader(string(head[:n])), file), limits.ReportBytes+1))
}

// compared is the report of what changed: the newer side's items, judged without rules. What was not read of
// the older side's items stands with its source.
func compared(before, after *inventorySide, policy *policies.Policy, started time.Time) *finding.Report {
	r := startReport(started)
	for _, item := range before.items {
		for _, problem := range item.Problems {
			if problem.Matters {
				before.source.Problems = append(before.source.Problems, problem)
			}
		}
	}
	r.Sources = []finding.Source{before.source, after.source}
	r.Items = append([]inventory.Item{}, after.items...)
	r.Complete = before.complete && after.complete
	identify(r, policy)
	r.Changes = drift.Compare(
		drift.Side{Items: before.items, Assessments: policy.Identify(before.items)},
		drift.Side{Items: after.items, Assessments: r.Assessments},
	)
	r.Summary.NotChecked = append(r.Summary.NotChecked, changesOnly)
	return r
}
