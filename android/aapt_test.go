package android

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

// apkFolders are where real APKs can be: a folder of the tester's own, the cache that the Makefile fills
// from npm packages, and the shared corpora.
func apkFolders() []string {
	return []string{os.Getenv("APPRAISE_TEST_APKS"), "../testdata/cache/apks", "../../shared/corpus/apktool", "../../shared/corpus/apksig"}
}

// realAPKs lists every APK in apkFolders and skips the test where there is none.
func realAPKs(tb testing.TB) []string {
	tb.Helper()
	var list []string
	for _, folder := range apkFolders() {
		if folder == "" {
			continue
		}
		filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(path, ".apk") {
				list = append(list, path)
			}
			return nil
		})
	}
	if len(list) == 0 {
		tb.Skip("no APKs: set APPRAISE_TEST_APKS to a folder of them, or run make testdata")
	}
	return list
}

func readFile(tb testing.TB, path string) *inventory.Item {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return Read(bytes.NewReader(b), int64(len(b)))
}

// aapt runs one dump of the platform's own tool; false when the tool gives up on the file, which it may
// also do by a crash after part of its output.
func aapt(tb testing.TB, args ...string) (string, bool) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "aapt", append([]string{"dump"}, args...)...).Output()
	return string(out), err == nil
}

// TestAgainstAapt compares permissions and components with aapt's reading of every real APK at hand.
func TestAgainstAapt(t *testing.T) {
	if _, err := exec.LookPath("aapt"); err != nil {
		t.Skip("aapt is not installed")
	}
	var files, permissionFiles, permissions, componentFiles, components, refused, references int
	for _, path := range realAPKs(t) {
		files++
		item := readFile(t, path)
		name := filepath.Base(path)
		if out, ok := aapt(t, "permissions", path); !ok {
			refused++
		} else {
			want := aaptPermissions(out)
			if diff := cmp.Diff(want, ourPermissions(item)); diff != "" {
				t.Errorf("%s: permissions (-aapt +ours):\n%s", name, diff)
			} else {
				permissionFiles++
				permissions += len(want)
			}
		}
		out, ok := aapt(t, "xmltree", path, manifestName)
		root := aaptTree(out)
		if !ok || root == nil {
			continue
		}
		want := aaptComponents(root)
		got := slices.Clone(item.Detail.Android.Components)
		references += forget(want, got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: components (-aapt +ours):\n%s", name, diff)
		} else {
			componentFiles++
			components += len(want)
		}
	}
	t.Logf("%d APKs (aapt dump permissions refuses %d): permissions agree on %d (%d names), components on %d (%d components, %d values by reference not compared)",
		files, refused, permissionFiles, permissions, componentFiles, components, references)
}

type aaptPermission struct {
	Name           string
	MinSDK, MaxSDK int
}

var aaptPermissionLine = regexp.MustCompile(`(?m)^uses-permission(-sdk-23)?: name='(.*?)'(?: maxSdkVersion='(-?\d+)')?$`)

// aaptPermissions reads `aapt dump permissions`, duplicates merged to the widest range.
func aaptPermissions(out string) []aaptPermission {
	found := map[string]aaptPermission{}
	for _, m := range aaptPermissionLine.FindAllStringSubmatch(out, -1) {
		p := aaptPermission{Name: unescape(m[2])}
		if m[1] != "" {
			p.MinSDK = 23
		}
		p.MaxSDK, _ = strconv.Atoi(m[3])
		if old, ok := found[p.Name]; ok {
			p.MinSDK = min(p.MinSDK, old.MinSDK)
			if old.MaxSDK == 0 || p.MaxSDK != 0 && old.MaxSDK > p.MaxSDK {
				p.MaxSDK = old.MaxSDK
			}
		}
		found[p.Name] = p
	}
	list := []aaptPermission{}
	for _, p := range found {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b aaptPermission) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func ourPermissions(item *inventory.Item) []aaptPermission {
	list := []aaptPermission{}
	for _, p := range item.Permissions {
		if p.ImpliedBy != "" {
			continue
		}
		if p.MinSDK != 23 { // aapt doesn't print the minSdkVersion of a permission, only the element's
			p.MinSDK = 0
		}
		list = append(list, aaptPermission{p.Name, p.MinSDK, p.MaxSDK})
	}
	return list
}

var aaptImpliedLine = regexp.MustCompile(`(?m)^uses-implied-permission: name='(.*?)'`)

// aaptRules are the permissions that aapt implies; Android's newer rules are not in it.
var aaptRules = []string{writeStorage, readStorage, platform + "READ_PHONE_STATE", platform + "READ_CALL_LOG", platform + "WRITE_CALL_LOG"}

// TestImpliedAgainstAapt compares the implied permissions that aapt knows with its badging.
func TestImpliedAgainstAapt(t *testing.T) {
	if _, err := exec.LookPath("aapt"); err != nil {
		t.Skip("aapt is not installed")
	}
	files, implied := 0, 0
	for _, path := range append(realAPKs(t), "testdata/old.apk", "testdata/storage-28.apk", "testdata/storage-legacy.apk", "testdata/permissions.apk") {
		out, ok := aapt(t, "badging", path)
		if !ok {
			continue
		}
		want, got := []string{}, []string{}
		for _, m := range aaptImpliedLine.FindAllStringSubmatch(out, -1) {
			want = append(want, m[1])
		}
		for _, p := range readFile(t, path).Permissions {
			if p.ImpliedBy != "" && slices.Contains(aaptRules, p.Name) {
				got = append(got, p.Name)
			}
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-aapt +ours):\n%s", path, diff)
			continue
		}
		files++
		implied += len(want)
	}
	t.Logf("implied permissions agree on %d APKs (%d names)", files, implied)
}

