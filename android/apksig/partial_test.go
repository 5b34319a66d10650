package apksig_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appraise/android/apksig"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// sparse has the parts of a file that a reader of signers needs: nothing else can be read.
type sparse struct {
	whole []byte
	from  int64           // readable from here on
	files []zipsafe.Entry // readable entries
}

func (s sparse) ReadAt(p []byte, off int64) (int, error) {
	inside := off >= s.from
	for _, e := range s.files {
		inside = inside || off >= e.HeaderOffset && off+int64(len(p)) <= e.HeaderOffset+30+int64(len(e.Name))+int64(e.CompressedSize)+64
	}
	if !inside {
		return 0, errors.New("not read")
	}
	return bytes.NewReader(s.whole).ReadAt(p, off)
}

// From the end of the file, the signing block and the v1 signature files alone, the signers come out that the whole
// file gives.
func TestSignersWithoutContent(t *testing.T) {
	names, err := filepath.Glob("testdata/*.apk")
	if err != nil || len(names) == 0 {
		t.Fatal("no fixtures", err)
	}
	for _, name := range names {
		for _, sdk := range []int{23, 26, 30, 34} {
			whole, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			full, err := zipsafe.Open(bytes.NewReader(whole), int64(len(whole)))
			if err != nil {
				t.Fatal(err)
			}
			opt := apksig.Options{Range: apksig.Range{Min: sdk, Max: sdk}}
			want := apksig.Verify(full, opt).Signature
			opt.SkipContent = true
			got := apksig.Verify(partial(t, whole, full), opt)
			if got.Unread != nil {
				t.Errorf("%s at %d: %v", name, sdk, got.Unread)
				continue
			}
			wantState := want.State
			if wantState == inventory.Verified {
				wantState = inventory.Partial
			}
			sameSigner := func(a, b inventory.Signer) bool { return a.SHA256 == b.SHA256 && slices.Equal(a.Lineage, b.Lineage) }
			if got.Signature.State != wantState || !slices.EqualFunc(got.Signature.Signers, want.Signers, sameSigner) {
				t.Errorf("%s at %d: got %s %v, want %s %v", name, sdk, got.Signature.State, got.Signature.Signers, wantState, want.Signers)
			}
		}
	}
}

func partial(t *testing.T, whole []byte, full *zipsafe.Reader) *zipsafe.Reader {
	t.Helper()
	in := sparse{whole: whole, from: max(0, full.DirectoryOffset-8192)}
	for _, e := range full.Entries {
		if strings.HasPrefix(e.Name, "META-INF/") {
			in.files = append(in.files, e)
		}
	}
	if len(full.Entries) > 0 {
		last := slices.MaxFunc(full.Entries, func(a, b zipsafe.Entry) int { return int(a.HeaderOffset - b.HeaderOffset) })
		in.from = max(in.from, last.HeaderOffset+1) // no content at all, but for the last bytes of the file
		in.from = min(in.from, int64(len(whole))-4096)
	}
	z, err := zipsafe.OpenDirectory(in, int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}
