package remedy

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/inventory"
)

const erasFolder = "../../android/dump/testdata"

var eras = []string{"sdk25", "sdk28", "sdk30", "sdk33", "sdk34", "sdk36", "samsung-sdk33"}

// era reads the outputs of one imaginary phone.
func era(t testing.TB, name string) *capture.Capture {
	t.Helper()
	c, err := capture.ReadFolder(os.DirFS(filepath.Join(erasFolder, name)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// with gives a capture with some outputs in place of its own; the text "-" takes one away.
func with(c *capture.Capture, texts map[string]string) *capture.Capture {
	changed := *c
	changed.Outputs = maps.Clone(c.Outputs)
	for name, text := range texts {
		if delete(changed.Outputs, name); text != "-" {
			changed.Outputs[name] = capture.Output{Text: []byte(text)}
		}
	}
	return &changed
}

// edited gives a capture in which old was replaced in one output; old must be there.
func edited(t testing.TB, c *capture.Capture, output, old, new string) *capture.Capture {
	t.Helper()
	text := string(c.Outputs[output].Text)
	if !strings.Contains(text, old) {
		t.Fatalf("%s holds no %q", output, old)
	}
	return with(c, map[string]string{output: strings.ReplaceAll(text, old, new)})
}

// plan plans for user 0 and fails the test on an error.
func plan(t testing.TB, c *capture.Capture, pkg string, capability inventory.CapabilityID) *Plan {
	t.Helper()
	p, err := For(FromCapture(c, 0), pkg, capability)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// text renders a plan for golden files and comparisons.
func text(p *Plan) string {
	var out strings.Builder
	for _, s := range p.Steps {
		out.WriteString("step: " + line(s.Kind, s.What, s.Gives) + "\n")
		for _, n := range s.Notes {
			out.WriteString("  note: " + n + "\n")
		}
		for _, c := range s.Do {
			out.WriteString("  do:   " + c.Text() + "\n")
		}
		for _, c := range s.Undo {
			out.WriteString("  undo: " + c.Text() + "\n")
		}
	}
	for _, t := range p.Told {
		out.WriteString("told: " + line(t.Kind, t.What, t.Gives) + "\n  why: " + t.Why + "\n")
		if t.Instead != "" {
			out.WriteString("  instead: " + t.Instead + "\n")
		}
	}
	for _, g := range p.Lacking {
		out.WriteString("lacking: " + g.Name + ": " + g.Why + "\n")
	}
	return out.String()
}

func line(kind Kind, what string, gives []inventory.CapabilityID) string {
	words := []string{}
	for _, g := range gives {
		words = append(words, string(g))
	}
	return string(kind) + " " + what + " [" + strings.Join(words, " ") + "]"
}

// kinds lists the kinds of a plan's steps.
func kinds(p *Plan) []Kind {
	var out []Kind
	for _, s := range p.Steps {
		out = append(out, s.Kind)
	}
	return out
}
