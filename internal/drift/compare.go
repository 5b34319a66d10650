package drift

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"appraise/finding"
	"appraise/inventory"
)

// Side is one of two inventories.
type Side struct {
	Items []inventory.Item
	// Assessments are one an item in the items' order, for changes of build and route; nil: those are not compared.
	Assessments []finding.Assessment
}

// one is an item with its assessment, nil where there is none.
type one struct {
	*inventory.Item
	judged *finding.Assessment
}

func (s Side) all() []one {
	out := make([]one, len(s.Items))
	for i := range s.Items {
		out[i].Item = &s.Items[i]
		if len(s.Assessments) == len(s.Items) {
			out[i].judged = &s.Assessments[i]
		}
	}
	return out
}

// Compare tells what changed from one inventory to the other: by item, the most severe first. The order of the
// items on a side changes nothing. Item is the key in the newer side, or in the older for what is gone.
func Compare(before, after Side) []finding.Change {
	var changes []finding.Change
	for _, p := range match(before.all(), after.all()) {
		changes = append(changes, p.changes()...)
	}
	slices.SortFunc(changes, func(a, b finding.Change) int {
		return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.Name, b.Name), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return slices.Compact(changes)
}

// comparison gathers the changes of one item.
type comparison struct {
	item     string
	defaults map[Kind]finding.Severity
	list     []finding.Change
}

// add records a change with the severity of its kind.
func (c *comparison) add(kind Kind, name, from, to string) {
	c.addAt(c.defaults[kind], kind, name, from, to)
}

func (c *comparison) addAt(severity finding.Severity, kind Kind, name, from, to string) {
	c.list = append(c.list, finding.Change{Item: c.item, Kind: string(kind), Name: name, From: from, To: to, Severity: severity})
}

// changes compares the two items of a pair.
func (p pair) changes() []finding.Change {
	c := comparison{defaults: defaults()}
	switch {
	case p.before.Item == nil:
		c.item = p.after.Key
		match := finding.Unclaimed
		if p.after.judged != nil {
			match = p.after.judged.Build.Match
		}
		c.addAt(arrived(p.after.Item, match), ItemAdded, p.after.Name, "", versionText(p.after.Item))
		if p.beside.Item != nil {
			c.signature(p.beside.Item, p.after.Item)
		}
	case p.after.Item == nil:
		c.item = p.before.Key
		c.add(ItemRemoved, p.before.Name, versionText(p.before.Item), "")
	default:
		c.item = p.after.Key
		c.identity(p.before.Item, p.after.Item)
		c.signature(p.before.Item, p.after.Item)
		c.judgement(p.before.judged, p.after.judged)
		c.powers(p.before.Item, p.after.Item)
		c.traits(p.before.Item, p.after.Item)
		c.android(p.before.Detail.Android, p.after.Detail.Android)
	}
	return c.list
}

// identity compares name, version and content.
func (c *comparison) identity(before, after *inventory.Item) {
	if before.Name != after.Name {
		c.add(Name, "", before.Name, after.Name)
	}
	from, to := versionText(before), versionText(after)
	switch {
	case from == to && before.SHA256 != "" && after.SHA256 != "" && before.SHA256 != after.SHA256:
		c.add(Content, "", before.SHA256, after.SHA256)
	case from == to:
	case older(after, before):
		c.add(Downgrade, "", from, to)
	default:
		c.add(Version, "", from, to)
	}
}

func versionText(item *inventory.Item) string {
	if item.VersionCode == 0 {
		return item.Version
	}
	return strings.TrimSpace(fmt.Sprintf("%s (%d)", item.Version, item.VersionCode))
}

// older reports whether a has a lower version than b, by the number that the platform goes by.
func older(a, b *inventory.Item) bool {
	if a.Platform == inventory.Android {
		return a.VersionCode < b.VersionCode
	}
	x, y := dotted(a.Version), dotted(b.Version)
	return x != nil && y != nil && slices.Compare(x, y) < 0
}

// dotted reads a version of numbers with dots between, without zeros at its end; nil where it is none.
func dotted(version string) []int {
	out := []int{}
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil
		}
		out = append(out, n)
	}
	for len(out) > 0 && out[len(out)-1] == 0 {
		out = out[:len(out)-1]
	}
	return out
}

// signature compares who signed, and whether it holds.
func (c *comparison) signature(before, after *inventory.Item) {
	if from, to := before.Signature.State, after.Signature.State; from != to {
		c.addAt(signatureState(from, to), SignatureState, "", from.String(), to.String())
	}
	from, to := signers(before), signers(after)
	if len(from) == 0 || len(to) == 0 || slices.Equal(from, to) {
		return
	}
	kind := Signer
	switch {
	case continues(to, after.Signature.Signers, from):
		kind = SignerRotated
	case before.HasTrait(inventory.TraitRollbackAllowed) && continues(from, before.Signature.Signers, to):
		kind = SignerRolledBack
	}
	c.add(kind, "", strings.Join(from, " "), strings.Join(to, " "))
}

// signers lists the certificates that signed an item, each once, in order.
func signers(item *inventory.Item) []string {
	var out []string
	for _, s := range item.Signature.Signers {
		out = append(out, s.SHA256)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// continues reports whether the one signer in newer has the one in older in its verified history.
func continues(newer []string, signers []inventory.Signer, older []string) bool {
	return len(newer) == 1 && len(older) == 1 &&
		slices.ContainsFunc(signers, func(s inventory.Signer) bool { return slices.Contains(s.Lineage, older[0]) })
}

// judgement compares build and route where both sides were judged.
func (c *comparison) judgement(before, after *finding.Assessment) {
	if before == nil || after == nil {
		return
	}
	if from, to := before.Build.Match, after.Build.Match; from != to {
		c.addAt(build(from, to), Build, after.Build.Brand, from.String(), to.String())
	}
	if from, to := routeText(before.Route), routeText(after.Route); from != to {
		c.addAt(route(after.Route.Verdict), Route, "", from, to)
	}
}

func routeText(r finding.Route) string {
	if r.Detail == "" {
		return r.Verdict.String()
	}
	return r.Verdict.String() + ", " + r.Detail
}

func (c *comparison) traits(before, after *inventory.Item) {
	from, to := traitSet(before), traitSet(after)
	for id := range to {
		if !from[id] {
			severity, ok := traits[id]
			if !ok {
				severity = c.defaults[TraitAdded]
			}
			c.addAt(severity, TraitAdded, string(id), "", "")
		}
	}
	for id := range from {
		if !to[id] {
			c.add(TraitRemoved, string(id), "", "")
		}
	}
}

func traitSet(item *inventory.Item) map[inventory.TraitID]bool {
	out := map[inventory.TraitID]bool{}
	for _, t := range item.Traits {
		out[t.ID] = true
	}
	return out
}
