package jar

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"appraise/internal/zipsafe"
	"appraise/inventory"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestMadeByTools judges the APKs of v1 alone that real tools signed, and what apksigner says of them.
func TestMadeByTools(t *testing.T) {
	b, err := os.ReadFile("../testdata/apksigner.tsv")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		least, err := strconv.Atoi(f[1])
		if !strings.Contains(f[0], "-v1-") || err != nil {
			continue
		}
		n++
		t.Run(f[0]+"/"+f[1], func(t *testing.T) {
			apk, err := os.ReadFile(filepath.Join("../testdata", f[0]))
			if err != nil {
				t.Fatal(err)
			}
			got, err := verify(t, apk, everywhere(least))
			if err != nil {
				t.Fatal(err)
			}
			var signers []string
			for _, s := range got.Signers {
				if got.Verified {
					signers = append(signers, s.Certificates[0].SHA256())
				}
			}
			if diff := cmp.Diff([]any{got.Verified, strings.Join(signers, ",")}, []any{f[2] == "ok", f[6]}); diff != "" {
				t.Errorf("got - want +\n%s%+v", diff, got)
			}
		})
	}
	if n == 0 {
		t.Error("no APK is there")
	}
}

// tool runs a program of the JDK or apksigner; the test is skipped where it isn't installed.
func tool(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// TestSignedNow signs with jarsigner and apksigner, and then changes what they made.
func TestSignedNow(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Java many times")
	}
	dir := t.TempDir()
	unsigned := filepath.Join(dir, "unsigned.apk")
	parts := []part{{name: "classes.dex", body: bytes.Repeat([]byte("dex\n035\x00"), 500), method: 8}, {name: "lib/x/libé.so", body: []byte("ELF")}}
	manifest, err := os.ReadFile("../../testdata/permissions.apk")
	if err != nil {
		t.Fatal(err)
	}
	parts = append(unpack(t, manifest), parts...)
	if err := os.WriteFile(unsigned, build(t, parts...), 0o600); err != nil {
		t.Fatal(err)
	}
	for alias, kind := range map[string][]string{
		"rsa": {"-keyalg", "RSA", "-keysize", "2048"}, "ec": {"-keyalg", "EC", "-groupname", "secp256r1"}, "dsa": {"-keyalg", "DSA", "-keysize", "1024", "-sigalg", "SHA1withDSA"},
	} {
		tool(t, dir, "keytool", append([]string{"-genkeypair", "-keystore", "keys.p12", "-storepass", "android", "-alias", alias, "-dname", "CN=" + alias}, kind...)...)
	}
	apksigner := func(aliases ...string) []string {
		args := []string{"sign", "--v1-signing-enabled", "true", "--v2-signing-enabled", "false", "--v3-signing-enabled", "false", "--v4-signing-enabled", "false", "--min-sdk-version", "18"}
		for i, alias := range aliases {
			if i > 0 {
				args = append(args, "--next-signer")
			}
			args = append(args, "--ks", "keys.p12", "--ks-pass", "pass:android", "--ks-key-alias", alias)
		}
		return append(args, "--in", "unsigned.apk", "--out", "signed.apk")
	}
	jarsigner := func(alias string, more ...string) []string {
		return append(append([]string{"-keystore", "keys.p12", "-storepass", "android", "-signedjar", "signed.apk"}, more...), "unsigned.apk", alias)
	}
	tests := []struct {
		name, tool string
		args       []string
		least      int
		signers    int
		weak       string
	}{
		{name: "apksigner RSA", tool: "apksigner", args: apksigner("rsa"), least: 18, signers: 1},
		{name: "apksigner EC", tool: "apksigner", args: apksigner("ec"), least: 18, signers: 1},
		{name: "apksigner DSA", tool: "apksigner", args: apksigner("dsa"), least: 18, signers: 1, weak: "SHA-1"},
		{name: "apksigner three", tool: "apksigner", args: apksigner("rsa", "ec", "dsa"), least: 18, signers: 3},
		{name: "jarsigner RSA", tool: "jarsigner", args: jarsigner("rsa"), least: 19, signers: 1},
		{name: "jarsigner EC", tool: "jarsigner", args: jarsigner("ec", "-digestalg", "SHA-512"), least: 21, signers: 1},
		{name: "jarsigner DSA, SHA-1", tool: "jarsigner", args: jarsigner("dsa", "-digestalg", "SHA1", "-sigalg", "SHA1withDSA"), least: 19, signers: 1, weak: "SHA-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tool(t, dir, tt.tool, tt.args...)
			b, err := os.ReadFile(filepath.Join(dir, "signed.apk"))
			if err != nil {
				t.Fatal(err)
			}
			got, err := verify(t, b, everywhere(tt.least))
			if err != nil || !got.Verified || len(got.Signers) != tt.signers || got.WeakDigest != tt.weak || len(got.Unused)+len(got.Leftover)+len(got.Unprotected) > 0 {
				t.Fatalf("got %+v, %v", got, err)
			}
			for _, s := range got.Signers {
				if c := s.Certificates[0]; len(s.Certificates) != 1 || !strings.HasPrefix(c.SubjectText(), "CN=") {
					t.Errorf("got certificates %v", s.Certificates)
				}
			}
			tamper(t, unpack(t, b), tt.least, got.Signers[0].Name)
		})
	}
}

