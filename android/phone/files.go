package phone

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"appraise/android/bundle"
	"appraise/android/capture"
	"appraise/android/capture/lists"
	"appraise/android/phone/records"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// readFiles reads what the capture holds of the app's APKs, base and splits, as one app.
func (a *app) readFiles() {
	var parts []bundle.Part
	list := slices.Clone(a.f.APKs[a.name])
	slices.SortStableFunc(list, func(x, y *capture.APK) int { return strings.Compare(x.Split+" "+x.Path, y.Split+" "+y.Path) })
	for _, apk := range list {
		if len(apk.Parts) == 0 {
			a.unreadFile(apk, apk.Reason)
			continue
		}
		item := readParts(apk, a.f.SDK)
		soften(item)
		if item.ID == "" {
			why := apk.Reason
			if len(item.Problems) > 0 {
				why = cmp.Or(why, item.Problems[0].Message)
			}
			a.unreadFile(apk, why)
			continue
		}
		parts = append(parts, bundle.Part{Name: records.Clip(path.Base(apk.Path), limits.CellRunes), Item: item})
	}
	if len(parts) == 0 || parts[0].Item.Kind != inventory.KindApp {
		return
	}
	a.files = bundle.Merge(parts, bundle.Options{MinSDK: a.f.SDK, MaxSDK: a.f.SDK})
	for _, t := range a.files.Traits {
		a.item.AddTrait(t.ID, t.Evidence...)
	}
	for _, p := range a.files.Problems {
		a.item.AddProblem(p)
	}
	a.sameName()
}

// unreadFile tells of an APK of which no manifest was read. The phone's own list of permissions stands in for it;
// nothing stands in for the signer where the app's id is pinned.
func (a *app) unreadFile(apk *capture.APK, why string) {
	a.item.AddProblem(inventory.Problem{
		File: records.Clip(path.Base(apk.Path), limits.CellRunes), Message: records.Clip(cmp.Or(why, "nothing of it could be read"), limits.CellRunes),
		Matters: a.f.opt.PinnedID != nil && a.f.opt.PinnedID(a.name),
	})
}

// sameName compares the package's name with that in its file. A preload may be installed under an older name of it.
func (a *app) sameName() {
	if a.files.ID == a.name || a.u.System[a.name] || a.pkg != nil && a.pkg.System() {
		return
	}
	a.item.AddTrait(inventory.TraitRecordsDisagree, inventory.Evidence{File: manifestFile, Detail: fmt.Sprintf("names the package %s, installed is %s", quoted(a.files.ID), a.name)})
}

// readParts reads the manifest and the signer of an APK of which only parts are at hand, for the phone's own version of
// Android. Nothing of its content is compared with the signature.
func readParts(apk *capture.APK, sdk int) *inventory.Item {
	z, err := zipsafe.OpenDirectory(apk, apk.Size)
	if err != nil {
		item := &inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp}
		item.AddProblem(inventory.Problem{Message: err.Error()})
		return item
	}
	return bundle.ReadAPK(z, nil, bundle.Options{MinSDK: sdk, MaxSDK: sdk, SkipContent: true})
}

// Files of an APK. Most labels stand in the resource table.
const (
	manifestFile  = "AndroidManifest.xml"
	resourceTable = "resources.arsc"
)

// soften takes the weight from problems that only say that a part was left on the phone: that makes nothing
// incomplete, since it was never asked for. A label in the resource table is then not known, which is told for all
// apps together.
func soften(item *inventory.Item) {
	kept := item.Problems[:0]
	for _, p := range item.Problems {
		if strings.Contains(p.Message, capture.ErrNotRead.Error()) {
			if p.File == resourceTable {
				continue
			}
			p = inventory.Problem{File: p.File, Message: "not read: it was left on the phone"}
		}
		kept = append(kept, p)
	}
	item.Problems = kept
	if strings.HasPrefix(item.Name, "@0x") {
		item.Name, item.Detail.Android.Application.Label = "", ""
	}
}

// signer records who signed the app, by what the capture holds of it: parts of its APKs, else AndroidQF's word, else
// the 32-bit hash that the phone prints, which proves nothing.
func (a *app) signer() {
	to := &a.item.Signature
	foreign := a.u.Foreign[a.name]
	switch {
	case a.files != nil && len(a.files.Signature.Signers) > 0, a.files != nil && a.files.Signature.State == inventory.Invalid:
		*to = a.files.Signature
		if to.State == inventory.Partial {
			to.Content = a.contentRests()
		}
		a.compareLinks()
	case slices.ContainsFunc(foreign.Files, func(f lists.File) bool { return f.CertSHA256 != "" }):
		a.collected(foreign)
	case a.pkg != nil && a.pkg.Hash != "" && a.f.SDK >= sdkPie:
		for hash := range strings.SplitSeq(a.pkg.Hash, ",") {
			if len(to.Signers) < limits.SignersV2 {
				to.Signers = append(to.Signers, inventory.Signer{JavaHash: hash})
			}
		}
	}
}

// sdkPie is the first API level whose printed hash is known to be the certificate's.
const sdkPie = 28

// contentRests says what stands for the content that was not compared.
func (a *app) contentRests() string {
	switch {
	case a.f.rooted:
		return inventory.ContentRooted
	case a.item.System && delivered(a.item.Arrival.InstallLocation):
		return inventory.ContentPreload
	}
	return inventory.ContentInstalled
}

// collected takes the certificates that AndroidQF found in its copies.
func (a *app) collected(p lists.Package) {
	to := &a.item.Signature
	verified := true
	for _, file := range p.Files {
		if file.CertSHA256 == "" {
			continue
		}
		verified = verified && file.CertVerified
		known := slices.ContainsFunc(to.Signers, func(s inventory.Signer) bool { return s.SHA256 == file.CertSHA256 })
		if !known && len(to.Signers) < limits.SignersV2 {
			to.Signers = append(to.Signers, inventory.Signer{SHA256: file.CertSHA256})
		}
	}
	slices.SortFunc(to.Signers, func(x, y inventory.Signer) int { return strings.Compare(x.SHA256, y.SHA256) })
	if len(to.Signers) > 1 {
		a.item.AddTrait(inventory.TraitSplitDiffers, inventory.Evidence{File: "packages.json", Detail: "its files carry different certificates"})
		return
	}
	if verified {
		to.State, to.Content = inventory.Partial, inventory.ContentCollected
	}
}

// compareLinks compares the signer in the file with the one by which the phone checks the app's web links.
func (a *app) compareLinks() {
	said := a.f.Links[a.name]
	if len(said) == 0 || len(a.item.Signature.Signers) == 0 {
		return
	}
	for _, s := range a.item.Signature.Signers {
		if slices.Contains(said, s.SHA256) || slices.ContainsFunc(s.Lineage, func(sha string) bool { return slices.Contains(said, sha) }) {
			return
		}
	}
	a.item.AddTrait(inventory.TraitSignerRecords, inventory.Evidence{File: capture.AppLinks, Detail: "signed by " + strings.Join(said[:min(len(said), 3)], ", ")})
}
