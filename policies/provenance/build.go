package provenance

import (
	"fmt"
	"strings"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies/brand"
	"appraise/policies/lookalike"
	"appraise/policies/rule"
)

// Identity is the build verdict on an item with what it rests on.
type Identity struct {
	finding.Build
	Pack         *brand.Pack // the pack that the verdict is about; nil for unclaimed
	Listed       brand.Listed
	Likeness     rule.Likeness
	PinStrong    bool // the pin that a mismatch rests on condemns alone
	Confused     bool // the signer is pinned, and certificates of somebody else stand beside it
	Unaffiliated bool // its name holds the brand's among other words
	// Differences are what a mismatch was seen by, one line each; of the artifact's own text nothing is made safe.
	Differences []string
}

// Identify decides who made an item: the pack that lists its id decides, else the first that it resembles.
// An id that a pack lists resembles no other pack.
func Identify(packs []*brand.Pack, stores *Stores, item *inventory.Item, route Arrival) Identity {
	result := Identity{Build: finding.Build{Why: "no brand pack names it and it resembles none"}}
	for _, pack := range packs {
		id := identifyBy(pack, stores, item, route)
		if id.Listed.ID != "" && id.Likeness == rule.LikenessNone {
			result = id
			break
		}
		if result.Match == finding.Unclaimed && (id.Match != finding.Unclaimed || id.Unaffiliated || id.Pack != nil) {
			result = id
		}
	}
	result.Tampered = item.Signature.State == inventory.Invalid
	return result
}

func identifyBy(pack *brand.Pack, stores *Stores, item *inventory.Item, route Arrival) Identity {
	if item.Platform == inventory.Extension {
		return identifyExtension(pack, item, route)
	}
	android := item.Platform == inventory.Android
	entry, like := pack.App(item.ID, android)
	if parent, ok := pluginParent(pack, item); ok {
		entry, like = parent, brand.Exact
	}
	switch like {
	case brand.Exact:
		return signed(pack, entry, stores, item, route)
	case brand.CaseOnly:
		return resemblance(pack, entry, rule.LikenessCase, item.ID, fmt.Sprintf("its id differs from %s in upper and lower case only", entry.ID))
	case brand.Shape:
		return resemblance(pack, entry, rule.LikenessShape, item.ID, fmt.Sprintf("its id looks like %s and is spelled otherwise", entry.ID))
	case brand.Near:
		return resemblance(pack, entry, rule.LikenessNear, item.ID, fmt.Sprintf("its id is one letter away from %s", entry.ID))
	case brand.NearPart:
		return resemblance(pack, entry, rule.LikenessNear, item.ID, fmt.Sprintf("a part of its id is one letter away from the name %s or its id %s", pack.DisplayName, entry.ID))
	case brand.Keyword:
		return resemblance(pack, entry, rule.LikenessKeyword, item.ID, fmt.Sprintf("its id holds the name %s and is not on the pack's list", pack.DisplayName))
	case brand.Far:
		if signs := secondSigns(pack, item, route); signs != "" {
			return resemblance(pack, entry, rule.LikenessFar, item.ID, fmt.Sprintf("its id is two letters away from %s or its name, and %s", entry.ID, signs))
		}
	}
	return identifyLabel(pack, item, route)
}

// secondSigns lists what else points to a brand where a name is two edits away from it (R5); "" where
// nothing does, and then the nearness is chance.
func secondSigns(pack *brand.Pack, item *inventory.Item, route Arrival) string {
	var out []string
	if like := pack.MatchLabel(item.Name); like == brand.Label || like == brand.Word || like == brand.NearLabel {
		out = append(out, "its name holds the brand's")
	}
	if a := item.Detail.Android; a != nil && pack.KnownIcon(a.Application.IconSHA256) {
		out = append(out, "it has the same icon file as a known build")
	}
	if lookalike.HasKeyword(item.ID) {
		out = append(out, "its id holds a word that copies use")
	}
	if route.Verdict == finding.Sideload || route.Verdict == finding.Development {
		out = append(out, "it came from outside a store")
	}
	return strings.Join(out, ", ")
}

// pluginParent finds the listed app that an iOS extension scanned alone says it belongs to: an
// extension's id starts with that of its app.
func pluginParent(pack *brand.Pack, item *inventory.Item) (brand.Listed, bool) {
	if item.Kind != inventory.KindPlugin {
		return brand.Listed{}, false
	}
	for i := strings.LastIndexByte(item.ID, '.'); i > 0; i = strings.LastIndexByte(item.ID[:i], '.') {
		if entry, like := pack.App(item.ID[:i], false); like == brand.Exact {
			return entry, true
		}
	}
	return brand.Listed{}, false
}

