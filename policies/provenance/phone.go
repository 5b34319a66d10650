package provenance

import (
	"slices"

	"appraise/finding"
	"appraise/inventory"
)

// Phones is what the items say about the phones that they were found on, by their source. A nil map knows of none.
type Phones map[string]*phone

// phone is what a phone's own apps say about who may install others on it.
type phone struct {
	system, user map[string]bool // ids of what came with it, and of what didn't
	leftOut      bool            // parts of the system are not among the items
	// owners are the apps that manage a user, by that user; those of the whole phone stand under everyUser. One that came
	// from outside a store is none.
	owners map[int][]string
}

// everyUser stands for all users of a phone.
const everyUser = -1

// Phones gathers what the items say about their phones.
func (s *Stores) Phones(items []inventory.Item) Phones {
	all := Phones{}
	for i := range items {
		all.add(&items[i])
	}
	for i := range items {
		if item := &items[i]; owns(item) {
			s.addOwner(item, all[item.Source])
		}
	}
	return all
}

func (all Phones) add(item *inventory.Item) {
	device, on := item.Detail.Phone, onPhone(item)
	if device == nil && on == nil {
		return
	}
	ph := all[item.Source]
	if ph == nil {
		ph = &phone{system: map[string]bool{}, user: map[string]bool{}, owners: map[int][]string{}}
		all[item.Source] = ph
	}
	switch {
	case device != nil:
		ph.leftOut = device.SystemLeftOut > 0
	case item.System:
		ph.system[item.ID] = true
	default:
		ph.user[item.ID] = true
	}
}

func (s *Stores) addOwner(item *inventory.Item, ph *phone) {
	to := s.recorded(item, ph)
	if to.Verdict != finding.System && to.Verdict != finding.Store && to.Verdict != finding.Policy || item.HasTrait(inventory.TraitRecordsDisagree) {
		return
	}
	user := onPhone(item).User
	if has(item, inventory.AccessDeviceOwner) {
		user = everyUser
	}
	ph.owners[user] = append(ph.owners[user], item.ID)
}

// delivered reports whether a package came with the phone, as far as the items tell.
func (ph *phone) delivered(pkg string) bool {
	return pkg == platformPackage || ph != nil && ph.system[pkg] && !ph.user[pkg]
}

// platformPackage is Android itself.
const platformPackage = "android"

// mayBeDelivered is delivered, and counts what may be among the parts of the system that are no items.
func (ph *phone) mayBeDelivered(pkg string) bool {
	return ph.delivered(pkg) || ph != nil && ph.leftOut && !ph.user[pkg]
}

// ownersOf are the apps that manage a user.
func (ph *phone) ownersOf(user int) []string {
	if ph == nil {
		return nil
	}
	return slices.Concat(ph.owners[everyUser], ph.owners[user])
}

// has reports whether one of the kinds of special access is the item's.
func has(item *inventory.Item, kinds ...inventory.AccessKind) bool {
	on := onPhone(item)
	return on != nil && slices.ContainsFunc(on.Access, func(a inventory.SpecialAccess) bool { return slices.Contains(kinds, a.Kind) })
}

// owns reports whether the item manages the phone, or one of its users.
func owns(item *inventory.Item) bool {
	return has(item, inventory.AccessDeviceOwner, inventory.AccessProfileOwner)
}

// managed reports whether the phone's management brought an app, of which is known how it came otherwise. A reason
// "policy" is the installer's word (PackageManager.INSTALL_REASON_POLICY): it counts where the user has an owner, from a
// store or from the phone itself. An owner counts as brought by a set-up where a part of the phone installed it.
func (s *Stores) managed(item *inventory.Item, ph *phone, otherwise Arrival) bool {
	on, a := onPhone(item), item.Arrival
	if on == nil {
		return false
	}
	byPhone := otherwise.Verdict == finding.RouteUnknown && a.Installer != "" && s.find(a.Installer) == nil
	if owns(item) {
		return byPhone
	}
	owners := ph.ownersOf(on.User)
	if slices.Contains(owners, a.Installer) {
		return a.Initiator == "" || slices.Contains(owners, a.Initiator)
	}
	return len(owners) > 0 && a.InstallReason == "policy" && (byPhone || otherwise.Verdict == finding.Store)
}
