package policies

import (
	"fmt"
	"slices"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies/provenance"
)

// notChecked lists what could not be checked about an item and doesn't make it incomplete.
func notChecked(j judged) []string {
	item := j.item
	var out []string
	add := func(holds bool, text string) {
		if holds && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	if item.Kind == inventory.KindDevice || item.Kind == inventory.KindProfile {
		unreadParts(item, add)
		return out
	}
	state := item.Signature.State
	add(item.Kind == inventory.KindPlist, "who made it: an Info.plist carries no signature")
	add(item.Kind == inventory.KindFolder && state == inventory.Unverifiable, "who made it: a folder carries no proof of its maker")
	add(state == inventory.Unverifiable && item.Kind != inventory.KindPlist && item.Kind != inventory.KindFolder, "who signed it: its signature was not checked")
	holds, rest := provenance.Coverage(item)
	add(holds != "", fmt.Sprintf("who made it, for %s: its signature holds for %s only", rest, holds))
	add(state == inventory.Partial && holds == "", "whether its content is what was signed: "+provenance.ContentWords(item.Signature.Content))
	add(item.Platform == inventory.IOS, "whether its certificates are revoked or expired: that is not checked offline")
	add(j.route.Verdict == finding.RouteUnknown && j.route.FileAlone(), "how it arrived: a file alone does not say it")
	add(j.route.Verdict == finding.RouteUnknown && !j.route.FileAlone(), "how it arrived: "+j.route.Why)
	add(item.Platform != inventory.Extension && !granted(item), "what it was allowed: that is on the phone, not in the file")
	add(item.Platform == inventory.Extension && !granted(item), "what it was granted: that is in the browser's profile, not in the package")
	add(item.Kind == inventory.KindSplit, "the rest of the app: these are splits without their base")
	add(item.HasTrait(inventory.TraitScriptsNotRead), "what its scripts do: they were not analysed")
	add(item.HasTrait(inventory.TraitRulesetNotRead), "some of its request rules: they were not read")
	unreadParts(item, add)
	return out
}

// unreadParts are those that could not change a verdict.
func unreadParts(item *inventory.Item, add func(bool, string)) {
	for _, p := range item.Problems {
		add(!p.Matters, fmt.Sprintf("%s: %s", p.File, p.Message))
	}
}

// granted reports whether anything says what the item was allowed or denied.
func granted(item *inventory.Item) bool {
	return slices.ContainsFunc(item.Capabilities, func(c inventory.Capability) bool { return c.Exposure >= inventory.Granted }) ||
		slices.ContainsFunc(item.Permissions, func(p inventory.Permission) bool {
			return slices.ContainsFunc(p.States, func(s inventory.PermissionState) bool {
				return s == inventory.StateGranted || s == inventory.StateDenied || s == inventory.StateWithheld
			})
		})
}
