package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"appraise/android/capture"
	"appraise/finding"
	"appraise/inventory"
)

// check runs appraise once, uncounted, and returns how many bytes of the APKs it read.
func check(opt options, p *phone) (int64, error) {
	bundle := filepath.Join(opt.work, "phone.zip")
	var report finding.Report
	if err := run(&report, append(p.command(opt), "--save", bundle, "--force")...); err != nil {
		return 0, err
	}
	if err := checkSigners(opt, p.hello.Names, report.Items); err != nil {
		return 0, err
	}
	return partBytes(bundle)
}

// partBytes is the size of the parts of APKs that a bundle holds.
func partBytes(bundle string) (int64, error) {
	f, err := os.Open(bundle)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	c, err := capture.Read(f, info.Size())
	if err != nil {
		return 0, err
	}
	var n int64
	for _, a := range c.APKs {
		for _, part := range a.Parts {
			n += int64(len(part.Data))
		}
	}
	return n, nil
}

// checkSigners says where appraise names other signers for an app on the phone than for the whole file: a program that
// doesn't do what is right is fast for the wrong reason.
func checkSigners(opt options, names []string, items []inventory.Item) error {
	var whole finding.Report
	if err := run(&whole, append([]string{opt.appraise, "scan", "--format", "json"}, distinct(opt.apks)...)...); err != nil {
		return err
	}
	got, want := map[string][]string{}, map[string][]string{}
	for _, it := range items {
		got[it.ID] = signers(it)
	}
	for _, it := range whole.Items {
		if it.Signature.State == inventory.Verified {
			want[it.Location] = signers(it)
		}
	}
	for i, name := range names {
		apk := opt.apks[i%len(opt.apks)]
		if len(want[apk]) == 0 || !slices.Equal(got[name], want[apk]) {
			return fmt.Errorf("%s: signers of the app on the phone %q, of its APK %s %q", name, got[name], apk, want[apk])
		}
	}
	return nil
}

func signers(it inventory.Item) []string {
	var out []string
	for _, s := range it.Signature.Signers {
		out = append(out, s.SHA256)
	}
	return out
}

func distinct(apks []string) []string { return slices.Compact(slices.Sorted(slices.Values(apks))) }
