package brand_test

import (
	"strings"
	"testing"

	"appraise/policies/brand"
	"appraise/policies/rule"
)

// small is a pack that loads; the error tests spoil one part of it.
const small = `schema: 1
brand: acme
display_name: Acme
gathered: "2026-11-22"
sources: {web: {what: a page, licence: facts, attribute: false}}
android:
  apps:
    - {package: com.acme.shop, name: Acme, role: official, package_confidence: high, independent: 2, sources: [web],
       signers: [{sha256: 4fc3b267393ea2351c4716b37e6910517f197eb479bc43d9c9a5a46d49dd700e, java_hash: d7f1f224, channel: google-play, confidence: medium, independent: 1, sources: [web],
                  sha256_base64: "T8OyZzk+ojUcRxazfmkQUX8ZfrR5vEPZyaWkbUndcA4=", seen_in: [{apk_sha256: 036e33c2e0862d526045b57f5aeb69250e96cd47435c64d45a0ae95eab4e0a64, date: "2026-05-30"}]}]}
ios:
  apps: [{bundle_id: com.acme.Shop, name: Acme, role: official, confidence: low, independent: 1, sources: [web]}]
extensions:
  official: []
  third_party_known: [{id: bmnlcjabgnpnenekpadlanbbkooimhnj, name: Tool, confidence: low, independent: 1, sources: [web]}]
  reported_malicious:
    group: [{id: jmlgkeaofknfmnbpmlmadnfnfajdlehn, grade: listed, match: id, reported: "2026-02-02", confidence: medium, source: [web]}]
domains:
  core: [{domain: acme.example, confidence: high, sources: [web]}]
known_fakes: {acme: [{package: com.acme.fake, md5: fad55b4432ed9eeb5d7426c55681586c, reported: "2016-02-10", confidence: medium, sources: [web]}]}
`

func check(text string) error {
	p := new(brand.Pack)
	if err := rule.Decode([]byte(text), p); err != nil {
		return err
	}
	return p.Check("acme")
}

func TestCheck(t *testing.T) {
	if err := check(small); err != nil {
		t.Error(err)
	}
}

func TestCheckErrors(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"unknown key", "display_name", "display_nam", `line 3: unknown key "display_nam": did you mean display_name?`},
		{"unknown schema", "schema: 1", "schema: 2", "schema: schema 2 is unknown: write schema: 1"},
		{"other brand", "brand: acme", "brand: acne", `brand: brand "acne" differs from the file name: write brand: acme, or rename the file to acne.yaml`},
		{"bad date", `"2026-11-22"`, `"22 Nov"`, `gathered: date "22 Nov": write a date such as 2026-05-30`},
		{"no name", "display_name: Acme", "display_name: ''", "display_name: is missing"},
		{"short digest", "sha256: 4fc3", "sha256: 4fc", `android com.acme.shop: sha256 "4fcb267`},
		{"SHA-1 as SHA-256", "sha256: 4fc3b267393ea2351c4716b37e6910517f197eb479bc43d9c9a5a46d49dd700e", "sha256: 3c1e9e8403779280b465c7ba25d1ff2ae45677f1", `android com.acme.shop: sha256 "3c1e9e8403779280b465c7ba25d1ff2ae45677f1" is a SHA-1: write it under sha1`},
		{"SHA-256 as SHA-1", "java_hash: d7f1f224", "sha1: 4fc3b267393ea2351c4716b37e6910517f197eb479bc43d9c9a5a46d49dd700e", `android com.acme.shop: sha1 "4fc3b267393ea2351c4716b37e6910517f197eb479bc43d9c9a5a46d49dd700e" is a SHA-256: write it under sha256`},
		{"no digest", "sha256: 4fc3b267393ea2351c4716b37e6910517f197eb479bc43d9c9a5a46d49dd700e, ", "", `android com.acme.shop: sha256 "" is no certificate digest`},
		{"upper-case digest", "sha256: 4fc3", "sha256: 4FC3", ""},
		{"unknown status of permissions", "signers:", "expected_permissions: {status: lerned, known_requested: []}, signers:", `android com.acme.shop: unknown status "lerned": write one of provisional, learned`},
		{"other base64", "T8Oy", "T8Oz", "android com.acme.shop: sha256_base64 is another digest than sha256"},
		{"bad java hash", "java_hash: d7f1f224", "java_hash: d7f1f2244", `android com.acme.shop: java_hash "d7f1f2244": write 1 to 8 lower-case hex digits, or null`},
		{"null java hash", "java_hash: d7f1f224", "java_hash: null", ""},
		{"unknown role", "role: official, package", "role: offical, package", `android com.acme.shop: unknown role "offical": write one of official, official-regional, official-legacy, family`},
		{"unknown confidence", "package_confidence: high", "package_confidence: hgh", `android com.acme.shop: unknown confidence "hgh"`},
		{"unknown source of a pin", "independent: 1, sources: [web],\n", "independent: 1, sources: [wbe],\n", `android com.acme.shop: unknown source "wbe": write one of web`},
		{"no source", "independent: 2, sources: [web]", "independent: 2, sources: []", "android com.acme.shop: names no source: write sources: […]"},
		{"pin without channel", "channel: google-play, ", "", "android com.acme.shop: a pin says its channel"},
		{"bad package", "package: com.acme.shop", "package: 1", `android 1: package "1": write a package name such as com.example.shop`},
		{"extension id too long", "jmlgkeaofknfmnbpmlmadnfnfajdlehn", "jmlgkeaofknfmnbpmlmadnfnfajdlehna", `extensions reported_malicious group jmlgkeaofknfmnbpmlmadnfnfajdlehna: extension id "jmlgkeaofknfmnbpmlmadnfnfajdlehna": write 32 letters from a to p`},
		{"extension id with other letters", "bmnlcjabgnpnenekpadlanbbkooimhnj", "zmnlcjabgnpnenekpadlanbbkooimhnj", "extensions third_party_known zmnlcjabgnpnenekpadlanbbkooimhnj: extension id "},
		{"extension listed twice", "jmlgkeaofknfmnbpmlmadnfnfajdlehn", "bmnlcjabgnpnenekpadlanbbkooimhnj", "extensions reported_malicious group bmnlcjabgnpnenekpadlanbbkooimhnj: is listed twice"},
		{"unknown grade", "grade: listed", "grade: lised", `extensions reported_malicious group jmlgkeaofknfmnbpmlmadnfnfajdlehn: unknown grade "lised": write one of listed, reported, reported-old, compromised-build`},
		{"unknown match", "match: id", "match: name", `extensions reported_malicious group jmlgkeaofknfmnbpmlmadnfnfajdlehn: unknown match "name"`},
		{"unknown source of a report", "source: [web]", "source: [press]", `extensions reported_malicious group jmlgkeaofknfmnbpmlmadnfnfajdlehn: unknown source "press"`},
		{"bad domain", "acme.example", "ACME", `domains core ACME: domain "ACME"`},
		{"bad md5", "md5: fad5", "md5: fad", "known_fakes acme com.acme.fake: md5 "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(small, tt.old, tt.new, 1)
			if text == small {
				t.Fatalf("the spoiling of %q changed nothing", tt.old)
			}
			got := ""
			if err := check(text); err != nil {
				got = err.Error()
			}
			if tt.want == "" && got != "" || !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
