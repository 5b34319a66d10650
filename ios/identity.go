package ios

import (
	"cmp"
	"path"
	"reflect"
	"strconv"
	"strings"

	"appraise/inventory"
)

// storeMetadata is what the App Store adds beside an app. It holds the buyer's name and is never opened.
const storeMetadata = "iTunesMetadata.plist"

// Keys and folders that mark where a build came from. All of them can be forged.
var (
	storeKeys    = []string{"DTAppStoreToolsBuild", "UISupportedDevices", "ITSDRMScheme", "SharedResourcesGroup", "ProApplication"}
	storeFolder  = "SC_Info"
	sideloadKeys = []string{"ALTDeviceID", "ALTServerID", "ALTAppGroups", "ALTAnisetteURL", "ALTPairingFile"}
)

// identity reads who the app says it is.
func (b *bundle) identity() {
	item, info := b.r.item, b.info
	item.ID = info.phoneText("CFBundleIdentifier")
	item.Version = cmp.Or(info.phoneText("CFBundleShortVersionString"), info.phoneText("CFBundleVersion"))
	detail := b.r.detail
	detail.DisplayName = info.phoneText("CFBundleDisplayName")
	detail.Executable = info.phoneText("CFBundleExecutable")
	detail.PackageType = info.phoneText("CFBundlePackageType")
	item.Name = cmp.Or(detail.DisplayName, info.phoneText("CFBundleName"), detail.Executable)
	if item.ID == "" {
		item.AddProblem(inventory.Problem{File: b.file, Message: "CFBundleIdentifier is missing", Matters: true})
	}
	for _, key := range []string{"CFBundleIdentifier", "CFBundleDisplayName", "CFBundleName", "CFBundleExecutable"} {
		b.byDevice(key)
	}
	if item.Kind == inventory.KindApp && detail.PackageType != "APPL" && b.isExtension() {
		item.Kind = inventory.KindPlugin
	}
}

// byDevice notes an identity that isn't the same on every device.
func (b *bundle) byDevice(key string) {
	keys := b.info.spellings[key]
	for _, k := range keys[min(1, len(keys)):] {
		if !reflect.DeepEqual(b.info.values[k], b.info.values[keys[0]]) {
			b.trait(inventory.TraitDependsOnConfiguration, k+" differs from "+keys[0])
		}
	}
}

func (b *bundle) nestedIdentity() {
	info := b.info
	b.note.ID = info.phoneText("CFBundleIdentifier")
	b.note.Name = cmp.Or(info.phoneText("CFBundleDisplayName"), info.phoneText("CFBundleName"))
	b.note.Version = cmp.Or(info.phoneText("CFBundleShortVersionString"), info.phoneText("CFBundleVersion"))
}

// facts reads what else the app declares about itself.
func (b *bundle) facts() {
	info, detail := b.info, b.r.detail
	detail.MinimumOS = info.phoneText("MinimumOSVersion")
	detail.Platforms = info.texts("CFBundleSupportedPlatforms")
	detail.SDK = info.phoneText("DTSDKName")
	for _, types := range info.spellings["CFBundleURLTypes"] {
		for _, entry := range info.dicts(types) {
			detail.URLSchemes = append(detail.URLSchemes, entry.texts("CFBundleURLSchemes")...)
		}
	}
	detail.URLSchemes = sorted(detail.URLSchemes)
	detail.BackgroundModes = info.allTexts("UIBackgroundModes")
	detail.BonjourServices = info.allTexts("NSBonjourServices")
	detail.FileSharing = info.anyFlag("UIFileSharingEnabled")
	detail.AdNetworks = len(info.dicts("SKAdNetworkItems"))
}

// traces reads marks of a store, of a sideloading tool and of a simulator build.
func (b *bundle) traces() {
	for _, key := range storeKeys {
		if b.app == nil && b.info.has(key) {
			b.r.detail.StoreTraces = append(b.r.detail.StoreTraces, key)
		}
	}
	for _, key := range sideloadKeys {
		if b.info.has(key) {
			b.trait(inventory.TraitSideloadTrace, key+"; its value can name a device and is not shown")
		}
	}
	for _, platform := range append(b.info.texts("CFBundleSupportedPlatforms"), b.info.text("DTPlatformName")) {
		if strings.HasSuffix(strings.ToLower(platform), "simulator") {
			b.trait(inventory.TraitSimulatorBuild, "built for "+platform)
		}
	}
}

// files notes which parts of a signed and installed app are there. None of them is read.
func (r *reader) files(main *bundle) {
	name := r.detail.Executable
	r.detail.HasExecutable = name != "" && path.Base(name) == name && isFile(r.fsys, path.Join(main.dir, name))
	r.detail.HasProfile = isFile(r.fsys, path.Join(main.dir, "embedded.mobileprovision"))
	r.detail.HasCodeResources = isFile(r.fsys, path.Join(main.dir, "_CodeSignature/CodeResources"))
	if isFolder(r.fsys, path.Join(main.dir, storeFolder)) {
		r.detail.StoreTraces = append(r.detail.StoreTraces, storeFolder)
	}
}

// queries reads which other apps the bundle asks about.
func (b *bundle) queries() {
	const many = 20
	schemes := b.info.allTexts("LSApplicationQueriesSchemes")
	if b.app == nil {
		b.r.detail.QueriedSchemes = schemes
	}
	if len(schemes) == 0 {
		return
	}
	detail := "LSApplicationQueriesSchemes names " + plural(len(schemes), "app scheme") + ": " + some(schemes)
	b.capability(inventory.CapListApps, "named-only", detail)
	if len(schemes) > many {
		b.trait(inventory.TraitQueriesManyApps, detail)
	}
}

// systems tells for which systems the bundle is made, by the words of the usage-key table.
func (b *bundle) systems() map[string]bool {
	out := map[string]bool{}
	for _, platform := range b.info.texts("CFBundleSupportedPlatforms") {
		switch platform {
		case "WatchOS", "WatchSimulator":
			out[platformWatch] = true
		case "XROS", "XRSimulator":
			out[platformVision] = true
		case "MacOSX":
			out[platformMac] = true
		}
	}
	if b.info.anyFlag("WKApplication") || b.info.anyFlag("WKWatchKitApp") {
		out[platformWatch] = true
	}
	return out
}

// minimumMajor returns the first system version that the bundle runs on, by its first number; an app
// that declares none is taken for a modern one.
func (b *bundle) minimumMajor() int {
	text := b.info.phoneText("MinimumOSVersion")
	if text == "" && b.app != nil {
		return b.app.minimumMajor()
	}
	first, _, _ := strings.Cut(text, ".")
	if n, err := strconv.Atoi(first); err == nil {
		return n
	}
	return modern
}

// modern stands for any system of today.
const modern = 1 << 16
