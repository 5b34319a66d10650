package zipsafe

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"appraise/internal/limits"
	"appraise/inventory"

	"github.com/google/go-cmp/cmp"
)

const (
	localA = "\x03\x00\x08\x00manifest"
	longer = "../"
)

// One crafted file per anomaly; each reads on, and says in the anomaly which reading was chosen.
func TestS02_Anomalies(t *testing.T) {
	plain := part{name: "a.txt", body: "hello"}
	packed := part{name: "classes.dex", body: strings.Repeat("dex ", 100), method: Deflate}
	nested := craft{}.build(t, plain)
	tests := []struct {
		name   string
		craft  craft
		parts  []part
		want   []AnomalyKind
		detail string            // a part of the anomaly's text
		read   map[string]string // name -> content
	}{
		{name: "honest", parts: []part{plain, packed}, read: map[string]string{"a.txt": "hello", "classes.dex": packed.body}},
		{name: "empty archive"},
		{name: "comment", craft: craft{comment: "made by hand"}, parts: []part{plain}},
		{name: "longest comment", craft: craft{comment: strings.Repeat("c", maxComment)}, parts: []part{plain}},
		{name: "signing block before directory", craft: craft{beforeDir: strings.Repeat("B", 4096)}, parts: []part{plain}},
		{name: "data descriptor", parts: []part{{name: "a", body: "x", flags: flagDataDescriptor, localSize: ptr[uint32](0)}}},
		{name: "data descriptor by the local header alone", parts: []part{{name: "a", body: "x", localFlags: ptr[uint16](flagDataDescriptor), localSize: ptr[uint32](0)}}},
		{name: "zipflinger padding first", craft: craft{prefix: sigLocal + strings.Repeat("\x00", 24) + "\x04\x00pad!"}, parts: []part{plain}},
		{name: "zipflinger padding between", parts: []part{plain, {name: "b", before: sigLocal + strings.Repeat("\x00", 26)}}},
		{name: "stored archive inside", parts: []part{plain, {name: "inner.zip", body: string(nested)}}},
		{name: "bytes after the comment", craft: craft{afterEnd: "junk"}, parts: []part{plain}, read: map[string]string{"a.txt": "hello"}},

		{name: "duplicate", parts: []part{plain, {name: "a.txt", body: "other"}},
			want: []AnomalyKind{inventory.TraitZipDuplicateName}, detail: "the first entry is used", read: map[string]string{"a.txt": "hello"}},
		{name: "file and folder", parts: []part{{name: "js", body: "1"}, {name: "js/x.js", body: "2"}},
			want: []AnomalyKind{inventory.TraitZipDuplicateName}, detail: "both are read", read: map[string]string{"js": "1", "js/x.js": "2"}},
		{name: "case", parts: []part{{name: "res/a.xml", body: "1"}, {name: "res/A.xml", body: "2"}},
			want: []AnomalyKind{inventory.TraitZipCaseDuplicate}, detail: "both are read", read: map[string]string{"res/a.xml": "1", "res/A.xml": "2"}},
		{name: "two manifests", parts: []part{{name: manifestName, body: "1"}, {name: manifestName, body: "2"}},
			want:   []AnomalyKind{inventory.TraitZipDuplicateName, inventory.TraitZipSeveralManifest},
			detail: "the first entry named exactly", read: map[string]string{manifestName: "1"}},
		{name: "manifest as a folder", parts: []part{{name: manifestName, body: "1"}, {name: manifestName + "/"}},
			want: []AnomalyKind{inventory.TraitZipSeveralManifest, inventory.TraitZipDuplicateName}, read: map[string]string{manifestName: "1"}},
		{name: "manifest by a detour", parts: []part{{name: manifestName, body: "1"}, {name: `x\..\ANDROIDMANIFEST.xml`}},
			want: []AnomalyKind{inventory.TraitZipBadName, inventory.TraitZipSeveralManifest}},
		{name: "shared local header", parts: []part{plain, {name: "b.txt", body: "hello", shared: true}},
			want:   []AnomalyKind{inventory.TraitZipLocalMismatch, inventory.TraitZipOverlap},
			detail: "read by its own directory record", read: map[string]string{"a.txt": "hello", "b.txt": "hello"}},
		{name: "data run into the next entry", parts: []part{{name: "a", body: "hello", packedSize: ptr[uint32](9)}, plain},
			want: []AnomalyKind{inventory.TraitZipOverlap}},
		{name: "stored size runs into the next entry", parts: []part{{name: "a", body: "hello", size: ptr[uint32](9)}, plain},
			want: []AnomalyKind{inventory.TraitZipOverlap}},
		{name: "data run into the directory", parts: []part{{name: "a", body: "hello", packedSize: ptr[uint32](40)}},
			want: []AnomalyKind{inventory.TraitZipOverlap}, detail: "reach into the central directory"},
		{name: "local name", parts: []part{{name: "a.txt", localName: "b.txt", body: "x"}},
			want: []AnomalyKind{inventory.TraitZipLocalMismatch}, detail: "the directory is used", read: map[string]string{"a.txt": "x"}},
		{name: "local name of another length", parts: []part{{name: "a.txt", localName: "a.txt.txt", body: "x"}},
			want: []AnomalyKind{inventory.TraitZipLocalMismatch}, detail: "(9 bytes)", read: map[string]string{"a.txt": "x"}},
		{name: "local method", parts: []part{{name: "a", body: "x", method: Deflate, localMethod: ptr[uint16](Store)}},
			want: []AnomalyKind{inventory.TraitZipLocalMismatch}, detail: "says method 0, the directory 8", read: map[string]string{"a": "x"}},
		{name: "local flags", parts: []part{{name: "a", body: "x", localFlags: ptr[uint16](flagEncrypted)}},
			want: []AnomalyKind{inventory.TraitZipLocalMismatch}, detail: "flags 1", read: map[string]string{"a": "x"}},
		{name: "local size", parts: []part{{name: "a", body: "x", localSize: ptr[uint32](7)}},
			want: []AnomalyKind{inventory.TraitZipLocalMismatch}, detail: "size 7", read: map[string]string{"a": "x"}},
		{name: "no local header", parts: []part{{name: "a", body: "x"}, {name: "b", body: "x", offset: ptr[uint32](3)}},
			want: []AnomalyKind{inventory.TraitZipLocalMismatch}, detail: "no local header", read: map[string]string{"a": "x"}},
		{name: "local header outside", parts: []part{{name: "b", body: "x", offset: ptr[uint32](1 << 31)}},
			want: []AnomalyKind{inventory.TraitZipLocalMismatch}, detail: "no local header"},
		{name: "encrypted flag", parts: []part{{name: "a", body: "plain", flags: flagEncrypted, method: Deflate}},
			want: []AnomalyKind{inventory.TraitZipEncryptedFlag}, detail: "read as plain data", read: map[string]string{"a": "plain"}},
		{name: "unknown method over stored data", parts: []part{{name: manifestName, body: localA, method: 30208}},
			want: []AnomalyKind{inventory.TraitZipUnknownMethod}, detail: "method 30208", read: map[string]string{manifestName: localA}},
		{name: "second end mark in the comment", craft: craft{comment: sigEOCD + "and more than twenty-two bytes"}, parts: []part{plain},
			want: []AnomalyKind{inventory.TraitZipSeveralEOCD}, detail: "the last whose fields fit", read: map[string]string{"a.txt": "hello"}},
		{name: "second end mark before the directory", craft: craft{beforeDir: string(nested)}, parts: []part{plain},
			want: []AnomalyKind{inventory.TraitZipSeveralEOCD}, read: map[string]string{"a.txt": "hello"}},
		{name: "prefix", craft: craft{prefix: "#!/bin/sh\n"}, parts: []part{plain},
			want: []AnomalyKind{inventory.TraitZipPrefix}, detail: "10 bytes before", read: map[string]string{"a.txt": "hello"}},
		{name: "prefix that offsets don't count", craft: craft{uncounted: "#!/bin/sh\n"}, parts: []part{plain, packed},
			want: []AnomalyKind{inventory.TraitZipPrefix}, detail: "10 bytes before", read: map[string]string{"a.txt": "hello", "classes.dex": packed.body}},
		{name: "Janus", craft: craft{prefix: "dex\n035\x00 and code"}, parts: []part{plain},
			want: []AnomalyKind{inventory.TraitZipDexPrefix}, detail: "DEX", read: map[string]string{"a.txt": "hello"}},
		{name: "more records than counted", craft: craft{count: ptr[uint16](1)}, parts: []part{plain, {name: "hidden", body: "x"}},
			want: []AnomalyKind{inventory.TraitZipHiddenRecords}, detail: "not read, as on Android", read: map[string]string{"a.txt": "hello"}},
		{name: "directory longer than stated", craft: craft{sizeDelta: -51}, parts: []part{plain, {name: "b.txt", body: "x"}},
			want:   []AnomalyKind{inventory.TraitZipHiddenRecords, inventory.TraitZipHiddenRecords}, // the record next to the end is a directory to some
			detail: "all counted records are read", read: map[string]string{"b.txt": "x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := open(t, tt.craft.build(t, tt.parts...))
			var got []AnomalyKind
			var details []string
			for _, a := range z.Anomalies {
				got = append(got, a.Kind)
				details = append(details, a.Detail)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("got - want +\n%s\n%q", diff, details)
			}
			if !strings.Contains(strings.Join(details, "\n"), tt.detail) {
				t.Errorf("got %q, want %q in it", details, tt.detail)
			}
			for name, want := range tt.read {
				e, ok := z.Lookup(name)
				if !ok {
					t.Fatalf("%q is missing", name)
				}
				if got, err := z.ReadFile(e, 1<<20); err != nil || string(got) != want {
					t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
				}
			}
		})
	}
}

