package capture

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fullest is what each source gives at most: captures in which everything is that the source can carry.
func fullest(t *testing.T) map[string]*Capture {
	t.Helper()
	out := map[string]*Capture{}
	qf := acquisition()
	qf["bugreport.zip"] = string(zipOf(t, bugreport()))
	for source, files := range map[string]map[string]string{SourceAndroidQF: qf, SourceBugreport: bugreport()} {
		c, err := read(zipOf(t, files))
		if err != nil {
			t.Fatal(err)
		}
		out[source] = c
	}
	return out
}

// What a source can't carry is in the table, and the table claims nothing that the source does carry.
func TestGapsAgreeWithReaders(t *testing.T) {
	for source, c := range fullest(t) {
		t.Run(source, func(t *testing.T) {
			for _, n := range Names {
				i := slices.IndexFunc(gaps[:], func(g gap) bool { return g.source == source && g.name == n.Name })
				switch there := c.holds(n.Name) || n.Instead != "" && c.holds(n.Instead); {
				case !there && i < 0:
					t.Errorf("%s never carries %s: add a row to gaps", source, n.Name)
				case there && i >= 0 && !gaps[i].some:
					t.Errorf("%s does carry %s: take the row out of gaps, or mark it as carried by some", source, n.Name)
				}
			}
		})
	}
}

func TestGapsTable(t *testing.T) {
	seen := map[string]bool{}
	for _, g := range gaps {
		if seen[g.source+g.name] || g.why == "" {
			t.Errorf("row %s %s: rows are unique and have a reason", g.source, g.name)
		}
		seen[g.source+g.name] = true
		if !IsName(g.name) && g.name != Certificates && g.name != Manifests && g.name != OtherUsers {
			t.Errorf("row %s %s: no such fact", g.source, g.name)
		}
	}
	if got := Gaps(SourceADB); len(got) > 0 {
		t.Errorf("gaps over adb: %v", got)
	}
	if got := Gaps(SourceBugreport); !slices.ContainsFunc(got, func(g Gap) bool { return g.Name == Certificates }) {
		t.Errorf("bug reports have certificates: %v", got)
	}
}

func TestMissing(t *testing.T) {
	names := func(list []Gap) []string {
		out := []string{}
		for _, g := range list {
			if g.Why == "" {
				out = append(out, "no reason for")
			}
			out = append(out, g.Name)
		}
		return out
	}
	whole := fullest(t)
	for _, tt := range []struct {
		name string
		c    *Capture
		want []string
	}{
		{"androidqf", whole[SourceAndroidQF], []string{IMEAll, AppLinks, Transparency, Certificates, Manifests, OtherUsers}},
		{"bugreport", whole[SourceBugreport], []string{IMEAll, AppLinks, Transparency, ID, Certificates, Manifests, OtherUsers}},
		{"adb", sample(), []string{GetProp, AppOps, SettingsSecure, SettingsGlobal, SettingsSystem, Accessibility, IMEAll, IMEEnabled, Notification,
			DevicePolicy, Owners, Roles, AppLinks, Transparency, WebView}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, names(tt.c.Missing())); diff != "" {
				t.Errorf("missing (-want +got):\n%s", diff)
			}
		})
	}
	for _, g := range sample().Missing() {
		if g.Name == Transparency && g.Why != "no such command" {
			t.Errorf("the collector's reason is lost: %q", g.Why)
		}
	}
}
