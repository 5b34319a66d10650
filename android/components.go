package android

import (
	"slices"
	"strings"

	"appraise/android/axml"
	"appraise/inventory"
)

var componentTypes = []string{"activity", "activity-alias", "service", "receiver", "provider"}

// part is one component together with its element.
type part struct {
	inventory.AndroidComponent
	element *axml.Element
}

// components reads the application's components in manifest order.
func (r *reader) components() {
	for _, e := range r.application.Children {
		if slices.Contains(componentTypes, e.Name) {
			c := r.component(e)
			r.app.Components = append(r.app.Components, c)
			r.parts = append(r.parts, part{c, e})
		}
	}
}

// component reads one component. What doesn't say whether it is open to other apps is, where it has an intent
// filter, or where it is a provider of an app for API level 16 or older.
func (r *reader) component(e *axml.Element) inventory.AndroidComponent {
	c := inventory.AndroidComponent{
		Type: e.Name, Name: r.className(r.text(e, axml.AttrIDName)), Target: r.className(r.text(e, axml.AttrIDTargetActivity)),
		Permission:     r.app.Application.Permission, // inherited unless stated
		ReadPermission: r.guard(e, axml.AttrIDReadPermission), WritePermission: r.guard(e, axml.AttrIDWritePermission),
		Process: r.text(e, axml.AttrIDProcess), ForegroundType: r.foregroundType(e),
		Filters: r.filters(e), Metadata: r.metadata(e),
	}
	if _, ok := e.AttrID(axml.AttrIDPermission); ok {
		c.Permission = r.guard(e, axml.AttrIDPermission)
	}
	if authorities := r.text(e, axml.AttrIDAuthorities); authorities != "" {
		c.Authorities = strings.Split(authorities, ";")
	}
	open := len(c.Filters) > 0
	if c.Type == "provider" {
		open = r.target() < sdkJellyBeanMR1
	}
	_, c.ExportedSet = e.AttrID(axml.AttrIDExported)
	c.Exported = r.boolean(e, axml.AttrIDExported, open)
	// A closed component that switches itself on by system version is ordinary, an open one a trait.
	if c.Enabled, _ = r.worst(e, axml.AttrIDEnabled, true); c.Exported {
		c.Enabled = r.boolean(e, axml.AttrIDEnabled, true)
	}
	return c
}

// foregroundTypes are the bits of foregroundServiceType (ServiceInfo.FOREGROUND_SERVICE_TYPE_*).
var foregroundTypes = map[int]string{0: "dataSync", 1: "mediaPlayback", 2: "phoneCall", 3: "location", 4: "connectedDevice",
	5: "mediaProjection", 6: "camera", 7: "microphone", 8: "health", 9: "remoteMessaging", 10: "systemExempted",
	11: "shortService", 12: "fileManagement", 13: "mediaProcessing", 30: "specialUse"}

// foregroundType spells the bits as the manifest's source does; unknown bits are left out.
func (r *reader) foregroundType(e *axml.Element) string {
	var names []string
	for i, bits := 0, r.number(e, axml.AttrIDForegroundServiceType); i < 32; i++ {
		if name := foregroundTypes[i]; name != "" && bits>>i&1 == 1 {
			names = append(names, name)
		}
	}
	return strings.Join(names, "|")
}

func (r *reader) filters(e *axml.Element) (list []inventory.IntentFilter) {
	for f := range children(e, "intent-filter") {
		filter := inventory.IntentFilter{
			Priority: int(r.number(f, axml.AttrIDPriority)), AutoVerify: r.boolean(f, axml.AttrIDAutoVerify, false),
			Actions: r.names(f, "action"), Categories: r.names(f, "category"),
		}
		for c := range children(f, "data") {
			filter.Data = append(filter.Data, r.intentData(c)...)
		}
		list = append(list, filter)
	}
	return list
}

// names lists the names of the direct children of one kind.
func (r *reader) names(e *axml.Element, kind string) (list []string) {
	for c := range children(e, kind) {
		list = append(list, r.text(c, axml.AttrIDName))
	}
	return list
}

// pathKinds are the ways a data element can name paths, with the prefix that tells them apart.
var pathKinds = []struct {
	id     uint32
	prefix string
}{
	{axml.AttrIDPath, ""}, {axml.AttrIDPathPrefix, "prefix:"}, {axml.AttrIDPathPattern, "pattern:"},
	{axml.AttrIDPathSuffix, "suffix:"}, {axml.AttrIDPathAdvancedPattern, "advanced:"},
}

// intentData reads one data element. An element with several paths becomes several entries, which means
// the same, because Android combines all entries of a filter.
func (r *reader) intentData(e *axml.Element) []inventory.IntentData {
	list := []inventory.IntentData{{
		Scheme: r.text(e, axml.AttrIDScheme), Host: r.text(e, axml.AttrIDHost), Port: r.text(e, axml.AttrIDPort),
		MimeType: r.text(e, axml.AttrIDMimeType),
	}}
	for _, kind := range pathKinds {
		if path := r.text(e, kind.id); path != "" && list[0].Path == "" {
			list[0].Path = kind.prefix + path
		} else if path != "" {
			list = append(list, inventory.IntentData{Path: kind.prefix + path})
		}
	}
	return list
}

func (r *reader) metadata(e *axml.Element) (list []inventory.Metadata) {
	for m := range children(e, "meta-data") {
		list = append(list, inventory.Metadata{
			Name: r.text(m, axml.AttrIDName), Value: r.loose(m, axml.AttrIDValue), Resource: r.loose(m, axml.AttrIDResource),
		})
	}
	return list
}

// loose is text for an attribute whose reference may lead to nothing here: to a bag, which has no single
// value, or to an icon that only a split for the screen holds.
func (r *reader) loose(e *axml.Element, id uint32) string {
	a, _ := e.AttrID(id)
	if all := r.values(a.Value); len(all) > 0 {
		return all[0].Text()
	}
	return ""
}
