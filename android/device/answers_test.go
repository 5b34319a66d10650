package device

import "testing"

func TestListedSize(t *testing.T) {
	for text, want := range map[string]string{
		"12 /data/app/a/base.apk\n": "12",
		"12\n":                      "12",
		"-rw-r--r-- system   system      1234 2020-01-02 03:04 base.apk\n":   "1234",
		"-rw-r--r-- 1 system system 1234 2020-01-02 03:04 /data/app/a.apk\n": "1234",
		"": "",
	} {
		if got := listedSize(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func FuzzListedSize(f *testing.F) {
	f.Add("12 /data/app/a/base.apk")
	f.Add("-rw-r--r-- system   system      1234 2020-01-02 03:04 base.apk")
	f.Fuzz(func(t *testing.T, text string) {
		if got := listedSize(text); len(got) > len(text) {
			t.Errorf("%q out of %q", got, text)
		}
		complaint([]byte(text))
	})
}
