package provenance

import (
	"fmt"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies/brand"
)

// signed decides by the signer where the id is on the pack's list.
func signed(pack *brand.Pack, entry brand.Listed, stores *Stores, item *inventory.Item, route Arrival) Identity {
	id := Identity{Build: finding.Build{Match: finding.NameOnly, Brand: pack.Brand}, Pack: pack, Listed: entry}
	if len(entry.Signers) == 0 {
		id.Why = fmt.Sprintf("its id is on the list as %s, and the pack knows no signer for it: who signed it is not proven", entry.Name)
		return id
	}
	id.PinStrong = pinStrong(entry, route)
	newest := newestPin(entry)
	id.pin(newest)
	if !proves(item) || len(item.Signature.Signers) == 0 {
		id.Match = finding.Unverifiable
		id.Why = fmt.Sprintf("its id is on the list with a signer pinned by %s, newest of %s; %s", sources(id.PinSources), id.PinDate, unprovedReason(item)) + hashHint(entry, item)
		return id
	}
	pin, remark := pinned(entry, item)
	switch key := stores.TestKey(item); {
	case key != "":
		id.Match, id.PinStrong = finding.Mismatch, true
		id.Why = "signed with the " + key + ", which anyone can use"
	case pin == nil:
		id.Match, id.Why = finding.Mismatch, mismatchWhy(entry, newest, id, route)
	case item.HasTrait(inventory.TraitSignerConfusion):
		id.pin(*pin)
		id.Match, id.Confused = finding.Mismatch, true
		id.Why = "signer-confusion: certificates of somebody else stand beside the pinned signer's"
	default:
		id.pin(*pin)
		id.Match, id.Why = finding.Official, officialWhy("signer", id.PinSources, id.PinDate)+remark
	}
	id.Why += partialRemark(item)
	if id.Match == finding.Mismatch {
		id.Differences = differences(entry, newest, item)
	}
	return id
}

// hashHint compares the 32-bit hash by which a phone's dump names a signer with those of the pins. It is forged in
// minutes, so that a match says nothing; a difference is a hint and no more.
func hashHint(entry brand.Listed, item *inventory.Item) string {
	for _, signer := range item.Signature.Signers {
		if signer.JavaHash == "" || signer.SHA256 != "" {
			continue
		}
		known := false
		for _, pin := range entry.Signers {
			if pin.JavaHash == nil {
				return ""
			}
			known = known || *pin.JavaHash == signer.JavaHash
		}
		if !known {
			return "; the short number by which the phone names its signer is not that of a pinned one: a hint that it is another, and no proof"
		}
	}
	return ""
}

// pin records the pin that the verdict speaks of.
func (id *Identity) pin(s brand.Signer) {
	id.PinSources, id.PinDate, id.Pin = s.Independent, pinDate(id.Pack, s), pinOf(id.Pack, s)
}

// pinned finds the pin for a signer or for a certificate of its verified history, with what is to be said about
// the match. The newest certificate counts first; a SHA-1 is known of the signers alone.
func pinned(entry brand.Listed, item *inventory.Item) (*brand.Signer, string) {
	for _, signer := range item.Signature.Signers {
		if pin := entry.Pinned(signer.SHA256); pin != nil {
			return pin, ""
		}
	}
	for _, signer := range item.Signature.Signers {
		for _, sha := range slices.Backward(signer.Lineage) {
			if pin := entry.Pinned(sha); pin != nil {
				return pin, "; rotated: the pinned certificate is an older one of its history"
			}
		}
	}
	for _, signer := range item.Signature.Signers {
		if pin := entry.PinnedSHA1(signer.SHA1); pin != nil {
			return pin, "; compared by SHA-1 alone, which can be forged"
		}
	}
	return nil, ""
}

// shownPermissions is how many permissions a difference names.
const shownPermissions = 10

// differences tells field by field how a copy differs from what is known of the official builds. Only what
// differs is told, so that the same copy is told the same way in each run.
func differences(entry brand.Listed, pin brand.Signer, item *inventory.Item) []string {
	want := "SHA-1 "
	if pin.SHA256 != "" {
		want = string(pin.SHA256)
	} else if pin.SHA1 != nil {
		want += string(*pin.SHA1)
	}
	var out []string
	for _, s := range item.Signature.Signers {
		out = append(out, "signing certificate "+s.SHA256+"; pinned: "+want)
		if s.Subject != "" {
			out = append(out, "signer's own name for itself: "+s.Subject)
		}
	}
	if lowest := entry.MinimumVersion; lowest != nil && item.VersionCode < *lowest {
		out = append(out, fmt.Sprintf("version code %d; lowest known: %d", item.VersionCode, *lowest))
	}
	if more := newPermissions(entry, item); len(more) > 0 {
		text := strings.Join(more[:min(len(more), shownPermissions)], ", ")
		if n := len(more) - shownPermissions; n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
		out = append(out, "asks for what known builds don't: "+text)
	}
	return out
}

// newPermissions lists what an item asks for beyond a whole list of the known builds' permissions.
func newPermissions(entry brand.Listed, item *inventory.Item) []string {
	if !entry.Expected.Whole() {
		return nil
	}
	var out []string
	for _, p := range item.Permissions {
		if slices.Contains(p.States, inventory.StateRequested) && p.ImpliedBy == "" && !slices.Contains(entry.Expected.KnownRequested, p.Name) && !slices.Contains(out, p.Name) {
			out = append(out, p.Name)
		}
	}
	slices.Sort(out)
	return out
}

func officialWhy(what string, independent int, date string) string {
	return fmt.Sprintf("official: %s pinned by %s, newest of %s", what, sources(independent), date)
}

func mismatchWhy(entry brand.Listed, pin brand.Signer, id Identity, route Arrival) string {
	switch {
	case pin.Confidence == "high" || claimsChannel(entry, route):
		if pin.MismatchText != "" {
			return pin.MismatchText
		}
		return "signer differs from the pinned signer (" + pin.Channel + ")"
	case pin.MismatchTextOtherChannel != "":
		return pin.MismatchTextOtherChannel
	case len(entry.Signers) == 1:
		return fmt.Sprintf("differs from the only pinned (%s) signer we know; %s, %s", pin.Channel, sources(id.PinSources), id.PinDate)
	}
	return fmt.Sprintf("differs from the %d pinned signers we know; %s, %s", len(entry.Signers), sources(id.PinSources), id.PinDate)
}

// pinStrong reports whether a mismatch with the entry's pins condemns alone: a pin of high confidence, or
// a build that claims the pin's own channel.
func pinStrong(entry brand.Listed, route Arrival) bool {
	return claimsChannel(entry, route) || slices.ContainsFunc(entry.Signers, func(s brand.Signer) bool { return s.Confidence == "high" })
}

func claimsChannel(entry brand.Listed, route Arrival) bool {
	return route.Channel != "" && slices.ContainsFunc(entry.Signers, func(s brand.Signer) bool { return s.Channel == route.Channel })
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
	return &finding.Pin{SHA256: string(s.SHA256), Channel: s.Channel, Confidence: s.Confidence, Sources: s.Sources, Date: pinDate(pack, s)}
}

func sources(n int) string {
	if n == 1 {
		return "1 source"
	}
	return fmt.Sprintf("%d sources", n)
}
