// Command phonebench times "appraise phone" on a phone with many apps, beside what one would do without it: pull the
// APKs with adb and ask apksigner for their certificates.
//
// Usage:
//
//	phonebench -work FOLDER [-runs N] [-packages N] [-appraise FILE] APK...
//
// The phone is internal/fakedevice with the APKs in turn under many names, linked and not copied where FOLDER is on their
// file system. The real adb client talks to it over loopback, so the time holds the work and not a cable's: of a real
// phone the bytes tell more. Its texts are shorter than a real phone's, too.
//
// The APKs given are also the sample that is pulled, one of each; its figures are printed as measured and scaled to all.
// No figures are printed unless every app's certificates from the phone are those of the whole file. Rounds and figures are
// those of bench/measure. The phone runs in a process of its own, which ends when this one does: in this one it would
// hide the peak memory of what is measured.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"appraise/bench/measure"
)

type options struct {
	phone    bool // this process is the phone
	work     string
	appraise string
	runs     int
	packages int
	apks     []string
}

func main() {
	opt, err := parse(os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err == nil && opt.phone:
		err = serve(opt, os.Stdin, os.Stdout)
	case err == nil:
		err = bench(opt, os.Stdout)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "phonebench: %v\n", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var opt options
	flags := flag.NewFlagSet("phonebench", flag.ContinueOnError)
	flags.BoolVar(&opt.phone, "phone", false, "be the phone (used by phonebench itself)")
	flags.StringVar(&opt.work, "work", "", "`folder` for the phone's files and the pulled APK")
	flags.StringVar(&opt.appraise, "appraise", "bin/appraise", "the `program` to measure")
	flags.IntVar(&opt.runs, "runs", 5, "measured `rounds`; one more comes first and isn't counted")
	flags.IntVar(&opt.packages, "packages", 300, "apps on the phone")
	if err := flags.Parse(args); err != nil {
		return opt, err
	}
	opt.apks = flags.Args()
	return opt, opt.complete()
}

// complete checks the options and makes the folder absolute.
func (opt *options) complete() (err error) {
	switch {
	case opt.work == "":
		return errors.New("-work is missing")
	case opt.runs < 1:
		return fmt.Errorf("-runs %d is less than one", opt.runs)
	case len(opt.apks) == 0 || opt.packages < len(opt.apks):
		return fmt.Errorf("%d APKs don't make %d packages", len(opt.apks), opt.packages)
	}
	opt.work, err = filepath.Abs(opt.work)
	return err
}

func bench(opt options, out io.Writer) error {
	sizes, err := sizesOf(opt.apks)
	if err != nil {
		return err
	}
	p, err := startPhone(opt)
	if err != nil {
		return err
	}
	defer p.end()
	programs := programs(opt, p)
	if err := measure.Run(programs, opt.runs); err != nil {
		return err
	}
	r := result{opt: opt, sizes: sizes, appraise: programs[0], pull: programs[1]}
	var text bytes.Buffer
	if err := write(&text, r); err != nil { // before check, whose memory would hide that of the measured programs
		return err
	}
	parts, err := check(opt, p)
	if err != nil {
		return err
	}
	fmt.Fprintf(&text, "of the bytes moved, parts of APKs are %.2f MB, %.3f %%; the certificates of every app were those of the whole file\n",
		float64(parts)/1e6, 100*float64(parts)/r.total())
	_, err = text.WriteTo(out)
	return err
}

// pull fetches APKs one after the other and prints who signed each.
const pull = `port=$1 serial=$2 target=$3
shift 3
for apk in "$@"; do
	adb -P "$port" -s "$serial" pull "$apk" "$target"
	apksigner verify --print-certs "$target"
done`

// programs are what is measured: appraise, and the other way on the sample.
func programs(opt options, p *phone) []*measure.Program {
	sample := p.hello.Paths[:len(opt.apks)]
	return []*measure.Program{
		{Name: "appraise phone", Command: p.command(opt), Meter: p.sent},
		{
			Name:    fmt.Sprintf("adb pull + apksigner x %d", len(sample)),
			Command: append([]string{"sh", "-ec", pull, "sh", fmt.Sprint(p.hello.Port), p.hello.Serial, filepath.Join(opt.work, "pulled.apk")}, sample...),
			Meter:   p.sent,
		},
	}
}

func sizesOf(files []string) ([]int64, error) {
	var sizes []int64
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, info.Size())
	}
	return sizes, nil
}

// run returns what a program prints, whatever its exit code, as long as it is JSON.
func run(into any, command ...string) error {
	out, runErr := exec.Command(command[0], command[1:]...).Output()
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("%s %s: %w", command[0], command[1], errors.Join(runErr, err))
	}
	return nil
}
