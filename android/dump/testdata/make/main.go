// Command make writes the dumps of one imaginary phone as each Android version would print them: a folder an era, a file
// a command. Nothing in them comes from a real phone; the names, ids and digests are invented. Run it in android/dump:
//
//	go run ./testdata/make
package main

import (
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
)

// era is what differs between versions.
type era struct {
	name, release, patch string
	sdk                  int
	samsung              bool
	work                 int // id of a second user, 0 none
	workName             string
	workFlags            string
}

var eras = []era{
	{name: "sdk25", release: "7.1.2", patch: "2018-04-05", sdk: 25},
	{name: "sdk28", release: "9", patch: "2020-08-01", sdk: 28},
	{name: "sdk30", release: "11", patch: "2022-02-05", sdk: 30},
	{name: "sdk33", release: "13", patch: "2024-06-05", sdk: 33},
	{name: "sdk34", release: "14", patch: "2025-03-05", sdk: 34, work: 10, workName: "Work profile", workFlags: "1030"},
	{name: "sdk36", release: "16", patch: "2026-01-05", sdk: 36},
	{name: "samsung-sdk33", release: "13", patch: "2024-05-01", sdk: 33, samsung: true, work: 150, workName: "Secure Folder", workFlags: "1021030"},
}

// app is one package of the phone.
type app struct {
	name, path, signer        string
	uid                       int
	version                   int
	versionName               string
	target                    int
	system, updated, priv     bool
	installer, initiator      string
	originator                string
	source                    int
	requested, install        []string
	runtime                   []string // "NAME", granted; "-NAME", denied
	work                      bool     // in the second user too
	workOnly                  bool
	sharedUser                string
	splits                    []string
	factoryVersion            int
	factoryPath, restrictFrom string
}

const (
	store = "com.android.vending"
	perm  = "android.permission."
)

var apps = []app{
	{name: "android", path: "/system/framework", signer: "platform", uid: 1000, version: 1, versionName: "1", target: 99, system: true, priv: true,
		sharedUser: "android.uid.system", work: true,
		requested: []string{"INTERNET", "READ_SMS"}, install: []string{"INTERNET", "WRITE_SECURE_SETTINGS"}, runtime: []string{"READ_SMS"}},
	{name: store, path: "/data/app/com.android.vending", signer: "store", uid: 10034, version: 84710230, versionName: "47.1.23-29 [0] [PR] 700000001", target: 34,
		system: true, updated: true, priv: true, installer: store, initiator: store, work: true, factoryVersion: 82242510, factoryPath: "/product/priv-app/Phonesky",
		requested: []string{"INTERNET", "INSTALL_PACKAGES", "GET_ACCOUNTS"}, install: []string{"INTERNET", "INSTALL_PACKAGES"}, runtime: []string{"GET_ACCOUNTS"}},
	{name: "com.example.launcher", path: "/system/priv-app/ExampleLauncher", signer: "platform", uid: 10101, version: 330, versionName: "3.3", target: 33,
		system: true, priv: true, work: true, requested: []string{"INTERNET", "QUERY_ALL_PACKAGES"}, install: []string{"INTERNET", "QUERY_ALL_PACKAGES"}},
	{name: "com.example.keyboard", path: "/system/app/ExampleKeyboard", signer: "maker", uid: 10102, version: 1402, versionName: "14.0.2", target: 33,
		system: true, work: true, requested: []string{"INTERNET", "RECORD_AUDIO", "READ_CONTACTS"}, install: []string{"INTERNET"}, runtime: []string{"-RECORD_AUDIO", "-READ_CONTACTS"}},
	{name: "com.example.screenreader", path: "/system/app/ExampleScreenReader", signer: "maker", uid: 10103, version: 910, versionName: "9.1", target: 33,
		system: true, requested: []string{"INTERNET", "VIBRATE"}, install: []string{"INTERNET", "VIBRATE"}},
	{name: "com.example.sms", path: "/system/priv-app/ExampleSms", signer: "maker", uid: 10104, version: 77, versionName: "7.7", target: 33,
		system: true, priv: true, requested: []string{"READ_SMS", "RECEIVE_SMS", "RECEIVE_MMS", "RECEIVE_WAP_PUSH", "SEND_SMS", "READ_CONTACTS"},
		runtime: []string{"READ_SMS", "RECEIVE_SMS", "RECEIVE_MMS", "RECEIVE_WAP_PUSH", "SEND_SMS", "READ_CONTACTS"}},
	{name: "com.example.gallery", path: "/data/app/com.example.gallery", signer: "maker", uid: 10105, version: 610, versionName: "6.1.0", target: 33,
		system: true, updated: true, installer: store, initiator: store, factoryVersion: 500, factoryPath: "/system/app/ExampleGallery",
		requested: []string{"INTERNET", "READ_EXTERNAL_STORAGE"}, install: []string{"INTERNET"}, runtime: []string{"READ_EXTERNAL_STORAGE"}},
	{name: "com.example.messenger", path: "/data/app/com.example.messenger", signer: "messenger", uid: 10201, version: 22510, versionName: "2.25.10", target: 34,
		installer: store, initiator: store, splits: []string{"config.arm64_v8a", "config.xxhdpi"},
		requested: []string{"INTERNET", "CAMERA", "RECORD_AUDIO", "READ_CONTACTS", "POST_NOTIFICATIONS", "RECEIVE_BOOT_COMPLETED"},
		install:   []string{"INTERNET", "RECEIVE_BOOT_COMPLETED"}, runtime: []string{"CAMERA", "RECORD_AUDIO", "READ_CONTACTS", "POST_NOTIFICATIONS"}},
	{name: "com.example.maps", path: "/data/app/com.example.maps", signer: "maps", uid: 10202, version: 1160, versionName: "11.6.0 beta=1", target: 34,
		installer: store, initiator: store, requested: []string{"INTERNET", "ACCESS_COARSE_LOCATION", "ACCESS_FINE_LOCATION", "ACCESS_BACKGROUND_LOCATION"},
		install: []string{"INTERNET"}, runtime: []string{"ACCESS_COARSE_LOCATION", "ACCESS_FINE_LOCATION", "-ACCESS_BACKGROUND_LOCATION"}},
	{name: "com.example.bank", path: "/data/app/com.example.bank", signer: "bank", uid: 10203, version: 5003, versionName: "5.0.3", target: 34,
		installer: store, initiator: store, requested: []string{"INTERNET", "CAMERA", "POST_NOTIFICATIONS"}, install: []string{"INTERNET"}, runtime: []string{"-CAMERA", "POST_NOTIFICATIONS"}},
	{name: "com.example.vault", path: "/data/app/com.example.vault", signer: "vault", uid: 10204, version: 20260101, versionName: "2026.1.1", target: 34,
		installer: store, initiator: store, requested: []string{"INTERNET", "CAMERA"}, install: []string{"INTERNET"}, runtime: []string{"-CAMERA"}},
	{name: "com.alibaba.aliexpresshd", path: "/data/app/com.alibaba.aliexpresshd", signer: "shop", uid: 10205, version: 81201, versionName: "8.120.1", target: 33,
		installer: store, initiator: store, splits: []string{"config.arm64_v8a"},
		requested: []string{"INTERNET", "CAMERA", "RECORD_AUDIO", "POST_NOTIFICATIONS", "ACCESS_COARSE_LOCATION"},
		install:   []string{"INTERNET"}, runtime: []string{"CAMERA", "-RECORD_AUDIO", "POST_NOTIFICATIONS", "-ACCESS_COARSE_LOCATION"}},
	{name: "com.example.findmine", path: "/data/app/com.example.findmine", signer: "findmine", uid: 10210, version: 31, versionName: "3.1", target: 33,
		installer: store, initiator: store, requested: []string{"INTERNET", "ACCESS_FINE_LOCATION"}, install: []string{"INTERNET"}, runtime: []string{"ACCESS_FINE_LOCATION"}},
	{name: "com.example.coupons", path: "/data/app/com.example.coupons", signer: "nobody", uid: 10245, version: 120, versionName: "1.2.0", target: 30,
		initiator: "com.android.shell", source: 1, restrictFrom: "READ_SMS",
		requested: []string{"INTERNET", "READ_SMS", "RECEIVE_SMS", "SYSTEM_ALERT_WINDOW", "RECEIVE_BOOT_COMPLETED", "REQUEST_INSTALL_PACKAGES"},
		install:   []string{"INTERNET", "SYSTEM_ALERT_WINDOW", "RECEIVE_BOOT_COMPLETED", "REQUEST_INSTALL_PACKAGES"}, runtime: []string{"READ_SMS", "RECEIVE_SMS"}},
	{name: "com.example.workdpc", path: "/data/app/com.example.workdpc", signer: "dpc", uid: 10211, version: 9, versionName: "0.9", target: 33,
		installer: store, initiator: store, work: true, workOnly: true, requested: []string{"INTERNET"}, install: []string{"INTERNET"}},
}

