package drift

import (
	"slices"
	"strconv"
	"strings"

	"appraise/finding"
	"appraise/inventory"
)

// powers compares what an item may do: permissions, the hosts of an extension, capabilities.
func (c *comparison) powers(before, after *inventory.Item) {
	c.permissions(before, after)
	c.capabilities(byID(before), byID(after))
}

// permissionName tells permissions of one name apart by their type.
type permissionName struct{ kind, name string }

// permissionSet joins the states of every permission of an item.
func permissionSet(item *inventory.Item) map[permissionName][]inventory.PermissionState {
	out := map[permissionName][]inventory.PermissionState{}
	for _, p := range item.Permissions {
		key := permissionName{p.Type, p.Name}
		out[key] = append(out[key], p.States...)
	}
	return out
}

func (c *comparison) permissions(before, after *inventory.Item) {
	from, to, gives := permissionSet(before), permissionSet(after), giving(after)
	for p, states := range to {
		old, known := from[p]
		granted, was := slices.Contains(states, inventory.StateGranted), slices.Contains(old, inventory.StateGranted)
		switch {
		case !known && p.kind == "host":
			c.addAt(host(p.name), HostAccessAdded, p.name, "", stateText(states))
		case !known:
			c.addAt(max(gives[p.name], c.defaults[PermissionAdded]), PermissionAdded, p.name, "", stateText(states))
		case granted && !was:
			c.addAt(higher(gives[p.name]), PermissionGranted, p.name, stateText(old), stateText(states))
		case was && !granted:
			c.add(PermissionRevoked, p.name, stateText(old), stateText(states))
		}
	}
	for p, states := range from {
		if _, kept := to[p]; kept {
			continue
		}
		kind := PermissionRemoved
		if p.kind == "host" {
			kind = HostAccessRemoved
		}
		c.add(kind, p.name, stateText(states), "")
	}
}

func host(pattern string) finding.Severity {
	if everySite[pattern] {
		return finding.Medium
	}
	return finding.Low
}

func stateText(states []inventory.PermissionState) string {
	states = slices.Clone(states)
	slices.Sort(states)
	var words []string
	for _, s := range slices.Compact(states) {
		words = append(words, s.String())
	}
	return strings.Join(words, ", ")
}

// giving tells for each permission how much the capabilities matter that it gives: those whose evidence ends
// with its name, as the readers write evidence. What a permission would give once granted is not yet granted.
func giving(item *inventory.Item) map[string]finding.Severity {
	out := map[string]finding.Severity{}
	for _, capable := range item.Capabilities {
		capable.Exposure = min(capable.Exposure, inventory.Requested)
		for _, e := range capable.Evidence {
			name := e.Detail[strings.LastIndexByte(e.Detail, ' ')+1:]
			name = strings.Trim(name, `"`)
			out[name] = max(out[name], capability(capable))
		}
	}
	return out
}

// byID gathers an item's capabilities by their ids.
func byID(item *inventory.Item) map[inventory.CapabilityID][]inventory.Capability {
	out := map[inventory.CapabilityID][]inventory.Capability{}
	for _, capable := range item.Capabilities {
		out[capable.ID] = append(out[capable.ID], capable)
	}
	return out
}

func (c *comparison) capabilities(before, after map[inventory.CapabilityID][]inventory.Capability) {
	for id, to := range after {
		from := before[id]
		was, is := exposure(from), exposure(to)
		switch {
		case len(from) == 0:
			c.addAt(worst(to), CapabilityAdded, string(id), "", is.String())
		case is > was:
			c.addAt(worst(to), CapabilityRaised, string(id), was.String(), is.String())
		case wholeness(to) > wholeness(from):
			c.addAt(worst(to), CapabilityWidened, string(id), qualifiers(from), qualifiers(to))
		}
	}
	for id, from := range before {
		if len(after[id]) == 0 {
			c.add(CapabilityRemoved, string(id), exposure(from).String(), "")
		}
	}
}

func exposure(list []inventory.Capability) inventory.Exposure {
	var e inventory.Exposure
	for _, c := range list {
		e = max(e, c.Exposure)
	}
	return e
}

func worst(list []inventory.Capability) finding.Severity {
	var s finding.Severity
	for _, c := range list {
		s = max(s, capability(c))
	}
	return s
}

// fullAccess is the one qualifier that widens: a keyboard with the network. All others narrow.
const fullAccess = "full-access"

// wholeness is how much of a capability its entries give together: 0 a narrowed form, 1 all of it, 2 more than that.
func wholeness(list []inventory.Capability) int {
	most := 0
	for _, c := range list {
		switch c.Qualifier {
		case fullAccess:
			most = 2
		case "":
			most = max(most, 1)
		}
	}
	return most
}

func qualifiers(list []inventory.Capability) string {
	var words []string
	for _, c := range list {
		words = append(words, c.Qualifier)
	}
	slices.Sort(words)
	return strings.TrimPrefix(strings.Join(slices.Compact(words), ", "), ", ")
}

// android compares what only an APK has.
func (c *comparison) android(before, after *inventory.AndroidDetail) {
	if before == nil || after == nil {
		return
	}
	if before.MinSDK != after.MinSDK {
		c.add(MinSDK, "", level(before.MinSDK), level(after.MinSDK))
	}
	switch from, to := before.TargetSDK, after.TargetSDK; {
	case from == to:
	case to < from && to > 0:
		c.add(TargetSDKLowered, "", level(from), level(to))
	default:
		c.add(TargetSDK, "", level(from), level(to))
	}
	c.components(before.Components, after.Components)
}

// level writes an API level; 0 was not declared.
func level(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// components compares the parts of an app by type and class name.
func (c *comparison) components(before, after []inventory.AndroidComponent) {
	from, to := openness(before), openness(after)
	for name, open := range to {
		was, known := from[name]
		switch {
		case !known && open:
			c.addAt(finding.Low, ComponentAdded, name, "", "exported")
		case !known:
			c.add(ComponentAdded, name, "", "")
		case open && !was:
			c.add(ComponentExported, name, "", "exported")
		}
	}
	for name := range from {
		if _, kept := to[name]; !kept {
			c.add(ComponentRemoved, name, "", "")
		}
	}
}

// openness tells for each component whether other apps can use it without a permission.
func openness(list []inventory.AndroidComponent) map[string]bool {
	out := map[string]bool{}
	for _, part := range list {
		name := part.Type + " " + part.Name
		out[name] = out[name] || part.Exported && part.Enabled && part.Permission == ""
	}
	return out
}
