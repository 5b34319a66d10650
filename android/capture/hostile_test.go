package capture

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"testing"

	"appraise/android/capture/files"
	"appraise/android/capture/lists"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

func matters(c *Capture, file string, limit bool) bool {
	return slices.ContainsFunc(c.Problems, func(p inventory.Problem) bool {
		return p.Matters && strings.HasPrefix(p.File, file) && p.Limit == limit
	})
}

// Every prefix of a bundle is refused, and none makes the reader panic.
func TestTruncatedBundle(t *testing.T) {
	whole := write(t, sample())
	for n := range whole {
		if _, err := read(whole[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes were read", n, len(whole))
		}
	}
}

func indexText(t testing.TB, c *Capture) string {
	t.Helper()
	b := write(t, c)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A list of packages that is cut keeps what stands before the cut, and matters.
func TestTruncatedPackages(t *testing.T) {
	files := map[string]string{"getprop.txt": properties, "acquisition.json": acquisition()["acquisition.json"]}
	whole := acquisition()["packages.json"]
	for n := range whole {
		files["packages.json"] = whole[:n]
		c, err := ReadFolder(folderOf(files))
		if err != nil || !matters(c, "packages.json", false) {
			t.Fatalf("the first %d of %d bytes gave %v, %v", n, len(whole), c, err)
		}
	}
}

// A main text that is cut is told wherever the cut is inside a section that is kept.
func TestTruncatedMainText(t *testing.T) {
	whole := "== dumpstate: x\n------ SYSTEM PROPERTIES (getprop) ------\n" + properties + "------ 0.009s was the duration of 'SYSTEM PROPERTIES' ------\n" +
		titled("appops", "Current AppOps Service state:\n") + titled("package", packageDump) + titled("user", userDump)
	body := strings.Index(whole, "  Package [com.example.coupons]")
	end := body + strings.Index(whole[body:], "--------- ")
	for n := range whole {
		c, err := ReadFolder(folderOf(map[string]string{"main_entry.txt": "bugreport-b.txt", "bugreport-b.txt": whole[:n]}))
		if err != nil {
			t.Fatal(n, err)
		}
		if body < n && n < end && !(c.Outputs[PackageDump].Cut && c.Outputs[PackageDump].Reason != "" && matters(c, "bugreport-b.txt", false)) {
			t.Fatalf("cut at byte %d: %+v, %v", n, c.Outputs[PackageDump], c.Problems)
		}
		if n%101 == 0 {
			write(t, c)
		}
	}
}

func TestIndexIsChecked(t *testing.T) {
	head := `{"schema":"appraise.capture/1",`
	for _, tt := range []struct{ name, index string }{
		{"no schema", `{"outputs":[]}`},
		{"later schema", `{"schema":"appraise.capture/2"}`},
		{"later schema told late", `{"schema":"appraise.capture/1x","outputs":[]}`},
		{"schema in other case", `{"Schema":"appraise.capture/1"}`},
		{"unknown output", head + `"outputs":[{"name":"logcat","size":1}]}`},
		{"traversal", head + `"outputs":[{"name":"../../x","size":1}]}`},
		{"output twice", head + `"outputs":[{"name":"appops"},{"name":"appops"}]}`},
		{"mistyped list", head + `"outputs":{}}`},
		{"mistyped number", head + `"apks":[{"size":"1"}]}`},
		{"broken number", head + `"apks":[{"size":1.5}]}`},
		{"huge number", head + `"outputs":[{"name":"appops","exit":99999999999}]}`},
		{"text behind", head + `"outputs":[]} x`},
		{"no object", `["appraise.capture/1"]`},
		{"deep", head + `"x":` + strings.Repeat("[", limits.JSONDepth) + strings.Repeat("]", limits.JSONDepth) + `}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var format *inventory.FormatError
			_, err := lists.ParseIndex([]byte(tt.index))
			if err == nil {
				_, err = read(zipOf(t, map[string]string{"capture.json": tt.index, "out/logcat.txt": "x"}))
			}
			if !errors.As(err, &format) {
				t.Errorf("got %v", err)
			}
		})
	}
	deep := head + `"x":` + strings.Repeat("[", limits.JSONDepth-1) + strings.Repeat("]", limits.JSONDepth-1) + `}`
	if _, err := lists.ParseIndex([]byte(deep)); err != nil {
		t.Errorf("at the limit of depth: %v", err)
	}
	if c, err := read(zipOf(t, map[string]string{"capture.json": head + `"source":"evil","schema":"x"}`})); err != nil || c.Source != SourceBundle {
		t.Errorf("an unknown source gave %v, %v", c, err)
	}
}

// Parts that are no parts of their APK, or not there, are left out and told.
func TestBadParts(t *testing.T) {
	for _, tt := range []struct {
		name, parts string
		size        int64
		files       map[string]string
		want        int
	}{
		{"missing", `{"offset":0,"size":3}`, 9, nil, 0},
		{"other length", `{"offset":0,"size":3}`, 9, map[string]string{"apk/0/0.bin": "ab"}, 0},
		{"overlap", `{"offset":0,"size":3},{"offset":2,"size":3}`, 9, map[string]string{"apk/0/0.bin": "abc", "apk/0/2.bin": "cde"}, 1},
		{"behind the end", `{"offset":7,"size":3}`, 9, map[string]string{"apk/0/7.bin": "abc"}, 0},
		{"overflow", `{"offset":9223372036854775807,"size":3}`, 9, map[string]string{"apk/0/9223372036854775807.bin": "abc"}, 0},
		{"negative", `{"offset":-5,"size":3}`, 9, map[string]string{"apk/0/-5.bin": "abc"}, 0},
		{"negative size of the file", `{"offset":0,"size":3}`, -9, map[string]string{"apk/0/0.bin": "abc"}, 0},
		{"same twice", `{"offset":0,"size":3},{"offset":0,"size":3}`, 9, map[string]string{"apk/0/0.bin": "abc"}, 1},
		{"good beside bad", `{"offset":0,"size":3},{"offset":4,"size":9}`, 9, map[string]string{"apk/0/0.bin": "abc"}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := map[string]string{"capture.json": fmt.Sprintf(`{"schema":"appraise.capture/1","apks":[{"package":"a.b","path":"/x","size":%d,"parts":[%s]}]}`, tt.size, tt.parts)}
			for name, text := range tt.files {
				files[name] = text
			}
			both(t, files, func(t *testing.T, c *Capture, err error) {
				if err != nil {
					t.Fatal(err)
				}
				if len(c.APKs[0].Parts) != tt.want || c.APKs[0].Reason == "" || !matters(c, "apk/0/", false) {
					t.Errorf("got %d parts, reason %q, problems %v", len(c.APKs[0].Parts), c.APKs[0].Reason, c.Problems)
				}
			})
		})
	}
}

func TestMissingAndShortOutputs(t *testing.T) {
	files := map[string]string{"capture.json": `{"schema":"appraise.capture/1","outputs":[{"name":"appops","size":4},{"name":"getprop","size":4}]}`, "out/appops.txt": "ab"}
	both(t, files, func(t *testing.T, c *Capture, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if o := c.Outputs[GetProp]; o.Text != nil || !o.Cut || o.Reason == "" || !matters(c, "out/getprop.txt", false) {
			t.Errorf("missing: %+v", o)
		}
		if o := c.Outputs[AppOps]; string(o.Text) != "ab" || !o.Cut || o.Reason == "" || !matters(c, "out/appops.txt", false) {
			t.Errorf("short: %+v", o)
		}
	})
}

func TestBombs(t *testing.T) {
	zeros := make([]byte, limits.DumpBytes+1)
	packed := deflated(t, zeros)
	index := rawEntry{name: "capture.json", text: `{"schema":"appraise.capture/1","outputs":[{"name":"appops","size":9}]}`}
	for _, tt := range []struct {
		name  string
		entry rawEntry
		limit bool
	}{
		{"ratio", rawEntry{name: "out/appops.txt", packed: packed, size: uint64(len(zeros)), crc: crc32.ChecksumIEEE(zeros)}, true},
		{"lying size", rawEntry{name: "out/appops.txt", packed: packed, size: 9, crc: 1}, false},
		{"declared 4 GiB", rawEntry{name: "out/appops.txt", packed: packed, size: 4<<30 + 1, crc: 1}, true},
		{"long text", rawEntry{name: "out/appops.txt", packed: packedMiB(t, 65), size: 65 << 20}, true},
		{"other checksum", rawEntry{name: "out/appops.txt", text: "123456789", crc: 1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := read(raw(t, index, tt.entry))
			if err != nil {
				t.Fatal(err)
			}
			o := c.Outputs[AppOps]
			if !o.Cut || o.Reason == "" || len(o.Text) > limits.DumpBytes || !matters(c, "out/appops.txt", tt.limit) {
				t.Errorf("cut %v, reason %q, %d bytes, problems %v", o.Cut, o.Reason, len(o.Text), c.Problems)
			}
			if tt.name == "long text" && (len(o.Text) != limits.DumpBytes || c.Problems[0].Offset != limits.DumpBytes) {
				t.Errorf("%d bytes kept, problems %v", len(o.Text), c.Problems)
			}
		})
	}
}

// A bug report inside an acquisition is counted with it and can't be a bomb either.
func TestNestedBombs(t *testing.T) {
	zeros := bytes.Repeat([]byte("DUMP OF SERVICE package:\n"), 1<<18)
	inner := raw(t, rawEntry{name: "main_entry.txt", text: "b.txt"}, rawEntry{name: "b.txt", packed: deflated(t, zeros), size: uint64(len(zeros)), crc: crc32.ChecksumIEEE(zeros)})
	files := acquisition()
	delete(files, "dumpsys.txt")
	files["bugreport.zip"] = string(inner)
	both(t, files, func(t *testing.T, c *Capture, err error) {
		if err != nil || !matters(c, "bugreport.zip/b.txt", false) && !matters(c, "bugreport.zip/b.txt", true) {
			t.Errorf("got %v, %v", c.Problems, err)
		}
	})
	const mib = limits.BugreportBytes>>20 + 1
	c, err := read(raw(t, rawEntry{name: "acquisition.json", text: acquisition()["acquisition.json"]},
		rawEntry{name: "bugreport.zip", packed: packedMiB(t, mib), size: mib << 20}))
	if err != nil || !slices.ContainsFunc(c.Problems, func(p inventory.Problem) bool {
		return p.File == "bugreport.zip" && p.Offset == limits.BugreportBytes && p.Limit
	}) {
		t.Errorf("a bug report of %d MiB gave %v, %v", mib, c, err)
	}
}

// The limits of the whole bundle stop the reading, and what was read before stays.
func TestBudget(t *testing.T) {
	for name, spent := range map[string]files.Budget{"unpacked": {Unpacked: limits.CaptureBytes - 2048}, "kept": {Kept: limits.CaptureKept - 2048}} {
		t.Run(name, func(t *testing.T) {
			for _, size := range []int{100, 4096} {
				tr, err := files.Folder(folderOf(map[string]string{"acquisition.json": "{}", "settings_secure.txt": strings.Repeat("x", size), "dumpsys.txt": titled("package", strings.Repeat("x", size))}))
				if err != nil {
					t.Fatal(err)
				}
				*tr.Budget = spent
				c := readAcquisition(tr)
				over := size > 2048
				if matters(c, "settings_secure.txt", true) != over || matters(c, "dumpsys.txt", true) != over {
					t.Errorf("%d bytes: problems %v", size, c.Problems)
				}
			}
		})
	}
}

func TestManyFiles(t *testing.T) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range limits.CaptureFiles + 1 {
		name := fmt.Sprintf("x/%d", i)
		if i == 0 {
			name = "capture.json"
		}
		if _, err := w.CreateHeader(&zip.FileHeader{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := read(b.Bytes())
	var format *inventory.FormatError
	if !errors.As(err, &format) || !format.Limit {
		t.Errorf("%d files gave %v", limits.CaptureFiles+1, err)
	}
}

func TestManyFilesInFolder(t *testing.T) {
	files := map[string]string{}
	for i := range limits.CaptureFiles {
		files[fmt.Sprintf("%d", i)] = ""
	}
	var format *inventory.FormatError
	if _, err := ReadFolder(folderOf(files)); !errors.As(err, &format) || !format.Limit {
		t.Errorf("%d files and their folder gave %v", limits.CaptureFiles, err)
	}
	deep := map[string]string{strings.Repeat("d/", limits.FolderDepth+1) + "x": "", "dumpsys.txt": titled("package", packageDump)}
	if _, err := ReadFolder(folderOf(deep)); !errors.As(err, &format) || !format.Limit {
		t.Errorf("deep folders gave %v", err)
	}
}

// Lines of 10 MB pass through or are dropped; nothing else happens.
func TestLongLines(t *testing.T) {
	long := strings.ReplaceAll(string(filler(10<<20)), "\n", "")
	files := map[string]string{"dumpsys.txt": "DUMP OF SERVICE " + long + ":\n" + long + "\n" + titled("notification", long+"\n"+notificationDump) + titled("user", long+"\nUserInfo{"+long+"\n") +
		titled("settings", "_id:1 name:"+long) + titled("package", packageDump+long+"\n"), "getprop.txt": "[" + long}
	both(t, files, func(t *testing.T, c *Capture, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if got := string(c.Outputs[PackageDump].Text); !strings.HasPrefix(got, packageDump) || len(got) < len(long) {
			t.Errorf("the package dump has %d bytes", len(got))
		}
		if got := string(c.Outputs[Notification].Text); strings.Contains(got, "AAAA") {
			t.Errorf("the notification dump has %d bytes", len(got))
		}
		if len(c.Outputs[AppOps].Text) > 0 {
			t.Errorf("the list of users has %d bytes", len(c.Outputs[AppOps].Text))
		}
	})
}

// A line that only looks like an end or a title because a buffer ended before it is neither.
func TestTitleInsideLine(t *testing.T) {
	for shift := range 3 {
		pad := strings.Repeat("A", 64<<10-1+shift-len("DUMP OF SERVICE package:\n"))
		text := "DUMP OF SERVICE package:\n" + pad + "DUMP OF SERVICE adb:\n" + packageDump
		both(t, map[string]string{"dumpsys.txt": text}, func(t *testing.T, c *Capture, err error) {
			if err != nil || !strings.Contains(string(c.Outputs[PackageDump].Text), "com.example.coupons") {
				t.Errorf("shift %d: the section was ended: %v", shift, err)
			}
		})
	}
}

// An over-long section is cut, told, and does not hide what follows.
func TestLongSection(t *testing.T) {
	text := titled("appops", strings.Repeat("0123456789abcde\n", limits.DumpBytes/16+10)) + titled("package", packageDump)
	c, err := ReadFolder(folderOf(map[string]string{"dumpsys.txt": text}))
	if err != nil {
		t.Fatal(err)
	}
	if o := c.Outputs[AppOps]; !o.Cut || o.Reason == "" || len(o.Text) > limits.DumpBytes || !matters(c, "dumpsys.txt", true) {
		t.Errorf("cut %v, reason %q, %d bytes, problems %v", o.Cut, o.Reason, len(o.Text), c.Problems)
	}
	if o := c.Outputs[PackageDump]; o.Cut || len(o.Text) == 0 {
		t.Errorf("the section behind it: %+v", o)
	}
}

// A title in an app's text begins no section. One that looks whole can't be told from the service's own: the first is
// read, and it matters.
func TestForgedSection(t *testing.T) {
	title := "DUMP OF SERVICE package:\nPackages:\n"
	both(t, map[string]string{"dumpsys.txt": titled("activity", "label=x\n"+title) + titled("package", packageDump)}, func(t *testing.T, c *Capture, err error) {
		if got := string(c.Outputs[PackageDump].Text); err != nil || strings.TrimSpace(got) != strings.TrimSpace(packageDump) {
			t.Errorf("got %q, %v", got, err)
		}
	})
	both(t, map[string]string{"dumpsys.txt": titled("activity", "label=x\n----------\n"+title) + titled("package", packageDump)}, func(t *testing.T, c *Capture, err error) {
		if err != nil || !matters(c, "dumpsys.txt", false) {
			t.Errorf("got %v, %v", c.Problems, err)
		}
	})
}

func TestHostileEntries(t *testing.T) {
	index := rawEntry{name: "capture.json", text: `{"schema":"appraise.capture/1","outputs":[{"name":"appops","size":2}]}`}
	for _, tt := range []struct {
		name    string
		entries []rawEntry
		text    string
		matters bool
	}{
		{"traversal", []rawEntry{index, {name: "../out/appops.txt", text: secret}, {name: "out/appops.txt", text: "ok"}}, "ok", false},
		{"absolute", []rawEntry{index, {name: "/out/appops.txt", text: secret}, {name: "out/appops.txt", text: "ok"}}, "ok", false},
		{"dots", []rawEntry{index, {name: "out/./appops.txt", text: secret}, {name: "out/appops.txt", text: "ok"}}, "ok", false},
		{"backslash", []rawEntry{index, {name: `out\appops.txt`, text: secret}, {name: "out/appops.txt", text: "ok"}}, "ok", false},
		{"NUL", []rawEntry{index, {name: "out/appops.txt\x00", text: secret}, {name: "out/appops.txt", text: "ok"}}, "ok", false},
		{"other case", []rawEntry{index, {name: "OUT/APPOPS.TXT", text: secret}, {name: "out/appops.txt", text: "ok"}}, "ok", false},
		{"long name", []rawEntry{index, {name: strings.Repeat("x", limits.ZipNameBytes+1), text: secret}, {name: "out/appops.txt", text: "ok"}}, "ok", false},
		{"duplicate", []rawEntry{index, {name: "out/appops.txt", text: "ok"}, {name: "out/appops.txt", text: secret}}, "ok", true},
		{"duplicate index", []rawEntry{index, {name: "capture.json", text: "{}"}, {name: "out/appops.txt", text: "ok"}}, "ok", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := read(raw(t, tt.entries...))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(c.Outputs[AppOps].Text); got != tt.text || matters(c, "", false) != tt.matters {
				t.Errorf("got %q, problems %v", got, c.Problems)
			}
		})
	}
}

func TestNoCapture(t *testing.T) {
	for name, b := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "an APK": zipOf(t, map[string]string{"AndroidManifest.xml": "x"})} {
		if _, err := read(b); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	b := zipOf(t, map[string]string{"AndroidManifest.xml": "x", "capture.json": indexText(t, sample())})
	z, err := zipsafe.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil || !IsBundle(z) {
		t.Errorf("an APK that is a bundle, too, is not told: %v", err)
	}
}

// An acquisition in which nothing names a package says so.
func TestNoPackages(t *testing.T) {
	both(t, map[string]string{"acquisition.json": acquisition()["acquisition.json"], "getprop.txt": properties}, func(t *testing.T, c *Capture, err error) {
		if err != nil || !matters(c, "", false) {
			t.Errorf("got %v, %v", c, err)
		}
	})
}

func TestProblemsAreBounded(t *testing.T) {
	c := &Capture{}
	for i := range 10 * limits.DumpNotes {
		c.tell(inventory.Problem{File: fmt.Sprint(i), Matters: i%2 == 0})
	}
	if len(c.Problems) != 2*limits.DumpNotes+2 {
		t.Errorf("%d problems kept", len(c.Problems))
	}
}
