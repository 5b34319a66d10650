package main

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"appraise/android"
	"appraise/browserext"
	"appraise/internal/limits"
	"appraise/internal/textsafe"
	"appraise/inventory"
	"appraise/ios"
	"appraise/policies"
	"appraise/policies/rule"
)

func newExplainCmd() *cobra.Command {
	var policy string
	cmd := &cobra.Command{
		Use:   "explain [WORD]",
		Short: "Tell what a word of a report means",
		Long: `explain tells what a rule, permission, usage key, extension point, capability, trait or verdict word means.
"limits" prints the bounds on what is read, "checklist" the advice that no scanner can check for you,
"rules" and "capabilities" list what there is, "policy" tells what a policy folder holds, "platforms" which Android
goes by which signature, "changes" what diff tells, "phone" what is read of a phone. The names of apksig's issues, as in a verdict, are words as well.`,
		Example: `  appraise explain keystrokes
  appraise explain android.permission.READ_SMS
  appraise explain lookalike
  appraise explain V2_SIG_APK_DIGEST_DID_NOT_VERIFY
  appraise explain limits`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			loaded, err := loadPolicy(policy, "")
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return cmd.Help()
			}
			return runExplain(cmd.OutOrStdout(), loaded, args[0])
		},
	}
	cmd.Flags().StringVar(&policy, "policy", "default", "explain the rules of this preset or folder, `POLICY`")
	return cmd
}

// topic is one word that can be explained. Lines may hold text of a user's policy: they are made safe when shown.
type topic struct {
	group, word string
	lines       []string
}

func (t *topic) add(label, text string) {
	if text != "" && text != "-" {
		t.lines = append(t.lines, label+text)
	}
}

func runExplain(w io.Writer, p *policies.Policy, word string) error {
	if page, ok := pages[word]; ok {
		page(w, p)
		return nil
	}
	all := append(topics(p), issueTopics(word)...)
	found := false
	for _, t := range all {
		if strings.EqualFold(t.word, word) || strings.EqualFold(t.word, "android.permission."+word) {
			found = true
			fmt.Fprintf(w, "%s (%s)\n", textsafe.Line(t.word), t.group)
			for _, line := range t.lines {
				fmt.Fprintf(w, "  %s\n", textsafe.Line(line))
			}
		}
	}
	if !found {
		return usagef(nearest(all, word), "no rule, permission, capability or verdict word is called %q", word)
	}
	return nil
}

func nearest(all []topic, word string) string {
	var known []string
	for _, t := range all {
		known = append(known, t.word)
	}
	if near := rule.Suggest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return `"appraise explain rules" and "appraise explain capabilities" list what there is`
}

// topics gathers every word from the tables it stands in.
func topics(p *policies.Policy) []topic {
	return slices.Concat(wordTopics(), phoneTopics(), signatureTopics(), changeTopics(), capabilityTopics(p), ruleTopics(p), traitTopics(), permissionTopics(), usageTopics(), adviceTopics(p))
}

func wordTopics() []topic {
	var all []topic
	for _, word := range policies.Words() {
		t := topic{group: word.Group, word: word.Word}
		t.add("means: ", word.Meaning)
		t.add("doesn't prove: ", word.ProvesNot)
		all = append(all, t)
	}
	return all
}

func capabilityTopics(p *policies.Policy) []topic {
	var all []topic
	for _, info := range p.Capabilities() {
		t := topic{group: "capability", word: string(info.ID)}
		t.add("can ", info.Meaning)
		t.add("on: ", join(info.Platforms))
		t.add("given by: ", strings.Join(givenBy(info.ID), ", "))
		all = append(all, t)
	}
	return all
}

// givenBy names what gives a capability: rows of the platforms' tables.
func givenBy(id inventory.CapabilityID) []string {
	var names []string
	add := func(name string, gives []inventory.CapabilityID) {
		if slices.Contains(gives, id) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, row := range android.Permissions() {
		add(strings.TrimPrefix(row.Name, "android.permission."), row.Capabilities)
	}
	for _, row := range ios.UsageKeys() {
		add(row.Key, row.Capabilities)
	}
	for _, row := range ios.ExtensionPoints() {
		add(row.Point, row.Capabilities)
	}
	for _, row := range slices.Concat(browserext.ChromePermissions(), browserext.FirefoxPermissions()) {
		add(row.Name, row.Capabilities)
	}
	return names
}

func ruleTopics(p *policies.Policy) []topic {
	var all []topic
	for _, r := range p.Rules() {
		t := topic{group: "rule", word: r.ID}
		t.add("", spoken(r.Title))
		t.add("severity: ", severityText(r.Severity))
		t.add("why: ", spoken(r.Why))
		t.add("do: ", spoken(r.Do))
		t.add("undo: ", spoken(r.Undo))
		t.add("when: ", r.When)
		t.add("advice: ", r.Advice)
		for _, ref := range r.References {
			t.add("see: ", ref)
		}
		all = append(all, t)
	}
	return all
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// spoken shows the placeholders of a rule's text as words in capitals.
func spoken(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		if name == "{may}" {
			return "can"
		}
		return strings.ToUpper(strings.Trim(name, "{}"))
	})
}

