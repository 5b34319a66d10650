package jar

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"appraise/android/apksig/jar/entry"
	"appraise/internal/limits"
	"appraise/inventory"
)

func wantLimit(t *testing.T, err error) {
	t.Helper()
	var format *inventory.FormatError
	if !errors.As(err, &format) || !format.Limit {
		t.Errorf("got %v, want a limit named", err)
	}
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestInflateBombs(t *testing.T) {
	zeros := make([]byte, 48<<20)
	packed := deflate(t, zeros)
	bomb := func(name string, size uint32, data []byte) part {
		return part{name: name, method: 8, packed: data, size: &size}
	}
	pair := []part{{name: manifestName, body: []byte(mainSection)}, {name: metaInf + "A.SF", body: []byte("Signature-Version: 1.0\n")}}
	tests := []struct {
		name  string
		parts []part
	}{
		{"manifest", []part{bomb(manifestName, 48<<20, packed)}},
		{"manifest too large", []part{bomb(manifestName, limits.JARManifestBytes+1, packed)}},
		{"signature file", append(pair[:1:1], bomb(metaInf+"A.SF", 48<<20, packed), part{name: metaInf + "A.RSA", body: []byte("x")})},
		{"block", append(pair[:2:2], bomb(metaInf+"A.RSA", limits.CMSBytes+1, packed))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := build(t, tt.parts...)
			used := allocated(func() {
				_, err := verify(t, b, everywhere(18))
				wantLimit(t, err)
			})
			if used > 4<<20 {
				t.Errorf("got %d bytes allocated", used)
			}
		})
	}
	t.Run("declared small", func(t *testing.T) {
		b := build(t, bomb(manifestName, 1000, packed))
		used := allocated(func() {
			if _, err := verify(t, b, everywhere(18)); err == nil || !strings.Contains(err.Error(), "gives more than") {
				t.Errorf("got %v", err)
			}
		})
		if used > 4<<20 {
			t.Errorf("got %d bytes allocated", used)
		}
	})
	t.Run("entry", func(t *testing.T) {
		k := newKey(t, nil)
		parts := sign(t, k, []part{{name: "a", body: zeros, method: 8}}, signature{})
		used := allocated(func() {
			_, err := verify(t, build(t, parts...), everywhere(18))
			wantLimit(t, err)
		})
		if used > 16<<20 {
			t.Errorf("got %d bytes allocated", used)
		}
	})
}

// All entries together are bounded, however often they share their data.
func TestTotal(t *testing.T) {
	var parts []part
	for i := range limits.ZipTotalDeclared/(2<<30) + 1 {
		parts = append(parts, part{name: fmt.Sprint(i), method: 8, size: ptr[uint32](2 << 30)})
	}
	_, err := verify(t, build(t, sign(t, newKey(t, nil), parts, signature{})...), everywhere(18))
	wantLimit(t, err)

	a, err := entry.Open(opened(t, build(t, part{name: "a.SF", body: []byte("12345")})))
	if err != nil {
		t.Fatal(err)
	}
	left := int64(9)
	if _, err := readText(a.NewReader(), &a.Files[0], &left); err != nil || left != 4 {
		t.Errorf("got %v, %d bytes left", err, left)
	}
	_, err = readText(a.NewReader(), &a.Files[0], &left)
	wantLimit(t, err)
}

// An entry's content takes no memory, whatever its size.
func TestContentMemory(t *testing.T) {
	body := bytes.Repeat([]byte(strings.Repeat("\x00", 900)+"some text that is not zero 1234567890"), 64<<10) // 60 MB
	b := build(t, sign(t, newKey(t, nil), []part{{name: "a", body: body}, {name: "b", body: body, method: 8}}, signature{})...)
	used := allocated(func() {
		if got, err := verify(t, b, everywhere(18)); err != nil || !got.Verified {
			t.Errorf("got %+v, %v", got, err)
		}
	})
	if used > 8<<20 {
		t.Errorf("got %d bytes allocated", used)
	}
}

