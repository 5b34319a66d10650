package phone_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appraise/android/capture"
	"appraise/android/capture/lists"
	"appraise/android/phone"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// ranged gives the parts of an APK that a phone is asked for: its first bytes, the manifest, and everything from the
// signing block on.
func ranged(t testing.TB, file, pkg, path, split string) (capture.APK, int) {
	t.Helper()
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Skip("needs the sample APKs: ", err)
	}
	z, err := zipsafe.Open(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	start := z.DirectoryOffset
	if mark := whole[start-16 : start]; string(mark) == "APK Sig Block 42" {
		start -= int64(binary.LittleEndian.Uint64(whole[start-24:])) + 8
	}
	a := capture.APK{Package: pkg, Path: path, Split: split, Size: int64(len(whole)), Parts: []capture.Part{{Offset: 0, Data: whole[:4]}}}
	if e, ok := z.Lookup("AndroidManifest.xml"); ok {
		from := max(e.HeaderOffset, 4)
		end := min(e.HeaderOffset+int64(e.CompressedSize)+4096, start)
		a.Parts = append(a.Parts, capture.Part{Offset: from, Data: whole[from:end]})
	}
	a.Parts = append(a.Parts, capture.Part{Offset: start, Data: whole[start:]})
	n := 0
	for _, p := range a.Parts {
		n += len(p.Data)
	}
	return a, n
}

// one is a capture of one app in the words of Android 14, with more fields where they are given.
func one(id, fields, flags string) *capture.Capture {
	c := &capture.Capture{Source: capture.SourceADB, Created: made}
	text := fmt.Sprintf("Packages:\n  Package [%s] (1a2b3c4):\n    appId=10245\n    codePath=/data/app/~~x==/%s-y==\n    versionCode=120 minSdk=24 targetSdk=34\n    versionName=1.2.0\n%s"+
		"    pkgFlags=[ %s ]\n    requested permissions:\n      android.permission.INTERNET\n    install permissions:\n      android.permission.INTERNET: granted=true\n"+
		"    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false notLaunched=false enabled=0 instant=false virtual=false\n", id, id, fields, flags)
	add(c, capture.GetProp, "[ro.build.version.sdk]: [34]\n")
	add(c, capture.PackageDump, text)
	return c
}

func add(c *capture.Capture, name, text string) {
	if err := c.Add(name, []byte(text), 0); err != nil {
		panic(err)
	}
}

const sampleFolder = "../../testdata/samples/android"

// askMore adds to the dump what the manifest of the corner shop asks for beside the network.
func askMore(c *capture.Capture) {
	o := c.Outputs[capture.PackageDump]
	o.Text = []byte(strings.Replace(string(o.Text), "      android.permission.INTERNET\n", "      android.permission.INTERNET\n      android.permission.CAMERA\n      android.permission.ACCESS_COARSE_LOCATION\n      android.permission.POST_NOTIFICATIONS\n", 1))
	c.Outputs[capture.PackageDump] = o
}

// A dump that lacks what the manifest asks for may be forged: it is told, the permissions are added, and how the app
// came is not believed. Of a part of the system nothing is told: a maker's build may leave permissions out.
func TestPermissionsThatTheDumpLacks(t *testing.T) {
	const id, store = "com.example.cornershop", "    installerPackageName=com.android.vending\n    initiatingPackageName=com.android.vending\n"
	for _, tt := range []struct {
		name, flags string
		whole       bool // the dump lists them
		want        bool
	}{{"whole", "HAS_CODE", true, false}, {"lacking", "HAS_CODE", false, true}, {"lacking, of the system", "SYSTEM HAS_CODE", false, false}} {
		c := one(id, store, tt.flags)
		if tt.whole {
			askMore(c)
		}
		apk, _ := ranged(t, filepath.Join(sampleFolder, "corner-shop.apk"), id, "/data/app/~~x==/"+id+"-y==/base.apk", "")
		c.APKs = []capture.APK{apk}
		it := find(phone.Items(c, phone.Options{AllApps: true}), id)
		if it.HasTrait(inventory.TraitRecordsDisagree) != tt.want || (it.Arrival.Initiator == "") != tt.want {
			t.Errorf("%s: %v, %+v", tt.name, it.Traits, it.Arrival)
		}
		if tt.want && (len(it.Permissions) != 4 || it.Exposure(inventory.CapCamera) != inventory.Requested) {
			t.Errorf("%s: %v, %v", tt.name, it.Permissions, it.Capabilities)
		}
	}
}

