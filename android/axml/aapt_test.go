package axml

import (
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"appraise/android/axml/axmltest"
	"appraise/android/axml/res"
)

// needAapt finds aapt, without which the test is skipped.
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
	for _, apk := range axmltest.Corpus(t, shared) {
		b := axmltest.Entry(t, apk, "AndroidManifest.xml")
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
		axmltest.Diff(t, apk, treeLines(doc.Root, 0), aaptLines(string(out)))
	}
	t.Logf("%d manifests compared", compared)
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
	case res.TypeNull:
		return "(null)" + raw
	case res.TypeReference:
		return fmt.Sprintf("@0x%08x", v.Data) + raw
	case res.TypeDynamicReference:
		return fmt.Sprintf("@0x%08x", 0x02000000|v.Data) + raw
	case res.TypeAttribute:
		return fmt.Sprintf("?0x%08x", v.Data) + raw
	case res.TypeString:
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

// Real packages give no note: 0 in every binary XML file that can be found. The one exception
// would have to be listed here with its reason.
func TestRealPackagesGiveNoNotes(t *testing.T) {
	count := map[string]int{}
	for _, apk := range axmltest.Corpus(t, shared) {
		files := axmltest.Entries(t, apk, func(name string) bool {
			xml := name == "AndroidManifest.xml" || strings.HasPrefix(name, "res/") && strings.HasSuffix(name, ".xml")
			return xml && !strings.HasPrefix(name, "res/raw")
		})
		for _, name := range slices.Sorted(maps.Keys(files)) {
			doc, err := ParseXML(files[name])
			if err != nil {
				t.Errorf("%s %s: %v", apk, name, err)
				continue
			}
			count["XML files, library "+strconv.FormatBool(doc.Library)]++
			for _, n := range doc.Notes {
				t.Errorf("%s %s: %s at %d: %s", filepath.Base(apk), name, n.Trait, n.Offset, n.Detail)
			}
		}
	}
	t.Log(count)
}
