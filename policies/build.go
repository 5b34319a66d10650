package policies

import (
	"fmt"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies/brand"
	"appraise/policies/rule"
)

// identity is the build verdict on an item with what it rests on.
type identity struct {
	finding.Build
	pack         *brand.Pack // the pack that the verdict is about; nil for unclaimed
	listed       brand.Listed
	likeness     rule.Likeness
	pinStrong    bool // the pin that a mismatch rests on condemns alone
	unaffiliated bool
}

// identify decides who made an item: the pack that lists its id decides, else the first that it resembles.
// An id that a pack lists resembles no other pack.
func (p *Policy) identify(item *inventory.Item, route arrival) identity {
	result := identity{Build: finding.Build{Why: "no brand pack names it and it resembles none"}}
	for _, pack := range p.packs {
		id := identifyBy(pack, item, route)
		if id.listed.ID != "" && id.likeness == rule.LikenessNone {
			result = id
			break
		}
		if result.Match == finding.Unclaimed && (id.Match != finding.Unclaimed || id.unaffiliated || id.pack != nil) {
			result = id
		}
	}
	result.Tampered = item.Signature.State == inventory.Invalid
	return result
}

func identifyBy(pack *brand.Pack, item *inventory.Item, route arrival) identity {
	if item.Platform == inventory.Extension {
		return identifyExtension(pack, item)
	}
	android := item.Platform == inventory.Android
	entry, like := pack.App(item.ID, android)
	if parent, ok := pluginParent(pack, item); ok {
		entry, like = parent, brand.Exact
	}
	switch like {
	case brand.Exact:
		return identity{Build: signedBuild(pack, entry, item, route), pack: pack, listed: entry, pinStrong: pinStrong(entry, route)}
	case brand.CaseOnly:
		return lookalike(pack, entry, rule.LikenessCase, fmt.Sprintf("its id differs from %s in upper and lower case only", entry.ID))
	case brand.Shape:
		return lookalike(pack, entry, rule.LikenessShape, fmt.Sprintf("its id looks like %s and is spelled otherwise", entry.ID))
	case brand.Keyword:
		return lookalike(pack, entry, rule.LikenessKeyword, fmt.Sprintf("its id holds the name %s and is not on the pack's list", pack.DisplayName))
	}
	return identifyLabel(pack, item)
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

func lookalike(pack *brand.Pack, entry brand.Listed, like rule.Likeness, why string) identity {
	return identity{Build: finding.Build{Match: finding.Lookalike, Brand: pack.Brand, Why: why}, pack: pack, listed: entry, likeness: like}
}

// identifyLabel judges an item by its name alone, which never makes more than a resemblance.
func identifyLabel(pack *brand.Pack, item *inventory.Item) identity {
	switch pack.MatchLabel(item.Name) {
	case brand.Label:
		return lookalike(pack, brand.Listed{Name: pack.DisplayName}, rule.LikenessLabel,
			fmt.Sprintf("its name is %s's or looks like it, and its id is not on the pack's list", pack.DisplayName))
	case brand.Word:
		return identity{Build: finding.Build{Why: fmt.Sprintf("unaffiliated: its name holds %s among other words", pack.DisplayName)}, pack: pack, unaffiliated: true}
	}
	return identity{}
}

func identifyExtension(pack *brand.Pack, item *inventory.Item) identity {
	if e, ok := pack.OfficialExtension(item.ID); ok {
		b := finding.Build{Brand: pack.Brand, Match: finding.Unverifiable, PinSources: e.Independent, PinDate: e.Date,
			Why: fmt.Sprintf("its id is %s's; %s", pack.DisplayName, unprovedReason(item))}
		if s := item.Signature.State; s == inventory.Verified || s == inventory.Partial {
			b.Match, b.Why = finding.Official, officialWhy("id", e.Independent, e.Date)+partialRemark(item)
		}
		return identity{Build: b, pack: pack, listed: brand.Listed{ID: e.ID, Name: e.Name, Role: "official"}}
	}
	if e, ok := pack.KnownThirdParty(item.ID); ok {
		return identity{Build: finding.Build{Why: fmt.Sprintf("its id is that of %s, a known product of somebody else; anyone can copy an id", e.Name)}, pack: pack}
	}
	return identifyLabel(pack, item)
}

// signedBuild decides by the signer where the id is on the pack's list.
func signedBuild(pack *brand.Pack, entry brand.Listed, item *inventory.Item, route arrival) finding.Build {
	b := finding.Build{Match: finding.NameOnly, Brand: pack.Brand}
	if len(entry.Signers) == 0 {
		b.Why = fmt.Sprintf("its id is on the list as %s, and the pack knows no signer for it: who signed it is not proven", entry.Name)
		return b
	}
	newest := newestPin(entry)
	b.PinSources, b.PinDate, b.Pin = newest.Independent, pinDate(pack, newest), pinOf(pack, newest)
	if s := item.Signature.State; s != inventory.Verified && s != inventory.Partial {
		b.Match = finding.Unverifiable
		b.Why = fmt.Sprintf("its id is on the list with a signer pinned by %s, newest of %s; %s", sources(b.PinSources), b.PinDate, unprovedReason(item))
		return b
	}
	for _, signer := range item.Signature.Signers {
		for _, sha := range append(slices.Clone(signer.Lineage), signer.SHA256) {
			if pin := entry.Pinned(sha); pin != nil {
				b.Match, b.PinSources, b.PinDate, b.Pin = finding.Official, pin.Independent, pinDate(pack, *pin), pinOf(pack, *pin)
				b.Why = officialWhy("signer", b.PinSources, b.PinDate)
				if sha != signer.SHA256 {
					b.Why += "; rotated: the pinned certificate is an older one of its history"
				}
				b.Why += partialRemark(item)
				return b
			}
		}
	}
	b.Match, b.Why = finding.Mismatch, mismatchWhy(entry, newest, b, route)+partialRemark(item)
	return b
}

func officialWhy(what string, independent int, date string) string {
	return fmt.Sprintf("official: %s pinned by %s, newest of %s", what, sources(independent), date)
}

// partialRemark stands in every line that rests on a signature whose content was not compared as a whole.
func partialRemark(item *inventory.Item) string {
	switch {
	case item.Signature.State != inventory.Partial:
		return ""
	case item.Platform == inventory.Extension:
		return " (manifest not covered by the signature)"
	}
	return " (signer read; content not recomputed)"
}

func unprovedReason(item *inventory.Item) string {
	switch {
	case item.Signature.State == inventory.Invalid:
		return "its signature is invalid"
	case item.Signature.State == inventory.Unsigned:
		return "it carries no signature"
	case item.Kind == inventory.KindFolder:
		return "a folder carries no proof of who made it"
	}
	return "its signature was not checked"
}

func mismatchWhy(entry brand.Listed, pin brand.Signer, b finding.Build, route arrival) string {
	switch {
	case pin.Confidence == "high" || claimsChannel(entry, route):
		if pin.MismatchText != "" {
			return pin.MismatchText
		}
		return "signer differs from the pinned signer (" + pin.Channel + ")"
	case pin.MismatchTextOtherChannel != "":
		return pin.MismatchTextOtherChannel
	case len(entry.Signers) == 1:
		return fmt.Sprintf("differs from the only pinned (%s) signer we know; %s, %s", pin.Channel, sources(b.PinSources), b.PinDate)
	}
	return fmt.Sprintf("differs from the %d pinned signers we know; %s, %s", len(entry.Signers), sources(b.PinSources), b.PinDate)
}

// pinStrong reports whether a mismatch with the entry's pins condemns alone: a pin of high confidence, or
// a build that claims the pin's own channel.
func pinStrong(entry brand.Listed, route arrival) bool {
	return claimsChannel(entry, route) || slices.ContainsFunc(entry.Signers, func(s brand.Signer) bool { return s.Confidence == "high" })
}

func claimsChannel(entry brand.Listed, route arrival) bool {
	return route.channel != "" && slices.ContainsFunc(entry.Signers, func(s brand.Signer) bool { return s.Channel == route.channel })
}

// newestPin stands for the entry's pins in texts: the most trusted, and the newest of these.
func newestPin(entry brand.Listed) brand.Signer {
	rank := map[string]int{"high": 2, "medium": 1}
	return slices.MaxFunc(entry.Signers, func(a, b brand.Signer) int {
		if d := rank[a.Confidence] - rank[b.Confidence]; d != 0 {
			return d
		}
		return strings.Compare(a.Date(), b.Date())
	})
}

func pinDate(pack *brand.Pack, s brand.Signer) string {
	if d := s.Date(); d != "" {
		return d
	}
	return pack.Gathered
}

func pinOf(pack *brand.Pack, s brand.Signer) *finding.Pin {
	return &finding.Pin{SHA256: s.SHA256, Channel: s.Channel, Confidence: s.Confidence, Sources: s.Sources, Date: pinDate(pack, s)}
}

func sources(n int) string {
	if n == 1 {
		return "1 source"
	}
	return fmt.Sprintf("%d sources", n)
}
