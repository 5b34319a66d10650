package axml

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"appraise/internal/limits"
	"appraise/internal/zipsafe"
)

// corpus lists the APKs that tests can find: the folders of real packages beside the project and
// Debian's framework package. APPRAISE_APKS can name more folders.
func corpus(t testing.TB) []string {
	t.Helper()
	folders := []string{"../../../shared/corpus/apktool", "../../../shared/corpus/apksig", "/usr/share/android-framework-res"}
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

// entries reads the files of an APK whose names pick accepts; none where the APK can't be opened.
func entries(t testing.TB, apk string, pick func(name string) bool) map[string][]byte {
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

func entry(t testing.TB, apk, name string) []byte {
	t.Helper()
	return entries(t, apk, func(n string) bool { return n == name })[name]
}

func needAapt(t testing.TB) string {
	t.Helper()
	aapt, err := exec.LookPath("aapt")
	if err != nil {
		t.Skip("aapt is not installed")
	}
	return aapt
}

// Every element, line number, attribute name, id, typed value and raw text of a real manifest is what aapt
// prints of it.
func TestXMLAgreesWithAapt(t *testing.T) {
	aapt := needAapt(t)
	compared := 0
	for _, apk := range corpus(t) {
		b := entry(t, apk, "AndroidManifest.xml")
		if b == nil {
			continue
		}
		out, err := exec.Command(aapt, "dump", "xmltree", apk, "AndroidManifest.xml").Output()
		if err != nil && len(out) == 0 {
			t.Logf("%s: aapt reads no manifest", filepath.Base(apk))
			continue
		}
		doc, err := ParseXML(b)
		if err != nil {
			t.Errorf("%s: %v", apk, err)
			continue
		}
		compared++
		diff(t, apk, treeLines(doc.Root, 0), aaptLines(string(out)))
	}
	t.Logf("%d manifests compared", compared)
}

func diff(t *testing.T, name string, got, want []string) {
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

// treeLines prints an element as aapt dump xmltree does, with namespaces spelled out.
func treeLines(e *Element, depth int) []string {
	lines := []string{fmt.Sprintf("%d E: %s (line=%d)", depth, expanded(e.Namespace, e.Name), e.Line)}
	for _, a := range e.Attrs {
		name := expanded(a.Namespace, a.Name)
		if a.ID != 0 {
			name += fmt.Sprintf("(0x%08x)", a.ID)
		}
		lines = append(lines, fmt.Sprintf("%d A: %s=%s", depth, name, aaptValue(a)))
	}
	for _, child := range e.Children {
		lines = append(lines, treeLines(child, depth+1)...)
	}
	return lines
}

func expanded(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return "{" + namespace + "}" + name
}

// aaptValue prints a value as aapt does, but for @null, a reference to 0, which this reader and Android
// take for no value. aapt shows the raw text for a string, and puts the package of a
// shared library where a dynamic reference has 0: 0x02, the first free one.
func aaptValue(a Attr) string {
	raw := ""
	if a.HasRaw {
		raw = ` (Raw: "` + aaptEscape(a.Raw) + `")`
	}
	switch v := a.Value; v.Type {
	case TypeNull:
		return "(null)" + raw
	case TypeReference:
		return fmt.Sprintf("@0x%08x", v.Data) + raw
	case TypeDynamicReference:
		return fmt.Sprintf("@0x%08x", 0x02000000|v.Data) + raw
	case TypeAttribute:
		return fmt.Sprintf("?0x%08x", v.Data) + raw
	case TypeString:
		return `"` + aaptEscape(a.Raw) + `"` + raw
	default:
		return fmt.Sprintf("(type 0x%x)0x%x", v.Type, v.Data) + raw
	}
}

// aaptEscape is ResTable::normalizeForOutput.
func aaptEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s)
}

// aaptLines brings the output of aapt dump xmltree into the form of treeLines.
func aaptLines(out string) []string {
	var lines []string
	var indents []int // of the open elements
	uris := map[string]string{}
	for line := range strings.Lines(out) {
		text := strings.TrimLeft(strings.TrimRight(line, "\n"), " ")
		indent := len(line) - len(strings.TrimLeft(line, " "))
		kind, rest, _ := strings.Cut(text, ": ")
		if kind == "N" {
			prefix, uri, _ := strings.Cut(rest, "=")
			uris[prefix] = uri
		}
		if kind != "E" && kind != "A" {
			continue
		}
		for len(indents) > 0 && indents[len(indents)-1] >= indent {
			indents = indents[:len(indents)-1]
		}
		if kind == "E" {
			indents = append(indents, indent)
		}
		rest = strings.Replace(rest, "=@0x00000000", "=(null)", 1)
		lines = append(lines, fmt.Sprintf("%d %s: %s", len(indents)-1, kind, withURI(rest, uris)))
	}
	return lines
}

// withURI replaces the prefix of a name by its namespace. aapt prints a namespace that was not declared in full.
func withURI(text string, uris map[string]string) string {
	for prefix, uri := range uris {
		if rest, ok := strings.CutPrefix(text, prefix+":"); ok && prefix != "" {
			return "{" + uri + "}" + rest
		}
	}
	if rest, ok := strings.CutPrefix(text, androidNamespace+":"); ok {
		return expanded(androidNamespace, rest)
	}
	return text
}

// Every simple value of a real resource table is what aapt prints of it.
func TestTableAgreesWithAapt(t *testing.T) {
	aapt := needAapt(t)
	tables, values := 0, 0
	for _, apk := range corpus(t) {
		b := entry(t, apk, "resources.arsc")
		if b == nil || len(b) > 4<<20 {
			continue
		}
		table, err := ParseTable(b)
		if err != nil {
			t.Errorf("%s: %v", apk, err)
			continue
		}
		if !plainTable(table) {
			t.Logf("%s: this aapt can't read compact entries or 16-bit offsets", filepath.Base(apk))
			continue
		}
		out, err := exec.Command(aapt, "dump", "--values", "resources", apk).Output()
		if err != nil || strings.HasPrefix(string(out), "Package Groups (0)") {
			t.Logf("%s: aapt shows no package of this archive", filepath.Base(apk))
			continue
		}
		want := aaptTable(string(out))
		diff(t, apk, tableLines(table), want)
		tables, values = tables+1, values+len(want)
	}
	t.Logf("%d values of %d tables compared", values, tables)
}

// plainTable reports whether the table holds what Debian's aapt knows.
func plainTable(table *Table) bool {
	for _, p := range table.packages {
		for _, offs := range p.types {
			for _, off := range offs {
				c, _ := readChunk(table.b, off, len(table.b))
				if readType(table.b, c).flags&typeOffset16 != 0 || p.id == 0 {
					return false
				}
				chunk := readType(table.b, c)
				if at, ok := chunk.offset(0); ok && u16(table.b, off+int(chunk.start+at)+2)&entryCompact != 0 {
					return false
				}
			}
		}
	}
	return true
}

// tableLines prints every simple value of a table, sorted.
func tableLines(table *Table) []string {
	var lines []string
	for _, p := range table.packages {
		for typ, offs := range p.types {
			for i := range mostEntries(table, offs) {
				id := p.id<<24 | (uint32(typ)+p.offset)<<16 | uint32(i)
				for c, v := range table.values(id) {
					lines = append(lines, fmt.Sprintf("0x%08x %t t=0x%02x d=0x%08x %s", id, c.Default, v.Type, v.Data, aaptEscape(table.text(v).String)))
				}
				table.looked, table.decoded = 0, 0
			}
		}
	}
	slices.Sort(lines)
	return lines
}

func mostEntries(table *Table, offs []int) int {
	most := 0
	for _, off := range offs {
		c, _ := readChunk(table.b, off, len(table.b))
		t := readType(table.b, c)
		if t.flags&typeSparse != 0 {
			return 1 << 16
		}
		most = max(most, int(t.count))
	}
	return most
}

var (
	aaptResource = regexp.MustCompile(`^ +resource (0x[0-9a-f]{8}) .*: t=(0x[0-9a-f]+) d=(0x[0-9a-f]+) `)
	aaptString   = regexp.MustCompile(`^ +\(string(?:8|16)\) "(.*)"$`)
)

// aaptTable brings the output of aapt dump --values resources into the form of tableLines.
func aaptTable(out string) []string {
	var lines []string
	standard := false
	for line := range strings.Lines(out) {
		line = strings.TrimRight(line, "\n")
		if config, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "config "); ok {
			standard = strings.HasPrefix(config, "(default)")
		} else if m := aaptResource.FindStringSubmatch(line); m != nil {
			lines = append(lines, fmt.Sprintf("%s %t t=%s d=%s ", m[1], standard, m[2], m[3]))
		} else if m := aaptString.FindStringSubmatch(line); m != nil && len(lines) > 0 {
			lines[len(lines)-1] += m[1]
		}
	}
	slices.Sort(lines)
	return lines
}

