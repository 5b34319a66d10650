package plistsafe

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"howett.net/plist"
)

// reference runs testdata/reference.py, or skips where Python is absent.
func reference(t *testing.T, args ...string) []byte {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 isn't installed: no second opinion")
	}
	cmd := exec.Command(python, append([]string{"testdata/reference.py"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("reference.py: %v", err)
	}
	return out
}

func generated(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	reference(t, "make", dir)
	names, err := filepath.Glob(dir + "/*.plist")
	if err != nil || len(names) == 0 {
		t.Fatalf("no lists made: %v", err)
	}
	return names
}

// tagged is a value in the form that reference.py prints.
func tagged(v any) any {
	switch v := v.(type) {
	case bool:
		return []any{"bool", v}
	case uint64:
		return []any{"int", strconv.FormatUint(v, 10)}
	case int64:
		return []any{"int", strconv.FormatInt(v, 10)}
	case float64:
		return []any{"real", hex.EncodeToString(binary.BigEndian.AppendUint64(nil, math.Float64bits(v)))}
	case float32:
		return tagged(float64(v))
	case string:
		return []any{"string", v}
	case []byte:
		return []any{"data", base64.StdEncoding.EncodeToString(v)}
	case time.Time:
		return []any{"date", v.UTC().Format("2006-01-02T15:04:05")}
	case plist.UID:
		return []any{"uid", strconv.FormatUint(uint64(v), 10)}
	case []any:
		list := []any{}
		for _, x := range v {
			list = append(list, tagged(x))
		}
		return []any{"array", list}
	case map[string]any:
		dict := map[string]any{}
		for k, x := range v {
			dict[k] = tagged(x)
		}
		return []any{"dict", dict}
	}
	return []any{"other", fmt.Sprint(v)}
}

// compare decodes every list that plistlib reads and wants the same values. It returns how many it compared.
func compare(t *testing.T, names []string) int {
	t.Helper()
	lines := bufio.NewScanner(bytes.NewReader(reference(t, append([]string{"read"}, names...)...)))
	lines.Buffer(nil, 64<<20)
	compared := 0
	for _, name := range names {
		if !lines.Scan() {
			t.Fatalf("reference.py printed no line for %s", name)
		}
		var want any
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		if list, ok := want.([]any); !ok || list[0] != "dict" {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := Decode(b, Seal)
		if err != nil {
			t.Errorf("%s: %v, but plistlib reads it", filepath.Base(name), err)
			continue
		}
		if got := tagged(doc.Root); !reflect.DeepEqual(got, want) { // cmp takes minutes over these lists
			t.Errorf("%s: got (-), plistlib reads (+):\n%s", filepath.Base(name), cmp.Diff(got, want))
		}
		compared++
	}
	return compared
}

func TestAgainstPlistlib(t *testing.T) {
	names := append(generated(t), "testdata/info.xml.plist", "testdata/info.binary.plist")
	if got := compare(t, names); got != len(names) {
		t.Errorf("compared %d of %d lists", got, len(names))
	}
}

// libplist is another real producer: each generated list is turned into the other form by it.
func TestAgainstLibplist(t *testing.T) {
	plistutil, err := exec.LookPath("plistutil")
	if err != nil {
		t.Skip("plistutil isn't installed (Debian: libplist-utils)")
	}
	dir := t.TempDir()
	var names []string
	for _, name := range generated(t)[:60] {
		form := map[bool]string{true: "bin", false: "xml"}[bytes.Contains([]byte(name), []byte(".xml."))]
		out := filepath.Join(dir, filepath.Base(name)+"."+form)
		if text, err := exec.Command(plistutil, "-i", name, "-f", form, "-o", out).CombinedOutput(); err != nil {
			t.Logf("plistutil refuses %s: %v %s", filepath.Base(name), err, text)
			continue
		}
		names = append(names, out)
	}
	if got := compare(t, names); got < 55 {
		t.Errorf("compared %d lists written by plistutil, want 55 or more", got)
	}
}

// The library's own odd lists, where the module cache has them.
func TestAgainstPlistlibOnUnusual(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "howett.net/plist").Output()
	if err != nil {
		t.Skip("the module cache isn't at hand")
	}
	names, err := filepath.Glob(string(bytes.TrimSpace(out)) + "/testdata/xml_unusual_cases/*.plist")
	if err != nil || len(names) == 0 {
		t.Skip("the module's testdata isn't at hand")
	}
	t.Logf("compared %d of %d", compare(t, names), len(names))
}
