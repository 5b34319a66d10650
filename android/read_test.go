package android

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

// summary tells capabilities as "id confidence" or "id/qualifier confidence", and traits by id.
func summary(item *inventory.Item) (capabilities, traits string) {
	var c, t []string
	for _, x := range item.Capabilities {
		id := string(x.ID)
		if x.Qualifier != "" {
			id += "/" + x.Qualifier
		}
		c = append(c, id+" "+x.Confidence.String())
	}
	for _, x := range item.Traits {
		t = append(t, string(x.ID))
	}
	return strings.Join(c, ", "), strings.Join(t, ", ")
}

func TestFixtures(t *testing.T) {
	for _, test := range []struct {
		name, capabilities, traits string
	}{
		{"accessibility-by-version", "keystrokes proved, accessibility proved", "depends-on-configuration"},
		{"accessibility-plain", "accessibility proved", ""},
		{"codename", "", ""},
		{"configurations", "", "depends-on-configuration"},
		{"disagree", "network-cleartext inferred", "manifest-readers-disagree"},
		{"hidden", "", "hidden-launcher"},
		{"iconless", "keystrokes proved", ""},
		{"inherited", "read-codes inferred, notifications-read proved", ""},
		{"network-27", "network-cleartext proved", ""},
		{"network-28", "", ""},
		{"network-attribute", "network-cleartext inferred", ""},
		{"network-debug", "", "debuggable, user-ca-trusted"},
		{"network-file", "network-cleartext proved", "user-ca-trusted"},
		{"odd", "call-make inferred, calendar proved", "bad-package-name, several-applications"},
		{"old", "contacts proved, photos inferred, sensors proved, files inferred, network-cleartext proved", "granted-at-install, user-ca-trusted"},
		{"permissions", "screen-read proved, read-codes proved, contacts proved, location proved, camera proved, photos/selected-only proved, tracking proved", ""},
		{"queries", "list-apps inferred", ""},
		{"special", "keystrokes proved, screen-read proved, accessibility proved, read-codes inferred, notifications-read proved, call-log proved, " +
			"call-make proved, microphone proved, autofill proved, wallet proved, device-admin proved, vpn proved", ""},
		{"split", "", ""},
		{"storage-28", "location/approximate proved, location-background inferred, photos proved, sensors proved, files proved, nearby proved", ""},
		{"storage-legacy", "photos proved, files proved", ""},
		{"television", "", ""},
		{"traits", "", "debuggable, granted-at-install, instruments-other-app, redefines-platform-permission, test-only, user-ca-trusted, weak-custom-permission"},
		{"unbound", "screen-read proved, read-codes inferred, device-admin inferred, vpn inferred, network-cleartext inferred",
			"service-not-bindable, user-ca-trusted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			item := read(fixture(t, test.name))
			capabilities, traits := summary(item)
			if capabilities != test.capabilities {
				t.Errorf("capabilities:\n got %s\nwant %s", capabilities, test.capabilities)
			}
			if traits != test.traits {
				t.Errorf("traits:\n got %s\nwant %s", traits, test.traits)
			}
			if len(item.Problems) > 0 {
				t.Errorf("problems: %+v", item.Problems)
			}
			checkEvidence(t, item)
		})
	}
}

// checkEvidence holds for every item: requested at most, nothing without a place in a file.
func checkEvidence(t *testing.T, item *inventory.Item) {
	t.Helper()
	for _, c := range item.Capabilities {
		if c.Exposure != inventory.Requested || len(c.Evidence) == 0 {
			t.Errorf("%s: exposure %s with %d pieces of evidence", c.ID, c.Exposure, len(c.Evidence))
		}
		for _, e := range c.Evidence {
			if e.File == "" || e.Offset == 0 || e.Detail == "" {
				t.Errorf("%s: evidence %+v", c.ID, e)
			}
		}
	}
	if item.Signature.State != inventory.Unverifiable {
		t.Errorf("signature %s", item.Signature.State)
	}
}

