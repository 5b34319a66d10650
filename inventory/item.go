package inventory

import (
	"cmp"
	"slices"
	"strings"
)

// Platform is where an item lives.
type Platform string

// The platforms.
const (
	Android   Platform = "android"
	IOS       Platform = "ios"
	Extension Platform = "extension"
)

// Kind is the form an item was found in.
type Kind string

// The kinds. All but the last two come from files.
const (
	KindApp    Kind = "app"    // APK, IPA or .app folder
	KindSplit  Kind = "split"  // a split APK without its base
	KindBundle Kind = "aab"    // an Android App Bundle: what is uploaded to a store, not what phones install
	KindPlugin Kind = "appex"  // an iOS app extension scanned alone
	KindPlist  Kind = "plist"  // a loose Info.plist: what it declares, nothing about who made it
	KindFolder Kind = "folder" // an unpacked extension
	KindCRX    Kind = "crx"
	KindXPI    Kind = "xpi"

	KindDevice  Kind = "device"  // a phone itself: its settings and the state of its system
	KindProfile Kind = "profile" // a profile of a browser or a phone, with its settings
)

// Item is one inventory entry, read from one artifact or one row of an inventory.
type Item struct {
	// Key is platform:kind:id:where. It holds no install path, version folder, digest or anything random.
	Key         string   `json:"key"`
	Source      string   `json:"source"`
	Platform    Platform `json:"platform"`
	Kind        Kind     `json:"kind"`
	ID          string   `json:"id"`
	Name        string   `json:"name,omitempty"`
	Version     string   `json:"version,omitempty"`
	VersionCode int64    `json:"version_code,omitempty"`
	Location    string   `json:"location,omitempty"`
	SHA256      string   `json:"sha256,omitempty"` // hex digest of the artifact, where it is one file
	Enabled     *bool    `json:"enabled,omitempty"`
	System      bool     `json:"system,omitempty"`
	Count       int      `json:"count,omitempty"` // devices that have the item; 1 for a file

	Permissions  []Permission `json:"permissions,omitempty"`
	Capabilities []Capability `json:"capabilities,omitempty"`
	Traits       []Trait      `json:"traits,omitempty"`
	Signature    Signature    `json:"signature"`
	Arrival      Arrival      `json:"arrival,omitzero"`
	Problems     []Problem    `json:"problems,omitempty"`
	Detail       Detail       `json:"detail,omitzero"`
}

// Permission is one permission in the platform's own spelling.
type Permission struct {
	Name   string            `json:"name"`
	States []PermissionState `json:"states"`
	// Type is "host" for a host pattern of an extension and "usage" for an iOS usage key.
	Type   string `json:"type,omitempty"`
	MinSDK int    `json:"min_sdk,omitempty"` // 23 for uses-permission-sdk-23
	MaxSDK int    `json:"max_sdk,omitempty"`
	// ImpliedBy names the permission or target level that implies this one; the manifest doesn't hold it.
	ImpliedBy string `json:"implied_by,omitempty"`
	Text      string `json:"text,omitempty"` // the usage text shown to the user (iOS)
	Unknown   bool   `json:"unknown,omitempty"`
	// Flags are what the system noted beside a grant, in its own spelling: USER_SET, POLICY_FIXED … (Android).
	Flags []string `json:"flags,omitempty"`
}

// Evidence points at what was seen.
type Evidence struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`   // from 1; 0 = not known
	Column int    `json:"column,omitempty"` // from 1; 0 = not known
	Offset int64  `json:"offset,omitempty"` // bytes from the start of File
	Detail string `json:"detail"`
}

// Capability is one thing the item can do to its user, with the evidence for it.
type Capability struct {
	ID         CapabilityID `json:"capability"`
	Exposure   Exposure     `json:"exposure"`
	Confidence Confidence   `json:"confidence"`
	Grade      Grade        `json:"evidence_grade,omitzero"`
	// Qualifier narrows the capability within its id: "full-access" (keyboard), "selected-only" (photos),
	// "approximate" (location), "write-only" (calendar), "named-only" (apps that are asked for by name).
	Qualifier string     `json:"qualifier,omitempty"`
	Reach     []string   `json:"reach,omitempty"` // match patterns, or "on-click"
	Evidence  []Evidence `json:"evidence"`
}

// Trait is a named fact about the artifact itself that is neither a permission nor a capability:
// how it is built, or a trick it plays on readers. The closed list is Traits.
type Trait struct {
	ID       TraitID    `json:"trait"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Signature is what was proved about the signer.
