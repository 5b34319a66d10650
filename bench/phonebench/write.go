package main

import (
	"fmt"
	"io"
	"slices"

	"appraise/bench/measure"
)

// The goals.
const (
	goalSeconds = 5.0
	goalPercent = 2.0 // of the APKs' bytes
)

type result struct {
	opt            options
	sizes          []int64 // of the APKs of the sample
	appraise, pull *measure.Program
}

func write(out io.Writer, r result) error {
	title := fmt.Sprintf("A phone with %d apps, %.2f GB of APKs (%d files in turn, %.1f to %.1f MB), %d rounds, over loopback",
		r.opt.packages, r.total()/1e9, len(distinct(r.opt.apks)), float64(slices.Min(r.sizes))/1e6, float64(slices.Max(r.sizes))/1e6, r.opt.runs)
	if err := measure.Write(out, title, []*measure.Program{r.appraise, r.pull}); err != nil {
		return err
	}
	wall := median(r.appraise, wallSeconds)
	scale := float64(r.opt.packages) / float64(len(r.sizes))
	pulled := scale * median(r.pull, wallSeconds)
	lines := []string{
		fmt.Sprintf("goal: wall under %.0f s: %.2f s, %s", goalSeconds, wall, verdict(wall < goalSeconds)),
		r.share(),
		fmt.Sprintf("adb pull + apksigner got %d of the %d apps only (%.1f MB moved); all, that is x %.4g: wall %.0f s, CPU %.0f s, %.2f GB moved; appraise's wall is x %.3f of that",
			len(r.sizes), r.opt.packages, median(r.pull, movedBytes)/1e6, scale, pulled, scale*median(r.pull, cpuSeconds), scale*median(r.pull, movedBytes)/1e9, wall/pulled),
		"CPU is the program's with its adb clients, without the adb server and the phone; peak memory is that of the greatest process",
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// share tells what was moved of the APKs' bytes. The goal is held against all that came over, the texts included.
func (r result) share() string {
	moved := median(r.appraise, movedBytes)
	percent := 100 * moved / r.total()
	return fmt.Sprintf("goal: at most %.0f %% of the APKs' bytes moved: %.2f MB, %.3f %%, %s", goalPercent, moved/1e6, percent, verdict(percent <= goalPercent))
}

func verdict(met bool) string {
	if met {
		return "met"
	}
	return "missed"
}

func median(p *measure.Program, of func(measure.Sample) float64) float64 {
	return measure.Median(p.Figures(of))
}

func wallSeconds(s measure.Sample) float64 { return s.Wall.Seconds() }
func cpuSeconds(s measure.Sample) float64  { return s.CPU.Seconds() }
func movedBytes(s measure.Sample) float64  { return float64(s.Metered) }

// total is the size of all apps' APKs in bytes.
func (r result) total() float64 {
	var n int64
	for i := range r.opt.packages {
		n += r.sizes[i%len(r.sizes)]
	}
	return float64(n)
}
