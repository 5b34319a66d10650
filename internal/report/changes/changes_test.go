package changes

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/finding"
	"appraise/internal/drift"
	"appraise/internal/report/page"
	"appraise/inventory"
)

var (
	newKey = strings.Repeat("0123456789abcdef", 4)
	oldKey = strings.Repeat("fedcba9876543210", 4)
)

func TestChangesView(t *testing.T) {
	const shop, chat = "android:app:com.example.shop:shop.apk", "android:app:com.example.chat:chat.apk"
	r := &finding.Report{
		Complete: true, Gate: finding.Gate{FailOn: "high", Failed: true, Exit: 1},
		Items: []inventory.Item{{Key: chat, Platform: inventory.Android, ID: "com.example.chat", Name: "Pigeon"}, {Key: shop, Platform: inventory.Android, ID: "com.example.shop", Name: "Shop"}},
		Changes: []finding.Change{
			{Item: chat, Kind: string(drift.Version), From: "1.0 (10)", To: "1.1 (11)"},
			{Item: "ios:app:com.example.gone:g.ipa", Kind: string(drift.ItemRemoved), Name: "Gone", From: "2.0"},
			{Item: shop, Kind: string(drift.Signer), From: oldKey, To: newKey, Severity: finding.High},
			{Item: shop, Kind: string(drift.CapabilityAdded), Name: "contacts", To: "requested", Severity: finding.Medium},
			{Item: shop, Kind: string(drift.CapabilityAdded), Name: "location", To: "requested", Severity: finding.Medium},
			{Item: shop, Kind: string(drift.PermissionAdded), Name: "android.permission.READ_CONTACTS", To: "requested", Severity: finding.Medium},
			{Item: shop, Kind: string(drift.TargetSDKLowered), From: "34", To: "22", Severity: finding.Medium},
			{Item: shop, Kind: string(drift.TraitAdded), Name: "debuggable", Severity: finding.Medium},
			{Item: shop, Kind: "kind-of-tomorrow", Name: "x", From: "a"},
		},
	}
	can := map[inventory.CapabilityID]string{inventory.CapContacts: "read your contacts"}
	want := `3 items changed · 1 high · 5 medium · 3 info

1. Shop (com.example.shop)
   high      signer changed: fedcba98… -> 01234567…: another key, not proved by
             the old one; Android refuses this as an update of the installed app
   medium    may now: read your contacts; location
   medium    asks for: android.permission.READ_CONTACTS
   medium    it now can be debugged and read out over a cable by anyone who
             holds the phone
   medium    made for an older Android: Android 14 (34) -> Android 5.1 (22)
   info      kind-of-tomorrow: x a -> none

2. Pigeon (com.example.chat)
   info      version: 1.0 (10) -> 1.1 (11)

3. Gone ios:app:com.example.gone:g.ipa
   info      gone: version 2.0

exit 1: a change is high or worse (--fail-on)
`
	var out bytes.Buffer
	if err := Write(page.New(&out, 80, false), r, can); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestChangesViewOfNothing(t *testing.T) {
	for _, test := range []struct {
		gate finding.Gate
		want string
	}{
		{finding.Gate{FailOn: "high"}, "exit 0: no change is high or worse"},
		{finding.Gate{FailOn: "none"}, "exit 0: no change fails"},
		{finding.Gate{FailOn: "high", Exit: 3}, "exit 3: something was not read"},
	} {
		var out bytes.Buffer
		if err := Write(page.New(&out, 0, false), &finding.Report{Items: make([]inventory.Item, 1), Gate: test.gate}, nil); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); !strings.HasPrefix(got, "1 item · nothing changed among what is compared\n") || !strings.Contains(got, test.want) {
			t.Errorf("got\n%s\nwant %q", got, test.want)
		}
	}
}

// A list of changes is bounded: names of one kind, and items.
func TestChangesViewIsBounded(t *testing.T) {
	r := &finding.Report{}
	for i := range maxChanged + 5 {
		for j := range maxNamed + 3 {
			r.Changes = append(r.Changes, finding.Change{Item: fmt.Sprint(i), Kind: string(drift.ComponentAdded), Name: fmt.Sprintf("service S%d", j)})
		}
	}
	var out bytes.Buffer
	if err := Write(page.New(&out, 0, false), r, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"and 3 more", "and 5 items more; --format json has them all"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got no %q", want)
		}
	}
}

func TestEveryKindHasASentence(t *testing.T) {
	for _, kind := range drift.Kinds() {
		if changeWords[kind.Kind] == "" {
			t.Errorf("kind %s has no sentence: add one to changeWords", kind.Kind)
		}
	}
	if got, want := len(changeWords), len(drift.Kinds()); got != want {
		t.Errorf("got %d sentences, want %d", got, want)
	}
}