func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n").Replace(s)
}

// aaptElement is one element of `aapt dump xmltree`. attrs holds values by id, and by name without one.
type aaptElement struct {
	name     string
	attrs    map[string]string
	children []*aaptElement
}

var (
	aaptElementLine = regexp.MustCompile(`^E: (?:\S*:)?(\S*) \(line=-?\d+\)$`)
	aaptAttrLine    = regexp.MustCompile(`(?s)^A: (.*?)(?:\(0x([0-9a-f]{8})\))?=(?:"((?:[^"\\]|\\.)*)"|\(type 0x([0-9a-f]+)\)0x([0-9a-f]+)|(@0x[0-9a-f]{8}|\?0x[0-9a-f]{8}|\(null\)))`)
)

// aaptTree reads `aapt dump xmltree`.
func aaptTree(out string) *aaptElement {
	top := &aaptElement{}
	type level struct {
		indent int
		e      *aaptElement
	}
	stack := []level{{-1, top}}
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		text := strings.TrimLeft(line, " ")
		indent := len(line) - len(text)
		if m := aaptElementLine.FindStringSubmatch(text); m != nil {
			for stack[len(stack)-1].indent >= indent {
				stack = stack[:len(stack)-1]
			}
			e := &aaptElement{name: m[1], attrs: map[string]string{}}
			parent := stack[len(stack)-1].e
			parent.children = append(parent.children, e)
			stack = append(stack, level{indent, e})
			continue
		}
		m := aaptAttrLine.FindStringSubmatch(text)
		if m == nil || len(stack) == 1 {
			continue
		}
		key, value := m[1], unescape(m[3])
		if m[2] != "" {
			key = m[2]
		}
		switch {
		case m[6] == "(null)":
			value = ""
		case m[6] != "":
			value = m[6]
		case m[5] != "":
			value = aaptNumber(m[4], m[5])
		}
		if _, ok := stack[len(stack)-1].e.attrs[key]; !ok {
			stack[len(stack)-1].e.attrs[key] = value
		}
	}
	if len(top.children) != 1 {
		return nil
	}
	return top.children[0]
}

func aaptNumber(typ, data string) string {
	n, _ := strconv.ParseUint(data, 16, 32)
	switch typ {
	case "12":
		return strconv.FormatBool(n != 0)
	case "10":
		return strconv.Itoa(int(int32(n)))
	}
	return "0x" + data
}

func (e *aaptElement) all(name string) []*aaptElement {
	return slices.DeleteFunc(slices.Clone(e.children), func(c *aaptElement) bool { return c.name != name })
}

