package capture

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
)

func TestRoundTrip(t *testing.T) {
	want := sample()
	got, err := read(write(t, want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if got.Outputs[Transparency].Text != nil || got.Outputs[Users].Text == nil {
		t.Error("a missing output and an empty one are no longer told apart")
	}
}

func TestRoundTripOfOtherSources(t *testing.T) {
	files := acquisition()
	files["bugreport.zip"] = string(zipOf(t, bugreport()))
	first, err := read(zipOf(t, files))
	if err != nil {
		t.Fatal(err)
	}
	again, err := read(write(t, first))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.sorted(), again); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	want := write(t, sample())
	for range 5 {
		other := sample()
		other.APKs[0], other.APKs[1] = other.APKs[1], other.APKs[0]
		if got := write(t, other); !bytes.Equal(got, want) {
			t.Fatal("the same capture gave other bytes")
		}
	}
	z, err := zip.NewReader(bytes.NewReader(want), int64(len(want)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range z.File {
		got = append(got, f.Name)
		if f.ModifiedDate != 0 || f.ModifiedTime != 0 || len(f.Extra) > 0 {
			t.Errorf("%s has a time or an extra field", f.Name)
		}
		if stored := f.Method == zip.Store; stored != strings.HasPrefix(f.Name, "apk/") {
			t.Errorf("%s: method %d", f.Name, f.Method)
		}
	}
	names := []string{"capture.json", "out/package.txt", "out/settings-secure@10.txt", "out/users.txt", "apk/0/0.bin", "apk/0/90.bin"}
	if diff := cmp.Diff(names, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

func TestWrittenBundleHasNoAnomalies(t *testing.T) {
	b := write(t, sample())
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if len(z.Anomalies) > 0 {
		t.Errorf("anomalies: %v", z.Anomalies)
	}
	if !IsBundle(z) {
		t.Error("IsBundle is false for a bundle of ours")
	}
}

func TestWriteRefuses(t *testing.T) {
	part := func(parts ...Part) *Capture { return &Capture{APKs: []APK{{Size: 10, Parts: parts}}} }
	for _, tt := range []struct {
		name string
		c    *Capture
	}{
		{"unknown output", &Capture{Outputs: map[string]Output{"logcat": {Text: []byte("x")}}}},
		{"traversal in a name", &Capture{Outputs: map[string]Output{"../x": {Text: []byte("x")}}}},
		{"bad user", &Capture{Outputs: map[string]Output{"users@010": {Text: []byte("x")}}}},
		{"long output", &Capture{Outputs: map[string]Output{Users: {Text: make([]byte, limits.DumpBytes+1)}}}},
		{"overlap", part(Part{0, []byte("abc")}, Part{2, []byte("abc")})},
		{"disorder", part(Part{5, []byte("abc")}, Part{0, []byte("abc")})},
		{"behind the end", part(Part{9, []byte("abc")})},
		{"negative offset", part(Part{-1, []byte("abc")})},
		{"huge part", &Capture{APKs: []APK{{Size: limits.APKBytes, Parts: []Part{{0, make([]byte, limits.CapturePart+1)}}}}}},
		{"too many files", &Capture{APKs: make([]APK, limits.CaptureFiles)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.c.Write(io.Discard); err == nil {
				t.Error("written")
			}
		})
	}
	if err := (&Capture{APKs: make([]APK, limits.CaptureFiles-1)}).Write(io.Discard); err != nil {
		t.Errorf("at the limit: %v", err)
	}
}

func TestReadAt(t *testing.T) {
	apk := &APK{Size: 20, Parts: []Part{{0, []byte("abc")}, {3, []byte("def")}, {15, []byte("vwxyz")}}}
	for _, tt := range []struct {
		name   string
		off    int64
		length int
		want   string
		err    error
	}{
		{"one part", 0, 3, "abc", nil},
		{"across parts", 1, 5, "bcdef", nil},
		{"into a gap", 4, 4, "ef", ErrNotRead},
		{"in a gap", 8, 2, "", ErrNotRead},
		{"from a gap into a part", 14, 3, "", ErrNotRead},
		{"last part", 15, 5, "vwxyz", nil},
		{"over the end", 18, 5, "yz", io.EOF},
		{"behind the end", 20, 1, "", io.EOF},
		{"far behind", 1 << 60, 1, "", io.EOF},
		{"nothing", 8, 0, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := make([]byte, tt.length)
			n, err := apk.ReadAt(p, tt.off)
			if string(p[:n]) != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %q, %v, want %q, %v", p[:n], err, tt.want, tt.err)
			}
		})
	}
	if _, err := apk.ReadAt(make([]byte, 1), -1); err == nil {
		t.Error("a negative offset was read")
	}
}

func TestAdd(t *testing.T) {
	c := &Capture{}
	if err := c.Add("logcat", []byte(secret), 0); err == nil {
		t.Error("an unknown output was taken")
	}
	for name, raw := range map[string]string{AppOps: utf16LE("a\r\nb\r\n"), Notification: notificationDump, Users: ""} {
		if err := c.Add(name, []byte(raw), 7); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Outputs[AppOps]; string(got.Text) != "a\nb\n" || got.Exit != 7 {
		t.Errorf("UTF-16 gave %q, exit %d", got.Text, got.Exit)
	}
	if got := string(c.Outputs[Notification].Text); strings.Contains(got, secret) || !strings.Contains(got, "com.example.watch") {
		t.Errorf("notification: %s", got)
	}
	if c.Outputs[Users].Text == nil {
		t.Error("an empty output counts as missing")
	}
	if err := c.Add(AppOps, []byte("other"), 0); err != nil || string(c.Outputs[AppOps].Text) != "a\nb\n" {
		t.Error("the second output of a name replaced the first")
	}
}

func TestAddCutsAtTheLimit(t *testing.T) {
	for _, tt := range []struct {
		size int
		cut  bool
	}{{limits.DumpBytes, false}, {limits.DumpBytes + 1, true}} {
		c := &Capture{}
		if err := c.Add(AppOps, bytes.Repeat([]byte("a"), tt.size), 0); err != nil {
			t.Fatal(err)
		}
		o := c.Outputs[AppOps]
		if o.Cut != tt.cut || (o.Reason != "") != tt.cut || len(o.Text) != limits.DumpBytes {
			t.Errorf("%d bytes: cut %v, reason %q, %d kept", tt.size, o.Cut, o.Reason, len(o.Text))
		}
		if told := len(c.Problems) == 1 && c.Problems[0].Matters && c.Problems[0].Limit; told != tt.cut {
			t.Errorf("%d bytes: problems %v", tt.size, c.Problems)
		}
	}
}

func TestFilterIsIdempotent(t *testing.T) {
	once, err := filter(Notification, []byte(notificationDump))
	if err != nil {
		t.Fatal(err)
	}
	twice, err := filter(Notification+"@10", once)
	if err != nil || !bytes.Equal(once, twice) {
		t.Errorf("twice: %q, %v; once: %q", twice, err, once)
	}
}

func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, n := range Names {
		if seen[n.Name] || n.Command == "" || n.Since < 1 || n.Time <= 0 || n.Tells == "" || !IsName(n.Name) {
			t.Errorf("row %q: names are unique, commands, levels, times and meanings written", n.Name)
		}
		seen[n.Name] = true
		if n.Instead != "" && !IsName(n.Instead) {
			t.Errorf("row %q: no output %q", n.Name, n.Instead)
		}
	}
	for name, want := range map[string]bool{
		"users": true, "users@10": true, "users@9999": true, "settings-secure@1": true, "users@0": false, "users@01": false, "users@10000": false,
		"users@-1": false, "users@": false, "users@+1": false, "users@1@2": false, "": false, "@1": false, "../users": false, "users/x": false, "USERS": false,
	} {
		if got := IsName(name); got != want {
			t.Errorf("IsName(%q) = %v, want %v", name, got, want)
		}
		if row, got := Lookup(name); got != want || got && row.Name != Base(name) {
			t.Errorf("Lookup(%q) = %q, %v", name, row.Name, got)
		}
	}
	if got := ForUser(Users, 0) + " " + ForUser(Users, 10); got != "users users@10" {
		t.Errorf("ForUser gives %s", got)
	}
}
