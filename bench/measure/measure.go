// Package measure times programs side by side, as whole processes: wall time, processor time and peak memory, over
// rounds in which each runs once after the other, so that a busy machine slows all alike.
//
// A process started by another counts with its parent's time once the parent has waited for it; for memory the
// greatest process counts. Peak memory is known on Unix only, and Linux never tells less than the measuring process's
// own peak: such a figure is printed with a "<=".
package measure

import (
	"fmt"
	"os/exec"
	"slices"
	"time"
)

// Program is one of those compared and what was measured of it.
type Program struct {
	Name    string   // of its row
	Command []string // program and arguments; what it prints is thrown away
	Samples []Sample // in the order of the runs
	// Meter is a counter that is read before and after every run, outside the measured time; nil = there is none.
	Meter func() (int64, error)
}

// Sample is one run of one process.
type Sample struct {
	Wall, CPU time.Duration
	Peak      int64 // resident memory in bytes; 0 where the system doesn't tell
	Exit      int
	Metered   int64 // by how much Meter counted on
}

// Run runs the programs in turn, in every second round the other way round. One more round comes first and isn't
// counted. An exit code other than 0 is no error, because it can be the right answer; a program that can't be started
// or dies of a signal is one, and so is what a meter returns.
func Run(programs []*Program, runs int) error {
	for i := range runs + 1 {
		for _, p := range programs {
			if err := p.round(i > 0); err != nil { // the first round only warms the caches
				return err
			}
		}
		programs = slices.Clone(programs)
		slices.Reverse(programs)
	}
	return nil
}

func (p *Program) round(counts bool) error {
	before, err := p.meter()
	if err != nil {
		return err
	}
	s, err := p.once()
	if err != nil {
		return err
	}
	after, err := p.meter()
	if err != nil {
		return err
	}
	s.Metered = after - before
	if counts {
		p.Samples = append(p.Samples, s)
	}
	return nil
}

func (p *Program) meter() (int64, error) {
	if p.Meter == nil {
		return 0, nil
	}
	return p.Meter()
}

func (p *Program) once() (Sample, error) {
	cmd := exec.Command(p.Command[0], p.Command[1:]...)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return Sample{}, fmt.Errorf("starting %s: %w", p.Name, err)
	}
	waitErr := cmd.Wait()
	wall := time.Since(start)
	state := cmd.ProcessState
	if state == nil || state.ExitCode() < 0 {
		return Sample{}, fmt.Errorf("running %s: %w", p.Name, waitErr)
	}
	return Sample{Wall: wall, CPU: state.UserTime() + state.SystemTime(), Peak: peakMemory(state), Exit: state.ExitCode()}, nil
}

// Exits lists the exit codes met, sorted and each once.
func (p *Program) Exits() []int {
	var codes []int
	for _, s := range p.Samples {
		codes = append(codes, s.Exit)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Figures takes one figure of every sample.
func (p *Program) Figures(of func(Sample) float64) []float64 {
	var out []float64
	for _, s := range p.Samples {
		out = append(out, of(s))
	}
	return out
}

// Median is the middle of the values, or the mean of the two in the middle. There must be one at least.
func Median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Ratio is the median of a[i]/b[i], and false when some b[i] is zero.
func Ratio(a, b []float64) (float64, bool) {
	var ratios []float64
	for i := range a {
		if b[i] == 0 {
			return 0, false
		}
		ratios = append(ratios, a[i]/b[i])
	}
	return Median(ratios), true
}
