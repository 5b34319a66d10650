package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"appraise/bench/measure"
	"appraise/internal/fakedevice"
	"appraise/inventory"
)

const sample = "../../testdata/samples/android/corner-shop.apk"

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, args string
		ok         bool
	}{
		{"complete", "-work w a.apk b.apk", true}, {"no folder", "a.apk", false}, {"no APK", "-work w", false},
		{"no round", "-work w -runs 0 a.apk", false}, {"fewer apps than APKs", "-work w -packages 1 a.apk b.apk", false},
	} {
		if _, err := parse(strings.Fields(test.args)); (err == nil) != test.ok {
			t.Errorf("%s: got %v", test.name, err)
		}
	}
}

// The phone says hello, counts what it sends, and ends with its input.
func TestServe(t *testing.T) {
	if why := fakedevice.Missing(); why != "" {
		t.Skip(why)
	}
	opt := options{work: t.TempDir(), packages: 3, apks: []string{sample}}
	ask, in := io.Pipe()
	answers, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- serve(opt, ask, out); out.Close() }()
	read := json.NewDecoder(answers)
	var h hello
	if err := read.Decode(&h); err != nil {
		t.Fatal(err, <-ended)
	}
	if len(h.Names) != 3 || len(h.Paths) != 3 || h.Serial == "" || h.Address == "" {
		t.Errorf("got %+v", h)
	}
	var sent int64
	if _, err := io.WriteString(in, "\n"); err != nil {
		t.Fatal(err)
	}
	if err := read.Decode(&sent); err != nil {
		t.Fatal(err)
	}
	in.Close()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(opt.work + "/*"); err != nil || left != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// What can't be served is an error, not a panic.
func TestServeRefuses(t *testing.T) {
	opt := options{work: t.TempDir(), packages: 1, apks: []string{"does-not-exist.apk"}}
	if err := serve(opt, strings.NewReader(""), io.Discard); err == nil {
		t.Error("got no error")
	}
	if left, _ := os.ReadDir(opt.work); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWrite(t *testing.T) {
	r := result{
		opt: options{packages: 4, runs: 1, apks: []string{"a", "b"}}, sizes: []int64{1e6, 3e6},
		appraise: &measure.Program{Name: "a", Samples: []measure.Sample{{Wall: 2 * time.Second, Metered: 2e5}}},
		pull:     &measure.Program{Name: "b", Samples: []measure.Sample{{Wall: 10 * time.Second, CPU: time.Second, Metered: 4e6}}},
	}
	var out bytes.Buffer
	if err := write(&out, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"wall under 5 s: 2.00 s, met", "0.20 MB, 2.500 %, missed\n", "that is x 2: wall 20 s, CPU 2 s", "x 0.100 of that",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant %q in it", out.String(), want)
		}
	}
}

func TestSigners(t *testing.T) {
	got := signers(inventory.Item{Signature: inventory.Signature{Signers: []inventory.Signer{{SHA256: "b"}, {SHA256: "a"}}}})
	if want := "b a"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
