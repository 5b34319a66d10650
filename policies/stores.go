package policies

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies/rule"
)

// stores is policies/stores.yaml.
type stores struct {
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

type testKey struct {
	SHA256 string `yaml:"sha256"`
	Name   string `yaml:"name"`
}

// routeDetails is the closed list of details.
var routeDetails = []string{"", "play", "oem-store", "foss-store", "other-official-store", "appstore", "testflight", "marketplace", "web-store", "amo",
	"edge-store", "preload", "updated preload", "component", "distribution", "file", "adb", "enterprise", "ad-hoc", "off-store",
	"third-party-store", "play-proxy", "release-fetcher", "test-key", "unpacked", "command-line", "forced", "recommended", "mdm", "play-build"}

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func loadStores(b []byte) (*stores, error) {
	s := new(stores)
	if err := rule.Decode(b, s); err != nil {
		return nil, err
	}
	if s.Schema != 1 {
		return nil, fmt.Errorf("schema %d is unknown: write schema: 1", s.Schema)
	}
	for _, group := range []map[string]arrowRow{s.Routes, s.Profiles, s.LeafPolicies, s.Locations} {
		for key, row := range group {
			if err := row.check(key); err != nil {
				return nil, err
			}
		}
	}
	for _, i := range s.Initiators {
		if err := (arrowRow{i.Route, i.Detail}).check(i.Package); err != nil {
			return nil, err
		}
	}
	for _, i := range s.Installers {
		if err := s.checkInstaller(i); err != nil {
			return nil, err
		}
	}
	for _, k := range s.TestKeys {
		if !hexDigest.MatchString(k.SHA256) {
			return nil, fmt.Errorf("test_keys: sha256 %q: write 64 lower-case hex digits", k.SHA256)
		}
	}
	return s, nil
}

func (r arrowRow) check(where string) error {
	var v finding.RouteVerdict
	if err := v.UnmarshalText([]byte(r.Route)); err != nil {
		return unknownWord(where, "route", r.Route, []string{"store", "system", "sideload", "development", "policy", "unknown"})
	}
	if !slices.Contains(routeDetails, r.Detail) {
		return unknownWord(where, "detail", r.Detail, routeDetails[1:])
	}
	return nil
}

func (s *stores) checkInstaller(i installer) error {
	if _, ok := s.Routes[i.Class]; !ok {
		var known []string
		for class := range s.Routes {
			known = append(known, class)
		}
		slices.Sort(known)
		return unknownWord(i.Package, "class", i.Class, known)
	}
	if !slices.Contains(routeDetails, i.Detail) {
		return unknownWord(i.Package, "detail", i.Detail, routeDetails[1:])
	}
	for _, id := range append(slices.Clone(i.Sources), i.SignerSources...) {
		if _, ok := s.Sources[id]; !ok {
			return fmt.Errorf("%s: unknown source %q: add it under sources", i.Package, id)
		}
	}
	for _, d := range i.SignerSHA256 {
		if !hexDigest.MatchString(d) {
			return fmt.Errorf("%s: signer_sha256 %q: write 64 lower-case hex digits", i.Package, d)
		}
	}
	return nil
}

// unknownWord says which word was probably meant.
func unknownWord(where, what, got string, known []string) error {
	if near := rule.Suggest(got, known); near != "" {
		return fmt.Errorf("%s: unknown %s %q: did you mean %s?", where, what, got, near)
	}
	return fmt.Errorf("%s: unknown %s %q: write one of %s", where, what, got, strings.Join(known, ", "))
}

// arrival is a route with the channel whose builds the store carries, as brand packs name it.
type arrival struct {
	finding.Route
	channel string
}

func (r arrowRow) arrival(strength finding.Strength, why string) arrival {
	var v finding.RouteVerdict
	_ = v.UnmarshalText([]byte(r.Route)) // checked when it was loaded
	return arrival{Route: finding.Route{Verdict: v, Detail: r.Detail, Strength: strength, Why: why}}
}

func unknownRoute(why string) arrival { return arrival{Route: finding.Route{Why: why}} }

// fileAlone is the reason of every file that came without facts of arrival.
const fileAlone = "a file alone does not say how it arrived"

// route decides how an item got where it is, from the recorded facts of its arrival.
func (s *stores) route(item *inventory.Item) arrival {
	switch item.Platform {
	case inventory.Android:
		return s.android(item)
	case inventory.IOS:
		return s.ios(item)
	case inventory.Extension:
		return s.extension(item)
	}
	return unknownRoute(fileAlone)
}
