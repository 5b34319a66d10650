package axmltest

import (
	"os"
	"path/filepath"
	"testing"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
)

// Load reads a file of a folder of fixtures.
func Load(t testing.TB, folder, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Fixtures lists the files of a folder whose names end so.
func Fixtures(t testing.TB, folder, ending string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*"+ending))
	if err != nil || len(found) == 0 {
		t.Fatalf("no fixtures *%s: %v", ending, err)
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}

// Corpus lists the APKs that tests can find: the folders of real packages in shared, the folder beside the project, and
// Debian's framework package. APPRAISE_APKS can name more folders.
func Corpus(t testing.TB, shared string) []string {
	t.Helper()
	folders := []string{filepath.Join(shared, "corpus/apktool"), filepath.Join(shared, "corpus/apksig"), "/usr/share/android-framework-res"}
	folders = append(folders, filepath.SplitList(os.Getenv("APPRAISE_APKS"))...)
	var apks []string
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join(folder, "*.apk"))
		if err != nil {
			t.Fatal(err)
		}
		apks = append(apks, found...)
	}
	if len(apks) == 0 {
		t.Skip("no folder of APKs found: set APPRAISE_APKS to one")
	}
	return apks
}

// Entries reads the files of an APK whose names pick accepts; none where the APK can't be opened.
func Entries(t testing.TB, apk string, pick func(name string) bool) map[string][]byte {
	t.Helper()
	f, err := os.Open(apk)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zipsafe.Open(f, info.Size())
	if err != nil {
		return nil
	}
	found := map[string][]byte{}
	for i := range z.Entries {
		e := &z.Entries[i]
		if found[e.Name] != nil || !pick(e.Name) {
			continue
		}
		if b, err := z.ReadFile(e, limits.ResourcesBytes); err == nil {
			found[e.Name] = b
		}
	}
	return found
}

// Entry reads one file of an APK, nil where there is none.
func Entry(t testing.TB, apk, name string) []byte {
	t.Helper()
	return Entries(t, apk, func(n string) bool { return n == name })[name]
}

// Diff tells the first line in which two texts differ.
func Diff(t *testing.T, name string, got, want []string) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("%s: line %d\n got %s\nwant %s", name, i+1, got[i], want[i])
			return
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: got %d lines, want %d", name, len(got), len(want))
	}
}

// Biggest returns the largest file of that name in the packages at hand, else the fixture.
func Biggest(b *testing.B, shared, name string, fixture []byte) []byte {
	b.Helper()
	most := fixture
	if _, err := os.Stat(filepath.Join(shared, "corpus")); err != nil {
		return most
	}
	for _, apk := range Corpus(b, shared) {
		if file := Entry(b, apk, name); len(file) > len(most) && len(file) < 4<<20 {
			most = file
		}
	}
	return most
}