// A reader that goes back from the end record by the directory's size finds another directory than one
// that follows its offset.
func TestS02_SecondDirectory(t *testing.T) {
	twin := craft{}.build(t, part{name: "b.txt", body: "x"})
	twinDir := string(twin[strings.Index(string(twin), sigCentral):strings.Index(string(twin), sigEOCD)])
	z := open(t, craft{afterDir: twinDir}.build(t, part{name: "a.txt", body: "x"}))
	if _, ok := z.Lookup("a.txt"); !ok || len(z.Entries) != 1 {
		t.Errorf("got %v, want the directory at the stated offset", z.Entries)
	}
	if !slices.ContainsFunc(z.Anomalies, func(a Anomaly) bool { return a.Kind == inventory.TraitZipHiddenRecords }) {
		t.Errorf("got %v, want the second directory noted", z.Anomalies)
	}
}

// An unknown method over deflated data is inflated only where the checksum says so.
func TestS02_UnknownMethodDeflated(t *testing.T) {
	body := strings.Repeat("text ", 50)
	b := craft{}.build(t, part{name: "a", body: body, method: Deflate})
	for _, i := range []int{8, strings.Index(string(b), sigCentral) + 10} {
		le.PutUint16(b[i:], 93)
	}
	z := open(t, b)
	got, err := z.ReadFile(&z.Entries[0], 1<<20)
	if err != nil || string(got) != body {
		t.Errorf("got %q, %v, want %q", got, err, body)
	}
}

