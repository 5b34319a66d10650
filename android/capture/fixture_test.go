package capture

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"appraise/android/capture/lists"
)

// secret stands in every file and section that must never be kept.
const secret = "TOP-SECRET-9137"

const dashes = "-------------------------------------------------------------------------------\n"

const packageDump = `Packages:
  Package [com.example.coupons] (1a2b3c4):
    appId=10245
    codePath=/data/app/~~AbC==/com.example.coupons-Zz9==
    versionCode=120 minSdk=24 targetSdk=34
`

const notificationDump = `Current Notification Manager state:
  Notification List:
    NotificationRecord(0x0abc: pkg=com.example.chat user=UserHandle{0} id=1 tag=null importance=3)
      extras={
          android.title=String (` + secret + `)
          android.text=String (` + secret + `)
      }
  Notification listeners:
    Allowed notification listeners:
      com.example.watch/com.example.watch.Listener (user: 0 isPrimary: true)
    Live notification listeners (1):
      ComponentInfo{com.example.watch/com.example.watch.Listener} (user 0): android.service.notification.INotificationListener$Stub$Proxy@1
`

const settingsDump = `GLOBAL SETTINGS (user 0)
_id:1 name:adb_enabled pkg:android value:1 default:0 defaultSystemSet:true
SECURE SETTINGS (user 0)
_id:2 name:accessibility_enabled pkg:android value:1
_id:1 name:enabled_accessibility_services pkg:android value:a.b/.C
SYSTEM SETTINGS (user 0)
_id:1 name:adb_enabled pkg:android value:7
SECURE SETTINGS (user 10)
_id:1 name:accessibility_enabled pkg:android value:0
`

const roleDump = `ROLE MANAGER STATE (dumpsys role):
{
  user_states={
    user_id=0
    roles=[
      {
        name=android.app.role.SMS
        holders=com.example.sms
      }
    ]
  }
}
`

const userDump = `Current user: 0
Users:
  UserInfo{0:Owner:c13} serialNo=0 isPrimary=true
    Type: android.os.usertype.full.SYSTEM
    State: RUNNING_UNLOCKED
    Seed account: ` + secret + `
  UserInfo{10:Work:1030} serialNo=10 isPrimary=false
    State: -1
`

// titled is one service as dumpsys prints it.
func titled(title, body string) string {
	name := title[strings.LastIndex(title, " ")+1:]
	return dashes + "DUMP OF SERVICE " + title + ":\n" + body + "--------- 0.053s was the duration of dumpsys " + name + ", ending at: 2026-01-02 03:04:05\n"
}

// oldTitled is the same before Android 7: without the time it took.
func oldTitled(title, body string) string { return dashes + "DUMP OF SERVICE " + title + ":\n" + body }

// sections are those of a whole phone, with a secret in each that must not be kept.
func wholeDump(titled func(title, body string) string) string {
	return "Currently running services:\n  accessibility\n" +
		titled("accessibility", "ACCESSIBILITY MANAGER (dumpsys accessibility)\n") +
		titled("account", "Accounts: 1\n  Account {name="+secret+", type=com.google}\n") +
		titled("activity", secret+"\n") +
		titled("adb", "ADB MANAGER STATE\n  user_keys="+secret+"\n") +
		titled("appops", "Current AppOps Service state:\n  Uid 0:\n") +
		titled("clipboard", secret+"\n") +
		titled("device_policy", "Current Device Policy Manager state:\n") +
		titled("isms", secret+"\n") +
		titled("notification", notificationDump) +
		titled("package", packageDump) +
		titled("role", roleDump) +
		titled("settings", settingsDump) +
		titled("user", userDump) +
		titled("webviewupdate", "Current WebView package (name, version): (com.android.webview, 120)\n") +
		titled("wifi", secret+"\n")
}

const properties = "[ro.build.version.sdk]: [34]\n[ro.product.model]: [Fake Phone]\n"

func mainText(titled func(title, body string) string) string {
	return "========================================================\n== dumpstate: 2026-01-02 03:04:05\n" +
		"========================================================\n" +
		"------ SYSTEM LOG (logcat -v threadtime -d *:v) ------\n" + secret + "\n" +
		"------ 0.100s was the duration of 'SYSTEM LOG' ------\n\n" +
		"------ SYSTEM PROPERTIES (getprop) ------\n" + properties +
		"------ 0.009s was the duration of 'SYSTEM PROPERTIES' ------\n\n" +
		"------ DUMPSYS NORMAL (/system/bin/dumpsys) ------\n" + wholeDump(titled) +
		"------ CHECKIN BATTERYSTATS (/system/bin/dumpsys) ------\n" + secret + "\n"
}

