package gate

import (
	"slices"

	"appraise/finding"
	"appraise/inventory"
)

// The words of a report's fail_on that name no severity: the exit code tells of signatures.
const (
	ByVerify         = "verify"
	ByVerifyOfficial = "verify-official" // with --require-official
)

// Word is what verifying one item came to.
type Word string

// The words. Those that prove nothing exit with 3, those that tell of a defect with 1.
const (
	WordNotChecked   Word = "not checked" // this version verifies no signature of this platform
	WordNotRead      Word = "not read"    // a part was not read that could change the verdict
	WordUnverifiable Word = "unverifiable"
	WordNotCompared  Word = "not compared" // the signer's signature holds; the content was not compared
	WordNotProved    Word = "not proved"   // official is required; the pack knows no signer, or nothing is at hand to check
	WordInvalid      Word = "invalid"
	WordUnsigned     Word = "unsigned"
	WordLookalike    Word = "lookalike"
	WordMismatch     Word = "mismatch"
	WordInPart       Word = "partial"      // verified for a part of the asked Android versions only
	WordNotOfficial  Word = "not official" // official is required, and no pack names the item
	WordVerified     Word = "verified"
)

// subject is one item with what was decided about it.
type subject struct {
	*inventory.Item
	build    finding.Build
	official bool // only an official build passes
}

// verdicts is the table of words: the first that holds decides. Defects come before what is unproved, because 1 beats 3.
var verdicts = []struct {
	word  Word
	exit  int
	holds func(subject) bool
}{
	{WordInvalid, ExitFailed, func(s subject) bool { return s.Signature.State == inventory.Invalid }},
	{WordUnsigned, ExitFailed, func(s subject) bool { return s.Signature.State == inventory.Unsigned }},
	{WordLookalike, ExitFailed, func(s subject) bool { return s.build.Match == finding.Lookalike }},
	{WordMismatch, ExitFailed, func(s subject) bool { return s.build.Match == finding.Mismatch }},
	{WordInPart, ExitFailed, func(s subject) bool { return s.Signature.State == inventory.Partial && refusedSomewhere(s.Item) }},
	{WordNotOfficial, ExitFailed, func(s subject) bool { return s.official && s.build.Match == finding.Unclaimed }},
	{WordNotRead, ExitIncomplete, func(s subject) bool { return unread(s.Problems) }},
	{WordNotChecked, ExitIncomplete, func(s subject) bool {
		return s.Platform != inventory.Android && s.Signature.State != inventory.Verified
	}},
	{WordNotCompared, ExitIncomplete, func(s subject) bool { return s.Signature.State == inventory.Partial }},
	{WordUnverifiable, ExitIncomplete, func(s subject) bool { return s.Signature.State != inventory.Verified }},
	{WordNotProved, ExitIncomplete, func(s subject) bool { return s.official && s.build.Match != finding.Official }},
	{WordVerified, ExitPass, func(subject) bool { return true }},
}

func refusedSomewhere(item *inventory.Item) bool {
	return slices.ContainsFunc(item.Signature.Platforms, func(p inventory.PlatformSignature) bool {
		return p.State != inventory.Verified && p.State != inventory.Partial
	})
}

func unread(problems []inventory.Problem) bool {
	return slices.ContainsFunc(problems, func(p inventory.Problem) bool { return p.Matters })
}

// VerifyItem gives the word for one item and the exit code that it alone asks for.
func VerifyItem(item *inventory.Item, build finding.Build, official bool) (Word, int) {
	s := subject{item, build, official}
	for _, v := range verdicts {
		if v.holds(s) {
			return v.word, v.exit
		}
	}
	return WordUnverifiable, ExitIncomplete
}

// Verify decides over a report by its signatures and builds; findings don't count. Official: every item must be
// an official build.
func Verify(r *finding.Report, official bool) finding.Gate {
	gate := finding.Gate{FailOn: ByVerify, UnusedWaivers: []string{}}
	if official {
		gate.FailOn = ByVerifyOfficial
	}
	incomplete := !r.Complete || len(r.Items) == 0
	for i := range r.Items {
		_, exit := VerifyItem(&r.Items[i], r.Assessments[i].Build, official)
		gate.Failed = gate.Failed || exit == ExitFailed
		incomplete = incomplete || exit == ExitIncomplete
	}
	gate.Exit = exitCode(gate.Failed, !incomplete)
	return gate
}

// Changes decides over the changes between two inventories: one at or over the threshold fails.
func Changes(changes []finding.Change, complete bool, failOn Threshold) finding.Gate {
	gate := Judge(nil, true, failOn)
	gate.Failed = slices.ContainsFunc(changes, func(c finding.Change) bool { return failOn.fails(c.Severity) })
	gate.Exit = exitCode(gate.Failed, complete)
	return gate
}

// exitCode lets a failed gate win over an incomplete run.
func exitCode(failed, complete bool) int {
	switch {
	case failed:
		return ExitFailed
	case !complete:
		return ExitIncomplete
	}
	return ExitPass
}
