package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, names string
		args, want  []string // want: row names
	}{
		{"one program", "", []string{"/bin/a", "x"}, []string{"a"}},
		{"two programs", "", []string{"a", "x", "--", "b"}, []string{"a", "b"}},
		{"named", "one,two", []string{"a", "--", "b"}, []string{"one", "two"}},
		{"too few names", "one", []string{"a", "--", "b"}, nil},
		{"none", "", nil, nil},
		{"second missing", "", []string{"a", "--"}, nil},
		{"three programs", "", []string{"a", "--", "b", "x", "--", "c"}, []string{"a", "b", "c"}},
		{"middle missing", "", []string{"a", "--", "--", "c"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			programs, err := split(tt.args, tt.names)
			var got []string
			for _, p := range programs {
				got = append(got, p.name)
			}
			if strings.Join(got, " ") != strings.Join(tt.want, " ") || (err == nil) != (tt.want != nil) {
				t.Errorf("got %q, error %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestMedianAndRatio(t *testing.T) {
	if got, want := median([]float64{9, 1, 4}), 4.0; got != want {
		t.Errorf("odd: got %v, want %v", got, want)
	}
	if got, want := median([]float64{9, 1, 4, 2}), 3.0; got != want {
		t.Errorf("even: got %v, want %v", got, want)
	}
	// The median of the ratios, not the ratio of the medians (20/2 = 10).
	if got, ok := ratio([]float64{10, 20, 90}, []float64{2, 10, 1}); got != 5 || !ok {
		t.Errorf("ratio: got %v, %v, want 5, true", got, ok)
	}
	if _, ok := ratio([]float64{1}, []float64{0}); ok {
		t.Error("ratio by zero: got a figure, want none")
	}
}

// The test program itself stands for a measured program, so that no other is needed.
func TestMeasure(t *testing.T) {
	if os.Getenv("PROCBENCH_EXIT") != "" {
		time.Sleep(20 * time.Millisecond)
		os.Exit(3)
	}
	t.Setenv("PROCBENCH_EXIT", "3")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := []string{self, "-test.run=^TestMeasure$"}
	var programs []*program
	for _, name := range []string{"a", "b", "c"} {
		programs = append(programs, &program{name: name, command: command})
	}
	if err := measure(programs, 3); err != nil {
		t.Fatal(err)
	}
	for _, p := range programs {
		if got, want := len(p.samples), 3; got != want {
			t.Errorf("%s: got %d samples, want %d", p.name, got, want)
		}
		if got, want := codes(p.exits()), "3"; got != want {
			t.Errorf("%s: got exit codes %q, want %q", p.name, got, want)
		}
		for _, s := range p.samples {
			if s.wall < 20*time.Millisecond {
				t.Errorf("%s: got %v wall time, want 20ms and more", p.name, s.wall)
			}
		}
	}
	var out bytes.Buffer
	if err := write(&out, "title", programs); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if !strings.HasPrefix(got, "title\n") || !strings.Contains(got, "a / b") || !strings.Contains(got, "a / c") {
		t.Errorf("got table\n%s\nwant a title and two rows of ratios", got)
	}
}

func TestMeasureRefuses(t *testing.T) {
	if err := measure([]*program{{name: "none", command: []string{"/does/not/exist"}}}, 1); err == nil {
		t.Error("a program that can't be started: got no error")
	}
}
