package floors

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	page   = root + "/docs/ARCHITECTURE.md"
	module = "appraise/"
)

// room is one package as the page describes it.
type room struct {
	floor   int
	modules []string
}

var quoted = regexp.MustCompile("`([^`]+)`")

// rows returns the cells of every row of the page's first table whose header starts with the given cell.
func rows(t *testing.T, header string) [][]string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "\n| "+header+" |")
	if !found {
		t.Fatalf("%s has no table that starts with a column %q", page, header)
	}
	var out [][]string
	for _, line := range strings.Split(table, "\n")[2:] {
		if !strings.HasPrefix(line, "|") {
			break
		}
		out = append(out, strings.Split(strings.Trim(line, "|"), "|"))
	}
	return out
}

func words(cell string) []string {
	var out []string
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		out = append(out, m[1])
	}
	return out
}

func readPage(t *testing.T) map[string]*room {
	t.Helper()
	rooms := map[string]*room{}
	for _, cells := range rows(t, "package") {
		for _, name := range words(cells[0]) {
			rooms[name] = &room{floor: -1, modules: words(cells[2])}
		}
	}
	for _, cells := range rows(t, "floor") {
		floor, err := strconv.Atoi(strings.TrimSpace(cells[0]))
		if err != nil {
			t.Fatalf("floor %q is no number", cells[0])
		}
		for _, name := range words(cells[1]) {
			if rooms[name] == nil {
				t.Errorf("%s gives %s a floor but no room", page, name)
				continue
			}
			rooms[name].floor = floor
		}
	}
	return rooms
}

// sources lists the Go files that are part of the program, by package folder.
func sources(t *testing.T) map[string][]string {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); d.IsDir() && path != root && err == nil {
			return filepath.SkipDir // a module of its own, which the program doesn't link
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			rel, err := filepath.Rel(root, filepath.Dir(path))
			if err != nil {
				return err
			}
			name := filepath.ToSlash(rel)
			files[name] = append(files[name], path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func imports(t *testing.T, path string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, spec := range file.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	return out
}

func TestFloors(t *testing.T) {
	rooms := readPage(t)
	files := sources(t)
	for name, paths := range files {
		from := rooms[name]
		if from == nil || from.floor < 0 {
			t.Errorf("package %s has no room and floor in %s: add its rows", name, page)
			continue
		}
		for _, path := range paths {
			for _, imported := range imports(t, path) {
				checkArrow(t, rooms, name, from, imported)
			}
		}
	}
	for name := range rooms {
		if files[name] == nil {
			t.Errorf("%s has a room %s that doesn't exist: move it to the planned rooms", page, name)
		}
	}
}

func checkArrow(t *testing.T, rooms map[string]*room, name string, from *room, imported string) {
	t.Helper()
	if own, ok := strings.CutPrefix(imported, module); ok {
		to := rooms[own]
		if to == nil {
			t.Errorf("%s -> %s: the imported package has no room", name, own)
		} else if to.floor >= from.floor {
			t.Errorf("%s (floor %d) -> %s (floor %d): imports point to lower floors only", name, from.floor, own, to.floor)
		}
		return
	}
	if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
		return // standard library
	}
	allowed := slices.ContainsFunc(from.modules, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") })
	if !allowed {
		t.Errorf("%s -> %s: the module isn't in this package's row of %s", name, imported, page)
	}
}

// forbidden imports: no image is ever decoded, nothing reaches the network but the phone's own local server.
var forbidden = map[string][]string{
	"image": nil, "image/png": nil, "image/jpeg": nil, "image/gif": nil, "golang.org/x/image": nil,
	"net/http": nil, "net": {"android/device/adb", "internal/fakedevice"}, "os/exec": {"android/device/adb", "internal/fakedevice"}, "unsafe": nil, "plugin": nil,
}

func TestForbiddenImports(t *testing.T) {
	for name, paths := range sources(t) {
		for _, path := range paths {
			for _, imported := range imports(t, path) {
				allowed, listed := forbidden[imported]
				if listed && !slices.Contains(allowed, name) && !strings.HasPrefix(name, "bench/") {
					t.Errorf("%s -> %s: this import is forbidden here", path, imported)
				}
			}
		}
	}
}
