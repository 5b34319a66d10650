package device

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/android/apksig"
	"appraise/android/capture"
	"appraise/internal/fakedevice"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// large is a real APK of 18 MB, or a small one that is padded to as much.
func large(t *testing.T) string {
	t.Helper()
	const real = "../../testdata/cache/apks/appium-uiautomator2-server-10.6.6/appium-uiautomator2-server-v10.6.6.apk"
	if _, err := os.Stat(real); err == nil {
		return real
	}
	b, err := os.ReadFile(filepath.Join(apks, "odd.apk"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "padded.apk")
	if err := os.WriteFile(path, padded(b, 18_000_000), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// 300 packages of 18 MB: at most two in a hundred bytes are read, and the parts name the signers that the files name.
func TestManyPackages(t *testing.T) {
	files := []string{large(t)}
	var packages []fakedevice.Package
	for i := range 300 {
		packages = append(packages, fakedevice.Package{Name: fmt.Sprintf("com.example.p%d", i), Base: files[i%len(files)]})
	}
	d := fakedevice.Start(t, fakedevice.Options{Packages: packages})
	before := d.Sent()
	started := time.Now()
	c := collect(t, d, Options{})
	took := time.Since(started)
	total, moved := int64(0), d.Sent()-before
	want := signersOf(t, files[0])
	for i := range c.APKs {
		a := &c.APKs[i]
		total += a.Size
		if a.Reason != "" {
			t.Fatalf("%s: %s", a.Path, a.Reason)
		}
		if i%50 != 0 {
			continue
		}
		z, err := zipsafe.OpenDirectory(a, a.Size)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, signature(z).Signature.Signers); diff != "" {
			t.Errorf("%s: (-file +ranges)\n%s", a.Path, diff)
		}
	}
	if len(c.APKs) != 300 || moved*50 > total {
		t.Errorf("%d APKs; %d of %d bytes were moved", len(c.APKs), moved, total)
	}
	t.Logf("%d of %d bytes (%.2f %%) in %v", moved, total, 100*float64(moved)/float64(total), took.Round(time.Millisecond))
}

// signersOf reads a file whole, its content included.
func signersOf(t *testing.T, path string) []inventory.Signer {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return apksig.Verify(z, apksig.Options{Range: apksig.Range{Min: 34, Max: 34}}).Signature.Signers
}

// Every real APK at hand, as a package of its own: the same signers from the ranges and from the whole file.
func TestRealPackages(t *testing.T) {
	var packages []fakedevice.Package
	bases := map[string]string{}
	for i, path := range realAPKs(t) {
		name := fmt.Sprintf("com.example.p%d", i)
		bases[name] = path
		packages = append(packages, fakedevice.Package{Name: name, Base: path})
	}
	d := fakedevice.Start(t, fakedevice.Options{Packages: packages})
	c := collect(t, d, Options{})
	if len(c.APKs) != len(packages) {
		t.Errorf("got %d APKs, want %d", len(c.APKs), len(packages))
	}
	checked := 0
	for i := range c.APKs {
		a := &c.APKs[i]
		parts, err := zipsafe.OpenDirectory(a, a.Size)
		if err != nil {
			if a.Reason == "" {
				t.Errorf("%s: %v, without a reason", bases[a.Package], err)
			}
			continue
		}
		got, want := signature(parts).Signature, wholeSignature(t, bases[a.Package])
		if want.State != inventory.Verified {
			continue
		}
		checked++
		if diff := cmp.Diff(want.Signers, got.Signers); diff != "" {
			t.Errorf("%s: (-file +ranges)\n%s", bases[a.Package], diff)
		}
	}
	t.Logf("%d verified APKs of %d", checked, len(packages))
}

func wholeSignature(t *testing.T, path string) inventory.Signature {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return inventory.Signature{}
	}
	return apksig.Verify(z, apksig.Options{Range: apksig.Range{Min: 34, Max: 34}}).Signature
}

// Splits are found beside their base, or asked for where dumpsys doesn't tell them; system apps on request.
func TestWhichFiles(t *testing.T) {
	small := filepath.Join(apks, "odd.apk")
	d := fakedevice.Start(t, fakedevice.Options{Packages: []fakedevice.Package{
		{Name: "com.example.told", Base: small, Splits: map[string]string{"config.en": small, "config.arm64_v8a": small}},
		{Name: "com.example.renamed", Base: small},
		{Name: "com.example.system", Base: small, System: true},
	}, Script: map[string]string{"pm path": `case "$*" in
*renamed*) echo package:/system/app/com.example.system/com.example.system.apk; echo package:/data/app/none/split_a.apk ;;
*) exit 1 ;;
esac`}})
	for _, test := range []struct {
		name string
		opt  Options
		want []string
	}{
		{"third-party", Options{}, []string{"com.example.renamed ", "com.example.told split_config.arm64_v8a", "com.example.told split_config.en", "com.example.told "}},
		{"all", Options{AllApps: true}, []string{"com.example.renamed ", "com.example.system ", "com.example.told split_config.arm64_v8a", "com.example.told split_config.en", "com.example.told "}},
	} {
		c := collect(t, d, test.opt)
		var got []string
		for _, a := range c.APKs {
			if a.Reason != "" {
				t.Errorf("%s: %s: %s", test.name, a.Path, a.Reason)
			}
			got = append(got, a.Package+" "+a.Split)
		}
		slices.Sort(got)
		slices.Sort(test.want)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

// A label is read only of those whose label is wanted, and the callback sees what tells the signer.
func TestLabels(t *testing.T) {
	base, vast := withTable(t, 20_000), withTable(t, 2_000_000)
	d := fakedevice.Start(t, fakedevice.Options{Packages: []fakedevice.Package{
		{Name: "com.example.pinned", Base: base}, {Name: "com.example.other", Base: base}, {Name: "com.example.vast", Base: vast},
	}})
	asked := 0
	c := collect(t, d, Options{Label: func(a *capture.APK) bool {
		if z, err := zipsafe.OpenDirectory(a, a.Size); err == nil {
			if e, ok := z.Lookup("AndroidManifest.xml"); ok {
				if b, err := z.ReadFile(e, 100); err == nil && string(b) == "manifest" {
					asked++
				}
			}
		}
		return a.Package != "com.example.pinned"
	}})
	if asked != 3 {
		t.Errorf("asked for %d whose manifest is there, want 3", asked)
	}
	for i := range c.APKs {
		a := &c.APKs[i]
		z, err := zipsafe.OpenDirectory(a, a.Size)
		if err != nil {
			t.Fatal(err)
		}
		e, ok := z.Lookup("resources.arsc")
		if !ok {
			t.Fatal("no resource table")
		}
		if _, err := z.ReadFile(e, 4<<20); (err == nil) != (a.Package == "com.example.other") {
			t.Errorf("%s: resource table: %v", a.Package, err)
		}
		if strings.HasPrefix(a.Reason, LabelNotRead) != (a.Package == "com.example.vast") {
			t.Errorf("%s: got reason %q", a.Package, a.Reason)
		}
	}
}

// withTable makes an archive with a resource table of some size, far from its ends.
func withTable(t *testing.T, size int) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, e := range []struct {
		name string
		data []byte
	}{{"AndroidManifest.xml", []byte("manifest")}, {"a", make([]byte, 50_000)}, {"resources.arsc", make([]byte, size)}, {"z", make([]byte, 50_000)}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "table.apk")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Another user is read on request; a locked profile gives reasons, not empty lists.
func TestUsers(t *testing.T) {
	small := filepath.Join(apks, "odd.apk")
	opt := fakedevice.Options{Folder: filepath.Join(eras, "sdk34"), Packages: []fakedevice.Package{{Name: "com.example.coupons", Base: small}}, Texts: map[string]string{
		"packages-list@10": "package:/data/app/work/base.apk=com.example.work  installer=null uid:1010300\n", "packages-system@10": "", "packages-third-party@10": "package:com.example.work\n",
		"packages-disabled@10": "", "settings-secure@10": "accessibility_enabled=0\n", "settings-system@10": "a=b\n", "ime-all@10": "", "ime-enabled@10": "", "roles@10": "", "app-links@10": "",
	}}
	d := fakedevice.Start(t, opt)
	if c := collect(t, d, Options{}); len(c.Outputs) != len(capture.Names) {
		t.Errorf("got %d outputs, want %d", len(c.Outputs), len(capture.Names))
	}
	c := collect(t, d, Options{Users: []int{10}})
	if got := string(c.Outputs["settings-secure@10"].Text); got != "accessibility_enabled=0\n" {
		t.Errorf("got %q", got)
	}
	if !slices.ContainsFunc(c.APKs, func(a capture.APK) bool { return a.Package == "com.example.work" }) {
		t.Error("the profile's package is missing")
	}
	opt.Texts = nil
	c = collect(t, fakedevice.Start(t, opt), Options{Users: []int{10}})
	if o := c.Outputs["packages-list@10"]; o.Text != nil || o.Reason == "" {
		t.Errorf("a locked profile: got %+v", o)
	}
}
