package verdict

import (
	"fmt"
	"strings"

	"appraise/internal/report/page"
	"appraise/inventory"
)

// androidRange names a range of API levels. A lowest of 1 or less and a highest of 0 have no end.
func androidRange(lowest, highest int) string {
	from, to := page.AndroidVersion(lowest), page.AndroidVersion(highest)
	switch {
	case lowest <= 1 && highest == 0:
		return "every Android"
	case highest == 0:
		return from + " and newer"
	case lowest == highest:
		return from
	case lowest <= 1:
		return to + " and older"
	}
	return from + " to " + strings.TrimPrefix(to, "Android ")
}

// acceptedBy names the ranges that accept a signature, joined where they touch; empty where none does.
func acceptedBy(platforms []inventory.PlatformSignature) string {
	var ranges []inventory.PlatformSignature
	for _, p := range platforms {
		last := len(ranges) - 1
		switch {
		case p.State != inventory.Verified:
		case last >= 0 && ranges[last].MaxSDK != 0 && p.MinSDK == ranges[last].MaxSDK+1:
			ranges[last].MaxSDK = p.MaxSDK
		default:
			ranges = append(ranges, p)
		}
	}
	var words []string
	for _, p := range ranges {
		words = append(words, androidRange(p.MinSDK, p.MaxSDK))
	}
	return strings.Join(words, ", and for ")
}

// differ reports whether the Android versions don't all do the same with an APK: in the state or in the signers.
func differ(platforms []inventory.PlatformSignature) bool {
	for _, p := range platforms {
		if p.State != platforms[0].State || strings.Join(p.Signers, " ") != strings.Join(platforms[0].Signers, " ") {
			return true
		}
	}
	return false
}

// platformText says what one range of Android versions does with an APK.
func platformText(p inventory.PlatformSignature) string {
	text := androidRange(p.MinSDK, p.MaxSDK) + ": "
	switch {
	case p.State == inventory.Verified && p.Scheme != "":
		text += "accepted by " + p.Scheme
	case p.State == inventory.Verified:
		text += "accepted"
	case p.Scheme != "":
		text += fmt.Sprintf("%s by %s", p.State, p.Scheme)
	default:
		text += p.State.String()
	}
	var signers []string
	for _, sha := range p.Signers {
		signers = append(signers, page.Digest(sha))
	}
	if len(signers) > 0 {
		text += ", signer " + strings.Join(signers, ", ")
	}
	return text
}
