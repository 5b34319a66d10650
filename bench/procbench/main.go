// Command procbench times programs side by side, as whole processes: wall time, processor time and peak
// memory, over rounds in which each runs once after the other, so that a busy machine slows all alike.
//
// Usage:
//
//	procbench [-runs N] [-title TEXT] [-names A,B...] PROGRAM [ARGUMENT...] [-- PROGRAM [ARGUMENT...]]...
//
// It prints one row a program with the median, least and greatest figures, the exit codes met, and a row
// of ratios for each program after the first: the median over the rounds of the first program's figure by its own. What
// the programs print is thrown away, and an exit code other than 0 stops nothing, because it can be the right answer. A program
// that can't be started or dies of a signal ends the measurement with exit code 1.
//
// A process started by another counts with its parent's time once the parent has waited for it; for memory the
// greatest process counts. Peak memory is known on Unix only, and Linux never tells less than procbench's own
// peak: such a figure is printed with a "<=".
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"appraise/bench/measure"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "procbench: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("procbench", flag.ContinueOnError)
	runs := flags.Int("runs", 11, "measured `rounds`; one more comes first and isn't counted")
	title := flags.String("title", "", "line printed above the table")
	names := flags.String("names", "", "names of the rows, separated by a comma (default: the programs)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	programs, err := split(flags.Args(), *names)
	if err != nil {
		return err
	}
	if *runs < 1 {
		return fmt.Errorf("-runs %d is less than one", *runs)
	}
	if err := measure.Run(programs, *runs); err != nil {
		return err
	}
	return measure.Compare(out, *title, programs)
}

// split cuts the arguments into programs at each "--".
func split(args []string, names string) ([]*measure.Program, error) {
	var programs []*measure.Program
	for rest, more := args, true; more; {
		command := rest
		if at := slices.Index(rest, "--"); at >= 0 {
			command, rest = rest[:at], rest[at+1:]
		} else {
			more = false
		}
		if len(command) == 0 {
			return nil, errors.New("a program is missing: write PROGRAM and its arguments, with -- between programs")
		}
		programs = append(programs, &measure.Program{Name: filepath.Base(command[0]), Command: command})
	}
	if names == "" {
		return programs, nil
	}
	given := strings.Split(names, ",")
	if len(given) != len(programs) {
		return nil, fmt.Errorf("-names %q gives %d names for %d programs", names, len(given), len(programs))
	}
	for i, name := range given {
		programs[i].Name = name
	}
	return programs, nil
}
