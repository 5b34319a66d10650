// Package limits is the one table of bounds on what is read from an artifact. No other package
// holds a bound of its own. A limit hit is a named problem of the item, never a silent cut.
package limits

import "time"

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// Containers.
const (
	APKBytes         = 2*gib - 1 // u32 offsets
	ContainerBytes   = 8 * gib   // any other container
	ZipEntries       = 200_000
	ZipDirectory     = 64 * mib
	ZipInflated      = 512 * mib // sum inflated and kept or parsed, per artifact
	ZipRatio         = 1_000     // per entry, once ZipRatioFrom bytes came out
	ZipRatioFrom     = 1 * mib
	ZipEntryDeclared = 4 * gib
	ZipTotalDeclared = 8 * gib
	ZipNameBytes     = 4 * kib
	ZipAnomalies     = 100 // told apart per kind; the rest are counted
	CRXHeader        = 1 * mib
	CRXProofs        = 32
	CRXKey           = 4 * kib
)

// Android.
const (
	ManifestBytes      = 8 * mib
	ResourcesBytes     = 64 * mib
	AXMLDepth          = 256
	AXMLElements       = 200_000
	AXMLAttributes     = 4_096 // per element
	AXMLAllAttributes  = 2_000_000
	AXMLStringBytes    = 32 * mib // decoded, each reference counted
	ARSCPackages       = 64
	ARSCTypes          = 256 // type specs per package
	ARSCReferenceHops  = 20
	AXMLNotes          = 20         // kept of each kind per file
	ARSCConfigurations = 16_384     // type chunks of one type
	ARSCLookups        = 10_000_000 // type chunks looked at, over all lookups in one table
	ARSCLibraryEntries = 1_000_000  // entries of a table that androidbinary is given
	AppEvidence        = 100        // places kept for one capability or trait of an APK
	AppValues          = 1_000      // values of one resource over its configurations
)

// Property lists.
const (
	InfoPlistBytes = 4 * mib
	InfoPlistNodes = 200_000
	ProfileBytes   = 8 * mib
	ProfileNodes   = 200_000
	SealBytes      = 64 * mib // CodeResources
	SealNodes      = 2_000_000
	PlistDepth     = 128
	PlistTextBytes = 64 * mib // expanded text and data
	BundleDepth    = 8
	BundlesPerApp  = 1_000
	UsageKeys      = 5_000 // per app, its nested bundles included
)

// JSON and extensions.
const (
	JSONBytes          = 4 * mib
	JSONDepth          = 100
	JSONNodes          = 200_000 // values of one JSON file, or of one rule of a ruleset
	Rulesets           = 100     // static rulesets of one extension, Chrome's own bound
	RuleParams         = 100     // query parameters shown of one redirect rule
	RulePatterns       = 100_000 // patterns of redirect rules kept per extension; beyond, a rule counts for all sites
	Evidence           = 20      // places shown for one fact; what it covers is listed in full
	MatchPatterns      = 5_000
	MatchPatternBytes  = 8 * kib  // one host pattern
	ExtensionFileBytes = 64 * mib // one script, ruleset or locale file
	RedirectRules      = 5_000    // redirect rules kept per extension
)

// Folders and runs.
const (
	FolderEntries = 200_000
	FolderDepth   = 64
	LinkHops      = 40               // as Linux
	ParseTime     = 20 * time.Second // per artifact
)

// A local adb server: it is near, but it is not trusted.
const (
	DeviceListBytes = 64 * kib
	DeviceListTime  = 2 * time.Second
)

// Output.
const (
	CellRunes    = 512
	MessageBytes = 64 * kib
	PolicyBytes  = 8 * mib
	PolicyFiles  = 20_000
)
