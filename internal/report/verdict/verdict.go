// Package verdict is the view of verify: one word on the signature of each item, and what there is to say below it.
package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appraise/finding"
	"appraise/internal/gate"
	"appraise/internal/report/page"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// verdictWidth is the column of the verdict words: with a digest beside it, a line has 80 cells.
const verdictWidth = 14

// hanging indents the lines that follow in one paragraph.
const hanging = "  "

// Bounds of what is shown of one signature; JSON has all.
const (
	maxSigners = 3
	maxIssues  = 3
)

// Write renders what verify found: one verdict an item, with what there is to say below it, and
// says what the exit code of gate.Verify means. It flushes the page; its error is the page's.
func Write(p *page.Page, r *finding.Report) error {
	counts := map[gate.Word]int{}
	for i := range r.Items {
		v := verdictOn(r, i)
		counts[v.word]++
		v.write(p)
	}
	for _, s := range r.Sources {
		for _, problem := range s.Problems {
			if problem.Matters {
				writeLines(p, string(gate.WordNotRead), page.Yellow, page.ProblemText(problem))
			}
		}
	}
	writeEnd(p, r, counts)
	return p.Flush()
}

// verdict is one item with its word.
type verdict struct {
	word     gate.Word
	exit     int
	official bool
	item     *inventory.Item
	*finding.Assessment
}

func verdictOn(r *finding.Report, i int) verdict {
	v := verdict{item: &r.Items[i], Assessment: &r.Assessments[i], official: r.Gate.FailOn == gate.ByVerifyOfficial}
	v.word, v.exit = gate.VerifyItem(v.item, v.Build, v.official)
	return v
}

// writeLines writes a verdict word in its column and the text beside it, then further lines below the text.
func writeLines(p *page.Page, word, sgr, text string, more ...string) {
	first := p.Paint(sgr, word) + strings.Repeat(" ", max(verdictWidth-len(word), 1))
	rest := strings.Repeat(" ", verdictWidth)
	for _, paragraph := range append([]string{text}, more...) {
		room := p.Width() - verdictWidth
		for i, line := range page.Hang(textsafe.Line(paragraph), room, room-len(hanging)) {
			if i > 0 {
				first += hanging
			}
			p.Line("%s%s", first, page.UnlikeCommand(line, first))
			first = rest
		}
	}
}

func (v verdict) write(p *page.Page) {
	sgr := map[int]string{gate.ExitFailed: page.Red, gate.ExitIncomplete: page.Yellow, gate.ExitPass: page.Bold}[v.exit]
	writeLines(p, string(v.word), sgr, v.head(), v.details()...)
}

// head names the item.
func (v verdict) head() string {
	text := v.item.Location
	if v.item.ID != "" {
		text += ": " + v.item.ID
	}
	if v.item.Version != "" {
		text += " " + v.item.Version
	}
	if v.item.VersionCode != 0 {
		text += fmt.Sprintf(" (%d)", v.item.VersionCode)
	}
	return text
}

// details are the lines below the head, the reason of the word first.
func (v verdict) details() []string {
	return slices.Concat(v.reason(), v.signers(), v.platforms(), v.rotation(), v.build(), v.stamps(), v.notes(), v.warnings())
}

// reason says why the word is none of the signature's good ones.
func (v verdict) reason() []string {
	s := v.item.Signature
	switch v.word {
	case gate.WordNotChecked:
		return []string{"this version verifies the signatures of Android apps only; \"appraise scan\" tells what is known of this one"}
	case gate.WordInPart:
		if accepted := acceptedBy(s.Platforms); accepted != "" {
			return append([]string{"verified for " + accepted + " only"}, v.issues()...)
		}
		return append([]string{"no Android version of the asked range accepts it"}, v.issues()...)
	case gate.WordNotCompared:
		return []string{"signer read; content not compared"}
	case gate.WordNotOfficial:
		return []string{"official is required, and no brand pack names it"}
	case gate.WordNotProved:
		return []string{"official is required, and that is not proved"}
	case gate.WordUnverifiable, gate.WordNotRead, gate.WordInvalid:
		lines := append(v.unread(), v.issues()...)
		switch {
		case len(lines) > 0 || v.word != gate.WordUnverifiable:
			return lines
		case v.item.Kind == inventory.KindBundle:
			return []string{"an app bundle is not what phones install; verify the APKs that are made from it"}
		}
		return []string{"its signature was not checked"}
	}
	return nil
}

func (v verdict) unread() []string {
	var lines []string
	for _, problem := range v.item.Problems {
		if strings.HasSuffix(v.item.Location, problem.File) {
			problem.File = "" // it stands above
		}
		if problem.Matters && len(lines) < maxIssues {
			lines = append(lines, page.ProblemText(problem))
		}
	}
	return lines
}

// issues lists the defects of the signature, by apksig's names.
func (v verdict) issues() []string {
	var lines []string
	total := 0
	for _, problem := range v.item.Signature.Problems {
		if problem.Warning {
			continue
		}
		if total++; total <= maxIssues {
			lines = append(lines, strings.TrimSuffix(problem.ID+": "+problem.Message, ": "))
		}
	}
	if total > maxIssues {
		lines = append(lines, fmt.Sprintf("and %d more; --format json has them all", total-maxIssues))
	}
	return lines
}

// holds reports whether a signer was proved at all.
func (v verdict) holds() bool {
	return v.item.Signature.State == inventory.Verified || v.item.Signature.State == inventory.Partial
}

