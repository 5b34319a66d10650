package ios

import (
	"fmt"
	"slices"
	"strings"

	"appraise/inventory"
)

// Verdicts on App Transport Security, in rising order.
const (
	transportDefault    = "default"    // encrypted connections only
	transportExceptions = "exceptions" // unencrypted ones to named hosts
	transportMedia      = "open-media" // unencrypted media
	transportWeb        = "open-web"   // unencrypted pages in web views
	transportOpen       = "open"       // unencrypted connections to any host
)

var verdictOrder = []string{transportDefault, transportExceptions, transportMedia, transportWeb, transportOpen}

// The keys that take the force from NSAllowsArbitraryLoads by being there, whatever their value, on iOS
// 10 and later (Apple's documentation of NSAllowsArbitraryLoads).
const (
	arbitraryLoads = "NSAllowsArbitraryLoads"
	mediaLoads     = "NSAllowsArbitraryLoadsForMedia"
	webLoads       = "NSAllowsArbitraryLoadsInWebContent"
	localLoads     = "NSAllowsLocalNetworking"
	overrideSince  = 10
)

// insecureKeys are the spellings, old ones too, that let one host be reached unencrypted.
var insecureKeys = []string{
	"NSExceptionAllowsInsecureHTTPLoads", "NSTemporaryExceptionAllowsInsecureHTTPLoads",
	"NSThirdPartyExceptionAllowsInsecureHTTPLoads", "NSTemporaryThirdPartyExceptionAllowsInsecureHTTPLoads",
}

// transport reads App Transport Security. Where the dictionary is spelled for several devices, the
// most open reading counts.
func (b *bundle) transport() {
	for _, ats := range b.info.allDicts("NSAppTransportSecurity") {
		t := b.judge(ats)
		if t.Verdict == transportOpen {
			b.capability(inventory.CapNetworkCleartext, "", ats.path+arbitraryLoads+" is on"+noteSuffix(t.Note))
		}
		if len(t.Exceptions) > 0 {
			b.capability(inventory.CapNetworkCleartext, "", ats.path+"NSExceptionDomains allows unencrypted connections to "+plural(len(t.Exceptions), "host")+": "+some(t.Exceptions))
		}
		if b.app == nil && rank(t.Verdict) >= rank(b.r.detail.Transport.Verdict) {
			b.r.detail.Transport = t
		}
	}
}

func rank(verdict string) int { return slices.Index(verdictOrder, verdict) }

func noteSuffix(note string) string {
	if note == "" {
		return ""
	}
	return " (" + note + ")"
}

func (b *bundle) judge(ats dict) inventory.Transport {
	t := inventory.Transport{Verdict: transportDefault}
	var notes []string
	var weak int
	t.Exceptions, weak = exceptions(ats)
	if len(t.Exceptions) > 0 {
		t.Verdict = transportExceptions
	}
	if ats.flag(mediaLoads) {
		t.Verdict = transportMedia
	}
	if ats.flag(webLoads) {
		t.Verdict = transportWeb
	}
	if ats.flag(arbitraryLoads) {
		narrower := ats.has(mediaLoads) || ats.has(webLoads) || ats.has(localLoads)
		switch {
		case !narrower:
			t.Verdict = transportOpen
		case b.minimumMajor() < overrideSince:
			notes = append(notes, fmt.Sprintf("%s on iOS %d and later, open on older systems", t.Verdict, overrideSince))
			t.Verdict = transportOpen
		default:
			notes = append(notes, arbitraryLoads+" has no effect beside a narrower key")
		}
	}
	if ats.flag(localLoads) {
		notes = append(notes, "unencrypted connections in the local network")
	}
	if weak > 0 {
		notes = append(notes, "weaker encryption for "+plural(weak, "host"))
	}
	if pinned, ok := ats.dict("NSPinnedDomains"); ok && len(pinned.values) > 0 {
		notes = append(notes, "pinned keys for "+plural(len(pinned.values), "host"))
	}
	t.Note = strings.Join(notes, "; ")
	return t
}

// exceptions lists the hosts that may be reached unencrypted and counts those that may be reached with
// less than TLS 1.2 or without forward secrecy.
func exceptions(ats dict) (insecure []string, weak int) {
	domains, ok := ats.dict("NSExceptionDomains")
	if !ok {
		return nil, 0
	}
	var odd []string
	for _, host := range sortedKeys(domains.values) {
		// A list can name thousands of hosts: what is wrong with them makes one sentence.
		domains.wrong = func(string) { odd = append(odd, host) }
		rule, _ := domains.dict(host)
		plain := false
		for _, key := range insecureKeys {
			plain = rule.flag(key) || plain
		}
		switch {
		case plain:
			insecure = append(insecure, host)
		case weakened(rule):
			weak++
		}
	}
	if odd = slices.Compact(odd); len(odd) > 0 {
		ats.wrong(ats.path + "NSExceptionDomains holds values of the wrong type for " + plural(len(odd), "host") + ": " + some(odd))
	}
	return insecure, weak
}

func weakened(rule dict) bool {
	for _, prefix := range []string{"NSException", "NSTemporaryException", "NSThirdPartyException", "NSTemporaryThirdPartyException"} {
		if v := rule.text(prefix + "MinimumTLSVersion"); v == "TLSv1.0" || v == "TLSv1.1" {
			return true
		}
		if secrecy := prefix + "RequiresForwardSecrecy"; rule.has(secrecy) && !rule.flag(secrecy) {
			return true
		}
	}
	return false
}