// The signer and the manifest come from parts of the APK, and the content is told to be unchecked.
func TestRanges(t *testing.T) {
	const signer = "62235bdad2c135b30ebfd703b66dd8072100242a20274c6e99ac218192d93b32"
	for _, tt := range []struct {
		name, path, flags string
		rooted            bool
		want              string
	}{
		{"installed", "/data/app/~~x==/com.example.cornershop-y==/base.apk", "HAS_CODE", false, inventory.ContentInstalled},
		{"rooted", "/data/app/~~x==/com.example.cornershop-y==/base.apk", "HAS_CODE", true, inventory.ContentRooted},
		{"preload", "/product/app/Shop/Shop.apk", "SYSTEM HAS_CODE", false, inventory.ContentPreload},
	} {
		c := one("com.example.cornershop", "", tt.flags)
		askMore(c)
		if tt.flags != "HAS_CODE" {
			text := strings.ReplaceAll(string(c.Outputs[capture.PackageDump].Text), "codePath=/data/app/~~x==/com.example.cornershop-y==", "codePath=/product/app/Shop")
			c.Outputs = map[string]capture.Output{capture.GetProp: c.Outputs[capture.GetProp]}
			add(c, capture.PackageDump, text)
		}
		c.Rooted = &tt.rooted
		apk, _ := ranged(t, filepath.Join(sampleFolder, "corner-shop.apk"), "com.example.cornershop", tt.path, "")
		c.APKs = []capture.APK{apk}
		it := find(phone.Items(c, phone.Options{AllApps: true}), "com.example.cornershop")
		s := it.Signature
		if s.State != inventory.Partial || s.Content != tt.want || len(s.Signers) != 1 || s.Signers[0].SHA256 != signer {
			t.Errorf("%s: %+v; problems %v", tt.name, s, it.Problems)
		}
		for _, p := range it.Problems {
			if p.Matters {
				t.Errorf("%s: what was left on the phone makes it incomplete: %+v", tt.name, p)
			}
		}
		if len(it.Detail.Android.Components) == 0 {
			t.Errorf("%s: no component of its manifest", tt.name)
		}
		if it.HasTrait(inventory.TraitRecordsDisagree) {
			t.Errorf("%s: %v", tt.name, it.Traits)
		}
	}
}

// A large APK whose label and code stay on the phone.
func TestRangesOfALargeAPK(t *testing.T) {
	file := "../../testdata/cache/apks/io.appium.settings-8.0.9/settings_apk-debug.apk"
	apk, n := ranged(t, file, "io.appium.settings", "/data/app/~~x==/io.appium.settings-y==/base.apk", "")
	c := one("io.appium.settings", "", "HAS_CODE")
	c.APKs = []capture.APK{apk}
	r := phone.Items(c, phone.Options{})
	it := find(r, "io.appium.settings")
	if it.Signature.State != inventory.Partial || it.Signature.Signers[0].SHA256 != "05ee28fa5928913fcbda0b2534e1456966fdd97b08b65059261b17123adcb180" {
		t.Errorf("%+v; problems %v", it.Signature, it.Problems)
	}
	if !it.HasTrait(inventory.TraitDebugCertificate) {
		t.Errorf("traits %v", it.Traits)
	}
	for _, p := range it.Problems {
		if p.Matters {
			t.Errorf("incomplete: %+v", p)
		}
	}
	if !strings.Contains(strings.Join(r.NotChecked, "\n"), "the names of 1 app: label not read") {
		t.Errorf("not checked: %q", r.NotChecked)
	}
	pinned := phone.Items(c, phone.Options{Pinned: func(sha string) bool { return sha == it.Signature.Signers[0].SHA256 }})
	if strings.Contains(strings.Join(pinned.NotChecked, "\n"), "label not read") {
		t.Errorf("pinned, not checked: %q", pinned.NotChecked)
	}
	t.Logf("%d of %d bytes", n, apk.Size)
}

// A reference into a table that was left on the phone is no damage.
func TestReferenceIntoATableThatWasNotRead(t *testing.T) {
	const id = "io.appium.android.apis"
	apk, _ := ranged(t, "../../testdata/cache/apks/android-apidemos-5.0.0/ApiDemos-debug.apk", id, "/data/app/~~x==/"+id+"-y==/base.apk", "")
	c := one(id, "", "HAS_CODE")
	c.APKs = []capture.APK{apk}
	for _, p := range find(phone.Items(c, phone.Options{}), id).Problems {
		if p.Matters && p.File == "AndroidManifest.xml" {
			t.Errorf("incomplete: %+v", p)
		}
	}
}

