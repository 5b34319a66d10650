package brand

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Complaint is one thing that is wrong with a pack, with what to write instead.
type Complaint struct {
	Where string // the entry, such as "android com.example.shop"
	// ID is the entry's id, or the name of a field at the top: what to look for in the file.
	ID   string
	Text string
	// What, Got and Known are set where a word stands outside a closed list.
	What, Got string
	Known     []string
}

func (e *Complaint) Error() string {
	if e.What == "" {
		return e.Where + ": " + e.Text
	}
	return fmt.Sprintf("%s: unknown %s %q: write one of %s", e.Where, e.What, e.Got, strings.Join(e.Known, ", "))
}

// The closed lists of a pack.
var (
	confidences = []string{"high", "medium", "low"}
	roles       = []string{"official", "official-regional", "official-legacy", "family"}
	grades      = []string{GradeListed, GradeReported, GradeReportedOld, GradeCompromised}
	matches     = []string{"id", "id+version"}
	statuses    = []string{"provisional", statusLearned}
)

// statusLearned marks a list of permissions that was read off whole builds.
const statusLearned = "learned"

// The grades of a reported extension.
const (
	GradeListed      = "listed"            // a public list names the id; no primary report was read
	GradeReported    = "reported"          // a named researcher or company reported it
	GradeReportedOld = "reported-old"      // reported once, still offered by its vendor
	GradeCompromised = "compromised-build" // single builds were malicious: the id alone proves nothing
)

