package inventory

// Detail holds what only one platform has. At most one field is set.
type Detail struct {
	Android   *AndroidDetail   `json:"android,omitempty"`
	Phone     *PhoneDetail     `json:"phone,omitempty"`
	IOS       *IOSDetail       `json:"ios,omitempty"`
	Extension *ExtensionDetail `json:"extension,omitempty"`
}

// AndroidDetail is what an APK's manifest declares beyond permissions.
type AndroidDetail struct {
	MinSDK         int    `json:"min_sdk,omitempty"` // API level; 0 = not declared
	TargetSDK      int    `json:"target_sdk,omitempty"`
	MaxSDK         int    `json:"max_sdk,omitempty"`
	TargetCodename string `json:"target_codename,omitempty"`
	CompileSDK     int    `json:"compile_sdk,omitempty"`
	Split          string `json:"split,omitempty"`
	ConfigForSplit string `json:"config_for_split,omitempty"`
	SharedUserID   string `json:"shared_user_id,omitempty"`

	Components          []AndroidComponent   `json:"components,omitempty"`
	DeclaredPermissions []DeclaredPermission `json:"declared_permissions,omitempty"`
	Features            []AndroidFeature     `json:"features,omitempty"`
	Libraries           []string             `json:"libraries,omitempty"`
	QueriedPackages     []string             `json:"queried_packages,omitempty"`
	QueriedIntents      int                  `json:"queried_intents,omitempty"`
	Instrumentation     []string             `json:"instrumentation,omitempty"` // target packages

	Application     AndroidApplication `json:"application,omitzero"`
	NetworkSecurity *NetworkSecurity   `json:"network_security,omitempty"`

	// On is what the phone that the app is installed on says of it; nil for files.
	On *OnPhone `json:"on_phone,omitempty"`
}

// AndroidApplication is the application element. A nil flag was not declared.
type AndroidApplication struct {
	Name                  string `json:"name,omitempty"`
	Label                 string `json:"label,omitempty"` // as resolved in the default configuration
	Icon                  string `json:"icon,omitempty"`  // path inside the APK
	IconSHA256            string `json:"icon_sha256,omitempty"`
	Debuggable            bool   `json:"debuggable,omitempty"`
	TestOnly              bool   `json:"test_only,omitempty"`
	AllowBackup           *bool  `json:"allow_backup,omitempty"`
	UsesCleartextTraffic  *bool  `json:"uses_cleartext_traffic,omitempty"`
	NetworkSecurityConfig string `json:"network_security_config,omitempty"` // path inside the APK
	LegacyExternalStorage bool   `json:"legacy_external_storage,omitempty"`
	HasCode               *bool  `json:"has_code,omitempty"`
	Permission            string `json:"permission,omitempty"`
	Process               string `json:"process,omitempty"`
	Category              string `json:"category,omitempty"`
}

// AndroidComponent is one activity, activity-alias, service, receiver or provider.
type AndroidComponent struct {
	Type   string `json:"type"`
	Name   string `json:"name"` // full class name
	Target string `json:"target,omitempty"`
	// Exported is the effective value; ExportedSet says whether the manifest states it.
	Exported        bool           `json:"exported"`
	ExportedSet     bool           `json:"exported_set,omitempty"`
	Enabled         bool           `json:"enabled"`
	Permission      string         `json:"permission,omitempty"`
	ReadPermission  string         `json:"read_permission,omitempty"`
	WritePermission string         `json:"write_permission,omitempty"`
	Authorities     []string       `json:"authorities,omitempty"`
	Process         string         `json:"process,omitempty"`
	ForegroundType  string         `json:"foreground_service_type,omitempty"`
	Filters         []IntentFilter `json:"intent_filters,omitempty"`
	Metadata        []Metadata     `json:"metadata,omitempty"`
}

// IntentFilter is one intent-filter with its data elements as declared; Android combines them.
type IntentFilter struct {
	Priority   int          `json:"priority,omitempty"`
	AutoVerify bool         `json:"auto_verify,omitempty"`
	Actions    []string     `json:"actions,omitempty"`
	Categories []string     `json:"categories,omitempty"`
	Data       []IntentData `json:"data,omitempty"`
}

// IntentData is one data element of an intent filter.
type IntentData struct {
	Scheme   string `json:"scheme,omitempty"`
	Host     string `json:"host,omitempty"`
	Port     string `json:"port,omitempty"`
	Path     string `json:"path,omitempty"` // with its kind as prefix: "prefix:", "pattern:", "suffix:", "advanced:"
	MimeType string `json:"mime_type,omitempty"`
}

// Metadata is one meta-data element.
type Metadata struct {
	Name     string `json:"name"`
	Value    string `json:"value,omitempty"`
	Resource string `json:"resource,omitempty"`
}

// DeclaredPermission is a permission that the app itself defines.
type DeclaredPermission struct {
	Name       string `json:"name"`
	Protection string `json:"protection"` // normal, dangerous, signature, signatureOrSystem, internal
	Group      string `json:"group,omitempty"`
}

// AndroidFeature is one uses-feature element.
type AndroidFeature struct {
	Name     string `json:"name"`
	Required bool   `json:"required"`
}

// NetworkSecurity is the effective network security configuration.
type NetworkSecurity struct {
	CleartextBase    bool     `json:"cleartext_base"`
	CleartextDomains []string `json:"cleartext_domains,omitempty"`
	UserCAs          bool     `json:"user_cas"` // outside debug-overrides
	PinExpirations   []string `json:"pin_expirations,omitempty"`
	Source           string   `json:"source"` // file, attribute or default
}

