package arsc

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
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

// Every simple value of a real resource table is what aapt prints of it.
func TestTableAgreesWithAapt(t *testing.T) {
	aapt := needAapt(t)
	tables, values := 0, 0
	for _, apk := range axmltest.Corpus(t, shared) {
		b := axmltest.Entry(t, apk, "resources.arsc")
		if b == nil || len(b) > 4<<20 {
			continue
		}
		table, err := Parse(b)
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
		axmltest.Diff(t, apk, tableLines(table), want)
		tables, values = tables+1, values+len(want)
	}
	t.Logf("%d values of %d tables compared", values, tables)
}

// plainTable reports whether the table holds what Debian's aapt knows.
func plainTable(table *Table) bool {
	for _, p := range table.packages {
		for _, offs := range p.types {
			for _, off := range offs {
				c, _ := res.ReadChunk(table.b, off, len(table.b))
				if readType(table.b, c).flags&typeOffset16 != 0 || p.id == 0 {
					return false
				}
				chunk := readType(table.b, c)
				if at, ok := chunk.offset(0); ok && res.U16(table.b, off+int(chunk.start+at)+2)&entryCompact != 0 {
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
		c, _ := res.ReadChunk(table.b, off, len(table.b))
		t := readType(table.b, c)
		if t.flags&typeSparse != 0 {
			return 1 << 16
		}
		most = max(most, int(t.count))
	}
	return most
}

// aaptEscape is ResTable::normalizeForOutput.
func aaptEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s)
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

// Real packages give no note: 0 in every table that can be found. The one exception
// would have to be listed here with its reason.
func TestRealTablesGiveNoNotes(t *testing.T) {
	count := map[string]int{}
	for _, apk := range axmltest.Corpus(t, shared) {
		b := axmltest.Entry(t, apk, "resources.arsc")
		if b == nil {
			continue
		}
		table, err := Parse(b)
		if err != nil {
			t.Errorf("%s: %v", apk, err)
			continue
		}
		count["library "+strconv.FormatBool(table.Library)]++
		for _, n := range table.Notes {
			t.Errorf("%s: %s at %d: %s", filepath.Base(apk), n.Trait, n.Offset, n.Detail)
		}
	}
	t.Log(count)
}
