package limits

// Row is one limit as `appraise explain limits` shows it.
type Row struct {
	ID      string
	Value   int64
	Unit    string
	Meaning string
}

// Table lists every limit by area.
func Table() []Row {
	return []Row{
		{"apk-bytes", APKBytes, "bytes", "one APK"},
		{"container-bytes", ContainerBytes, "bytes", "any other container"},
		{"zip-entries", ZipEntries, "entries", "entries of one archive"},
		{"zip-directory", ZipDirectory, "bytes", "central directory of one archive"},
		{"zip-inflated", ZipInflated, "bytes", "inflated and parsed or kept, per artifact"},
		{"zip-ratio", ZipRatio, ": 1", "inflated to packed, per entry, once zip-ratio-from came out"},
		{"zip-ratio-from", ZipRatioFrom, "bytes", "inflated bytes of an entry before its ratio counts"},
		{"zip-entry-declared", ZipEntryDeclared, "bytes", "declared size of one entry"},
		{"zip-total-declared", ZipTotalDeclared, "bytes", "declared sizes of all entries"},
		{"zip-name", ZipNameBytes, "bytes", "one entry name"},
		{"zip-anomalies", ZipAnomalies, "anomalies", "anomalies of one kind told apart; the rest are counted"},
		{"crx-header", CRXHeader, "bytes", "header of a CRX"},
		{"crx-proofs", CRXProofs, "proofs", "signatures in a CRX header"},
		{"crx-key", CRXKey, "bytes", "one public key of a CRX header"},
		{"manifest", ManifestBytes, "bytes", "AndroidManifest.xml, unpacked"},
		{"resources", ResourcesBytes, "bytes", "resources.arsc, unpacked"},
		{"axml-depth", AXMLDepth, "levels", "nesting of binary XML"},
		{"axml-elements", AXMLElements, "elements", "elements of one binary XML file"},
		{"axml-attributes", AXMLAttributes, "attributes", "attributes of one element"},
		{"axml-all-attributes", AXMLAllAttributes, "attributes", "attributes of one binary XML file"},
		{"axml-strings", AXMLStringBytes, "bytes", "decoded text of one binary XML file, each use counted"},
		{"arsc-packages", ARSCPackages, "packages", "packages of one resource table"},
		{"arsc-types", ARSCTypes, "types", "resource types of one package"},
		{"arsc-hops", ARSCReferenceHops, "hops", "references followed for one value"},
		{"arsc-configurations", ARSCConfigurations, "configurations", "configurations of one resource type"},
		{"arsc-lookups", ARSCLookups, "lookups", "places of one resource table looked at for all its values"},
		{"arsc-library-entries", ARSCLibraryEntries, "entries", "entries of a resource table given to the second reader"},
		{"axml-notes", AXMLNotes, "notes", "tricks of one kind told of one binary XML file or resource table"},
		{"app-evidence", AppEvidence, "places", "places shown for one capability or trait of an APK"},
		{"app-values", AppValues, "values", "values of one resource over its configurations"},
		{"info-plist", InfoPlistBytes, "bytes", "Info.plist, entitlements and privacy manifests"},
		{"info-plist-nodes", InfoPlistNodes, "nodes", "the same, expanded"},
		{"profile", ProfileBytes, "bytes", "provisioning profile"},
		{"profile-nodes", ProfileNodes, "nodes", "the same, expanded"},
		{"seal", SealBytes, "bytes", "CodeResources and inventories"},
		{"seal-nodes", SealNodes, "nodes", "the same, expanded"},
		{"plist-depth", PlistDepth, "levels", "nesting of a property list"},
		{"plist-text", PlistTextBytes, "bytes", "text and data of a property list, expanded"},
		{"bundle-depth", BundleDepth, "levels", "bundles inside bundles"},
		{"bundles", BundlesPerApp, "bundles", "bundles of one app"},
		{"usage-keys", UsageKeys, "keys", "usage keys of one app and its nested bundles"},
		{"json", JSONBytes, "bytes", "one JSON file"},
		{"json-depth", JSONDepth, "levels", "nesting of JSON"},
		{"json-nodes", JSONNodes, "values", "values of one JSON file, or of one rule of a ruleset"},
		{"rulesets", Rulesets, "files", "static request rulesets of one extension"},
		{"rule-params", RuleParams, "parameters", "query parameters shown of one redirect rule"},
		{"rule-patterns", RulePatterns, "patterns", "patterns of redirect rules kept per extension; beyond, a rule counts for all sites"},
		{"evidence", Evidence, "places", "places shown for one fact"},
		{"match-pattern", MatchPatternBytes, "bytes", "one host pattern of an extension"},
		{"match-patterns", MatchPatterns, "patterns", "host patterns of one extension"},
		{"extension-file", ExtensionFileBytes, "bytes", "one script, ruleset or locale file"},
		{"redirect-rules", RedirectRules, "rules", "redirecting request rules kept per extension"},
		{"folder-entries", FolderEntries, "entries", "files and folders walked per input"},
		{"link-hops", LinkHops, "links", "links that lead to links in one path"},
		{"folder-depth", FolderDepth, "levels", "folders inside folders"},
		{"parse-time", int64(ParseTime.Seconds()), "seconds", "reading one artifact"},
		{"device-list", DeviceListBytes, "bytes", "an adb server's list of phones"},
		{"device-list-time", int64(DeviceListTime.Seconds()), "seconds", "waiting for that list"},
		{"cell", CellRunes, "characters", "one value shown"},
		{"message", MessageBytes, "bytes", "one message shown"},
		{"policy", PolicyBytes, "bytes", "one policy file"},
		{"policy-files", PolicyFiles, "files", "files of one policy folder"},
	}
}
