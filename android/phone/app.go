package phone

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appraise/android/capture"
	"appraise/android/dump"
	"appraise/android/dump/packages"
	"appraise/android/phone/records"
	"appraise/internal/limits"
	"appraise/inventory"
)

// app is one package of one user while its item is made.
type app struct {
	f     *facts
	u     *records.User
	name  string
	pkg   *packages.Package   // nil where the dump has none
	state *packages.UserState // nil where the dump doesn't tell of this user
	sure  bool                // the state is believed
	files *inventory.Item     // what its APKs say, nil where they were not read

	item  *inventory.Item
	on    *inventory.OnPhone
	found map[capabilityKey]*inventory.Capability
}

type capabilityKey struct {
	id        inventory.CapabilityID
	qualifier string
	exposure  inventory.Exposure
}

// apps makes the items of one user, by id.
func (f *facts) apps(u *records.User) []*inventory.Item {
	var items []*inventory.Item
	for _, name := range f.Installed(u) {
		a := &app{f: f, u: u, name: name, found: map[capabilityKey]*inventory.Capability{}}
		a.read()
		if !f.opt.AllApps && a.unremarkable() {
			f.leftOut++
			continue
		}
		items = append(items, a.item)
	}
	return items
}

// read makes the item.
func (a *app) read() {
	a.pkg = a.f.Packages[a.name]
	a.state, a.sure = a.u.State(a.pkg)
	a.on = &inventory.OnPhone{User: a.u.ID}
	a.item = &inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: a.name, Count: 1}
	a.readFiles()
	a.identity()
	a.compare()
	a.arrival()
	a.special()
	a.signer()
	a.permissions()
	a.capabilities()
	a.finish()
}

// identity fills in what the app is. What the phone runs counts, not what its file says.
func (a *app) identity() {
	it := a.item
	it.Location = a.listed().Path
	if p := a.u.Foreign[a.name]; it.Location == "" && len(p.Files) > 0 {
		it.Location = p.Files[0].Path
	}
	detail := &inventory.AndroidDetail{}
	if a.files != nil {
		if a.files.Detail.Android != nil {
			detail = a.files.Detail.Android
		}
		it.Name, it.Version, it.VersionCode = records.Clip(a.files.Name, limits.CellRunes), a.files.Version, a.files.VersionCode
	}
	if p := a.pkg; p != nil {
		it.Version, it.VersionCode, it.Location = p.VersionName, max(p.VersionCode, 0), p.CodePath
		detail.MinSDK, detail.TargetSDK = max(cmp.Or(p.MinSDK, detail.MinSDK), 0), max(cmp.Or(p.TargetSDK, detail.TargetSDK), 0)
		detail.SharedUserID = records.Clip(p.SharedUser, limits.CellRunes)
		a.on.Updated = p.Updated()
	}
	it.Version, it.Location = records.Clip(it.Version, limits.CellRunes), records.Clip(it.Location, limits.ZipNameBytes)
	it.System = a.system()
	detail.On = a.on
	it.Detail.Android = detail
	a.enabled()
	it.SetKey(fmt.Sprintf("user %d", a.u.ID))
}

func (a *app) listed() packages.Listed { return a.u.Listed[a.name] }

// system reports whether the app came with the phone. The lists of the package manager count for more than the
// dump, in which an app's own texts stand; what may be forged in it is not believed. Where nothing else tells, the
// place does: nothing can be installed outside data.
func (a *app) system() bool {
	switch foreign, ok := a.u.Foreign[a.name]; {
	case a.u.System != nil:
		return a.u.System[a.name]
	case a.u.ThirdParty != nil:
		return !a.u.ThirdParty[a.name] && (a.pkg == nil || a.pkg.System())
	case a.pkg != nil:
		return a.pkg.System() && len(a.pkg.Doubtful) == 0
	case ok:
		return foreign.System
	}
	return delivered(partition(a.item.Location))
}

// delivered reports whether a part of the phone holds nothing that was installed later.
func delivered(part string) bool { return part != "" && part != "data" && part != "mnt" }

// The values of PackageManager.COMPONENT_ENABLED_STATE_*.
var enabledStates = map[int]string{2: "disabled", 3: "disabled-by-user", 4: "until-used"}