func main() {
	for _, e := range eras {
		for name, text := range map[string]string{
			"getprop": getprop(e), "users": users(e), "packages-list": packagesList(e), "package": packageDump(e), "appops": appops(e),
			"settings-secure": secure(e), "settings-global": global(e), "settings-system": system(e), "accessibility": accessibility(e),
			"ime-all": imeAll(e), "ime-enabled": "com.example.keyboard/.ImeService\n", "notification": notification(e),
			"device-policy": devicePolicy(e), "owners": owners(e), "roles": roles(e), "app-links": appLinks(e),
		} {
			if err := os.MkdirAll(filepath.Join("testdata", e.name), 0o755); err != nil {
				panic(err)
			}
			if err := os.WriteFile(filepath.Join("testdata", e.name, name+".txt"), []byte(text), 0o644); err != nil {
				panic(err)
			}
		}
	}
}

func (e era) has(a app) bool { return e.work != 0 && !e.samsung || !a.workOnly }

func sum(parts ...any) uint32 {
	h := fnv.New32a()
	fmt.Fprint(h, parts...)
	return h.Sum32()
}

// folder is an app's code path: with random parts from Android 11 on, with a counter before Android 8.
func (e era) folder(a app) string {
	switch {
	case !strings.HasPrefix(a.path, "/data/app/"):
		return a.path
	case e.sdk >= 30:
		return fmt.Sprintf("/data/app/~~%08xAbCdEfGhIjKlMn==/%s-%08xZzYyXxWwVvUu==", sum("dir", a.name), a.name, sum("sub", a.name))
	case e.sdk >= 26:
		return fmt.Sprintf("%s-%08xZzYyXxWwVvUu==", a.path, sum("sub", a.name))
	}
	return a.path + "-1"
}

func permission(name string) string { return perm + name }

// known leaves out permissions that a version does not have.
func (e era) known(name string) bool {
	switch strings.TrimPrefix(name, "-") {
	case "POST_NOTIFICATIONS":
		return e.sdk >= 33
	case "QUERY_ALL_PACKAGES":
		return e.sdk >= 30
	case "ACCESS_BACKGROUND_LOCATION":
		return e.sdk >= 29
	}
	return true
}
