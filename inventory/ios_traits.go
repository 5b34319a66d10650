package inventory

// Traits of iOS bundles.
const (
	TraitEmptyUsageText      TraitID = "empty-usage-text"
	TraitUnknownUsageKey     TraitID = "unknown-usage-key"
	TraitUnknownPoint        TraitID = "unknown-extension-point"
	TraitWrongType           TraitID = "wrong-type"
	TraitDuplicatePlistKey   TraitID = "duplicate-plist-key"
	TraitPlistTrailingData   TraitID = "plist-trailing-data"
	TraitSymlinkInBundle     TraitID = "symlink-in-bundle"
	TraitSideloadTrace       TraitID = "sideload-trace"
	TraitSimulatorBuild      TraitID = "simulator-build"
	TraitQueriesManyApps     TraitID = "queries-many-apps"
	TraitKeyboardUsesSensors TraitID = "keyboard-uses-sensors"
)

var iosTraits = []TraitInfo{
	{TraitEmptyUsageText, "asks for access without saying why"},
	{TraitUnknownUsageKey, "declares a usage text that this version does not know"},
	{TraitUnknownPoint, "holds an extension of a kind that this version does not know"},
	{TraitWrongType, "gives a property a value of the wrong type"},
	{TraitDuplicatePlistKey, "gives a property twice, so that readers can see different values"},
	{TraitPlistTrailingData, "holds text after the end of a property list"},
	{TraitSymlinkInBundle, "holds a symbolic link, which iOS bundles don't"},
	{TraitSideloadTrace, "carries marks of a sideloading tool"},
	{TraitSimulatorBuild, "is built for the simulator, not for a phone"},
	{TraitQueriesManyApps, "asks which of many other apps are installed"},
	{TraitKeyboardUsesSensors, "holds a keyboard that also asks for the camera or the microphone"},
}
