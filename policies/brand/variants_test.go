package brand_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"appraise/policies/brand"
)

// edits are all texts one edit away from s, at each position: dropped, doubled, replaced, added, exchanged.
func edits(s string) []string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	out := map[string]bool{}
	for i := range len(s) + 1 {
		for _, r := range letters {
			out[s[:i]+string(r)+s[i:]] = true
			if i < len(s) {
				out[s[:i]+string(r)+s[i+1:]] = true
			}
		}
		if i < len(s) {
			out[s[:i]+s[i+1:]] = true
		}
		if i+1 < len(s) {
			out[s[:i]+s[i+1:i+2]+s[i:i+1]+s[i+2:]] = true
		}
	}
	delete(out, s)
	return slices.Sorted(maps.Keys(out))
}

// confusable letters of other alphabets and digits, by the letter that they look like.
var near = map[rune]string{'a': "\u0430\u03b1\u0251\uff41", 'c': "\u0441\u03f2", 'd': "\u0501", 'e': "3\u0435", 'h': "\u04bb\u0570", 'i': "1l\u0456|\u0131", 'j': "\u0458",
	'k': "\u043a\u03ba", 'l': "1i\u04cf\u03b9", 'o': "0\u043e\u03bf\u0585", 'p': "\u0440\u03c1", 's': "5\u0455", 'u': "\u03c5\u057d", 'v': "\u03bd\u0475", 'x': "\u0445\u03c7", 'y': "\u0443\u03b3"}

func confusables(s string) []string {
	var out []string
	for i, r := range s {
		for _, to := range near[r] {
			out = append(out, s[:i]+string(to)+s[i+len(string(r)):])
		}
	}
	return out
}

var suffixes = []string{"net", "org", "shop", "store", "online", "site", "top", "xyz", "info", "co", "co.uk", "com.br", "com.tr", "de", "es", "fr", "pl", "spb.ru", "github.io", "web.app"}

var keywordList = []string{"track", "tracking", "deals", "sale", "coupon", "gift", "login", "pay", "refund", "help", "support", "shop", "cn", "ru", "eu", "hd", "lite", "pro", "app", "official", "1", "24"}

func TestEveryHostVariantIsFound(t *testing.T) {
	p := pack(t)
	var hosts []string
	for _, label := range slices.Concat(edits("aliexpress"), confusables("aliexpress")) {
		hosts = append(hosts, label+".com")
	}
	for _, suffix := range suffixes {
		hosts = append(hosts, "aliexpress."+suffix, "www.aliexpress."+suffix)
	}
	for _, k := range keywordList {
		hosts = append(hosts, "aliexpress"+k+".com", "aliexpress-"+k+".net", k+"aliexpress.com", k+"-aliexpress.org")
	}
	for _, other := range []string{"evil.example", "track-pkg.top", "x.github.io"} {
		hosts = append(hosts, "aliexpress."+other, "aliexpress.com."+other, "login.aliexpress.com."+other, "aliexpress-login."+other)
	}
	for _, h := range hosts {
		if strings.ContainsAny(h, "|\uff41") {
			continue // no host, and the brand's own in other letters
		}
		if v := p.Host(h); v.Kind != brand.HostLookalike {
			t.Errorf("%s: got %s by %q", h, v.Kind, v.Rule)
		}
	}
	if len(hosts) < 800 {
		t.Errorf("only %d variants", len(hosts))
	}
}

func TestEveryIDVariantIsFound(t *testing.T) {
	p := pack(t)
	n := 0
	check := func(id string, platform bool) {
		n++
		entry, like := p.App(id, platform)
		if like == brand.Exact && entry.ID == id {
			return // the edit gave another listed id
		}
		if like < brand.Keyword {
			t.Errorf("%s: got %d by %q", id, like, entry.ID)
		}
	}
	for _, a := range p.Android.Apps {
		for _, id := range slices.Concat(edits(a.Package), confusables(a.Package)) {
			check(id, android)
		}
	}
	for _, b := range p.IOS.Apps {
		for _, id := range slices.Concat(edits(b.BundleID), confusables(b.BundleID)) {
			check(id, ios)
		}
	}
	for _, k := range keywordList {
		check("org.example.aliexpress"+k, android)
		check("org.example."+k+"aliexpress", ios)
	}
	for _, segment := range edits("aliexpress") {
		check("org.example."+segment, android)
	}
	t.Logf("%d variants", n)
}

func TestEveryLabelVariantIsFound(t *testing.T) {
	p := pack(t)
	for _, label := range slices.Concat(edits("aliexpress"), confusables("aliexpress")) {
		if got := p.MatchLabel(label); got != brand.Label && got != brand.NearLabel {
			t.Errorf("MatchLabel(%q): got %d", label, got)
		}
	}
}