// Real packages give no note: 0 in every binary XML file and table that can be found. The one exception
// would have to be listed here with its reason.
func TestRealPackagesGiveNoNotes(t *testing.T) {
	count := map[string]int{}
	for _, apk := range corpus(t) {
		files := entries(t, apk, func(name string) bool {
			xml := name == "AndroidManifest.xml" || strings.HasPrefix(name, "res/") && strings.HasSuffix(name, ".xml")
			return name == "resources.arsc" || xml && !strings.HasPrefix(name, "res/raw")
		})
		for _, name := range slices.Sorted(maps.Keys(files)) {
			var notes []Note
			library := false
			if name == "resources.arsc" {
				table, err := ParseTable(files[name])
				if err != nil {
					t.Errorf("%s %s: %v", apk, name, err)
					continue
				}
				notes, library = table.Notes, table.Library
				count["tables, library "+strconv.FormatBool(library)]++
			} else {
				doc, err := ParseXML(files[name])
				if err != nil {
					t.Errorf("%s %s: %v", apk, name, err)
					continue
				}
				notes, library = doc.Notes, doc.Library
				count["XML files, library "+strconv.FormatBool(library)]++
			}
			for _, n := range notes {
				t.Errorf("%s %s: %s at %d: %s", filepath.Base(apk), name, n.Trait, n.Offset, n.Detail)
			}
		}
	}
	t.Log(count)
}
