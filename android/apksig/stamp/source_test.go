package stamp

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

const (
	corpus = "../../../../shared/corpus/apksig"
	noEnd  = 1<<31 - 1
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func open(t testing.TB, apk []byte) *sigblock.File {
	t.Helper()
	f, err := sigblock.Open(bytes.NewReader(apk), int64(len(apk)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// input takes the digests of the schemes named from an APK whose signatures are known to be good.
func input(t testing.TB, apk []byte, schemes ...int) Input {
	t.Helper()
	in := Input{File: open(t, apk), MinSDK: 1, MaxSDK: noEnd, Digests: map[int]map[sigblock.ContentDigest][]byte{}}
	z, err := zipsafe.Open(bytes.NewReader(apk), int64(len(apk)))
	if err != nil {
		t.Fatal(err)
	}
	in.Entry = entry(t, z, "stamp-cert-sha256")
	for _, scheme := range schemes {
		switch scheme {
		case 1:
			sum := sha256.Sum256(entry(t, z, "META-INF/MANIFEST.MF"))
			in.Digests[1] = map[sigblock.ContentDigest][]byte{sigblock.ManifestSHA256: sum[:]}
		case 2:
			in.Digests[2] = digests(t, in.File, sigblock.IDV2)
		case 3:
			in.Digests[3] = digests(t, in.File, sigblock.IDV3)
		case schemeV31:
			in.Digests[schemeV31] = digests(t, in.File, sigblock.IDV31)
		}
	}
	return in
}

func entry(t testing.TB, z *zipsafe.Reader, name string) []byte {
	t.Helper()
	e, ok := z.Lookup(name)
	if !ok {
		return nil
	}
	b, err := z.ReadFile(e, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// digests are those that the signers of a block name.
func digests(t testing.TB, f *sigblock.File, id uint32) map[sigblock.ContentDigest][]byte {
	t.Helper()
	pair, ok := f.Pair(id)
	if !ok {
		t.Fatalf("no pair 0x%x", id)
	}
	out := map[sigblock.ContentDigest][]byte{}
	block := sigblock.Cursor{Rest: value(t, f, pair)}
	for signers := (sigblock.Cursor{Rest: block.Bytes()}); len(signers.Rest) > 0; {
		signer := sigblock.Cursor{Rest: signers.Bytes()}
		signed := sigblock.Cursor{Rest: signer.Bytes()}
		for records := (sigblock.Cursor{Rest: signed.Bytes()}); len(records.Rest) > 0; {
			record := sigblock.Cursor{Rest: records.Bytes()}
			if a, known := sigblock.FindAlgorithm(record.Uint32()); known {
				out[a.Content] = record.Bytes()
			}
		}
	}
	return out
}

func value(t testing.TB, f *sigblock.File, pair sigblock.Pair) []byte {
	t.Helper()
	b, err := f.Value(pair)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// judge is the state of the stamp and the ids of its problems, those of warnings in brackets.
func judge(t testing.TB, in Input) (*inventory.Stamp, []string) {
	t.Helper()
	s, present, err := VerifySource(in)
	if err != nil {
		t.Fatal(err)
	}
	if present != (s != nil) {
		t.Fatalf("present %t, stamp %v", present, s)
	}
	if s == nil {
		return &inventory.Stamp{}, nil
	}
	return s, ids(s)
}

func ids(s *inventory.Stamp) (out []string) {
	for _, p := range s.Problems {
		if p.Warning {
			p.ID = "[" + p.ID + "]"
		}
		out = append(out, p.ID)
	}
	return out
}

// row is one row of the corpus's expectations.
type row struct {
	line                 int
	file, check, verdict string
	minSDK, maxSDK       int
	schemes              []int
	stamp                bool
	issues               []string
}

// corpusRows reads the rows of check "stamp", and those of "apk" where the reference accepts the APK.
func corpusRows(t *testing.T) (out []row) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(corpus, "expectations.tsv"))
	if os.IsNotExist(err) {
		t.Skipf("no corpus in %s", corpus)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	names := strings.Split(lines[0], "\t")
	for n, line := range lines[1:] {
		field := map[string]string{}
		for i, value := range strings.Split(line, "\t") {
			field[names[i]] = value
		}
		if field["check"] == "apk" && field["verdict"] != "ok" {
			continue
		}
		r := row{line: n + 2, file: field["file"], check: field["check"], verdict: field["verdict"], minSDK: 1, maxSDK: noEnd, stamp: field["stamp"] == "1"}
		if field["min_sdk"] != "" {
			r.minSDK = number(t, field["min_sdk"])
		}
		if field["max_sdk"] != "" {
			r.maxSDK = number(t, field["max_sdk"])
		}
		for name, scheme := range map[string]int{"v1": 1, "v2": 2, "v3": 3, "v31": schemeV31} {
			if field[name] == "1" {
				r.schemes = append(r.schemes, scheme)
			}
		}
		for id := range strings.SplitSeq(field["issues"], ",") {
			if strings.HasPrefix(id, "SOURCE_STAMP_") {
				r.issues = append(r.issues, id)
			}
		}
		out = append(out, r)
	}
	return out
}

func number(t testing.TB, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestCorpus takes the schemes that verified from the corpus's own expectations: what the stamp makes of them is
// tested here.
func TestCorpus(t *testing.T) {
	checked := map[string]int{}
	for _, r := range corpusRows(t) {
		t.Run(r.file+":"+strconv.Itoa(r.line), func(t *testing.T) {
			in := input(t, read(t, filepath.Join(corpus, r.file)), r.schemes...)
			in.MinSDK, in.MaxSDK = r.minSDK, r.maxSDK
			s, problems := judge(t, in)
			if verified := s.State == inventory.Verified && s.Kind != ""; verified != r.stamp {
				t.Errorf("%v %v, want verified %t", s.State, problems, r.stamp)
			}
			if r.check == "stamp" {
				real := slices.DeleteFunc(problems, func(id string) bool { return strings.HasPrefix(id, "[") })
				if diff := cmp.Diff(real, r.issues); diff != "" {
					t.Error(diff)
				}
			}
			checked[r.check]++
			if r.stamp {
				checked["verified"]++
			}
		})
	}
	t.Logf("rows: %v", checked)
	if checked["stamp"] < 15 {
		t.Errorf("%d rows of check stamp, want 15 at least", checked["stamp"])
	}
}

// TestCorpusStamps: what is read of the stamps that verify.
func TestCorpusStamps(t *testing.T) {
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("no corpus in %s", corpus)
	}
	const certificate = "fb5dbd3c669af9fc236c6991e6387b7f11ff0590997f22d0f5c74ff40e04fca8"
	for _, test := range []struct {
		file     string
		schemes  []int
		time     string
		problems []string
	}{
		{"valid-stamp.apk", []int{1, 2, 3}, "", nil},
		{"v1-only-with-stamp.apk", []int{1}, "", nil},
		{"stamp-unknown-sig.apk", []int{1, 2, 3}, "2022-06-27T21:58:23Z", []string{"[SOURCE_STAMP_UNKNOWN_SIG_ALGORITHM]"}},
		{"stamp-valid-timestamp-16-byte-buffer.apk", []int{1, 2, 3}, "2022-02-17T19:39:46Z", nil},
	} {
		t.Run(test.file, func(t *testing.T) {
			got, problems := judge(t, input(t, read(t, filepath.Join(corpus, test.file)), test.schemes...))
			if diff := cmp.Diff(problems, test.problems); diff != "" {
				t.Error(diff)
			}
			got.Problems = nil
			want := &inventory.Stamp{Kind: kindSource, State: inventory.Verified, SHA256: certificate, Time: test.time}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestApksignerStamps(t *testing.T) {
	for _, test := range []struct {
		file    string
		schemes []int
	}{
		{"apksigner-v1v2v3-stamp.apk", []int{1, 2, 3}},
		{"apksigner-v1v2v3-stamp.apk", []int{2, 3}},
		{"apksigner-v1v2v3-stamp.apk", []int{3}},
		{"apksigner-v3-stamp.apk", []int{3}},
	} {
		t.Run(test.file, func(t *testing.T) {
			in := input(t, read(t, "../testdata/"+test.file), test.schemes...)
			got, problems := judge(t, in)
			if got.State != inventory.Verified || problems != nil || got.SHA256 != hex.EncodeToString(in.Entry) {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestNoStamp: APKs without a stamp have none.
func TestNoStamp(t *testing.T) {
	list, err := fs.Glob(os.DirFS("../testdata"), "*.apk")
	if err != nil || len(list) == 0 {
		t.Fatal("no APKs", err)
	}
	for _, name := range list {
		if strings.Contains(name, "stamp") {
			continue
		}
		apk := read(t, "../testdata/"+name)
		if s, _ := judge(t, input(t, apk)); s.Kind != "" {
			t.Errorf("%s: %+v", name, s)
		}
		if s, present, err := VerifyFrosting(open(t, apk)); s != nil || present || err != nil {
			t.Errorf("%s: frosting %+v, %v", name, s, err)
		}
	}
}

func FuzzSourceStamp(f *testing.F) {
	for _, name := range []string{"apksigner-v1v2v3-stamp.apk", "apksigner-v3-stamp.apk"} {
		file := open(f, read(f, "../testdata/"+name))
		pair, _ := file.Pair(sigblock.IDSourceStampV2)
		f.Add(value(f, file, pair))
	}
	for _, b := range seeds(f) {
		f.Add(b)
	}
	in := sample(f).input()
	f.Fuzz(func(t *testing.T, b []byte) {
		v := newSource(in)
		v.block(b)
		verified := v.stamp.State == inventory.Verified
		for _, p := range v.stamp.Problems {
			if p.ID == "" || p.Message == "" || verified && !p.Warning {
				t.Errorf("%v with problem %+v", v.stamp.State, p)
			}
		}
		if !verified && len(v.stamp.Problems) == 0 {
			t.Errorf("%v without a problem", v.stamp.State)
		}
		if len(v.stamp.Problems) > 10*limits.SignerDigests {
			t.Errorf("%d problems", len(v.stamp.Problems))
		}
	})
}
