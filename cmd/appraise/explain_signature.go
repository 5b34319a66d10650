package main

import (
	"fmt"
	"io"
	"strings"

	"appraise/finding"
	"appraise/internal/drift"
	"appraise/internal/gate"
	"appraise/policies"
)

// signatureWords explains what verify and the signatures of a report say beyond the words of the policy.
var signatureWords = []struct{ group, word, meaning, provesNot string }{
	{"signature scheme", "v1", "the JAR signature in META-INF, by which Android 6.0 and older go; newer ones where they find no newer scheme", "what META-INF itself holds, and anything outside the files"},
	{"signature scheme", "v2", "a signature over the whole file, by which Android 7.0 to 8.1 go", "what stands in the signing block beside it"},
	{"signature scheme", "v3", "as v2, with a history of keys, by which Android 9 to 12 go", "what stands in the signing block beside it"},
	{"signature scheme", "v3.1", "as v3, for a key that Android 13 and newer alone go by", "what stands in the signing block beside it"},
	{"signature scheme", "v4", "a signature in a file of its own (.idsig), for installing while it loads; never alone", "more than the v2 or v3 signature beside it"},
	{"stamp", "source-stamp", "a store's signature that says that it handled this build", "who made the app, that the store delivered this copy, or anything about what it does"},
	{"stamp", "frosting", "metadata that Google Play puts beside the signature", "who made the app, or that it was fetched from Play: mirrors carry such builds"},
	{"route", "play-build", "Google Play built or stamped it; shown as \"built by Google Play\"", "that it was fetched from Play: mirrors carry such builds"},
	{"verdict of verify", string(gate.WordNotChecked), "this version verifies no signature of this kind of software (exit 3)", "anything"},
	{"verdict of verify", string(gate.WordNotRead), "a part could not be read that could change the verdict (exit 3)", "that something is wrong; unread is not unsigned"},
	{"verdict of verify", string(gate.WordNotCompared), "the signer's signature holds, and the content was not compared with it (exit 3)", "that the content is what was signed"},
	{"verdict of verify", string(gate.WordNotOfficial), "--require-official was given, and no brand pack names it (exit 1)", "that it is bad: most software is in no pack"},
	{"verdict of verify", string(gate.WordNotProved), "--require-official was given, its name is in a pack, and its signer is not proved (exit 3)", "that it isn't official"},
	{"signer", "lineage", "the history of an app's signing keys, each proved by the key before it", "that an older key is no longer in use"},
	{"signer", "java_hash", "the 32-bit number by which a phone's package dump shows a certificate", "anything: others with the same number can be made"},
}

func signatureTopics() []topic {
	var all []topic
	for _, row := range signatureWords {
		t := topic{group: row.group, word: row.word}
		t.add("means: ", row.meaning)
		t.add("doesn't prove: ", row.provesNot)
		all = append(all, t)
	}
	return all
}

func changeTopics() []topic {
	var all []topic
	for _, kind := range drift.Kinds() {
		t := topic{group: "change", word: string(kind.Kind)}
		t.add("means: ", kind.Meaning)
		t.add("severity: ", changeSeverity(kind))
		all = append(all, t)
	}
	return all
}

func changeSeverity(kind drift.KindInfo) string {
	if strings.HasPrefix(kind.ByWhat, "by ") {
		return kind.ByWhat
	}
	return strings.TrimSuffix(kind.Severity.String()+"; "+kind.ByWhat, "; ")
}

// issueFamilies are the starts of apksig's issue names (ApkVerifier.Issue), the longest first where one starts another.
var issueFamilies = []struct{ prefix, about string }{
	{"JAR_SIG_", "the v1 signature (META-INF)"},
	{"V2_SIG_", "the v2 signature"},
	{"V3_SIG_", "the v3 or v3.1 signature"},
	{"V31_", "the v3.1 signature"},
	{"V4_SIG_", "the v4 signature (.idsig)"},
	{"SOURCE_STAMP_", "the source stamp, which changes no verdict on the app"},
	{"NO_SIG_FOR_", "a signature that the manifest makes necessary"},
	{"MIN_SIG_SCHEME_", "a signature scheme that the target version makes necessary"},
}

