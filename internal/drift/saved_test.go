package drift

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/internal/limits"
	"appraise/inventory"
)

const head = `{"schema":"appraise.report/1",`

// saved is a report as `scan --format json` writes one.
func saved(t testing.TB) string {
	items := []inventory.Item{app("a", "a.apk", asks("p"), has(inventory.TraitDebuggable), part("s", true, "")), extension(reaches("<all_urls>"))}
	r := finding.Report{
		Schema: finding.Schema, Complete: true, Items: items, Sources: []finding.Source{{ID: "s1", Kind: "file", Name: "a.apk"}},
		Assessments: []finding.Assessment{{Item: items[0].Key, Findings: []finding.Finding{}}, {Item: items[1].Key, Findings: []finding.Finding{}}},
	}
	var text bytes.Buffer
	if err := r.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestReadSaved(t *testing.T) {
	text := saved(t)
	got, err := ReadSaved(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if !got.Complete || len(got.Items) != 2 || len(got.Sources) != 1 {
		t.Fatalf("got %+v, want a complete report of two items and a source", got)
	}
	var whole finding.Report
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	if changes := Compare(Side{Items: whole.Items}, Side{Items: got.Items}); len(changes) != 0 {
		t.Errorf("got %v, want the items as they were saved", said(changes))
	}
	if diff := cmp.Diff(whole.Items, got.Items); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestReadSavedTolerates(t *testing.T) {
	var sorted map[string]any
	if err := json.Unmarshal([]byte(saved(t)), &sorted); err != nil {
		t.Fatal(err)
	}
	other, err := json.Marshal(sorted)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"keys in another order": string(other),
		"unknown fields":        strings.Replace(saved(t), "{", `{"future":{"deep":[1,{"x":null}]},"future":2,`, 1),
		"a byte order mark":     "\ufeff" + saved(t),
		"blanks around":         " \n" + saved(t) + "\n\n",
	} {
		if got, err := ReadSaved(strings.NewReader(text)); err != nil || len(got.Items) != 2 {
			t.Errorf("%s: got %v, %v, want two items", name, got, err)
		}
		if !LooksSaved([]byte(text)) {
			t.Errorf("%s: does not look like a report", name)
		}
	}
}

func TestReadSavedRefuses(t *testing.T) {
	item := `{"key":"k","kind":"app","platform":"android","id":"","signature":{"state":"verified"}}`
	for _, test := range []struct{ name, text, want string }{
		{"another schema number", `{"schema":"appraise.report/2","items":[]}`, "appraise.report/2"},
		{"no items", head + `"complete":true}`, "no items"},
		{"items that are no list", head + `"items":{}}`, "want ["},
		{"items twice", head + `"items":[],"items":[]}`, "twice"},
		{"an item of an unknown platform", head + `"items":[{"key":"k","kind":"app","platform":"fridge"}]}`, "fridge"},
		{"an item that is null", head + `"items":[null]}`, "platform"},
		{"an item without a key", head + `"items":[{"kind":"app","platform":"ios"}]}`, "no key"},
		{"a word that is none", head + `"items":[` + strings.Replace(item, "verified", "fine", 1) + `]}`, "fine"},
		{"a number for a list", head + `"items":[{"key":"k","kind":"app","platform":"ios","permissions":7}]}`, "permissions"},
		{"something behind it", head + `"items":[]} {}`, "follows"},
		{"nothing behind a field", head + `"items":[`, "unexpected EOF"},
		{"deep nesting", head + `"items":[],"x":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, "64 levels"},
	} {
		_, err := ReadSaved(strings.NewReader(test.text))
		if err == nil || errors.Is(err, ErrNoReport) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error with %q", test.name, err, test.want)
		}
	}
}

func TestNoReport(t *testing.T) {
	for _, text := range []string{"", "{}", "[]", `{"manifest_version":3}`, `{"schema":"other/1","items":[]}`, `{"schema":1}`, `{"schema`, "PK\x03\x04", strings.Repeat("[", 100_000)} {
		if _, err := ReadSaved(strings.NewReader(text)); !errors.Is(err, ErrNoReport) {
			t.Errorf("%.40q: got %v, want %v", text, err, ErrNoReport)
		}
	}
}

// A report cut anywhere is an error, never a shorter report.
func TestReadSavedCutShort(t *testing.T) {
	text := strings.TrimSpace(saved(t))
	for n := range len(text) {
		if got, err := ReadSaved(strings.NewReader(text[:n])); err == nil {
			t.Fatalf("%d bytes of %d: got %d items, want an error", n, len(text), len(got.Items))
		}
	}
}

// repeat reads one text over and over, between a head and a tail, without holding it.
type repeat struct {
	head, unit, tail string
	n                int64
	rest             string
}

func (r *repeat) Read(b []byte) (int, error) {
	for r.rest == "" {
		switch {
		case r.head != "":
			r.rest, r.head = r.head, ""
		case r.n > 0:
			r.rest, r.n = r.unit, r.n-1
		case r.tail != "":
			r.rest, r.tail = r.tail, ""
		default:
			return 0, io.EOF
		}
	}
	n := copy(b, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func TestBounds(t *testing.T) {
	one := `{"key":"k","kind":"app","platform":"android"},`
	whole := func(r io.Reader) error { _, err := ReadSaved(r); return err }
	alone := func(r io.Reader) error { _, err := io.Copy(io.Discard, &guard{r: r}); return err }
	for _, test := range []struct {
		name string
		read func(io.Reader) error
		in   *repeat
		want string
	}{
		{"bytes", alone, &repeat{head: head + `"x":"`, unit: strings.Repeat("a", 1<<16), n: limits.ReportBytes/(1<<16) + 1}, "bytes"},
		{"values", alone, &repeat{head: head + `"x":[0`, unit: strings.Repeat(",0", 1000), n: limits.ReportValues/1000 + 1}, "values"},
		{"objects", whole, &repeat{head: head + `"x":[0`, unit: strings.Repeat(",{}", 1000), n: limits.ReportObjects/1000 + 1}, "objects"},
		{"values of a list in an item", whole, &repeat{head: head + `"items":[{"traits":[{}`, unit: strings.Repeat(",{}", 1000), n: limits.ReportObjects/1000 + 1}, "objects"},
		{"items", whole, &repeat{head: head + `"items":[`, unit: one, n: limits.ReportItems + 1}, "entries"},
	} {
		err := test.read(test.in)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want an error about %s", test.name, err, test.want)
		}
		var format *inventory.FormatError
		if test.want != "entries" && !(errors.As(err, &format) && format.Limit) {
			t.Errorf("%s: got %T, want a limit", test.name, err)
		}
	}
}

func FuzzReadSaved(f *testing.F) {
	f.Add([]byte(saved(f)))
	f.Add([]byte(head + `"items":[],"complete":true}`))
	f.Add([]byte(`{"schema":"appraise.report/1","items":[{"platform":"ios","kind":"app","key":"\u001b","permissions":[{"states":["granted"]}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := ReadSaved(bytes.NewReader(b))
		if err != nil {
			if got != nil {
				t.Fatal("a report with an error")
			}
			return
		}
		side := Side{Items: got.Items}
		if changes := Compare(side, side); len(changes) != 0 {
			t.Fatalf("against itself: %v", said(changes))
		}
		for _, c := range Compare(Side{}, side) {
			if c.Kind != string(ItemAdded) {
				t.Fatalf("from nothing: %+v", c)
			}
		}
		_ = fmt.Sprint(Compare(side, Side{Items: got.Items[:len(got.Items)/2]}))
	})
}