// aaptComponents derives the components from aapt's tree, apart from the reader's own code.
func aaptComponents(root *aaptElement) []inventory.AndroidComponent {
	apps := root.all("application")
	if len(apps) == 0 {
		return nil
	}
	target := 0
	for _, e := range root.all("uses-sdk") {
		lowest, _ := strconv.Atoi(e.attrs["0101020c"])
		target, _ = strconv.Atoi(e.attrs["01010270"])
		if _, ok := e.attrs["01010270"]; !ok {
			target = lowest
		}
	}
	full := func(name string) string {
		if strings.HasPrefix(name, ".") {
			return root.attrs["package"] + name
		}
		if name != "" && !strings.Contains(name, ".") {
			return root.attrs["package"] + "." + name
		}
		return name
	}
	var list []inventory.AndroidComponent
	for _, e := range apps[0].children {
		if !slices.Contains([]string{"activity", "activity-alias", "service", "receiver", "provider"}, e.name) {
			continue
		}
		c := inventory.AndroidComponent{
			Type: e.name, Name: full(e.attrs["01010003"]), Target: full(e.attrs["01010202"]),
			Permission: apps[0].attrs["01010006"], ReadPermission: e.attrs["01010007"], WritePermission: e.attrs["01010008"],
			Process: e.attrs["01010011"], Filters: aaptFilters(e),
		}
		if p, ok := e.attrs["01010006"]; ok {
			c.Permission = p
		}
		if a := e.attrs["01010018"]; a != "" {
			c.Authorities = strings.Split(a, ";")
		}
		var exported string
		exported, c.ExportedSet = e.attrs["01010010"]
		c.Exported = exported == "true"
		if !c.ExportedSet {
			c.Exported = len(c.Filters) > 0 && e.name != "provider" || e.name == "provider" && target < 17
		}
		for _, m := range e.all("meta-data") {
			c.Metadata = append(c.Metadata, inventory.Metadata{Name: m.attrs["01010003"]})
		}
		list = append(list, c)
	}
	return list
}

func aaptFilters(e *aaptElement) []inventory.IntentFilter {
	var list []inventory.IntentFilter
	for _, f := range e.all("intent-filter") {
		priority, _ := strconv.Atoi(f.attrs["0101001c"])
		filter := inventory.IntentFilter{Priority: priority, AutoVerify: f.attrs["010104ee"] == "true"}
		for _, a := range f.all("action") {
			filter.Actions = append(filter.Actions, a.attrs["01010003"])
		}
		for _, c := range f.all("category") {
			filter.Categories = append(filter.Categories, c.attrs["01010003"])
		}
		for _, d := range f.all("data") {
			data := inventory.IntentData{Scheme: d.attrs["01010027"], Host: d.attrs["01010028"], Port: d.attrs["01010029"], MimeType: d.attrs["01010026"]}
			var paths []string
			for _, kind := range [][2]string{{"0101002a", ""}, {"0101002b", "prefix:"}, {"0101002c", "pattern:"}, {"0101061e", "suffix:"}, {"01010620", "advanced:"}} {
				if v := d.attrs[kind[0]]; v != "" {
					paths = append(paths, kind[1]+v)
				}
			}
			if len(paths) > 0 {
				data.Path = paths[0]
			}
			filter.Data = append(filter.Data, data)
			for _, p := range paths[min(1, len(paths)):] {
				filter.Data = append(filter.Data, inventory.IntentData{Path: p})
			}
		}
		list = append(list, filter)
	}
	return list
}

// forget blanks what aapt doesn't resolve: values by reference, and the fields that its tree isn't asked for.
// It returns how many references there were.
func forget(want, got []inventory.AndroidComponent) int {
	count := 0
	blank := func(w, g *string) {
		if strings.Contains(*w, "@0x") {
			count++
			*w, *g = "", ""
		}
	}
	for i := range got {
		g := &got[i]
		g.Enabled, g.ForegroundType = false, ""
		for j := range g.Metadata {
			g.Metadata[j].Value, g.Metadata[j].Resource = "", ""
		}
		if i >= len(want) {
			continue
		}
		w := &want[i]
		blank(&w.Name, &g.Name)
		blank(&w.Target, &g.Target)
		blank(&w.Permission, &g.Permission)
		blank(&w.ReadPermission, &g.ReadPermission)
		blank(&w.WritePermission, &g.WritePermission)
		blank(&w.Process, &g.Process)
		if len(w.Authorities) == 1 && strings.HasPrefix(w.Authorities[0], "@0x") {
			count++
			w.Authorities, g.Authorities = nil, nil
		}
		for j := range min(len(w.Filters), len(g.Filters)) {
			for k := range min(len(w.Filters[j].Data), len(g.Filters[j].Data)) {
				wd, gd := &w.Filters[j].Data[k], &g.Filters[j].Data[k]
				blank(&wd.Scheme, &gd.Scheme)
				blank(&wd.Host, &gd.Host)
				blank(&wd.Port, &gd.Port)
				blank(&wd.Path, &gd.Path)
				blank(&wd.MimeType, &gd.MimeType)
			}
		}
	}
	return count
}
