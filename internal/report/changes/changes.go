// Package changes is the view of diff: what changed between two inventories, item by item.
package changes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"appraise/finding"
	"appraise/internal/drift"
	"appraise/internal/report/page"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// Bounds of the list of changes; JSON has all.
const (
	maxChanged = 200 // items
	maxNamed   = 12  // things of one kind in one item
	// maxChangeRunes bounds one line of changes: names of one kind stand together.
	maxChangeRunes = 2_000
)

// Write renders what diff found: what changed, by item, the most severe first. can words capabilities, to complete
// the sentence "it can …"; the id stands where a word is missing. It flushes the page; its error is the page's.
func Write(p *page.Page, r *finding.Report, can map[inventory.CapabilityID]string) error {
	groups := changedItems(r)
	p.Line("%s", p.Paint(page.Bold, changesHeadline(r, groups)))
	for i, g := range groups[:min(len(groups), maxChanged)] {
		p.Blank()
		p.Line("%s", p.Paint(page.Bold, fmt.Sprintf("%d. %s", i+1, page.Short(g.title, p.Width()-6))))
		for _, line := range g.lines(can) {
			line.write(p)
		}
	}
	if more := len(groups) - maxChanged; more > 0 {
		p.Blank()
		p.Line("and %s more; --format json has them all", page.Plural(more, "item"))
	}
	p.Unread(r)
	writeEnd(p, r)
	return p.Flush()
}

// write writes the line behind its severity.
func (line changeLine) write(p *page.Page) {
	word := line.severity.String()
	first, rest := "   "+p.Severity(line.severity)+strings.Repeat(" ", 10-len(word)), strings.Repeat(" ", 13)
	for _, text := range page.Wrap(textsafe.LineMax(line.text, maxChangeRunes), p.Width()-13) {
		p.Line("%s%s", first, page.UnlikeCommand(text, first))
		first = rest
	}
}

// changed is one item with its changes.
type changed struct {
	title   string
	android bool
	list    []finding.Change
}

// changeLine is one line of an item: the changes of one kind and one severity.
type changeLine struct {
	severity finding.Severity
	order    int
	text     string
}

func (g changed) worst() finding.Severity {
	var s finding.Severity
	for _, c := range g.list {
		s = max(s, c.Severity)
	}
	return s
}

// changedItems groups the changes by item, the worst first.
func changedItems(r *finding.Report) []changed {
	byKey := map[string]*inventory.Item{}
	for i := range r.Items {
		byKey[r.Items[i].Key] = &r.Items[i]
	}
	var groups []changed
	for _, c := range r.Changes {
		if n := len(groups); n > 0 && groups[n-1].list[0].Item == c.Item {
			groups[n-1].list = append(groups[n-1].list, c)
			continue
		}
		item := byKey[c.Item]
		groups = append(groups, changed{title: changedTitle(item, c), android: item != nil && item.Platform == inventory.Android, list: []finding.Change{c}})
	}
	slices.SortStableFunc(groups, func(a, b changed) int { return cmp.Compare(b.worst(), a.worst()) })
	return groups
}

func changedTitle(item *inventory.Item, c finding.Change) string {
	if item == nil { // gone: only its name and key are at hand
		return strings.TrimSpace(c.Name + " " + c.Item)
	}
	title := cmp.Or(item.Name, item.ID, item.Location)
	if item.ID != "" && item.ID != title {
		title += " (" + item.ID + ")"
	}
	return title
}

// lines words the changes of an item, the most severe first, then in the order of drift's table.
func (g changed) lines(can map[inventory.CapabilityID]string) []changeLine {
	type key struct {
		kind     string
		severity finding.Severity
	}
	same := map[key][]finding.Change{}
	for _, c := range g.list {
		k := key{c.Kind, c.Severity}
		same[k] = append(same[k], c)
	}
	kinds := drift.Kinds()
	var lines []changeLine
	for k, list := range same {
		order := slices.IndexFunc(kinds, func(info drift.KindInfo) bool { return string(info.Kind) == k.kind })
		lines = append(lines, changeLine{k.severity, order, g.words(drift.Kind(k.kind), list, can)})
	}
	slices.SortFunc(lines, func(a, b changeLine) int {
		return cmp.Or(cmp.Compare(b.severity, a.severity), cmp.Compare(a.order, b.order), strings.Compare(a.text, b.text))
	})
	return lines
}