var (
	extensionID = regexp.MustCompile(`^[a-p]{32}$`)
	digest      = regexp.MustCompile(`^[0-9a-f]{64}$`)
	md5Form     = regexp.MustCompile(`^[0-9a-f]{32}$`)
	javaHash    = regexp.MustCompile(`^[0-9a-f]{1,8}$`)
	date        = regexp.MustCompile(`^\d{4}(-\d\d(-\d\d)?)?$`)
	brandID     = regexp.MustCompile(`^[a-z0-9]+$`)
	appID       = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$`)
	domainForm  = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
)

// checker walks a pack and keeps its complaints.
type checker struct {
	pack       *Pack
	sources    []string // the declared ones
	complaints []*Complaint
}

// Check says what is wrong with a pack that was read from the file of that name (without ending).
func (p *Pack) Check(name string) error {
	var errs []error
	for _, c := range p.Complaints(name) {
		errs = append(errs, c)
	}
	return errors.Join(errs...)
}

// Complaints is Check with each complaint apart.
func (p *Pack) Complaints(name string) []*Complaint {
	c := &checker{pack: p, sources: slices.Sorted(maps.Keys(p.Sources))}
	if p.Schema != 1 {
		c.fail("schema", "schema %d is unknown: write schema: 1", p.Schema)
	}
	if p.Brand != name {
		c.fail("brand", "brand %q differs from the file name: write brand: %s, or rename the file to %s.yaml", p.Brand, name, p.Brand)
	}
	c.form("brand", "brand", p.Brand, brandID, "lower-case letters and digits")
	if p.DisplayName == "" {
		c.fail("display_name", "is missing: write the brand's name as people know it")
	}
	c.date("gathered", p.Gathered)
	c.android()
	c.ios()
	c.extensions()
	c.domains()
	return c.complaints
}

// idOf is the last word of a place: the id of the entry, or the field's name.
func idOf(where string) string { return where[strings.LastIndexByte(where, ' ')+1:] }

func (c *checker) fail(where, format string, args ...any) {
	c.complaints = append(c.complaints, &Complaint{Where: where, ID: idOf(strings.TrimSuffix(where, " seen_in")), Text: fmt.Sprintf(format, args...)})
}

func (c *checker) word(where, what, got string, known []string) {
	if !slices.Contains(known, got) {
		c.complaints = append(c.complaints, &Complaint{Where: where, ID: idOf(where), What: what, Got: got, Known: known})
	}
}

func (c *checker) form(where, what, got string, form *regexp.Regexp, says string) {
	if !form.MatchString(got) {
		c.fail(where, "%s %q: write %s", what, got, says)
	}
}

func (c *checker) extensionID(where, id string) {
	c.form(where, "extension id", id, extensionID, "32 letters from a to p")
}

func (c *checker) digest(where, what, got string) {
	c.form(where, what, got, digest, "64 lower-case hex digits")
}

func (c *checker) date(where, got string) {
	c.form(where, "date", got, date, "a date such as 2026-05-30")
}

// origin checks the confidence and the sources of an entry.
func (c *checker) origin(where, confidence string, sources []string) {
	c.word(where, "confidence", confidence, confidences)
	c.from(where, sources)
}

func (c *checker) from(where string, sources []string) {
	if len(sources) == 0 {
		c.fail(where, "names no source: write sources: […]")
	}
	for _, s := range sources {
		c.word(where, "source", s, c.sources)
	}
}

func (c *checker) unique(where string, seen map[string]bool, id string) {
	if seen[id] {
		c.fail(where, "is listed twice: keep one entry")
	}
	seen[id] = true
}

func (c *checker) android() {
	seen := map[string]bool{}
	for _, a := range c.pack.Android.Apps {
		where := "android " + a.Package
		c.form(where, "package", a.Package, appID, "a package name such as com.example.shop")
		c.unique(where, seen, a.Package)
		c.word(where, "role", a.Role, roles)
		c.origin(where, a.PackageConfidence, a.Sources)
		for _, s := range a.Signers {
			c.signer(where, s)
		}
		for _, icon := range a.IconSHA256 {
			c.digest(where, "icon_sha256", icon)
		}
		if a.ExpectedPermissions != nil {
			c.word(where, "status", a.ExpectedPermissions.Status, statuses)
		}
	}
	for _, l := range c.pack.Android.LeadsNotPins {
		c.pin("android leads_not_pins", "sha1", l.SHA1, sha1Digits)
	}
	for _, kind := range slices.Sorted(maps.Keys(c.pack.KnownFakes)) {
		for _, f := range c.pack.KnownFakes[kind] {
			where := "known_fakes " + kind + " " + f.Package
			c.form(where, "package", f.Package, appID, "a package name such as com.example.shop")
			c.form(where, "md5", f.MD5, md5Form, "32 lower-case hex digits")
			c.date(where, f.Reported)
			c.origin(where, f.Confidence, f.Sources)
		}
	}
}

// pin checks a certificate's digest of one kind; its spelling is free.
func (c *checker) pin(where, what string, got Digest, digits int) {
	parsed, err := ParseDigest(string(got))
	switch {
	case err != nil:
		c.fail(where, "%s %s", what, err)
	case len(parsed) != digits && parsed.IsSHA1():
		c.fail(where, "%s %q is a SHA-1: write it under sha1", what, got)
	case len(parsed) != digits:
		c.fail(where, "%s %q is a SHA-256: write it under sha256", what, got)
	}
}

// same checks that another spelling of the pin is the same digest.
func (c *checker) same(where, what, got string, s Signer) {
	if got == "" {
		return
	}
	if d, err := ParseDigest(got); err != nil || d != s.SHA256 {
		c.fail(where, "%s is another digest than sha256: write the same one or leave it out", what)
	}
}

func (c *checker) signer(where string, s Signer) {
	if s.SHA256 != "" || s.SHA1 == nil {
		c.pin(where, "sha256", s.SHA256, sha256Digits)
	}
	if s.SHA1 != nil {
		c.pin(where, "sha1", *s.SHA1, sha1Digits)
	}
	c.same(where, "sha256_colon", s.SHA256Colon, s)
	c.same(where, "sha256_base64", s.SHA256Base64, s)
	if s.JavaHash != nil {
		c.form(where, "java_hash", *s.JavaHash, javaHash, "1 to 8 lower-case hex digits, or null")
	}
	if s.Channel == "" || s.Independent < 1 {
		c.fail(where, "a pin says its channel and how many independent sources it has: write channel and independent")
	}
	c.origin(where, s.Confidence, s.Sources)
	for _, seen := range s.SeenIn {
		c.digest(where+" seen_in", "apk_sha256", seen.APKSHA256)
		c.date(where+" seen_in", seen.Date)
	}
}

func (c *checker) ios() {
	seen := map[string]bool{}
	for _, a := range c.pack.IOS.Apps {
		where := "ios " + a.BundleID
		c.form(where, "bundle_id", a.BundleID, appID, "a bundle id such as com.example.shop")
		c.unique(where, seen, a.BundleID)
		c.word(where, "role", a.Role, roles)
		c.origin(where, a.Confidence, a.Sources)
	}
	for _, n := range c.pack.IOS.NotApps {
		c.origin("ios not_apps "+n.ServiceID, n.Confidence, n.Sources)
	}
	if s := c.pack.IOS.Seller; s != nil {
		c.origin("ios seller", s.Confidence, s.Sources)
	}
}

func (c *checker) extensions() {
	seen := map[string]bool{}
	for _, e := range c.pack.Extensions.Official {
		where := "extensions official " + e.ID
		c.extensionID(where, e.ID)
		c.unique(where, seen, e.ID)
		c.origin(where, e.Confidence, e.Sources)
		c.date(where, e.Date)
	}
	for _, e := range c.pack.Extensions.ThirdPartyKnown {
		where := "extensions third_party_known " + e.ID
		c.extensionID(where, e.ID)
		c.unique(where, seen, e.ID)
		c.origin(where, e.Confidence, e.Sources)
	}
	for _, group := range slices.Sorted(maps.Keys(c.pack.Extensions.Reported)) {
		for _, e := range c.pack.Extensions.Reported[group] {
			where := "extensions reported_malicious " + group + " " + e.ID
			c.extensionID(where, e.ID)
			c.unique(where, seen, e.ID)
			c.word(where, "grade", e.Grade, grades)
			c.word(where, "match", e.Match, matches)
			c.date(where, e.Reported)
			c.origin(where, e.Confidence, e.Sources)
		}
	}
}

func (c *checker) domains() {
	d := c.pack.Domains
	for _, group := range []struct {
		name string
		list []Domain
	}{{"core", d.Core}, {"tracking", d.Tracking}, {"family", d.Family}, {"never_first_party", d.NeverFirstParty}} {
		for _, e := range group.list {
			where := "domains " + group.name + " " + e.Domain
			c.form(where, "domain", e.Domain, domainForm, "a domain in lower case such as example.com")
			c.from(where, e.Sources)
			if e.Confidence != "" {
				c.word(where, "confidence", e.Confidence, confidences)
			}
		}
	}
	for _, l := range d.Links {
		c.form("domains links "+l.Host, "host", l.Host, domainForm, "a host in lower case such as login.example.com")
		c.from("domains links "+l.Host, l.Sources)
	}
	for _, i := range d.LookalikeIOCs {
		c.origin("domains lookalike_iocs "+i.Value, i.Confidence, i.Sources)
	}
	if a := c.pack.Affiliate; len(a.Strong)+len(a.PrefixStrong) > 0 {
		c.from("affiliate_parameters", a.Sources)
	}
}
