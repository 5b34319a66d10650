package inventory

// Traits of Android packages.
const (
	TraitDebuggable             TraitID = "debuggable"
	TraitTestOnly               TraitID = "test-only"
	TraitHiddenLauncher         TraitID = "hidden-launcher"
	TraitUserCATrusted          TraitID = "user-ca-trusted"
	TraitWeakCustomPermission   TraitID = "weak-custom-permission"
	TraitRedefinesPermission    TraitID = "redefines-platform-permission"
	TraitInstrumentsOtherApp    TraitID = "instruments-other-app"
	TraitSeveralApplications    TraitID = "several-applications"
	TraitServiceNotBindable     TraitID = "service-not-bindable"
	TraitReadersDisagree        TraitID = "manifest-readers-disagree"
	TraitAXMLRenamedAttribute   TraitID = "axml-renamed-attribute"
	TraitAXMLValueMismatch      TraitID = "axml-value-mismatch"
	TraitAXMLMalformed          TraitID = "axml-malformed"
	TraitAXMLUnterminated       TraitID = "axml-unterminated-string"
	TraitAXMLUnresolved         TraitID = "axml-unresolved-reference"
	TraitAXMLAttributeNoID      TraitID = "axml-attribute-without-id"
	TraitARSCMalformed          TraitID = "arsc-malformed"
	TraitBadPackageName         TraitID = "bad-package-name"
	TraitGrantedAtInstall       TraitID = "granted-at-install"
	TraitDependsOnConfiguration TraitID = "depends-on-configuration"
)

var androidTraits = []TraitInfo{
	{TraitDebuggable, "can be debugged and read out over a cable by anyone who holds the phone"},
	{TraitTestOnly, "is marked as a test build, which no store accepts"},
	{TraitHiddenLauncher, "shows no icon to start it"},
	{TraitUserCATrusted, "trusts certificates that anyone with the phone can add"},
	{TraitWeakCustomPermission, "guards a part open to other apps with a permission that any app can get"},
	{TraitRedefinesPermission, "declares a permission under Android's own name"},
	{TraitInstrumentsOtherApp, "runs its code inside another app when it is tested"},
	{TraitSeveralApplications, "declares more than one application element"},
	{TraitServiceNotBindable, "offers a special service without the permission that lets Android use it"},
	{TraitReadersDisagree, "is read differently by two manifest readers"},
	{TraitAXMLRenamedAttribute, "hides manifest attributes under other names than their ids say"},
	{TraitAXMLValueMismatch, "shows readers another value than the one Android uses"},
	{TraitAXMLMalformed, "has a malformed manifest of a kind known from apps that evade inspection"},
	{TraitAXMLUnterminated, "holds text without its end mark"},
	{TraitAXMLUnresolved, "refers to resources that don't exist"},
	{TraitAXMLAttributeNoID, "holds Android attributes without their ids"},
	{TraitARSCMalformed, "has a malformed resource table"},
	{TraitBadPackageName, "has a package name that Android does not allow"},
	{TraitGrantedAtInstall, "targets Android 5.1 or older, so that all its permissions are granted at install on old systems"},
	{TraitDependsOnConfiguration, "behaves differently by screen, language or system version"},
}
