package browserext

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"appraise/internal/limits"
	"appraise/inventory"
)

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skip("this system makes no links: ", err)
	}
}

// Links inside the folder are followed, links out of it are named and not followed, whether the file
// system underneath would follow them (os.DirFS) or not (os.Root).
func TestS08_Links(t *testing.T) {
	top := t.TempDir()
	dir := filepath.Join(top, "ext")
	write(t, filepath.Join(dir, "real.json"), `{"manifest_version":3,"name":"x","content_scripts":[{"matches":["https://a.example/*"],"js":["in.js","out.js","loop.js","up/out.js"]}],
		"declarative_net_request":{"rule_resources":[{"id":"a","path":"rules.json","enabled":true}]}}`)
	write(t, filepath.Join(dir, "code", "real.js"), "")
	write(t, filepath.Join(top, "out.js"), "")
	write(t, filepath.Join(top, "rules.json"), "[]")
	link(t, "real.json", filepath.Join(dir, "manifest.json"))
	link(t, "code/../code/real.js", filepath.Join(dir, "in.js"))
	link(t, filepath.Join(top, "out.js"), filepath.Join(dir, "out.js"))
	link(t, "loop.js", filepath.Join(dir, "loop.js"))
	link(t, "..", filepath.Join(dir, "up"))
	link(t, "../rules.json", filepath.Join(dir, "rules.json"))
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for name, fsys := range map[string]fs.FS{"os.DirFS": os.DirFS(dir), "os.Root": root.FS()} {
		t.Run(name, func(t *testing.T) {
			item := ReadFolder(fsys, "ext")
			diff(t, "problems", item.Problems, []inventory.Problem{{File: "rules.json", Message: "link leaves the extension's folder", Matters: true}})
			for _, trait := range item.Traits {
				var got []string
				for _, e := range trait.Evidence {
					got = append(got, e.File+" "+e.Detail)
				}
				switch trait.ID {
				case inventory.TraitSymlinkOutOfFolder:
					diff(t, "links", got, []string{"loop.js link is not followed", "out.js link is not followed", "rules.json link is not followed", "up link is not followed"})
				case inventory.TraitMissingScript:
					diff(t, "missing", got, []string{`manifest.json "out.js"`, `manifest.json "loop.js"`, `manifest.json "up/out.js"`})
				}
			}
			if item.Detail.Extension.ScriptFiles != 1 {
				t.Errorf("script files: got %d, want 1", item.Detail.Extension.ScriptFiles)
			}
		})
	}
}

func TestS08_ManifestThroughALinkOutside(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "secret.json"), `{"manifest_version":3,"name":"outside"}`)
	write(t, filepath.Join(top, "ext", "a.js"), "")
	link(t, filepath.Join(top, "secret.json"), filepath.Join(top, "ext", "manifest.json"))
	item := ReadFolder(os.DirFS(filepath.Join(top, "ext")), "ext")
	diff(t, "problems", item.Problems, []inventory.Problem{{File: "manifest.json", Message: "link leaves the extension's folder", Matters: true}})
	diff(t, "name", item.Name, "")
}

func TestS08_FolderLimits(t *testing.T) {
	deep := extension("manifest.json", `{"manifest_version":3}`)
	deep[strings.Repeat("d/", limits.FolderDepth)+"a.js"] = &fstest.MapFile{}
	if item := ReadFolder(deep, "x"); len(item.Problems) > 0 || item.Detail.Extension.ScriptFiles != 1 {
		t.Errorf("at the depth limit: %v", item.Problems)
	}
	deep[strings.Repeat("d/", limits.FolderDepth+1)+"a.js"] = &fstest.MapFile{}
	item := ReadFolder(deep, "x")
	if len(item.Problems) != 1 || !item.Problems[0].Limit || !item.Problems[0].Matters || item.Detail.Extension.ScriptFiles != 1 {
		t.Errorf("past the depth limit: %v", item.Problems)
	}
}

func TestPathsAsDeclared(t *testing.T) {
	files := []string{"src/Content.js", "", "a.mjs", "", "b.CJS", "", "page.html", ""}
	tests := []struct {
		declared string
		missing  bool
	}{
		{"src/Content.js", false},
		{"/src/Content.js", false},
		{"./src/Content.js", false},
		{"//src//Content.js", false},
		{"src/content.JS", false},
		{"src/Content.js?v=2#x", false},
		{"src/../a.mjs", false},
		{"src/other.js", true},
		{"../a.mjs", true},
		{"", true},
		{"src", true},
	}
	for _, test := range tests {
		t.Run(test.declared, func(t *testing.T) {
			manifest := `{"manifest_version":3,"background":{"service_worker":"` + test.declared + `"}}`
			item := ReadFolder(extension(append(files, "manifest.json", manifest)...), "x")
			if got := item.HasTrait(inventory.TraitMissingScript); got != test.missing {
				t.Errorf("missing: got %v, want %v", got, test.missing)
			}
			if item.Detail.Extension.ScriptFiles != 3 || !item.HasTrait(inventory.TraitScriptsNotRead) {
				t.Errorf("script files: got %d, want 3 and a trait", item.Detail.Extension.ScriptFiles)
			}
		})
	}
}