// changeWords are the sentences of the kinds: FROM and TO stand for the values, NAMES for the names.
var changeWords = map[drift.Kind]string{
	drift.ItemAdded:         "new here: version TO",
	drift.ItemRemoved:       "gone: version FROM",
	drift.Name:              "name: FROM -> TO",
	drift.Version:           "version: FROM -> TO",
	drift.Downgrade:         "older version: FROM -> TO",
	drift.Content:           "same version, other content: FROM -> TO",
	drift.Signer:            "signer changed: FROM -> TO: another key, not proved by the old one",
	drift.SignerRotated:     "signer rotated: FROM -> TO: another key, proved by the old one",
	drift.SignerRolledBack:  "signer went back: FROM -> TO: an older key, which the newer one still lets replace it",
	drift.SignatureState:    "signature: FROM -> TO",
	drift.Build:             "build: FROM -> TO",
	drift.Route:             "route: FROM -> TO",
	drift.PermissionAdded:   "asks for: NAMES",
	drift.PermissionRemoved: "asks no more for: NAMES",
	drift.PermissionGranted: "granted: NAMES",
	drift.PermissionRevoked: "granted no more: NAMES",
	drift.CapabilityAdded:   "may now: NAMES",
	drift.CapabilityRemoved: "no longer may: NAMES",
	drift.CapabilityRaised:  "is now allowed to: NAMES",
	drift.CapabilityWidened: "no longer only in part: NAMES",
	drift.HostAccessAdded:   "reaches: NAMES",
	drift.HostAccessRemoved: "reaches no more: NAMES",
	drift.TraitAdded:        "it now NAMES",
	drift.TraitRemoved:      "no longer holds: it NAMES",
	drift.ComponentAdded:    "new parts: NAMES",
	drift.ComponentRemoved:  "parts gone: NAMES",
	drift.ComponentExported: "parts now open to other apps: NAMES",
	drift.MinSDK:            "oldest Android it runs on: FROM -> TO",
	drift.TargetSDK:         "made for: FROM -> TO",
	drift.TargetSDKLowered:  "made for an older Android: FROM -> TO",
}

// words says the changes of one kind in one item.
func (g changed) words(kind drift.Kind, list []finding.Change, can map[inventory.CapabilityID]string) string {
	sentence, ok := changeWords[kind]
	if !ok { // a kind of a newer version
		sentence = string(kind) + ": NAMES FROM -> TO"
	}
	text := strings.NewReplacer(
		"FROM", changeValue(kind, list[0].From), "TO", changeValue(kind, list[0].To), "NAMES", changeNames(kind, list, can),
	).Replace(sentence)
	if kind == drift.Signer && g.android {
		text += "; Android refuses this as an update of the installed app"
	}
	return text
}

// changeValue words one value of a change.
func changeValue(kind drift.Kind, value string) string {
	switch {
	case value == "":
		return "none"
	case kind == drift.Signer, kind == drift.SignerRotated, kind == drift.SignerRolledBack, kind == drift.Content:
		digests := strings.Fields(value)
		for i, sha := range digests {
			digests[i] = page.Digest(sha)
		}
		return strings.Join(digests, ", ")
	case kind == drift.MinSDK, kind == drift.TargetSDK, kind == drift.TargetSDKLowered:
		if n, err := strconv.Atoi(value); err == nil {
			return fmt.Sprintf("%s (%d)", page.AndroidVersion(n), n)
		}
	}
	return value
}

// changeNames lists what changed, as far as a person reads on.
func changeNames(kind drift.Kind, list []finding.Change, can map[inventory.CapabilityID]string) string {
	var names []string
	for _, c := range list[:min(len(list), maxNamed)] {
		names = append(names, changeName(kind, c.Name, can))
	}
	between := ", "
	if strings.HasPrefix(string(kind), "capability-") || strings.HasPrefix(string(kind), "trait-") {
		between = "; "
	}
	if more := len(list) - maxNamed; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, between)
}

func changeName(kind drift.Kind, name string, can map[inventory.CapabilityID]string) string {
	switch {
	case kind == drift.TraitAdded, kind == drift.TraitRemoved:
		for _, info := range inventory.Traits() {
			if string(info.ID) == name {
				return info.Meaning
			}
		}
	case strings.HasPrefix(string(kind), "capability-"):
		return cmp.Or(can[inventory.CapabilityID(name)], name)
	}
	return name
}

// changesHeadline counts the changes by severity.
func changesHeadline(r *finding.Report, groups []changed) string {
	var counts finding.SeverityCounts
	for _, c := range r.Changes {
		counts.Add(c.Severity)
	}
	if len(groups) == 0 {
		return page.Plural(len(r.Items), "item") + " · nothing changed among what is compared"
	}
	parts := []string{page.Plural(len(groups), "item") + " changed"}
	for _, part := range []struct {
		n        int
		severity finding.Severity
	}{{counts.Critical, finding.Critical}, {counts.High, finding.High}, {counts.Medium, finding.Medium}, {counts.Low, finding.Low}, {counts.Info, finding.Info}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.severity))
		}
	}
	return strings.Join(parts, " · ")
}

// writeEnd says what the exit code means.
func writeEnd(p *page.Page, r *finding.Report) {
	text := fmt.Sprintf("no change is %s or worse", r.Gate.FailOn)
	switch {
	case r.Gate.Failed:
		text = fmt.Sprintf("a change is %s or worse (--fail-on)", r.Gate.FailOn)
	case r.Gate.Exit != 0:
		text = "something was not read that could change this answer"
	case r.Gate.FailOn == "none":
		text = "no change fails (--fail-on none)"
	}
	p.Blank()
	p.Line("%s", p.Paint(page.Dim, fmt.Sprintf("exit %d: %s", r.Gate.Exit, text)))
}