func TestManySections(t *testing.T) {
	k := newKey(t, nil)
	lines := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	tests := []struct {
		name   string
		s      signature
		limit  bool
		issues int // of the first kind
		told   string
	}{
		{name: "manifest names 100,000 entries that are not there", s: signature{manifest: func(m string) string { return m + lines(100_000, "Name: %d\n\n") }},
			issues: limits.SignatureIssues, told: fmt.Sprintf("; %d more of this kind", 100_000-limits.SignatureIssues)},
		{name: "manifest over the limit", s: signature{manifest: func(m string) string { return m + lines(limits.JARSections, "Name: %d\n\n") }}, limit: true},
		{name: "signature file names 100,000 entries that are not there", s: signature{sigFile: func(m string) string {
			return sigFileOf(m, whole(m), "SHA-256", crypto.SHA256) + lines(100_000, "Name: %d\n\n")
		}}},
		{name: "signature file over the limit", s: signature{sigFile: func(m string) string {
			return sigFileOf(m, whole(m), "SHA-256", crypto.SHA256) + lines(limits.JARSections, "Name: %d\n\n")
		}}, limit: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t, build(t, sign(t, k, sample(), tt.s)...), everywhere(18))
			if tt.limit {
				wantLimit(t, err)
				return
			}
			if err != nil || len(got.Errors) != tt.issues || got.Verified != (tt.issues == 0) {
				t.Fatalf("got %d issues, %v", len(got.Errors), err)
			}
			if n := len(got.Errors); n > 0 && !strings.HasSuffix(got.Errors[n-1].Message, tt.told) {
				t.Errorf("got %q, want %q", got.Errors[n-1].Message, tt.told)
			}
		})
	}
}

// Sections times entries times signers: twice the entries allocate about twice as much, and as many signers as there
// can be don't multiply what is kept of the entries.
func TestLinear(t *testing.T) {
	k := newKey(t, nil)
	used := map[int]uint64{}
	for _, n := range []int{5_000, 10_000} {
		files := make([]part, n)
		for i := range files {
			files[i].name = fmt.Sprintf("res/drawable/%d.xml", i)
		}
		var parts []part
		for i := range limits.SignersV2 {
			signed := sign(t, k, files, signature{name: fmt.Sprint(i), sigFile: func(m string) string { return sigFileOf(m, "", "SHA-256", crypto.SHA256) }})
			if parts == nil {
				parts = signed[:n+1]
			}
			parts = append(parts, signed[n+1:]...)
		}
		z := opened(t, build(t, parts...))
		used[n] = allocated(func() {
			if got, err := Verify(Input{Zip: z, Range: everywhere(18)}); err != nil || !got.Verified || len(got.Signers) != limits.SignersV2 {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	if float64(used[10_000]) > 2.5*float64(used[5_000]) {
		t.Errorf("got %v bytes allocated", used)
	}
}

func TestManyBlocks(t *testing.T) {
	var alone, pairs []part
	for i := range 30_000 {
		name := fmt.Sprintf("%s%d", metaInf, i)
		alone = append(alone, part{name: name + ".RSA"}, part{name: name + ".DSA"})
		pairs = append(pairs, part{name: name + ".RSA"}, part{name: name + ".SF"})
	}
	for name, tt := range map[string]struct {
		parts    []part
		want     string
		leftover int
	}{"alone": {alone, noSignatures, 60_000}, "pairs": {pairs, maxSignatures, 0}} {
		t.Run(name, func(t *testing.T) {
			got, err := verify(t, build(t, append(tt.parts, part{name: manifestName, body: []byte(mainSection)})...), everywhere(18))
			if err != nil || len(got.Errors) != 1 || got.Errors[0].ID != tt.want || len(got.Leftover) != tt.leftover || len(got.Warnings) > limits.SignatureIssues {
				t.Errorf("got %d errors, %d warnings, %d leftover, %v", len(got.Errors), len(got.Warnings), len(got.Leftover), err)
			}
		})
	}
}

// Text that a reader must not go over once per line, token or attribute.
func TestTextBombs(t *testing.T) {
	const n = 1 << 18
	k := newKey(t, nil)
	tests := []struct{ name, text string }{
		{"continued lines", "Name: res/a.xml\n" + strings.Repeat(" \n", 4*n)},
		{"continued name", "Name: \n" + strings.Repeat(" x\n", 2*n)},
		{"attributes", "Name: res/a.xml\n" + strings.Repeat("a\n", 4*n)},
		{"algorithms and attributes", "Name: res/a.xml\nDigest-Algorithms: " + strings.Repeat("MD5 ", n) + "\n" + strings.Repeat("MD5-digest-no: AAAA\n", n)},
		{"empty lines", strings.Repeat("\n", 4*n)},
		{"digest", "Name: res/a.xml\nSHA1-Digest: " + strings.Repeat("AAAA", 2*n)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			manifest := func(m string) string { return strings.TrimSuffix(m, m[strings.LastIndex(m, "Name"):]) + tt.text }
			for _, r := range []Range{everywhere(1), everywhere(18)} {
				b := build(t, sign(t, k, sample(), signature{manifest: manifest})...)
				used := allocated(func() {
					if got, err := verify(t, b, r); err == nil && got.Verified {
						t.Error("got it verified")
					}
				})
				if used > uint64(24*len(tt.text)) {
					t.Errorf("got %d bytes allocated for %d", used, len(tt.text))
				}
			}
		})
	}
}