type Signature struct {
	State  SignatureState `json:"state"`
	Anchor string         `json:"anchor,omitempty"` // iOS: apple, unpinned, fake-apple-name
	// Content says, for an app on a phone of which only the signer was read, what its content rests on: one of the
	// Content constants. Empty for files, and where no signer is known.
	Content string   `json:"content,omitempty"`
	Schemes []Scheme `json:"schemes,omitempty"`
	// Signers are those of the newest scheme that verified, which the newest platforms go by.
	Signers []Signer `json:"signers,omitempty"`
	// Platforms tells what each class of Android versions in the judged range does with the APK (Android).
	Platforms []PlatformSignature `json:"platforms,omitempty"`
	// Stamps are what a store added about itself (Android); they prove no signer.
	Stamps   []Stamp            `json:"stamps,omitempty"`
	Problems []SignatureProblem `json:"problems,omitempty"`
}

// What the content of an app on a phone rests on where it was not compared with its signature.
const (
	ContentInstalled = "checked-at-install" // the phone compared it when it installed the app
	ContentPreload   = "preload"            // it came with the phone, which doesn't compare it
	ContentRooted    = "rooted"             // the phone's word is worth nothing
	ContentCollected = "androidqf"          // AndroidQF compared its copy, as it says
)

// PlatformSignature is the verdict for a range of Android versions that check signatures in one way.
type PlatformSignature struct {
	MinSDK int `json:"min_sdk"`
	MaxSDK int `json:"max_sdk,omitempty"` // 0 = no upper end
	// Scheme is the one that these versions go by: v1, v2, v3, v3.1; empty where they find none.
	Scheme string         `json:"scheme,omitempty"`
	State  SignatureState `json:"state"`
	// Signers are the SHA-256 of the certificates that these versions record as the signers.
	Signers []string `json:"signers,omitempty"`
}

// Stamp is a signature by which a store says that it handled the build.
type Stamp struct {
	Kind   string         `json:"kind"` // source-stamp, frosting
	State  SignatureState `json:"state"`
	SHA256 string         `json:"sha256,omitempty"` // of the stamp's certificate, or of frosting's key
	Time   string         `json:"time,omitempty"`   // RFC 3339, as the stamp states it
	// Problems are apksig's names for what is wrong with it.
	Problems []SignatureProblem `json:"problems,omitempty"`
}

// Scheme is one signature scheme found in the artifact.
type Scheme struct {
	Name  string         `json:"name"`
	State SignatureState `json:"state"`
}

// Signer is one certificate that signed the item. Digests are lower-case hex of the DER certificate. On a phone whose
// APKs were not read JavaHash may be all that is known.
type Signer struct {
	SHA256  string   `json:"sha256,omitempty"`
	SHA1    string   `json:"sha1,omitempty"`
	Subject string   `json:"subject,omitempty"`
	Key     string   `json:"key,omitempty"`     // algorithm and size, as in RSA-2048
	Lineage []string `json:"lineage,omitempty"` // SHA-256 of the verified rotation history, oldest first, this certificate included
	// JavaHash is the 32-bit hash by which a phone's package dump shows the certificate; it proves nothing.
	JavaHash string `json:"java_hash,omitempty"`
}

// SignatureProblem is one defect of a signature by its stable id.
type SignatureProblem struct {
	ID      string `json:"id"` // apksig's ApkVerifier.Issue name where it has one
	Message string `json:"message"`
	Warning bool   `json:"warning,omitempty"` // worth knowing; changes no verdict
}

// Arrival holds the recorded facts of how an item came; none of them is a judgement.
type Arrival struct {
	Installer       string `json:"installer,omitempty"`
	Initiator       string `json:"initiator,omitempty"`
	Originator      string `json:"originator,omitempty"`
	PackageSource   *int   `json:"package_source,omitempty"`
	UpdateURL       string `json:"update_url,omitempty"`
	InstallLocation string `json:"install_location,omitempty"`
	ProfileType     string `json:"profile_type,omitempty"`
	LeafPolicy      string `json:"leaf_policy,omitempty"`
	// InstallReason is Android's: policy, device-restore, device-setup, user, rollback. It is what the installer stated.
	InstallReason string `json:"install_reason,omitempty"`
	// UpdateOwner is the only package that may update it without asking (Android 14 and later).
	UpdateOwner string `json:"update_owner,omitempty"`
}

// Problem is a part that could not be read, and why.
type Problem struct {
	File    string `json:"file,omitempty"`
	Offset  int64  `json:"offset"`
	Message string `json:"message"`
	Limit   bool   `json:"limit,omitempty"`   // a limit of the limits table was hit
	Matters bool   `json:"matters,omitempty"` // the unread part could change a verdict
}