func (a *app) enabled() {
	if a.state != nil && a.sure {
		for word, holds := range map[string]bool{
			enabledStates[a.state.Enabled]: enabledStates[a.state.Enabled] != "", notInstalled: !a.state.Installed,
			"hidden": a.state.Hidden, suspended: a.state.Suspended,
		} {
			if holds {
				a.on.State = append(a.on.State, word)
			}
		}
		slices.Sort(a.on.State)
	} else if a.u.Disabled[a.name] || a.u.Foreign[a.name].Disabled {
		a.on.State = []string{"disabled"}
	}
	on := !slices.ContainsFunc(a.on.State, func(word string) bool { return strings.HasPrefix(word, "disabled") || word == "until-used" })
	a.item.Enabled = &on
}

// States that are no setting of COMPONENT_ENABLED_STATE.
const (
	notInstalled = "not-installed" // for this user, though a setting names it
	suspended    = "suspended"     // its screens are barred; its services run on
)

// off reports whether the phone keeps the app from running.
func (a *app) off() bool {
	return slices.ContainsFunc(a.on.State, func(word string) bool { return word != suspended })
}

// installReasons are those of PackageManager.INSTALL_REASON_* that tell something.
var installReasons = map[int]string{1: "policy", 2: "device-restore", 3: "device-setup", 4: "user", 5: "rollback"}

// arrival records how the app came. Where the phone's records of the app differ or may be forged it stays unknown: one
// of them may have been made to name a store, and which is not known.
func (a *app) arrival() {
	to := &a.item.Arrival
	to.InstallLocation = partition(a.item.Location)
	if a.item.HasTrait(inventory.TraitRecordsDisagree) {
		return
	}
	to.Installer = a.listed().Installer
	if a.u.Listed == nil {
		to.Installer = a.u.Foreign[a.name].Installer
	}
	if p := a.pkg; p != nil {
		to.Installer, to.Initiator, to.Originator, to.UpdateOwner = p.Installer, p.Initiator, p.Originator, p.UpdateOwner
		if p.PackageSource != nil && *p.PackageSource >= 0 {
			to.PackageSource = p.PackageSource
		}
	}
	if a.state != nil {
		to.InstallReason = installReasons[a.state.InstallReason]
	}
	for _, s := range []*string{&to.Installer, &to.Initiator, &to.Originator, &to.UpdateOwner} {
		*s = records.Clip(*s, limits.CellRunes)
	}
}

// partition is the first folder of a path on the phone: data for what was installed, others for what came with it.
func partition(path string) string {
	rest, ok := strings.CutPrefix(path, "/")
	first, _, more := strings.Cut(rest, "/")
	if !ok || !more || !dump.PackageName(first) {
		return ""
	}
	return first
}

// compare tells where the phone's records of the app differ, or may be forged.
func (a *app) compare() {
	p := a.pkg
	differ := func(file string, format string, args ...any) {
		a.item.AddTrait(inventory.TraitRecordsDisagree, inventory.Evidence{File: file, Detail: fmt.Sprintf(format, args...)})
	}
	if p != nil {
		for _, what := range p.Doubtful {
			differ(capture.PackageDump, "%s stands where it can't, so that this text may be forged", quoted(what))
		}
	}
	list := capture.ForUser(capture.PackagesList, a.u.ID)
	listed, isListed := a.u.Listed[a.name]
	switch {
	case p == nil && a.f.Packages != nil:
		differ(capture.PackageDump, "no block for %s", a.name)
		a.item.AddProblem(inventory.Problem{File: capture.PackageDump, Message: "nothing in it of this package: its permissions and installer are not known", Matters: true})
	case p != nil && a.u.Listed != nil && !isListed && !a.f.Capture.Outputs[list].Cut:
		differ(list, "no line for %s", a.name)
	case p != nil && isListed && a.u.Installers && listed.Installer != p.Installer:
		differ(list, "installer %s, in the dump %s", quoted(listed.Installer), quoted(p.Installer))
	case p != nil && isListed && listed.UID >= 0 && p.UID >= 0 && listed.UID%records.PerUser != p.UID%records.PerUser:
		differ(list, "uid %d, in the dump %d", listed.UID, p.UID)
	}
	if a.state != nil && !a.sure && len(p.Doubtful) == 0 {
		differ(capture.PackageDump, "not installed for user %d, which a package list contradicts", a.u.ID)
	}
	if lacking := a.lacking(); len(lacking) > 0 {
		differ(capture.PackageDump, "doesn't list %s, which the manifest asks for", lacking[0].Name)
	}
	if p != nil && p.System() && !a.item.System {
		differ(capture.PackageDump, "says that it came with the phone, which the package list does not")
	}
}

