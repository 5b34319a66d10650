package brand_test

import (
	"os"
	"strings"
	"testing"

	"appraise/policies/brand"
	"appraise/policies/rule"
)

func pack(t testing.TB) *brand.Pack {
	t.Helper()
	b, err := os.ReadFile("../brands/aliexpress.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := new(brand.Pack)
	if err := rule.Decode(b, p); err != nil {
		t.Fatal(err)
	}
	if err := p.Check("aliexpress"); err != nil {
		t.Fatal(err)
	}
	return p
}

const (
	android = true
	ios     = false
)

// The rows for ids; those of edit distance have no rule yet.
func TestApp(t *testing.T) {
	p := pack(t)
	for _, tt := range []struct {
		name     string
		id       string
		platform bool
		want     brand.Likeness
		entry    string
	}{
		{"listed", "com.alibaba.aliexpresshd", android, brand.Exact, "com.alibaba.aliexpresshd"},
		{"listed regional", "ru.aliexpress.buyer", android, brand.Exact, "ru.aliexpress.buyer"},
		{"listed family", "com.lazada.android", android, brand.Exact, "com.lazada.android"},
		{"case", "com.alibaba.aliexpressHD", android, brand.CaseOnly, "com.alibaba.aliexpresshd"},
		{"case of a family app", "com.Lazada.android", android, brand.CaseOnly, "com.lazada.android"},
		{"digit one for l", "com.alibaba.a1iexpresshd", android, brand.Shape, "com.alibaba.aliexpresshd"},
		{"l for i in the maker's part", "com.allbaba.aliexpresshd", android, brand.Shape, "com.alibaba.aliexpresshd"},
		{"Cyrillic a", "com.alibaba.\u0430liexpresshd", android, brand.Shape, "com.alibaba.aliexpresshd"},
		{"Kelvin sign is no case", "com.alibaba.ali\u212Aexpresshd", android, brand.Near, "com.alibaba.aliexpresshd"},
		{"dash inside", "com.alibaba.ali-expresshd", android, brand.Shape, "com.alibaba.aliexpresshd"},
		{"zero-width space", "com.alibaba.aliexpress\u200bhd", android, brand.Shape, "com.alibaba.aliexpresshd"},
		{"full width", "com.alibaba.\uff41liexpresshd", android, brand.Shape, "com.alibaba.aliexpresshd"},
		{"brand as a segment", "com.aliexpress.hd", android, brand.Keyword, ""},
		{"brand as a segment, lite", "com.aliexpress.lite", android, brand.Keyword, ""},
		{"brand with keyword", "org.example.aliexpresslite", android, brand.Keyword, ""},
		{"brand with keyword and dash", "org.example.aliexpress-pay", android, brand.Keyword, ""},
		{"keyword before", "org.example.trackaliexpress", android, brand.Keyword, ""},
		{"brand with digits", "org.example.aliexpress24", android, brand.Keyword, ""},
		{"brand spelled with digits", "org.example.a1iexpre55", android, brand.Keyword, ""},
		{"brand in a longer word", "org.example.maliexpressway", android, brand.Unlike, ""},
		{"ordinary", "com.coupons.shop", android, brand.Unlike, ""},
		{"empty", "", android, brand.Unlike, ""},
		{"bundle listed", "com.alibaba.iAliexpress", ios, brand.Exact, "com.alibaba.iAliexpress"},
		{"legacy bundle is no look-alike of the other", "com.alibaba.iAliExpressHD", ios, brand.Exact, "com.alibaba.iAliExpressHD"},
		{"bundle, case", "com.alibaba.iAliExpress", ios, brand.CaseOnly, "com.alibaba.iAliexpress"},
		{"bundle, digit", "com.alibaba.1Aliexpress", ios, brand.Shape, "com.alibaba.iAliexpress"},
		{"package name as a bundle", "com.alibaba.aliexpresshd", ios, brand.Keyword, ""},
		{"service id is no app", "com.alibaba.iAliexpressmsite", ios, brand.Unlike, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			entry, got := p.App(tt.id, tt.platform)
			if got != tt.want || entry.ID != tt.entry {
				t.Errorf("App(%q): got %d by %q, want %d by %q", tt.id, got, entry.ID, tt.want, tt.entry)
			}
		})
	}
}

func TestMatchLabel(t *testing.T) {
	p := pack(t)
	for _, tt := range []struct {
		name, label string
		want        brand.Likeness
	}{
		{"equal", "AliExpress", brand.Label},
		{"case never counts", "ALIEXPRESS", brand.Label},
		{"blank between", "Ali Express", brand.Label},
		{"blanks around", "  AliExpress ", brand.Label},
		{"Cyrillic A", "\u0410liExpress", brand.Label},
		{"zero-width joiner", "Ali\u200dExpress", brand.Label},
		{"dash", "Ali-Express", brand.Label},
		{"trade mark sign", "AliExpress™", brand.Label},
		{"among other words", "AliExpress Invoice Generator", brand.Word},
		{"at the end", "Coupons for Ali Express", brand.Word},
		{"brackets", "Reviews (AliExpress)", brand.Word},
		{"inside a word", "Maliexpressway", brand.Unlike},
		{"family", "Alipay", brand.Unlike},
		{"other", "Alibaba.com", brand.Unlike},
		{"empty", "", brand.Unlike},
		{"far away", "Express", brand.Unlike},
	} {
		if got := p.MatchLabel(tt.label); got != tt.want {
			t.Errorf("%s: MatchLabel(%q): got %d, want %d", tt.name, tt.label, got, tt.want)
		}
	}
}

