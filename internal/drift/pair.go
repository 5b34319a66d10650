package drift

import (
	"cmp"
	"slices"
	"strings"

	"appraise/inventory"
)

// pair is one item before and after; one of them is missing where it came or went.
type pair struct {
	before, after one
	// beside is an older item of the same id, for a copy that came in addition: its signer is compared.
	beside one
}

// identity is what two inventories are joined by.
type identity struct {
	platform inventory.Platform
	kind     inventory.Kind
	id       string
}

// identity is the item's own; an unpacked extension that names no id has that of its folder, and goes by its name.
func (o one) identity() identity {
	id := o.ID
	if e := o.Detail.Extension; e != nil && e.IDSource == "name" {
		if id = o.Name; id != "" {
			id = "name " + id
		}
	}
	return identity{o.Platform, o.Kind, id}
}

// where is the place that the item's key ends in.
func (o one) where() string {
	prefix := strings.Join([]string{string(o.Platform), string(o.Kind), o.ID, ""}, ":")
	return strings.TrimPrefix(o.Key, prefix)
}

// match pairs items by platform, kind and id, and by where only when an id repeats.
func match(before, after []one) []pair {
	groups := map[identity]*[2][]one{}
	for side, list := range [2][]one{before, after} {
		for _, o := range list {
			group := groups[o.identity()]
			if group == nil {
				group = new([2][]one)
				groups[o.identity()] = group
			}
			group[side] = append(group[side], o)
		}
	}
	var pairs []pair
	for id, group := range groups {
		pairs = append(pairs, join(group[0], group[1], id.id != "")...)
	}
	return pairs
}

// join pairs the items of one id: those at the same place, then the others in the order of their places.
// Items without an id are joined by place alone.
func join(before, after []one, named bool) []pair {
	if named && len(before) == 1 && len(after) == 1 {
		return []pair{{before: before[0], after: after[0]}}
	}
	sortByPlace(before)
	sortByPlace(after)
	var pairs []pair
	var gone, came []one
	for len(before) > 0 || len(after) > 0 {
		switch order := comparePlaces(before, after); {
		case order == 0:
			pairs = append(pairs, pair{before: before[0], after: after[0]})
			before, after = before[1:], after[1:]
		case order < 0:
			gone, before = append(gone, before[0]), before[1:]
		default:
			came, after = append(came, after[0]), after[1:]
		}
	}
	for named && len(gone) > 0 && len(came) > 0 {
		pairs = append(pairs, pair{before: gone[0], after: came[0]})
		gone, came = gone[1:], came[1:]
	}
	var beside one
	if named && len(pairs) > 0 {
		beside = pairs[0].before
	}
	for _, o := range gone {
		pairs = append(pairs, pair{before: o})
	}
	for _, o := range came {
		pairs = append(pairs, pair{after: o, beside: beside})
	}
	return pairs
}

func sortByPlace(list []one) {
	slices.SortStableFunc(list, func(a, b one) int {
		return cmp.Or(strings.Compare(a.where(), b.where()), cmp.Compare(a.VersionCode, b.VersionCode), strings.Compare(a.SHA256, b.SHA256))
	})
}

// comparePlaces tells which list has the earlier place at its start; an empty list comes last.
func comparePlaces(a, b []one) int {
	switch {
	case len(a) == 0:
		return 1
	case len(b) == 0:
		return -1
	}
	return strings.Compare(a[0].where(), b[0].where())
}