// AddPermission merges p into the item by name and type: states are joined, the widest SDK range wins.
func (it *Item) AddPermission(p Permission) {
	for i := range it.Permissions {
		old := &it.Permissions[i]
		if old.Name != p.Name || old.Type != p.Type || (old.ImpliedBy == "") != (p.ImpliedBy == "") {
			continue
		}
		for _, s := range p.States {
			if !slices.Contains(old.States, s) {
				old.States = append(old.States, s)
			}
		}
		old.MinSDK = min(old.MinSDK, p.MinSDK)
		if old.MaxSDK != 0 && (p.MaxSDK == 0 || p.MaxSDK > old.MaxSDK) {
			old.MaxSDK = p.MaxSDK
		}
		return
	}
	it.Permissions = append(it.Permissions, p)
}

// AddCapability merges c into the item. Entries of one id stay apart where exposure or qualifier differ,
// because they can reach different hosts. A capability without evidence is dropped: no evidence, no capability.
func (it *Item) AddCapability(c Capability) {
	if len(c.Evidence) == 0 {
		return
	}
	for i := range it.Capabilities {
		old := &it.Capabilities[i]
		if old.ID != c.ID || old.Exposure != c.Exposure || old.Qualifier != c.Qualifier {
			continue
		}
		old.Confidence = max(old.Confidence, c.Confidence)
		old.Grade = max(old.Grade, c.Grade)
		for _, r := range c.Reach {
			if !slices.Contains(old.Reach, r) {
				old.Reach = append(old.Reach, r)
			}
		}
		for _, e := range c.Evidence {
			if !slices.Contains(old.Evidence, e) {
				old.Evidence = append(old.Evidence, e)
			}
		}
		return
	}
	it.Capabilities = append(it.Capabilities, c)
}

// AddTrait records a trait; the evidence of one id is joined.
func (it *Item) AddTrait(id TraitID, evidence ...Evidence) {
	for i := range it.Traits {
		if it.Traits[i].ID == id {
			for _, e := range evidence {
				if !slices.Contains(it.Traits[i].Evidence, e) {
					it.Traits[i].Evidence = append(it.Traits[i].Evidence, e)
				}
			}
			return
		}
	}
	it.Traits = append(it.Traits, Trait{ID: id, Evidence: evidence})
}

// AddProblem records a part that could not be read.
func (it *Item) AddProblem(p Problem) {
	if !slices.Contains(it.Problems, p) {
		it.Problems = append(it.Problems, p)
	}
}

// HasTrait reports whether the item carries the trait.
func (it *Item) HasTrait(id TraitID) bool {
	return slices.ContainsFunc(it.Traits, func(t Trait) bool { return t.ID == id })
}

// Exposure returns the strongest exposure of a capability, ExposureUnknown when the item lacks it.
func (it *Item) Exposure(id CapabilityID) Exposure {
	var e Exposure
	for _, c := range it.Capabilities {
		if c.ID == id {
			e = max(e, c.Exposure)
		}
	}
	return e
}

// SetKey builds the key from the item's identity and where it was found.
func (it *Item) SetKey(where string) {
	it.Key = strings.Join([]string{string(it.Platform), string(it.Kind), it.ID, where}, ":")
}

// Sort brings every list of the item into its one stable order, so that the same input gives the same bytes.
func (it *Item) Sort() {
	slices.SortFunc(it.Permissions, func(a, b Permission) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type), strings.Compare(a.ImpliedBy, b.ImpliedBy))
	})
	for i := range it.Permissions {
		slices.Sort(it.Permissions[i].States)
	}
	slices.SortFunc(it.Capabilities, func(a, b Capability) int {
		return cmp.Or(cmp.Compare(slices.Index(Capabilities, a.ID), slices.Index(Capabilities, b.ID)), cmp.Compare(b.Exposure, a.Exposure), strings.Compare(a.Qualifier, b.Qualifier))
	})
	for i := range it.Capabilities {
		slices.Sort(it.Capabilities[i].Reach)
		SortEvidence(it.Capabilities[i].Evidence)
	}
	slices.SortFunc(it.Traits, func(a, b Trait) int { return cmp.Compare(a.ID, b.ID) })
	for i := range it.Traits {
		SortEvidence(it.Traits[i].Evidence)
	}
	slices.SortFunc(it.Problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Offset, b.Offset), strings.Compare(a.Message, b.Message))
	})
}

// SortEvidence orders evidence by file, place and text.
func SortEvidence(list []Evidence) {
	slices.SortFunc(list, func(a, b Evidence) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Offset, b.Offset), strings.Compare(a.Detail, b.Detail))
	})
}
