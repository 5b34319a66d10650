package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"appraise/finding"
	"appraise/internal/drift"
	"appraise/internal/report/page"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// hostile are texts that an artifact may hold and a terminal must not see raw.
var hostile = []string{
	"evil\x1b[2J\x1b]0;pwn\x07", "\x1b]8;;http://x\x07name\x1b]8;;\x07", "\u009b2J", "HIGH\rLOW ", "ok\b\b", "a\x00b", "multi\nline",
	"rtl\u202egnp.exe\u202c", "\u2066x\u2069", "Ali\u200bExpress", "\ufeffAliExpress", "e" + strings.Repeat("\u0301", 500), "\xff\xfe\xc0\xaf",
	"\ufffe\uffff", "\U000e0041", strings.Repeat("A", 10_000), " ", "::error::x", "##vso[task.setvariable variable=a]b", "\\x1b[0m",
}

func reportOf(text string) *finding.Report {
	evidence := []inventory.Evidence{{File: text, Detail: text}}
	problem := inventory.Problem{File: text, Offset: 1, Message: text, Matters: true}
	return &finding.Report{
		Schema:  finding.Schema,
		Sources: []finding.Source{{ID: "s1", Kind: "file", Name: text, Problems: []inventory.Problem{problem}}},
		Items: []inventory.Item{{
			Key: text, Platform: inventory.Android, Kind: inventory.KindApp, ID: text + "id", Name: text, Location: text, Problems: []inventory.Problem{problem},
			Capabilities: []inventory.Capability{{ID: inventory.CapContacts, Exposure: inventory.Requested, Evidence: evidence}},
			Version:      text, Signature: signatureOf(text),
		}},
		Assessments: []finding.Assessment{{
			Item: text, Attention: finding.Act, NotChecked: []string{text},
			Findings: []finding.Finding{{Rule: "r", Severity: finding.High, Title: text, Why: text, Do: text, Evidence: evidence}, {Rule: "s", Severity: finding.Medium, Title: text}},
		}},
		Matrix: finding.Matrix{Columns: []inventory.CapabilityID{inventory.CapContacts}, Rows: []finding.MatrixRow{{Item: text, Cells: []finding.Cell{finding.CellMayAsk}}}},
		Changes: []finding.Change{
			{Item: text, Kind: string(drift.Version), From: text, To: text}, {Item: text, Kind: string(drift.PermissionAdded), Name: text},
			{Item: text, Kind: string(drift.Signer), From: text, To: text}, {Item: text, Kind: string(drift.TraitAdded), Name: text},
			{Item: text, Kind: text, Name: text, From: text, To: text}, {Item: "gone " + text, Kind: string(drift.ItemRemoved), Name: text, From: text},
		},
		Gate:    finding.Gate{FailOn: "high", Failed: true, Exit: 1},
		Summary: finding.Summary{Items: 1, Act: 1, NotChecked: []string{text}},
	}
}

// signatureOf is a signature whose every text is the given one.
func signatureOf(text string) inventory.Signature {
	problems := []inventory.SignatureProblem{{ID: text, Message: text}, {ID: text, Message: text, Warning: true}}
	return inventory.Signature{
		State: inventory.Partial, Schemes: []inventory.Scheme{{Name: text, State: inventory.Verified}},
		Signers: []inventory.Signer{{SHA256: text, Subject: text, Key: text, Lineage: []string{text, text}}},
		Platforms: []inventory.PlatformSignature{
			{MinSDK: -1, MaxSDK: 23, Scheme: text, State: inventory.Unsigned}, {MinSDK: 24, Scheme: text, State: inventory.Verified, Signers: []string{text}}},
		Stamps:   []inventory.Stamp{{Kind: text, State: inventory.Invalid, SHA256: text, Time: text, Problems: problems}},
		Problems: problems,
	}
}

