package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// phoneReport is a phone with a number of apps of the same name, of which the first need attention.
func phoneReport(name string, apps, attention int) *finding.Report {
	days := 150
	evidence := []inventory.Evidence{{File: name, Detail: name}}
	r := &finding.Report{
		Complete: true, Gate: finding.Gate{FailOn: "high"}, Summary: finding.Summary{NotChecked: []string{name, "b"}},
		Sources: []finding.Source{{ID: "s1", Kind: "phone", Name: "phone", Device: &finding.Device{Model: name, SDK: 34, Patch: name}}},
		Matrix: finding.Matrix{Columns: []inventory.CapabilityID{inventory.CapKeystrokes, inventory.CapReadCodes, inventory.CapScreenRead,
			inventory.CapContacts, inventory.CapPhotos, inventory.CapLocation}},
	}
	add := func(item inventory.Item, a finding.Assessment, cells ...finding.Cell) {
		item.Source, a.Item = "s1", item.Key
		r.Items, r.Assessments = append(r.Items, item), append(r.Assessments, a)
		r.Matrix.Rows = append(r.Matrix.Rows, finding.MatrixRow{Item: item.Key, Cells: append(cells, make([]finding.Cell, 6-len(cells))...), System: item.System})
	}
	add(inventory.Item{Key: "device", Platform: inventory.Android, Kind: inventory.KindDevice, ID: "phone", Name: name,
		Detail: inventory.Detail{Phone: &inventory.PhoneDetail{Maker: name, Model: name, SDK: 34, Release: name, Patch: name, PatchDays: &days}}}, finding.Assessment{})
	for i := range apps {
		var access []inventory.SpecialAccess
		for _, row := range reachKinds {
			access = append(access, inventory.SpecialAccess{Kind: row.kinds[0], Component: name, Exposure: inventory.Active})
		}
		item := inventory.Item{Key: fmt.Sprint(i), Platform: inventory.Android, Kind: inventory.KindApp, ID: name, Name: fmt.Sprint(name, i), Location: name, System: i%2 == 1,
			Detail:    inventory.Detail{Android: &inventory.AndroidDetail{On: &inventory.OnPhone{Access: access}}},
			Signature: inventory.Signature{State: inventory.Partial, Content: inventory.ContentInstalled, Signers: []inventory.Signer{{SHA256: name, Subject: name}}}}
		a := finding.Assessment{}
		if i < attention {
			a.Attention = finding.Act
			a.Findings = []finding.Finding{
				{Rule: "r", Severity: finding.Critical, Title: name + " can do this", Why: strings.Repeat("A reason, told at length. ", 8), Do: strings.Repeat("Do this, and then that. ", 8), Evidence: evidence},
				{Rule: "s", Severity: finding.High, Title: name},
			}
		}
		add(item, a, finding.CellNow, finding.CellNow, finding.CellNow, finding.CellAllowed, finding.CellMayAsk, finding.Cell(i%4))
	}
	return r
}

// firstScreenOf renders a report and gives the lines up to the blank line before the full answer.
func firstScreenOf(t *testing.T, r *finding.Report, width int) (screen []string, all string) {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, "table", r, Options{Width: width}); err != nil {
		t.Fatal(err)
	}
	first, _, found := strings.Cut(out.String(), "\n\n"+headline(r)+"\n")
	if !found {
		t.Fatalf("no full answer below the first screen:\n%s", out.String())
	}
	return strings.Split(first, "\n"), out.String()
}

// The first screen fits whatever the phone holds, and no line of the whole is wider than 80 cells.
func TestPhoneFirstScreenFits(t *testing.T) {
	names := append([]string{"App", strings.Repeat("a long name of an app ", 5), "日本語の名前のアプリケーション", "com.example.a.very.long.package.name.of.an.app"}, hostile...)
	for _, name := range names {
		for _, apps := range []int{0, 1, 6, 20} {
			for _, attention := range []int{0, 1, 3, 5} {
				for _, complete := range []bool{true, false} {
					r := phoneReport(name, apps, attention)
					r.Complete = complete
					screen, all := firstScreenOf(t, r, 80)
					if len(screen) > screenLines {
						t.Fatalf("%.20q, %d apps, %d to act on: %d lines:\n%s", name, apps, attention, len(screen), strings.Join(screen, "\n"))
					}
					for line := range strings.Lines(all) {
						line = strings.TrimSuffix(line, "\n")
						if got := textsafe.Width(line); got > 80 {
							t.Errorf("%.20q, %d apps: a line of %d cells: %q", name, apps, got, line)
						}
						for _, c := range line {
							if c == unicode.ReplacementChar || !textsafe.Raw(c) {
								t.Fatalf("%.20q: raw %U in %q", name, c, line)
							}
						}
						if start := strings.TrimSpace(line); strings.HasPrefix(start, "::") || strings.HasPrefix(start, "##") {
							t.Errorf("%.20q: a line that could be a command: %q", name, line)
						}
					}
					if !complete && !strings.Contains(strings.Join(screen, "\n"), "Not everything was read") {
						t.Errorf("the first screen doesn't tell that not everything was read")
					}
				}
			}
		}
	}
}

