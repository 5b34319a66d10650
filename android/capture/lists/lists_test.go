package lists

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/inventory"
)

// sample is an index with everything in it, as it is written.
func sample(t testing.TB) (*Index, string) {
	t.Helper()
	yes, size := true, int64(2)
	in := &Index{Schema: Schema, Source: "adb", Tool: "appraise test", Created: "2026-01-02T03:04:05Z", Rooted: &yes,
		Outputs: []Output{{Name: "users", Size: &size, Exit: 1, Cut: true, Reason: "phone lost"}, {Name: "id", Exit: -1}},
		APKs:    []APK{{Package: "a.b", Path: "/data/app/base.apk", Split: "x", Size: 100, Reason: "y", Parts: []Part{{0, 10}, {90, 10}}}},
		Packages: []Package{{Name: "a.b", User: 10, Installer: "c.d", UID: 10001, Installed: &yes, Disabled: true, System: true, ThirdParty: true,
			Files: []File{{Path: "/data/app/base.apk", SHA256: strings.Repeat("1", 64), SHA1: strings.Repeat("3", 40), CertSHA256: strings.Repeat("2", 64), CertVerified: true, CertError: "e"}}}},
		Problems: []inventory.Problem{{File: "x", Offset: 1, Message: "y", Limit: true, Matters: true}}}
	text, err := json.MarshalIndent(in, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return in, string(text)
}

const foreign = `[{"name":"com.example.coupons","user_id":10,"files":[{"path":"/data/app/x/base.apk","sha256":"` + "AB" + `","certificate":{"Sha256":"xx"},"verified_certificate":true}],"installer":"null","uid":10245}]`

func TestParseIndex(t *testing.T) {
	want, text := sample(t)
	got, err := ParseIndex([]byte(text))
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, (-want +got)\n%s", err, diff)
	}
	if !IsIndex([]byte(text)) || IsAcquisition([]byte(text)) {
		t.Error("capture.json is not told by its start")
	}
}

func TestTruncatedIndex(t *testing.T) {
	_, whole := sample(t)
	for n := range len(whole) {
		var format *inventory.FormatError
		if _, err := ParseIndex([]byte(whole[:n])); !errors.As(err, &format) {
			t.Fatalf("the first %d of %d bytes gave %v", n, len(whole), err)
		}
	}
}

// Each prefix of a list of AndroidQF errs and keeps what stands before.
func TestTruncatedPackages(t *testing.T) {
	for n := range len(foreign) {
		if list, err := ParsePackages([]byte(foreign[:n])); err == nil || len(list) > 1 {
			t.Fatalf("the first %d of %d bytes gave %v, %v", n, len(foreign), list, err)
		}
	}
	list, err := ParsePackages([]byte(foreign))
	want := []Package{{Name: "com.example.coupons", User: 10, UID: 10245, Files: []File{{Path: "/data/app/x/base.apk"}}}}
	if diff := cmp.Diff(want, list); diff != "" || err != nil {
		t.Errorf("%v, (-want +got)\n%s", err, diff)
	}
}

func TestParseRootBinaries(t *testing.T) {
	yes, no := true, false
	for _, test := range []struct {
		name, text string
		want       *bool
		ok         bool
	}{
		{"none", `[]`, &no, true},
		{"busybox", `["/system/bin/busybox"]`, &no, true},
		{"su", `["/system/bin/busybox /sbin/su"]`, &yes, true},
		{"su, then a defect", `["/sbin/su",`, &yes, false},
		{"a defect", `["/system/bin/busybox",`, nil, false},
		{"text behind", `[] x`, &no, false},
	} {
		got, err := ParseRootBinaries([]byte(test.text))
		if diff := cmp.Diff(test.want, got); diff != "" || (err == nil) != test.ok {
			t.Errorf("%s: %v, (-want +got)\n%s", test.name, err, diff)
		}
	}
}

// A list with more rows than may be is cut there, and told.
func TestManyRows(t *testing.T) {
	rows := func(row string, n int) string { return strings.Repeat(row+",", n-1) + row }
	for _, tt := range []struct {
		name, head, row, tail string
		max                   int
	}{
		{"outputs", `{"schema":"appraise.capture/1","outputs":[`, `{}`, `]}`, limits.CaptureFiles},
		{"APKs", `{"schema":"appraise.capture/1","apks":[`, `{}`, `]}`, limits.CaptureFiles},
		{"parts", `{"schema":"appraise.capture/1","apks":[{"parts":[`, `{}`, `]}]}`, limits.CaptureFiles},
		{"problems", `{"schema":"appraise.capture/1","problems":[`, `{}`, `]}`, limits.CaptureFiles},
		{"packages", `{"schema":"appraise.capture/1","packages":[`, `{"name":"a"}`, `]}`, limits.DumpPackages},
		{"files", `{"schema":"appraise.capture/1","packages":[{"name":"a","files":[`, `{}`, `]}]}`, limits.SetMembers},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ParseIndex([]byte(tt.head + rows(tt.row, tt.max) + tt.tail)); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			var format *inventory.FormatError
			if _, err := ParseIndex([]byte(tt.head + rows(tt.row, tt.max+1) + tt.tail)); !errors.As(err, &format) || !format.Limit {
				t.Errorf("one past the limit: %v", err)
			}
		})
	}
}

func FuzzParseIndex(f *testing.F) {
	_, text := sample(f)
	f.Add([]byte(text))
	f.Add([]byte(`{"schema":"appraise.capture/1","outputs":[{"name":"users","size":2}],"apks":[{"size":3,"parts":[{"offset":0,"size":3}]}]}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		ParseIndex(b)
		IsIndex(b)
	})
}

func FuzzParseAcquisition(f *testing.F) {
	f.Add([]byte(foreign))
	f.Add([]byte(`{"uuid":"01234567","androidqf_version":"v1.7.0","started":"2026-01-02T03:04:05Z"}`))
	f.Add([]byte(`["/system/xbin/su"]`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		ParseAcquisition(b)
		ParsePackages(b)
		ParseRootBinaries(b)
		IsAcquisition(b)
	})
}
