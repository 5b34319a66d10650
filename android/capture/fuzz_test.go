package capture

import (
	"bytes"
	"testing"
)

// check holds what is true of every capture that was read, and that it can be written and read again.
func check(t *testing.T, c *Capture) {
	t.Helper()
	for name, o := range c.Outputs {
		if !IsName(name) {
			t.Errorf("output %q", name)
		}
		if (o.Text == nil || o.Cut) && o.Reason == "" && c.Source != SourceADB && c.Source != SourceBundle {
			t.Errorf("output %s is missing or cut without a reason", name)
		}
		if bytes.Contains(o.Text, []byte("android.text=")) && Base(name) == Notification {
			t.Errorf("output %s holds texts of notifications", name)
		}
	}
	p := make([]byte, 64)
	for i := range c.APKs {
		for _, off := range []int64{0, 1, c.APKs[i].Size - 1, c.APKs[i].Size} {
			c.APKs[i].ReadAt(p, off)
		}
	}
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		return // of an APK whose size is no size
	}
	again, err := read(b.Bytes())
	if err != nil {
		t.Fatalf("a written capture can't be read: %v", err)
	}
	if len(again.Outputs) != len(c.Outputs) || len(again.APKs) != len(c.APKs) {
		t.Errorf("%d outputs and %d APKs became %d and %d", len(c.Outputs), len(c.APKs), len(again.Outputs), len(again.APKs))
	}
}

func FuzzRead(f *testing.F) {
	qf := acquisition()
	qf["bugreport.zip"] = string(zipOf(f, bugreport()))
	f.Add(write(f, sample()))
	f.Add(zipOf(f, qf))
	f.Add(zipOf(f, bugreport()))
	f.Add(zipOf(f, map[string]string{"dumpsys.txt": wholeDump(titled), "dumpsys_user.txt": userDump}))
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := read(b); err == nil {
			check(t, c)
		}
	})
}

// FuzzIndex reads capture.json with an output and a part beside it.
func FuzzIndex(f *testing.F) {
	f.Add(indexText(f, sample()))
	f.Add(`{"schema":"appraise.capture/1","outputs":[{"name":"users","size":2}],"apks":[{"size":3,"parts":[{"offset":0,"size":3}]}],"problems":[{"file":"x"}]}`)
	f.Fuzz(func(t *testing.T, index string) {
		files := map[string]string{"capture.json": index, "out/users.txt": "ok", "out/package.txt": packageDump, "apk/0/0.bin": "abc"}
		if c, err := ReadFolder(folderOf(files)); err == nil {
			check(t, c)
		}
	})
}

// FuzzAcquisition reads the three lists of AndroidQF.
func FuzzAcquisition(f *testing.F) {
	files := acquisition()
	f.Add(files["acquisition.json"], files["packages.json"], files["root_binaries.json"])
	f.Add(`{"uuid":"","started":null}`, `[{"name":"a","files":null,"uid":null},null]`, `null`)
	f.Fuzz(func(t *testing.T, acquisition, packages, root string) {
		c, err := ReadFolder(folderOf(map[string]string{"acquisition.json": acquisition, "packages.json": packages, "root_binaries.json": root, "getprop.txt": "x"}))
		if err == nil {
			check(t, c)
		}
	})
}

// FuzzSections reads a full dump.
func FuzzSections(f *testing.F) {
	f.Add(wholeDump(titled))
	f.Add(mainText(oldTitled))
	f.Add(utf16LE(wholeDump(titled)))
	f.Add(titled("CRITICAL package", packageDump) + titled("package", packageDump) + titled("package", "x"))
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ReadFolder(folderOf(map[string]string{"main_entry.txt": "bugreport-b.txt", "bugreport-b.txt": text})); err == nil {
			check(t, c)
		}
	})
}
