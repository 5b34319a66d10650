package phone_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture"
	"appraise/android/capture/lists"
	"appraise/android/phone"
	"appraise/internal/limits"
	"appraise/inventory"
)

// bytesOf is a result as text, to compare whole results.
func bytesOf(t testing.TB, r *phone.Result) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// blocks cuts a text into its head, the blocks that start at one of the marks, and its tail.
func blocks(text, from, to string, mark func(line string) bool) (head string, parts []string, tail string) {
	start := 0
	if from != "" {
		start = strings.Index(text, from) + len(from)
	}
	end := len(text)
	if to != "" {
		if i := strings.Index(text[start:], to); i >= 0 {
			end = start + i
		}
	}
	head, tail = text[:start], text[end:]
	for line := range strings.Lines(text[start:end]) {
		switch {
		case mark(line):
			parts = append(parts, line)
		case len(parts) == 0:
			head += line
		default:
			parts[len(parts)-1] += line
		}
	}
	for i := range parts {
		parts[i] = strings.TrimSuffix(parts[i], "\n") + "\n"
	}
	return head, parts, tail
}

// Nothing depends on the order in which the phone prints packages, lines or settings. Uids of app-ops are left as they
// are: a phone prints them in rising order, and where it doesn't, the text may be forged.
func TestOrderDoesNotMatter(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	every := func(string) bool { return true }
	for _, name := range eras {
		c := era(t, name)
		withoutLines := func(r *phone.Result) string {
			for _, it := range r.Items {
				for i := range it.Capabilities {
					for j := range it.Capabilities[i].Evidence {
						it.Capabilities[i].Evidence[j].Line = 0
					}
					inventory.SortEvidence(it.Capabilities[i].Evidence)
				}
			}
			return bytesOf(t, r)
		}
		want := withoutLines(phone.Items(c, phone.Options{AllApps: true, Users: []int{10, 150}}))
		for range 20 {
			shuffled := &capture.Capture{Source: c.Source, Created: c.Created}
			for _, output := range slices.Sorted(maps.Keys(c.Outputs)) {
				text := string(c.Outputs[output].Text)
				var head, tail string
				var parts []string
				switch output {
				case capture.PackageDump:
					head, parts, tail = blocks(text, "\nPackages:\n", "\n\n", func(l string) bool { return strings.HasPrefix(l, "  Package [") })
				case capture.PackagesList, capture.Roles, capture.IMEEnabled:
					head, parts, tail = blocks(text, "", "", every)
				case capture.SettingsGlobal:
					head, parts, tail = blocks(text, "", "", every)
				default:
					head = text
				}
				random.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
				add(shuffled, output, head+strings.Join(parts, "")+tail)
			}
			users := []int{150, 10}
			if got := withoutLines(phone.Items(shuffled, phone.Options{AllApps: true, Users: users})); got != want {
				t.Fatalf("%s: another order gives another result:\n%s", name, cmp.Diff(want, got))
			}
		}
	}
}

// The same capture gives the same bytes, and is not changed.
func TestSameTwice(t *testing.T) {
	c := era(t, "sdk36")
	before := len(c.Problems)
	first, second := bytesOf(t, phone.Items(c, phone.Options{})), bytesOf(t, phone.Items(c, phone.Options{}))
	if first != second || len(c.Problems) != before {
		t.Errorf("two results differ, or the capture was changed")
	}
}

// Every prefix of every output, alone and with the rest whole, gives a result.
func TestCutOutputs(t *testing.T) {
	whole := era(t, "sdk34")
	for _, name := range slices.Sorted(maps.Keys(whole.Outputs)) {
		text := whole.Outputs[name].Text
		for n := 0; n <= len(text); n += max(len(text)/60, 1) {
			c := era(t, "sdk34")
			c.Outputs[name] = capture.Output{Text: text[:n], Exit: -1, Cut: true}
			r := phone.Items(c, phone.Options{Users: []int{10}})
			if len(r.Items) < 1 || r.Items[0].Kind != inventory.KindDevice {
				t.Fatalf("%s cut at %d: %d items", name, n, len(r.Items))
			}
		}
	}
}

// A capture that holds nothing is a phone of which nothing is known.
func TestEmpty(t *testing.T) {
	for _, source := range []string{"", capture.SourceADB, capture.SourceBundle, capture.SourceAndroidQF, capture.SourceBugreport, capture.SourceDumps} {
		r := phone.Items(&capture.Capture{Source: source}, phone.Options{})
		matters := slices.ContainsFunc(r.Problems, func(p inventory.Problem) bool { return p.Matters })
		if len(r.Items) != 1 || !matters || len(r.NotChecked) < 10 || len(r.Items[0].Traits) > 0 {
			t.Errorf("%q: %d items, problems %v, not checked %d", source, len(r.Items), r.Problems, len(r.NotChecked))
		}
	}
}

// What no source but a phone can carry is not checked and makes nothing incomplete.
func TestGapsOfSources(t *testing.T) {
	for _, source := range []string{capture.SourceAndroidQF, capture.SourceBugreport, capture.SourceDumps} {
		c := one("org.example.app", real, "HAS_CODE")
		c.Source = source
		r := phone.Items(c, phone.Options{})
		for _, p := range r.Problems {
			t.Errorf("%s: %+v", source, p)
		}
		if !strings.Contains(strings.Join(r.NotChecked, "\n"), "special access, assistant, autofill, VPN: ") {
			t.Errorf("%s: not checked: %q", source, r.NotChecked)
		}
	}
	c := one("org.example.app", real, "HAS_CODE")
	r := phone.Items(c, phone.Options{})
	if len(r.Problems) != 6 {
		t.Errorf("over adb six outputs can be had that are not there: %+v", r.Problems)
	}
}

