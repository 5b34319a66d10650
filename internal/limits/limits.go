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

// Android signatures.
const (
	SigningBlockBytes  = 64 * mib
	SigningPairs       = 1_024
	SignersV2          = 10 // as apksig; v1 the same
	SignersV3          = 64
	SignerDigests      = 64 // digests, and signatures, of one signer
	SignerAttributes   = 64
	CertificateBytes   = 64 * kib
	SignerCertificates = 32
	LineageNodes       = 64
	SignatureChecks    = 2_000 // of one APK: each takes up to some milliseconds
	CMSBytes           = 1 * mib
	CMSSigners         = 64
	BERDepth           = 32
	OIDBytes           = 256
	JARManifestBytes   = 64 * mib  // MANIFEST.MF and each .SF
	JARManifestRatio   = 200       // to one, once ZipRatioFrom bytes came out
	JARSignatureBytes  = 256 * mib // MANIFEST.MF and all .SF files of one APK
	JARSections        = 200_000   // named sections of MANIFEST.MF and of each .SF
	SignatureIssues    = 100       // of one kind told apart; the rest are counted
	RSABits            = 16_384
	RSAExponentBits    = 32
	DSABits            = 3_072
	DSASubgroupBits    = 256
	V4SignatureBytes   = 64 * mib // an .idsig file with its tree
	V4SigningInfo      = 7_168    // its signatures
	FrostingBytes      = 4 * mib
	SetMembers         = 1_000     // APKs of one app
	NestedAPKBytes     = 512 * mib // a packed APK inside a set, inflated into memory
	ReadRate           = 16 * mib  // bytes read of an artifact that add one second to ParseTime
	ReadPasses         = 8         // times an artifact's length that may count so
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
	SmallFile     = 256 * kib        // up to this size a file is read at once
	ParseTime     = 20 * time.Second // per artifact
)

// A local adb server: it is near, but it is not trusted.
const (
	DeviceListBytes = 64 * kib
	DeviceListTime  = 2 * time.Second
)

// A phone over adb, and bundles of what it said.
const (
	DumpBytes        = 64 * mib // one command's output
	DumpLineBytes    = 1 * mib
	DumpPackages     = 20_000
	DumpPermissions  = 5_000 // per package
	DumpUsers        = 1_000
	DumpNotes        = 100
	DumpOps          = 1_000      // app-ops of one package
	DumpEntries      = 100_000    // of one kind in one output: properties, settings, channels, domains
	CaptureFiles     = 100_000    // of a bundle
	CaptureBytes     = 1 * gib    // of a bundle, unpacked
	CapturePart      = 64 * mib   // one range of one APK
	RangeAPK         = 16 * mib   // read of one APK on a phone, where it is read in ranges
	RangeBytes       = 256 * mib  // of all of them; less than CaptureKept
	RangeFiles       = 10_000     // APKs read so
	CaptureKept      = 512 * mib  // kept in memory of a bundle
	CaptureValues    = 10_000_000 // JSON values of a bundle's lists
	BugreportBytes   = 256 * mib  // a packed bug report inside a bundle, in memory
	PhonePermissions = 500_000    // of all apps of one phone
	FixCommandBytes  = 16_000     // a command that fix prints; Windows takes lines of 32,767 characters
	CommandTime      = 30 * time.Second
	DumpsysTime      = 120 * time.Second
)

// Output.
const (
	CellRunes    = 512
	MessageBytes = 64 * kib
	PolicyBytes  = 8 * mib
	PolicyFiles  = 20_000
)

// Saved reports, which diff reads.
const (
	ReportBytes   = 256 * mib
	ReportItems   = 200_000
	ReportObjects = 2_000_000
	ReportValues  = 10_000_000
	ReportDepth   = 64
)
