// Package gate turns findings into a verdict on the run and its exit code.
package gate

import (
	"fmt"
	"slices"
	"strings"

	"appraise/finding"
)

// Exit codes of a run. 2 (usage, policy) and 4 (device, internal) never come from a report.
const (
	ExitPass       = 0
	ExitFailed     = 1
	ExitIncomplete = 3
)

// Threshold is the severity from which an open finding fails the gate. The zero value fails on nothing.
type Threshold struct {
	word     string
	severity finding.Severity
}

// Thresholds lists the accepted words.
func Thresholds() []string { return append([]string{"none"}, finding.Severities()[finding.Low:]...) }

// ParseThreshold reads none, low, medium, high or critical.
func ParseThreshold(word string) (Threshold, error) {
	i := slices.Index(Thresholds(), word)
	if i < 0 {
		return Threshold{}, fmt.Errorf("%q is none of %s", word, strings.Join(Thresholds(), ", "))
	}
	return Threshold{word: word, severity: finding.Severity(i)}, nil
}

// fails reports whether an open finding of severity s fails the gate.
func (t Threshold) fails(s finding.Severity) bool {
	return t.severity > finding.Info && s >= t.severity
}

// Judge counts the findings and decides. A failed gate wins over an incomplete run.
func Judge(assessments []finding.Assessment, complete bool, failOn Threshold) finding.Gate {
	gate := finding.Gate{FailOn: failOn.word, UnusedWaivers: []string{}}
	if gate.FailOn == "" {
		gate.FailOn = "none"
	}
	for _, a := range assessments {
		for _, f := range a.Findings {
			switch f.Status {
			case finding.Baseline:
				gate.Known++
			case finding.Waived:
				gate.Waived++
			default:
				gate.New++
				gate.Failed = gate.Failed || failOn.fails(f.Severity)
			}
		}
	}
	gate.Exit = exitCode(gate.Failed, complete)
	return gate
}
