package manifest

import (
	"archive/zip"
	"bytes"
	"crypto"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSections(t *testing.T) {
	type one struct {
		text, name string
		attributes []string // name|value
	}
	tests := []struct {
		name, text string
		want       []one
	}{
		{"empty", "", nil},
		{"empty lines", "\r\n\n\r", nil},
		{"one line", "a: b", []one{{"a: b", "", []string{"a|b"}}}},
		{"line ends", "a: b\rc: d\ne: f\r\n\r\rName: x\n\ny", []one{
			{"a: b\rc: d\ne: f\r\n\r", "", []string{"a|b", "c|d", "e|f"}}, {"Name: x\n\n", "x", []string{"Name|x"}}, {"y", "", []string{"y|"}}}},
		{"empty lines before a section are no part of it", "a\n\n\n\nnAmE: b\n\n\n", []one{{"a\n\n", "", []string{"a|"}}, {"nAmE: b\n\n", "b", []string{"nAmE|b"}}}},
		{"continued", "Name: a\r\n b\n  c\r d\n\n", []one{{"Name: a\r\n b\n  c\r d\n\n", "ab cd", []string{"Name|ab cd"}}}},
		{"name continued", "Na\n me: a\n", []one{{"Na\n me: a\n", "a", []string{"Name|a"}}}},
		{"space first in a section", " a\n b\n\n c\n", []one{{" a\n b\n\n", "", []string{" ab|"}}, {" c\n", "", []string{" c|"}}}},
		{"a line of one space", "a: b\n \n\n", []one{{"a: b\n \n\n", "", []string{"a|b"}}}},
		{"parts at the first colon and space", "a:b: c: d \n: e\nf:\n", []one{{"a:b: c: d \n: e\nf:\n", "", []string{"a:b|c: d ", "|e", "f:|"}}}},
		{"name not first", "A: b\nName: c\n", []one{{"A: b\nName: c\n", "", []string{"A|b", "Name|c"}}}},
		{"spaces stay", "Name:  a \nName : b\n", []one{{"Name:  a \nName : b\n", " a ", []string{"Name| a ", "Name |b"}}}},
		{"no text", "Name: \xff\x00\n", []one{{"Name: \xff\x00\n", "\ufffd\x00", []string{"Name|\xff\x00"}}}},
		{"no byte order mark", "\ufeffName: a\n", []one{{"\ufeffName: a\n", "", []string{"\ufeffName|a"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []one
			p := NewSections([]byte(tt.text))
			for s, ok := p.Next(); ok; s, ok = p.Next() {
				o := one{text: tt.text[s.Start:s.End], name: s.Name}
				for name, value := range Attributes(p.text[s.Start:s.End]) {
					o.attributes = append(o.attributes, string(name)+"|"+string(value))
				}
				got = append(got, o)
			}
			if diff := cmp.Diff(got, tt.want, cmp.AllowUnexported(one{})); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
		})
	}
}

type levels struct{ least, most int }

func TestDigests(t *testing.T) {
	const md5, sha, sha1, sha256, sha384, sha512 = "MD5-Digest: QQ==\n", "SHA-Digest: Qg==\n", "SHA1-Digest: Qw==\n", "SHA-256-Digest: RA==\n", "SHA-384-Digest: RQ==\n", "SHA-512-Digest: Rg==\n"
	d := func(h crypto.Hash, c byte) Digest { return Digest{h, []byte{c}} }
	old, new := levels{8, 17}, levels{18, 30}
	tests := []struct {
		name, text string
		r          levels
		want       []Digest
		wrong      bool
	}{
		{"none", "Name: x\n", new, nil, false},
		{"new takes the strongest", md5 + sha + sha1 + sha256 + sha384 + sha512, new, []Digest{d(crypto.SHA512, 'F')}, false},
		{"new takes SHA-384", sha256 + sha384, new, []Digest{d(crypto.SHA384, 'E')}, false},
		{"new doesn't know MD5 and SHA", md5 + sha + "SHA-1-Digest: Qw==\n", new, nil, false},
		{"old takes SHA first", sha1 + sha + sha256, old, []Digest{d(crypto.SHA1, 'B')}, false},
		{"old doesn't take what isn't listed", md5 + sha256, old, nil, false},
		{"old takes the first listed that is there", "Digest-Algorithms: SHA-384 X SHA-256\tMD5\n" + md5 + sha256 + sha384, old, []Digest{d(crypto.SHA256, 'D')}, false},
		{"9 knows SHA-384", "Digest-Algorithms: SHA-384 X SHA-256\tMD5\n" + md5 + sha256 + sha384, levels{9, 17}, []Digest{d(crypto.SHA384, 'E')}, false},
		{"both", sha1 + sha256, levels{8, 30}, []Digest{d(crypto.SHA1, 'C'), d(crypto.SHA256, 'D')}, false},
		{"both the same", sha1, levels{8, 30}, []Digest{d(crypto.SHA1, 'C')}, false},
		{"both SHA-1 and not the same", sha + sha1, levels{8, 30}, []Digest{d(crypto.SHA1, 'B'), d(crypto.SHA1, 'C')}, false},
		{"nothing for the old", sha256, levels{8, 30}, nil, false},
		{"first of two attributes", sha256 + "sha-256-digest: AAAA\n", new, []Digest{d(crypto.SHA256, 'D')}, false},
		{"not Base64", "SHA-256-Digest: ?\n", new, nil, true},
		{"not Base64, and weaker", "SHA-256-Digest: ?\n" + sha512, new, []Digest{d(crypto.SHA512, 'F')}, false},
		{"not Base64 for the old", "SHA-Digest: ?\n" + sha512, old, nil, true},
		{"empty", "SHA-256-Digest: \n", new, []Digest{{crypto.SHA256, []byte{}}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Digests([]byte(tt.text), DigestAttributes(OfSection), tt.r.least, tt.r.most)
			if diff := cmp.Diff(got, tt.want); diff != "" || (err != nil) != tt.wrong {
				t.Errorf("%v, got - want +\n%s", err, diff)
			}
		})
	}
}

// slowAttributes reads a section the way that ManifestParser does: line by line, each continued line joined.
func slowAttributes(text string) (out []string) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	for i, line := range strings.Split(strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\n"), "\n") {
		if i > 0 && strings.HasPrefix(line, " ") {
			out[len(out)-1] += line[1:]
		} else {
			out = append(out, line)
		}
	}
	return out
}

func FuzzManifest(f *testing.F) {
	for _, s := range []string{"", "Manifest-Version: 1.0\r\n\r\nName: a\r\n b\r\nSHA1-Digest: AAAA\r\n\r\n", "a\r\r b\n\n\n c: d\n  e\r\n", "Digest-Algorithms: MD5 SHA\nMD5-Digest: ?\n"} {
		f.Add([]byte(s))
	}
	files, err := filepath.Glob("../../testdata/*-v1-*.apk")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range z.File {
			if !strings.HasSuffix(e.Name, ".SF") && !strings.HasSuffix(e.Name, ".MF") {
				continue
			}
			text, err := fs.ReadFile(z, e.Name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, at := NewSections(b), 0
		for s, ok := p.Next(); ok; s, ok = p.Next() {
			text := b[s.Start:s.End]
			if s.Start < at || s.End <= s.Start || len(bytes.Trim(b[at:s.Start], "\r\n")) > 0 || bytes.ContainsAny(text[:1], "\r\n") {
				t.Fatalf("section %d to %d after %d", s.Start, s.End, at)
			}
			at = s.End
			var got []string
			for name, value := range Attributes(text) {
				got = append(got, string(name)+string(value))
			}
			var want []string
			for _, line := range slowAttributes(string(text)) {
				want = append(want, strings.Replace(line, ": ", "", 1))
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Fatalf("%q: got - want +\n%s", text, diff)
			}
			for _, r := range []levels{{1, 17}, {1, 30}, {24, 30}} {
				digests, err := Digests(text, DigestAttributes(OfSection), r.least, r.most)
				if err != nil && digests != nil || len(digests) > 2 {
					t.Fatalf("got %v, %v", digests, err)
				}
			}
		}
		if len(bytes.Trim(b[at:], "\r\n")) > 0 {
			t.Fatalf("nothing is read from %d of %d on", at, len(b))
		}
	})
}
