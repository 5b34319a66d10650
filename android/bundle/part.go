package bundle

import (
	"cmp"
	"slices"

	"appraise/inventory"
)

// Part is one APK of an app, as ReadAPK read it.
type Part struct {
	Name string // what people are told: the file's name, or that in the archive
	Item *inventory.Item
	// Again reads the APK anew for other platforms; nil where it can't be. A split says no lowest platform
	// of its own, so that it is judged again for those of its base.
	Again func(Options) *inventory.Item
}

// whole reports an APK that is an app by itself: a base, or one that was never split.
func (p Part) whole() bool { return p.Item.Kind == inventory.KindApp && p.Item.ID != "" }

func (p Part) split() bool { return p.Item.Kind == inventory.KindSplit && p.Item.ID != "" }

// Groups sorts APKs that lie in one place into apps, and leaves out those that can't be read. Splits go to the
// whole APK of their package, of several to one of their version and signer. Without one, the splits of a package
// are a group of their own. The first part of a group gives the app its name.
func Groups(parts []Part) [][]Part {
	wholes := map[string][]int{} // package -> groups that start with a whole APK
	orphans := map[string]int{}  // package -> group of its splits
	var groups [][]Part
	for _, p := range parts {
		if p.whole() {
			wholes[p.Item.ID] = append(wholes[p.Item.ID], len(groups))
			groups = append(groups, []Part{p})
		}
	}
	for _, p := range parts {
		if !p.split() {
			continue
		}
		id := p.Item.ID
		if bases := wholes[id]; len(bases) > 0 {
			i := slices.MaxFunc(bases, func(a, b int) int { return cmp.Compare(likeness(groups[a][0], p), likeness(groups[b][0], p)) })
			groups[i] = append(groups[i], p)
			continue
		}
		i, ok := orphans[id]
		if !ok {
			i = len(groups)
			orphans[id] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// likeness says how well a split fits a base of its package.
func likeness(base, split Part) int {
	n := 0
	if base.Item.VersionCode == split.Item.VersionCode {
		n += 2
	}
	if slices.Equal(signers(base.Item), signers(split.Item)) {
		n++
	}
	return n
}

// signers are the digests of the certificates that signed, sorted.
func signers(item *inventory.Item) []string {
	var list []string
	for _, s := range item.Signature.Signers {
		list = append(list, s.SHA256)
	}
	slices.Sort(list)
	return list
}