// Every part that is missing leaves an item, and never more is said than was read.
func TestRangesCutShort(t *testing.T) {
	apk, _ := ranged(t, filepath.Join(sampleFolder, "corner-shop.apk"), "com.example.cornershop", "/data/app/x/base.apk", "")
	last := len(apk.Parts) - 1
	whole := apk.Parts[last].Data
	for n := 0; n <= len(whole); n += 97 {
		cut := apk
		cut.Parts = append(slices.Clone(apk.Parts[:last]), capture.Part{Offset: apk.Parts[last].Offset + int64(n), Data: whole[n:]})
		c := one("com.example.cornershop", "", "HAS_CODE")
		c.APKs = []capture.APK{cut}
		it := find(phone.Items(c, phone.Options{}), "com.example.cornershop")
		if n > 0 && it.Signature.State == inventory.Verified || n > len(whole)-100 && it.Signature.State == inventory.Partial {
			t.Errorf("%d bytes cut: %s", n, it.Signature.State)
		}
	}
}

// Another package's file, and another signer in the phone's records, are told.
func TestFileOfAnother(t *testing.T) {
	apk, _ := ranged(t, filepath.Join(sampleFolder, "corner-shop.apk"), "com.example.other", "/data/app/x/base.apk", "")
	c := one("com.example.other", "", "HAS_CODE")
	c.APKs = []capture.APK{apk}
	add(c, capture.AppLinks, "  com.example.other:\n    ID: 01234567-89ab-cdef-0123-456789abcdef\n    Signatures: ["+strings.TrimSuffix(strings.Repeat("AA:", 32), ":")+"]\n    Domain verification state:\n      example.com: verified\n")
	it := find(phone.Items(c, phone.Options{}), "com.example.other")
	if !it.HasTrait(inventory.TraitRecordsDisagree) || !it.HasTrait(inventory.TraitSignerRecords) {
		t.Errorf("traits %v", it.Traits)
	}
}

// Splits belong together: one that another key signed makes the app's signature invalid.
func TestSplits(t *testing.T) {
	base, _ := ranged(t, filepath.Join(sampleFolder, "corner-shop.apk"), "com.example.cornershop", "/data/app/x/base.apk", "")
	other, _ := ranged(t, filepath.Join(sampleFolder, "messenger.apk"), "com.example.cornershop", "/data/app/x/split_config.de.apk", "split_config.de")
	c := one("com.example.cornershop", "", "HAS_CODE")
	c.APKs = []capture.APK{other, base}
	it := find(phone.Items(c, phone.Options{}), "com.example.cornershop")
	if it.Signature.State != inventory.Invalid || !it.HasTrait(inventory.TraitSplitDiffers) {
		t.Errorf("%s, %v", it.Signature.State, it.Traits)
	}
}

// AndroidQF's certificates are taken with what it says of them.
func TestCollectedCertificates(t *testing.T) {
	sha := strings.Repeat("ab", 32)
	for _, tt := range []struct {
		name  string
		files []lists.File
		want  inventory.SignatureState
		rests string
		split bool
	}{
		{"verified", []lists.File{{Path: "/data/app/x/base.apk", CertSHA256: sha, CertVerified: true}, {Path: "/data/app/x/split.apk", CertSHA256: sha, CertVerified: true}}, inventory.Partial, inventory.ContentCollected, false},
		{"found only", []lists.File{{Path: "/data/app/x/base.apk", CertSHA256: sha}}, inventory.Unverifiable, "", false},
		{"two", []lists.File{{CertSHA256: sha, CertVerified: true}, {CertSHA256: strings.Repeat("cd", 32), CertVerified: true}}, inventory.Unverifiable, "", true},
		{"none", []lists.File{{Path: "/data/app/x/base.apk"}}, inventory.Unverifiable, "", false},
	} {
		c := &capture.Capture{Source: capture.SourceAndroidQF, Packages: []lists.Package{{Name: "org.example.app", Installer: "com.android.vending", UID: 10245, Files: tt.files}}}
		it := find(phone.Items(c, phone.Options{}), "org.example.app")
		if it.Signature.State != tt.want || it.Signature.Content != tt.rests || it.HasTrait(inventory.TraitSplitDiffers) != tt.split || it.Arrival.Installer != "com.android.vending" {
			t.Errorf("%s: %+v %v", tt.name, it.Signature, it.Traits)
		}
	}
}
