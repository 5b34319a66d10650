package plistsafe

import (
	"bytes"
	"cmp"
	"slices"
)

// patch makes a later value of a key given twice refer to the first one. The library keeps the last
// value and Apple's reader the first; after the patch both see the same.
type patch struct {
	owner    int64 // offset of the dictionary
	to, from int64 // offsets of the two references
}

// applyPatches returns the list with its patches. A list whose objects overlap a patched reference is
// refused, because the patch would change another object too.
func (g *binaryGuard) applyPatches() ([]byte, error) {
	if len(g.patches) == 0 {
		return g.b, nil
	}
	slices.SortFunc(g.patches, func(a, b patch) int { return cmp.Compare(a.to, b.to) })
	for id := range g.objects {
		if g.state[id] == black {
			if err := g.checkOverlap(g.offset(id)); err != nil {
				return nil, err
			}
		}
	}
	out := bytes.Clone(g.b)
	for _, p := range g.patches {
		copy(out[p.to:p.to+g.refSize], g.b[p.from:p.from+g.refSize])
	}
	return out, nil
}

func (g *binaryGuard) checkOverlap(at int64) error {
	o, err := g.object(at)
	if err != nil {
		return err
	}
	i, _ := slices.BinarySearchFunc(g.patches, at-g.refSize+1, func(p patch, at int64) int { return cmp.Compare(p.to, at) })
	for ; i < len(g.patches) && g.patches[i].to < o.end; i++ {
		if g.patches[i].owner != at {
			return malformed(at, "object overlaps a dictionary that gives a key twice")
		}
	}
	return nil
}
