package policies

// WordInfo explains one word of a report: what it means and what it does not prove.
type WordInfo struct {
	Group     string // build, route, strength, attention, confidence, evidence, exposure or signature
	Word      string
	Meaning   string
	ProvesNot string
}

// Words lists every word of the closed lists that a report shows to people.
func Words() []WordInfo {
	return []WordInfo{
		{"build", "official", "its signature was checked, and a certificate of its signer is pinned by a brand pack", "that this copy does nothing you would mind; a pin is as good as its sources, and their number and date stand beside it"},
		{"build", "mismatch", "its name is on the list and its signature was checked, but none of its certificates is pinned", "that somebody else made it: makers change keys, and a pin from one source can be wrong"},
		{"build", "lookalike", "its name is near a listed one but not equal, or its whole name is the brand's under another id", "bad intent: names can be near by chance, and the reason stands beside the word"},
		{"build", "name-only", "its name is on the list, and who signed it is not proven: no signer is known for it, or the input carries none", "anything about who made it; anyone can use a name"},
		{"build", "unverifiable", "its name is on the list with a pinned signer, but what is at hand can't be checked against it", "that something is wrong with it; it was not looked at"},
		{"build", "unclaimed", "no brand pack names it, and it resembles none", "anything, good or bad: most software is unclaimed"},
		{"build", "tampered", "its signature is invalid: the content is not what was signed", "who changed it, or why"},
		{"route", "store", "a store brought it", "that the store looked at this version, or that what it looked at was all it does"},
		{"route", "system", "it came with the device or the browser; not verified by us", "that you want it, or that the maker's copy was left alone"},
		{"route", "sideload", "it came as a file, over a cable, from another update server or through a client that is not the store", "bad intent: official builds are sideloaded too"},
		{"route", "development", "it is signed with a test key, unpacked, started from a command line, or carries a development profile", "who put it there"},
		{"route", "policy", "an administrator put it there", "that the administrator is one you know"},
		{"route", "unknown", "the facts do not say how it got here", "anything: a file alone never says it"},
		{"strength", "proved", "the route rests on a signature or on a record of the system", "more than that record says; whoever controls the system can write it"},
		{"strength", "claimed", "the route rests on what the software, a store's name or a management server says", "that it is so"},
		{"attention", "act", "an open finding of severity high or critical", "that harm was done"},
		{"attention", "incomplete", "no such finding, and a part was not read that could change the verdict", "anything about that part; unread is not the same as without finding"},
		{"attention", "check", "an open finding of severity medium", "that something is wrong"},
		{"attention", "none", "nothing to report among what was checked", "that there is nothing: what was not checked stands beside it"},
		{"confidence", "proved", "a platform fact: a manifest, a system record, a checked signature, a declared request rule", "that the software uses what it may use"},
		{"confidence", "seen", "code was seen that does it, with file and line", "that the code is reached"},
		{"confidence", "inferred", "concluded from a combination of facts, or somebody's claim", "that it is so"},
		{"evidence", "possible", "it reaches pages with input, and no listener was seen", "that it reads what you type"},
		{"evidence", "listens", "a listener for keys, input or forms is there, and the value was not seen to leave it", "that the value is kept; shortcuts look like this"},
		{"evidence", "wired", "the value reaches storage, a message or a variable that lasts", "that it leaves the computer"},
		{"evidence", "egress", "the value reaches the network", "what the receiver does with it"},
		{"exposure", "optional", "it may ask for it later", "that it will"},
		{"exposure", "requested", "the manifest asks for it; a file says no more than that", "that you allowed it"},
		{"exposure", "granted", "you or the system said yes", "that it is used"},
		{"exposure", "active", "it is switched on or used now", "what it is used for"},
		{"signature", "verified", "the signature holds and covers all content, for every asked Android version", "that the signer is who you think: the name in a certificate is what its maker wrote"},
		{"signature", "partial", "the signer's signature holds, and not all content was compared, or a part of the asked Android versions doesn't accept it", "that the rest was left alone, or that every phone refuses or takes it alike"},
		{"signature", "unsigned", "it carries no signature", "who made it"},
		{"signature", "unverifiable", "its signature was not checked, or what is at hand holds none", "anything about who made it"},
		{"signature", "invalid", "the signature does not fit the content, or its chain is forged", "who changed it, or why"},
	}
}
