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

	TraitJanus                 TraitID = "janus"
	TraitSeveralSigningBlocks  TraitID = "several-signing-blocks"
	TraitDuplicateSigningBlock TraitID = "duplicate-signing-block-id"
	TraitSignerConfusion       TraitID = "signer-confusion"
	TraitLeftoverSignature     TraitID = "leftover-signature-files"
	TraitDebugCertificate      TraitID = "debug-certificate"
	TraitPublicSigningKey      TraitID = "public-signing-key"
	TraitWeakSigningKey        TraitID = "weak-signing-key"
	TraitWeakSigningDigest     TraitID = "weak-signing-digest"
	TraitRollbackAllowed       TraitID = "old-key-may-roll-back"
	TraitUnprotectedEntries    TraitID = "unprotected-entries"
	TraitUnsignedBytes         TraitID = "bytes-outside-entries"
	TraitUnknownSigningBlock   TraitID = "unknown-signing-block-id"
	TraitKeyRotated            TraitID = "signing-key-rotated"
	TraitStampWithoutEntry     TraitID = "stamp-without-entry"
	TraitSplitDiffers          TraitID = "split-differs"
	TraitSplitsMissing         TraitID = "splits-missing"
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
	{TraitJanus, "runs other code than what was signed on Android 8.0 and older"},
	{TraitSeveralSigningBlocks, "holds more than one signing block; Android uses the last"},
	{TraitDuplicateSigningBlock, "holds a signature twice, so that readers can name different signers"},
	{TraitSignerConfusion, "carries certificates of somebody else than its signer"},
	{TraitLeftoverSignature, "holds parts of another signature that Android does not use"},
	{TraitDebugCertificate, "is signed with a debug certificate, which every developer's computer makes for itself"},
	{TraitPublicSigningKey, "is signed with a key that is public, so that anyone can change it"},
	{TraitWeakSigningKey, "is signed with a key that is too short for today"},
	{TraitWeakSigningDigest, "is protected by a digest that can be forged today"},
	{TraitRollbackAllowed, "lets its old key replace it"},
	{TraitUnprotectedEntries, "holds files that its signature does not protect"},
	{TraitUnsignedBytes, "holds bytes outside its files that its signature does not protect"},
	{TraitUnknownSigningBlock, "carries data of an unknown kind beside its signature"},
	{TraitKeyRotated, "has changed its signing key, proved by the old key"},
	{TraitStampWithoutEntry, "carries a store's stamp whose mark was taken out"},
	{TraitSplitDiffers, "has parts that don't belong together"},
	{TraitSplitsMissing, "names parts that are not here"},
}
