package measure

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

const megabyte = 1e6

// WallMillis is the wall time in milliseconds.
func WallMillis(s Sample) float64 { return float64(s.Wall.Microseconds()) / 1e3 }

// CPUMillis is the processor time in milliseconds.
func CPUMillis(s Sample) float64 { return float64(s.CPU.Microseconds()) / 1e3 }

// PeakMegabytes is the peak memory in millions of bytes.
func PeakMegabytes(s Sample) float64 { return float64(s.Peak) / megabyte }

// Write prints the title, a row a program with the median, least and greatest figures and the exit codes met.
func Write(out io.Writer, title string, programs []*Program) error {
	return write(out, title, programs, false)
}

// Compare prints the same and a row of ratios for each program after the first: the median over the rounds of the
// first program's figure by its own.
func Compare(out io.Writer, title string, programs []*Program) error {
	return write(out, title, programs, true)
}

func write(out io.Writer, title string, programs []*Program, ratios bool) error {
	if title != "" {
		fmt.Fprintln(out, title)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\twall ms\tmin\tmax\tCPU ms\tmin\tmax\tpeak MB\tmin\tmax\texit\t")
	floor := float64(ownPeakMemory()) / megabyte
	for _, p := range programs {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t\n", p.Name,
			spread(p.Figures(WallMillis), 0), spread(p.Figures(CPUMillis), 0), spread(p.Figures(PeakMegabytes), floor), codes(p.Exits()))
	}
	if ratios {
		compare(table, programs, floor)
	}
	return table.Flush()
}

func compare(table io.Writer, programs []*Program, floor float64) {
	a := programs[0]
	for _, b := range programs[1:] {
		fmt.Fprintf(table, "%s / %s\t%s\t\t\t%s\t\t\t%s\t\t\t\t\n", a.Name, b.Name,
			share(a, b, WallMillis, 0), share(a, b, CPUMillis, 0), share(a, b, PeakMegabytes, floor))
	}
}

// spread prints median, least and greatest. A value not above the floor is known as an upper bound only.
func spread(values []float64, floor float64) string {
	var cells []string
	for _, v := range []float64{Median(values), slices.Min(values), slices.Max(values)} {
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
func share(a, b *Program, of func(Sample) float64, floor float64) string {
	left, right := a.Figures(of), b.Figures(of)
	if min(Median(left), Median(right)) <= floor {
		return "-"
	}
	if r, ok := Ratio(left, right); ok {
		return fmt.Sprintf("x %.2f", r)
	}
	return "-"
}

func codes(exits []int) string {
	return strings.Trim(fmt.Sprint(exits), "[]")
}
