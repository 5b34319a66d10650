package inventory

// Traits of browser extensions.
const (
	TraitLenientJSON         TraitID = "lenient-json"
	TraitDuplicateJSONKey    TraitID = "duplicate-json-key"
	TraitManifestMalformed   TraitID = "manifest-malformed"
	TraitMissingScript       TraitID = "missing-script"
	TraitSymlinkOutOfFolder  TraitID = "symlink-out-of-folder"
	TraitPrivatePermission   TraitID = "private-permission"
	TraitIgnoredPattern      TraitID = "ignored-pattern"
	TraitMalformedPattern    TraitID = "malformed-pattern"
	TraitManySites           TraitID = "many-sites"
	TraitRemoteCodeCSP       TraitID = "remote-code-csp"
	TraitCommandedByPages    TraitID = "commanded-by-pages"
	TraitOffStoreUpdate      TraitID = "off-store-update"
	TraitHiddenPage          TraitID = "hidden-page"
	TraitSilentStrong        TraitID = "silent-strong-permission"
	TraitPlainZip            TraitID = "plain-zip"
	TraitCopiedKey           TraitID = "copied-key"
	TraitDeclaresCollection  TraitID = "declares-data-collection"
	TraitScriptsNotRead      TraitID = "scripts-not-read"
	TraitRulesetNotRead      TraitID = "ruleset-not-read"
	TraitReplacesBrowserPage TraitID = "replaces-browser-page"
)

var extensionTraits = []TraitInfo{
	{TraitLenientJSON, "has a manifest with comments or trailing commas, which browsers accept"},
	{TraitDuplicateJSONKey, "gives a manifest key twice; browsers use the last"},
	{TraitManifestMalformed, "gives a manifest key a value of the wrong type"},
	{TraitMissingScript, "names a script that isn't there"},
	{TraitSymlinkOutOfFolder, "holds a link that leaves its folder; the target was not read"},
	{TraitPrivatePermission, "asks for an interface that browsers give to their own parts only"},
	{TraitIgnoredPattern, "holds a host pattern where its manifest version ignores it"},
	{TraitMalformedPattern, "holds a host pattern that no browser accepts"},
	{TraitManySites, "names more than 100 sites"},
	{TraitRemoteCodeCSP, "allows itself to run code that is not part of the package"},
	{TraitCommandedByPages, "takes commands from web pages"},
	{TraitOffStoreUpdate, "updates itself from a server that is no extension store"},
	{TraitHiddenPage, "may keep a page without a window"},
	{TraitSilentStrong, "asks for a strong permission that browsers don't announce at install"},
	{TraitPlainZip, "is a plain ZIP under an extension package's name"},
	{TraitCopiedKey, "carries a store key without the store's signature; anyone can copy a key"},
	{TraitDeclaresCollection, "declares which data it sends to its maker"},
	{TraitScriptsNotRead, "holds scripts whose behaviour was not analysed"},
	{TraitRulesetNotRead, "holds request rules that were not read"},
	{TraitReplacesBrowserPage, "replaces the browser's home page, search or new tab"},
}