func TestS14_NothingRawReachesATerminal(t *testing.T) {
	for _, text := range hostile {
		for _, format := range Formats() {
			for _, opt := range []Options{{}, {Quiet: true}, {Width: 40}, {View: ViewVerify}, {View: ViewChanges}, {View: ViewChanges, Width: 40}} {
				var out bytes.Buffer
				if err := Write(&out, format, reportOf(text), opt); err != nil {
					t.Fatal(err)
				}
				for i, r := range out.String() {
					if r != '\n' && (r == unicode.ReplacementChar && format == "table" || !textsafe.Raw(r)) {
						t.Fatalf("%s, %+v, %.20q: raw %U at byte %d", format, opt, text, r, i)
					}
				}
			}
		}
	}
}

func TestS19_NoLineLooksLikeACommand(t *testing.T) {
	for _, text := range []string{"::error::x", "##[error]x", strings.Repeat("word ", 30) + "::error::x" + strings.Repeat(" ::error::x", 40)} {
		for _, opt := range []Options{{}, {Quiet: true}, {View: ViewVerify}, {View: ViewChanges}} {
			var out bytes.Buffer
			if err := Write(&out, "table", reportOf(text), opt); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				if start := strings.TrimSpace(line); strings.HasPrefix(start, "::") || strings.HasPrefix(start, "##") {
					t.Errorf("%.20q: a line that could be a command: %q", text, line)
				}
			}
		}
	}
}

func TestJSONKeepsWhatItEscapes(t *testing.T) {
	for _, text := range hostile {
		var out bytes.Buffer
		if err := Write(&out, "json", reportOf(text), Options{}); err != nil {
			t.Fatal(err)
		}
		var back finding.Report
		if err := json.Unmarshal(out.Bytes(), &back); err != nil {
			t.Fatalf("%.20q: %v", text, err)
		}
		if got, want := back.Items[0].Name, strings.ToValidUTF8(text, "\ufffd"); got != want && text != "\xff\xfe\xc0\xaf" {
			t.Errorf("got %.40q, want %.40q", got, want)
		}
	}
}

func TestLinesKeepTheWidth(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		for _, view := range []View{ViewAll, ViewVerify, ViewChanges} {
			var out bytes.Buffer
			r := reportOf("日本語の名前 and a longish plain name of an app that goes on and on, word after word, until it has to be broken")
			if err := Write(&out, "table", r, Options{Width: width, View: view}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				got, most := textsafe.Width(strings.TrimSuffix(line, "\n")), width
				if view == ViewAll {
					most = max(width, 96)
				}
				if got > most {
					t.Errorf("width %d, view %d: a line of %d cells: %q", width, view, got, line)
				}
			}
		}
	}
}

func TestColourIsAddedLast(t *testing.T) {
	var plain, color bytes.Buffer
	if err := Write(&plain, "table", reportOf("name"), Options{}); err != nil {
		t.Fatal(err)
	}
	if err := Write(&color, "table", reportOf("name"), Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	stripped := strings.NewReplacer("\x1b["+page.Bold+"m", "", "\x1b["+page.Red+"m", "", "\x1b["+page.Yellow+"m", "", "\x1b["+page.Dim+"m", "", "\x1b[0m", "").Replace(color.String())
	if stripped == color.String() || stripped != plain.String() {
		t.Errorf("got\n%s\nwant\n%s", stripped, plain.String())
	}
}

func TestAttentionIsBounded(t *testing.T) {
	r := reportOf("x")
	for i := range 7 {
		item, assessment := r.Items[0], r.Assessments[0]
		item.Name = fmt.Sprintf("app %d", i)
		r.Items, r.Assessments = append(r.Items, item), append(r.Assessments, assessment)
		r.Matrix.Rows = append(r.Matrix.Rows, r.Matrix.Rows[0])
	}
	var out bytes.Buffer
	if err := Write(&out, "table", r, Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "and 3 items more") || strings.Contains(out.String(), "6. ") {
		t.Errorf("got\n%s\nwant five items and a count of the others", out.String())
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := Write(&bytes.Buffer{}, "yaml", reportOf(""), Options{}); err == nil || !strings.Contains(err.Error(), "table, json") {
		t.Errorf("got %v, want an error that names the formats", err)
	}
}
