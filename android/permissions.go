package android

import (
	"cmp"
	"fmt"
	"maps"
	"strings"

	"appraise/android/axml"
	"appraise/android/axml/res"
	"appraise/inventory"
)

// Permissions that rules of this package name more than once.
const (
	platform       = "android.permission."
	readStorage    = platform + "READ_EXTERNAL_STORAGE"
	writeStorage   = platform + "WRITE_EXTERNAL_STORAGE"
	fineLocation   = platform + "ACCESS_FINE_LOCATION"
	coarseLocation = platform + "ACCESS_COARSE_LOCATION"
)

// requestTags are the elements that ask for a permission, with the first API level that reads them.
var requestTags = map[string]int{"uses-permission": 0, "uses-permission-sdk-23": sdkMarshmallow, "uses-permission-sdk-m": sdkMarshmallow}

// request is one permission that is asked for.
type request struct {
	inventory.Permission
	element *axml.Element // the first of them
	plain   bool          // stands in a uses-permission element
	byValue bool          // stands in the manifest itself, not in the resource table
}

// permissions reads what is asked for, then what Android adds to it, and what all that gives.
func (r *reader) permissions() {
	for _, e := range r.root.Children {
		if since, ok := requestTags[e.Name]; ok {
			r.request(e, since)
		}
	}
	for _, q := range r.requested {
		r.item.Permissions = append(r.item.Permissions, q.Permission)
		confidence := inventory.Inferred
		if q.byValue {
			confidence = inventory.Proved
		}
		for _, id := range r.gives(q.Name) {
			r.can(id, r.qualifier(q.Name), confidence, r.at(q.element, "%s %s", q.element.Name, q.Name))
		}
	}
	if r.app.Split == "" {
		r.implied()
	}
}

// request reads one element. Android takes a level only from a number, and a name only from the manifest
// itself: a name in the resource table is recorded all the same, so that nothing hides there.
func (r *reader) request(e *axml.Element, since int) {
	a, _ := e.AttrID(axml.AttrIDName)
	lowest, highest := max(since, r.bound(e, axml.AttrIDMinSdkVersion)), r.bound(e, axml.AttrIDMaxSdkVersion)
	for _, name := range r.texts(e, axml.AttrIDName) {
		if name == "" {
			continue
		}
		q := r.requested[name]
		if q == nil {
			q = &request{element: e, Permission: r.permission(name)}
			q.MinSDK, q.MaxSDK = lowest, highest
			r.requested[name] = q
		}
		q.plain = q.plain || since == 0
		q.byValue = q.byValue || !a.Value.IsReference()
		q.MinSDK = min(q.MinSDK, lowest)
		if q.MaxSDK != 0 && (highest == 0 || highest > q.MaxSDK) {
			q.MaxSDK = highest
		}
	}
}

func (r *reader) permission(name string) inventory.Permission {
	_, known := permissionTable()[name]
	_, own := r.own[name]
	return inventory.Permission{Name: name, States: []inventory.PermissionState{inventory.StateRequested}, Unknown: !known && !own}
}

// bound is an API level that limits a request; 0 where the element sets none.
func (r *reader) bound(e *axml.Element, id uint32) int {
	v, _ := r.value(e, id)
	if v.Type < res.TypeFirstInt || v.Type > res.TypeLastInt {
		return 0
	}
	return level(int64(int32(v.Data)))
}