// tamper changes an honest APK in each way that has to be seen.
func tamper(t *testing.T, honest []part, least int, block string) {
	base, _ := blockBase(block)
	flip := func(name string, at func(b []byte) int) []part {
		return replace(honest, name, func(b []byte) []byte { b[at(b)] ^= 1; return b })
	}
	last := func(b []byte) int { return len(b) - 1 }
	without := slices.DeleteFunc(slices.Clone(honest), func(p part) bool { return p.name == "classes.dex" })
	descriptor := slices.Clone(honest)
	for i := range descriptor {
		if descriptor[i].name == "classes.dex" {
			descriptor[i].localFlags = ptr[uint16](dataDescriptor)
		}
	}
	tests := []struct {
		name  string
		parts []part
		want  []string // one of these; none: an error
	}{
		{"content byte", flip("classes.dex", last), []string{digestDidNotVerify}},
		{"manifest section", flip(manifestName, func(b []byte) int { return bytes.LastIndex(b, []byte("Digest: ")) + 9 }), []string{sectionDidNotVerify}},
		{"signature file", flip(base+".SF", func(b []byte) int { return bytes.Index(b, []byte("Created-By")) }), []string{didNotVerify}},
		{"signature byte", flip(block, last), []string{didNotVerify, verifyException}},
		{"entry added", append(slices.Clone(honest), part{name: "classes2.dex"}), []string{noDigestInManifest}},
		{"entry removed", without, []string{missingEntry}},
		{"entry twice", append(slices.Clone(honest), honest[0]), []string{duplicateEntry}},
		{"data descriptor", descriptor, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t, build(t, tt.parts...), everywhere(least))
			var format *inventory.FormatError
			if tt.want == nil {
				if !errors.As(err, &format) {
					t.Errorf("got %+v, %v, want an error", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			issues, _ := got.all()
			if got.Verified || len(issues) == 0 || !slices.Contains(tt.want, issues[0]) {
				t.Errorf("got %+v, want %v", got, tt.want)
			}
		})
	}
}

// TestTruncated cuts real APKs short: none is verified, and none is unsigned.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"apksigner-v1-two-signers.apk", "jarsigner-v1-debug-key.apk"} {
		b, err := os.ReadFile(filepath.Join("../testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < len(b); n += 7 {
			if got, err := verify(t, b[:n], everywhere(24)); err == nil {
				t.Errorf("%s: %d bytes: got %+v", name, n, got)
			}
		}
		if got, err := verify(t, b, everywhere(24)); err != nil || !got.Verified {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

// TestDirectory is about archives that zipsafe reads and Android's verifier doesn't.
func TestDirectory(t *testing.T) {
	honest := build(t, sign(t, newKey(t, nil), sample(), signature{})...)
	end := len(honest) - sizeEOCD
	change := func(at int, to ...byte) []byte {
		b := bytes.Clone(honest)
		copy(b[at:], to)
		return b
	}
	record := int(le.Uint32(honest[end+16:]))
	tests := []struct {
		name string
		b    []byte
		want string
	}{
		{"bytes after it", append(bytes.Clone(honest), 0), "comment does not end"},
		{"bytes before it", append([]byte("bytes"), honest...), "puts the directory at"},
		{"stated size too small", change(end+12, honest[end+12]-1), "ends within its 7. record"},
		{"fewer entries counted", change(end+10, honest[end+10]-1), ""},
		{"ZIP64 in a record", change(record+20, 0xff, 0xff, 0xff, 0xff), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t, tt.b, everywhere(18))
			if err == nil && (got.Verified || tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %+v, %v, want %q", got, err, tt.want)
			}
		})
	}
	t.Run("range", func(t *testing.T) {
		if _, err := verify(t, honest, Range{24, 23}); err == nil {
			t.Error("got no error")
		}
	})
}

var errBroken = errors.New("disk gone")

// failing lets the first n reads through.
type failing struct {
	io.ReaderAt
	n *int
}

func (f failing) ReadAt(p []byte, off int64) (int, error) {
	if *f.n--; *f.n < 0 {
		return 0, errBroken
	}
	return f.ReaderAt.ReadAt(p, off)
}

// An input that fails is no malformed archive.
func TestInputFails(t *testing.T) {
	b := build(t, sign(t, newKey(t, nil), sample()[:1], signature{})...) // one entry: one goroutine reads at a time
	for n := 0; ; n++ {
		left := 1 << 20
		z, err := zipsafe.Open(failing{bytes.NewReader(b), &left}, int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		left = n
		got, err := Verify(Input{Zip: z, Range: everywhere(18)})
		if err == nil {
			if !got.Verified {
				t.Errorf("got %+v", got)
			}
			return
		}
		if !errors.Is(err, errBroken) {
			t.Fatalf("read %d: got %v", n, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	files, err := filepath.Glob("../testdata/*-v1-*.apk")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, 24)
	}
	k := newKey(f, nil)
	f.Add(build(f, sign(f, k, sample(), signature{})...), 18)
	f.Add(build(f, sign(f, k, sample(), signature{manifest: func(string) string { return "" }})...), 1)
	f.Fuzz(func(t *testing.T, b []byte, least int) {
		r := everywhere(least % 40)
		first, err := verify(t, b, r)
		if err != nil {
			if first != nil {
				t.Fatalf("got a result with the error %v", err)
			}
			return
		}
		if first.Verified && (len(first.Errors) > 0 || len(first.Signers) == 0) {
			t.Fatalf("got %+v", first)
		}
		for _, s := range first.Signers {
			if first.Verified && (len(s.Errors) > 0 || len(s.Certificates) == 0) {
				t.Fatalf("got %+v", s)
			}
		}
		again, err := verify(t, b, r)
		if diff := cmp.Diff(first, again, cmpopts.EquateErrors()); diff != "" || err != nil {
			t.Fatalf("%v, first - again +\n%s", err, diff)
		}
	})
}
