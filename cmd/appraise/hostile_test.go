//go:build linux

package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"appraise/finding"
)

// Bounds of one run over a bomb and a good APK beside it.
const (
	bombMemory = 256 << 20
	bombTime   = 2 * time.Second // of processor time
)

// process is one finished run of the program.
type process struct {
	exit   int
	stdout []byte
	stderr string
	cpu    time.Duration
	memory int64 // peak, bytes
}

// start runs the test binary as the program, as another user where uid isn't 0.
func start(t *testing.T, uid int, args ...string) process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if uid != 0 {
		self = forEveryone(t, self)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "SOURCE_DATE_EPOCH=0")
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return process{
		exit: cmd.ProcessState.ExitCode(), stdout: stdout.Bytes(), stderr: stderr.String(),
		cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory: usage.Maxrss << 10,
	}
}

// forEveryone copies the test binary to where another user can start it.
func forEveryone(t *testing.T, self string) string {
	t.Helper()
	text, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	dir := openFolder(t)
	copied := filepath.Join(dir, "appraise")
	if err := os.WriteFile(copied, text, 0o755); err != nil {
		t.Fatal(err)
	}
	return copied
}

// openFolder is a temporary folder that other users can enter.
func openFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for at := dir; at != os.TempDir() && at != "/"; at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func put(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func goodAPK(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile("../../testdata/samples/android/messenger.apk")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func le(values ...any) []byte {
	var b bytes.Buffer
	for _, v := range values {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

// pool is a binary XML file that is all string pool.
func pool(count, flags, stringsStart uint32, body []byte) []byte {
	size := uint32(28 + len(body))
	return append(le(uint16(3), uint16(8), size+8, uint16(1), uint16(28), size, count, uint32(0), flags, stringsStart, uint32(0)), body...)
}

func bombStringCount() []byte { return pool(4_000_000_000, 0x100, 44, make([]byte, 16)) }

func bombStringLength() []byte {
	return pool(1, 0, 32, le(uint32(0), uint16(0xffff), uint16(0xffff), uint32(0)))
}

func bombSharedString() []byte {
	const n, length = 20_000, 30_000
	body := make([]byte, 4*n, 4*n+2*length+4)
	body = append(body, le(uint16(length))...)
	for range length {
		body = append(body, 'a', 0)
	}
	return pool(n, 0, 28+4*n, append(body, 0, 0))
}

func bombZeroChunk() []byte {
	return append(le(uint16(2), uint16(12), uint32(64), uint32(1), uint16(0x0999), uint16(8), uint32(0)), make([]byte, 44)...)
}

// bombSharedArrays is a binary property list of n arrays, each ten times the next.
func bombSharedArrays(n int) []byte {
	b := []byte("bplist00")
	var offsets []uint16
	for i := range n {
		offsets = append(offsets, uint16(len(b)))
		b = append(b, 0xaa)
		b = append(b, bytes.Repeat([]byte{byte(i + 1)}, 10)...)
	}
	offsets = append(offsets, uint16(len(b)))
	b = append(b, 0x51, 'x')
	table := len(b)
	for _, o := range offsets {
		b = binary.BigEndian.AppendUint16(b, o)
	}
	b = append(b, 0, 0, 0, 0, 0, 0, 2, 1)
	for _, v := range []uint64{uint64(n + 1), 0, uint64(table)} {
		b = binary.BigEndian.AppendUint64(b, v)
	}
	return b
}

func bombNestedXML(n int) []byte {
	return []byte(`<?xml version="1.0"?><plist version="1.0">` + strings.Repeat("<array>", n) + strings.Repeat("</array>", n) + "</plist>")
}

// bombZip is an APK whose manifest inflates to size bytes of zeros; declared is what its directory says.
func bombZip(t *testing.T, size, declared uint64) []byte {
	t.Helper()
	var packed, out bytes.Buffer
	w, err := flate.NewWriter(&packed, 9)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for range size >> 20 {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&out)
	f, err := z.CreateRaw(&zip.FileHeader{Name: "AndroidManifest.xml", Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: declared})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(packed.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// apkOf packs files stored, with the sample's manifest unless another is given.
func apkOf(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	good := goodAPK(t)
	source, err := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range files {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	for _, entry := range source.File {
		if files[entry.Name] == nil {
			if err := z.Copy(entry); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Each bomb becomes a problem that names its file; the APK beside it is reported; the run is incomplete
// within its bounds of memory and time.
func TestBombs(t *testing.T) {
	manifest := func(content []byte) []byte { return apkOf(t, map[string][]byte{"AndroidManifest.xml": content}) }
	deep := []byte(`{"manifest_version":3,"name":` + strings.Repeat("[", 200_000))
	for _, bomb := range []struct {
		name, file string
		content    []byte
	}{
		{"B1 shared references", "A.app/Info.plist", bombSharedArrays(24)},
		{"B2 nested XML", "A.app/Info.plist", bombNestedXML(1_000_000)},
		{"B2 nested XML within the size limit", "A.app/Info.plist", bombNestedXML(200_000)},
		{"B3 nested text", "A.app/Info.plist", bytes.Repeat([]byte("("), 3_000_000)},
		{"B4 string count", "b.apk", manifest(bombStringCount())},
		{"B5 string length", "b.apk", manifest(bombStringLength())},
		{"B6 shared strings", "b.apk", manifest(bombSharedString())},
		{"B7 zero chunk", "b.apk", apkOf(t, map[string][]byte{"resources.arsc": bombZeroChunk()})},
		{"B8 inflated, told truly", "b.apk", bombZip(t, 256<<20, 256<<20)},
		{"B8 inflated, told small", "b.apk", bombZip(t, 256<<20, 1000)},
		{"B8 inflated, told huge", "b.apk", bombZip(t, 64<<20, 1<<40)},
		{"deep JSON", "e/manifest.json", deep},
		{"a long CRX header", "b.crx", append([]byte("Cr24"), le(uint32(3), uint32(0xffffffff))...)},
		{"an empty file", "b.apk", nil},
		{"an empty Info.plist", "A.app/Info.plist", nil},
	} {
		t.Run(bomb.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, "good.apk", goodAPK(t))
			put(t, dir, bomb.file, bomb.content)
			got := start(t, 0, "scan", "--format", "json", dir)
			checkIncomplete(t, got, filepath.Base(bomb.file))
			if !raceDetector && (got.memory > bombMemory || got.cpu > bombTime) {
				t.Errorf("got %d MiB and %s of processor time, want at most %d MiB and %s", got.memory>>20, got.cpu, bombMemory>>20, bombTime)
			}
			t.Logf("%d MiB, %s", got.memory>>20, got.cpu)
		})
	}
}

func checkIncomplete(t *testing.T, got process, file string) {
	t.Helper()
	if got.exit != 3 {
		t.Fatalf("got exit %d, want 3; stderr: %s", got.exit, got.stderr)
	}
	var report finding.Report
	if err := json.Unmarshal(got.stdout, &report); err != nil {
		t.Fatal(err)
	}
	good, named := false, false
	for _, s := range report.Sources {
		for _, p := range s.Problems {
			named = named || p.Matters && strings.Contains(p.File, file)
		}
	}
	for _, item := range report.Items {
		good = good || item.ID == "com.example.chat" && strings.HasSuffix(item.Location, "good.apk")
		for _, p := range item.Problems {
			named = named || p.Matters && strings.Contains(item.Location+" "+p.File, file) && p.Message != ""
		}
	}
	if !good || !named {
		t.Errorf("good item reported: %v, problem names %s: %v\n%s", good, file, named, got.stdout)
	}
}

// A file and a folder that the user may not read are named, and the rest is reported.
func TestUnreadableFiles(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root to become another user: root itself reads everything")
	}
	for _, test := range []struct{ name, spoil string }{{"a file", "locked.apk"}, {"a folder", "locked"}} {
		t.Run(test.name, func(t *testing.T) {
			dir := openFolder(t)
			put(t, dir, "good.apk", goodAPK(t))
			put(t, dir, "locked.apk", goodAPK(t))
			put(t, dir, "locked/in.apk", goodAPK(t))
			if err := os.Chmod(filepath.Join(dir, test.spoil), 0); err != nil {
				t.Fatal(err)
			}
			const nobody = 65534
			got := start(t, nobody, "scan", "--format", "json", dir)
			checkIncomplete(t, got, test.spoil)
			if !strings.Contains(string(got.stdout), "permission denied") {
				t.Errorf("no word on why:\n%s", got.stdout)
			}
		})
	}
}

// Names, labels and paths with escape sequences reach no terminal raw, in errors neither.
func TestS14_HostileNames(t *testing.T) {
	evil := "\x1b]0;pwn\x07\u202egpj"
	dir := t.TempDir()
	put(t, dir, evil+"/manifest.json", []byte(fmt.Sprintf(`{"manifest_version":3,"name":%q,"version":"1","permissions":["\u001b[2J"]}`, "\u202e\u009bevil")))
	put(t, dir, evil+".apk", []byte("PK\x03\x04"))
	for _, args := range [][]string{
		{"scan", dir}, {"scan", "--format", "json", dir}, {"scan", "--quiet", dir}, {"scan", filepath.Join(dir, evil+".apk")},
		{"scan", evil}, {"scan", "--" + evil}, {"scan", "--policy", evil, dir}, {"scan", "--fail-on", evil, dir}, {"scan", "--brand", evil, dir},
		{"scan", "--expect", evil, dir}, {"scan", "-o", dir + "/no/" + evil, dir}, {"explain", evil}, {evil},
	} {
		got := start(t, 0, args...)
		for _, out := range []string{string(got.stdout), got.stderr} {
			if strings.ContainsAny(out, "\x1b\x07\u202e\u009b") {
				t.Errorf("%q: raw control characters in %q", args, out)
			}
		}
		if got.exit == 4 {
			t.Errorf("%q: exit 4: %s", args, got.stderr)
		}
	}
}
