// Package phone makes inventory items of what a phone said: one for the phone itself, one for each app and user. It
// reads a capture and nothing else, so that a live audit, a saved bundle and a bundle of another tool give the same
// items as far as they carry the same facts. It records facts; which of them are bad is for policies to say.
//
// Every text is the phone's own and may be hostile or forged. Where several outputs tell the same, they are compared,
// and a difference is told as a trait of the app. Nothing is sorted by the order of the phone's lists.
// Limits: limits.Dump*, PhonePermissions, AppEvidence, CellRunes, ZipNameBytes.
//
// Sources: com.android.server.pm.Settings (package states), AppOpsManager (modes), AccessibilityServiceInfo
// (capability bits), android.app.role (roles). None of it was checked on a phone here.
package phone

import (
	"cmp"
	"slices"
	"time"

	"appraise/android/capture"
	"appraise/android/phone/records"
	"appraise/finding"
	"appraise/inventory"
)

// Options narrow what is told of a phone.
type Options struct {
	// Users are the users to tell of beside user 0, work profiles included.
	Users []int
	// AllApps also tells of system apps that hold no special access or role and were neither updated nor allowed
	// anything by the user. Without it they are counted alone.
	AllApps bool
	// Pinned reports whether a signer is pinned, so that it doesn't matter that its app's label was not read.
	// nil: none is.
	Pinned func(sha256 string) bool
	// PinnedID reports whether the signer of an app of this id is known, so that it matters where it could not be read.
	// nil: none is.
	PinnedID func(id string) bool
	// Now is the day that the patch level is compared with where the capture doesn't say when it was made.
	Now time.Time
}

// Result is what a phone is made of.
type Result struct {
	Device finding.Device
	// Items holds the phone itself, kind "device", and then its apps by user and id.
	Items []*inventory.Item
	// NotChecked tells what the capture can't say, one sentence's part each.
	NotChecked []string
	// Problems are parts of outputs that could not be read, and those of the capture.
	Problems []inventory.Problem
}

// Items reads a capture. It always gives an item for the phone; the capture is not changed.
func Items(c *capture.Capture, opt Options) *Result {
	f := &facts{Phone: records.Read(c, opt.Users), opt: opt}
	f.rooted, _ = f.rootSigns()
	var apps []*inventory.Item
	for _, u := range f.Checked {
		apps = append(apps, f.apps(u)...)
	}
	r := &Result{Items: append([]*inventory.Item{f.device(apps)}, apps...)}
	r.Device = finding.Device{Platform: string(inventory.Android), Model: f.model(), SDK: f.SDK, Patch: f.Prop("ro.build.version.security_patch")}
	r.NotChecked = f.notChecked(apps)
	r.Problems = f.Problems
	slices.SortFunc(r.Problems, func(a, b inventory.Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), cmp.Compare(a.Message, b.Message))
	})
	r.Problems = slices.Compact(r.Problems)
	return r
}

// facts is what a phone said while items are made of it.
type facts struct {
	*records.Phone
	opt    Options
	rooted bool

	permissions int  // kept so far, against limits.PhonePermissions
	full        bool // that limit was told
	leftOut     int  // system apps that are not told of
}
