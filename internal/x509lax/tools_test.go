package x509lax

import (
	"crypto"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// tool runs another producer in dir, or skips the test when it isn't installed.
func tool(t testing.TB, dir, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return out
}

// openSSL3 tells whether openssl is one whose options and output are known here.
var openSSL3 = sync.OnceValue(func() bool {
	out, err := exec.Command("openssl", "version").Output()
	return err == nil && strings.HasPrefix(string(out), "OpenSSL 3.")
})

func openssl(t testing.TB, dir string, args ...string) []byte {
	t.Helper()
	if !openSSL3() {
		t.Skip("OpenSSL 3 is not installed")
	}
	return tool(t, dir, "openssl", args...)
}

func read(t testing.TB, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, b []byte, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func parse(t testing.TB, b []byte) *Certificate {
	t.Helper()
	c, err := ParseCertificate(b)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func digest(h crypto.Hash, b []byte) []byte {
	sum := h.New()
	sum.Write(b)
	return sum.Sum(nil)
}

// der, seq and set build DER for what no tool writes; lengths up to 65,535.
func der(tag byte, parts ...[]byte) []byte {
	var content []byte
	for _, p := range parts {
		content = append(content, p...)
	}
	n := len(content)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, content...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, content...)
	}
	return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, content...)
}

func seq(parts ...[]byte) []byte { return der(0x30, parts...) }
func set(parts ...[]byte) []byte { return der(0x31, parts...) }