func TestEvidence(t *testing.T) {
	for _, test := range []struct {
		fixture, capability, detail string
	}{
		{"permissions", "contacts", "uses-permission android.permission.READ_CONTACTS"},
		{"permissions", "camera", "uses-permission-sdk-m android.permission.CAMERA"},
		{"special", "accessibility", "service com.example.special.Access bound by android.permission.BIND_ACCESSIBILITY_SERVICE"},
		{"special", "screen-read", "canRetrieveWindowContent=true"},
		{"special", "device-admin", "receiver com.example.special.Admin bound by android.permission.BIND_DEVICE_ADMIN"},
		{"unbound", "vpn", "service com.example.unbound.PermissionOnly bound by android.permission.BIND_VPN_SERVICE, without the action android.net.VpnService"},
		{"unbound", "screen-read", "service com.example.unbound.Recorder with foregroundServiceType mediaProjection"},
		{"storage-28", "location-background", "android.permission.ACCESS_BACKGROUND_LOCATION implied by android.permission.ACCESS_COARSE_LOCATION"},
		{"old", "photos", "android.permission.WRITE_EXTERNAL_STORAGE implied by target SDK 0"},
		{"network-27", "network-cleartext", "allowed by default at target SDK 27"},
		{"network-attribute", "network-cleartext", "application usesCleartextTraffic=true"},
		{"network-file", "network-cleartext", "domain-config cleartextTrafficPermitted=true"},
		{"queries", "list-apps", "queries every app with the action android.intent.action.MAIN"},
	} {
		item := read(fixture(t, test.fixture))
		found := slices.ContainsFunc(item.Capabilities, func(c inventory.Capability) bool {
			return string(c.ID) == test.capability && slices.ContainsFunc(c.Evidence, func(e inventory.Evidence) bool { return e.Detail == test.detail })
		})
		if !found {
			t.Errorf("%s: %s has no evidence %q: %+v", test.fixture, test.capability, test.detail, item.Capabilities)
		}
	}
}

func TestPermissionFacts(t *testing.T) {
	type fact struct {
		MinSDK, MaxSDK int
		ImpliedBy      string
		Unknown        bool
	}
	const p = "android.permission."
	for _, test := range []struct {
		fixture string
		want    map[string]fact
	}{
		{"permissions", map[string]fact{
			"com.example.permissions.OWN": {}, "com.google.android.gms.permission.AD_ID": {}, "com.google.android.c2dm.permission.RECEIVE": {},
			p + "INTERNET": {}, p + "READ_CONTACTS": {MaxSDK: 32}, p + "READ_SMS": {MinSDK: 23}, p + "CAMERA": {MaxSDK: 30},
			p + "ACCESS_COARSE_LOCATION": {}, p + "ACCESS_FINE_LOCATION": {}, p + "READ_MEDIA_VISUAL_USER_SELECTED": {},
			p + "READ_EXTERNAL_STORAGE": {MaxSDK: 32}, p + "BIND_ACCESSIBILITY_SERVICE": {}, p + "FOREGROUND_SERVICE_MEDIA_PROJECTION": {},
			"com.vendor.permission.UNHEARD_OF": {Unknown: true}, p + "NO_SUCH_THING": {Unknown: true},
		}},
		{"storage-28", map[string]fact{
			p + "READ_EXTERNAL_STORAGE": {}, p + "ACCESS_COARSE_LOCATION": {}, p + "BLUETOOTH": {MaxSDK: 30}, p + "BODY_SENSORS": {},
			p + "ACCESS_BACKGROUND_LOCATION": {MinSDK: 29, ImpliedBy: p + "ACCESS_COARSE_LOCATION"},
			p + "ACCESS_MEDIA_LOCATION":      {MinSDK: 29, ImpliedBy: p + "READ_EXTERNAL_STORAGE"},
			p + "BODY_SENSORS_BACKGROUND":    {MinSDK: 33, ImpliedBy: p + "BODY_SENSORS"},
			p + "READ_MEDIA_AUDIO":           {MinSDK: 33, ImpliedBy: p + "READ_EXTERNAL_STORAGE"},
			p + "READ_MEDIA_IMAGES":          {MinSDK: 33, ImpliedBy: p + "READ_EXTERNAL_STORAGE"},
			p + "READ_MEDIA_VIDEO":           {MinSDK: 33, ImpliedBy: p + "READ_EXTERNAL_STORAGE"},
		}},
		{"old", map[string]fact{
			p + "READ_CONTACTS": {}, p + "INTERNET": {}, "com.google.android.gms.permission.ACTIVITY_RECOGNITION": {},
			p + "READ_CALL_LOG":          {MinSDK: 16, ImpliedBy: p + "READ_CONTACTS"},
			p + "ACTIVITY_RECOGNITION":   {MinSDK: 29, ImpliedBy: "com.google.android.gms.permission.ACTIVITY_RECOGNITION"},
			p + "WRITE_EXTERNAL_STORAGE": {ImpliedBy: "target SDK 0"}, p + "READ_PHONE_STATE": {ImpliedBy: "target SDK 0"},
			p + "READ_EXTERNAL_STORAGE": {ImpliedBy: p + "WRITE_EXTERNAL_STORAGE"},
			p + "ACCESS_MEDIA_LOCATION": {MinSDK: 29, ImpliedBy: p + "READ_EXTERNAL_STORAGE"},
			p + "READ_MEDIA_AUDIO":      {MinSDK: 33, ImpliedBy: p + "READ_EXTERNAL_STORAGE"},
			p + "READ_MEDIA_IMAGES":     {MinSDK: 33, ImpliedBy: p + "READ_EXTERNAL_STORAGE"},
			p + "READ_MEDIA_VIDEO":      {MinSDK: 33, ImpliedBy: p + "READ_EXTERNAL_STORAGE"},
		}},
	} {
		got := map[string]fact{}
		for _, x := range read(fixture(t, test.fixture)).Permissions {
			got[x.Name] = fact{x.MinSDK, x.MaxSDK, x.ImpliedBy, x.Unknown}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.fixture, diff)
		}
	}
}