// Other widths are used and kept.
func TestPhoneWidths(t *testing.T) {
	for _, width := range []int{60, 120, 200} {
		_, all := firstScreenOf(t, phoneReport("An ordinary name", 12, 3), width)
		for line := range strings.Lines(all) {
			if got := textsafe.Width(strings.TrimSuffix(line, "\n")); got > max(width, 80) {
				t.Errorf("width %d: a line of %d cells: %q", width, got, line)
			}
		}
	}
}

// Whatever is on is named on the first screen, the system's own with its mark, and no name can pass for another's.
func TestSwitchedOnNamesAll(t *testing.T) {
	r := phoneReport("App", 2, 0)
	r.Items[1].Name, r.Items[2].Name = "Keys*, more", "Stock Keys"
	screen, _ := firstScreenOf(t, r, 80)
	text := strings.Join(screen, "\n")
	for _, want := range []string{`keyboard: "Keys*, more", Stock Keys*`, "accessibility: ", "notifications: ", "admin: ", notOurs} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("got no %q in\n%s", want, text)
		}
	}
	r.Assessments[1].Build = finding.Build{Match: finding.Lookalike}
	screen, _ = firstScreenOf(t, r, 80)
	if text := strings.Join(screen, "\n"); !strings.Contains(text, "(lookalike)") {
		t.Errorf("a look-alike stands under its bare name:\n%s", text)
	}
}

func TestAgeWords(t *testing.T) {
	got := map[int]string{}
	for _, days := range []int{-1, 0, 1, 13, 14, 59, 60, 150, 364, 729, 730, 2000} {
		got[days] = ageWords(days)
	}
	want := map[int]string{-1: "today", 0: "today", 1: "1 day ago", 13: "13 days ago", 14: "2 weeks ago", 59: "8 weeks ago", 60: "2 months ago",
		150: "5 months ago", 364: "12 months ago", 729: "24 months ago", 730: "2 years ago", 2000: "5 years ago"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFit(t *testing.T) {
	list := []named{{name: "Alpha"}, {name: "Beta", mark: "*"}, {name: "com.example.gamma", isID: true}}
	for _, test := range []struct {
		width int
		want  string
	}{{40, "Alpha, Beta*, com.example.gamma"}, {31, "Alpha, Beta*, com.example.gamma"}, {30, "Alpha, Beta* +1"}, {14, "Alpha +2"}, {7, "Alp… +2"}} {
		if got := fit(list, test.width); got != test.want {
			t.Errorf("width %d: got %q, want %q", test.width, got, test.want)
		}
	}
	if got := fit(nil, 10); got != "-" {
		t.Errorf("got %q, want -", got)
	}
	if got, want := fit(list[2:], 12), "…gamma"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A phone without the outputs that tell it has neither an age of its patches nor a name.
func TestUnknownPhone(t *testing.T) {
	r := phoneReport("", 0, 0)
	r.Items[0].Detail.Phone = &inventory.PhoneDetail{}
	screen, _ := firstScreenOf(t, r, 80)
	if got, want := screen[0], "a phone · Android · patch level not known · 0 apps, 0 system"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if text := strings.Join(screen, "\n"); !strings.Contains(text, "no keyboard, accessibility service, listener or admin is known") || !strings.Contains(text, reminder) {
		t.Errorf("got\n%s", text)
	}
	r.Items[0].Detail.Phone.Settings = []inventory.PhoneSetting{{Name: "usb-debugging", State: inventory.SettingOff}}
	if screen, _ := firstScreenOf(t, r, 80); strings.Contains(strings.Join(screen, "\n"), reminder) {
		t.Error("reminds of USB debugging, which is off")
	}
}
