package provenance

import (
	"fmt"
	"regexp"
	"slices"

	"appraise/finding"
	"appraise/policies/rule"
)

// Stores is policies/stores.yaml: the stores, installers and other facts of arrival that a route is decided from.
type Stores struct {
	Schema       int                 `yaml:"schema"`
	Gathered     string              `yaml:"gathered"`
	Sources      map[string]source   `yaml:"sources"`
	Installers   []installer         `yaml:"installers"`
	Routes       map[string]arrowRow `yaml:"routes"` // by class
	Initiators   []initiator         `yaml:"initiators"`
	PackageSrc   []packageSource     `yaml:"package_source"`
	TestKeys     []testKey           `yaml:"test_keys"`
	Profiles     map[string]arrowRow `yaml:"profiles"`
	LeafPolicies map[string]arrowRow `yaml:"leaf_policies"`
	Locations    map[string]arrowRow `yaml:"locations"`
	Stamps       []stamp             `yaml:"stamps"`
	NotFound     []string            `yaml:"not_found"`
}

type source struct {
	What    string `yaml:"what"`
	Licence string `yaml:"licence"`
}

type installer struct {
	Package       string   `yaml:"package"`
	Name          string   `yaml:"name"`
	Class         string   `yaml:"class"`
	Detail        string   `yaml:"detail"`
	Channel       string   `yaml:"channel"`
	Confidence    string   `yaml:"confidence"`
	Independent   int      `yaml:"independent"`
	Sources       []string `yaml:"sources"`
	SignerSHA256  []string `yaml:"signer_sha256"`
	SignerSources []string `yaml:"signer_sources"`
	Note          string   `yaml:"note"`
	// ByScreen: it hands files to the phone's installer screen where it is no part of the system.
	ByScreen bool `yaml:"by_screen"`
}

// arrowRow is one route.
type arrowRow struct {
	Route  string `yaml:"route"`
	Detail string `yaml:"detail"`
}

type initiator struct {
	Package  string `yaml:"package"`
	Meaning  string `yaml:"meaning"`
	Route    string `yaml:"route"`
	Detail   string `yaml:"detail"`
	Strength string `yaml:"strength"`
	Note     string `yaml:"note"`
}

type packageSource struct {
	Value int    `yaml:"value"`
	Name  string `yaml:"name"`
	Note  string `yaml:"note"`
}

// testKey is a certificate whose private key is public.
type testKey struct {
	SHA256  string   `yaml:"sha256"`
	Name    string   `yaml:"name"`
	Sources []string `yaml:"sources"`
	Note    string   `yaml:"note"`
}

// stamp is a certificate or a key by which a store marks the builds that it made.
type stamp struct {
	Kind        string   `yaml:"kind"`   // source-stamp, frosting
	SHA256      string   `yaml:"sha256"` // of the stamp's certificate, or of frosting's public key
	Owner       string   `yaml:"owner"`
	Confidence  string   `yaml:"confidence"`
	Independent int      `yaml:"independent"`
	Sources     []string `yaml:"sources"`
	Note        string   `yaml:"note"`
}

var stampKinds = []string{"source-stamp", "frosting"}

// routeDetails is the closed list of details.
var routeDetails = []string{"", "play", "oem-store", "foss-store", "other-official-store", "appstore", "testflight", "marketplace", "web-store", "amo",
	"edge-store", "preload", "updated preload", "component", "distribution", "file", "adb", "enterprise", "ad-hoc", "off-store",
	"third-party-store", "play-proxy", "release-fetcher", "test-key", "unpacked", "command-line", "forced", "recommended", "mdm", "play-build"}

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// LoadStores reads stores.yaml. The error says what to write instead.
func LoadStores(b []byte) (*Stores, error) {
	s := new(Stores)
	if err := rule.Decode(b, s); err != nil {
		return nil, err
	}
	if s.Schema != 1 {
		return nil, fmt.Errorf("schema %d is unknown: write schema: 1", s.Schema)
	}
	for _, check := range []func() error{s.checkRoutes, s.checkInstallers, s.checkKeys, s.checkStamps} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *Stores) checkRoutes() error {
	for _, group := range []map[string]arrowRow{s.Routes, s.Profiles, s.LeafPolicies, s.Locations} {
		for key, row := range group {
			if err := row.check(key); err != nil {
				return err
			}
		}
	}
	for _, i := range s.Initiators {
		if err := (arrowRow{i.Route, i.Detail}).check(i.Package); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stores) checkInstallers() error {
	for _, i := range s.Installers {
		if err := s.checkInstaller(i); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stores) checkKeys() error {
	for _, k := range s.TestKeys {
		if !hexDigest.MatchString(k.SHA256) {
			return fmt.Errorf("test_keys: sha256 %q: write 64 lower-case hex digits", k.SHA256)
		}
		if err := s.checkSources("test_keys "+k.Name, k.Sources); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stores) checkStamps() error {
	for _, k := range s.Stamps {
		if !hexDigest.MatchString(k.SHA256) {
			return fmt.Errorf("stamps: sha256 %q: write 64 lower-case hex digits", k.SHA256)
		}
		if !slices.Contains(stampKinds, k.Kind) {
			return rule.Unknown("stamps", "kind", k.Kind, stampKinds)
		}
		if err := s.checkSources("stamps "+k.Owner, k.Sources); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stores) checkSources(where string, ids []string) error {
	for _, id := range ids {
		if _, ok := s.Sources[id]; !ok {
			return fmt.Errorf("%s: unknown source %q: add it under sources", where, id)
		}
	}
	return nil
}

func (r arrowRow) check(where string) error {
	var v finding.RouteVerdict
	if err := v.UnmarshalText([]byte(r.Route)); err != nil {
		return rule.Unknown(where, "route", r.Route, []string{"store", "system", "sideload", "development", "policy", "unknown"})
	}
	if !slices.Contains(routeDetails, r.Detail) {
		return rule.Unknown(where, "detail", r.Detail, routeDetails[1:])
	}
	return nil
}

func (s *Stores) checkInstaller(i installer) error {
	if _, ok := s.Routes[i.Class]; !ok {
		var known []string
		for class := range s.Routes {
			known = append(known, class)
		}
		slices.Sort(known)
		return rule.Unknown(i.Package, "class", i.Class, known)
	}
	if !slices.Contains(routeDetails, i.Detail) {
		return rule.Unknown(i.Package, "detail", i.Detail, routeDetails[1:])
	}
	if err := s.checkSources(i.Package, slices.Concat(i.Sources, i.SignerSources)); err != nil {
		return err
	}
	for _, d := range i.SignerSHA256 {
		if !hexDigest.MatchString(d) {
			return fmt.Errorf("%s: signer_sha256 %q: write 64 lower-case hex digits", i.Package, d)
		}
	}
	return nil
}
