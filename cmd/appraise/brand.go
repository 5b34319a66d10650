package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"appraise/internal/textsafe"
	"appraise/policies"
	"appraise/policies/brand"
)

func newBrandCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "brand",
		Short: "List, show, check and learn brand packs",
		Long: `A brand pack holds what is known of a brand: its apps, who signs them, its hosts, and who else uses its name.
Every entry says where it comes from and how sure it is.`,
		Example: `  appraise brand list
  appraise brand show aliexpress
  appraise brand learn our-app.apk --name ourshop -o ourshop.yaml
  appraise brand lint ourshop.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef("the commands are list, show, lint and learn", "%q is no command of brand", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBrandListCmd(), newBrandShowCmd(), newBrandLintCmd(), newBrandLearnCmd())
	return cmd
}

const policyFlagHelp = "`POLICY` is default, fleet, or a folder that adds or replaces brand packs"

func newBrandListCmd() *cobra.Command {
	var policy string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the brand packs in use",
		Example: "  appraise brand list\n  appraise brand list --policy our-policy",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			loaded, err := loadBrands(policy, "")
			if err != nil {
				return err
			}
			return listBrands(cmd.OutOrStdout(), loaded.Brands(), policy)
		},
	}
	cmd.Flags().StringVar(&policy, "policy", "default", policyFlagHelp)
	return cmd
}

func listBrands(w io.Writer, packs []*brand.Pack, policy string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "BRAND\tNAME\tGATHERED\tAPPS\tPINS\tSOURCE")
	for _, p := range packs {
		pins := 0
		for _, a := range p.Android.Apps {
			pins += len(a.Signers)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%s\n", textsafe.Line(p.Brand), textsafe.Line(p.DisplayName), textsafe.Line(p.Gathered),
			len(p.Android.Apps)+len(p.IOS.Apps), pins, textsafe.Line(packOrigin(p.Brand, policy)))
	}
	return table.Flush()
}

// packOrigin says where a pack in use was read from.
func packOrigin(name, policy string) string {
	file := filepath.Join(policy, "brands", name+".yaml")
	if _, err := os.Stat(file); err == nil {
		return filepath.ToSlash(file)
	}
	return "built in"
}

func newBrandShowCmd() *cobra.Command {
	var policy string
	cmd := &cobra.Command{
		Use:     "show NAME",
		Short:   "Show what a brand pack holds, with sources and confidence",
		Long:    "show prints what a brand pack holds. NAME is that of a pack in use, or the file of one: NAME.yaml.",
		Example: "  appraise brand show aliexpress\n  appraise brand show ourshop.yaml",
		Args:    wantOne("name a brand pack: appraise brand show aliexpress"),
		RunE: func(cmd *cobra.Command, args []string) error {
			loaded, err := loadBrands(policy, args[0])
			if err != nil {
				return err
			}
			showPack(cmd.OutOrStdout(), loaded.Brands()[0])
			return nil
		},
	}
	cmd.Flags().StringVar(&policy, "policy", "default", policyFlagHelp)
	return cmd
}

func wantOne(hint string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usagef(hint, "want one name, got %d", len(args))
		}
		return nil
	}
}

// packPrinter prints a pack line by line; every text is made safe.
type packPrinter struct{ w io.Writer }

func (p packPrinter) line(indent int, format string, args ...any) {
	fmt.Fprintf(p.w, "%s%s\n", strings.Repeat("  ", indent), textsafe.Line(fmt.Sprintf(format, args...)))
}

// entry prints one entry with what it rests on.
func (p packPrinter) entry(indent int, what, confidence string, independent int, sources []string) {
	var origin []string
	if confidence != "" {
		origin = append(origin, "confidence "+confidence)
	}
	if independent > 0 {
		origin = append(origin, fmt.Sprintf("%d independent", independent))
	}
	p.line(indent, "%s (%s)", what, strings.Join(append(origin, "from "+strings.Join(sources, ", ")), "; "))
}

func (p packPrinter) note(indent int, label, text string) {
	if text != "" {
		p.line(indent, "%s%s", label, text)
	}
}

func showPack(w io.Writer, pack *brand.Pack) {
	p := packPrinter{w}
	p.line(0, "%s: %s, gathered %s", pack.Brand, pack.DisplayName, pack.Gathered)
	p.androidApps(pack)
	p.iosApps(pack)
	p.extensions(pack)
	p.hosts(pack)
	for _, kind := range slices.Sorted(maps.Keys(pack.KnownFakes)) {
		for _, f := range pack.KnownFakes[kind] {
			p.entry(0, fmt.Sprintf("reported as a copy of %s on %s: %s, %s", kind, f.Reported, f.Package, f.Label), f.Confidence, 0, f.Sources)
		}
	}
	p.line(0, "sources:")
	for _, id := range slices.Sorted(maps.Keys(pack.Sources)) {
		p.line(1, "%s: %s (%s)", id, pack.Sources[id].What, pack.Sources[id].Licence)
	}
	for _, text := range pack.Attribution {
		p.note(0, "attribution: ", text)
	}
	for _, text := range pack.BeforeRelease {
		p.note(0, "to confirm by a person: ", text)
	}
}

func (p packPrinter) androidApps(pack *brand.Pack) {
	for _, a := range pack.Android.Apps {
		p.entry(0, fmt.Sprintf("Android app %s: %s, %s", a.Package, cmp.Or(a.Name, "no name"), a.Role), a.PackageConfidence, a.Independent, a.Sources)
		p.note(1, "", a.Note)
		for _, s := range a.Signers {
			p.signer(s)
		}
		if len(a.Signers) == 0 {
			p.line(1, "no signer is known: name-only at best")
		}
		if e := a.ExpectedPermissions; e != nil {
			p.line(1, "asks for (%s): %s", e.Status, strings.Join(e.KnownRequested, ", "))
		}
		if a.MinimumVersionCode != nil {
			p.line(1, "lowest known version code: %d", *a.MinimumVersionCode)
		}
	}
}

func (p packPrinter) signer(s brand.Signer) {
	digest := "SHA-256 " + string(s.SHA256)
	if s.SHA256 == "" && s.SHA1 != nil {
		digest = "SHA-1 alone, " + string(*s.SHA1)
	}
	p.entry(1, "signer "+digest+", channel "+s.Channel, s.Confidence, s.Independent, s.Sources)
	if s.SHA256 != "" && s.SHA1 != nil {
		p.line(2, "SHA-1 %s", *s.SHA1)
	}
	p.note(2, "", s.Provenance)
	for _, seen := range s.SeenIn {
		p.line(2, "seen in the APK with SHA-256 %s on %s", seen.APKSHA256, seen.Date)
	}
}

func (p packPrinter) iosApps(pack *brand.Pack) {
	for _, b := range pack.IOS.Apps {
		p.entry(0, fmt.Sprintf("iOS app %s: %s, %s", b.BundleID, b.Name, b.Role), b.Confidence, b.Independent, b.Sources)
		p.note(1, "", b.Note)
	}
}

func (p packPrinter) extensions(pack *brand.Pack) {
	e := pack.Extensions
	for _, x := range e.Official {
		p.entry(0, fmt.Sprintf("extension %s: %s, official", x.ID, x.Name), x.Confidence, x.Independent, x.Sources)
	}
	for _, x := range e.ThirdPartyKnown {
		p.entry(0, fmt.Sprintf("extension %s: %s, of somebody else", x.ID, x.Name), x.Confidence, x.Independent, x.Sources)
	}
	for _, group := range slices.Sorted(maps.Keys(e.Reported)) {
		for _, x := range e.Reported[group] {
			p.entry(0, fmt.Sprintf("extension %s: reported on %s as %q, %s", x.ID, x.Reported, x.ReportedName, x.Grade), x.Confidence, x.Independent, x.Sources)
		}
	}
}

func (p packPrinter) hosts(pack *brand.Pack) {
	d := pack.Domains
	for _, group := range []struct {
		what string
		list []brand.Domain
	}{{"own domain", d.Core}, {"parcel tracking", d.Tracking}, {"domain of the group", d.Family}, {"never the brand's own", d.NeverFirstParty}} {
		for _, x := range group.list {
			p.entry(0, group.what+" "+x.Domain, x.Confidence, 0, x.Sources)
		}
	}
	for _, l := range d.Links {
		p.entry(0, fmt.Sprintf("host %s: %s", l.Host, l.Purpose), "", 0, l.Sources)
	}
	for _, i := range d.LookalikeIOCs {
		p.entry(0, fmt.Sprintf("reported look-alike %s: %s", i.Value, i.What), i.Confidence, 0, i.Sources)
	}
}

func newBrandLintCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "lint FILE...",
		Short: "Check files of brand packs",
		Long: `lint reads files of brand packs and tells every error with its line and what to write instead.