// issueMeanings are the issues that are met most.
var issueMeanings = map[string]string{
	"JAR_SIG_NO_MANIFEST":                     "there is no META-INF/MANIFEST.MF; Android versions that go by v1 find no signature",
	"JAR_SIG_NO_SIGNATURES":                   "there is no signature file in META-INF",
	"JAR_SIG_DID_NOT_VERIFY":                  "the signature was not made with the certificate's key over this content",
	"JAR_SIG_ZIP_ENTRY_DIGEST_DID_NOT_VERIFY": "a file is not the one that was signed",
	"JAR_SIG_NO_ZIP_ENTRY_DIGEST_IN_MANIFEST": "a file was added after signing",
	"JAR_SIG_UNPROTECTED_ZIP_ENTRY":           "a file in META-INF is not protected by the signature; this is common",
	"JAR_SIG_MISSING_APK_SIG_REFERENCED":      "the v1 signature says that there was a newer one, and it is gone",
	"V2_SIG_APK_DIGEST_DID_NOT_VERIFY":        "the file is not the one that was signed: something in it changed",
	"V2_SIG_DID_NOT_VERIFY":                   "the signature was not made with the certificate's key",
	"V2_SIG_MISSING_APK_SIG_REFERENCED":       "the v2 signature says that there was a v3 one, and it is gone",
	"V3_SIG_APK_DIGEST_DID_NOT_VERIFY":        "the file is not the one that was signed: something in it changed",
	"V3_SIG_DID_NOT_VERIFY":                   "the signature was not made with the certificate's key",
	"V3_SIG_POR_DID_NOT_VERIFY":               "the history of keys does not hold",
	"V31_BLOCK_MISSING":                       "the v3 signature says that there was a v3.1 one, and it is gone",
	"MIN_SIG_SCHEME_FOR_TARGET_SDK_NOT_MET":   "apps for Android 11 and newer need v2 or newer, and this one has none",
	"NO_SIG_FOR_TARGET_SANDBOX_VERSION":       "its sandbox version needs v2 or newer, and it has none",
}

// issueTopics explains a word that has the form of an apksig issue.
func issueTopics(word string) []topic {
	word = strings.ToUpper(word)
	for _, family := range issueFamilies {
		if !strings.HasPrefix(word, family.prefix) {
			continue
		}
		t := topic{group: "signature problem", word: word}
		t.add("means: ", issueMeanings[word])
		t.add("about: ", family.about)
		t.add("name: ", "apksig's own (ApkVerifier.Issue), so that what is written about it can be found")
		return []topic{t}
	}
	return nil
}

func showPlatforms(w io.Writer, _ *policies.Policy) {
	fmt.Fprint(w, `Which signature an Android version goes by: the first of its row that it finds. A scheme that is there and
doesn't hold is never passed over for an older one, so that one file can be good for one phone and not for another.
  API level  Android        goes by
  1 to 23    6.0 and older  v1
  24 to 27   7.0 to 8.1     v2, v1
  28 to 32   9 to 12L       v3, v2, v1
  33 and on  13 and newer   v3.1 where the version is in its range, v3, v2, v1
verify asks for every version from the app's lowest on; --min-sdk and --max-sdk narrow that.
`)
}

func showChanges(w io.Writer, _ *policies.Policy) {
	fmt.Fprintln(w, "What diff tells, and how severe it is:")
	for _, kind := range drift.Kinds() {
		fmt.Fprintf(w, "  %-20s %s\n  %20s %s\n", kind.Kind, kind.Meaning, "", changeSeverity(kind))
	}
	fmt.Fprintf(w, "Gaining a capability or a permission that gives it, asked for and whole, is of these severities:\n")
	for _, severity := range []finding.Severity{finding.High, finding.Medium, finding.Low} {
		fmt.Fprintf(w, "  %-20s %s\n", severity, join(drift.Gains(severity)))
	}
}
