package browserext

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pythonReads is what Python's json module finds in a manifest of version 2 or 3.
type pythonReads struct {
	Version        int            `json:"version"`
	Permissions    []string       `json:"permissions"`
	Hosts          []string       `json:"hosts"`
	OptionalHosts  []string       `json:"optional_hosts"`
	ContentScripts []pythonScript `json:"content_scripts"`
}

type pythonScript struct {
	Matches []string `json:"matches"`
	JS      []string `json:"js"`
}

const pythonReader = `
import json, sys
m = json.load(open(sys.argv[1], encoding="utf-8-sig"))
isHost = lambda p: p == "<all_urls>" or "://" in p
every, opt = m.get("permissions", []), m.get("optional_permissions", [])
hosts = m.get("host_permissions", []) if m["manifest_version"] == 3 else [p for p in every if isHost(p)]
later = m.get("optional_host_permissions", []) if m["manifest_version"] == 3 else [p for p in opt if isHost(p)]
names = set(every) | set(opt) | set(m.get("host_permissions", [])) | set(m.get("optional_host_permissions", []))
print(json.dumps({"version": m["manifest_version"], "permissions": sorted(names), "hosts": hosts, "optional_hosts": later,
  "content_scripts": [{"matches": c["matches"], "js": c.get("js", [])} for c in m.get("content_scripts", [])]}))
`

// distributed finds the extensions that Debian packages install (webext-*).
func distributed(t *testing.T) []string {
	var found []string
	for _, pattern := range []string{"/usr/share/chromium/extensions/*/manifest.json", "/usr/share/mozilla/extensions/*/*/manifest.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, names...)
	}
	return found
}

// What is read from extensions of a distribution is what another JSON reader finds in them.
func TestDistributedExtensions(t *testing.T) {
	python, err := exec.LookPath("python3")
	manifests := distributed(t)
	if err != nil || len(manifests) == 0 {
		t.Skip("needs python3 and an installed extension (Debian: webext-ublock-origin-chromium, webext-ublock-origin-firefox)")
	}
	for _, manifest := range manifests {
		t.Run(filepath.Base(filepath.Dir(manifest)), func(t *testing.T) {
			out, err := exec.Command(python, "-c", pythonReader, manifest).Output()
			if err != nil {
				t.Fatal(err)
			}
			var want pythonReads
			if err := json.Unmarshal(out, &want); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Dir(manifest)
			item := ReadFolder(os.DirFS(dir), filepath.Base(dir))
			d := item.Detail.Extension
			got := pythonReads{Version: d.ManifestVersion, Hosts: d.Hosts, OptionalHosts: d.OptionalHosts}
			for _, p := range item.Permissions {
				got.Permissions = append(got.Permissions, p.Name)
				if p.Unknown {
					t.Errorf("no table knows %q", p.Name)
				}
			}
			for _, script := range d.ContentScripts {
				got.ContentScripts = append(got.ContentScripts, pythonScript{script.Matches, script.JS})
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
			if len(item.Problems) > 0 || item.Name == "" || strings.Contains(item.Name, "__MSG") {
				t.Errorf("name %q, problems %v", item.Name, item.Problems)
			}
		})
	}
}

// The same folder read twice gives the same bytes.
func TestDistributedExtensionsAreStable(t *testing.T) {
	for _, manifest := range distributed(t) {
		dir := filepath.Dir(manifest)
		first, err := json.Marshal(ReadFolder(os.DirFS(dir), "x"))
		if err != nil {
			t.Fatal(err)
		}
		second, err := json.Marshal(ReadFolder(os.DirFS(dir), "x"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(first, second) {
			t.Errorf("%s: two readings differ", dir)
		}
	}
}
