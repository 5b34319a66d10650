package scan

import (
	"context"
	"fmt"
	"math"
	"path"
	"path/filepath"
	"slices"

	"appraise/android/bundle"
	"appraise/inventory"
)

// join makes one item of the APKs in one folder that are parts of one app, as a phone keeps them and adb pulls them:
// base.apk and its splits. The item stands where the base stands, and has no digest, because it is no one file.
func join(ctx context.Context, all []candidate, results []result, opt Options) {
	for _, folder := range folders(all, results) {
		var parts []bundle.Part
		of := map[*inventory.Item]int{} // index of the candidate
		for _, i := range folder {
			item := results[i].apk
			of[item] = i
			parts = append(parts, bundle.Part{
				Name: path.Base(all[i].where), Item: item,
				Again: func(platforms bundle.Options) *inventory.Item { return again(ctx, all[i], opt, platforms) },
			})
		}
		for _, group := range bundle.Groups(parts) {
			if len(group) > 1 {
				merge(ctx, all, results, group, of, opt)
			}
		}
	}
}

// merge puts the app where its first part was, and takes the other parts away. Each part that is read again has its
// own time.
func merge(ctx context.Context, all []candidate, results []result, group []bundle.Part, of map[*inventory.Item]int, opt Options) {
	first := of[group[0].Item]
	patient := opt
	patient.ParseTime = math.MaxInt64
	on := new(runner)
	defer on.end()
	merged := guard(ctx, on, all[first], patient, func(*watch) result {
		return result{items: []*inventory.Item{bundle.Merge(group, bundle.Options{MinSDK: opt.MinSDK, MaxSDK: opt.MaxSDK})}}
	})
	for _, part := range group {
		r := &results[of[part.Item]]
		r.items = slices.DeleteFunc(r.items, func(item *inventory.Item) bool { return item == part.Item })
	}
	results[first].items = append(results[first].items, merged.items...)
}

// again reads one APK once more, for other platforms and without its digest.
func again(ctx context.Context, c candidate, opt Options, platforms bundle.Options) *inventory.Item {
	opt.MinSDK, opt.MaxSDK, opt.NoDigest = platforms.MinSDK, platforms.MaxSDK, true
	on := new(runner)
	defer on.end()
	r := read(ctx, on, c, opt)
	if r.apk != nil {
		return r.apk
	}
	return failed(c, inventory.Problem{File: c.name, Message: "could be read once only", Matters: true})[0]
}

// folders lists the candidates that are single APKs by the folder they lie in, in their order. A file that is named
// twice is in two lists: it is not its own double.
func folders(all []candidate, results []result) [][]int {
	var lists [][]int
	at, seen := map[string]int{}, map[string]int{}
	for i, c := range all {
		if results[i].apk == nil || results[i].apk.ID == "" {
			continue
		}
		file := filepath.Join(absolute(c.tree.root.Name()), filepath.FromSlash(c.name))
		seen[file]++
		key := fmt.Sprintf("%d %s", seen[file], filepath.Dir(file))
		n, ok := at[key]
		if !ok {
			n = len(lists)
			at[key] = n
			lists = append(lists, nil)
		}
		lists[n] = append(lists[n], i)
	}
	return lists
}
