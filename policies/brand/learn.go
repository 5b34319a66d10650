package brand

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"appraise/internal/textsafe"
	"appraise/inventory"
	"appraise/policies/lookalike"
)

// sourceLearned is the source of everything in a pack that was learned from builds at hand.
const sourceLearned = "learned"

// Lesson says how to name what is learned.
type Lesson struct {
	Brand       string // id of the pack; lower-case letters and digits
	DisplayName string // empty: the first build's label
	Date        string // the day of learning, as in 2026-11-22
}

// Learn makes a pack from builds that a person vouches for: packages, signers, what they ask for and their
// lowest version. Every signature must hold for all Android versions that a build runs on. The error tells of every
// build that is refused, and why. The builds' location is not kept.
func Learn(items []inventory.Item, l Lesson) (*Pack, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	var errs []error
	for i := range items {
		if why := refusal(&items[i]); why != "" {
			errs = append(errs, fmt.Errorf("%s: %s", cmp.Or(items[i].Location, items[i].ID), why))
		}
	}
	if len(items) == 0 {
		errs = append(errs, errors.New("no build to learn from"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	p := &Pack{Schema: 1, Brand: l.Brand, DisplayName: cmp.Or(l.DisplayName, name(&items[0]), l.Brand), Gathered: l.Date,
		Sources: map[string]Source{sourceLearned: {What: fmt.Sprintf("read off builds at hand by appraise brand learn on %s", l.Date), Licence: "own observation"}}}
	for i := range items {
		p.learn(&items[i], l.Date)
	}
	if err := p.Check(l.Brand); err != nil {
		return nil, err
	}
	return p, nil
}

func (l Lesson) check() error {
	switch {
	case !brandID.MatchString(l.Brand):
		return fmt.Errorf("name %q: write lower-case letters and digits", clip(l.Brand))
	case lookalike.IsKeyword(l.Brand):
		return fmt.Errorf("name %q: too many ids hold this word; write the brand's own name", l.Brand)
	}
	return nil
}

// shownName is how much of a label is kept.
const shownName = 80

func name(item *inventory.Item) string { return textsafe.LineMax(item.Name, shownName) }

// refusal says why nothing can be learned from a build, "" where it can.
func refusal(item *inventory.Item) string {
	unread := slices.IndexFunc(item.Problems, func(p inventory.Problem) bool { return p.Matters })
	switch {
	case item.Platform != inventory.Android:
		return "is no Android app"
	case item.Kind != inventory.KindApp:
		return "is a part of an app without its base"
	case item.Signature.State != inventory.Verified:
		return unsound(item.Signature)
	case len(item.Signature.Signers) == 0:
		return "its signature names no certificate"
	case item.HasTrait(inventory.TraitSignerConfusion):
		return "it carries certificates of somebody else than its signer"
	case item.HasTrait(inventory.TraitPublicSigningKey):
		return "it is signed with a key that is public, so that anyone can change it"
	case unread >= 0:
		return "a part could not be read: " + item.Problems[unread].Message
	}
	return ""
}

func unsound(s inventory.Signature) string {
	text := map[inventory.SignatureState]string{
		inventory.Unsigned: "it carries no signature", inventory.Invalid: "its signature is invalid", inventory.Unverifiable: "its signature was not checked",
		inventory.Partial: "its signature does not hold for every Android version that it runs on",
	}[s.State]
	if i := slices.IndexFunc(s.Problems, func(p inventory.SignatureProblem) bool { return !p.Warning }); i >= 0 {
		text += fmt.Sprintf(": %s (%s)", s.Problems[i].Message, s.Problems[i].ID)
	}
	return text
}

// learn adds one build.
func (p *Pack) learn(item *inventory.Item, date string) {
	app := p.app(item)
	if item.VersionCode > 0 && (app.MinimumVersionCode == nil || item.VersionCode < *app.MinimumVersionCode) {
		app.MinimumVersionCode = &item.VersionCode
	}
	if a := item.Detail.Android; a != nil && a.Application.IconSHA256 != "" {
		app.IconSHA256 = add(app.IconSHA256, a.Application.IconSHA256)
	}
	for _, perm := range item.Permissions {
		if perm.ImpliedBy == "" && slices.Contains(perm.States, inventory.StateRequested) {
			app.ExpectedPermissions.KnownRequested = add(app.ExpectedPermissions.KnownRequested, perm.Name)
		}
	}
	for _, s := range item.Signature.Signers {
		pin := app.signer(Digest(s.SHA256), date, "read off the builds named in seen_in")
		pin.detail(s)
		if item.SHA256 != "" && !slices.ContainsFunc(pin.SeenIn, func(seen Seen) bool { return seen.APKSHA256 == item.SHA256 }) {
			pin.SeenIn = append(pin.SeenIn, Seen{APKSHA256: item.SHA256, Channel: sourceLearned, Date: date})
		}
		for _, older := range slices.Backward(s.Lineage) {
			if older != s.SHA256 {
				app.signer(Digest(older), date, "an older key in the verified history of "+s.SHA256)
			}
		}
	}
}

// detail fills in what the reader knows of the certificate beside its SHA-256.
func (s *Signer) detail(from inventory.Signer) {
	if d := Digest(from.SHA1); from.SHA1 != "" {
		s.SHA1 = &d
	}
	if from.JavaHash != "" {
		s.JavaHash = &from.JavaHash
	}
}

// app returns the entry of a package, new where there is none.
func (p *Pack) app(item *inventory.Item) *App {
	if i := slices.IndexFunc(p.Android.Apps, func(a App) bool { return a.Package == item.ID }); i >= 0 {
		return &p.Android.Apps[i]
	}
	p.Android.Apps = append(p.Android.Apps, App{Package: item.ID, Name: cmp.Or(name(item), item.ID), Role: "official", PackageConfidence: "high",
		Independent: 1, Sources: []string{sourceLearned}, ExpectedPermissions: &ExpectedPerms{Status: statusLearned, KnownRequested: []string{}}})
	return &p.Android.Apps[len(p.Android.Apps)-1]
}

// signer returns the pin of a certificate, new where there is none.
func (a *App) signer(sha256 Digest, date, provenance string) *Signer {
	if i := slices.IndexFunc(a.Signers, func(s Signer) bool { return s.SHA256 == sha256 }); i >= 0 {
		return &a.Signers[i]
	}
	text := fmt.Sprintf("signer differs from the one learned on %s", date)
	a.Signers = append(a.Signers, Signer{SHA256: sha256, Channel: sourceLearned, Confidence: "high", Independent: 1, Sources: []string{sourceLearned},
		Provenance: provenance, MismatchText: text, MismatchTextOtherChannel: text})
	return &a.Signers[len(a.Signers)-1]
}

func add(list []string, one string) []string {
	if slices.Contains(list, one) {
		return list
	}
	list = append(list, one)
	slices.Sort(list)
	return list
}

const learnedHeader = `# A brand pack made by appraise brand learn. It is as good as the builds it was learned from: whoever learned it
# vouches for them. Put it into a policy folder as brands/%s.yaml, or name the file with --brand.
`

// YAML writes the pack as its file spells it.
func (p *Pack) YAML() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, learnedHeader, p.Brand)
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(p); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
