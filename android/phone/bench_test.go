package phone_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"appraise/android/capture"
	"appraise/android/phone"
)

// BenchmarkItems reads a phone with 300 apps, each with parts of its APK.
func BenchmarkItems(b *testing.B) {
	apk, _ := ranged(b, filepath.Join("..", "..", "testdata", "cache", "apks", "io.appium.settings-8.0.9", "settings_apk-debug.apk"), "", "", "")
	c := one("org.example.first", real, "HAS_CODE")
	text := string(c.Outputs[capture.PackageDump].Text)
	body := text[len("Packages:\n"):]
	for i := range 300 {
		id := fmt.Sprintf("org.example.app%d", i)
		text += fmt.Sprintf("  Package [%s] (1a2b3c4):\n", id) + body[len("  Package [org.example.first] (1a2b3c4):\n"):]
		a := apk
		a.Package, a.Path = id, "/data/app/~~x==/"+id+"-y==/base.apk"
		c.APKs = append(c.APKs, a)
	}
	c.Outputs = map[string]capture.Output{}
	add(c, capture.GetProp, "[ro.build.version.sdk]: [34]\n")
	add(c, capture.PackageDump, text)
	b.ResetTimer()
	for b.Loop() {
		if r := phone.Items(c, phone.Options{}); len(r.Items) != 302 {
			b.Fatalf("%d items", len(r.Items))
		}
	}
}
