package scan

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"appraise/finding"
	"appraise/internal/gate"
	"appraise/inventory"
	"appraise/policies"
)

// Options say what to scan and how to judge it.
type Options struct {
	Paths    []string
	Policy   *policies.Policy
	Expect   policies.Expect
	FailOn   gate.Threshold
	Personal bool // show user names and home folders
	Version  string
	Started  time.Time
	// Progress is called after each artifact, from one goroutine at a time; it may be nil.
	Progress func(done, total int)
	// ParseTime bounds the reading of one artifact; zero means limits.ParseTime. Long files get more (limits.ReadRate).
	ParseTime time.Duration
	// MinSDK and MaxSDK narrow the Android versions that a signature is judged for, in API levels: 0 = the
	// app's own lowest, and no upper end.
	MinSDK, MaxSDK int
	// Phones are read beside the paths.
	Phones []Phone
	// Users and AllApps say what is told of phones: users beside the first, and all system apps. Pinned reports
	// whether a signer is pinned, which makes an unread label harmless; nil: none is.
	Users   []int
	AllApps bool
	Pinned  func(sha256 string) bool
	// NoDigest leaves out the digest of each whole file.
	NoDigest bool
	// OneReader leaves out the second reading of Android manifests, which looks for tricks.
	OneReader bool
}

// Run reads every artifact at the paths and judges it. The error is the user's (a path that doesn't
// exist) or the context's; whatever is wrong with an artifact is in the report.
func Run(ctx context.Context, opt Options) (*finding.Report, error) {
	report, err := Read(ctx, opt)
	if err != nil {
		return nil, err
	}
	Judge(report, opt)
	return report, nil
}

// Read is Run without the judgement: the report holds the sources, the items and whether all was read, and
// neither assessments nor a gate. Policy, Expect and FailOn are not used.
func Read(ctx context.Context, opt Options) (*finding.Report, error) {
	var inputs []*input
	defer func() {
		for _, in := range inputs {
			if in.tree != nil {
				in.tree.Close()
			}
		}
	}()
	var all []candidate
	for i, name := range opt.Paths {
		in, err := discover(i, name)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
		all = append(all, in.candidates...)
	}
	results, err := readAll(ctx, all, opt)
	if err != nil {
		return nil, err
	}
	for _, p := range opt.Phones {
		in := &input{Source: finding.Source{ID: fmt.Sprintf("s%d", len(inputs)+1), Name: p.Name}}
		all = append(all, candidate{source: len(inputs), where: p.Name, path: p.Name})
		results = append(results, opt.items(p.Capture))
		inputs = append(inputs, in)
	}
	join(ctx, all, results, opt)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	report := &finding.Report{
		Schema: finding.Schema, Tool: finding.Tool{Name: "appraise", Version: opt.Version},
		Started: opt.Started.UTC().Format(time.RFC3339), Personal: opt.Personal,
	}
	collect(report, inputs, all, results)
	if !opt.Personal {
		redact(report)
	}
	report.Complete = complete(report)
	return report, nil
}

// readAll reads the candidates over a bounded number of workers; the result is in the candidates' order.
func readAll(ctx context.Context, all []candidate, opt Options) ([]result, error) {
	results := make([]result, len(all))
	jobs := make(chan int)
	var done int
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), max(len(all), 1)) {
		workers.Go(func() {
			on := new(runner)
			defer on.end()
			for i := range jobs {
				results[i] = read(ctx, on, all[i], opt)
				mu.Lock()
				if done++; opt.Progress != nil {
					opt.Progress(done, len(all))
				}
				mu.Unlock()
			}
		})
	}
	var err error
feed:
	for i := range all {
		select {
		case jobs <- i:
		case <-ctx.Done():
			err = ctx.Err()
			break feed
		}
	}
	close(jobs)
	workers.Wait()
	return results, err
}

// collect moves the items into the report, with their keys. An item without platform is a file that
// claimed nothing: its problem is the input's.
func collect(report *finding.Report, inputs []*input, all []candidate, results []result) {
	keys := map[string]int{}
	report.Items = []inventory.Item{}
	for i, c := range all {
		source := &inputs[c.source].Source
		if p := results[i].phone; p != nil {
			source = inputs[c.source].asSource(p, c.path, i)
		}
		for _, item := range results[i].items {
			if item.Platform == "" {
				inputs[c.source].Problems = append(inputs[c.source].Problems, item.Problems...)
				continue
			}
			item.Source, item.Count = source.ID, 1
			if results[i].phone == nil {
				item.Location = c.path
				item.SetKey(c.where)
			}
			if keys[item.Key]++; keys[item.Key] > 1 {
				item.Key = fmt.Sprintf("%s (%d)", item.Key, keys[item.Key])
			}
			report.Items = append(report.Items, *item)
		}
	}
	slices.SortStableFunc(report.Items, func(a, b inventory.Item) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Key, b.Key))
	})
	for _, in := range inputs {
		report.Sources = append(append(report.Sources, in.Source), in.further...)
	}
	if len(report.Items) == 0 && len(report.Sources) > 0 && complete(report) {
		last := &report.Sources[len(report.Sources)-1]
		last.Problems = append(last.Problems, inventory.Problem{File: last.Name, Message: "no app or extension found here", Matters: true})
	}
}

// Judge fills everything above the facts, which Read has gathered with the same options.
func Judge(report *finding.Report, opt Options) {
	report.Policy = opt.Policy.Info()
	report.Assessments = opt.Policy.Assess(report.Items, opt.Expect)
	report.Matrix = opt.Policy.Matrix(report.Items)
	report.Gate = gate.Judge(report.Assessments, report.Complete, opt.FailOn)
	report.Summary = finding.Summarise(report.Assessments)
	report.Summary.NotChecked = withSources(report)
}

// complete reports whether nothing was left unread that could change a verdict.
func complete(report *finding.Report) bool {
	matters := func(p inventory.Problem) bool { return p.Matters }
	for _, s := range report.Sources {
		if slices.ContainsFunc(s.Problems, matters) {
			return false
		}
	}
	for _, item := range report.Items {
		if slices.ContainsFunc(item.Problems, matters) {
			return false
		}
	}
	return true
}

// withSources adds what whole sources can't tell to what was not checked.
func withSources(report *finding.Report) []string {
	out := report.Summary.NotChecked
	for _, s := range report.Sources {
		out = append(out, s.NotChecked...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
