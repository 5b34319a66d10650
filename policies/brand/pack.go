package brand

// Pack is one brand pack, as its YAML file spells it.
type Pack struct {
	Schema      int               `yaml:"schema"` // 1
	Brand       string            `yaml:"brand"`  // id; equals the file's name and is the word that look-alikes hold
	DisplayName string            `yaml:"display_name"`
	Gathered    string            `yaml:"gathered"` // date, as in 2026-11-22
	Sources     map[string]Source `yaml:"sources"`
	Attribution []string          `yaml:"attribution,omitempty"` // lines that a product with this pack must show
	Android     Android           `yaml:"android"`
	IOS         IOS               `yaml:"ios,omitempty"`
	Extensions  Extensions        `yaml:"extensions,omitempty"`
	Domains     Domains           `yaml:"domains,omitempty"`
	Affiliate   Affiliate         `yaml:"affiliate_parameters,omitempty"`
	KnownFakes  map[string][]Fake `yaml:"known_fakes,omitempty"` // by what they pretend to be
	// BeforeRelease lists what a person should confirm on the live sites.
	BeforeRelease []string `yaml:"before_release,omitempty"`
}

// Source is one place that facts come from.
type Source struct {
	What      string `yaml:"what"`
	Licence   string `yaml:"licence"`
	Attribute bool   `yaml:"attribute"`
}

// Android lists packages.
type Android struct {
	Rule         string   `yaml:"rule,omitempty"` // how to read the list, for people
	Apps         []App    `yaml:"apps"`
	LeadsNotPins []Lead   `yaml:"leads_not_pins,omitempty"` // never matched
	NotFound     []string `yaml:"not_found,omitempty"`
}

// Lead is a certificate that may be the brand's; it proves nothing and is never matched.
type Lead struct {
	SHA1 Digest `yaml:"sha1"`
	Note string `yaml:"note"`
}

// App is one listed package.
type App struct {
	Package             string         `yaml:"package"`
	Name                string         `yaml:"name,omitempty"`
	Role                string         `yaml:"role"` // official, official-regional, official-legacy, family
	PackageConfidence   string         `yaml:"package_confidence"`
	Independent         int            `yaml:"independent"`
	Sources             []string       `yaml:"sources,flow"`
	Preloaded           bool           `yaml:"preloaded_by_manufacturers,omitempty"`
	Signers             []Signer       `yaml:"signers,omitempty"`          // the pins; empty: name-only at best
	IconSHA256          []string       `yaml:"icon_sha256,omitempty,flow"` // icon files of known builds; never proof
	ExpectedPermissions *ExpectedPerms `yaml:"expected_permissions,omitempty"`
	MinimumVersionCode  *int64         `yaml:"minimum_version_code,omitempty"`
	Note                string         `yaml:"note,omitempty"`
}

// Signer is one pinned certificate with what is known about the pin. Digests may stand in every form that
// ParseDigest reads. A pin without a SHA-256 rests on its SHA-1, and every sentence about it says so.
type Signer struct {
	SHA256       Digest   `yaml:"sha256,omitempty"`        // of the DER certificate
	SHA256Colon  string   `yaml:"sha256_colon,omitempty"`  // the same digest as keytool prints it
	SHA256Base64 string   `yaml:"sha256_base64,omitempty"` // the same digest as Play prints it
	SHA1         *Digest  `yaml:"sha1,omitempty"`
	JavaHash     *string  `yaml:"java_hash,omitempty"` // 32-bit hash of the DER bytes; a hint, never proof
	Channel      string   `yaml:"channel"`             // the store whose builds carry it, as in google-play
	Confidence   string   `yaml:"confidence"`
	Independent  int      `yaml:"independent"` // sources judged independent of each other
	Sources      []string `yaml:"sources,flow"`
	Provenance   string   `yaml:"provenance,omitempty"`
	SeenIn       []Seen   `yaml:"seen_in,omitempty"`
	// MismatchText is for a build that claims the pin's channel, the other text for any other build.
	MismatchText             string `yaml:"mismatch_text,omitempty"`
	MismatchTextOtherChannel string `yaml:"mismatch_text_other_channel,omitempty"`
}

// Seen is one build that carried a pinned certificate.
type Seen struct {
	APKSHA256 string `yaml:"apk_sha256"`
	Part      string `yaml:"part,omitempty"`
	Channel   string `yaml:"channel,omitempty"`
	Date      string `yaml:"date"`
}

// ExpectedPerms are permissions known to be requested by the official build.
type ExpectedPerms struct {
	Status         string   `yaml:"status"` // provisional, or learned: then the list is whole
	KnownRequested []string `yaml:"known_requested"`
	Note           string   `yaml:"note,omitempty"`
}

// Whole reports whether the list holds every permission of the builds that it comes from.
func (e *ExpectedPerms) Whole() bool { return e != nil && e.Status == statusLearned }

// IOS lists bundles. Ids compare exactly.
type IOS struct {
	Rule     string   `yaml:"rule"`
	Apps     []Bundle `yaml:"apps"`
	NotApps  []NotApp `yaml:"not_apps"`
	Seller   *Seller  `yaml:"seller"`
	TeamID   *string  `yaml:"team_id"` // null: no bundle can be official
	NotFound []string `yaml:"not_found"`
}

