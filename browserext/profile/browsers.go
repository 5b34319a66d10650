// Package profile knows where browsers keep their profiles. Today it tells which browsers are on
// this computer; it opens no profile.
package profile

import (
	"os"
	"path/filepath"
	"runtime"
)

// Browser is one browser and the folders, below the user's home, in which it keeps its profiles.
type Browser struct {
	Name    string
	Linux   []string
	MacOS   []string // below Library/Application Support
	Windows []string
}

// browsers is the one table of browsers. Sources: osquery's chrome and firefox tables (a5b14f6, 2026-08),
// the vendors' own packages for Snap and Flatpak.
var browsers = []Browser{
	{Name: "Chrome",
		Linux:   []string{".config/google-chrome", ".config/google-chrome-beta", ".config/google-chrome-unstable", ".var/app/com.google.Chrome/config/google-chrome"},
		MacOS:   []string{"Google/Chrome", "Google/Chrome Beta", "Google/Chrome Dev", "Google/Chrome Canary"},
		Windows: []string{"AppData/Local/Google/Chrome/User Data", "AppData/Local/Google/Chrome Beta/User Data", "AppData/Local/Google/Chrome Dev/User Data", "AppData/Local/Google/Chrome SxS/User Data"}},
	{Name: "Chromium",
		Linux:   []string{".config/chromium", "snap/chromium/common/chromium", ".var/app/org.chromium.Chromium/config/chromium"},
		MacOS:   []string{"Chromium"},
		Windows: []string{"AppData/Local/Chromium/User Data", "AppData/Local/Chromium"}},
	{Name: "Brave",
		Linux:   []string{".config/BraveSoftware/Brave-Browser", ".config/BraveSoftware/Brave-Browser-Beta", ".config/BraveSoftware/Brave-Browser-Nightly", ".var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser", "snap/brave/current/.config/BraveSoftware/Brave-Browser"},
		MacOS:   []string{"BraveSoftware/Brave-Browser", "BraveSoftware/Brave-Browser-Beta", "BraveSoftware/Brave-Browser-Nightly"},
		Windows: []string{"AppData/Local/BraveSoftware/Brave-Browser/User Data", "AppData/Local/BraveSoftware/Brave-Browser-Beta/User Data", "AppData/Local/BraveSoftware/Brave-Browser-Nightly/User Data"}},
	{Name: "Edge",
		Linux:   []string{".config/microsoft-edge", ".config/microsoft-edge-beta", ".config/microsoft-edge-dev"},
		MacOS:   []string{"Microsoft Edge", "Microsoft Edge Beta", "Microsoft Edge Dev", "Microsoft Edge Canary"},
		Windows: []string{"AppData/Local/Microsoft/Edge/User Data", "AppData/Local/Microsoft/Edge Beta/User Data", "AppData/Local/Microsoft/Edge Dev/User Data", "AppData/Local/Microsoft/Edge SxS/User Data"}},
	{Name: "Opera", Linux: []string{".config/opera"}, MacOS: []string{"com.operasoftware.Opera"}, Windows: []string{"AppData/Roaming/Opera Software/Opera Stable"}},
	{Name: "Vivaldi", Linux: []string{".config/vivaldi", ".var/app/com.vivaldi.Vivaldi/config/vivaldi"}, MacOS: []string{"Vivaldi"}, Windows: []string{"AppData/Local/Vivaldi/User Data"}},
	{Name: "Yandex", Linux: []string{".config/yandex-browser-beta", ".config/yandex-browser"}, MacOS: []string{"Yandex/YandexBrowser"}, Windows: []string{"AppData/Local/Yandex/YandexBrowser/User Data"}},
	{Name: "Arc", MacOS: []string{"Arc/User Data"}},
	{Name: "Dia", MacOS: []string{"Dia/User Data"}},
	{Name: "Comet", MacOS: []string{"Comet"}, Windows: []string{"AppData/Local/Perplexity/Comet/User Data"}},
	{Name: "Firefox",
		Linux:   []string{".mozilla/firefox", ".config/mozilla/firefox", "snap/firefox/common/.mozilla/firefox", ".var/app/org.mozilla.firefox/.mozilla/firefox"},
		MacOS:   []string{"Firefox/Profiles"},
		Windows: []string{"AppData/Roaming/Mozilla/Firefox/Profiles"}},
	{Name: "LibreWolf", Linux: []string{".librewolf"}},
}

// Found is one profile folder that exists on this computer.
type Found struct {
	Browser string
	Dir     string
}

// Find returns the browser folders that exist below home, in the table's order. On Linux,
// configHome (XDG_CONFIG_HOME) replaces home/.config when it isn't empty.
func Find(home, configHome string) []Found { return find(runtime.GOOS, home, configHome) }

func find(system, home, configHome string) []Found {
	var found []Found
	for _, b := range browsers {
		for _, dir := range b.dirs(system, home, configHome) {
			if info, err := os.Stat(dir); err == nil && info.IsDir() {
				found = append(found, Found{b.Name, dir})
			}
		}
	}
	return found
}

func (b Browser) dirs(system, home, configHome string) []string {
	below, list := home, b.Linux
	switch system {
	case "darwin":
		below, list = filepath.Join(home, "Library", "Application Support"), b.MacOS
	case "windows":
		list = b.Windows
	}
	var dirs []string
	for _, dir := range list {
		const config = ".config/"
		if configHome != "" && len(dir) > len(config) && dir[:len(config)] == config && system != "darwin" && system != "windows" {
			dirs = append(dirs, filepath.Join(configHome, filepath.FromSlash(dir[len(config):])))
			continue
		}
		dirs = append(dirs, filepath.Join(below, filepath.FromSlash(dir)))
	}
	return dirs
}