// IOSDetail is what a bundle declares beyond usage keys.
type IOSDetail struct {
	DisplayName      string         `json:"display_name,omitempty"`
	Executable       string         `json:"executable,omitempty"`
	PackageType      string         `json:"package_type,omitempty"`
	MinimumOS        string         `json:"minimum_os,omitempty"`
	Platforms        []string       `json:"platforms,omitempty"`
	SDK              string         `json:"sdk,omitempty"`
	URLSchemes       []string       `json:"url_schemes,omitempty"`
	QueriedSchemes   []string       `json:"queried_schemes,omitempty"`
	BackgroundModes  []string       `json:"background_modes,omitempty"`
	BonjourServices  []string       `json:"bonjour_services,omitempty"`
	Transport        Transport      `json:"transport"`
	Bundles          []NestedBundle `json:"bundles,omitempty"`         // extensions, watch apps and clips, by path
	ExtensionPoint   string         `json:"extension_point,omitempty"` // of an app extension read alone
	Frameworks       int            `json:"frameworks,omitempty"`      // counted, not read
	FileSharing      bool           `json:"file_sharing,omitempty"`
	AdNetworks       int            `json:"ad_networks,omitempty"`
	StoreTraces      []string       `json:"store_traces,omitempty"` // forgeable keys that store builds carry
	HasExecutable    bool           `json:"has_executable,omitempty"`
	HasProfile       bool           `json:"has_profile,omitempty"`
	HasCodeResources bool           `json:"has_code_resources,omitempty"`
}

// Transport is the effective App Transport Security verdict.
type Transport struct {
	Verdict    string   `json:"verdict"` // default, exceptions, open-media, open-web, open
	Exceptions []string `json:"exceptions,omitempty"`
	Note       string   `json:"note,omitempty"`
}

// NestedBundle is one bundle inside an app.
type NestedBundle struct {
	Path    string   `json:"path"`
	ID      string   `json:"id"`
	Name    string   `json:"name,omitempty"`
	Point   string   `json:"extension_point,omitempty"`
	Version string   `json:"version,omitempty"`
	Usage   []string `json:"usage_keys,omitempty"`
}

// ExtensionDetail is what an extension's manifest declares beyond permissions.
type ExtensionDetail struct {
	ManifestVersion int               `json:"manifest_version"`
	Author          string            `json:"author,omitempty"`
	HomepageURL     string            `json:"homepage_url,omitempty"`
	GeckoID         string            `json:"gecko_id,omitempty"`
	IDSource        string            `json:"id_source,omitempty"`    // key, crx, gecko, folder-name, name
	Hosts           []string          `json:"hosts"`                  // API host access: MV3 host_permissions, MV2 patterns in permissions
	OptionalHosts   []string          `json:"optional_hosts"`         // may be asked for later
	ContentScripts  []ContentScript   `json:"content_scripts"`        // as declared, in order
	Background      []string          `json:"background,omitempty"`   // scripts, page or service worker
	Rulesets        []Ruleset         `json:"rulesets,omitempty"`     // declarativeNetRequest
	Commanders      []string          `json:"commanders,omitempty"`   // externally_connectable.matches
	Overrides       map[string]string `json:"overrides,omitempty"`    // homepage, search_provider, newtab …
	DataSharing     []string          `json:"data_sharing,omitempty"` // declared data collection (Firefox)
	CRXVersion      int               `json:"crx_version,omitempty"`
	ScriptFiles     int               `json:"script_files,omitempty"` // JavaScript files in the package
}

// ContentScript is one content_scripts entry.
type ContentScript struct {
	Matches        []string `json:"matches"`
	ExcludeMatches []string `json:"exclude_matches,omitempty"`
	IncludeGlobs   []string `json:"include_globs,omitempty"`
	ExcludeGlobs   []string `json:"exclude_globs,omitempty"`
	JS             []string `json:"js,omitempty"`
	CSS            []string `json:"css,omitempty"`
	RunAt          string   `json:"run_at,omitempty"`
	World          string   `json:"world,omitempty"`
	AllFrames      bool     `json:"all_frames,omitempty"`
	AboutBlank     bool     `json:"match_about_blank,omitempty"`
	OriginFallback bool     `json:"match_origin_as_fallback,omitempty"`
}

// Ruleset is one static declarativeNetRequest file. Redirects holds only rules that send a request elsewhere.
type Ruleset struct {
	ID        string         `json:"id"`
	Path      string         `json:"path"`
	Enabled   bool           `json:"enabled"`
	Rules     int            `json:"rules"`
	Redirects []RedirectRule `json:"redirects,omitempty"`
}

// RedirectRule is one request rule that changes where a request goes.
type RedirectRule struct {
	RuleID int `json:"rule_id"`
	// From holds the match patterns of the requests it hits, as wide as its condition; empty = every request.
	From []string `json:"from,omitempty"`
	// Initiators holds the match patterns of the pages whose requests it hits; empty = every page.
	Initiators []string `json:"initiators,omitempty"`
	// Condition is the rule's own urlFilter or regexFilter, for display.
	Condition string `json:"condition,omitempty"`
	// To is the target host; empty when the rule keeps the host (query or scheme change) or computes it.
	To string `json:"to,omitempty"`
	// Kind: url, host, scheme, query-add, query-remove, path, regex, extension-file, header (Location is set).
	Kind string `json:"kind"`
	// Pages is true when the rule hits pages (main_frame or sub_frame), not only their parts.
	Pages bool `json:"pages"`
	// MainFrame is true when the rule hits whole pages.
	MainFrame bool `json:"main_frame"`
	// Params are the query parameters it writes or removes.
	Params   []string `json:"params,omitempty"`
	Evidence Evidence `json:"evidence"`
}