// signers names who signed: schemes, subject and key, then the whole digest on a line of its own. Where Android
// versions go by different signers, the newest one's scheme stands alone.
func (v verdict) signers() []string {
	s := v.item.Signature
	if !v.holds() {
		return nil
	}
	var lines []string
	by := page.Schemes(s, inventory.Verified)
	if last := len(s.Platforms) - 1; differ(s.Platforms) && s.Platforms[last].State == inventory.Verified {
		by = s.Platforms[last].Scheme
	}
	by = strings.TrimSpace(by + " by")
	for _, signer := range s.Signers[:min(len(s.Signers), maxSigners)] {
		who := cmp.Or(signer.Subject, "a certificate without a name")
		if signer.Key != "" {
			who += " (" + signer.Key + ")"
		}
		lines = append(lines, by+" "+who, signer.SHA256)
		by = "and"
	}
	if more := len(s.Signers) - maxSigners; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more; --format json has them all", more))
	}
	return lines
}

// platforms has a line for each range of Android versions where they differ.
func (v verdict) platforms() []string {
	var lines []string
	if list := v.item.Signature.Platforms; differ(list) {
		for _, platform := range list {
			lines = append(lines, platformText(platform))
		}
	}
	return lines
}

func (v verdict) rotation() []string {
	var lines []string
	for _, signer := range v.item.Signature.Signers {
		if older := len(signer.Lineage) - 1; v.holds() && older > 0 {
			lines = append(lines, fmt.Sprintf("key changed %s, each proved by the one before; first %s", times(older), page.Digest(signer.Lineage[0])))
		}
	}
	return slices.Compact(lines)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// build says what a brand pack says of the signer.
func (v verdict) build() []string {
	if v.Build.Match == finding.Unclaimed {
		return nil
	}
	word := v.Build.Match.String() + ": "
	return []string{word + strings.TrimPrefix(v.Build.Why, word)}
}

// stamps tells what a store says of the build.
func (v verdict) stamps() []string {
	var lines []string
	if v.Route.Detail == "play-build" {
		lines = append(lines, "built by Google Play, which does not say that it came from there")
	}
	for _, stamp := range v.item.Signature.Stamps {
		name := map[string]string{"source-stamp": "source stamp", "frosting": "Play metadata"}[stamp.Kind]
		text := fmt.Sprintf("%s %s", cmp.Or(name, stamp.Kind), stamp.State)
		if stamp.SHA256 != "" {
			text += ", by " + page.Digest(stamp.SHA256)
		}
		if stamp.Time != "" {
			text += ", of " + stamp.Time
		}
		for _, problem := range stamp.Problems[:min(len(stamp.Problems), maxIssues)] {
			text += "; " + problem.ID
		}
		if stamp.State != inventory.Verified || len(lines) == 0 {
			lines = append(lines, text)
		}
	}
	return lines
}

// signatureTraits are the traits that a reader of signatures wants to know.
var signatureTraits = []inventory.TraitID{
	inventory.TraitJanus, inventory.TraitPublicSigningKey, inventory.TraitSignerConfusion, inventory.TraitSeveralSigningBlocks,
	inventory.TraitDuplicateSigningBlock, inventory.TraitDebugCertificate, inventory.TraitWeakSigningKey, inventory.TraitWeakSigningDigest,
	inventory.TraitRollbackAllowed, inventory.TraitUnsignedBytes, inventory.TraitLeftoverSignature, inventory.TraitStampWithoutEntry,
	inventory.TraitSplitDiffers, inventory.TraitSplitsMissing,
}

func (v verdict) notes() []string {
	var lines []string
	if v.Route.Verdict == finding.Development && v.Route.Why != "" {
		lines = append(lines, "note: it is "+v.Route.Why)
	}
	for _, info := range inventory.Traits() {
		if slices.Contains(signatureTraits, info.ID) && v.item.HasTrait(info.ID) {
			lines = append(lines, "note: it "+info.Meaning)
		}
	}
	return lines
}

// warnings counts what changes no verdict.
func (v verdict) warnings() []string {
	var ids []string
	total := 0
	for _, problem := range v.item.Signature.Problems {
		if problem.Warning {
			total++
			if !slices.Contains(ids, problem.ID) {
				ids = append(ids, problem.ID)
			}
		}
	}
	if total == 0 {
		return nil
	}
	text := page.Plural(total, "warning") + ": " + strings.Join(ids[:min(len(ids), maxIssues)], ", ")
	if len(ids) > maxIssues {
		text += fmt.Sprintf(" and %d more", len(ids)-maxIssues)
	}
	return []string{text}
}

// writeEnd counts the words and says what the exit code means.
func writeEnd(p *page.Page, r *finding.Report, counts map[gate.Word]int) {
	var words []string
	for word := range counts {
		words = append(words, string(word))
	}
	slices.Sort(words)
	for i, word := range words {
		words[i] = fmt.Sprintf("%d %s", counts[gate.Word(word)], word)
	}
	p.Blank()
	if len(r.Items) > 1 {
		p.Line("%s: %s", page.Plural(len(r.Items), "item"), strings.Join(words, ", "))
	}
	meaning := map[int]string{
		gate.ExitPass:       "every signature holds",
		gate.ExitFailed:     "an item failed",
		gate.ExitIncomplete: "nothing failed, and not everything is proved",
	}[r.Gate.Exit]
	p.Line("%s", p.Paint(page.Dim, fmt.Sprintf("exit %d: %s", r.Gate.Exit, meaning)))
}
