package capture

// Names of what a capture tells besides its outputs.
const (
	Certificates = "certificates" // who signed the apps
	Manifests    = "manifests"    // the apps' own manifests and labels
	OtherUsers   = "other-users"  // settings and packages of users other than 0
)

// Gap is something that a capture does not tell.
type Gap struct {
	Name string // of an output, or Certificates, Manifests, OtherUsers
	Why  string
}

// gap is one row of the table of sources. Of some the source carries it in some versions.
type gap struct {
	source, name string
	some         bool
	why          string
}

const (
	notInDumpsys = "no part of dumpsys"
	newerOnly    = "only newer versions of Android print it"
)

// gaps is what each source can't carry, whatever phone it came from. Phones collected over adb, and so our bundles,
// have none. AndroidQF: modules/*.go; bug reports: frameworks/native/cmds/dumpstate.
var gaps = [...]gap{
	{SourceAndroidQF, Certificates, true, "AndroidQF reads the certificates of those apps only that it was told to copy"},
	{SourceAndroidQF, Manifests, false, "AndroidQF's lists hold no manifests; the copied APKs can be scanned themselves"},
	{SourceAndroidQF, OtherUsers, true, "AndroidQF collects the settings of one user"},
	{SourceAndroidQF, IMEAll, false, "AndroidQF does not ask for it"},
	{SourceAndroidQF, AppLinks, false, "AndroidQF does not ask for it"},
	{SourceAndroidQF, Transparency, false, "AndroidQF does not ask for it"},
	{SourceAndroidQF, ID, true, "AndroidQF looks for programs that root a phone instead"},
	{SourceAndroidQF, Roles, true, newerOnly},
	{SourceAndroidQF, WebView, true, newerOnly},

	{SourceBugreport, Certificates, false, "bug reports hold no certificates, only a 32-bit hash of them that proves nothing"},
	{SourceBugreport, Manifests, false, "bug reports hold no APKs"},
	{SourceBugreport, OtherUsers, true, "bug reports hold the settings of some users only"},
	{SourceBugreport, GetProp, true, "the bug report has no list of properties"},
	{SourceBugreport, SettingsSecure, true, newerOnly},
	{SourceBugreport, SettingsGlobal, true, newerOnly},
	{SourceBugreport, SettingsSystem, true, newerOnly},
	{SourceBugreport, IMEAll, false, notInDumpsys},
	{SourceBugreport, AppLinks, false, notInDumpsys},
	{SourceBugreport, Transparency, false, notInDumpsys},
	{SourceBugreport, ID, false, notInDumpsys},
	{SourceBugreport, Roles, true, newerOnly},
	{SourceBugreport, WebView, true, newerOnly},

	{SourceDumps, Certificates, false, "saved outputs hold no certificates, only a 32-bit hash of them that proves nothing"},
	{SourceDumps, Manifests, false, "saved outputs hold no APKs"},
}

// Gaps tells which facts a source can't carry, or carries in some versions only. It is empty for captures over adb.
func Gaps(source string) []Gap {
	var list []Gap
	for _, g := range gaps {
		if g.source == source {
			list = append(list, Gap{g.name, g.why})
		}
	}
	return list
}

// Missing tells what this capture does not hold, in the order of Names: outputs without a text that no other output
// replaces, each with the collector's reason, the source's or none; then certificates and manifests.
// An output that the phone's version of Android does not know is among them; who knows the version drops it.
func (c *Capture) Missing() []Gap {
	var list []Gap
	for _, n := range Names {
		if c.holds(n.Name) || n.Instead != "" && c.holds(n.Instead) {
			continue
		}
		list = append(list, Gap{n.Name, c.why(n.Name)})
	}
	for _, name := range [...]string{Certificates, Manifests, OtherUsers} {
		if why := sourceGap(c.Source, name); why != "" && !c.holds(name) {
			list = append(list, Gap{name, why})
		}
	}
	return list
}

// holds reports whether the capture holds an output, or one of the facts that are none.
func (c *Capture) holds(name string) bool {
	switch name {
	case Certificates:
		return c.holds(Manifests) || c.certified()
	case Manifests:
		for i := range c.APKs {
			if len(c.APKs[i].Parts) > 0 {
				return true
			}
		}
		return false
	case PackagesList, PackagesSystem, PackagesThirdParty, PackagesDisabled:
		return len(c.Packages) > 0 || c.Outputs[name].Text != nil
	case ID:
		return c.Rooted != nil || c.Outputs[name].Text != nil
	}
	return c.Outputs[name].Text != nil
}

// certified reports whether AndroidQF's list holds a certificate for at least one file of every package.
func (c *Capture) certified() bool {
	for _, p := range c.Packages {
		found := false
		for _, f := range p.Files {
			found = found || f.CertSHA256 != ""
		}
		if !found {
			return false
		}
	}
	return len(c.Packages) > 0
}

func (c *Capture) why(name string) string {
	if reason := c.Outputs[name].Reason; reason != "" {
		return reason
	}
	if why := sourceGap(c.Source, name); why != "" {
		return why
	}
	return "not in this capture"
}

func sourceGap(source, name string) string {
	for _, g := range gaps {
		if g.source == source && g.name == name {
			return g.why
		}
	}
	return ""
}
