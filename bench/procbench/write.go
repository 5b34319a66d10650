package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

const megabyte = 1e6

func wallMillis(s sample) float64    { return float64(s.wall.Microseconds()) / 1e3 }
func cpuMillis(s sample) float64     { return float64(s.cpu.Microseconds()) / 1e3 }
func peakMegabytes(s sample) float64 { return float64(s.rss) / megabyte }

// write prints the title, a row a program and a row of ratios for each program after the first.
func write(out io.Writer, title string, programs []*program) error {
	if title != "" {
		fmt.Fprintln(out, title)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\twall ms\tmin\tmax\tCPU ms\tmin\tmax\tpeak MB\tmin\tmax\texit\t")
	floor := float64(ownPeakMemory()) / megabyte
	for _, p := range programs {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t\n", p.name,
			spread(p.figures(wallMillis), 0), spread(p.figures(cpuMillis), 0), spread(p.figures(peakMegabytes), floor), codes(p.exits()))
	}
	for _, b := range programs[1:] {
		a := programs[0]
		fmt.Fprintf(table, "%s / %s\t%s\t\t\t%s\t\t\t%s\t\t\t\t\n", a.name, b.name,
			share(a, b, wallMillis, 0), share(a, b, cpuMillis, 0), share(a, b, peakMegabytes, floor))
	}
	return table.Flush()
}

// spread prints median, least and greatest. A value not above the floor is known as an upper bound only.
func spread(values []float64, floor float64) string {
	var cells []string
	for _, v := range []float64{median(values), slices.Min(values), slices.Max(values)} {
		switch {
		case v == 0:
			cells = append(cells, "-")
		case v <= floor:
			cells = append(cells, fmt.Sprintf("<=%.1f", v))
		default:
			cells = append(cells, fmt.Sprintf("%.1f", v))
		}
	}
	return strings.Join(cells, "\t")
}

// share prints the ratio of two programs, and "-" where one of the figures isn't known.
func share(a, b *program, of func(sample) float64, floor float64) string {
	left, right := a.figures(of), b.figures(of)
	if min(median(left), median(right)) <= floor {
		return "-"
	}
	if r, ok := ratio(left, right); ok {
		return fmt.Sprintf("x %.2f", r)
	}
	return "-"
}

func codes(exits []int) string {
	return strings.Trim(fmt.Sprint(exits), "[]")
}
