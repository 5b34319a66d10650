package gate

import (
	"testing"

	"appraise/finding"
	"appraise/inventory"
)

func signed(platform inventory.Platform, state inventory.SignatureState, platforms ...inventory.SignatureState) inventory.Item {
	item := inventory.Item{Platform: platform, Signature: inventory.Signature{State: state}}
	for _, s := range platforms {
		item.Signature.Platforms = append(item.Signature.Platforms, inventory.PlatformSignature{State: s})
	}
	return item
}

func TestVerify(t *testing.T) {
	verified, partial, invalid, unsigned, open := inventory.Verified, inventory.Partial, inventory.Invalid, inventory.Unsigned, inventory.Unverifiable
	unread := signed(inventory.Android, verified)
	unread.AddProblem(inventory.Problem{Message: "x", Matters: true})
	spoiled := signed(inventory.Android, invalid)
	spoiled.AddProblem(inventory.Problem{Message: "x", Matters: true})
	for _, test := range []struct {
		name     string
		item     inventory.Item
		match    finding.Match
		word     Word
		exit     int
		official Word // with --require-official
		exitThen int
	}{
		{"verified, in no pack", signed(inventory.Android, verified), finding.Unclaimed, WordVerified, 0, WordNotOfficial, 1},
		{"verified, official", signed(inventory.Android, verified), finding.Official, WordVerified, 0, WordVerified, 0},
		{"verified, signer not known", signed(inventory.Android, verified), finding.NameOnly, WordVerified, 0, WordNotProved, 3},
		{"verified, not checked against the pin", signed(inventory.Android, verified), finding.Unverifiable, WordVerified, 0, WordNotProved, 3},
		{"mismatch", signed(inventory.Android, verified), finding.Mismatch, WordMismatch, 1, WordMismatch, 1},
		{"lookalike", signed(inventory.Android, verified), finding.Lookalike, WordLookalike, 1, WordLookalike, 1},
		{"invalid", signed(inventory.Android, invalid), finding.Official, WordInvalid, 1, WordInvalid, 1},
		{"invalid and a lookalike", signed(inventory.Android, invalid), finding.Lookalike, WordInvalid, 1, WordInvalid, 1},
		{"invalid and not read whole", spoiled, finding.Unclaimed, WordInvalid, 1, WordInvalid, 1},
		{"unsigned", signed(inventory.Android, unsigned), finding.Unclaimed, WordUnsigned, 1, WordUnsigned, 1},
		{"for a part of the versions", signed(inventory.Android, partial, unsigned, verified), finding.Official, WordInPart, 1, WordInPart, 1},
		{"old versions that know no such algorithm", signed(inventory.Android, partial, inventory.Unverifiable, verified), finding.Official, WordInPart, 1, WordInPart, 1},
		{"content not compared", signed(inventory.Android, partial, partial), finding.Official, WordNotCompared, 3, WordNotCompared, 3},
		{"content not compared, no versions", signed(inventory.Android, partial), finding.Official, WordNotCompared, 3, WordNotCompared, 3},
		{"not read whole", unread, finding.Official, WordNotRead, 3, WordNotRead, 3},
		{"unverifiable", signed(inventory.Android, open), finding.Unverifiable, WordUnverifiable, 3, WordUnverifiable, 3},
		{"iOS", signed(inventory.IOS, open), finding.NameOnly, WordNotChecked, 3, WordNotChecked, 3},
		{"an extension in no pack", signed(inventory.Extension, open), finding.Unclaimed, WordNotChecked, 3, WordNotOfficial, 1},
		{"an extension that is a lookalike", signed(inventory.Extension, open), finding.Lookalike, WordLookalike, 1, WordLookalike, 1},
	} {
		build := finding.Build{Match: test.match}
		if word, exit := VerifyItem(&test.item, build, false); word != test.word || exit != test.exit {
			t.Errorf("%s: got %s, %d, want %s, %d", test.name, word, exit, test.word, test.exit)
		}
		if word, exit := VerifyItem(&test.item, build, true); word != test.official || exit != test.exitThen {
			t.Errorf("%s, official required: got %s, %d, want %s, %d", test.name, word, exit, test.official, test.exitThen)
		}
	}
}

func TestVerifyReport(t *testing.T) {
	ok, bad, open := signed(inventory.Android, inventory.Verified), signed(inventory.Android, inventory.Invalid), signed(inventory.IOS, inventory.Unverifiable)
	for _, test := range []struct {
		name     string
		items    []inventory.Item
		complete bool
		want     int
	}{
		{"all hold", []inventory.Item{ok, ok}, true, ExitPass},
		{"nothing there", nil, true, ExitIncomplete},
		{"an input not read", []inventory.Item{ok}, false, ExitIncomplete},
		{"one not checked", []inventory.Item{ok, open}, true, ExitIncomplete},
		{"one invalid", []inventory.Item{ok, bad}, true, ExitFailed},
		{"invalid wins over unread", []inventory.Item{open, bad}, false, ExitFailed},
	} {
		r := finding.Report{Items: test.items, Assessments: make([]finding.Assessment, len(test.items)), Complete: test.complete}
		got := Verify(&r, false)
		if got.Exit != test.want || got.Failed != (test.want == ExitFailed) || got.FailOn != ByVerify {
			t.Errorf("%s: got %+v, want exit %d", test.name, got, test.want)
		}
	}
	if got := Verify(&finding.Report{}, true).FailOn; got != ByVerifyOfficial {
		t.Errorf("got %q, want %q", got, ByVerifyOfficial)
	}
}

func TestChanges(t *testing.T) {
	high := []finding.Change{{Severity: finding.Info}, {Severity: finding.High}}
	for _, test := range []struct {
		name     string
		changes  []finding.Change
		complete bool
		failOn   string
		want     int
	}{
		{"nothing changed", nil, true, "low", ExitPass},
		{"at the threshold", high, true, "high", ExitFailed},
		{"below it", high, true, "critical", ExitPass},
		{"below it, not all read", high, false, "critical", ExitIncomplete},
		{"failed wins over unread", high, false, "low", ExitFailed},
		{"none", high, true, "none", ExitPass},
	} {
		threshold, err := ParseThreshold(test.failOn)
		if err != nil {
			t.Fatal(err)
		}
		got := Changes(test.changes, test.complete, threshold)
		if got.Exit != test.want || got.Failed != (test.want == ExitFailed) || got.FailOn != test.failOn || got.UnusedWaivers == nil {
			t.Errorf("%s: got %+v, want exit %d", test.name, got, test.want)
		}
	}
}