func TestOddNames(t *testing.T) {
	apk := edit(t, "odd", respell("com.example_spaced", "com.example spaced"))
	var got []string
	for _, p := range read(apk).Permissions {
		got = append(got, p.Name)
	}
	// The one inside application and the empty one ask for nothing; the one by reference is kept.
	want := []string{"android.permission.CALL_PHONE", "android.permission.READ_CALENDAR", "com.example spaced"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	detail := read(apk).Detail.Android
	if detail.MinSDK != 19 || detail.TargetSDK != 34 || detail.MaxSDK != 40 || len(detail.Components) != 1 || detail.Application.Label != "first" {
		t.Errorf("levels %d, %d, %d, %d components, label %q", detail.MinSDK, detail.TargetSDK, detail.MaxSDK, len(detail.Components), detail.Application.Label)
	}
}

func TestIdentity(t *testing.T) {
	type identity struct {
		Kind              inventory.Kind
		ID, Name, Version string
		Code              int64
	}
	noTable := edit(t, "split", without(tableName))
	for _, test := range []struct {
		name string
		apk  []byte
		want identity
	}{
		{"plain", fixture(t, "permissions"), identity{inventory.KindApp, "com.example.permissions", "Permissions", "4.12.0", 41200}},
		{"label by language", fixture(t, "configurations"), identity{inventory.KindApp, "com.example.configurations", "Plain name", "", 0}},
		{"version by reference", fixture(t, "odd"), identity{inventory.KindApp, "single", "first", "9.9", 0}},
		{"split without a table", noTable, identity{inventory.KindSplit, "com.example.configurations", "@0x7f020000", "", 3}},
	} {
		item := read(test.apk)
		got := identity{item.Kind, item.ID, item.Name, item.Version, item.VersionCode}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	if item := read(noTable); len(item.Problems) > 0 || len(item.Traits) > 0 || len(item.Capabilities) > 0 {
		t.Errorf("split: %+v %+v %+v", item.Problems, item.Traits, item.Capabilities)
	}
	if d := read(noTable).Detail.Android; d.Split != "config.de" || d.NetworkSecurity != nil {
		t.Errorf("split detail %+v", d)
	}
}

func TestComponents(t *testing.T) {
	got := read(fixture(t, "configurations")).Detail.Android.Components
	want := []inventory.AndroidComponent{
		{Type: "activity", Name: "com.example.configurations.Main", Exported: true, ExportedSet: true, Enabled: true, Filters: []inventory.IntentFilter{
			{Priority: 5, AutoVerify: true, Actions: []string{actionMain}, Categories: []string{"android.intent.category.LAUNCHER"}},
			{Actions: []string{"android.intent.action.VIEW"}, Categories: []string{"android.intent.category.BROWSABLE"}, Data: []inventory.IntentData{
				{Scheme: "https", Host: "example.com", Port: "8443", Path: "prefix:/a"}, {Path: "pattern:/b.*"}, {MimeType: "text/plain"},
			}},
		}},
		{Type: "service", Name: "com.example.configurations.Quiet", ExportedSet: true, Enabled: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = read(fixture(t, "old")).Detail.Android.Components
	if len(got) != 2 || got[0].Name != "com.example.old.Main" || !got[0].Exported || got[0].ExportedSet || !got[1].Exported ||
		!slices.Equal(got[1].Authorities, []string{"com.example.a", "com.example.b"}) {
		t.Errorf("defaults of an old app: %+v", got)
	}
	hidden := read(fixture(t, "hidden")).Detail.Android.Components
	if alias := hidden[1]; alias.Target != "com.example.hidden.Main" || alias.Enabled {
		t.Errorf("alias: %+v", alias)
	}
	if got := read(fixture(t, "unbound")).Detail.Android.Components[4].ForegroundType; got != "location|mediaProjection" {
		t.Errorf("foreground type %q", got)
	}
}

func TestNetworkSecurity(t *testing.T) {
	for _, test := range []struct {
		fixture string
		want    inventory.NetworkSecurity
	}{
		{"network-file", inventory.NetworkSecurity{Source: "file", UserCAs: true, PinExpirations: []string{"2030-01-31"},
			CleartextDomains: []string{"*.example.com", "inner.example.com", "plain.example.org"}}},
		{"network-debug", inventory.NetworkSecurity{Source: "file"}},
		{"network-attribute", inventory.NetworkSecurity{Source: "attribute", CleartextBase: true}},
		{"network-27", inventory.NetworkSecurity{Source: "default", CleartextBase: true}},
		{"network-28", inventory.NetworkSecurity{Source: "default"}},
		{"old", inventory.NetworkSecurity{Source: "default", CleartextBase: true, UserCAs: true}},
	} {
		got := read(fixture(t, test.fixture)).Detail.Android.NetworkSecurity
		if diff := cmp.Diff(&test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.fixture, diff)
		}
	}
}

func TestDetail(t *testing.T) {
	d := read(fixture(t, "queries")).Detail.Android
	if !slices.Equal(d.QueriedPackages, []string{"com.example.one"}) || d.QueriedIntents != 2 || !slices.Equal(d.Libraries, []string{"org.example.library"}) ||
		!slices.Equal(d.Features, []inventory.AndroidFeature{{Name: "android.hardware.camera"}}) {
		t.Errorf("queries: %+v", d)
	}
	d = read(fixture(t, "traits")).Detail.Android
	want := []inventory.DeclaredPermission{
		{Name: "com.example.traits.WEAK", Protection: "normal"}, {Name: "com.example.traits.ASKED", Protection: "dangerous"},
		{Name: "com.example.traits.FIRM", Protection: "signature"}, {Name: "android.permission.SEND_SMS", Protection: "normal"},
	}
	if diff := cmp.Diff(want, d.DeclaredPermissions); diff != "" {
		t.Errorf("declared (-want +got):\n%s", diff)
	}
	if d := read(fixture(t, "codename")).Detail.Android; d.TargetCodename != "Baklava" || d.TargetSDK != 0 || d.MinSDK != 26 {
		t.Errorf("codename: %+v", d)
	}
	d = read(fixture(t, "configurations")).Detail.Android
	if d.Application.Category != "maps" || d.Application.Icon != "res/drawable/icon.xml" || len(d.Application.IconSHA256) != 64 {
		t.Errorf("application: %+v", d.Application)
	}
}

// TestStable reads every fixture twice: the same bytes give the same item.
func TestStable(t *testing.T) {
	for _, name := range fixtureNames(t) {
		if diff := cmp.Diff(read(fixture(t, name)), read(fixture(t, name))); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func fixtureNames(tb testing.TB) (names []string) {
	tb.Helper()
	files, err := os.ReadDir("testdata")
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), ".apk"); ok {
			names = append(names, name)
		}
	}
	return names
}

func BenchmarkRead(b *testing.B) {
	for _, name := range []string{"permissions", "special"} {
		apk := fixture(b, name)
		b.Run(fmt.Sprintf("%s/%d bytes", name, len(apk)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Read(bytes.NewReader(apk), int64(len(apk)))
			}
		})
	}
}
