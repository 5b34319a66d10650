package apksig_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"appraise/android/bundle"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// row is one line of the vectors' expectations: what AOSP's apksig says of a file for a range of platforms.
type row struct {
	file, minSDK, maxSDK, check, verdict string
	flags                                map[string]bool // scheme -> verified
	stamp                                bool
	signers, lineage, issues, warnings   []string
}

func (r row) name() string { return strings.Join([]string{r.file, r.minSDK, r.maxSDK, r.check}, " ") }

func expectations(t *testing.T) []row {
	t.Helper()
	file, err := os.Open(filepath.Join(writerCorpus, "expectations.tsv"))
	if os.IsNotExist(err) {
		t.Skipf("no vectors at %s", writerCorpus)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.Comma, reader.LazyQuotes = '\t', true
	lines, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	list := func(s string) []string {
		return slices.DeleteFunc(strings.Split(s, ","), func(s string) bool { return s == "" })
	}
	var rows []row
	for _, c := range lines[1:] {
		rows = append(rows, row{file: c[0], minSDK: c[2], maxSDK: c[3], check: c[4], verdict: c[5],
			flags: map[string]bool{"v1": c[6] == "1", "v2": c[7] == "1", "v3": c[8] == "1", "v3.1": c[9] == "1"},
			stamp: c[10] == "1", signers: list(c[11]), lineage: list(c[12]), issues: list(c[13]), warnings: list(c[14])})
	}
	return rows
}

// stricter are the rows where this verifier refuses on purpose what the reference accepts, with the reason.
var stricter = map[string]string{}

func readAPK(t testing.TB, name string, minSDK, maxSDK int) *inventory.Item {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zipsafe.Open(file, info.Size())
	if err != nil {
		item := &inventory.Item{}
		item.AddProblem(inventory.Problem{Message: err.Error(), Matters: true})
		return item
	}
	idsig, err := os.ReadFile(name + ".idsig")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return bundle.ReadAPK(z, idsig, bundle.Options{MinSDK: minSDK, MaxSDK: maxSDK})
}

func apiLevel(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// Every vector of apksig's own tests gets the verdict that apksig gives.
func TestAgainstApksig(t *testing.T) {
	rows := expectations(t)
	agreed := 0
	for _, r := range rows {
		if r.check != "apk" {
			continue
		}
		item := readAPK(t, filepath.Join(writerCorpus, r.file), apiLevel(r.minSDK), apiLevel(r.maxSDK))
		if difference := r.differs(item); difference != "" {
			if stricter[r.name()] != "" && item.Signature.State != inventory.Verified {
				continue
			}
			t.Errorf("%s: %s\n%+v\n%+v", r.name(), difference, item.Signature, item.Problems)
			continue
		}
		agreed++
	}
	t.Logf("%d rows agree, %d are stricter on purpose", agreed, len(stricter))
}

func (r row) differs(item *inventory.Item) string {
	s := item.Signature
	switch {
	case r.verdict == "throws" && (s.State == inventory.Verified || s.State == inventory.Unsigned || s.State == inventory.Partial):
		return "the reference gives up, got " + s.State.String()
	case r.verdict == "fail" && (s.State == inventory.Verified || s.State == inventory.Unverifiable):
		return "the reference refuses, got " + s.State.String()
	case r.verdict == "ok" && s.State != inventory.Verified:
		return "the reference accepts, got " + s.State.String()
	case r.verdict != "ok":
		return ""
	}
	for _, name := range []string{"v1", "v2", "v3", "v3.1"} {
		got := slices.Contains(s.Schemes, inventory.Scheme{Name: name, State: inventory.Verified})
		if got != r.flags[name] {
			return "scheme " + name + ": got " + strconv.FormatBool(got)
		}
	}
	if got := stamped(s); got != r.stamp {
		return "stamp: got " + strconv.FormatBool(got)
	}
	var signers, lineage []string
	for _, signer := range s.Signers {
		signers = append(signers, signer.SHA256)
		lineage = signer.Lineage
	}
	slices.Sort(signers)
	want := slices.Sorted(slices.Values(r.signers))
	if !slices.Equal(signers, want) {
		return "signers " + strings.Join(signers, " ") + ", want " + strings.Join(want, " ")
	}
	if !slices.Equal(lineage, r.lineage) {
		return "lineage " + strings.Join(lineage, " ") + ", want " + strings.Join(r.lineage, " ")
	}
	return ""
}

func stamped(s inventory.Signature) bool {
	return slices.ContainsFunc(s.Stamps, func(s inventory.Stamp) bool { return s.Kind == "source-stamp" && s.State == inventory.Verified })
}