// resemblance words a look-alike; name is the one that was compared.
func resemblance(pack *brand.Pack, entry brand.Listed, like rule.Likeness, name, why string) Identity {
	spelling := lookalike.SpellingOf(name)
	if spelling.Mixed {
		why += "; a word of it mixes letters of several alphabets"
	}
	if spelling.Invisible {
		why += "; it holds characters that are not seen"
	}
	return Identity{Build: finding.Build{Match: finding.Lookalike, Brand: pack.Brand, Why: why}, Pack: pack, Listed: entry, Likeness: like}
}

// identifyLabel judges an item by its name alone, which never makes more than a resemblance.
func identifyLabel(pack *brand.Pack, item *inventory.Item, route Arrival) Identity {
	entry := brand.Listed{Name: pack.DisplayName}
	switch pack.MatchLabel(item.Name) {
	case brand.Label:
		return resemblance(pack, entry, rule.LikenessLabel, item.Name,
			fmt.Sprintf("its name is %s's or looks like it, and its id is not on the pack's list", pack.DisplayName))
	case brand.NearLabel:
		return resemblance(pack, entry, rule.LikenessNearName, item.Name,
			fmt.Sprintf("its name is one letter away from %s, and its id is not on the pack's list", pack.DisplayName))
	case brand.Word:
		return Identity{Build: finding.Build{Why: fmt.Sprintf("unaffiliated: its name holds %s among other words", pack.DisplayName)}, Pack: pack, Unaffiliated: true}
	case brand.Far:
		if signs := secondSigns(pack, item, route); signs != "" {
			return resemblance(pack, entry, rule.LikenessFar, item.Name, fmt.Sprintf("its name is two letters away from %s, and %s", pack.DisplayName, signs))
		}
	}
	return Identity{}
}

func identifyExtension(pack *brand.Pack, item *inventory.Item, route Arrival) Identity {
	if e, ok := pack.OfficialExtension(item.ID); ok {
		b := finding.Build{Brand: pack.Brand, Match: finding.Unverifiable, PinSources: e.Independent, PinDate: e.Date,
			Why: fmt.Sprintf("its id is %s's; %s", pack.DisplayName, unprovedReason(item))}
		if proves(item) {
			b.Match, b.Why = finding.Official, officialWhy("id", e.Independent, e.Date)+partialRemark(item)
		}
		return Identity{Build: b, Pack: pack, Listed: brand.Listed{ID: e.ID, Name: e.Name, Role: "official"}}
	}
	if e, ok := pack.KnownThirdParty(item.ID); ok {
		return Identity{Build: finding.Build{Why: fmt.Sprintf("its id is that of %s, a known product of somebody else; anyone can copy an id", e.Name)}, Pack: pack}
	}
	return identifyLabel(pack, item, route)
}

// partialRemark stands in every line that rests on a signature that does not hold for all.
func partialRemark(item *inventory.Item) string {
	holds, _ := Coverage(item)
	switch {
	case item.Signature.State != inventory.Partial:
		return ""
	case item.Platform == inventory.Extension:
		return " (manifest not covered by the signature)"
	case holds != "":
		return " (verified for " + holds + " only)"
	}
	return " (" + ContentWords(item.Signature.Content) + ")"
}

// ContentWords says what the content of an app rests on where its signer was read and its content not recomputed.
func ContentWords(content string) string {
	switch content {
	case inventory.ContentInstalled:
		return "signing block read; the phone checked the content when it installed it"
	case inventory.ContentPreload:
		return "signing block read; it came with the phone, which does not check the content"
	case inventory.ContentRooted:
		return "signing block read; the phone is rooted, so that its word is worth nothing"
	case inventory.ContentCollected:
		return "signer as collected by AndroidQF; content not recomputed"
	}
	return "signer read; content not recomputed"
}

// unprovedReason says why nothing is proved about the signer.
func unprovedReason(item *inventory.Item) string {
	switch {
	case item.Signature.State == inventory.Invalid:
		return "its signature is invalid"
	case item.Signature.State == inventory.Unsigned:
		return "it carries no signature"
	case item.Kind == inventory.KindFolder:
		return "a folder carries no proof of who made it"
	case proves(item):
		return "its signature names no certificate"
	}
	return "its signature was not checked"
}
