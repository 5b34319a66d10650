package android

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"

	"appraise/android/axml"
	"appraise/inventory"
)

const actionMain = "android.intent.action.MAIN"

// launcherCategories put an activity where a person can start it: phone, television, home screen, car, headset.
var launcherCategories = []string{
	"android.intent.category.LAUNCHER", "android.intent.category.LEANBACK_LAUNCHER", "android.intent.category.HOME",
	"android.intent.category.CAR_LAUNCHER", "com.google.intent.category.DAYDREAM", "com.oculus.intent.category.VR",
}

// iconless guard the services whose apps live elsewhere than among the icons.
var iconless = []string{
	platform + "BIND_INPUT_METHOD", platform + "BIND_TEXT_SERVICE", platform + "BIND_WALLPAPER",
	platform + "BIND_DREAM_SERVICE", platform + "BIND_PRINT_SERVICE", platform + "BIND_QUICK_SETTINGS_TILE",
}

// traits records what the manifest as a whole says about the app.
func (r *reader) traits() {
	if r.app.Application.Debuggable {
		r.trait(inventory.TraitDebuggable, r.at(r.application, "application debuggable=true"))
	}
	if r.app.Application.TestOnly {
		r.trait(inventory.TraitTestOnly, r.at(r.application, "application testOnly=true"))
	}
	r.weakGuards()
	if r.app.Split != "" {
		return
	}
	if r.target() < sdkMarshmallow {
		r.trait(inventory.TraitGrantedAtInstall, r.at(r.root, "target SDK %d", r.target()))
	}
	if r.hidden() {
		r.trait(inventory.TraitHiddenLauncher, r.at(r.application, "%d components, none of them an activity that a launcher shows", len(r.parts)))
	}
}

// hidden reports an app that has screens but no way to start them. Test packages and the kinds of service
// that need no icon are no such app.
func (r *reader) hidden() bool {
	activity := false
	for _, p := range r.parts {
		shown := strings.HasPrefix(p.Type, "activity") && p.Enabled && slices.ContainsFunc(p.Filters, startable)
		if shown || p.Type == "service" && slices.Contains(iconless, p.Permission) {
			return false
		}
		activity = activity || p.Type == "activity"
	}
	return activity && len(r.app.Instrumentation) == 0
}

// startable reports whether a launcher finds the filter. It asks without data, so a filter that demands a
// scheme or a type keeps the icon away.
func startable(f inventory.IntentFilter) bool {
	return slices.Contains(f.Actions, actionMain) &&
		slices.ContainsFunc(f.Categories, func(c string) bool { return slices.Contains(launcherCategories, c) }) &&
		!slices.ContainsFunc(f.Data, func(d inventory.IntentData) bool { return d.Scheme != "" || d.MimeType != "" })
}

// weakGuards looks for components that are open to other apps behind a permission of the app's own that any
// app can get: at install (normal) or by asking the user (dangerous).
func (r *reader) weakGuards() {
	for _, p := range r.parts {
		for _, guard := range []string{p.Permission, p.ReadPermission, p.WritePermission} {
			if level := r.own[guard]; p.Exported && (level == protections[0] || level == protections[1]) {
				r.trait(inventory.TraitWeakCustomPermission, r.at(p.element, "%s %s guarded by %s, which is %s", p.Type, p.Name, guard, level))
			}
		}
	}
}

// icon records where the icon is and the digest of its bytes; images are never decoded. Of several
// densities the default one counts, else the first in the table.
func (r *reader) icon() {
	path := r.loose(r.application, axml.AttrIDIcon)
	e, ok := r.zip.Lookup(path)
	if !ok {
		return
	}
	r.app.Application.Icon = path
	h := sha256.New()
	rc, err := r.zip.Open(e)
	if err == nil {
		defer rc.Close()
		if _, err = io.Copy(h, rc); err == nil {
			r.app.Application.IconSHA256 = hex.EncodeToString(h.Sum(nil))
			return
		}
	}
	r.item.AddProblem(inventory.Problem{File: path, Message: err.Error()})
}
