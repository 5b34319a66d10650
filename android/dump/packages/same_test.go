package packages

import "testing"

// The same phone in every era: what must be equal in all of them.
func TestSamePhone(t *testing.T) {
	for _, era := range eras {
		t.Run(era, func(t *testing.T) {
			got := Read(fixture(t, era, "package"))
			list, _ := List(fixture(t, era, "packages-list"))
			if len(got.Notes) > 0 {
				t.Errorf("notes on a healthy phone: %v", got.Notes)
			}
			byName := map[string]Package{}
			for _, pkg := range got.Packages {
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
