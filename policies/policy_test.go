package policies_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"appraise/finding"
	"appraise/inventory"
	"appraise/policies"
	"appraise/policies/rule"
)

// never holds the words that no text of ours says of software (the project's wording table).
var never = regexp.MustCompile(`(?i)\b(dangerous|malware|spyware|trojan|virus|safe|safely|clean|threats?|fake app|genuine|keylogger|stalkerware|infected)\b|(?i)\bverified\b`)

// allowed are the phrases of that table that hold one of them.
var allowed = strings.NewReplacer("not verified by us", "")

func TestWording(t *testing.T) {
	p := load(t, policies.Options{})
	texts := map[string]string{}
	for _, r := range p.Rules() {
		texts["rules/"+r.ID+".yaml"] = strings.Join([]string{r.Title, r.Why, r.Do, r.Undo, r.Peers}, "\n")
	}
	for _, row := range p.Advice() {
		texts["advice "+row.ID] = row.Text + "\n" + row.How
	}
	for _, c := range p.Capabilities() {
		texts["capability "+string(c.ID)] = c.Meaning
	}
	for _, w := range policies.Words() {
		texts["word "+w.Word] = w.Meaning + "\n" + w.ProvesNot
	}
	for where, text := range texts {
		if word := never.FindString(allowed.Replace(text)); word != "" {
			t.Errorf("%s says %q: say what the software can do, or what was found", where, word)
		}
		if strings.Contains(text, "AliExpress is ") {
			t.Errorf("%s speaks of AliExpress as a whole: say only what was found in this copy", where)
		}
	}
	for _, r := range p.Rules() {
		if strings.Contains(r.Title, "malicious") && !regexp.MustCompile(`(listed|reported) as malicious by \{source\} on \{date\}`).MatchString(r.Title) {
			t.Errorf("rules/%s.yaml: the title %q says malicious without source and date", r.ID, r.Title)
		}
	}
}

// Advice to remove what may have been planted says that it can be noticed.
func TestRemovalAdviceWarns(t *testing.T) {
	removes := regexp.MustCompile(`\b(Remove|remove|Switch) `)
	for _, r := range load(t, policies.Options{}).Rules() {
		about := slices.Contains(r.Traits, inventory.TraitHiddenLauncher)
		for _, id := range []inventory.CapabilityID{inventory.CapKeystrokes, inventory.CapScreenRead, inventory.CapNotificationsRead, inventory.CapDeviceAdmin} {
			about = about || slices.Contains(r.Capabilities, id)
		}
		if about && removes.MatchString(r.Do) && !strings.Contains(r.Do, "get help first: this can be noticed") {
			t.Errorf("rules/%s.yaml: do: %q doesn't warn that it can be noticed", r.ID, r.Do)
		}
	}
}