func TestS09_BadNames(t *testing.T) {
	tests := []struct {
		name string
		bad  bool
	}{
		{"../../etc/passwd", true}, {"../x", true}, {"a/../x", true}, {"a/..", true}, {"/abs", true}, {`C:\x`, true}, {"c:x", true},
		{`a\..\b`, true}, {"x\x00y", true}, {"x\x00.js", true}, {"", true}, {"/", true}, {"./a", true}, {"a//b", true}, {"a/./b", true},
		{"\xff\xfe", true}, {strings.Repeat("n", limits.ZipNameBytes+1), true},
		{strings.Repeat("n", limits.ZipNameBytes), false}, {strings.Repeat("n", 300), false},
		{"a", false}, {"a/", false}, {"a/b/c.js", false}, {"..a/b..", false}, {"日本語/ü", false}, {"1:2", false}, {"CON", false}, {"a\nb", false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%.20q", tt.name), func(t *testing.T) {
			z := open(t, craft{}.build(t, part{name: tt.name, body: "x"}))
			if got := len(z.Anomalies) > 0; got != tt.bad {
				t.Errorf("got %v, want bad: %v", z.Anomalies, tt.bad)
			}
			if e, ok := z.Lookup(tt.name); !ok || e.Name != tt.name {
				t.Errorf("got %v, want the entry under its raw name", e)
			}
		})
	}
}

// The same trick played often is told limits.ZipAnomalies times and then counted.
func TestS02_ManyAnomalies(t *testing.T) {
	parts := make([]part, limits.ZipAnomalies+51)
	for i := range parts {
		parts[i] = part{name: "same"}
	}
	z := open(t, craft{}.build(t, parts...))
	if got, want := len(z.Anomalies), limits.ZipAnomalies; got != want {
		t.Fatalf("got %d anomalies, want %d", got, want)
	}
	last := z.Anomalies[limits.ZipAnomalies-1].Detail
	if !strings.HasSuffix(last, "; 50 more of this kind") {
		t.Errorf("got %q, want the rest counted in the last one", last)
	}
	traits := z.Traits()
	if len(traits) != 1 || traits[0].ID != inventory.TraitZipDuplicateName || len(traits[0].Evidence) != limits.ZipAnomalies {
		t.Errorf("got %d traits, want one with all the evidence", len(traits))
	}
}

// A name of 64 KiB is cut where it is shown.
func TestS14_LongNameInDetail(t *testing.T) {
	z := open(t, craft{}.build(t, part{name: strings.Repeat(longer, 20_000)}))
	if got := len(z.Anomalies[0].Detail); got > 4*limits.CellRunes {
		t.Errorf("got a detail of %d bytes", got)
	}
}