// implications are the permissions that Android adds to what an app asks for, in the order they build on
// each other. Sources: data/etc/platform.xml (split-permission) of AOSP, and for the target level alone
// PackageParser.NEW_PERMISSIONS.
var implications = []struct {
	below int    // target level below which it holds; 0 = always
	from  string // permission asked for; "" = the target level alone
	adds  string // names without their prefix
	since int    // API level that knows the added ones; 0 = all
	gives bool   // what they give counts, where nothing else gives it
}{
	{4, "", "WRITE_EXTERNAL_STORAGE", 0, true},
	{4, "", "READ_PHONE_STATE", 0, false},
	{0, writeStorage, "READ_EXTERNAL_STORAGE", 0, true},
	{16, platform + "READ_CONTACTS", "READ_CALL_LOG", 16, false},
	{16, platform + "WRITE_CONTACTS", "WRITE_CALL_LOG", 16, false},
	{sdkQ, fineLocation, "ACCESS_BACKGROUND_LOCATION", sdkQ, true},
	{sdkQ, coarseLocation, "ACCESS_BACKGROUND_LOCATION", sdkQ, true},
	{sdkQ, readStorage, "ACCESS_MEDIA_LOCATION", sdkQ, true},
	{sdkQ, "com.google.android.gms.permission.ACTIVITY_RECOGNITION", "ACTIVITY_RECOGNITION", sdkQ, false},
	{31, platform + "BLUETOOTH", "BLUETOOTH_SCAN BLUETOOTH_CONNECT BLUETOOTH_ADVERTISE", 31, false},
	{31, platform + "BLUETOOTH_ADMIN", "BLUETOOTH_SCAN BLUETOOTH_CONNECT BLUETOOTH_ADVERTISE", 31, false},
	{sdkTiramisu, platform + "BODY_SENSORS", "BODY_SENSORS_BACKGROUND", sdkTiramisu, false},
	{sdkTiramisu, readStorage, "READ_MEDIA_AUDIO READ_MEDIA_VIDEO READ_MEDIA_IMAGES", sdkTiramisu, true},
}

// implied adds the permissions that the manifest doesn't hold but Android grants or asks for with it.
func (r *reader) implied() {
	all := maps.Clone(r.requested)
	all[""] = &request{element: r.root}
	for _, rule := range implications {
		from, ok := all[rule.from]
		if !ok || rule.below != 0 && r.target() >= rule.below || from.MaxSDK != 0 && from.MaxSDK < rule.since {
			continue
		}
		for _, name := range strings.Fields(rule.adds) {
			p := r.permission(platform + name)
			if r.requested[p.Name] != nil {
				continue
			}
			p.MinSDK, p.MaxSDK = rule.since, from.MaxSDK
			p.ImpliedBy = cmp.Or(rule.from, fmt.Sprintf("target SDK %d", r.target()))
			r.item.AddPermission(p)
			if all[p.Name] == nil {
				all[p.Name] = &request{Permission: p, element: from.element}
			}
			for _, id := range r.gives(p.Name) {
				if rule.gives && r.capabilities[[2]string{string(id), ""}] == nil {
					r.can(id, "", inventory.Inferred, r.at(from.element, "%s implied by %s", p.Name, p.ImpliedBy))
				}
			}
		}
	}
}

// gives lists the capabilities of one permission. One that guards a component gives nothing to who asks
// for it; see bindings. Storage gives media until API level 33 took that away, and every shared file to
// apps that predate scoped storage or opted out of it.
func (r *reader) gives(name string) (list []inventory.CapabilityID) {
	storage := name == readStorage || name == writeStorage
	if storage && r.target() < sdkTiramisu {
		list = append(list, inventory.CapPhotos)
	}
	if storage && (r.target() < sdkQ || r.app.Application.LegacyExternalStorage) {
		list = append(list, inventory.CapFiles)
	}
	if storage || strings.Contains(name, ".BIND_") {
		return list
	}
	return permissionTable()[name].Capabilities
}

// qualifier narrows a capability where only the narrower of two permissions is asked for.
func (r *reader) qualifier(name string) string {
	switch {
	case name == coarseLocation && r.requested[fineLocation] == nil:
		return "approximate"
	case name == platform+"READ_MEDIA_VISUAL_USER_SELECTED" && r.requested[platform+"READ_MEDIA_IMAGES"] == nil && r.requested[platform+"READ_MEDIA_VIDEO"] == nil:
		return "selected-only"
	}
	return ""
}
