package dump

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What each fixture gives stands in testdata/golden, a file an era. Read a change of it before it lands.
func TestGolden(t *testing.T) {
	for _, era := range eras {
		t.Run(era, func(t *testing.T) {
			all := map[string]any{}
			for _, p := range parsers {
				all[p.name] = p.read(fixture(t, era, p.name))
			}
			got, err := json.MarshalIndent(all, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", "golden", era+".json")
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

// The same phone in every era: what must be equal in all of them.
func TestSamePhone(t *testing.T) {
	for _, era := range eras {
		t.Run(era, func(t *testing.T) {
			dump := PackageDump(fixture(t, era, "package"))
			list, _ := PackageList(fixture(t, era, "packages-list"))
			if len(dump.Notes) > 0 {
				t.Errorf("notes on a healthy phone: %v", dump.Notes)
			}
			byName := map[string]Package{}
			for _, pkg := range dump.Packages {
				byName[pkg.Name] = pkg
			}
			if len(list) != len(byName) || len(list) < 14 {
				t.Errorf("%d packages listed, %d dumped", len(list), len(byName))
			}
			for _, listed := range list {
				pkg := byName[listed.Name]
				if pkg.UID < 1000 || pkg.CodePath == "" || len(pkg.Hash) != 8 || pkg.TargetSDK == 0 || len(pkg.Doubtful) > 0 || pkg.Installer != listed.Installer {
					t.Errorf("%s: %+v", listed.Name, pkg)
				}
			}
			checkPreload(t, byName)
			checkGrants(t, byName)
		})
	}
}

func checkPreload(t *testing.T, byName map[string]Package) {
	t.Helper()
	gallery := byName["com.example.gallery"]
	if gallery.Factory == nil || gallery.VersionCode != 610 || gallery.Factory.VersionCode != 500 || !gallery.System() || !gallery.Updated() {
		t.Errorf("updated preload: %+v", gallery)
	}
	if shop := byName["com.alibaba.aliexpresshd"]; shop.System() || shop.Installer != "com.android.vending" || shop.Splits[1] != "config.arm64_v8a" {
		t.Errorf("shop: %+v", shop)
	}
}

func checkGrants(t *testing.T, byName map[string]Package) {
	t.Helper()
	granted := func(pkg, permission string) bool {
		for _, g := range append(byName[pkg].Install, byName[pkg].Users[0].Runtime...) {
			if g.Permission == "android.permission."+permission {
				return g.Granted
			}
		}
		return false
	}
	for _, row := range []struct {
		pkg, permission string
		want            bool
	}{
		{"com.example.coupons", "READ_SMS", true},
		{"com.example.coupons", "SYSTEM_ALERT_WINDOW", true},
		{"com.alibaba.aliexpresshd", "CAMERA", true},
		{"com.alibaba.aliexpresshd", "RECORD_AUDIO", false},
		{"com.example.bank", "CAMERA", false},
		{"android", "READ_SMS", true},              // of its shared user id
		{"android", "WRITE_SECURE_SETTINGS", true}, // likewise
	} {
		if got := granted(row.pkg, row.permission); got != row.want {
			t.Errorf("%s %s: got %v, want %v", row.pkg, row.permission, got, row.want)
		}
	}
}

// The other commands of each era tell the same as well.
func TestSameServices(t *testing.T) {
	const watcher, reader = "com.example.coupons/com.example.coupons.Watcher", "com.example.coupons/com.example.coupons.Reader"
	for _, era := range eras {
		t.Run(era, func(t *testing.T) {
			secure, _ := SettingsList(fixture(t, era, "settings-secure"))
			if got := Components(secure["enabled_accessibility_services"]); len(got) != 2 || got[1] != watcher {
				t.Errorf("enabled services %v", got)
			}
			if secure["lock_screen_owner_info"] != "if found\nplease call the desk, ext=7" {
				t.Errorf("value of two lines: %q", secure["lock_screen_owner_info"])
			}
			a11y, notes := AccessibilityDump(fixture(t, era, "accessibility"))
			if len(notes) > 0 || len(a11y) == 0 || len(a11y[0].Labels) != 2 || a11y[0].Labels[1].Label != "Coupons, gratis" || a11y[0].Labels[1].Capabilities != 41 {
				t.Errorf("accessibility %+v, %v", a11y, notes)
			}
			if era != "sdk25" && era != "sdk28" && (len(a11y[0].Enabled) != 2 || a11y[0].Enabled[1] != watcher) {
				t.Errorf("enabled services %v", a11y[0].Enabled)
			}
			listeners, _, _ := NotificationDump(fixture(t, era, "notification"))
			if len(listeners.Allowed) != 2 || listeners.Allowed[1] != reader || len(listeners.Live) != 3 || !listeners.Live[0].System || listeners.Live[2].System {
				t.Errorf("listeners %+v", listeners)
			}
			policy, _ := DevicePolicy(fixture(t, era, "device-policy"))
			if len(policy.Admins) != 1 || policy.Admins[0].Component != "com.example.findmine/com.example.findmine.Admin" || len(policy.Admins[0].Policies) != 3 || policy.DeviceOwner != "" {
				t.Errorf("policy %+v", policy)
			}
			ops := AppOpsDump(fixture(t, era, "appops"))
			if ops.Mode(10245, "com.example.coupons", "SYSTEM_ALERT_WINDOW") != "allow" || ops.Mode(10203, "com.example.bank", "CAMERA") != "ignore" {
				t.Errorf("app-ops %+v", ops)
			}
			if era != "sdk25" && (ops.LastAccess["com.example.maps"]["FINE_LOCATION"] != "2026-01-04" || ops.LastAccess["com.example.bank"]["CAMERA"] != "") {
				t.Errorf("last access %v", ops.LastAccess)
			}
		})
	}
}
