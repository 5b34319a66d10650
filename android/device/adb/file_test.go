package adb

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"appraise/internal/fakedevice"
)

// random is a file of some MiB whose every part differs.
func random(t *testing.T, size int) (string, []byte) {
	t.Helper()
	b := make([]byte, size)
	rand.NewChaCha8([32]byte{}).Read(b)
	path := filepath.Join(t.TempDir(), "random.apk")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path, b
}

func open(t *testing.T, d *fakedevice.Device, size int64) *File {
	t.Helper()
	l, err := Connect(context.Background(), Options{Address: d.Address(), FileTime: 700 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	f, err := l.APK(context.Background(), d.Packages()[0].Path, size)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFile(t *testing.T) {
	path, want := random(t, 20<<20+12345)
	d := fakedevice.Start(t, fakedevice.Options{Packages: []fakedevice.Package{{Name: "com.example.a", Base: path}}})
	f := open(t, d, int64(len(want)))
	got, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size()))
	if err != nil || string(got) != string(want) {
		t.Fatalf("got %d bytes, %v, want %d equal ones", len(got), err, len(want))
	}
	if f.Moved() != int64(len(want)) {
		t.Errorf("%d bytes were moved, want %d", f.Moved(), len(want))
	}
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(i)))
			for range 50 {
				at, n := r.Int64N(int64(len(want))), r.IntN(100_000)
				part := make([]byte, n)
				n, err := f.ReadAt(part, at)
				if string(part[:n]) != string(want[at:at+int64(n)]) || n < len(part) && err != io.EOF {
					t.Errorf("%d bytes at %d: %v", n, at, err)
				}
			}
		})
	}
	wait.Wait()
	if got := d.Written(); got != nil {
		t.Errorf("commands left %q on the phone", got)
	}
}

func TestFileFaults(t *testing.T) {
	path, want := random(t, 3<<20)
	size := int64(len(want))
	for _, test := range []struct {
		name   string
		opt    fakedevice.Options
		size   int64
		reason string
		lost   bool
	}{
		{"shorter", fakedevice.Options{}, size + 100, "the phone gave 2097152 of 2097252 bytes at 1048576", false},
		{"longer", fakedevice.Options{}, size - 100, "more than the", false},
		{"lost", fakedevice.Options{Fault: fakedevice.Fault{Kind: fakedevice.Drop, After: 1 << 20}}, size, "", true},
		{"stalls", fakedevice.Options{Fault: fakedevice.Fault{Kind: fakedevice.Stall, After: 1 << 20}}, size, "in 700ms", false},
		{"truncated", fakedevice.Options{Fault: fakedevice.Fault{Kind: fakedevice.Truncate, After: 1 << 20}}, size, "the phone gave", false},
		{"endless", fakedevice.Options{Script: map[string]string{"dd": "yes"}}, size, "more than the", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.opt.Packages = []fakedevice.Package{{Name: "com.example.a", Base: path}}
			f := open(t, fakedevice.Start(t, test.opt), test.size)
			_, err := io.Copy(io.Discard, io.NewSectionReader(f, 0, f.Size()))
			if err == nil || !strings.Contains(err.Error(), test.reason) || errors.Is(err, ErrLost) != test.lost {
				t.Errorf("got %v, want %q, lost %v", err, test.reason, test.lost)
			}
		})
	}
}

func TestFileRefusals(t *testing.T) {
	l := &Link{}
	for _, test := range []struct {
		path string
		size int64
	}{{"/etc/passwd", 1}, {"/data/app/../x", 1}, {"/data/app/x", 0}, {"/data/app/x", 1 << 40}} {
		if _, err := l.APK(context.Background(), test.path, test.size); err == nil {
			t.Errorf("%+v: no error", test)
		}
	}
}
