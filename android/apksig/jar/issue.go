package jar

import (
	"fmt"

	"appraise/internal/limits"
)

// Issue names of apksig's ApkVerifier.Issue.
const (
	duplicateEntry       = "JAR_SIG_DUPLICATE_ZIP_ENTRY"
	noManifest           = "JAR_SIG_NO_MANIFEST"
	unnamedSection       = "JAR_SIG_UNNNAMED_MANIFEST_SECTION"
	duplicateSection     = "JAR_SIG_DUPLICATE_MANIFEST_SECTION"
	missingEntry         = "JAR_SIG_MISSING_ZIP_ENTRY_REFERENCED_IN_MANIFEST"
	missingFile          = "JAR_SIG_MISSING_FILE"
	noSignatures         = "JAR_SIG_NO_SIGNATURES"
	maxSignatures        = "JAR_SIG_MAX_SIGNATURES_EXCEEDED"
	parseException       = "JAR_SIG_PARSE_EXCEPTION"
	noSigners            = "JAR_SIG_NO_SIGNERS"
	verifyException      = "JAR_SIG_VERIFY_EXCEPTION"
	didNotVerify         = "JAR_SIG_DID_NOT_VERIFY"
	unsupportedAlgorithm = "JAR_SIG_UNSUPPORTED_SIG_ALG"
	missingVersion       = "JAR_SIG_MISSING_VERSION_ATTR_IN_SIG_FILE"
	noStripProtection    = "JAR_SIG_NO_APK_SIG_STRIP_PROTECTION"
	unknownScheme        = "JAR_SIG_UNKNOWN_APK_SIG_SCHEME_ID"
	missingScheme        = "JAR_SIG_MISSING_APK_SIG_REFERENCED"
	noManifestDigest     = "JAR_SIG_NO_MANIFEST_DIGEST_IN_SIG_FILE"
	digestDidNotVerify   = "JAR_SIG_ZIP_ENTRY_DIGEST_DID_NOT_VERIFY"
	mainDidNotVerify     = "JAR_SIG_MANIFEST_MAIN_SECTION_DIGEST_DID_NOT_VERIFY"
	sectionDidNotVerify  = "JAR_SIG_MANIFEST_SECTION_DIGEST_DID_NOT_VERIFY"
	unnamedFileSection   = "JAR_SIG_UNNNAMED_SIG_FILE_SECTION"
	duplicateFileSection = "JAR_SIG_DUPLICATE_SIG_FILE_SECTION"
	noDigestInFile       = "JAR_SIG_NO_ZIP_ENTRY_DIGEST_IN_SIG_FILE"
	noDigestInManifest   = "JAR_SIG_NO_ZIP_ENTRY_DIGEST_IN_MANIFEST"
	entryNotSigned       = "JAR_SIG_ZIP_ENTRY_NOT_SIGNED"
	entrySignersMismatch = "JAR_SIG_ZIP_ENTRY_SIGNERS_MISMATCH"
	noSignedEntries      = "JAR_SIG_NO_SIGNED_ZIP_ENTRIES"
	unprotectedEntry     = "JAR_SIG_UNPROTECTED_ZIP_ENTRY"
)

// issues collects issues in order. Of each kind limits.SignatureIssues are kept; the rest are counted.
type issues struct {
	kept []Issue
	seen map[string]int
}

func (l *issues) add(id, format string, args ...any) {
	if l.seen == nil {
		l.seen = map[string]int{}
	}
	l.seen[id]++
	if l.seen[id] <= limits.SignatureIssues {
		l.kept = append(l.kept, Issue{id, fmt.Sprintf(format, args...)})
	}
}

// any reports whether there is one.
func (l *issues) any() bool { return len(l.kept) > 0 }

// all returns them, with the number of those left out in the last one of their kind.
func (l *issues) all() []Issue {
	rest := map[string]int{}
	for id, n := range l.seen {
		rest[id] = n - limits.SignatureIssues
	}
	for i := len(l.kept) - 1; i >= 0; i-- {
		if n := rest[l.kept[i].ID]; n > 0 {
			l.kept[i].Message += fmt.Sprintf("; %d more of this kind", n)
			rest[l.kept[i].ID] = 0
		}
	}
	return l.kept
}

// quoted is a name as it stands in a message: quoted, and cut.
type quoted string

const quotedRunes = 200

func (q quoted) String() string { return fmt.Sprintf("%.*q", quotedRunes, string(q)) }
