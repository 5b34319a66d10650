package phone_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture"
	"appraise/android/phone"
	"appraise/inventory"
)

var update = flag.Bool("update", false, "write the golden files anew")

// eras are the imaginary phones of package dump.
var eras = []string{"sdk25", "sdk28", "sdk30", "sdk33", "sdk34", "sdk36", "samsung-sdk33"}

// made is when the imaginary phones were read.
const made = "2026-02-01T10:00:00Z"

// era is the capture of an imaginary phone, as collected over adb.
func era(t testing.TB, name string) *capture.Capture {
	t.Helper()
	folder := filepath.Join("..", "dump", "testdata", name)
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	c := &capture.Capture{Source: capture.SourceADB, Created: made}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Add(strings.TrimSuffix(file.Name(), ".txt"), text, 0); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// find returns an app's item, nil where there is none.
func find(r *phone.Result, id string) *inventory.Item {
	for _, it := range r.Items {
		if it.ID == id && it.Kind == inventory.KindApp {
			return it
		}
	}
	return nil
}

// What each phone becomes stands in testdata/golden, a file an era. Read a change of it before it lands.
func TestGolden(t *testing.T) {
	for _, name := range eras {
		t.Run(name, func(t *testing.T) {
			r := phone.Items(era(t, name), phone.Options{AllApps: true})
			got, err := json.MarshalIndent(r, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "golden", name+".json")
			if *update {
				if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// summary is one capability of an app with its exposure.
func summary(it *inventory.Item) map[inventory.CapabilityID]string {
	out := map[inventory.CapabilityID]string{}
	for _, c := range it.Capabilities {
		text := c.Exposure.String()
		if c.Qualifier != "" {
			text += " " + c.Qualifier
		}
		if c.Confidence == inventory.Inferred {
			text += " inferred"
		}
		if old := out[c.ID]; old != "" {
			text = old + ", " + text
		}
		out[c.ID] = text
	}
	return out
}

// The same phone in every era: what must be equal in all of them.
func TestSamePhone(t *testing.T) {
	for _, name := range eras {
		t.Run(name, func(t *testing.T) {
			r := phone.Items(era(t, name), phone.Options{AllApps: true})
			for _, p := range r.Problems {
				if p.Matters {
					t.Errorf("problem on a healthy phone: %+v", p)
				}
			}
			for _, it := range r.Items[1:] {
				if it.HasTrait(inventory.TraitRecordsDisagree) || len(it.Problems) > 0 {
					t.Errorf("%s: %v %v", it.ID, it.Traits, it.Problems)
				}
				if !strings.HasSuffix(it.Key, ":user 0") || it.Enabled == nil {
					t.Errorf("%s: key %q, enabled %v", it.ID, it.Key, it.Enabled)
				}
			}
			coupons := summary(find(r, "com.example.coupons"))
			for id, want := range map[inventory.CapabilityID]string{
				inventory.CapAccessibility: "active", inventory.CapKeystrokes: "active", inventory.CapScreenRead: "active", inventory.CapNotificationsRead: "active",
				inventory.CapOverlay: "granted", inventory.CapInstallApps: "granted", inventory.CapReadCodes: "active inferred, granted",
			} {
				if got := coupons[id]; got != want {
					t.Errorf("coupons %s: got %q, want %q", id, got, want)
				}
			}
			for id, want := range map[string]inventory.CapabilityID{
				"com.example.keyboard": inventory.CapKeystrokes, "com.example.screenreader": inventory.CapScreenRead,
				"com.example.sms": inventory.CapReadCodes, "com.example.vault": inventory.CapAutofill, "com.example.findmine": inventory.CapDeviceAdmin,
			} {
				it := find(r, id)
				if name == "sdk25" && want == inventory.CapAutofill {
					continue // there was no autofill
				}
				if it == nil || it.Exposure(want) != inventory.Active {
					t.Errorf("%s: %s is not active: %+v", id, want, it)
				}
			}
			if shop := find(r, "com.alibaba.aliexpresshd"); shop.System || shop.Arrival.Installer != "com.android.vending" || shop.Exposure(inventory.CapCamera) != inventory.Granted ||
				shop.Exposure(inventory.CapMicrophone) >= inventory.Granted {
				t.Errorf("shop: %+v", shop)
			}
		})
	}
}

// Without AllApps the system's unremarkable parts are counted alone.
func TestThirdPartyOnly(t *testing.T) {
	all := phone.Items(era(t, "sdk36"), phone.Options{AllApps: true})
	some := phone.Items(era(t, "sdk36"), phone.Options{})
	if find(some, "android") != nil || find(all, "android") == nil {
		t.Error("the platform's own package has no access and no role: it stands in the whole list alone")
	}
	for _, id := range []string{"com.example.keyboard", "com.example.screenreader", "com.example.launcher", "com.example.sms", "com.example.gallery", "com.example.messenger"} {
		if find(some, id) == nil {
			t.Errorf("%s holds something or was updated, and is missing", id)
		}
	}
	d := some.Items[0].Detail.Phone
	if d.SystemLeftOut != len(all.Items)-len(some.Items) || d.Packages != len(all.Items)-1 {
		t.Errorf("left out %d of %d packages, items %d of %d", d.SystemLeftOut, d.Packages, len(some.Items), len(all.Items))
	}
}

// Other users are told of, and read when they are asked for.
func TestOtherUsers(t *testing.T) {
	plain := phone.Items(era(t, "sdk34"), phone.Options{})
	if got := strings.Join(plain.NotChecked, "\n"); !strings.Contains(got, "work or other profile 10: not asked for") {
		t.Errorf("not checked: %s", got)
	}
	asked := phone.Items(era(t, "sdk34"), phone.Options{Users: []int{10, 99}})
	users := map[int]int{}
	for _, it := range asked.Items[1:] {
		users[it.Detail.Android.On.User]++
		if it.Detail.Android.On.User == 10 && !strings.HasSuffix(it.Key, ":user 10") {
			t.Errorf("key %q", it.Key)
		}
	}
	if users[10] == 0 || users[99] != 0 {
		t.Errorf("items by user: %v", users)
	}
	got := strings.Join(asked.NotChecked, "\n")
	if strings.Contains(got, "10: not asked for") || !strings.Contains(got, "user 99: there is no such user") {
		t.Errorf("not checked: %s", got)
	}
}

// The clock that counts is the capture's own; without one the given one.
func TestPatchAge(t *testing.T) {
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tt := range []struct {
		name    string
		created string
		now     time.Time
		days    int // -1 not known
		want    inventory.TraitID
	}{
		{"fresh", "", day("2026-01-20"), 15, ""},
		{"on the last day", "", day("2026-07-04"), 180, ""},
		{"half a year", "", day("2026-07-05"), 181, inventory.TraitPatchOld},
		{"a year", "", day("2027-01-06"), 366, inventory.TraitPatchVeryOld},
		{"the capture's own day counts", made, day("2030-01-01"), 27, ""},
		{"a date of no form", "yesterday", day("2026-01-06"), 1, ""},
		{"from the future", "", day("2020-01-01"), 0, ""},
		{"no clock", "", time.Time{}, -1, ""},
	} {
		c := era(t, "sdk36")
		c.Created = tt.created
		it := phone.Items(c, phone.Options{Now: tt.now}).Items[0]
		got := -1
		if d := it.Detail.Phone.PatchDays; d != nil {
			got = *d
		}
		if got != tt.days {
			t.Errorf("%s: got %d days, want %d", tt.name, got, tt.days)
		}
		for _, trait := range []inventory.TraitID{inventory.TraitPatchOld, inventory.TraitPatchVeryOld} {
			if it.HasTrait(trait) != (trait == tt.want) {
				t.Errorf("%s: trait %s: got %v", tt.name, trait, it.HasTrait(trait))
			}
		}
	}
}

// A saved bundle and a folder of saved outputs give what the phone gave.
func TestSavedCaptures(t *testing.T) {
	for _, name := range eras {
		live := era(t, name)
		want := bytesOf(t, phone.Items(live, phone.Options{Users: []int{10}}))
		var file bytes.Buffer
		if err := live.Write(&file); err != nil {
			t.Fatal(err)
		}
		saved, err := capture.Read(bytes.NewReader(file.Bytes()), int64(file.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if got := bytesOf(t, phone.Items(saved, phone.Options{Users: []int{10}})); got != want {
			t.Errorf("%s: the saved bundle gives another result:\n%s", name, cmp.Diff(want, got))
		}
		folder, err := capture.ReadFolder(os.DirFS(filepath.Join("..", "dump", "testdata", name)))
		if err != nil {
			t.Fatal(err)
		}
		a, b := phone.Items(live, phone.Options{}), phone.Items(folder, phone.Options{})
		if diff := cmp.Diff(a.Items[1:], b.Items[1:]); diff != "" {
			t.Errorf("%s: a folder of outputs gives other apps:\n%s", name, diff)
		}
	}
}
