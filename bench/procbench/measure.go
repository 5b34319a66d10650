package main

import (
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// program is one of those compared and what was measured of it, in the order of the runs.
type program struct {
	name    string
	command []string
	samples []sample
}

// sample is one run of one process.
type sample struct {
	wall, cpu time.Duration
	rss       int64 // peak resident memory in bytes; 0 where the system doesn't tell
	exit      int
}

// measure runs the programs in turn, in every second round the other way round.
func measure(programs []*program, runs int) error {
	for i := range runs + 1 {
		for _, p := range programs {
			s, err := p.once()
			if err != nil {
				return err
			}
			if i > 0 { // the first round only warms the caches
				p.samples = append(p.samples, s)
			}
		}
		programs = slices.Clone(programs)
		slices.Reverse(programs)
	}
	return nil
}

func (p *program) once() (sample, error) {
	cmd := exec.Command(p.command[0], p.command[1:]...)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, fmt.Errorf("starting %s: %w", p.name, err)
	}
	waitErr := cmd.Wait()
	wall := time.Since(start)
	state := cmd.ProcessState
	if state == nil || state.ExitCode() < 0 {
		return sample{}, fmt.Errorf("running %s: %w", p.name, waitErr)
	}
	return sample{wall: wall, cpu: state.UserTime() + state.SystemTime(), rss: peakMemory(state), exit: state.ExitCode()}, nil
}

// exits lists the exit codes met, sorted and each once.
func (p *program) exits() []int {
	var codes []int
	for _, s := range p.samples {
		codes = append(codes, s.exit)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// figures takes one figure of every sample.
func (p *program) figures(of func(sample) float64) []float64 {
	var out []float64
	for _, s := range p.samples {
		out = append(out, of(s))
	}
	return out
}

// median is the middle of the values, or the mean of the two in the middle. There must be one at least.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// ratio is the median of a[i]/b[i], and false when some b[i] is zero.
func ratio(a, b []float64) (float64, bool) {
	var ratios []float64
	for i := range a {
		if b[i] == 0 {
			return 0, false
		}
		ratios = append(ratios, a[i]/b[i])
	}
	return median(ratios), true
}
