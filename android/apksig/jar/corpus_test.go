package jar

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"appraise/android/axml"
	"appraise/internal/zipsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const corpus = "../../../../shared/corpus/apksig"

// row is one expectation of the corpus: what apksig says of a file over a range of platforms.
type row struct {
	file, minSDK, maxSDK, verdict, v1 string
	signers, issues, warnings         []string
}

func corpusRows(t *testing.T) []row {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus, "expectations.tsv"))
	if err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	list := func(s string) []string {
		return slices.DeleteFunc(strings.Split(s, ","), func(s string) bool { return s == "" })
	}
	var out []row
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) < 16 {
			t.Fatalf("row of %d fields: %q", len(f), line)
		}
		if f[4] == "apk" {
			out = append(out, row{f[0], f[2], f[3], f[5], f[6], list(f[11]), list(f[13]), list(f[14])})
		}
	}
	return out
}

// pure reports whether v1 alone decides the row.
func (r row) pure(file []byte) bool {
	top, err := strconv.Atoi(r.maxSDK)
	return err == nil && top < apiNougat || !bytes.Contains(file, []byte("APK Sig Block 42"))
}

// TestCorpus compares verdict, signers, issues and warnings with apksig's. What belongs to the manifest is left out.
func TestCorpus(t *testing.T) {
	rows, judged := corpusRows(t), 0
	for _, r := range rows {
		b, err := os.ReadFile(filepath.Join(corpus, r.file))
		if err != nil {
			t.Fatal(err)
		}
		if !r.pure(b) {
			continue
		}
		t.Run(r.file+"/"+r.minSDK+"-"+r.maxSDK, func(t *testing.T) {
			got, ok := judge(t, b, r)
			if !ok || r.verdict == "throws" && !bytes.Contains(b, []byte("AndroidManifest.xml")) {
				t.Skip("decided by AndroidManifest.xml, which can't be read")
			}
			judged++
			want := r
			drop := func(s string) bool {
				return strings.HasPrefix(s, "SOURCE_STAMP") || s == "NO_SIG_FOR_TARGET_SANDBOX_VERSION" || s == "MIN_SIG_SCHEME_FOR_TARGET_SDK_NOT_MET"
			}
			want.issues, want.warnings = slices.DeleteFunc(want.issues, drop), slices.DeleteFunc(want.warnings, drop)
			if r.verdict == "throws" {
				want.issues = nil
			}
			if r.verdict == "fail" && len(want.issues) == 0 { // the manifest's matter alone
				want.verdict, want.signers = "ok", got.signers
			}
			if diff := cmp.Diff(got, want, cmp.AllowUnexported(row{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
		})
	}
	t.Logf("%d rows judged", judged)
}

// judge verifies the file and writes the result as a row; ok is false where the row's range can't be told.
func judge(t *testing.T, b []byte, r row) (got row, ok bool) {
	got = row{file: r.file, minSDK: r.minSDK, maxSDK: r.maxSDK, verdict: "throws"}
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return got, true
	}
	in := Input{Zip: z, Range: Range{Max: math.MaxInt32}}
	if r.maxSDK != "" {
		in.Range.Max, _ = strconv.Atoi(r.maxSDK)
	}
	if r.minSDK == "" {
		if in.Range.Min, ok = manifestMinSDK(z); !ok {
			return got, false
		}
	} else {
		in.Range.Min, _ = strconv.Atoi(r.minSDK)
	}
	res, err := Verify(in)
	if err != nil {
		t.Log(err)
		return got, true
	}
	got.verdict, got.v1 = "fail", "0"
	if res.Verified {
		got.verdict, got.v1 = "ok", "1"
	}
	for _, list := range [][]Signer{res.Signers, res.Ignored} {
		for _, s := range list {
			t.Log(s.Name, s.Errors, s.Warnings)
			got.issues = append(got.issues, ids(s.Errors)...)
			got.warnings = append(got.warnings, ids(s.Warnings)...)
		}
	}
	t.Log(res.Errors, res.Warnings)
	got.issues = append(got.issues, ids(res.Errors)...)
	got.warnings = append(got.warnings, ids(res.Warnings)...)
	slices.Sort(got.issues)
	slices.Sort(got.warnings)
	got.issues, got.warnings = slices.Compact(got.issues), slices.Compact(got.warnings)
	if res.Verified {
		for _, s := range res.Signers {
			got.signers = append(got.signers, s.Certificates[0].SHA256())
		}
	}
	return got, true
}

func ids(list []Issue) []string {
	var out []string
	for _, i := range list {
		out = append(out, i.ID)
	}
	return out
}

// manifestMinSDK is the highest minSdkVersion of the manifest, 1 without one.
func manifestMinSDK(z *zipsafe.Reader) (int, bool) {
	e, ok := z.Lookup("AndroidManifest.xml")
	if !ok {
		return 0, false
	}
	b, err := z.ReadFile(e, 1<<20)
	if err != nil || uint64(len(b)) != e.Size {
		return 0, false
	}
	d, err := axml.ParseXML(b)
	if err != nil {
		return 0, false
	}
	level := 1
	for _, e := range d.Root.Children {
		if a, ok := e.AttrID(axml.AttrIDMinSdkVersion); ok && e.Name == "uses-sdk" {
			n, ok := a.Value.Int()
			if !ok {
				return 0, false
			}
			level = max(level, int(n))
		}
	}
	return level, true
}