// acquisition is an AndroidQF folder with a secret in each file that must not be kept.
func acquisition() map[string]string {
	return map[string]string{
		"acquisition.json": `{"uuid":"01234567","androidqf_version":"v1.7.0","storage_path":"/home/` + secret + `/x",` +
			`"started":"2026-01-02T03:04:05Z","collector":{"adb_path":"` + secret + `"},"tmp_dir":"/data/local/tmp/"}`,
		"packages.json": `[{"name":"com.example.coupons","files":[{"path":"/data/app/x/base.apk","local_name":"apks/` + secret + `.apk",` +
			`"md5":"","sha1":"` + strings.Repeat("b", 40) + `","sha256":"` + strings.Repeat("A", 64) + `","sha512":"","error":"",` +
			`"verified_certificate":true,"certificate":{"Md5":"","Sha1":"","Sha256":"` + strings.Repeat("c", 64) + `","Issuer":"CN=x"},` +
			`"certificate_error":"","trusted_certificate":false}],"installer":"null","uid":10245,"disabled":false,"system":false,"third_party":true},` +
			`{"name":"com.android.settings","files":[{"path":"/system/x.apk","sha256":"/system/bin/sh: not found"}],"installer":"com.android.vending","uid":1000,"disabled":true,"system":true,"third_party":false}]`,
		"root_binaries.json":  `["/system/xbin/su"]`,
		"getprop.txt":         properties,
		"settings_secure.txt": "accessibility_enabled=1\n", "settings_global.txt": "adb_enabled=1\n", "settings_system.txt": "adb_enabled=7\n",
		"dumpsys.txt":   wholeDump(titled),
		"processes.txt": secret, "processes.json": `["` + secret + `"]`, "services.txt": secret, "files.json": `[{"path":"` + secret + `"}]`,
		"mounts.json": secret, "selinux.txt": secret, "env.txt": secret, "logcat.txt": secret, "logcat_old.txt": secret,
		"backup.ab": secret, "hashes.csv": secret, "command.log": secret, "sms.db": secret, "apks/base.apk": secret,
		"logs/data/log.txt": secret, "bugreport.zip": "",
	}
}

// bugreport is a bug report with a secret in each file that must not be kept.
func bugreport() map[string]string {
	return map[string]string{
		"main_entry.txt": "bugreport-fake-2026.txt\n", "bugreport-fake-2026.txt": mainText(titled), "version.txt": "2.0\n",
		"dumpstate_log.txt": secret, "dumpstate_board.txt": secret, "FS/data/anr/traces.txt": secret,
		"FS/data/misc/dumpsys.txt": titled("package", secret),
	}
}

func zipOf(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func folderOf(files map[string]string) fs.FS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// both reads files as a ZIP and as a folder.
func both(t *testing.T, files map[string]string, check func(t *testing.T, c *Capture, err error)) {
	t.Helper()
	t.Run("zip", func(t *testing.T) {
		c, err := read(zipOf(t, files))
		check(t, c, err)
	})
	t.Run("folder", func(t *testing.T) {
		c, err := ReadFolder(folderOf(files))
		check(t, c, err)
	})
}

func read(b []byte) (*Capture, error) { return Read(bytes.NewReader(b), int64(len(b))) }

func write(t testing.TB, c *Capture) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func texts(c *Capture) map[string]string {
	out := map[string]string{}
	for name, o := range c.Outputs {
		if o.Text != nil {
			out[name] = string(o.Text)
		}
	}
	return out
}

func utf16LE(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// sample is a capture with everything in it.
func sample() *Capture {
	yes := true
	return &Capture{
		Source: SourceADB, Tool: "appraise test", Created: "2026-01-02T03:04:05Z", Rooted: &yes,
		Outputs: map[string]Output{
			PackageDump:            {Text: []byte(packageDump)},
			SettingsSecure + "@10": {Text: []byte("assistant=b\r\nbad \xff\n"), Exit: 1, Cut: true, Reason: "phone lost"},
			Users:                  {Text: []byte{}, Exit: -1},
			Transparency:           {Exit: 255, Reason: "no such command"},
		},
		APKs: []APK{
			{Package: "a.b", Path: "/data/app/~~x==/a.b-y==/base.apk", Size: 100, Parts: []Part{{0, []byte("0123456789")}, {90, []byte("abcdefghij")}}},
			{Package: "a.b", Path: "/data/app/~~x==/a.b-y==/split_x.apk", Split: "split_x", Size: 5, Reason: "not read"},
		},
		Packages: []lists.Package{{Name: "a.b", UID: 10001, Installer: "c.d", ThirdParty: true, Installed: &yes, User: 10,
			Files: []lists.File{{Path: "/data/app/x/base.apk", SHA256: strings.Repeat("1", 64), CertSHA256: strings.Repeat("2", 64), CertVerified: true, CertError: "e"}}}},
	}
}

type rawEntry struct {
	name, text string
	packed     []byte // deflated already
	size       uint64 // declared
	crc        uint32
}

// filler is n bytes of lines that pack about 80 to 1, which no guard of the ratio stops.
func filler(n int) []byte {
	line := strings.Repeat("A", 1000)
	b := make([]byte, 0, n+1100)
	for i := 0; len(b) < n; i++ {
		b = append(strconv.AppendInt(b, int64(i*2654435761), 10), line...)
		b = append(b, '\n')
	}
	return b[:n]
}

// packedMiB is so many MiB of filler, deflated: the same MiB again and again, each packed without looking back.
func packedMiB(t testing.TB, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(filler(1 << 20))
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return append(bytes.Repeat(b.Bytes(), n), 0x03, 0x00) // an empty last block
}

// deflated is a text as an entry of a ZIP holds it.
func deflated(t testing.TB, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("x")
	if err == nil {
		_, err = f.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.File[0].OpenRaw()
	if err != nil {
		t.Fatal(err)
	}
	packed, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

// raw writes a ZIP whose headers say what they are told to say.
func raw(t testing.TB, entries ...rawEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		var packed bytes.Buffer
		data := []byte(e.text)
		h := &zip.FileHeader{Name: e.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data), UncompressedSize64: uint64(len(data))}
		if e.size != 0 {
			h.UncompressedSize64 = e.size
		}
		if e.crc != 0 {
			h.CRC32 = e.crc
		}
		if e.packed != nil {
			h.Method, data = zip.Deflate, e.packed
		}
		packed.Write(data)
		h.CompressedSize64 = uint64(packed.Len())
		f, err := w.CreateRaw(h)
		if err == nil {
			_, err = f.Write(packed.Bytes())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