// Texts of any length and kind are bounded in what becomes of them.
func TestHostileNames(t *testing.T) {
	long := strings.Repeat("\u202e\x1b[31m長い", 20_000)
	c := one("org.example.tool", "    versionName="+long+"\n    installerPackageName="+long+"\n    initiatingPackageName="+long+"\n    sharedUser=SharedUserSetting{1 "+long+"/1}\n", "HAS_CODE")
	text := strings.ReplaceAll(string(c.Outputs[capture.PackageDump].Text), "android.permission.INTERNET", long)
	c.Outputs = map[string]capture.Output{}
	add(c, capture.PackageDump, text)
	add(c, capture.GetProp, "[ro.product.model]: ["+long+"]\n[ro.product.manufacturer]: ["+long+"]\n[ro.product.device]: [../"+long+"]\n[ro.build.version.release]: ["+long+"]\n[ro.build.version.security_patch]: ["+long+"]\n[ro.build.version.sdk]: [99999999999999999999]\n")
	add(c, capture.SettingsGlobal, "http_proxy="+long+"\nprivate_dns_mode=hostname\nprivate_dns_specifier="+long+"\nadb_enabled="+long+"\n")
	add(c, capture.SettingsSecure, "enabled_accessibility_services="+long+":org.example.tool/."+strings.Repeat("W", 900)+"\nassistant="+long+"\n")
	add(c, capture.Roles, "android.app.role.SMS\t"+long+"\n")
	c.Packages = []lists.Package{{Name: long}, {Name: "a; touch PWNED"}}
	c.APKs = []capture.APK{{Package: "org.example.tool", Path: "/data/app/" + long, Size: 10, Parts: []capture.Part{{Data: []byte("PK\x05\x06aaaaaa")}}}}
	r := phone.Items(c, phone.Options{AllApps: true})
	if len(r.Items) != 2 || r.Device.SDK != 0 || r.Items[0].ID != "phone" {
		t.Fatalf("%d items, %+v", len(r.Items), r.Device)
	}
	if n := len(bytesOf(t, r)); n > 200_000 {
		t.Errorf("%d bytes from names of %d", n, len(long))
	}
}

// Bombs: more of everything than any phone has.
func TestBombs(t *testing.T) {
	var text, list strings.Builder
	text.WriteString("Packages:\n")
	for i := range 110 {
		fmt.Fprintf(&text, "  Package [a%d] (0):\n    requested permissions:\n", i)
		for j := range limits.DumpPermissions {
			fmt.Fprintf(&text, "      p%d\n", j)
		}
		text.WriteString("    User 0: installed=true\n")
	}
	list.WriteString("enabled_accessibility_services=")
	for i := range 60_000 {
		fmt.Fprintf(&list, "a1/.C%d:", i)
	}
	c := &capture.Capture{Source: capture.SourceDumps}
	add(c, capture.PackageDump, text.String())
	add(c, capture.SettingsSecure, list.String()+"\n")
	r := phone.Items(c, phone.Options{})
	n := 0
	for _, it := range r.Items {
		n += len(it.Permissions)
	}
	if n != limits.PhonePermissions {
		t.Errorf("kept %d permissions, want %d", n, limits.PhonePermissions)
	}
	if !slices.ContainsFunc(r.Problems, func(p inventory.Problem) bool { return p.Limit && p.Matters && p.File == capture.PackageDump }) {
		t.Errorf("the limit is not told: %+v", r.Problems)
	}
	it := find(r, "a1")
	if got := len(it.Detail.Android.On.Access); got > limits.AppEvidence {
		t.Errorf("%d special accesses", got)
	}
	for _, c := range it.Capabilities {
		if len(c.Evidence) > limits.AppEvidence {
			t.Errorf("%s: %d pieces of evidence", c.ID, len(c.Evidence))
		}
	}
}

// FuzzItems feeds one text as every output in turn, beside a whole phone and alone.
func FuzzItems(f *testing.F) {
	names := make([]string, 0, len(capture.Names))
	for i, n := range capture.Names {
		names = append(names, n.Name)
		for _, folder := range []string{"sdk25", "sdk36", "samsung-sdk33"} {
			f.Add(uint8(i), era(f, folder).Outputs[n.Name].Text, folder == "sdk36")
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, text []byte, beside bool) {
		c := &capture.Capture{Source: capture.SourceADB}
		if beside {
			c = era(t, "sdk36")
			delete(c.Outputs, names[int(which)%len(names)])
		}
		if err := c.Add(names[int(which)%len(names)], text, 0); err != nil {
			t.Fatal(err)
		}
		r := phone.Items(c, phone.Options{Users: []int{10}, AllApps: which >= 128})
		if r.Items[0].Kind != inventory.KindDevice {
			t.Fatal("no item for the phone")
		}
		keys := map[string]bool{}
		for _, it := range r.Items {
			if keys[it.Key] {
				t.Fatalf("key %q stands twice", it.Key)
			}
			keys[it.Key] = true
			for _, cap := range it.Capabilities {
				if len(cap.Evidence) == 0 || len(cap.Evidence) > limits.AppEvidence {
					t.Fatalf("%s: %s with %d pieces of evidence", it.ID, cap.ID, len(cap.Evidence))
				}
			}
		}
		if first, second := bytesOf(t, r), bytesOf(t, phone.Items(c, phone.Options{Users: []int{10}, AllApps: which >= 128})); first != second {
			t.Fatal("the same capture gives two results")
		}
	})
}