// Bundle is one listed iOS app.
type Bundle struct {
	BundleID    string   `yaml:"bundle_id"`
	Name        string   `yaml:"name"`
	AppStoreID  int64    `yaml:"app_store_id"`
	Role        string   `yaml:"role"`
	URLSchemes  []string `yaml:"url_schemes"`
	Confidence  string   `yaml:"confidence"`
	Independent int      `yaml:"independent"`
	Sources     []string `yaml:"sources"`
	Note        string   `yaml:"note"`
}

// NotApp is an id that looks like a bundle's and is none.
type NotApp struct {
	ServiceID   string   `yaml:"service_id"`
	What        string   `yaml:"what"`
	Confidence  string   `yaml:"confidence"`
	Independent int      `yaml:"independent"`
	Sources     []string `yaml:"sources"`
}

// Seller is the seller as App Store records named it; forgeable in an IPA.
type Seller struct {
	Name        string   `yaml:"name"`
	DeveloperID int64    `yaml:"developer_id"`
	Confidence  string   `yaml:"confidence"`
	Independent int      `yaml:"independent"`
	Sources     []string `yaml:"sources"`
	Note        string   `yaml:"note"`
}

// Extensions lists browser extensions by their Chrome Web Store ids.
type Extensions struct {
	Official        []OfficialExtension   `yaml:"official"`
	ThirdPartyKnown []KnownExtension      `yaml:"third_party_known"` // being listed is neither praise nor blame
	NotFound        []string              `yaml:"not_found"`
	Reported        map[string][]Reported `yaml:"reported_malicious"` // by group
	ListQuality     []string              `yaml:"list_quality"`
}

// OfficialExtension is an extension that a person confirmed as the brand's own.
type OfficialExtension struct {
	ID          string   `yaml:"id"`
	Name        string   `yaml:"name"`
	Confidence  string   `yaml:"confidence"`
	Independent int      `yaml:"independent"`
	Sources     []string `yaml:"sources"`
	Date        string   `yaml:"date"`
}

// KnownExtension is a known product of somebody else that works on the brand's pages.
type KnownExtension struct {
	ID          string   `yaml:"id"`
	Name        string   `yaml:"name"`
	Confidence  string   `yaml:"confidence"`
	Independent int      `yaml:"independent"`
	Sources     []string `yaml:"sources"`
	Note        string   `yaml:"note"`
}

// Reported is an extension id on a public list of reports. ReportedName is unreliable.
type Reported struct {
	ID           string   `yaml:"id"`
	ReportedName string   `yaml:"reported_name"`
	Group        string   `yaml:"group"`
	Grade        string   `yaml:"grade"`
	Match        string   `yaml:"match"` // id, or id+version
	Versions     []string `yaml:"versions"`
	Reported     string   `yaml:"reported"` // date
	Confidence   string   `yaml:"confidence"`
	Independent  int      `yaml:"independent"` // 0: not stated
	Sources      []string `yaml:"source"`
	Licence      string   `yaml:"licence"`
	Note         string   `yaml:"note"`
}

// Domains lists hosts by how near they are to the brand. Registrable domains compare, then whole labels.
type Domains struct {
	Rule            string      `yaml:"rule"`
	Core            []Domain    `yaml:"core"`
	Links           []Link      `yaml:"links"`
	Tracking        []Domain    `yaml:"tracking"`
	Family          []Domain    `yaml:"family"`
	NeverFirstParty []Domain    `yaml:"never_first_party"`
	LookalikeIOCs   []Indicator `yaml:"lookalike_iocs"`
}

// Domain is one registrable domain.
type Domain struct {
	Domain     string   `yaml:"domain"`
	Use        string   `yaml:"use"`
	Why        string   `yaml:"why"`
	Confidence string   `yaml:"confidence"`
	Sources    []string `yaml:"sources"`
	Note       string   `yaml:"note"`
}

// Link is one host of the brand with its purpose.
type Link struct {
	Host    string   `yaml:"host"`
	Purpose string   `yaml:"purpose"`
	Sources []string `yaml:"sources"`
	Note    string   `yaml:"note"`
}

// Indicator is one reported look-alike host or path.
type Indicator struct {
	Value      string   `yaml:"value"`
	Kind       string   `yaml:"kind"`
	What       string   `yaml:"what"`
	Sources    []string `yaml:"sources"`
	Confidence string   `yaml:"confidence"`
	Note       string   `yaml:"note"`
}

// Affiliate names the query parameters that mark a referral. Names in ShortNamesNeedHost mean nothing away from a core domain.
type Affiliate struct {
	Sources            []string `yaml:"sources"`
	Strong             []string `yaml:"strong"`
	PrefixStrong       []string `yaml:"prefix_strong"`
	ContextOnly        []string `yaml:"context_only"`
	PrefixContextOnly  []string `yaml:"prefix_context_only"`
	ShortNamesNeedHost []string `yaml:"short_names_need_host"`
}

// Fake is a reported app that pretends to be the brand's. Its MD5 is kept as published.
type Fake struct {
	Package    string   `yaml:"package"`
	Label      string   `yaml:"label"`
	MD5        string   `yaml:"md5"`
	Reported   string   `yaml:"reported"`
	Confidence string   `yaml:"confidence"`
	Sources    []string `yaml:"sources"`
}
