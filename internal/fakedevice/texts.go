package fakedevice

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"appraise/android/dump/packages"
)

// texts are the texts of a phone with nothing but the packages of the options.
func (d *Device) texts() map[string]string {
	return map[string]string{
		"getprop": fmt.Sprintf("[ro.build.version.sdk]: [%d]\n[ro.product.model]: [Fake Phone]\n[ro.build.version.security_patch]: [2026-01-05]\n", d.opt.SDK),
		"users":   "Users:\n\tUserInfo{0:Owner:c13} running\n",
		"appops":  "Current AppOps Service state:\n  Uid 1000:\n    state=pers\n",
		"package": d.dump(), "packages-list": d.list(),
		"settings-secure": "accessibility_enabled=0\nenabled_accessibility_services=null\n",
		"settings-global": "adb_enabled=1\n", "settings-system": "screen_off_timeout=60000\n",
		"accessibility": "ACCESSIBILITY MANAGER (dumpsys accessibility)\n\nUser state[\n     attributes:{id=0}\n     Bound services:{}\n     Enabled services:{}\n     Binding services:{}\n", "ime-all": "", "ime-enabled": "",
		"notification": "Current Notification Manager state:\n  Notification listeners:\n    Live notification listeners (0):\n", "device-policy": "Current Device Policy Manager state:\n",
		"owners": "no owners\n", "roles": "", "app-links": "", "webview": "Current WebView Update Service state\n",
	}
}

// list is pm list packages -f -i -U.
func (d *Device) list() string {
	var out strings.Builder
	for _, p := range d.opt.Packages {
		fmt.Fprintf(&out, "package:%s=%s  installer=%s", p.Path, p.Name, orNull(p.Installer))
		if d.opt.SDK >= 26 {
			fmt.Fprintf(&out, " uid:%d", p.UID)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func orNull(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// dump is dumpsys package of the API level, with the fields that tests of collecting need.
func (d *Device) dump() string {
	var out strings.Builder
	out.WriteString("Packages:\n")
	for _, p := range d.opt.Packages {
		d.dumpPackage(&out, p)
	}
	return out.String()
}

func (d *Device) dumpPackage(out *strings.Builder, p Package) {
	id := "userId"
	if d.opt.SDK >= 35 {
		id = "appId"
	}
	splits := []string{"base"}
	if !p.NotListed {
		splits = append(splits, slices.Sorted(maps.Keys(p.Splits))...)
	}
	flags := "HAS_CODE"
	if p.System {
		flags = "SYSTEM HAS_CODE"
	}
	fmt.Fprintf(out, "  Package [%s] (1a2b3c4):\n    %s=%d\n    codePath=%s\n    versionCode=1 minSdk=21 targetSdk=%d\n    versionName=1.0\n    splits=[%s]\n    flags=[ %s ]\n",
		p.Name, id, p.UID, p.Path[:strings.LastIndexByte(p.Path, '/')], d.opt.SDK, strings.Join(splits, ", "), flags)
	if p.Installer != "" || d.opt.SDK >= 34 {
		fmt.Fprintf(out, "    installerPackageName=%s\n", orNull(p.Installer))
	}
	if d.opt.SDK >= 34 {
		fmt.Fprintf(out, "    initiatingPackageName=%s\n    packageSource=0\n", orNull(p.Initiator))
	}
	fmt.Fprintf(out, "    pkgFlags=[ %s ]\n    requested permissions:\n", flags)
	permissions := slices.Sorted(maps.Keys(p.Permissions))
	for _, name := range permissions {
		fmt.Fprintf(out, "      %s\n", name)
	}
	out.WriteString("    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false notLaunched=false enabled=0 instant=false virtual=false\n      gids=[3003]\n      runtime permissions:\n")
	for _, name := range permissions {
		fmt.Fprintf(out, "        %s: granted=%v, flags=[ USER_SET]\n", name, p.Permissions[name])
	}
}

// sets adds the lists of system, third-party and disabled packages where they are not given, as package says.
func (d *Device) sets(texts map[string]string) {
	system := map[string]bool{}
	disabled := map[string]bool{}
	for _, p := range packages.Read([]byte(texts["package"])).Packages {
		system[p.Name] = p.System()
		for _, u := range p.Users {
			disabled[p.Name] = disabled[p.Name] || u.ID == 0 && (u.Enabled == 2 || u.Enabled == 3)
		}
	}
	listed, _ := packages.List([]byte(texts["packages-list"]))
	made := map[string]string{"packages-system": "", "packages-third-party": "", "packages-disabled": ""}
	for _, p := range listed {
		line := "package:" + p.Name + "\n"
		if system[p.Name] {
			made["packages-system"] += line
		} else {
			made["packages-third-party"] += line
		}
		if disabled[p.Name] {
			made["packages-disabled"] += line
		}
	}
	for name, text := range made {
		if _, given := texts[name]; !given {
			texts[name] = text
		}
	}
}

// paths is what pm path knows: package, tab, path.
func (d *Device) paths(texts map[string]string) string {
	var out strings.Builder
	listed, _ := packages.List([]byte(texts["packages-list"]))
	for _, p := range listed {
		fmt.Fprintf(&out, "%s\t%s\n", p.Name, p.Path)
		for _, own := range d.opt.Packages {
			for _, split := range slices.Sorted(maps.Keys(own.Splits)) {
				if own.Name == p.Name {
					fmt.Fprintf(&out, "%s\t%s\n", p.Name, own.splitPath(split))
				}
			}
		}
	}
	return out.String()
}
