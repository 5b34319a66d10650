package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/internal/fakedevice"
	"appraise/internal/gate"
	"appraise/internal/report"
	"appraise/internal/textsafe"
	"appraise/scan"
)

var updatePhones = flag.Bool("update-phones", false, "write testdata/phones/*.txt anew")

// phoneBundles are the bundles whose tables are held: the imaginary phones of package dump and the invented ones.
func phoneBundles() map[string]string {
	out := map[string]string{"healthy": "testdata/phones/healthy.zip", "bad": "testdata/phones/bad.zip"}
	for _, era := range []string{"sdk25", "sdk28", "sdk30", "sdk33", "sdk34", "sdk36", "samsung-sdk33"} {
		out[era] = filepath.Join(phoneEras, era)
	}
	return out
}

func scanPhone(t *testing.T, path string) *finding.Report {
	t.Helper()
	policy, err := loadPolicy("default", "")
	if err != nil {
		t.Fatal(err)
	}
	failOn, err := gate.ParseThreshold("high")
	if err != nil {
		t.Fatal(err)
	}
	r, err := scan.Run(t.Context(), scan.Options{Paths: []string{path}, Policy: policy, FailOn: failOn, Version: "test", Started: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC), Pinned: policy.Pinned})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func tableOf(t *testing.T, r *finding.Report, width int) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.Write(&out, "table", r, report.Options{Width: width}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// firstScreen is what stands above the full answer.
func firstScreen(t *testing.T, table string) string {
	t.Helper()
	_, _, full := strings.Cut(table, " items")
	i := strings.Index(table, "When you are done: ")
	if i < 0 || !full {
		t.Fatalf("no end of the first screen in\n%s", table)
	}
	return table[:i+strings.IndexByte(table[i:], '\n')+1]
}

// What a person sees of each phone stands in testdata/phones, at two widths. Read a change of it before it lands.
func TestPhoneTables(t *testing.T) {
	for name, path := range phoneBundles() {
		r := scanPhone(t, path)
		r.Sources[0].Name = name
		for _, width := range []int{80, 120} {
			t.Run(fmt.Sprint(name, "-", width), func(t *testing.T) {
				got := tableOf(t, r, width)
				for line := range strings.Lines(got) {
					if n := textsafe.Width(strings.TrimSuffix(line, "\n")); n > width {
						t.Errorf("a line of %d cells: %q", n, line)
					}
				}
				if n := strings.Count(firstScreen(t, got), "\n"); n > 24 {
					t.Errorf("the first screen has %d lines", n)
				}
				compareGolden(t, filepath.Join("testdata", "phones", fmt.Sprintf("%s-%d.txt", name, width)), got)
			})
		}
	}
	compareGolden(t, filepath.Join("testdata", "phones", "first-screen.txt"), firstScreen(t, tableOf(t, scanPhone(t, phoneBundles()["bad"]), 80)))
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	if *updatePhones {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: (-want +got)\n%s", file, diff)
	}
}

// A healthy phone is quiet; of a bad one the three problems come first.
func TestHealthyAndBadPhone(t *testing.T) {
	for name, want := range map[string]struct{ critical, attention int }{"healthy": {0, 0}, "bad": {2, 4}} {
		s := scanPhone(t, phoneBundles()[name]).Summary
		if critical := s.Findings.Critical; (critical > 0) != (want.critical > 0) || s.Act+s.Check+s.Incomplete != want.attention {
			t.Errorf("%s: got %d critical findings and %d items to look at, want %+v", name, critical, s.Act+s.Check+s.Incomplete, want)
		}
	}
	screen := firstScreen(t, tableOf(t, scanPhone(t, phoneBundles()["bad"]), 80))
	for _, want := range []string{"AliExpress (lookalike): ", "Coupons & Deals: ", "Battery Saver: ", "3 of 4"} {
		if !strings.Contains(screen, want) {
			t.Errorf("got no %q in\n%s", want, screen)
		}
	}
}

// A phone that is read through real adb gives what its bundle gives. Its apps have no files there, which makes the
// answer incomplete for the one whose signer is pinned, and for no other.
func TestHealthyPhoneLive(t *testing.T) {
	p := healthyPhone()
	texts := p.texts()
	d := fakedevice.Start(t, fakedevice.Options{SDK: 34, Texts: texts})
	r, got := jsonOf(t, "phone", "--adb", d.Address())
	if got.code != 3 || r.Summary.Act+r.Summary.Check != 0 || r.Summary.Incomplete != 1 {
		t.Errorf("got exit %d, %+v\n%s", got.code, r.Summary, got.stderr)
	}
	if apps := r.Items[len(r.Items)-1]; apps.Detail.Phone == nil || apps.Detail.Phone.Packages != len(p.apps)+p.system {
		t.Errorf("got %+v, want %d packages", apps.Detail.Phone, len(p.apps)+p.system)
	}
	checkPrivate(t, d, got.stdout)
}
