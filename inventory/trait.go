package inventory

// TraitID names a trait.
type TraitID string

// TraitInfo tells what a trait means. Meaning completes the sentence "this artifact …".
type TraitInfo struct {
	ID      TraitID
	Meaning string
}

// Traits lists every trait in a stable order: containers, Android, phones, iOS, extensions.
func Traits() []TraitInfo {
	var all []TraitInfo
	for _, group := range [][]TraitInfo{zipTraits, androidTraits, deviceTraits, iosTraits, extensionTraits} {
		all = append(all, group...)
	}
	return all
}

// Traits of ZIP containers.
const (
	TraitZipDuplicateName   TraitID = "zip-duplicate-name"
	TraitZipCaseDuplicate   TraitID = "zip-case-duplicate"
	TraitZipSeveralManifest TraitID = "zip-several-manifests"
	TraitZipOverlap         TraitID = "zip-overlap"
	TraitZipLocalMismatch   TraitID = "zip-local-mismatch"
	TraitZipEncryptedFlag   TraitID = "zip-encrypted-flag"
	TraitZipUnknownMethod   TraitID = "zip-unknown-method"
	TraitZipSeveralEOCD     TraitID = "zip-several-eocd"
	TraitZipPrefix          TraitID = "zip-prefix"
	TraitZipDexPrefix       TraitID = "zip-dex-prefix"
	TraitZipBadName         TraitID = "zip-bad-name"
	TraitZipHiddenRecords   TraitID = "zip-hidden-records"
)

var zipTraits = []TraitInfo{
	{TraitZipDuplicateName, "holds two entries of one name, so that readers can see different files"},
	{TraitZipCaseDuplicate, "holds names that differ only in case"},
	{TraitZipSeveralManifest, "holds more than one AndroidManifest.xml"},
	{TraitZipOverlap, "holds entries whose data overlap"},
	{TraitZipLocalMismatch, "names an entry in two different ways"},
	{TraitZipEncryptedFlag, "marks plain data as encrypted, which stops other readers"},
	{TraitZipUnknownMethod, "uses an unknown compression method, which stops other readers"},
	{TraitZipSeveralEOCD, "holds more than one end-of-directory mark"},
	{TraitZipPrefix, "holds data before its first entry"},
	{TraitZipDexPrefix, "starts with program code before the archive (Janus)"},
	{TraitZipBadName, "holds an entry name that climbs out of its folder or can't be a file name"},
	{TraitZipHiddenRecords, "holds directory records that only some readers see"},
}
