package main

import (
	"strconv"

	"github.com/spf13/pflag"
)

// highestLevel bounds an API level on the command line: far above any that exists, far below what overflows.
const highestLevel = 10_000

// levelFlags are --min-sdk and --max-sdk as they were given.
type levelFlags struct{ lowest, highest string }

func (l *levelFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&l.lowest, "min-sdk", "", "judge signatures from this Android API `LEVEL` on (default: the app's own lowest)")
	flags.StringVar(&l.highest, "max-sdk", "", "judge signatures up to this Android API `LEVEL` (default: no end)")
}

// read returns both levels, 0 for one that was not given.
func (l *levelFlags) read() (lowest, highest int, err error) {
	if lowest, err = readLevel("--min-sdk", l.lowest); err != nil {
		return 0, 0, err
	}
	if highest, err = readLevel("--max-sdk", l.highest); err != nil {
		return 0, 0, err
	}
	if highest != 0 && lowest > highest {
		return 0, 0, usagef("the lowest comes first, for example --min-sdk 24 --max-sdk 34", "--min-sdk %d is above --max-sdk %d", lowest, highest)
	}
	return lowest, highest, nil
}

func readLevel(flag, text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > highestLevel {
		return 0, usagef("for example "+flag+" 24, which is Android 7.0", "%s: %q is no Android API level", flag, text)
	}
	return n, nil
}