// special records special access, roles and app-ops, and whether notifications are off as a whole. Single channels stay
// unnamed: messengers make one for a person, with a telephone number or a name in it.
func (a *app) special() {
	a.on.Roles = slices.Sorted(slices.Values(a.u.Roles[a.name]))
	a.on.Access = special(a.u.Access[a.name], a.u.Bits)
	for _, op := range shownOps {
		if mode := a.mode(op); mode != "" {
			a.on.AppOps = append(a.on.AppOps, inventory.AppOp{Op: op, Mode: mode})
		}
	}
	if a.mode(opRestrictedSettings) == "allow" && !a.item.System {
		a.item.AddTrait(inventory.TraitRestrictedSettings, inventory.Evidence{File: capture.AppOps, Detail: opRestrictedSettings + " allow"})
	}
	for _, ch := range a.u.Channels[a.name] {
		if ch.Whole && len(a.on.Channels) == 0 {
			a.on.Channels = []inventory.NotificationChannel{{Importance: ch.Importance, Blocked: true}}
		}
	}
}

// unremarkable reports whether the app is a part of the system that nobody needs to look at one by one: it holds no
// access and no role, was never updated by a store, and was allowed nothing by the user.
func (a *app) unremarkable() bool {
	byUser := slices.ContainsFunc(a.item.Permissions, func(p inventory.Permission) bool {
		return slices.Contains(p.Flags, "USER_SET") && slices.Contains(p.States, inventory.StateGranted)
	})
	odd := a.item.Signature.State == inventory.Invalid || a.item.HasTrait(inventory.TraitRecordsDisagree) || a.item.HasTrait(inventory.TraitSignerRecords)
	return a.item.System && len(a.on.Access) == 0 && len(a.on.Roles) == 0 && a.item.Arrival.Installer == "" && !a.on.Updated && !byUser && !odd
}

// finish brings the gathered capabilities into the item: of one id and qualifier the widest, and narrower ones that are
// known better.
func (a *app) finish() {
	for key, c := range a.found {
		wider := false
		for e := key.exposure + 1; e <= inventory.Active; e++ {
			other := a.found[capabilityKey{key.id, key.qualifier, e}]
			wider = wider || other != nil && other.Confidence >= c.Confidence
		}
		if !wider {
			a.item.AddCapability(*c)
		}
	}
	a.item.Sort()
}

// can records a capability by its exposure.
func (a *app) can(id inventory.CapabilityID, qualifier string, e inventory.Exposure, sure inventory.Confidence, evidence ...inventory.Evidence) {
	key := capabilityKey{id, qualifier, e}
	c := a.found[key]
	if c == nil {
		c = &inventory.Capability{ID: id, Qualifier: qualifier, Exposure: e}
		a.found[key] = c
	}
	c.Confidence = max(c.Confidence, sure)
	for _, one := range evidence {
		if len(c.Evidence) < limits.AppEvidence && !slices.Contains(c.Evidence, one) {
			c.Evidence = append(c.Evidence, one)
		}
	}
}

// widest is the widest form of a capability without qualifier, nil where the app has none.
func (a *app) widest(id inventory.CapabilityID) *inventory.Capability {
	for e := inventory.Active; e > inventory.ExposureUnknown; e-- {
		if c := a.found[capabilityKey{id, "", e}]; c != nil {
			return c
		}
	}
	return nil
}

// quoted is a text of the phone inside one of our sentences.
func quoted(s string) string { return fmt.Sprintf("%q", records.Clip(s, 80)) }
