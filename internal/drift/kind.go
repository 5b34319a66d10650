// Package drift tells what changed between two inventories: items that came and went, and in each item that is
// in both its version, its signer, what it may do and how it is built. It reads a saved report back and knows
// no rule: a change has a severity of its own, from the tables of this package.
package drift

import "appraise/finding"

// Kind is what changed; it is the kind of a finding.Change.
type Kind string

// The kinds.
const (
	ItemAdded         Kind = "item-added"
	ItemRemoved       Kind = "item-removed"
	Name              Kind = "name"
	Version           Kind = "version"
	Downgrade         Kind = "downgrade"
	Content           Kind = "content"
	Signer            Kind = "signer"
	SignerRotated     Kind = "signer-rotated"
	SignerRolledBack  Kind = "signer-rolled-back"
	SignatureState    Kind = "signature-state"
	Build             Kind = "build"
	Route             Kind = "route"
	PermissionAdded   Kind = "permission-added"
	PermissionRemoved Kind = "permission-removed"
	PermissionGranted Kind = "permission-granted"
	PermissionRevoked Kind = "permission-revoked"
	CapabilityAdded   Kind = "capability-added"
	CapabilityRemoved Kind = "capability-removed"
	CapabilityRaised  Kind = "capability-raised"
	CapabilityWidened Kind = "capability-widened"
	HostAccessAdded   Kind = "host-access-added"
	HostAccessRemoved Kind = "host-access-removed"
	TraitAdded        Kind = "trait-added"
	TraitRemoved      Kind = "trait-removed"
	ComponentAdded    Kind = "component-added"
	ComponentRemoved  Kind = "component-removed"
	ComponentExported Kind = "component-exported"
	MinSDK            Kind = "min-sdk"
	TargetSDK         Kind = "target-sdk"
	TargetSDKLowered  Kind = "target-sdk-lowered"
)

// KindInfo tells what a kind of change means. Severity is that of the kind where nothing else decides; ByWhat
// says what does.
type KindInfo struct {
	Kind     Kind
	Severity finding.Severity
	Meaning  string
	ByWhat   string
}

// Kinds is the table of kinds with their severities, in the order of a report.
func Kinds() []KindInfo {
	return []KindInfo{
		{ItemAdded, finding.Low, "an item is in the new inventory only", "high for a look-alike, for a signer that differs from the pinned one, and for an invalid signature"},
		{ItemRemoved, finding.Info, "an item is in the old inventory only", ""},
		{Signer, finding.High, "another key signed it, and the old key did not prove it; Android refuses such an update", ""},
		{SignerRolledBack, finding.Medium, "an older key signed it, and the newer key allows that", ""},
		{SignerRotated, finding.Low, "another key signed it, proved by the old key", ""},
		{SignatureState, finding.Info, "another word for its signature", "critical for invalid, high for unsigned, medium for partial or unverifiable after something better"},
		{Build, finding.Low, "another word for who made it", "high for a look-alike, a mismatch, and for what was official; info for official"},
		{Route, finding.Info, "another word for how it arrived", "medium for sideload and development"},
		{Version, finding.Info, "another version", ""},
		{Downgrade, finding.Medium, "an older version; systems refuse it as an update", ""},
		{Content, finding.Low, "the same version with another content", ""},
		{Name, finding.Info, "another name", ""},
		{CapabilityAdded, finding.Low, "it can do something that it could not", "by the capability; one step lower where it is optional or narrowed, one step higher where it is granted"},
		{CapabilityRaised, finding.Low, "what it may ask for is now granted or switched on", "by the capability, as above"},
		{CapabilityWidened, finding.Low, "what it can do was narrowed and is not any more", "by the capability"},
		{CapabilityRemoved, finding.Info, "it can't do something that it could", ""},
		{PermissionAdded, finding.Low, "it asks for a permission that it did not ask for", "by what the permission gives"},
		{PermissionRemoved, finding.Info, "it asks for a permission no more", ""},
		{PermissionGranted, finding.Low, "a permission was granted", "one step above what the permission gives"},
		{PermissionRevoked, finding.Info, "a permission is granted no more", ""},
		{HostAccessAdded, finding.Low, "an extension reaches sites that it did not reach", "medium for every site"},
		{HostAccessRemoved, finding.Info, "an extension reaches sites no more", ""},
		{TraitAdded, finding.Low, "a fact about how it is built", "by the trait"},
		{TraitRemoved, finding.Info, "a fact about how it was built holds no more", ""},
		{TargetSDKLowered, finding.Medium, "it targets an older Android, which switches protections off", ""},
		{TargetSDK, finding.Info, "it targets a newer Android", ""},
		{MinSDK, finding.Info, "the oldest Android that it runs on", ""},
		{ComponentExported, finding.Low, "a part is open to other apps that was not", ""},
		{ComponentAdded, finding.Info, "a new part", "low where it is open to other apps"},
		{ComponentRemoved, finding.Info, "a part that is gone", ""},
	}
}

// defaults is Kinds by kind.
func defaults() map[Kind]finding.Severity {
	out := map[Kind]finding.Severity{}
	for _, k := range Kinds() {
		out[k.Kind] = k.Severity
	}
	return out
}