// No host of the pack is anything else than what it is listed as.
func TestPackHostsAreQuiet(t *testing.T) {
	p := pack(t)
	for _, d := range p.Domains.Core {
		for _, host := range []string{d.Domain, "www." + d.Domain, "a.b." + d.Domain} {
			if v := p.Host(host); v.Kind != brand.HostOfficial {
				t.Errorf("%s: got %s by %q", host, v.Kind, v.Rule)
			}
		}
	}
	for _, d := range slices.Concat(p.Domains.Family, p.Domains.Tracking) {
		if v := p.Host("www." + d.Domain); v.Kind != brand.HostFamily && v.Kind != brand.HostOfficial {
			t.Errorf("%s: got %s by %q", d.Domain, v.Kind, v.Rule)
		}
	}
	for _, l := range p.Domains.Links {
		if v := p.Host(l.Host); v.Kind != brand.HostOfficial && v.Kind != brand.HostFamily || v.Purpose != l.Purpose {
			t.Errorf("%s: got %s for %q, want %q", l.Host, v.Kind, v.Purpose, l.Purpose)
		}
	}
	for _, i := range p.Domains.LookalikeIOCs {
		if v := p.Host(i.Value); i.Kind == "host" && v.Kind != brand.HostLookalike {
			t.Errorf("%s: got %s", i.Value, v.Kind)
		}
	}
}

// ordinaryHosts have nothing to do with the brand.
var ordinaryHosts = strings.Fields(`express.com alibaba.com aliexpert.com americanexpress.com foodexpress.com aliepress.org expressvpn.com
	alamy.com alibris.com alitalia.com aliceexpress.com express.co.uk expressjs.com allegro.pl allrecipes.com alipay.com alicloud.com aliyun.com
	amazon.com ebay.com shein.com temu.com wish.com banggood.com dhgate.com lightinthebox.com walmart.com target.com etsy.com google.com
	www.google.co.uk play.google.com apple.com microsoft.com github.com en.wikipedia.org nytimes.com bbc.co.uk dhl.de ups.com fedex.com
	17track.net parcelsapp.com paypal.com stripe.com cloudflare.com mozilla.org debian.org npmjs.com expedia.com`)

func TestOrdinaryHostsAreQuiet(t *testing.T) {
	p := pack(t)
	for _, h := range ordinaryHosts {
		if v := p.Host(h); v.Kind != brand.HostForeign && v.Kind != brand.HostFamily {
			if h == "aliepress.org" && v.Rule == brand.RuleEdit {
				continue // one letter is missing
			}
			t.Errorf("%s: got %s by %q", h, v.Kind, v.Rule)
		}
	}
}

// ordinaryApps are packages as stores, Debian and npm carry them.
var ordinaryApps = strings.Fields(`com.alibaba.android.rimet com.alibaba.wireless com.alibaba.aliyun com.alibaba.alimei com.alibaba.cloudmail com.alibaba.intl.android.apps.seller
	com.taobao.taobao com.taobao.trip com.taobao.litetao com.taobao.live com.tmall.wireless com.cainiao.wireless com.cainiao.global me.ele com.autonavi.minimap com.youku.phone
	com.eg.android.AlipayGphoneRC com.UCMobile.intl com.daraz.android com.trendyol.app com.lazada.seller com.lazada.android.seller com.express.android com.express.express
	com.express.scripts.android com.americanexpress.android.acctsvcs.us com.expressvpn.vpn com.aliexpert.app com.alibris.android org.alitalia.app com.alibi.app com.pandaexpress.app
	com.amazon.mShop.android.shopping com.amazon.venezia com.amazon.kindle com.amazon.avod.thirdpartyclient com.amazon.dee.app com.amazon.mp3 com.amazon.windowshop com.amazon.sellermobile.android
	com.ebay.mobile com.einnovation.temu com.zzkko com.contextlogic.wish com.banggood.client com.dhgate.buyermobile com.walmart.android com.target.ui com.etsy.android com.shopee.id
	com.mercadolibre com.flipkart.android com.myntra.android com.meesho.supply in.amazon.mShop.android.shopping pl.allegro com.wildberries.ru ru.ozon.app.android ru.beru.android ru.yandex.market
	com.whatsapp com.whatsapp.w4b org.telegram.messenger org.thoughtcrime.securesms com.facebook.katana com.facebook.orca com.facebook.lite com.instagram.android com.zhiliaoapp.musically
	com.snapchat.android com.twitter.android com.linkedin.android com.pinterest com.reddit.frontpage com.discord com.skype.raider us.zoom.videomeetings com.viber.voip jp.naver.line.android com.tencent.mm
	com.google.android.apps.maps com.google.android.gm com.google.android.gms com.google.android.gsf com.google.android.youtube com.google.android.apps.photos com.google.android.apps.docs
	com.google.android.calendar com.google.android.dialer com.google.android.contacts com.google.android.inputmethod.latin com.google.android.marvin.talkback com.google.android.webview com.google.android.packageinstaller
	com.android.chrome com.chrome.beta com.chrome.dev com.chrome.canary com.android.vending com.android.settings com.android.systemui com.android.shell com.android.phone com.android.providers.contacts
	org.mozilla.firefox org.mozilla.firefox_beta org.mozilla.fenix org.mozilla.focus org.mozilla.klar com.opera.browser com.opera.mini.native com.brave.browser com.microsoft.emmx com.duckduckgo.mobile.android
	com.microsoft.teams com.microsoft.office.outlook com.microsoft.office.word com.microsoft.office.excel com.microsoft.skydrive com.spotify.music com.netflix.mediaclient com.disney.disneyplus tv.twitch.android.app
	com.paypal.android.p2pmobile com.revolut.revolut com.transferwise.android de.number26.android com.starfinanz.smob.android.sfinanzstatus com.ubercab com.bolt.android com.booking com.airbnb.android com.tripadvisor.tripadvisor
	org.fdroid.fdroid org.fdroid.basic com.aurora.store dev.imranr.obtainium app.accrescent.client com.looker.droidify com.termux org.schabi.newpipe org.videolan.vlc com.fsck.k9 org.kde.kdeconnect_tp
	com.x8bit.bitwarden com.agilebits.onepassword org.keepassdroid.keepass2android com.azure.authenticator com.google.android.apps.authenticator2 org.openintents.openpgp de.baumann.browser net.osmand.plus
	com.samsung.android.messaging com.sec.android.app.samsungapps com.miui.securitycenter com.xiaomi.mipicks com.huawei.appmarket com.oppo.market com.vivo.appstore com.oneplus.camera
	io.appium.settings io.appium.unlock io.appium.uiautomator2.server io.appium.uiautomator2.server.test io.appium.android.apis org.debian.eugen.headingcalculator com.example.android.apis com.example.hello
	com.17track.app yqtrack.app de.dhl.paket com.ups.mobile.android com.fedex.ida.android com.dpd.app com.aftership.AfterShip de.orrs.deliveries com.parcels.app`)

