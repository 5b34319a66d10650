package measure

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestMedianAndRatio(t *testing.T) {
	if got, want := Median([]float64{9, 1, 4}), 4.0; got != want {
		t.Errorf("odd: got %v, want %v", got, want)
	}
	if got, want := Median([]float64{9, 1, 4, 2}), 3.0; got != want {
		t.Errorf("even: got %v, want %v", got, want)
	}
	// The median of the ratios, not the ratio of the medians (20/2 = 10).
	if got, ok := Ratio([]float64{10, 20, 90}, []float64{2, 10, 1}); got != 5 || !ok {
		t.Errorf("ratio: got %v, %v, want 5, true", got, ok)
	}
	if _, ok := Ratio([]float64{1}, []float64{0}); ok {
		t.Error("ratio by zero: got a figure, want none")
	}
}

// The test program itself stands for a measured program, so that no other is needed.
func TestMeasure(t *testing.T) {
	if os.Getenv("MEASURE_EXIT") != "" {
		time.Sleep(20 * time.Millisecond)
		os.Exit(3)
	}
	t.Setenv("MEASURE_EXIT", "3")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := []string{self, "-test.run=^TestMeasure$"}
	var programs []*Program
	for _, name := range []string{"a", "b", "c"} {
		programs = append(programs, &Program{Name: name, Command: command})
	}
	if err := Run(programs, 3); err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if got, want := len(p.Samples), 3; got != want {
			t.Errorf("%s: got %d samples, want %d", p.Name, got, want)
		}
		if got, want := codes(p.Exits()), "3"; got != want {
			t.Errorf("%s: got exit codes %q, want %q", p.Name, got, want)
		}
		for _, s := range p.Samples {
			if s.Wall < 20*time.Millisecond {
				t.Errorf("%s: got %v wall time, want 20ms and more", p.Name, s.Wall)
			}
		}
	}
	var out bytes.Buffer
	if err := Compare(&out, "title", programs); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if !strings.HasPrefix(got, "title\n") || !strings.Contains(got, "a / b") || !strings.Contains(got, "a / c") {
		t.Errorf("got table\n%s\nwant a title and two rows of ratios", got)
	}
}

func TestMeasureRefuses(t *testing.T) {
	if err := Run([]*Program{{Name: "none", Command: []string{"/does/not/exist"}}}, 1); err == nil {
		t.Error("a program that can't be started: got no error")
	}
}

func TestMeter(t *testing.T) {
	t.Setenv("MEASURE_EXIT", "0")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	count := int64(40)
	p := &Program{Name: "a", Command: []string{self, "-test.run=^TestMeasure$"}, Meter: func() (int64, error) { count += 2; return count, nil }}
	if err := Run([]*Program{p}, 2); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Samples {
		if got, want := s.Metered, int64(2); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
	p.Meter = func() (int64, error) { return 0, errors.New("broken") }
	if err := Run([]*Program{p}, 1); err == nil {
		t.Error("a broken meter: got no error")
	}
}