func severityText(s rule.Severity) string {
	if s.Rows == nil {
		return s.Word.String()
	}
	var parts []string
	for exposure := inventory.Optional; exposure <= inventory.Active; exposure++ {
		if severity, ok := s.At(exposure); ok {
			parts = append(parts, fmt.Sprintf("%s when %s", severity, exposure))
		}
	}
	return strings.Join(parts, ", ")
}

func traitTopics() []topic {
	var all []topic
	for _, trait := range inventory.Traits() {
		all = append(all, topic{group: "trait", word: string(trait.ID), lines: []string{"an artifact with it " + trait.Meaning}})
	}
	return all
}

func permissionTopics() []topic {
	var all []topic
	for _, row := range android.Permissions() {
		t := topic{group: "Android permission", word: row.Name}
		t.add("", row.Meaning)
		t.add("protection: ", row.Protection)
		t.add("capability: ", join(row.Capabilities))
		t.add("since API level: ", row.Added)
		all = append(all, t)
	}
	for _, table := range []struct {
		group string
		rows  []browserext.PermissionInfo
	}{{"Chrome permission", browserext.ChromePermissions()}, {"Firefox permission", browserext.FirefoxPermissions()}} {
		for _, row := range table.rows {
			t := topic{group: table.group, word: row.Name}
			t.add("", row.Meaning)
			t.add("class: ", row.Class)
			t.add("announced at install: ", row.Warns)
			t.add("capability: ", join(row.Capabilities))
			all = append(all, t)
		}
	}
	return all
}

func usageTopics() []topic {
	var all []topic
	for _, row := range ios.UsageKeys() {
		t := topic{group: "iOS usage key", word: row.Key}
		t.add("", row.Meaning)
		t.add("platform: ", row.Platform)
		t.add("capability: ", join(row.Capabilities))
		all = append(all, t)
	}
	for _, row := range ios.ExtensionPoints() {
		t := topic{group: "iOS extension point", word: row.Point}
		t.add("", row.Meaning)
		t.add("capability: ", join(row.Capabilities))
		all = append(all, t)
	}
	return all
}

func adviceTopics(p *policies.Policy) []topic {
	var all []topic
	for _, row := range p.Advice() {
		t := topic{group: "advice", word: row.ID}
		t.add("", row.Text)
		t.add("checked: ", map[string]string{"C": "yes", "P": "in part", "N": "not by a scanner"}[row.Check])
		t.add("how: ", row.How)
		all = append(all, t)
	}
	return all
}

func join[T ~string](list []T) string {
	var words []string
	for _, item := range list {
		words = append(words, string(item))
	}
	return strings.Join(words, ", ")
}

// pages are the words that list things instead of explaining one.
var pages = map[string]func(io.Writer, *policies.Policy){
	"limits":       showLimits,
	"checklist":    showChecklist,
	"rules":        showRules,
	"capabilities": showCapabilities,
	"policy":       showPolicy,
	"platforms":    showPlatforms,
	"changes":      showChanges,
	"phone":        showPhone,
}

func showLimits(w io.Writer, _ *policies.Policy) {
	fmt.Fprintln(w, "What is larger than this isn't read, and the report says so.")
	for _, row := range limits.Table() {
		fmt.Fprintf(w, "  %-24s %12d %-12s %s\n", row.ID, row.Value, row.Unit, row.Meaning)
	}
}

func showChecklist(w io.Writer, p *policies.Policy) {
	fmt.Fprintln(w, "What no scanner can check for you:")
	for _, row := range p.Advice() {
		if row.Check == "N" {
			fmt.Fprintf(w, "  - %s (%s)\n", textsafe.Line(row.Text), textsafe.Line(row.How))
		}
	}
	fmt.Fprintln(w, "What is checked in part; the rest is yours:")
	for _, row := range p.Advice() {
		if row.Check == "P" {
			fmt.Fprintf(w, "  - %s (%s)\n", textsafe.Line(row.Text), textsafe.Line(row.How))
		}
	}
}

func showRules(w io.Writer, p *policies.Policy) {
	rules := p.Rules()
	slices.SortFunc(rules, func(a, b rule.Rule) int { return cmp.Compare(a.ID, b.ID) })
	for _, r := range rules {
		fmt.Fprintf(w, "  %-32s %s\n", textsafe.Line(r.ID), textsafe.Line(spoken(r.Title)))
	}
}

func showCapabilities(w io.Writer, p *policies.Policy) {
	group := ""
	for _, info := range p.Capabilities() {
		if info.Group != group {
			group = info.Group
			fmt.Fprintf(w, "%s\n", group)
		}
		fmt.Fprintf(w, "  %-20s can %s\n", info.ID, info.Meaning)
	}
}

func showPolicy(w io.Writer, p *policies.Policy) {
	info := p.Info()
	fmt.Fprintf(w, "Preset %s: %d rules, brand packs %s, digest %s\n", info.Preset, info.Rules, join(info.Brands), info.Digest)
	fmt.Fprint(w, `
--policy default   judges look-alikes, listed ids, tricks, and shopping software
--policy fleet     the strict preset: the shopping rules judge every app that didn't come with the system
--policy DIR       the default with a folder of yours on top; it may hold
                     rules/ID.yaml      adds a rule, or replaces the rule of that id
                     brands/NAME.yaml   adds or replaces a brand pack
                     stores.yaml        replaces the table of stores and installers
A wrong file is refused with a sentence that says what to write. policies/rules in the source has the form.
`)
}