A file in a folder named brands must bear the name of its brand. Exit codes: 0 no error, 2 errors.`,
		Example: "  appraise brand lint our-policy/brands/ourshop.yaml",
		Args:    wantPaths("name a file: appraise brand lint ourshop.yaml", "nothing to check"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runBrandLint(cmd.OutOrStdout(), args) },
	}
}

func runBrandLint(w io.Writer, files []string) error {
	failed := false
	for _, file := range files {
		text, err := readPack(file)
		if err != nil {
			return usagef("name the YAML file of a brand pack", "%q: %w", file, err)
		}
		name := ""
		if abs, err := filepath.Abs(file); err == nil && filepath.Base(filepath.Dir(abs)) == "brands" {
			name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		}
		pack, bad := policies.LintPack(name, text)
		failed = failed || len(bad) > 0
		for _, e := range bad {
			place := file
			if e.Line > 0 {
				place = fmt.Sprintf("%s:%d", file, e.Line)
			}
			fmt.Fprintf(w, "%s\n", textsafe.Message(place+": "+e.Message))
		}
		if len(bad) == 0 {
			fmt.Fprintf(w, "%s: no errors (%s, %d apps)\n", textsafe.Line(file), textsafe.Line(pack.Brand), len(pack.Android.Apps)+len(pack.IOS.Apps))
		}
	}
	if failed {
		return exitCode(exitUsage)
	}
	return nil
}