// No name of the pack itself resembles another of it: listed ids are found exactly, and the names of its
// family's apps are no labels of the brand.
func TestPackNeverFlagsItself(t *testing.T) {
	p := pack(t)
	for _, a := range p.Android.Apps {
		if entry, got := p.App(a.Package, android); got != brand.Exact || entry.ID != a.Package {
			t.Errorf("%s: got %d by %q, want it exactly", a.Package, got, entry.ID)
		}
		if got := p.MatchLabel(a.Name); a.Role == "family" && got != brand.Unlike {
			t.Errorf("family name %q: got %d, want unlike", a.Name, got)
		}
	}
	for _, b := range p.IOS.Apps {
		if entry, got := p.App(b.BundleID, ios); got != brand.Exact || entry.ID != b.BundleID {
			t.Errorf("%s: got %d by %q, want it exactly", b.BundleID, got, entry.ID)
		}
	}
	for _, list := range [][]brand.Domain{p.Domains.Core, p.Domains.Family} {
		for _, d := range list {
			if !p.Own(d.Domain) {
				t.Errorf("%s is not the brand's own", d.Domain)
			}
		}
	}
	for _, d := range p.Domains.NeverFirstParty {
		if p.Own(d.Domain) {
			t.Errorf("%s is the brand's own", d.Domain)
		}
	}
}

// Every single letter drawn as a near one is found, at each place.
func TestEveryConfusableIsFound(t *testing.T) {
	p := pack(t)
	near := map[rune][]string{'a': {"а", "α"}, 'l': {"1", "i", "ӏ", "ι", "|"}, 'i': {"1", "l", "і"}, 'e': {"3", "е"}, 'x': {"х", "χ"}, 'p': {"р", "ρ"}, 's': {"5", "ѕ"}, 'r': nil}
	const id = "aliexpress"
	for i, r := range id {
		for _, to := range near[r] {
			spoilt := "com.alibaba." + id[:i] + to + id[i+1:] + "hd"
			if _, got := p.App(spoilt, android); got != brand.Shape {
				t.Errorf("App(%q): got %d, want %d", spoilt, got, brand.Shape)
			}
			if got := p.MatchLabel(id[:i] + to + id[i+1:]); got != brand.Label {
				t.Errorf("MatchLabel(%q): got %d, want %d", id[:i]+to+id[i+1:], got, brand.Label)
			}
		}
	}
}

func TestEntries(t *testing.T) {
	p := pack(t)
	entry, _ := p.App("com.alibaba.aliexpresshd", android)
	pin := entry.Pinned("4fc3b267393ea2351c4716b37e6910517f197eb479bc43d9c9a5a46d49dd700e")
	if pin == nil || pin.Date() != "2026-05-30" || pin.Confidence != "medium" || pin.Channel != "google-play" || pin.Independent != 1 {
		t.Errorf("pin: got %+v, want that of 2026-05-30, google-play, medium, one source", pin)
	}
	if entry.Pinned(strings.Repeat("0", 64)) != nil {
		t.Error("an unknown certificate is pinned")
	}
	if e, ok := p.ReportedExtension("mabbblhhnmlckjbfppkopnccllieeocp"); !ok || e.Grade != brand.GradeListed || e.Reported != "2026-02-02" {
		t.Errorf("reported extension: got %+v, %v", e, ok)
	}
	if _, ok := p.KnownThirdParty("haebneihcbnfnhbdpokdbkekepnoiadn"); !ok {
		t.Error("a known third-party extension is not found")
	}
	if f, ok := p.ReportedPackage("com.bing.receive"); !ok || f.Reported != "2016-02-10" {
		t.Errorf("reported package: got %+v, %v", f, ok)
	}
	for _, id := range []string{"", "zz", strings.Repeat("a", 32)} {
		if _, ok := p.ReportedExtension(id); ok {
			t.Errorf("%q is reported", id)
		}
	}
}

func FuzzLoadPack(f *testing.F) {
	f.Add([]byte(small)) // the real pack is too long for the fuzzer to shrink
	f.Add([]byte("schema: 1\nbrand: acme\nandroid: {apps: [{package: com.acme.shop, signers: [{sha256: \"\"}]}]}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := new(brand.Pack)
		if rule.Decode(b, p) != nil || p.Check("acme") != nil {
			return
		}
		p.App("com.acme.shop", android)
		p.MatchLabel(p.DisplayName)
	})
}

func FuzzNames(f *testing.F) {
	p := pack(f)
	for _, s := range []string{"com.alibaba.aliexpressHD", "\u0410liExpress", "a.aliexpress1", "\xff\u202e", "Ali Express Ali"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p.App(s, android)
		p.App(s, ios)
		if p.MatchLabel(s) == brand.Label && p.MatchLabel("Invoices: "+s) == brand.Unlike {
			t.Errorf("%q is the brand's name, and a label that holds it doesn't hold it", s)
		}
	})
}