func TestOrdinaryAppsAreQuiet(t *testing.T) {
	p := pack(t)
	if len(ordinaryApps) < 150 {
		t.Errorf("only %d packages", len(ordinaryApps))
	}
	for _, id := range ordinaryApps {
		for _, platform := range []bool{android, ios} {
			if entry, like := p.App(id, platform); like != brand.Unlike && like != brand.Far {
				t.Errorf("%s: got %d by %q", id, like, entry.ID)
			}
		}
	}
}

// A pack of a name that many share resembles few: short last parts tell a maker's products apart.
func TestOneMakersProducts(t *testing.T) {
	p := &brand.Pack{Brand: "gmail", DisplayName: "Gmail", Android: brand.Android{Apps: []brand.App{{Package: "com.google.android.gm"}, {Package: "com.google.android.apps.maps"}}}}
	for _, id := range []string{"com.google.android.gms", "com.google.android.gsf", "com.google.android.go", "com.google.android.apps.tasks", "com.google.android.apps.meetings"} {
		if entry, like := p.App(id, android); like != brand.Unlike {
			t.Errorf("%s: got %d by %q", id, like, entry.ID)
		}
	}
	signal := &brand.Pack{Brand: "signal", DisplayName: "Signal", Android: brand.Android{Apps: []brand.App{{Package: "org.thoughtcrime.securesms"}}}}
	for _, id := range []string{"com.tradingview.signals", "com.example.single", "com.example.signals.app"} {
		if entry, like := signal.App(id, android); like != brand.Unlike {
			t.Errorf("%s: got %d by %q", id, like, entry.ID)
		}
	}
}

func TestFarNames(t *testing.T) {
	p := pack(t)
	for _, tt := range []struct {
		id   string
		want brand.Likeness
	}{
		{"com.alibaba.aliexpreshhd", brand.Near},
		{"net.example.aliexpreshhd", brand.NearPart},
		{"com.alibaba.alixpreshd", brand.Far},
		{"net.example.alipress", brand.Far},
		{"net.example.alipresspro", brand.Far},
		{"net.example.aliexpert", brand.Unlike},
	} {
		if _, got := p.App(tt.id, android); got != tt.want {
			t.Errorf("App(%q): got %d, want %d", tt.id, got, tt.want)
		}
	}
	if got := p.MatchLabel("Alipress"); got != brand.Far {
		t.Errorf("label: got %d, want %d", got, brand.Far)
	}
}

func FuzzHost(f *testing.F) {
	p := pack(f)
	for _, s := range []string{"aliexpress.com", "https://aliexpress.com@evil.example/x", "xn--alipress-e8g4n.com", "a..b", "\xff.com", "aliexpress\u3002com", "%2e%2e", "[::1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := p.Host(s)
		if v.Kind == brand.HostOfficial && v.Like == "" {
			t.Errorf("%q is official by nothing", s)
		}
		p.URL(s)
	})
}