// A permission that must still be asked for is worded so; what an installed extension requested it has.
func TestMayAsk(t *testing.T) {
	p := load(t, policies.Options{})
	shop := func(e inventory.Exposure) inventory.Item {
		return with(androidApp(aliexpress, "AliExpress", inventory.Arrival{}, false), e, "", inventory.CapContacts)
	}
	ext := func(e inventory.Exposure) inventory.Item {
		return with(inventory.Item{Platform: inventory.Extension, ID: "x", Name: "Coupons"}, e, "*://*.aliexpress.com/*", inventory.CapCookies)
	}
	for _, tt := range []struct {
		item inventory.Item
		want string
	}{
		{shop(inventory.Requested), `"AliExpress" may ask to read your contacts`},
		{shop(inventory.Granted), `"AliExpress" can read your contacts`},
		{ext(inventory.Optional), `"Coupons" may ask to read your sessions and cookies on aliexpress.com`},
		{ext(inventory.Requested), `"Coupons" can read your sessions and cookies on aliexpress.com`},
	} {
		if got := assess(p, tt.item, false).Findings[0].Title; got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// Texts of findings hold no placeholder, no escape byte and no empty part.
func TestFindingTexts(t *testing.T) {
	p := load(t, policies.Options{})
	for _, r := range p.Rules() {
		for _, e := range r.Examples {
			item := e.Item
			item.Name += "\x1b[31m{id}\u202e"
			for _, f := range assess(p, item, e.Shopping).Findings {
				text := f.Title + "\n" + f.Why + "\n" + f.Do + "\n" + f.Undo
				if strings.ContainsAny(text, "\x1b\u202e") || strings.Contains(text, "{") && !strings.Contains(text, "{id}") {
					t.Errorf("%s: %q", f.Rule, text)
				}
				if strings.Contains(text, "  ") || strings.Contains(text, " .") || strings.Contains(text, "on , ") || strings.HasSuffix(f.Title, " ") {
					t.Errorf("%s: a text has a hole: %q", f.Rule, text)
				}
				if len(f.Evidence) == 0 || len(f.Fingerprint) != 32 {
					t.Errorf("%s: %d pieces of evidence, fingerprint %q", f.Rule, len(f.Evidence), f.Fingerprint)
				}
			}
		}
	}
}

// The fingerprint knows what was found, not where.
func TestFingerprint(t *testing.T) {
	p := load(t, policies.Options{})
	item := func(line int, detail string) inventory.Item {
		return inventory.Item{Platform: inventory.Android, ID: aliexpress, Capabilities: []inventory.Capability{{ID: inventory.CapContacts, Exposure: inventory.Granted,
			Evidence: []inventory.Evidence{{File: "AndroidManifest.xml", Line: line, Offset: int64(line), Detail: detail}}}}}
	}
	print := func(i inventory.Item) string { return assess(p, i, false).Findings[0].Fingerprint }
	if a, b := print(item(1, "x")), print(item(2, "x")); a != b {
		t.Errorf("another line: got %s and %s, want one", a, b)
	}
	if a, b := print(item(1, "x")), print(item(1, "y")); a == b {
		t.Errorf("another detail: got %s twice", a)
	}
	moved := item(1, "x")
	moved.ID = "ru.aliexpress.buyer"
	if a, b := print(item(1, "x")), print(moved); a == b {
		t.Errorf("another item: got %s twice", a)
	}
}

func TestFindingsAreSorted(t *testing.T) {
	p := load(t, policies.Options{})
	item := with(androidApp(aliexpress, "AliExpress", inventory.Arrival{}, false), inventory.Granted, "", messengerCaps...)
	list := assess(p, item, false).Findings
	place := func(f finding.Finding) int { return slices.Index(inventory.Capabilities, f.Capability) }
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if a.Severity < b.Severity || a.Severity == b.Severity && (a.Rule > b.Rule || a.Rule == b.Rule && place(a) > place(b)) {
			t.Errorf("%s (%s, %s) stands before %s (%s, %s)", a.Rule, a.Severity, a.Capability, b.Rule, b.Severity, b.Capability)
		}
	}
	if len(list) < 10 {
		t.Errorf("got %d findings, want more than ten to sort", len(list))
	}
}

// policies/capabilities.tsv and inventory.Capabilities are one list.
func TestCapabilitiesAreOneList(t *testing.T) {
	var got []inventory.CapabilityID
	for _, c := range load(t, policies.Options{}).Capabilities() {
		got = append(got, c.ID)
		if c.Meaning == "" || c.Group == "" || len(c.Platforms) == 0 {
			t.Errorf("capabilities.tsv: row %s is not complete", c.ID)
		}
	}
	if !slices.Equal(got, inventory.Capabilities) {
		t.Errorf("capabilities.tsv and inventory.Capabilities differ:\n%q\n%q", got, inventory.Capabilities)
	}
}

// notCovered are the C and P rows of the advice that no rule can speak of yet, with what they wait for.
var notCovered = map[string]string{
	"domain-name":       "look-alike hosts",
	"tracking-links":    "the link command",
	"browser-safety":    "settings of browser profiles",
	"share-the-minimum": "the comparison of two snapshots",
}

// Every piece of advice that a scanner can check has a rule, and the list of those that wait is not stale.
func TestAdviceIsCovered(t *testing.T) {
	p := load(t, policies.Options{})
	rules := map[string]string{}
	for _, r := range p.Rules() {
		rules[r.Advice] = r.ID
	}
	for _, row := range p.Advice() {
		_, covered := rules[row.ID]
		_, waits := notCovered[row.ID]
		switch {
		case row.Check == "N" && covered:
			t.Errorf("advice %s: no scanner can check it, and rule %s says it does", row.ID, rules[row.ID])
		case row.Check != "N" && !covered && !waits:
			t.Errorf("advice %s has no rule: write one with advice: %s, or add it to notCovered with what it waits for", row.ID, row.ID)
		case covered && waits:
			t.Errorf("advice %s has rule %s: take it out of notCovered", row.ID, rules[row.ID])
		}
		delete(notCovered, row.ID)
	}
	for id := range notCovered {
		t.Errorf("notCovered names %s, which is no row of advice.yaml", id)
	}
}

// traitsWithoutRule are facts that are shown and judged by nothing: they speak for themselves, or another
// fact (a capability, what was not checked, the signer) already carries the judgement.
var traitsWithoutRule = []inventory.TraitID{
	inventory.TraitServiceNotBindable, inventory.TraitKeyRotated, inventory.TraitPublicSigningKey, inventory.TraitGrantedAtInstall, inventory.TraitDependsOnConfiguration,
	inventory.TraitEmptyUsageText, inventory.TraitUnknownUsageKey, inventory.TraitUnknownPoint, inventory.TraitWrongType,
	inventory.TraitQueriesManyApps, inventory.TraitKeyboardUsesSensors,
	inventory.TraitLenientJSON, inventory.TraitManifestMalformed, inventory.TraitMissingScript, inventory.TraitIgnoredPattern,
	inventory.TraitMalformedPattern, inventory.TraitManySites, inventory.TraitRemoteCodeCSP, inventory.TraitHiddenPage, inventory.TraitSilentStrong,
	inventory.TraitScriptsNotRead, inventory.TraitRulesetNotRead,
}

func TestEveryTraitIsJudgedOrNamed(t *testing.T) {
	judged := map[inventory.TraitID]bool{}
	for _, r := range load(t, policies.Options{}).Rules() {
		for _, id := range r.Traits {
			judged[id] = true
		}
	}
	for _, info := range inventory.Traits() {
		if without := slices.Contains(traitsWithoutRule, info.ID); without == judged[info.ID] {
			t.Errorf("trait %s: in a rule %v, in traitsWithoutRule %v: name it in one of the two", info.ID, judged[info.ID], without)
		}
	}
}

// The severity tables are these, and none falls from left to right.
func TestSeverityTables(t *testing.T) {
	want := map[string][4]finding.Severity{
		"shopping-notifications":        {finding.Info, finding.Info, finding.Info, finding.Info},
		"shopping-camera":               {finding.Info, finding.Info, finding.Low, finding.Low},
		"shopping-location-precise":     {finding.Info, finding.Low, finding.Medium, finding.Medium},
		"shopping-location-approximate": {finding.Info, finding.Info, finding.Low, finding.Low},
		"shopping-location-background":  {finding.Low, finding.Medium, finding.High, finding.High},
		"shopping-photos-selected":      {finding.Info, finding.Info, finding.Info, finding.Info},
		"shopping-photos":               {finding.Info, finding.Low, finding.Medium, finding.Medium},
		"shopping-microphone":           {finding.Info, finding.Low, finding.Medium, finding.Medium},
		"shopping-phone-state":          {finding.Info, finding.Low, finding.Medium, finding.Medium},
		"shopping-contacts":             {finding.Low, finding.Medium, finding.High, finding.High},
		"shopping-calls":                {finding.Low, finding.Medium, finding.High, finding.High},
		"shopping-calendar":             {finding.Low, finding.Medium, finding.High, finding.High},
		"shopping-read-codes":           {finding.Medium, finding.High, finding.Critical, finding.Critical},
		"shopping-overlay":              {finding.Low, finding.Medium, finding.High, finding.High},
		"shopping-install-apps":         {finding.Low, finding.Medium, finding.High, finding.High},
		"shopping-list-apps":            {finding.Low, finding.Medium, finding.High, finding.High},
		"shopping-files":                {finding.Medium, finding.High, finding.Critical, finding.Critical},
		"shopping-special-access":       {finding.Medium, finding.High, finding.Critical, finding.Critical},
		"shopping-device-admin":         {finding.Medium, finding.High, finding.Critical, finding.Critical},
		"shopping-vpn":                  {finding.Medium, finding.High, finding.Critical, finding.Critical},
		"extension-pages":               {finding.Info, finding.Low, finding.Low, finding.Low},
		"extension-cookies":             {finding.Low, finding.Medium, finding.Medium, finding.Medium},
	}
	for _, r := range load(t, policies.Options{}).Rules() {
		var got [4]finding.Severity
		for e := inventory.Optional; e <= inventory.Active; e++ {
			got[e-inventory.Optional], _ = r.Severity.At(e)
			if e > inventory.Optional && got[e-inventory.Optional] < got[e-inventory.Requested] {
				t.Errorf("rules/%s.yaml: severity falls at %s", r.ID, e)
			}
		}
		if row, ok := want[r.ID]; ok && got != row {
			t.Errorf("rules/%s.yaml: got %v, want %v", r.ID, got, row)
		} else if ok && r.Scope != rule.Shopping {
			t.Errorf("rules/%s.yaml: a row of the table has scope shopping", r.ID)
		}
		delete(want, r.ID)
	}
	for id := range want {
		t.Errorf("the row %s of the table has no rule", id)
	}
}

// An extension with broad reach alone never gives more than low, whatever it may do there.
func TestBroadReachGivesLowAtMost(t *testing.T) {
	p := load(t, policies.Options{})
	for e := inventory.Optional; e <= inventory.Active; e++ {
		item := inventory.Item{Platform: inventory.Extension, ID: "x", Name: "x"}
		for _, f := range assess(p, with(item, e, everySite, inventory.Capabilities...), false).Findings {
			if f.Severity > finding.Low {
				t.Errorf("%s: %s gives %s", e, f.Rule, f.Severity)
			}
		}
	}
}

// Every word of the closed lists is explained, with what it doesn't prove.
func TestWordsAreComplete(t *testing.T) {
	have := map[string]bool{}
	for _, w := range policies.Words() {
		have[w.Group+" "+w.Word] = true
		if w.Meaning == "" || w.ProvesNot == "" {
			t.Errorf("%s %s: write what it means and what it doesn't prove", w.Group, w.Word)
		}
	}
	var want []string
	for m := finding.Unclaimed; m <= finding.Unverifiable; m++ {
		want = append(want, "build "+m.String())
	}
	for r := finding.RouteUnknown; r <= finding.Policy; r++ {
		want = append(want, "route "+r.String())
	}
	for a := finding.None; a <= finding.Act; a++ {
		want = append(want, "attention "+a.String())
	}
	for c := inventory.Inferred; c <= inventory.Proved; c++ {
		want = append(want, "confidence "+c.String())
	}
	for g := inventory.Possible; g <= inventory.Egress; g++ {
		want = append(want, "evidence "+g.String())
	}
	for e := inventory.Optional; e <= inventory.Active; e++ {
		want = append(want, "exposure "+e.String())
	}
	for s := inventory.Unverifiable; s <= inventory.Invalid; s++ {
		want = append(want, "signature "+s.String())
	}
	for _, word := range append(want, "strength claimed", "strength proved", "build tampered") {
		if !have[word] {
			t.Errorf("Words() has no row for %s", word)
		}
		delete(have, word)
	}
	for word := range have {
		t.Errorf("Words() explains %s, which no list holds", word)
	}
}

func TestMatrix(t *testing.T) {
	p := load(t, policies.Options{})
	phone := with(androidApp("a", "A", inventory.Arrival{}, true), inventory.Active, "", inventory.CapKeystrokes)
	phone = with(phone, inventory.Granted, "", inventory.CapNotificationsRead, inventory.CapContacts)
	phone = with(phone, inventory.Optional, "", inventory.CapContacts)
	phone.Capabilities = append(phone.Capabilities, inventory.Capability{ID: inventory.CapLocation})
	m := p.Matrix([]inventory.Item{phone, with(inventory.Item{Key: "x", Platform: inventory.Extension}, inventory.Requested, everySite, inventory.CapScreenRead)})
	want := []finding.MatrixRow{
		{Item: "a", System: true, Cells: []finding.Cell{finding.CellNow, finding.CellAllowed, finding.CellNo, finding.CellAllowed, finding.CellNo, finding.CellMayAsk}},
		{Item: "x", Cells: []finding.Cell{finding.CellNo, finding.CellNo, finding.CellMayAsk, finding.CellNo, finding.CellNo, finding.CellNo}},
	}
	for i, row := range m.Rows {
		if row.Item != want[i].Item || row.System != want[i].System || !slices.Equal(row.Cells, want[i].Cells) {
			t.Errorf("got %+v, want %+v", row, want[i])
		}
	}
	if got, want := m.Columns, []inventory.CapabilityID{"keystrokes", "read-codes", "screen-read", "contacts", "photos", "location"}; !slices.Equal(got, want) {
		t.Errorf("columns: got %q, want %q", got, want)
	}
}

func TestNotChecked(t *testing.T) {
	p := load(t, policies.Options{})
	bundle := inventory.Item{Platform: inventory.IOS, Kind: inventory.KindPlist, ID: "org.example.app"}
	bundle.AddProblem(inventory.Problem{File: "PrivacyInfo.xcprivacy", Message: "length 9 exceeds file"})
	bundle.AddProblem(inventory.Problem{File: "Info.plist", Message: "unread", Matters: true})
	folder := extension("Folder", inventory.CapPageRead)
	folder.AddTrait(inventory.TraitScriptsNotRead)
	folder.AddTrait(inventory.TraitRulesetNotRead)
	audited := with(androidApp("org.example.app", "App", play, false), inventory.Granted, "", inventory.CapContacts)
	audited.Signature.State = inventory.Partial
	partly := androidApp("org.example.app", "App", inventory.Arrival{}, false)
	partly.Signature = forVersions(inventory.PlatformSignature{MinSDK: 24, State: inventory.Verified}, inventory.PlatformSignature{MinSDK: 21, MaxSDK: 23, State: inventory.Unsigned})
	for _, tt := range []struct {
		name string
		item inventory.Item
		want []string
	}{
		{"loose Info.plist", bundle, []string{
			"who made it: an Info.plist carries no signature",
			"whether its certificates are revoked or expired: that is not checked offline",
			"how it arrived: a file alone does not say it",
			"what it was allowed: that is on the phone, not in the file",
			"PrivacyInfo.xcprivacy: length 9 exceeds file",
		}},
		{"extension folder", folder, []string{
			"who made it: a folder carries no proof of its maker",
			"how it arrived: a file alone does not say it",
			"what it was granted: that is in the browser's profile, not in the package",
			"what its scripts do: they were not analysed",
			"some of its request rules: they were not read",
		}},
		{"app for some Android versions", partly, []string{"who made it, for Android 5.0 to 6.0: its signature holds for Android 7.0 and newer only",
			"how it arrived: a file alone does not say it", "what it was allowed: that is on the phone, not in the file"}},
		{"app on a phone", audited, []string{"whether its content is what was signed: signer read; content not recomputed"}},
	} {
		if got := assess(p, tt.item, false).NotChecked; !slices.Equal(got, tt.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", tt.name, got, tt.want)
		}
	}
}
